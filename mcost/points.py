"""Laws given by points: a choice between values, samples drawn again, and quantiles between samples."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from mcost.law import Array, Certain, Common, Law
from mcost.scales import Domain

_SHOWN = 5
"""Points that are listed; of more, the number and the ends are told."""


def choice(values: Sequence[float], weights: Sequence[float]) -> Law:
    """One of some values, with the probabilities ``weights``, which are scaled to add up to 1."""
    masses: dict[float, float] = {}
    for value, weight in zip(values, weights, strict=True):
        masses[value] = masses.get(value, 0.0) + weight
    whole = math.fsum(masses.values())
    points = sorted(masses)
    if len(points) == 1:
        return Certain(points[0])
    return Choice(tuple(points), tuple(masses[point] / whole for point in points))


@dataclass(frozen=True)
class Choice(Common):
    """One of some values.

    points : two or more, in increasing order; masses : the probability of each.
    """

    points: tuple[float, ...]
    masses: tuple[float, ...]
    discrete = True

    @cached_property
    def atoms(self) -> Array:
        """Values that have mass, in order."""
        return np.array(self.points)

    @cached_property
    def _reached(self) -> Array:
        """P(X <= point)."""
        reached: Array = np.minimum(np.cumsum(self.masses), 1.0)
        reached[-1] = 1.0
        return reached

    def ppf(self, u: Array) -> Array:
        return self.atoms[np.minimum(np.searchsorted(self._reached, u), len(self.points) - 1)]

    def cdf(self, x: ArrayLike) -> Array:
        return np.insert(self._reached, 0, 0.0)[np.searchsorted(self.atoms, x, side="right")]

    def density(self, x: ArrayLike) -> Array:
        k = np.minimum(np.searchsorted(self.atoms, x), len(self.points) - 1)
        return np.where(self.atoms[k] == x, np.array(self.masses)[k], 0.0)

    def mean(self) -> float:
        return self.moment(1)

    def moment(self, n: int) -> float:
        return math.fsum(p * x**n for x, p in zip(self.points, self.masses, strict=True))

    def support(self) -> tuple[float, float]:
        return self.points[0], self.points[-1]

    def widened(self, domain: Domain, factor: float) -> Law:
        return self

    def between(self, low: float, high: float) -> Law:
        """The choice given that it falls between two bounds, which must hold one point or more."""
        pairs = zip(self.points, self.masses, strict=True)
        inside = [(point, mass) for point, mass in pairs if low <= point <= high]
        return choice([point for point, _ in inside], [mass for _, mass in inside])

    def __str__(self) -> str:
        if len(self.points) > _SHOWN:
            return f"choice of {len(self.points)}, {self.points[0]:.6g} to {self.points[-1]:.6g}"
        pairs = zip(self.points, self.masses, strict=True)
        return f"choice({', '.join(f'{mass:.4g} of {point:.6g}' for point, mass in pairs)})"


class _OfValues(Common):
    """Laws of many values in order: equal where the values are, and never written to."""

    values: Array
    origin: str

    def __post_init__(self) -> None:
        values = np.sort(np.asarray(self.values, dtype=float)) + 0.0
        values.flags.writeable = False
        object.__setattr__(self, "values", values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _OfValues) and type(other) is type(self) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[Any, ...]:
        return self.values.tobytes(), self.origin

    @property
    def n(self) -> int:
        return int(self.values.size)

    @property
    def certain(self) -> bool:
        return bool(self.values[0] == self.values[-1])

    def support(self) -> tuple[float, float]:
        return float(self.values[0]), float(self.values[-1])

    def widened(self, domain: Domain, factor: float) -> Law:
        return self  # data are not a range that somebody was too sure of

    def __str__(self) -> str:
        return f"{self.n:,} sample{'s' if self.n > 1 else ''}{f' of {self.origin}' if self.origin else ''}"


@dataclass(frozen=True, eq=False)
class Samples(_OfValues):
    """Samples drawn again: the empirical distribution, and the inverse of it.

    values : ndarray (n,), n >= 1; put in order. origin : where they come from, or "".
    """

    values: Array
    origin: str = ""
    discrete = True

    @property
    def atoms(self) -> Array:
        """Values that have mass, in order."""
        return self._counted[0]

    @cached_property
    def _counted(self) -> tuple[Array, Array]:
        points, counts = np.unique(self.values, return_counts=True)
        return points, counts / self.n

    def ppf(self, u: Array) -> Array:
        u = np.asarray(u, dtype=float)
        k = np.clip(np.ceil(self.n * u), 1, self.n)  # the first k with k/n >= u, but for rounding
        k = np.where((k > 1) & ((k - 1) / self.n >= u), k - 1, k)
        k = np.where((k < self.n) & (k / self.n < u), k + 1, k)
        return self.values[k.astype(np.intp) - 1]

    def cdf(self, x: ArrayLike) -> Array:
        return np.searchsorted(self.values, x, side="right") / self.n

    def density(self, x: ArrayLike) -> Array:
        points, masses = self._counted
        k = np.minimum(np.searchsorted(points, x), points.size - 1)
        return np.where(points[k] == x, masses[k], 0.0)

    def mean(self) -> float:
        return self.moment(1)

    def moment(self, n: int) -> float:
        return math.fsum(self.values**n) / self.n

    def between(self, low: float, high: float) -> Law:
        """The samples between two bounds, which must hold one or more."""
        inside = self.values[(self.values >= low) & (self.values <= high)]
        return Samples(inside, self.origin)


@dataclass(frozen=True, eq=False)
class Smoothed(_OfValues):
    """Quantiles between samples: linear between the values in order, as ``numpy.quantile`` has it.

    It takes every value from the smallest sample to the largest, and none beyond; the chance to fall between
    two neighbours is 1/(n - 1). Equal samples keep their mass as a point.

    values : ndarray (n,), n >= 2; put in order. origin : where they come from, or "".
    ends : the probabilities of the samples between which it is cut, (0, 1) where it is not.
    """

    values: Array
    origin: str = ""
    ends: tuple[float, float] = (0.0, 1.0)

    def _key(self) -> tuple[Any, ...]:
        return self.values.tobytes(), self.origin, self.ends

    @property
    def atoms(self) -> Array:
        """Values that have mass, in order."""
        return np.unique(self._knots[1][1:][np.diff(self._knots[1]) == 0])

    @cached_property
    def _knots(self) -> tuple[Array, Array]:
        """Probabilities and values, ndarray (k,) each, between which quantiles are linear."""
        p = np.arange(self.n) / (self.n - 1)
        a, b = self.ends
        inside = p[(p > a) & (p < b)]
        p_cut = np.concatenate([[a], inside, [b]])
        return (p_cut - a) / (b - a), np.interp(p_cut, p, self.values)

    @property
    def certain(self) -> bool:
        low, high = self.support()
        return low == high

    def ppf(self, u: Array) -> Array:
        return np.interp(u, *self._knots)

    def cdf(self, x: ArrayLike) -> Array:
        p, values = self._knots
        x = np.asarray(x, dtype=float)
        k = np.clip(np.searchsorted(values, x, side="right"), 1, values.size - 1)
        rise = values[k] - values[k - 1]
        share = np.divide(x - values[k - 1], rise, out=np.ones(np.shape(x)), where=rise > 0)
        inside = p[k - 1] + np.clip(share, 0.0, 1.0) * (p[k] - p[k - 1])
        return np.where(x < values[0], 0.0, np.where(x >= values[-1], 1.0, inside))

    def density(self, x: ArrayLike) -> Array:
        p, values = self._knots
        k = np.clip(np.searchsorted(values, x, side="right"), 1, values.size - 1)
        inside = (np.asarray(x) >= values[0]) & (np.asarray(x) < values[-1])
        rise = values[k] - values[k - 1]
        slope = np.divide(p[k] - p[k - 1], rise, out=np.zeros(np.shape(x)), where=rise > 0)
        return np.where(inside, slope, 0.0)

    def mean(self) -> float:
        return self.moment(1)

    def moment(self, n: int) -> float:
        p, values = self._knots
        nodes, weights = np.polynomial.legendre.leggauss(n // 2 + 1)  # exact for x^n
        middle, half = (values[1:] + values[:-1]) / 2, (values[1:] - values[:-1]) / 2
        powers = (middle[:, None] + half[:, None] * nodes) ** n
        return math.fsum(np.diff(p) * (powers @ weights) / 2)

    def support(self) -> tuple[float, float]:
        return float(self._knots[1][0]), float(self._knots[1][-1])

    def between(self, low: float, high: float) -> Law:
        """The law given that it falls between two bounds, which must hold some of it."""
        a, b = self.ends
        before = float(self.cdf(np.nextafter(low, -math.inf)))
        return Smoothed(self.values, self.origin, (a + (b - a) * before, a + (b - a) * float(self.cdf(high))))

    def __str__(self) -> str:
        return f"{super().__str__()}, smoothed"


_LISTED = 65_536
"""Points of a lattice that are listed."""


def jumps(law: Law) -> Array:
    """Every value that has mass, in order; of an endless lattice, those that are ever drawn.

    Empty for a continuous law, and for a lattice of more points than can be listed.
    """
    inside = getattr(law, "_inside", None)
    if inside is not None:
        return jumps(inside)
    if law.certain:
        return np.array(law.support()[:1])
    atoms: Array | None = getattr(law, "atoms", None)
    if atoms is not None:
        return atoms
    if law.discrete:
        low, high = float(law.ppf(np.array([2.0**-60]))[0]), float(law.isf(np.array([2.0**-60]))[0])
        if high - low < _LISTED:
            return low + np.arange(math.floor(high - low + 0.5) + 1, dtype=float)
    return np.zeros(0)
