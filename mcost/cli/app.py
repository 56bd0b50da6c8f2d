"""``mcost app``: the what-if page of a scenario, in the browser."""

from __future__ import annotations

import os

import click

from mcost.cli import common
from mcost.errors import McostError


@click.command("app", epilog="Example: mcost app contested")
@click.argument("scenario")
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="Unsaid, one that is free.")
@click.option("--no-browser", is_flag=True, help="Print the address and open nothing.")
@common.options(common.fewer_draws, common.seed)
def command(scenario: str, port: int, no_browser: bool, draws: int, seed: int) -> None:
    """A page on which SCENARIO, a file or the name of a shipped one, answers while somebody still asks.

    Every input has two handles, strategies can be switched off, the horizon slides; verdict and figures
    follow. The address of the page holds what was changed, and "save as scenario" gives it as a file. The
    page is served to this machine alone, and fetches nothing. Ctrl-C ends it.
    """
    from importlib.util import find_spec

    if find_spec("starlette") is None or find_spec("uvicorn") is None:
        raise McostError("the page needs starlette and uvicorn: pip install 'mcost[app]'")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # answers are many and small: threads would wait
    from mcost.app.serving import serve

    serve(scenario, port, draws, seed, browser=not no_browser, tell=click.echo)
