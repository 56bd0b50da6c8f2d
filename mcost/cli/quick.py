"""``mcost quick``: a verdict without a file, the rest from the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mcost import drafting, questions, whole_files
from mcost.cli import common, recorded
from mcost.errors import McostError, NotationError

if TYPE_CHECKING:
    from mcost.drafting import Draft

_RANGE = "A range such as '80k to 120k', or one number."


@click.command(
    "quick",
    epilog="Example: mcost quick --calls 100k --model openai/gpt-4o-mini --prompt 3000 --after 500",
)
@click.option("--calls", required=True, metavar="RANGE", help=f"Calls a month. {_RANGE}")
@click.option("--model", required=True, help="The model that is prompted today.")
@click.option("--prompt", "prompt_tokens", required=True, metavar="RANGE", help="Tokens of its prompt.")
@click.option("--after", "tuned_tokens", required=True, metavar="RANGE", help="Those left after tuning.")
@click.option("--tune", metavar="MODEL", help="The model to tune; unsaid, one that lasts to the horizon.")
@click.option("--hours", "setup_hours", metavar="RANGE", help="Hours to set it up; unsaid, 20 to 40.")
@click.option("--upkeep", "hours_per_month", metavar="RANGE", help="Hours a month after; unsaid, 5 to 10.")
@click.option(
    "--horizon", type=click.IntRange(1, 600), default=questions.HORIZON, show_default=True, help="Months."
)
@click.option("--start", metavar="DATE", help="Month 1; unsaid, the newest day of the price table.")
@click.option("--save", metavar="FILE", help="Write the scenario to a file too.")
@common.options(common.force, common.draws, common.seed, common.as_json)
def command(
    calls: str,
    model: str,
    prompt_tokens: str,
    tuned_tokens: str,
    tune: str | None,
    setup_hours: str | None,
    hours_per_month: str | None,
    horizon: int,
    start: str | None,
    save: str | None,
    force: bool,
    draws: int,
    seed: int,
    as_json: bool,
) -> None:
    """A verdict on tuning against prompting, without a scenario file.

    What is not said comes from the catalogue of priors, and is listed. The same answers give the same
    numbers: no clock is read.
    """
    from mcost.answer import run as answer_of
    from mcost.price_table import newest_date
    from mcost.scenario import load

    if save is not None:
        whole_files.check([Path(save)], replace=force)
    begins = newest_date() if start is None else common.day("--start", start)
    draft = drafting.draft(
        questions.Answers(
            calls=_checked("calls", "--calls", calls),
            prompt_tokens=_checked("prompt_tokens", "--prompt", prompt_tokens),
            tuned_tokens=_checked("tuned_tokens", "--after", tuned_tokens),
            model=model,
            tune=tune,
            start=begins,
            setup_hours=setup_hours and _checked("setup_hours", "--hours", setup_hours),
            hours_per_month=hours_per_month and _checked("hours_per_month", "--upkeep", hours_per_month),
            horizon_months=horizon,
        )
    )
    answer = answer_of(load(draft.data), draws, seed)
    if as_json:
        assumed = {"assumed": drafting.assumed_rows(draft), "notes": draft.notes}
        recorded.print_answer(answer.to_dict() | assumed, answer, answer.scenario, start=str(begins))
    else:
        from mcost.report.verdict import verdict

        _print_assumed(draft)
        common.print_report(verdict(answer))
    if save is not None:
        whole_files.write_whole(Path(save), draft.text.encode(), replace=force)
        click.echo(f"Wrote {save}.", err=True)


def _checked(name: str, option: str, text: str) -> str:
    try:
        return questions.checked(name, text)
    except NotationError as error:
        raise McostError(f"{option}: {error}") from None


def _print_assumed(draft: Draft) -> None:
    from mcost.report.priors import assumed_page

    rows = [(a.key, a.entry) for a in draft.assumed]
    common.print_page(assumed_page(rows, draft.settled, draft.notes))
    click.echo()
