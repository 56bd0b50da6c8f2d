"""What one key of a scenario says of another: read from the raw data, so that it is told with the rest."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from typing import Any

from mcost.errors import Path, Problem, nearest, shown, spelt
from mcost.like import KINDS

MOST_WAYS = 4_000
"""Ways from any strategy to another, by what it is made of and falls back on, all together."""

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


def references(data: Mapping[str, Any], astray: Collection[str] = ()) -> Iterator[Problem]:
    """Every mistake that no single key shows. Values of a wrong type are left to their own check.

    astray : strategies whose ``like`` leads nowhere, so that it is not known what they lack.
    """
    workload, strategies = data.get("workload"), data.get("strategies")
    if isinstance(workload, dict):
        yield from _volume(workload)
    if not isinstance(strategies, dict):
        return
    if not strategies:
        yield Problem(("strategies",), "found no strategy; expected the baseline at least")
        return
    tables = {name: table for name, table in strategies.items() if isinstance(table, dict)}
    yield from _baseline(data.get("baseline"), tables)
    yield from _fallbacks(data.get("baseline"), tables)
    yield from _made_of(data.get("baseline"), tables)
    yield from _dates(data, tables)
    models = data.get("models")
    models = models if isinstance(models, dict) else {}
    yield from _models(models)
    writes_output = isinstance(workload, dict) and "output_tokens" in workload
    for name, table in tables.items():
        path = ("strategies", name)
        if name not in astray:
            yield from _kind(path, table)
            yield from _price(path, table, models, writes_output)
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
        fallback = table.get("fallback")
        if isinstance(fallback, str) and (fallback not in tables or fallback == name):
            hint = nearest(fallback, [other for other in tables if other != name])
            path = ("strategies", name, "fallback")
            yield Problem(path, f"found {shown(fallback)}; expected the name of another strategy{hint}")


def _parts(name: str, table: Mapping[str, Any]) -> list[tuple[Path, str]]:
    """The strategies that a mixed one is made of, with the places at which it names them."""
    found: list[tuple[Path, str]] = []
    mix = table.get("mix")
    found += [(("mix", part), part) for part in mix] if isinstance(mix, dict) else []
    for key, halves in (("cascade", ("first", "second")), ("wait", ("first", "then"))):
        inner = table.get(key)
        if isinstance(inner, dict):
            found += [((key, half), inner[half]) for half in halves if isinstance(inner.get(half), str)]
    return found


def _kind(path: Path, table: Mapping[str, Any]) -> Iterator[Problem]:
    """A strategy is one thing: it names a model or its price, or is made of others."""
    kinds = [key for key in KINDS if key in table]
    if not kinds:
        yield Problem(path, f"{' or '.join(KINDS[:2])} is missing (or mix, cascade, wait)", at="key")
    for extra in kinds[1:]:
        yield Problem((*path, extra), f"found beside {kinds[0]}; expected one or the other", at="key")
    mix = table.get("mix")
    if isinstance(mix, dict):
        shares = [share for share in mix.values() if share != "rest"]
        certain = all(isinstance(share, int | float) and not isinstance(share, bool) for share in shares)
        if len(mix) - len(shares) > 1:
            yield Problem((*path, "mix"), 'found more than one "rest"; expected at most one')
        elif certain and all(abs(share) <= 1 for share in shares):  # what is no share has its own check
            whole = sum(shares)
            if whole > 1 + 1e-9 or (len(shares) == len(mix) and abs(whole - 1) > 1e-9):
                yield Problem((*path, "mix"), f"found shares that add up to {whole:g}; expected 1")


def _made_of(baseline: Any, tables: Mapping[str, dict[str, Any]]) -> Iterator[Problem]:
    """Parts that do not exist, that lead back to where they came from, or that may not be tuned."""
    for name, table in tables.items():
        for place, part in _parts(name, table):
            if part not in tables:
                hint = nearest(part, [other for other in tables if other != name])
                yield Problem(("strategies", name, *place), f"found {shown(part)}; no such strategy{hint}")

    def leads_to(name: str) -> list[str]:
        parts = [part for _, part in _parts(name, tables[name]) if part in tables]
        fallback = tables[name].get("fallback")
        if (
            isinstance(fallback, str)
            and fallback in tables
            and fallback not in (name, baseline)
            and name != baseline
        ):
            parts.append(fallback)
        return parts

    circles = {name: _circle(name, leads_to) for name in tables}
    if not any(circles.values()):
        yield from _entangled(tables, leads_to)
    for name, circle in circles.items():
        if circle and circle[0] == min(circle[:-1], key=list(tables).index):
            key = "fallback" if circle[1] not in [p for _, p in _parts(name, tables[name])] else None
            path = ("strategies", name, "fallback") if key else ("strategies", name)
            yield Problem(path, f"goes round in a circle: {' → '.join(circle)}", at="value" if key else "key")
    if isinstance(baseline, str) and baseline in tables:
        for part in _reached(
            baseline, lambda name: [p for _, p in _parts(name, tables[name]) if p in tables]
        ):
            if part != baseline and "tuning" in tables[part]:
                yield Problem(
                    ("baseline",),
                    f"found {shown(baseline)}, of which {part} is tuned; expected what serves today",
                )


def _entangled(tables: Collection[str], leads_to: Callable[[str], list[str]]) -> Iterator[Problem]:
    """Strategies that are made of each other in more ways than can be costed: each way is paid for itself."""
    ways: dict[str, int] = {}

    def count(name: str) -> int:
        if name not in ways:
            ways[name] = 1 + sum(map(count, leads_to(name)))
        return ways[name]

    if sum(map(count, tables)) > MOST_WAYS:
        most = max(tables, key=ways.__getitem__)
        told = f"is made of other strategies, and falls back on them, in {ways[most] - 1:,} ways"
        yield Problem(("strategies", most), f"{told}; expected fewer, at most {MOST_WAYS:,} of all", at="key")


def _reached(start: str, leads_to: Callable[[str], list[str]]) -> list[str]:
    seen, ahead = [start], [start]
    while ahead:
        new = [name for name in leads_to(ahead.pop()) if name not in seen]
        seen += new
        ahead += new
    return seen


def _circle(start: str, leads_to: Callable[[str], list[str]]) -> list[str]:
    """The shortest way from a strategy back to itself; empty where there is none."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for name in leads_to(way[-1]):
            if name == start:
                return [*way, start]
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return []


