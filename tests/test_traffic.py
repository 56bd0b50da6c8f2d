"""The calls of the workload, month by month, against their recursion."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mcost.traffic import calls

HOUSE = settings(deadline=None, derandomize=True, max_examples=150)


def by_definition(
    first: float, growth: float, v: float, z: list[float], cap: float, months: int
) -> list[float]:
    """calls[1] = first; calls[t] = calls[t-1] (1 + g) exp(v z[t] - v²/2); never above the cap, fed back."""
    path = [0.0, min(cap, first)]
    for t in range(2, months + 1):
        path.append(min(cap, path[t - 1] * (1 + growth) * math.exp(v * z[t] - v * v / 2)))
    return path


FUTURES = st.lists(
    st.tuples(st.floats(0, 1e9), st.floats(-1, 0.5), st.floats(0, 0.8), st.floats(0, 1e9)),
    min_size=1,
    max_size=6,
)


@HOUSE
@given(FUTURES, st.integers(1, 24), st.integers(0, 10**6))
def test_calls_are_their_recursion(
    futures: list[tuple[float, float, float, float]], months: int, seed: int
) -> None:
    first, growth, v, cap = (np.array(column) for column in zip(*futures, strict=True))
    noise = np.random.default_rng(seed).standard_normal((months + 1, len(futures)))
    for volatility, limit in ((v, cap), (None, cap), (v, None), (None, None)):
        found = calls(first, growth, volatility, noise, limit, months)
        for i in range(len(futures)):
            expected = by_definition(
                first[i],
                growth[i],
                0.0 if volatility is None else v[i],
                list(noise[:, i]),
                math.inf if limit is None else cap[i],
                months,
            )
            np.testing.assert_allclose(found[:, i], expected, rtol=1e-12, atol=1e-300)
        if limit is not None:
            assert (found <= cap).all()


def test_calls_by_hand() -> None:
    # 100, then + 50 % a month, at most 200: 100, 150, 200 (225), 200 (300)
    found = calls(np.array([100.0]), np.array([0.5]), None, None, np.array([200.0]), 4)
    np.testing.assert_array_equal(found[:, 0], [0, 100, 150, 200, 200])


def test_the_cap_is_fed_back() -> None:
    # up by half and down by half: 100, 150 -> 120, 60; over an uncapped path it would be 75
    noise = np.zeros((4, 1))
    volatility = np.array([1.0])
    noise[2] = math.log(1.5) + 0.5
    noise[3] = math.log(0.5) + 0.5
    found = calls(np.array([100.0]), np.array([0.0]), volatility, noise, np.array([120.0]), 3)
    np.testing.assert_allclose(found[:, 0], [0, 100, 120, 60], rtol=1e-12)


def test_a_volume_that_starts_above_the_cap() -> None:
    found = calls(np.array([500.0]), np.array([-0.5]), None, None, np.array([200.0]), 3)
    np.testing.assert_array_equal(found[:, 0], [0, 200, 100, 50])


def test_no_volatility_and_volatility_0_are_one() -> None:
    first, growth = np.array([10.0, 1e6]), np.array([0.03, -0.2])
    noise = np.random.default_rng(1).standard_normal((13, 2))
    np.testing.assert_array_equal(
        calls(first, growth, np.zeros(2), noise, None, 12), calls(first, growth, None, None, None, 12)
    )


@pytest.mark.parametrize("month", [0, 1])
def test_noise_is_used_from_month_2_on(month: int) -> None:
    noise = np.random.default_rng(1).standard_normal((5, 3))
    other = noise.copy()
    other[month] = 99.0
    a, b = (calls(np.full(3, 10.0), np.zeros(3), np.full(3, 0.2), z, None, 4) for z in (noise, other))
    np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("cap", [None, np.array([12.0, 1e9])])
def test_calls_of_the_first_months_are_the_same_at_a_longer_horizon(cap: np.ndarray | None) -> None:
    noise = np.random.default_rng(1).standard_normal((25, 2))
    args = (np.array([10.0, 1e6]), np.array([0.03, -0.2]), np.array([0.1, 0.3]))
    short = calls(*args, noise[:13], cap, 12)
    np.testing.assert_array_equal(short, calls(*args, noise, cap, 24)[:13])


def test_twice_the_volume_and_twice_the_cap_are_twice_the_calls() -> None:
    noise = np.random.default_rng(1).standard_normal((25, 2))
    first, cap = np.array([10.0, 1e6]), np.array([12.0, 1.1e6])
    growth, volatility = np.array([0.03, 0.1]), np.array([0.1, 0.3])
    once = calls(first, growth, volatility, noise, cap, 24)
    np.testing.assert_array_equal(calls(2 * first, growth, volatility, noise, 2 * cap, 24), 2 * once)


def test_the_arguments_are_left_alone() -> None:
    noise = np.random.default_rng(1).standard_normal((5, 1))
    args = [np.array([10.0]), np.array([0.1]), np.array([0.2]), noise, np.array([11.0])]
    before = [a.copy() for a in args]
    calls(*args, 4)
    for now, then in zip(args, before, strict=True):
        np.testing.assert_array_equal(now, then)
