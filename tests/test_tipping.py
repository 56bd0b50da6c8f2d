"""What it would take: crossings in both directions, limits, the order of the inputs, what is refused."""

import json
import math
import tomllib
from typing import Any

import numpy as np
import pytest

import mcost
from mcost.axis import axis
from mcost.break_even import Line, line
from mcost.errors import McostError
from mcost.quantity import check_number
from mcost.report.axis_words import value_words
from mcost.report.tipping import nearest_tip
from mcost.shipped import find_scenario, read_text
from mcost.tipping import Crossing, Need, need

# Without its studies: what is set to a value is certain, and nothing to find out.
CONTESTED = tomllib.loads(read_text(find_scenario("contested")))
CONTESTED.pop("studies", None)
VOLUME = "workload.calls_per_month"
INTERVAL = "strategies.fine_tune.tuning.retrain_every_months"
# Retrained often, it is dear; retrained seldom, its errors are: 20 USD a month more for each month since.
DRIFTING: dict[str, Any] = {
    "title": "Retrain often or seldom",
    "baseline": "prompt",
    "horizon_months": 24,
    "workload": {"calls_per_month": 1000},
    "strategies": {
        "prompt": {"price": {"input": 100.0}, "prompt_tokens": 1000},
        "fine_tune": {
            "price": {"input": 0.0, "output": 0.0},
            "error_rate": 0.0,
            "cost_per_error": 1.0,
            "tuning": {
                "training_cost": "150 to 250",
                "retrain_every_months": "4 to 8",
                "error_growth_per_month": 0.02,
            },
        },
    },
}


def certain(**fine_tune: Any) -> dict[str, Any]:
    """A call by the prompt costs 0.003 USD, so 1,000 a month cost 36 USD a year; nothing is uncertain."""
    return {
        "title": "certain",
        "baseline": "prompt",
        "horizon_months": 12,
        "workload": {"calls_per_month": 1000},
        "strategies": {
            "prompt": {"price": {"input": 1.0}, "prompt_tokens": 3000},
            "fine_tune": {"price": {"input": 1.0}, "prompt_tokens": 0, **fine_tune},
        },
    }


def crossings(found: Need, name: str, probability: float = 0.5) -> tuple[Crossing, ...]:
    tip = next(tip for tip in found.tips if tip.name == name)
    return next(reach.crossings for reach in tip.reaches if reach.probability == probability)


@pytest.fixture(scope="module")
def contested() -> Need:
    return need("contested", draws=2_048)


def test_an_input_that_is_not_monotone_reports_both_crossings() -> None:
    found = need(DRIFTING, [INTERVAL], draws=4_096)
    rises, falls = crossings(found, INTERVAL)
    assert (rises.rises, falls.rises) == (True, False)

    def p(value: float) -> float:
        answer = mcost.run(DRIFTING, 4_096, integrate=False, set=[f"{INTERVAL}={value!r}"])
        return answer.candidates["fine_tune"].pays_off.probability

    assert p(rises.value) >= 0.5 > p(rises.value * (1 - 1e-4))
    assert p(falls.value) >= 0.5 > p(falls.value * (1 + 1e-4))
    between = np.linspace(rises.value, falls.value, 9)
    assert all(p(float(value)) >= 0.5 for value in between)
    assert p(1.0) < 0.5
    assert p(24.0) < 0.5
    assert found.tips[0].best.pays_off.value > 0.99
    assert "months between retrains (fine tune) of" in " ".join(str(found).split())


def test_each_crossing_is_on_the_side_on_which_p_is_reached(contested: Need) -> None:
    growth = "workload.growth_per_month"
    for name in (growth, VOLUME, "strategies.fine_tune.hours_per_month"):
        (crossing,) = crossings(contested, name)
        answer = mcost.run(CONTESTED, 2_048, integrate=False, set=[f"{name}={crossing.value!r}"])
        assert 0 <= answer.candidates["fine_tune"].pays_off.value - 0.5 <= 2 / 2_048
        assert crossing.interval[0] <= crossing.value <= crossing.interval[1]
    assert crossings(contested, growth)[0].rises
    assert not crossings(contested, "strategies.fine_tune.hours_per_month")[0].rises


def test_what_is_not_reached_says_the_best_that_can_be_done(contested: Need) -> None:
    for tip in contested.tips:
        assert not tip.reaches[1].crossings
        assert tip.reaches[1].distance == math.inf
        assert max(tip.lowest.pays_off.value, tip.highest.pays_off.value) <= tip.best.pays_off.value < 0.8


def test_inputs_are_sorted_nearest_first_uncertain_ones_before_certain_ones(contested: Need) -> None:
    able = [tip for tip in contested.tips if tip.reaches[0].crossings]
    assert contested.tips[: len(able)] == tuple(able)
    uncertain = [tip.distance for tip in able if not tip.axis.certain]
    assert uncertain == sorted(uncertain)
    assert [tip.axis.certain for tip in able] == sorted(tip.axis.certain for tip in able)
    assert contested.nearest is contested.tips[0]


