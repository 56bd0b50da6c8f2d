"""Ledgers, what falls due and discounting, array by array; costs beyond all numbers; and what is decided."""

import math
from typing import Any

import numpy as np
import pytest
from everything import ALL

import mcost
from mcost import costs as room
from mcost.billing import Line
from mcost.costs import Costs, Due, Ledger, costs
from mcost.draws import draw
from mcost.errors import SimulationError
from mcost.law import Array

SOURCE = "strategies.fine_tune.success_probability"


def costed(scenario: dict[str, Any], n: int = 64, seed: int = 3, block: int = 0) -> Costs:
    built = mcost.load(scenario)
    return costs(built, draw(built, seed=seed, block=block, n=n))


def plain(**own: Any) -> dict[str, Any]:
    """A rival that meets the bar in three of four futures, and costs 2 USD a month where it does."""
    return {
        "title": "plain",
        "baseline": "prompt",
        "horizon_months": 3,
        "discount_rate": 0.1,
        "workload": {"calls_per_month": 1000},
        "strategies": {
            "prompt": {"price": {"input": 1}, "costs": [{"name": "rent", "driver": "month", "amount": 5}]},
            "fine_tune": {
                "price": {"input": 1},
                "success_probability": 0.75,
                "costs": [{"name": "own", "driver": "month", "amount": 2}],
            },
        },
    } | own


# --- ledgers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 7, 2500])
def test_a_ledger_of_any_number_of_futures(n: int) -> None:
    r = np.random.default_rng(n)
    each, shared = r.uniform(size=(4, n)), np.array([[0.0], [1.0], [0.0], [3.0]])
    never, once = np.zeros((4, 1)), np.array([[1.0], [0.0], [0.0], [0.0]])
    lines = tuple(
        Line(name, driver, r.uniform(1, 9, n), hours)
        for name, driver, hours in (
            ("calls", each, None),
            ("rent", shared, r.uniform(1, 2, n)),
            ("calls", each, r.uniform(1, 2, n)),
            ("power", shared, None),
            ("calls", each.copy(), None),
            ("rent", shared.copy(), r.uniform(1, 2, n)),
            ("setup", once, r.uniform(1, 2, n)),
            ("calls", never, r.uniform(1, 2, n)),
        )
    )
    before = [(line.driver.copy(), line.amount.copy()) for line in lines]
    ledger = Ledger("any", lines, 3, n)
    month_by_month = np.zeros((4, n))
    by_name: dict[str, Array] = {}
    hours = np.zeros(n)
    for line in lines:
        for t in range(4):
            driven = line.driver[t] * line.amount
            month_by_month[t] += driven
            by_name.setdefault(line.name, np.zeros((4, n)))[t] += driven
            hours += 0 if line.hours is None else line.driver[t] * line.hours
    np.testing.assert_allclose(ledger.usd(), month_by_month, rtol=1e-12)
    assert ledger.usd().shape == (4, n)
    found = ledger.by_line()
    assert list(found) == ["calls", "rent", "power", "setup"]
    for name, usd in found.items():
        assert usd.shape == (4, n)
        np.testing.assert_allclose(usd, by_name[name], rtol=1e-12)
    np.testing.assert_allclose(ledger.hours(Due(np.ones((4, 1)))), hours, rtol=1e-12)
    for weights in (np.array([[1.0], [0.9], [0.5], [0.25]]), r.uniform(size=(4, n))):
        totals = ledger.totals(Due(weights))
        assert list(totals) == ["calls", "rent", "power", "setup"]
        for name, total in totals.items():
            np.testing.assert_allclose(total, (by_name[name] * weights).sum(axis=0), rtol=1e-12)
    # nothing that it was given is changed
    for line, (driver, amount) in zip(lines, before, strict=True):
        assert (line.driver == driver).all()
        assert (line.amount == amount).all()


def test_a_ledger_without_lines_costs_nothing() -> None:
    empty = Ledger("any", (), 2, 3)
    assert empty.usd().tolist() == [[0.0] * 3] * 3
    assert empty.hours(Due(np.ones((3, 1)))).tolist() == [0.0] * 3
    assert empty.by_line() == empty.totals(Due(np.ones((3, 1)))) == {}


def test_lines_that_share_a_driver_are_added_before_they_meet_it() -> None:
    """A driver that is one array is read once, whatever stands between its lines."""
    driver, other = np.ones((2, 1)), np.ones((2, 1))
    amounts = [np.array([float(k)]) for k in range(4)]
    lines = tuple(Line("x", d, a) for d, a in zip((driver, other, driver, driver), amounts, strict=True))
    assert [len(group) for _, group in Ledger("any", lines, 1, 1)._by_driver] == [3, 1]


