"""A scenario's page on a port of this machine, from the first request to Ctrl-C."""

from __future__ import annotations

import contextlib
import socket
import threading
import webbrowser
from collections.abc import Callable

from mcost.answer import run
from mcost.app.answers import MOST, Answers
from mcost.app.given import Given
from mcost.app.state import State
from mcost.errors import McostError
from mcost.whole_numbers import whole_between

LOOPBACK = "127.0.0.1"
AT_ONCE = 100
"""Requests at a time; a page makes two."""


def serve(
    source: str, port: int, draws: int, seed: int, *, browser: bool, tell: Callable[[str], None]
) -> None:
    """Serve until Ctrl-C. The first verdict is computed while the browser opens.

    port : 0 for one that is free. tell : told the address.

    Raises McostError where the scenario, draws or seed cannot be used, or the port is taken.
    """
    draws = whole_between("draws", draws, 1, MOST)
    given = Given.read(source)
    run(given.scenario, 1, seed)
    answers = Answers(given, draws, seed)
    with contextlib.suppress(KeyboardInterrupt), _listening(port) as listener:
        here = listener.getsockname()[1]
        threading.Thread(target=_warm, args=(answers,), daemon=True).start()
        address = f"http://{LOOPBACK}:{here}/"
        tell(f"{given.scenario.title}\n{address}  (Ctrl-C ends it)")
        if browser:
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        _run(answers, here, listener)


def _listening(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
        listener.listen(AT_ONCE)
    except OSError as error:
        listener.close()
        raise McostError(f"port {port}: {error.strerror or error}; choose another by --port") from None
    return listener


def _warm(answers: Answers) -> None:
    """What the page asks first; a mistake is told when it does, and a page that is closed needs none."""
    with contextlib.suppress(McostError, RuntimeError):
        answers.verdict(State(), answers.draws)


def _run(answers: Answers, port: int, listener: socket.socket) -> None:
    import uvicorn

    from mcost.app.server import app

    settings = uvicorn.Config(
        app(answers, port),
        access_log=False,
        http="h11",
        lifespan="off",
        limit_concurrency=AT_ONCE,
        log_level="warning",
        loop="asyncio",
        server_header=False,
        timeout_graceful_shutdown=1,
        ws="none",
    )
    uvicorn.Server(settings).run(sockets=[listener])
