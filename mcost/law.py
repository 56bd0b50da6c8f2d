"""Probability laws as quantile functions: what an uncertain input is, without loading ``scipy.stats``.

A law knows its quantiles, its distribution function, its mean and its reach. The families that people
write most are computed by ``scipy.special``, to the same digits as SciPy's own; every other family is
asked of ``scipy.stats``, which is loaded then.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Law(Protocol):
    """A probability law on the line."""

    def ppf(self, u: Array) -> Array:
        """Quantiles of the probabilities u, each strictly between 0 and 1; same shape."""

    def cdf(self, x: ArrayLike) -> Array:
        """P(X <= x), same shape as x."""

    def mean(self) -> float:
        """Expected value; inf or nan where there is none."""

    def support(self) -> tuple[float, float]:
        """Smallest and largest value that can be taken."""

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


@dataclass(frozen=True)
class Certain:
    """One value, with certainty."""

    value: float
    certain = True
    discrete = True

    def ppf(self, u: Array) -> Array:
        return np.full(np.shape(u), self.value)

    def cdf(self, x: ArrayLike) -> Array:
        return (np.asarray(x) >= self.value).astype(float)

    def mean(self) -> float:
        return self.value

    def support(self) -> tuple[float, float]:
        return self.value, self.value

    def frozen(self) -> Any:
        from mcost.scipy_laws import point_mass

        return point_mass(self.value)

    def __str__(self) -> str:
        return "certain"


@dataclass(frozen=True)
class Formula:
    """A standard family (loc 0, scale 1) by ``scipy.special``, in SciPy's parametrisation."""

    shapes: tuple[str, ...]
    ppf: Callable[..., Array]
    cdf: Callable[..., Array]
    mean: Callable[..., float] | None
    support: Callable[..., tuple[float, float]]
    valid: Callable[..., bool] = lambda *shapes: all(s > 0 for s in shapes)


def _triang_ppf(u: Array, c: float) -> Array:
    return np.where(u < c, np.sqrt(c * u), 1 - np.sqrt((1 - c) * (1 - u)))


def _triang_cdf(x: Array, c: float) -> Array:
    x = np.clip(x, 0.0, 1.0)
    rising = x * x / c if c > 0 else np.zeros_like(x)
    falling = 1 - (1 - x) ** 2 / (1 - c) if c < 1 else np.ones_like(x)
    return np.where(x < c, rising, falling)


def _quiet_log(x: Array) -> Array:
    with np.errstate(divide="ignore"):
        return np.log(np.maximum(x, 0.0))


_HALF_LINE = (0.0, math.inf)
FORMULAS: Mapping[str, Formula] = {
    "norm": Formula((), special.ndtri, special.ndtr, lambda: 0.0, lambda: (-math.inf, math.inf)),
    "lognorm": Formula(
        ("s",),
        lambda u, s: np.exp(s * special.ndtri(u)),
        lambda x, s: special.ndtr(_quiet_log(x) / s),
        lambda s: math.exp(s * s / 2) if s < 37 else math.inf,
        lambda s: _HALF_LINE,
    ),
    "johnsonsb": Formula(
        ("a", "b"),
        lambda u, a, b: special.expit((special.ndtri(u) - a) / b),
        lambda x, a, b: special.ndtr(a + b * special.logit(np.clip(x, 0.0, 1.0))),
        None,
        lambda a, b: (0.0, 1.0),
        lambda a, b: b > 0,
    ),
    "uniform": Formula((), lambda u: u, lambda x: np.clip(x, 0.0, 1.0), lambda: 0.5, lambda: (0.0, 1.0)),
    "expon": Formula(
        (),
        lambda u: -np.log1p(-u),
        lambda x: -np.expm1(-np.maximum(x, 0.0)),
        lambda: 1.0,
        lambda: _HALF_LINE,
    ),
    "gamma": Formula(
        ("a",),
        lambda u, a: special.gammaincinv(a, u),
        lambda x, a: special.gammainc(a, np.maximum(x, 0.0)),
        lambda a: a,
        lambda a: _HALF_LINE,
    ),
    "beta": Formula(
        ("a", "b"),
        lambda u, a, b: special.betaincinv(a, b, u),
        lambda x, a, b: special.betainc(a, b, np.clip(x, 0.0, 1.0)),
        lambda a, b: a / (a + b),
        lambda a, b: (0.0, 1.0),
    ),
    "triang": Formula(
        ("c",), _triang_ppf, _triang_cdf, lambda c: (1 + c) / 3, lambda c: (0.0, 1.0), lambda c: 0 <= c <= 1
    ),
    "weibull_min": Formula(
        ("c",),
        lambda u, c: (-np.log1p(-u)) ** (1 / c),
        lambda x, c: -np.expm1(-(np.maximum(x, 0.0) ** c)),
        lambda c: math.gamma(1 + 1 / c) if c > 0.006 else math.inf,
        lambda c: _HALF_LINE,
    ),
}


