"""``like``: what a strategy takes over from another, what it keeps of its own, and which inputs are one."""

from typing import Any

import pytest

from mcost.errors import Problem, ScenarioError
from mcost.like import Merged, merge_like
from mcost.scenario import Scenario

PROMPT: dict[str, Any] = {
    "price": {"input": 0.15, "cached": 0.075, "output": 0.60},
    "prompt_tokens": 3000,
    "cache_hit": "20% to 60%",
    "setup_hours": "4 to 12",
    "costs": [
        {"name": "licence", "driver": "month", "amount": 50},
        {"name": "review", "driver": "failure", "amount": 2},
    ],
}


def merged(**strategies: Any) -> dict[str, Any]:
    """The strategies with every ``like`` carried out, where nothing is wrong."""
    result = merge_like({"strategies": strategies})
    assert result.problems == []
    found: dict[str, Any] = result.data["strategies"]
    return found


def wrong(**strategies: Any) -> list[Problem]:
    return merge_like({"strategies": strategies}).problems


def scenario(**strategies: Any) -> Scenario:
    return Scenario(
        title="A case",
        baseline="prompt",
        horizon_months=12,
        workload={"calls_per_month": 1000},
        strategies={"prompt": PROMPT, **strategies},
    )


# --- what is taken over ------------------------------------------------------------------------------------


def test_a_copy_is_the_same_but_for_its_name() -> None:
    assert merged(prompt=PROMPT, copy={"like": "prompt"})["copy"] == PROMPT


def test_what_it_is_like_stays_as_it_was() -> None:
    found = merged(prompt=PROMPT, short={"like": "prompt", "prompt_tokens": 500})
    assert found["prompt"] == PROMPT
    assert found["short"] == {**PROMPT, "prompt_tokens": 500}


def test_the_data_itself_is_not_changed() -> None:
    strategies = {"prompt": PROMPT, "copy": {"like": "prompt", "price": {"input": 1}}}
    merge_like({"title": "A case", "strategies": strategies})
    assert strategies == {"prompt": PROMPT, "copy": {"like": "prompt", "price": {"input": 1}}}


def test_the_order_of_the_file_stays() -> None:
    found = merged(a={"like": "c"}, b={"price": {}}, c={"like": "b"})
    assert list(found) == ["a", "b", "c"]


def test_data_without_strategies_are_left_alone() -> None:
    for data in ({}, {"strategies": 3}, {"strategies": []}, {"strategies": {"prompt": 4}}):
        assert merge_like(data) == Merged(data)


def test_own_prices_replace_and_the_others_stay() -> None:
    found = merged(prompt=PROMPT, dear={"like": "prompt", "price": {"input": 0.30, "output": 1.20}})
    assert found["dear"]["price"] == {"input": 0.30, "cached": 0.075, "output": 1.20}


@pytest.mark.parametrize(
    ("own", "kept"),
    [
        ({"model": "large"}, {"model"}),
        ({"mix": {"prompt": "rest"}}, {"mix"}),
        ({"cascade": {"first": "a", "second": "b"}}, {"cascade"}),
        ({"price": {"input": 1}}, {"price"}),
        ({}, {"price"}),
    ],
)
def test_another_kind_of_strategy_drops_the_kind_it_is_like(own: dict[str, Any], kept: set[str]) -> None:
    found = merged(prompt=PROMPT, other={"like": "prompt", **own})["other"]
    assert {"model", "price", "mix", "cascade", "wait"} & found.keys() == kept
    assert found["prompt_tokens"] == 3000


@pytest.mark.parametrize("table", ["tuning", "hosting", "pilot", "wait", "cascade"])
def test_tables_of_a_strategy_are_merged_key_by_key(table: str) -> None:
    found = merged(a={table: {"x": 1, "y": 2}}, b={"like": "a", table: {"y": 3, "z": 4}})
    assert found["b"][table] == {"x": 1, "y": 3, "z": 4}


