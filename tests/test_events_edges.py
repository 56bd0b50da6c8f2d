"""Endings, price steps and retirements against their definitions, and the far ends of arrivals."""

import math
from collections.abc import Iterator
from itertools import chain, repeat

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mcost.events import MANY, TooManyError, arrivals, end_month, price_steps, renewals, schedule
from mcost.law import Certain, Law
from mcost.quantity import Quantity
from mcost.uncertain import read

HOUSE = settings(deadline=None, derandomize=True, max_examples=100)


def gaps(seed: int = 1, n: int = 64) -> Iterator[np.ndarray]:
    generator = np.random.default_rng(seed)
    while True:
        yield generator.standard_exponential(n)


def uniforms(seed: int = 1, n: int = 64) -> Iterator[np.ndarray]:
    return (np.exp(-gap) for gap in gaps(seed, n))


def told(*times: list[float]) -> Iterator[np.ndarray]:
    """Gaps after which the events of each future fall at these times, at 12 a year; none after the last."""
    rows = np.array([[*future, math.inf] for future in times]).T
    return chain(iter(np.diff(rows, axis=0, prepend=0.0)), repeat(np.full(len(times), math.inf)))


RATE = np.array([12.0, 12.0])


# --- arrivals ---------------------------------------------------------------------------------------------


def test_an_event_falls_in_the_month_after_the_whole_months_before_it() -> None:
    found = arrivals(told([0.0, 0.99, 1.0, 2.5], [1.0, 2.999, 3.0, 9.0]), RATE, 3)
    # at 0 and 0.99 in month 1, at 1 in month 2; at 3, where month 3 is over, none
    assert found.tolist() == [[0, 0], [2, 0], [1, 1], [1, 1]]


def test_gaps_beyond_the_futures_are_left_alone() -> None:
    more = (np.append(gap, [0.0, 0.0]) for gap in told([0.5, 9.0], [1.5, 9.0]))
    assert arrivals(more, RATE, 2).tolist() == [[0, 0], [1, 0], [0, 1]]


def test_what_is_left_after_many_events_is_drawn_by_month() -> None:
    """500 events by 1.25, then counts: of the 0.75 months that are left of month 2, and of month 3."""
    each = [np.array([1.25 / MANY, 1.0])] * MANY
    later = [np.array([0.3, 0.4]), np.array([0.2, 0.5]), np.array([1.1, 0.6])]
    rate = np.array([12.0, 12.0])
    found = arrivals(iter(each + later), rate, 3)
    # the second future's third event is past the horizon: none is left
    assert found[:, 1].tolist() == [0, 0, 1, 1]
    by_one = np.floor(np.cumsum(np.full(MANY, 1.25 / MANY)) * 1.0)
    assert found[1, 0] == np.count_nonzero(by_one == 0)
    in_second = np.count_nonzero(by_one == 1)
    assert found[2, 0] == in_second + stats.poisson.ppf(math.exp(-0.2), 0.75)
    assert found[3, 0] == stats.poisson.ppf(math.exp(-1.1), 1.0)


def test_just_as_many_events_as_are_drawn_one_by_one() -> None:
    """The last one is over the horizon: nothing is drawn by month."""
    each = [np.array([1.5 / MANY])] * (MANY - 1) + [np.array([9.0])]
    found = arrivals(iter(each), np.array([12.0]), 2)
    assert found.sum() == MANY - 1


def test_a_rate_too_small_to_divide_by_brings_nothing_and_no_warning() -> None:
    assert not arrivals(gaps(), np.array([0.0, 5e-324]), 24).any()


# --- the end of the feature -------------------------------------------------------------------------------


def test_the_feature_ends_in_the_month_of_the_first_event() -> None:
    rate = np.array([12.0, 6.0, 12.0, 0.0, 1.0])
    found = end_month(iter([np.array([0.0, 1.2, 12.5, 1.0, 0.25, 7.0])]), rate)
    # at 0, 2.4, 12.5, never, and 3 months
    assert found.tolist() == [1, 3, 13, math.inf, 4]
    assert end_month(iter([np.ones(1)]), np.array([5e-324])).tolist() == [math.inf]


# --- price steps ------------------------------------------------------------------------------------------


def test_each_event_multiplies_the_price_by_a_ratio_of_its_own() -> None:
    ratios = iter([np.array([0.5, 0.6]), np.array([0.8, 0.9]), np.array([0.25, 3.0]), np.ones(2)])
    found = price_steps(told([0.5, 1.0, 2.5], [1.5, 1.75, 3.0]), ratios, RATE, 3)
    # the first future's first event is of month 1, in the price already; the second's third is too late
    assert found[:, 0].tolist() == [1, 1, 0.8, 0.8 * 0.25]
    assert found[:, 1].tolist() == [1, 1, 0.6 * 0.9, 0.6 * 0.9]


@HOUSE
@given(st.integers(0, 1000), st.integers(1, 30), st.floats(0.1, 60))
def test_price_steps_are_their_definition(seed: int, months: int, rate: float) -> None:
    generator = np.random.default_rng(seed + 1)
    ratios = [generator.uniform(0.5, 1.2, 3) for _ in range(300)]
    found = price_steps(gaps(seed, 3), iter(ratios), np.full(3, rate), months)
    each = gaps(seed, 3)
    expected, time = np.ones((months + 1, 3)), np.zeros(3)
    for ratio in ratios:
        time = time + 12 / rate * next(each)
        for i in range(3):
            if 1 <= time[i] < months:
                expected[math.floor(time[i]) + 1 :, i] *= ratio[i]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


