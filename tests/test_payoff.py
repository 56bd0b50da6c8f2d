"""Pay-off by its definitions, draw by draw, and what is kept of each block."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from everything import ALL
from hypothesis import given, settings
from hypothesis import strategies as st

import mcost
from mcost.costs import Costs, costs
from mcost.draws import draw
from mcost.nets import REPLICATES
from mcost.payoff import Payoff, payoff
from mcost.tally import fold

HOUSE = settings(deadline=None, derandomize=True, max_examples=200)


@dataclass(frozen=True)
class One:
    """The pay-off of one draw, by loops over the months."""

    cumulative: list[float]
    saving: float
    break_even_month: float
    first_touch: float
    cash_at_risk: float
    deepest_month: int


def by_definition(baseline: list[float], candidate: list[float]) -> One:
    """cumulative[t] = Σ saving; within 1e-9 of Σ (|baseline| + |candidate|) to t, it counts as zero."""
    cumulative, ours, theirs = [], 0.0, 0.0
    for paid, instead in zip(baseline, candidate, strict=True):
        ours, theirs = ours + paid, theirs + instead
        total = ours - theirs
        cumulative.append(0.0 if abs(total) <= 1e-9 * (ours + theirs) else total)
    last = len(cumulative) - 1
    stays = [t for t in range(last + 1) if all(c >= 0 for c in cumulative[t:])]
    touches = [t for t in range(1, last + 1) if cumulative[t] >= 0]
    lowest = min(cumulative)
    return One(
        cumulative=cumulative,
        saving=cumulative[last],
        break_even_month=float(stays[0]) if stays else math.inf,
        first_touch=float(touches[0]) if touches else math.inf,
        cash_at_risk=max(-lowest, 0.0),
        deepest_month=cumulative.index(lowest),
    )


def assert_by_definition(baseline: np.ndarray, candidate: np.ndarray) -> None:
    found, ahead = payoff(baseline, candidate)
    each = [by_definition(list(b), list(c)) for b, c in zip(baseline.T, candidate.T, strict=True)]
    for name in ("saving", "break_even_month", "first_touch", "cash_at_risk"):
        np.testing.assert_array_equal(getattr(found, name), [getattr(one, name) for one in each], name)
    for i, one in enumerate(each):  # where nothing is lost there is no deepest month
        assert one.cash_at_risk == 0 or found.deepest_month[i] == one.deepest_month
    counted = [sum(one.cumulative[t] >= 0 for one in each) for t in range(len(baseline))]
    np.testing.assert_array_equal(ahead, counted)


# --- one draw by hand -------------------------------------------------------------------------------------


def of(saving: list[float], paid: float = 1000.0) -> tuple[Payoff, np.ndarray]:
    """One future that saves so much in each month, of a baseline that pays 1000 a month."""
    baseline = np.full((len(saving), 1), paid)
    return payoff(baseline, baseline - np.array(saving)[:, None])


@pytest.mark.parametrize(
    ("saving", "break_even", "touch", "risk", "deepest"),
    [
        # cumulative -6, -4, -2, 0, 2
        ([-6, 2, 2, 2, 2], 3, 3, 6, 0),
        # never: -6, -5, -4
        ([-6, 1, 1], math.inf, math.inf, 6, 0),
        # nothing paid first, always ahead: 0, 1, 2
        ([0, 1, 1], 0, 1, 0, 0),
        # ahead from month 0: 3, 2, 1
        ([3, -1, -1], 0, 1, 0, 0),
        # a retrain puts it under water again: -2, 1, -3, 0
        ([-2, 3, -4, 3], 3, 1, 3, 2),
        # touches and sinks for good: -2, 0, -1
        ([-2, 2, -1], math.inf, 1, 2, 0),
        # level in every month
        ([0, 0, 0], 0, 1, 0, 0),
        # ahead in month 0 alone: 1, -1: month 0 is no touch
        ([1, -2], math.inf, math.inf, 1, 1),
        # the first of two equal lows: -5, -4, -5, 1
        ([-5, 1, -1, 6], 3, 3, 5, 0),
    ],
)
def test_pay_off_by_hand(
    saving: list[float], break_even: float, touch: float, risk: float, deepest: int
) -> None:
    found, ahead = of(saving)
    assert found.saving[0] == sum(saving)
    assert found.break_even_month[0] == break_even
    assert found.first_touch[0] == touch
    assert found.cash_at_risk[0] == risk
    assert found.deepest_month[0] == deepest
    np.testing.assert_array_equal(ahead, np.cumsum(saving) >= 0)


@pytest.mark.parametrize(
    ("short", "pays"),
    # month 0 and 1 move 4000 USD less the shortfall; 1e-9 of it is 4e-6
    [(0.0, True), (3.9e-6, True), (4.1e-6, False), (1e-3, False), (-3.9e-6, True), (-1e-3, True)],
)
def test_rounding_does_not_decide(short: float, pays: bool) -> None:
    found, ahead = of([0, -short])
    assert np.isfinite(found.break_even_month[0]) == pays
    assert ahead[1] == pays
    within = abs(short) < 4e-6
    assert found.saving[0] == (0.0 if within else pytest.approx(-short, abs=1e-12))
    assert found.cash_at_risk[0] == (0.0 if within or short < 0 else pytest.approx(short, abs=1e-12))


def test_the_money_moved_is_that_of_the_months_so_far() -> None:
    # 3e-6 short in month 0, where 2000 USD move (2e-6): under water. In month 1, 4000 have moved: level.
    found, ahead = of([-3e-6, 0])
    np.testing.assert_array_equal(ahead, [0, 1])
    assert found.break_even_month[0] == 1
    assert found.saving[0] == 0.0


def test_no_money_at_all_is_level() -> None:
    found, _ = payoff(np.zeros((3, 2)), np.zeros((3, 2)))
    np.testing.assert_array_equal(found.break_even_month, [0, 0])
    np.testing.assert_array_equal(found.saving, [0, 0])


def test_the_streams_are_left_alone() -> None:
    baseline, candidate = np.ones((3, 2)), np.full((3, 2), 2.0)
    payoff(baseline, candidate)
    assert (baseline == 1).all()
    assert (candidate == 2).all()


# --- many draws -------------------------------------------------------------------------------------------


@st.composite
def streams(draw_: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Two streams of costs: whole dollars that tie often, cents, or all but equal to within rounding."""
    months, n = draw_(st.integers(2, 12)), draw_(st.integers(1, 5))
    rng = np.random.default_rng(draw_(st.integers(0, 2**32)))
    kind = draw_(st.sampled_from(["whole", "cents", "close", "launch"]))
    baseline = rng.integers(0, 4, (months, n)).astype(float)
    if kind == "whole":
        return baseline, rng.integers(0, 4, (months, n)).astype(float)
    if kind == "cents":
        return rng.uniform(0, 1e6, (months, n)), rng.uniform(0, 1e6, (months, n))
    if kind == "close":
        off = rng.choice([0, 1e-8, -1e-8, 1e-10, -1e-10, 2e-9, -2e-9], (months, n))
        return baseline, baseline * (1 + off)
    launch = rng.uniform(0.5, 1.5, (months, n))
    launch[0] = rng.integers(0, 2 * months, n)
    return np.where(np.arange(months)[:, None] > 0, 1.8, 0.0) * np.ones((1, n)), launch


