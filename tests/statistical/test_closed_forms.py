"""Special cases with an exact answer, each within 5 standard errors at 262,144 draws.

What is certain is held to 1e-12. The expected value's arithmetic stands in each test, and in the table that
table.py prints.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from closed_form import PLAIN, ClosedForm, money
from scenes import (
    DRAWS,
    FREE,
    KEPT_DRAWS,
    MONTHLY,
    PROMPT,
    Z95,
    cap_phi,
    lognormal,
    own_cost,
    phi,
    poisson,
    scene,
)
from scipy import optimize, stats
from scipy.special import ndtri

import mcost
from mcost.answer import Answer
from mcost.estimate import Estimate

NODES, WEIGHTS = np.polynomial.legendre.leggauss(200)


def simulate(scenario: dict[str, Any], seed: int, draws: int = DRAWS) -> Answer:
    return mcost.run(scenario, draws=draws, seed=seed)


def saving(answer: Answer, candidate: str = "fine") -> np.ndarray:
    return answer.candidates[candidate].payoff.saving


def normal_mean(f: Callable[[np.ndarray], np.ndarray], low: float = -9.0, high: float = 9.0) -> float:
    """∫ f(z) φ(z) dz from low to high, by Gauss-Legendre."""
    half = (high - low) / 2
    z = half * NODES + (high + low) / 2
    return float(np.sum(half * WEIGHTS * np.exp(-z * z / 2) / math.sqrt(2 * math.pi) * f(z)))


# --- log-normal volume against a fixed cost ---------------------------------------------------------------
#
# A call costs 0.003 USD at the baseline and 0.001 USD at the candidate: c = 0.002 USD saved. The candidate
# pays T once and F a month, so with V calls a month, the same in every month, and annuity A_t = Σ q^u,
#     cumulative[t] = (c V - F) A_t - T >= 0   ⇔   V >= (T / A_t + F) / c,
# which falls as t grows: once ahead, always ahead.

LOW, HIGH, SAVED = 80_000, 300_000, 0.002
MU, SIGMA = lognormal(LOW, HIGH)


def fixed_cost(horizon: int, once: float, monthly: float, **top: Any) -> dict[str, Any]:
    return scene(
        horizon,
        {
            "prompt": {**PROMPT, "prompt_tokens": 3000},
            "fine": {**PROMPT, "tuning": {"training_cost": once}, "costs": [own_cost("month", monthly)]},
        },
        {"calls_per_month": f"{LOW} to {HIGH}"},
        **top,
    )


def p_volume_at_least(calls: float) -> float:
    return cap_phi((MU - math.log(calls)) / SIGMA)


@pytest.mark.parametrize("rate", [0.0, 0.3])
def test_lognormal_volume_against_a_fixed_cost_in_every_month(
    closed_form: ClosedForm, seed: int, rate: float
) -> None:
    horizon, once, monthly = 24, 420.0, 140.0
    found = simulate(fixed_cost(horizon, once, monthly, discount_rate=rate), seed).candidates["fine"]

    q = (1 + rate) ** (-1 / 12)
    annuity = [sum(q**u for u in range(1, t + 1)) for t in range(horizon + 1)]
    exact = [0.0] + [p_volume_at_least((once / annuity[t] + monthly) / SAVED) for t in range(1, horizon + 1)]

    # undiscounted: (420 / 24 + 140) / 0.002 = 78,750 calls, so P = Φ(1.68) = 0.954
    if rate == 0:
        closed_form.exact(
            "P(pays off), by hand",
            "Φ((μ - ln ((420 / 24 + 140) / 0.002)) / σ)",
            p_volume_at_least(78_750),
            exact[horizon],
        )
    closed_form(
        "P(pays off)", "Φ((μ - ln v) / σ), v = (420 / A_24 + 140) / 0.002", exact[horizon], found.pays_off
    )
    assert found.pays_off_by_month[0] == 0.0
    for t in range(1, horizon + 1):
        closed_form.stated_share(
            f"P(ahead in month {t})",
            f"Φ((μ - ln v) / σ), v = (420 / A_{t} + 140) / 0.002",
            exact[t],
            found.pays_off_by_month[t],
            DRAWS,
        )

    # the break-even month is the first t at which V is large enough: P(month = t) = P_t - P_{t-1}
    masses = {float(t): exact[t] - exact[t - 1] for t in range(1, horizon + 1)}
    closed_form.law("break-even month", "P_t - P_(t-1)", masses, found.payoff.break_even_month)
    closed_form.share("never", "1 - P_24", 1 - exact[horizon], np.isinf(found.payoff.break_even_month))
    np.testing.assert_array_equal(found.payoff.first_touch, found.payoff.break_even_month)


def test_percentiles_of_the_break_even_month(seed: int) -> None:
    horizon, once, monthly = 24, 420.0, 140.0
    found = simulate(fixed_cost(horizon, once, monthly), seed).candidates["fine"].break_even_month
    exact = [0.0] + [p_volume_at_least((once / t + monthly) / SAVED) for t in range(1, horizon + 1)]

    def first(p: float) -> int:
        month = next(t for t in range(horizon + 1) if exact[t] >= p)
        for t in (month - 1, month):  # else the simulated percentile could fall to either side
            assert abs(exact[t] - p) > 5 * math.sqrt(p * (1 - p) / DRAWS)
        return month

    # P_1 = 0.070, P_2 = 0.381; P_2 = 0.381, P_3 = 0.600; P_9 = 0.896, P_10 = 0.907
    assert (first(0.1), first(0.5), first(0.9)) == (2, 3, 10)
    assert (found.p10, found.p50, found.p90) == (2, 3, 10)


def test_percentiles_that_fall_in_never_are_none(closed_form: ClosedForm, seed: int) -> None:
    # (600 / 12 + 150) / 0.002 = 100,000 calls: P = Φ((ln 154,919 - ln 100,000) / 0.4018) = 0.862 < 0.9
    found = simulate(fixed_cost(12, 600.0, 150.0), seed).candidates["fine"]
    closed_form("P(pays off)", "Φ((μ - ln 100,000) / σ)", p_volume_at_least(100_000), found.pays_off)
    assert found.break_even_month.never == 1 - found.pays_off.probability
    assert found.break_even_month.p90 is None
    assert found.break_even_month.p50 is not None


def test_saving_on_a_lognormal_volume(closed_form: ClosedForm, seed: int) -> None:
    horizon, once, monthly = 12, 600.0, 150.0
    found = simulate(fixed_cost(horizon, once, monthly), seed).candidates["fine"].saving_usd
    a, b = horizon * SAVED, -horizon * monthly - once  # saving = a V + b

    mean = math.exp(MU + SIGMA**2 / 2)
    sd = mean * math.sqrt(math.exp(SIGMA**2) - 1)
    closed_form("mean", "0.024 exp(μ + σ²/2) - 2400", a * mean + b, money(found, DRAWS))
    assert found.standard_error < a * sd / math.sqrt(DRAWS), "futures are spread evenly"

    # quantiles by the ends of the interval itself; error of a quantile: sqrt(p (1 - p) / n) / density
    for value, p, calls in ((found.p5, 0.05, LOW), (found.p50, 0.5, math.exp(MU)), (found.p95, 0.95, HIGH)):
        density = phi(float(ndtri(p))) / (SIGMA * calls * a)
        closed_form(
            f"{p:.0%} point",
            f"0.024 * {calls:,.0f} - 2400",
            a * calls + b,
            Estimate(value, math.sqrt(p * (1 - p) / KEPT_DRAWS) / density, KEPT_DRAWS),
            PLAIN,
        )

    # E[V | V <= q] with P(V <= q) = 0.1 is E[V] Φ(z - σ) / 0.1; its error has the variance
    # (Var[V | V <= q] + 0.9 (q - E[V | V <= q])²) / (0.1 n)
    z, q = float(ndtri(0.1)), math.exp(MU + SIGMA * float(ndtri(0.1)))
    tail = mean * cap_phi(z - SIGMA) / 0.1
    square = math.exp(2 * MU + 2 * SIGMA**2) * cap_phi(z - 2 * SIGMA) / 0.1
    variance = (square - tail**2 + 0.9 * (q - tail) ** 2) / (0.1 * DRAWS)
    closed_form(
        "worst tenth",
        "0.024 E[V] Φ(z - σ) / 0.1 - 2400, Φ(z) = 0.1",
        a * tail + b,
        Estimate(found.worst_tenth_mean, a * math.sqrt(variance), KEPT_DRAWS),
        PLAIN,
    )


def test_cash_at_risk_against_a_fixed_cost(closed_form: ClosedForm, seed: int) -> None:
    # c V >= 170 a month (V >= 85,000): the deepest point is month 0, T = 600. Below, month 12 is deeper:
    # 600 + 12 (170 - 0.002 V); at the 5 % quantile, V = 80,000: 600 + 12 * 10 = 720.
    found = simulate(fixed_cost(12, 600.0, 170.0), seed).candidates["fine"]
    assert found.cash_at_risk_usd.p50 == 600.0
    density = phi(-Z95) / (SIGMA * LOW * 12 * SAVED)
    closed_form(
        "95 % point",
        "600 + 12 (170 - 0.002 * 80,000)",
        720.0,
        Estimate(found.cash_at_risk_usd.p95, math.sqrt(0.05 * 0.95 / KEPT_DRAWS) / density, KEPT_DRAWS),
        PLAIN,
    )
    closed_form.share(
        "P(deepest in month 0)",
        "Φ((μ - ln 85,000) / σ)",
        p_volume_at_least(85_000),
        found.payoff.cash_at_risk == 600.0,
    )
    assert set(np.unique(found.payoff.deepest_month)) == {0.0, 12.0}


def test_volume_as_users_times_calls_of_each(closed_form: ClosedForm, seed: int) -> None:
    # a product of log-normals is log-normal: mu = mu_1 + mu_2, sigma² = sigma_1² + sigma_2²
    scenario = fixed_cost(12, 600.0, 150.0)
    scenario["workload"] = {"monthly_active_users": "2_000 to 9_000", "calls_per_user": "20 to 50"}
    (mu_1, s_1), (mu_2, s_2) = lognormal(2000, 9000), lognormal(20, 50)
    p = cap_phi((mu_1 + mu_2 - math.log(100_000)) / math.hypot(s_1, s_2))
    closed_form(
        "P(pays off)",
        "Φ((μ + μ' - ln 100,000) / sqrt(σ² + σ'²))",
        p,
        simulate(scenario, seed).candidates["fine"].pays_off,
    )


def test_lognormal_volume_against_a_lognormal_cost(closed_form: ClosedForm, seed: int) -> None:
    # c V >= F ⇔ ln V - ln F >= -ln c, normal: mean mu_V - mu_F, variance sigma_V² + sigma_F²
    scenario = fixed_cost(6, 0.0, 0.0)
    scenario["strategies"]["fine"]["costs"] = [own_cost("month", "200 to 500")]
    mu, s = lognormal(200, 500)
    p = cap_phi((MU - mu + math.log(SAVED)) / math.hypot(SIGMA, s))
    found = simulate(scenario, seed).candidates["fine"]
    closed_form("P(pays off)", "Φ((μ - μ' + ln 0.002) / sqrt(σ² + σ'²))", p, found.pays_off)
    # with nothing paid in month 0 it is level there, and then ahead in all months or in none
    assert found.pays_off_by_month[0] == 1.0
    closed_form.law(
        "break-even month",
        "level in month 0, then as P",
        {0.0: p, math.inf: 1 - p},
        found.payoff.break_even_month,
    )
    closed_form.law("first touch", "in month 1, as P", {1.0: p, math.inf: 1 - p}, found.payoff.first_touch)


# --- Poisson drift retrains -------------------------------------------------------------------------------


def drifting(horizon: int, rate: Any, cost: float = 100.0, **own: Any) -> dict[str, Any]:
    """A candidate whose only cost is training: ``cost`` in month 0, and again at each drift."""
    tuning = {"training_cost": cost, "drift_retrains_per_year": rate}
    return scene(horizon, {"prompt": FREE, "fine": {**FREE, "tuning": tuning, **own}})


def retrains(answer: Answer, cost: float = 100.0) -> np.ndarray:
    """Number of retrains in each draw, from what it cost; the run of month 0 is not one."""
    count = -saving(answer) / cost - 1
    np.testing.assert_allclose(count, np.rint(count), rtol=0, atol=1e-9)
    return np.rint(count)


def test_drift_retrains_are_a_poisson_count(closed_form: ClosedForm, seed: int) -> None:
    # 3 a year over 10 months: N ~ Poisson(2.5); P(no retrain) = exp(-3 * 10 / 12) = 0.082
    answer = simulate(drifting(10, 3), seed)
    count, mean = retrains(answer), 3 * 10 / 12
    closed_form(
        "mean cost",
        "100 (1 + 3 * 10 / 12)",
        100 * (1 + mean),
        money(answer.strategies["fine"].cost_usd, answer.draws),
    )
    closed_form.share("P(no retrain)", "exp(-3 * 10 / 12)", math.exp(-mean), count == 0)
    closed_form.law(
        "retrains",
        "Poisson(3 * 10 / 12)",
        {float(k): poisson(mean, k) for k in range(10)},
        count,
    )


def test_drift_retrains_are_independent_from_month_to_month(closed_form: ClosedForm, seed: int) -> None:
    # each month 1 … 6: Poisson of mean and variance 9 / 12 = 0.75; fourth central moment m + 3 m²
    by_month = simulate(drifting(6, 9), seed, MONTHLY).costs.lines["fine"]["training"] / 100
    np.testing.assert_array_equal(by_month[0], 1.0)
    m = 9 / 12
    for t, month in enumerate(by_month[1:], 1):
        closed_form.mean(f"retrains of month {t}", "9 / 12", m, month)
        closed_form.mean(f"their variance in month {t}", "9 / 12", m, (month - m) ** 2)
        closed_form.law(
            f"retrains of month {t}",
            "Poisson(9 / 12)",
            {float(k): poisson(m, k) for k in range(6)},
            month,
        )
    for i in range(1, 7):
        for j in range(1, i):  # covariance 0; variance of the product m * m
            closed_form.moments(
                f"covariance of months {j} and {i}",
                "0, and (9 / 12)²",
                0.0,
                m * m,
                (by_month[i] - m) * (by_month[j] - m),
            )


def test_drift_at_an_uncertain_rate_is_negative_binomial(closed_form: ClosedForm, seed: int) -> None:
    # rate ~ gamma(a = 2, scale = 1.5) a year over 10 months: N ~ NB(2, 1 / (1 + 1.5 * 10 / 12))
    count = retrains(simulate(drifting(10, {"dist": "gamma", "a": 2, "scale": 1.5}), seed))
    p = 1 / (1 + 1.5 * 10 / 12)
    closed_form.moments(
        "retrains",
        "2 (1 - p) / p, p = 1 / (1 + 1.5 * 10 / 12); / p²",
        2 * (1 - p) / p,
        2 * (1 - p) / p**2,
        count,
    )
    closed_form.law(
        "retrains",
        "(k + 1) p² (1 - p)^k",
        {float(k): (k + 1) * p**2 * (1 - p) ** k for k in range(10)},
        count,
    )


def test_no_drift_retrain_falls_in_the_build(closed_form: ClosedForm, seed: int) -> None:
    # built in ceil(2.5) = 3 months of 10: N ~ Poisson(3 * 7 / 12)
    count, mean = retrains(simulate(drifting(10, 3, build_months=2.5), seed)), 3 * 7 / 12
    closed_form.law(
        "retrains",
        "Poisson(3 * 7 / 12)",
        {float(k): poisson(mean, k) for k in range(8)},
        count,
    )


def test_chance_to_pay_off_in_spite_of_drift(closed_form: ClosedForm, seed: int) -> None:
    # saves 0.9 USD a month over 10 months and costs 2 (1 + N): 9 >= 2 (1 + N) ⇔ N <= 3
    scenario = drifting(10, 3, cost=2.0, price={"input": 0.1}, prompt_tokens=1000)
    scenario["strategies"]["prompt"] = PROMPT
    p = sum(poisson(2.5, k) for k in range(4))
    closed_form(
        "P(pays off)", "P(N <= 3), N ~ Poisson(2.5)", p, simulate(scenario, seed).candidates["fine"].pays_off
    )


# --- success probability and build time -------------------------------------------------------------------


def cheaper(**own: Any) -> dict[str, Any]:
    """Saves 0.6 USD of the baseline's 1 USD a month, for 3 USD once."""
    return {"price": {"input": 0.4}, "prompt_tokens": 1000, "costs": [own_cost("once", 3)], **own}


