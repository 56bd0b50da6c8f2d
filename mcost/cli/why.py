"""``mcost why``: what drives the answer, and what is worth finding out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mcost.cli import common, recorded
from mcost.errors import McostError

if TYPE_CHECKING:
    from mcost.answer import Answer


@click.command("why", epilog="Example: mcost why contested --candidate fine_tune")
@click.argument("scenario")
@click.option("--candidate", metavar="NAME", help="The strategy to explain, instead of the verdict's own.")
@common.options(common.of_a_run, common.as_json)
@click.option(
    "--total",
    is_flag=True,
    help="Total-order shares of variance too, from futures simulated anew; needs independent inputs.",
)
@click.option(
    "--risk-aversion",
    "aversion",
    type=float,
    metavar="A",
    help="What a decider of absolute risk aversion A per USD (tolerance 1/A) would choose.",
)
@click.option("--study", "studied", is_flag=True, help="Whether a study that SCENARIO lists is worth it.")
@click.option(
    "--over",
    metavar="horizon|INPUT",
    help="How likely each strategy is the cheapest, and what being wrong costs, along it.",
)
def command(
    scenario: str,
    candidate: str | None,
    draws: int,
    seed: int,
    horizon: int | None,
    overrides: tuple[str, ...],
    as_json: bool,
    total: bool,
    aversion: float | None,
    studied: bool,
    over: str | None,
) -> None:
    """What drives the verdict on SCENARIO, and what is worth finding out before choosing.

    For every uncertain input and random event: with what probability the candidate pays off, and what it
    saves, in its lowest and its highest tenth; its share of the variance of both; and what it would be worth,
    in dollars, to know it before choosing among all strategies. Of the futures already simulated.
    """
    if studied and over is not None:
        raise McostError("--study: found beside --over; expected one or the other")
    if (studied or over is not None) and (candidate is not None or total or aversion is not None):
        raise McostError(
            "--candidate, --total, --risk-aversion: found beside --study or --over, of all strategies"
        )
    built = common.load_scenario(scenario, overrides, horizon)
    if studied or over is not None:
        from mcost.answer import run

        answer = run(built, draws, seed)
        _print_studies(answer, as_json) if over is None else _print_curves(answer, over, as_json)
        return
    from mcost.explanation import why

    with common.progress("working out what drives it"):
        found = why(built, candidate=candidate, draws=draws, seed=seed, total=total, aversion=aversion)
    if as_json:
        recorded.print_answer(found.to_dict(), found.answer, built)
        return
    from mcost.report.why import why as reasons

    common.print_report(reasons(found))


def _print_studies(answer: Answer, as_json: bool) -> None:
    from mcost.studies import studies

    found = studies(answer)
    if as_json:
        recorded.print_answer({"studies": [study.to_dict() for study in found]}, answer, answer.scenario)
        return
    from mcost.report.studies import studied

    common.print_report(studied(answer, found))


def _print_curves(answer: Answer, over: str, as_json: bool) -> None:
    from mcost.acceptability import acceptability

    found = acceptability(answer, over)
    if as_json:
        recorded.print_answer(found.to_dict(), answer, answer.scenario)
        return
    from mcost.report.acceptability import accepted

    common.print_report(accepted(answer, found))
