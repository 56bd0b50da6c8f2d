"""EVPI and expected loss on plain arrays, by hand and by what must always hold."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mcost import voi
from mcost.errors import McostError

HOUSE = settings(deadline=None, derandomize=True, max_examples=150)
TABLES = arrays(
    float,
    st.tuples(st.integers(1, 5), st.integers(1, 30)),
    elements=st.one_of(st.integers(-5, 5).map(float), st.floats(-1e6, 1e6)),
)


def test_two_strategies_by_hand() -> None:
    # cheapest in each draw: 1, 2, 2, 0. Losses of the first: 0, 3, 0, 4 (mean 7/4); of the second: 1, 0, 3, 0
    # (mean 1). EVPI is the smaller, 1.
    cost = [[1.0, 5.0, 2.0, 4.0], [2.0, 2.0, 5.0, 0.0]]
    first, second = voi.expected_loss(cost)
    assert (first.value, second.value) == (7 / 4, 1.0)
    assert voi.evpi(cost) == second
    # squares about the mean 1: 0, 1, 4, 1; s² = 6 / 3; standard error sqrt(2 / 4)
    assert second.standard_error == pytest.approx(math.sqrt(2 / 4), rel=1e-15)
    assert second.n == 4


def test_evpi_is_the_gain_of_choosing_after_the_fact() -> None:
    # min_d E[cost_d] - E[min_d cost_d] = min(3, 9/4) - 5/4 = 1
    cost = np.array([[1.0, 5.0, 2.0, 4.0], [2.0, 2.0, 5.0, 0.0]])
    assert voi.evpi(cost).value == cost.mean(axis=1).min() - cost.min(axis=0).mean() == 1.0


def test_whole_numbers_and_lists_are_read() -> None:
    assert voi.evpi([[1, 3], [2, 2]]).value == 0.5
    assert voi.evpi(np.array([[1, 3], [2, 2]], dtype=np.int8)).value == 0.5


def test_one_strategy_one_draw_and_a_sure_winner_leave_nothing_to_learn() -> None:
    assert voi.evpi([[3.0, 1.0, 2.0]]).value == 0.0
    assert voi.evpi([[3.0], [1.0]]).value == 0.0
    assert voi.evpi([[3.0], [1.0]]).standard_error == 0.0
    assert voi.evpi([[1.0, 2.0, 3.0], [1.5, 2.0, 9.0]]).value == 0.0
    assert voi.evpi([[7.0, 8.0], [7.0, 8.0]]).value == 0.0


@HOUSE
@given(TABLES)
def test_expected_loss_is_its_definition(cost: np.ndarray) -> None:
    found = voi.expected_loss(cost)
    for d in range(cost.shape[0]):
        losses = [cost[d, i] - min(cost[:, i]) for i in range(cost.shape[1])]
        assert found[d].value == pytest.approx(math.fsum(losses) / len(losses), rel=1e-12, abs=1e-12)
        assert found[d].value >= 0
        assert found[d].n == cost.shape[1]
    assert voi.evpi(cost).value == min(loss.value for loss in found)


@HOUSE
@given(TABLES, st.integers(0, 10**6))
def test_a_cost_added_to_all_decides_nothing(cost: np.ndarray, seed: int) -> None:
    added = np.random.default_rng(seed).uniform(-1e6, 1e6, cost.shape[1])
    for before, after in zip(voi.expected_loss(cost), voi.expected_loss(cost + added), strict=True):
        assert after.value == pytest.approx(before.value, abs=1e-8)
        assert after.standard_error == pytest.approx(before.standard_error, abs=1e-8)
    assert voi.evpi(cost + added).value == pytest.approx(voi.evpi(cost).value, abs=1e-8)


@HOUSE
@given(TABLES)
def test_evpi_scales_with_money_and_minds_no_order(cost: np.ndarray) -> None:
    one = voi.evpi(cost)
    assert voi.evpi(4 * cost).value == 4 * one.value
    assert voi.evpi(cost[::-1]).value == one.value
    assert voi.evpi(cost[:, ::-1]).value == pytest.approx(one.value, rel=1e-12, abs=1e-12)


@HOUSE
@given(TABLES)
def test_a_strategy_that_is_never_cheapest_changes_nothing(cost: np.ndarray) -> None:
    worse = cost.max(axis=0) + 1
    assert voi.evpi(np.vstack([cost, worse])).value == voi.evpi(cost).value
    copied = np.vstack([cost, cost[:1]])
    assert voi.evpi(copied).value == voi.evpi(cost).value


def test_the_array_is_left_alone() -> None:
    cost = np.array([[1.0, 3.0], [2.0, 2.0]])
    cost.flags.writeable = False
    assert voi.evpi(cost).value == 0.5


@pytest.mark.parametrize(
    ("cost", "message"),
    [
        ([1.0, 2.0], "cost: found shape (2,); expected (strategies, draws), neither of them 0"),
        (None, "cost: found shape (); expected (strategies, draws), neither of them 0"),
        (3.0, "cost: found shape (); expected (strategies, draws), neither of them 0"),
        (np.zeros((2, 3, 4)), "cost: found shape (2, 3, 4); expected (strategies, draws), neither of them 0"),
        (np.zeros((0, 3)), "cost: found shape (0, 3); expected (strategies, draws), neither of them 0"),
        (np.zeros((3, 0)), "cost: found shape (3, 0); expected (strategies, draws), neither of them 0"),
        (
            [[1.0, 2.0], [3.0, math.nan]],
            "cost: found nan for strategy 1 in draw 1; expected finite",
        ),
        (
            [[1.0, -math.inf], [math.inf, 4.0]],
            "cost: found -inf for strategy 0 in draw 1; expected finite",
        ),
    ],
)
@pytest.mark.parametrize("call", [voi.evpi, voi.expected_loss])
def test_what_is_not_a_table_of_costs_is_refused(call: Any, cost: Any, message: str) -> None:
    with pytest.raises(McostError) as error:
        call(cost)
    assert str(error.value) == message