# --- what falls due ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("own_weights", [False, True])
def test_what_falls_due_is_weighed_by_month(own_weights: bool) -> None:
    weights = np.array([[1.0, 0.5], [0.25, 2.0]]) if own_weights else np.array([[1.0], [0.25]])
    due = Due(weights)
    shared, each = np.array([[3.0], [8.0]]), np.array([[3.0, 5.0], [8.0, 4.0]])
    assert due(shared).tolist() == ([5.0, 17.5] if own_weights else [5.0])
    assert due(each).tolist() == ([5.0, 10.5] if own_weights else [5.0, 6.0])
    assert isinstance(due(each), np.ndarray)
    # each driver is added up once
    assert due(each) is due(each)
    each[:] = 0
    assert due(each).any()


def test_a_driver_that_is_gone_is_not_taken_for_another() -> None:
    due = Due(np.ones((2, 1)))
    assert [due(np.full((2, 1), float(k)))[0] for k in range(50)] == [2.0 * k for k in range(50)]


# --- discounting ------------------------------------------------------------------------------------------


def test_factors_of_a_certain_rate_are_one_column() -> None:
    weights = costed(plain()).weights
    np.testing.assert_allclose(weights, [[1.1 ** (-t / 12)] for t in range(4)], rtol=1e-14)
    assert costed({k: v for k, v in plain().items() if k != "discount_rate"}).weights.tolist() == [[1.0]] * 4


def test_factors_of_an_uncertain_rate_are_each_futures_own() -> None:
    made = costed(plain(discount_rate="2% to 20%"))
    rate = made.draws.values["discount_rate"]
    assert made.weights.shape == (4, 64)
    np.testing.assert_allclose(made.weights, [(1 + rate) ** (-t / 12) for t in range(4)], rtol=1e-12)


def test_discounted_costs_are_costs_times_the_factors() -> None:
    made = costed(ALL["everything"])
    for name in made.ledgers:
        expected = made.ledgers[name].usd() * made.weights
        np.testing.assert_array_equal(made.discounted(name), expected)
        np.testing.assert_allclose(made.totals[name], expected.sum(axis=0), rtol=1e-12)
    # the baseline, which every candidate is held against, is added up once
    assert made.discounted("prompt") is made.discounted("prompt")
    assert made.discounted("fine_tune") is not made.discounted("fine_tune")
    assert made.due is made.due
    assert made.count is made.count
    np.testing.assert_allclose(made.count(made.draws.calls), made.draws.calls.sum(axis=0), rtol=1e-12)
    assert list(made.totals) == list(ALL["everything"]["strategies"])


# --- costs of a block -------------------------------------------------------------------------------------


def test_a_block_has_a_ledger_a_strategy() -> None:
    made = costed(plain(), n=40)
    assert list(made.ledgers) == ["prompt", "fine_tune"]
    for name, ledger in made.ledgers.items():
        assert (ledger.strategy, ledger.months, ledger.n) == (name, 3, 40)
    assert made.scenario.title == "plain"
    assert made.draws.n == 40
    assert made.read == frozenset()


def test_what_drivers_read_is_told() -> None:
    scenario = plain()
    scenario["strategies"]["fine_tune"]["build_months"] = "0.1 to 2.5"
    assert costed(scenario).read >= {"strategies.fine_tune.build_months"}


@pytest.mark.parametrize("met", [False, True])
def test_if_it_is_decided_whether_the_bar_is_met(met: bool) -> None:
    made = costed(plain())
    ledger = made.if_decided("fine_tune", SOURCE, met)
    assert (ledger.strategy, ledger.months, ledger.n) == ("fine_tune", 3, 64)
    # where it is missed, the baseline serves on at 5 USD a month
    np.testing.assert_array_equal(ledger.usd(), np.array([[0.0]] + [[2.0 if met else 5.0]] * 3) * np.ones(64))
    # in the futures in which it is so anyhow, nothing is changed; and the block itself is left alone
    same = made.draws.success[SOURCE] == met
    assert 0 < np.count_nonzero(same) < 64
    np.testing.assert_array_equal(ledger.usd()[:, same], made.ledgers["fine_tune"].usd()[:, same])


def test_what_is_decided_is_that_one_bar() -> None:
    scenario = plain()
    scenario["strategies"]["other"] = {
        "price": {"input": 1},
        "fallback": "fine_tune",
        "success_probability": 0.5,
        "costs": [{"name": "own", "driver": "month", "amount": 1}],
    }
    made = costed(scenario)
    usd = made.if_decided("other", "strategies.other.success_probability", False).usd()
    expected = np.where(made.draws.success[SOURCE], 2.0, 5.0)
    np.testing.assert_array_equal(usd[1:], np.broadcast_to(expected, (3, 64)))


