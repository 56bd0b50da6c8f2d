"""What of the measured inputs turns an answer: the values that tip it, and each that moved by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mcost.answer import run
from mcost.estimate import Chance
from mcost.focus import focus_on
from mcost.measured import Measured, with_measured
from mcost.scenario import Scenario
from mcost.tipping import DRAWS as LOOKED_AT
from mcost.tipping import need_of
from mcost.uncertain import Prior

HALF = 0.5


@dataclass(frozen=True)
class Tripwire:
    """A value of one measured input at which P(pays off) crosses one half, all else as it was believed.

    rises : whether P gets there as the value rises. believed : the median that was believed; now : 5 %, 50 %
        and 95 % of what to believe now.
    """

    prior: Prior
    value: float
    rises: bool
    believed: float
    now: tuple[float, float, float]

    @property
    def crossed(self) -> bool:
        """Whether it lies between what was believed and what to believe now."""
        return self._beyond(self.now[1])

    @property
    def surely(self) -> bool:
        """Whether it does so with all of the 90 % that are believed now."""
        return all(self._beyond(value) for value in self.now)

    def _beyond(self, value: float) -> bool:
        return (self.believed < self.value) != (value < self.value)

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        return {
            "input": self.prior.name,
            "value": self.value,
            "rises": self.rises,
            "believed": self.believed,
            "now": dict(zip(("p5", "p50", "p95"), self.now, strict=True)),
            "crossed": self.crossed,
            "surely": self.surely,
        }


def tripwires_of(
    scenario: Scenario, candidate: str, readings: Sequence[Measured], draws: int, seed: int
) -> tuple[Tripwire, ...]:
    """Where the measured inputs tip it, the nearest first."""
    of = focus_on(scenario, candidate, draws=min(draws, LOOKED_AT), seed=seed)
    known = {reading.name: reading for reading in readings if reading.name in of.axes}
    tips = need_of(of, [of.axes[name] for name in known], (HALF,)).tips
    return tuple(
        Tripwire(known[t.name].prior, c.value, c.rises, t.axis.median, known[t.name].now)
        for t in tips
        for c in t.reaches[0].crossings
    )


def by_itself(
    scenario: Scenario, candidate: str, readings: Sequence[Measured], draws: int, seed: int
) -> dict[str, Chance]:
    """Name of each input that moved -> P(pays off) with it alone as it is now, all else as it was."""
    alone = scenario.only(candidate)
    return {
        r.name: run(with_measured(alone, [r]), draws, seed).candidates[candidate].pays_off
        for r in readings
        if r.moved
    }