@pytest.mark.parametrize("value", ["20 to 40", {"low": 1, "high": 2}, {"dist": "expon"}])
def test_an_uncertain_value_is_replaced_whole(value: Any) -> None:
    found = merged(a={"setup_hours": {"low": 3, "high": 4, "min": 1}}, b={"like": "a", "setup_hours": value})
    assert found["b"]["setup_hours"] == value


def test_cost_lines_are_merged_by_name() -> None:
    dear = {"name": "licence", "driver": "month", "amount": 90}
    hosting = {"name": "hosting", "driver": "hour", "amount": 1.7}
    found = merged(prompt=PROMPT, other={"like": "prompt", "costs": [hosting, dear]})
    assert found["other"]["costs"] == [PROMPT["costs"][1], hosting, dear]


def test_no_cost_lines_of_its_own_leave_those_taken_over() -> None:
    assert merged(prompt=PROMPT, other={"like": "prompt", "costs": []})["other"]["costs"] == PROMPT["costs"]


def test_what_is_of_another_type_is_replaced_and_left_to_its_own_check() -> None:
    found = merged(prompt=PROMPT, a={"like": "prompt", "price": 3}, b={"like": "a", "price": {"input": 1}})
    assert found["a"]["price"] == 3
    assert found["b"]["price"] == {"input": 1}


# --- chains and circles ------------------------------------------------------------------------------------


def test_a_chain_takes_over_from_link_to_link() -> None:
    found = merged(
        last={"like": "middle", "retry_rate": 0.01},
        middle={"like": "first", "prompt_tokens": 800},
        first={"price": {"input": 1}, "prompt_tokens": 3000, "retry_rate": 0.05},
    )
    assert found["last"] == {"price": {"input": 1}, "prompt_tokens": 800, "retry_rate": 0.01}
    assert found["middle"] == {"price": {"input": 1}, "prompt_tokens": 800, "retry_rate": 0.05}


def test_a_chain_of_the_longest_length() -> None:
    chain = {f"s{i}": {"like": f"s{i + 1}"} for i in range(63)}
    assert merged(**chain, s63={"prompt_tokens": 5})["s0"] == {"prompt_tokens": 5}


@pytest.mark.parametrize(
    ("strategies", "place", "circle"),
    [
        ({"a": {"like": "a"}}, "a", "a → a"),
        ({"a": {"like": "b"}, "b": {"like": "a"}}, "b", "a → b → a"),
        ({"a": {"like": "b"}, "b": {"like": "c"}, "c": {"like": "b"}}, "c", "a → b → c → b"),
    ],
)
def test_a_circle_is_told_once_with_the_way_round(strategies: Any, place: str, circle: str) -> None:
    assert wrong(**strategies) == [
        Problem(("strategies", place, "like"), f"goes round in a circle: {circle}"),
    ]


def test_two_circles_are_told_both() -> None:
    found = wrong(a={"like": "b"}, b={"like": "a"}, c={"like": "d"}, d={"like": "c"})
    assert [problem.message for problem in found] == [
        "goes round in a circle: a → b → a",
        "goes round in a circle: c → d → c",
    ]


@pytest.mark.parametrize(
    ("like", "message"),
    [
        ("promt", 'found "promt"; no such strategy; did you mean prompt?'),
        ("x", 'found "x"; no such strategy; there are prompt, other'),
        (3, "found 3; no such strategy; there are prompt, other"),
        (["prompt"], 'found ["prompt"]; no such strategy; there are prompt, other'),
    ],
)
def test_a_like_that_leads_nowhere(like: Any, message: str) -> None:
    found = wrong(prompt=PROMPT, copy={"like": like}, other={"price": {}})
    assert found == [Problem(("strategies", "copy", "like"), message)]


def test_more_likes_than_strategies_are_allowed_is_a_mistake_like_any_other() -> None:
    chain = {f"s{i}": {"like": f"s{i + 1}"} for i in range(2000)}
    with pytest.raises(ScenarioError, match="found 2002 strategies; expected at most 64"):
        scenario(**chain, s2000={"like": "prompt"})


# --- which inputs are one ----------------------------------------------------------------------------------


