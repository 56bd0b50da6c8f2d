"""Closed forms where prices move, models retire, features end; of pilots, mixes and machines by the hour."""

import math
from datetime import date
from typing import Any

import numpy as np
import pytest
from closed_form import PLAIN, ClosedForm
from scenes import (
    DRAWS,
    FREE,
    MONTHLY,
    PROMPT,
    cap_phi,
    lognormal,
    own_cost,
    poisson,
    scene,
)

import mcost
from mcost.answer import Answer
from mcost.estimate import Estimate

MODEL: dict[str, Any] = {"price": {"input": 1.0, "output": 0.0}}
ON_MODEL: dict[str, Any] = {"model": "m", "prompt_tokens": 1000}  # 1 USD a month at the price of month 1


def simulate(scenario: dict[str, Any], seed: int, draws: int = MONTHLY) -> Answer:
    return mcost.run(scenario, draws=draws, seed=seed)


def months_of(answer: Answer, name: str) -> np.ndarray:
    """USD by month and draw of one strategy."""
    return answer.costs.usd[answer.costs.strategies.index(name)]


# --- prices that move -------------------------------------------------------------------------------------


def test_list_price_steps(closed_form: ClosedForm, seed: int) -> None:
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
        variance = math.exp(-n * (1 - second)) - mean**2
        arithmetic = f"exp(-3 * {t - 1} / 12 (1 - 0.8 e^0.08))"
        closed_form.moments(f"price of month {t}", arithmetic, mean, variance, path[t])
        closed_form.share(
            f"P(no step to month {t})", f"exp(-3 * {t - 1} / 12)", math.exp(-n), path[t] == path[1]
        )
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
def test_market_decline(closed_form: ClosedForm, seed: int, own: dict[str, Any], market_month: Any) -> None:
    # (1 - 0.6)^((m - 1) / 12), m the month whose market is paid
    strategies = {"prompt": FREE, "fine": ON_MODEL | own}
    models = {"m": MODEL | {"market_decline_per_year": 0.6}}
    answer = simulate(scene(12, strategies, models=models), seed, draws=2)
    for t in range(1, 13):
        closed_form.exact(
            f"price of month {t}",
            f"0.4^({market_month(t) - 1} / 12)",
            0.4 ** ((market_month(t) - 1) / 12),
            float(months_of(answer, "fine")[t, 0]),
        )


# --- models that retire, features that end ----------------------------------------------------------------


def retiring(life: Any, horizon: int = 12, **model: Any) -> dict[str, Any]:
    """A prompted strategy that pays 1 USD at each retirement, and nothing else."""
    strategies = {"prompt": FREE, "fine": {"model": "m", "migration_hours": 1}}
    models = {"m": MODEL | {"retires_after_months": life} | model}
    return scene(horizon, strategies, models=models, hourly_rate=1)


def test_exponential_lifetimes_are_a_poisson_process(closed_form: ClosedForm, seed: int) -> None:
    # mean life 8 months over 12: N ~ Poisson(1.5), and each month Poisson(1/8)
    by_month = months_of(simulate(retiring({"dist": "expon", "scale": 8}), seed), "fine")
    count = by_month.sum(axis=0)
    for k in range(6):
        closed_form.share(f"P(N = {k})", "Poisson(12 / 8)", poisson(1.5, k), count == k)
    for t, month in enumerate(by_month[1:], 1):
        closed_form.moments(f"retirements of month {t}", "1 / 8", 1 / 8, 1 / 8, month)