def test_success_probability(closed_form: ClosedForm, seed: int) -> None:
    # success: 0.6 * 10 - 3 = 3; failure: -3 and the baseline's cost
    answer = simulate(scene(10, {"fine": cheaper(success_probability=0.7)}), seed)
    found = answer.candidates["fine"]
    closed_form("P(pays off)", "0.7", 0.7, found.pays_off)
    closed_form.stated_share("never", "1 - 0.7", 0.3, found.break_even_month.never, answer.draws)
    low, high = sorted(set(np.round(saving(answer), 9)))
    assert low == pytest.approx(-3, rel=1e-12)
    assert high == pytest.approx(3, rel=1e-12)
    closed_form.moments(
        "saving", "0.7 * 6 - 3; 6² * 0.7 * 0.3", 0.7 * 6 - 3, 6**2 * 0.7 * 0.3, saving(answer)
    )
    closed_form(
        "fallback",
        "0.3 * 10",
        0.3 * 10,
        Estimate(answer.strategies["fine"].cost_lines_usd["fallback"], 10 * math.sqrt(0.21 / DRAWS), DRAWS),
        PLAIN,
    )


def test_uncertain_success_probability(closed_form: ClosedForm, seed: int) -> None:
    # p ~ beta(4, 2): P(success) = 4 / 6
    chance = {"dist": "beta", "a": 4, "b": 2}
    found = simulate(scene(10, {"fine": cheaper(success_probability=chance)}), seed).candidates["fine"]
    closed_form("P(pays off)", "4 / 6", 4 / 6, found.pays_off)


