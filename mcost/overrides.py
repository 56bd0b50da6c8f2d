"""``--set key=value``: overrides of a scenario's data, before it is read."""

from __future__ import annotations

from typing import Any

from mcost.errors import McostError, Path, close, nearest, shown, spelt
from mcost.like import KINDS, merge_like
from mcost.toml import parse


def apply(data: dict[str, Any], override: str) -> Path:
    """Apply ``key=value`` to the data in place; returns the key path that it sets.

    The value is TOML, or else the text itself: ``2M to 4M`` needs no quotes. A cost line is addressed by its
    name, and what a strategy takes over by ``like`` becomes its own.

    Raises McostError where the override cannot be read, or names a strategy or a cost that is not there.
    """
    said = f"--set {shown(override)[1:-1]}"
    key, equals, written = override.partition("=")
    if not equals or not key.strip():
        raise McostError(f"{said}: expected key=value, such as workload.calls_per_month=2_000_000")
    path = _key_path(key.strip(), said)
    strategies = data.get("strategies")
    begins = path[0] != "strategies" or len(path) == 2 or path[2] in ("like", *KINDS)
    # A part of a table begins a strategy too, but not one that is spelt almost like another.
    begins = begins and not (len(path) > 3 and path[0] == "strategies" and close(path[1], strategies or {}))
    if not begins and isinstance(strategies, dict) and path[1] not in strategies:
        raise McostError(f"{said}: no such strategy{nearest(path[1], strategies)}")
    value = value_of(written)
    if path[0] == "strategies" and len(path) == 4 and path[2] == "costs":
        return _set_cost(data, path[1], path[3], value, said)
    table: Any = data
    for part in path[:-1]:
        inner = table.setdefault(part, {})
        if not isinstance(inner, dict):
            raise McostError(f"{said}: {part} holds no keys")
        table = inner
    table[path[-1]] = value
    return path


def _set_cost(data: dict[str, Any], strategy: str, name: str, value: Any, said: str) -> Path:
    """Set the amount of a cost line; one that is taken over is copied first."""
    table = data["strategies"][strategy]
    rows = table.get("costs", []) if isinstance(table, dict) else []
    named = [row.get("name") if isinstance(row, dict) else None for row in rows]
    if name in named:
        rows[named.index(name)]["amount"] = value
        return ("strategies", strategy, "costs", named.index(name), "amount")
    merged = merge_like(data).data["strategies"][strategy]
    inherited = [row for row in merged.get("costs", []) if isinstance(row, dict)]
    for row in inherited:
        if row.get("name") == name:
            table["costs"] = [*rows, {**row, "amount": value}]
            return ("strategies", strategy, "costs", len(rows), "amount")
    hint = nearest(name, [spelt(row.get("name")) for row in inherited])
    raise McostError(f"{said}: no cost line {shown(name)}{hint}")


def _key_path(key: str, said: str) -> tuple[str, ...]:
    try:
        nested: Any = parse(f"{key} = 0")
    except ValueError:
        nested = {}
    path: list[str] = []
    while isinstance(nested, dict) and len(nested) == 1:
        part, nested = next(iter(nested.items()))
        path.append(part)
    if not path or isinstance(nested, dict):
        raise McostError(f"{said}: found key {shown(key)}; expected names joined by dots")
    return tuple(path)


def value_of(written: str) -> Any:
    """A value as it is written on the command line: TOML, or else the text itself."""
    try:
        return parse(f"value = {written.strip()}")["value"]
    except ValueError:
        return written.strip()
