"""Costs -> Payoff: what a candidate saves against the baseline, when, and how deep it goes before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mcost.integration import ROUNDING
from mcost.law import Array, Mask

Months = np.float32
"""Months of a future as they are kept: whole numbers, or inf for never."""

_NEVER = Months(np.inf)


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
    ahead = np.zeros(months, dtype=np.int64)
    ours, theirs, lowest = np.zeros(n), np.zeros(n), np.zeros(n)
    saved, least = np.zeros(n), np.zeros(n)
    # Months as small integers, and masks multiplied rather than indexed: a pass costs a quarter.
    last_under, deepest, waited = (np.zeros(n, dtype=np.int16) for _ in range(3))
    touched, retrained, before = (np.zeros(n, dtype=bool) for _ in range(3))
    under, deeper = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(months):
            ours += baseline[t]
            theirs += candidate[t]
            if retrains is not None:
                now = retrains[t] > 0
                before = (before & ~now) | (now & ~under)
                retrained |= now
            np.subtract(ours, theirs, out=saved)
            np.add(ours, theirs, out=least)
            np.multiply(least, -ROUNDING, out=least)
            np.less(saved, least, out=under)
            ahead[t] = n - np.count_nonzero(under)
            np.maximum(last_under, under * np.int16(t + 1), out=last_under)
            if t >= 1:
                touched |= ~under
                waited += ~touched
            np.less(saved, lowest, out=deeper)
            deeper &= under
            np.maximum(deepest, deeper * np.int16(t), out=deepest)
            np.copyto(lowest, saved, where=deeper)
        saved *= np.abs(saved) > -least
    found = Payoff(
        saving=saved + 0.0,  # never -0.0
        break_even_month=np.where(under, _NEVER, last_under),
        first_touch=np.where(touched, waited + np.int16(1), _NEVER),
        cash_at_risk=np.abs(lowest),
        deepest_month=deepest.astype(Months),
        ahead_before_retrain=None if retrains is None else np.where(retrained, before, ~under),
    )
    return found, ahead
