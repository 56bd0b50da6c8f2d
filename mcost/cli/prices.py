"""``mcost prices``: what is known of a model's prices, with the source of each number."""

from __future__ import annotations

import click

from mcost.cli import common
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
    from mcost.report.prices import prices_data, prices_page

    on = None if day is None else common.day("--on", day)
    if as_json:
        common.print_json({"mcost": VERSION, **prices_data(model, on)})
    else:
        common.print_page(prices_page(model, on))
