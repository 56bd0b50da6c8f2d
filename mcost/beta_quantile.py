"""Quantiles of the beta distribution, fast: a table of quintic pieces, to SciPy's own digits."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from scipy import special

from mcost.scales import Array

LEAST_SHAPE, MOST_SHAPE = 0.1, 1e4
"""Below, quantiles leave the numbers that there are; beyond, the law is too narrow: SciPy is asked."""

EDGE, STEPS = 4.5, 1024
"""The table spans normal scores from -EDGE to EDGE in so many steps; beyond, SciPy is asked."""


@lru_cache(maxsize=256)
def _table(a: float, b: float) -> Array:
    """Coefficients of the quintic Hermite pieces in the normal score: ndarray (6, STEPS).

    They give x, ``x' = φ(z)/f(x)`` and ``x'' = x' (-z - x' f'/f)``, f the density of Beta(a, b). Where that
    is infinite at 0 (a < 1) they give y = log(x/(1 - x)) instead, with ``y' = φ(z)/(f(x) x (1 - x))`` and
    ``y'' = y' (-z - y' (a (1 - x) - b x))``.
    """
    z = np.linspace(-EDGE, EDGE, STEPS + 1)
    x = special.betaincinv(a, b, special.ndtr(z))
    by_odds = int(a < 1)
    density = np.exp((a - 1 + by_odds) * np.log(x) + (b - 1 + by_odds) * np.log1p(-x) - special.betaln(a, b))
    slope = np.exp(-z * z / 2) / math.sqrt(2 * math.pi) / density
    if by_odds:
        value, bend = special.logit(x), slope * (-z - slope * (a * (1 - x) - b * x))
    else:
        value, bend = x, slope * (-z - slope * ((a - 1) / x - (b - 1) / (1 - x)))
    h = 2 * EDGE / STEPS
    d, s = h * slope, h * h * bend
    rise = value[1:] - value[:-1] - d[:-1] - s[:-1] / 2
    steeper, rounder = d[1:] - d[:-1] - s[:-1], s[1:] - s[:-1]
    return np.stack(
        [
            value[:-1],
            d[:-1],
            s[:-1] / 2,
            10 * rise - 4 * steeper + rounder / 2,
            -15 * rise + 7 * steeper - rounder,
            6 * rise - 3 * steeper + rounder / 2,
        ]
    )


def beta_quantile(u: Array, a: float, b: float) -> Array:
    """The quantiles of Beta(a, b) at u, of the shape of u; equal to ``betaincinv`` to about 1e-12.

    Interpolated in the normal score of u: some thirty times as fast as ``betaincinv``, which is asked where
    the density is infinite at 1 (b < 1), where a shape is outside [0.1, 10^4], and in the last 3e-6 of either
    tail.
    """
    scalar = np.ndim(a) == np.ndim(b) == 0
    if not (scalar and a >= LEAST_SHAPE and b >= 1 and max(a, b) <= MOST_SHAPE):
        return np.asarray(special.betaincinv(a, b, u))
    z = special.ndtri(u)
    inside = np.abs(z) < EDGE
    place = np.where(inside, (z + EDGE) * (STEPS / (2 * EDGE)), 0.0)
    piece = np.minimum(place.astype(np.intp), STEPS - 1)
    t = place - piece
    table = _table(float(a), float(b))
    found = table[5][piece]
    for row in (4, 3, 2, 1, 0):
        found = found * t + table[row][piece]
    if a < 1:
        found = 1 / (1 + np.exp(-found))
    found = np.asarray(found)
    if not np.all(inside):
        out = ~inside
        found[out] = special.betaincinv(a, b, np.asarray(u)[out])
    return found
