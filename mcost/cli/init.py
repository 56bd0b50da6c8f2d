"""``mcost init``: a first scenario from six questions."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NoReturn, TypeVar

import click

from mcost import drafting
from mcost.errors import McostError

_T = TypeVar("_T")


@click.command("init", epilog="Example: mcost init mcost.toml --yes")
@click.argument("file", default="mcost.toml")
@click.option("--yes", is_flag=True, help="Ask nothing: take every default.")
def command(file: str, yes: bool) -> None:
    """Write a first scenario to FILE (mcost.toml), from six questions.

    What is not asked comes from the catalogue of priors, each line with its range. The scenario runs as it
    stands. A file that exists is never overwritten.
    """
    path = Path(file)
    drafting.refuse(path)
    draft = drafting.draft(_answers(_Asking(yes), _next_month(date.today())))
    drafting.prove(draft)
    drafting.save(draft.text, path)
    for note in draft.notes:
        click.echo(f"Note: {note}", err=True)
    click.echo(f"Wrote {file}. Next: mcost run {shlex.quote(file)}")


def _next_month(today: date) -> date:
    return date(today.year + today.month // 12, today.month % 12 + 1, 1)


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


def _answers(ask: _Asking, start: date) -> drafting.Answers:
    """The six questions; hours that are left at their default are the catalogue's own prior."""

    def quantity(number: int, name: str) -> str:
        question = drafting.QUESTIONS[name]
        default = question.default
        return ask(number, question.ask, default, lambda s: s if s == default else drafting.checked(name, s))

    def hours(number: int, name: str) -> str | None:
        text = quantity(number, name)
        return None if text == drafting.QUESTIONS[name].default else text

    calls = quantity(1, "calls")
    prompt_tokens, tuned_tokens = quantity(2, "prompt_tokens"), quantity(2, "tuned_tokens")
    today = ask(3, "Model today", drafting.DEFAULT_MODEL, lambda s: drafting.serving(s, start))
    chosen, reason = drafting.to_tune(today, start, drafting.HORIZON)
    if reason and not ask.yes:
        click.echo(f"     {reason}", err=True)
    tune = ask(3, "Model to tune", chosen, lambda s: drafting.trainable(s, start))
    return drafting.Answers(
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
            f"{100 * drafting.CREDIBILITY:g}",
            drafting.checked_credibility,
        ),
    )
