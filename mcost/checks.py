"""How a scenario was understood: inputs as read, what a call costs, whether its ``[expect]`` holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mcost.answer import Answer
from mcost.copula import achieved_rank
from mcost.costs import costs
from mcost.draws import draw
from mcost.law import p5_p50_p95
from mcost.outcomes import Candidate
from mcost.scenario import Scenario


@dataclass(frozen=True)
class Held:
    """One line of ``[expect]``, and what was found."""

    key: str
    expected: str
    found: str
    holds: bool


def input_rows(scenario: Scenario) -> dict[str, dict[str, Any]]:
    """Every input by name: quantiles, mean, unit, family, and where it comes from."""
    rows = {}
    for name, prior in scenario.inputs.items():
        p5, p50, p95 = p5_p50_p95(prior.law)
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


def call_costs(scenario: Scenario) -> dict[str, tuple[float, float]]:
    """Strategy -> USD a call and USD in month 1, tokens alone, as if it served; means over one block.

    Strategies that are made of others are left out: their parts are there.
    """
    drawn = draw(scenario, 1, 0)
    result = {}
    for name, ledger in costs(scenario, drawn).ledgers.items():
        if scenario.strategies[name].parts:
            continue  # what its parts cost is theirs
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
    bands: Mapping[str, tuple[Mapping[str, tuple[float, float]], Callable[[Candidate], float]]] = {
        "pays_off": (expect.pays_off, lambda c: c.pays_off.probability),
        "beats_best_alternative": (
            expect.beats_best_alternative,
            lambda c: c.beats_best_alternative.probability,
        ),
        "saving_usd": (expect.saving_usd, lambda c: c.saving_usd.mean),
    }
    for key, (named, value) in bands.items():
        for name, (low, high) in named.items():
            number = value(answer.candidates[name])
            held.append(
                Held(f"{key}.{name}", f"{low:,.10g} to {high:,.10g}", f"{number:,.6g}", low <= number <= high)
            )
    return held


@dataclass(frozen=True)
class Correlated:
    """One pair of correlated inputs. asked : its Spearman rank; achieved : what their laws make of it."""

    first: str
    second: str
    asked: float
    achieved: float


def correlated(scenario: Scenario) -> list[Correlated]:
    """Every correlated pair; a discrete law cannot always take the rank that its copula has."""
    inputs = scenario.inputs
    return [
        Correlated(a, b, rank, achieved_rank(inputs[a].law, inputs[b].law, rank))
        for copula in scenario.copulas
        for a, b, rank in copula.pairs
    ]
