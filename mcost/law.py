"""Probability laws as quantile functions: what an uncertain input is, without loading ``scipy.stats``.

A law knows its quantiles, its distribution function, its mean and its reach. The families that people
write most are computed by ``scipy.special``, to the same digits as SciPy's own; every other family is
asked of ``scipy.stats``, which is loaded then.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from mcost.beta_quantile import beta_quantile
from mcost.errors import NotationError
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


# --- families ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Formula:
    """A standard family (loc 0, scale 1) by ``scipy.special``, in SciPy's parametrisation.

    ppf, isf, cdf and sf take arrays for the shapes too; mean and support take numbers.
    domains : of each shape, as it is read where it is uncertain itself.
    """

    shapes: tuple[str, ...]
    ppf: Callable[..., Array]
    isf: Callable[..., Array]
    cdf: Callable[..., Array]
    sf: Callable[..., Array]
    mean: Callable[..., float] | None
    support: Callable[..., tuple[float, float]]
    domains: tuple[Domain, ...] = ()
    valid: Callable[..., bool] = lambda *shapes: all(s > 0 for s in shapes)


def _triang_ppf(u: Array, c: Any) -> Array:
    return np.asarray(np.where(u < c, np.sqrt(c * u), 1 - np.sqrt((1 - c) * (1 - u))))


def _triang_isf(q: Array, c: Any) -> Array:
    return np.asarray(np.where(q > 1 - c, np.sqrt(c * (1 - q)), 1 - np.sqrt((1 - c) * q)))


def _triang_sides(x: Array, c: Any) -> tuple[Array, Array, Mask]:
    """P(X <= x) left of the peak, P(X > x) right of it, and whether x is left of it."""
    x, c = np.clip(x, 0.0, 1.0), np.asarray(c)
    return x * x / np.where(c > 0, c, 1.0), (1 - x) ** 2 / np.where(c < 1, 1 - c, 1.0), x < c


def _triang_cdf(x: Array, c: Any) -> Array:
    rising, falling, left = _triang_sides(x, c)
    return np.where(left, rising, 1 - falling)


def _triang_sf(x: Array, c: Any) -> Array:
    rising, falling, left = _triang_sides(x, c)
    return np.where(left, 1 - rising, falling)


def _quiet_log(x: Array) -> Array:
    with np.errstate(divide="ignore"):
        return np.log(np.maximum(x, 0.0))


def _from(low: float, high: float) -> Callable[..., tuple[float, float]]:
    return lambda *shapes: (low, high)


_WHOLE_LINE, _HALF_LINE, _UNIT = _from(-math.inf, math.inf), _from(0.0, math.inf), _from(0.0, 1.0)
FORMULAS: Mapping[str, Formula] = {
    "norm": Formula(
        (),
        special.ndtri,
        lambda q: -special.ndtri(q),
        special.ndtr,
        lambda x: special.ndtr(-x),
        lambda: 0.0,
        _WHOLE_LINE,
    ),
    "lognorm": Formula(
        ("s",),
        lambda u, s: np.exp(s * special.ndtri(u)),
        lambda q, s: np.exp(-s * special.ndtri(q)),
        lambda x, s: special.ndtr(_quiet_log(x) / s),
        lambda x, s: special.ndtr(-_quiet_log(x) / s),
        lambda s: math.exp(s * s / 2) if s < 37 else math.inf,
        _HALF_LINE,
        ("positive",),
    ),
    "johnsonsb": Formula(
        ("a", "b"),
        lambda u, a, b: special.expit((special.ndtri(u) - a) / b),
        lambda q, a, b: special.expit((-special.ndtri(q) - a) / b),
        lambda x, a, b: special.ndtr(a + b * special.logit(np.clip(x, 0.0, 1.0))),
        lambda x, a, b: special.ndtr(-a - b * special.logit(np.clip(x, 0.0, 1.0))),
        None,
        _UNIT,
        ("real", "positive"),
        lambda a, b: b > 0,
    ),
    "uniform": Formula(
        (),
        lambda u: u,
        lambda q: 1 - q,
        lambda x: np.clip(x, 0.0, 1.0),
        lambda x: 1 - np.clip(x, 0.0, 1.0),
        lambda: 0.5,
        _UNIT,
    ),
    "expon": Formula(
        (),
        lambda u: -np.log1p(-u),
        lambda q: -np.log(q),
        lambda x: -np.expm1(-np.maximum(x, 0.0)),
        lambda x: np.exp(-np.maximum(x, 0.0)),
        lambda: 1.0,
        _HALF_LINE,
    ),
    "gamma": Formula(
        ("a",),
        lambda u, a: special.gammaincinv(a, u),
        lambda q, a: special.gammainccinv(a, q),
        lambda x, a: special.gammainc(a, np.maximum(x, 0.0)),
        lambda x, a: special.gammaincc(a, np.maximum(x, 0.0)),
        lambda a: a,
        _HALF_LINE,
        ("positive",),
    ),
    "beta": Formula(
        ("a", "b"),
        beta_quantile,
        lambda q, a, b: special.betainccinv(a, b, q),
        lambda x, a, b: special.betainc(a, b, np.clip(x, 0.0, 1.0)),
        lambda x, a, b: special.betaincc(a, b, np.clip(x, 0.0, 1.0)),
        lambda a, b: a / (a + b),
        _UNIT,
        ("positive", "positive"),
    ),
    "triang": Formula(
        ("c",),
        _triang_ppf,
        _triang_isf,
        _triang_cdf,
        _triang_sf,
        lambda c: (1 + c) / 3,
        _UNIT,
        ("fraction",),
        lambda c: 0 <= c <= 1,
    ),
    "weibull_min": Formula(
        ("c",),
        lambda u, c: (-np.log1p(-u)) ** (1 / c),
        lambda q, c: (-np.log(q)) ** (1 / c),
        lambda x, c: -np.expm1(-(np.maximum(x, 0.0) ** c)),
        lambda x, c: np.exp(-(np.maximum(x, 0.0) ** c)),
        lambda c: math.gamma(1 + 1 / c) if c > 0.006 else math.inf,
        _HALF_LINE,
        ("positive",),
    ),
}

LISTS = frozenset({"poisson_binom"})
"""Families of SciPy with a list of numbers as a parameter."""

_WIDER: Mapping[str, Domain] = {"norm": "real", "lognorm": "positive", "johnsonsb": "fraction"}
"""The family of an interval, and the scale on which it is normal."""

Parameter = float | tuple[float, ...]


@dataclass(frozen=True)
class Family(Common):
    """A SciPy family with its own parameters.

    name : SciPy's name, e.g. ``"lognorm"``.
    parameters : SciPy's own, ``loc`` and ``scale`` included where given.
    """

    name: str
    parameters: tuple[tuple[str, Parameter], ...]

    @cached_property
    def _standard(self) -> tuple[Formula, tuple[float, ...], float, float] | None:
        """Formula, shapes, loc and scale, where ``scipy.special`` is enough."""
        if self.name not in FORMULAS:
            return None
        formula, given = FORMULAS[self.name], self._numbers()
        shapes = tuple(given[s] for s in formula.shapes)
        return formula, shapes, given.get("loc", 0.0), given.get("scale", 1.0)

    def _numbers(self) -> dict[str, float]:
        return {key: value for key, value in self.parameters if not isinstance(value, tuple)}

    @cached_property
    def _scipy(self) -> Any:
        return self.frozen()

    @property
    def discrete(self) -> bool:
        return self._standard is None and not hasattr(self._scipy.dist, "pdf")

    @property
    def lattice(self) -> float:
        """Where the whole numbers of a discrete family begin to count."""
        return self._numbers().get("loc", 0.0)

    def ppf(self, u: Array) -> Array:
        if self._standard is None:
            with np.errstate(all="ignore"):
                return np.asarray(np.clip(self._scipy.ppf(u), *self._reach), dtype=float)
        formula, shapes, loc, scale = self._standard
        with np.errstate(over="ignore"):
            return loc + scale * formula.ppf(np.asarray(u), *shapes)

    def isf(self, q: Array) -> Array:
        if self._standard is None:
            with np.errstate(all="ignore"):
                x = np.asarray(self._scipy.isf(q), dtype=float)
            # Where SciPy takes the quantile of 1 - q instead, that may be 1.
            return np.where(np.isfinite(x), x, self.ppf(np.minimum(1 - np.asarray(q), 1 - 2.0**-53)))
        formula, shapes, loc, scale = self._standard
        with np.errstate(over="ignore"):
            return loc + scale * formula.isf(np.asarray(q), *shapes)

    def cdf(self, x: ArrayLike) -> Array:
        if self._standard is None:
            with np.errstate(all="ignore"):
                return np.asarray(self._at_0.cdf(self._point(x)), dtype=float)
        formula, shapes, loc, scale = self._standard
        with np.errstate(over="ignore"):
            return formula.cdf((np.asarray(x, dtype=float) - loc) / scale, *shapes)

    def sf(self, x: ArrayLike) -> Array:
        if self._standard is None:
            with np.errstate(all="ignore"):
                return np.asarray(self._at_0.sf(self._point(x)), dtype=float)
        formula, shapes, loc, scale = self._standard
        with np.errstate(over="ignore"):
            return formula.sf((np.asarray(x, dtype=float) - loc) / scale, *shapes)

    @cached_property
    def _reach(self) -> tuple[float, float]:
        low, high = self._scipy.support()
        return float(low), float(high)

    @cached_property
    def _at_0(self) -> Any:
        """The SciPy distribution, of a discrete family moved to begin at 0: SciPy floors what it rounded."""
        if not self.discrete or self.lattice == 0:
            return self._scipy
        others = tuple((key, value) for key, value in self.parameters if key != "loc")
        return Family(self.name, others).frozen()

    def _point(self, x: ArrayLike) -> Array:
        """x, or of a discrete family the whole number that it has reached."""
        x = np.asarray(x, dtype=float)
        return steps_of(x, self.lattice) if self.discrete else x

    def density(self, x: ArrayLike) -> Array:
        if not self.discrete:
            return np.asarray(self._scipy.pdf(x), dtype=float)
        k = self._point(x)
        return np.where(self.lattice + k == x, self._at_0.pmf(k), 0.0)

    def mean(self) -> float:
        if self._standard is None:
            with np.errstate(all="ignore"):
                return _believed(self, float(self._scipy.mean()))
        formula, shapes, loc, scale = self._standard
        if formula.mean is None:
            return mean_by_quadrature(self)
        return loc + scale * formula.mean(*shapes)

    def moment(self, n: int) -> float:
        return float(self._scipy.moment(n))

    def support(self) -> tuple[float, float]:
        if self._standard is None:
            return self._reach
        formula, shapes, loc, scale = self._standard
        low, high = formula.support(*shapes)
        return loc + scale * low, loc + scale * high

    def widened(self, domain: Domain, factor: float) -> Law:
        given = self._numbers()
        if self.discrete:
            return self
        plain = given.get("loc", 0.0) == 0 and (given.get("scale", 1.0) == 1 or self.name == "lognorm")
        if self.name == "norm":
            given["scale"] = given.get("scale", 1.0) * factor
        elif plain and _WIDER.get(self.name) == widest(domain, *self.support()):
            for key, power in {"lognorm": {"s": 1}, "johnsonsb": {"a": -1, "b": -1}}[self.name].items():
                given[key] *= factor**power
        else:
            return super().widened(domain, factor)
        return Family(self.name, tuple(given.items()))

    def frozen(self) -> Any:
        from scipy import stats

        return getattr(stats, self.name)(**dict(self.parameters))

    def __str__(self) -> str:
        said = (
            f"{k}=[{', '.join(f'{x:.4g}' for x in v)}]" if isinstance(v, tuple) else f"{k}={v:.4g}"
            for k, v in self.parameters
        )
        return f"{self.name}({', '.join(said)})"


def _believed(law: Family, mean: float) -> float:
    """SciPy's mean, but nan where a formula of SciPy goes on though the integral has no end."""
    low, high = law.support()
    heavy = law.name == "tukeylambda" and law._numbers()["lam"] <= -1
    return mean if low <= mean <= high and not heavy else mean if math.isinf(mean) else math.nan