def test_the_first_life_counts_from_the_release(closed_form: ClosedForm, seed: int) -> None:
    # Weibull c = 2, scale 12: S(x) = exp(-(x / 12)²). Released 2026-01-01, begun 2026-12-01: 334 days,
    # 334 / 30.4375 = 10.97 months. No retirement in H months: S(10.97 + H) / S(10.97).
    life, age = {"dist": "weibull_min", "c": 2, "scale": 12}, 334 / 30.4375
    scenario = retiring(life, released=date(2026, 1, 1)) | {"start": date(2026, 12, 1)}
    by_month = months_of(simulate(scenario, seed), "fine")
    none = np.cumsum(by_month, axis=0) == 0
    for t in range(1, 13):
        p = math.exp(-(((age + t) / 12) ** 2) + (age / 12) ** 2)
        closed_form.share(f"P(none to month {t})", f"exp(-((10.97 + {t}) / 12)² + (10.97 / 12)²)", p, none[t])


def test_a_feature_that_ends(closed_form: ClosedForm, seed: int) -> None:
    # an exponential time at 2 a year: month t is still served with exp(-2 (t - 1) / 12)
    answer = simulate(scene(12, workload={"ends_per_year": 2}), seed)
    by_month = months_of(answer, "prompt")
    for t in range(1, 13):
        p = math.exp(-2 * (t - 1) / 12)
        if t == 1:
            assert (by_month[1] > 0).all()
        else:
            closed_form.share(f"P(served in month {t})", f"exp(-2 * {t - 1} / 12)", p, by_month[t] > 0)
    # the cost is a count of months: E = Σ p_t, E[C²] = Σ (2 t - 1) p_t
    p = [math.exp(-2 * (t - 1) / 12) for t in range(1, 13)]
    square = sum((2 * t - 1) * p[t - 1] for t in range(1, 13))
    closed_form.moments(
        "months served",
        "Σ p_t; Σ (2 t - 1) p_t - (Σ p_t)²",
        sum(p),
        square - sum(p) ** 2,
        by_month.sum(axis=0),
    )


def test_success_that_follows_from_the_labels(closed_form: ClosedForm, seed: int) -> None:
    # P = 1 / (1 + e^2.0 n^-0.36): 2000 examples, 0.676
    strategy = {**FREE, "tuning": {"labelled_examples": 2000}}
    found = simulate(scene(3, {"fine": strategy}), seed).strategies["fine"].cost_lines_usd["fallback"]
    p = 1 / (1 + math.exp(2.0) * 2000**-0.36)
    closed_form(
        "fallback",
        "3 (1 - 1 / (1 + e^2 2000^-0.36))",
        3 * (1 - p),
        Estimate(found, 3 * math.sqrt(p * (1 - p) / DRAWS), DRAWS),
        PLAIN,
    )


# --- pilots, mixes, machines ------------------------------------------------------------------------------


def test_a_pilot(closed_form: ClosedForm, seed: int) -> None:
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
    closed_form.moments(
        "saving", "0.6 (7 - 15) - 0.4 * 5; 3² * 0.24", 0.6 * (7 - 15) - 0.4 * 5, 3**2 * 0.24, saving
    )
    by_month = months_of(answer, "fine")
    np.testing.assert_array_equal(by_month[0], 5.0)
    closed_form.share("P(met at the pilot's end)", "0.6", 0.6, by_month[3] == 11.0)
    np.testing.assert_allclose(sorted(set(by_month[6])), [0.0, 1.0])


