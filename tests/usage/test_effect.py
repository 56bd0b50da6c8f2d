"""Before and after: Welch's test in its closed form, sessions as one, money by the price table or the log."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from usage_exports import Truth, litellm_csv, workload

from mcost.prices import price_of
from mcost.usage.effect import Effect, effect

START = pd.Timestamp("2026-05-01")


def saved(path: Path, rows: pd.DataFrame) -> Path:
    rows.to_csv(path, index=False)
    return path


def calls(days: int, tokens: np.ndarray, start: pd.Timestamp = START, **more: object) -> pd.DataFrame:
    """As many calls each day, at noon: ndarray (days, k) of input tokens."""
    k = tokens.shape[1]
    return pd.DataFrame(
        {
            "timestamp": np.repeat(pd.date_range(start + pd.Timedelta(hours=12), periods=days), k),
            "model": "gpt-4o-mini",
            "input_tokens": tokens.ravel(),
            "output_tokens": 100,
            **more,
        }
    )


def compared(tmp_path: Path, before: pd.DataFrame, after: pd.DataFrame) -> Effect:
    return effect([saved(tmp_path / "before.csv", before)], [saved(tmp_path / "after.csv", after)])


def test_it_is_welchs_test_on_the_means_of_days(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    a = np.round(random.gamma(4, 250, (20, 30)) * random.lognormal(0, 0.1, (20, 1)))
    b = np.round(random.gamma(4, 220, (14, 30)) * random.lognormal(0, 0.3, (14, 1)))
    found = compared(tmp_path, calls(20, a), calls(14, b, START + pd.Timedelta(days=40)))
    d = found.found["input_tokens"]
    welch = stats.ttest_ind(b.mean(axis=1), a.mean(axis=1), equal_var=False)
    low, high = welch.confidence_interval(0.95)
    assert (found.groups, found.n_groups) == ("days", (20, 14))
    assert (d.change, d.low, d.high, d.p) == pytest.approx(
        (b.mean() - a.mean(), low, high, welch.pvalue), rel=1e-9
    )


def test_calls_of_one_session_count_as_one(tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    level = [random.lognormal(0, 0.5, 60) for _ in range(2)]
    frames = []
    for i, scale in enumerate(level):
        tokens = np.round(np.repeat(1000 * scale, 20).reshape(12, 100))
        day = START + pd.Timedelta(days=40 * i)
        frames.append(calls(12, tokens, day, session_id=np.repeat([f"s{j}" for j in range(60)], 20)))
    found = compared(tmp_path, *frames)
    assert (found.groups, found.n_groups) == ("sessions", (60, 60))
    a, b = (frame.groupby("session_id")["input_tokens"].mean() for frame in frames)
    assert found.found["input_tokens"].p == pytest.approx(
        stats.ttest_ind(a, b, equal_var=False).pvalue, rel=1e-9
    )


def test_the_cost_is_that_of_the_price_table_and_the_year_is_at_the_volume_of_now(tmp_path: Path) -> None:
    price = price_of("gpt-4o-mini")
    assert price.output is not None
    a, b = np.full((20, 50), 3000.0), np.full((20, 50), 1200.0)
    a[::2] += 10
    b[::2] += 10
    found = compared(tmp_path, calls(20, a), calls(20, b, START + pd.Timedelta(days=40)))
    d = found.found["cost_per_call"]
    saving = 1800 * price.input / 1e6
    assert d.change == pytest.approx(-saving, rel=1e-9)
    assert d.real
    assert found.priced_by == "the price table"
    assert found.calls_a_year == pytest.approx(50 * 365.25)
    assert found.annual is not None
    assert found.annual[0] == pytest.approx(-saving * 50 * 365.25)
    assert found.annual[1] < found.annual[0] < found.annual[2] < 0


def test_batch_and_cached_tokens_cost_what_they_cost(tmp_path: Path) -> None:
    price = price_of("gpt-4o-mini")
    assert price.output is not None
    assert price.cached is not None
    tokens = np.full((10, 4), 1000.0)
    plain = calls(10, tokens)
    other = calls(10, tokens, START + pd.Timedelta(days=40), cached_tokens=400, batch=[True, False] * 20)
    found = compared(tmp_path, plain.assign(cached_tokens=0, batch=False), other)
    d = found.found["cost_per_call"]
    full = (1000 * price.input + 100 * price.output) / 1e6
    cached = (600 * price.input + 400 * price.cached + 100 * price.output) / 1e6
    assert d.before == pytest.approx(full)
    assert d.after == pytest.approx(cached * 0.75)
    assert found.found["cache_hit"].change == pytest.approx(0.4, abs=1e-6)


def test_a_cost_of_the_log_itself_goes_before_the_table_and_an_unknown_price_is_told(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    truth = Truth(calls=3000, growth=0, volatility=1e-9)
    paths = []
    for i in range(2):
        paths.append(tmp_path / f"{i}.csv")
        litellm_csv(workload(truth, random, START.date() + pd.Timedelta(days=30 * i), 14), random, paths[i])
    found = effect(paths[:1], paths[1:])
    assert (found.priced_by, found.groups) == ("the log", "sessions")
    assert set(found.untold) == {"cache_hit", "retry_rate"}
    tokens = np.full((12, 3), 500.0)
    unknown = calls(12, tokens).assign(model="my-own-model")
    told = compared(tmp_path, unknown, unknown)
    assert told.untold["cost_per_call"] == "no price is known of my-own-model"
    assert told.headline is not None
    assert told.headline.key == "input_tokens"
    assert told.annual is None


def test_rates_are_compared_too(tmp_path: Path) -> None:
    tokens = np.full((30, 200), 500.0)
    random = np.random.default_rng(4)
    frames = [
        calls(30, tokens, START + pd.Timedelta(days=40 * i)).assign(
            status=np.where(random.random(6000) < p, 500, 200), retries=random.poisson(r, 6000)
        )
        for i, (p, r) in enumerate([(0.05, 0.1), (0.02, 0.1)])
    ]
    found = compared(tmp_path, *frames)
    failed, retried = found.found["failed_requests"], found.found["retry_rate"]
    assert failed.real
    assert failed.low < -0.03 < failed.high < 0
    width = 2 * 1.96 * np.sqrt(0.05 * 0.95 / 6000 + 0.02 * 0.98 / 6000)
    assert failed.high - failed.low == pytest.approx(width, rel=0.3)
    assert not retried.real
    assert retried.low < 0 < retried.high


def test_a_few_days_are_cut_into_hours_with_a_caution(tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    frames = []
    for i in range(2):
        time = (
            START + pd.Timedelta(days=9 * i) + pd.to_timedelta(random.integers(0, 3 * 86_400, 900), unit="s")
        )
        frames.append(pd.DataFrame({"timestamp": time, "model": "m", "input_tokens": 5, "output_tokens": 1}))
    found = compared(tmp_path, *frames)
    assert found.groups == "hours"
    assert found.cautions[-1].startswith("A log of fewer than five days is cut into hours")