def interval_parameters(low: Any, high: Any, domain: Domain, z: float) -> tuple[str, dict[str, Array]]:
    """Family and parameters of the normal, on the domain's natural scale, from -z to z sigma.

    positive: mu = (ln a + ln b)/2, sigma = (ln b - ln a)/(2 z).
    """
    with np.errstate(all="ignore"):
        a, b = to_scale(np.asarray(low, dtype=float), domain), to_scale(np.asarray(high, dtype=float), domain)
        mu, sigma = (a + b) / 2, (b - a) / (2 * z)
        if domain == "real":
            return "norm", {"loc": mu, "scale": sigma}
        if domain == "positive":
            return "lognorm", {"s": sigma, "scale": np.exp(mu)}
        return "johnsonsb", {"a": -mu / sigma, "b": 1 / sigma}


# --- bounds -----------------------------------------------------------------------------------------------


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


# --- spread -----------------------------------------------------------------------------------------------


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


# --- from SciPy -------------------------------------------------------------------------------------------


def from_frozen(frozen: Any) -> Law:
    """The law of a frozen SciPy distribution: one of SciPy's own families, or what ``uncertain`` gave.

    Raises NotationError for a distribution of any other kind.
    """
    family: Any = frozen.dist
    shapes = [s.strip() for s in family.shapes.split(",")] if family.shapes else []
    names = [*shapes, "loc", "scale"]
    given = {**dict(zip(names, frozen.args, strict=False)), **frozen.kwds}
    law: Law | None = getattr(family, "law", None)
    if law is not None and not given:
        return law
    from scipy import stats

    own: Any = getattr(stats, family.name, None) if law is None else None
    try:
        numbers = {key: float(value) for key, value in given.items()}
    except (TypeError, ValueError):
        own = None
    if type(own) is not type(family):
        raise NotationError(
            f"found a distribution, {family.name}, that is not a family of scipy.stats with numbers for "
            "parameters; give percentiles or samples of it"
        )
    return Family(family.name, tuple(numbers.items()))