@HOUSE
@given(streams())
def test_pay_off_is_its_definition(pair: tuple[np.ndarray, np.ndarray]) -> None:
    assert_by_definition(*pair)


@HOUSE
@given(streams())
def test_what_always_holds_of_a_pay_off(pair: tuple[np.ndarray, np.ndarray]) -> None:
    found, ahead = payoff(*pair)
    n = found.saving.size
    pays = found.saving >= 0
    # pays off ⇔ ahead at the horizon ⇔ breaks even within it
    np.testing.assert_array_equal(pays, np.isfinite(found.break_even_month))
    assert ahead[-1] == np.count_nonzero(pays) == n - np.count_nonzero(np.isinf(found.break_even_month))
    # who breaks even has touched; nobody stays ahead before a first touch
    assert (found.first_touch <= np.maximum(found.break_even_month, 1)).all()
    # P(break-even month <= t) rises and is never above P(ahead at t)
    for t in range(len(ahead)):
        assert np.count_nonzero(found.break_even_month <= t) <= ahead[t]
    assert (found.cash_at_risk >= np.maximum(-found.saving, 0)).all()
    assert (found.cash_at_risk >= 0).all()


@HOUSE
@given(streams())
def test_a_stream_against_itself_saves_exactly_nothing(pair: tuple[np.ndarray, np.ndarray]) -> None:
    found, _ = payoff(pair[0], pair[0].copy())
    assert (found.saving == 0.0).all()
    assert (found.break_even_month == 0.0).all()
    assert (found.cash_at_risk == 0.0).all()


