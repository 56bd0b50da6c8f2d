"""Throughput: `contested` by mcost on one core, beside a loop by hand for it; then a thread a core.

    python benchmarks/throughput.py [runs]

A draw-month a strategy is the unit: seconds / (draws x months x strategies), start of the run to its answer.
Both count hits: nothing is integrated out.
The loop is compiled before. Runs are taken in turns; medians, and the median of the ratios, run by run.
"""

import os
import statistics
import sys
from functools import partial

import numba_loop
from contested import CANDIDATES, MONTHS, SCENARIO, STRATEGIES
from table import OneThread, Row, markdown, seconds

import mcost
from mcost.estimate import Chance
from mcost.outcomes import Money

DRAWS = 2**18
LOOP_GOAL, THREADS_GOAL = 0.9, 1.5
AGREE = 4  # standard errors


def differences(draws: int, seed: int) -> dict[str, float]:
    """Candidate and statistic -> difference of mcost and the loop, in standard errors of both together."""
    answer, loop = mcost.run(SCENARIO, draws, seed), numba_loop.run(draws, seed)
    found = {}
    for i, name in enumerate(CANDIDATES):
        own, mean = answer.candidates[name], loop.saving[i] / draws
        variance = loop.squares[i] / draws - mean**2
        found[f"{name} saving"] = apart(mean, variance / draws, own.saving_usd.mean, own.saving_usd)
        shares = {"pays off": (loop.ahead[i, -1], own.pays_off), "touch": (loop.touched[i], own.first_touch)}
        for what, (hits, chance) in shares.items():
            p, q = hits / draws, chance.probability
            found[f"{name} {what}"] = apart(p, max(p * (1 - p), q * (1 - q)) / draws, q, chance)
    return found


def apart(loop: float, variance: float, own: float, error: Chance | Money) -> float:
    """How many standard errors; 0 where both say the same."""
    return 0.0 if loop == own else float(abs(loop - own) / (variance + error.standard_error**2) ** 0.5)


def rows(runs: int = 7) -> list[Row]:
    found = differences(2**17, seed=11)
    if max(found.values()) > AGREE:
        raise SystemExit(f"the loop is another model: {found}")
    cell = DRAWS * MONTHS * len(STRATEGIES) / 1e9
    work = [
        partial(mcost.run, SCENARIO, DRAWS, integrate=False, executor=OneThread()),
        partial(numba_loop.run, DRAWS),
        partial(mcost.run, SCENARIO, DRAWS, integrate=False),
    ]
    times = [[seconds(each) for each in work] for _ in range(runs)]
    own, loop, _ = (statistics.median(column) / cell for column in zip(*times, strict=True))
    against = statistics.median(loop / own for own, loop, _ in times)
    threads = statistics.median(own / both for own, _, both in times)
    return [
        Row("one core, ns a draw-month a strategy: mcost, every statistic", f"{own:.1f}"),
        Row("the same, a loop in numba by hand, its sums alone", f"{loop:.1f}"),
        Row(
            "throughput of mcost against the loop",
            f"{against:.2f} x",
            f"at least {LOOP_GOAL} x",
            against >= LOOP_GOAL,
        ),
        Row(
            f"{os.cpu_count()} threads against one",
            f"{threads:.2f} x",
            f"at least {THREADS_GOAL} x",
            threads >= THREADS_GOAL,
        ),
    ]


if __name__ == "__main__":
    print(markdown(rows(*map(int, sys.argv[1:]))))
