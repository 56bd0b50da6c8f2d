"""One family of errors: where, what was found, what was expected, the nearest name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

Path = tuple[str | int, ...]

MOST_TOLD = 20
"""Mistakes of one scenario that are printed."""

MOST_SAID = 4_000
MOST_QUOTED = 400
"""Characters of one message, and of a name in it: what is longer was not written by hand."""


class McostError(Exception):
    """Everything that the user can mend. The command line prints it after ``error:`` and exits with 2."""


class NotationError(McostError):
    """One value that cannot be read as an uncertain input; the message says what was found and the mend."""


class UnknownModelError(McostError):
    """A name that no price is known for; the message says what was found and the nearest names."""


class SimulationError(McostError):
    """A future that cannot be costed; names strategy, line, month and draw."""


@dataclass(frozen=True)
class Problem:
    """One mistake in a scenario.

    path : the key path, e.g. ``("strategies", "prompt", "retry_rate")``.
    message : what was found, what was expected, the nearest name.
    at : whether the mistake is the key itself or its value.
    origin : where the value comes from when that is not the file, e.g. ``"--set baseline=prmpt"``.
    """

    path: Path
    message: str
    at: Literal["key", "value"] = "value"
    origin: str | None = None


@dataclass(frozen=True)
class Place:
    """Where a key and its value stand in a text; lines and columns count from 1."""

    line: int
    key: tuple[int, int]
    value: tuple[int, int, int]
    """line, column and width (of the first line) of the value"""


@dataclass(eq=False)
class ScenarioError(McostError):
    """All that is wrong with one scenario; printed, the first MOST_TOLD mistakes and how many more there are.

    problems : every mistake found, in the order of the file.
    file : the name to show, or None for a scenario that was not read from a file.
    text, places : the file's text, quoted beneath each mistake, and where its keys stand.
    """

    problems: Sequence[Problem]
    file: str | None = None
    text: str | None = None
    places: dict[Path, Place] = field(default_factory=dict)

    def __str__(self) -> str:
        found = sorted(self.problems, key=self._order) if self.places else self.problems
        told = [self._show(p) for p in found[:MOST_TOLD]]
        more = [f"and {len(found) - MOST_TOLD:,} mistakes more"] if len(found) > MOST_TOLD else []
        return "\nerror: ".join(told + more)

    def _order(self, problem: Problem) -> tuple[int, int]:
        place = None if problem.origin else self._place(problem)
        return place[:2] if place else (0, 0)

    def _place(self, problem: Problem) -> tuple[int, int, int] | None:
        """Line, column and width to underline; a missing key is shown at its table."""
        path = problem.path
        if path in self.places:
            place = self.places[path]
            return (place.line, *place.key) if problem.at == "key" else place.value
        while path and path not in self.places:
            path = path[:-1]
        return (self.places[path].line, *self.places[path].key) if path else None

    def _show(self, problem: Problem) -> str:
        message = legible(problem.message, MOST_SAID)
        what = f"{legible(dotted(problem.path), MOST_QUOTED)}: {message}" if problem.path else message
        if problem.origin is not None:
            return f"{legible(problem.origin, MOST_QUOTED)}: {what}"
        if self.file is None:
            return what
        place = self._place(problem)
        if place is None or self.text is None:
            return f"{self.file}: {what}"
        return quoted(self.file, self.text, place, what)


def quoted(file: str, text: str, place: tuple[int, int, int], what: str) -> str:
    """``file:line:column: what``, and the line with its mark; place : line, column, width from 1."""
    line, column, width = place
    lines = text.split("\n")
    shown = lines[line - 1].rstrip("\r").replace("\t", " ") if line <= len(lines) else ""
    start = max(0, column - 60) if len(shown) > 160 else 0
    shown, column = legible(shown[start : start + 160], 160), column - start
    mark = " " * (column - 1) + "^" * max(1, min(width, len(shown) - column + 1))
    return f"{file}:{line}:{place[1]}: {what}\n{line:>5} | {shown}\n      | {mark}"


def dotted(path: Path) -> str:
    """``("strategies", "a b", "costs", 0)`` as ``strategies."a b".costs[0]``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            bare = part.replace("_", "").replace("-", "").isalnum() and part.isascii()
            text += ("." if text else "") + (part if bare else f'"{part}"')
    return text


def legible(text: str, most: int) -> str:
    """The text as it may stand in a message: none of it hides or moves a terminal, and it is not too long."""
    text = text if len(text) <= most else text[: most - 3] + "..."
    return text if text.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in text)


def close(name: str, names: Iterable[str]) -> str | None:
    """The one of ``names`` that is nearest in spelling; None where none is close."""
    from difflib import get_close_matches

    known = [str(n) for n in names]
    found = get_close_matches(str(name).lower()[:80], [n.lower() for n in known], n=1, cutoff=0.6)
    return next(n for n in known if n.lower() == found[0]) if found else None


def nearest(name: str, names: Iterable[str]) -> str:
    """``"; did you mean X?"`` for the closest of ``names``, or what there is when none is close."""
    known = list(dict.fromkeys(str(n) for n in names))
    if (found := close(name, known)) is not None:
        return f"; did you mean {legible(found, MOST_QUOTED)}?"
    if 0 < len(known) <= 12:
        told = [legible(each, MOST_QUOTED) for each in known]
        return f"; there is {told[0]}" if len(told) == 1 else f"; there are {', '.join(told)}"
    return ""


def spelt(value: object) -> str:
    """What may be a name: text as it is, anything else as it is shown."""
    return value if isinstance(value, str) else shown(value)


def shown(value: object, depth: int = 3) -> str:
    """A found value, as it may stand in a message: short, on one line."""
    if isinstance(value, dict):
        inner = (
            ", ".join(f"{k} = {shown(v, depth - 1)}" for k, v in list(value.items())[:8]) if depth else "…"
        )
        text = f"{{ {inner} }}"
    elif isinstance(value, list | tuple):
        inner = ", ".join(shown(v, depth - 1) for v in value[:8]) if depth else "…"
        text = f"[{inner}]"
    elif isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, int) and abs(value) >= 10**60:
        text = "a whole number of more than 60 digits"
    else:
        text = f'"{value}"' if isinstance(value, str) else str(value)
    text = " ".join(text[:400].split()).encode("utf-8", "replace").decode()
    return legible(text, 60)