def test_all_inputs_that_matter_to_the_candidate_and_no_others(contested: Need) -> None:
    names = {tip.name for tip in contested.tips}
    assert "strategies.prompt.price.input" in names
    assert not any(name.startswith("strategies.cached_prompt") for name in names)
    assert names == set(mcost.load("contested").only("fine_tune").inputs)


def test_the_smallest_joint_change_gets_there_and_a_shorter_one_does_not(contested: Need) -> None:
    joint = contested.together
    assert joint is not None
    assert len(joint.shifts) == 3
    assert joint.distance == pytest.approx(math.hypot(*(shift.score for shift in joint.shifts)))
    assert 0.5 <= joint.pays_off.value <= 0.5 + 2 / 2_048
    assert joint.distance < min(tip.distance for tip in contested.tips) + 0.2
    for shift in joint.shifts:
        assert shift.value == pytest.approx(float(shift.axis.law.ppf(_phi(shift.score))[0]))


def _phi(score: float) -> np.ndarray:
    return np.array([0.5 * math.erfc(-score / math.sqrt(2))])


@pytest.mark.parametrize(
    ("fine_tune", "name", "expected", "rises"),
    [
        ({"setup_hours": 2}, "hourly_rate", 18.0, False),
        ({"costs": [{"name": "own", "driver": "month", "amount": 5}]}, VOLUME, 5000 / 3, True),
        ({"costs": [{"name": "own", "driver": "month", "amount": 5}]}, "costs.own", 3.0, False),
        ({"retry_rate": 0.1, "prompt_tokens": 1200}, "fine_tune.retry_rate", 0.6, False),
        (
            {"success_probability": 0.4, "costs": [{"name": "own", "driver": "once", "amount": 6}]},
            "own",
            36,
            False,
        ),
    ],
)
def test_a_certain_scenario_breaks_even_at_the_value_that_arithmetic_gives(
    fine_tune: dict[str, Any], name: str, expected: float, rises: bool
) -> None:
    given = certain(**fine_tune) | {"hourly_rate": 40}
    probability = 0.3 if "success_probability" in fine_tune else 0.5
    found = need(given, [name], probability=probability, draws=500)
    (crossing,) = found.tips[0].reaches[0].crossings
    assert crossing.value == pytest.approx(expected, rel=1e-5)
    assert crossing.rises is rises


def test_a_project_that_costs_and_saves_only_by_the_call_breaks_even_without_calls_alone() -> None:
    dearer = certain(prompt_tokens=4000)
    (crossing,) = need(dearer, [VOLUME], draws=100).tips[0].reaches[0].crossings
    assert (crossing.value, crossing.rises) == (0.0, False)
    cheaper = need(certain(prompt_tokens=10), [VOLUME], draws=100)
    assert not cheaper.tips[0].reaches[0].crossings
    assert "any" in str(cheaper)


def test_whole_inputs_take_whole_numbers() -> None:
    # A call that fails 9 of 10 times: each attempt more costs more, and mends more wrong answers.
    given = certain(retry_rate=0.9, max_attempts=1, cost_per_error=0.004, prompt_tokens=100)
    given["strategies"]["fine_tune"]["setup_hours"] = "0.01 to 0.02"
    given["hourly_rate"] = 1
    found = need(given, ["max_attempts"], draws=200)
    (crossing,) = found.tips[0].reaches[0].crossings
    # 0.0001 (1 - 0.9^m)/0.1 + 0.004 * 0.9^m <= 0.003 less the setup: from m = 4 on.
    assert (crossing.value, crossing.rises) == (4.0, True)
    assert "4 or more" in str(found)


def test_values_stay_within_the_limits_of_the_key() -> None:
    scenario = mcost.load("contested")
    ends = {name: (axis(prior).low, axis(prior).high) for name, prior in scenario.inputs.items()}
    assert ends["strategies.prompt.cache_hit"] == (0.0, 1.0)
    assert ends["strategies.prompt.retry_rate"] == (0.0, 0.999)
    assert ends["workload.growth_per_month"][0] >= -1
    assert ends[INTERVAL][0] > 1e-5
    assert ends[VOLUME][0] == 0.0
    for name, prior in scenario.inputs.items():
        assert prior.quantity is not None
        for end in ends[name]:
            check_number(end, prior.quantity)


def test_a_line_is_told_from_what_is_none() -> None:
    level, slope = np.array([-1.0, 2.0, 0.0]), np.array([2.0, -1.0, 0.0])
    values = [0.0, 8.0, 1.0, 3.1]
    assert line(lambda v: level + slope * v, values) is not None
    assert line(lambda v: level + slope * v + np.array([0.0, 0.0, max(v - 2, 0.0)]), values) is None
    assert line(lambda v: np.where(v < 2, level, slope), values) is None


