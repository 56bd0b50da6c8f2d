"""What one key of a scenario says of another: read from the raw data, so that it is told with the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mcost.errors import Path, Problem, nearest, shown
from mcost.schema import MAX_STRATEGIES

LINE_NAMES = (
    "tokens",
    "errors",
    "latency",
    "engineering",
    "task_change_lag",
    "training",
    "labels",
    "fallback",
)
"""Cost lines of the model; a scenario's own need other names."""


def references(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Every mistake that no single key shows. Values of a wrong type are left to their own check."""
    workload, strategies = data.get("workload"), data.get("strategies")
    if isinstance(workload, dict):
        yield from _volume(workload)
    if not isinstance(strategies, dict):
        return
    if not strategies:
        yield Problem(("strategies",), "found no strategy; expected the baseline at least")
    if len(strategies) > MAX_STRATEGIES:
        yield Problem(
            ("strategies",), f"found {len(strategies)} strategies; expected at most {MAX_STRATEGIES}"
        )
    tables = {name: table for name, table in strategies.items() if isinstance(table, dict)}
    yield from _baseline(data.get("baseline"), tables)
    yield from _fallbacks(data.get("baseline"), tables)
    writes_output = isinstance(workload, dict) and "output_tokens" in workload
    for name, table in tables.items():
        path = ("strategies", name)
        yield from _price(path, table, writes_output)
        yield from _cost_names(path, table)
    yield from _expect(data, tables)


def _volume(workload: Mapping[str, Any]) -> Iterator[Problem]:
    users = [key for key in ("monthly_active_users", "calls_per_user") if key in workload]
    if "calls_per_month" in workload and users:
        yield Problem(
            ("workload", users[0]), "found beside calls_per_month; expected one or the other", at="key"
        )
    elif "calls_per_month" not in workload and len(users) < 2:
        missing = "calls_per_month (or monthly_active_users and calls_per_user)"
        if users:
            missing = ({"monthly_active_users", "calls_per_user"} - set(users)).pop()
        yield Problem(("workload",), f"{missing} is missing", at="key")


def _baseline(baseline: Any, tables: Mapping[str, dict[str, Any]]) -> Iterator[Problem]:
    if not isinstance(baseline, str):
        return
    if baseline not in tables:
        hint = nearest(baseline, tables)
        yield Problem(("baseline",), f"found {shown(baseline)}; expected the name of a strategy{hint}")
    elif "tuning" in tables[baseline]:
        yield Problem(
            ("baseline",),
            f"found {shown(baseline)}, which is tuned; expected what serves today without tuning",
        )


def _fallbacks(baseline: Any, tables: Mapping[str, dict[str, Any]]) -> Iterator[Problem]:
    for name, table in tables.items():
        path, fallback = ("strategies", name, "fallback"), table.get("fallback")
        if not isinstance(fallback, str):
            continue
        if fallback not in tables or fallback == name:
            hint = nearest(fallback, [other for other in tables if other != name])
            yield Problem(path, f"found {shown(fallback)}; expected the name of another strategy{hint}")
            continue
        circle = [name]
        while isinstance(fallback, str) and fallback in tables and fallback != baseline:
            circle.append(fallback)
            if fallback == name:
                yield Problem(path, f"goes round in a circle: {' → '.join(circle)}")
                break
            if circle.count(fallback) > 1:
                break
            fallback = tables[fallback].get("fallback")


def _price(path: Path, table: Mapping[str, Any], writes_output: bool) -> Iterator[Problem]:
    price = table.get("price")
    if not isinstance(price, dict):
        return
    if "cache_hit" in table and "cached" not in price and table["cache_hit"] != 0:
        yield Problem(
            (*path, "price"), "cached is missing: cache_hit is given, so a hit needs its price", at="key"
        )
    if "output" not in price and (writes_output or "output_tokens" in table):
        yield Problem(
            (*path, "price"), "output is missing: output_tokens are given, so they need a price", at="key"
        )


def _cost_names(path: Path, table: Mapping[str, Any]) -> Iterator[Problem]:
    rows = table.get("costs")
    if not isinstance(rows, list | tuple):
        return
    seen: set[str] = set()
    for i, row in enumerate(rows):
        name = row.get("name") if isinstance(row, dict) else None
        if not isinstance(name, str):
            continue
        at = (*path, "costs", i, "name")
        if name in LINE_NAMES:
            yield Problem(at, f"found {shown(name)}, a cost of the model's own; choose another name")
        if name in seen:
            yield Problem(at, f"found {shown(name)} twice; expected one cost of a name")
        seen.add(name)


def _expect(data: Mapping[str, Any], tables: Mapping[str, Any]) -> Iterator[Problem]:
    expect = data.get("expect")
    if not isinstance(expect, dict):
        return
    candidates = [name for name in tables if name != data.get("baseline")]
    for key in ("pays_off", "beats_best_alternative", "saving_usd"):
        named = expect.get(key)
        for name in named if isinstance(named, dict) else ():
            if name not in candidates:
                hint = nearest(name, candidates)
                yield Problem(("expect", key, name), f"no such candidate{hint}", at="key")
    recommended = expect.get("recommended")
    if isinstance(recommended, str) and recommended not in tables:
        hint = nearest(recommended, tables)
        yield Problem(("expect", "recommended"), f"found {shown(recommended)}; no such strategy{hint}")
