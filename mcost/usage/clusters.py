"""Means and shares from groups of calls that go together: the days of a log, or its sessions.

Calls of one day are alike, so that they tell less than as many calls picked freely would. Days do not agree
with one another by more than chance: that is what their own spread is compared with.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit
from scipy.stats import beta

from mcost.scales import Z95

CREDIBILITY = 0.9
_ROUNDING = 1e-9
MOST_TRIALS = 1e9
"""Trials from which on a share is as good as certain."""


@dataclass(frozen=True)
class Mean:
    """A mean per call, its standard error, and the degrees of freedom of that."""

    value: float
    error: float
    df: float

    def interval(self, credibility: float = CREDIBILITY) -> tuple[float, float]:
        """On the log scale, as amounts above 0 go; by Student's t."""
        if self.value <= 0 or self.error == 0:
            return self.value, self.value
        half = float(stdtrit(self.df, (1 + credibility) / 2)) * self.error / self.value
        return self.value * math.exp(-half), self.value * math.exp(half)


def mean(amounts: np.ndarray, counts: np.ndarray) -> Mean | None:
    """The ratio of sums over J clusters, its error linearised; None where there is one cluster, or no call.

    amounts, counts : ndarray (J,), sums by cluster. (Cochran, Sampling Techniques, 3rd ed., sec. 6.3 and 9A.)
    """
    used = np.isfinite(amounts) & (counts > 0)
    amounts, counts = amounts[used], counts[used]
    if amounts.size < 2:
        return None
    whole = counts.sum()
    value = amounts.sum() / whole
    rest = amounts - value * counts
    error = math.sqrt(amounts.size / (amounts.size - 1) * float(rest @ rest)) / whole
    if error < _ROUNDING * abs(value):  # the same in every cluster
        error = 0.0
    return Mean(float(value), error, float(amounts.size - 1))


@dataclass(frozen=True)
class Share:
    """A share as Beta(a, b); trials : how many free trials the log is worth; n : how many it holds."""

    a: float
    b: float
    trials: float
    n: float

    @property
    def value(self) -> float:
        return self.a / (self.a + self.b)

    def interval(self, credibility: float = CREDIBILITY) -> tuple[float, float]:
        low, high = beta.ppf([(1 - credibility) / 2, (1 + credibility) / 2], self.a, self.b)
        return float(low), float(high)


def share(hits: np.ndarray, counts: np.ndarray, *, of_trials: bool = True) -> Share | None:
    """A share over J clusters, under Jeffreys' prior, by the free trials that they are worth.

    hits, counts : ndarray (J,), sums by cluster. of_trials : whether each count is a trial, so that J
    clusters are worth no more than their counts; False for tokens, which come by the thousand.

    The design effect (Kish, 1965) with Student's t for few clusters. None where there is nothing to count.
    """
    used = np.isfinite(hits) & (counts > 0)
    hits, counts = hits[used], counts[used]
    whole = float(counts.sum())
    found = mean(hits, counts)
    if found is None or whole == 0:
        return None
    p = found.value
    trials = min(whole, MOST_TRIALS) if of_trials else MOST_TRIALS
    if 0 < p < 1 and found.error > 0:
        few = (float(stdtrit(found.df, 0.95)) / Z95) ** 2
        worth = p * (1 - p) / (found.error**2 * few)
        trials = min(whole if of_trials else MOST_TRIALS, worth, MOST_TRIALS)
    return Share(0.5 + p * trials, 0.5 + (1 - p) * trials, trials, whole)