# --- beyond all numbers -----------------------------------------------------------------------------------


def beyond(**rent: Any) -> dict[str, Any]:
    scenario = plain()
    scenario["workload"]["calls_per_month"] = 1e10
    scenario["strategies"]["fine_tune"]["costs"] = [{"name": "rent", **rent}]
    return scenario


def assert_not_finite(made: Costs) -> None:
    """And that to ask for it warns of nothing."""
    assert not np.isfinite(made.discounted("fine_tune")).all()
    decided = made.if_decided("fine_tune", SOURCE, True)
    with np.errstate(all="ignore"):
        assert not np.isfinite(decided.usd()).all()


def test_a_cost_beyond_all_numbers_is_found_and_warns_of_nothing() -> None:
    made = costed(beyond(driver="call", amount=1e300), block=1)
    with pytest.raises(SimulationError) as raised:
        _ = made.totals
    first = int(np.flatnonzero(made.draws.success[SOURCE])[0])
    assert str(raised.value) == (
        f"strategies.fine_tune: the cost line rent is not finite in month 1 of draw {8192 + first}"
    )
    assert_not_finite(made)


def test_a_cost_that_is_beyond_all_numbers_before_it_is_billed() -> None:
    scenario = beyond(driver="month", amount=1)
    scenario["strategies"]["fine_tune"] |= {
        "error_rate": 1,
        "cost_per_error": 1e300,
        "latency_seconds": 1e300,
    }
    scenario["strategies"]["fine_tune"]["cost_per_second"] = 1e300
    made = costed(scenario)
    with pytest.raises(SimulationError, match="is not finite in month 1 of draw"):
        _ = made.totals
    assert_not_finite(made)


def test_a_cost_that_is_no_number_is_found_and_warns_of_nothing() -> None:
    scenario = beyond(driver="month", amount=1)
    own = {"price": {"input": 1e300}, "prompt_tokens": 1e300, "price_multiplier": 0}
    scenario["strategies"]["fine_tune"] |= own
    made = costed(scenario)
    decided = made.if_decided("fine_tune", SOURCE, True)
    assert np.isnan(made.discounted("fine_tune")).any()
    with np.errstate(all="ignore"):
        assert np.isnan(decided.usd()).any()
    with pytest.raises(SimulationError, match="the cost line tokens is not finite in month 1 of draw"):
        _ = made.totals


def test_the_line_and_the_month_that_cannot_be_used() -> None:
    driver = np.array([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0], [1.0, 2.0, 3.0]])
    fine = Line("fine", driver, np.ones(3))
    wrong = Line("wrong", driver, np.array([1.0, 1.5e308, 1.6e308]))
    worse = Line("worse", driver, np.full(3, np.inf))
    monthly = Line("monthly", np.array([[0.0], [1.0], [0.0]]), np.array([4e307, 4e307, np.nan]))
    endless = Line("endless", np.zeros((3, 3)), np.full(3, np.inf))
    halves = (Line("one", driver, np.full(3, 3e307)), Line("one", driver, np.full(3, 3e307)))
    cases = [
        ((fine, wrong, worse), 0, "worse is not finite in month 1"),  # never times without end is nothing
        ((fine, wrong, worse), 1, "wrong is not finite in month 2"),
        ((fine, worse, wrong), 1, "worse is not finite in month 1"),
        ((fine, monthly), 2, "monthly is not finite in month 1"),
        ((fine, wrong, monthly), 0, "monthly is 4e+307 USD, too large to be averaged, in month 1"),
        ((fine, *halves, monthly), 2, "one is not finite in month 2"),
        ((fine, endless), 0, "endless is not finite in month 0"),  # never due, and no number all the same
        ((fine, *halves), 1, "one is 1.2e+308 USD, too large to be averaged, in month 2"),
    ]
    for lines, future, message in cases:
        error = Ledger("any", lines, 2, 3).unusable(future, 100 + future)
        assert isinstance(error, SimulationError)
        assert str(error) == f"strategies.any: the cost line {message} of draw {100 + future}"


def test_sums_of_arrays_are_in_their_order() -> None:
    huge = [np.array([1e16]), np.array([1.0]), np.array([-1e16])]
    assert room._sum(huge).tolist() == [0.0]
    assert room._sum(iter([np.array([math.pi])])).tolist() == [math.pi]
