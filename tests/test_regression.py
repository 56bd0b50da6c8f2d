"""Conditional means from draws: what is exact, what the linear map promises, how near the truth it comes."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mcost.errors import McostError
from mcost.regression import Fit, block_means, conditional_mean, variance_share

HOUSE = settings(deadline=None, derandomize=True, max_examples=60)
DRAWS = 16_384


def normals(rows: int, n: int = DRAWS, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(rows, n))


def error(fit: Fit, truth: np.ndarray) -> float:
    """Mean squared error of the first outcome's fit."""
    return float(np.mean((fit.fitted[0] - truth) ** 2))


# --- exact ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sigma", [0.1, 1.0, 2.0])
def test_straight_lines_are_free_however_skew_the_input(sigma: float) -> None:
    x = np.exp(sigma * normals(1)[0])
    fit = conditional_mean(3 * x - 2, x)
    assert np.allclose(fit.fitted[0], 3 * x - 2, rtol=1e-6, atol=1e-6)
    noisy = conditional_mean(3 * x - 2 + normals(1, seed=2)[0], x)
    assert noisy.degrees_of_freedom[0] < 6


def test_few_values_get_the_mean_of_each() -> None:
    x = np.array([1.0, 2.0, 2.0, 5.0] * 6)
    y = np.array([[1.0, 4.0, 6.0, -3.0] * 6, [0.0, 0.0, 2.0, 7.0] * 6])
    fit = conditional_mean(y, x)
    assert np.allclose(fit.fitted, [[1, 5, 5, -3] * 6, [0, 1, 1, 7] * 6], atol=1e-8)
    assert np.allclose(fit.degrees_of_freedom, 3)
    # six of the first value, twelve of the second: noise of each mean 1/6, 1/12
    assert np.allclose(fit.leverage[0], [1 / 6, 1 / 12, 1 / 12, 1 / 6] * 6)
    # squares left over: twelve times 1, on 24 - 3 degrees of freedom
    assert np.allclose(fit.residual_variance, 12 / 21)


def test_a_point_mass_beside_a_continuous_part_gets_its_own_mean() -> None:
    r = np.random.default_rng(1)
    x = np.where(r.uniform(size=4000) < 0.3, 0.0, r.normal(size=4000))
    y = np.where(x == 0, 5.0, x) + 0.1 * r.normal(size=4000)
    fit = conditional_mean(y, x)
    assert np.allclose(fit.fitted[0][x == 0], y[x == 0].mean(), atol=1e-6)
    assert error(fit, np.where(x == 0, 5.0, x)) < 20 * 0.01 / 4000
    assert fit.warning is None


def test_a_constant_input_and_a_constant_outcome() -> None:
    y = normals(2, 100)
    fit = conditional_mean(y, np.full(100, 7.0))
    assert np.allclose(fit.fitted, y.mean(axis=1, keepdims=True))
    assert [s.value for s in fit.shares] == pytest.approx([0, 0], abs=1e-12)
    flat = conditional_mean(np.full(100, 3.0), y)
    assert np.allclose(flat.fitted, 3)
    assert (flat.shares[0].value, flat.shares[0].standard_error) == (0.0, 0.0)


def test_blocks_by_hand() -> None:
    x = np.arange(20.0)[::-1]
    y = np.where(x < 10, x, 100.0)
    fit = block_means(y, x, 2)
    assert np.allclose(fit.fitted[0], np.where(x < 10, 4.5, 100.0))
    assert np.allclose(fit.leverage, 1 / 10)
    assert fit.degrees_of_freedom[0] == pytest.approx(2)


def test_blocks_keep_equal_values_together() -> None:
    x = np.repeat([0.0, 1.0, 2.0], [15, 2, 13])
    y = np.arange(30.0)
    fit = block_means(y, x, 10)
    assert np.allclose(fit.fitted[0], np.repeat([7.0, 15.5, 23.0], [15, 2, 13]))


# --- the linear map ---------------------------------------------------------------------------------------