@HOUSE
@given(streams())
def test_the_other_way_round_the_saving_turns_its_sign(pair: tuple[np.ndarray, np.ndarray]) -> None:
    (there, _), (back, _) = payoff(*pair), payoff(pair[1], pair[0])
    np.testing.assert_array_equal(there.saving, -back.saving)


# --- fold: discount, compare, keep ------------------------------------------------------------------------


def costed(scenario: Any, block: int = 0, n: int = 320) -> Costs:
    built = mcost.load(scenario)
    return costs(built, draw(built, seed=5, block=block, n=n))


@pytest.mark.parametrize("scenario", ALL.values(), ids=ALL)
def test_fold_discounts_and_compares_by_definition(scenario: dict[str, Any]) -> None:
    made = costed(scenario)
    folded = fold(made)
    months = np.arange(scenario["horizon_months"] + 1)[:, None]
    rate = made.draws.values.get("discount_rate", np.zeros(made.draws.n))
    discounted = {name: ledger.usd() / (1 + rate) ** (months / 12) for name, ledger in made.ledgers.items()}

    def sums(sample: np.ndarray) -> list[float]:
        return [math.fsum(sample[replicate::REPLICATES]) for replicate in range(REPLICATES)]

    assert folded.strategies == tuple(scenario["strategies"])
    tally, sample = folded.tally, folded.sample
    assert sample is not None
    assert tally.n == made.draws.n
    for i, name in enumerate(folded.strategies):
        total = discounted[name].sum(axis=0)
        np.testing.assert_allclose(sample.total[i], total, rtol=1e-12)
        np.testing.assert_allclose(tally.total[i], sums(total), rtol=1e-12)
        np.testing.assert_allclose(tally.hours[i], sums(hours_by_hand(made, name)), rtol=1e-12)
        assert math.fsum(tally.lines[name].values()) == pytest.approx(total.sum(), rel=1e-12)
    assert set(sample.payoffs) == set(tally.pays) == set(folded.strategies) - {scenario["baseline"]}
    for name, found in sample.payoffs.items():
        baseline, candidate = discounted[scenario["baseline"]], discounted[name]
        each = [by_definition(list(b), list(c)) for b, c in zip(baseline.T, candidate.T, strict=True)]
        np.testing.assert_allclose(found.saving, [one.saving for one in each], rtol=1e-9, atol=1e-9)
        np.testing.assert_array_equal(found.break_even_month, [one.break_even_month for one in each])
        np.testing.assert_array_equal(found.first_touch, [one.first_touch for one in each])
        np.testing.assert_allclose(
            found.cash_at_risk, [one.cash_at_risk for one in each], rtol=1e-9, atol=1e-9
        )
        cumulative = np.array([one.cumulative for one in each]).T
        pays = tally.pays[name]
        np.testing.assert_array_equal(pays.ahead, np.count_nonzero(cumulative >= 0, axis=1))
        np.testing.assert_array_equal(pays.hits, sums(cumulative[-1] >= 0))
        np.testing.assert_allclose(pays.saving, sums(cumulative[-1]), rtol=1e-9, atol=1e-6)
        np.testing.assert_array_equal(pays.touched, sums((cumulative[1:] >= 0).any(axis=0)))
        months_even = [one.break_even_month for one in each]
        np.testing.assert_array_equal(pays.broke_even, [months_even.count(t) for t in range(len(months))])


def hours_by_hand(made: Costs, name: str) -> np.ndarray:
    hours = np.zeros(made.draws.n)
    for line in made.ledgers[name].lines:
        if line.hours is not None:
            hours = hours + line.driver.sum(axis=0) * line.hours
    return hours