def test_success_is_shared_by_like_and_drawn_apart_where_written_twice(
    closed_form: ClosedForm, seed: int
) -> None:
    strategies = {
        "fine": cheaper(success_probability=0.7),
        "shared": {"like": "fine"},
        "apart": cheaper(success_probability=0.6),
    }
    answer = simulate(scene(10, strategies), seed)
    np.testing.assert_array_equal(saving(answer, "shared"), saving(answer))
    both = (saving(answer) > 0) & (saving(answer, "apart") > 0)
    closed_form.share("P(both pay off)", "0.7 * 0.6", 0.7 * 0.6, both)


def test_success_is_independent_of_the_inputs_around_it(closed_form: ClosedForm, seed: int) -> None:
    # P = P(success) * P(C <= 6), C the log-normal "2 to 12" paid once
    strategy = cheaper(success_probability=0.7)
    strategy["costs"] = [own_cost("once", "2 to 12")]
    mu, sigma = lognormal(2, 12)
    p = 0.7 * cap_phi((math.log(6) - mu) / sigma)
    closed_form(
        "P(pays off)",
        "0.7 Φ((ln 6 - μ) / σ)",
        p,
        simulate(scene(10, {"fine": strategy}), seed).candidates["fine"].pays_off,
    )


def test_failure_falls_back_on_the_strategy_named(closed_form: ClosedForm, seed: int) -> None:
    # failure (30 %): the fallback's 2 USD a month, never its 50 USD of month 0
    strategies = {
        "other": {
            "price": {"input": 2.0},
            "prompt_tokens": 1000,
            "costs": [own_cost("once", 50, "start")],
        },
        "fine": cheaper(success_probability=0.7, fallback="other"),
    }
    answer = simulate(scene(10, strategies), seed)
    # saving: success 0.6 * 10 - 3 = 3, failure -1 * 10 - 3 = -13
    closed_form.moments(
        "saving", "0.7 * 3 - 0.3 * 13; 16² * 0.7 * 0.3", 0.7 * 3 - 0.3 * 13, 16**2 * 0.7 * 0.3, saving(answer)
    )


def test_uncertain_build_time(closed_form: ClosedForm, seed: int) -> None:
    # served months = Σ_t 1[B < t] with B = ceil(X) <= t - 1 ⇔ X <= t - 1; X log-normal "1 to 6"
    mu, sigma = lognormal(1, 6)
    served = [cap_phi((math.log(t - 1) - mu) / sigma) for t in range(2, 11)]
    answer = simulate(scene(10, {"fine": cheaper(build_months="1 to 6")}), seed)
    months = (saving(answer) + 3) / 0.6
    np.testing.assert_allclose(months, np.rint(months), rtol=0, atol=1e-9)
    # P(served = m) = P(B = 10 - m)
    masses = {9.0: served[0]} | {float(10 - b): served[b - 1] - served[b - 2] for b in range(2, 10)}
    closed_form.law("months served", "P(B = 10 - m), B = ceil(X)", masses, np.rint(months))
    mean = sum(served)
    square = sum(m * m * mass for m, mass in masses.items())
    closed_form.moments(
        "saving",
        "0.6 Σ P(X <= t - 1) - 3; 0.36 Var",
        0.6 * mean - 3,
        0.36 * (square - mean**2),
        saving(answer),
    )


# --- families and truncation ------------------------------------------------------------------------------


def truncated_normal(loc: float, scale: float, low: float, high: float) -> tuple[float, float]:
    """Mean and variance: loc + scale (φ(a) - φ(b)) / Z, scale² (1 + (a φ(a) - b φ(b)) / Z - (…)²)."""
    a, b = (low - loc) / scale, (high - loc) / scale
    mass = cap_phi(b) - cap_phi(a)
    shift = (phi(a) - phi(b)) / mass
    edges = (a * phi(a) if math.isfinite(a) else 0.0) - (b * phi(b) if math.isfinite(b) else 0.0)
    return loc + scale * shift, scale**2 * (1 + edges / mass - shift**2)


def truncated_lognormal(mu: float, sigma: float, low: float, high: float) -> tuple[float, float]:
    """Moments by E[X^k; a < X < b] = exp(kμ + k²σ²/2) (Φ(β - kσ) - Φ(α - kσ))."""
    a, b = (math.log(low) - mu) / sigma, (math.log(high) - mu) / sigma  # log(inf) = inf
    moment = [
        math.exp(k * mu + k * k * sigma**2 / 2) * (cap_phi(b - k * sigma) - cap_phi(a - k * sigma))
        for k in range(3)
    ]
    mean = moment[1] / moment[0]
    return mean, moment[2] / moment[0] - mean**2


def from_masses(masses: dict[int, float]) -> tuple[float, float]:
    whole = sum(masses.values())
    mean = sum(k * p for k, p in masses.items()) / whole
    return mean, sum(k * k * p for k, p in masses.items()) / whole - mean**2


INTERVAL = lognormal(20, 40)
POISSON = {k: poisson(2, k) for k in range(60)}
WEIBULL = [math.gamma(1 + k / 1.5) for k in (1, 2)]
LAWS: dict[str, tuple[Any, float, float]] = {
    # notation, mean, variance
    "interval": (
        "20 to 40",
        math.exp(INTERVAL[0] + INTERVAL[1] ** 2 / 2),
        math.exp(2 * INTERVAL[0] + INTERVAL[1] ** 2) * math.expm1(INTERVAL[1] ** 2),
    ),
    "interval at 50 % credibility": (
        # sigma = ln 2 / (2 * 0.6745)
        {"low": 20, "high": 40, "credibility": 0.5},
        math.exp(INTERVAL[0] + (math.log(2) / (2 * float(ndtri(0.75)))) ** 2 / 2),
        math.exp(2 * INTERVAL[0] + (math.log(2) / (2 * float(ndtri(0.75)))) ** 2)
        * math.expm1((math.log(2) / (2 * float(ndtri(0.75)))) ** 2),
    ),
    "interval truncated": (
        {"low": 20, "high": 40, "min": 25, "max": 45},
        *truncated_lognormal(*INTERVAL, 25, 45),
    ),
    "interval with a floor": (
        {"low": 20, "high": 40, "min": 30},
        *truncated_lognormal(*INTERVAL, 30, math.inf),
    ),
    "norm": ({"dist": "norm", "loc": 400, "scale": 10}, 400.0, 100.0),
    "norm min": (
        {"dist": "norm", "loc": 10, "scale": 8, "min": 0},
        *truncated_normal(10, 8, 0, math.inf),
    ),
    "norm min and max": (
        {"dist": "norm", "loc": 10, "scale": 5, "min": 8, "max": 20},
        *truncated_normal(10, 5, 8, 20),
    ),
    "norm far tail": (
        {"dist": "norm", "loc": 10, "scale": 5, "min": 25},
        *truncated_normal(10, 5, 25, math.inf),
    ),
    # memoryless: given X >= 3 it is 3 + expon(scale 2)
    "expon min": ({"dist": "expon", "scale": 2, "min": 3}, 5.0, 4.0),
    "uniform": ({"dist": "uniform", "loc": 3, "scale": 4}, 5.0, 16 / 12),
    "uniform truncated": ({"dist": "uniform", "loc": 0, "scale": 10, "min": 2, "max": 6}, 4.0, 16 / 12),
    "gamma": ({"dist": "gamma", "a": 2.5, "scale": 4}, 2.5 * 4, 2.5 * 16),
    "beta": ({"dist": "beta", "a": 2, "b": 3, "scale": 10}, 10 * 2 / 5, 100 * 2 * 3 / (25 * 6)),
    # (a + b + c) / 3 and (a² + b² + c² - ab - ac - bc) / 18 with 0, 10, 3
    "triang": ({"dist": "triang", "c": 0.3, "scale": 10}, 13 / 3, (100 + 9 - 30) / 18),
    "weibull_min": (
        {"dist": "weibull_min", "c": 1.5, "scale": 6},
        6 * WEIBULL[0],
        36 * (WEIBULL[1] - WEIBULL[0] ** 2),
    ),
    # Pareto b = 5: b / (b - 1), b / ((b - 1)² (b - 2))
    "pareto by scipy.stats": ({"dist": "pareto", "b": 5, "scale": 4}, 5.0, 16 * 5 / (16 * 3)),
    # b = 5, cut at 2 scales: E[X^k] = b / (b - k) (1 - 2^(k - b)) / (1 - 2^-b)
    "pareto truncated": (
        {"dist": "pareto", "b": 5, "max": 2},
        5 / 4 * (1 - 2**-4) / (1 - 2**-5),
        5 / 3 * (1 - 2**-3) / (1 - 2**-5) - (5 / 4 * (1 - 2**-4) / (1 - 2**-5)) ** 2,
    ),
    "poisson": ({"dist": "poisson", "mu": 2}, 2.0, 2.0),
    # E[X | X >= 1] = 2 / (1 - e^-2)
    "poisson min": (
        {"dist": "poisson", "mu": 2, "min": 1},
        *from_masses({k: p for k, p in POISSON.items() if k >= 1}),
    ),
    "poisson between halves": (
        {"dist": "poisson", "mu": 2, "min": 0.5, "max": 3.5},
        *from_masses({k: POISSON[k] for k in (1, 2, 3)}),
    ),
    "binom max": (
        {"dist": "binom", "n": 4, "p": 0.5, "max": 2},
        *from_masses({0: 1, 1: 4, 2: 6}),
    ),
    "randint": ({"dist": "randint", "low": 1, "high": 7}, 3.5, 35 / 12),
}


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_the_mean_of_an_input_in_every_notation(
    closed_form: ClosedForm, seed: int, law: tuple[Any, float, float]
) -> None:
    notation, mean, variance = law
    answer = simulate(
        scene(1, {"prompt": FREE, "fine": {**FREE, "costs": [own_cost("once", notation)]}}), seed
    )
    closed_form.moments("cost", f"moments of {notation}", mean, variance, -saving(answer))
    assert answer.scenario.inputs["strategies.fine.costs.own"].law.mean() == pytest.approx(mean, rel=1e-9)


