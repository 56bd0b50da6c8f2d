"""What every benchmark needs: a row of the table, a stopwatch, and an executor that stays in its thread."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from typing import NamedTuple


class Row(NamedTuple):
    """what : what is measured; measured, goal : as shown; met : None where there is no goal."""

    what: str
    measured: str
    goal: str = ""
    met: bool | None = None


class OneThread(Executor):
    """Runs each task where it is submitted."""

    def submit(self, fn, /, *args, **kwargs):
        done = Future()
        done.set_result(fn(*args, **kwargs))
        return done


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def markdown(rows: Sequence[Row]) -> str:
    said = {True: "yes", False: "no", None: ""}
    lines = ["| what | measured | goal | met |", "|---|---|---|---|"]
    lines += [f"| {row.what} | {row.measured} | {row.goal} | {said[row.met]} |" for row in rows]
    return "\n".join(lines)
