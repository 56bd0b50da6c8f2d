"""``mcost prices``: what is known of a model's prices, with the source of each number."""

from __future__ import annotations

from datetime import date

import click

from mcost.cli import common
from mcost.cli.priors import page_width
from mcost.errors import McostError, shown
from mcost.version import VERSION


@click.command("prices", epilog="Example: mcost prices openai/gpt-4o-mini")
@click.argument("model", required=False)
@click.option("--on", "day", metavar="DATE", help="The day whose prices are wanted, e.g. 2026-12-01.")
@common.options(common.as_json)
def command(model: str | None, day: str | None, as_json: bool) -> None:
    """What is known of MODEL: prices, tuned, trained, cached and in a batch, price changes, retirement.

    Without MODEL, the providers; with a provider's name, its models. Nothing is fetched: prices are those
    of the installed price table, as of its newest day or of --on.
    """
    from mcost.report.lookup import plain, prices_data, prices_page

    on = None if day is None else _day(day)
    if as_json:
        common.print_json({"mcost": VERSION, **prices_data(model, on)})
    else:
        click.echo(plain(prices_page(model, on), page_width()))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise McostError(f"--on: found {shown(text)}; expected a date, such as 2026-12-01") from None
