"""``{ p10 = 20, p50 = 25, p90 = 60, min = 0 }`` -> the law through percentiles."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from mcost.errors import NotationError, shown
from mcost.law import Law
from mcost.notation_table import Table, at_key, only
from mcost.numerals import one_number
from mcost.quantity import Quantity, check_number, plain
from mcost.reading import Reading

_PERCENTILE = re.compile(r"p(\d+(?:\.\d+)?)")


def has_percentiles(table: Table) -> bool:
    """Whether a table has a key such as ``p50``."""
    return any(_PERCENTILE.fullmatch(key) for key in table)


def read_percentiles(table: Table, reading: Reading) -> Law:
    """The metalog through them; the domain, min and max choose its form."""
    keys = _percentile_keys(table)
    quantity = Quantity(reading.quantity.unit, reading.quantity.domain)
    values = {key: _inside(table, key, quantity) for key in (*keys, "min", "max") if key in table}
    low = values.get("min", None if quantity.domain == "real" else 0.0)
    high = values.get("max", 1.0 if quantity.domain == "fraction" else None)
    _check_order(low, [(key, values[key]) for key in keys], high)
    from mcost.percentiles import Percentiles

    law = Percentiles(tuple((keys[key], values[key]) for key in keys), low, high)
    try:
        mean = law.mean()
    except ValueError as error:  # an infeasible metalog too: it says what the nearest feasible one is
        raise NotationError(str(error)) from None
    if not math.isfinite(mean):
        raise NotationError(
            f"the mean of {law} is not finite, so no expected cost exists; give "
            f"{'max' if mean > 0 else 'min'}, or percentiles that lie closer together"
        )
    return law


def _percentile_keys(table: Table) -> dict[str, float]:
    """The probability of each percentile, in increasing order."""
    found = {key: float(match[1]) / 100 for key in table if (match := _PERCENTILE.fullmatch(key))}
    keys = dict(sorted(found.items(), key=lambda item: item[1]))
    for key, p in keys.items():
        value = table[key]
        if isinstance(value, Mapping) and value and all(str(part).isdigit() for part in value):
            raise NotationError(
                f'{key}: found {shown(dict(value))}; write the key in quotes, "{key}.{next(iter(value))}"'
            )
        if not 0 < p < 1:
            end = "min" if p == 0 else "max"
            raise NotationError(f"{key}: expected a percentile between p0 and p100; an end is given as {end}")
    if "median" in table:
        raise NotationError("median: no such key here; did you mean p50?")
    only(table, (*keys, "min", "max"))
    for (first, p), (second, q) in pairwise(keys.items()):
        if p == q:
            raise NotationError(f"found {first} and {second}, which are one percentile; give it once")
    from mcost.metalog.terms import MAX_TERMS, MIN_TERMS

    if not MIN_TERMS <= len(keys) <= MAX_TERMS:
        raise NotationError(
            f"found {len(keys)} percentile{'s' if len(keys) > 1 else ''}, {', '.join(keys)}; expected "
            f"{MIN_TERMS} to {MAX_TERMS}, such as p10, p50 and p90"
        )
    return keys


def _inside(table: Table, key: str, quantity: Quantity) -> float:
    """One number of a table, within the domain."""
    try:
        value = one_number(table[key], quantity)
        check_number(value, quantity)
    except NotationError as error:
        raise at_key(key, error) from None
    return value


def _check_order(low: float | None, points: Sequence[tuple[str, float]], high: float | None) -> None:
    if low is not None and high is not None and low >= high:
        raise NotationError(f"found min = {plain(low)}, max = {plain(high)}; min must be below max")
    for (a, x), (b, y) in pairwise(points):
        if x >= y:
            raise NotationError(f"{b} = {plain(y)} is not above {a} = {plain(x)}; percentiles must rise")
    for key, x in points:
        if low is not None and x <= low:
            mend = f"; for a chance of exactly {plain(x)} write a mixture of it and a distribution"
            raise NotationError(
                f"{key} = {plain(x)} is not above the least value, {plain(low)}{mend if x == low else ''}"
            )
        if high is not None and x >= high:
            raise NotationError(f"{key} = {plain(x)} is not below the greatest value, {plain(high)}")
