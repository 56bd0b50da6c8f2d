"""The whole months of a log held against their forecast: calls and token cost, as told and as they came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from mcost.calendar_months import DAYS_A_MONTH
from mcost.costs import Costs
from mcost.law import Array
from mcost.scenario import Scenario
from mcost.simulate import simulate
from mcost.usage.months import Month

TOKENS = "tokens"


@dataclass(frozen=True)
class Held:
    """A number as it was forecast, 5 %, 50 % and 95 % of futures, and as it came.

    quantile : the share of futures below what came.
    """

    p5: float
    p50: float
    p95: float
    happened: float
    quantile: float

    @property
    def outside(self) -> bool:
        """Whether it came outside of nine futures in ten."""
        return not self.p5 <= self.happened <= self.p95

    def to_dict(self) -> dict[str, float]:
        """Plain data, ready for JSON."""
        return {
            "p5": self.p5,
            "p50": self.p50,
            "p95": self.p95,
            "happened": self.happened,
            "quantile": self.quantile,
        }


@dataclass(frozen=True)
class MonthHeld:
    """A whole month of the log. number : of the scenario's month; calls, usd : None where nobody knows."""

    number: int
    first: date
    calls: Held | None
    usd: Held | None

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        return {
            "month": self.number,
            "first": self.first.isoformat(),
            "calls": None if self.calls is None else self.calls.to_dict(),
            "tokens_usd": None if self.usd is None else self.usd.to_dict(),
        }


def forecast_of(scenario: Scenario, of: list[int], draws: int, seed: int) -> tuple[Array, Array]:
    """Calls and token cost (USD) of the baseline in some months: ndarrays (len(of), n)."""
    alone = scenario.only()

    def fold(block: Costs) -> tuple[Array, Array]:
        spent = block.ledgers[scenario.baseline].by_line().get(TOKENS)
        calls = block.draws.calls[of]
        return calls, np.zeros_like(calls) if spent is None else spent[of]

    parts = simulate(alone, fold, draws=draws, seed=seed)
    calls, tokens = (np.concatenate(rows, axis=1) for rows in zip(*parts, strict=True))
    return calls, tokens


def month_held(number: int, month: Month, calls: Array, tokens: Array, attempts: float) -> MonthHeld:
    """A month against its forecast, which is of a month of the mean length."""
    length = month.days / DAYS_A_MONTH
    counted = None if month.calls is None else _against(calls * length, month.calls / attempts)
    return MonthHeld(
        number, month.first, counted, None if month.usd is None else _against(tokens * length, month.usd)
    )


def _against(futures: Array, happened: float) -> Held:
    p5, p50, p95 = (float(x) for x in np.quantile(futures, [0.05, 0.5, 0.95]))
    below = float(np.mean(futures < happened) + np.mean(futures == happened) / 2)
    return Held(p5, p50, p95, happened, below)