@dataclass(frozen=True)
class Family:
    """A SciPy family with its own parameters.

    name : SciPy's name, e.g. ``"lognorm"``.
    parameters : SciPy's own, ``loc`` and ``scale`` included where given.
    """

    name: str
    parameters: tuple[tuple[str, float], ...]
    certain = False

    @cached_property
    def _standard(self) -> tuple[Formula, tuple[float, ...], float, float] | None:
        """Formula, shapes, loc and scale, where ``scipy.special`` is enough."""
        if self.name not in FORMULAS:
            return None
        formula, given = FORMULAS[self.name], dict(self.parameters)
        shapes = tuple(given[s] for s in formula.shapes)
        return formula, shapes, given.get("loc", 0.0), given.get("scale", 1.0)

    @property
    def discrete(self) -> bool:
        return self._standard is None and not hasattr(self.frozen().dist, "pdf")

    def ppf(self, u: Array) -> Array:
        if self._standard is None:
            return np.asarray(self.frozen().ppf(u), dtype=float)
        formula, shapes, loc, scale = self._standard
        return loc + scale * formula.ppf(np.asarray(u), *shapes)

    def cdf(self, x: ArrayLike) -> Array:
        if self._standard is None:
            return np.asarray(self.frozen().cdf(x), dtype=float)
        formula, shapes, loc, scale = self._standard
        return formula.cdf((np.asarray(x, dtype=float) - loc) / scale, *shapes)

    def mean(self) -> float:
        if self._standard is None:
            with np.errstate(all="ignore"):
                return float(self.frozen().mean())
        formula, shapes, loc, scale = self._standard
        if formula.mean is None:
            return _mean_by_quadrature(self)
        return loc + scale * formula.mean(*shapes)

    def support(self) -> tuple[float, float]:
        if self._standard is None:
            low, high = self.frozen().support()
            return float(low), float(high)
        formula, shapes, loc, scale = self._standard
        low, high = formula.support(*shapes)
        return loc + scale * low, loc + scale * high

    def frozen(self) -> Any:
        from scipy import stats

        return getattr(stats, self.name)(**dict(self.parameters))

    def __str__(self) -> str:
        return f"{self.name}({', '.join(f'{k}={v:.4g}' for k, v in self.parameters)})"


@dataclass(frozen=True)
class Truncated:
    """A law given that it falls between two bounds, both included: renormalised, never clamped."""

    base: Law
    low: float
    high: float
    certain = False

    @property
    def discrete(self) -> bool:
        return self.base.discrete

    @cached_property
    def below(self) -> float:
        """P(X < low) of the base."""
        last_below = math.ceil(self.low) - 1 if self.discrete and math.isfinite(self.low) else self.low
        return float(self.base.cdf(last_below)) if math.isfinite(self.low) else 0.0

    @cached_property
    def mass(self) -> float:
        """P(low <= X <= high) of the base."""
        return (float(self.base.cdf(self.high)) if math.isfinite(self.high) else 1.0) - self.below

    def ppf(self, u: Array) -> Array:
        return np.clip(self.base.ppf(self.below + self.mass * np.asarray(u)), *self.support())

    def cdf(self, x: ArrayLike) -> Array:
        inside = (self.base.cdf(np.minimum(x, self.high)) - self.below) / self.mass
        return np.where(np.asarray(x) < self.low, 0.0, np.clip(inside, 0.0, 1.0))

    def mean(self) -> float:
        if math.isfinite(self.support()[0]) and math.isfinite(self.support()[1]):
            return _mean_by_quadrature(self)
        whole = self.base.mean()
        return _mean_by_quadrature(self) if math.isfinite(whole) else whole

    def support(self) -> tuple[float, float]:
        low, high = self.base.support()
        if self.discrete:
            return max(low, math.ceil(self.low) if math.isfinite(self.low) else low), min(
                high, math.floor(self.high) if math.isfinite(self.high) else high
            )
        return max(low, self.low), min(high, self.high)

    def frozen(self) -> Any:
        from mcost.scipy_laws import truncated

        return truncated(self)

    def __str__(self) -> str:
        ends = [f"{self.low:.6g} and more" if math.isinf(self.high) else f"up to {self.high:.6g}"]
        if math.isfinite(self.low) and math.isfinite(self.high):
            ends = [f"{self.low:.6g} to {self.high:.6g}"]
        return f"{self.base}, {ends[0]} only"


def _mean_by_quadrature(law: Law) -> float:
    """E[X] = ∫ ppf(Φ(z)) φ(z) dz by the trapezoid rule; for a discrete law, the sum of 1 - F over its points.

    The integrand is smooth and vanishes at both ends, so that the trapezoid rule converges geometrically.
    """
    if law.discrete:
        low, high = law.support()
        points = np.arange(low, min(high, low + 1e7))
        return float(low + np.sum(1 - law.cdf(points)))
    z = np.linspace(-8.2, 8.2, 821)
    weight = np.exp(-z * z / 2)
    return float(np.sum(weight * law.ppf(special.ndtr(z))) / np.sum(weight))


def from_frozen(frozen: Any) -> Law:
    """The law of a frozen SciPy distribution of one of SciPy's own families."""
    family = frozen.dist
    shapes = [s.strip() for s in family.shapes.split(",")] if family.shapes else []
    names = [*shapes, "loc", "scale"]
    given = {**dict(zip(names, frozen.args, strict=False)), **frozen.kwds}
    return Family(family.name, tuple((key, float(value)) for key, value in given.items()))
