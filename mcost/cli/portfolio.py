"""``mcost portfolio``: one verdict a row for many scenarios, ranked."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from mcost.cli import WRONG, common, recorded
from mcost.errors import McostError

if TYPE_CHECKING:
    from mcost.nets import Sampler
    from mcost.portfolio_table import Entry
    from mcost.portfolios import Portfolio
    from mcost.scenario import Scenario
    from mcost.source import Beside

NAMED = 5


@click.command("portfolio", epilog="Example: mcost portfolio scenarios --by evpi --top 5")
@click.argument("source", type=recorded.GIVEN, metavar="DIR|CSV")
@click.option(
    "--template",
    type=recorded.OF_SCENARIO,
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
        _print_json(found, source, template, common.all_overrides(overrides, horizon))
    else:
        from mcost.report.portfolio import ranking

        common.print_report(ranking(found, top))
    if output is not None:
        click.echo(f"Wrote {output}.", err=True)
    _end(found, least)


def _print_json(found: Portfolio, source: str, template: str | None, shared: tuple[str, ...]) -> None:
    """With a manifest that holds every file of a folder, or a table and what its first row makes."""
    from mcost.portfolio_table import entries

    if not Path(source).is_dir() and not Path(source).is_file():  # a pipe, which was read already
        recorded.print_answer(found.to_dict(), found)
        return
    read = [(entry, _read(entry, shared)) for entry in entries(source, template, shared)]
    scenarios = [scenario for _, scenario in read if scenario is not None]
    if template is None:
        files = [file for entry, scenario in read for file in _files(Path(source), entry, scenario)]
        recorded.print_answer(found.to_dict(), found, *scenarios, sampler=found.sampler, given=files)
    else:
        recorded.print_answer(found.to_dict(), found, *scenarios[:1], sampler=found.sampler)


def _read(entry: Entry, shared: tuple[str, ...]) -> Scenario | None:
    try:
        return entry.load(shared)
    except McostError:  # its row tells it
        return None


def _files(folder: Path, entry: Entry, scenario: Scenario | None) -> Iterator[Beside]:
    """A scenario's file and those that it names, as they lie in the folder."""
    from mcost.source import beside

    path = Path(str(entry.source))
    at = PurePosixPath(recorded.FOLDER, path.relative_to(folder).as_posix())
    yield beside(path, str(at))
    if scenario is not None and scenario.source is not None:
        yield from (replace(each, name=f"{at.parent}/{each.name}") for each in scenario.source.beside)


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
