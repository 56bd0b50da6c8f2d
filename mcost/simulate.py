"""Runs every strategy over the same draws, block by block, on any executor."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from mcost.costs import Costs, costs
from mcost.draws import BLOCK, draw
from mcost.scenario import Scenario

T = TypeVar("T")

WORTH_THREADS = 4
"""Blocks from which threads save more than they cost: NumPy releases the lock."""


def simulate(
    scenario: Scenario,
    fold: Callable[[Costs], T],
    *,
    draws: int,
    seed: int,
    executor: Executor | None = None,
    chunk: int = 1,
) -> list[T]:
    """Cost ``draws`` futures and fold each block of them into what is kept.

    A block is drawn from its own number, so neither ``chunk`` (blocks a task) nor the number of workers
    changes a byte.

    executor : where blocks are computed; None for threads of this process, as many as there are cores.

    Returns what ``fold`` made of each block, in the order of the draws. With processes as workers,
    ``fold`` must be a function of a module.
    """
    blocks = range(-(-draws // BLOCK))
    work = partial(_block, scenario, fold, draws, seed)
    if executor is None:
        if len(blocks) < WORTH_THREADS:
            return [work(block) for block in blocks]
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            return list(threads.map(work, blocks))
    tasks = [range(first, min(first + chunk, len(blocks))) for first in range(0, len(blocks), chunk)]
    return [made for part in executor.map(partial(_chunk, work), tasks) for made in part]


def _block(scenario: Scenario, fold: Callable[[Costs], T], draws: int, seed: int, block: int) -> T:
    return fold(costs(scenario, draw(scenario, seed, block, min(BLOCK, draws - block * BLOCK))))


def _chunk(work: Callable[[int], T], blocks: range) -> list[T]:
    return [work(block) for block in blocks]
