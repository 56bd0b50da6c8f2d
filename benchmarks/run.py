"""All benchmarks of the README's table, as that table.

    python -m pip install -e '.[bench]' && python benchmarks/run.py [--full]

It takes some minutes. With --full the memory is that of 100 million draws, and what the other benchmarks
print stands below the table. Each ratio is taken within one run of one machine.
"""

import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import accuracy
import cold_start
import memory
import numpy as np
import peers
import throughput
from table import Row, markdown

import mcost

HERE = Path(__file__).parent
PRINTED = ("decision_map.py", "usage_memory.py", "portfolio.py", "app.py")


def cold(runs: int = 7) -> list[Row]:
    for command in (cold_start.RUN, cold_start.IMPORTS):
        cold_start.seconds(command)
    times = [
        (cold_start.seconds(cold_start.RUN), cold_start.seconds(cold_start.IMPORTS)) for _ in range(runs)
    ]
    ratio = statistics.median(run / imports for run, imports in times)
    run, imports = (statistics.median(column) for column in zip(*times, strict=True))
    return [
        Row(
            "cold start: `mcost run contested` against `import numpy, scipy.stats, click`",
            f"{ratio:.2f} x ({run:.2f} s against {imports:.2f} s)",
            f"at most {cold_start.GOAL} x",
            ratio <= cold_start.GOAL,
        )
    ]


def machine() -> str:
    gib = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {gib:.0f} GiB of memory, "
        f"Python {platform.python_version()}, NumPy {np.__version__}, mcost {mcost.__version__}"
    )


def printed(script: str) -> str:
    """What a benchmark without rows prints; the last line of its error where it cannot run here."""
    done = subprocess.run([sys.executable, str(HERE / script)], capture_output=True, text=True, check=False)
    said = done.stdout if done.returncode == 0 else f"not run: {(done.stderr.splitlines() or [''])[-1]}\n"
    return f"`python benchmarks/{script}`\n\n```\n{said}```"


def main(full: bool) -> None:
    sizes = (memory.FULL,) if full else memory.SIZES[-1:]
    parts: list[Callable[[], list[Row]]] = [
        accuracy.rows,
        throughput.rows,
        peers.rows,
        cold,
        lambda: memory.rows(sizes),
    ]
    rows: list[Row] = []
    for i, part in enumerate(parts, 1):
        rows += part()
        print(f"{i} of {len(parts)} done", file=sys.stderr)
    print(markdown(rows))
    command = f"python benchmarks/run.py{' --full' if full else ''}"
    print(f"\n{date.today():%Y-%m-%d}, {machine()}: `{command}`.")
    for script in PRINTED if full else ():
        print(f"\n{printed(script)}")


if __name__ == "__main__":
    main("--full" in sys.argv[1:])
