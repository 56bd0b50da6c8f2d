"""Inputs and random events as a lead reads them: ``calls per month``, ``training cost (fine tune)``."""

from __future__ import annotations

import math

from mcost.errors import Path
from mcost.factors import EVENTS
from mcost.input_names import path_of
from mcost.report.amounts import amount
from mcost.report.words import count, name
from mcost.scenario import Scenario

_KEYS = {
    "max_calls_per_month": "most calls per month",
    "ends_per_year": "endings of the feature per year",
    "retrain_every_months": "months between retrains",
    "retires_after_months": "months until the model retires",
    "ends": "months until tuning closes",
    "build_months": "months to build",
    "cache_hit": "cache hit rate",
    "max_attempts": "most attempts",
    "usd_per_hour": "cost of a machine hour",
    "calls_per_hour": "calls per machine hour",
    "peak_to_mean": "peak over mean traffic",
    "min_replicas": "fewest replicas",
    "shared_by": "services on the same machines",
}
_TOKENS = {"cache_write": "cache writes"}
_ONE_PLURAL = ("hours", "months", "calls", "tokens", "examples", "changes", "retrains", "attempts", "users")
_LARGE = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_SHARES = ("fraction", "share", "probability", "a")


def input_name(scenario: Scenario, name: str) -> str:
    """An input by the last word of its name, and by the strategy or model that it belongs to.

    A cost line that is called as another input of its strategy is told from it: ``training cost line``.
    """
    path = path_of(name)
    said = _said(path)
    if "costs" in path[2:3]:
        own = path[:2]
        others = (path_of(other) for other in scenario.inputs if other != name)
        if any(other[:2] == own and _said(other) == said for other in others):
            said += " line"
    return said + _owner(path)


def event_name(name: str) -> str:
    """A random event by what is told of it; ``name`` is that of the input that governs it."""
    path = path_of(name)
    return EVENTS[str(path[-1])] + _owner(path)


def owner(name: str) -> str:
    """The strategy or model that an input belongs to; empty for the workload's, and for a rate of all."""
    path = path_of(name)
    return str(path[1]) if path[0] in ("strategies", "models") else ""


def _owner(path: Path) -> str:
    return f" ({name(str(path[1]))})" if path[0] in ("strategies", "models") else ""


def _said(path: Path) -> str:
    """The words of a key, with those of the table that it stands in where they are needed."""
    *tables, key = (str(part) for part in path[2 if path[0] in ("strategies", "models") else 0 :])
    inside = tables[-1] if tables else ""
    if inside == "costs":
        return name(key)
    if inside in ("price", "tuned"):
        kind = "tuned " if inside == "tuned" else ""
        return f"price of {kind}{_TOKENS.get(key, f'{name(key)} tokens')}"
    if inside == "mix":
        return f"share of {name(key)}"
    if inside == "pilot":
        return f"pilot {name(key)}"
    if inside == "wait":
        return "months of waiting"
    return _KEYS.get(key, name(key))


def plural(said: str) -> bool:
    """Whether there are few or many of it, rather than a low or a high one."""
    words = said.split(" per ")[0].split(" that ")[0].split(" until ")[0].split(" between ")[0].split(" (")[0]
    return any(word in _ONE_PLURAL for word in words.split(" ")) and not words.startswith("price")


def value(number: float, unit: str, currency: str = "USD") -> str:
    """An input's value to three digits: ``45 %``, ``$122``, ``541,000``, ``1.2 million``."""
    kind = unit.split(" ")[0]
    if kind in _SHARES:
        return f"{_three(100 * number)} %"
    return amount(number, currency=currency) if kind == "USD" else _three(number)


def event_value(scenario: Scenario, name: str, number: float) -> str:
    """What chance made of an event: ``yes``, ``97 %``, ``month 7``, or a number of them."""
    said = EVENTS[str(path_of(name)[-1])]
    if said.startswith("whether"):
        return "yes" if number else "no"
    if said.startswith("month"):
        return f"month {number:.0f}" if number <= scenario.horizon_months else "never"
    return _three(number) if said.endswith("come") else f"{_three(100 * number)} %"


def _three(number: float) -> str:
    size = abs(number)
    if 1e6 <= size < 1e15:
        scale, word = next((s, word) for s, word in _LARGE if size >= s)
        return f"{count(float(f'{number / scale:.3g}'))} {word}"
    return count(float(f"{number:.3g}")) if math.isfinite(number) else "unlimited"
