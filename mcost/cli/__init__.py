"""The command line: a command parses, calls one function, prints. The only printers and exiters."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from mcost.errors import McostError
from mcost.version import VERSION

WRONG = 2

COMMANDS = {
    "run": "the verdict on a scenario",
    "schema": "the JSON Schema of scenario files",
    "check": "whether scenarios are valid, how they were read, and whether their verdict holds",
    "init": "a first scenario, from six questions",
    "fit": "priors from usage logs, or what a change did",
    "review": "what was forecast against what happened, and the advice now",
    "quick": "a verdict without a file, the rest from the catalogue",
    "priors": "the catalogue of sourced priors, or one of them",
    "prices": "what is known of a model's prices",
    "why": "what drives the answer, and what is worth finding out",
    "need": "what it would take: the value of each input at which the verdict tips",
    "map": "two inputs against the chance that it pays off",
    "figures": "pictures of the answer for a document or a slide",
    "report": "a decision memo as HTML, Markdown, Word or PowerPoint",
    "compare": "scenarios, or variants of one, on common draws; what its choices are worth",
}


class _Commands(click.Group):
    """Commands live in a module of their own name, loaded when one is called or shown."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command = import_module(f"mcost.cli.{name}").command
        assert isinstance(command, click.Command)
        return command


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: mcost run contested",
)
@click.version_option(VERSION, "--version", prog_name="mcost")
def cli() -> None:
    """The chance that fine-tuning a model pays off, against prompting it better."""


def main() -> None:
    """Run the command line; every mistake of the user's is one ``error:`` and exit code 2."""
    try:
        cli(prog_name="mcost")
    except McostError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(WRONG)
