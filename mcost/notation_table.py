"""The keys of a notation that is a table: which there may be, its bounds, its lists and its weights."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mcost.errors import NotationError, nearest, shown
from mcost.law import Law
from mcost.numerals import one_number
from mcost.quantity import Quantity, plain
from mcost.truncated import Truncated

LEAST_MASS = 1e-6
"""Bounds that keep less of a law than this are refused: too little is left to be meant."""

Table = Mapping[str, Any]


def only(table: Table, known: Sequence[str]) -> None:
    """Refuse a key that is none of those known."""
    for key in table:
        if key not in known:
            raise NotationError(f"{key}: no such key here{nearest(key, known)}")


def at_key(key: str, error: NotationError) -> NotationError:
    """The same mistake, found at a key."""
    return NotationError(f"{key}: {error}")


def bounded(law: Law, table: Table, quantity: Quantity) -> Law:
    """The law between ``min`` and ``max``, where those are given."""
    low, high = (_end(table, key, quantity) for key in ("min", "max"))
    if low is None and high is None:
        return law
    a, b = -math.inf if low is None else low, math.inf if high is None else high
    if a >= b:
        raise NotationError(f"found min = {plain(a)}, max = {plain(b)}; min must be below max")
    cut = Truncated(law, a, b)
    if not cut.mass > LEAST_MASS:
        kept = f"less than {LEAST_MASS:g}" if cut.mass > 0 else "nothing"
        raise NotationError(f"min and max keep {kept} of {law}; widen them, or move the distribution")
    return law if law.certain else cut


def _end(table: Table, key: str, quantity: Quantity) -> float | None:
    """One number of a table; None where the key is not given."""
    if key not in table:
        return None
    try:
        return one_number(table[key], quantity)
    except NotationError as error:
        raise at_key(key, error) from None


def listed(table: Table, key: str, expected: str) -> list[Any]:
    """The list at a key. expected : it, in words."""
    values = table[key]
    if isinstance(values, np.ndarray):
        values = values.tolist()
    if not isinstance(values, list | tuple) or not values:
        raise NotationError(f"{key}: found {shown(values)}; expected {expected}")
    return list(values)


def weights_of(table: Table, key: str, n: int) -> list[float]:
    """Weights, which must add up to 1; equal ones where none are given."""
    if "weights" not in table:
        return [1 / n] * n
    values = listed(table, "weights", f"a list of {n} number{'s' if n > 1 else ''}, one for each of {key}")
    if len(values) != n:
        raise NotationError(f"weights: found {len(values)}; expected {n}, one for each of {key}")
    weights = []
    for i, value in enumerate(values):
        try:
            weights.append(one_number(value, Quantity("", "real")))
        except NotationError as error:
            raise at_key(f"weights[{i}]", error) from None
        if weights[-1] <= 0:
            raise NotationError(f"weights[{i}]: found {plain(weights[-1])}; expected more than 0")
    whole = sum(weights)
    if abs(whole - 1) > 1e-6:
        raise NotationError(f"weights: found weights that add up to {whole:.9g}; expected 1")
    return weights
