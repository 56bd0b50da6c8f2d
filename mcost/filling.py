"""``run --fill``: the catalogue's prior for whatever a tuned strategy leaves out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mcost.catalogue import prior
from mcost.errors import dotted
from mcost.scenario import Scenario
from mcost.schema import Strategy, Tuning
from mcost.uncertain import Prior

STRATEGY = {
    "setup_hours": "engineering.setup_hours",
    "hours_per_month": "engineering.hours_per_month",
    "build_months": "engineering.build_months",
    "hours_per_task_change": "engineering.tuned_hours_per_task_change",
}
TUNING = {
    "training_cost": "training.run_cost",
    "retrain_every_months": "retraining.interval_months",
    "drift_retrains_per_year": "retraining.drift",
    "labelled_examples": "labels.examples",
    "relabelled_examples": "labels.examples_again",
    "cost_per_label": "labels.llm",
}
TOP = {"hourly_rate": "engineering.hourly_rate_us"}
WORKLOAD = {"task_changes_per_year": "retraining.task_changes"}


def filled(scenario: Scenario) -> tuple[Scenario, tuple[Prior, ...]]:
    """The scenario with every gap of its tuned strategies filled, and the priors that were put in.

    Filled are hours, upkeep, build time, training, retraining, labels, hourly rate and task changes; the
    chance to meet the bar then follows from the labelled examples, where no probability is given. The prices
    of a tuned model are its provider's, and are not guessed.
    """
    added: list[Prior] = []

    def gaps(table: Any, names: dict[str, str], path: tuple[str, ...]) -> dict[str, Prior]:
        found = {}
        for key, name in names.items():
            if getattr(table, key) is None:
                found[key] = replace(prior(name), name=dotted((*path, key)), catalogued=name)
                added.append(found[key])
        return found

    strategies: dict[str, Strategy] = {}
    for name, strategy in scenario.strategies.items():
        strategies[name] = strategy
        if strategy.tuning is not None:
            path = ("strategies", name)
            tuning: Tuning = strategy.tuning.model_copy(
                update=gaps(strategy.tuning, TUNING, (*path, "tuning"))
            )
            strategies[name] = strategy.model_copy(
                update={"tuning": tuning, **gaps(strategy, STRATEGY, path)}
            )
    if not added:
        return scenario, ()
    changed: dict[str, Any] = {"strategies": strategies, **gaps(scenario, TOP, ())}
    changed["workload"] = scenario.workload.model_copy(
        update=gaps(scenario.workload, WORKLOAD, ("workload",))
    )
    return scenario.with_changes(changed, added), tuple(added)
