"""The command line: a command parses, calls one function, prints. The only printers and exiters."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from mcost.cli.ending import INTERRUPTED, NOBODY_READS, Stopped, stopped_by_signals, to_nowhere
from mcost.errors import McostError, nearest, shown
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
    "app": "the what-if page: verdict and figures follow as inputs move",
    "rerun": "an exported answer made again: the same bytes, or what differs",
    "compare": "scenarios, or variants of one, on common draws; what its choices are worth",
    "portfolio": "one verdict a row for many scenarios, ranked by what is at stake",
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

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(f"found {shown(args[0])}; no such command{nearest(args[0], COMMANDS)}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # head has seen enough: nothing is wrong
            to_nowhere()
            raise SystemExit(NOBODY_READS) from None


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: mcost run contested",
)
@click.version_option(VERSION, "--version", prog_name="mcost")
def cli() -> None:
    """The chance that fine-tuning a model pays off, against prompting it better."""


def main() -> None:
    """Run the command line, and exit: a mistake of the user's is one ``error:`` and code 2, Ctrl-C 130."""
    with stopped_by_signals():
        sys.exit(_code())


def _code() -> int:
    try:
        returned = cli.main(prog_name="mcost", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except McostError as error:
        click.echo(f"error: {error}", err=True)
        return WRONG
    except (click.Abort, KeyboardInterrupt):
        click.echo("error: interrupted", err=True)
        return INTERRUPTED
    except Stopped as stopped:
        click.echo("error: stopped", err=True)
        return stopped.code
    except OSError as error:
        to_nowhere()
        where = "standard output" if error.filename is None else error.filename
        click.echo(f"error: {where}: {error.strerror or error}", err=True)
        return WRONG
    return returned if isinstance(returned, int) else 0
