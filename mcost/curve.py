"""P(pays off) along an input where the saving is no line: scanned, then narrowed where it changes side."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mcost.axis import Axis
from mcost.law import Array

WITHIN = np.array([0.01, 0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 0.95, 0.99])
"""The quantiles of an uncertain input at which it is looked at."""

OUTSIDE = 12
"""Further values, evenly over its reach on its natural scale."""

PEAK_STEPS = 4
PEAK_NEAR = 0.2
"""Where P turns away from a probability by more than this share, it is not looked at more closely."""

NARROW = 1e-6
BY_SECANT = 10


@dataclass(frozen=True)
class Curve:
    """P along an input.

    values : ndarray (k,), never falling; ahead : ndarray (k,), how many draws save 0 or more there.
    """

    values: Array
    ahead: NDArray[np.int64]


def at_least(probability: float, n: int) -> int:
    """How many of n draws are a probability, or more."""
    return math.ceil(probability * n - 1e-9)


def _scan_values(axis: Axis) -> list[float]:
    """The values at which an input is looked at first, both ends among them."""
    ends = np.array([axis.low, axis.high])
    if axis.scale == "positive":
        near = np.array([axis.now[0] or axis.high, axis.high])
        bounds = axis.scores(np.maximum(ends, near[0] / 1000))
    elif axis.scale == "fraction":
        bounds = axis.scores(np.clip(ends, 1e-3, 1 - 1e-3))
    else:
        bounds = ends
    values = np.concatenate(
        [ends, axis.values(np.linspace(bounds[0], bounds[1], OUTSIDE)), axis.law.ppf(WITHIN)]
    )
    values = np.rint(values) if axis.whole else values
    return [float(v) for v in np.unique(np.clip(values, axis.low, axis.high))]


class _Scan:
    """P along an input that was looked at value by value.

    Marks are the savings whose sign says whether P is at least a probability: the k-th highest of a value's
    savings, k of n draws being that probability. They move smoothly with the value where P itself jumps.
    """

    def __init__(self, axis: Axis, saving: Callable[[float], Array], wanted: Sequence[float], n: int) -> None:
        self.axis, self.saving, self.wanted, self.n = axis, saving, wanted, n
        self.ahead: dict[float, int] = {}
        self.marks: dict[float, Array] = {}

    def look(self, value: float) -> None:
        if value not in self.ahead:
            saving = self.saving(value)
            places = [self.n - at_least(p, self.n) for p in self.wanted]
            self.marks[value] = np.partition(saving, places)[places]
            self.ahead[value] = int(np.count_nonzero(saving >= 0))

    def mark(self, value: float, which: int) -> float:
        self.look(value)
        return float(self.marks[value][which])

    @property
    def values(self) -> list[float]:
        return sorted(self.ahead)

    def peaks(self, which: int) -> None:
        """Look closer where P comes nearest to a probability from one side, and turns away from it."""
        for _ in range(PEAK_STEPS):
            values = self.values
            marks = np.array([self.mark(v, which) for v in values])
            for sign in (-1, 1):
                size = np.where((marks >= 0) == (sign > 0), np.abs(marks), np.inf)
                before, here, after = size[:-2], size[1:-1], size[2:]
                turning = (here <= before) & (here <= after) & np.isfinite(before + after)
                if turning.any():
                    i = int(np.argmin(np.where(turning, here, np.inf))) + 1
                    if abs(self.ahead[values[i]] / self.n - self.wanted[which]) < PEAK_NEAR:
                        self.look(self.axis.between(values[i - 1], values[i]))
                        self.look(self.axis.between(values[i], values[i + 1]))

    def narrow(self, a: float, b: float, which: int) -> None:
        """Close in on the change of side between two values, by secants (Illinois), then by halves."""
        left, right = self.mark(a, which), self.mark(b, which)
        for step in range(80):
            if self._close(a, b):
                return
            middle = self.axis.between(a, b)
            if self.axis.whole:
                middle = max(middle, a + 1)  # a geometric middle may be rounded down to a itself
            elif step < BY_SECANT and left != right:
                middle = self._secant(a, b, left / (left - right))
            if not a < middle < b:
                return
            found = self.mark(middle, which)
            if (found >= 0) == (right >= 0):
                b, right, left = middle, found, left / 2
            else:
                a, left, right = middle, found, right / 2

    def _secant(self, a: float, b: float, share: float) -> float:
        share = min(max(share, 0.01), 0.99)
        scores = self.axis.scores(np.array([a, b]))
        if not np.isfinite(scores).all():
            return a + share * (b - a)
        return float(self.axis.values(scores[:1] + share * (scores[1] - scores[0]))[0])

    def _close(self, a: float, b: float) -> bool:
        if self.axis.whole:
            return b - a <= 1
        scores = self.axis.scores(np.array([a, b]))
        if not np.isfinite(scores).all():
            return b - a <= NARROW * max(abs(a), abs(b))
        return bool(scores[1] - scores[0] <= NARROW)


def scanned(
    axis: Axis,
    of_few: Callable[[float], Array],
    of_all: Callable[[float], Array],
    wanted: Sequence[float],
    few: int,
    n: int,
) -> Curve:
    """P along an input: scanned in a few futures, and decided in all of them where these leave it open."""
    first, whole = _Scan(axis, of_few, wanted, few), _Scan(axis, of_all, wanted, n)
    for value in _scan_values(axis):
        first.look(value)
    for which in range(len(wanted)):
        first.peaks(which)
    for which, p in enumerate(wanted):
        unsure = 4 * math.sqrt(p * (1 - p) / few)
        values = first.values
        for value in values:
            if few < n and abs(first.ahead[value] / few - p) <= unsure:
                whole.look(value)
        side = [(whole if value in whole.ahead else first).mark(value, which) >= 0 for value in values]
        for i in np.flatnonzero(np.diff(side)):
            whole.narrow(values[i], values[i + 1], which)
    for value in (axis.low, axis.high, max(first.ahead, key=lambda v: first.ahead[v])):
        whole.look(value)
    values = whole.values
    return Curve(np.array(values), np.array([whole.ahead[v] for v in values], dtype=np.int64))
