"""Conditional expectations from draws already made: E[y | x] by penalised regression, on plain arrays.

One input gets a natural cubic spline on quantile knots, or exact group means where it takes few values. A
group gets products of such splines' functions. Every fit is one linear map of y, known in full, so that its
degrees of freedom, its noise at each draw and its influence on whatever is computed from it are known too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from mcost.design import Design, group_means
from mcost.errors import McostError
from mcost.estimate import Estimate
from mcost.law import Array
from mcost.product_basis import several_inputs
from mcost.smoother import Smoother
from mcost.spline import one_input

FEWEST = 20
"""Draws below which nothing is fitted; for a group, also four for each input."""


@dataclass(frozen=True)
class Fit:
    """E[y | x] at the draws themselves.

    fitted, residual : ndarray (m, n), the unit of y; their sum is y, and each outcome's residuals sum to 0.
    degrees_of_freedom : ndarray (m,), trace of each outcome's smoother, its mean included.
    warning : what is wrong with the fit, in plain words, or None.
    """

    fitted: Array
    residual: Array
    degrees_of_freedom: Array
    warning: str | None
    _smoother: Smoother

    @property
    def residual_variance(self) -> Array:
        """Variance of y given x, ndarray (m,): ``RSS / (n - degrees of freedom)``."""
        left = np.maximum(self.residual.shape[1] - self.degrees_of_freedom, 1.0)
        return np.asarray((self.residual**2).sum(axis=1) / left)

    @cached_property
    def leverage(self) -> Array:
        """Noise of each fitted value, ndarray (m, n): its variance per unit of residual variance."""
        return self._smoother.leverage()

    def smooth(self, z: Array) -> Array:
        """Each outcome's smoother, applied to other values z (m, n) at the same draws; it is symmetric."""
        return self._smoother.smooth(z)

    @property
    def shares(self) -> list[Estimate]:
        """Var(E[y | x]) / Var(y) of each outcome: see :func:`variance_share`."""
        return [
            _share(*outcome)
            for outcome in zip(self.fitted, self.residual, self.degrees_of_freedom, strict=True)
        ]


def conditional_mean(y: ArrayLike, x: ArrayLike, *, name: str = "x") -> Fit:
    """E[y | x] of one or several outcomes, from draws of both.

    y : array-like (m, n) or (n,), outcomes, any unit. x : array-like (n,) or (k, n), one input or a group.
    name : what messages call x.

    One input: a natural cubic spline on about ``4 n^(1/5)`` quantile knots, its second derivatives penalised
    in the measure of the draws (straight lines are free), smoothed by generalised cross-validation; a value
    that many draws share gets a mean of its own, and an input of at most 16 values the mean of each. Groups
    of up to 5: products of all orders of each input's smoothest functions, fewer the rougher (a hyperbolic
    cross). Larger groups: each input's functions, the products of pairs that the residuals show, and of
    triples among those; ridge by cross-validation. No randomness is used.

    Sources: Wood (2017), Generalized Additive Models, 5.3 (the spline) and 6.2 (GCV); Gu (2013), Smoothing
    Spline ANOVA Models (products); Strong, Oakley and Brennan (2014), regression on the draws already made.

    Raises McostError where shapes do not fit, a number is not finite, or there are fewer than 20
    draws, or than 4 for each input.

    >>> x = np.linspace(-1, 1, 101)
    >>> bool(np.allclose(conditional_mean(3 * x, x).fitted, 3 * x))
    True
    """
    outcomes, inputs = _checked(y, x, name)
    varied = inputs[[not _constant(row) for row in inputs]]
    if len(varied) == 1:
        return _fitted(outcomes, *one_input(varied[0]), varied)
    if len(varied) == 0:
        return _fitted(outcomes, *group_means(np.zeros(inputs.shape[1], dtype=np.intp), 1))
    return _fitted(outcomes, *several_inputs(varied, outcomes), varied)


def block_means(y: ArrayLike, x: ArrayLike, blocks: int | None = None, *, name: str = "x") -> Fit:
    """E[y | x] as the mean over blocks of sorted x: crude, without assumptions, the check on a spline.

    y : array-like (m, n) or (n,). x : array-like (n,). blocks : their number, unsaid ``n^(1/3)``. Blocks hold
    equally many draws, but for equal values of x, which stay together.

    Raises McostError as :func:`conditional_mean` does, for a group, and for fewer than 1 or over n blocks.
    """
    outcomes, inputs = _checked(y, x, name)
    if len(inputs) != 1:
        raise McostError(f"{name}: found {len(inputs)} inputs; expected one, blocks are sorted by one")
    n = inputs.shape[1]
    count = round(n ** (1 / 3)) if blocks is None else blocks
    if not 1 <= count <= n:
        raise McostError(f"blocks: found {count}; expected 1 to {n}, the number of draws")
    _, of, sizes = np.unique(inputs[0], return_inverse=True, return_counts=True)
    middles = np.cumsum(sizes) - sizes / 2  # a value belongs where the middle of its draws lies
    labels = np.unique((middles * count / n).astype(np.intp), return_inverse=True)[1][of]
    return _fitted(outcomes, *group_means(labels, int(labels.max()) + 1))


