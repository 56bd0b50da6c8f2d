"""Arrivals and schedules against their definitions, event by event."""

import math
from collections.abc import Iterator
from itertools import count, islice

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mcost.draws import BLOCK
from mcost.events import MANY, TooManyError, arrivals, end_month, price_steps, renewals, schedule
from mcost.law import Certain
from mcost.quantity import Quantity
from mcost.uncertain import read

HOUSE = settings(deadline=None, derandomize=True, max_examples=150)


def gaps(seed: int = 1) -> Iterator[np.ndarray]:
    """Standard exponentials of a block of futures, one array after the other."""
    generator = np.random.Generator(np.random.SFC64(seed))
    return (generator.standard_exponential(BLOCK) for _ in count())


def uniforms(seed: int = 1) -> Iterator[np.ndarray]:
    return (np.exp(-gap) for gap in gaps(seed))


# --- schedule: the j-th retrain falls in month B + floor(j k) + 1 -----------------------------------------


def by_definition(interval: float, build: float, months: int) -> list[float]:
    counts, j = [0.0] * (months + 1), 1
    while (month := build + math.floor(j * interval) + 1) <= months:
        counts[int(month)] += 1
        j += 1
    return counts


WHOLE = st.integers(1, 40).map(float)
FRACTION = st.floats(0.3, 40)
DECIMAL = st.integers(1, 400).map(lambda k: k / 10)  # multiples that land on a month but for rounding
TINY = st.floats(0.002, 0.3)
HUGE = st.floats(40, 1e300)
INTERVALS = st.one_of(WHOLE, FRACTION, DECIMAL, TINY, HUGE)
BUILDS = st.one_of(st.just(0.0), st.integers(0, 45).map(float), st.just(1e6))


# elapsed / k is rounded up to more than j, or down to j where j k falls short: 21 / 0.7, 29 / 0.58
ROUNDED = [(k, b) for k in (0.7, 1.4, 0.35, 17 / 7, 0.29, 0.58, 1.16, 15 / 11, 30 / 11) for b in (0.0, 3.0)]


@HOUSE
@given(st.lists(st.tuples(INTERVALS, BUILDS), min_size=1, max_size=8), st.integers(1, 40))
@example(ROUNDED, 40)
def test_schedule_is_its_definition(pairs: list[tuple[float, float]], months: int) -> None:
    interval, build = (np.array(column) for column in zip(*pairs, strict=True))
    found = schedule(interval, build, months)
    expected = np.array([by_definition(k, b, months) for k, b in pairs]).T
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("interval", "build", "due"),
    [
        (3.0, 0.0, [4, 7, 10, 13]),  # quarterly with no build time
        (3.0, 2.0, [6, 9, 12, 15]),
        (2.5, 0.0, [3, 6, 8, 11, 13]),
        (0.1, 13.0, [14] * 9 + [15] * 10),  # 0.1 … 0.9 in the first month after launch; 1.0 in the next
        (0.7, 12.0, [13, 14, 15, 15]),  # 0.7, 1.4, 2.1, 2.8
        (15.0, 0.0, []),
        (14.0, 0.0, [15]),
        (14.999, 0.0, [15]),
    ],
)
def test_schedule_by_hand(interval: float, build: float, due: list[int]) -> None:
    found = schedule(np.array([interval]), np.array([build]), 15)[:, 0]
    np.testing.assert_array_equal(found, [float(due.count(t)) for t in range(16)])


@HOUSE
@given(INTERVALS, BUILDS, st.integers(1, 30), st.integers(1, 30))
def test_schedule_of_the_first_months_is_the_same_at_a_longer_horizon(
    interval: float, build: float, months: int, more: int
) -> None:
    k, b = np.array([interval]), np.array([build])
    np.testing.assert_array_equal(schedule(k, b, months), schedule(k, b, months + more)[: months + 1])


