"""Quantiles of a smooth law, fast: a table of quintic pieces in the normal score."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]

EDGE, STEPS = 4.5, 1024
"""A table spans normal scores from -EDGE to EDGE in so many steps."""

SCORES = np.linspace(-EDGE, EDGE, STEPS + 1)
"""The normal scores of its nodes."""


@dataclass(frozen=True)
class QuinticTable:
    """coefficients : of the quintic Hermite pieces, ndarray (6, STEPS)."""

    coefficients: Array

    @classmethod
    def of(cls, value: Array, slope: Array, bend: Array) -> QuinticTable:
        """value, slope, bend : the quantile at SCORES and its derivatives by score: ndarrays (STEPS + 1,)."""
        h = 2 * EDGE / STEPS
        d, s = h * slope, h * h * bend
        rise = value[1:] - value[:-1] - d[:-1] - s[:-1] / 2
        steeper, rounder = d[1:] - d[:-1] - s[:-1], s[1:] - s[:-1]
        return cls(
            np.stack(
                [
                    value[:-1],
                    d[:-1],
                    s[:-1] / 2,
                    10 * rise - 4 * steeper + rounder / 2,
                    -15 * rise + 7 * steeper - rounder,
                    6 * rise - 3 * steeper + rounder / 2,
                ]
            )
        )

    def at(self, u: Array, beyond: Callable[[Array], Array]) -> Array:
        """The quantiles at u, same shape. beyond : gives those of the last 3e-6 of either tail."""
        u = np.asarray(u)
        z = special.ndtri(u)
        inside = np.abs(z) < EDGE
        place = np.where(inside, (z + EDGE) * (STEPS / (2 * EDGE)), 0.0)
        piece = np.minimum(place.astype(np.intp), STEPS - 1)
        t = place - piece
        found = self.coefficients[5][piece]
        for row in (4, 3, 2, 1, 0):
            found = found * t + self.coefficients[row][piece]
        found = np.asarray(found)
        if not np.all(inside):
            found[~inside] = beyond(u[~inside])
        return found
