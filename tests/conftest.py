"""What holds for all tests: threads, signals, and the command line in this process."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from fuzz.counting import pytest_terminal_summary as pytest_terminal_summary

from mcost.cli import main

# A worker's matrix products take one thread, or workers wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# What runs in the background, or outlives its terminal, may ignore these, and so would all that tests start.
for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, handler)


@pytest.fixture
def mcost(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Runs ``mcost`` with arguments in this process: exit code, standard output, standard error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["mcost", *arguments])
        with pytest.raises(SystemExit) as stopped:
            main()
        out, err = capsys.readouterr()
        assert isinstance(stopped.value.code, int)
        return stopped.value.code, out, err

    return run


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The test's own empty folder, as the one that it runs in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
