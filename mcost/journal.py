"""Rows beside a result that is being made, as each is finished: what an interrupt leaves to take up."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mcost.errors import McostError

ENDING = ".partial"


@dataclass(frozen=True)
class Journal:
    """A file of JSON lines, each with all that its row rests on.

    path : the file; it is there once a row is. run : what made the rows besides the scenarios: version,
    draws, seed. rows : content of a scenario -> its row, of the lines that such a run has made.
    of : what was asked; own : whether a line answers the same, so that its result may be written over.
    """

    path: Path
    run: Mapping[str, Any]
    of: Mapping[str, Any]
    rows: Mapping[str, Mapping[str, Any]]
    own: bool

    def add(self, content: str, overrides: Sequence[str], row: Mapping[str, Any]) -> None:
        """Append a row in one piece. McostError where it cannot be written."""
        line = {**self.run, "of": self.of, "scenario": content, "set": list(overrides), "row": row}
        data = json.dumps(line, allow_nan=False).encode() + b"\n"
        try:
            with self.path.open("ab", buffering=0) as file:
                file.write(data)
        except OSError as error:
            raise McostError(f"{self.path}: cannot be written: {error.strerror or error}") from None

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)


def journal_of(result: Path, run: Mapping[str, Any], of: Mapping[str, Any]) -> Journal:
    """The journal of a result: the rows of an interrupted run, or none yet.

    A last line that was torn off is dropped, also from the file.

    Raises McostError where there is another file of that name, or it cannot be read.
    """
    path = result.with_name(result.name + ENDING)
    lines = _lines(path)
    rows = {line["scenario"]: line["row"] for line in lines if run.items() <= line.items()}
    return Journal(path, run, of, rows, any(line["of"] == of for line in lines))


def _begun(data: bytes) -> bool:
    """Whether a file may be a journal by how it begins, be it that its first line was torn off."""
    start = b'{"mcost": '
    return data[: len(start)] == start[: len(data)]


def _lines(path: Path) -> list[dict[str, Any]]:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise McostError(f"{path}: cannot be read: {error.strerror or error}") from None
    whole = data[: data.rfind(b"\n") + 1]
    try:
        lines = [json.loads(line) for line in whole.splitlines()]
        ours = all(line.keys() >= {"of", "scenario", "set", "row"} for line in lines) and _begun(data)
    except (ValueError, AttributeError, RecursionError):
        ours = False
    if not ours:
        raise McostError(
            f"{path}: found a file that is no journal of mcost portfolio; move it, or name another result"
        )
    if len(whole) < len(data):
        os.truncate(path, len(whole))
    return lines
