"""Quantiles of the beta distribution, fast: a table of quintic pieces, to SciPy's own digits."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from scipy import special

from mcost.scales import Array

LEAST_SHAPE, MOST_SHAPE = 1.0, 1e4
"""Below, the density is infinite at an end; beyond, it is too narrow: SciPy is asked."""

EDGE, STEPS = 4.5, 1024
"""The table spans normal scores from -EDGE to EDGE in so many steps; beyond, SciPy is asked."""


@lru_cache(maxsize=256)
def _table(a: float, b: float) -> Array:
    """Coefficients of the quintic Hermite pieces in the normal score: ndarray (6, STEPS).

    x' = φ(z)/f(x) and x'' = x' (-z - x' f'/f), f the density of Beta(a, b).
    """
    z = np.linspace(-EDGE, EDGE, STEPS + 1)
    x = special.betaincinv(a, b, special.ndtr(z))
    density = np.exp((a - 1) * np.log(x) + (b - 1) * np.log1p(-x) - special.betaln(a, b))
    slope = np.exp(-z * z / 2) / math.sqrt(2 * math.pi) / density
    bend = slope * (-z - slope * ((a - 1) / x - (b - 1) / (1 - x)))
    h = 2 * EDGE / STEPS
    d, s = h * slope, h * h * bend
    rise = x[1:] - x[:-1] - d[:-1] - s[:-1] / 2
    steeper, rounder = d[1:] - d[:-1] - s[:-1], s[1:] - s[:-1]
    return np.stack(
        [
            x[:-1],
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
    a shape is outside [1, 10^4], and in the last 3e-6 of either tail.
    """
    if not (np.ndim(a) == np.ndim(b) == 0 and min(a, b) >= LEAST_SHAPE and max(a, b) <= MOST_SHAPE):
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
    if np.all(inside):
        return np.asarray(found)
    return np.asarray(np.where(inside, found, special.betaincinv(a, b, np.where(inside, 0.5, u))))
