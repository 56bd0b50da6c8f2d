"""Differences on common draws against their definition and closed forms, and what choices are worth."""

import copy
import json
import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from everything import MIXED

import mcost
from mcost.choices import Worth, worth
from mcost.comparison import Comparison, compare
from mcost.errors import McostError
from mcost.nets import REPLICATES

DRAWS = 4096
CALLS = "workload.calls_per_month"

# In USD a month the prompt costs 3,000 and the tuned one 1,000: it saves 2,000 in each of 12 months.
CERTAIN: dict[str, Any] = {
    "title": "Two thousand dollars a month",
    "baseline": "prompt",
    "horizon_months": 12,
    "hourly_rate": 100,
    "workload": {"calls_per_month": 1_000_000},
    "strategies": {
        "prompt": {"price": {"input": 1.0}, "prompt_tokens": 3000},
        "fine_tune": {"price": {"input": 1.0}, "prompt_tokens": 1000, "setup_hours": 50, "tuning": {}},
    },
}
MONTHLY, SETUP, MONTHS = 2000.0, 5000.0, 12


def with_keys(**keys: Any) -> dict[str, Any]:
    """CERTAIN with keys of the tuned strategy set; those of ``tuning`` are added to it."""
    scenario = copy.deepcopy(CERTAIN)
    scenario["strategies"]["fine_tune"] |= keys
    return scenario


# --- differences ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "five_percent_more",
    [
        f"{CALLS}=472_500 to 682_500",
        "workload.input_tokens=210 to 420",
        "hourly_rate=89.25 to 131.25",
        "strategies.prompt.prompt_tokens=3150",
        "strategies.prompt.cache_hit=21% to 63%",
        "strategies.fine_tune.setup_hours=21 to 42",
        "strategies.fine_tune.hours_per_month=5.25 to 10.5",
    ],
)
def test_common_draws_divide_the_error_of_a_difference_by_5_at_least(five_percent_more: str) -> None:
    common = compare("contested", variants={"more": five_percent_more}, draws=DRAWS, seed=1)
    apart = mcost.run("contested", draws=DRAWS, seed=2, set=[five_percent_more])
    errors = [
        common.first.results["fine_tune"].saving_usd.standard_error,
        apart.candidates["fine_tune"].saving_usd.standard_error,
    ]
    difference = common.variants[1].differences["fine_tune"].saving_usd
    assert difference.value != 0
    assert 0 < difference.standard_error <= math.hypot(*errors) / 5


