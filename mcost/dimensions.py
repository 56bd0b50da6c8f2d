"""Which dimension of Sobol's sequence each random quantity of a scenario takes.

A dimension follows from the name of a key and the place of its strategy in the file, so that adding, removing
or editing an input moves no other one's points, and neither does a strategy added at the end. What matters to
every strategy comes first, then key by key what mostly matters to one: the first dimensions fill their planes
best.
"""

from __future__ import annotations

from functools import lru_cache

FIRST_EVENTS = 2
"""Events of a process whose times are quasi-random; later ones are plain random numbers."""

BRIDGES = {"workload.task_changes_per_year": 8}
"""The same of the process that every strategy meets: how many events take their times from a bridge."""

COMPONENTS = 2
"""Principal components of the traffic's path that are quasi-random."""

Axis = tuple[str, str]
"""The key of an input, and which of its random quantities: ``"value"``, ``"arrivals 0"``, ``"success"`` …"""


def _axes(*keys: str, events: int = 0) -> tuple[Axis, ...]:
    arrivals = tuple((keys[0], f"arrivals {k}") for k in range(events))
    return (*((key, "value") for key in keys), *arrivals)


OF_ALL: tuple[Axis, ...] = (
    *_axes("workload.growth_per_month"),
    ("workload.volatility_per_month", "component 0"),
    *_axes("workload.task_changes_per_year", "workload.volatility_per_month", "hourly_rate"),
    *_axes("workload.calls_per_month"),
    ("workload.task_changes_per_year", "arrivals 0"),
)
"""What moves every strategy most."""

OF_A_STRATEGY: tuple[Axis, ...] = (
    *_axes("hours_per_task_change", "hours_per_month", "cache_hit"),
    ("success_probability", "success"),
    *_axes("setup_hours", "retry_rate", "prompt_tokens", "output_tokens"),
    *_axes("build_months", "success_probability", "tuning.retrain_every_months", "tuning.training_cost"),
    *_axes("tuning.drift_retrains_per_year", events=FIRST_EVENTS),
    *_axes("tuning.cost_per_label", "tuning.labelled_examples"),
    ("tuning.labelled_examples", "success"),
    *_axes("price_multiplier", "hosting.usd_per_hour", "hosting.calls_per_hour", "hosting.peak_to_mean"),
    *_axes("error_rate", "cost_per_error", "latency_seconds", "cost_per_second", "migration_hours"),
    *_axes("tuning.relabelled_examples", "tuning.retrain_hours", "tuning.error_growth_per_month"),
    *_axes("tuning.ends", "pilot.cost", "pilot.hours", "pilot.months", "cascade.escalation_rate"),
    *_axes("batch_share", "batch_discount", "days_per_task_change"),
)

OF_A_MODEL: tuple[Axis, ...] = (
    *_axes("price_changes_per_year", events=FIRST_EVENTS),
    *_axes("price_change_ratio", "retires_after_months", "market_decline_per_year"),
)

OF_ALL_TOO: tuple[Axis, ...] = (
    *(("workload.volatility_per_month", f"component {k}") for k in range(1, COMPONENTS)),
    *((name, f"arrivals {k}") for name, events in BRIDGES.items() for k in range(1, events)),
    *_axes("workload.input_tokens", "workload.output_tokens"),
    *_axes("workload.monthly_active_users", "workload.calls_per_user"),
    *_axes("workload.ends_per_year", events=1),
    *_axes("workload.max_calls_per_month", "workload.cost_per_day_behind", "discount_rate"),
)

STRATEGIES, MODELS = 7, 3
"""Places that have dimensions of their own; what comes later in a file takes axes drawn at random."""

_TOO = len(OF_ALL) + STRATEGIES * len(OF_A_STRATEGY)
_SHARED = {axis: k for k, axis in enumerate(OF_ALL)} | {axis: _TOO + k for k, axis in enumerate(OF_ALL_TOO)}
_STRATEGY = {axis: k for k, axis in enumerate(OF_A_STRATEGY)}
_MODEL = {axis: k for k, axis in enumerate(OF_A_MODEL)}

Places = tuple[tuple[str, int], ...]
"""``"strategies.NAME"`` and ``"models.NAME"``, and the place of each among its kind, from 0."""


@lru_cache(maxsize=4096)
def dimension(places: Places, name: str, purpose: str) -> int | None:
    """The dimension of one random quantity; None where it has none of its own.

    name : the input that governs it; purpose : which of its quantities.
    """
    if (name, purpose) in _SHARED:
        return _SHARED[name, purpose]
    owner, place = next((each for each in places if name.startswith(f"{each[0]}.")), ("", 0))
    if not owner:
        return None
    axis = name[len(owner) + 1 :], purpose
    if owner.startswith("models."):
        known, first, most = _MODEL, _TOO + len(OF_ALL_TOO), MODELS
    else:
        known, first, most = _STRATEGY, len(OF_ALL), STRATEGIES
    if axis not in known or place >= most:
        return None
    return first + most * known[axis] + place
