"""Runs every strategy over the same draws, block by block, on any executor."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

from mcost.costs import Costs, costs
from mcost.draws import BLOCK, draw
from mcost.nets import Sampler
from mcost.scenario import Scenario

T = TypeVar("T")

WORTH_THREADS = 4
"""Blocks from which threads save more than they cost: NumPy releases the lock."""

UNDER_WAY = 32
"""Tasks that are submitted before the first of them is waited for."""


def simulate(
    scenario: Scenario,
    fold: Callable[[Costs], T],
    *,
    draws: int,
    seed: int,
    sampler: Sampler = "qmc",
    executor: Executor | None = None,
    chunk: int = 1,
) -> Iterator[T]:
    """Cost ``draws`` futures and fold each block of them into what is kept.

    A block is drawn from its own number, so neither ``chunk`` (blocks a task) nor the number of workers
    changes a byte.

    executor : where blocks are computed; None for threads of this process, as many as there are cores.

    Yields what ``fold`` made of each block, in the order of the draws; only a few of them wait at a time.
    With processes as workers, ``fold`` must be a function of a module.
    """
    blocks = range(-(-draws // BLOCK))
    work = partial(_block, scenario, fold, draws, seed, sampler)
    if executor is not None:
        yield from _spread(executor, work, blocks, chunk)
        return
    with threads(draws) as own:
        yield from map(work, blocks) if own is None else _spread(own, work, blocks, chunk)


@contextmanager
def threads(draws: int) -> Iterator[Executor | None]:
    """Threads of this process, as many as there are cores; None where the draws are too few for them."""
    if draws <= (WORTH_THREADS - 1) * BLOCK:
        yield None
        return
    with ThreadPoolExecutor(os.cpu_count()) as executor:
        yield executor


def _spread(executor: Executor, work: Callable[[int], T], blocks: range, chunk: int) -> Iterator[T]:
    """Tasks of ``chunk`` blocks each: so many are under way that no worker waits, and no more."""
    tasks = (range(first, min(first + chunk, len(blocks))) for first in range(0, len(blocks), chunk))
    ahead: deque[Future[list[T]]] = deque()
    try:
        for task in tasks:
            ahead.append(executor.submit(_chunk, work, task))
            if len(ahead) > UNDER_WAY:
                yield from ahead.popleft().result()
        while ahead:
            yield from ahead.popleft().result()
    finally:
        for future in ahead:
            future.cancel()


def _block(
    scenario: Scenario, fold: Callable[[Costs], T], draws: int, seed: int, sampler: Sampler, block: int
) -> T:
    n = min(BLOCK, draws - block * BLOCK)
    return fold(costs(scenario, draw(scenario, seed, block, n, sampler=sampler)))


def _chunk(work: Callable[[int], T], blocks: range) -> list[T]:
    return [work(block) for block in blocks]
