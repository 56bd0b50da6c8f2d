"""The saving along one input, draw by draw: where it is a line, each future's break-even value is -a / b."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mcost.law import Array

CLOSE = 1e-7
"""A draw lies on its line within this part of the terms that make it up, or of those of a usual draw."""

ROUNDED = 1e-12
"""A level or a slope that makes less than this part of a saving is 0."""


@dataclass(frozen=True)
class Line:
    """saving = level + slope * value, in every draw; both ndarray (n,), USD and USD per unit.

    A slope or a level within rounding of nothing is 0, so that a project that costs and saves only by the
    call breaks even at 0 calls, and nowhere else.
    """

    level: Array
    slope: Array

    def ahead(self, low: float, high: float) -> tuple[Array, NDArray[np.int64]]:
        """How many draws save 0 or more at each value from low to high, exactly.

        Returns values, ndarray (k,), never falling, and counts, ndarray (k,). A value at which the count
        jumps stands there three times: just below, at it, just above.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            even = np.where(self.slope != 0, -self.level / self.slope + 0.0, np.nan)
        rising, falling = np.sort(even[self.slope > 0]), np.sort(even[self.slope < 0])
        always = np.count_nonzero((self.slope == 0) & (self.level >= 0))
        jumps = np.unique(np.concatenate([rising, falling]))
        jumps = jumps[(jumps > low) & (jumps < high)]
        at = np.concatenate([[low], jumps, [high]])
        gained, gained_at = np.searchsorted(rising, at), np.searchsorted(rising, at, side="right")
        lost_at, lost = np.searchsorted(falling, at), np.searchsorted(falling, at, side="right")
        start = always + falling.size
        below, here, above = start + gained - lost_at, start + gained_at - lost_at, start + gained_at - lost
        below[0], above[-1] = here[0], here[-1]
        counts = np.stack([below, here, above], axis=1).ravel()
        return np.repeat(at, 3), counts.astype(np.int64)


def line(saving: Callable[[float], Array], values: Sequence[float]) -> Line | None:
    """The line that the saving follows in every draw; None where it does not at all of these values.

    saving : value -> ndarray (n,), USD. values : four or more, the ends first: they define the line, and the
        others, whose distances have nothing in common, are held against it.
    """
    low, high, *others = values
    first, last = saving(low), saving(high)
    slope = (last - first) / (high - low)
    level = first - slope * low
    for value in others:
        terms = np.abs(level) + np.abs(slope * value)
        if (np.abs(saving(value) - (level + slope * value)) > CLOSE * np.maximum(terms, terms.mean())).any():
            return None
    moved = np.maximum(np.abs(first), np.abs(last))
    slope[np.abs(last - first) <= ROUNDED * moved] = 0.0
    level[np.abs(level) <= ROUNDED * moved] = 0.0
    return Line(level, slope)
