"""One column of a CSV file, as numbers; what is wrong with it is told by file and line."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator
from pathlib import Path, PureWindowsPath
from typing import Any

from mcost.errors import MOST_QUOTED, NotationError, legible, nearest, shown

MOST_BYTES = 256 * 2**20

Number = Callable[[str], float]


def locate(
    name: str | os.PathLike[str],
    folder: Path | None,
    key: str = "samples",
    ending: str = "csv",
    instead: str = "give the numbers as a list",
) -> Path:
    """The file of samples, or of another key, that a name means: a path within the folder of the scenario.

    Raises NotationError for a path that leaves the folder, and where there is no such file.
    """
    text = os.fspath(name)
    if folder is None:
        raise NotationError(
            f"{key}: found {shown(text)}; a file of {key} lies beside a scenario file, and this is read "
            f"without one: {instead}"
        )
    path = Path(text)
    expected = "expected a file in the scenario's folder or below it"
    if path.is_absolute() or PureWindowsPath(text).drive or ".." in path.parts or "\0" in text:
        raise NotationError(f"{key}: found {shown(text)}; {expected}")
    file = folder / path
    if not _within(file, folder):
        raise NotationError(f"{key}: found {shown(text)}, a link that leads elsewhere; {expected}")
    try:
        if file.is_dir():
            raise NotationError(f"{key}: found {shown(text)}, a folder; expected a {ending.upper()} file")
        if file.is_file():
            return file
        beside = sorted(file.parent.glob(f"*.{ending}") if file.parent.is_dir() else ())
    except OSError:  # a name that no file can have
        beside = []
    there = [other.relative_to(folder).as_posix() for other in beside]
    raise NotationError(f"{key}: found {shown(text)}; no such file{nearest(text, there)}")


def _within(file: Path, folder: Path) -> bool:
    """Whether a file lies below a folder, links followed."""
    try:
        return file.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # a circle of links; a name that is no text
        return False


def read_column(file: Path, column: object, number: Number) -> list[float]:
    """The numbers of a column, which the first line of the file names.

    number : reads one cell, or raises NotationError.

    Raises NotationError with file and line for a cell that is no number, for a column that is not there or
    empty, and for a file that cannot be read.
    """
    try:
        if file.stat().st_size > MOST_BYTES:
            raise NotationError(
                f"{file.name}: found {file.stat().st_size:,} bytes; expected at most {MOST_BYTES:,}"
            )
        with file.open(encoding="utf-8-sig", newline="") as lines:
            return list(_numbers(file.name, csv.reader(lines, strict=True), column, number))
    except OSError as error:
        raise NotationError(f"{file.name}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise NotationError(f"{file.name}: byte {error.start} is not UTF-8 text") from None


def _numbers(name: str, rows: Any, column: object, number: Number) -> Iterator[float]:
    """Each cell of the column; rows : a ``csv.reader``, whose type has no public name."""
    try:
        header = [title.strip() for title in next(rows, [])]
        at = _position(name, header, column)
        found = False
        for row in rows:
            if not row:
                continue
            found = True
            text = row[at] if at < len(row) else ""
            where = f"{name}:{rows.line_num}: column {legible(str(column), MOST_QUOTED)}"
            if not text.strip():
                raise NotationError(f"{where}: the cell is empty; expected a number")
            try:
                yield number(text)
            except NotationError as error:
                raise NotationError(f"{where}: {error}") from None
    except csv.Error as error:
        raise NotationError(f"{name}:{rows.line_num}: not CSV: {error}") from None
    if not found:
        said = legible(str(column), MOST_QUOTED)
        raise NotationError(f"{name}: column {said} is empty; expected one number or more")


def _position(name: str, header: list[str], column: object) -> int:
    if not header:
        raise NotationError(f"{name}: found an empty file; expected a line of column names")
    if column is None:
        raise NotationError(f"column is missing{nearest('', header)}")
    if not isinstance(column, str):
        raise NotationError(
            f"column: found {shown(column)}; expected the name of a column{nearest('', header)}"
        )
    if header.count(column) > 1:
        raise NotationError(f"{name}: found {header.count(column)} columns {shown(column)}; expected one")
    if column not in header:
        for sign, word in ((";", "semicolons"), ("\t", "tabs")):
            if len(header) == 1 and sign in header[0]:
                raise NotationError(f"{name}: found columns parted by {word}; expected commas")
        raise NotationError(f"{name}: no column {shown(column)}{nearest(column, header)}")
    return header.index(column)
