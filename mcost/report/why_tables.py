"""What drives an answer, as tables: every driver at both ends, what it matters, total-order shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mcost.driver import Driver
from mcost.explanation import Why
from mcost.report.driver_words import MEETS, called, valued
from mcost.report.estimates import above_zero, below, limit, share, usd, worth
from mcost.report.layout import Table
from mcost.report.naming import input_name
from mcost.report.words import capital, chance, money, name
from mcost.total_order import LUCK

ROWS = 12


def tables(found: Why) -> list[Table]:
    """Both ends of each driver, what each matters, and total-order shares where they were asked for."""
    return [_ends(found), _matters(found), *_totals(found)]


def _ends(found: Why) -> Table:
    currency = found.answer.scenario.currency

    def row(driver: Driver) -> tuple[str, ...]:
        ends = (
            (valued(found, driver, tenth.value), chance(tenth.pays_off), usd(tenth.saving, currency))
            for tenth in (driver.low, driver.high)
        )
        return tuple(cell for end in ends for cell in end)

    who = capital(name(str(found.candidate)))
    title = f"{who}: each driver in its lowest and in its highest tenth (median there, mean saving)"
    return _table(found, title, ("lowest", "pays off", "saving", "highest", "pays off", "saving"), row)


def _matters(found: Why) -> Table:
    def row(driver: Driver) -> tuple[str, ...]:
        medians = (driver.median_if_pays_off, driver.median_if_not)
        return (
            share(driver.event_share),
            share(driver.variance_share),
            _worth_cell(found, driver),
            *("none" if median is None else valued(found, driver, median) for median in medians),
        )

    title = "Its share of the variance, what knowing it before choosing is worth, and its median"
    columns = ("of paying off", "of the saving", "worth knowing", "if it pays off", "if not")
    return _table(found, title, columns, row)


def _table(
    found: Why, title: str, columns: tuple[str, ...], row: Callable[[Driver], tuple[str, ...]]
) -> Table:
    rows = [(called(found, driver).removeprefix(MEETS), *row(driver)) for driver in found.drivers[:ROWS]]
    if (more := len(found.drivers) - ROWS) > 0:
        rows.append((f"and {more} more that matter little", *("" for _ in columns)))
    return Table(title, ("", *columns), tuple(rows))


def _totals(found: Why) -> Sequence[Table]:
    """Total-order shares, the largest first."""
    if not found.totals:
        return ()
    scenario = found.answer.scenario
    ordered = sorted(found.totals, key=lambda total: total.event_share.value, reverse=True)
    shown = [t for t in ordered if above_zero(t.event_share) or above_zero(t.variance_share)][:ROWS]
    rows = [
        (
            "luck, all of it" if total.name == LUCK else input_name(scenario, total.name),
            share(total.event_share),
            share(total.variance_share),
        )
        for total in shown
    ]
    futures = found.totals[0].event_share.n
    title = f"Total-order shares: what would be left open if all else were known ({futures:,} futures)"
    return (Table(title, ("", "of paying off", "of the saving"), tuple(rows)),)


def _worth_cell(found: Why, driver: Driver) -> str:
    known, currency = driver.evppi, found.answer.scenario.currency
    if driver.worth > 0:
        margin = 1.96 * known.standard_error
        return f"{worth(known, currency)} ± {limit(margin, currency)}"
    return money(0, 0, currency) if known.interval[1] == 0 else below(known, currency)
