"""Total-order shares: how much of the variance would be left if all but one input, or luck, were known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from mcost.answer import Answer
from mcost.driver import correlated_with
from mcost.errors import McostError
from mcost.estimate import Estimate
from mcost.law import Array
from mcost.sensitivity import total_order
from mcost.what_if import WhatIf

TOTAL = 8_192
"""Futures that total-order shares are computed from, at most: each input needs them simulated anew."""

LUCK = "luck"


@dataclass(frozen=True)
class Total:
    """Total-order shares of one input, or of luck: what would be left if all else were known."""

    name: str
    variance_share: Estimate
    event_share: Estimate

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        return {
            "variance_share": self.variance_share.to_dict(),
            "event_share": self.event_share.to_dict(),
        }


def totals_of(answer: Answer, candidate: str) -> Iterator[Total]:
    """Total-order shares of every input that the candidate or the baseline has, and of luck.

    Luck is all that no input fixes, and a factor of its own: its second set of draws is another seed's.
    """
    draws = min(TOTAL, 1 << (answer.draws.bit_length() - 1))
    first = WhatIf(answer.scenario, candidate, draws=draws, seed=answer.seed)
    second = WhatIf(answer.scenario, candidate, draws=draws, seed=answer.seed + 2**128)  # no user's seed
    names = [name for name in first.scenario.inputs if name in answer.futures.inputs]
    if correlated := [n for n in names if any(other in names for other in correlated_with(answer, n))]:
        raise McostError(
            f"total-order shares need independent inputs; found {', '.join(correlated)} correlated; "
            "leave out the shares, or the correlations"
        )
    own, other = first.saving(), second.saving()
    mixed = [first.saving({name: second.values(name)}) for name in names]
    mixed.append(second.saving({name: first.values(name) for name in names}))
    shares = (
        total_order(kind(own), kind(other), np.stack([kind(usd) for usd in mixed]))
        for kind in (np.asarray, _pays_off)
    )
    for name, variance_share, event_share in zip((*names, LUCK), *shares, strict=True):
        yield Total(name, variance_share, event_share)


def _pays_off(saving: Array) -> Array:
    return np.asarray(saving >= 0, dtype=float)
