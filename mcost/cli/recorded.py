"""What an exported answer tells of the command that made it: its manifest, and how options are recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click

from mcost.cli import common

if TYPE_CHECKING:
    from mcost.scenario import Scenario
    from mcost.source import Beside


class OfScenario(click.types.StringParamType):
    """An option that names a scenario, beside those that a command is about."""

    name = "scenario"


class Given(click.types.StringParamType):
    """A file, or a folder of scenarios, that is read. kept : whether a manifest may hold what is in it."""

    name = "file"

    def __init__(self, kept: bool) -> None:
        self.kept = kept


OF_SCENARIO = OfScenario()
GIVEN = Given(kept=True)
LOG = Given(kept=False)
"""What a log holds is nobody's but its owner's: a manifest tells its hash."""

FOLDER = "scenarios"
"""What a manifest calls a folder of scenarios, whatever its name was."""

NOT_RECORDED = (
    "address",
    "as_json",
    "force",
    "form",
    "inputs",
    "out",
    "output",
    "save",
    "scenario",
    "scenarios",
)
"""Parameters that a manifest does not hold among its options: they say where to, or are held elsewhere."""


class Drawn(Protocol):
    """What was found over futures that were drawn."""

    @property
    def draws(self) -> int: ...

    @property
    def seed(self) -> int: ...


def print_answer(
    data: Mapping[str, Any],
    found: Drawn | None,
    *scenarios: Scenario,
    sampler: str = "qmc",
    names: Sequence[str] | None = None,
    given: Sequence[Beside] | None = None,
    **settled: Any,
) -> None:
    """An answer as JSON, with the manifest that makes it again; without one where a file is read but once.

    found : None where no future was drawn. names : of the scenarios, where they are not the command's own.
    given : the files that it was given, where they are not those that its options name. settled : options
    that were left to it.
    """
    from mcost.manifest import recorded

    draws, seed, sampler = (0, 0, "none") if found is None else (found.draws, found.seed, sampler)
    made = None
    files = list(_files_given())
    if given is not None or all(Path(each).is_file() for _, each in files):
        asked_for = asked(**settled)
        if names is not None:
            asked_for["called"] = [common.called(name) for name in names]
        rests_on = _besides(files) if given is None else given
        made = recorded(
            scenarios, **asked_for, draws=draws, seed=seed, sampler=sampler, given=rests_on
        ).to_dict()
    common.print_json({**data, "manifest": made})


def asked(**settled: Any) -> dict[str, Any]:
    """What was asked for, as a manifest holds it: the command, its options, and what it named."""
    context = click.get_current_context()
    given = context.params
    names = given.get("scenarios") or ([given["scenario"]] if "scenario" in given else [])
    options = {name: value for name, value in given.items() if name not in NOT_RECORDED} | settled
    if given.get("inputs"):
        options["inputs"] = given["inputs"]
    for param in context.command.params:
        if param.name in options and isinstance(param.type, Given | OfScenario):
            options[param.name] = _each(options[param.name], _named)
    return {
        "command": context.command.name,
        "options": dict(sorted(options.items())),
        "called": [common.called(name) for name in names],
    }


def _each(value: Any, change: Callable[[str], str]) -> Any:
    """A value of an option, or every one of several."""
    if value is None:
        return None
    return change(value) if isinstance(value, str) else [change(one) for one in value]


def _named(path: str) -> str:
    return FOLDER if Path(path).is_dir() else common.called(path)


def _files_given() -> Iterator[tuple[Given, str]]:
    """Every file or folder that the command was given, in the order of the names of its options."""
    context = click.get_current_context()
    for param in sorted(context.command.params, key=lambda param: str(param.name)):
        value = context.params.get(str(param.name))
        if isinstance(param.type, Given) and value is not None:
            yield from ((param.type, each) for each in ([value] if isinstance(value, str) else value))


def _besides(files: Sequence[tuple[Given, str]]) -> list[Beside]:
    """They themselves, as a manifest holds them."""
    from mcost.source import beside

    return [beside(Path(each), common.called(each), kind.kept) for kind, each in files]
