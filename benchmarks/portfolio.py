"""Portfolio: many scenarios on a local Dask cluster of one process, and on one of two.

    python benchmarks/portfolio.py [scenarios]

Prints the seconds of both, clusters up and warm, and the ratio. The two take turns, a part of the scenarios
each time, so that what else the machine does meets them alike. Goal: above 1.7 at 1,000 scenarios.
"""

import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from distributed import Client, LocalCluster

import mcost

DRAWS = 16_384
GOAL = 1.7
TURNS = 5


@contextmanager
def processes(number: int) -> Iterator[Executor]:
    """A cluster that is up and warm."""
    with (
        LocalCluster(n_workers=number, threads_per_worker=1, dashboard_address=":0") as cluster,
        Client(cluster) as client,
    ):
        executor = client.get_executor(pure=False)
        mcost.portfolio(scenarios(range(8 * number)), draws=1024, executor=executor)
        yield executor


def scenarios(numbers: range) -> dict[str, mcost.Scenario]:
    return {
        f"{i}": mcost.load("startup", set=[f"workload.calls_per_month={50_000 + 1_000 * i}"]) for i in numbers
    }


def main(number: int) -> None:
    spent = {1: 0.0, 2: 0.0}
    with processes(1) as one, processes(2) as two:
        for turn in range(TURNS):
            part = scenarios(range(turn, number, TURNS))
            for workers, executor in ((1, one), (2, two)):
                start = time.perf_counter()
                mcost.portfolio(part, draws=DRAWS, executor=executor)
                spent[workers] += time.perf_counter() - start
    print(f"{number:,} scenarios at {DRAWS:,} draws")
    print(f"one process    {spent[1]:7.1f} s")
    print(f"two processes  {spent[2]:7.1f} s")
    print(f"ratio          {spent[1] / spent[2]:7.2f}     (goal: above {GOAL})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
