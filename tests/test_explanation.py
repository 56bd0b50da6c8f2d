"""What drives an answer: drivers, what could be learnt, luck, total-order shares, names."""

import copy
import math
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import mcost
from mcost.errors import McostError
from mcost.estimate import Estimate
from mcost.report.naming import event_name, input_name, value
from mcost.voi import evpi

DRAWS = 4_096

# The tuned strategy saves 2,000 USD a month less its hosting, about as much; no luck in it.
OPEN: dict[str, Any] = {
    "title": "Hosting against tokens",
    "baseline": "prompt",
    "horizon_months": 12,
    "workload": {"calls_per_month": "900_000 to 1_100_000"},
    "strategies": {
        "prompt": {"price": {"input": 1.0}, "prompt_tokens": 3000},
        "fine_tune": {
            "price": {"input": 1.0},
            "prompt_tokens": 1000,
            "tuning": {"training_cost": "100 to 200"},
            "costs": [{"name": "hosting", "driver": "month", "amount": "1_500 to 2_500"}],
        },
    },
}


def correlated() -> dict[str, Any]:
    scenario = copy.deepcopy(OPEN)
    between = ["workload.calls_per_month", "strategies.fine_tune.costs.hosting"]
    scenario["correlations"] = [{"between": between, "rank": 0.6}]
    return scenario


def test_tenths_agree_with_the_verdict_over_all_futures() -> None:
    found = mcost.why(mcost.run("contested", draws=DRAWS, integrate=False))
    assert found.candidate == "fine_tune"
    chance = found.answer.candidates["fine_tune"].pays_off.probability
    saving = found.answer.candidates["fine_tune"].saving_usd.mean
    for driver in found.drivers:
        assert sum(t.pays_off.n for t in driver.tenths) == DRAWS
        assert sum(t.pays_off.n * t.pays_off.value for t in driver.tenths) / DRAWS == pytest.approx(chance)
        assert sum(t.pays_off.n * t.saving.value for t in driver.tenths) / DRAWS == pytest.approx(saving)


def test_drivers_are_inputs_and_events_by_money_then_by_swing() -> None:
    found = mcost.why("contested", draws=DRAWS)
    assert {d.name for d in found.inputs} == set(found.answer.futures.inputs)
    assert {d.name for d in found.events} == set(found.answer.futures.events)
    keys = [(d.worth, d.sensitivity.swing) for d in found.drivers]
    assert keys == sorted(keys, reverse=True)
    assert found.best is not None
    assert found.best.name == "strategies.cheaper_model.success_probability"
    assert found.best.kind == "input"


def test_without_luck_all_that_can_be_known_can_be_learnt() -> None:
    found = mcost.why(OPEN, draws=DRAWS)
    perfect = evpi(np.stack(list(found.answer.futures.cost.values())))
    assert abs(found.all_inputs.corrected - perfect.value) < 4 * found.all_inputs.standard_error
    assert abs(found.luck.value) < 4 * found.luck.standard_error
    assert found.events == ()


@pytest.mark.parametrize("scenario", [OPEN, "contested", "startup", "nvidia_flywheel", "tune_only_if_needed"])
@pytest.mark.parametrize("draws", [50, 2_000])
def test_all_inputs_are_worth_no_less_than_one_and_no_more_than_evpi(scenario: Any, draws: int) -> None:
    found = mcost.why(scenario, draws=draws)
    perfect = evpi(np.stack(list(found.answer.futures.cost.values())))
    assert found.all_inputs.corrected >= max(d.evppi.corrected for d in found.inputs) - 1e-9 or (
        found.all_inputs.value == perfect.value
    )
    assert found.all_inputs.corrected <= perfect.value
    assert found.luck.value == pytest.approx(perfect.value - found.all_inputs.corrected)
    assert found.luck.value >= 0


@pytest.mark.parametrize("seed", range(1, 11))
def test_an_input_that_no_strategy_depends_on_is_worth_nothing(seed: int) -> None:
    idle = copy.deepcopy(OPEN)
    idle["workload"]["task_changes_per_year"] = "1 to 4"  # nobody has work with them
    for driver in mcost.why(idle, draws=DRAWS, seed=seed).drivers:
        if driver.name == "workload.task_changes_per_year":  # the rate, and what comes
            assert driver.worth == 0
            assert driver.event_share.value < 4 * driver.event_share.standard_error


def test_correlated_inputs_are_labelled_and_have_no_total_order_share() -> None:
    found = mcost.why(correlated(), draws=DRAWS)
    with_others = {d.name: d.correlated_with for d in found.drivers}
    calls, hosting = "workload.calls_per_month", "strategies.fine_tune.costs.hosting"
    assert with_others[calls] == (hosting,)
    assert with_others[hosting] == (calls,)
    assert with_others["strategies.fine_tune.tuning.training_cost"] == ()
    assert "Calls per month includes what it shares with hosting (fine tune)." in " ".join(str(found).split())
    with pytest.raises(McostError) as error:
        mcost.why(correlated(), draws=DRAWS, total=True)
    assert str(error.value) == (
        f"total-order shares need independent inputs; found {calls}, {hosting} correlated; "
        "leave out the shares, or the correlations"
    )


