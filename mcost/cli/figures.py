"""``mcost figures``: pictures of an answer, ready for a document or a slide."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import click

from mcost.cli import common, recorded


@click.command("figures", epilog="Example: mcost figures contested --only dotplot --only fan --out figures")
@click.argument("scenario")
@click.option(
    "--only",
    multiple=True,
    metavar="NAME",
    help="One figure: dotplot, break_even, fan, tornado, decision_map, acceptability, evppi, waterfall or "
    "cost_by_month; may be repeated. Unsaid, all.",
)
@click.option("--out", required=True, metavar="DIR", help="The folder to write to; made where there is none.")
@click.option("--format", "formats", default="png", show_default=True, help="png, svg and pdf, by commas.")
@click.option("--for", "for_", default="document", show_default=True, help="document, slide or both.")
@common.options(common.force, common.candidate, common.of_a_run)
def command(
    scenario: str,
    only: tuple[str, ...],
    out: str,
    formats: str,
    for_: str,
    force: bool,
    candidate: str | None,
    draws: int,
    seed: int,
    horizon: int | None,
    overrides: tuple[str, ...],
) -> None:
    """Figures of SCENARIO, a file or the name of a shipped one: each with what it says in a .json beside it.

    Each .json holds the title, alt text, a sentence to paste, and what is needed to draw the figure again;
    the pictures hold the same. The same scenario, draws and seed give the same bytes. What it takes to make
    them all again is in manifest.json: see mcost rerun. Prints the files written.
    """
    from mcost.answer import run
    from mcost.figures import saving
    from mcost.figures.ground import Ground
    from mcost.manifest import NUMBERS, PICTURES, Output, manifest_of
    from mcost.manifest_file import NAME, as_file
    from mcost.whole_files import check, write_all

    built = common.load_scenario(scenario, overrides, horizon)
    chosen, wanted = saving.pictures(only), saving.sizes(for_)
    forms = saving.formats([form.strip().lower() for form in formats.split(",") if form.strip()])
    folder = Path(out)
    if folder.is_dir():
        targets = saving.targets(folder, chosen, forms, wanted).values()
        check([*targets, folder / NAME], replace=force)
    answer = run(built, draws, seed)
    ground = Ground.of(answer, candidate)
    with common.progress("figures") as progress:
        made, left_out = saving.drawn(ground, folder, chosen, forms, wanted, progress)
    output = Output(files={path.name: sha256(data).hexdigest() for path, data in made.items()})
    manifest = manifest_of(answer, **recorded.asked(), output=output, libraries=(*NUMBERS, *PICTURES))
    made[folder / NAME] = as_file(manifest)
    write_all(made, replace=force, making=folder)
    for said in left_out:
        click.echo(f"left out {said}", err=True)
    for path in made:
        click.echo(str(path))
