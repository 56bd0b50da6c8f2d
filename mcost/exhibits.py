"""Answer -> the numbers that a picture shows, where the answer does not hold them as they are."""

from __future__ import annotations

import numpy as np

from mcost.answer import Answer
from mcost.law import Array
from mcost.outcomes import broken_even

DOTS = 50


def saving_dots(answer: Answer, candidate: str) -> Array:
    """Quantiles (i - 1/2)/50 of the saving at the horizon: ndarray (50,), USD, discounted."""
    saving = answer.candidates[candidate].payoff.saving
    return np.asarray(np.quantile(saving, (np.arange(DOTS) + 0.5) / DOTS))


def broken_even_by_month(answer: Answer, candidate: str) -> Array:
    """P(break-even month <= t): ndarray (t,), t = 0 … H; the last is P(pays off)."""
    found = answer.candidates[candidate]
    month = found.payoff.break_even_month
    within = month[np.isfinite(month)].astype(np.intp)
    return broken_even(np.bincount(within, minlength=answer.horizon_months + 1), found.pays_off.value)


def cost_steps(answer: Answer, candidate: str) -> dict[str, float]:
    """Cost line -> what the candidate spends on it beyond the baseline, mean USD; the largest saving first.

    They add up to the difference of the two mean costs. Lines that are equal are left out.
    """
    before, after = (answer.strategies[name].cost_lines_usd for name in (answer.baseline, candidate))
    steps = {line: after.get(line, 0.0) - before.get(line, 0.0) for line in dict.fromkeys([*before, *after])}
    return dict(sorted(((line, usd) for line, usd in steps.items() if usd), key=lambda step: step[1]))
