"""Work spread over workers: one task a worker at a time, and no task lost where a worker dies."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor
from itertools import islice
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from mcost.errors import McostError

Item = TypeVar("Item")
Made = TypeVar("Made")

WIDE = 1024
"""Tasks that are handed to an executor ahead of what is done: nobody says how many workers it has."""

MOST_DEATHS = 10
"""Deaths one after another, with nothing done in between, that are taken for a fault of them all."""

_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class InProcess(Executor):
    """Does what is submitted at once, where it is submitted: no threads in a worker that is one of many."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class Died:
    """What stands for a result where a worker died of a task, also when it did nothing else."""


def spread(
    work: Callable[[Item], Made], items: Iterable[Item], executor: Executor | None = None
) -> Iterator[tuple[Item, Made | Died]]:
    """Each item with what ``work`` made of it, as they are done: in any order.

    What a worker that died was at is done again: with others, then alone. An item of which a worker dies
    again when it is alone is told as ``Died``.

    work : a function of a module, or a partial of one. items : asked for as workers become free.
    executor : any executor, which is left open; None for a pool of processes, as many as there are cores.

    Raises McostError where workers die one after another, or the executor takes no more work; and what
    ``work`` raises.
    """
    crew: _Crew[Item, Made] = _Crew(work, executor)
    left = items
    try:
        for width in _widths(crew):
            again: list[Item] = []
            for item, made in _round(crew, left, width):
                if isinstance(made, Died):
                    again.append(item)
                else:
                    yield item, made
            left = again
        for item in left:
            yield item, Died()
    finally:
        crew.close()


def _widths(crew: _Crew[Any, Any]) -> Iterator[int]:
    """How many items are with the workers at a time, round after round, the last ones alone."""
    if crew.given is not None:
        yield WIDE
        if crew.given is not None:  # it mends itself, and has tried what it gave up several times
            yield 1
            return
    yield from (2 * (os.cpu_count() or 1), 1, 1)


def _round(crew: _Crew[Item, Made], items: Iterable[Item], width: int) -> Iterator[tuple[Item, Made | Died]]:
    """Every item once, at most ``width`` of them with the workers at a time."""
    waiting = iter(items)
    ahead: dict[Future[Made], tuple[Item, int]] = {}
    ended: SimpleQueue[Future[Made]] = SimpleQueue()

    def hand_out(item: Item) -> None:
        future, pool = crew.submit(item)
        ahead[future] = item, pool
        future.add_done_callback(ended.put)

    try:
        for item in islice(waiting, width):
            hand_out(item)
        while ahead:
            future = ended.get()
            item, pool = ahead.pop(future)
            yield item, crew.result_of(future, pool)
            for following in islice(waiting, 1):
                hand_out(following)
    finally:
        for future in ahead:
            future.cancel()


class _Crew(Generic[Item, Made]):
    """Those who do the work: the executor that is given, or a pool of processes; if it broke, a new one."""

    def __init__(self, work: Callable[[Item], Made], executor: Executor | None) -> None:
        self._work, self.given = work, executor
        self._own: ProcessPoolExecutor | None = None
        self._pool, self._deaths = 0, 0

    def submit(self, item: Item) -> tuple[Future[Made], int]:
        """The future of an item, and the number of the pool that it went to."""
        try:
            future = self._executor().submit(self._work, item)
        except BrokenExecutor as broken:  # it broke since the last result
            self._mend(self._pool, broken)
            future = self._executor().submit(self._work, item)
        except RuntimeError as error:
            raise McostError(f"executor: it takes no more work: {_line(error)}") from None
        return future, self._pool

    def result_of(self, future: Future[Made], pool: int) -> Made | Died:
        try:
            made = future.result()
        except BrokenExecutor as broken:
            self._mend(pool, broken)
            return Died()
        except CancelledError:
            raise McostError("executor: it cancelled work that it was given") from None
        except Exception as error:
            # Dask's own, of a task that several workers died of; Dask itself may not be installed.
            if type(error).__name__ != "KilledWorker":
                raise
            self._count(error)
            return Died()
        self._deaths = 0
        return made

    def close(self) -> None:
        if self._own is not None:
            self._own.shutdown(cancel_futures=True)

    def _executor(self) -> Executor:
        if self.given is not None:
            return self.given
        if self._own is None:
            # Spawned: a fork of a process with threads, such as those of a progress bar, may lock up.
            self._own = ProcessPoolExecutor(
                os.cpu_count(), mp_context=multiprocessing.get_context("spawn"), initializer=_at_work
            )
        return self._own

    def _mend(self, pool: int, broken: BaseException) -> None:
        """The next task opens a new pool, once for all the tasks of one that broke."""
        if pool != self._pool:
            return
        self.close()
        self.given, self._own = None, None
        self._pool += 1
        self._count(broken)

    def _count(self, error: BaseException) -> None:
        self._deaths += 1
        if self._deaths >= MOST_DEATHS:
            raise McostError(
                f"{self._deaths} worker processes died one after another, with nothing done in between: "
                f'{_line(error)} (a script calls this under if __name__ == "__main__")'
            )


def _line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _at_work() -> None:
    """Begins a worker process of ours: one thread, quiet at Ctrl-C, and gone when its parent is."""
    for name in _ONE_THREAD:
        os.environ.setdefault(name, "1")
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