def test_mixed_strategies(closed_form: ClosedForm, seed: int) -> None:
    # prompt: 1 USD a month; dear: 3 USD a month and 7 USD once
    strategies = {
        "dear": {"price": {"input": 3.0}, "prompt_tokens": 1000, "costs": [own_cost("once", 7)]},
        "mix": {"mix": {"prompt": 0.25, "dear": "rest"}},
        "cascade": {"cascade": {"first": "prompt", "second": "dear", "escalation_rate": 0.2}},
        "wait": {"wait": {"first": "prompt", "then": "dear", "months": 3.5}},
    }
    answer = simulate(scene(12, strategies), seed, draws=2)
    cost = {name: found.cost_usd.mean for name, found in answer.strategies.items()}
    closed_form.exact("mix", "12 (0.25 * 1 + 0.75 * 3) + 7", 12 * (0.25 * 1 + 0.75 * 3) + 7, cost["mix"])
    closed_form.exact("cascade", "12 (1 + 0.2 * 3) + 7", 12 * (1 + 0.2 * 3) + 7, cost["cascade"])
    # 4 months of the first, then 7 USD in month 5, and 8 months of the second
    closed_form.exact("wait", "4 * 1 + 7 + 8 * 3", 4 * 1 + 7 + 8 * 3, cost["wait"])
    closed_form.exact("month 5 of wait", "7 + 3", 7 + 3, float(months_of(answer, "wait")[5, 0]))


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
def test_hosting(
    closed_form: ClosedForm, seed: int, calls: float, own: dict[str, Any], replicas: int
) -> None:
    # 730 h * 2 USD * replicas / 4 in each of 3 months
    hosting = {"usd_per_hour": 2, "shared_by": 4} | own
    strategies = {"fine": {**FREE, "retry_rate": 0.2, "hosting": hosting}}
    answer = simulate(scene(3, strategies, {"calls_per_month": calls}), seed, draws=2)
    closed_form.exact(
        "hosting",
        f"3 * 730 * 2 * {replicas} / 4",
        3 * 730 * 2 * replicas / 4,
        answer.strategies["fine"].cost_lines_usd["hosting"],
    )


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


# --- one model after another ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("life", "months"),
    [
        (5, [6, 11, 16, 21]),  # at the ages 5, 10, 15 and 20, each in month floor(age) + 1
        (4.5, [5, 10, 14, 19, 23]),  # at 4.5, 9, 13.5, 18 and 22.5
        (0.5, [1, *sorted([*range(2, 25), *range(2, 25)])]),  # at 0.5, then twice in each month
        (24, []),
        (23.999, [24]),
    ],
)
def test_a_fixed_lifetime_comes_round_again(seed: int, life: float, months: list[int]) -> None:
    by_month = months_of(simulate(retiring(life, horizon=24), seed, draws=2), "fine")[:, 0]
    np.testing.assert_array_equal(by_month, [float(months.count(t)) for t in range(25)])


def test_a_fixed_lifetime_counts_from_the_release(seed: int) -> None:
    # 334 days old, 10.97 months: with 12.5 months it goes at 1.53, and its successors at 14.03 and 26.53
    scenario = retiring(12.5, horizon=30, released=date(2026, 1, 1)) | {"start": date(2026, 12, 1)}
    by_month = months_of(simulate(scenario, seed, draws=2), "fine")[:, 0]
    np.testing.assert_array_equal(np.flatnonzero(by_month), [2, 15, 27])


def test_erlang_lifetimes_are_every_second_event_of_a_poisson_process(
    closed_form: ClosedForm, seed: int
) -> None:
    # Erlang-2 at a rate of 2 a year, 6 months for each of its two phases: k retirements within the year are
    # 2 k or 2 k + 1 events of Poisson(2), and their mean is 2/2 - (1 - e^-4)/4 = 0.754579
    erlang = {"dist": "gamma", "a": 2, "scale": 6}
    count = months_of(simulate(retiring(erlang), seed), "fine").sum(axis=0)

    p = [poisson(2, 2 * k) + poisson(2, 2 * k + 1) for k in range(12)]
    mean, square = (sum(k**power * p[k] for k in range(12)) for power in (1, 2))
    assert mean == pytest.approx(0.754579, abs=5e-7)
    closed_form.moments("retirements", "2 / 2 - (1 - e^-4) / 4", mean, square - mean**2, count)
    for k in range(4):
        closed_form.share(f"P(N = {k})", f"P(2 * {k} or one more), Poisson(2)", p[k], count == k)


