"""``like = "prompt"``: a strategy takes over another's settings, and what it takes over stays one input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mcost.errors import Path, Problem, ScenarioError, nearest, shown, spelt

KINDS = ("model", "price", "mix", "cascade", "wait")
"""A strategy is one of these: it names a model or a price, or is made of others."""

MOST = 64
"""Strategies of a scenario; more are refused before they are merged."""

_INNER = ("price", "tuning", "hosting", "pilot", "cascade", "wait")
"""Tables of a strategy that are merged key by key; every other value is taken or replaced whole."""


@dataclass
class Merged:
    """A scenario's data with every ``like`` carried out.

    owners : for each strategy, the strategy that wrote what stands at a path within it.
    copies : strategies that say nothing but ``like``, and whom.
    astray : strategies whose ``like`` leads nowhere, so that it is not known what they lack.
    rows : for each strategy, who wrote each of its cost lines, and as which of their own.
    """

    data: dict[str, Any]
    owners: dict[str, dict[Path, str]] = field(default_factory=dict)
    rows: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    copies: dict[str, str] = field(default_factory=dict)
    astray: set[str] = field(default_factory=set)

    def copies_of(self, name: str) -> list[str]:
        """The strategies that say ``like`` this one, or like such a copy, and nothing else."""
        direct = [copy for copy, base in self.copies.items() if base == name]
        return direct + [other for copy in direct for other in self.copies_of(copy)]

    def written(self, path: Path) -> Path:
        """The path at which the value at ``path`` was written."""
        if len(path) < 3 or path[0] != "strategies":
            return path
        owners, rows = self.owners.get(str(path[1]), {}), self.rows.get(str(path[1]), [])
        if len(path) > 3 and path[2] == "costs" and isinstance(path[3], int) and path[3] < len(rows):
            owner, row = rows[path[3]]
            return ("strategies", owner, "costs", row, *path[4:])
        for end in range(len(path), 2, -1):
            if path[2:end] in owners:
                return ("strategies", owners[path[2:end]], *path[2:])
        return path


def merge_like(data: dict[str, Any]) -> Merged:
    """Carry out every ``like``; a reference that leads nowhere, or round in a circle, is a problem.

    Raises ScenarioError at once where there are more strategies than a scenario may have.
    """
    strategies = data.get("strategies")
    merged = Merged(data)
    if not isinstance(strategies, dict):
        return merged
    if len(strategies) > MOST:
        raise ScenarioError(
            [Problem(("strategies",), f"found {len(strategies)} strategies; expected at most {MOST}")]
        )
    done: dict[str, dict[str, Any]] = {}

    def resolve(name: str, on_the_way: tuple[str, ...]) -> dict[str, Any]:
        if name in done:
            return done[name]
        own = dict(strategies[name])
        base_name = own.pop("like", None)
        path = ("strategies", name, "like")
        base: dict[str, Any] = {}
        if base_name is not None:
            others = [other for other in strategies if other != name]
            if not isinstance(base_name, str) or not isinstance(strategies.get(base_name), dict):
                hint = nearest(base_name if isinstance(base_name, str) else "", others)
                merged.problems.append(Problem(path, f"found {shown(base_name)}; no such strategy{hint}"))
                merged.astray |= {*on_the_way, name}
            elif base_name in (*on_the_way, name):
                circle = " → ".join((*on_the_way, name, base_name))
                merged.problems.append(Problem(path, f"goes round in a circle: {circle}"))
                merged.astray |= {*on_the_way, name}
            else:
                base = resolve(base_name, (*on_the_way, name))
                if not own:
                    merged.copies[name] = base_name
        done[name], merged.owners[name] = _merge(base, own, spelt(base_name), merged.owners)
        merged.rows[name] = _rows(name, own, base, merged.rows.get(spelt(base_name), []))
        return done[name]

    resolved = {
        name: resolve(name, ()) if isinstance(table, dict) else table for name, table in strategies.items()
    }
    merged.data = {**data, "strategies": resolved}
    return merged


def _merge(
    base: Mapping[str, Any], own: Mapping[str, Any], base_name: str, owners: Mapping[str, dict[Path, str]]
) -> tuple[dict[str, Any], dict[Path, str]]:
    """Own settings over the base's, and who wrote what was taken over."""
    result: dict[str, Any] = {}
    taken: dict[Path, str] = {}
    earlier = owners.get(base_name, {})

    def take(path: Path) -> None:
        taken[path] = earlier.get(path, base_name)

    kinds = [key for key in KINDS if key in own]
    for key, value in base.items():
        if kinds and key in KINDS and key not in kinds:
            continue  # another kind of strategy, or another price: not both
        mine = own.get(key)
        if key not in own:
            result[key] = value
            take((key,))
            if key == "costs" and isinstance(value, list):
                for row in value:
                    take((key, _row_name(row)))
            elif key in _INNER and isinstance(value, dict):
                for inner in value:
                    take((key, inner))
        elif key in _INNER and isinstance(mine, dict) and isinstance(value, dict):
            result[key] = {**value, **mine}
            for inner in value.keys() - mine.keys():
                take((key, inner))
        elif key == "costs" and isinstance(mine, list) and isinstance(value, list):
            theirs = {_row_name(row): row for row in value if isinstance(row, dict)}
            names = {_row_name(row) for row in mine}
            kept = [row for row in value if _row_name(row) not in names]
            changed = [
                {**theirs.get(_row_name(row), {}), **row} if isinstance(row, dict) else row for row in mine
            ]
            result[key] = [*kept, *changed]
            for name in [_row_name(row) for row in kept] + [
                _row_name(row) for row in mine if isinstance(row, dict) and "amount" not in row
            ]:
                take((key, name))
    return {**result, **{key: value for key, value in own.items() if key not in result}}, taken


def _rows(
    name: str, own: Mapping[str, Any], base: Mapping[str, Any], earlier: list[tuple[str, int]]
) -> list[tuple[str, int]]:
    """Who wrote each cost line: those taken over first, as the merge has them."""
    mine, theirs = own.get("costs", []), base.get("costs", [])
    if not isinstance(mine, list) or not isinstance(theirs, list):
        return []
    names = {_row_name(row) for row in mine}
    kept = [where for row, where in zip(theirs, earlier, strict=False) if _row_name(row) not in names]
    return kept + [(name, i) for i in range(len(mine))]


def _row_name(row: Any) -> str:
    return spelt(row.get("name")) if isinstance(row, dict) else ""
