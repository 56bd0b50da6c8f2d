"""The metalog distribution through 2 to 9 given percentiles.

A metalog is defined by its quantile function.  With ``y`` the probability, ``t = y - 1/2`` and
``L = logit y = ln(y / (1 - y))``::

    M(y) = a1 + a2 L + a3 t L + a4 t + a5 t^2 + a6 t^2 L + a7 t^3 + a8 t^3 L + a9 t^4

which is ``S(t) + L T(t)`` with two polynomials ``S`` and ``T``.  The quantile ``x`` is ``M`` itself
(unbounded), ``low + exp M`` or ``high - exp(-M)`` (semi-bounded, the log metalog) or
``(low + high exp M) / (1 + exp M)`` (bounded, the logit metalog).

As many terms are used as points are given, so that the curve passes through each of them.  It is a
distribution only if ``M`` rises everywhere, which :func:`fit` proves before it returns.

Source: T. W. Keelin (2016), "The Metalog Distributions", Decision Analysis 13(4), 243-277, called
"Keelin 2016" below.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

if TYPE_CHECKING:
    from scipy.stats import rv_continuous
    from scipy.stats.distributions import rv_frozen

__all__ = ["InfeasibleMetalog", "Metalog", "fit"]

Array = npt.NDArray[np.float64]
Values = Sequence[float] | Array

MIN_TERMS, MAX_TERMS = 2, 9

# Which coefficient (from 0) multiplies which power of t in S and in T.  Keelin 2016, the basis.
_S_TERMS = (0, 3, 4, 6, 8)
_T_TERMS = (1, 2, 5, 7)

# Three terms rise everywhere iff a2 > 0 and |a3| / a2 < 2 / v, where v tanh v = 1, because the
# slope is a2 + a3 h(L), and h = t + L y (1 - y) is odd with its maximum v / 2 at L = 2 v.
# Keelin 2016 gives the constant as 1.66711.
_THREE_TERM_LIMIT = 2.0 / 1.1996786402577339

_EPS = float(np.finfo(np.float64).eps)
_NEAR_ONE = 1e-12  # a tail slope is known no better than this, so within it of 1 counts as 1
_SINGULAR = 1e13  # condition number of the basis above which the points do not determine M
_CORE = 16.0  # |logit| up to which the slope is bounded by subdivision, and beyond by expansion
_FAR = 40.0  # |logit| beyond which t is 1/2 in double precision and M is a straight line in L
_WEIGHT = np.array([0.25, 0.0, -1.0])  # y (1 - y) = dt/dL, as a polynomial in t


class InfeasibleMetalog(ValueError):  # noqa: N818 - names what is infeasible
    """No metalog with as many terms as points passes through the points.

    Attributes
    ----------
    reason : str
        A plain sentence without its full stop, naming the points and the bounds.
    point : float or None
        The probability of the one percentile to move; None if moving no single one is enough.
    nearest : float or None
        The value of that percentile, nearest to the one given, with which :func:`fit` succeeds
        (same unit as the values); None if `point` is None.  It is rounded, on the feasible side,
        to about a thousandth of the distance to the next point or bound.
    """

    def __init__(self, reason: str, point: float | None, nearest: float | None) -> None:
        super().__init__(reason, point, nearest)
        self.reason = reason
        self.point = point
        self.nearest = nearest

    def __str__(self) -> str:
        if self.point is None or self.nearest is None:
            return f"{self.reason}; moving one percentile is not enough, so give fewer of them"
        return f"{self.reason}; nearest feasible: {_named(self.point, self.nearest)}"


def fit(points: Mapping[float, float], low: float | None = None, high: float | None = None) -> Metalog:
    """Fit the metalog that passes through the given percentiles.

    Parameters
    ----------
    points : mapping of float to float
        Probability in (0, 1) to quantile, 2 to 9 of them, in any order.  The quantiles must
        increase with the probability; their unit is the unit of everything returned.
    low, high : float, optional
        Bounds of the support, which all quantiles must lie strictly inside.

    Returns
    -------
    Metalog
        With as many terms as points.

    Raises
    ------
    InfeasibleMetalog
        The points are in order, but the curve through them falls somewhere.
    ValueError
        The points or the bounds are not valid, or lie too close together to tell apart.
    """
    probability, x = _checked(points, low, high)
    coefficients = _solved(probability, _to_line(x, low, high))
    if coefficients is None and len(x) == 7 and _symmetric(probability):
        raise ValueError(
            "seven percentiles placed symmetrically about p50 do not determine a metalog, because "
            "four of its seven terms are odd about p50; give one fewer or one more, or move one: "
            f"{_listed(probability, x)}"
        )
    if coefficients is None:
        raise ValueError(
            "the percentiles lie too close together, or too far apart, to find their metalog in "
            f"double precision: {_listed(probability, x)}"
        )
    if not _rises(coefficients):
        raise _infeasible(probability, x, low, high)
    return Metalog(coefficients, low, high)


@dataclass(frozen=True)
class Metalog:
    """A metalog distribution.

    Attributes
    ----------
    coefficients : tuple of float, 2 to 9 of them
        a1, a2, ... of M, in the unit of x if unbounded and without unit otherwise.
    low, high : float or None
        Bounds of the support (unit of x); None where there is no bound.

    Raises
    ------
    ValueError
        The bounds are not finite and in order, or the coefficients are not finite, fewer than 2,
        more than 9, or such that M does not rise everywhere.
    """

    coefficients: tuple[float, ...]
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        _check_bounds(self.low, self.high)
        k = len(self.coefficients)
        if not MIN_TERMS <= k <= MAX_TERMS:
            raise ValueError(f"a metalog has {MIN_TERMS} to {MAX_TERMS} coefficients, not {k}")
        if not all(map(math.isfinite, self.coefficients)):
            raise ValueError(f"metalog coefficients must be finite: {self.coefficients}")
        if not _rises(self.coefficients):
            raise ValueError(f"the metalog with coefficients {self.coefficients} is not increasing")

    @overload
    def ppf(self, u: float) -> float: ...
    @overload
    def ppf(self, u: Values) -> Array: ...
    def ppf(self, u: float | Values) -> float | Array:
        """Quantiles: the value (unit of x) at each probability, shaped as `u`.

        0 and 1 give the ends of the support, and what is outside [0, 1] gives nan.
        """
        y = np.asarray(u, dtype=np.float64)
        inside = (y > 0.0) & (y < 1.0)
        safe = np.where(inside, y, 0.5)
        with np.errstate(over="ignore", under="ignore"):
            x = _from_line(self._line(logit(safe), safe - 0.5), self.low, self.high)
        lower, upper = self.support()
        out = np.where(inside, x, np.where(y == 0.0, lower, np.where(y == 1.0, upper, np.nan)))
        return out[()]

    @overload
    def cdf(self, x: float) -> float: ...
    @overload
    def cdf(self, x: Values) -> Array: ...
    def cdf(self, x: float | Values) -> float | Array:
        """Probability of a value at most `x` (unit of x), shaped as `x`.

        To about 1e-14 of itself, apart from what the rounding of `x` amounts to.
        """
        with np.errstate(under="ignore"):
            out: Array = expit(self._logit_at(np.asarray(x, dtype=np.float64)))
        return out[()]

    def isf(self, q: float | Values) -> Array:
        """The value (unit of x) that is exceeded with each probability, shaped as `q`.

        It is ppf(1 - q), with all digits where q is small.
        """
        tail = np.asarray(q, dtype=np.float64)
        inside = (tail > 0.0) & (tail < 1.0)
        safe = np.where(inside, tail, 0.5)
        with np.errstate(over="ignore", under="ignore"):
            x = _from_line(self._line(-logit(safe), 0.5 - safe), self.low, self.high)
        lower, upper = self.support()
        return np.where(inside, x, np.where(tail == 0.0, upper, np.where(tail == 1.0, lower, np.nan)))

    def sf(self, x: float | Values) -> Array:
        """Probability of a value above `x` (unit of x), shaped as `x`: to about 1e-14 of itself."""
        with np.errstate(under="ignore"):
            out: Array = expit(-self._logit_at(np.asarray(x, dtype=np.float64)))
        return out

    @overload
    def pdf(self, x: float) -> float: ...
    @overload
    def pdf(self, x: Values) -> Array: ...
    def pdf(self, x: float | Values) -> float | Array:
        """Probability density at `x` (one over the unit of x), shaped as `x`.

        0 outside the support, and the limit, which may be 0 or infinite, at its finite ends.
        """
        at = np.asarray(x, dtype=np.float64)
        logits = self._logit_at(at)
        inside = np.isfinite(logits)
        safe = np.where(inside, logits, 0.0)
        decay = np.abs(safe)
        with np.errstate(over="ignore", under="ignore"):
            log_weight = -decay - 2.0 * np.log1p(np.exp(-decay))
            density = self._density(safe, 0.5 * np.tanh(0.5 * safe), log_weight)
        lower, upper = self.support()
        edge = np.where(at == lower, self._end_density(-1), 0.0)
        edge = np.where(at == upper, self._end_density(1), edge)
        return np.where(inside, density, np.where(np.isnan(at), np.nan, edge))[()]

    @overload
    def density_quantile(self, u: float) -> float: ...
    @overload
    def density_quantile(self, u: Values) -> Array: ...
    def density_quantile(self, u: float | Values) -> float | Array:
        """Probability density at the quantile of each `u`, pdf(ppf(u)), shaped as `u`.

        In closed form (one over the unit of x), which :meth:`pdf` is not.  0 and 1 give the
        limits, which may be 0 or infinite, and what is outside [0, 1] gives nan.
        """
        y = np.asarray(u, dtype=np.float64)
        inside = (y > 0.0) & (y < 1.0)
        safe = np.where(inside, y, 0.5)
        with np.errstate(over="ignore", under="ignore"):
            density = self._density(logit(safe), safe - 0.5, np.log(safe) + np.log1p(-safe))
        edge = np.where(y == 0.0, self._end_density(-1), np.nan)
        edge = np.where(y == 1.0, self._end_density(1), edge)
        return np.where(inside, density, edge)[()]

    def support(self) -> tuple[float, float]:
        """Lower and upper end of the support (unit of x), infinite where there is no bound."""
        lower = -math.inf if self.low is None else self.low
        upper = math.inf if self.high is None else self.high
        if self._polynomial:  # without logit terms M itself ends at finite values
            s, _ = self._parts
            ends = _at(np.array([-0.5, 0.5]), s)
            with np.errstate(over="ignore", under="ignore"):
                inner = _from_line(ends, self.low, self.high)
            return float(inner[0]), float(inner[1])
        return lower, upper

    def mean(self) -> float:
        """Mean (unit of x); inf or -inf where the tail is too heavy for a finite one.

        That is decided from the coefficients: x grows as (1 - y)^-s where s is the limit of
        dM/dL, so that a semi-bounded metalog has a finite mean iff s < 1 on its open side, and an
        unbounded or a bounded one always.
        """
        s, t = self._parts
        if self.low is None and self.high is None:
            return _unbounded_mean(s, t)
        if self.high is None and self.low is not None:
            return self.low + _exponential_mean(s, t)
        if self.low is None and self.high is not None:
            return self.high - _exponential_mean(*_mirrored(s, t))
        nodes, weights = _quadrature(s, t)
        middle = 0.5 * np.tanh(0.5 * nodes)
        with np.errstate(under="ignore"):
            x = _from_line(self._line(nodes, middle), self.low, self.high)
            mass = weights * expit(nodes) * expit(-nodes)
        return float(np.sum(x * mass) / np.sum(mass))

    def frozen(self) -> rv_frozen:
        """The same distribution as a frozen SciPy one.

        Its ppf, cdf, sf, pdf, mean, rvs and support are those of this class; the others are
        SciPy's, computed numerically from these.
        """
        return _scipy_distribution(self)()

    @cached_property
    def _parts(self) -> tuple[Array, Array]:
        return _split(self.coefficients)

    @cached_property
    def _polynomial(self) -> bool:
        return not self._parts[1].any()

    @cached_property
    def _table(self) -> tuple[Array, Array]:
        """Logits and M there, shape (801,) each, to start an inversion from."""
        logits = np.linspace(-_FAR, _FAR, 801)
        return logits, np.maximum.accumulate(self._line(logits, 0.5 * np.tanh(0.5 * logits)))

    def _line(self, logits: Array, t: Array) -> Array:
        """M at finite logits and t = y - 1/2, of one shape.  Keelin 2016, the definition."""
        s, log_odds = self._parts
        return _at(t, s) + logits * _at(t, log_odds)

    def _density(self, logits: Array, t: Array, log_weight: Array) -> Array:
        """Density at finite logits, t and ln(y (1 - y)), of one shape.

        1 / (dx/dM dM/dy), in logarithms so that nothing overflows on the way.  Keelin 2016, the
        density as a function of the cumulative probability.
        """
        s, log_odds = self._parts
        rise = _at(t, _derivative(s))
        if self._polynomial:
            log_density = -np.log(rise)
        else:
            rise = rise + logits * _at(t, _derivative(log_odds))
            slope = _at(t, log_odds) + np.exp(log_weight) * rise
            log_density = log_weight - np.log(slope)
        m = self._line(logits, t)
        if self.low is not None and self.high is not None:
            spread = math.log(self.high - self.low) - np.abs(m) - 2.0 * np.log1p(np.exp(-np.abs(m)))
        elif self.low is not None:
            spread = m
        elif self.high is not None:
            spread = -m
        else:
            spread = np.zeros_like(m)
        out: Array = np.exp(log_density - spread)
        return out

    def _end_density(self, side: int) -> float:
        """Limit of the density at the lower (side -1) or upper (side 1) end of the support."""
        s, log_odds = self._parts
        end = np.array(0.5 * side)
        if self._polynomial:
            with np.errstate(over="ignore", under="ignore"):
                return float(self._density(np.array(0.0), end, np.array(0.0)))
        if (self.low if side < 0 else self.high) is None:
            return 0.0
        # The distance to the bound goes as width exp(side S) z^slope, z the probability beyond.
        slope = _at_end(log_odds, side)
        if abs(slope - 1.0) > _NEAR_ONE:
            return math.inf if slope > 1.0 else 0.0
        width = 1.0 if self.low is None or self.high is None else self.high - self.low
        return float(np.exp(side * _at_end(s, side)) / width)

    def _logit_at(self, x: Array) -> Array:
        """Logit of the probability of a value at most x, shaped as x; infinite at the ends."""
        lower, upper = self.support()
        inside = (x > lower) & (x < upper)
        out = np.where(x <= lower, -np.inf, np.where(x >= upper, np.inf, np.nan))
        m = _to_line(x[inside], self.low, self.high)
        out[inside] = self._inverted(m)
        return out

    def _inverted(self, m: Array) -> Array:
        """Logits, shape (n,), at which M has the values m, shape (n,).

        Beyond |logit| 40 M is straight, and solved directly; within, by Newton's method in the
        logit, kept inside a shrinking bracket and replaced by bisection where it is slow.
        """
        s, log_odds = self._parts
        grid, values = self._table
        found = np.clip(np.searchsorted(values, m), 1, len(grid) - 1)
        below, above = grid[found - 1], grid[found]
        gap = values[found] - values[found - 1]
        share = np.divide(m - values[found - 1], gap, out=np.full_like(m, 0.5), where=gap > 0.0)
        logits: Array = below + (above - below) * np.clip(share, 0.0, 1.0)
        if not self._polynomial:
            for side, beyond in ((-1, m < values[0]), (1, m > values[-1])):
                with np.errstate(over="ignore"):
                    straight = (m[beyond] - _at_end(s, side)) / _at_end(log_odds, side)
                logits[beyond] = np.clip(straight, -1e300, 1e300)
        active = np.flatnonzero((m >= values[0]) & (m <= values[-1]))
        step = np.full_like(m, np.inf)
        for _ in range(200):
            if active.size == 0:
                break
            at = logits[active]
            t = 0.5 * np.tanh(0.5 * at)
            miss = self._line(at, t) - m[active]
            high = miss > 0.0
            above[active] = np.where(high, at, above[active])
            below[active] = np.where(high, below[active], at)
            left, right = below[active], above[active]
            slope = _slope(s, log_odds, at)
            with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
                new = at - miss / slope
            slow = ~((new >= left) & (new <= right) & (np.abs(new - at) <= 0.5 * step[active]))
            new = np.where(miss == 0.0, at, np.where(slow, 0.5 * (left + right), new))
            step[active] = np.abs(new - at)
            logits[active] = new
            active = active[step[active] > 2.0 * _EPS * np.maximum(1.0, np.abs(new))]
        return logits


def _checked(points: Mapping[float, float], low: float | None, high: float | None) -> tuple[Array, Array]:
    """Probabilities and quantiles, shape (k,) each and in order, or a ValueError that says why."""
    _check_bounds(low, high)
    if not MIN_TERMS <= len(points) <= MAX_TERMS:
        raise ValueError(f"a metalog needs {MIN_TERMS} to {MAX_TERMS} percentiles, not {len(points)}")
    pairs = [(float(p), float(x)) for p, x in points.items()]
    for p, x in pairs:
        if not 0.0 < p < 1.0:
            raise ValueError(f"a probability must lie strictly between 0 and 1, not {p:.12g}")
        if not math.isfinite(x):
            raise ValueError(f"a percentile must be finite: {_named(p, x)}")
        if low is not None and x <= low:
            raise ValueError(f"{_named(p, x)} is not above the lower bound {low:.15g}")
        if high is not None and x >= high:
            raise ValueError(f"{_named(p, x)} is not below the upper bound {high:.15g}")
    pairs.sort()
    for (p0, x0), (p1, x1) in pairwise(pairs):
        if x1 <= x0:
            raise ValueError(
                f"the values must increase with the probability: {_named(p1, x1)} is not above "
                f"{_named(p0, x0)}"
            )
    table = np.array(pairs)
    return table[:, 0], table[:, 1]


def _check_bounds(low: float | None, high: float | None) -> None:
    """Raise ValueError unless the bounds given are finite and in order."""
    for name, bound in (("lower", low), ("upper", high)):
        if bound is not None and not math.isfinite(bound):
            raise ValueError(f"the {name} bound must be finite, or None for no bound: {bound}")
    if low is not None and high is not None and low >= high:
        raise ValueError(f"the lower bound {low:.15g} is not below the upper bound {high:.15g}")


def _named(p: float, x: float) -> str:
    """A percentile as people write it: "p10 = 1"."""
    return f"p{100.0 * p:.10g} = {x:.15g}"


def _listed(probability: Array, x: Array) -> str:
    return ", ".join(_named(float(p), float(v)) for p, v in zip(probability, x, strict=True))


def _to_line(x: Array, low: float | None, high: float | None) -> Array:
    """The scale M is on, for x strictly inside the bounds.  Keelin 2016, log and logit metalog."""
    if low is not None and high is not None:
        return np.log(x - low) - np.log(high - x)
    if low is not None:
        return np.log(x - low)
    if high is not None:
        return -np.log(high - x)
    return x


def _from_line(m: Array, low: float | None, high: float | None) -> Array:
    """The inverse of `_to_line`; may round to a bound, or overflow to infinity."""
    if low is not None and high is not None:
        width = high - low  # each half from its own bound, to keep the distance to it accurate
        out: Array = np.where(m < 0.0, low + width * expit(m), high - width * expit(-m))
        return out
    if low is not None:
        return low + np.exp(m)
    if high is not None:
        return high - np.exp(-m)
    return m


def _split(coefficients: Sequence[float]) -> tuple[Array, Array]:
    """The polynomials S and T of M = S(t) + L T(t), lowest power first."""
    k = len(coefficients)
    s = np.array([coefficients[i] for i in _S_TERMS if i < k], dtype=np.float64)
    t = np.array([coefficients[i] for i in _T_TERMS if i < k], dtype=np.float64)
    return s, t


def _at(at: Array, polynomial: Array) -> Array:
    """A polynomial, lowest power first, at each point, shaped as `at`, by Horner's rule."""
    out = np.full_like(at, polynomial[-1])
    for c in polynomial[-2::-1]:
        out = out * at + c
    return out


