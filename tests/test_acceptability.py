"""Acceptability and expected loss along the horizon and along an input."""

import numpy as np
import pytest

import mcost
from mcost.acceptability import GROUPS, acceptability
from mcost.errors import McostError
from mcost.report.acceptability import accepted
from mcost.report.plain import plain

DATA = {
    "title": "curves",
    "baseline": "a",
    "horizon_months": 12,
    "workload": {"calls_per_month": 1000},
    "strategies": {
        "a": {"price": {"input": 1000.0}, "prompt_tokens": 1000},  # 1000 USD a month
        "b": {
            "price": {"input": 500.0},  # 500 USD a month
            "prompt_tokens": 1000,
            "costs": [{"name": "once", "driver": "once", "amount": "1000 to 4000"}],
        },
    },
}


def test_over_the_horizon_it_is_the_chance_that_the_fixed_cost_is_earned_back() -> None:
    """b is cheaper once 500 t > its fixed cost: P = F(500 t), and its loss is E[max(0, cost - 500 t)]."""
    answer = mcost.run(DATA, draws=8192)
    found = acceptability(answer)
    fixed = answer.futures.inputs["strategies.b.costs.once"]
    assert found.x.tolist() == list(range(1, 13))
    for t in range(1, 13):
        assert found.probability_cheapest[1, t - 1] == pytest.approx(np.mean(fixed < 500 * t))
        loss = np.maximum(fixed - 500 * t, 0).mean()
        assert found.expected_loss_usd[1, t - 1] == pytest.approx(loss, rel=1e-9, abs=1e-9)
        share = np.mean(fixed < 500 * t)
        assert found.standard_error[1, t - 1] == pytest.approx(np.sqrt(share * (1 - share) / 8192), abs=1e-9)
    assert found.changes[0] == (1.0, "a")
    assert [name for _, name in found.changes] == ["a", "b"]


def test_at_the_horizon_it_is_the_answer_s_own() -> None:
    answer = mcost.run("contested", draws=4096)
    found = acceptability(answer)
    for i, name in enumerate(found.strategies):
        assert found.probability_cheapest[i, -1] == pytest.approx(
            answer.strategies[name].probability_cheapest
        )
        loss = answer.strategies[name].expected_loss_usd.value
        assert found.expected_loss_usd[i, -1] == pytest.approx(loss)


def test_over_an_input_the_choice_turns_where_it_must() -> None:
    """At 12 months b saves 6000 less its fixed cost: it leads in every group below, and in none above."""
    data = {**DATA, "strategies": {**DATA["strategies"]}}
    data["strategies"]["b"] = {
        **DATA["strategies"]["b"],
        "costs": [{"name": "once", "driver": "once", "amount": "3000 to 12_000"}],
    }
    answer = mcost.run(data, draws=8192)
    found = acceptability(answer, "strategies.b.costs.once")
    assert found.x.size == GROUPS
    assert (np.diff(found.x) > 0).all()
    pure = (found.x < 5000) | (found.x > 7200)
    np.testing.assert_array_equal(found.probability_cheapest[1, pure], (found.x < 6000)[pure])
    assert [name for _, name in found.changes] == ["b", "a"]
    np.testing.assert_allclose(found.probability_cheapest.sum(axis=0), 1)


def test_data_and_frame() -> None:
    found = acceptability(mcost.run(DATA, draws=100))
    assert set(found.to_dict()["strategies"]) == {"a", "b"}
    assert len(found.to_frame()) == 24


def test_what_is_wrong_is_told() -> None:
    answer = mcost.run(DATA, draws=100)
    with pytest.raises(McostError) as caught:
        acceptability(answer, "workload.calls_per_month")
    told = "over: workload.calls_per_month does not vary between futures; expected an uncertain input"
    assert str(caught.value) == told
    with pytest.raises(McostError) as caught:
        acceptability(answer, "horizn")
    assert str(caught.value) == "over: no such input: horizn; did you mean horizon?"


def test_strategies_that_are_as_good_as_each_other_do_not_take_turns() -> None:
    same = {"price": {"input": 1.0, "output": 4.0}, "prompt_tokens": "500 to 1500"}
    data = {
        **DATA,
        "workload": {"calls_per_month": "1000 to 2000", "output_tokens": "10 to 20"},
        "strategies": {"a": same, "b": dict(same)},
    }
    answer = mcost.run(data, draws=4096)
    for over in ("calls_per_month", "workload.output_tokens", "horizon"):
        found = acceptability(answer, over)
        assert len(found.changes) == 1
    assert len(set(np.argmin(acceptability(answer, "output_tokens").expected_loss_usd, axis=0))) == 2
    text = plain(accepted(answer, acceptability(answer, "output_tokens")))
    assert "Nothing can be told to cost less than" in text


def test_the_error_of_a_lead_is_that_of_the_paired_difference() -> None:
    answer = mcost.run(DATA, draws=4096)
    found = acceptability(answer)
    apart = answer.futures.cost["a"] - answer.futures.cost["b"]
    assert found.lead_error[0, 1, -1] == pytest.approx(np.std(apart) / 64, rel=1e-6)
    assert found.lead_error[1, 0, -1] == found.lead_error[0, 1, -1]
    assert found.lead_error[0, 0, -1] == 0


def test_an_end_of_a_name_will_do_where_only_one_has_it() -> None:
    answer = mcost.run(DATA, draws=100)
    assert acceptability(answer, "costs.once").over == "strategies.b.costs.once"
