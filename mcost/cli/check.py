"""``mcost check``: whether scenarios are valid, how they were read, and whether their verdict holds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from mcost.cli import WRONG, common, recorded
from mcost.errors import McostError
from mcost.version import VERSION

if TYPE_CHECKING:
    from mcost.answer import Answer
    from mcost.scenario import Scenario


class Futures(NamedTuple):
    """Of every scenario that is held to an [expect]."""

    draws: int
    seed: int


@click.command("check", epilog="Example: mcost check contested")
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@common.options(common.of_a_run, common.as_json)
def command(
    scenarios: tuple[str, ...],
    draws: int,
    seed: int,
    horizon: int | None,
    overrides: tuple[str, ...],
    as_json: bool,
) -> None:
    """Whether each SCENARIO is valid, how its inputs were read, and whether its [expect] holds.

    A folder stands for every scenario file in it. Exits with 2 where a file is wrong, with 1 where an
    [expect] does not hold. A scenario that --set or --horizon changes is not held to its [expect].
    """
    from mcost.answer import run as answer_of
    from mcost.checks import call_costs, correlated, expectations, input_rows
    from mcost.doubts import doubts

    results, failed, wrong = [], False, False
    valid: dict[str, Scenario] = {}
    files = _files(scenarios)
    changed = bool(overrides) or horizon is not None
    for name in files:
        try:
            built = common.load_scenario(name, overrides, horizon)
            judged = built.expect is not None and not changed
            answer = answer_of(built, draws, seed) if judged or len(files) == 1 else None
            held = expectations(built, answer) if judged and answer is not None else []
        except McostError as error:
            click.echo(f"error: {error}", err=True)
            wrong = True
            continue
        valid[name] = built
        failed |= not all(line.holds for line in held)
        if as_json:
            calls = {s: {"call_usd": c, "month_1_usd": m} for s, (c, m) in call_costs(built).items()}
            results.append(
                {
                    "scenario": built.identity,
                    "inputs": input_rows(built),
                    "correlations": [vars(pair) for pair in correlated(built)],
                    "tokens": calls,
                    "questions": [vars(doubt) for doubt in doubts(built)],
                    "expect": [vars(line) for line in held],
                }
            )
        else:
            _print_check(name, built, held, answer if len(files) == 1 else None)
    if as_json:
        data = {"mcost": VERSION, "checked": results}
        recorded.print_answer(data, Futures(draws, seed), *valid.values(), names=[*valid])
    if wrong or failed:
        sys.exit(WRONG if wrong else common.NOT_MET)


def _files(names: tuple[str, ...]) -> list[str]:
    """Every scenario named; a folder stands for the files in it, but for those of priors."""
    from mcost.catalogue import holds_priors

    files = []
    for name in names:
        if not Path(name).is_dir():
            files.append(name)
            continue
        inside = sorted(str(file) for file in Path(name).glob("*.toml") if not holds_priors(file))
        if not inside:
            raise McostError(f"{name}: found no scenario file (*.toml) in this folder")
        files += inside
    return files


def _print_check(name: str, scenario: Scenario, held: list[Any], answer: Answer | None) -> None:
    """One line a scenario; with an answer, all that was read and what may be questioned."""
    from mcost.report.conditions import judged_conditions
    from mcost.report.inputs import a_call, correlations, inputs, questions
    from mcost.report.plain import paragraphs

    holds = sum(line.holds for line in held)
    kept = f"{holds} of {len(held)} expectations hold" if held else "held to no expectation"
    months = scenario.horizon_months
    click.echo(
        f"{name}: valid; {len(scenario.inputs)} inputs, {len(scenario.strategies)} strategies, "
        f"{months} {'month' if months == 1 else 'months'}; {kept}"
    )
    for line in held:
        if answer is not None or not line.holds:
            mark = "holds" if line.holds else "FAILS"
            click.echo(f"  {mark}  {line.key}: expected {line.expected}, found {line.found}")
    if answer is None:
        return
    for table in (inputs(scenario), correlations(scenario), a_call(scenario)):
        if table is not None:
            click.echo()
            common.print_table(table)
    said = [p for p in (judged_conditions(answer), questions(scenario)) if p.sentences]
    if said:
        click.echo("\n" + paragraphs(said))
