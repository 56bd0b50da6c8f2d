"""A verdict, or any paragraphs and tables, as plain text of a given width."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from mcost.report.layout import Paragraph, Table, Verdict

WIDTH = 100


def plain(verdict: Verdict, width: int = WIDTH) -> str:
    """The whole verdict, for a pipe, a log or a file."""
    parts = [verdict.title, paragraphs(verdict.paragraphs, width)]
    parts += [table(t) for t in verdict.tables]
    return "\n\n".join([*parts, verdict.footer])


def paragraphs(items: Iterable[Paragraph], width: int = WIDTH) -> str:
    """Each label once, its sentences beside it, a line each and wrapped."""
    lines = []
    for item in items:
        for i, sentence in enumerate(item.sentences):
            label = item.label if i == 0 else ""
            lines.append(
                textwrap.fill(
                    sentence,
                    width,
                    initial_indent=f"{label:<13}",
                    subsequent_indent=" " * 13,
                    break_long_words=False,
                )
            )
    return "\n".join(lines)


def table(item: Table, width: int = WIDTH) -> str:
    """Columns aligned by spaces: text to the left, numbers to the right; turned where that fits better."""
    if sum(widths(item)) + 2 * len(item.columns) > width and sum(widths(item.turned)) < sum(widths(item)):
        item = item.turned
    lines = [item.title]
    rows, across = [item.columns, *item.rows], widths(item)
    for row in rows:
        cells = [row[0].ljust(across[0])]
        cells += [cell.rjust(w) for cell, w in zip(row[1:], across[1:], strict=True)]
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)


def widths(item: Table) -> list[int]:
    """How wide each column is."""
    return [max(len(row[i]) for row in (item.columns, *item.rows)) for i in range(len(item.columns))]
