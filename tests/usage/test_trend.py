"""Growth and volatility: the textbook's t and chi-square, and no noise that is counted as volatility."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from usage_exports import Truth, plain_daily, workload

from mcost.usage.daily import read_log
from mcost.usage.estimates import findings
from mcost.usage.log import Log
from mcost.usage.trend import MOST_VOLATILITY, Levels, levels, trend

FLAT = Truth(growth=0.0, volatility=1e-9, day_noise=0.03)


def months(log_levels: np.ndarray, noise: float = 0.0) -> Levels:
    m = log_levels.size
    return Levels(log_levels, np.arange(m, dtype=float), np.full(m, noise), "months", 7, np.ones(7), 1.0)


def read(truth: Truth, days: int, folder: Path, seed: int = 1) -> Log:
    path = folder / "usage.csv"
    plain_daily(
        workload(truth, np.random.default_rng(seed), date(2025, 1, 1), days), np.random.default_rng(2), path
    )
    return read_log([path])


@pytest.mark.parametrize("n", [4, 12, 36])
def test_without_noise_it_is_students_t_and_chi_square(n: int) -> None:
    step = np.random.default_rng(n).normal(0.02, 0.08, n)
    found = trend(months(np.concatenate([[10.0], 10 + np.cumsum(step)])))
    assert found is not None
    s, df = step.std(ddof=1), n - 1
    within = stats.chi2.sf(df * s**2 / MOST_VOLATILITY**2, df)
    for p in (0.05, 0.5, 0.95):
        v = np.sqrt(df * s**2 / stats.chi2.ppf(1 - p * within, df))
        assert found.volatility(p) == pytest.approx(v, rel=2e-3)
    # of log(1 + g) the mean is that of the steps and v²/2, which is little beside the doubt of the mean
    mu = stats.t.ppf([0.05, 0.95], df) * s / np.sqrt(n) + step.mean()
    draws = np.random.default_rng(1)
    v2 = df * s**2 / draws.chisquare(df, 400_000)
    v2 = v2[v2 < MOST_VOLATILITY**2]
    growth = np.expm1(step.mean() + np.sqrt(v2 / n) * draws.standard_normal(v2.size) + v2 / 2)
    for p in (0.05, 0.5, 0.95):
        below, at, above = np.quantile(growth, [p - 0.01, p, p + 0.01])
        error = np.sqrt(p * (1 - p) / growth.size) * (above - below) / 0.02
        assert found.growth(p) == pytest.approx(at, abs=4 * error)
    assert found.growth(0.05) > np.expm1(mu[0])


def test_three_months_are_honestly_wide_and_two_tell_nothing() -> None:
    found = trend(months(np.array([10.0, 10.05, 10.02])))
    assert found is not None
    assert found.growth(0.95) - found.growth(0.05) > 0.3
    assert found.volatility(0.95) > 5 * found.volatility(0.5)
    assert trend(months(np.array([10.0, 10.05]))) is None


def test_noise_of_the_levels_is_not_volatility() -> None:
    random, noise = np.random.default_rng(7), 0.05
    level = 10 + noise * random.standard_normal(40)
    deaf, told = trend(months(level)), trend(months(level, noise**2))
    assert deaf is not None
    assert told is not None
    assert deaf.volatility(0.05) > told.volatility(0.95)
    assert deaf.volatility(0.5) == pytest.approx(np.sqrt(2) * noise, rel=0.25)


@pytest.mark.parametrize("calls", [1_500, 60_000])
def test_weekends_and_days_that_differ_by_chance_are_not_volatility(tmp_path: Path, calls: float) -> None:
    found = findings(read(replace(FLAT, calls=calls, weekend=0.2), 400, tmp_path))
    assert found.found["volatility_per_month"].value < 0.03
    growth = found.found["growth_per_month"]
    assert growth.low < 0 < growth.high
    factors = levels(found.log).weekdays
    # 1970-01-01 was a Thursday: numbers 2 and 3 are the weekend
    assert factors[[2, 3]] == pytest.approx(factors[[0, 1, 4, 5, 6]].mean() * 0.2, rel=0.1)


def test_months_of_28_and_of_31_days_are_of_one_level(tmp_path: Path) -> None:
    found = findings(read(replace(FLAT, day_noise=1e-9, weekend=1.0), 365, tmp_path))
    assert found.found["volatility_per_month"].value < 0.012
    assert found.found["calls_per_month"].value == pytest.approx(60_000, rel=0.01)


def test_a_walk_from_day_to_day_is_not_averaged_away(tmp_path: Path) -> None:
    """Levels of whole months would show 0.816 of it (the root of 2/3); the middle week shows 0.96."""
    spread, v = [], 0.1
    for seed in range(30):
        random = np.random.default_rng(seed)
        log = read(FLAT, 730, tmp_path, seed)
        walk = np.exp(np.cumsum(v / np.sqrt(30.4375) * random.standard_normal(log.days.size)))
        found = trend(levels(replace(log, days=np.round(2000 * walk))))
        assert found is not None
        spread.append(found.volatility(0.5))
    assert np.mean(spread) == pytest.approx(0.96 * v, rel=4 * 0.15 / np.sqrt(30))
    assert np.mean(spread) > 0.87 * v


def test_six_weeks_give_weeks_and_five_days_nothing(tmp_path: Path) -> None:
    weeks = findings(read(FLAT, 42, tmp_path))
    assert weeks.found["growth_per_month"].of == "changes between weeks"
    assert "A short series" in weeks.found["growth_per_month"].note
    days = findings(read(FLAT, 5, tmp_path))
    assert days.untold["growth_per_month"] == ("it takes 3 months, or four whole weeks; this log has 5 days")
    assert "calls_per_month" in days.found
