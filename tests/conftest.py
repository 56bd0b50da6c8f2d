"""What holds for all tests: a worker's matrix products take one thread, or workers wait for each other."""

import os

from fuzz.counting import pytest_terminal_summary as pytest_terminal_summary

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