def test_the_law_of_a_truncated_normal(closed_form: ClosedForm, seed: int) -> None:
    # F(x) = (Φ((x - 10) / 5) - Φ(-0.4)) / (Φ(2) - Φ(-0.4)) on 8 … 20, and no mass at the bounds
    notation = {"dist": "norm", "loc": 10, "scale": 5, "min": 8, "max": 20}
    costs = [own_cost("once", notation)]
    sample = -saving(simulate(scene(1, {"prompt": FREE, "fine": {**FREE, "costs": costs}}), seed))
    assert np.count_nonzero((sample <= 8) | (sample >= 20)) == 0
    for x in (8.5, 10, 12, 15, 19):
        p = (cap_phi((x - 10) / 5) - cap_phi(-0.4)) / (cap_phi(2) - cap_phi(-0.4))
        closed_form.share(f"P(X <= {x})", f"(Φ(({x} - 10) / 5) - Φ(-0.4)) / (Φ(2) - Φ(-0.4))", p, sample <= x)


def test_the_law_of_a_truncated_count(closed_form: ClosedForm, seed: int) -> None:
    # P(X = k | 1 <= X <= 3) of Poisson(2): 2, 2, 4/3 in sum 16/3
    notation = {"dist": "poisson", "mu": 2, "min": 0.5, "max": 3.5}
    costs = [own_cost("once", notation)]
    sample = -saving(simulate(scene(1, {"prompt": FREE, "fine": {**FREE, "costs": costs}}), seed))
    closed_form.law("X", "2 : 2 : 4/3 of 16/3", {1.0: 3 / 8, 2.0: 3 / 8, 3.0: 2 / 8}, sample)


def test_a_fraction_is_logit_normal(closed_form: ClosedForm, seed: int) -> None:
    # cache hit "20% to 60%" of a prompt of 1 USD a month that is free when cached: cost = 1 - hit.
    # logit(hit) is normal: half above logit⁻¹ of the middle, 5 % below 20 %, 5 % above 60 %
    prompt = {"price": {"input": 1.0, "cached": 0.0}, "prompt_tokens": 1000, "cache_hit": "20% to 60%"}
    answer = simulate(scene(1, {"prompt": FREE, "fine": prompt}), seed)
    hit = 1 + saving(answer)
    middle = (math.log(0.2 / 0.8) + math.log(0.6 / 0.4)) / 2
    sigma = (math.log(0.6 / 0.4) - math.log(0.2 / 0.8)) / (2 * Z95)
    for x, p in ((0.2, 0.05), (1 / (1 + math.exp(-middle)), 0.5), (0.6, 0.95)):
        closed_form.share(f"P(hit <= {x:.3f})", f"{p}", p, hit <= x)
    moments = [normal_mean(lambda z, k=k: (1 + np.exp(-middle - sigma * z)) ** -k) for k in (1, 2)]
    closed_form.moments(
        "hit", "∫ (1 + e^-(m + s z))^-k φ(z) dz", moments[0], moments[1] - moments[0] ** 2, hit
    )


# --- discounting ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [0.0, 0.01, 0.08, 1.5])
@pytest.mark.parametrize("horizon", [1, 12, 36, 600])
def test_discounted_annuity(closed_form: ClosedForm, seed: int, rate: float, horizon: int) -> None:
    # 5 USD in month 0, undiscounted, and 7 USD a month: 5 + 7 q (1 - q^H) / (1 - q), q = (1 + r)^(-1/12)
    q = (1 + rate) ** (-1 / 12)
    expected = 5 + 7 * (horizon if rate == 0 else q * (1 - q**horizon) / (1 - q))
    costs = [own_cost("once", 5, "start"), own_cost("month", 7)]
    scenario = scene(horizon, {"prompt": {**FREE, "costs": costs}}, discount_rate=rate)
    found = simulate(scenario, seed, draws=3).strategies["prompt"]
    closed_form.exact(
        "cost", "5 + 7 q (1 - q^H) / (1 - q), q = (1 + r)^(-1/12)", expected, found.cost_usd.mean
    )
    closed_form.exact("once", "5", 5, found.cost_lines_usd["start"])
    closed_form.exact("monthly", "7 q (1 - q^H) / (1 - q)", expected - 5, found.cost_lines_usd["own"])


def test_uncertain_discount_rate(closed_form: ClosedForm, seed: int) -> None:
    # E[Σ (1 + r)^(-t/12)] over r log-normal "1% to 60%", by quadrature over ln r
    horizon = 36
    mu, sigma = lognormal(0.01, 0.6)
    months = np.arange(1, horizon + 1)[:, None]

    def annuity(z: np.ndarray) -> np.ndarray:
        return np.sum((1 + np.exp(mu + sigma * z)) ** (-months / 12), axis=0)

    mean = normal_mean(annuity)
    variance = normal_mean(lambda z: annuity(z) ** 2) - mean**2
    costs = [own_cost("month", 7)]
    scenario = scene(horizon, {"prompt": {**FREE, "costs": costs}}, discount_rate="1% to 60%")
    found = simulate(scenario, seed).strategies["prompt"]
    closed_form("mean cost", "7 E[Σ (1 + r)^(-t/12)]", 7 * mean, money(found.cost_usd, DRAWS))
    closed_form.exact("its one line", "the mean cost", found.cost_usd.mean, found.cost_lines_usd["own"])

    # and not the annuity at the mean rate, exp(mu + sigma²/2)
    at_the_mean = float(annuity(np.array([sigma / 2]))[0])
    assert abs(at_the_mean - mean) > 50 * math.sqrt(variance / DRAWS)


def test_chance_to_pay_off_at_an_uncertain_discount_rate(closed_form: ClosedForm, seed: int) -> None:
    # 0.6 USD saved a month against 18 once: pays off ⇔ 0.6 A(r) >= 18 ⇔ r <= r*, A falls in r
    strategy = cheaper(costs=[own_cost("once", 18)])
    q = optimize.brentq(lambda q: 0.6 * q * (1 - q**36) / (1 - q) - 18, 0.9, 1 - 1e-9, xtol=1e-15)
    worst = q**-12 - 1
    mu, sigma = lognormal(0.01, 0.6)
    p = cap_phi((math.log(worst) - mu) / sigma)
    assert 0.1 < p < 0.9
    found = simulate(scene(36, {"fine": strategy}, discount_rate="1% to 60%"), seed)
    closed_form("P(pays off)", "Φ((ln r* - μ) / σ), 0.6 A(r*) = 18", p, found.candidates["fine"].pays_off)


