"""What holds for all tests: a worker's matrix products take one thread, or workers wait for each other."""

import os
import signal

from fuzz.counting import pytest_terminal_summary as pytest_terminal_summary

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# What runs in the background, or outlives its terminal, may ignore these, and so would all that tests start.
for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, handler)
