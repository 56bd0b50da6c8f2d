"""Random and scheduled events: counts per month and draw."""

from __future__ import annotations

import numpy as np

from mcost.law import Array

Rng = np.random.Generator


def arrivals(rng: Rng, block: int, rate: Array, months: int) -> Array:
    """Counts of a Poisson process, by its exponential gaps: independent months of mean rate/12 each.

    Drawing the times, not the months, costs as many passes as events fall, keeps the events of the first
    months when the horizon grows, and moves each event smoothly when the rate does.

    rate : ndarray (n,), events a year; n is at most ``block``, the size at which gaps are drawn.
    Returns ndarray (months + 1, n), counts; month 0 has none.
    """
    n = rate.size
    counts = np.zeros((months + 1, n))
    with np.errstate(divide="ignore"):
        scale = 12 / rate
    time = scale * rng.standard_exponential(block)[:n]
    while (here := np.flatnonzero(time < months)).size:
        counts[time[here].astype(np.intp) + 1, here] += 1
        time += scale * rng.standard_exponential(block)[:n]
    return counts


def schedule(interval: Array, build: Array, months: int) -> Array:
    """Counts of scheduled retrains: the j-th falls in month ``B + floor(j k) + 1``, j = 1, 2, …

    interval : ndarray (n,), months between retrains, k > 0, whole or not.
    build : ndarray (n,), whole months until launch, B.
    Returns ndarray (months + 1, n), counts.
    """
    elapsed = np.arange(months + 2)[:, None] - 1.0 - build  # (months + 2, n): whole months since launch
    np.maximum(elapsed, 0.0, out=elapsed)
    due = np.ceil(elapsed / interval)  # the first j with j k >= elapsed, but for rounding
    due -= (due - 1) * interval >= elapsed
    due += due * interval < elapsed
    np.maximum(due, 1.0, out=due)
    return np.diff(due, axis=0)
