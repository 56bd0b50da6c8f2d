"""``mcost init``: a first scenario from six questions."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn, TypeVar

import click

from mcost import drafting, questions, tunable, whole_files
from mcost.calendar_months import first_day
from mcost.cli import common
from mcost.errors import McostError

_T = TypeVar("_T")
_NOTHING: Mapping[str, str] = MappingProxyType({})


@click.command("init", epilog="Example: mcost init mcost.toml --yes")
@click.argument("file", default="mcost.toml")
@click.option("--yes", is_flag=True, help="Ask nothing: take every default.")
@click.option(
    "--from-log",
    "logs",
    multiple=True,
    metavar="LOG",
    help="Measure what a usage export tells; may be repeated.",
)
@click.option("--model", "models", multiple=True, metavar="MODEL", help="Of the log, only calls to it.")
@common.options(common.force)
def command(file: str, yes: bool, logs: tuple[str, ...], models: tuple[str, ...], force: bool) -> None:
    """Write a first scenario to FILE (mcost.toml), from six questions.

    What is not asked comes from the catalogue of priors, each line with its range. With --from-log, what the
    log tells is not asked, and goes to a file of priors beside FILE. The scenario runs as it stands.
    """
    if models and not logs:
        raise click.UsageError("--model chooses from a log: it goes with --from-log")
    path = Path(file)
    whole_files.check([path], replace=force)
    if logs:
        _from_log(path, file, yes, logs, models, force)
        return
    draft = drafting.draft(_answers(_Asking(yes), first_day(date.today(), 2)))
    drafting.prove(draft)
    whole_files.write_whole(path, draft.text.encode(), replace=force)
    _told(draft, file)


def _from_log(
    path: Path, file: str, yes: bool, logs: tuple[str, ...], models: tuple[str, ...], force: bool
) -> None:
    from mcost.usage import observed, priors_file
    from mcost.usage.daily import read_log
    from mcost.usage.estimates import findings

    beside = path.with_name(f"{path.stem}.priors.toml")
    whole_files.check([beside], replace=force)
    with common.progress("MiB read") as progress:
        log = read_log([Path(name) for name in logs], models, progress)
    found = findings(log)
    asked = _answers(_Asking(yes), first_day(date.today(), 2), observed.defaults(found))
    found = findings(log, questions.middle("prompt_tokens", asked.prompt_tokens))
    asked = replace(asked, observed=observed.inputs(found))
    drafting.prove(drafting.draft(asked))
    draft = drafting.draft(replace(asked, priors_file=beside.name))
    measured = priors_file.text(found, date.today())
    whole_files.write_all({beside: measured.encode(), path: draft.text.encode()}, replace=force)
    click.echo(f"Wrote {beside}: {len(found.found)} measured inputs.", err=True)
    _told(draft, file)


def _told(draft: drafting.Draft, file: str) -> None:
    for note in draft.notes:
        click.echo(f"Note: {note}", err=True)
    click.echo(f"Wrote {file}. Next: mcost run {shlex.quote(file)}")


class _Asking:
    """Asks on standard error, again with the reason where an answer cannot be read; or takes the defaults."""

    def __init__(self, yes: bool) -> None:
        self.yes = yes
        if not yes:
            click.echo('Six questions. A range goes from low to high, such as "80k to 120k"; one', err=True)
            click.echo("number is certain. Enter takes what stands in brackets.\n", err=True)

    def __call__(self, number: int, ask: str, default: str, read: Callable[[str], _T]) -> _T:
        while True:
            text = default if self.yes else self._line(f"{number}/6  {ask} [{default}]: ", number)
            try:
                return read(text or default)
            except McostError as error:
                if self.yes:
                    raise
                click.echo(f"     {error}", err=True)

    def _line(self, prompt: str, number: int) -> str:
        click.echo(prompt, nl=False, err=True)
        try:
            return input().strip()
        except EOFError:
            self._ended(number)
        except UnicodeDecodeError:
            return "\N{REPLACEMENT CHARACTER}"

    def _ended(self, number: int) -> NoReturn:
        click.echo(err=True)
        raise McostError(
            f"found no answer to question {number} of 6; expected a terminal, or --yes for the defaults"
        )


def _answers(ask: _Asking, start: date, log: Mapping[str, str] = _NOTHING) -> questions.Answers:
    """The six questions; hours that are left at their default are the catalogue's own prior.

    log : defaults from a log, ``"prompt_tokens"`` and ``"model"``, and ``"calls"``, which then is not asked.
    """

    def quantity(number: int, name: str) -> str:
        question = questions.QUESTIONS[name]
        default = log.get(name, question.default)
        return ask(number, question.ask, default, lambda s: s if s == default else questions.checked(name, s))

    def hours(number: int, name: str) -> str | None:
        text = quantity(number, name)
        return None if text == questions.QUESTIONS[name].default else text

    calls = log["calls"] if "calls" in log else quantity(1, "calls")
    prompt_tokens, tuned_tokens = quantity(2, "prompt_tokens"), quantity(2, "tuned_tokens")
    model = log.get("model", questions.DEFAULT_MODEL)
    today = ask(3, "Model today", model, lambda s: tunable.serving(s, start))
    chosen, reason = tunable.to_tune(today, start, questions.HORIZON)
    if reason and not ask.yes:
        click.echo(f"     {reason}", err=True)
    tune = ask(3, "Model to tune", chosen, lambda s: tunable.trainable(s, start))
    return questions.Answers(
        calls=calls,
        prompt_tokens=prompt_tokens,
        tuned_tokens=tuned_tokens,
        model=today.model,
        tune=tune.model,
        start=start,
        setup_hours=hours(4, "setup_hours"),
        hours_per_month=hours(5, "hours_per_month"),
        credibility=ask(
            6,
            "How sure are you? Of 100 such ranges, how many would hold the truth?",
            f"{100 * questions.CREDIBILITY:g}",
            questions.checked_credibility,
        ),
    )
