"""What is kept of the futures: the same bits however they are computed, and sums of all beside the first."""

import math
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import fields, is_dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from everything import ALL, EVERYTHING, STEADY

import mcost
from mcost import simulate as simulating
from mcost import tally
from mcost.draws import BLOCK
from mcost.nets import REPLICATES, Sampler
from mcost.simulate import simulate
from mcost.tally import Folded, fold, join

MANY = 4 * BLOCK


def assert_same(one: Any, other: Any, at: str = "") -> None:
    """To the bit, all the way down."""
    if is_dataclass(one) and not isinstance(one, type):
        for field in fields(one):
            assert_same(getattr(one, field.name), getattr(other, field.name), f"{at}.{field.name}")
    elif isinstance(one, dict):
        assert list(one) == list(other), at
        for key in one:
            assert_same(one[key], other[key], f"{at}.{key}")
    elif isinstance(one, np.ndarray):
        assert one.dtype == other.dtype, at
        np.testing.assert_array_equal(one, other, at)
    else:
        assert one == other, at


def folded(name: str = "steady", draws: int = MANY, sampler: Sampler = "qmc", **how: Any) -> Folded:
    parts = simulate(mcost.load(ALL[name]), fold, draws=draws, seed=3, sampler=sampler, **how)
    return join(parts, draws)


@cache
def alone(name: str) -> Folded:
    with ThreadPoolExecutor(1) as one:
        return folded(name, executor=one)


# --- however they are computed ----------------------------------------------------------------------------

NAMES = pytest.mark.parametrize("name", ["steady", "everything"])


@NAMES
@pytest.mark.parametrize("chunk", [1, 3])
def test_threads_change_no_bit(name: str, chunk: int) -> None:
    assert_same(folded(name), alone(name))
    with ThreadPoolExecutor(2) as two:
        assert_same(folded(name, executor=two, chunk=chunk), alone(name))


@pytest.fixture(scope="module")
def processes() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield pool


@NAMES
@pytest.mark.parametrize("chunk", [1, 3])
def test_processes_change_no_bit(name: str, chunk: int, processes: Executor) -> None:
    assert_same(folded(name, executor=processes, chunk=chunk), alone(name))


class Counting(Executor):
    """Runs a task when its result is asked for, and counts how many wait."""

    def __init__(self) -> None:
        self.waiting = self.most = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        future: Future[Any] = Future()

        def result(timeout: float | None = None) -> Any:
            self.waiting -= 1
            return fn(*args, **kwargs)

        future.result = result
        return future


def test_only_a_few_tasks_are_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulating, "UNDER_WAY", 3)
    counting = Counting()
    scenario, of = mcost.load(STEADY), lambda costs: costs.draws.block
    parts = simulate(scenario, of, draws=12 * BLOCK, seed=1, executor=counting)
    assert list(parts) == list(range(12))
    assert (counting.most, counting.waiting) == (4, 0)


def test_what_is_no_longer_wanted_is_not_computed() -> None:
    with ThreadPoolExecutor(1) as one:
        scenario, of = mcost.load(STEADY), lambda costs: costs.draws.block
        parts = simulate(scenario, of, draws=9 * BLOCK, seed=1, executor=one)
        assert next(parts) == 0
        parts.close()
        assert one.submit(lambda: "free").result(timeout=60) == "free"


# --- sums of all, and the first -----------------------------------------------------------------------------


@pytest.mark.parametrize("sampler", ["qmc", "mc"])
def test_sums_are_of_all_futures_where_only_the_first_are_kept(
    sampler: Sampler, monkeypatch: pytest.MonkeyPatch
) -> None:
    draws = MANY if sampler == "qmc" else MANY - BLOCK + 5 * REPLICATES
    whole = folded("everything", draws, sampler)
    monkeypatch.setattr(tally, "KEPT", 2 * BLOCK)
    monkeypatch.setattr(tally, "EXPLAINED", BLOCK)
    some = folded("everything", draws, sampler)
    assert_same(some.tally, whole.tally)
    assert some.tally.n == draws
    assert whole.sample is not None
    assert some.sample is not None
    np.testing.assert_array_equal(some.sample.total, whole.sample.total[:, : 2 * BLOCK])
    for name, kept in some.sample.payoffs.items():
        for field in fields(kept):
            row, long = (getattr(p, field.name) for p in (kept, whole.sample.payoffs[name]))
            assert (row is None) == (long is None)
            if row is not None:
                np.testing.assert_array_equal(row, long[: 2 * BLOCK], field.name)
    for key in ("inputs", "events"):
        short, long = getattr(some.sample, key), getattr(whole.sample, key)
        assert short.keys() == long.keys()
        for name in short:
            np.testing.assert_array_equal(short[name], long[name][:BLOCK], name)


def test_fewer_futures_than_are_kept() -> None:
    few = folded("everything", 64)
    assert few.sample is not None
    assert few.sample.total.shape == (4, 64)
    assert all(row.shape == (64,) for row in few.sample.inputs.values())


def test_means_and_errors_are_those_of_the_arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "KEPT", BLOCK)
    answer = mcost.run(EVERYTHING, MANY, 3)
    total = answer.costs.total
    assert total.shape == (4, MANY)
    for row, cost in zip(total, answer.strategies.values(), strict=True):
        means = row.reshape(-1, REPLICATES).mean(axis=0)
        assert cost.cost_usd.mean == pytest.approx(row.mean(), rel=1e-12)
        error = means.std(ddof=1) / math.sqrt(REPLICATES)
        assert cost.cost_usd.standard_error == pytest.approx(error, rel=1e-9)
        assert cost.cost_usd.p50 == pytest.approx(np.quantile(row[:BLOCK], 0.5), rel=1e-12)
    for name, candidate in answer.candidates.items():
        own = list(answer.strategies).index(name)
        means = (total[0] - total[own]).reshape(-1, REPLICATES).mean(axis=0)
        found = candidate.saving_usd
        assert found.mean == pytest.approx(means.mean(), rel=1e-9, abs=1e-9)
        assert found.standard_error == pytest.approx(means.std(ddof=1) / math.sqrt(REPLICATES), rel=1e-6)
        assert candidate.payoff.saving.size == BLOCK
        assert candidate.pays_off.n == MANY


SMALL = """
import mcost
mcost.run({
    "title": "small", "baseline": "prompt", "horizon_months": 2, "workload": {"calls_per_month": "1k to 2k"},
    "strategies": {"prompt": {"price": {"input": 1.0}, "prompt_tokens": 1000},
                   "fine": {"price": {"input": 0.5}, "prompt_tokens": 1000, "setup_hours": 1}},
}, 2**22)
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="tells the peak on Linux alone")
def test_memory_does_not_grow_with_the_futures() -> None:
    found = subprocess.run(
        [sys.executable, "-c", SMALL], capture_output=True, text=True, check=True, timeout=300
    )
    assert int(found.stdout) < 500 * 1024, "KiB"