def test_a_difference_is_taken_draw_by_draw() -> None:
    found = compare("contested", "startup", variants=None, draws=DRAWS, seed=3)
    here, there = (mcost.run(name, draws=DRAWS, seed=3) for name in ("startup", "contested"))
    assert [variant.name for variant in found.variants] == ["contested", "startup"]
    assert found.first.differences == {}
    for name, difference in found.variants[1].differences.items():
        one, other = (answer.candidates[name] for answer in (here, there))
        saving = (one.payoff.saving - other.payoff.saving).reshape(-1, REPLICATES).mean(axis=0)
        chances = (one.chances - other.chances) / (DRAWS // REPLICATES)
        shown = one.pays_off.value - other.pays_off.value
        assert difference.pays_off.value == pytest.approx(shown, rel=1e-9)
        for estimate, means in ((difference.saving_usd, saving), (difference.pays_off, chances)):
            assert estimate.value == pytest.approx(np.mean(means), rel=1e-12)
            error = np.std(means, ddof=1) / math.sqrt(REPLICATES)
            assert estimate.standard_error == pytest.approx(error, rel=1e-9)
            assert estimate.n == DRAWS
        result = found.variants[1].results[name]
        assert result.pays_off == here.candidates[name].pays_off
        assert result.saving_usd.value == here.candidates[name].saving_usd.mean
        assert result.saving_usd.standard_error == here.candidates[name].saving_usd.standard_error


def test_the_error_of_a_difference_is_how_far_it_scatters_from_seed_to_seed() -> None:
    scenario = with_keys(success_probability=0.7, setup_hours="20 to 90")
    scenario["workload"]["calls_per_month"] = "200_000 to 2M"
    seeds, draws = 60, 200
    found = [
        compare(scenario, variants={"more": f"{CALLS}=300_000 to 3M"}, draws=draws, seed=100 + seed)
        for seed in range(seeds)
    ]
    for key in ("saving_usd", "pays_off"):
        estimates = [getattr(c.variants[1].differences["fine_tune"], key) for c in found]
        scatter = np.std([e.value for e in estimates], ddof=1)
        told = math.sqrt(np.mean([e.standard_error**2 for e in estimates]))
        # A standard deviation of 60 has a relative error of 1 / sqrt(2 * 59) = 9 %; four of them.
        assert scatter / told == pytest.approx(1, abs=4 / math.sqrt(2 * (seeds - 1)))


def test_a_scenario_does_not_differ_from_itself() -> None:
    found = compare("contested", "contested", variants=None, draws=DRAWS)
    assert [variant.name for variant in found.variants] == ["contested", "contested (2)"]
    assert all(difference.none for difference in found.variants[1].differences.values())


def test_what_an_override_does_not_touch_does_not_differ() -> None:
    found = compare("contested", variants={"more": "strategies.fine_tune.setup_hours=60"}, draws=DRAWS)
    differences = found.variants[1].differences
    assert [name for name, difference in differences.items() if not difference.none] == ["fine_tune"]


def test_the_two_scenarios_of_the_article_differ_by_44_550_dollars() -> None:
    found = compare("article_100k", "article_10m", draws=100)  # -5,550 and +39,000
    difference = found.variants[1].differences["fine_tune"]
    assert difference.saving_usd.value == pytest.approx(44_550)
    assert difference.saving_usd.standard_error == 0
    assert difference.pays_off == mcost.Estimate(1.0, 0.0, 128)  # 100 futures are 32 replicates of 4
    assert found.draws == found.to_dict()["draws"] == 128


def test_a_saving_of_nothing_pays_off() -> None:
    scenario = copy.deepcopy(CERTAIN)
    scenario["strategies"]["same"] = {"like": "prompt"}
    found = compare(scenario, variants={"x": "strategies.same.setup_hours=1"}, draws=10)
    assert found.variants[1].differences["same"].pays_off == mcost.Estimate(-1.0, 0.0, REPLICATES)


def test_rounding_alone_is_no_difference_and_no_error() -> None:
    same = with_keys(price={"input": 1.0 + 1e-13})
    found = compare(CERTAIN, same, draws=10)
    assert found.variants[1].differences["fine_tune"].none
    scenario = copy.deepcopy(CERTAIN)
    scenario["workload"]["calls_per_month"] = "100_000 to 3M"
    dearer = compare(scenario, variants={"x": "strategies.fine_tune.setup_hours=53"}, draws=DRAWS)
    difference = dearer.variants[1].differences["fine_tune"].saving_usd
    assert difference.value == pytest.approx(-300)
    assert difference.standard_error == 0


def test_scenarios_may_differ_in_horizon_and_baseline() -> None:
    three = copy.deepcopy(CERTAIN)
    three["strategies"]["dear"] = {"price": {"input": 1.0}, "prompt_tokens": 4000}
    found = compare(
        three,
        variants={
            "short": "horizon_months=6",
            "against dear": ["baseline=dear"],
            "both": ["horizon_months=6", "baseline=dear"],
        },
        draws=10,
    )
    savings = [variant.results["fine_tune"].saving_usd.value for variant in found.variants]
    assert savings == pytest.approx([12 * 2000 - 5000, 6 * 2000 - 5000, 12 * 3000 - 5000, 6 * 3000 - 5000])
    by = [v.differences["fine_tune"].saving_usd.value for v in found.others]
    assert by == pytest.approx([-12_000, 12_000, -6_000])
    assert set(found.variants[2].results) == {"prompt", "fine_tune"}
    assert set(found.variants[2].differences) == {"fine_tune"}  # in the first, dear is the candidate
    text = str(found)
    assert "With short savings are those of 6 months, in Two thousand dollars a month of 12 months." in flat(
        text
    )
    assert "With against dear savings are held against dear, in Two thousand dollars a month against" in flat(
        text
    )
    assert "Prompt is a candidate in against dear only." in flat(text)


def flat(text: str) -> str:
    return " ".join(text.split())


def test_subjects_are_tuned_first_and_the_same_in_another_order_of_variants() -> None:
    found = compare("contested", "scale_up", draws=DRAWS)
    assert found.subjects == ("fine_tune", "cheaper_model", "cached_prompt")
    assert [variant.recommended for variant in found.variants] == ["cheaper_model", "cached_prompt"]


def test_dicts_scenarios_and_overrides_of_all() -> None:
    built = mcost.load("contested")
    found = compare(built, mcost.load(CERTAIN), draws=100)
    assert [variant.name for variant in found.variants] == ["contested", "Two thousand dollars a month"]
    both = compare(CERTAIN, with_keys(setup_hours=10), draws=10, set=["horizon_months=3"])
    values = [variant.results["fine_tune"].saving_usd.value for variant in both.variants]
    assert values == pytest.approx([3 * 2000 - 5000, 3 * 2000 - 1000])
    one = compare(CERTAIN, variants={"none": []}, draws=10)
    assert one.variants[1].differences["fine_tune"].none


def test_workers_change_no_bit() -> None:
    def found(**how: Any) -> Comparison:
        return compare("contested", variants={"x": "hourly_rate=60"}, draws=2 * DRAWS + 5, **how)

    with ThreadPoolExecutor(3) as pool:
        assert found(executor=pool, chunk=2).to_dict() == found().to_dict()


def test_as_json_and_as_a_frame() -> None:
    found = compare("contested", variants={"x": "strategies.fine_tune.setup_hours=60"}, draws=DRAWS)
    data = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert list(data) == ["mcost", "draws", "seed", "variants"]
    first, other = data["variants"]
    assert list(other) == [
        *("name", "set", "scenario", "horizon_months", "baseline", "recommended", "candidates"),
    ]
    assert (first["set"], other["set"]) == ([], ["strategies.fine_tune.setup_hours=60"])
    assert all(c["difference_to_first"] is None for c in first["candidates"].values())
    cell = other["candidates"]["fine_tune"]
    difference = found.variants[1].differences["fine_tune"]
    assert cell["difference_to_first"] == {
        "pays_off": {
            "probability": difference.pays_off.value,
            "standard_error": difference.pays_off.standard_error,
        },
        "saving_usd": {
            "mean": difference.saving_usd.value,
            "standard_error": difference.saving_usd.standard_error,
        },
    }
    frame = found.to_frame()
    assert frame.index.names == ["variant", "candidate"]
    assert len(frame) == 10
    assert frame.loc[("x", "fine_tune"), "saving_usd_difference"] == difference.saving_usd.value
    assert frame.loc["contested", "saving_usd_difference"].isna().all()
    assert "<table>" in found._repr_html_()


EURO = {**CERTAIN, "title": "In euro", "currency": "EUR"}
OTHER = copy.deepcopy(CERTAIN) | {"title": "Other"}
OTHER["strategies"]["tuned"] = OTHER["strategies"].pop("fine_tune")


@pytest.mark.parametrize(
    ("scenarios", "variants", "message"),
    [
        ([CERTAIN], None, "found one scenario; expected two or more, or one and variants of it"),
        ([], None, "found one scenario; expected two or more, or one and variants of it"),
        (
            [CERTAIN, CERTAIN],
            {"x": "horizon_months=3"},
            "variants: found 2 scenarios; expected the one that they vary",
        ),
        (
            [CERTAIN, EURO],
            None,
            'In euro: found "EUR", and "USD" in Two thousand dollars a month; expected one currency',
        ),
        (
            [CERTAIN, OTHER],
            None,
            "Other: found no candidate that Two thousand dollars a month has too; it has tuned, and "
            "Two thousand dollars a month fine_tune",
        ),
        (
            [CERTAIN],
            {"x": "horizon=3"},
            "--set horizon=3: horizon: no such key; did you mean horizon_months?",
        ),
    ],
)
def test_what_cannot_be_compared(scenarios: list[Any], variants: Any, message: str) -> None:
    with pytest.raises(McostError) as caught:
        compare(*scenarios, variants=variants, draws=10)
    assert str(caught.value) == message


# --- what choices are worth -------------------------------------------------------------------------------


def only(found: Worth, key: str) -> Any:
    (choice,) = found.choices
    assert choice.key == key
    return choice.worth["fine_tune"]


def near(estimate: mcost.Estimate, expected: float) -> None:
    assert abs(estimate.value - expected) <= 4 * estimate.standard_error + 1e-12 * abs(expected)


def test_a_pilot_saves_the_setup_that_fails_and_costs_its_price_and_a_month() -> None:
    scenario = with_keys(success_probability=0.6, pilot={"cost": 700, "months": 1})
    found = worth(scenario, draws=DRAWS)
    difference = only(found, "strategies.fine_tune.pilot")
    # -700 + 0.6 (11 * 2000 - 5000)  less  0.6 * 12 * 2000 - 5000
    near(difference.saving_usd, -700 + 0.6 * (11 * MONTHLY - SETUP) - (0.6 * 12 * MONTHLY - SETUP))
    assert difference.pays_off == mcost.Estimate(0.0, 0.0, DRAWS)
    near(found.choices[0].without["fine_tune"].saving_usd, 0.6 * 12 * MONTHLY - SETUP)


def test_giving_up_spares_retrains_and_gives_up_savings() -> None:
    tuning = {"training_cost": 7000, "retrain_every_months": 3, "give_up": "at_retrain"}
    found = worth(with_keys(tuning=tuning), draws=10)
    # Retrains in months 4, 7 and 10; three months save 6,000, less than one costs: it stops in month 4.
    difference = only(found, "strategies.fine_tune.tuning.give_up")
    assert difference.saving_usd.value == pytest.approx(3 * 7000 - 9 * MONTHLY)
    assert difference.saving_usd.standard_error == 0


def test_a_fallback_of_its_own_serves_where_the_bar_is_missed() -> None:
    scenario = with_keys(success_probability=0.6, fallback="middle")
    scenario["strategies"]["middle"] = {"price": {"input": 1.0}, "prompt_tokens": 2500}
    difference = only(worth(scenario, draws=DRAWS), "strategies.fine_tune.fallback")
    near(difference.saving_usd, 0.4 * 12 * 500)
    near(difference.pays_off, 0.4 * (SETUP <= 12 * 500))


def test_the_baseline_as_fallback_is_no_choice() -> None:
    assert worth(with_keys(success_probability=0.6, fallback="prompt"), draws=10).choices == ()


def test_waiting_is_held_against_starting_at_once() -> None:
    scenario = copy.deepcopy(CERTAIN)
    scenario["strategies"]["later"] = {"wait": {"first": "prompt", "then": "fine_tune", "months": 5}}
    found = worth(scenario, draws=10)
    (choice,) = found.choices
    assert (choice.key, choice.strategy) == ("strategies.later.wait", "later")
    assert choice.without["later"] == choice.results["fine_tune"]
    assert choice.worth["later"].saving_usd.value == pytest.approx(-5 * MONTHLY)
    assert choice.worth["fine_tune"].none


def test_errors_that_grow_cost_what_they_cost() -> None:
    scenario = with_keys(error_rate=0.01, cost_per_error=0.02, tuning={"error_growth_per_month": 0.005})
    difference = only(worth(scenario, draws=10), "strategies.fine_tune.tuning.error_growth_per_month")
    # 0 + 1 + … + 11 months of age, 1,000,000 calls a month
    assert difference.saving_usd.value == pytest.approx(-66 * 0.005 * 1e6 * 0.02)


def test_a_feature_that_may_end_saves_for_fewer_months() -> None:
    scenario = copy.deepcopy(CERTAIN)
    scenario["workload"]["ends_per_year"] = 0.5
    found = worth(scenario, draws=DRAWS)
    difference = only(found, "workload.ends_per_year")
    # It is there in month t with probability exp(-0.5 (t - 1) / 12).
    months = sum(math.exp(-0.5 * t / 12) for t in range(MONTHS))
    near(difference.saving_usd, MONTHLY * (months - MONTHS))
    assert found.choices[0].strategy is None


def test_every_choice_of_a_scenario_that_has_them_all() -> None:
    found = worth(MIXED, draws=64)
    keys = {choice.key.removeprefix("strategies."): choice for choice in found.choices}
    assert list(keys) == [
        "fine_tune.pilot",
        "fine_tune.tuning.give_up",
        "fine_tune.fallback",
        "fine_tune.tuning.error_growth_per_month",
        "own_machine.pilot",  # taken over by like; it is this one's alone that is left out
        "own_machine.fallback",
        "wait.wait",
        "wait_for_mix.fallback",
        "wait_for_mix.wait",
        "nested.pilot",
        "workload.ends_per_year",
    ]
    touched = {
        key: {name for name, difference in choice.worth.items() if not difference.none}
        for key, choice in keys.items()
    }
    # Who is made of a strategy changes with it; nobody else's draws move.
    assert touched["own_machine.pilot"] <= {"own_machine", "nested"}
    assert touched["fine_tune.pilot"] <= {"fine_tune", "routing", "wait", "wait_for_mix", "nested"}
    assert touched["wait.wait"] <= {"wait", "nested"}
    assert "own_machine" in touched["own_machine.pilot"]
    assert keys["wait.wait"].without["wait"] == keys["wait.wait"].results["fine_tune"]
    whole = mcost.run(MIXED, draws=64)
    for choice in found.choices:
        for name, candidate in whole.candidates.items():
            assert choice.results[name].pays_off == candidate.pays_off
            by = choice.worth[name].saving_usd.value
            assert by == pytest.approx(
                choice.results[name].saving_usd.value - choice.without[name].saving_usd.value, abs=1e-6
            )


def test_worth_as_json_as_a_frame_and_as_text() -> None:
    scenario = with_keys(success_probability=0.6, pilot={"cost": 700})
    found = worth(scenario, draws=DRAWS)
    data = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    cell = data["choices"]["strategies.fine_tune.pilot"]["candidates"]["fine_tune"]
    assert list(cell) == ["with", "without", "worth"]
    assert cell["worth"]["saving_usd"]["mean"] == found.choices[0].worth["fine_tune"].saving_usd.value
    frame = found.to_frame()
    row = frame.loc[("strategies.fine_tune.pilot", "fine_tune")]
    assert row["saving_usd_worth"] == pytest.approx(row["with_saving_usd"] - row["without_saving_usd"])
    assert "strategies.fine_tune.pilot (without it, it is built at once): the saving of fine tune" in flat(
        str(found)
    )
    assert "<table>" in found._repr_html_()
    assert "This scenario holds nothing of what is tried without" in str(worth(CERTAIN, draws=10))
