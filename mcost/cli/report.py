"""``mcost report``: a decision memo on a scenario."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from mcost.cli import common, recorded


@click.command("report", epilog="Example: mcost report contested -o memo.html")
@click.argument("scenario")
@click.option(
    "-o",
    "--out",
    required=True,
    metavar="FILE",
    help="What to write: its ending says the kind, .html, .md, .docx or .pptx.",
)
@common.options(common.force, common.candidate, common.of_a_run)
def command(
    scenario: str,
    out: str,
    force: bool,
    candidate: str | None,
    draws: int,
    seed: int,
    horizon: int | None,
    overrides: tuple[str, ...],
) -> None:
    """A decision memo on SCENARIO, a file or the name of a shipped one, ready to hand on.

    The verdict, what it beats, the money, when, what drives it, what it would take, what to find out first,
    when to look again and what is not modelled, with figures; then inputs and their sources.

    .html is one file that fetches nothing and prints well; .md has its pictures in a folder beside it; .docx
    and .pptx need the extra: pip install 'mcost[office]'. The same scenario, draws and seed give the same
    bytes; each file holds, unseen, what it takes to make it again: see mcost rerun. Prints the files written.
    """
    from mcost.answer import run
    from mcost.manifest import manifest_of
    from mcost.report import writing

    path = Path(out)
    writing.check(path, force=force)
    built = common.load_scenario(scenario, overrides, horizon)
    again = _again(scenario, candidate, draws, seed, horizon, overrides)
    answer = run(built, draws, seed)
    with common.progress("inputs") as progress:
        made, album = writing.composed(answer, candidate, command=again, progress=progress)
        asked = recorded.asked()
        written = writing.write(
            made, album, path, force=force, manifest=lambda **rests: manifest_of(answer, **asked, **rests)
        )
    for file in written:
        click.echo(str(file))


def _again(
    scenario: str,
    candidate: str | None,
    draws: int,
    seed: int,
    horizon: int | None,
    overrides: tuple[str, ...],
) -> str:
    """The command that gives this memo, but for where to."""
    words = ["mcost", "report", common.called(scenario), "--draws", str(draws), "--seed", str(seed)]
    words += ["--candidate", candidate] if candidate is not None else []
    words += ["--horizon", str(horizon)] if horizon is not None else []
    for override in overrides:
        words += ["--set", override]
    return shlex.join([*words, "-o", "FILE"])
