"""Keys that a scenario gives and that change nothing, for what they need is not there."""

from __future__ import annotations

from collections.abc import Iterator

from mcost.scenario import Scenario
from mcost.schema import Strategy, Tuning
from mcost.uncertain import Prior

Need = tuple[Prior | None, bool, str]
"""An input, whether what it needs is there, and what that is."""


def idle_keys(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Name and question of every input that does nothing in any strategy that has it."""
    found: dict[str, list[str]] = {}
    for needs in _needs(scenario):
        lacking: dict[str, str] = {}
        for prior, there, what in needs:
            if prior is not None and prior.law.support() != (0.0, 0.0):
                lacking[prior.name] = lacking.get(prior.name) or ("" if there else what)
        for name, what in lacking.items():
            found.setdefault(name, []).append(what)
    for name, lacks in found.items():
        if all(lacks):
            yield name, f"changes nothing: it needs {lacks[0]}"


def _needs(scenario: Scenario) -> Iterator[list[Need]]:
    """Of the workload, and of each strategy."""
    yield list(_of_workload(scenario))
    for strategy in scenario.strategies.values():
        yield [*_of_calls(strategy), *_of_events(scenario, strategy)]


def _of_workload(scenario: Scenario) -> Iterator[Need]:
    workload, strategies = scenario.workload, scenario.strategies.values()
    behind = any(strategy.days_per_task_change is not None for strategy in strategies)
    changed = behind or any(
        strategy.hours_per_task_change is not None
        or strategy.tuning is not None
        or any(cost.driver == "task_change" for cost in strategy.costs)
        for strategy in strategies
    )
    what = "hours_per_task_change or days_per_task_change of a strategy, or one that is tuned"
    yield workload.task_changes_per_year, changed, what
    yield workload.cost_per_day_behind, behind, "days_per_task_change of a strategy"


def _of_calls(strategy: Strategy) -> Iterator[Need]:
    growth = None if strategy.tuning is None else strategy.tuning.error_growth_per_month
    counted = strategy.cost_per_error is not None or any(cost.driver == "failure" for cost in strategy.costs)
    failing = any(each is not None for each in (strategy.error_rate, strategy.max_attempts, growth))
    yield strategy.cost_per_error, failing, "error_rate or max_attempts"
    yield strategy.error_rate, counted, "cost_per_error"
    yield growth, counted, "cost_per_error"
    yield strategy.cost_per_second, strategy.latency_seconds is not None, "latency_seconds"
    yield strategy.latency_seconds, strategy.cost_per_second is not None, "cost_per_second"
    yield strategy.batch_discount, strategy.batch_share is not None, "batch_share"


def _of_events(scenario: Scenario, strategy: Strategy) -> Iterator[Need]:
    workload, tuning = scenario.workload, strategy.tuning
    changes, lag = workload.task_changes_per_year is not None, workload.cost_per_day_behind is not None
    retires = _retires(scenario, strategy)
    yield strategy.hours_per_task_change, changes, "workload.task_changes_per_year"
    yield strategy.days_per_task_change, changes, "workload.task_changes_per_year"
    yield strategy.days_per_task_change, lag, "workload.cost_per_day_behind"
    if tuning is None:
        yield strategy.migration_hours, retires, "a model that retires within the horizon"
        return
    yield strategy.migration_hours, False, "a strategy that is not tuned: a tuned one is trained again"
    timed = tuning.retrain_every_months is not None or tuning.drift_retrains_per_year is not None
    yield from _of_tuning(tuning, timed or changes or retires, scenario.success_of(strategy))


def _of_tuning(tuning: Tuning, retrained: bool, success: Prior | None) -> Iterator[Need]:
    priced = tuning.cost_per_label is not None
    first, again = tuning.labelled_examples, tuning.relabelled_examples
    yield first, priced or success is first, "tuning.cost_per_label"
    yield again, priced, "tuning.cost_per_label"
    labelled = first is not None or again is not None
    yield tuning.cost_per_label, labelled, "tuning.labelled_examples or tuning.relabelled_examples"
    for prior in (tuning.retrain_hours, again):
        yield prior, retrained, "a retrain, by tuning.retrain_every_months for instance"


def _retires(scenario: Scenario, strategy: Strategy) -> bool:
    """Whether the strategy's model may retire within the horizon."""
    model = scenario.models.get(strategy.model or "")
    if model is not None and model.retires_after_months is not None:
        return True
    facts = scenario.facts.get(strategy.model or "")
    retires = None if facts is None else facts.retires
    return retires is not None and scenario.month_of(retires) <= scenario.horizon_months
