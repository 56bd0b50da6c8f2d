"""The benchmarks: each simulates what mcost simulates, and a rival that does not is noticed."""

import importlib
import socket
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
APART = 4  # standard errors


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def rival(name: str, *needs: str) -> ModuleType:
    for package in needs:
        pytest.importorskip(package, reason=f"{package} comes with the extra bench")
    return importlib.import_module(name)


@pytest.mark.parametrize("shift", [0.0, 0.05])
def test_the_loop_is_the_same_model_and_another_one_is_noticed(
    shift: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    throughput = rival("throughput", "numba")
    loop = throughput.numba_loop
    mu = loop.MU + shift * (np.arange(loop.MU.size) == loop.CALLS)
    monkeypatch.setattr(loop, "MU", mu)
    apart = throughput.differences(2**15, seed=5)
    assert len(apart) == 15
    assert (max(apart.values()) > APART) == (shift > 0), apart


def test_the_loop_counts_each_future_once() -> None:
    loop = rival("numba_loop", "numba")
    n = 1000
    sums = loop.run(n, seed=3)
    assert (sums.even.sum(axis=1) == n).all()
    assert (sums.ahead[:, -1] == n - sums.even[:, -1]).all()  # ahead at the horizon is not never
    assert (sums.ahead <= n).all()
    assert (sums.touched >= sums.ahead[:, -1]).all()


def test_the_loop_has_the_exponentials() -> None:
    loop = rival("numba_loop", "numba")
    z = np.linspace(-30, 30, 601)
    found = z.copy()
    loop.exps(found, found.size)
    np.testing.assert_allclose(found, np.exp(z), rtol=1e-13)


def test_a_peer_is_the_same_model() -> None:
    peers = rival("peers", "numba", "squigglepy", "monaco")
    apart = peers.errors_apart(2**13)
    assert apart.keys() == peers.PEERS.keys()
    assert max(apart.values()) <= APART, apart


def test_the_notebook_agrees_month_by_month() -> None:
    notebook, contested = rival("notebook"), rival("contested")
    n = 2**15
    found = notebook.run(n)
    answer = contested.mcost.run(contested.SCENARIO, n, seed=2)
    assert found.keys() == answer.candidates.keys()
    for name, (p, mean, by_month, *_) in found.items():
        own = answer.candidates[name]
        assert p == by_month[-1]
        error = np.sqrt(2 * 0.25 / n)  # of two shares of n, at most
        np.testing.assert_allclose(by_month, own.pays_off_by_month, atol=APART * error)
        spread = np.sqrt(2) * max(own.saving_usd.standard_error, own.saving_usd.p95 / np.sqrt(n))
        assert abs(mean - own.saving_usd.mean) <= APART * spread


def test_what_accuracy_looks_at_is_undecided() -> None:
    accuracy = rival("accuracy")
    for case in accuracy.cases():
        p, _ = case.estimates(1024, 1, "mc")
        assert 0.1 <= p <= 0.9, case.group


def test_an_error_is_root_mean_square() -> None:
    accuracy = rival("accuracy")

    class Known:
        def estimates(self, draws: int, seed: int, sampler: str) -> tuple[float, float]:
            return 0.5 + (0.01 if sampler == "qmc" else 0.1) * (-1) ** seed, 10.0 * seed

    found = accuracy.errors(Known(), 1024, 2, (0.5, 10.0))
    np.testing.assert_allclose(found.qmc, [0.01, 10 / np.sqrt(2)])
    np.testing.assert_allclose(found.ratio, [0.1, 1.0])


def test_a_process_of_its_own_has_a_peak() -> None:
    memory = rival("memory")
    held = np.ones(70_000_000)  # 560 MB here are not the child's
    assert 50 < memory.peak(1024) < 500
    assert held[-1] == 1


def test_the_table_names_the_machine_and_nobody() -> None:
    run, table = rival("run", "numba", "squigglepy", "monaco"), rival("table")
    said = run.machine()
    assert f"NumPy {np.__version__}" in said
    assert socket.gethostname() not in said
    row = table.Row("speed", "2.0 x", "at least 3 x", False)
    assert table.markdown([row]).splitlines()[-1] == "| speed | 2.0 x | at least 3 x | no |"