def _price(
    path: Path, table: Mapping[str, Any], models: Mapping[str, Any], writes_output: bool
) -> Iterator[Problem]:
    row = models.get(spelt(table.get("model")))
    price = table.get("price", row.get("price") if isinstance(row, dict) else None)
    if not isinstance(price, dict):
        return
    at = (*path, "price") if "price" in table else (*path, "model")
    if "output" not in price and (writes_output or "output_tokens" in table):
        own = "output_tokens" in table
        missing = "are given, so they need a price: output is missing in price"
        said = missing if own else "output is missing: output_tokens are given, so they need a price"
        yield Problem((*path, "output_tokens") if own else at, said, at="key")


def _models(models: Mapping[str, Any]) -> Iterator[Problem]:
    for name, row in models.items():
        if not isinstance(row, dict):
            continue
        path = ("models", name)
        if "is" not in row and "price" not in row:
            yield Problem(path, "is (a model of the price table) or price is missing", at="key")
        if ("price_changes_per_year" in row) != ("price_change_ratio" in row):
            keys = ("price_changes_per_year", "price_change_ratio")
            there, missing = keys if keys[0] in row else keys[::-1]
            yield Problem(
                (*path, there), f"{missing} is missing: one says how often, the other how far", at="key"
            )


def _dates(data: Mapping[str, Any], tables: Mapping[str, dict[str, Any]]) -> Iterator[Problem]:
    """Dates count from ``start``: without one they mean nothing."""
    if "start" in data:
        return
    models = data.get("models")
    for name, row in models.items() if isinstance(models, dict) else ():
        if isinstance(row, dict) and "released" in row and "is" not in row:
            yield Problem(("models", name, "released"), "start is missing: an age counts to it", at="key")
    for name, table in tables.items():
        tuning = table.get("tuning")
        if isinstance(tuning, dict) and isinstance(tuning.get("ends"), date) and "model" not in table:
            yield Problem(
                ("strategies", name, "tuning", "ends"), "start is missing: a date counts from it", at="key"
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
        if row.get("driver") == "retrain" and "tuning" not in table:
            at = (*path, "costs", i, "driver")
            yield Problem(at, 'found "retrain", but this strategy is not tuned: it would never fall due')


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