@HOUSE
@given(INTERVALS, st.integers(0, 20), st.integers(0, 20))
def test_a_longer_build_moves_the_whole_schedule(interval: float, build: int, later: int) -> None:
    k, months = np.array([interval]), 20
    early = schedule(k, np.array([float(build)]), months)
    late = schedule(k, np.array([float(build + later)]), months + later)
    np.testing.assert_array_equal(late[later:], early)
    assert not late[: build + later + 1].any()


# --- arrivals: a Poisson process by its gaps --------------------------------------------------------------


def arrivals_one_by_one(each: Iterator[np.ndarray], rate: np.ndarray, months: int) -> np.ndarray:
    """Each future's events at the sums of its exponential gaps, mean 12 / rate months, drawn row by row."""
    counts = np.zeros((months + 1, rate.size))
    time = np.zeros(rate.size)
    going = True
    while going:
        gap, going = next(each), False
        for i in range(rate.size):
            time[i] += gap[i] * (12 / rate[i]) if rate[i] > 0 else math.inf
            if time[i] < months:
                counts[math.floor(time[i]) + 1, i] += 1
                going = True
    return counts


@settings(HOUSE, max_examples=25)
@given(
    st.lists(st.one_of(st.just(0.0), st.floats(0.01, 60)), min_size=1, max_size=6),
    st.integers(1, 30),
    st.integers(0, 1000),
)
def test_arrivals_are_the_sums_of_gaps(rates: list[float], months: int, seed: int) -> None:
    rate = np.array(rates)
    found = arrivals(gaps(seed), rate, months)
    assert found.shape == (months + 1, rate.size)
    np.testing.assert_array_equal(found, arrivals_one_by_one(gaps(seed), rate, months))


@pytest.mark.parametrize("rate", [0.5, 6.0, 100.0])
def test_arrivals_of_the_first_months_are_the_same_at_a_longer_horizon(rate: float) -> None:
    rates = np.full(BLOCK, rate)
    short, long = (arrivals(gaps(), rates, months) for months in (7, 31))
    np.testing.assert_array_equal(short, long[:8])
    assert long[8:].any()


@pytest.mark.parametrize("n", [1, 2, 100, BLOCK - 1])
def test_arrivals_of_the_first_draws_are_the_same_whatever_their_number(n: int) -> None:
    rates = np.linspace(0.1, 50, BLOCK)
    whole = arrivals(gaps(), rates, 18)
    np.testing.assert_array_equal(arrivals(gaps(), rates[:n], 18), whole[:, :n])


def test_many_arrivals_keep_the_first_months_and_the_first_draws() -> None:
    # 600 to 1200 events in 24 months: more than are drawn one by one
    rates = np.linspace(300, 600, 64)
    whole = arrivals(gaps(), rates, 24)
    np.testing.assert_array_equal(arrivals(gaps(), rates, 36)[:25], whole)
    np.testing.assert_array_equal(arrivals(gaps(), rates[:10], 24), whole[:, :10])


@pytest.mark.parametrize("rate", [100.0, 400.0, 5000.0])
def test_many_arrivals_are_poisson_still(rate: float) -> None:
    # mean and variance rate / 12 in every month; fourth central moment m + 3 m²
    counts = arrivals(gaps(), np.full(BLOCK, rate), 24)[1:]
    m = rate / 12
    assert (np.abs(counts.mean(axis=1) - m) < 5 * math.sqrt(m / BLOCK)).all()
    spread = ((counts - m) ** 2).mean(axis=1)
    assert (np.abs(spread - m) < 5 * math.sqrt((m + 2 * m * m) / BLOCK)).all()
    for lag in (1, 2, 12):
        together = ((counts[lag:] - m) * (counts[:-lag] - m)).mean()
        assert abs(together) < 5 * m / math.sqrt(BLOCK * (24 - lag))