def variance_share(y: ArrayLike, x: ArrayLike) -> Estimate:
    """First-order share of variance from given draws: ``Var(E[y | x]) / Var(y)``, for an input or a group.

    y : array-like (n,). x : array-like (n,) or (k, n). Where inputs are correlated, it includes what x tells
    about them.

    The bias is taken off: ``1 - (RSS / (n - df)) / (TSS / (n - 1))``, so that an input without any effect
    gives 0 on average, and may give a little less. The standard error is that of the influence function
    ``((1 - share) (y - mean)² - (y - E[y|x])²) / Var(y)``, plus the noise of the fit itself.

    Raises McostError as :func:`conditional_mean` does.

    >>> x = np.linspace(-1, 1, 101)
    >>> round(variance_share(2 * x + 1, x).value, 6)
    1.0
    """
    if np.ndim(y) != 1:
        raise McostError(f"y: found shape {np.shape(y)}; expected (draws,)")
    return conditional_mean(y, x).shares[0]


def scaled(*outcomes: Array) -> tuple[Array, ...]:
    """Outcomes over one power of two, to 1 at most: no digit moves, and no fourth power overflows."""
    largest = max(float(np.abs(outcome).max()) for outcome in outcomes)
    return tuple(np.ldexp(outcome, -math.frexp(largest)[1]) for outcome in outcomes)


def _share(fitted: Array, residual: Array, freedom: float) -> Estimate:
    n = fitted.size
    fitted, residual = scaled(fitted, residual)
    squares = (fitted + residual - np.mean(fitted)) ** 2
    variance = float(squares.sum()) / (n - 1)
    if variance <= 1e-24 * float(np.max(np.abs(fitted))) ** 2:
        return Estimate(0.0, 0.0, n)
    unknown = float((residual**2).sum()) / max(n - float(freedom), 1.0) / variance
    influence = unknown * squares - residual**2
    noise = math.sqrt(2 * max(float(freedom) - 1, 0.0)) * unknown / n
    return Estimate(1 - unknown, math.hypot(float(np.std(influence)) / variance / math.sqrt(n), noise), n)


def _fitted(y: Array, design: Design, penalty: Array, x: Array | None = None) -> Fit:
    """The fit, held against sorted blocks of the inputs x that are given."""
    means = y.mean(axis=1, keepdims=True)
    centred = y - means
    smoother = Smoother.of(design, penalty, centred)
    fitted = smoother.smooth(centred)
    fitted -= fitted.mean(axis=1, keepdims=True)  # rounding, where an input spans many magnitudes
    residual = centred - fitted
    warning = None if x is None else _doubt(x, centred, residual, smoother)
    return Fit(fitted + means, residual, smoother.freedom, warning, smoother)


def _doubt(x: Array, centred: Array, residual: Array, smoother: Smoother) -> str | None:
    """Whether residuals still follow an input: their means over blocks of it against pure noise."""
    n = x.shape[1]
    blocks = min(128, max(4, n // 100))
    width = n // blocks
    worst, where = 0.0, 0
    total = (centred**2).mean(axis=1)
    left = (residual**2).mean(axis=1)
    for i, row in enumerate(x):
        order = np.argsort(row)[: blocks * width]
        sums = residual[:, order].reshape(len(residual), blocks, width).sum(axis=2)
        between = (sums**2).sum(axis=1) / width
        excess = between - blocks * left
        for t, v, e in zip(total, left, excess, strict=True):
            # six standard errors of a chi-squared, and two thousandths of the variance
            if t > 0 and e > 6 * math.sqrt(2 * blocks) * v and e > 0.002 * t * n and e / (t * n) > worst:
                worst, where = e / (t * n), i
    if worst:
        which = "x" if len(x) == 1 else f"input {where} of the group"
        return f"the fit is poor: what it leaves over still follows {which}, {worst:.1%} of the variance"
    if float(smoother.freedom.max()) > n / 10:
        return f"the fit is unsure: {float(smoother.freedom.max()):.0f} degrees of freedom on {n} draws"
    return None


def _checked(y: ArrayLike, x: ArrayLike, name: str) -> tuple[Array, Array]:
    """y as (m, n) and x as (k, n), finite, on the same draws; raises McostError where they are not."""
    outcomes, inputs = _rows("y", y, "outcomes"), _rows(name, x, "inputs")
    n = outcomes.shape[1]
    if inputs.shape[1] != n:
        raise McostError(f"{name}: found {inputs.shape[1]} draws; expected {n}, as many as outcomes have")
    fewest = max(FEWEST, 4 * len(inputs))
    if n < fewest:
        several = "" if len(inputs) == 1 else f" of {len(inputs)} inputs"
        raise McostError(f"{name}: found {n} draws; expected {fewest} or more, for a regression{several}")
    return outcomes, inputs


def _rows(name: str, values: ArrayLike, rows: str) -> Array:
    try:
        table = np.asarray(values, dtype=float)
    except (ValueError, TypeError):
        raise McostError(f"{name}: found no numbers; expected (draws,) or ({rows}, draws)") from None
    if table.ndim not in (1, 2) or table.size == 0:
        raise McostError(f"{name}: found shape {table.shape}; expected (draws,) or ({rows}, draws)")
    table = np.atleast_2d(table)
    if not np.isfinite(table).all():
        row, column = (int(k[0]) for k in np.nonzero(~np.isfinite(table)))
        raise McostError(
            f"{name}: found {table[row, column]} in row {row}, draw {column}; expected finite numbers"
        )
    return table


def _constant(row: Array) -> bool:
    low, high = float(row.min()), float(row.max())
    return high - low <= 1e-12 * max(abs(low), abs(high))