def test_what_is_taken_over_is_the_same_input() -> None:
    found = scenario(copy={"like": "prompt"})
    assert list(found.inputs) == list(scenario().inputs)
    copy, prompt = found.strategies["copy"], found.strategies["prompt"]
    assert copy.setup_hours is prompt.setup_hours
    assert copy.price is not None
    assert prompt.price is not None
    assert copy.price.cached is prompt.price.cached
    assert copy.costs[0].amount is prompt.costs[0].amount


def test_what_is_written_again_is_another_input() -> None:
    # Equal text written twice is two inputs.
    found = scenario(copy={"like": "prompt", "setup_hours": "4 to 12", "price": {"output": 0.60}})
    assert set(found.inputs) - set(scenario().inputs) == {
        "strategies.copy.setup_hours",
        "strategies.copy.price.output",
    }
    price = found.strategies["copy"].price
    assert price is not None
    assert price.input.name == "strategies.prompt.price.input"


def test_cost_lines_taken_over_are_the_same_inputs() -> None:
    dear = {"name": "licence", "driver": "month", "amount": 90}
    found = scenario(copy={"like": "prompt", "costs": [dear]}).strategies["copy"].costs
    assert [(line.name, line.amount.name) for line in found] == [
        ("review", "strategies.prompt.costs.review"),
        ("licence", "strategies.copy.costs.licence"),
    ]


def test_an_input_is_named_by_the_link_of_the_chain_that_wrote_it() -> None:
    last = scenario(
        last={"like": "middle", "retry_rate": 0.01, "tuning": {"retrain_hours": 3}},
        middle={"like": "prompt", "prompt_tokens": 800, "tuning": {"training_cost": 100}},
    ).strategies["last"]
    written = {
        last.setup_hours: "strategies.prompt.setup_hours",
        last.prompt_tokens: "strategies.middle.prompt_tokens",
        last.retry_rate: "strategies.last.retry_rate",
        last.costs[1].amount: "strategies.prompt.costs.review",
    }
    assert last.tuning is not None
    written[last.tuning.training_cost] = "strategies.middle.tuning.training_cost"
    written[last.tuning.retrain_hours] = "strategies.last.tuning.retrain_hours"
    for prior, name in written.items():
        assert prior is not None
        assert prior.name == name


def test_a_name_with_dots_keeps_its_inputs_apart() -> None:
    found = scenario(**{"v1.5": {"like": "prompt", "retry_rate": 0.01}, "v1": {"price": {"input": 1}}})
    assert {name for name in found.inputs if "v1" in name} == {
        'strategies."v1.5".retry_rate',
        "strategies.v1.price.input",
    }


# --- mistakes are told where they were written -------------------------------------------------------------


def told(**strategies: Any) -> list[tuple[Any, ...]]:
    with pytest.raises(ScenarioError) as refused:
        scenario(**strategies)
    return [problem.path for problem in refused.value.problems]


def test_a_mistake_that_is_taken_over_is_told_once_at_its_source() -> None:
    assert told(
        first={"like": "prompt", "retry_rate": 2, "price": {"input": -1}},
        second={"like": "first"},
        third={"like": "second"},
    ) == [("strategies", "first", "price", "input"), ("strategies", "first", "retry_rate")]


def test_a_mistake_in_a_cost_line_is_told_at_its_own_row() -> None:
    row = {"name": "hosting", "driver": "month", "amount": -1}
    assert told(other={"like": "prompt", "costs": [row]}) == [("strategies", "other", "costs", 0, "amount")]


def test_a_mistake_in_a_cost_line_taken_over_is_told_at_its_source() -> None:
    first = {"name": "hosting", "driver": "month", "amount": -1}
    second = {"name": "storage", "driver": "month", "amount": 1}
    assert told(
        first={"like": "prompt", "costs": [first]},
        second={"like": "first", "costs": [second]},
    ) == [("strategies", "first", "costs", 0, "amount")]


def test_what_is_missing_only_in_the_copy_is_told_of_the_copy() -> None:
    # bare itself writes nothing, and so needs no price of output
    bare = {"price": {"input": 0.15}}
    assert told(bare=bare, talks={"like": "bare", "output_tokens": 50}) == [
        ("strategies", "talks", "output_tokens")
    ]
