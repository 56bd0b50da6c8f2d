"""``mcost run``: the verdict on a scenario."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

import click

from mcost.cli import common, recorded
from mcost.errors import McostError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mcost.answer import Answer
    from mcost.nets import Sampler
    from mcost.scenario import Scenario
    from mcost.uncertain import Prior


@click.command("run", epilog="Example: mcost run contested --horizon 36 --require 0.3")
@click.argument("scenario")
@common.options(common.of_a_run, common.sampler, common.integrate)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "slack", "json"]),
    default="text",
    show_default=True,
    help="markdown for a page, slack for a thread, json for a program.",
)
@common.options(common.as_json)
@click.option(
    "--require",
    "required",
    multiple=True,
    metavar="P",
    help="Exit with 1 where P(pays off) of the headline is below P; NAME=P for a candidate by name.",
)
@click.option(
    "--credibility",
    "held",
    default="60%",
    show_default=True,
    metavar="SHARE",
    help="What share the stated ranges may hold in truth, for the line on how sure the answer is.",
)
@click.option(
    "--fill",
    is_flag=True,
    help="Take the catalogue's prior for whatever a tuned strategy leaves out; P is shown both ways.",
)
def command(
    scenario: str,
    draws: int,
    seed: int,
    horizon: int | None,
    overrides: tuple[str, ...],
    sampler: Sampler,
    integrate: bool,
    form: str,
    as_json: bool,
    required: tuple[str, ...],
    held: str,
    fill: bool,
) -> None:
    """The verdict on SCENARIO: a file, or the name of a shipped scenario.

    Simulates every strategy over the same futures; says with what probability each pays off within the
    horizon, what it saves or costs, when, and where the money goes.
    """
    from mcost.answer import run as answer_of

    if as_json and form not in ("text", "json"):
        raise McostError(f"--json: found beside --format {form}; expected one or the other")
    built = common.load_scenario(scenario, overrides, horizon)
    demands = [_demand(text, built) for text in required]
    share = common.probability(f"--credibility {held}", held)
    if not 0.01 <= share <= 0.999:
        raise McostError(f"--credibility {held}: expected a share from 1% to 99.9%")
    simulated = partial(answer_of, draws=draws, seed=seed, sampler=sampler, integrate=integrate, held=share)
    with common.progress("futures") as progress:
        as_written = simulated(built, progress=progress)
    answer, added = _filled(built, simulated) if fill else (as_written, ())
    if as_json or form == "json":
        both = {"as_written": as_written.to_dict(), "filled": [prior.name for prior in added]} if fill else {}
        recorded.print_answer(answer.to_dict() | both, answer, built, sampler=sampler)
    elif form != "text":
        click.echo(_block(form, as_written, answer, added if fill else None))
    else:
        from mcost.report.verdict import verdict

        if fill:
            _print_filled(as_written, answer, added)
        common.print_report(verdict(answer))
    missed = [said for demand in demands if (said := _missed(answer, *demand))]
    for said in missed:
        click.echo(f"not met: {said}", err=True)
    if missed:
        sys.exit(common.NOT_MET)


def _demand(text: str, scenario: Scenario) -> tuple[str | None, float]:
    """``0.6``, ``60%`` or ``fine_tune=0.6`` as candidate (None: the headline) and probability."""
    from mcost.errors import nearest

    name, equals, written = text.rpartition("=")
    if equals and name not in scenario.candidates:
        raise McostError(f"--require {text}: no such candidate{nearest(name, scenario.candidates)}")
    if not scenario.candidates:
        raise McostError(f"--require {text}: the scenario has no candidate, only its baseline")
    return name or None, common.probability(f"--require {text}", written)


def _filled(built: Scenario, simulated: Callable[[Scenario], Answer]) -> tuple[Answer, tuple[Prior, ...]]:
    from mcost.filling import filled

    whole, added = filled(built)
    return simulated(whole), added


def _missed(answer: Answer, name: str | None, least: float) -> str | None:
    from mcost.estimate import MARGIN

    name = name or answer.headline
    assert name is not None
    found = answer.candidates[name].pays_off
    if found.probability >= least:
        return None
    margin = MARGIN * found.standard_error
    return f"{name} pays off in {found.probability:.4g} ± {margin:.2g} of futures, below {least:g}"


def _block(form: str, as_written: Answer, answer: Answer, added: tuple[Prior, ...] | None) -> str:
    """The verdict, ready to paste. added : what --fill put in; None without it."""
    from dataclasses import replace

    from mcost.report.filled import filled_in
    from mcost.report.markdown import block
    from mcost.report.slack import slack
    from mcost.report.verdict import verdict

    said = verdict(answer)
    if added is not None:
        said = replace(said, paragraphs=(filled_in(as_written, answer, added), *said.paragraphs))
    return slack(said) if form == "slack" else block(said)


def _print_filled(as_written: Answer, filled: Answer, added: tuple[Prior, ...]) -> None:
    from mcost.report.filled import filled_in
    from mcost.report.plain import paragraphs

    click.echo(paragraphs([filled_in(as_written, filled, added)]) + "\n")