# --- growth, cap, volatility ------------------------------------------------------------------------------
#
# The baseline pays 0.001 USD a call, so its cost of a month is calls / 1000.


def calls_by_month(answer: Answer) -> np.ndarray:
    return 1000 * answer.costs.usd[0]


@pytest.mark.parametrize(
    ("first", "growth", "cap", "expected"),
    [
        (1000, 0.1, 1300, lambda t: min(1300, 1000 * 1.1 ** (t - 1))),  # 1000, 1100, 1210, 1300 …
        (1000, 0.1, None, lambda t: 1000 * 1.1 ** (t - 1)),
        (1000, None, 900, lambda t: 900),
        # the cap is fed back: what lies above it is gone, and it falls from there
        (1000, -0.1, 600, lambda t: 600 * 0.9 ** (t - 1)),
        (1000, -1.0, None, lambda t: 1000 * (t == 1)),
    ],
    ids=["growth with a cap", "growth", "cap alone", "fall from the cap", "all of it"],
)
def test_certain_growth(
    closed_form: ClosedForm,
    seed: int,
    first: float,
    growth: float | None,
    cap: float | None,
    expected: Callable[[int], float],
) -> None:
    workload = {"calls_per_month": first, "growth_per_month": growth, "max_calls_per_month": cap}
    given = {key: value for key, value in workload.items() if value is not None}
    answer = simulate(scene(12, workload=given), seed, draws=3)
    by_month = calls_by_month(answer)
    np.testing.assert_array_equal(by_month[0], 0.0)
    for t in range(1, 13):
        np.testing.assert_allclose(by_month[t], expected(t), rtol=1e-12, atol=0)
    closed_form.exact(
        "cost",
        "Σ calls_t / 1000",
        sum(expected(t) for t in range(1, 13)) / 1000,
        answer.strategies["prompt"].cost_usd.mean,
    )


def test_discounted_growth(closed_form: ClosedForm, seed: int) -> None:
    # 1 USD in month 1, growing by g: Σ (1 + g)^(t-1) q^t = q (1 - x^H) / (1 - x), x = (1 + g) q
    q, g, horizon = 1.08 ** (-1 / 12), 0.03, 24
    x = (1 + g) * q
    scenario = scene(horizon, workload={"growth_per_month": g}, discount_rate=0.08)
    found = simulate(scenario, seed, draws=3).strategies["prompt"].cost_usd.mean
    closed_form.exact("cost", "q (1 - x^H) / (1 - x), x = 1.03 q", q * (1 - x**horizon) / (1 - x), found)


def test_uncertain_growth(closed_form: ClosedForm, seed: int) -> None:
    # g ~ N(0.03, 0.02), one in all months of a draw: E[Σ (1 + g)^(t-1)] by quadrature
    horizon = 24
    powers = np.arange(horizon)[:, None]

    def volume(z: np.ndarray) -> np.ndarray:
        return np.sum((1.03 + 0.02 * z) ** powers, axis=0)

    mean = normal_mean(volume)
    variance = normal_mean(lambda z: volume(z) ** 2) - mean**2
    growth = {"dist": "norm", "loc": 0.03, "scale": 0.02}
    answer = simulate(scene(horizon, workload={"growth_per_month": growth}), seed)
    found = money(answer.strategies["prompt"].cost_usd, answer.draws)
    closed_form("mean cost", "E[Σ (1 + g)^(t-1)]", mean, found)
    closed_form.moments("cost", "E[Σ (1 + g)^(t-1)]", mean, variance, answer.futures.cost["prompt"])
    # month 3 in closed form: E[(1 + g)²] = 1.03² + 0.02²
    closed_form.exact(
        "month 3, by hand", "1.03² + 0.02²", 1.03**2 + 0.02**2, normal_mean(lambda z: (1.03 + 0.02 * z) ** 2)
    )


def test_growth_as_an_interval_is_normal(closed_form: ClosedForm, seed: int) -> None:
    # "-2% to 6%": mean 2 %, sd 8 % / (2 * 1.645); month 2 alone
    answer = simulate(scene(2, workload={"growth_per_month": "-2% to 6%"}), seed, MONTHLY)
    second = answer.costs.usd[0, 2]
    closed_form.moments(
        "month 2", "1 + (-2% + 6%) / 2; (8% / (2 * 1.645))²", 1.02, (0.08 / (2 * Z95)) ** 2, second
    )
    closed_form.share("P(growth <= -2%)", "0.05", 0.05, second <= 0.98)
    closed_form.share("P(growth >= 6%)", "0.05", 0.05, second >= 1.06)


@pytest.mark.parametrize("volatility", [0.05, 0.3])
def test_volatility_leaves_the_mean_alone(closed_form: ClosedForm, seed: int, volatility: float) -> None:
    # E[calls_t] = 1000 * 1.03^(t-1); ln calls_t is normal: variance v² (t - 1),
    # mean ln 1000 + (t - 1) (ln 1.03 - v²/2)
    horizon, v2 = 12, volatility**2
    workload = {"growth_per_month": 0.03, "volatility_per_month": volatility}
    answer = simulate(scene(horizon, workload=workload), seed, MONTHLY)
    by_month = calls_by_month(answer)
    np.testing.assert_allclose(by_month[1], 1000, rtol=1e-12)
    for t in range(2, horizon + 1):
        mean, k = 1000 * 1.03 ** (t - 1), t - 1
        closed_form.mean(f"calls of month {t}", f"1000 * 1.03^{t - 1}", mean, by_month[t])
        log, middle = np.log(by_month[t]), math.log(1000) + k * (math.log(1.03) - v2 / 2)
        closed_form.moments(
            f"ln calls of month {t}", f"ln 1000 + {k} (ln 1.03 - v²/2); {k} v²", middle, v2 * k, log
        )
    # steps are independent of one another
    steps = np.diff(np.log(by_month[1:]), axis=0) - (math.log(1.03) - v2 / 2)
    for i in range(len(steps)):
        for j in range(i):
            closed_form.moments(
                f"covariance of steps {j} and {i}", "0; v⁴", 0.0, v2 * v2, steps[i] * steps[j]
            )
    closed_form(
        "mean cost",
        "Σ 1.03^(t-1)",
        sum(1.03 ** (t - 1) for t in range(1, horizon + 1)),
        money(answer.strategies["prompt"].cost_usd, answer.draws),
    )


def test_uncertain_volatility_leaves_the_mean_alone(closed_form: ClosedForm, seed: int) -> None:
    # given v, E = 1000; so at any v. Var[calls_t] = 1000² (E[e^(v² (t-1))] - 1), v uniform on 0.1 … 0.3
    answer = simulate(
        scene(6, workload={"volatility_per_month": {"dist": "uniform", "loc": 0.1, "scale": 0.2}}),
        seed,
        MONTHLY,
    )
    v = 0.2 + 0.1 * NODES
    for t in range(2, 7):
        inner = float(np.sum(WEIGHTS / 2 * np.exp(v * v * (t - 1))))
        closed_form.moments(
            f"calls of month {t}",
            f"1000; 1000² (E[e^({t - 1} v²)] - 1)",
            1000,
            1000**2 * (inner - 1),
            calls_by_month(answer)[t],
        )


