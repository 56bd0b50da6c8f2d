"""``mcost schema``: the JSON Schema of scenario files."""

from __future__ import annotations

import click

from mcost.cli import common


@click.command("schema", epilog="Example: mcost schema > mcost.schema.json")
def command() -> None:
    """The JSON Schema of scenario files, for an editor that completes and checks as you type.

    Save it beside a scenario, and name it in the scenario's first line: #:schema ./mcost.schema.json
    """
    from mcost.json_schema import scenario_schema

    common.print_json(scenario_schema())
