"""The law itself: quantiles, probabilities, density and mean of a metalog, of its coefficients and bounds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, overload

import numpy as np
from scipy.special import expit, logit

from mcost.metalog.bounds import check_bounds, from_line, to_line
from mcost.metalog.inverse import inverted, table_of
from mcost.metalog.mean import bounded_mean, exponential_mean, unbounded_mean
from mcost.metalog.rising import rises
from mcost.metalog.terms import (
    MAX_TERMS,
    MIN_TERMS,
    NEAR_ONE,
    Array,
    at_end,
    derivative,
    horner,
    line_at,
    mirrored,
    split,
)

if TYPE_CHECKING:
    from scipy.stats.distributions import rv_frozen

Values = Sequence[float] | Array


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
        check_bounds(self.low, self.high)
        k = len(self.coefficients)
        if not MIN_TERMS <= k <= MAX_TERMS:
            raise ValueError(f"a metalog has {MIN_TERMS} to {MAX_TERMS} coefficients, not {k}")
        if not all(map(math.isfinite, self.coefficients)):
            raise ValueError(f"metalog coefficients must be finite: {self.coefficients}")
        if not rises(self.coefficients):
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
            x = from_line(self._line(logit(safe), safe - 0.5), self.low, self.high)
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
            x = from_line(self._line(-logit(safe), 0.5 - safe), self.low, self.high)
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
            ends = horner(np.array([-0.5, 0.5]), s)
            with np.errstate(over="ignore", under="ignore"):
                inner = from_line(ends, self.low, self.high)
            return float(inner[0]), float(inner[1])
        return lower, upper

    def mean(self) -> float:
        """Mean (unit of x); inf or -inf where the tail is too heavy for a finite one.

        That is decided from the coefficients: x grows as (1 - y)^-s where s is the limit of
        dM/dL, so that a semi-bounded metalog has a finite mean iff s < 1 on its open side, and an
        unbounded or a bounded one always.
        """
        s, t = self._parts
        if self.low is not None and self.high is not None:
            return bounded_mean(s, t, self.low, self.high)
        if self.low is not None:
            return self.low + exponential_mean(s, t)
        if self.high is not None:
            return self.high - exponential_mean(*mirrored(s, t))
        return unbounded_mean(s, t)

    def frozen(self) -> rv_frozen:
        """The same distribution as a frozen SciPy one.

        Its ppf, cdf, sf, pdf, mean, rvs and support are those of this class; the others are
        SciPy's, computed numerically from these.
        """
        from mcost.metalog.frozen import scipy_distribution

        return scipy_distribution(self)()

    @cached_property
    def _parts(self) -> tuple[Array, Array]:
        return split(self.coefficients)

    @cached_property
    def _polynomial(self) -> bool:
        return not self._parts[1].any()

    @cached_property
    def _table(self) -> tuple[Array, Array]:
        return table_of(*self._parts)

    def _line(self, logits: Array, t: Array) -> Array:
        """M at finite logits and t = y - 1/2, of one shape.  Keelin 2016, the definition."""
        return line_at(*self._parts, t, logits)

    def _density(self, logits: Array, t: Array, log_weight: Array) -> Array:
        """Density at finite logits, t and ln(y (1 - y)), of one shape.

        1 / (dx/dM dM/dy), in logarithms so that nothing overflows on the way.  Keelin 2016, the
        density as a function of the cumulative probability.
        """
        s, log_odds = self._parts
        rise = horner(t, derivative(s))
        if self._polynomial:
            log_density = -np.log(rise)
        else:
            rise = rise + logits * horner(t, derivative(log_odds))
            slope = horner(t, log_odds) + np.exp(log_weight) * rise
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
        slope = at_end(log_odds, side)
        if abs(slope - 1.0) > NEAR_ONE:
            return math.inf if slope > 1.0 else 0.0
        width = 1.0 if self.low is None or self.high is None else self.high - self.low
        return float(np.exp(side * at_end(s, side)) / width)

    def _logit_at(self, x: Array) -> Array:
        """Logit of the probability of a value at most x, shaped as x; infinite at the ends."""
        lower, upper = self.support()
        inside = (x > lower) & (x < upper)
        out = np.where(x <= lower, -np.inf, np.where(x >= upper, np.inf, np.nan))
        m = to_line(x[inside], self.low, self.high)
        out[inside] = inverted(m, *self._parts, self._table)
        return out
