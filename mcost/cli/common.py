"""What several commands share: their options, and how they read and print."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mcost.errors import McostError

if TYPE_CHECKING:
    from mcost.report.layout import Table, Verdict
    from mcost.report.lookup import Page
    from mcost.scenario import Scenario

NOT_MET = 1


def options(*options: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return add


draws = click.option(
    "--draws", type=int, default=65_536, show_default=True, help="Number of futures to simulate."
)
sampler = click.option(
    "--sampler",
    type=click.Choice(["qmc", "mc"]),
    default="qmc",
    show_default=True,
    help="Points that fill the cube evenly (32 replicates of 2^k), or plain Monte Carlo.",
)
integrate = click.option(
    "--integrate/--no-integrate",
    default=True,
    show_default=True,
    help="Whether the chance is averaged from conditional probabilities, or counted in hits.",
)
fewer_draws = click.option(
    "--draws",
    type=int,
    default=16_384,
    show_default=True,
    help="Number of futures, simulated again and again.",
)
candidate = click.option(
    "--candidate", metavar="NAME", help="Whom it is about; unsaid, the one that the verdict speaks of last."
)
seed = click.option("--seed", type=int, default=1, show_default=True, help="Same seed, same numbers.")
overrides = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    help="Set a key, e.g. workload.calls_per_month='2M to 4M'; may be repeated.",
)
horizon = click.option("--horizon", type=int, help="Months that count, instead of the scenario's own.")
force = click.option("--force", is_flag=True, help="Replace files that exist.")
models = click.option(
    "--model", "models", multiple=True, metavar="MODEL", help="Only calls to it; may be repeated."
)
as_json = click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")

of_a_run = options(draws, seed, horizon, overrides)
"""Which futures, of which scenario."""

of_a_search = options(candidate, fewer_draws, seed, horizon, overrides, as_json)
"""The same where a candidate's futures are simulated again and again, and how the answer is printed."""


class Reader:
    """Reads scenarios by the names that a command was given: files, or what is put in their place."""

    def load(self, name: str, *, set: Sequence[str]) -> Scenario:
        """The scenario of this name, with overrides."""
        from mcost.scenario import load

        return load(name, set=set)

    def called(self, name: str) -> str:
        """What the scenario is called, without its folder."""
        return Path(name).name


def _reader() -> Reader:
    return click.get_current_context().find_object(Reader) or Reader()


def load_scenario(scenario: str, overrides: tuple[str, ...], horizon: int | None) -> Scenario:
    return _reader().load(scenario, set=all_overrides(overrides, horizon))


def all_overrides(overrides: tuple[str, ...], horizon: int | None) -> tuple[str, ...]:
    """Those of ``--set``, and the one that ``--horizon`` is."""
    return overrides if horizon is None else (*overrides, f"horizon_months={horizon}")


def called(scenario: str) -> str:
    """A scenario as the user named it, but for its folder."""
    return _reader().called(scenario)


def probability(said: str, written: str) -> float:
    """``0.6`` or ``60%``; said : the option, as it is named in an error."""
    from mcost.errors import NotationError, shown
    from mcost.uncertain import Quantity, read

    try:
        law = read(written, Quantity("share", "fraction"))
    except NotationError as error:
        raise McostError(f"{said}: {error}") from None
    if not law.certain:
        raise McostError(f"{said}: found {shown(written)}; expected one probability, such as 0.6")
    return law.mean()


def day(said: str, written: str) -> date:
    """said : the option, as it is named in an error."""
    from mcost.errors import shown

    try:
        return date.fromisoformat(written)
    except ValueError:
        raise McostError(f"{said}: found {shown(written)}; expected a date, such as 2026-12-01") from None


PATIENCE = 1.0
"""Seconds of silence before it is told that something goes on."""


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Tells on a terminal's standard error, after a second, that there is work, and how much of it is done.

    Gives what is called with the number done and the number planned.
    """
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda done, planned: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    shown = Progress(*columns, console=Console(stderr=True), transient=True)
    task = shown.add_task(what, total=None)
    later = threading.Timer(PATIENCE, shown.start)
    later.daemon = True
    later.start()

    def tell(done: int, planned: int) -> None:
        shown.update(task, completed=done, total=planned, description=f"{done:,} of {planned:,} {what}")

    try:
        yield tell
    finally:
        later.cancel()
        later.join()
        if shown.live.is_started:
            shown.stop()


def print_json(data: object) -> None:
    import json

    click.echo(json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False))


def print_report(report: Verdict) -> None:
    """With colour and to the terminal's width on a terminal, else as plain text."""
    if sys.stdout.isatty():
        from mcost.report.terminal import show

        show(report)
    else:
        from mcost.report.plain import plain

        click.echo(plain(report))


def print_page(page: Page) -> None:
    """At the terminal's width, 100 at most; at 100 where there is none."""
    from mcost.report.lookup import WIDTH, plain

    width = min(WIDTH, shutil.get_terminal_size().columns) if sys.stdout.isatty() else WIDTH
    click.echo(plain(page, width))


def print_table(table: Table) -> None:
    if sys.stdout.isatty():
        from rich.console import Console

        from mcost.report.terminal import show_table

        show_table(table, Console(highlight=False))
    else:
        from mcost.report.plain import table as plain_table

        click.echo(plain_table(table))
