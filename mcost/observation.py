"""How many more days of logs narrow the answer enough to decide: an observation period, as a study."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mcost.answer import Answer, run
from mcost.calendar_months import DAYS_A_MONTH
from mcost.estimate import Estimate, mean_of
from mcost.law import Array
from mcost.measured import VOLUME, Measured, measured, with_measured
from mcost.nets import stream
from mcost.scales import Z95, to_scale
from mcost.scenario import Scenario
from mcost.usage.finding import Findings
from mcost.voi import Information, evppi, evsi

DAYS = (7, 14, 30, 60, 90)
DRAWS = 16_384


@dataclass(frozen=True)
class Period:
    """Some more days of logs before the decision, USD.

    evsi : what they would tell is worth. delay_usd : what the wait takes from the saving that is expected
        after it, which is made for the rest of the horizon only.
    net : evsi less delay.
    """

    days: int
    evsi: Information
    delay_usd: float
    net: Estimate

    @property
    def worth_it(self) -> bool:
        """Whether its net worth is above 0 by more than simulation error."""
        return self.net.value > 1.96 * self.net.standard_error


@dataclass(frozen=True)
class Observation:
    """What more days of logs are worth.

    answer : the scenario with what the log tells already. days : of the log so far.
    learnt : names of the inputs of which more days tell more. evppi : what it is worth to know them
        exactly, None where there is none. periods : one for each number of days.
    """

    answer: Answer
    days: int
    learnt: tuple[str, ...]
    evppi: Information | None
    periods: tuple[Period, ...]

    @property
    def first(self) -> Period | None:
        """The fewest days that are worth their delay; None where no number of days is."""
        return next((period for period in self.periods if period.worth_it), None)

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        answer, full = self.answer, self.evppi
        return {
            "scenario": answer.scenario.identity,
            "draws": answer.draws,
            "seed": answer.seed,
            "recommended": answer.recommended,
            "days_so_far": self.days,
            "of": list(self.learnt),
            "evppi_usd": None if full is None else full.to_dict(),
            "periods": [
                {
                    "days": period.days,
                    "evsi_usd": period.evsi.to_dict(),
                    "delay_usd": period.delay_usd,
                    "net_usd": period.net.to_dict(),
                    "worth_it": period.worth_it,
                }
                for period in self.periods
            ],
            "first_worth_it": None if self.first is None else self.first.days,
        }


def observation(
    scenario: Scenario,
    found: Findings,
    *,
    beliefs: Collection[str] = (),
    days: Sequence[int] = DAYS,
    draws: int = DRAWS,
    seed: int = 1,
) -> Observation:
    """What more days of logs are worth before a choice among all strategies.

    The scenario first takes what the log tells already, but for inputs that are of a file of priors, which
    were measured before. In each future the days to come report the truth with the log's own error, less by
    ``sqrt(days so far / days)``, on the natural scale of the input. The calls of now are left out: their
    level is read from the last two weeks, and more days do not tell it better.

    beliefs : keys of estimates that hold a belief already. draws, seed : as for ``run``.

    Raises McostError where the scenario cannot be simulated.
    """
    readings = measured(scenario, found, alone=beliefs)
    answer = run(with_measured(scenario, [r for r in readings if not _of_a_file(r)]), draws, seed)
    so_far = len(found.log.days)
    truths, errors = {}, {}
    for reading in readings:
        name, own = reading.name, reading.finding
        drawn = answer.futures.inputs.get(name)
        if drawn is None or own.key == VOLUME:
            continue
        low, high = to_scale(np.array([own.low, own.high]), own.domain)
        truth = to_scale(drawn, own.domain)
        if low < high and np.isfinite([low, high]).all() and np.isfinite(truth).all():
            truths[name], errors[name] = truth, float(high - low) / (2 * Z95)
    if not truths or len(answer.strategies) < 2:
        return Observation(answer, so_far, tuple(truths), None, ())
    cost = np.stack(list(answer.futures.cost.values()))
    periods = tuple(_period(answer, cost, truths, errors, so_far, more) for more in days)
    return Observation(answer, so_far, tuple(truths), evppi(cost, np.stack(list(truths.values()))), periods)


def _of_a_file(reading: Measured) -> bool:
    """Whether the input's prior is of a file of priors, and so holds a log already."""
    return ".toml:" in (reading.prior.catalogued or "")


def _period(
    answer: Answer, cost: Array, truths: dict[str, Array], errors: dict[str, float], so_far: int, more: int
) -> Period:
    reported = [
        truth
        + errors[name]
        * np.sqrt(so_far / more)
        * stream(answer.seed, name, "observation").standard_normal(truth.size)
        for name, truth in truths.items()
    ]
    told = evsi(cost, np.stack(reported))
    best = cost[int(np.argmin(cost.mean(axis=1)))]
    gain = mean_of(cost[list(answer.strategies).index(answer.baseline)] - best)
    kept = max(0.0, 1 - more / DAYS_A_MONTH / answer.horizon_months)
    delay = (1 - kept) * (told.corrected + gain.value)
    error = math.hypot(kept * told.standard_error, (1 - kept) * gain.standard_error)
    return Period(more, told, delay, Estimate(told.corrected - delay, error, told.n))
