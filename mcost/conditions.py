"""The four conditions under which tuning is worth a look, judged on a scenario and its draws.

Enough calls, a stable task, enough labelled data, a team that can maintain it: each met, in doubt or not met,
with the number that decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from mcost.answer import Answer

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
    - A team that can maintain it: expected engineer-hours a month, up to 20 met, over 140 (an engineer) not
      met; in doubt where no upkeep is given.
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


def _calls(answer: Answer, candidate: str) -> Condition:
    payoff = answer.candidates[candidate].payoff
    counted = np.ones(payoff.saving.size, dtype=bool) if payoff.met is None else payoff.met
    if payoff.served is not None:
        counted = counted & payoff.served
    if not counted.any():
        return Condition("enough calls", "in doubt", "it is never in service, whatever the volume")
    share = float(np.mean(payoff.saving[counted] >= 0))
    sure = payoff.met is None or payoff.met.all()
    where = "of futures" if sure else "of futures in which it meets the bar"
    return Condition("enough calls", _graded(share, SURE, UNLIKELY), f"{100 * share:.0f} % {where}")


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
    hours = answer.strategies[candidate].hours / answer.horizon_months
    name = "a team that can maintain it"
    if strategy.hours_per_month is None:
        return Condition(name, "in doubt", "the scenario gives no upkeep by engineers")
    return Condition(
        name, _graded(hours, SPARE_HOURS, A_WHOLE_ENGINEER), f"{_digits(hours)} engineer-hours a month"
    )
