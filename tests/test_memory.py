"""What is freed between two blocks is kept, also where the process began with that switched off."""

import os
import platform
import subprocess
import sys

import pytest

RUN = """
import resource
import mcost
from mcost.spread import InProcess
def run():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    mcost.run("startup", draws=2**15, executor=InProcess())
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
run()
print(run())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is asked to keep what is freed")
@pytest.mark.parametrize("set_before", [{}, {"MALLOC_TRIM_THRESHOLD_": "65536"}], ids=["", "as Dask does"])
def test_a_second_run_asks_the_system_for_little(set_before: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", RUN], capture_output=True, text=True, check=True, env=os.environ | set_before
    )
    assert int(done.stdout) < 10_000  # pages: four blocks of some 100 MB each would be 100,000
