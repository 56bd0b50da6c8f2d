"""The percentiles that a metalog goes through: checked, in order, and as people write them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from mcost.metalog.bounds import check_bounds
from mcost.metalog.terms import MAX_TERMS, MIN_TERMS, Array


def checked(points: Mapping[float, float], low: float | None, high: float | None) -> tuple[Array, Array]:
    """Probabilities and quantiles, shape (k,) each and in order, or a ValueError that says why."""
    check_bounds(low, high)
    if not MIN_TERMS <= len(points) <= MAX_TERMS:
        raise ValueError(f"a metalog needs {MIN_TERMS} to {MAX_TERMS} percentiles, not {len(points)}")
    pairs = [(float(p), float(x)) for p, x in points.items()]
    for p, x in pairs:
        if not 0.0 < p < 1.0:
            raise ValueError(f"a probability must lie strictly between 0 and 1, not {p:.12g}")
        if not math.isfinite(x):
            raise ValueError(f"a percentile must be finite: {named(p, x)}")
        if low is not None and x <= low:
            raise ValueError(f"{named(p, x)} is not above the lower bound {low:.15g}")
        if high is not None and x >= high:
            raise ValueError(f"{named(p, x)} is not below the upper bound {high:.15g}")
    pairs.sort()
    for (p0, x0), (p1, x1) in pairwise(pairs):
        if x1 <= x0:
            raise ValueError(
                f"the values must increase with the probability: {named(p1, x1)} is not above {named(p0, x0)}"
            )
    table = np.array(pairs)
    return table[:, 0], table[:, 1]


def symmetric(probability: Array) -> bool:
    """Whether the probabilities, shape (k,) and in order, lie symmetrically about 1/2."""
    return bool(np.allclose(probability + probability[::-1], 1.0, rtol=0.0, atol=1e-9))


def named(p: float, x: float) -> str:
    """A percentile as people write it: "p10 = 1"."""
    return f"p{100.0 * p:.10g} = {x:.15g}"


def listed(probability: Array, x: Array) -> str:
    """Percentiles, shape (k,) each, as people write them: "p10 = 1, p90 = 3"."""
    return ", ".join(named(float(p), float(v)) for p, v in zip(probability, x, strict=True))