def _derivative(polynomial: Array) -> Array:
    return polynomial[1:] * np.arange(1, len(polynomial)) if len(polynomial) > 1 else np.zeros(1)


def _sum(a: Array, b: Array) -> Array:
    """The sum of two polynomials, as long as the longer one."""
    out = np.zeros(max(len(a), len(b)))
    out[: len(a)] += a
    out[: len(b)] += b
    return out


def _mirrored(s: Array, t: Array) -> tuple[Array, Array]:
    """S and T of -M(1 - y), the metalog of -x."""
    return -s * (-1.0) ** np.arange(len(s)), t * (-1.0) ** np.arange(len(t))


def _at_end(polynomial: Array, side: int) -> float:
    """A polynomial in t at t = side/2, correctly rounded: the products are exact."""
    return math.fsum(float(c) * (0.5 * side) ** i for i, c in enumerate(polynomial))


def _slope(s: Array, t: Array, logits: Array) -> Array:
    """dM/dL = T + y (1 - y) (S' + L T') at the logits, shaped as them."""
    at = 0.5 * np.tanh(0.5 * logits)
    weight: Array = expit(logits) * expit(-logits)
    rise = _at(at, _derivative(s)) + logits * _at(at, _derivative(t))
    return _at(at, t) + weight * rise


