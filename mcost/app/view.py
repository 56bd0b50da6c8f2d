"""Answer -> what the page shows first: the verdict in words and numbers, and a row for each input."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np

from mcost.answer import Answer
from mcost.app.given import Given
from mcost.app.state import State
from mcost.axis import Axis, axis
from mcost.input_names import path_of
from mcost.quantity import Quantity
from mcost.report.advice import advice
from mcost.report.naming import input_name, owner
from mcost.report.prospects import prospects
from mcost.report.verdict import footer
from mcost.report.words import capital, chance, listed, money, months, name
from mcost.scales import Domain, from_scale, to_scale
from mcost.scenario import Scenario
from mcost.subject import subject_of
from mcost.uncertain import Prior

DIGITS = 3
"""Significant digits of a value that a handle sets."""

COLUMNS = 64
"""Columns of a sketch."""

BEYOND = 5.0
"""How far a handle of a positive input may go beyond its interval, as a ratio."""

REACH = 2.0
"""The same for an input on the real line, in widths of its interval."""


def scene(given: Given, few: int, draws: int) -> dict[str, Any]:
    """What does not change: title, strategies, and every input that the file states, with its reach."""
    scenario = given.scenario
    return {
        "title": scenario.title,
        "file": scenario.file or "scenario.toml",
        "baseline": scenario.baseline,
        "horizon": {"now": scenario.horizon_months, "most": given.longest},
        "few": few,
        "draws": draws,
        "currency": "$" if scenario.currency == "USD" else f"{scenario.currency} ",
        "strategies": [
            {"name": each, "said": capital(name(each)), "tuned": strategy.tuned}
            for each, strategy in scenario.strategies.items()
        ],
        "inputs": [_input(scenario, scenario.inputs[key]) for key in given.paths],
        "rows": {key: row(given, scenario, key) for key in given.paths},
    }


def verdict(given: Given, state: State, answer: Answer) -> dict[str, Any]:
    """The verdict as sentences, the chance of what the page is about, and the rows that differ."""
    scenario, about = answer.scenario, subject_of(answer, state.about)
    subjects = answer.subjects if about is None else tuple(dict.fromkeys((*answer.subjects[:1], about)))
    said = advice(answer, subjects)
    return {
        "draws": answer.draws,
        "horizon": answer.horizon_months,
        **(
            {"about": None, "of": "", "chance": "", "probability": None}
            if about is None
            else number_of(answer, about)
        ),
        "advice": list(said),
        "sentence": " ".join(said),
        "paragraphs": []
        if about is None
        else [[p.label, " ".join(p.sentences)] for p in prospects(answer, about) if p.sentences],
        "strategies": {each: _strategy(answer, each) for each in answer.strategies},
        "bound": _bound(given, state),
        "rows": {
            key: row(given, scenario, key, text) for key, text in state.values if key in scenario.inputs
        },
        "footer": footer(answer),
    }


def number_of(answer: Answer, about: str) -> dict[str, Any]:
    """The chance that one strategy pays off, as it is told and to all digits."""
    return {
        "about": about,
        "of": f"{capital(name(about))} pays off within {months(answer.horizon_months)}",
        "chance": _chance(answer, about),
        "probability": answer.candidates[about].pays_off.probability,
    }


def _chance(answer: Answer, candidate: str) -> str:
    pays = answer.candidates[candidate].pays_off
    if answer.certain:
        return "yes" if pays.probability else "no"
    return chance(pays)


def _strategy(answer: Answer, each: str) -> dict[str, str]:
    if each == answer.baseline:
        cost = answer.strategies[each].cost_usd
        costs = money(cost.mean, cost.standard_error, answer.scenario.currency)
        return {"pays": "", "saves": f"costs {costs}"}
    saving = answer.candidates[each].saving_usd
    saves = money(saving.mean, saving.standard_error, answer.scenario.currency)
    return {"pays": _chance(answer, each), "saves": saves}


def _bound(given: Given, state: State) -> dict[str, str]:
    """Strategies that cannot be switched off now, and why."""
    bound = {given.scenario.baseline: "the baseline"}
    for each in given.scenario.candidates:
        if each not in state.off and (users := given.needed_by(each, state.off)):
            bound[each] = f"needed by {listed([name(user) for user in users])}"
    return bound


# --- inputs -----------------------------------------------------------------------------------------------


def _input(scenario: Scenario, prior: Prior) -> dict[str, Any]:
    """What an input is called, and where it belongs."""
    own, said, belongs = axis(prior), input_name(scenario, prior.name), owner(prior.name)
    alone = "Workload" if path_of(prior.name)[0] == "workload" else "Rates"
    return {
        "name": prior.name,
        "said": said.removesuffix(f" ({name(belongs)})"),
        "group": capital(name(belongs)) if belongs else alone,
        "strategy": belongs if path_of(prior.name)[0] == "strategies" else None,
        "unit": prior.unit if prior.unit.startswith("USD") else "",
        "scale": own.scale,
        "share": own.share,
    }


def row(given: Given, scenario: Scenario, key: str, text: str | None = None) -> dict[str, Any]:
    """An input as it is now: its interval, its sketch, and whether it stands on a weak prior.

    text : what is written in its place on the page; None for what the file says.
    """
    prior, tail = scenario.inputs[key], (1 - scenario.credibility) / 2
    own = axis(prior)
    low, high = (float(x) for x in prior.law.ppf(np.array([tail, 1 - tail])))
    least, most = reach(given.scenario.inputs[key])
    if own.scale == "real" or low > 0:
        least = min(least, low)
    if own.scale != "fraction" or high < 1:
        most = max(most, high)
    ends = least, most
    return {
        "text": text or written(own, low, high),
        "low": low,
        "high": high,
        "ends": ends,
        "certain": prior.law.certain,
        "weak": prior.grade == "weak",
        "source": "" if prior.catalogued is None else f"{prior.catalogued}: {prior.source}",
        "sketch": _sketch(prior, ends, own.scale),
    }


def reach(prior: Prior) -> tuple[float, float]:
    """Ends of the handles' way: well beyond what is believed now, within what the input may be."""
    own, quantity = axis(prior), prior.quantity or Quantity(prior.unit, prior.domain)
    low, middle, high = own.now
    if own.scale == "fraction":
        least, most = min(low / 4 or 0.01, 0.01), max(1 - (1 - high) / 4 if high < 1 else 0.99, 0.99)
    elif own.scale == "positive":
        top = high or (1.0 if own.share else 10.0)
        least, most = (low or middle or top / BEYOND) / BEYOND, top * BEYOND
    else:
        width = max(high - low, 0.1 * abs(middle), 0.02)
        least, most = low - REACH * width, high + REACH * width
    if quantity.above is not None:
        least = max(least, quantity.above + 1e-3 * (most - quantity.above))
    if quantity.at_least is not None:
        least, most = max(least, quantity.at_least), max(most, quantity.at_least * BEYOND)
    if quantity.below is not None:
        most = min(most, quantity.below * (1 - 1e-3))
    return least, most


