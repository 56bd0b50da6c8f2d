"""A command run in this process under watch: what it says and how it ends, or that it hangs."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from io import StringIO
from typing import NoReturn

import click

from mcost.cli import cli
from mcost.errors import McostError

import_module("scipy.stats")  # beforehand: it takes seconds on a busy machine, and is no hang

SECONDS = 5.0
"""Of work, which a busy machine does not make more; with all waiting, twelve times as long."""

LONGEST = 20_000
"""Characters of what is said of one wrong file."""


class HangError(BaseException):
    """It has taken too long; no handler of ordinary errors takes it for one."""


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit code, standard output and error."""

    code: int
    out: str
    err: str


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raises HangError where the block takes longer."""

    def stop(number: int, *_: object) -> NoReturn:
        raise HangError(f"more than {seconds:g} s" if number == signal.SIGPROF else "it waits, and for ever")

    timers = {signal.SIGPROF: signal.ITIMER_PROF, signal.SIGALRM: signal.ITIMER_REAL}
    before = {number: signal.signal(number, stop) for number in timers}
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, 12 * seconds)
    try:
        yield
    finally:
        for number, timer in timers.items():
            signal.setitimer(timer, 0)
            signal.signal(number, before[number])


def mcost(*arguments: str) -> Ended:
    """``mcost`` with these arguments, as its own main runs it; any error but a McostError comes out."""
    out, err, code = StringIO(), StringIO(), 0
    with at_most(SECONDS), redirect_stdout(out), redirect_stderr(err):
        try:
            cli.main(arguments, prog_name="mcost", standalone_mode=False)
        except click.ClickException as error:
            error.show()
            code = error.exit_code
        except McostError as error:
            click.echo(f"error: {error}", err=True)
            code = 2
        except SystemExit as stopped:
            code = stopped.code if isinstance(stopped.code, int) else 0 if stopped.code is None else 2
    return Ended(code, out.getvalue(), err.getvalue())


def survived(*arguments: str) -> Ended:
    """The same, held to what every command promises: done, or one message that can be read."""
    ended = mcost(*arguments)
    code, said = ended.code, ended.err[:500]
    assert code in (0, 1, 2), code
    if code == 2:
        assert said.startswith(("error: ", "Usage: ")), said
        assert len(ended.err) <= LONGEST, (len(ended.err), said)
        assert not any(word in ended.err for word in ("Traceback", "Value error", "object at 0x")), said
        assert all(c.isprintable() or c == "\n" for c in ended.err), said
    return ended
