"""Monte Carlo numbers that are shown to anybody: value, standard error, number of draws."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from mcost.law import Array


@dataclass(frozen=True)
class Estimate:
    """A number found by simulation.

    value : the estimate; standard_error : its simulation error, not doubt about the inputs; n : draws.
    """

    value: float
    standard_error: float
    n: int

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval: 1.96 standard errors to either side."""
        return self.value - 1.96 * self.standard_error, self.value + 1.96 * self.standard_error

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        return {"value": self.value, "standard_error": self.standard_error}


@dataclass(frozen=True)
class Chance(Estimate):
    """A probability found by simulation, with the standard error of a share: ``sqrt(p (1 - p) / n)``."""

    @property
    def probability(self) -> float:
        return self.value

    @classmethod
    def of(cls, hits: int, n: int) -> Chance:
        share = hits / n
        return cls(share, math.sqrt(share * (1 - share) / n), n)

    def to_dict(self) -> dict[str, Any]:
        return {"probability": self.probability, "standard_error": self.standard_error}


def mean_of(sample: Array) -> Estimate:
    """The mean of independent draws, with its standard error ``s / sqrt(n)``."""
    n = sample.size
    spread = float(np.std(sample, ddof=1)) if n > 1 else 0.0
    return Estimate(float(np.mean(sample)), spread / math.sqrt(n), n)
