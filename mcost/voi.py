"""Value of information, on plain arrays of anybody's: EVPI, EVPPI, EVSI, ENBS, and the loss of a choice.

Costs are (strategies, draws), any unit, and every answer is in that unit, for one decision. Standard errors
are those of independent draws. Where draws are spread more evenly, as the futures of an answer are, they are
about right if luck is most of the costs, up to ten times too large if a few inputs are, and never too small.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from mcost.errors import McostError, nearest
from mcost.estimate import Estimate, mean_of
from mcost.law import Array

if TYPE_CHECKING:
    from mcost.regression import Fit

METHODS = ("auto", "blocks")


@dataclass(frozen=True)
class Information(Estimate):
    """What it is worth to learn something before choosing: EVPPI or EVSI, in the unit of the costs.

    value : the estimate as the fit gives it, never below 0.
    bias : by how much the value is too high, on average: the noise of the fit, which the choice mistakes for
        something learnt; less that of the means, where strategies are as good as each other without
        information (there it is below 0). The corrected value stays between 0 and EVPI. Far below the
        standard error but for many inputs or few draws; where strategies hardly differ, half goes unseen.
    standard_error : simulation error of the value, that of the fit included. n : draws.
    method : "spline" (one input), "products" (of splines, a group) or "blocks".
    warning : where the fit is poor, why, in plain words; else None.
    """

    bias: float
    method: str
    warning: str | None

    @property
    def corrected(self) -> float:
        """The value with its bias taken off."""
        return self.value - self.bias

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval: 1.96 standard errors to either side of the corrected value, not below 0."""
        reach = 1.96 * self.standard_error
        return max(0.0, self.corrected - reach), max(0.0, self.corrected + reach)

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON; ``value`` has its bias taken off."""
        return {
            "value": self.corrected,
            "standard_error": self.standard_error,
            "bias": self.bias,
            "method": self.method,
            "warning": self.warning,
        }


@dataclass(frozen=True)
class StudySizes:
    """A study at several sizes, arrays (k,), in the unit of the costs.

    n : sizes, rising. evsi : what each is worth, bias taken off. standard_error : of evsi. enbs : evsi less
    the cost of the study. best_n : the size of highest enbs, or 0 where no study is worth its cost.
    warning : the first of the fits' warnings, or None.
    """

    n: NDArray[np.int64]
    evsi: Array
    standard_error: Array
    enbs: Array
    best_n: int
    warning: str | None


def expected_loss(cost: ArrayLike) -> list[Estimate]:
    """Expected loss of choosing each strategy: ``L_d = E[cost_d - min_k cost_k]``.

    cost : array-like (s, n), one row a strategy, one column a draw, any unit.

    Raises McostError where the array is not two-dimensional, is empty, or is not finite.
    """
    table = _table(cost)
    return [mean_of(row) for row in table - table.min(axis=0)]


def evpi(cost: ArrayLike) -> Estimate:
    """Expected value of perfect information: the smallest expected loss, ``min_d L_d``.

    cost : array-like (s, n), one row a strategy, one column a draw, any unit.

    Raises McostError where the array is not two-dimensional, is empty, or is not finite.

    >>> evpi([[1.0, 3.0], [2.0, 2.0]]).value
    0.5
    """
    return min(expected_loss(cost), key=lambda loss: loss.value)


def evppi(cost: ArrayLike, x: ArrayLike, *, method: str = "auto") -> Information:
    """Expected value of learning x exactly: ``E[max_d E[-cost_d | x]] - max_d E[-cost_d]``.

    cost : array-like (s, n), one row a strategy, one column a draw, any unit. x : array-like (n,), one input,
    or (k, n), a group that is learnt together. Inputs may be correlated: what x tells about others counts.
    method : "auto", a spline for one input and products of splines for a group; or "blocks", the means of
    sorted blocks of one input, crude but without assumptions: the check.

    What each strategy saves against the one that is best without information is regressed on x (Strong,
    Oakley and Brennan 2014; blocks: Strong and Oakley 2013), and the value is the mean of the largest fitted
    saving. The fit is linear, so the draws' influence on that mean is known: the largest fitted saving, plus
    the residual times the smoothed indicator of the choice; its spread gives the standard error. Where the
    fit promises what its choices do not save in the draws, their own savings are the value. The bias is
    that of a maximum of two noisy numbers (Clark 1961), taken draw by draw at the noise of the fit.

    Raises McostError for shapes that do not fit, one strategy, numbers that are not finite, fewer than 20
    draws, an unknown method, or blocks of a group.

    >>> rng = np.random.default_rng(1)
    >>> known, luck = rng.normal(size=(2, 10_000))
    >>> found = evppi([np.zeros(10_000), known + luck], known)
    >>> abs(found.corrected - 0.398942) < 4 * found.standard_error  # E[max(known, 0)]
    True
    """
    if method not in METHODS:
        raise McostError(f'method: found "{method}"; expected auto or blocks{nearest(method, METHODS)}')
    return _information(_gains(cost), x, "x", in_blocks=method == "blocks")


def evsi(cost: ArrayLike, statistic: ArrayLike) -> Information:
    """Expected value of a study, by regression: what is learnt is the study's result, not the truth.

    cost : array-like (s, n), one row a strategy, one column a draw, any unit. statistic : array-like (n,) or
    (k, n), in each draw what the study would report if that draw were the truth, simulated: one summary, e.g.
    the mean of its observations, or a few.

    The estimator is :func:`evppi`'s, with the statistic in place of the input (Strong, Oakley, Brennan and
    Breeze 2015; compared with others by Heath et al. 2020). Raises McostError as it does.

    >>> rng = np.random.default_rng(1)
    >>> rate = rng.normal(size=10_000)
    >>> seen = rate + rng.normal(size=10_000) / np.sqrt(5)  # the mean of five observations
    >>> evsi([np.zeros(10_000), rate], seen).value < evppi([np.zeros(10_000), rate], rate).value
    True
    """
    return _information(_gains(cost), statistic, "statistic")


def enbs(
    cost: ArrayLike,
    statistic: Mapping[int, ArrayLike] | Callable[[int], ArrayLike],
    sizes: Iterable[int] | None = None,
    *,
    fixed: float = 0.0,
    per_observation: float = 0.0,
) -> StudySizes:
    """Expected net benefit of a study at several sizes: ``EVSI(n) - fixed - n * per_observation``.

    cost : array-like (s, n), one row a strategy, one column a draw, any unit. statistic : the study's
    simulated result at each size, a mapping from size to array as :func:`evsi` takes it, or a function of the
    size that gives one. sizes : whole numbers of observations, 1 or more; unsaid, those of the mapping.
    fixed, per_observation : what the study costs, in the unit of the costs.

    Use the same random numbers at every size where that can be done: the curve is smoother. Raises McostError
    as :func:`evsi` does, and for sizes that are not whole numbers, or missing.

    >>> rng = np.random.default_rng(1)
    >>> rate, noise = rng.normal(size=(2, 10_000))
    >>> results = {n: rate + noise / np.sqrt(n) for n in (1, 4, 16, 64)}
    >>> study = enbs([0 * rate, rate], results, per_observation=0.01)
    >>> study.best_n
    4
    """
    gains = _gains(cost)
    if isinstance(statistic, Mapping):
        known = statistic
        wanted = list(known) if sizes is None else list(sizes)
        missing = [n for n in wanted if n not in known]
        if missing:
            raise McostError(f"sizes: found {missing[0]}; expected a size that has a statistic")
        of: Callable[[int], ArrayLike] = known.__getitem__
    elif sizes is None:
        raise McostError("sizes: found none; expected the numbers of observations to try")
    else:
        wanted, of = list(sizes), statistic
    if not wanted:
        raise McostError("sizes: found none; expected the numbers of observations to try")
    for n in wanted:
        if n != int(n) or n < 1:
            raise McostError(f"sizes: found {n}; expected whole numbers, 1 or more")
    for name, amount in (("fixed", fixed), ("per_observation", per_observation)):
        if not math.isfinite(amount):
            raise McostError(f"{name}: found {amount}; expected a finite amount")
    order = sorted(set(wanted))
    found = [_information(gains, of(n), f"statistic of {n} observations") for n in order]
    count = np.array(order, dtype=np.int64)
    worth = np.array([one.corrected for one in found])
    net = worth - fixed - per_observation * count
    best = int(np.argmax(net))
    return StudySizes(
        n=count,
        evsi=worth,
        standard_error=np.array([one.standard_error for one in found]),
        enbs=net,
        best_n=order[best] if net[best] > 0 else 0,
        warning=next((one.warning for one in found if one.warning), None),
    )


def value_of_modelling(cost: ArrayLike, choice: int) -> Estimate:
    """What it is worth to have modelled uncertainty at all: ``E[cost_choice] - min_d E[cost_d]``.

    cost : array-like (s, n), one row a strategy, one column a draw, any unit. choice : the row that the means
    of the inputs alone would choose. The standard error is that of the paired difference.

    Source: the expected value of including uncertainty, Morgan and Henrion (1990), Uncertainty, 12.4.
    Raises McostError where the table is wrong or the choice is not one of its rows.

    >>> value_of_modelling([[1.0, 3.0], [2.0, 4.0]], 1).value
    1.0
    """
    table = _table(cost)
    if not 0 <= choice < len(table) or choice != int(choice):
        raise McostError(f"choice: found {choice}; expected a strategy's row, 0 to {len(table) - 1}")
    return mean_of(table[int(choice)] - table[_best(table)])


def _best(table: Array) -> int:
    return int(np.argmin(table.mean(axis=1)))


def _gains(cost: ArrayLike) -> Array:
    """What each other strategy saves against the best without information, (s - 1, n); no mean above 0."""
    table = _table(cost)
    if len(table) < 2:
        raise McostError("cost: found one strategy; expected two or more, to choose between")
    best = _best(table)
    return np.delete(table[best] - table, best, axis=0)


def _information(gains: Array, x: ArrayLike, name: str, *, in_blocks: bool = False) -> Information:
    from mcost.regression import block_means, conditional_mean

    if in_blocks:
        fit, used = block_means(gains, x, name=name), "blocks"
    else:
        fit = conditional_mean(gains, x, name=name)
        used = "spline" if np.ndim(x) == 1 or len(np.asarray(x)) == 1 else "products"
    promised, warning = np.maximum(fit.fitted.max(axis=0), 0.0), fit.warning
    n = promised.size
    chosen = (fit.fitted == promised) & (promised > 0)
    chosen &= np.cumsum(chosen, axis=0) == 1  # a copy of a strategy is not chosen twice
    smoothed = fit.smooth(chosen.astype(float))
    # what the choices save in the draws themselves must agree with what the fit promises of them
    kept = np.where(chosen, gains, 0.0).sum(axis=0)
    gap = abs(float(promised.mean() - kept.mean()))
    doubt = float(np.std(((chosen - smoothed) * fit.residual).sum(axis=0))) / math.sqrt(n)
    if gap > 4 * doubt and gap > 0.01 * float(promised.mean()):
        influence, value = kept, max(0.0, float(kept.mean()))
        if gap > 0.05 * float(promised.mean()):
            warning = warning or "the fit is poor: shown is what its choices save in the draws themselves"
    else:
        # Moving y by dy moves the mean of the largest by 1_A' S dy / n, as the choice A itself is best, and S
        # is symmetric: a draw counts by the smoothed indicator of A, times its residual.
        scale = np.sqrt(n / np.maximum(n - fit.degrees_of_freedom, 1.0))[:, None]
        influence = promised + (smoothed * fit.residual * scale).sum(axis=0)
        value = max(0.0, float(promised.mean()))
    # the corrected value may rise by the noise of the means, but not above what perfect information gives
    room = max(0.0, float(np.maximum(gains.max(axis=0), 0.0).mean()) - value)
    return Information(
        value=value,
        standard_error=mean_of(influence).standard_error,
        n=n,
        bias=min(max(_optimism(fit), -room), value),
        method=used,
        warning=warning,
    )


def _optimism(fit: Fit) -> float:
    """How much the mean of the largest fitted saving is too high, less how much the largest mean is.

    At each draw, the best choice against each other one: for a true gap g and noise of variance v, the larger
    of the two is too high by ``sqrt(v) φ(g / sqrt(v)) - g Φ(-g / sqrt(v))``; the worst rival counts. That is
    all of it for two strategies, and its leading term for more.
    """
    n = fit.fitted.shape[1]
    noise = fit.residual @ fit.residual.T / np.maximum(n - fit.degrees_of_freedom, 1.0)[:, None]
    noise = np.pad((noise + noise.T) / 2, ((1, 0), (1, 0)))  # row 0: the best without information, gain 0
    values = np.pad(fit.fitted, ((1, 0), (0, 0)))
    spread = np.sqrt(np.pad(fit.leverage, ((1, 0), (0, 0))))
    among_draws = _of_maximum(values, spread, noise)
    gains = np.pad(fit.fitted + fit.residual, ((1, 0), (0, 0)))
    means = gains.mean(axis=1, keepdims=True)
    among_means = _of_maximum(means, np.full(means.shape, 1 / math.sqrt(n)), np.atleast_2d(np.cov(gains)))
    return float(among_draws.mean() - among_means.mean())


def _of_maximum(values: Array, spread: Array, noise: Array) -> Array:
    """Excess of the largest of values (d, n), ndarray (n,), each with noise spread_d e_d, Cov(e) = noise."""
    best = np.argmax(values, axis=0)
    draws = np.arange(best.size)
    top, own = values[best, draws], spread[best, draws]
    variance = noise.diagonal()
    excess = np.zeros(best.size)
    for d in range(len(values)):
        joint = variance[best] * own**2 + variance[d] * spread[d] ** 2 - 2 * noise[best, d] * own * spread[d]
        width = np.sqrt(np.maximum(joint, 0.0))
        gap = top - values[d]
        ratio = np.divide(gap, width, out=np.full(best.size, np.inf), where=width > 0)
        close = ratio < 8  # beyond, nothing is left of it
        t = ratio[close]
        density = np.exp(-(t**2) / 2) / math.sqrt(2 * math.pi)
        excess[close] = np.maximum(excess[close], width[close] * density - gap[close] * ndtr(-t))
    return excess


def _table(cost: ArrayLike) -> Array:
    try:
        table = np.asarray(cost, dtype=float)
    except (ValueError, TypeError):
        raise McostError("cost: found no table of numbers; expected (strategies, draws)") from None
    if table.ndim != 2 or table.size == 0:
        raise McostError(f"cost: found shape {table.shape}; expected (strategies, draws), neither of them 0")
    if not np.isfinite(table).all():
        row, column = (int(k[0]) for k in np.nonzero(~np.isfinite(table)))
        raise McostError(
            f"cost: found {table[row, column]} for strategy {row} in draw {column}; expected finite"
        )
    return table