def test_a_tuned_model_is_trained_again_where_its_model_retires(seed: int) -> None:
    # at 5 and 10 months of 12: 7 USD each, no migration, and the schedule (months 5 and 9) is as it was
    tuning = {"training_cost": 7, "retrain_every_months": 4}
    fine = {"model": "m", "migration_hours": 1, "tuning": tuning}
    models = {"m": MODEL | {"retires_after_months": 5}}
    scenario = scene(12, {"prompt": FREE, "fine": fine}, models=models, hourly_rate=1)
    by_month = months_of(simulate(scenario, seed, draws=2), "fine")[:, 0]
    assert {t: usd for t, usd in enumerate(by_month) if usd} == {0: 7, 5: 7, 6: 7, 9: 7, 11: 7}


# --- a provider that ends tuning --------------------------------------------------------------------------


def closing(ends: Any, life: Any = None, **tuning: Any) -> dict[str, Any]:
    """A tuned strategy that pays 7 USD a training, and nothing else; the baseline pays 1 USD a month."""
    fine = {"model": "m", "tuning": {"training_cost": 7, "ends": ends} | tuning}
    models = {"m": MODEL | ({} if life is None else {"retires_after_months": life})}
    return scene(12, {"fine": fine}, models=models)


@pytest.mark.parametrize("ends", [7.0, 7.9, date(2027, 7, 15)])  # all in month 8
def test_retrains_are_skipped_once_tuning_has_ended_and_the_model_serves_on(seed: int, ends: Any) -> None:
    scenario = closing(ends, retrain_every_months=3) | {"start": date(2026, 12, 1)}
    by_month = months_of(simulate(scenario, seed, draws=2), "fine")[:, 0]
    assert {t: usd for t, usd in enumerate(by_month) if usd} == {0: 7, 4: 7, 7: 7}  # and none in month 10


def test_the_fallback_serves_from_the_retirement_that_follows_the_end_of_tuning(seed: int) -> None:
    # tuning ends in month 6; retirements in months 5 (trained anew) and 9, from which the baseline serves
    by_month = months_of(simulate(closing(5.5, life=4.2), seed, draws=2), "fine")[:, 0]
    assert {t: usd for t, usd in enumerate(by_month) if usd} == {0: 7, 5: 7, 9: 1, 10: 1, 11: 1, 12: 1}


def test_tuning_that_ends_at_a_random_time(closed_form: ClosedForm, seed: int) -> None:
    # the retrain of month t is made where the end falls in a later month, T >= t: e^(-t/10), t = 4, 7 and 10
    answer = simulate(closing({"dist": "expon", "scale": 10}, retrain_every_months=3), seed)
    by_month = months_of(answer, "fine")
    np.testing.assert_array_equal(by_month[0], 7.0)
    for t in (4, 7, 10):
        closed_form.share(
            f"P(retrained in month {t})", f"exp(-{t} / 10)", math.exp(-t / 10), by_month[t] == 7
        )
    assert np.count_nonzero(by_month) == np.count_nonzero(by_month[[0, 4, 7, 10]])


def test_a_model_that_retires_at_random_after_tuning_has_ended(closed_form: ClosedForm, seed: int) -> None:
    # memoryless, mean 8 months: the tuned model still serves in month t with e^(-(t - 7)/8), from month 8 on
    by_month = months_of(simulate(closing(7, life={"dist": "expon", "scale": 8}), seed), "fine")
    for t in range(8, 13):
        closed_form.share(
            f"P(still tuned in month {t})", f"exp(-({t} - 7) / 8)", math.exp(-(t - 7) / 8), by_month[t] == 0
        )
        np.testing.assert_array_equal(np.unique(by_month[t]), [0.0, 1.0])  # forced retrains are never paid


