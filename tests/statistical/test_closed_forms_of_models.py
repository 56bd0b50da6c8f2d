"""Closed forms where prices move, models retire, features end; of pilots, mixes and machines by the hour."""

import math
from datetime import date
from typing import Any

import numpy as np
import pytest
from scenes import DRAWS, FREE, PROMPT, assert_exact, assert_share, assert_within, own_cost, scene

import mcost
from mcost.answer import Answer

MODEL: dict[str, Any] = {"price": {"input": 1.0, "output": 0.0}}
ON_MODEL: dict[str, Any] = {"model": "m", "prompt_tokens": 1000}  # 1 USD a month at the price of month 1


def simulate(scenario: dict[str, Any], seed: int, draws: int = DRAWS) -> Answer:
    return mcost.run(scenario, draws=draws, seed=seed)


def assert_mean(sample: np.ndarray, mean: float, variance: float) -> None:
    assert_within(float(np.mean(sample)), mean, math.sqrt(variance / sample.size))


def months_of(answer: Answer, name: str) -> np.ndarray:
    """USD by month and draw of one strategy."""
    return answer.costs.usd[answer.costs.strategies.index(name)]


# --- prices that move -------------------------------------------------------------------------------------


def test_list_price_steps(seed: int) -> None:
    # steps Poisson at 3 a year, each times a log-normal X with E[X] = 0.8 e^0.08: in months 2 … t there are
    # N ~ Poisson(3 (t - 1) / 12) of them, E[Π X] = exp(-E[N] (1 - E[X])), and so for the square
    steps = {"price_changes_per_year": 3, "price_change_ratio": {"dist": "lognorm", "s": 0.4, "scale": 0.8}}
    strategies = {"prompt": ON_MODEL, "other": {"model": "m", "prompt_tokens": 3000}}
    answer = simulate(scene(12, strategies, models={"m": MODEL | steps}), seed)
    path = months_of(answer, "prompt")
    first, second = 0.8 * math.exp(0.4**2 / 2), 0.8**2 * math.exp(2 * 0.4**2)
    np.testing.assert_allclose(path[1], 1.0, rtol=1e-12)
    for t in range(2, 13):
        n = 3 * (t - 1) / 12
        mean = math.exp(-n * (1 - first))
        assert_mean(path[t], mean, math.exp(-n * (1 - second)) - mean**2)
        assert_share(np.count_nonzero(path[t] == path[1]) / DRAWS, math.exp(-n), DRAWS)
    # one price for both
    np.testing.assert_allclose(months_of(answer, "other"), 3 * path, rtol=1e-12)