# --- retirements ------------------------------------------------------------------------------------------

LIFE: Law = read({"dist": "uniform", "loc": 6, "scale": 12}, Quantity("months", "positive"))
"""6 to 18 months."""


def test_retirements_fall_at_the_sums_of_lifetimes() -> None:
    each = iter([np.array([0.0, 0.5]), np.array([0.0, 1.0]), np.array([0.25, 0.0]), np.array([1.0, 0.5])])
    # 6, 12, 21, 39; and 12, 30
    found = renewals(each, LIFE, 0.0, 2, 24)
    assert {int(t): found[t, 0] for t in np.flatnonzero(found[:, 0])} == {7: 1, 13: 1, 22: 1}
    assert np.flatnonzero(found[:, 1]).tolist() == [13]
    assert found.shape == (25, 2)


def test_a_model_that_has_lived_has_the_rest_of_a_life_that_long() -> None:
    # lived 9 of 6 to 18 months: the first lifetime is even over 9 to 18, so 0 to 9 from now
    each = iter([np.array([0.0, 1 / 3, 2 / 3]), np.zeros(3), np.zeros(3), np.zeros(3), np.zeros(3)])
    found = renewals(each, LIFE, 9.0, 3, 8)
    assert [np.flatnonzero(found[:, i]).tolist() for i in range(3)] == [[1, 7], [4], [7]]


def test_where_wear_is_even_an_age_is_of_no_account() -> None:
    law = read({"dist": "expon", "scale": 10}, Quantity("months", "positive"))
    new, old = (renewals(uniforms(n=8), law, age, 8, 24) for age in (0.0, 0.75))
    np.testing.assert_array_equal(old, new)


def test_an_age_below_every_lifetime_is_only_taken_off() -> None:
    found = renewals(iter([np.array([0.5])] * 3), LIFE, 5.0, 1, 24)
    assert np.flatnonzero(found[:, 0]).tolist() == [8, 20]  # at 7 and 19


def test_lives_in_whole_months_of_which_some_have_been_lived() -> None:
    found = renewals(iter([np.array([0.5])] * 9), Certain(6.0), 2.0, 1, 18)
    assert np.flatnonzero(found[:, 0]).tolist() == [5, 11, 17]  # at 4, 10, 16
    young = renewals(iter([np.array([0.5])] * 9), Certain(6.0), 0.0, 1, 18)
    assert np.flatnonzero(young[:, 0]).tolist() == [7, 13]  # at 6, 12; 18 is too late


def test_a_uniform_of_one_is_a_lifetime_still() -> None:
    exponential = read({"dist": "expon", "scale": 10}, Quantity("months", "positive"))
    found = renewals(iter([np.ones(1)]), exponential, 3.0, 1, 24)
    assert not found.any()
    assert found.shape == (25, 1)


def test_a_lifetime_that_rounding_puts_before_now_ends_in_month_1() -> None:
    class Rounded(Certain):
        """Its quantile falls short of an age at which some of it is left."""

        certain = False

        def cdf(self, x: object) -> np.ndarray:
            return np.array(0.5)

        def ppf(self, u: np.ndarray) -> np.ndarray:
            return np.where(u <= 0.75, 4.0 - 1e-12, 10.0)

    found = renewals(iter([np.array([0.5]), np.array([0.9])]), Rounded(4.0), 4.0, 1, 6)
    assert np.flatnonzero(found[:, 0]).tolist() == [1]


@pytest.mark.parametrize(("life", "fits"), [(24 / MANY, False), (24 / (MANY - 1) + 1e-9, True)])
def test_lives_too_short_to_follow_are_said_to_be(life: float, fits: bool) -> None:
    each = repeat(np.array([0.5]))
    if fits:
        assert renewals(each, Certain(life), 0.0, 1, 24).sum() == MANY - 2
    else:
        with pytest.raises(TooManyError):
            renewals(each, Certain(life - 1e-9), 0.0, 1, 24)


@HOUSE
@given(st.integers(0, 1000), st.integers(1, 60), st.sampled_from([0.0, 3.0, 7.0, 17.0]))
def test_retirements_are_their_definition(seed: int, months: int, age: float) -> None:
    found = renewals(uniforms(seed, 4), LIFE, age, 4, months)
    each, lived = uniforms(seed, 4), float(LIFE.cdf(age))
    first = next(each)
    time = np.array([float(LIFE.ppf(np.array(lived + (1 - lived) * u))) - age for u in first])
    expected = np.zeros((months + 1, 4))
    while (time < months).any():
        for i in range(4):
            if time[i] < months:
                expected[math.floor(time[i]) + 1, i] += 1
        time = time + LIFE.ppf(next(each))
    np.testing.assert_array_equal(found, expected)


# --- schedule ---------------------------------------------------------------------------------------------


def test_a_strategy_that_never_launches_has_no_retrains() -> None:
    found = schedule(np.array([3.0, 3.0]), np.array([math.inf, 0.0]), 12)
    assert not found[:, 0].any()
    assert np.flatnonzero(found[:, 1]).tolist() == [4, 7, 10]
    assert found.shape == (13, 2)
