"""What several commands share: their options, and how they read and print."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click

from mcost.errors import McostError

if TYPE_CHECKING:
    from mcost.report.layout import Table, Verdict
    from mcost.report.lookup import Page
    from mcost.scenario import Scenario
    from mcost.source import Beside

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


class OfScenario(click.types.StringParamType):
    """An option that names a scenario, beside those that a command is about."""

    name = "scenario"


class Given(click.types.StringParamType):
    """A file, or a folder of scenarios, that is read. kept : whether a manifest may hold what is in it."""

    name = "file"

    def __init__(self, kept: bool) -> None:
        self.kept = kept


OF_SCENARIO = OfScenario()
GIVEN = Given(kept=True)
LOG = Given(kept=False)
"""What a log holds is nobody's but its owner's: a manifest tells its hash."""

FOLDER = "scenarios"
"""What a manifest calls a folder of scenarios, whatever its name was."""

NOT_RECORDED = (
    "address",
    "as_json",
    "force",
    "form",
    "inputs",
    "out",
    "output",
    "save",
    "scenario",
    "scenarios",
)
"""Parameters that a manifest does not hold among its options: they say where to, or are held elsewhere."""


class Drawn(Protocol):
    """What was found over futures that were drawn."""

    @property
    def draws(self) -> int: ...

    @property
    def seed(self) -> int: ...


def print_answer(
    data: Mapping[str, Any],
    found: Drawn | None,
    *scenarios: Scenario,
    sampler: str = "qmc",
    names: Sequence[str] | None = None,
    given: Sequence[Beside] | None = None,
    **settled: Any,
) -> None:
    """An answer as JSON, with the manifest that makes it again; without one where a file is read but once.

    found : None where no future was drawn. names : of the scenarios, where they are not the command's own.
    given : the files that it was given, where they are not those that its options name. settled : options
    that were left to it.
    """
    from mcost.manifest import recorded

    made, draws, seed = None, 0, 0
    if found is None:
        sampler = "none"
    else:
        draws, seed = found.draws, found.seed
    files = list(_files_given())
    if given is not None or all(Path(each).is_file() for _, each in files):
        asked_for = asked(**settled) | ({} if names is None else {"called": [called(name) for name in names]})
        rests_on = _besides(files) if given is None else given
        made = recorded(
            scenarios, **asked_for, draws=draws, seed=seed, sampler=sampler, given=rests_on
        ).to_dict()
    print_json({**data, "manifest": made})


def asked(**settled: Any) -> dict[str, Any]:
    """What was asked for, as a manifest holds it: the command, its options, and what it named."""
    context = click.get_current_context()
    given = context.params
    names = given.get("scenarios") or ([given["scenario"]] if "scenario" in given else [])
    options = {name: value for name, value in given.items() if name not in NOT_RECORDED} | settled
    if given.get("inputs"):
        options["inputs"] = given["inputs"]
    for param in context.command.params:
        if param.name in options and isinstance(param.type, Given | OfScenario):
            options[param.name] = _each(options[param.name], _named)
    return {
        "command": context.command.name,
        "options": dict(sorted(options.items())),
        "called": [called(name) for name in names],
    }


def _each(value: Any, change: Callable[[str], str]) -> Any:
    """A value of an option, or every one of several."""
    if value is None:
        return None
    return change(value) if isinstance(value, str) else [change(one) for one in value]


def _named(path: str) -> str:
    return FOLDER if Path(path).is_dir() else called(path)


def _files_given() -> Iterator[tuple[Given, str]]:
    """Every file or folder that the command was given, in the order of the names of its options."""
    context = click.get_current_context()
    for param in sorted(context.command.params, key=lambda param: str(param.name)):
        value = context.params.get(str(param.name))
        if isinstance(param.type, Given) and value is not None:
            yield from ((param.type, each) for each in ([value] if isinstance(value, str) else value))


def _besides(files: Sequence[tuple[Given, str]]) -> list[Beside]:
    """They themselves, as a manifest holds them."""
    from mcost.source import beside

    return [beside(Path(each), called(each), kind.kept) for kind, each in files]


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
