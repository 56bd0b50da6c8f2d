"""``mcost fit``: priors from usage logs, or the effect of a change from a log before and a log after."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mcost.cli import common, recorded
from mcost.errors import McostError, NotationError, shown
from mcost.version import VERSION

if TYPE_CHECKING:
    from mcost.law import Law
    from mcost.scenario import Scenario
    from mcost.usage.finding import Findings


@click.command("fit", epilog="Example: mcost fit usage.csv --model gpt-4o-mini -o priors.toml")
@click.argument("logs", nargs=-1, type=recorded.LOG, metavar="LOG...")
@common.options(common.models)
@click.option(
    "--prompt",
    "prompt_tokens",
    type=click.FloatRange(min=0, min_open=True),
    metavar="TOKENS",
    help="Length of the fixed prompt: parts it from what differs from call to call.",
)
@click.option(
    "--prior",
    "beliefs",
    multiple=True,
    metavar="KEY=VALUE",
    help="What was believed before, e.g. retry_rate='1% to 10%': updated by the log; may be repeated.",
)
@click.option(
    "--decide",
    type=recorded.OF_SCENARIO,
    metavar="SCENARIO",
    help="Whether more days of logs are worth waiting for before SCENARIO is decided, and how many.",
)
@click.option("-o", "--output", metavar="FILE", help="Write the priors to a file.")
@common.options(common.force)
@click.option(
    "--before",
    type=recorded.LOG,
    multiple=True,
    metavar="LOG",
    help="A log from before a change; with --after.",
)
@click.option("--after", type=recorded.LOG, multiple=True, metavar="LOG", help="A log from after it.")
@common.options(common.as_json)
def command(
    logs: tuple[str, ...],
    models: tuple[str, ...],
    prompt_tokens: float | None,
    beliefs: tuple[str, ...],
    decide: str | None,
    output: str | None,
    force: bool,
    before: tuple[str, ...],
    after: tuple[str, ...],
    as_json: bool,
) -> None:
    """Priors from usage logs: what they tell of calls, growth, tokens, cache, retries and errors.

    LOG is an export of OpenAI, Anthropic, LiteLLM, Langfuse, Helicone, OpenTelemetry spans as JSON lines, or
    a CSV with named columns; gzipped or not, of any size. With --before and --after: what a change did.
    """
    compared = bool(before or after)
    if compared and not (before and after):
        raise click.UsageError(
            "--before and --after go together: a log from before the change, one from after"
        )
    if compared and (logs or output or prompt_tokens or beliefs or decide):
        raise click.UsageError(
            "--before and --after compare two logs: no other LOG, no -o, --prompt, --prior or --decide"
        )
    if not compared and not logs:
        raise click.UsageError("found no LOG; expected a usage export, or --before and --after")
    if compared:
        _compare(before, after, models, as_json)
    else:
        _fit(logs, models, prompt_tokens, beliefs, decide, output, force, as_json)


def _fit(
    logs: tuple[str, ...],
    models: tuple[str, ...],
    prompt_tokens: float | None,
    beliefs: tuple[str, ...],
    decide: str | None,
    output: str | None,
    force: bool,
    as_json: bool,
) -> None:
    from mcost import whole_files
    from mcost.report.measured import fit_data, fit_page
    from mcost.usage import priors_file
    from mcost.usage.combining import combined
    from mcost.usage.daily import read_log
    from mcost.usage.estimates import findings

    if output is not None:
        whole_files.check([Path(output)], replace=force)
    scenario = None if decide is None else common.load_scenario(decide, (), None)
    if scenario is not None and prompt_tokens is None:
        from mcost.measured import prompt_of

        prompt_tokens = prompt_of(scenario)
    with common.progress("MiB read") as progress:
        found = findings(read_log([Path(log) for log in logs], models, progress), prompt_tokens)
    found, updates = combined(found, _laws(beliefs, found))
    if output is not None:
        text = priors_file.text(found, date.today())
        whole_files.write_whole(Path(output), text.encode(), replace=force)
    data = {"mcost": VERSION, **fit_data(found, updates)}
    if scenario is None:
        _show(as_json, data, fit_page(found, updates), None)
    else:
        from mcost.observation import observation
        from mcost.report.observation import observed

        worth = observation(scenario, found, beliefs=[update.key for update in updates])
        _show(as_json, data | {"more_days": worth.to_dict()}, fit_page(found, updates), scenario)
        if not as_json:
            click.echo()
            common.print_report(observed(worth))
    if output is not None:
        click.echo(f"Wrote {output}.", err=True)


def _laws(beliefs: tuple[str, ...], found: Findings) -> dict[str, Law]:
    """What was believed before, by key, read as a scenario would read it."""
    from mcost.catalogue import prior
    from mcost.overrides import value_of
    from mcost.uncertain import Quantity, read

    laws = {}
    for belief in beliefs:
        key, equals, written = (part.strip() for part in belief.partition("="))
        if not equals or not written:
            raise McostError(
                f"--prior {shown(belief)[1:-1]}: expected key=value, such as retry_rate='1% to 10%'"
            )
        own = found.found.get(key)
        quantity = Quantity("share", "fraction") if own is None else Quantity(own.unit, own.domain)
        try:
            laws[key] = read(value_of(written), quantity, prior=lambda name: prior(name).law)
        except NotationError as error:
            raise McostError(f"--prior {key}: {error}") from None
    return laws


def _compare(before: tuple[str, ...], after: tuple[str, ...], models: tuple[str, ...], as_json: bool) -> None:
    from mcost.report.measured import effect_data, effect_page
    from mcost.usage.effect import effect

    with common.progress("MiB read") as progress:
        found = effect([Path(log) for log in before], [Path(log) for log in after], models, progress)
    _show(as_json, {"mcost": VERSION, **effect_data(found)}, effect_page(found), None)


def _show(as_json: bool, data: dict[str, Any], page: Any, scenario: Scenario | None) -> None:
    if as_json:
        recorded.print_answer(data, None, *(() if scenario is None else (scenario,)))
    else:
        common.print_page(page)
