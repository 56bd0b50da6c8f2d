"""How a scenario was understood: inputs as read, what a call costs, whether its ``[expect]`` holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mcost.answer import Answer
from mcost.costs import costs
from mcost.draws import draw
from mcost.report.verdict import Table
from mcost.report.words import count, small_money
from mcost.scenario import Scenario


@dataclass(frozen=True)
class Held:
    """One line of ``[expect]``, and what was found."""

    key: str
    expected: str
    found: str
    holds: bool


def inputs(scenario: Scenario) -> Table:
    """Every input: family, 5 %, median, 95 %, unit and where it comes from."""
    rows = []
    for name, entry in input_rows(scenario).items():
        numbers = tuple(count(entry[key]) for key in ("p5", "p50", "p95"))
        origin = f"{entry['prior']} ({entry['grade']})" if entry["prior"] else ""
        rows.append((name, *numbers, f"{entry['unit']:<22}", f"{entry['read_as']:<38}", origin))
    return Table("Inputs as read", ("", "5 %", "median", "95 %", "unit", "read as", "prior"), tuple(rows))


def input_rows(scenario: Scenario) -> dict[str, dict[str, Any]]:
    """The same as data, for ``--json``."""
    rows = {}
    for name, prior in scenario.inputs.items():
        p5, p50, p95 = (float(x) for x in prior.law.ppf(np.array([0.05, 0.5, 0.95])))
        rows[name] = {
            "p5": p5,
            "p50": p50,
            "p95": p95,
            "mean": prior.law.mean(),
            "unit": prior.unit,
            "domain": prior.domain,
            "read_as": str(prior.law),
            "prior": prior.catalogued,
            "grade": prior.grade,
            "source": prior.source,
        }
    return rows


def a_call(scenario: Scenario) -> Table:
    """What one call costs in tokens, retries included, and what a month of calls does: the hand check."""
    rows = []
    for name, (call, month) in call_costs(scenario).items():
        rows.append((name, small_money(call, scenario.currency), small_money(month, scenario.currency)))
    return Table("Tokens, on average", ("", "one call", "all calls of month 1"), tuple(rows))


def call_costs(scenario: Scenario) -> dict[str, tuple[float, float]]:
    """Strategy -> USD a call and USD in month 1, tokens alone, as if it served; means over one block."""
    drawn = draw(scenario, 1, 0)
    result = {}
    for name, ledger in costs(scenario, drawn).ledgers.items():
        amount = next(line.amount for line in ledger.lines if line.name == "tokens")
        result[name] = (float(np.mean(amount)), float(np.mean(amount * drawn.calls[1])))
    return result


def expectations(scenario: Scenario, answer: Answer) -> list[Held]:
    """Each line of ``[expect]`` against the answer."""
    expect = scenario.expect
    if expect is None:
        return []
    held = []
    if expect.recommended is not None:
        found = answer.recommended
        held.append(Held("recommended", expect.recommended, found, found == expect.recommended))
    bands: Mapping[str, tuple[Mapping[str, tuple[float, float]], Any]] = {
        "pays_off": (expect.pays_off, lambda c: c.pays_off.probability),
        "beats_best_alternative": (
            expect.beats_best_alternative,
            lambda c: c.beats_best_alternative.probability,
        ),
        "saving_usd": (expect.saving_usd, lambda c: c.saving_usd.mean),
    }
    for key, (named, value) in bands.items():
        for name, (low, high) in named.items():
            found = value(answer.candidates[name])
            held.append(Held(f"{key}.{name}", f"{low:g} to {high:g}", f"{found:.6g}", low <= found <= high))
    return held
