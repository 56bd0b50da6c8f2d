"""Decision map: a map of `contested`, 40 x 40 cells, beside one run of it at the same draws.

    python benchmarks/decision_map.py [runs]

Prints the median seconds of both, in turn, and the median ratio, for some pairs of inputs. Goal: below 60.
"""

import statistics
import sys
import time
from collections.abc import Callable
from functools import partial

import mcost

DRAWS = 16_384
GOAL = 60
PAIRS = {
    "calls x prompt tokens": ("workload.calls_per_month", "strategies.prompt.prompt_tokens"),
    "growth x calls": ("workload.growth_per_month", "workload.calls_per_month"),
    "growth x volatility": ("workload.growth_per_month", "workload.volatility_per_month"),
    "the pair that it chooses": (None, None),
}


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main(runs: int) -> None:
    scenario = mcost.load("contested")
    mcost.run(scenario, DRAWS)
    print(f"{'':26}  {'one run':>8}  {'map':>8}  {'ratio':>6}   (goal: below {GOAL})")
    for label, (x, y) in PAIRS.items():
        times = []
        for _ in range(runs):
            one = statistics.median(seconds(lambda: mcost.run(scenario, DRAWS)) for _ in range(3))
            times.append((one, seconds(partial(mcost.decision_map, scenario, x, y, draws=DRAWS))))
        one, whole = (statistics.median(column) for column in zip(*times, strict=True))
        ratio = statistics.median(map_ / run for run, map_ in times)
        print(f"{label:26}  {one:6.3f} s  {whole:6.2f} s  {ratio:6.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
