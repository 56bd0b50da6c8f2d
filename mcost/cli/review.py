"""``mcost review``: what was forecast against what happened, and the advice now."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from mcost.cli import common, recorded


@click.command("review", epilog="Example: mcost review verdict.json --log usage.csv")
@click.argument("verdict", type=recorded.GIVEN, metavar="OLD.json")
@click.option(
    "--log",
    "logs",
    type=recorded.LOG,
    multiple=True,
    required=True,
    metavar="LOG",
    help="A usage export; may be repeated.",
)
@click.option(
    "--scenario",
    "instead",
    type=recorded.OF_SCENARIO,
    metavar="FILE",
    help="The scenario, if it is not beside OLD.json or a shipped one, or has changed.",
)
@common.options(common.models)
@click.option(
    "--start",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="First day of month 1, where the scenario does not say.",
)
@common.options(common.candidate, common.overrides, common.horizon, common.as_json)
def command(
    verdict: str,
    logs: tuple[str, ...],
    instead: str | None,
    models: tuple[str, ...],
    start: datetime | None,
    candidate: str | None,
    overrides: tuple[str, ...],
    horizon: int | None,
    as_json: bool,
) -> None:
    """What became of a verdict: OLD.json is what mcost run SCENARIO --json printed then.

    Holds each month and each input that the log tells against its forecast, says which inputs moved and which
    tipping points were crossed, and what the advice is now. Give the --set and --horizon of then again.
    """
    from mcost.report.review import reviewed
    from mcost.review import review
    from mcost.shipped import find_scenario
    from mcost.usage.daily import read_log
    from mcost.verdict_file import read_verdict, scenario_of

    told = read_verdict(Path(verdict))
    source = scenario_of(told, Path(verdict)) if instead is None else instead
    find_scenario(source)  # a mistake is told before the log is read
    with common.progress("MiB read") as progress:
        log = read_log([Path(each) for each in logs], models, progress)
    first: date | None = None if start is None else start.date()
    with common.progress("working out what became of it"):
        found = review(
            told,
            source,
            log,
            set=common.all_overrides(overrides, horizon),
            start=first,
            candidate=candidate,
            changed=instead is not None,
        )
    if as_json:
        recorded.print_answer(
            found.to_dict(), found.forecast, found.scenario, sampler=found.forecast.sampler, start=_day(first)
        )
    else:
        common.print_report(reviewed(found))


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
