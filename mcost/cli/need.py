"""``mcost need``: what it would take, input by input."""

from __future__ import annotations

import click

from mcost.cli import common, recorded


@click.command("need", epilog="Example: mcost need contested workload.calls_per_month --probability 0.6")
@click.argument("scenario")
@click.argument("inputs", nargs=-1, metavar="[INPUT]...")
@click.option(
    "--probability",
    "probabilities",
    multiple=True,
    metavar="P",
    help="P(pays off) to reach, such as 0.6 or 60%; may be repeated. Unsaid: 0.5 and 0.8.",
)
@common.of_a_search
def command(
    scenario: str,
    inputs: tuple[str, ...],
    probabilities: tuple[str, ...],
    candidate: str | None,
    draws: int,
    seed: int,
    horizon: int | None,
    overrides: tuple[str, ...],
    as_json: bool,
) -> None:
    """What it would take in SCENARIO: the value of each INPUT at which the verdict tips.

    \b
    mcost need contested
    mcost need article_100k workload.calls_per_month

    An input is set by itself, all else stays as uncertain as it is. Told is every value at which the
    candidate becomes ahead in half of all futures, and how far that is from now; or the best that the input
    can do.
    Without INPUT, all of them. An input may be named by the end of its name.
    """
    from mcost.tipping import PROBABILITIES, need

    built = common.load_scenario(scenario, overrides, horizon)
    wanted = tuple(common.probability(f"--probability {text}", text) for text in probabilities)
    with common.progress("inputs") as progress:
        found = need(
            built,
            inputs or None,
            candidate=candidate,
            probability=wanted or PROBABILITIES,
            draws=draws,
            seed=seed,
            progress=progress,
        )
    if as_json:
        recorded.print_answer(found.to_dict(), found, built)
        return
    from mcost.report.tipping import needed

    common.print_report(needed(found))
