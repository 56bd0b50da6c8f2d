"""What a portfolio is made of: a folder of scenario files, or a template and a table of overrides."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mcost.catalogue import holds_priors
from mcost.errors import MOST_QUOTED, McostError, Problem, ScenarioError, dotted, legible, nearest, shown
from mcost.scenario import Scenario, load

Source = str | Path | Mapping[str, Any] | Scenario

NAME = "name"
"""The column that holds no override but the name of its row."""

WANTED = "a folder of scenario files, or a CSV of overrides with a template"


@dataclass(frozen=True)
class Entry:
    """One scenario of a portfolio, by its name, before it is read.

    overrides : what its row sets. row, columns : where a row stands, and which column says each override,
    for what is wrong with it; a row of no table has none.
    """

    name: str
    source: Source
    overrides: tuple[str, ...] = ()
    row: str | None = None
    columns: tuple[str, ...] = ()

    @property
    def file(self) -> str | None:
        """The name of the scenario's file, where it has one."""
        if isinstance(self.source, Scenario):
            return self.source.file
        return Path(self.source).name if isinstance(self.source, str | Path) else None

    def load(self, shared: Sequence[str] = ()) -> Scenario:
        """Read it, under overrides that all share and then its own.

        Raises McostError; where a cell is wrong, it names the row and the column of the table.
        """
        try:
            return load(self.source, set=(*shared, *self.overrides))
        except ScenarioError as error:
            column_of = dict(zip((f"--set {each}" for each in self.overrides), self.columns, strict=True))
            problems = [
                replace(each, origin=self._place(each, column_of[each.origin]))
                if each.origin in column_of
                else each
                for each in error.problems
            ]
            raise ScenarioError(problems, error.file, error.text, error.places) from None
        except McostError as error:
            for override, column in zip(self.overrides, self.columns, strict=True):
                if (told := _after(override, error)) is not None:
                    raise McostError(f"{self.row}: {column}: {told}") from None
            raise

    def _place(self, problem: Problem, column: str) -> str:
        """The row, and the column unless the mistake names it itself."""
        return f"{self.row}" if dotted(problem.path) == column else f"{self.row}: column {column}"


def entries(
    source: str | Path | Mapping[str, Source], template: Source | None = None, shared: Sequence[str] = ()
) -> list[Entry]:
    """The scenarios of a portfolio, in their order.

    source : a folder, in which files are taken in sorted order; a CSV of overrides, whose columns are keys as
    ``--set`` takes them; or scenarios by name. template : what the overrides of a CSV are put into.
    shared : overrides of all of them, without which a template may not be whole.

    Raises McostError where nothing is found, and for a table that cannot be read: a key that there is not,
    two rows of one name, no line below the header.
    """
    if isinstance(source, Mapping):
        _no_template(template, "scenarios by name")
        return [Entry(str(name), each) for name, each in source.items()]
    if not isinstance(source, str | Path):
        raise McostError(f"portfolio: found {shown(source)}; expected {WANTED}")
    path = Path(source)
    try:
        folder, there = path.is_dir(), path.exists()
    except (OSError, ValueError):  # a name that no file can have
        folder = there = False
    if not there or not str(source):
        raise McostError(f"{legible(str(source), MOST_QUOTED)}: no such folder or file; expected {WANTED}")
    if folder:
        _no_template(template, "a folder")
        return _of_folder(path)
    if path.suffix.lower() == ".toml":
        raise McostError(f"{path}: found a scenario file; expected {WANTED}")
    if template is None:
        raise McostError(
            f"{path}: found no template; expected a scenario that its overrides are put into (--template)"
        )
    return _of_table(path, template, shared)


def _no_template(template: Source | None, beside: str) -> None:
    if template is not None:
        raise McostError(f"template: found beside {beside}; expected it beside a CSV of overrides")


# --- a folder ---------------------------------------------------------------------------------------------


def _of_folder(folder: Path) -> list[Entry]:
    """Each scenario file in the folder and below it, named by its path from there."""
    try:
        files = sorted(file for file in folder.rglob("*.toml") if _is_scenario(file.relative_to(folder)))
    except OSError as error:
        raise McostError(f"{folder}: cannot be read: {error.strerror or error}") from None
    if not files:
        raise McostError(f"{folder}: found no scenario file (*.toml) in this folder")
    return [Entry(_legible(f.relative_to(folder).with_suffix("").as_posix()), f) for f in files]


