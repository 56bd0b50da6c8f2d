"""Keys that change nothing are questioned, and a key that is questioned changes nothing."""

from copy import deepcopy
from typing import Any

import pytest

import mcost
from mcost.doubts import doubts
from mcost.idle_keys import idle_keys

WHOLE: dict[str, Any] = {
    "title": "Everything is used",
    "baseline": "prompt",
    "horizon_months": 12,
    "hourly_rate": 60,
    "workload": {"calls_per_month": 1000, "task_changes_per_year": 3, "cost_per_day_behind": 10},
    "models": {"old": {"price": {"input": 1.0}, "retires_after_months": "2 to 9"}},
    "strategies": {
        "prompt": {
            "model": "old",
            "prompt_tokens": 1000,
            "error_rate": 0.1,
            "cost_per_error": 2,
            "latency_seconds": 1.5,
            "cost_per_second": 0.1,
            "batch_share": 0.5,
            "batch_discount": 0.4,
            "hours_per_task_change": 2,
            "days_per_task_change": 1,
            "migration_hours": 5,
        },
        "tuned": {
            "price": {"input": 2.0},
            "prompt_tokens": 100,
            "error_rate": 0.05,
            "cost_per_error": 2,
            "tuning": {
                "training_cost": 100,
                "retrain_every_months": 3,
                "retrain_hours": 1,
                "labelled_examples": 100,
                "relabelled_examples": 10,
                "cost_per_label": 0.5,
                "error_growth_per_month": 0.01,
            },
        },
    },
}


def without(*paths: str, **added: Any) -> dict[str, Any]:
    """The whole plan without some keys; ``added`` : path with ``__`` -> value."""
    data = deepcopy(WHOLE)
    for path in paths:
        *tables, key = path.split(".")
        at = data
        for name in tables:
            at = at[name]
        del at[key]
    for path, value in added.items():
        *tables, key = path.split("__")
        at = data
        for name in tables:
            at = at.setdefault(name, {})
        at[key] = value
    return data


def test_what_is_used_is_not_questioned() -> None:
    assert list(idle_keys(mcost.load(WHOLE))) == []


P, T, W = "strategies.prompt.", "strategies.tuned.", "workload."

IDLE = [
    ((P + "error_rate",), P + "cost_per_error", "error_rate or max_attempts"),
    ((P + "cost_per_error",), P + "error_rate", "cost_per_error"),
    ((P + "latency_seconds",), P + "cost_per_second", "latency_seconds"),
    ((P + "cost_per_second",), P + "latency_seconds", "cost_per_second"),
    ((P + "batch_share",), P + "batch_discount", "batch_share"),
    ((P + "days_per_task_change",), W + "cost_per_day_behind", "days_per_task_change of a strategy"),
    ((W + "cost_per_day_behind",), P + "days_per_task_change", "workload.cost_per_day_behind"),
    (
        (W + "task_changes_per_year",),
        P + "hours_per_task_change",
        "workload.task_changes_per_year",
    ),
    ((T + "tuning.cost_per_label",), T + "tuning.relabelled_examples", "tuning.cost_per_label"),
    (
        (T + "tuning.labelled_examples", T + "tuning.relabelled_examples"),
        T + "tuning.cost_per_label",
        "tuning.labelled_examples or tuning.relabelled_examples",
    ),
    ((T + "cost_per_error",), T + "tuning.error_growth_per_month", "cost_per_error"),
    (
        (T + "tuning.retrain_every_months", W + "task_changes_per_year"),
        T + "tuning.retrain_hours",
        "a retrain, by tuning.retrain_every_months for instance",
    ),
    (("models.old.retires_after_months",), P + "migration_hours", "a model that retires within the horizon"),
    (
        (P + "hours_per_task_change", P + "days_per_task_change", "strategies.tuned"),
        W + "task_changes_per_year",
        "hours_per_task_change or days_per_task_change of a strategy, or one that is tuned",
    ),
]


@pytest.mark.parametrize(("gone", "idle", "needs"), IDLE, ids=[idle for _, idle, _ in IDLE])
def test_what_is_questioned_does_nothing(gone: tuple[str, ...], idle: str, needs: str) -> None:
    scenario = mcost.load(without(*gone))
    found = dict(idle_keys(scenario))
    assert found[idle] == f"changes nothing: it needs {needs}"
    assert any((doubt.about, doubt.question) == (idle, found[idle]) for doubt in doubts(scenario))
    # and so it is: without it, and with another value, every number stays
    told = answer(scenario)
    for name in found:
        assert answer(mcost.load(without(*gone, name))) == told, name
        assert answer(mcost.load(without(*gone), set=[f"{name}=0.77"])) == told, name


def answer(scenario: mcost.Scenario) -> dict[str, Any]:
    """All that is said of money and chances; a line of cost that is always 0 may be there or not."""
    told = mcost.run(scenario, draws=256).to_dict()
    costs = {name: cost["cost_usd"] for name, cost in told["strategies"].items()}
    return {"candidates": told["candidates"], "costs": costs, "evpi": told["evpi_usd"]}


def test_there_is_another_way_for_failures_to_be_of_use() -> None:
    rework = [{"name": "rework", "driver": "failure", "amount": 3}]
    assert not list(idle_keys(mcost.load(without(P + "cost_per_error", strategies__prompt__costs=rework))))
    given_up = {"strategies__prompt__max_attempts": 2, "strategies__prompt__retry_rate": 0.5}
    assert not list(idle_keys(mcost.load(without(P + "error_rate", **given_up))))


def test_a_key_that_is_taken_over_is_of_use_where_one_strategy_uses_it() -> None:
    rival = {"like": "prompt", "price": {"input": 3.0}}
    data = without(P + "latency_seconds", strategies__rival=rival | {"latency_seconds": 3})
    assert list(idle_keys(mcost.load(data))) == []
    del data["strategies"]["rival"]["latency_seconds"]
    assert [name for name, _ in idle_keys(mcost.load(data))] == [P + "cost_per_second"]


def test_a_cost_of_nothing_is_not_questioned() -> None:
    data = without(P + "error_rate", strategies__prompt__cost_per_error=0)
    assert list(idle_keys(mcost.load(data))) == []


def test_a_tuned_strategy_does_not_migrate() -> None:
    found = dict(idle_keys(mcost.load(without(strategies__tuned__migration_hours=4))))
    assert found == {
        T + "migration_hours": "changes nothing: it needs a strategy that is not tuned: "
        "a tuned one is trained again"
    }


def test_labels_without_a_price_decide_success_where_nothing_else_says_it() -> None:
    unpriced = (T + "tuning.cost_per_label",)
    labelled = T + "tuning.labelled_examples"
    assert labelled not in dict(idle_keys(mcost.load(without(*unpriced))))
    said = mcost.load(without(*unpriced, strategies__tuned__success_probability=0.8))
    assert dict(idle_keys(said))[labelled] == "changes nothing: it needs tuning.cost_per_label"
