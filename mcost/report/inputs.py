"""Tables of ``mcost check``: every input as it was read, and what one call costs."""

from __future__ import annotations

from mcost.checks import call_costs, correlated, input_rows
from mcost.doubts import doubts
from mcost.report.layout import Paragraph, Table
from mcost.report.words import count, small_money
from mcost.scenario import Scenario


def inputs(scenario: Scenario) -> Table:
    """Every input: family, 5 %, median, 95 %, unit and where it comes from."""
    rows = []
    for name, entry in input_rows(scenario).items():
        numbers = tuple(count(entry[key]) for key in ("p5", "p50", "p95"))
        origin = f"{entry['prior']} ({entry['grade']})" if entry["prior"] else ""
        rows.append((name, *numbers, f"{entry['unit']:<22}", f"{entry['read_as']:<38}", origin))
    return Table("Inputs as read", ("", "5 %", "median", "95 %", "unit", "read as", "prior"), tuple(rows))


def a_call(scenario: Scenario) -> Table:
    """What one call costs in tokens, retries included, and what a month of calls does: the hand check."""
    rows = []
    for name, (call, month) in call_costs(scenario).items():
        rows.append((name, small_money(call, scenario.currency), small_money(month, scenario.currency)))
    return Table("Tokens, on average", ("", "one call", "all calls of month 1"), tuple(rows))


def correlations(scenario: Scenario) -> Table | None:
    """Every correlated pair, as asked for and as achieved; None where there is none."""
    rows = [(f"{c.first}, {c.second}", f"{c.asked:.2f}", f"{c.achieved:.2f}") for c in correlated(scenario)]
    return Table("Rank correlations", ("", "asked", "achieved"), tuple(rows)) if rows else None


def questions(scenario: Scenario) -> Paragraph:
    """What a careful analyst would question."""
    asked = [f"{doubt.about}: {doubt.question}" for doubt in doubts(scenario)]
    return Paragraph("Questions", tuple(said if said[-1] in ".?" else f"{said}." for said in asked))