# --- giving up --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("give_up", ["never", "at_retrain"])
def test_giving_up_a_retrain_that_no_longer_pays(closed_form: ClosedForm, seed: int, give_up: str) -> None:
    # It saves V a month, log-normal, 1 to 9 USD; a training costs 9 USD. In month 4, 3 V < 9 is given up, and
    # saves 3 V - 9 in all; else 12 V - 36, as all does that never gives up.
    # E[V; V < v] = E[V] Φ((ln v - mu)/sigma - sigma)
    mu, sigma = lognormal(1, 9)
    tuning = {"training_cost": 9, "retrain_every_months": 3, "give_up": give_up}
    calls = {"calls_per_month": "1_000 to 9_000"}
    answer = simulate(scene(12, {"fine": {**FREE, "tuning": tuning}}, calls), seed)
    saving, lines = answer.candidates["fine"].payoff.saving, answer.costs.lines["fine"]
    z, mean = (math.log(3) - mu) / sigma, math.exp(mu + sigma**2 / 2)
    expected, arithmetic = 12 * mean - 36, "12 E[V] - 36"
    if give_up == "at_retrain":
        expected += 27 * cap_phi(z) - 9 * mean * cap_phi(
            z - sigma
        )  # 27 USD and 9 months of V less, for V < 3
        arithmetic += " + 27 P(V < 3) - 9 E[V; V < 3]"
        closed_form.share("P(given up in month 4)", "Φ((ln 3 - μ) / σ)", cap_phi(z), lines["fallback"][4] > 0)
    else:
        assert "fallback" not in lines
    closed_form.mean("saving", arithmetic, expected, saving)
    # either way it pays off where V >= 3
    closed_form("P(pays off)", "1 - Φ((ln 3 - μ) / σ)", 1 - cap_phi(z), answer.candidates["fine"].pays_off)


def test_each_retrain_is_held_against_the_savings_since_the_last_one(seed: int) -> None:
    # 1 USD in month 1, and half as much again each month: 1 + 1.5 + 2.25 = 4.75 pay for 4 USD in month 4, and
    # do not for 5. Half as much each month: 1.75 pay for 1.5 in month 4, and the next 0.22 do not in month 7.
    def trainings(growth: float, usd: float) -> list[int]:
        tuning = {"training_cost": usd, "retrain_every_months": 3, "give_up": "at_retrain"}
        workload = {"growth_per_month": growth}
        answer = simulate(scene(12, {"fine": {**FREE, "tuning": tuning}}, workload), seed, draws=2)
        return [int(t) for t in np.flatnonzero(answer.costs.lines["fine"]["training"][:, 0])]

    assert trainings(0.5, 4) == [0, 4, 7, 10]
    assert trainings(0.5, 5) == [0]
    assert trainings(-0.5, 1.5) == [0, 4]


# --- shares of the calls ----------------------------------------------------------------------------------


def test_a_share_pays_for_its_calls_and_for_all_else_in_full(closed_form: ClosedForm, seed: int) -> None:
    # 146,000 calls a month, 73,000 to a replica. With all of them, alone or first in a cascade: 2 replicas
    # of 730 USD, and 5 USD of hours, a month; with 40 %, one replica. The prompt's cost 0.001 USD a call.
    hosting = {"usd_per_hour": 1, "calls_per_hour": 100}
    strategies = {
        "own": {**FREE, "hours_per_month": 5, "hosting": hosting},
        "mix": {"mix": {"prompt": "rest", "own": 0.4}, "hours_per_month": 3},
        "cascade": {"cascade": {"first": "own", "second": "prompt", "escalation_rate": 0.6}},
    }
    scenario = scene(12, strategies, {"calls_per_month": 146_000}, hourly_rate=1)
    cost = {n: s.cost_usd.mean for n, s in simulate(scenario, seed, draws=2).strategies.items()}
    closed_form.exact("own", "12 (2 * 730 + 5)", 12 * (2 * 730 + 5), cost["own"])
    closed_form.exact("mix", "12 (730 + 5 + 3 + 0.6 * 146)", 12 * (1 * 730 + 5 + 3 + 0.6 * 146), cost["mix"])
    closed_form.exact(
        "cascade", "12 (2 * 730 + 5 + 0.6 * 146)", 12 * (2 * 730 + 5 + 0.6 * 146), cost["cascade"]
    )