def test_total_order_shares_of_a_saving_that_is_a_sum_are_its_first_order_ones() -> None:
    found = mcost.why(OPEN, draws=DRAWS, total=True)
    first = {d.name: d.variance_share for d in found.drivers}
    for total in found.totals:
        if total.name == "luck":
            assert total.variance_share.value == 0
        else:
            near = 4 * math.hypot(total.variance_share.standard_error, first[total.name].standard_error)
            assert abs(total.variance_share.value - first[total.name].value) < near


def test_luck_is_a_factor_of_its_own() -> None:
    lucky = copy.deepcopy(OPEN)
    lucky["strategies"]["fine_tune"]["success_probability"] = 0.5
    found = mcost.why(lucky, draws=DRAWS, total=True)
    luck = next(total for total in found.totals if total.name == "luck")
    assert luck.event_share.value > 4 * luck.event_share.standard_error
    assert [d.what for d in found.events] == ["whether it meets the quality bar"]
    assert [d.tenths[0].value for d in found.events] == [0.0]


def test_the_means_may_choose_what_is_not_best_on_average() -> None:
    # at its mean the cost of errors is shared by convexity: retries 1 / (1 - r) cost more than at the mean r
    convex = copy.deepcopy(OPEN)
    convex["strategies"]["fine_tune"]["costs"] = []
    tune = convex["strategies"]["fine_tune"] | {"retry_rate": {"choice": [0, 0.9], "weights": [0.5, 0.5]}}
    convex["strategies"]["fine_tune"] = tune
    found = mcost.why(convex, draws=DRAWS)
    assert (found.by_means, found.answer.recommended) == ("fine_tune", "prompt")
    assert found.modelling is not None
    lost = (
        found.answer.strategies["fine_tune"].cost_usd.mean - found.answer.strategies["prompt"].cost_usd.mean
    )
    assert found.modelling.value == pytest.approx(lost)


def test_an_answer_brings_its_own_draws() -> None:
    answer = mcost.run("contested", draws=DRAWS, seed=3)
    assert str(mcost.why(answer)) == str(mcost.why("contested", draws=DRAWS, seed=3))
    with pytest.raises(McostError):
        mcost.why(answer, set=["hourly_rate=1"])


def test_frame_has_a_row_for_every_driver() -> None:
    found = mcost.why("contested", draws=DRAWS)
    frame = found.to_frame()
    assert list(frame.index) == [(d.name, d.kind) for d in found.drivers]
    assert frame["evppi_usd"].iloc[0] == found.drivers[0].evppi.corrected
    assert mcost.why("article_100k").to_frame().empty


def test_names_as_a_lead_reads_them() -> None:
    scenario = mcost.load(OPEN)
    assert input_name(scenario, "workload.calls_per_month") == "calls per month"
    assert input_name(scenario, "strategies.fine_tune.tuning.training_cost") == "training cost (fine tune)"
    assert input_name(scenario, "strategies.fine_tune.costs.hosting") == "hosting (fine tune)"
    assert input_name(scenario, "strategies.prompt.price.input") == "price of input tokens (prompt)"
    assert event_name("workload.ends_per_year") == "month in which the feature ends"
    assert event_name("strategies.a.success_probability") == "whether it meets the quality bar (a)"
    same = copy.deepcopy(OPEN)
    same["strategies"]["fine_tune"]["costs"][0]["name"] = "training cost"
    names = [input_name(mcost.load(same), name) for name in mcost.load(same).inputs]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("number", "unit", "said"),
    [
        (0.4531, "share", "45.3 %"),
        (-0.0101, "fraction a month", "−1.01 %"),
        (541_234, "calls a month", "541,000"),
        (1_234_567, "calls a month", "1.23 million"),
        (122.4, "USD an hour", "$122"),
        (4.128, "hours", "4.13"),
    ],
)
def test_values(number: float, unit: str, said: str) -> None:
    assert value(number, unit) == said


def test_sentences_are_in_the_scenario_s_own_currency() -> None:
    scenario = mcost.load("contested", set=["currency=EUR"])
    for aversion in (None, 1e-4):
        said = str(mcost.why(scenario, draws=2048, aversion=aversion))
        assert "EUR" in said
        assert "$" not in said


def test_what_sets_futures_apart_is_said_in_clauses() -> None:
    # the first is plain; which of the others come next hangs on the draws
    told = [" ".join(str(mcost.why("startup", draws=4096, seed=seed)).split()) for seed in (1, 2, 3)]
    for said in told:
        assert "In futures that pay off, there is higher traffic against its trend (median " in said
        assert "fine tune more often meets the quality bar (100 %; 5" in said
    counts = r"there are (more calls per month|fewer hours per task change \(fine tune\)) \(median "
    assert any(re.search(counts, said) for said in told)


def test_a_choice_by_the_means_that_is_as_good_is_not_said_to_cost_more() -> None:
    found = mcost.why("contested", draws=1024)
    noise = replace(found, by_means="cached_prompt", modelling=Estimate(20.0, 60.0, 1024))
    said = " ".join(str(noise).split())
    assert "would choose cached prompt, which cannot be told from cheaper model in expected cost" in said
