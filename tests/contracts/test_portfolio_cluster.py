"""A portfolio on a Dask cluster of two processes of this machine, one of which is killed half-way."""

import json
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from distributed import Client, LocalCluster

import mcost
from mcost.cluster import _check_versions
from mcost.spread import Died, InProcess, spread

DRAWS = 1024

Mcost = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=logging.CRITICAL
    ) as made:
        yield made


@pytest.fixture
def client(cluster: LocalCluster) -> Iterator[Client]:
    with Client(cluster, set_as_default=False) as made:
        made.wait_for_workers(2)
        yield made


@pytest.fixture
def run(mcost: Mcost) -> Mcost:  # under another name than the package
    return mcost


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "table.csv"
    rows = [f"row {i},{50_000 * (i + 1)}" for i in range(24)] + ["wrong,5 to 4"]
    file.write_text("\n".join(["name,workload.calls_per_month", *rows]), "utf-8")
    return file


def kill_always(item: int) -> int:
    if item == 3:
        time.sleep(0.3)  # a nanny brings back no worker that dies as it begins
        os.kill(os.getpid(), signal.SIGKILL)
    return item * item


def test_a_cluster_changes_no_byte_also_where_a_worker_is_killed(table: Path, client: Client) -> None:
    here, there = table.with_name("here.csv"), table.with_name("there.csv")
    mcost.portfolio(table, "contested", DRAWS, executor=InProcess(), output=here)
    workers = client.run(os.getpid)
    killed = []

    def kill_half_way(done: int, planned: int) -> None:
        if done == planned // 2:
            killed.append(next(iter(workers.values())))
            os.kill(killed[0], signal.SIGKILL)

    mcost.portfolio(
        table,
        "contested",
        DRAWS,
        executor=client.get_executor(pure=False),
        output=there,
        progress=kill_half_way,
    )
    assert killed
    assert there.read_bytes() == here.read_bytes()
    client.wait_for_workers(2)
    assert killed[0] not in client.run(os.getpid).values()


def test_what_kills_its_workers_is_told_and_nothing_else_is_lost(
    cluster: LocalCluster, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster.scheduler, "allowed_failures", 1)
    made = dict(spread(kill_always, range(8), client.get_executor(pure=False)))
    assert isinstance(made.pop(3), Died)
    assert made == {i: i * i for i in range(8) if i != 3}


def test_the_command_runs_on_a_cluster_that_is_there(table: Path, cluster: LocalCluster, run: Mcost) -> None:
    arguments = ["portfolio", str(table), "--template", "contested", "--draws", str(DRAWS), "--json"]
    code, out, err = run(*arguments, "--cluster", cluster.scheduler_address)
    assert (code, err) == (2, "error: 1 of 25 scenarios have no verdict: wrong\n")
    here = mcost.portfolio(table, "contested", DRAWS, executor=InProcess())
    assert json.loads(out)["rows"] == here.to_dict()["rows"]


def test_a_cluster_that_is_not_there(run: Mcost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mcost.cluster.PATIENCE", 1)
    for address in ("tcp://127.0.0.1:9", "nonsense://x"):
        code, out, err = run("portfolio", "scenarios", "--cluster", address)
        assert (code, out) == (2, "")
        assert err.startswith(f"error: --cluster {address}: cannot be reached: ")
        assert err.count("\n") == 1


def test_a_worker_of_another_version_is_told() -> None:
    with pytest.raises(mcost.McostError) as told:
        _check_versions("tcp://a:1", {"tcp://b:2": None})
    assert str(told.value) == (
        f"--cluster tcp://a:1: worker tcp://b:2 has no mcost; expected mcost {mcost.__version__}"
    )


def test_without_dask_the_error_names_the_extra(run: Mcost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert run("portfolio", "scenarios", "--cluster", "tcp://127.0.0.1:9") == (
        2,
        "",
        "error: --cluster needs a library that is not here: pip install 'mcost[cluster]'\n",
    )
