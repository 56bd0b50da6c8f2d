"""Peak memory of a run of `contested`, by draws; the goal: 100 million in at most 500 MB.

    python benchmarks/memory.py [--full]

Each size is a process of its own, its peak as the system counts it, interpreter and libraries included. Linux
hands a parent's peak on to its child in ru_maxrss, so there VmHWM is read. --full adds the 100 million.
"""

import subprocess
import sys

from table import Row, markdown, seconds

SIZES, FULL = (10**5, 10**6, 10**7), 10**8
GOAL = 500
RUN = """
import resource, sys, mcost
mcost.run("contested", draws=int(sys.argv[1]))
if sys.platform == "linux":
    print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")), 1024)
else:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, 1 if sys.platform == "darwin" else 1024)
"""


def peak(draws: int) -> float:
    """Peak memory in MB."""
    child = subprocess.run(
        [sys.executable, "-c", RUN, str(draws)], check=True, capture_output=True, text=True
    )
    size, unit = map(int, child.stdout.split())
    return size * unit / 1e6


def rows(sizes: tuple[int, ...] = SIZES) -> list[Row]:
    return [row(draws) for draws in sizes]


def row(draws: int) -> Row:
    megabytes: list[float] = []
    time = seconds(lambda: megabytes.append(peak(draws)))
    goal = (f"at most {GOAL} MB", megabytes[0] <= GOAL) if draws == FULL else ()
    return Row(f"peak memory, {draws:,} draws", f"{megabytes[0]:,.0f} MB, {time:,.1f} s", *goal)


if __name__ == "__main__":
    print(markdown(rows((*SIZES, FULL) if "--full" in sys.argv else SIZES)))
