"""``run --fill``: what a tuned strategy leaves out is the catalogue's prior, as if it were written so."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import mcost
from mcost.filling import filled

BARE: dict[str, Any] = {
    "title": "A tuned model, barely described",
    "baseline": "prompt",
    "horizon_months": 24,
    "workload": {"calls_per_month": "2M to 4M"},
    "strategies": {
        "prompt": {"price": {"input": 0.15}, "prompt_tokens": 3000},
        "tuned": {"price": {"input": 0.3}, "prompt_tokens": 500, "setup_hours": "20 to 40", "tuning": {}},
        "cheaper": {"price": {"input": 0.1}, "prompt_tokens": 3000},
    },
}
LEFT_OUT = {
    ("hourly_rate",): "engineering.hourly_rate_us",
    ("workload", "task_changes_per_year"): "retraining.task_changes",
    ("strategies", "tuned", "hours_per_month"): "engineering.hours_per_month",
    ("strategies", "tuned", "build_months"): "engineering.build_months",
    ("strategies", "tuned", "hours_per_task_change"): "engineering.tuned_hours_per_task_change",
    ("strategies", "tuned", "tuning", "relabelled_examples"): "labels.examples_again",
    ("strategies", "tuned", "tuning", "training_cost"): "training.run_cost",
    ("strategies", "tuned", "tuning", "retrain_every_months"): "retraining.interval_months",
    ("strategies", "tuned", "tuning", "drift_retrains_per_year"): "retraining.drift",
    ("strategies", "tuned", "tuning", "labelled_examples"): "labels.examples",
    ("strategies", "tuned", "tuning", "cost_per_label"): "labels.llm",
}


def written_out() -> dict[str, Any]:
    data = deepcopy(BARE)
    for (*tables, key), name in LEFT_OUT.items():
        table = data
        for part in tables:
            table = table[part]
        table[key] = {"prior": name}
    return data


def test_what_is_filled_in_is_what_would_be_written() -> None:
    whole, added = filled(mcost.load(BARE))
    assert {prior.name: prior.catalogued for prior in added} == {
        ".".join(path): name for path, name in LEFT_OUT.items()
    }
    found, expected = mcost.run(whole, draws=1000), mcost.run(written_out(), draws=1000)
    assert found.to_dict()["candidates"] == expected.to_dict()["candidates"]
    as_written = mcost.run(BARE, draws=1000).candidates["tuned"].pays_off.probability
    assert found.candidates["tuned"].pays_off.probability < as_written - 0.1


def test_what_is_said_stays_and_other_strategies_are_left_alone() -> None:
    before = mcost.load(BARE)
    whole, _ = filled(before)
    for name, prior in before.inputs.items():
        assert whole.inputs[name] == prior
    assert [name for name in whole.inputs if name.startswith("strategies.cheaper")] == [
        "strategies.cheaper.price.input",
        "strategies.cheaper.prompt_tokens",
    ]


def test_without_gaps_or_without_a_tuned_strategy_nothing_is_filled() -> None:
    untuned = deepcopy(BARE)
    del untuned["strategies"]["tuned"]
    for data in (written_out(), untuned):
        scenario = mcost.load(data)
        assert filled(scenario) == (scenario, ())


def test_the_chance_is_shown_both_ways(mcost: Callable[..., tuple[int, str, str]]) -> None:
    def say(*arguments: str) -> str:
        return mcost("run", "startup", "--draws", "1000", *arguments)[1]

    plain, both = json.loads(say("--json")), json.loads(say("--json", "--fill"))
    manifest = plain.pop("manifest")
    assert both["as_written"] == plain
    assert both["manifest"]["options"] == manifest["options"] | {"fill": True}
    assert both["filled"] == ["strategies.fine_tune.tuning.drift_retrains_per_year"]
    text = " ".join(say("--fill").split())
    percents = [
        f"{100 * answer['candidates']['fine_tune']['pays_off']['probability']:.0f}"
        for answer in (both, both["as_written"])
    ]
    assert text.startswith(
        "Filled From the catalogue: strategies.fine_tune.tuning.drift_retrains_per_year (weak). "
        f"Fine tune is ahead in {percents[0]} % of futures; as written, in {percents[1]} % of futures."
    )