def test_uncertain_shares(closed_form: ClosedForm, seed: int) -> None:
    # w of the calls at 3 USD, the rest at 1: 12 (1 + 2 E[w]); a share w again on to 3 USD: 12 (1 + 3 E[w]);
    # w ~ beta(2, 3): E = 0.4, Var = 0.04
    w = {"dist": "beta", "a": 2, "b": 3}
    strategies = {
        "dear": {"price": {"input": 3.0}, "prompt_tokens": 1000},
        "mix": {"mix": {"dear": w, "prompt": "rest"}},
        "cascade": {"cascade": {"first": "prompt", "second": "dear", "escalation_rate": w}},
    }
    answer = simulate(scene(12, strategies), seed)
    closed_form.moments(
        "mix", "12 (1 + 2 * 0.4); 24² * 0.04", 12 * 1.8, 24**2 * 0.04, months_of(answer, "mix").sum(axis=0)
    )
    closed_form.moments(
        "cascade",
        "12 (1 + 3 * 0.4); 36² * 0.04",
        12 * 2.2,
        36**2 * 0.04,
        months_of(answer, "cascade").sum(axis=0),
    )


def test_waiting_for_a_tuned_model(seed: int) -> None:
    # The prompt serves in months 1 to 4, 1 USD a month. 10 USD fall in month 5, which goes by in building:
    # the prompt serves it, too. Then nothing but retrains costs, from the 5 months on: months 9 and 12.
    fine = {**FREE, "build_months": 1, "tuning": {"training_cost": 10, "retrain_every_months": 3}}
    strategies = {"fine": fine, "later": {"wait": {"first": "prompt", "then": "fine", "months": 3.5}}}
    by_month = months_of(simulate(scene(12, strategies), seed, draws=2), "later")[:, 0]
    np.testing.assert_allclose(by_month, [0, 1, 1, 1, 1, 11, 0, 0, 0, 10, 0, 0, 10])


# --- replicas ---------------------------------------------------------------------------------------------


def test_a_replica_is_added_in_the_month_in_which_the_calls_exceed_a_capacity(seed: int) -> None:
    # 73,000 calls to a replica, and in thousands 50, 60, 72 | 86, 104, 124 | 149, 179, 215 | 258 calls
    hosting = {"usd_per_hour": 1, "calls_per_hour": 100}
    workload = {"calls_per_month": 50_000, "growth_per_month": 0.2}
    answer = simulate(scene(10, {"fine": {**FREE, "hosting": hosting}}, workload), seed, draws=2)
    replicas = answer.costs.lines["fine"]["hosting"][1:, 0] / 730
    np.testing.assert_allclose(replicas, [1, 1, 1, 2, 2, 2, 3, 3, 3, 4], rtol=1e-12)


def test_replicas_of_an_uncertain_volume(closed_form: ClosedForm, seed: int) -> None:
    # E[ceil(V / 73,000)] = Σ_j P(V > 73,000 j), V log-normal, 40,000 to 400,000
    mu, sigma = lognormal(40_000, 400_000)
    hosting = {"usd_per_hour": 1, "calls_per_hour": 100}
    calls = {"calls_per_month": "40_000 to 400_000"}
    answer = simulate(scene(3, {"fine": {**FREE, "hosting": hosting}}, calls), seed)
    replicas = answer.costs.lines["fine"]["hosting"][1] / 730
    over = [1 - cap_phi((math.log(73_000 * j) - mu) / sigma) if j else 1.0 for j in range(400)]
    mean, square = sum(over), sum((2 * j + 1) * p for j, p in enumerate(over))
    closed_form.moments(
        "replicas", "Σ P(V > 73,000 j); Σ (2 j + 1) P - mean²", mean, square - mean**2, replicas
    )
    for j in (1, 2, 3, 5):
        closed_form.share(
            f"P(over {j} replicas)", f"1 - Φ((ln {73_000 * j:,} - μ) / σ)", over[j], replicas > j + 0.5
        )
