"""EVPI, expected loss, EVPPI, EVSI and ENBS on plain arrays, by hand and by what must always hold."""

import math
import subprocess
import sys
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


# --- EVPPI ------------------------------------------------------------------------------------------------


@st.composite
def models(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Costs (s, n) that follow one to three inputs, and luck; inputs (k, n)."""
    r = np.random.default_rng(draw(st.integers(0, 10**6)))
    strategies, k, n = draw(st.integers(2, 4)), draw(st.integers(1, 3)), draw(st.sampled_from([60, 300]))
    x = r.normal(size=(k, n))
    if draw(st.booleans()):
        x = np.exp(x)
    if draw(st.booleans()):
        x[0] = np.round(x[0])
    cost = r.normal(size=(strategies, k)) @ x + r.normal(size=(strategies, 1)) * x[0] ** 2
    return cost + draw(st.sampled_from([0.1, 2.0])) * r.normal(size=(strategies, n)), x


def assert_same(one: voi.Information, other: voi.Information, factor: float = 1.0) -> None:
    scale = max(abs(one.value), one.standard_error, 1e-3) * factor
    for mine, theirs in (
        (one.value, other.value),
        (one.standard_error, other.standard_error),
        (one.bias, other.bias),
    ):
        assert theirs == pytest.approx(mine * factor, abs=1e-5 * scale)


def test_evppi_by_hand() -> None:
    # x is 0 or 1; the second strategy costs 1 more on average where x = 0, 3 less where x = 1: mean 1 less,
    # so it is the best of the two, and learning x saves 1 in half of the draws
    cost = [[10.0, 10.0, 10.0, 10.0] * 5, [10.0, 12.0, 6.0, 8.0] * 5]
    found = voi.evppi(cost, [0.0, 0.0, 1.0, 1.0] * 5)
    assert found.value == pytest.approx(0.5)
    assert (found.n, found.method, found.warning) == (20, "spline", None)
    # savings of the first: 0, 2, -4, -2, fitted 1 and -3, residuals -1, 1, -1, 1, which count where x = 0:
    # influences 1 - r, 1 + r, 0, 0 about 0.5, r² = 20 / 18 for the two degrees of freedom
    spread = (2 * 0.25 + 2 * (0.25 + 20 / 18)) * 5 / 19
    assert found.standard_error == pytest.approx(math.sqrt(spread / 20), rel=1e-6)


def test_the_interval_is_about_the_corrected_value_and_never_below_zero() -> None:
    found = voi.Information(1.0, 0.5, 100, bias=0.25, method="spline", warning=None)
    assert found.corrected == 0.75
    assert found.interval == (0.0, pytest.approx(0.75 + 0.98))


@HOUSE
@given(models())
def test_evppi_lies_between_nothing_and_evpi(model: tuple[np.ndarray, np.ndarray]) -> None:
    cost, x = model
    perfect = voi.evpi(cost)
    for inputs in (x[0], x):
        found = voi.evppi(cost, inputs)
        assert found.value >= 0
        assert found.corrected >= 0
        assert found.standard_error >= 0
        assert found.corrected <= perfect.value + 4 * math.hypot(found.standard_error, perfect.standard_error)
    blocks = voi.evppi(cost, x[0], method="blocks")
    # a block's best mean is no more than the mean of its bests
    assert 0 <= blocks.value <= perfect.value + 1e-9 * abs(cost).max()


@HOUSE
@given(models(), st.integers(0, 10**6))
def test_a_common_cost_and_the_order_of_strategies_change_no_evppi(
    model: tuple[np.ndarray, np.ndarray], seed: int
) -> None:
    cost, x = model
    r = np.random.default_rng(seed)
    found = voi.evppi(cost, x)
    assert_same(found, voi.evppi(cost + r.normal(size=cost.shape[1]) + 100, x))
    assert_same(found, voi.evppi(r.permutation(cost), x))
    assert_same(found, voi.evppi(1000 * cost, x), 1000)


@HOUSE
@given(models(), st.integers(0, 3))
def test_a_copy_of_a_strategy_changes_no_evppi(model: tuple[np.ndarray, np.ndarray], which: int) -> None:
    cost, x = model
    copied = np.vstack([cost, cost[which % len(cost)]])
    assert_same(voi.evppi(cost, x), voi.evppi(copied, x))


@HOUSE
@given(models())
def test_all_inputs_are_worth_all_where_there_is_no_luck(model: tuple[np.ndarray, np.ndarray]) -> None:
    _, x = model
    weights = np.random.default_rng(1).normal(size=(3, len(x)))
    cost = weights @ x
    assert voi.evppi(cost, x).value == pytest.approx(voi.evpi(cost).value, rel=1e-3, abs=1e-3)


def test_evppi_of_an_input_that_never_varies_is_nothing() -> None:
    cost = np.random.default_rng(1).normal(size=(2, 100))
    assert voi.evppi(cost, np.ones(100)).value == 0


def test_a_fit_that_misses_a_pattern_is_said() -> None:
    u, e = np.random.default_rng(1).uniform(size=(2, 4096))
    found = voi.evppi([np.zeros(4096), np.sin(200 * u) + 0.1 * e], u)
    assert found.warning is not None
    assert "the fit is poor" in found.warning


def test_a_fit_that_promises_too_much_is_held_to_what_its_choices_save() -> None:
    # |x1| … |x6| multiplied: products of all six at once are beyond a fit of pairs and triples
    x = np.random.default_rng(1).normal(size=(6, 4096))
    saving = np.abs(x).prod(axis=0) - 0.2
    cost = np.stack([np.zeros(4096), -saving])
    found, perfect = voi.evppi(cost, x), voi.evpi(cost)
    assert found.warning == "the fit is poor: shown is what its choices save in the draws themselves"
    assert 0.5 * perfect.value < found.value <= perfect.value


COST = np.zeros((2, 30))


@pytest.mark.parametrize(
    ("cost", "x", "method", "message"),
    [
        (
            COST[:1],
            np.zeros(30),
            "auto",
            "cost: found one strategy; expected two or more, to choose between",
        ),
        (
            COST[0],
            np.zeros(30),
            "auto",
            "cost: found shape (30,); expected (strategies, draws), neither of them 0",
        ),
        (COST, np.zeros(29), "auto", "x: found 29 draws; expected 30, as many as outcomes have"),
        (COST[:, :9], np.zeros(9), "auto", "x: found 9 draws; expected 20 or more, for a regression"),
        (COST, [math.nan] * 30, "auto", "x: found nan in row 0, draw 0; expected finite numbers"),
        (
            COST,
            np.zeros(30),
            "block",
            'method: found "block"; expected auto or blocks; did you mean blocks?',
        ),
        (
            COST,
            np.zeros((2, 30)),
            "blocks",
            "x: found 2 inputs; expected one, blocks are sorted by one",
        ),
    ],
)
def test_what_evppi_cannot_answer_is_refused(cost: Any, x: Any, method: str, message: str) -> None:
    with pytest.raises(McostError) as found:
        voi.evppi(cost, x, method=method)
    assert str(found.value) == message


# --- EVSI, ENBS and modelling -----------------------------------------------------------------------------


def study(n: int = 2000) -> tuple[np.ndarray, dict[int, np.ndarray]]:
    rate, noise = np.random.default_rng(1).normal(size=(2, n))
    return np.stack([0 * rate, rate]), {size: rate + noise / math.sqrt(size) for size in (1, 4, 16)}


def test_evsi_is_evppi_of_the_result() -> None:
    cost, results = study()
    assert voi.evsi(cost, results[4]) == voi.evppi(cost, results[4])
    with pytest.raises(McostError, match="statistic: found 29 draws; expected 2000"):
        voi.evsi(cost, np.zeros(29))


def test_enbs_is_evsi_less_the_cost_of_the_study() -> None:
    cost, results = study()
    found = voi.enbs(cost, results, fixed=0.02, per_observation=0.01)
    assert found.n.tolist() == [1, 4, 16]
    assert found.evsi.tolist() == [voi.evsi(cost, results[n]).corrected for n in (1, 4, 16)]
    assert found.enbs == pytest.approx(found.evsi - 0.02 - 0.01 * found.n)
    assert found.best_n == found.n[np.argmax(found.enbs)] == 4
    called = voi.enbs(cost, lambda n: results[n], [16, 4, 1, 4], fixed=0.02, per_observation=0.01)
    assert called.n.tolist() == [1, 4, 16]
    assert called.enbs.tolist() == found.enbs.tolist()
    assert voi.enbs(cost, results, fixed=10).best_n == 0


@pytest.mark.parametrize(
    ("statistic", "sizes", "amount", "message"),
    [
        ({}, None, 0.0, "sizes: found none; expected the numbers of observations to try"),
        (lambda n: None, None, 0.0, "sizes: found none; expected the numbers of observations to try"),
        ({4: np.zeros(2000)}, [4, 5], 0.0, "sizes: found 5; expected a size that has a statistic"),
        (lambda n: np.zeros(2000), [0], 0.0, "sizes: found 0; expected whole numbers, 1 or more"),
        (lambda n: np.zeros(2000), [1.5], 0.0, "sizes: found 1.5; expected whole numbers, 1 or more"),
        (lambda n: np.zeros(2000), [1], math.nan, "fixed: found nan; expected a finite amount"),
        (
            lambda n: np.zeros(7),
            [3],
            0.0,
            "statistic of 3 observations: found 7 draws; expected 2000, as many as outcomes have",
        ),
    ],
)
def test_what_enbs_cannot_answer_is_refused(statistic: Any, sizes: Any, amount: float, message: str) -> None:
    with pytest.raises(McostError) as found:
        voi.enbs(study()[0], statistic, sizes, fixed=amount)
    assert str(found.value) == message


def test_value_of_modelling_by_hand() -> None:
    # means 2 and 3; choosing the second costs 1, in single draws 1, 3, -1
    found = voi.value_of_modelling([[1.0, 2.0, 3.0], [2.0, 5.0, 2.0]], 1)
    assert found.value == 1
    assert found.standard_error == pytest.approx(2 / math.sqrt(3))
    assert voi.value_of_modelling([[1.0, 2.0, 3.0], [2.0, 5.0, 2.0]], 0).value == 0
    for wrong in (2, -1, 0.5):
        with pytest.raises(McostError, match="expected a strategy's row, 0 to 1"):
            voi.value_of_modelling([[1.0, 2.0], [2.0, 5.0]], wrong)


def test_importing_it_loads_no_regression() -> None:
    code = "import sys, mcost.voi; print('mcost.regression' in sys.modules, 'scipy.linalg' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "False"]
