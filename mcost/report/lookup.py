"""A look-up as it is shown: texts, tables and labelled lines, and these as plain text of a given width."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

WIDTH = 100
_LABEL = 12


@dataclass(frozen=True)
class Grid:
    """A table. The columns whose numbers are in ``right`` are set to the right, the last one is wrapped."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = frozenset()
    title: str = ""


@dataclass(frozen=True)
class Labelled:
    """A label, and lines beside it: sentences, wrapped, or lines of a sketch, left alone."""

    label: str
    lines: tuple[str, ...]
    wrap: bool = True


@dataclass(frozen=True)
class Page:
    """What a look-up shows; a blank line stands where a part is a text or a grid."""

    parts: tuple[str | Grid | Labelled, ...]


def plain(page: Page, width: int = WIDTH) -> str:
    """The page as text of a given width."""
    said: list[str] = []
    for i, part in enumerate(page.parts):
        if i and not (isinstance(part, Labelled) and isinstance(page.parts[i - 1], Labelled)):
            said.append("")
        if isinstance(part, str):
            said.append(textwrap.fill(part, width, break_long_words=False, break_on_hyphens=False))
        elif isinstance(part, Grid):
            said += _grid(part, width)
        else:
            said += _labelled(part, width)
    return "\n".join(said)


def _labelled(part: Labelled, width: int) -> list[str]:
    said: list[str] = []
    for line in part.lines:
        inside = width - _LABEL
        pieces = textwrap.wrap(line, inside, break_long_words=False, break_on_hyphens=False)
        said += pieces if part.wrap else [line]
    return [f"{part.label if i == 0 else '':<{_LABEL}}{line}".rstrip() for i, line in enumerate(said)]


def _grid(part: Grid, width: int) -> list[str]:
    rows = [part.columns, *part.rows] if any(part.columns) else list(part.rows)
    wide = [max(len(row[i]) for row in rows) for i in range(len(part.columns) - 1)]
    start = 2 + sum(wide) + 2 * len(wide)
    said = [part.title] if part.title else []
    for row in rows:
        cells = [
            c.rjust(w) if i in part.right else c.ljust(w)
            for i, (c, w) in enumerate(zip(row, wide, strict=False))
        ]
        room = max(24, width - start)
        last = textwrap.wrap(row[-1], room, break_long_words=False, break_on_hyphens=False) or [""]
        said.append("  " + "  ".join([*cells, last[0]]).rstrip())
        said += [" " * start + more for more in last[1:]]
    return said
