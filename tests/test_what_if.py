"""The same futures again: what is not set stays, and what is set is as if it had been written so."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

import mcost
from mcost.schema import AFRESH
from mcost.what_if import WhatIf

N = 300
# Events that are drawn afresh, a cap, a chance, a correlation: whatever hangs on more than one input.
SCENARIO: dict[str, Any] = {
    "title": "all kinds of inputs",
    "baseline": "prompt",
    "horizon_months": 18,
    "discount_rate": 0.08,
    "hourly_rate": "80 to 120",
    "workload": {
        "calls_per_month": "80_000 to 120_000",
        "growth_per_month": {"dist": "norm", "loc": 0.03, "scale": 0.015},
        "volatility_per_month": 0.08,
        "max_calls_per_month": "140_000 to 200_000",
        "output_tokens": "150 to 300",
        "task_changes_per_year": "1 to 4",
        "ends_per_year": "0.1 to 0.3",
    },
    "models": {
        "m": {
            "price": {"input": "0.4 to 0.6", "output": 2.0},
            "price_changes_per_year": "0.5 to 2",
            "price_change_ratio": "0.5 to 0.9",
            "retires_after_months": "8 to 30",
        }
    },
    "strategies": {
        "prompt": {
            "model": "m",
            "prompt_tokens": 3000,
            "retry_rate": "1% to 5%",
            "migration_hours": "4 to 12",
            "hours_per_task_change": "2 to 8",
        },
        "fine_tune": {
            "model": "m",
            "prompt_tokens": 500,
            "price_multiplier": "1.3 to 1.5",
            "setup_hours": "10 to 20",
            "build_months": "1 to 2",
            "success_probability": "60% to 90%",
            "tuning": {
                "training_cost": "100 to 200",
                "retrain_every_months": "3 to 8",
                "drift_retrains_per_year": "0.5 to 2",
            },
        },
    },
    "correlations": [
        {"between": ["workload.growth_per_month", "workload.task_changes_per_year"], "rank": 0.4}
    ],
}
INPUTS = tuple(mcost.load(SCENARIO).inputs)


@pytest.fixture(scope="module")
def what_if() -> WhatIf:
    return WhatIf(mcost.load(SCENARIO), "fine_tune", draws=N, seed=3)


def savings_of_a_run(scenario: Mapping[str, Any], *overrides: str) -> np.ndarray:
    return mcost.run(scenario, N, 3, set=overrides).candidates["fine_tune"].payoff.saving


def assert_same(found: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9 * np.abs(expected).mean())


def test_nothing_set_is_the_run_itself(what_if: WhatIf) -> None:
    assert_same(what_if.saving(), savings_of_a_run(SCENARIO))


@pytest.mark.parametrize("name", [name for name in INPUTS if name.rpartition(".")[2] not in AFRESH])
def test_an_input_set_to_what_was_drawn_changes_nothing(what_if: WhatIf, name: str) -> None:
    assert_same(what_if.saving({name: what_if.values(name)}), what_if.saving())


@pytest.mark.parametrize("name", INPUTS)
def test_an_input_set_to_a_value_is_a_run_with_that_value(what_if: WhatIf, name: str) -> None:
    value = float(what_if.scenario.inputs[name].law.ppf(np.array([0.7]))[0])
    uncorrelated = {key: table for key, table in SCENARIO.items() if key != "correlations"}
    if name in ("workload.growth_per_month", "workload.task_changes_per_year"):
        # A certain input is correlated with nothing: here the other one keeps its draws, there not.
        what_if = WhatIf(mcost.load(uncorrelated), "fine_tune", draws=N, seed=3)
        expected = savings_of_a_run(uncorrelated, f"{name}={value!r}")
    else:
        expected = savings_of_a_run(SCENARIO, f"{name}={value!r}")
    assert_same(what_if.saving({name: value}), expected)


def test_setting_one_input_leaves_the_next_question_alone(what_if: WhatIf) -> None:
    before = what_if.saving()
    what_if.saving({"workload.growth_per_month": 0.1, "workload.task_changes_per_year": 9.0})
    np.testing.assert_array_equal(what_if.saving(), before)
