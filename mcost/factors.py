"""What differs from one future to another: the uncertain inputs, and what chance makes of the events."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mcost.draws import Draws
from mcost.law import Array
from mcost.scenario import Scenario
from mcost.traffic import calls

MEETS_THE_BAR = "whether it meets the quality bar"
EVENTS = {
    "volatility_per_month": "traffic against its trend",
    "task_changes_per_year": "task changes that come",
    "drift_retrains_per_year": "drift retrains that come",
    "success_probability": MEETS_THE_BAR,
    "labelled_examples": MEETS_THE_BAR,
    "price_changes_per_year": "list price at the horizon, times that of month 1",
    "retires_after_months": "month in which the model first retires",
    "ends_per_year": "month in which the feature ends",
}
"""What a random event is told by, by the last word of the input that governs it."""


def uncertain_inputs(scenario: Scenario, draws: Draws) -> dict[str, Array]:
    """Every input that takes more than one value, by name: ndarray (n,), in its unit.

    What is drawn afresh at each event has no one value in a future, and is not among them.
    """
    return {name: values for name, values in draws.values.items() if not scenario.inputs[name].law.certain}


def random_events(scenario: Scenario, draws: Draws) -> dict[str, Array]:
    """One number a future for each random event, by the name of the input that governs it: ndarray (n,)."""
    return dict(_events(scenario, draws))


def _events(scenario: Scenario, draws: Draws) -> Iterator[tuple[str, Array]]:
    horizon = scenario.horizon_months
    volatility, ends = scenario.workload.volatility_per_month, scenario.workload.ends_per_year
    if volatility is not None:
        trend = _trend(scenario, draws)
        yield volatility.name, draws.calls.sum(axis=0) / np.where(trend > 0, trend, 1.0)
    for name, counts in draws.events.items():
        yield name, counts.sum(axis=0)
    for name, met in draws.success.items():
        yield name, met.astype(float)
    for model, path in draws.price_steps.items():
        yield f"models.{model}.price_changes_per_year", path[-1]
    for model, counts in draws.retirements.items():
        first = np.where(counts.any(axis=0), (counts > 0).argmax(axis=0), horizon + 1.0)
        yield f"models.{model}.retires_after_months", first
    if draws.end_month is not None and ends is not None:
        yield ends.name, np.minimum(draws.end_month, horizon + 1.0)


def _trend(scenario: Scenario, draws: Draws) -> Array:
    """Calls over the horizon without the noise: ndarray (n,)."""
    workload, values = scenario.workload, draws.values
    first = np.ones(draws.n)
    for prior in (workload.calls_per_month, workload.monthly_active_users, workload.calls_per_user):
        if prior is not None:
            first = first * values[prior.name]
    growth, cap = workload.growth_per_month, workload.max_calls_per_month
    path = calls(
        first,
        np.zeros(draws.n) if growth is None else values[growth.name],
        None,
        None,
        None if cap is None else values[cap.name],
        scenario.horizon_months,
    )
    return np.asarray(path.sum(axis=0))
