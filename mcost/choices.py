"""What the choices of a scenario are worth: each with it against without, on common draws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mcost.answer import DRAWS, run
from mcost.differences import Difference, Result, differences, drawn_of, frame, results_of
from mcost.errors import dotted
from mcost.nets import Sampler
from mcost.reported import Reported
from mcost.scenario import Scenario, load
from mcost.schema import Strategy

if TYPE_CHECKING:
    import pandas as pd

    from mcost.report.layout import Verdict

Source = str | Path | Mapping[str, Any] | Scenario

Kind = Literal["pilot", "give_up", "fallback", "wait", "error_growth_per_month", "ends_per_year"]


@dataclass(frozen=True)
class Choice:
    """Something that a scenario says and might leave out, and what that changes.

    key : where it is written, e.g. ``strategies.fine_tune.pilot``. strategy : whose it is, None for the
        workload's. results : candidate -> what is found with it. without : the same without it.
    worth : candidate -> with it minus without it.
    """

    key: str
    kind: Kind
    strategy: str | None
    results: Mapping[str, Result] = field(repr=False)
    without: Mapping[str, Result] = field(repr=False)
    worth: Mapping[str, Difference]


@dataclass(frozen=True)
class Worth(Reported):
    """What each choice of a scenario is worth, one by one. Printing it gives the report.

    scenario : whose choices they are; certain : whether nothing in it is uncertain.
    subjects : the candidates that the report speaks of. choices : each, with it against without it.
    draws : number of futures, the same ones with and without; seed : what they were drawn from;
    sampler : how.
    """

    scenario: Scenario
    certain: bool
    subjects: tuple[str, ...]
    choices: tuple[Choice, ...]
    draws: int
    seed: int
    sampler: Sampler

    def to_dict(self) -> dict[str, Any]:
        """The machine-readable worth of choices, as ``mcost compare --worth --json`` prints it."""
        return {
            **self.scenario.stamp(self.draws, self.seed),
            "choices": {choice.key: _choice_dict(choice) for choice in self.choices},
        }

    def to_frame(self) -> pd.DataFrame:
        """One row a choice and candidate: with it, without it, and the difference."""
        return frame(
            {
                (choice.key, name): choice.results[name].row("with_")
                | choice.without[name].row("without_")
                | worth.row(after="_worth")
                for choice in self.choices
                for name, worth in choice.worth.items()
            },
            ("choice", "candidate"),
        )

    def _report(self) -> Verdict:
        from mcost.report.comparison import worth

        return worth(self)


def worth(
    scenario: Source,
    draws: int = DRAWS,
    seed: int = 1,
    *,
    sampler: Sampler = "qmc",
    executor: Executor | None = None,
    chunk: int = 1,
    set: Sequence[str] = (),
) -> Worth:
    """What each choice in a scenario is worth to every candidate: with it against without it, one by one.

    A candidate's pilot, its giving up, its fallback other than the baseline, its waiting (without it, what
    it waits for starts at once) and the growth of its errors; the workload's chance to end.

    Parameters and errors are those of ``run``.
    """
    built = load(scenario, set=set)
    answer_of = partial(run, draws=draws, seed=seed, sampler=sampler, executor=executor, chunk=chunk)
    whole = answer_of(built)
    drawn, results = drawn_of(whole), results_of(whole)

    def choice(key: str, kind: Kind, owner: str | None, less: Scenario) -> Choice:
        answer = answer_of(less)
        found = differences(drawn, drawn_of(answer), answer)
        return Choice(key, kind, owner, results, results_of(answer), found)

    choices = tuple(choice(*left_out) for left_out in _left_out(built))
    return Worth(built, whole.certain, whole.subjects[::-1], choices, whole.draws, seed, sampler)


def _left_out(scenario: Scenario) -> Iterator[tuple[str, Kind, str | None, Scenario]]:
    """Each choice, whose it is, and the scenario without it.

    A built scenario is changed, not its file: so every input that is left keeps its name, and its draws.
    """
    for name in scenario.candidates:
        for key, kind, less in _strategies_without(scenario, scenario.strategies[name]):
            strategies = {**scenario.strategies, name: less}
            path = dotted(("strategies", name, *key))
            yield path, kind, name, scenario.model_copy(update={"strategies": strategies})
    if _happens(scenario.workload.ends_per_year):
        workload = scenario.workload.model_copy(update={"ends_per_year": None})
        less_workload = scenario.model_copy(update={"workload": workload})
        yield "workload.ends_per_year", "ends_per_year", None, less_workload


def _strategies_without(
    scenario: Scenario, strategy: Strategy
) -> Iterator[tuple[tuple[str, ...], Kind, Strategy]]:
    def less(**changed: Any) -> Strategy:
        return strategy.model_copy(update=changed)

    if strategy.pilot is not None:
        yield ("pilot",), "pilot", less(pilot=None)
    tuning = strategy.tuning
    if tuning is not None and tuning.give_up == "at_retrain":
        never = tuning.model_copy(update={"give_up": "never"})
        yield ("tuning", "give_up"), "give_up", less(tuning=never)
    if strategy.fallback is not None and strategy.fallback != scenario.baseline:
        yield ("fallback",), "fallback", less(fallback=None)
    if strategy.wait is not None:
        # All calls to the second from the start; what the waiting strategy costs by itself stays.
        yield ("wait",), "wait", less(wait=None, mix={strategy.wait.then: "rest"})
    if tuning is not None and _happens(tuning.error_growth_per_month):
        steady = tuning.model_copy(update={"error_growth_per_month": None})
        yield ("tuning", "error_growth_per_month"), "error_growth_per_month", less(tuning=steady)


def _happens(rate: Any) -> bool:
    return rate is not None and rate.law.support()[1] > 0


def _choice_dict(choice: Choice) -> dict[str, Any]:
    return {
        "strategy": choice.strategy,
        "candidates": {
            name: {
                "with": choice.results[name].to_dict(),
                "without": choice.without[name].to_dict(),
                "worth": worth.to_dict(),
            }
            for name, worth in choice.worth.items()
        },
    }
