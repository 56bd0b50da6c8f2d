"""Probability laws as quantile functions: what an uncertain input is, without loading ``scipy.stats``.

A law knows its quantiles, its distribution function, its mean and its reach; and how it is with its spread
widened.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from mcost.scales import Domain, from_scale, rate, to_scale, widest

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Law(Protocol):
    """A probability law on the line."""

    def ppf(self, u: Array) -> Array:
        """Quantiles of the probabilities u, each strictly between 0 and 1; same shape."""

    def isf(self, q: Array) -> Array:
        """Values that are exceeded with the probabilities q: to all digits where q is small."""

    def cdf(self, x: ArrayLike) -> Array:
        """P(X <= x), same shape as x."""

    def sf(self, x: ArrayLike) -> Array:
        """P(X > x), same shape as x: to all digits where it is small."""

    def density(self, x: ArrayLike) -> Array:
        """Density at x, or P(X = x) of a discrete law; may load ``scipy.stats``."""

    def mean(self) -> float:
        """Expected value; inf or nan where there is none."""

    def moment(self, n: int) -> float:
        """E[X^n]."""

    def support(self) -> tuple[float, float]:
        """Smallest and largest value that can be taken."""

    def widened(self, domain: Domain, factor: float) -> Law:
        """See :func:`widened`."""

    def frozen(self) -> Any:
        """The same law as a frozen SciPy distribution."""

    @property
    def certain(self) -> bool:
        """Whether only one value can be taken."""

    @property
    def discrete(self) -> bool:
        """Whether the law sits on whole numbers or single points."""

    def __str__(self) -> str:
        """The family and its parameters, for ``mcost check``."""


class Common(Law):
    """What a law does unless it knows better."""

    @property
    def certain(self) -> bool:
        return False

    @property
    def discrete(self) -> bool:
        return False

    def sf(self, x: ArrayLike) -> Array:
        return 1 - self.cdf(x)

    def isf(self, q: Array) -> Array:
        return self.ppf(np.clip(1 - np.asarray(q), 2.0**-60, 1 - 2.0**-53))

    def moment(self, n: int) -> float:
        z, weight = _normal_nodes()
        return float(np.sum(weight * at_scores(self, z) ** n))

    def widened(self, domain: Domain, factor: float) -> Law:
        return Widened(self, widest(domain, *self.support()), factor)

    def frozen(self) -> Any:
        from mcost.scipy_laws import as_scipy

        return as_scipy(self)

    def __getstate__(self) -> dict[str, Any]:
        """The fields alone: what was computed from them is computed again where it is needed."""
        return {field.name: self.__dict__[field.name] for field in fields(cast(Any, self))}


def p5_p50_p95(law: Law) -> tuple[float, float, float]:
    """The 5 % point, the median and the 95 % point."""
    low, median, high = (float(x) for x in law.ppf(np.array([0.05, 0.5, 0.95])))
    return low, median, high


def below(law: Law, x: float) -> float:
    """P(X < x)."""
    return float(law.cdf(np.nextafter(x, -math.inf)))


def steps_of(x: Array, start: float) -> Array:
    """The largest whole k with start + k <= x, rounding of either side set aside; same shape."""
    k = np.floor(x - start)
    k = np.where(start + (k + 1) <= x, k + 1, k)
    return np.where(start + k > x, k - 1, k)


def on_lattice(x: Array, start: float) -> Array:
    """The largest point start + k, k whole, that is not above x; same shape."""
    return start + steps_of(x, start)


def at_scores(law: Law, z: Array) -> Array:
    """Quantiles at the normal scores z: of Φ(z), each tail from its own side; same shape."""
    tail = special.ndtr(-np.abs(z))
    x = np.empty(z.shape)
    x[z <= 0], x[z > 0] = law.ppf(tail[z <= 0]), law.isf(tail[z > 0])
    return x


def mean_by_quadrature(law: Law) -> float:
    """E[X] of a continuous law, as ∫ q(Φ(z)) φ(z) dz by the trapezoid rule.

    The integrand is smooth and vanishes at both ends, so that the rule converges geometrically.
    """
    z, weight = _normal_nodes()
    return float(np.sum(weight * at_scores(law, z)))


def mean_if_any(law: Law) -> float:
    """The same, but inf or -inf where tails beyond all that is drawn (z = ±8.2) would matter."""
    z, weight = _normal_nodes()
    with np.errstate(all="ignore"):
        terms = weight * at_scores(law, z)
        whole = float(np.sum(np.abs(terms)))
    for end in (terms[0], terms[-1]):
        if not abs(end) <= 1e-9 * whole:
            return math.copysign(math.inf, end)
    return float(np.sum(terms))


def _normal_nodes() -> tuple[Array, Array]:
    """Normal scores and their weights, which add up to 1."""
    z = np.linspace(-8.2, 8.2, 821)
    weight = np.exp(-z * z / 2)
    return z, weight / np.sum(weight)


@dataclass(frozen=True)
class Certain(Common):
    """One value, with certainty."""

    value: float
    certain = True
    discrete = True

    def ppf(self, u: Array) -> Array:
        return np.full(np.shape(u), self.value)

    def cdf(self, x: ArrayLike) -> Array:
        return (np.asarray(x) >= self.value).astype(float)

    def density(self, x: ArrayLike) -> Array:
        return np.asarray(np.asarray(x, dtype=float) == self.value, dtype=float)

    def mean(self) -> float:
        return self.value

    def moment(self, n: int) -> float:
        return self.value**n

    def support(self) -> tuple[float, float]:
        return self.value, self.value

    def widened(self, domain: Domain, factor: float) -> Law:
        return self

    def __str__(self) -> str:
        return "certain"


def widened(law: Law, domain: Domain, factor: float) -> Law:
    """The law with its spread on the domain's natural scale T multiplied, about its median.

    The quantiles become ``T⁻¹(m + factor (T(q(u)) - m))``, m = T(q(1/2)): an interval that held 90 % holds
    less where factor > 1. Exact for intervals (sigma times factor). Bounds stay, of a metalog too, and so do
    points and weights: what is certain, discrete or sampled is not widened, and of a mixture each part is by
    itself. The mean may become infinite.
    """
    return law if law.certain or law.discrete or factor == 1 else law.widened(domain, factor)


@dataclass(frozen=True)
class Widened(Common):
    """A law without an own family for it, spread about its median on a natural scale.

    scale : the domain whose natural scale it is; factor : of the spread.
    """

    base: Law
    scale: Domain
    factor: float

    @cached_property
    def _middle(self) -> float:
        return float(to_scale(self.base.ppf(np.array([0.5])), self.scale)[0])

    def _out(self, x: Array, factor: float) -> Array:
        with np.errstate(over="ignore", invalid="ignore"):  # a median at an end of the scale
            return from_scale(self._middle + factor * (to_scale(x, self.scale) - self._middle), self.scale)

    def ppf(self, u: Array) -> Array:
        return self._out(self.base.ppf(u), self.factor)

    def isf(self, q: Array) -> Array:
        return self._out(self.base.isf(q), self.factor)

    def cdf(self, x: ArrayLike) -> Array:
        x = np.asarray(x, dtype=float)
        low, high = self.support()
        inside = self.base.cdf(self._out(x, 1 / self.factor))
        return np.where(x < low, 0.0, np.where(x >= high, 1.0, inside))

    def sf(self, x: ArrayLike) -> Array:
        x = np.asarray(x, dtype=float)
        low, high = self.support()
        inside = self.base.sf(self._out(x, 1 / self.factor))
        return np.where(x < low, 1.0, np.where(x >= high, 0.0, inside))

    def density(self, x: ArrayLike) -> Array:
        x = np.asarray(x, dtype=float)
        low, high = self.support()
        inside = (x > low) & (x < high)
        at = np.where(inside, x, self.ppf(np.array([0.5]))[0])
        y = self._out(at, 1 / self.factor)
        chain = rate(at, self.scale) / rate(y, self.scale) / self.factor
        return np.where(inside, self.base.density(y) * chain, 0.0)

    def mean(self) -> float:
        return mean_if_any(self)

    def support(self) -> tuple[float, float]:
        low, high = self._out(np.array(self.base.support()), self.factor)
        return float(low), float(high)

    def widened(self, domain: Domain, factor: float) -> Law:
        return Widened(self.base, self.scale, self.factor * factor)

    def __str__(self) -> str:
        return f"{self.base}, spread times {self.factor:.4g}"
