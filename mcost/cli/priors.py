"""``mcost priors``: the catalogue of sourced priors, or one of them in full."""

from __future__ import annotations

from datetime import date

import click

from mcost.cli import common
from mcost.version import VERSION


@click.command("priors", epilog="Example: mcost priors engineering.setup_hours")
@click.argument("name", required=False)
@click.option(
    "--grade", type=click.Choice(["measured", "elicited", "weak"]), help="Only priors of this grade."
)
@click.option("--for", "key", metavar="KEY", help="Only priors that fit a scenario key, e.g. setup_hours.")
@common.options(common.as_json)
def command(name: str | None, grade: str | None, key: str | None, as_json: bool) -> None:
    """The catalogue of sourced priors; with NAME, one of them in full.

    A scenario takes one by { prior = "NAME" }. Each has a source, the day it was checked, and a grade:
    measured, elicited or weak.
    """
    from mcost.report.priors import find_prior, prior_facts, prior_page, priors, priors_page

    if name is not None and (grade or key):
        raise click.UsageError("NAME shows one prior; --grade and --for choose from the list")
    found = priors(grade, key) if name is None else [find_prior(name)]
    today = date.today()
    if as_json:
        common.print_json({"mcost": VERSION, "priors": [prior_facts(entry, today) for entry in found]})
    else:
        page = priors_page(found) if name is None else prior_page(found[0], today)
        common.print_page(page)
