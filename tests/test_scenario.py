"""Reading a scenario: from keywords, a dict or a file; overrides; and that junk raises a McostError only."""

import copy
import datetime
import hashlib
import json
import pickle
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from random_scenarios import random_scenario
from scipy import stats

import mcost
from mcost import schema
from mcost.errors import McostError, ScenarioError
from mcost.scenario import Scenario, load

repeatable = settings(
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def case(**fine_tune: Any) -> dict[str, Any]:
    """A valid scenario; settings of the candidate by keyword."""
    return {
        "title": "A case",
        "baseline": "prompt",
        "horizon_months": 12,
        "hourly_rate": "55 to 144",
        "workload": {"calls_per_month": "80_000 to 120_000"},
        "strategies": {
            "prompt": {"price": {"input": 0.15, "output": 0.6}, "prompt_tokens": 3000},
            "fine_tune": {
                "price": {"input": 0.3, "output": 1.2},
                "prompt_tokens": 500,
                "costs": [{"name": "hosting", "driver": "month", "amount": "1_100 to 1_400"}],
                **fine_tune,
            },
        },
    }


def toml(value: Any) -> str:
    """A value as TOML; tables inside values are inline."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, str):
        return json.dumps(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def file_of(data: dict[str, Any]) -> str:
    return "".join(f"{json.dumps(key)} = {toml(value)}\n" for key, value in data.items())


def told(source: Any, **more: Any) -> str:
    with pytest.raises(McostError) as refused:
        load(source, **more)
    return str(refused.value)


# --- one scenario, three ways to say it --------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(25))
def test_keywords_a_dict_and_a_file_agree(seed: int, tmp_path: Path) -> None:
    data = random_scenario(seed)
    (tmp_path / "case.toml").write_text(file_of(data), encoding="utf-8")
    by_keywords, by_dict, by_file = Scenario(**data), load(data), load(tmp_path / "case.toml")
    assert by_dict == by_keywords
    assert dict(by_file.inputs) == dict(by_dict.inputs)
    assert by_file.model_dump() == by_dict.model_dump()
    assert by_dict.sha256 == by_keywords.sha256
    assert (by_dict.file, by_file.file) == (None, "case.toml")


def test_a_scenario_is_loaded_as_itself() -> None:
    scenario = Scenario(**case())
    assert load(scenario) is scenario


def test_a_shipped_scenario_is_found_by_its_name() -> None:
    assert load("contested").file == "contested.toml"
    assert load("contested.toml").sha256 == load("contested").sha256


def test_a_file_goes_before_a_shipped_scenario_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "contested.toml").write_text(file_of(case()), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert load("contested.toml").title == "A case"


def test_either_end_of_line_and_a_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    text = file_of(case())
    (tmp_path / "unix.toml").write_bytes(text.encode())
    (tmp_path / "windows.toml").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    unix, windows = load(tmp_path / "unix.toml"), load(tmp_path / "windows.toml")
    assert windows.sha256 == unix.sha256
    assert dict(windows.inputs) == dict(unix.inputs)


# --- names -------------------------------------------------------------------------------------------------


def test_every_input_has_the_path_at_which_it_is_written() -> None:
    scenario = load(case(tuning={"training_cost": 1500}, setup_hours="20 to 40"))
    assert set(scenario.inputs) == {
        "hourly_rate",
        "workload.calls_per_month",
        "strategies.prompt.price.input",
        "strategies.prompt.price.output",
        "strategies.prompt.prompt_tokens",
        "strategies.fine_tune.price.input",
        "strategies.fine_tune.price.output",
        "strategies.fine_tune.prompt_tokens",
        "strategies.fine_tune.costs.hosting",
        "strategies.fine_tune.tuning.training_cost",
        "strategies.fine_tune.setup_hours",
    }
    assert all(prior.name == name for name, prior in scenario.inputs.items())
    assert scenario.strategies["fine_tune"].costs[0].amount.name == "strategies.fine_tune.costs.hosting"


def test_a_prior_of_the_catalogue_is_named_by_its_place_and_keeps_its_source() -> None:
    prior = load(case(setup_hours={"prior": "engineering.setup_hours"})).inputs[
        "strategies.fine_tune.setup_hours"
    ]
    assert prior.catalogued == "engineering.setup_hours"
    assert prior.source == "The article this project starts from: 20 to 40 hours"
    assert (prior.grade, prior.unit) == ("elicited", "hours")


def test_a_prior_in_another_unit_is_refused() -> None:
    message = told(case(build_months={"prior": "engineering.setup_hours"}))  # hours, not months
    assert "strategies.fine_tune.build_months" in message
    assert "engineering.setup_hours" in message


def test_candidates_are_all_but_the_baseline() -> None:
    data = case()
    data["strategies"]["copy"] = {"like": "prompt"}
    assert load(data).candidates == ("fine_tune", "copy")
    assert load({**data, "baseline": "copy"}).candidates == ("prompt", "fine_tune")


@pytest.mark.parametrize(
    ("day", "month"),
    [("2026-12-01", 1), ("2026-12-31", 1), ("2027-01-01", 2), ("2028-11-30", 24), ("2026-11-30", 0)],
)
def test_a_date_falls_in_a_month_counted_from_start(day: str, month: int) -> None:
    # 12 Δyear + Δmonth + 1
    scenario = load({**case(), "start": datetime.date(2026, 12, 1)})
    assert scenario.month_of(datetime.date.fromisoformat(day)) == month


@pytest.mark.parametrize("credibility", [0.5, 0.8, 0.95])
def test_the_credibility_of_a_scenario_is_that_of_its_intervals(credibility: float) -> None:
    data = {**case(setup_hours={"low": 20, "high": 40, "credibility": 0.9}), "credibility": credibility}
    inputs = load(data).inputs
    ends = [(1 - credibility) / 2, (1 + credibility) / 2]
    assert inputs["hourly_rate"].distribution.ppf(ends) == pytest.approx([55, 144], rel=1e-12)
    own = inputs["strategies.fine_tune.setup_hours"].distribution
    assert own.ppf([0.05, 0.95]) == pytest.approx([20, 40], rel=1e-12)


# --- nothing changes a scenario ----------------------------------------------------------------------------


CHANGES: dict[str, Callable[[Any], Any]] = {
    "a value": lambda s: setattr(s, "horizon_months", 24),
    "a value of a table": lambda s: setattr(s.workload, "calls_per_month", None),
    "a value of a strategy": lambda s: setattr(s.strategies["prompt"], "retry_rate", None),
    "a new attribute": lambda s: setattr(s, "more", 1),
    "an input": lambda s: s.inputs.__setitem__("hourly_rate", None),
    "the name of an input": lambda s: setattr(s.inputs["hourly_rate"], "name", "x"),
    "a strategy": lambda s: s.strategies.__setitem__("other", s.strategies["prompt"]),
    "no strategy": lambda s: s.strategies.clear(),
    "an expectation": lambda s: s.expect.pays_off.__setitem__("fine_tune", (0, 1)),
    "the hash": lambda s: setattr(s, "sha256", ""),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_scenario_cannot_be_changed(change: str) -> None:
    scenario = load({**case(), "expect": {"pays_off": {"fine_tune": [0.1, 0.2]}}})
    with pytest.raises((ValidationError, TypeError, AttributeError)):
        CHANGES[change](scenario)


def test_the_data_it_was_read_from_stay_as_they_were_and_apart() -> None:
    data, same = case(), case()
    scenario = load(data, set=["strategies.fine_tune.costs.hosting=7", "workload.input_tokens=5"])
    assert data == same
    data["strategies"]["fine_tune"]["costs"][0]["amount"] = 9
    data["strategies"].clear()
    assert scenario.candidates == ("fine_tune",)
    assert scenario.inputs["strategies.fine_tune.costs.hosting"].distribution.mean() == 7


def test_a_scenario_can_be_copied_and_sent_to_another_process() -> None:
    scenario = load(case(setup_hours={"low": 20, "high": 40, "max": 60}))
    mcost.run(scenario, draws=16)
    for again in (copy.deepcopy(scenario), pickle.loads(pickle.dumps(scenario))):
        assert again == scenario
        assert dict(again.inputs) == dict(scenario.inputs)
        assert again.sha256 == scenario.sha256


# --- sha256 ------------------------------------------------------------------------------------------------


def test_the_hash_of_a_file_is_that_of_its_text(tmp_path: Path) -> None:
    text = "# é\n" + file_of(case())
    (tmp_path / "case.toml").write_text(text, encoding="utf-8", newline="")
    scenario = load(tmp_path / "case.toml")
    assert scenario.sha256 == hashlib.sha256(text.encode()).hexdigest()
    (tmp_path / "again.toml").write_text(text, encoding="utf-8", newline="")
    assert load(tmp_path / "again.toml").sha256 == scenario.sha256
    changed = load(tmp_path / "case.toml", set=["horizon_months=13"])
    assert changed.sha256 not in (
        scenario.sha256,
        load(tmp_path / "case.toml", set=["horizon_months=14"]).sha256,
    )
    assert load(tmp_path / "case.toml", set=["horizon_months=13"]).sha256 == changed.sha256


def test_the_hash_of_data_is_that_of_their_contents() -> None:
    data = case()
    assert load(data).sha256 == load(copy.deepcopy(data)).sha256 == Scenario(**data).sha256
    turned = {key: data[key] for key in reversed(data)}
    assert load(turned).sha256 == load(data).sha256
    assert load({**data, "horizon_months": 13}).sha256 != load(data).sha256
    assert load(data, set=["horizon_months=13"]).sha256 == load({**data, "horizon_months": 13}).sha256


def test_the_hash_of_data_with_distributions_does_not_change_from_run_to_run() -> None:
    first, second = (load(case(setup_hours=stats.gamma(a=2, scale=3))).sha256 for _ in range(2))
    assert first == second
    assert load(case(setup_hours=stats.gamma(a=2, scale=4))).sha256 != first


def test_the_hash_is_the_same_in_another_process() -> None:
    code = "import json, sys; from mcost.scenario import load; print(load(json.load(sys.stdin)).sha256)"
    done = subprocess.run(
        [sys.executable, "-c", code], input=json.dumps(case()), capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == load(case()).sha256


# --- overrides ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("override", "name", "mean"),
    [
        ("workload.calls_per_month=2_000_000", "workload.calls_per_month", 2e6),
        ("workload.calls_per_month = 2M ", "workload.calls_per_month", 2e6),
        ('workload.calls_per_month="2M"', "workload.calls_per_month", 2e6),
        (
            "workload.calls_per_month={ dist = 'uniform', loc = 1, scale = 2 }",
            "workload.calls_per_month",
            # 1 + 2/2
            2,
        ),
        ("strategies.prompt.price.input=0.25", "strategies.prompt.price.input", 0.25),
        ("strategies.prompt.retry_rate=25%", "strategies.prompt.retry_rate", 0.25),
        (
            "strategies.fine_tune.tuning.training_cost=$1.5k",
            "strategies.fine_tune.tuning.training_cost",
            1500,
        ),
        ("strategies.fine_tune.costs.hosting=900", "strategies.fine_tune.costs.hosting", 900),
        ("hourly_rate=0", "hourly_rate", 0),
        ('"hourly_rate"=0', "hourly_rate", 0),
        ("strategies.'prompt'.prompt_tokens=12", "strategies.prompt.prompt_tokens", 12),
    ],
)
def test_an_override_sets_one_input(override: str, name: str, mean: float) -> None:
    changed, original = load(case(), set=[override]).inputs, load(case()).inputs
    assert changed[name].distribution.mean() == pytest.approx(mean, rel=1e-12)
    assert {key: value for key, value in changed.items() if key != name} == {
        key: value for key, value in original.items() if key != name
    }


def test_an_override_may_hold_text_that_is_no_toml() -> None:
    calls = load(case(), set=["workload.calls_per_month=2M to 4M"]).inputs["workload.calls_per_month"]
    assert calls.distribution.ppf([0.05, 0.95]) == pytest.approx([2e6, 4e6], rel=1e-12)
    assert load(case(), set=["title=a = b"]).title == "a = b"


def test_the_last_override_holds() -> None:
    assert load(case(), set=["horizon_months=24", "horizon_months=36"]).horizon_months == 36


def test_overrides_of_names_with_dots_and_spaces() -> None:
    data = case(costs=[{"name": "a b.c", "driver": "month", "amount": 3}])
    data["strategies"]["v1.5 small"] = {"like": "prompt"}
    changed = load(
        data,
        set=['strategies."v1.5 small".prompt_tokens=7', "strategies.fine_tune.costs.'a b.c'=8"],
    ).inputs
    assert changed['strategies."v1.5 small".prompt_tokens'].distribution.mean() == 7
    assert changed['strategies.fine_tune.costs."a b.c"'].distribution.mean() == 8


def test_overrides_may_add_tables_and_strategies() -> None:
    scenario = load(
        case(),
        set=[
            "strategies.short.like=prompt",
            "strategies.short.prompt_tokens=800",
            "strategies.short.price.input=0.1",
            "strategies.fine_tune.pilot.cost=$2k",
            "expect.recommended=short",
        ],
    )
    assert scenario.candidates == ("fine_tune", "short")
    assert scenario.inputs["strategies.fine_tune.pilot.cost"].distribution.mean() == 2000
    assert scenario.expect is not None
    assert scenario.expect.recommended == "short"


def test_an_override_of_a_cost_taken_over_gives_the_copy_its_own() -> None:
    data = case()
    data["strategies"]["lora"] = {"like": "fine_tune"}
    scenario = load(data, set=["strategies.lora.costs.hosting=7"])
    amounts = {name: scenario.strategies[name].costs[0].amount for name in ("fine_tune", "lora")}
    assert amounts["lora"].distribution.mean() == 7
    assert amounts["fine_tune"].name == "strategies.fine_tune.costs.hosting"
    assert amounts["fine_tune"].distribution.mean() > 1000


def test_a_scenario_that_is_built_takes_no_overrides() -> None:
    assert told(load(case()), set=["horizon_months=3"]) == (
        "overrides need the file or the dict of a scenario, not one that is built already"
    )


@pytest.mark.parametrize(
    ("override", "message"),
    [
        (
            "baseline=prmpt",
            '--set baseline=prmpt: baseline: found "prmpt"; expected the name of a strategy; '
            "did you mean prompt?",
        ),
        (
            "strategies.fine_tune.costs.hostin=3",
            '--set strategies.fine_tune.costs.hostin=3: no cost line "hostin"; did you mean hosting?',
        ),
        ("horizon_months.x=3", "--set horizon_months.x=3: horizon_months holds no keys"),
        ("[title]=3", '--set [title]=3: found key "[title]"; expected names joined by dots'),
        ("#title=3", '--set #title=3: found key "#title"; expected names joined by dots'),
        ("title", "--set title: expected key=value, such as workload.calls_per_month=2_000_000"),
    ],
)
def test_a_wrong_override_is_told_as_such(override: str, message: str) -> None:
    assert told(case(), set=[override]) == message


# --- values from Python ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "frozen",
    [
        stats.gamma(a=2, scale=3),
        stats.gamma(2, 1, 3),
        stats.lognorm(0.2, scale=28),
        stats.poisson(3),
        stats.binom(5, 0.4, loc=1),
        stats.triang(0.5, loc=20, scale=20),
    ],
    ids=lambda frozen: frozen.dist.name,
)
def test_a_frozen_scipy_distribution_is_a_value(frozen: Any) -> None:
    found = load(case(setup_hours=frozen)).inputs["strategies.fine_tune.setup_hours"]
    u = [0.05, 0.3, 0.5, 0.95]
    assert found.distribution.ppf(u) == pytest.approx(frozen.ppf(u), rel=1e-12)
    assert found.law.mean() == pytest.approx(frozen.mean(), rel=1e-12)


@pytest.mark.parametrize(
    "value",
    ["20 to 40", 5, {"low": 20, "high": 40, "max": 60}, {"dist": "poisson", "mu": 3, "min": 1, "max": 9}],
    ids=str,
)
def test_what_mcost_uncertain_gives_is_a_value(value: Any) -> None:
    frozen = mcost.Prior(
        "x", "hours", "positive", load(case(setup_hours=value)).inputs[HOURS].law
    ).distribution
    found = load(case(setup_hours=frozen)).inputs[HOURS]
    u = [0.05, 0.3, 0.5, 0.95]
    assert found.distribution.ppf(u) == pytest.approx(frozen.ppf(u), rel=1e-12)


HOURS = "strategies.fine_tune.setup_hours"


@pytest.mark.parametrize(
    "frozen",
    [
        stats.norm(30, 10),  # below 0
        stats.pareto(1),  # infinite mean
        stats.norm(30, -1),  # no distribution: SciPy's own says nan to everything
        stats.lognorm(-1),
        stats.gamma(-1),
        stats.gamma(float("nan")),
        stats.uniform(0, float("inf")),
        stats.norm([10, 20], 1),  # two distributions
        stats.rv_discrete(values=([1, 2], [0.5, 0.5]))(),
        stats.expon,  # not frozen
    ],
)
def test_a_distribution_that_cannot_be_meant_is_refused(frozen: Any) -> None:
    assert told(case(setup_hours=frozen)).startswith(f"{HOURS}: ")


def test_numbers_of_numpy_are_numbers() -> None:
    import numpy as np

    for number in (np.float64(5), np.float32(5), np.int64(5)):
        assert load(case(setup_hours=number)).inputs[HOURS].distribution.mean() == 5


@pytest.mark.parametrize(
    "workload", [{"calls_per_month": None}, {"monthly_active_users": 5, "calls_per_user": None}]
)
def test_none_is_no_volume(workload: Any) -> None:
    told({**case(), "workload": workload})


# --- limits ------------------------------------------------------------------------------------------------


def test_what_is_no_source_is_told_what_one_is() -> None:
    sources = "a scenario's file, the name of a shipped one, or a dict of its keys"
    for wrong, shown in ((None, "None"), (5, "5"), ([1], "[1]"), (b"x", "b'x'")):
        for call in (load, mcost.run):
            with pytest.raises(McostError) as refused:
                call(wrong)
            assert str(refused.value).startswith(f"found {shown}; expected {sources}"), wrong
    with pytest.raises(McostError) as refused:
        Scenario({"title": "A case"})
    assert str(refused.value) == (
        f'found {{ title = "A case" }} in place of keywords; use mcost.load for {sources}'
    )


@pytest.mark.parametrize(
    ("retry_rate", "finite"),
    [
        # E[1 / (1 - X)] = (a + b - 1) / (b - 1) of a beta law, for b > 1
        ({"dist": "beta", "a": 3, "b": 1.05}, True),
        ({"dist": "beta", "a": 3, "b": 1}, False),
        ({"dist": "beta", "a": 3, "b": 0.9}, False),
        ({"dist": "uniform"}, False),
        ({"dist": "uniform", "scale": 0.99}, True),
        ({"dist": "uniform", "max": 0.99}, True),
        # 1 + exp(sigma^2/2 - mu) of any logit-normal law
        ("1% to 99%", True),
        ({"p10": 0.5, "p50": 0.6, "p90": 0.7}, True),
        ({"p10": 0.5, "p50": 0.9, "p90": 0.99}, False),  # 1 - X goes as (1 - u)^1.09 at u = 1
        ({"mixture": ["1% to 5%", {"dist": "uniform"}], "weights": [0.99, 0.01]}, False),
        ({"choice": [0.1, 0.9999999999]}, True),
        (0.9999999999, True),
    ],
)
def test_retries_need_a_finite_expected_number_or_an_end(retry_rate: Any, finite: bool) -> None:
    assert load(case(retry_rate=retry_rate, max_attempts=3))
    if finite:
        assert load(case(retry_rate=retry_rate))
        return
    with pytest.raises(ScenarioError, match=r"the mean of 1 / \(1 - retry_rate\) is not finite") as refused:
        load(case(retry_rate=retry_rate))
    (problem,) = refused.value.problems
    assert problem.path == ("strategies", "fine_tune", "retry_rate")


def test_a_mistake_that_like_takes_over_is_told_once() -> None:
    """Of what only the whole scenario shows: a model that has retired, retries without an end."""
    data = case(retry_rate={"dist": "uniform"})
    data["strategies"]["copy"] = {"like": "fine_tune", "setup_hours": 3}
    with pytest.raises(ScenarioError) as refused:
        load(data)
    assert [problem.path for problem in refused.value.problems] == [("strategies", "fine_tune", "retry_rate")]
    data = case() | {"start": datetime.date(2027, 2, 1)}
    data["strategies"]["prompt"] = {"model": "openai/gpt-4o-mini", "prompt_tokens": 3000}
    data["strategies"]["copy"] = {"like": "prompt", "setup_hours": 3}
    with pytest.raises(ScenarioError) as refused:
        load(data)
    assert [problem.path for problem in refused.value.problems] == [("strategies", "prompt", "model")]


@pytest.mark.parametrize(
    ("size", "price"),
    [
        ({"samples": [200_000, 300_000]}, 0.10),
        ({"samples": [290_000, 300_000]}, 0.20),  # longer than 272,000 tokens on average
        ({"samples": "usage.csv", "column": "tokens"}, 0.20),
        ({"mixture": [{"prior": "tokens.input"}, 900_000], "weights": [0.5, 0.5]}, 0.20),
        # the mean of 100,000 to 510,000, exp(mu + sigma^2/2), is 255,400 at 90 % and 276,500 at 80 %
        ("100_000 to 510_000", 0.20),
    ],
)
def test_the_price_is_that_of_the_size_of_a_request_in_any_notation(
    size: Any, price: float, tmp_path: Path
) -> None:
    (tmp_path / "usage.csv").write_text("tokens\n290000\n300000\n", encoding="utf-8")
    prompt = {"model": "openai/gpt-6-luna", "prompt_tokens": size}
    data = {**case(), "credibility": 0.8, "strategies": {"prompt": prompt}}
    scenario = Scenario(tmp_path, **data)
    assert scenario.inputs['models."openai/gpt-6-luna".price.input'].law.mean() == price


@pytest.mark.parametrize("order", [("prompt", "long"), ("long", "prompt")])
def test_the_price_of_a_model_is_that_of_the_largest_of_its_requests(order: tuple[str, str]) -> None:
    sizes = {"prompt": 3000, "long": 300_000}
    strategies = {name: {"model": "openai/gpt-6-luna", "prompt_tokens": sizes[name]} for name in order}
    scenario = load({**case(), "strategies": strategies})
    assert scenario.inputs['models."openai/gpt-6-luna".price.input'].law.mean() == 0.20


def test_the_limits_of_a_scenario() -> None:
    def with_copies(n: int) -> dict[str, Any]:
        data = case()
        data["strategies"] |= {f"copy_{i}": {"like": "prompt"} for i in range(n)}
        return data

    assert len(load(with_copies(62)).strategies) == 64
    assert told(with_copies(63)) == "strategies: found 65 strategies; expected at most 64"
    assert load({**case(), "horizon_months": 600}).horizon_months == 600
    assert told({**case(), "horizon_months": 601}) == (
        "horizon_months: found 601; expected a whole number of months from 1 to 600"
    )


def test_the_limit_of_inputs() -> None:
    def with_costs(n: int) -> dict[str, Any]:
        return case(costs=[{"name": f"cost {i}", "driver": "month", "amount": i} for i in range(n)])

    # 8 others: hourly rate, calls, two prices and the prompt of either strategy
    assert len(load(with_costs(492)).inputs) == 500
    assert told(with_costs(493)) == "found 501 inputs; expected at most 500"


def test_every_mistake_is_told_at_once() -> None:
    data = {**case(retry_rate=1, setup_hours="5 to 2"), "title": " ", "baseline": "x", "extra": 1}
    with pytest.raises(ScenarioError) as refused:
        load(data)
    assert {problem.path for problem in refused.value.problems} == {
        ("title",),
        ("baseline",),
        ("extra",),
        ("strategies", "fine_tune", "retry_rate"),
        ("strategies", "fine_tune", "setup_hours"),
    }
    assert str(refused.value).count("\nerror: ") == 4


# --- random scenarios load ---------------------------------------------------------------------------------

above_0 = st.floats(1e-3, 1e6)
share = st.floats(0.001, 0.999)
intervals = st.tuples(above_0, st.floats(1.01, 50)).map(lambda pair: (pair[0], pair[0] * pair[1]))
shares = st.tuples(share, share).filter(lambda pair: pair[0] < pair[1])
amounts = st.one_of(
    above_0,
    st.just(0),
    st.integers(0, 10**9),
    intervals.map(lambda ends: f"{ends[0]!r} to {ends[1]!r}"),
    st.builds(
        lambda ends, c: {"low": ends[0], "high": ends[1], "credibility": c}, intervals, st.floats(0.6, 0.99)
    ),
    st.builds(lambda ends: {"low": ends[0], "high": ends[1], "max": ends[1] * 2}, intervals),
    st.builds(lambda a, s: {"dist": "gamma", "a": a, "scale": s}, st.floats(0.1, 50), above_0),
    st.builds(lambda m: {"dist": "poisson", "mu": m}, st.floats(0.1, 50)),
    st.builds(lambda m, s: {"dist": "norm", "loc": m, "scale": s, "min": 0, "max": m + s}, above_0, above_0),
)
fractions = st.one_of(
    share,
    share.map(lambda x: f"{100 * x!r}%"),
    shares.map(lambda pair: f"{pair[0]!r} to {pair[1]!r}"),
    st.builds(lambda a, b: {"dist": "beta", "a": a, "b": b}, st.floats(0.5, 20), st.floats(1.5, 20)),
)
names = st.text("abcxyz_ -.\"'é価", min_size=1, max_size=8).filter(lambda name: name.strip() != "")
COSTS = st.lists(
    st.fixed_dictionaries(
        {
            "name": names,
            "driver": st.sampled_from(["once", "month", "hour", "call", "attempt", "failure", "task_change"]),
            "amount": amounts,
        }
    ),
    max_size=3,
    unique_by=lambda row: row["name"],
)
STRATEGY = st.fixed_dictionaries(
    {"price": st.fixed_dictionaries({"input": amounts, "output": amounts, "cached": amounts})},
    optional={
        "prompt_tokens": amounts,
        "output_tokens": amounts,
        "cache_hit": fractions,
        "retry_rate": fractions,
        "error_rate": fractions,
        "cost_per_error": amounts,
        "setup_hours": amounts,
        "hours_per_month": amounts,
        "hours_per_task_change": amounts,
        "costs": COSTS,
    },
)


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, Any]:
    tables = draw(st.dictionaries(names, STRATEGY, min_size=1, max_size=4))
    known = list(tables)
    for name in known[1:]:
        if draw(st.booleans()):
            tables[name]["like"] = draw(st.sampled_from(known[: known.index(name)]))
    workload = st.fixed_dictionaries(
        {"calls_per_month": amounts},
        optional={"input_tokens": amounts, "output_tokens": amounts, "volatility_per_month": share},
    )
    return {
        "title": draw(names),
        "baseline": draw(st.sampled_from(known)),
        "horizon_months": draw(st.integers(1, 600)),
        "workload": draw(workload),
        "strategies": tables,
        **draw(st.fixed_dictionaries({}, optional={"hourly_rate": amounts, "discount_rate": share})),
    }


@repeatable
@given(scenarios())
def test_a_valid_scenario_loads_whatever_its_numbers(data: dict[str, Any]) -> None:
    scenario = load(data)
    assert list(scenario.strategies) == list(data["strategies"])
    assert all(prior.name == name for name, prior in scenario.inputs.items())
    assert load(json.loads(json.dumps(data))).sha256 == scenario.sha256


@settings(repeatable, max_examples=15)
@given(scenarios())
def test_a_valid_scenario_runs_or_says_why_not(data: dict[str, Any]) -> None:
    data["horizon_months"] = min(data["horizon_months"], 12)
    try:
        answer = mcost.run(data, draws=8)
    except McostError:
        return
    assert set(answer.strategies) == set(data["strategies"])


# --- nothing but a McostError comes out --------------------------------------------------------------------


def loads_or_says_why(source: Any, **more: Any) -> None:
    try:
        load(source, **more)
    except McostError as error:
        said = str(error)
        assert said
        assert "Value error" not in said  # what a library said is no message for a user
        assert "Assertion" not in said


CLASSES = [found for found in vars(schema).values() if isinstance(found, type)]
TABLES = [table for table in CLASSES if issubclass(table, schema.Table)]
KEYS = sorted({key for table in TABLES for key in table.model_fields})
NOTATION = ["dist", "low", "high", "min", "max", "credibility", "prior", "like", "loc", "scale", "a", "is"]
FAMILIES = ["norm", "lognorm", "johnsonsb", "uniform", "expon", "gamma", "beta", "triang", "weibull_min", "t"]
FAMILIES += ["pareto", "cauchy", "powerlaw", "gama", ""]

odd_floats = st.sampled_from([float("nan"), float("inf"), -float("inf")])
odd_numbers = odd_floats | st.sampled_from(
    [0, 1, -1, 0.5, 1.5, 1e300, -1e300, 1e-300, 5e-324, 10**400, -(10**400), 2**63, True, False]
)
odd_amounts = st.tuples(
    st.sampled_from(["", "", "", "-", "−", "+", "$", "--", "+-", "-$", "$-"]),
    st.sampled_from(["20", "5", "0", "1e999", ".5", "5.", "1_", "1,000", "٣", "", "0x10"]),
    st.sampled_from(["", "", "", "%", "k", "M", " %", "%%", "m", " hours", " a year"]),
).map("".join)
between = st.sampled_from([" to ", " to ", "to", "-", " – ", "..", " TO ", " "])
odd_texts = st.one_of(
    odd_amounts,
    st.tuples(odd_amounts, between, odd_amounts).map("".join),
    st.text(max_size=12),
    st.sampled_from(KEYS),
)
leaves = st.one_of(
    odd_numbers,
    odd_texts,
    st.floats(),
    st.integers(),
    st.just("prompt"),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.none(),
)
laws = st.builds(
    lambda name, more: {"dist": name, **more},
    st.sampled_from(FAMILIES),
    st.dictionaries(
        st.sampled_from(["loc", "scale", "a", "b", "c", "s", "df", "min", "max"]),
        st.one_of(odd_numbers, st.floats(0, 5), odd_texts),
        max_size=4,
    ),
)
ends = st.dictionaries(
    st.sampled_from(["low", "high", "credibility", "min", "max"]),
    st.one_of(odd_numbers, st.floats(0, 5), odd_texts),
    max_size=5,
)
keys = st.one_of(st.sampled_from(KEYS + NOTATION), st.text(max_size=4))
junk = st.recursive(
    st.one_of(leaves, laws, ends),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=4)),
    max_leaves=8,
)


def rich_case() -> dict[str, Any]:
    """A scenario with a table of every kind, for junk to be put into."""
    data = case(
        tuning={"training_cost": 1500, "retrain_every_months": 3},
        pilot={"cost": 500},
        hosting={"usd_per_hour": 1.7},
        fallback="prompt",
    )
    data["models"] = {"small": {"price": {"input": 0.05, "output": 0.2}, "market_decline_per_year": 0.3}}
    data["strategies"] |= {
        "small": {"model": "small", "prompt_tokens": 800},
        "copy": {"like": "fine_tune", "costs": [{"name": "licence", "driver": "call", "amount": 0.01}]},
        "mixed": {"mix": {"small": 0.7, "prompt": "rest"}},
        "stepped": {"cascade": {"first": "small", "second": "prompt", "escalation_rate": 0.1}},
        "later": {"wait": {"first": "prompt", "then": "fine_tune", "months": 6}},
    }
    data["expect"] = {"recommended": "prompt", "pays_off": {"fine_tune": [0, 1]}}
    return data


def tables_of(data: Any) -> Iterator[Any]:
    """Every dict and list within data."""
    if isinstance(data, dict | list):
        yield data
        for value in data.values() if isinstance(data, dict) else data:
            yield from tables_of(value)


def test_the_case_that_junk_is_put_into_is_right() -> None:
    assert len(load(rich_case()).strategies) == 7


@settings(repeatable, max_examples=250)
@given(st.data())
def test_junk_in_place_of_a_value_is_read_or_refused(data: st.DataObject) -> None:
    table = rich_case()
    for _ in range(data.draw(st.integers(1, 2))):
        inner = data.draw(st.sampled_from(list(tables_of(table))))
        if isinstance(inner, list):
            inner.insert(0, data.draw(junk))
        else:
            inner[data.draw(st.one_of(st.sampled_from([*inner, "x"]), keys))] = data.draw(junk)
    loads_or_says_why(table)


@repeatable
@given(st.dictionaries(keys, junk, max_size=6))
def test_junk_in_place_of_a_scenario_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(McostError):
        load(data)


@repeatable
@given(
    st.lists(st.sampled_from(["title", ".", "=", " ", '"', "'", "#", "[", "]", "workload", "5", "\n", "x"]))
)
def test_junk_in_place_of_an_override_is_read_or_refused(parts: list[str]) -> None:
    loads_or_says_why(case(), set=["".join(parts)])


def test_junk_in_a_file_is_read_or_refused(tmp_path: Path) -> None:
    bits = [
        '"',
        "'",
        "[",
        "]",
        "{",
        "}",
        "=",
        "\n",
        "\r",
        "\t",
        "\0",
        " ",
        ".",
        ",",
        "#",
        "é",
        "価",
        "\u2028",
    ]
    bits += ["\ufeff", "[[x]]\n", "[a.b]\n", '"""', "\\", "nan", "-inf", "0x", "1979-05-27", "true", "🙂"]
    text = file_of(rich_case()).replace(", ", ",\n    ").replace("{ ", "{").replace("[", "[\n")
    text = "# ä scenario\n" + text.replace("{", "{ ").replace(",\n    ", ", ")
    chance, file = random.Random(1), tmp_path / "case.toml"
    for _ in range(300):
        changed = list(text)
        for _ in range(chance.choice([1, 1, 2, 5])):
            at, to = sorted(chance.randrange(len(changed)) for _ in range(2))
            kind = chance.random()
            if kind < 0.4:
                changed.insert(at, chance.choice(bits))
            elif kind < 0.7:
                del changed[at : at + chance.randint(1, 4)]
            else:
                changed[at:at] = changed[to : to + 40]
        file.write_bytes("".join(changed).encode() + (b"\xff" if chance.random() < 0.02 else b""))
        loads_or_says_why(file)


@pytest.mark.parametrize(
    "text",
    {
        "a number of 5000 digits": "horizon_months = " + "1" * 5000,
        "a number of 5000 hexadecimal digits": "horizon_months = 0x" + "f" * 5000,
        "an expectation too large for a float": "expect.pays_off.x = [0, 1" + "0" * 400 + "]",
        "a key of 5000 parts": ".".join(["a"] * 5000) + " = 1",
        "a value of 5000 parts": "hourly_rate." + ".".join(["a"] * 5000) + " = 1",
        "a list 5000 deep": "hourly_rate = " + "[" * 5000 + "]" * 5000,
        "a list 300 deep": "hourly_rate = " + "[" * 300 + "]" * 300,
        "a table 300 deep": "hourly_rate = " + "{ a = " * 300 + "1" + "}" * 300,
        "a long text": "hourly_rate = '" + "k" * 5_000 + "!'",
    }.items(),
    ids=lambda item: item[0],
)
def test_a_monstrous_file_is_refused(text: tuple[str, str], tmp_path: Path) -> None:
    data = {key: value for key, value in case().items() if key not in ("horizon_months", "hourly_rate")}
    (tmp_path / "case.toml").write_text(text[1] + "\n" + file_of(data), encoding="utf-8")
    with pytest.raises(McostError):
        load(tmp_path / "case.toml")


@pytest.mark.parametrize(
    "written",
    ["1" * 5000, "0x" + "f" * 5000, "[" * 5000, "{a=" * 300 + "1" + "}" * 300, "\0", "\ud800"],
    ids=["digits", "hexadecimal", "brackets", "tables", "zero byte", "half a character"],
)
def test_a_monstrous_override_is_refused(written: str) -> None:
    for key in ("horizon_months", "hourly_rate", "title"):
        with pytest.raises(McostError):
            load(case(), set=[f"{key}={written}"])


def cyclic() -> dict[str, Any]:
    data = case()
    data["more"] = data
    return data


@pytest.mark.parametrize(
    "source",
    [
        {**case(), 1: 2},
        {**case(), None: 2},
        {**case(), "title": "\ud800"},
        {**case(), "horizon_months": 10**5000},
        {**case(), "strategies": {1: {}, None: {"price": {"input": 1}}, "prompt": {"price": {"input": 1}}}},
        {**case(), "expect": {"pays_off": {1: [0, 1]}}},
        {**case(), "workload": {1: 2, "calls_per_month": 3}},
        case(setup_hours={1: 2}),
        case(setup_hours={"dist": "norm", 1: 2}),
        case(setup_hours={"low": 1, "high": 2, None: 4}),
        case(setup_hours={"prior": ["x"]}),
        case(setup_hours=object()),
        case(setup_hours=b"5"),
        case(costs=(row for row in [1])),
        case(costs=[{"name": ["a"], "driver": ["month"], "amount": 1}]),
        cyclic(),
        "title = 'A case'\n" * 400,  # a text in place of a file
        "a" * 5000,
        "\0",
        None,
        5,
        [1],
    ],
    ids=range(22),
)
def test_junk_from_python_is_refused(source: Any) -> None:
    with pytest.raises(McostError):
        load(source)


# --- what would hang, hide or overflow ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            {"dist": "studentized_range", "k": 3, "df": 10},
            'found dist = "studentized_range", of which SciPy takes hours over the quantiles of all futures; '
            "give percentiles or samples of it",
        ),
        (
            {"dist": "binom", "n": 2e9, "p": 0.5},
            "found n = 2e+09; expected at most 1,000,000,000 in binom, whose points are added up: give a "
            "continuous family",
        ),
        (
            {"dist": "hypergeom", "M": 1e9, "n": 5, "N": 7},
            "found M = 1e+09; expected at most 10,000 in hypergeom, whose points are added up: give a "
            "continuous family",
        ),
        (
            {"choice": [1, 2], "weights": [1e308, 1e308]},
            "weights: found weights that add up to inf; expected 1",
        ),
        (
            {"low": 1, "high": 2, "credibility": 10**400},
            "credibility: found a whole number of more than 60 digits; expected a share between 0 and 1, "
            "such as 0.9",
        ),
        ("\x1b[31m5", 'found "\ufffd[31m5"; expected a number, or an interval such as "20 to 40"'),
        (
            "5 \u202ehours",
            'found "5 \ufffdhours"; expected a number, or an interval such as "20 to 40"',
        ),
    ],
)
def test_a_value_that_would_hang_hide_or_overflow_is_told(value: Any, message: str) -> None:
    assert told(case(setup_hours=value)) == f"strategies.fine_tune.setup_hours: {message}"


@pytest.mark.parametrize("key", ["like", "model", "fallback", "follows_market", "mix", "costs"])
def test_a_whole_number_of_many_digits_may_stand_anywhere(key: str) -> None:
    huge = 10**5000
    value = {"mix": {"prompt": huge}, "costs": [{"name": huge, "driver": huge, "amount": huge}]}.get(
        key, huge
    )
    data = case()
    data["strategies"]["other"] = {"price": {"input": 1}, key: value}
    data["studies"] = [{"name": huge, "of": huge, "n": huge}]
    assert "found a whole number of more than 60 digits" in told(data)


def test_a_long_name_is_told_in_short() -> None:
    for data in (case() | {"k" * 10**6: 1}, case(like="k" * 10**6), case(setup_hours="1," * 10**6)):
        assert len(told(data)) < 1000


def test_an_override_may_hold_half_a_character(tmp_path: Path) -> None:
    """As the system gives an argument that is no UTF-8."""
    (tmp_path / "case.toml").write_text(file_of(case()), encoding="utf-8")
    assert load(tmp_path / "case.toml", set=["horizon_months=5 # \udcff"]).horizon_months == 5
