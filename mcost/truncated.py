"""A law between bounds."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from mcost.law import (
    Array,
    Common,
    Law,
    below,
    mean_by_quadrature,
    widened,
)
from mcost.scales import Domain


@dataclass(frozen=True)
class Truncated(Common):
    """A law given that it falls between two bounds, both included: renormalised, never clamped."""

    base: Law
    low: float
    high: float

    @property
    def certain(self) -> bool:
        low, high = self.support()
        return low == high

    @property
    def discrete(self) -> bool:
        return self.base.discrete

    @property
    def lattice(self) -> float | None:
        """Where the whole numbers begin to count, if it sits on such."""
        found: float | None = getattr(self.base, "lattice", None) if self.discrete else None
        return found

    @cached_property
    def _inside(self) -> Law | None:
        """The same law without this class, where the base can say it."""
        between: Callable[[float, float], Law] | None = getattr(self.base, "between", None)
        return None if between is None else between(self.low, self.high)

    @cached_property
    def below(self) -> float:
        """P(X < low) of the base."""
        return below(self.base, self.low) if math.isfinite(self.low) else 0.0

    @cached_property
    def above(self) -> float:
        """P(X > high) of the base."""
        return float(self.base.sf(self.high)) if math.isfinite(self.high) else 0.0

    @cached_property
    def _from_low(self) -> float:
        """P(X >= low) of the base."""
        return float(self.base.sf(np.nextafter(self.low, -math.inf))) if math.isfinite(self.low) else 1.0

    @cached_property
    def mass(self) -> float:
        """P(low <= X <= high) of the base."""
        if self.below > 0.5:
            return self._from_low - self.above
        return (1.0 if self.above == 0 else float(self.base.cdf(self.high))) - self.below

    def ppf(self, u: Array) -> Array:
        if self._inside is not None:
            return self._inside.ppf(u)
        u = np.asarray(u, dtype=float)
        return self._at(self.below + self.mass * u, self.above + self.mass * (1 - u))

    def isf(self, q: Array) -> Array:
        if self._inside is not None:
            return self._inside.isf(q)
        q = np.asarray(q, dtype=float)
        return self._at(self.below + self.mass * (1 - q), self.above + self.mass * q)

    def _at(self, before: Array, beyond: Array) -> Array:
        """Quantiles of the base, from the side on which the probability has more digits."""
        x, far = np.empty(before.shape), before > 0.9
        x[~far], x[far] = self.base.ppf(before[~far]), self.base.isf(beyond[far])
        return np.clip(x, *self.support())

    def cdf(self, x: ArrayLike) -> Array:
        if self._inside is not None:
            return self._inside.cdf(x)
        x = np.asarray(x, dtype=float)
        at = np.minimum(x, self.high)
        if self.below > 0.5:
            inside = (self._from_low - self.base.sf(at)) / self.mass
        else:
            inside = (self.base.cdf(at) - self.below) / self.mass
        return np.where(x < self.low, 0.0, np.where(x >= self.high, 1.0, np.clip(inside, 0.0, 1.0)))

    def sf(self, x: ArrayLike) -> Array:
        if self._inside is not None:
            return self._inside.sf(x)
        x = np.asarray(x, dtype=float)
        inside = (self.base.sf(np.maximum(x, self.low)) - self.above) / self.mass
        return np.where(x < self.low, 1.0, np.where(x >= self.high, 0.0, np.clip(inside, 0.0, 1.0)))

    def density(self, x: ArrayLike) -> Array:
        inside = (np.asarray(x) >= self.low) & (np.asarray(x) <= self.high)
        return np.where(inside, self.base.density(x) / self.mass, 0.0)

    def mean(self) -> float:
        if self._inside is not None:
            return self._inside.mean()
        low, high = self.support()
        whole = 0.0 if math.isfinite(low) and math.isfinite(high) else self.base.mean()
        if not math.isfinite(whole):
            return whole
        return self._mean_of_points(whole) if self.lattice is not None else mean_by_quadrature(self)

    def _mean_of_points(self, whole: float) -> float:
        """E[X] on a lattice: over the points inside, or over those outside where the tail inside is long.

        whole : the mean of the base, where only one bound cuts.
        """
        low, high = self.support()
        start, end = self.base.support()
        cut = (start, low - 1) if math.isinf(high) else (high + 1, end)
        if not (math.isfinite(low) and math.isfinite(high)) and self.mass > 0.01 and self._few(cut):
            points = np.arange(cut[0], cut[1] + 0.5)
            return (whole - float(np.sum(points * self.base.density(points)))) / self.mass
        if math.isinf(low) or math.isinf(high):
            ends = self.ppf(np.array([2.0**-60])), self.isf(np.array([2.0**-60]))
            low, high = max(low, float(ends[0][0])), min(high, float(ends[1][0]))
        if high - low > _MANY:
            return mean_by_quadrature(self)
        points = np.arange(low, high + 0.5)
        return low + float(np.sum((points - low) * self.density(points)))

    @staticmethod
    def _few(ends: tuple[float, float]) -> bool:
        return math.isfinite(ends[0]) and math.isfinite(ends[1]) and ends[1] - ends[0] < _MANY

    def moment(self, n: int) -> float:
        if self._inside is not None:
            return self._inside.moment(n)
        if self.lattice is not None:
            ends = self.ppf(np.array([2.0**-60])), self.isf(np.array([2.0**-60]))
            points = np.arange(ends[0][0], min(ends[1][0], ends[0][0] + _MANY) + 0.5)
            return float(np.sum(points**n * self.density(points)))
        return super().moment(n)

    def support(self) -> tuple[float, float]:
        if self._inside is not None:
            return self._inside.support()
        low, high = self.base.support()
        if (at := self.lattice) is not None:
            return max(low, at + math.ceil(self.low - at) if math.isfinite(self.low) else low), min(
                high, at + math.floor(self.high - at) if math.isfinite(self.high) else high
            )
        return max(low, self.low), min(high, self.high)

    def widened(self, domain: Domain, factor: float) -> Law:
        return Truncated(widened(self.base, domain, factor), self.low, self.high)

    def __str__(self) -> str:
        ends = [f"{self.low:.6g} and more" if math.isinf(self.high) else f"up to {self.high:.6g}"]
        if math.isfinite(self.low) and math.isfinite(self.high):
            ends = [f"{self.low:.6g} to {self.high:.6g}"]
        return f"{self.base}, {ends[0]} only"


_MANY = 1_000_000
"""Points of a lattice that are summed one by one."""
