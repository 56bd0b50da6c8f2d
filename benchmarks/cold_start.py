"""Cold start: a default run of `contested` beside the imports that it must not cost more than.

    python benchmarks/cold_start.py [runs]

Prints the median seconds of both, in turn, and the median ratio, run by run. The goal: at most 1.25.
"""

import statistics
import subprocess
import sys
import time

RUN = [sys.executable, "-m", "mcost", "run", "contested"]
IMPORTS = [sys.executable, "-c", "import numpy, scipy.stats, click"]
HELP = [sys.executable, "-m", "mcost", "--help"]
GOAL = 1.25


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def main(runs: int) -> None:
    for command in (RUN, IMPORTS, HELP):
        seconds(command)
    times = [(seconds(RUN), seconds(IMPORTS), seconds(HELP)) for _ in range(runs)]
    ratios = [run / imports for run, imports, _ in times]
    run, imports, help_ = (statistics.median(column) for column in zip(*times, strict=True))
    print(f"mcost run contested                  {run:6.2f} s")
    print(f"import numpy, scipy.stats, click     {imports:6.2f} s")
    print(f"mcost --help                         {help_:6.2f} s")
    print(f"ratio of the first two               {statistics.median(ratios):6.2f}   (goal: at most {GOAL})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