def test_the_cap_is_fed_back_under_volatility(closed_form: ClosedForm, seed: int) -> None:
    # from a calls, the next month has min(K, a X), X = 1.1 exp(v Z - v²/2): with z*(a) where a X = K,
    # E = 1.1 a Φ(z* - v) + K (1 - Φ(z*)), and E[square] = (1.1 a)² e^(v²) Φ(z* - 2v) + K² (1 - Φ(z*)).
    v, cap = 0.3, 1050.0
    workload = {"growth_per_month": 0.1, "volatility_per_month": v, "max_calls_per_month": cap}
    by_month = calls_by_month(simulate(scene(3, workload=workload), seed, MONTHLY))

    def at_cap(a: Any) -> Any:
        return (np.log(cap / (1.1 * a)) + v * v / 2) / v

    def moments(a: Any) -> tuple[Any, Any]:
        z = at_cap(a)
        mean = 1.1 * a * stats.norm.cdf(z - v) + cap * stats.norm.sf(z)
        square = (1.1 * a) ** 2 * math.exp(v * v) * stats.norm.cdf(z - 2 * v) + cap**2 * stats.norm.sf(z)
        return mean, square

    mean, square = (float(m) for m in moments(1000.0))
    closed_form.moments(
        "calls of month 2", "1.1 a Φ(z* - v) + K (1 - Φ(z*))", mean, square - mean**2, by_month[2]
    )

    # month 3: from K with probability 1 - Φ(z*), else from 1100 exp(v z - v²/2), z below z*
    edge = float(at_cap(1000.0))
    third = [
        normal_mean(lambda z, k=k: moments(1100 * np.exp(v * z - v * v / 2))[k], -9, edge)
        + (1 - cap_phi(edge)) * float(moments(cap)[k])
        for k in (0, 1)
    ]
    closed_form.moments(
        "calls of month 3",
        "the same of month 2, by quadrature",
        third[0],
        third[1] - third[0] ** 2,
        by_month[3],
    )

    # a cap that were only laid over the free path would give another mean, far outside the error
    spread, free = v * math.sqrt(2), 1000 * 1.1**2
    z = (math.log(cap / free) + spread**2 / 2) / spread
    laid_over = free * cap_phi(z - spread) + cap * (1 - cap_phi(z))
    assert abs(laid_over - third[0]) > 50 * math.sqrt((third[1] - third[0] ** 2) / DRAWS)


# --- the cost of one call, term by term -------------------------------------------------------------------

PRICE = {"input": 3.0, "cached": 0.3, "cache_write": 3.75, "output": 15.0}
UNWRITTEN = {"input": 3.0, "cached": 0.3, "output": 15.0}
THREE = 0.2**3  # all of three attempts ill formed
TERMS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, float]]] = {
    # strategy, workload, USD a call by line
    "nothing": ({}, {}, {"tokens": 0.0}),
    "prompt": ({"prompt_tokens": 2000}, {}, {"tokens": 2000 * 3 / 1e6}),
    "input": ({}, {"input_tokens": 400}, {"tokens": 400 * 3 / 1e6}),
    "output": ({}, {"output_tokens": 250}, {"tokens": 250 * 15 / 1e6}),
    "output of its own": ({"output_tokens": 100}, {"output_tokens": 250}, {"tokens": 100 * 15 / 1e6}),
    "prompt, hit and miss": (
        {"price": UNWRITTEN, "prompt_tokens": 2000, "cache_hit": 0.6},
        {},
        {"tokens": 2000 * (0.6 * 0.3 + 0.4 * 3) / 1e6},
    ),
    "prompt, hit and cache write": (
        {"prompt_tokens": 2000, "cache_hit": 0.6},
        {},
        {"tokens": 2000 * (0.6 * 0.3 + 0.4 * 3.75) / 1e6},
    ),
    "prompt, all hits": ({"prompt_tokens": 2000, "cache_hit": 1}, {}, {"tokens": 2000 * 0.3 / 1e6}),
    "prompt, all writes": ({"prompt_tokens": 2000, "cache_hit": 0}, {}, {"tokens": 2000 * 3.75 / 1e6}),
    "only the prompt is cached": (
        {"prompt_tokens": 2000, "cache_hit": 0.6},
        {"input_tokens": 400},
        {"tokens": (2000 * (0.6 * 0.3 + 0.4 * 3.75) + 400 * 3) / 1e6},
    ),
    "multiplier": (
        {"prompt_tokens": 2000, "price_multiplier": 1.4},
        {"input_tokens": 400, "output_tokens": 250},
        {"tokens": (2400 * 3 + 250 * 15) / 1e6 * 1.4},
    ),
    "batch, half off": (
        {"prompt_tokens": 2000, "batch_share": 0.5},
        {},
        {"tokens": 2000 * 3 / 1e6 * (1 - 0.5 * 0.5)},
    ),
    "batch discount": (
        {"prompt_tokens": 2000, "batch_share": 0.5, "batch_discount": 0.3},
        {"output_tokens": 250},
        {"tokens": (2000 * 3 + 250 * 15) / 1e6 * (1 - 0.5 * 0.3)},
    ),
    "batch discount, no share": ({"prompt_tokens": 2000, "batch_discount": 0.3}, {}, {"tokens": 0.006}),
    "retries": ({"prompt_tokens": 2000, "retry_rate": 0.2}, {}, {"tokens": 0.006 / (1 - 0.2)}),
    "retries, at most three": (
        {"prompt_tokens": 2000, "retry_rate": 0.2, "max_attempts": 3},
        {},
        {"tokens": 0.006 * (1 + 0.2 + 0.04)},
    ),
    "at most three, no retries": ({"prompt_tokens": 2000, "max_attempts": 3}, {}, {"tokens": 0.006}),
    "one attempt": (
        {"prompt_tokens": 2000, "retry_rate": 0.2, "max_attempts": 1, "cost_per_error": 2},
        {},
        {"tokens": 0.006, "errors": 0.2 * 2},
    ),
    "errors": ({"error_rate": 0.1, "cost_per_error": 2}, {}, {"tokens": 0.0, "errors": 0.1 * 2}),
    "errors are not retried": (
        {"error_rate": 0.1, "cost_per_error": 2, "retry_rate": 0.2},
        {},
        {"tokens": 0.0, "errors": 0.1 * 2},
    ),
    "errors after three attempts": (
        {"error_rate": 0.1, "cost_per_error": 2, "retry_rate": 0.2, "max_attempts": 3},
        {},
        {"tokens": 0.0, "errors": (THREE + (1 - THREE) * 0.1) * 2},
    ),
    "errors that cost nothing": ({"error_rate": 0.1}, {}, {"tokens": 0.0}),
    "latency": (
        {"latency_seconds": 2, "cost_per_second": 0.001},
        {},
        {"tokens": 0.0, "latency": 2 * 0.001},
    ),
    "latency of every attempt": (
        {"latency_seconds": 2, "cost_per_second": 0.001, "retry_rate": 0.2},
        {},
        {"tokens": 0.0, "latency": 2 * 0.001 / 0.8},
    ),
    "latency, at most three": (
        {"latency_seconds": 2, "cost_per_second": 0.001, "retry_rate": 0.2, "max_attempts": 3},
        {},
        {"tokens": 0.0, "latency": 2 * 0.001 * 1.24},
    ),
    "everything": (
        {
            "prompt_tokens": 2000,
            "cache_hit": 0.6,
            "price_multiplier": 1.4,
            "batch_share": 0.5,
            "batch_discount": 0.3,
            "retry_rate": 0.2,
            "max_attempts": 3,
            "error_rate": 0.1,
            "cost_per_error": 2,
            "latency_seconds": 2,
            "cost_per_second": 0.001,
        },
        {"input_tokens": 400, "output_tokens": 250},
        {
            "tokens": (2000 * (0.6 * 0.3 + 0.4 * 3.75) + 400 * 3 + 250 * 15) / 1e6 * 1.4 * 0.85 * 1.24,
            "errors": (THREE + (1 - THREE) * 0.1) * 2,
            "latency": 2 * 0.001 * 1.24,
        },
    ),
}


@pytest.mark.parametrize("term", TERMS.values(), ids=TERMS)
@pytest.mark.parametrize("role", ["baseline", "candidate"])
def test_every_term_of_the_cost_of_a_call(
    closed_form: ClosedForm, seed: int, term: tuple[Any, ...], role: str
) -> None:
    own, workload, per_call = term
    name = "prompt" if role == "baseline" else "fine"
    strategies = {"prompt": FREE, name: {"price": PRICE, **own}}
    # 1000 calls in each of 3 months
    found = simulate(scene(3, strategies, workload), seed, draws=2).strategies[name]
    assert set(found.cost_lines_usd) == set(per_call)
    for line, usd in per_call.items():
        closed_form.exact(line, f"3000 * {usd:.6g}", 3000 * usd, found.cost_lines_usd[line])
    closed_form.exact("all lines", "their sum", 3000 * sum(per_call.values()), found.cost_usd.mean)


def test_uncertain_retries(closed_form: ClosedForm, seed: int) -> None:
    # logit(r) = X ~ N(m, s²): attempts = 1 / (1 - r) = 1 + e^X, mean 1 + e^(m + s²/2)
    ends = [math.log(x / (1 - x)) for x in (0.05, 0.4)]
    m, s = sum(ends) / 2, (ends[1] - ends[0]) / (2 * Z95)
    answer = simulate(scene(1, {"prompt": FREE, "fine": {**PROMPT, "retry_rate": "5% to 40%"}}), seed)
    variance = math.exp(2 * m + s * s) * math.expm1(s * s)
    closed_form.moments(
        "attempts",
        "1 + e^(m + s²/2); e^(2m + s²) (e^(s²) - 1)",
        1 + math.exp(m + s * s / 2),
        variance,
        -saving(answer),
    )


