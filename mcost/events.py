"""Random and scheduled events: counts per month and draw.

Random events are drawn as times, not as months: that costs as many passes as events fall, keeps the events
of the first months when the horizon grows, and moves each event smoothly when its rate does.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from mcost.law import Array, Law

MANY = 500
"""Events of one process in one future that are drawn one by one; beyond, what is left is drawn by month."""

Places = NDArray[np.intp]

_NOWHERE = np.empty(0, dtype=np.intp)

Gaps = Iterator[Array]
"""Standard exponentials, one array of them after the other; of each the first n are taken."""


class TooManyError(ArithmeticError):
    """More renewals in one future than are drawn one by one."""


def _times(gaps: Gaps, rate: Array, months: int) -> Iterator[tuple[Places, Array]]:
    """The first, second, … event of a Poisson process: in which futures it comes in time, and its month."""
    with np.errstate(divide="ignore", over="ignore"):
        scale = 12 / rate
    here, time = np.arange(rate.size), np.zeros(rate.size)
    for gap in islice(gaps, MANY):
        time = time + scale * gap[here]
        going = time < months
        here, time, scale = here[going], time[going], scale[going]
        if not here.size:
            return
        yield here, time


def arrivals(gaps: Gaps, rate: Array, months: int) -> Array:
    """Counts of a Poisson process, by its exponential gaps: independent months of mean rate/12 each.

    rate : ndarray (n,), events a year.
    Returns ndarray (months + 1, n), counts; month 0 has none.
    """
    n, cells = rate.size, []
    for here, time in _times(gaps, rate, months):
        cells.append((time.astype(np.intp) + 1) * n + here)
    counts = np.bincount(np.concatenate([*cells, _NOWHERE]), minlength=(months + 1) * n).astype(float)
    counts = counts.reshape(months + 1, n)
    if len(cells) == MANY:  # the process starts afresh at its last event: whole months, and a part of one
        from scipy import stats

        for month in range(months):
            left = np.clip(month + 1 - time, 0.0, 1.0)
            u = np.exp(-next(gaps)[here])
            counts[month + 1, here] += np.where(left > 0, stats.poisson.ppf(u, left * rate[here] / 12), 0.0)
    return counts


def end_month(gaps: Gaps, rate: Array) -> Array:
    """The month in which the first event of a Poisson process falls: ndarray (n,), inf where never."""
    with np.errstate(divide="ignore", over="ignore"):
        return np.floor(12 / rate * next(gaps)[: rate.size]) + 1


def price_steps(gaps: Gaps, ratios: Iterator[Array], rate: Array, months: int) -> Array:
    """List price against that of month 1: each event multiplies it by a ratio of its own, from its month on.

    ratios : the ratio of each event, ndarrays (n,).
    Returns ndarray (months + 1, n); a step of month 1 is in the price already.
    """
    path = np.ones((months + 1, rate.size))
    with np.errstate(over="ignore", invalid="ignore"):  # a cost that is not finite is an error of its own
        for here, time in _times(gaps, rate, months):
            ratio = next(ratios)[here]
            late = time >= 1
            path[time[late].astype(np.intp) + 1, here[late]] *= ratio[late]
        return np.multiply.accumulate(path, axis=0, out=path)


def renewals(uniforms: Iterator[Array], life: Law, age: float, n: int, months: int) -> Array:
    """Counts of retirements: at the sums L1, L1 + L2 … of lifetimes, in month ``floor(sum) + 1``.

    uniforms : of each lifetime, ndarrays (n,).
    life : the law of a lifetime in months; age : months that the model has lived at month 0. The first
        lifetime is drawn given that it exceeds the age.
    Returns ndarray (months + 1, n), counts.

    Raises TooManyError where a future holds more than MANY of them.
    """
    counts = np.zeros((months + 1, n))
    lived = float(life.cdf(age))
    time = life.ppf(np.minimum(lived + (1 - lived) * next(uniforms), 1 - 2.0**-53)) - age
    for _ in range(MANY):
        here = np.flatnonzero(time < months)
        if not here.size:
            return counts
        counts[np.maximum(time[here], 0.0).astype(np.intp) + 1, here] += 1
        time = time + life.ppf(next(uniforms))
    raise TooManyError


def schedule(interval: Array, build: Array, months: int) -> Array:
    """Counts of scheduled retrains: the j-th falls in month ``B + floor(j k) + 1``, j = 1, 2, …

    interval : ndarray (n,), months between retrains, k > 0, whole or not.
    build : ndarray (n,), whole months until launch, B; inf where it never is.
    Returns ndarray (months + 1, n), counts.
    """
    elapsed = np.arange(months + 2)[:, None] - 1.0 - build  # (months + 2, n): whole months since launch
    due = np.ceil(elapsed / interval)  # the first j with j k >= elapsed, but for rounding
    due -= (due - 1) * interval >= elapsed
    due += due * interval < elapsed
    np.maximum(due, 1.0, out=due)
    return np.diff(due, axis=0)
