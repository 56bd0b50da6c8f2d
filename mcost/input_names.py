"""Where a row of a scenario names an input: which one it means, or why it means none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mcost.errors import Path, dotted, nearest, shown
from mcost.like import Merged
from mcost.toml import parse
from mcost.uncertain import Prior

Inputs = Mapping[str, Prior | None]
"""Every input by its name, in the order of the scenario's inputs; None where its value cannot be read."""


def path_of(written: str) -> Path:
    """The key path that a name spells, however it is quoted; empty where it spells none."""
    try:
        nested: Any = parse(f"{written} = 0")
    except ValueError:
        return ()
    path: list[str] = []
    while isinstance(nested, dict) and len(nested) == 1:
        part, nested = next(iter(nested.items()))
        path.append(part)
    return tuple(path) if nested == 0 else ()


def name_of(written: str) -> str:
    """The name of the input that is meant, in the one way in which inputs are named."""
    path = path_of(written)
    return dotted(path) if path else written


def unknown(written: str, inputs: Inputs, merged: Merged) -> str | None:
    """Why a name is none of an input; None where it is one."""
    name, path = name_of(written), path_of(written)
    if name in inputs:
        return None
    same = dotted(merged.written(path))
    if path and same in inputs:
        return f"found {shown(written)}, which by like is the same input as {same}; say {same}"
    ends = [full for full in inputs if path and full.endswith(f".{name}")]
    hint = f"; did you mean {' or '.join(ends[:3])}?" if ends else nearest(name, inputs)
    return f"found {shown(written)}; no such input here{hint}"