@pytest.mark.parametrize(
    ("own", "market_month"),
    [
        ({}, lambda t: t),
        ({"follows_market": "freely"}, lambda t: t),
        ({"follows_market": "never"}, lambda t: 1),
        ({"follows_market": "at_retrain"}, lambda t: 1),  # no retrain: the price of its start
        # retrained in months 4, 7 and 10
        ({"tuning": {"retrain_every_months": 3}}, lambda t: max(1, 3 * ((t - 1) // 3) + 1)),
        ({"tuning": {"retrain_every_months": 3}, "follows_market": "freely"}, lambda t: t),
        ({"tuning": {"retrain_every_months": 3}, "follows_market": "never"}, lambda t: 1),
    ],
)
def test_market_decline(seed: int, own: dict[str, Any], market_month: Any) -> None:
    # (1 - 0.6)^((m - 1) / 12), m the month whose market is paid
    strategies = {"prompt": FREE, "fine": ON_MODEL | own}
    models = {"m": MODEL | {"market_decline_per_year": 0.6}}
    answer = simulate(scene(12, strategies, models=models), seed, draws=2)
    for t in range(1, 13):
        assert_exact(float(months_of(answer, "fine")[t, 0]), 0.4 ** ((market_month(t) - 1) / 12))


# --- models that retire, features that end ----------------------------------------------------------------


def retiring(life: Any, horizon: int = 12, **model: Any) -> dict[str, Any]:
    """A prompted strategy that pays 1 USD at each retirement, and nothing else."""
    strategies = {"prompt": FREE, "fine": {"model": "m", "migration_hours": 1}}
    models = {"m": MODEL | {"retires_after_months": life} | model}
    return scene(horizon, strategies, models=models, hourly_rate=1)


def test_exponential_lifetimes_are_a_poisson_process(seed: int) -> None:
    # mean life 8 months over 12: N ~ Poisson(1.5), and each month Poisson(1/8)
    by_month = months_of(simulate(retiring({"dist": "expon", "scale": 8}), seed), "fine")
    count = by_month.sum(axis=0)
    for k in range(6):
        assert_share(np.count_nonzero(count == k) / DRAWS, math.exp(-1.5) * 1.5**k / math.factorial(k), DRAWS)
    for month in by_month[1:]:
        assert_mean(month, 1 / 8, 1 / 8)


def test_the_first_life_counts_from_the_release(seed: int) -> None:
    # Weibull c = 2, scale 12: S(x) = exp(-(x / 12)²). Released 2026-01-01, begun 2026-12-01: 334 days,
    # 334 / 30.4375 = 10.97 months. No retirement in H months: S(10.97 + H) / S(10.97).
    life, age = {"dist": "weibull_min", "c": 2, "scale": 12}, 334 / 30.4375
    scenario = retiring(life, released=date(2026, 1, 1)) | {"start": date(2026, 12, 1)}
    by_month = months_of(simulate(scenario, seed), "fine")
    none = np.cumsum(by_month, axis=0) == 0
    for t in range(1, 13):
        p = math.exp(-(((age + t) / 12) ** 2) + (age / 12) ** 2)
        assert_share(np.count_nonzero(none[t]) / DRAWS, p, DRAWS)


def test_a_feature_that_ends(seed: int) -> None:
    # an exponential time at 2 a year: month t is still served with exp(-2 (t - 1) / 12)
    answer = simulate(scene(12, workload={"ends_per_year": 2}), seed)
    by_month = months_of(answer, "prompt")
    for t in range(1, 13):
        p = math.exp(-2 * (t - 1) / 12)
        if t == 1:
            assert (by_month[1] > 0).all()
        else:
            assert_share(np.count_nonzero(by_month[t]) / DRAWS, p, DRAWS)
    # the cost is a count of months: E = Σ p_t, E[C²] = Σ (2 t - 1) p_t
    p = [math.exp(-2 * (t - 1) / 12) for t in range(1, 13)]
    square = sum((2 * t - 1) * p[t - 1] for t in range(1, 13))
    assert_mean(by_month.sum(axis=0), sum(p), square - sum(p) ** 2)


def test_success_that_follows_from_the_labels(seed: int) -> None:
    # P = 1 / (1 + e^2.0 n^-0.36): 2000 examples, 0.676
    strategy = {**FREE, "tuning": {"labelled_examples": 2000}}
    found = simulate(scene(3, {"fine": strategy}), seed).strategies["fine"].cost_lines_usd["fallback"]
    p = 1 / (1 + math.exp(2.0) * 2000**-0.36)
    assert_within(found, 3 * (1 - p), 3 * math.sqrt(p * (1 - p) / DRAWS))


# --- pilots, mixes, machines ------------------------------------------------------------------------------


def test_a_pilot(seed: int) -> None:
    # month 0: 5 USD. ceil(1.5) = 2 months on, with 0.6: 10 USD in month 3, built in 3 months, serves months
    # 6 … 12 for nothing where the baseline pays 1 USD a month. Success: 7 - 15; failure: -5.
    strategy = {
        **FREE,
        "success_probability": 0.6,
        "build_months": 3,
        "pilot": {"cost": 5, "months": 1.5},
        "costs": [own_cost("once", 10)],
    }
    answer = simulate(scene(12, {"fine": strategy}), seed)
    saving = answer.candidates["fine"].payoff.saving
    assert_mean(saving, 0.6 * (7 - 15) - 0.4 * 5, 3**2 * 0.24)
    by_month = months_of(answer, "fine")
    np.testing.assert_array_equal(by_month[0], 5.0)
    assert_share(np.count_nonzero(by_month[3] == 11.0) / DRAWS, 0.6, DRAWS)
    np.testing.assert_allclose(sorted(set(by_month[6])), [0.0, 1.0])


def test_mixed_strategies(seed: int) -> None:
    # prompt: 1 USD a month; dear: 3 USD a month and 7 USD once
    strategies = {
        "dear": {"price": {"input": 3.0}, "prompt_tokens": 1000, "costs": [own_cost("once", 7)]},
        "mix": {"mix": {"prompt": 0.25, "dear": "rest"}},
        "cascade": {"cascade": {"first": "prompt", "second": "dear", "escalation_rate": 0.2}},
        "wait": {"wait": {"first": "prompt", "then": "dear", "months": 3.5}},
    }
    answer = simulate(scene(12, strategies), seed, draws=2)
    cost = {name: found.cost_usd.mean for name, found in answer.strategies.items()}
    assert_exact(cost["mix"], 12 * (0.25 * 1 + 0.75 * 3) + 7)
    assert_exact(cost["cascade"], 12 * (1 + 0.2 * 3) + 7)
    # 4 months of the first, then 7 USD in month 5, and 8 months of the second
    assert_exact(cost["wait"], 4 * 1 + 7 + 8 * 3)
    assert_exact(float(months_of(answer, "wait")[5, 0]), 7 + 3)


@pytest.mark.parametrize(
    ("calls", "own", "replicas"),
    [
        # 1.25 attempts a call and a peak of 3, against 730 * 100 = 73,000 an hour-full of a replica
        (1000, {"calls_per_hour": 100, "peak_to_mean": 3}, 1),
        (19_466, {"calls_per_hour": 100, "peak_to_mean": 3}, 1),  # 72,997.5
        (19_467, {"calls_per_hour": 100, "peak_to_mean": 3}, 2),  # 73,001.25
        (100_000, {"calls_per_hour": 100, "peak_to_mean": 3}, 6),  # 375,000 / 73,000 = 5.1
        (1000, {"calls_per_hour": 100, "peak_to_mean": 3, "min_replicas": 2}, 2),
        (100_000, {}, 1),
    ],
)
def test_hosting(seed: int, calls: float, own: dict[str, Any], replicas: int) -> None:
    # 730 h * 2 USD * replicas / 4 in each of 3 months
    hosting = {"usd_per_hour": 2, "shared_by": 4} | own
    strategies = {"fine": {**FREE, "retry_rate": 0.2, "hosting": hosting}}
    answer = simulate(scene(3, strategies, {"calls_per_month": calls}), seed, draws=2)
    assert_exact(answer.strategies["fine"].cost_lines_usd["hosting"], 3 * 730 * 2 * replicas / 4)


def test_a_tuned_model_degrades_until_it_is_retrained(seed: int) -> None:
    # error 0.01 + 0.02 a full month since training: launched in month 2 (age 0), retrained in 5, 8 and 11
    strategy = {
        **FREE,
        "build_months": 1,
        "error_rate": 0.01,
        "cost_per_error": 1,
        "tuning": {"retrain_every_months": 3, "error_growth_per_month": 0.02},
    }
    answer = simulate(scene(12, {"prompt": PROMPT, "fine": strategy}), seed, draws=2)
    ages = [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1]  # months 2 … 12
    by_month = answer.costs.lines["fine"]["errors"][:, 0]
    np.testing.assert_allclose(by_month[2:], [1000 * (0.01 + 0.02 * age) for age in ages], rtol=1e-12)
    np.testing.assert_array_equal(by_month[:2], 0.0)