@HOUSE
@given(st.integers(0, 10**6), st.sampled_from([1, 2, 3, 7]), st.sampled_from([40, 150]))
def test_what_a_fit_says_of_itself_holds(seed: int, k: int, n: int) -> None:
    r = np.random.default_rng(seed)
    x = np.exp(r.normal(size=(k, n)))
    y = r.normal(size=(2, n)) + x[0]
    fit = conditional_mean(y, x)
    assert np.allclose(fit.fitted + fit.residual, y)
    assert np.allclose(fit.residual.sum(axis=1), 0, atol=1e-8)
    # the smoother, written out column by column: symmetric, its trace, the noise that it lets through
    columns = [fit.smooth(np.stack([unit, unit])) for unit in np.eye(n)]
    for row in range(2):
        matrix = np.stack([column[row] for column in columns], axis=1)
        assert np.allclose(matrix, matrix.T, atol=1e-8)
        assert np.trace(matrix) == pytest.approx(fit.degrees_of_freedom[row], rel=1e-5)
        assert np.allclose((matrix**2).sum(axis=1), fit.leverage[row], rtol=1e-4, atol=1e-8)
        assert np.allclose(matrix @ y[row], fit.fitted[row], atol=1e-6)


@HOUSE
@given(st.integers(0, 10**6), st.sampled_from([1, 3, 6]))
def test_units_and_order_of_draws_change_nothing(seed: int, k: int) -> None:
    r = np.random.default_rng(seed)
    x, y = r.normal(size=(k, 200)), r.normal(size=200)
    y = y + x[0] ** 2
    fit = conditional_mean(y, x)
    scaled = conditional_mean(1e6 * y - 3, 1e-3 * x + 5)
    assert np.allclose(scaled.fitted, 1e6 * fit.fitted - 3, rtol=1e-4, atol=1e3 * 1e-1)
    order = r.permutation(200)
    assert np.allclose(conditional_mean(y[order], x[:, order]).fitted[0], fit.fitted[0][order], atol=1e-5)


def test_several_outcomes_are_fitted_as_each_alone() -> None:
    x, e = normals(2, 2000)
    y = np.stack([x**2, np.sin(x), e])
    together = conditional_mean(y, x)
    for row, alone in zip(together.fitted, y, strict=True):
        assert np.allclose(row, conditional_mean(alone, x).fitted[0], atol=1e-9)


def test_the_same_call_gives_the_same_numbers() -> None:
    x = normals(41, 2000)
    y = x[0] * x[1] + x[40]
    first, again = conditional_mean(y, x[:40]), conditional_mean(y, x[:40])
    assert (first.fitted == again.fitted).all()


# --- near the truth ---------------------------------------------------------------------------------------

CURVES = {
    "parabola": lambda x: x**2,
    "waves": lambda x: np.sin(3 * x),
    "kink": lambda x: np.maximum(x, 0),
    "threshold": lambda x: np.tanh(5 * x),
}


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("noise", [0.3, 3.0])
def test_a_curve_is_found_but_for_the_noise_of_its_degrees_of_freedom(curve: str, noise: float) -> None:
    x, e = normals(2)
    truth = CURVES[curve](x)
    fit = conditional_mean(truth + noise * e, x)
    # unbiased it would be off by noise² df / n; bias may take as much again, and luck as much
    assert error(fit, truth) < 3 * fit.degrees_of_freedom[0] * noise**2 / DRAWS
    assert fit.degrees_of_freedom[0] < 40
    assert fit.warning is None
    assert fit.residual_variance[0] == pytest.approx(noise**2, rel=0.05)


def test_pure_noise_is_hardly_fitted() -> None:
    for seed in range(20):
        x, e = normals(2, 4096, seed)
        fit = conditional_mean(e, x)
        assert error(fit, np.zeros(4096)) < 30 / 4096
        assert fit.warning is None


GROUPS = {
    "product of two": (2, lambda x: x[0] * x[1]),
    "larger of two": (2, lambda x: np.maximum(x[0], x[1])),
    "product of three": (3, lambda x: (2 + x[0]) * (2 + x[1]) * (2 + x[2])),
    "ratio": (4, lambda x: np.exp(0.5 * x[0]) * x[1] / (1 + np.exp(0.5 * x[2]))),
    "two products of five": (5, lambda x: x[0] * x[1] * x[2] - 2 * x[3] * x[4]),
    "two products of thirty": (30, lambda x: x[3] * x[7] + x[12] * x[20] + x[:10].sum(axis=0)),
}


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_is_found_to_within_a_hundred_numbers_of_noise(group: str) -> None:
    k, function = GROUPS[group]
    x = normals(k + 1)
    truth = function(x[:k])
    fit = conditional_mean(truth + x[k], x[:k])
    assert error(fit, truth) < 100 / DRAWS
    assert fit.warning is None


@pytest.mark.parametrize("count", [3, 5, 12])
def test_volume_times_tokens_times_price(count: int) -> None:
    x = np.exp(0.5 * normals(count))
    truth = x[0] * x[1] * x[2]
    fit = conditional_mean(truth, x)
    assert error(fit, truth) < 0.01 * np.var(truth)


