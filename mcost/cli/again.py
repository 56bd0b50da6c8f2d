"""The command of a manifest, run again: its scenario from the manifest, what it makes in a folder of its own.

What the manifest holds is laid out in an empty folder and read from there; options are those that the command
itself would have recorded, and click reads them.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from mcost.cli import common, recorded
from mcost.cli.laid_out import LaidOut
from mcost.errors import McostError, nearest, shown
from mcost.manifest import Manifest, ScenarioThen
from mcost.scenario import Scenario, load
from mcost.settled import settled
from mcost.source import data_of

WRITTEN = ("figures", "report")
"""Commands that write files; all others print JSON."""

PRINTED = ("run", "why", "need", "map", "compare", "quick", "check", "portfolio", "review", "fit")
OWN_READERS = ("compare", "quick", "portfolio", "review")
"""Commands that read a scenario by themselves, so that nothing can be put in its place."""


@dataclass(frozen=True)
class Kept(common.Reader):
    """Reads the scenarios of a manifest, by the names that they were given here."""

    scenarios: Mapping[str, ScenarioThen]
    names: Mapping[str, str]
    as_recorded: bool

    def load(self, name: str, *, set: Sequence[str]) -> Scenario:
        then = self.scenarios[name]
        if then.form == "json":
            built = Scenario(Path(name).parent, **data_of(then.text))
        else:
            built = load(name, set=set)
        return settled(built, then) if self.as_recorded else built

    def called(self, name: str) -> str:
        return self.names[name]


def made_again(
    manifest: Manifest, *, beside: Path | None = None, as_recorded: bool = False
) -> dict[str, bytes]:
    """The files that the command of a manifest makes today: name -> bytes; ``""`` is what it prints.

    beside : the folder of the files that were too large for the manifest. as_recorded : whether prices and
    catalogued priors are those of the manifest, whatever they are today.

    Raises McostError where the manifest cannot be run.
    """
    if manifest.command not in (*PRINTED, *WRITTEN):
        hint = nearest(manifest.command, (*PRINTED, *WRITTEN))
        raise McostError(f"the manifest's command: found {shown(manifest.command)}{hint}")
    if as_recorded and manifest.command in OWN_READERS:
        raise McostError(f"--as-recorded: {manifest.command} takes prices and priors of today only")
    own = any(param.name in ("scenario", "scenarios") for param in command_of(manifest.command).params)
    if own and not 0 < len(manifest.called) <= len(manifest.scenarios):
        raise McostError("the manifest names no scenario; expected one for each that the command was given")
    with TemporaryDirectory() as folder:
        laid = LaidOut(manifest, Path(folder), beside)
        names = dict(zip(laid.scenarios, manifest.called, strict=False))
        out = Path(folder, "out")
        words, paths = _options(manifest, laid)
        arguments = [*words, *_where(manifest, out), "--", *(names if own else ()), *paths]
        inputs = manifest.options.get("inputs", [])
        if not isinstance(inputs, list) or not all(isinstance(each, str) for each in inputs):
            raise McostError(f"the manifest's inputs: found {shown(inputs)}; expected names")
        reader = Kept(laid.scenarios, {**laid.names, **names}, as_recorded)
        printed = _printed(manifest.command, [*arguments, *inputs], reader)
        if manifest.command in PRINTED:
            return {"": printed}
        files = sorted(file for file in out.rglob("*") if file.is_file())
        return {file.relative_to(out).as_posix(): file.read_bytes() for file in files}


def _where(manifest: Manifest, out: Path) -> list[str]:
    output = manifest.output
    kind = "json" if output is None else "figures" if output.ending is None else "report"
    if kind != (manifest.command if manifest.command in WRITTEN else "json"):
        raise McostError(f"the manifest's output: found {kind}; expected what {manifest.command} makes")
    if output is None:
        return ["--json"]
    out.mkdir()
    if output.ending is None:
        return ["--out", str(out)]
    stem = "memo" if output.pictures is None else output.pictures.removesuffix("-figures")
    return ["--out", str(out / f"{stem}{output.ending}")]


def _options(manifest: Manifest, laid: LaidOut) -> tuple[list[str], list[str]]:
    """The options as a command line, and the files that stand in it by themselves.

    Raises McostError for an option that the command does not record.
    """
    command = command_of(manifest.command)
    options = {str(param.name): param for param in command.params if param.name not in recorded.NOT_RECORDED}
    words: list[str] = []
    files: list[str] = []
    for name, value in manifest.options.items():
        if name == "inputs":
            continue
        if name not in options:
            hint = nearest(name, options)
            raise McostError(f"the manifest's options: {shown(name)}: {manifest.command} has none such{hint}")
        param = options[name]
        if isinstance(param.type, recorded.Given | recorded.OfScenario):
            value = _path(param, value, laid)
        if isinstance(param, click.Option):
            words += _words(param, value)
        else:
            files += [value] if isinstance(value, str) else value
    return words, files


def _path(param: click.Parameter, value: Any, laid: LaidOut) -> Any:
    """Where that lies which an option names."""
    each = value if isinstance(value, list) else [value]
    if value is None or not all(isinstance(one, str) for one in each):
        return value if isinstance(param, click.Option) else []
    lay_out = laid.given if isinstance(param.type, recorded.Given) else laid.scenario
    paths = [lay_out(one) for one in each]
    return paths if isinstance(value, list) else paths[0]


def _words(option: click.Option, value: Any) -> list[str]:
    said = option.opts[-1]
    if value is None:
        return []
    if option.is_flag and isinstance(value, bool):
        return [said] if value else option.secondary_opts[-1:]
    each = value if isinstance(value, list) else [value]
    several = option.multiple or option.nargs > 1
    if option.is_flag or isinstance(value, list) != several or not all(map(_simple, each)):
        raise McostError(f"the manifest's options: {said}: found {shown(value)}; expected what it takes")
    if option.nargs > 1:
        return [said, *map(str, each)]
    return (
        [f"{said}={one}" for one in each]
        if said.startswith("--")
        else [w for v in each for w in (said, str(v))]
    )


def _simple(value: object) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def command_of(name: str) -> click.Command:
    command = import_module(f"mcost.cli.{name}").command
    assert isinstance(command, click.Command)
    return command


def _printed(name: str, arguments: Sequence[str], kept: Kept) -> bytes:
    """What the command prints to standard output; what it says besides is not shown again."""
    stream = BytesIO()
    text = TextIOWrapper(stream, encoding="utf-8", newline="")
    with redirect_stdout(text), redirect_stderr(StringIO()):
        try:
            command_of(name).main([*arguments], prog_name=f"mcost {name}", standalone_mode=False, obj=kept)
        except SystemExit:  # a verdict that is not met, as it was not then
            pass
        except click.ClickException as error:
            raise McostError(f"the manifest's options: {error.format_message()}") from None
        except click.Abort:
            raise KeyboardInterrupt from None
        sys.stdout.flush()
    return stream.getvalue()
