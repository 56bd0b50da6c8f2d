"""``mcost rerun``: an exported answer made again, and whether it is the same."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mcost.cli import common
from mcost.errors import McostError

if TYPE_CHECKING:
    from mcost.manifest import Manifest


@click.command("rerun", epilog="Example: mcost rerun verdict.json")
@click.argument("manifest", metavar="MANIFEST")
@click.option("-o", "--out", metavar="OUT", help="Write what is made; of figures, the folder for them.")
@click.option(
    "--files",
    metavar="FOLDER",
    help="Where the files lie that the scenario reads and MANIFEST is too small for.",
)
@click.option(
    "--as-recorded",
    is_flag=True,
    help="With the prices and the catalogued priors of MANIFEST, not with those of today.",
)
@common.options(common.force, common.as_json)
def command(
    manifest: str, out: str | None, files: str | None, as_recorded: bool, force: bool, as_json: bool
) -> None:
    """Makes an exported answer again and says whether it is the same, or what differs.

    MANIFEST is what a command printed with --json, the manifest.json beside figures, or a memo. It holds the
    scenario's text: the scenario's own file is not needed. Exits with 1 where something differs: versions of
    libraries, prices and priors are named with what they were and are, and so is the largest difference of a
    number.
    """
    from mcost.cli.again import made_again
    from mcost.manifest_file import read_manifest
    from mcost.rerun import rerun
    from mcost.whole_files import check

    path = Path(manifest)
    found = read_manifest(path)
    if out is not None and found.manifest.command != "figures":
        check([Path(out)], replace=force)
    beside = None if files is None else Path(files)
    with common.progress("making it again"):
        made = made_again(found.manifest, beside=beside, as_recorded=as_recorded)
    result = rerun(found, made, _manifest_of(made, found.manifest), (path.parent, Path()))
    if out is not None:
        _write(made, found.manifest, Path(out), force)
    if as_json:
        common.print_json(result.to_dict())
    else:
        from mcost.report.rerun import made_again as told

        common.print_report(told(result, path.name))
    if not result.agrees:
        sys.exit(common.NOT_MET)


def _holder(made: Mapping[str, bytes], manifest: Manifest) -> str:
    """The file that holds the manifest; "" for what was printed."""
    from mcost.manifest_file import NAME

    if "" in made or NAME in made:
        return "" if "" in made else NAME
    ending = None if manifest.output is None else manifest.output.ending
    return next(name for name in made if ending is not None and name.endswith(ending))


def _manifest_of(made: Mapping[str, bytes], manifest: Manifest) -> Manifest:
    from mcost.manifest_file import manifest_in

    holder = _holder(made, manifest)
    return manifest_in(made[holder], Path(holder or "standard output")).manifest


def _write(made: Mapping[str, bytes], manifest: Manifest, out: Path, force: bool) -> None:
    from mcost.whole_files import write_all

    holder = _holder(made, manifest)
    if manifest.command == "figures":
        write_all({out / name: data for name, data in made.items()}, replace=force, making=out)
        return
    ending = None if manifest.output is None else manifest.output.ending
    if ending is not None and out.suffix.lower() != ending:
        raise McostError(f"{out}: found a memo that ends in {ending}; expected the same ending")
    pictures = {out.parent / name: data for name, data in made.items() if name != holder}
    new = {path: data for path, data in pictures.items() if not _is_there(path, data)}
    folder = next(iter(new)).parent if new else None
    write_all({**new, out: made[holder]}, replace=force, making=folder)


def _is_there(path: Path, data: bytes) -> bool:
    """Whether a file holds these very bytes already, as the pictures beside a memo of the same do."""
    return path.is_file() and path.read_bytes() == data
