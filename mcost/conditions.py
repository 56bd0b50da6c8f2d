"""The four conditions under which tuning is worth a look, judged on a scenario and its draws.

Enough calls, a stable task, enough labelled data, a team that can maintain it: each met, in doubt or not met,
with the number that decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from mcost.answer import Answer
from mcost.estimate import Chance
from mcost.law import Mask
from mcost.report.words import chance
from mcost.uncertain import Prior

State = Literal["met", "in doubt", "not met"]

ENOUGH_EXAMPLES, TOO_FEW_EXAMPLES = 1000.0, 500.0
STABLE_CHANGES, UNSTABLE_CHANGES = 2.0, 6.0
SPARE_HOURS, A_WHOLE_ENGINEER = 20.0, 140.0
SURE, UNLIKELY = 0.8, 0.2


@dataclass(frozen=True)
class Condition:
    """One condition. number : what decided, in words."""

    name: str
    state: State
    number: str


def conditions(answer: Answer, candidate: str) -> tuple[Condition, ...]:
    """The four conditions of a tuned candidate; empty for one that is not tuned.

    - Enough calls: P(pays off | the quality bar is met), 80 % and more is met, under 20 % not met.
    - A stable task: expected task changes a year, up to 2 met, over 6 not met.
    - Enough labelled data: median number of labelled examples, 1,000 and more met, under 500 not met.
    - A team that can maintain it: expected engineer-hours a month in service, up to 20 met, over 140 (an
      engineer) not met; in doubt where no upkeep is given, and where it never serves.
    """
    strategy = answer.scenario.strategies[candidate]
    if strategy.tuning is None:
        return ()
    return (
        _calls(answer, candidate),
        _task(answer),
        _data(answer, candidate),
        _team(answer, candidate),
    )


def _graded(value: float, met: float, failed: float) -> State:
    """``met`` and ``failed`` are limits of a number that is better the larger it is, or the smaller."""
    better = value >= met if met > failed else value <= met
    worse = value < failed if met > failed else value > failed
    return "met" if better else "not met" if worse else "in doubt"


def _digits(value: float) -> str:
    """To two digits, and whole from ten on."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def _served(answer: Answer, candidate: str) -> Mask:
    """The futures in which it meets the bar and serves: ndarray (k,) of bool."""
    payoff = answer.candidates[candidate].payoff
    counted = np.ones(payoff.saving.size, dtype=bool) if payoff.met is None else payoff.met
    return counted if payoff.served is None else counted & payoff.served


def _calls(answer: Answer, candidate: str) -> Condition:
    payoff, counted = answer.candidates[candidate].payoff, _served(answer, candidate)
    if not counted.any():
        return Condition("enough calls", "in doubt", "it is never in service, whatever the volume")
    pays_off = Chance.of(int(np.count_nonzero(payoff.saving[counted] >= 0)), int(np.count_nonzero(counted)))
    sure = payoff.met is None or payoff.met.all()
    where = "of futures" if sure else "of futures in which it meets the bar"
    state = _graded(pays_off.probability, SURE, UNLIKELY)
    return Condition("enough calls", state, f"{chance(pays_off, answer.certain)} {where}")


def _task(answer: Answer) -> Condition:
    rate = answer.scenario.workload.task_changes_per_year
    if rate is None:
        return Condition("a stable task", "in doubt", "the scenario does not say how often the task changes")
    changes = rate.law.mean()
    return Condition(
        "a stable task",
        _graded(changes, STABLE_CHANGES, UNSTABLE_CHANGES),
        f"{_digits(changes)} changes a year",
    )


def _data(answer: Answer, candidate: str) -> Condition:
    tuning = answer.scenario.strategies[candidate].tuning
    assert tuning is not None
    if tuning.labelled_examples is None:
        return Condition("enough labelled data", "in doubt", "the scenario does not say how many examples")
    examples = float(tuning.labelled_examples.law.ppf(np.array([0.5]))[0])
    state = _graded(examples, ENOUGH_EXAMPLES, TOO_FEW_EXAMPLES)
    return Condition("enough labelled data", state, f"{examples:,.0f} examples")


def _team(answer: Answer, candidate: str) -> Condition:
    strategy = answer.scenario.strategies[candidate]
    name = "a team that can maintain it"
    if not _served(answer, candidate).any():
        return Condition(name, "in doubt", "it is never in service")
    if strategy.hours_per_month is None:
        return Condition(name, "in doubt", "the scenario gives no upkeep by engineers")
    hours = _upkeep(answer, candidate)
    state = _graded(hours, SPARE_HOURS, A_WHOLE_ENGINEER)
    return Condition(name, state, f"{_digits(hours)} engineer-hours a month in service")


def _upkeep(answer: Answer, candidate: str) -> float:
    """Expected engineer-hours a month in service, from the means of the inputs: the month's own, those of
    task changes, and those of retrains. What comes once, such as setup or a retirement, is left out.
    """
    strategy, tuning = answer.scenario.strategies[candidate], answer.scenario.strategies[candidate].tuning
    assert tuning is not None
    changes = _mean(answer.scenario.workload.task_changes_per_year) / 12
    retrains = changes + _mean(tuning.drift_retrains_per_year) / 12
    if tuning.retrain_every_months is not None:
        every = tuning.retrain_every_months.law.ppf((np.arange(1000) + 0.5) / 1000)
        retrains += float(np.mean(np.where(every < answer.horizon_months, 1 / every, 0.0)))
    return (
        _mean(strategy.hours_per_month)
        + changes * _mean(strategy.hours_per_task_change)
        + retrains * _mean(tuning.retrain_hours)
    )


def _mean(prior: Prior | None) -> float:
    return 0.0 if prior is None else prior.law.mean()
