"""``mcost figures``: pictures of an answer, ready for a document or a slide."""

from __future__ import annotations

from pathlib import Path

import click

from mcost.cli import common


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
@click.option("--force", is_flag=True, help="Replace files that exist.")
@common.options(common.candidate, common.draws, common.seed, common.horizon, common.overrides)
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
    the pictures hold the same. The same scenario, draws and seed give the same bytes. Prints the files
    written.
    """
    from mcost.answer import run
    from mcost.figures import saving
    from mcost.figures.ground import Ground

    built = common.load_scenario(scenario, overrides, horizon)
    chosen, wanted = saving.pictures(only), saving.sizes(for_)
    forms = saving.formats([form.strip().lower() for form in formats.split(",") if form.strip()])
    if not force:
        saving.refuse(saving.targets(Path(out), chosen, forms, wanted).values())
    ground = Ground.of(run(built, draws, seed), candidate)
    with common.progress("figures") as progress:
        written, left_out = saving.save(
            ground, Path(out), chosen, forms, wanted, force=force, progress=progress
        )
    for said in left_out:
        click.echo(f"left out {said}", err=True)
    for path in written:
        click.echo(str(path))
