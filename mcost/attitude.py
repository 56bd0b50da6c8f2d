"""Whether a decider who fears losses would choose otherwise: CVaR and exponential utility, on plain costs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mcost.errors import McostError
from mcost.law import Array

TAIL = 0.1
"""The share of worst futures that CVaR averages."""

MOST_AVERSE = 20.0
"""The strongest aversion looked at, times the spread of the costs: beyond, only the worst future counts."""


@dataclass(frozen=True)
class Attitude:
    """What each strategy is worth to a decider who is averse to risk, USD of cost: lower is better.

    mean, cvar : strategy -> expected cost, and mean cost of its worst tenth.
    certainty_equivalent : strategy -> ``ln E[exp(a cost)] / a`` at aversion a; empty where none was given.
    aversion : a, per USD; 0 is indifferent to risk, ``1/a`` is the risk tolerance.
    switch : the least aversion at which another strategy is chosen, per USD, and that strategy, or None.
    """

    mean: Mapping[str, float]
    cvar: Mapping[str, float]
    certainty_equivalent: Mapping[str, float]
    aversion: float | None
    switch: tuple[float, str] | None

    @property
    def choices(self) -> dict[str, str]:
        """The strategy that each attitude chooses: by the mean, by CVaR, by utility where one is given."""
        by = {"mean": self.mean, "cvar": self.cvar, "utility": self.certainty_equivalent}
        return {name: min(costs, key=costs.__getitem__) for name, costs in by.items() if costs}

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        return {
            "mean_usd": dict(self.mean),
            "cvar_usd": dict(self.cvar),
            "risk_aversion": self.aversion,
            "certainty_equivalent_usd": dict(self.certainty_equivalent),
            "choices": self.choices,
            "switch": None
            if self.switch is None
            else {"risk_aversion": self.switch[0], "strategy": self.switch[1]},
        }


def attitude(cost: Mapping[str, Array], aversion: float | None = None) -> Attitude:
    """Hold the choice by the mean against that by CVaR and by exponential utility (Pratt 1964).

    cost : strategy -> ndarray (n,), USD; ties go to the first. aversion : absolute, per USD, above 0.

    Raises McostError for an aversion that is none.
    """
    if aversion is not None and not (math.isfinite(aversion) and aversion > 0):
        raise McostError(f"risk aversion: found {aversion:g}; expected more than 0, per USD, such as 0.00001")
    switch = _switch(cost)
    return Attitude(
        mean={name: float(usd.mean()) for name, usd in cost.items()},
        cvar={name: _cvar(usd) for name, usd in cost.items()},
        certainty_equivalent={}
        if aversion is None
        else {name: _equivalent(usd, aversion) for name, usd in cost.items()},
        aversion=aversion,
        switch=switch,
    )


def _cvar(usd: Array) -> float:
    """Mean of the worst tenth of costs."""
    worst = max(1, int(usd.size * TAIL))
    return float(np.partition(usd, usd.size - worst)[-worst:].mean())


def _equivalent(usd: Array, aversion: float) -> float:
    """``ln E[exp(a c)] / a``: the certain cost that is as bad as the uncertain one."""
    top = float(usd.max())
    return top + math.log(float(np.mean(np.exp(aversion * (usd - top))))) / aversion


def _switch(cost: Mapping[str, Array]) -> tuple[float, str] | None:
    """The least aversion at which the choice differs from that by the mean: a scan, then bisection."""
    names = list(cost)
    spread = max(float(usd.std()) for usd in cost.values())
    if spread == 0:
        return None

    def choice(times: float) -> str:
        worth = [_equivalent(cost[name], times / spread) for name in names]
        return names[int(np.argmin(worth))]

    by_mean = names[int(np.argmin([usd.mean() for usd in cost.values()]))]
    before = 0.0
    for times in np.geomspace(MOST_AVERSE / 1024, MOST_AVERSE, 21):
        if choice(times) != by_mean:
            low, high = before, float(times)
            for _ in range(20):
                middle = (low + high) / 2
                low, high = (low, middle) if choice(middle) != by_mean else (middle, high)
            return high / spread, choice(high)
        before = float(times)
    return None