def _is_scenario(path: Path) -> bool:
    """Not a file of priors; nothing hidden."""
    return not holds_priors(path) and not any(part.startswith(".") for part in path.parts)


def _legible(name: str) -> str:
    """A name on one line, of characters that text can hold."""
    return " ".join(name.encode("utf-8", "replace").decode().split())


# --- a table ----------------------------------------------------------------------------------------------


def _of_table(path: Path, template: Source, shared: Sequence[str]) -> list[Entry]:
    header, rows = _read(path)
    keys = [(i, key) for i, key in enumerate(header) if key != NAME]
    for i, key in keys:
        written = next((cells[i] for _, cells in rows if cells[i]), "0")
        _check_key(f"{path}:1: column {i + 1}", key, written, template, shared)
    found, lines = [], dict[str, int]()
    for line, cells in rows:
        name = _legible(cells[header.index(NAME)]) if NAME in header else ""
        name = name or f"line {line}"
        if name in lines:
            raise McostError(
                f"{path}:{line}: found the name {shown(name)} again, which line {lines[name]} has; "
                "expected another name for each row"
            )
        lines[name] = line
        own = [(f"{key}={cells[i]}", key) for i, key in keys if cells[i]]
        overrides, columns = tuple(said for said, _ in own), tuple(key for _, key in own)
        found.append(Entry(name, template, overrides, f"{path.name}:{line}", columns))
    return found


def _read(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The names of the columns, and each row with the line at which it begins; cells without outer blanks."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = _lines(path, file)
            _, header = next(lines, (0, []))
            if not any(header):
                raise McostError(f"{path}: found an empty table; expected a line of keys, and rows below it")
            _check_header(path, header)
            rows = list(lines)
    except OSError as error:
        raise McostError(f"{path}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise McostError(f"{path}: found a byte that is not UTF-8; save the file as UTF-8") from None
    for line, cells in rows:
        if len(cells) != len(header):
            raise McostError(
                f"{path}:{line}: found {len(cells)} cells; expected {len(header)}, one for each column "
                "(a value that has commas stands in double quotes)"
            )
    if not rows:
        raise McostError(f"{path}: found no row below the line of keys")
    return header, rows


def _lines(path: Path, file: Any) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(file, strict=True)
    line = 1
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped) or len(cells) > 1:
                yield line, stripped
            line = reader.line_num + 1
    except csv.Error as error:
        raise McostError(f"{path}:{reader.line_num}: not CSV: {error}") from None


def _check_header(path: Path, header: Sequence[str]) -> None:
    for sign, word in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and sign in header[0]:
            raise McostError(f"{path}: found columns parted by {word}; expected commas")
    for i, key in enumerate(header):
        if not key:
            raise McostError(f"{path}:1: column {i + 1}: found no key; expected one as --set takes it")
        if key in header[:i]:
            raise McostError(
                f"{path}:1: column {i + 1}: found {shown(key)} twice; expected one column of a key"
            )


def _check_key(where: str, key: str, written: str, template: Source, shared: Sequence[str]) -> None:
    """Only whether there is such a key: what is wrong with a value is its row's own matter."""
    override = f"{key}={written}"
    try:
        load(template, set=(*shared, override))
    except ScenarioError as error:
        for problem in error.problems:
            if problem.origin == f"--set {override}" and problem.message.startswith("no such key"):
                raise McostError(f"{where}: {dotted(problem.path)}: {problem.message}") from None
    except McostError as error:
        told = _after(override, error)
        if told is None:
            raise
        hint = nearest(key, [NAME]) if "key=value" in told else ""
        raise McostError(f"{where}: {key}: {told}{hint}") from None


def _after(override: str, error: McostError) -> str | None:
    """What an error says of an override, without its name; None where it speaks of something else."""
    said = f"--set {shown(override)[1:-1]}: "
    return str(error).removeprefix(said) if str(error).startswith(said) else None
