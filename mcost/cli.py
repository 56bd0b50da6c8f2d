"""The command line: parses, calls one function, prints. The only printer and exiter."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mcost.errors import McostError
from mcost.version import VERSION

if TYPE_CHECKING:
    from mcost.answer import Answer
    from mcost.report.verdict import Table
    from mcost.scenario import Scenario

NOT_MET = 1
WRONG = 2


def main() -> None:
    """Run the command line; every mistake of the user's is one ``error:`` and exit code 2."""
    try:
        cli(prog_name="mcost")
    except McostError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(WRONG)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: mcost run contested",
)
@click.version_option(VERSION, "--version", prog_name="mcost")
def cli() -> None:
    """The chance that fine-tuning a model pays off, against prompting it better."""


def _options(*options: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return add


_draws = click.option(
    "--draws", type=int, default=65_536, show_default=True, help="Number of futures to simulate."
)
_seed = click.option("--seed", type=int, default=1, show_default=True, help="Same seed, same numbers.")
_set = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    help="Set a key, e.g. workload.calls_per_month='2M to 4M'; may be repeated.",
)
_horizon = click.option("--horizon", type=int, help="Months that count, instead of the scenario's own.")
_json = click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")


@cli.command(epilog="Example: mcost run contested --horizon 36 --require 0.3")
@click.argument("scenario")
@_options(_draws, _seed, _horizon, _set, _json)
@click.option(
    "--require",
    "required",
    multiple=True,
    metavar="P",
    help="Exit with 1 where P(pays off) of the headline is below P; NAME=P for a candidate by name.",
)
def run(
    scenario: str,
    draws: int,
    seed: int,
    horizon: int | None,
    overrides: tuple[str, ...],
    as_json: bool,
    required: tuple[str, ...],
) -> None:
    """The verdict on SCENARIO: a file, or the name of a shipped scenario.

    Simulates every strategy over the same futures; says with what probability each pays off within the
    horizon, what it saves or costs, when, and where the money goes.
    """
    from mcost.answer import run as answer_of

    built = _load(scenario, overrides, horizon)
    demands = [_demand(text, built) for text in required]
    answer = answer_of(built, draws, seed)
    if as_json:
        _print_json(answer.to_dict())
    else:
        _print_verdict(answer)
    missed = [said for demand in demands if (said := _missed(answer, *demand))]
    for said in missed:
        click.echo(f"not met: {said}", err=True)
    if missed:
        sys.exit(NOT_MET)


@cli.command(epilog="Example: mcost check contested")
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@_options(_draws, _seed, _horizon, _set, _json)
def check(
    scenarios: tuple[str, ...],
    draws: int,
    seed: int,
    horizon: int | None,
    overrides: tuple[str, ...],
    as_json: bool,
) -> None:
    """Whether each SCENARIO is valid, how its inputs were read, and whether its [expect] holds.

    A folder stands for every scenario file in it. Exits with 2 where a file is wrong, with 1 where an
    [expect] does not hold.
    """
    from mcost.checks import call_costs, input_rows

    results, failed, wrong = [], False, False
    for name in _files(scenarios):
        try:
            built = _load(name, overrides, horizon)
            held = _expectations(built, draws, seed) if built.expect else []
        except McostError as error:
            click.echo(f"error: {error}", err=True)
            wrong = True
            continue
        failed |= not all(line.holds for line in held)
        if as_json:
            calls = {s: {"call_usd": c, "month_1_usd": m} for s, (c, m) in call_costs(built).items()}
            results.append(
                {
                    "scenario": {"title": built.title, "file": built.file, "sha256": built.sha256},
                    "inputs": input_rows(built),
                    "tokens": calls,
                    "expect": [vars(line) for line in held],
                }
            )
        else:
            _print_check(name, built, held, whole=len(scenarios) == 1 and not Path(name).is_dir())
    if as_json:
        _print_json({"mcost": VERSION, "checked": results})
    if wrong or failed:
        sys.exit(WRONG if wrong else NOT_MET)


# --- reading ----------------------------------------------------------------------------------------------


def _load(scenario: str, overrides: tuple[str, ...], horizon: int | None) -> Scenario:
    from mcost.scenario import load

    extra = () if horizon is None else (f"horizon_months={horizon}",)
    return load(scenario, set=(*overrides, *extra))


def _files(names: tuple[str, ...]) -> list[str]:
    """Every scenario named; a folder stands for the files in it."""
    files = []
    for name in names:
        if not Path(name).is_dir():
            files.append(name)
            continue
        inside = sorted(str(file) for file in Path(name).glob("*.toml"))
        if not inside:
            raise McostError(f"{name}: found no scenario file (*.toml) in this folder")
        files += inside
    return files


def _demand(text: str, scenario: Scenario) -> tuple[str | None, float]:
    """``0.6``, ``60%`` or ``fine_tune=0.6`` as candidate (None: the headline) and probability."""
    from mcost.errors import NotationError, nearest, shown
    from mcost.uncertain import Quantity, read

    name, equals, written = text.rpartition("=")
    if equals and name not in scenario.candidates:
        raise McostError(f"--require {text}: no such candidate{nearest(name, scenario.candidates)}")
    if not scenario.candidates:
        raise McostError(f"--require {text}: the scenario has no candidate, only its baseline")
    try:
        law = read(written, Quantity("share", "fraction"))
    except NotationError as error:
        raise McostError(f"--require {text}: {error}") from None
    if not law.certain:
        raise McostError(f"--require {text}: found {shown(written)}; expected one probability, such as 0.6")
    return name or None, law.mean()


def _missed(answer: Answer, name: str | None, least: float) -> str | None:
    name = name or answer.headline
    assert name is not None
    found = answer.candidates[name].pays_off
    if found.probability >= least:
        return None
    margin = 1.96 * found.standard_error
    return f"{name} pays off in {found.probability:.4g} ± {margin:.2g} of futures, below {least:g}"


# --- printing ---------------------------------------------------------------------------------------------


def _print_json(data: object) -> None:
    import json

    click.echo(json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False))


def _print_verdict(answer: Answer) -> None:
    from mcost.report.verdict import verdict

    if sys.stdout.isatty():
        from mcost.report.terminal import show

        show(verdict(answer))
    else:
        click.echo(str(answer))


def _print_table(table: Table) -> None:
    if sys.stdout.isatty():
        from rich.console import Console

        from mcost.report.terminal import show_table

        show_table(table, Console(highlight=False))
    else:
        from mcost.report.plain import table as plain_table

        click.echo(plain_table(table))


def _expectations(scenario: Scenario, draws: int, seed: int) -> list[Any]:
    from mcost.answer import run as answer_of
    from mcost.checks import expectations

    return expectations(scenario, answer_of(scenario, draws, seed))


def _print_check(name: str, scenario: Scenario, held: list[Any], whole: bool) -> None:
    from mcost.report.inputs import a_call, inputs

    holds = sum(line.holds for line in held)
    kept = f"{holds} of {len(held)} expectations hold" if held else "expects nothing"
    click.echo(
        f"{name}: valid; {len(scenario.inputs)} inputs, {len(scenario.strategies)} strategies, "
        f"{scenario.horizon_months} months; {kept}"
    )
    for line in held:
        if whole or not line.holds:
            mark = "holds" if line.holds else "FAILS"
            click.echo(f"  {mark}  {line.key}: expected {line.expected}, found {line.found}")
    if whole:
        for table in (inputs(scenario), a_call(scenario)):
            click.echo()
            _print_table(table)