def test_counts_along_a_line_are_exact_also_where_they_jump() -> None:
    found = Line(np.array([-1.0, 2.0, 1.0, -1.0]), np.array([1.0, -1.0, 0.0, 0.0]))
    values, ahead = found.ahead(0.0, 4.0)
    assert values.tolist() == [0.0] * 3 + [1.0] * 3 + [2.0] * 3 + [4.0] * 3
    assert ahead.tolist() == [2, 2, 2, 2, 3, 3, 3, 3, 2, 2, 2, 2]


def test_an_input_that_is_drawn_afresh_at_each_event_can_be_set() -> None:
    given = certain(costs=[{"name": "own", "driver": "once", "amount": "20 to 40"}])
    given["models"] = {
        "m": {"price": {"input": 1.0}, "price_changes_per_year": 3, "price_change_ratio": "0.4 to 0.9"}
    }
    del given["strategies"]["prompt"]["price"]
    given["strategies"]["prompt"]["model"] = "m"
    found = need(given, ["price_change_ratio"], draws=2_048)
    (crossing,) = found.tips[0].reaches[0].crossings
    at = f"models.m.price_change_ratio={crossing.value!r}"
    same = mcost.run(given, 2_048, integrate=False, set=[at])
    assert 0 <= same.candidates["fine_tune"].pays_off.value - 0.5 <= 2 / 2_048


def test_data_are_json_and_a_frame_has_a_row_a_crossing(contested: Need) -> None:
    data = contested.to_dict()
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert data["candidate"] == "fine_tune"
    assert data["nearest"] == contested.tips[0].name
    reach = data["inputs"][VOLUME]["reaches"][0]
    assert reach["crossings"][0]["value"] == crossings(contested, VOLUME)[0].value
    frame = contested.to_frame()
    assert len(frame) == 2 * len(contested.tips)
    assert frame.loc[(VOLUME, 0.5), "value"] == crossings(contested, VOLUME)[0].value
    assert "<table>" in contested._repr_html_()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"inputs": ["calls"]}, 'found "calls"; no such input; did you mean hourly_rate?'),
        ({"inputs": ["hours_per_month"]}, "found"),
        ({"probability": 1.0}, "probability: found 1.0; expected one above 0 and below 1, such as 0.5"),
        ({"probability": ()}, "probability: found none; expected one above 0 and below 1, such as 0.5"),
        ({"draws": 0}, "draws: found 0; expected a whole number from 1 to 1,048,576"),
    ],
)
def test_what_cannot_be_asked(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(McostError) as raised:
        need("contested", **{"draws": 100, **arguments})
    assert str(raised.value).startswith(message.partition("; did")[0])


def test_a_value_that_its_error_covers_keeps_its_first_digit() -> None:
    """ "0 or more" would say that any value will do."""
    at = axis(mcost.load("contested").inputs["workload.calls_per_month"])
    assert value_words(at, 310_000, (0, 3_000_000), up=True) == "300,000"
    assert value_words(at, 310_000, (305_000, 315_000), up=True) == "310,000"


def test_medians_on_the_other_side_are_no_change_to_be_made() -> None:
    found = need("contested", draws=2_048)
    assert found.together is not None
    assert found.pays_off.value < 0.5 < found.together.at_medians.value
    said = " ".join(str(found).split())
    assert "at their medians, no longer uncertain, it is ahead in 5" in said
    assert "it falls to" not in said


def test_where_medians_are_is_told_apart_from_what_is_reached() -> None:
    said = " ".join(str(need("routing", draws=512)).split())
    assert "standard deviations from their medians; at the medians it is ahead in " in said


def test_a_verdict_that_no_input_turns_names_the_number_that_it_stays_above() -> None:
    workload = {"calls_per_month": "1000 to 2000"}
    prompt = {"price": {"input": 100.0, "output": 0.0}, "prompt_tokens": 1000}
    fine = {"price": {"input": 1.0, "output": 0.0}, "prompt_tokens": 1000, "hours_per_month": 0}
    own = {"title": "Sure", "baseline": "prompt", "horizon_months": 12, "workload": workload}
    found = need({**own, "strategies": {"prompt": prompt, "fine": fine}}, [VOLUME], draws=256)
    assert found.nearest is None
    assert nearest_tip(found) == (
        "None of the inputs that were tried takes it below half of all futures by itself, whatever its "
        "value: calls per month.",
    )


def test_a_probability_that_is_asked_for_twice_is_answered_once() -> None:
    assert need("article_100k", ["workload.calls_per_month"], probability=(0.5, 0.5)).probabilities == (0.5,)
