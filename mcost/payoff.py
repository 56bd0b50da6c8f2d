"""Costs -> Payoff: what a candidate saves against the baseline, when, and how deep it goes before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mcost.integration import ROUNDING
from mcost.law import Array, Mask

Months = np.float32
"""Months of a future as they are kept: whole numbers, or inf for never."""

Numbers = NDArray[np.signedinteger[Any]]

_NEVER = Months(np.inf)
_SMALL: np.dtype[np.signedinteger[Any]] = np.dtype(np.int8)
_LARGE: np.dtype[np.signedinteger[Any]] = np.dtype(np.int16)


@dataclass(frozen=True)
class Payoff:
    """A candidate against the baseline, by draw. Money is discounted, in USD.

    saving : ndarray (n,), cumulative saving at the horizon.
    break_even_month : ndarray (n,), first month from which the cumulative saving stays at 0 or more;
        inf = never.
    first_touch : ndarray (n,), first month t >= 1 with a cumulative saving of 0 or more, whatever follows.
    cash_at_risk : ndarray (n,), deepest cumulative loss, 0 where there is none.
    deepest_month : ndarray (n,), the month of it.
    ahead_before_retrain : ndarray (n,) of bool, whether it is so in the month before the last retrain, at the
        horizon where there is none; None for a strategy that is never retrained.
    met : ndarray (n,) of bool, whether the quality bar is met; None where it is for certain.
    served : ndarray (n,) of bool, whether it serves a call at all; None for what is made of others.
    """

    saving: Array
    break_even_month: NDArray[Months]
    first_touch: NDArray[Months]
    cash_at_risk: Array
    deepest_month: NDArray[Months]
    ahead_before_retrain: Mask | None = None
    met: Mask | None = None
    served: Mask | None = None


def payoff(baseline: Array, candidate: Array, retrains: Array | None = None) -> tuple[Payoff, np.ndarray]:
    """Compare two streams of discounted costs.

    Returns the pay-off by draw; and ndarray (t,), draws whose cumulative saving at month t is 0 or more.

    baseline, candidate : ndarray (t, n), USD a month, discounted; t = 0 … H. Costs are never negative, so
    the money moved to a month is the sum of both.
    retrains : ndarray (t, n), how often the candidate is retrained in each month; None where it never is.

    pays off ⇔ cumulative[H] >= 0; break-even month = first t with cumulative[u] >= 0 for every u from t to H.
    """
    months, n = baseline.shape
    month = np.arange(months, dtype=_SMALL if months < 128 else _LARGE)[:, None]
    left = months - month
    with np.errstate(over="ignore", invalid="ignore"):
        ours, theirs = _so_far(baseline), _so_far(candidate)
        saved, least = ours - theirs, ours
        least += theirs
        least *= -ROUNDING
        under = saved < least
        lost = np.multiply(saved, under, out=theirs)
        lowest = lost.min(axis=0)
        saving = saved[-1] * (np.abs(saved[-1]) > -least[-1])
    last_under = _greatest(under, month + 1)
    touched = _greatest(~under[1:], left[1:])
    deepest = months - _greatest(lost == lowest, left)
    found = Payoff(
        saving=saving + 0.0,  # never -0.0
        break_even_month=np.where(under[-1], _NEVER, last_under),
        first_touch=np.where(touched > 0, months - touched, _NEVER),
        cash_at_risk=np.abs(lowest),
        deepest_month=np.where(lowest < 0, deepest, 0).astype(Months),
        ahead_before_retrain=None if retrains is None else _ahead_before(under, retrains, month),
    )
    return found, n - np.count_nonzero(under, axis=1)


def _so_far(usd: Array) -> Array:
    """Added up over the months: ndarray (t, n). Row by row, ten times as fast as NumPy's cumulative sum."""
    total = usd.copy()
    for t in range(1, len(total)):
        total[t] += total[t - 1]
    return total


def _greatest(true: Mask, number: Numbers) -> Numbers:
    """The greatest number of a month in which it is true, 0 where it never is: ndarray (n,).

    true : ndarray (t, n); number : ndarray (t, 1). Small integers: a pass costs a tenth.
    """
    return np.asarray(np.multiply(true.view(np.int8), number).max(axis=0, initial=0))


def _ahead_before(under: Mask, retrains: Array, month: Numbers) -> Mask:
    """Whether it is ahead in the month before the last retrain, at the horizon where there is none."""
    last = _greatest(retrains > 0, month + 1)  # 1 is month 0, before which nothing is paid yet
    before = np.take_along_axis(under, np.maximum(last - 2, 0)[None].astype(np.intp), axis=0)[0]
    return np.asarray(np.where(last == 0, ~under[-1], (last == 1) | ~before))
