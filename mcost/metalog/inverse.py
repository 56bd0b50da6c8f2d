"""The inverse of M: from a value to the logit of its probability."""

from __future__ import annotations

import numpy as np

from mcost.metalog.terms import EPS, FAR, Array, at_end, line_at, slope_of


def table_of(s: Array, log_odds: Array) -> tuple[Array, Array]:
    """Logits and M there, shape (801,) each, to start an inversion from."""
    logits = np.linspace(-FAR, FAR, 801)
    middle = 0.5 * np.tanh(0.5 * logits)
    return logits, np.maximum.accumulate(line_at(s, log_odds, middle, logits))


def inverted(m: Array, s: Array, log_odds: Array, table: tuple[Array, Array]) -> Array:
    """Logits, shape (n,), at which M, of the parts s and log_odds, has the values m, shape (n,).

    Beyond |logit| 40 M is straight, and solved directly; within, by Newton's method in the
    logit, kept inside a shrinking bracket and replaced by bisection where it is slow.

    table : logits from -40 to 40 and M there, to start from.
    """
    grid, values = table
    found = np.clip(np.searchsorted(values, m), 1, len(grid) - 1)
    below, above = grid[found - 1], grid[found]
    gap = values[found] - values[found - 1]
    share = np.divide(m - values[found - 1], gap, out=np.full_like(m, 0.5), where=gap > 0.0)
    logits: Array = below + (above - below) * np.clip(share, 0.0, 1.0)
    if log_odds.any():
        for side, beyond in ((-1, m < values[0]), (1, m > values[-1])):
            with np.errstate(over="ignore"):
                straight = (m[beyond] - at_end(s, side)) / at_end(log_odds, side)
            logits[beyond] = np.clip(straight, -1e300, 1e300)
    active = np.flatnonzero((m >= values[0]) & (m <= values[-1]))
    step = np.full_like(m, np.inf)
    for _ in range(200):
        if active.size == 0:
            break
        at = logits[active]
        t = 0.5 * np.tanh(0.5 * at)
        miss = line_at(s, log_odds, t, at) - m[active]
        high = miss > 0.0
        above[active] = np.where(high, at, above[active])
        below[active] = np.where(high, below[active], at)
        left, right = below[active], above[active]
        slope = slope_of(s, log_odds, at)
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            new = at - miss / slope
        slow = ~((new >= left) & (new <= right) & (np.abs(new - at) <= 0.5 * step[active]))
        new = np.where(miss == 0.0, at, np.where(slow, 0.5 * (left + right), new))
        step[active] = np.abs(new - at)
        logits[active] = new
        active = active[step[active] > 2.0 * EPS * np.maximum(1.0, np.abs(new))]
    return logits