def test_the_rate_of_one_future_does_not_touch_the_others() -> None:
    rates = np.full(50, 3.0)
    before = arrivals(gaps(), rates, 12)
    rates[7] = 300.0
    after = arrivals(gaps(), rates, 12)
    np.testing.assert_array_equal(np.delete(after, 7, axis=1), np.delete(before, 7, axis=1))
    assert after[:, 7].sum() > before[:, 7].sum()


def test_a_higher_rate_brings_every_event_forward() -> None:
    rates = np.full(BLOCK, 4.0)
    slow, fast = (np.cumsum(arrivals(gaps(), r, 24), axis=0) for r in (rates, 1.5 * rates))
    assert (fast >= slow).all()
    assert (fast > slow).any()


def test_no_arrivals_in_month_0_nor_at_rate_0() -> None:
    found = arrivals(gaps(), np.array([0.0, 300.0]), 12)
    assert not found[:, 0].any()
    np.testing.assert_array_equal(found[0], [0.0, 0.0])
    assert found[1:, 1].all()


@pytest.mark.parametrize("rate", [5e-324, 1e-310, 1e-300])
def test_a_rate_next_to_nothing_brings_nothing(rate: float) -> None:
    assert not arrivals(gaps(), np.array([rate]), 600).any()


# --- price steps, ends, retirements: event by event --------------------------------------------------------


@settings(HOUSE, max_examples=25)
@given(st.lists(st.floats(0.05, 20), min_size=1, max_size=6), st.integers(1, 30), st.integers(0, 1000))
def test_price_steps_multiply_by_the_ratio_of_each_event(rates: list[float], months: int, seed: int) -> None:
    found = price_steps(gaps(seed), uniforms(seed + 1), np.array(rates), months)
    waits, ratios = (list(islice(each(s), MANY)) for each, s in ((gaps, seed), (uniforms, seed + 1)))
    for i, rate in enumerate(rates):
        path, time = np.ones(months + 1), 0.0
        for gap, ratio in zip(waits, ratios, strict=True):
            time += gap[i] * 12 / rate
            if time >= months:
                break
            if time >= 1:  # what steps in month 1 is in its price
                path[math.floor(time) + 1 :] *= ratio[i]
        np.testing.assert_allclose(found[:, i], path, rtol=1e-12)


def test_the_feature_ends_at_the_first_event() -> None:
    rate = np.array([0.0, 0.3, 12.0, 1e-320])
    gap = next(gaps())
    with np.errstate(all="ignore"):
        expected = [
            math.inf,
            *(math.floor(12 / r * g) + 1 for r, g in zip(rate[1:3], gap[1:3], strict=True)),
            math.inf,
        ]
    np.testing.assert_array_equal(end_month(gaps(), rate), expected)


@pytest.mark.parametrize("age", [0.0, 5.0, 20.0])
def test_retirements_fall_at_the_sums_of_lifetimes_given_the_age(age: float) -> None:
    life, n, months = read({"dist": "weibull_min", "c": 3, "scale": 15}, Quantity("months")), 50, 40
    found = renewals((u[:n] for u in uniforms()), life, age, n, months)
    each = list(islice(uniforms(), MANY))
    lived = float(life.cdf(age))
    for i in range(n):
        counts, time = np.zeros(months + 1), float(life.ppf(lived + (1 - lived) * each[0][i])) - age
        assert time >= 0
        for u in each[1:]:
            if time >= months:
                break
            counts[math.floor(time) + 1] += 1
            time += float(life.ppf(u[i]))
        np.testing.assert_array_equal(found[:, i], counts)


def test_a_certain_lifetime_falls_on_its_day() -> None:
    found = renewals(uniforms(), Certain(5.0), 2.0, BLOCK, 14)
    np.testing.assert_array_equal(np.flatnonzero(found[:, 0]), [4, 9, 14])


def test_too_many_retirements_are_refused() -> None:
    with pytest.raises(TooManyError):
        renewals(uniforms(), Certain(0.01), 0.0, BLOCK, 12)
