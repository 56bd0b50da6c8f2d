"""Nine in ten intervals hold the truth; and where there is no effect, one in twenty is called real.

With MCOST_TEST_FULL=1, 200 synthetic logs, 20 in each of ten formats: 85 to 95 % must hold it. 400 trials
without any effect: 3 to 7 % may be called real. Without it, the first 100 logs and the first 160 trials, and
bands of as many standard errors. The seeds are fixed beforehand. What only some formats tell is counted over
as many more logs of the two exports that tell the most.
"""

from __future__ import annotations

import math
import os
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from usage_exports import EXPORTS, Truth, openai_csv, workload

from mcost.usage.daily import read_log
from mcost.usage.effect import effect
from mcost.usage.estimates import findings
from mcost.usage.finding import Findings

FULL = os.environ.get("MCOST_TEST_FULL") == "1"
LOGS, TRIALS = (200, 400) if FULL else (100, 160)
HELD_WITHIN = 0.05 * math.sqrt(200 / LOGS)
REAL_WITHIN = 0.02 * math.sqrt(400 / TRIALS)
DAYS = 400
START = date(2025, 9, 17)
KEYS = (
    "growth_per_month", "volatility_per_month", "input_tokens", "output_tokens", "cached_tokens", "cache_hit",
    "failed_requests", "retry_rate", "batch_share",
)  # fmt: skip


def truth_of(name: str) -> Truth:
    """Few calls in the formats that hold a row a call: so many rows take time."""
    return Truth(calls=240 if EXPORTS[name].per_call else 60_000)


def true_value(truth: Truth, key: str) -> float:
    return {
        "growth_per_month": truth.growth,
        "volatility_per_month": truth.volatility,
        "input_tokens": truth.input,
        "output_tokens": truth.output,
        "cached_tokens": truth.input * truth.cached,
        "cache_hit": truth.cached,
        "failed_requests": truth.failed,
        "retry_rate": truth.retries,
        "batch_share": truth.batch,
    }[key]


def logs(folder: Path, names: list[str], seed: int) -> Iterator[tuple[Truth, Findings]]:
    for i in range(LOGS):
        random = np.random.default_rng([seed, i])
        name = names[i % len(names)]
        truth, export = truth_of(name), EXPORTS[name]
        path = folder / f"{name}.{export.ending}"
        export.write(workload(truth, random, START, DAYS), random, path)
        found = findings(read_log([path]))
        assert found.log.kind.name == export.name
        yield truth, found


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[bool]]:
    """Key -> whether its interval held the truth, log by log, of the first LOGS that tell it."""
    folder, hits = tmp_path_factory.mktemp("logs"), defaultdict(list)
    for names, seed in ((list(EXPORTS), 1), (["plain_daily", "openai_csv"], 2)):
        for truth, found in logs(folder, names, seed):
            for key in found.found.keys() & set(KEYS):
                got = found.found[key]
                hits[key].append(got.low <= true_value(truth, key) <= got.high)
    return {key: held[:LOGS] for key, held in hits.items()}


@pytest.mark.parametrize("key", KEYS)
def test_nine_in_ten_intervals_hold_the_truth(held: dict[str, list[bool]], key: str) -> None:
    share, n = float(np.mean(held[key])), len(held[key])
    assert n >= LOGS / 2
    assert round(abs(share - 0.9), 9) <= HELD_WITHIN, f"{share:.3f} of {n}"  # 170 of 200 are 85 %


# no effect


def sessions(random: np.random.Generator, path: Path, start: date) -> None:
    """150 sessions of some five calls, which are alike within a session: three weeks of a plain log."""
    who = np.repeat(np.arange(150), 1 + random.poisson(4, 150))
    level = np.exp(0.5 * random.standard_normal(150))[who]
    begun = random.integers(0, 20 * 86_400, 150)[who] + random.integers(0, 600, who.size)
    fails = random.random(who.size) < random.beta(1, 20, 150)[who]
    pd.DataFrame(
        {
            "timestamp": pd.Timestamp(start) + pd.to_timedelta(begun, unit="s"),
            "model": "gpt-4o-mini",
            "session_id": [f"s{i}" for i in who],
            "input_tokens": np.round(1000 * level * random.gamma(4, 0.25, who.size)) + 1,
            "output_tokens": np.round(200 * level * random.gamma(4, 0.25, who.size)),
            "status": np.where(fails, "error", "ok"),
            "retries": random.poisson(0.1 * level),
        }
    ).to_csv(path, index=False)


def days(random: np.random.Generator, paths: list[Path]) -> None:
    """Four weeks before and four weeks after, in daily buckets."""
    found = workload(Truth(), random, START, 56)
    openai_csv(found[:28], random, paths[0])
    openai_csv(found[28:], random, paths[1])


@pytest.mark.parametrize("groups", ["sessions", "days"])
def test_no_effect_is_called_real_in_one_of_twenty_trials(tmp_path: Path, groups: str) -> None:
    paths = [tmp_path / "before.csv", tmp_path / "after.csv"]
    real: dict[str, list[bool]] = defaultdict(list)
    for i in range(TRIALS):
        random = np.random.default_rng([3, i])
        if groups == "sessions":
            sessions(random, paths[0], date(2026, 5, 1))
            sessions(random, paths[1], date(2026, 6, 1))
        else:
            days(random, paths)
        found = effect(paths[:1], paths[1:])
        assert found.groups == groups
        for key, difference in found.found.items():
            real[key].append(difference.real)
    told = {"cost_per_call", "input_tokens", "output_tokens"}
    told |= {"failed_requests", "retry_rate"} if groups == "sessions" else {"cache_hit"}
    assert real.keys() == told
    shares = {key: float(np.mean(calls)) for key, calls in real.items()}
    assert all(abs(share - 0.05) <= REAL_WITHIN for share in shares.values()), shares
