"""How a command ends early, and leaves nothing half done: stopped, or with nobody to print to."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

INTERRUPTED = 128 + 2
NOBODY_READS = 128 + 13
"""As a shell tells what a broken pipe ended."""

_STOPS = ("SIGTERM", "SIGHUP")


class Stopped(BaseException):
    """A signal asked the process to end. code : what to exit with."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.code = 128 + number


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Within it a request to end raises, as Ctrl-C does, so that what is begun is undone on the way out.

    Without it such a signal ends a process at once, and a file that is being written stays in part.
    """
    if threading.current_thread() is not threading.main_thread():  # no other may ask for signals
        yield
        return
    numbers = [getattr(signal, name) for name in _STOPS if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    for number in numbers:
        if before[number] == signal.SIG_DFL:  # nohup has them ignored, and so they stay
            signal.signal(number, _stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise Stopped(number)


def to_nowhere() -> None:
    """Let what is left in the buffers of standard output go: nothing can be written to it any more."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
