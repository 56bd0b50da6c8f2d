"""Quantiles of the beta distribution, fast, to SciPy's own digits."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from scipy import special

from mcost.quintic_table import SCORES, QuinticTable
from mcost.scales import Array

LEAST_SHAPE, MOST_SHAPE = 0.1, 1e4
"""Below, quantiles leave the numbers that there are; beyond, the law is too narrow: SciPy is asked."""


@lru_cache(maxsize=256)
def _table(a: float, b: float) -> QuinticTable:
    """Of x, with ``x' = φ(z)/f(x)`` and ``x'' = x' (-z - x' f'/f)``, f the density of Beta(a, b).

    Where that is infinite at 0 (a < 1), of y = log(x/(1 - x)) instead, with ``y' = φ(z)/(f(x) x (1 - x))``
    and ``y'' = y' (-z - y' (a (1 - x) - b x))``.
    """
    z = SCORES
    x = special.betaincinv(a, b, special.ndtr(z))
    by_odds = int(a < 1)
    density = np.exp((a - 1 + by_odds) * np.log(x) + (b - 1 + by_odds) * np.log1p(-x) - special.betaln(a, b))
    slope = np.exp(-z * z / 2) / math.sqrt(2 * math.pi) / density
    if by_odds:
        return QuinticTable.of(special.logit(x), slope, slope * (-z - slope * (a * (1 - x) - b * x)))
    return QuinticTable.of(x, slope, slope * (-z - slope * ((a - 1) / x - (b - 1) / (1 - x))))


def beta_quantile(u: Array, a: float, b: float) -> Array:
    """The quantiles of Beta(a, b) at u, of the shape of u; equal to ``betaincinv`` to about 1e-12.

    Some thirty times as fast as ``betaincinv``, which is asked where the density is infinite at 1 (b < 1),
    where a shape is outside [0.1, 10^4], and in the last 3e-6 of either tail.
    """
    scalar = np.ndim(a) == np.ndim(b) == 0
    if not (scalar and a >= LEAST_SHAPE and b >= 1 and max(a, b) <= MOST_SHAPE):
        return np.asarray(special.betaincinv(a, b, u))
    table = _table(float(a), float(b))
    if a < 1:
        log_odds = table.at(u, lambda tail: special.logit(special.betaincinv(a, b, tail)))
        return np.asarray(1 / (1 + np.exp(-log_odds)))
    return table.at(u, lambda tail: special.betaincinv(a, b, tail))
