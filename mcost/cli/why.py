"""``mcost why``: what drives the answer, and what is worth finding out."""

from __future__ import annotations

import sys

import click

from mcost.cli import common


@click.command("why", epilog="Example: mcost why contested --candidate fine_tune")
@click.argument("scenario")
@click.option("--candidate", metavar="NAME", help="The strategy to explain, instead of the verdict's own.")
@common.options(common.draws, common.seed, common.horizon, common.overrides, common.as_json)
@click.option(
    "--total",
    is_flag=True,
    help="Total-order shares of variance too, from futures simulated anew; needs independent inputs.",
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
) -> None:
    """What drives the verdict on SCENARIO, and what is worth finding out before choosing.

    For every uncertain input and random event: with what probability the candidate pays off, and what it
    saves, in its lowest and its highest tenth; its share of the variance of both; and what it would be worth,
    in dollars, to know it before choosing among all strategies. Of the futures already simulated.
    """
    from mcost.explanation import why

    built = common.load_scenario(scenario, overrides, horizon)
    found = why(built, candidate=candidate, draws=draws, seed=seed, total=total)
    if as_json:
        common.print_json(found.to_dict())
    elif sys.stdout.isatty():
        from mcost.report.terminal import show
        from mcost.report.why import why as reasons

        show(reasons(found))
    else:
        click.echo(str(found))