def written(own: Axis, low: float, high: float) -> str:
    """An interval, or a number, as a file has it, to three digits: ``450_000 to 650_000``, ``20%``."""
    ends = [number(end, own.share, DIGITS) for end in (low, high)]
    return ends[0] if ends[0] == ends[1] or low == high else " to ".join(ends)


def number(value: float, share: bool, digits: int = 15) -> str:
    """One number as a scenario file has it, to so many digits at most: ``450_000``, ``2.5%``.

    A share near the whole has as many digits as tell it from the whole.
    """
    shown = float(f"{100 * value:.15g}") if share else value
    rounded = next(
        (near for n in range(digits, 16) if (near := float(f"{shown:.{n}g}")) != 100.0 or not share), shown
    )
    text = f"{Decimal(repr(rounded)):,f}".replace(",", "_")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text}%" if share else text


def _sketch(prior: Prior, ends: tuple[float, float], scale: Domain) -> list[float]:
    """Heights of the law's mass from end to end of the handles' way, on the natural scale; at most 1."""
    if prior.law.certain:
        return []
    first, last = to_scale(np.array(ends), scale)
    mass = np.diff(prior.law.cdf(from_scale(np.linspace(first, last, COLUMNS + 1), scale)))
    top = float(mass.max())
    return [round(float(height / top), 3) for height in mass] if top > 0 else []
