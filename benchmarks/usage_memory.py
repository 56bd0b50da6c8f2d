"""Peak memory and time of reading a log of ten million calls; the goal: under 600 MB.

    python benchmarks/usage_memory.py [rows]

Writes a gateway's log, a row a call with ids and times, to a temporary folder, then reads it in a process of
its own.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

GOAL = 600
READ = (
    "import resource, sys; from pathlib import Path; from mcost.usage.daily import read_log; "
    "from mcost.usage.estimates import findings; "
    "calls = []; found = findings(read_log([Path(sys.argv[1])], progress=lambda *at: calls.append(at))); "
    "assert found.log.buckets['requests'].sum() > 0.99 * found.log.rows; "
    "print(found.log.rows, len(calls), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
)


def write(path: Path, rows: int) -> None:
    """A LiteLLM spend log of a year, ``rows`` calls."""
    import numpy as np
    import pandas as pd

    random, piece = np.random.default_rng(1), 500_000
    year = 365 * 86_400
    header = True
    for start in range(0, rows, piece):
        n = min(piece, rows - start)
        at = np.sort(random.random(n)) * n / rows + start / rows
        time_of = pd.to_datetime(1_735_689_600 + (at * year).astype("int64"), unit="s")
        pd.DataFrame(
            {
                "request_id": [f"chatcmpl-{start + i:012x}" for i in range(n)],
                "spend": 0.0005,
                "prompt_tokens": random.integers(2_000, 5_000, n),
                "completion_tokens": random.integers(50, 400, n),
                "startTime": time_of.strftime("%Y-%m-%d %H:%M:%S"),
                "model": "gpt-4o-mini",
                "cache_hit": "False",
                "session_id": [f"s{i}" for i in random.integers(0, rows // 5 + 1, n)],
                "status": "success",
                "messages": "text of a prompt that is never read",
            }
        ).to_csv(path, mode="w" if header else "a", header=header, index=False)
        header = False


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spend.csv"
        subprocess.run([sys.executable, __file__, "write", str(path), str(rows)], check=True)
        start = time.perf_counter()
        run = subprocess.run(
            [sys.executable, "-c", READ, str(path)], check=True, capture_output=True, text=True
        )
        seconds = time.perf_counter() - start
        read, steps, peak = run.stdout.split()
        size = path.stat().st_size / 2**20
    print(f"{int(read):,} rows, {size:,.0f} MiB, {seconds:.0f} s, {steps} steps of progress")
    print(f"peak memory {peak} MiB   (goal: under {GOAL})")


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] == "write":
        write(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000)
