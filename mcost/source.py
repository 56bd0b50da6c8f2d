"""What a scenario was read from, to read it again: its text, its overrides, and the files that it names.

A scenario that holds only text says it all; one that names samples or a file of priors rests on those too.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from pathlib import Path
from typing import Any, Literal

from mcost.errors import McostError, NotationError
from mcost.samples import locate

MOST_KEPT = 2**18
"""Bytes of a file up to which it is kept whole; of a larger one its hash alone."""

_DATE = "$date"


@dataclass(frozen=True)
class Beside:
    """A file that a scenario names, or that a command was given.

    name : its path in the scenario's folder. data : None where its hash is all that is kept.
    """

    name: str
    sha256: str
    data: bytes | None


@dataclass(frozen=True)
class Source:
    """What was read.

    file : the name of the scenario's file, without its folder; None for one that was built from a dict.
    text : of the file; of a dict, its JSON. overrides : as ``--set`` takes them. beside : files it names.
    """

    file: str | None
    text: str
    form: Literal["toml", "json"]
    overrides: tuple[str, ...] = ()
    beside: tuple[Beside, ...] = ()

    def written(self, file: str, text: str, overrides: Sequence[str]) -> Source:
        """The same, where the data were read from the text of a file."""
        return replace(self, file=Path(file).name, text=text, form="toml", overrides=tuple(overrides))


def of_data(data: Mapping[str, Any], folder: Path | None) -> Source | None:
    """None where there is something in it that no text says: a Prior or a SciPy distribution."""
    try:
        text = json.dumps(data, ensure_ascii=False, default=_dated)
    except (TypeError, ValueError):
        return None
    return Source(None, text, "json", (), () if folder is None else _beside(data, folder))


def data_of(text: str) -> dict[str, Any]:
    """The dict that ``of_data`` made a text of; McostError where it is none."""
    try:
        data = json.loads(text, object_hook=_undated)
    except (ValueError, TypeError, RecursionError) as error:
        raise McostError(f"the scenario's data: not JSON as mcost writes it: {error}") from None
    if not isinstance(data, dict):
        raise McostError("the scenario's data: expected a table of its keys")
    return data


def _dated(value: object) -> dict[str, str]:
    if not isinstance(value, date | time):  # TOML's
        raise TypeError
    return {_DATE: value.isoformat()}


def _undated(table: dict[str, Any]) -> Any:
    return date.fromisoformat(table[_DATE]) if table.keys() == {_DATE} else table


def _beside(data: Mapping[str, Any], folder: Path) -> tuple[Beside, ...]:
    kept = []
    for name, key, ending in dict.fromkeys(_named(data)):
        try:
            kept.append(beside(locate(name, folder, key, ending), Path(name).as_posix()))
        except (NotationError, OSError):  # told, with its place, where the value is read
            continue
    return tuple(kept)


def beside(file: Path, name: str, whole: bool = True) -> Beside:
    """A file as it is now. whole : whether what is in it may be kept, and not its hash alone."""
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    small = whole and file.stat().st_size <= MOST_KEPT
    return Beside(name, digest, file.read_bytes() if small else None)


def _named(value: Any) -> Iterator[tuple[str, str, str]]:
    """Every file that a value names: its name, the key that names it, and its usual ending."""
    if isinstance(value, Mapping):
        samples, prior = value.get("samples"), value.get("prior")
        if isinstance(samples, str | os.PathLike):
            yield os.fspath(samples), "samples", "csv"
        if isinstance(prior, str) and ":" in prior:
            yield prior.rpartition(":")[0], "priors", "toml"
        for inner in value.values():
            yield from _named(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _named(inner)
