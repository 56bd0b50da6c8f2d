"""``mcost portfolio``: one verdict a row for many scenarios, ranked."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING

import click

from mcost.cli import WRONG, common

if TYPE_CHECKING:
    from mcost.nets import Sampler
    from mcost.portfolios import Portfolio

NAMED = 5


@click.command("portfolio", epilog="Example: mcost portfolio scenarios --by evpi --top 5")
@click.argument("source", metavar="DIR|CSV")
@click.option(
    "--template",
    metavar="SCENARIO",
    help="With a CSV of overrides: the scenario that each row is put into, a file or a shipped one.",
)
@click.option(
    "--by",
    type=click.Choice(["saving", "evpi"]),
    default="saving",
    show_default=True,
    help="What ranks go by: the expected saving of the best choice, or what knowing everything is worth.",
)
@click.option("--top", type=click.IntRange(min=0), default=20, show_default=True, help="Rows to show.")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="Write all rows to a .csv or .parquet file; the same command takes up what an interrupt left.",
)
@common.options(common.force, common.fewer_draws, common.seed, common.sampler)
@common.options(common.horizon, common.overrides)
@click.option("--cluster", "address", metavar="ADDRESS", help="Run on a Dask cluster, as tcp://host:8786.")
@click.option(
    "--require",
    "required",
    metavar="P",
    help="Exit with 1 where P(pays off) of a scenario's headline is below P.",
)
@common.options(common.as_json)
def command(
    source: str,
    template: str | None,
    by: str,
    top: int,
    output: str | None,
    force: bool,
    draws: int,
    seed: int,
    sampler: Sampler,
    horizon: int | None,
    overrides: tuple[str, ...],
    address: str | None,
    required: str | None,
    as_json: bool,
) -> None:
    """One verdict a row for many scenarios, ranked by what is at stake.

    DIR is a folder of scenario files, also in folders below it. CSV is a table of overrides of one scenario:
    its first line holds keys, as --set takes them, and may hold name; each further line is a scenario, in
    which an empty cell leaves the template's value.

    \b
    mcost portfolio scenarios
    mcost portfolio teams.csv --template contested -o verdicts.csv

    Scenarios are spread over all cores, or over a cluster: neither changes a number. A scenario that is
    wrong stops no other one; its row tells the error, and the exit code is 2. --cluster needs an extra, pip
    install 'mcost[cluster]', and so does .parquet, 'mcost[parquet]'.
    """
    from mcost.cluster import cluster
    from mcost.portfolios import portfolio

    least = None if required is None else common.probability(f"--require {required}", required)
    with (
        nullcontext() if address is None else cluster(address) as executor,
        common.progress("scenarios") as progress,
    ):
        found = portfolio(
            source,
            template,
            draws,
            seed,
            executor,
            by="evpi" if by == "evpi" else "saving",
            sampler=sampler,
            set=common.all_overrides(overrides, horizon),
            output=output,
            replace=force,
            progress=progress,
        )
    if as_json:
        common.print_json(found.to_dict())
    else:
        from mcost.report.portfolio import ranking

        common.print_report(ranking(found, top))
    if output is not None:
        click.echo(f"Wrote {output}.", err=True)
    _end(found, least)


def _end(found: Portfolio, least: float | None) -> None:
    """Exits with 2 where a scenario is wrong, with 1 where a headline falls short of ``least``."""
    wrong = [row.name for row in found.wrong]
    short = [row.name for row in found.verdicts if row.pays_off is not None and row.pays_off < (least or 0.0)]
    if short:
        click.echo(
            f"not met: the headline pays off in less than {least:g} of futures in {_named(short)}", err=True
        )
    if wrong:
        click.echo(
            f"error: {len(wrong):,} of {len(found.rows):,} scenarios have no verdict: {_named(wrong)}",
            err=True,
        )
    if wrong or short:
        sys.exit(WRONG if wrong else common.NOT_MET)


def _named(names: list[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more:,} more" if more > 0 else "")
