"""What was believed before, updated by what a log shows: conjugate, in closed form.

A share's prior becomes the Beta of the same mean and variance, which the counted hits and misses move. That
of an amount is taken as normal on the log scale, of a growth as normal, and precisions add up. (Gelman et
al., Bayesian Data Analysis, 3rd ed., sec. 2.4 and 2.5.)
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from mcost.errors import McostError, nearest
from mcost.law import Law
from mcost.scales import Z95
from mcost.usage.clusters import Share
from mcost.usage.finding import Finding, Findings
from mcost.usage.notations import amount, growth, share


@dataclass(frozen=True)
class Update:
    """One input before the log, by the log alone, and together: each its 5 % and 95 %."""

    key: str
    unit: str
    before: tuple[float, float]
    alone: tuple[float, float]
    together: tuple[float, float]


def combined(found: Findings, priors: Mapping[str, Law]) -> tuple[Findings, tuple[Update, ...]]:
    """The findings with some of them updated from a prior, by key, and what that did.

    Raises McostError for a key that the log has no estimate of, and for a prior that no log can move.
    """
    changed, updates = dict(found.found), []
    for key, prior in priors.items():
        if key in found.untold:
            raise McostError(f"--prior {key}: cannot be told from this export: {found.untold[key]}")
        if key not in changed:
            raise McostError(f"--prior {key}: no such estimate{nearest(key, changed)}")
        if prior.certain:
            raise McostError(f"--prior {key}: found a certain value, which no log can move; expected a range")
        own = changed[key]
        changed[key] = updated(own, prior)
        low, high = (float(end) for end in prior.ppf(np.array([0.05, 0.95])))
        updates.append(
            Update(key, own.unit, (low, high), (own.low, own.high), (changed[key].low, changed[key].high))
        )
    return replace(found, found=changed), tuple(updates)


def updated(own: Finding, prior: Law) -> Finding:
    """One estimate, updated from its prior; what the log has exactly stays as it is."""
    if own.low >= own.high:
        return own
    note = " ".join(filter(None, [own.note, "Together with what was believed before."]))
    if own.domain == "fraction":
        found = _beta(own, prior)
        low, high = found.interval()
        written = share(found.a, found.b, own.key)
        return replace(own, value=found.value, low=low, high=high, distribution=written, note=note)
    onto, back = (math.log, math.exp) if own.domain == "positive" else (float, float)
    means, weights = [], []
    for a, b in ((float(end) for end in prior.ppf(np.array([0.05, 0.95]))), (own.low, own.high)):
        means.append((onto(a) + onto(b)) / 2)
        weights.append((2 * Z95 / (onto(b) - onto(a))) ** 2)
    centre = float(np.average(means, weights=weights))
    half = Z95 / math.sqrt(sum(weights))
    ends = back(centre), back(centre - half), back(centre + half)
    notation = amount(ends) if own.domain == "positive" else growth(ends)
    return replace(own, value=ends[0], low=ends[1], high=ends[2], distribution=notation, note=note)


def _beta(own: Finding, prior: Law) -> Share:
    mean = prior.mean()
    variance = prior.moment(2) - mean**2
    worth = mean * (1 - mean) / variance - 1
    hits, misses = own.distribution["a"] - 0.5, own.distribution["b"] - 0.5
    return Share(mean * worth + hits, (1 - mean) * worth + misses, hits + misses, own.n)