def test_copies_of_inputs_do_no_harm() -> None:
    x, z, e = normals(3)
    truth = x**2 + z
    for group in ([x, z, x], [x, 2 * x + 1, z], [x, z, np.ones(DRAWS)]):
        assert error(conditional_mean(truth + e, np.stack(group)), truth) < 100 / DRAWS


@pytest.mark.parametrize("sigma", [8.0, 20.0])
def test_an_input_over_many_magnitudes(sigma: float) -> None:
    x = np.exp(sigma * normals(1, 2000)[0])
    y = np.log(x) / sigma
    fit = conditional_mean(np.stack([y, x / x.max()]), x)
    assert np.isfinite(fit.fitted).all()
    assert fit.shares[0].value > 0.8


# --- doubt ------------------------------------------------------------------------------------------------


def test_a_pattern_that_the_spline_cannot_follow_is_said() -> None:
    u, e = np.random.default_rng(1).uniform(size=(2, DRAWS))
    fit = conditional_mean(np.sin(200 * u) + e, u)
    assert fit.warning is not None
    assert fit.warning.startswith("the fit is poor: what it leaves over still follows x, ")
    group = conditional_mean(np.sin(200 * u) + e, [e, u])
    assert group.warning is not None
    assert "input 1 of the group" in group.warning


def test_a_fit_with_too_many_degrees_of_freedom_is_said() -> None:
    x = normals(30, 121)
    fit = conditional_mean(x.sum(axis=0), x)
    assert (
        fit.warning == f"the fit is unsure: {fit.degrees_of_freedom[0]:.0f} degrees of freedom on 121 draws"
    )


# --- shares and errors ------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("unit", [2.0**-300, 2.0**265, 2.0**495])
def test_a_share_of_very_large_or_small_outcomes_is_that_of_others(unit: float) -> None:
    x, noise = normals(2, 1024)
    assert variance_share(unit * (x + noise), x) == variance_share(x + noise, x)


def test_a_share_by_hand() -> None:
    # means of the groups 1 and 3, squares between 20 * 1, within 20 * 1; unbiased: 1 - (20 / 18) / (40 / 19)
    x = np.repeat([0.0, 1.0], 10)
    y = np.tile([0.0, 2.0], 10) + 2 * x
    share = variance_share(y, x)
    assert share.value == pytest.approx(1 - (20 / 18) / (40 / 19), rel=1e-6)
    assert share.n == 20


@pytest.mark.parametrize(
    ("y", "x", "message"),
    [
        (
            np.zeros((2, 3, 4)),
            np.zeros(4),
            "y: found shape (2, 3, 4); expected (draws,) or (outcomes, draws)",
        ),
        (np.zeros(30), np.zeros((0, 30)), "x: found shape (0, 30); expected (draws,) or (inputs, draws)"),
        (np.zeros(30), ["a"] * 30, "x: found no numbers; expected (draws,) or (inputs, draws)"),
        (np.zeros(30), np.zeros(29), "x: found 29 draws; expected 30, as many as outcomes have"),
        (np.zeros(19), np.zeros(19), "x: found 19 draws; expected 20 or more, for a regression"),
        (
            np.zeros(39),
            np.zeros((10, 39)),
            "x: found 39 draws; expected 40 or more, for a regression of 10 inputs",
        ),
        (
            np.zeros(30),
            [1.0] * 29 + [math.inf],
            "x: found inf in row 0, draw 29; expected finite numbers",
        ),
    ],
)
@pytest.mark.parametrize("call", [conditional_mean, block_means])
def test_what_cannot_be_fitted_is_refused(call: Any, y: Any, x: Any, message: str) -> None:
    with pytest.raises(McostError) as found:
        call(y, x)
    assert str(found.value) == message


def test_blocks_are_of_one_input_and_no_more_than_draws() -> None:
    with pytest.raises(McostError, match="x: found 2 inputs; expected one, blocks are sorted by one"):
        block_means(np.zeros(30), np.zeros((2, 30)))
    with pytest.raises(McostError, match="blocks: found 31; expected 1 to 30, the number of draws"):
        block_means(np.zeros(30), np.arange(30.0), 31)
    with pytest.raises(McostError, match=r"y: found shape \(1, 30\); expected \(draws,\)"):
        variance_share(np.zeros((1, 30)), np.arange(30.0))