# --- scheduled retrains -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("interval", "build", "months"),
    [
        (3, None, [4, 7, 10]),  # 0 + floor(3 j) + 1; the next, 13, is beyond the horizon
        (3, 0, [4, 7, 10]),
        (1, None, [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
        (2.5, None, [3, 6, 8, 11]),  # floor(2.5, 5, 7.5, 10) + 1
        (0.5, None, [1, *(m for m in range(2, 13) for _ in (1, 2))]),  # floor(0.5) + 1, then two a month
        (11.9, None, [12]),
        (12, None, []),
        (1000, None, []),
        (3, 1.2, [6, 9, 12]),  # built in ceil(1.2) = 2 months: 2 + 3 j + 1
        (2.5, 2, [5, 8, 10]),  # 2 + floor(2.5 j) + 1: 5, 8, 10, 13
        (0.5, 10, [11, 12, 12]),  # none in the build
        (3, 11, []),
        (3, 30, []),
    ],
)
def test_scheduled_retrains(
    closed_form: ClosedForm, seed: int, interval: float, build: float | None, months: list[int]
) -> None:
    # each costs 100 of training and 2 hours at 30: 160. Month 0 costs 100.
    strategy = {
        **FREE,
        "tuning": {"training_cost": 100, "retrain_hours": 2, "retrain_every_months": interval},
        **({} if build is None else {"build_months": build}),
    }
    scenario = scene(12, {"prompt": FREE, "fine": strategy}, hourly_rate=30)
    answer = simulate(scenario, seed, draws=2)
    found = answer.strategies["fine"]
    closed_form.exact("cost", f"100 + {len(months)} * 160", 100 + 160 * len(months), found.cost_usd.mean)
    closed_form.exact(
        "training", f"100 (1 + {len(months)})", 100 * (1 + len(months)), found.cost_lines_usd["training"]
    )
    assert found.cost_lines_usd["engineering"] == pytest.approx(60 * len(months), rel=1e-12)
    assert found.hours == pytest.approx(2 * len(months), rel=1e-12)
    counts = [1.0] + [float(months.count(t)) for t in range(1, 13)]
    np.testing.assert_array_equal(answer.costs.lines["fine"]["training"][:, 0] / 100, counts)


def test_retrains_at_an_uncertain_interval(closed_form: ClosedForm, seed: int) -> None:
    # k uniform on 2 … 4 over 12 months: N = #{j : floor(j k) + 1 <= 12} = #{j : k < 12 / j}:
    # 3 where k >= 3, 4 where 2.4 <= k < 3, 5 where k < 2.4
    tuning = {"training_cost": 100, "retrain_every_months": {"dist": "uniform", "loc": 2, "scale": 2}}
    answer = simulate(scene(12, {"prompt": FREE, "fine": {**FREE, "tuning": tuning}}), seed)
    closed_form.law(
        "retrains", "k >= 3, >= 2.4, below, of 2 … 4", {3.0: 0.5, 4.0: 0.3, 5.0: 0.2}, retrains(answer)
    )


def test_retrains_that_coincide_are_all_paid(closed_form: ClosedForm, seed: int) -> None:
    # scheduled: 3 in 12 months; drift Poisson(4) and task changes Poisson(2), each a retrain: 3 + Poisson(6)
    tuning = {"training_cost": 100, "retrain_every_months": 3, "drift_retrains_per_year": 4}
    scenario = scene(12, {"prompt": FREE, "fine": {**FREE, "tuning": tuning}}, {"task_changes_per_year": 2})
    count = retrains(simulate(scenario, seed)) - 3
    closed_form.law(
        "retrains beyond 3",
        "Poisson(4 + 2)",
        {float(k): poisson(6, k) for k in range(1, 14)},
        count,
    )
    closed_form.moments("retrains beyond 3", "4 + 2", 6, 6, count)


# --- task changes, labels, own cost lines -----------------------------------------------------------------


def test_task_changes(closed_form: ClosedForm, seed: int) -> None:
    # N ~ Poisson(4 * 9 / 12 = 3), one count for all strategies. Each costs the prompt 5 h * 20 + 2 days * 15
    # = 130 and the tuned one 7 h * 20 + 3 days * 15 + a retrain (100 + 4 h * 20 + 50 * 0.2) = 375.
    strategies = {
        "prompt": {**FREE, "hours_per_task_change": 5, "days_per_task_change": 2},
        "fine": {
            **FREE,
            "hours_per_task_change": 7,
            "days_per_task_change": 3,
            "tuning": {
                "training_cost": 100,
                "retrain_hours": 4,
                "relabelled_examples": 50,
                "cost_per_label": 0.2,
            },
        },
    }
    workload = {"task_changes_per_year": 4, "cost_per_day_behind": 15}
    answer = simulate(scene(9, strategies, workload, hourly_rate=20), seed)
    for name, once, each in (("prompt", 0, 130), ("fine", 100, 375)):
        closed_form(
            f"mean cost of {name}",
            f"{once} + 4 * 9 / 12 * {each}",
            once + 3 * each,
            money(answer.strategies[name].cost_usd, answer.draws),
        )
    # shared: in every draw the two differ by N times 375 - 130, and 100 once
    count = -(saving(answer) + 100) / (375 - 130)
    np.testing.assert_allclose(count, np.rint(count), rtol=0, atol=1e-9)
    closed_form.law(
        "task changes",
        "Poisson(4 * 9 / 12)",
        {float(k): poisson(3, k) for k in range(10)},
        np.rint(count),
    )
    lines = answer.strategies["fine"].cost_lines_usd
    n = (answer.strategies["fine"].cost_usd.mean - 100) / 375
    assert lines["engineering"] == pytest.approx(n * 11 * 20, rel=1e-9)
    assert lines["task_change_lag"] == pytest.approx(n * 45, rel=1e-9)
    assert lines["training"] == pytest.approx(100 + n * 100, rel=1e-9)
    assert lines["labels"] == pytest.approx(n * 10, rel=1e-9)


def test_hours_labels_and_launch(closed_form: ClosedForm, seed: int) -> None:
    # month 0: 30 h * 20 + 500 + 2000 labels * 0.05 = 1200. 12 months: 4 h * 20 each = 960.
    # retrains in months 4, 7, 10: 3 * (500 + 6 h * 20 + 300 labels * 0.05) = 3 * 635 = 1905
    strategy = {
        **FREE,
        "setup_hours": 30,
        "hours_per_month": 4,
        "success_probability": 1,
        "tuning": {
            "training_cost": 500,
            "retrain_every_months": 3,
            "retrain_hours": 6,
            "labelled_examples": 2000,
            "relabelled_examples": 300,
            "cost_per_label": 0.05,
        },
    }
    answer = simulate(scene(12, {"prompt": FREE, "fine": strategy}, hourly_rate=20), seed, draws=2)
    found = answer.strategies["fine"]
    closed_form.exact("cost", "1200 + 960 + 1905", 1200 + 960 + 1905, found.cost_usd.mean)
    closed_form.exact(
        "engineering",
        "20 (30 + 12 * 4 + 3 * 6)",
        20 * (30 + 12 * 4 + 3 * 6),
        found.cost_lines_usd["engineering"],
    )
    closed_form.exact("training", "500 * 4", 500 * 4, found.cost_lines_usd["training"])
    closed_form.exact(
        "labels", "0.05 (2000 + 3 * 300)", 0.05 * (2000 + 3 * 300), found.cost_lines_usd["labels"]
    )
    closed_form.exact("hours", "30 + 12 * 4 + 3 * 6", 30 + 12 * 4 + 3 * 6, found.hours)
    closed_form.exact("month 0", "30 * 20 + 500 + 2000 * 0.05", 1200, float(answer.costs.usd[1, 0, 0]))
    closed_form.exact(
        "month 4", "4 * 20 + 500 + 6 * 20 + 300 * 0.05", 80 + 635, float(answer.costs.usd[1, 4, 0])
    )


OWN = {
    # driver: times in 12 months of 1000 calls, 20 % retries, 10 % errors, a retrain every 3 months
    "once": 1,
    "month": 12,
    "hour": 12 * 730,
    "call": 12_000,
    "attempt": 12_000 / 0.8,
    "failure": 12_000 * 0.1,
    "retrain": 3,
}


@pytest.mark.parametrize(("driver", "times"), OWN.items())
def test_a_cost_of_the_scenarios_own_at_every_driver(
    closed_form: ClosedForm, seed: int, driver: str, times: float
) -> None:
    strategy = {
        **FREE,
        "retry_rate": 0.2,
        "error_rate": 0.1,
        "tuning": {"retrain_every_months": 3},
        "costs": [own_cost(driver, 2.5)],
    }
    found = simulate(scene(12, {"prompt": FREE, "fine": strategy}), seed, draws=2).strategies["fine"]
    closed_form.exact("own line", f"2.5 * {times:g}", 2.5 * times, found.cost_lines_usd["own"])
    closed_form.exact("cost", "the own line", 2.5 * times, found.cost_usd.mean)


@pytest.mark.parametrize(
    ("driver", "times"),
    # failure: 0.2^2 + (1 - 0.2^2) 0.1; attempts: 1 + 0.2
    [("failure", 12_000 * (0.04 + 0.96 * 0.1)), ("attempt", 12_000 * 1.2)],
)
def test_own_costs_where_attempts_are_limited(
    closed_form: ClosedForm, seed: int, driver: str, times: float
) -> None:
    limits = {"retry_rate": 0.2, "error_rate": 0.1, "max_attempts": 2}
    strategy = {**FREE, **limits, "costs": [own_cost(driver, 2.5)]}
    found = simulate(scene(12, {"prompt": FREE, "fine": strategy}), seed, draws=2).strategies["fine"]
    closed_form.exact("own line", f"2.5 * {times:g}", 2.5 * times, found.cost_lines_usd["own"])


@pytest.mark.parametrize(
    ("driver", "times"),
    # launched after 4 of 12 months, retrains in months 8 and 11
    [("once", 1), ("month", 8), ("hour", 8 * 730), ("call", 8000), ("retrain", 2)],
)
def test_own_costs_run_from_the_launch(closed_form: ClosedForm, seed: int, driver: str, times: float) -> None:
    strategy = {
        **FREE,
        "build_months": 3.5,
        "tuning": {"retrain_every_months": 3},
        "costs": [own_cost(driver, 2.5)],
    }
    found = simulate(scene(12, {"prompt": FREE, "fine": strategy}), seed, draws=2).strategies["fine"]
    closed_form.exact("own line", f"2.5 * {times:g}", 2.5 * times, found.cost_lines_usd["own"])


@pytest.mark.parametrize("driver", ["task_change", "retrain"])
def test_own_costs_at_task_changes(closed_form: ClosedForm, seed: int, driver: str) -> None:
    # Poisson(6) of 12 months, uncertain amount uniform on 1 … 3, independent: mean 6 * 2,
    # variance E[N] Var[a] + … = E[N²] E[a²] - (E[N] E[a])² = 42 * 13/3 - 144
    amount = {"dist": "uniform", "loc": 1, "scale": 2}
    strategy = {**FREE, "tuning": {}, "costs": [own_cost(driver, amount)]}
    scenario = scene(12, {"prompt": FREE, "fine": strategy}, {"task_changes_per_year": 6})
    closed_form.moments(
        "own line", "6 * 2; 42 * 13/3 - 144", 12, 42 * 13 / 3 - 144, -saving(simulate(scenario, seed))
    )


# --- expected loss, EVPI, P(cheapest) ---------------------------------------------------------------------
#
# Costs paid once, a normal each, so far from 0 that it is never met: D = cost(prompt) - cost(fine) is normal
# with mean m and sd s, u = m / s. With m > 0 the candidate is best, and
#     loss of prompt = E[max(D, 0)]  = s (φ(u) + u Φ(u)),
#     loss of fine   = E[max(-D, 0)] = s (φ(u) - u Φ(-u)) = EVPI,   E[max(D, 0)²] = (m² + s²) Φ(u) + m s φ(u).


def paid_once(loc: float, scale: float) -> dict[str, Any]:
    return {**FREE, "costs": [own_cost("once", {"dist": "norm", "loc": loc, "scale": scale})]}


def losses(m: float, s: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Expected loss of prompt and of fine, each with its variance."""

    def side(m: float) -> tuple[float, float]:
        u = m / s
        mean = s * (phi(u) + u * cap_phi(u))
        return mean, (m * m + s * s) * cap_phi(u) + m * s * phi(u) - mean**2

    return side(m), side(-m)


@pytest.mark.parametrize("m", [10.0, -10.0, 0.0, 60.0])
def test_expected_loss_and_evpi_of_two_normals(closed_form: ClosedForm, seed: int, m: float) -> None:
    s = math.hypot(12, 16)  # 20
    strategies = {"prompt": paid_once(1000, 12), "fine": paid_once(1000 - m, 16)}
    answer = simulate(scene(1, strategies), seed)
    exact = dict(zip(("prompt", "fine"), losses(m, s), strict=True))
    for name, (mean, variance) in exact.items():
        found = answer.strategies[name].expected_loss_usd
        closed_form(f"loss of {name}", "s (φ(u) ± u Φ(±u)), u = m / s", mean, found)
        # as of independent draws at most; itself off by 13 % (32 replicates), and more where they are skewed
        assert found.standard_error < 1.65 * math.sqrt(variance / DRAWS)
    closed_form("P(pays off)", "Φ(m / s)", cap_phi(m / s), answer.candidates["fine"].pays_off)
    closed_form.stated_share(
        "P(fine is cheapest)",
        "Φ(m / s)",
        cap_phi(m / s),
        answer.strategies["fine"].probability_cheapest,
        DRAWS,
    )
    closed_form.stated_share(
        "P(prompt is cheapest)",
        "Φ(-m / s)",
        cap_phi(-m / s),
        answer.strategies["prompt"].probability_cheapest,
        DRAWS,
    )
    closed_form.moments("saving", "m; s²", m, s * s, saving(answer))
    if m:
        assert answer.recommended == ("fine" if m > 0 else "prompt")
        least, variance = min(exact.values())
        closed_form("EVPI", "the smaller of both", least, answer.evpi)
    assert answer.evpi_usd == min(c.expected_loss_usd.value for c in answer.strategies.values())


def test_evpi_of_three_equal_normals(closed_form: ClosedForm, seed: int) -> None:
    # three independent N(1000, 10²): E[min] = 1000 - 10 * 3 / (2 sqrt(π)), each cheapest in 1/3
    strategies = {name: paid_once(1000, 10) for name in ("prompt", "fine", "other")}
    answer = simulate(scene(1, strategies), seed)
    loss = 10 * 3 / (2 * math.sqrt(math.pi))
    for name, found in answer.strategies.items():
        # cost_d - min has the variance of a difference at most: bounded by 4 * 10²
        closed_form(f"loss of {name}", "10 * 3 / (2 sqrt(π))", loss, found.expected_loss_usd)
        assert found.expected_loss_usd.standard_error < math.sqrt(400 / DRAWS)
        closed_form.stated_share(f"P({name} is cheapest)", "1 / 3", 1 / 3, found.probability_cheapest, DRAWS)


def test_cheapest_shares_ties_equally(closed_form: ClosedForm, seed: int) -> None:
    # fine is ahead with P = Φ(0.5); its two copies share that, the baseline's copy shares the rest
    strategies = {
        "prompt": paid_once(1000, 12),
        "fine": paid_once(990, 16),
        "twin": {"like": "fine"},
        "third": {"like": "fine"},
        "same": {"like": "prompt"},
    }
    answer = simulate(scene(1, strategies), seed)
    p = cap_phi(10 / 20)
    for name in ("fine", "twin", "third"):
        found = answer.strategies[name].probability_cheapest
        closed_form(
            f"P({name} is cheapest)",
            "Φ(10 / 20) / 3",
            p / 3,
            Estimate(found, math.sqrt(p * (1 - p) / DRAWS) / 3, DRAWS),
            PLAIN,
        )
    for name in ("prompt", "same"):
        found = answer.strategies[name].probability_cheapest
        closed_form(
            f"P({name} is cheapest)",
            "Φ(-10 / 20) / 2",
            (1 - p) / 2,
            Estimate(found, math.sqrt(p * (1 - p) / DRAWS) / 2, DRAWS),
            PLAIN,
        )
    assert answer.recommended == "fine"
    # the best alternative of a strategy with a copy is the copy, and it never costs more than that
    assert answer.candidates["fine"].beats_best_alternative.alternative == "twin"
    assert answer.candidates["fine"].beats_best_alternative.probability == 1.0
    assert answer.candidates["twin"].beats_best_alternative.alternative == "fine"
    same = answer.candidates["same"].beats_best_alternative
    assert same.alternative == "fine"
    closed_form("P(its copy beats fine)", "Φ(-10 / 20)", 1 - p, same)
    assert answer.candidates["same"].pays_off.probability == 1.0