def _symmetric(probability: Array) -> bool:
    return bool(np.allclose(probability + probability[::-1], 1.0, rtol=0.0, atol=1e-9))


def _basis(probability: Array) -> Array:
    """Each term of M at each probability, shape (k, k).  Keelin 2016, the basis."""
    k = len(probability)
    t, log_odds = probability - 0.5, logit(probability)
    out = np.empty((k, k))
    for power, i in enumerate(_S_TERMS):
        if i < k:
            out[:, i] = t**power
    for power, i in enumerate(_T_TERMS):
        if i < k:
            out[:, i] = t**power * log_odds
    return out


def _solved(probability: Array, m: Array) -> tuple[float, ...] | None:
    """Coefficients of the M through k points, shape (k,) each; None if they come out inexact.

    Coefficients smaller than their own rounding error are left out if the others go through the
    points as well, so that for instance points of a uniform distribution give just that, and not
    tails of a random sign.
    """
    basis = _basis(probability)
    centre = m[len(m) // 2]
    y = m - centre
    try:
        inverse = np.linalg.inv(basis)
    except np.linalg.LinAlgError:
        return None
    if np.linalg.norm(basis) * np.linalg.norm(inverse) > _SINGULAR:
        return None
    a = inverse @ y
    extended = basis.astype(np.longdouble)
    for _ in range(3):  # iterative refinement
        a = a + inverse @ np.asarray(y - extended @ a, dtype=np.float64)
    spread = float(y[-1] - y[0])
    kept = np.abs(a) > 16.0 * _EPS * (np.abs(inverse) @ np.abs(y))
    if not kept.all():
        fewer = np.zeros_like(a)
        fewer[kept] = np.linalg.lstsq(basis[:, kept], y)[0]
        if np.max(np.abs(y - basis @ fewer)) <= 1e-14 * spread:
            a = fewer
    a[0] += centre
    s, t = _split(a)
    at = probability - 0.5
    miss = _at(at, s) + logit(probability) * _at(at, t) - m
    allowed = 1e-10 * spread + 8.0 * _EPS * float(np.max(np.abs(m)))
    if not np.max(np.abs(miss)) <= allowed:
        return None
    return tuple(float(c) for c in a)


def _rises(coefficients: Sequence[float]) -> bool:
    """Whether M rises at every probability in (0, 1).

    True is a proof but for rounding, for which a margin is kept; curves that rise by less than
    the margin somewhere (about 1e-13 of the coefficients) count as not rising.
    """
    if len(coefficients) == 2:
        return coefficients[1] > 0.0
    if len(coefficients) == 3:
        limit = _THREE_TERM_LIMIT * (1.0 - 1e-12)
        return abs(coefficients[2]) < limit * coefficients[1]
    s, t = _split(coefficients)
    return _tail_rises(s, t) and _tail_rises(*_mirrored(s, t)) and _core_rises(s, t)


def _tail_rises(s: Array, t: Array) -> bool:
    """Whether M rises at all logits above 16.

    With q = 1 - y the slope is a polynomial in q plus L times another, of which the terms c0,
    q (a1 + b1 L) and a bound q^2 (a + b L) on the rest decide; q is e^-L to within its square.
    """
    inner = np.array([0.0, 1.0, -1.0])  # y (1 - y) in powers of q
    straight = _sum(_in_tail(t), np.convolve(inner, _in_tail(_derivative(s))))
    bent = np.convolve(inner, _in_tail(_derivative(t)))
    c0, a1, b1 = float(_at_end(t, 1)), float(straight[1]), float(bent[1])
    a, b = float(np.sum(np.abs(straight[1:]))), float(np.sum(np.abs(bent[1:])))
    margin = 64.0 * _EPS * (float(np.sum(np.abs(straight))) + float(np.sum(np.abs(bent))))
    first = math.exp(-_CORE)
    if not t.any():
        return a1 > first * a + margin
    lowest = min(0.0, first * (a1 + b1 * _CORE))
    if b1 < 0.0 and _CORE < 1.0 - a1 / b1 < 700.0:  # where e^-L (a1 + b1 L) is least
        lowest = b1 * math.exp(a1 / b1 - 1.0)
    return c0 + lowest - first**2 * (a + b * _CORE) > margin


def _in_tail(polynomial: Array) -> Array:
    """A polynomial in t, rewritten in powers of q = 1/2 - t."""
    out = np.zeros(1)
    for c in polynomial[::-1]:
        out = _sum(np.convolve(out, np.array([0.5, -1.0])), np.array([c]))
    return out


def _core_rises(s: Array, t: Array) -> bool:
    """Whether M rises at all logits of magnitude up to 16.

    On an interval of half-width h about c the slope g is at least g(c) - |g'(c)| h - K h^2 / 2
    with K a bound of |g''|; intervals this does not decide are halved until it does.  All the
    derivatives, in L, have the form P(t) + L Q(t), because dt/dL is the polynomial 1/4 - t^2.
    """
    p0 = _sum(t, np.convolve(_WEIGHT, _derivative(s)))
    q0 = np.convolve(_WEIGHT, _derivative(t))
    p1 = _sum(_derivative(p0), _derivative(t))  # times the weight, as all below
    q1 = _derivative(q0)
    p2 = _sum(_derivative(np.convolve(_WEIGHT, p1)), q1)
    q2 = _derivative(np.convolve(_WEIGHT, q1))
    p_size, q_size, p_bound, q_bound = (_at_end(np.abs(c), 1) for c in (p0, q0, p2, q2))
    margin = 64.0 * _EPS * (p_size + _CORE * q_size)

    half = _CORE / 128.0
    centre = np.linspace(-_CORE + half, _CORE - half, 128)
    while centre.size:
        at = 0.5 * np.tanh(0.5 * centre)
        g = _at(at, p0) + centre * _at(at, q0)
        if np.min(g) <= margin or half < 1e-12 or centre.size > 1_000_000:
            return False
        g1 = (0.25 - at**2) * (_at(at, p1) + centre * _at(at, q1))
        inner = np.maximum(np.abs(centre) - half, 0.0)
        curved = 0.25 / np.cosh(0.5 * inner) ** 2 * (p_bound + (np.abs(centre) + half) * q_bound)
        undecided = centre[g - np.abs(g1) * half - 0.5 * curved * half**2 <= margin]
        half *= 0.5
        centre = np.concatenate([undecided - half, undecided + half])
    return True


def _feasible(probability: Array, x: Array, low: float | None, high: float | None) -> bool:
    """Whether `fit` would accept the points, shape (k,) each and of valid probabilities."""
    above = [] if low is None else [low]
    below = [] if high is None else [high]
    ordered = np.diff(np.concatenate([above, x, below])) > 0.0
    if not (np.all(np.isfinite(x)) and np.all(ordered)):
        return False
    coefficients = _solved(probability, _to_line(x, low, high))
    return coefficients is not None and _rises(coefficients)


def _infeasible(probability: Array, x: Array, low: float | None, high: float | None) -> InfeasibleMetalog:
    """The error for infeasible points, with the one move that mends them and is least.

    The slope of M is linear in each point's M-value, so the values that mend one point, the
    others fixed, are an interval.  A grid gives it roughly and bisection, on the test that `fit`
    itself uses, its end towards the value given.  Moves are compared relative to the range of
    the points, on the scale of x or that of M, whichever makes them larger.
    """
    m = _to_line(x, low, high)
    grid = np.linspace(-_FAR, _FAR, 3201)
    inverse = np.linalg.inv(_basis(probability))  # regular, or there were no coefficients
    # Slope of M on the grid, which reaches the limit in both tails, per unit of each M-value,
    # shape (3201, k).
    effect = np.stack([_slope(*_split(column), grid) for column in inverse.T], axis=1)

    def moved(j: int, move: float) -> Array:
        """The points with one of them moved, on the scale of M."""
        with np.errstate(over="ignore", under="ignore"):
            value = _from_line(m[j] + np.array(move), low, high)
        return np.where(np.arange(len(x)) == j, value, x)

    best: tuple[float, int, float] | None = None
    for j in range(len(x)):
        own = effect[:, j]
        rest = effect @ np.where(np.arange(len(m)) == j, 0.0, m - m[j])
        lower = float(np.max(-rest[own > 0.0] / own[own > 0.0], initial=-np.inf))
        upper = float(np.min(-rest[own < 0.0] / own[own < 0.0], initial=np.inf))
        if not -math.inf < lower < upper < math.inf:
            continue
        near, far = (lower, upper) if abs(lower) < abs(upper) else (upper, lower)
        tries = (near + (far - near) * share for share in (0.5, 0.1, 0.01, 0.001, 0.0001))
        good = next((v for v in tries if _feasible(probability, moved(j, v), low, high)), None)
        if good is None:
            continue
        bad = 0.0
        while abs(good - bad) > 1e-6 * abs(good):
            middle = 0.5 * (good + bad)
            if _feasible(probability, moved(j, middle), low, high):
                good = middle
            else:
                bad = middle
        change = max(abs(good) / (m[-1] - m[0]), abs(moved(j, good)[j] - x[j]) / (x[-1] - x[0]))
        if best is None or change < best[0]:
            best = float(change), j, good

    bounds = [f"{name} bound {b:.15g}" for name, b in (("lower", low), ("upper", high)) if b is not None]
    within = f" with {' and '.join(bounds)}" if bounds else ""
    reason = f"no metalog{within} passes through {_listed(probability, x)}"
    if best is None:
        return InfeasibleMetalog(reason, None, None)
    _, j, move = best
    mended = moved(j, move)
    edge = float(mended[j])
    for value in _rounded(edge, 1 if move > 0.0 else -1, mended, low, high):
        if _feasible(probability, np.where(np.arange(len(x)) == j, value, x), low, high):
            return InfeasibleMetalog(reason, float(probability[j]), value)
    return InfeasibleMetalog(reason, float(probability[j]), edge)


def _rounded(edge: float, side: int, x: Array, low: float | None, high: float | None) -> list[float]:
    """Ever finer decimals just above (side 1) or below (side -1) the edge, one of the points x."""
    others = [float(v) for v in (*x, *(b for b in (low, high) if b is not None)) if v != edge]
    gap = min(abs(edge - v) for v in others)
    first = math.floor(math.log10(max(1e-3 * gap, 1e-290)))
    out = []
    for exponent in range(first, first - 8, -1):
        unit = float(f"1e{exponent}")
        count = math.ceil(edge / unit) if side > 0 else math.floor(edge / unit)
        out.append(float(f"{count}e{exponent}"))
    return out


def _unbounded_mean(s: Array, t: Array) -> float:
    """Mean of M over y in (0, 1), in closed form.

    t^i has the mean 2^-i / (i + 1) for even i and 0 for odd; L t^i, by parts, the mean
    4^(1-n) / (2 n) (1 + 1/3 + ... + 1/(2 n - 1)) with 2 n = i + 1 for odd i, and 0 for even.
    Keelin 2016 gives the same for the first terms: a1 + a3 / 2 + a5 / 12 + ...
    """
    parts = [float(c) * 0.5**i / (i + 1) for i, c in enumerate(s) if i % 2 == 0]
    for i, c in enumerate(t):
        if i % 2 == 1:
            n = (i + 1) // 2
            harmonic = math.fsum(1.0 / (2 * j + 1) for j in range(n))
            parts.append(float(c) * 0.25 ** (n - 1) / (2 * n) * harmonic)
    return math.fsum(parts)


def _exponential_mean(s: Array, t: Array) -> float:
    """Mean of exp M over y in (0, 1), inf if the upper tail slope of M is at least 1.

    By quadrature in the logit up to 40 either way, and in closed form beyond, where M is straight.
    """
    upper, lower = _at_end(t, 1), _at_end(t, -1)
    if upper >= 1.0 - _NEAR_ONE:
        return math.inf
    nodes, weights = _quadrature(s, t)
    middle = 0.5 * np.tanh(0.5 * nodes)
    decay = np.abs(nodes)
    with np.errstate(over="ignore", under="ignore"):
        m = _at(middle, s) + nodes * _at(middle, t)
        core = np.sum(weights * np.exp(m - decay - 2.0 * np.log1p(np.exp(-decay))))
        above = np.exp(_at_end(s, 1) - (1.0 - upper) * _FAR) / (1.0 - upper)
        below = np.exp(_at_end(s, -1) - (1.0 + lower) * _FAR) / (1.0 + lower)
    return float(core + above + below)


def _quadrature(s: Array, t: Array) -> tuple[Array, Array]:
    """Logits from -40 to 40 and their weights, shape (n,) each, fine enough for exp M and expit M.

    Composite Gauss-Legendre rule of 16 points on panels half a logit wide, or less where M is
    steep, so that M changes by about 1 over each.
    """
    steepest = float(np.max(_slope(s, t, np.linspace(-_FAR, _FAR, 3201))))
    panels = math.ceil(2.0 * _FAR * min(max(2.0, steepest), 500.0))
    x, w = np.polynomial.legendre.leggauss(16)
    half = _FAR / panels
    centres = -_FAR + half * (2.0 * np.arange(panels) + 1.0)
    return (centres[:, None] + half * x).ravel(), np.tile(half * w, panels)


def _scipy_distribution(metalog: Metalog) -> rv_continuous:
    """The metalog as a SciPy distribution without shape parameters."""
    from scipy.stats import rv_continuous  # slow to import, and often not needed

    class MetalogDistribution(rv_continuous):
        def _ppf(self, q: Any, *args: Any) -> Any:
            return metalog.ppf(q)

        def _cdf(self, x: Any, *args: Any) -> Any:
            return metalog.cdf(x)

        def _sf(self, x: Any, *args: Any) -> Any:
            return metalog.sf(x)

        def _pdf(self, x: Any, *args: Any) -> Any:
            return metalog.pdf(x)

        def _stats(self, *args: Any, **kwds: Any) -> Any:
            return metalog.mean(), None, None, None

        def __reduce__(self) -> tuple[object, tuple[Metalog]]:
            return _scipy_distribution, (metalog,)

    lower, upper = metalog.support()
    return MetalogDistribution(a=lower, b=upper, name="metalog")
