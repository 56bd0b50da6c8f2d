"""What a report is made of: paragraphs first, then tables, and a footer in small."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Paragraph:
    """A label of one word or two, and sentences."""

    label: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table: the first column is text, the others are numbers written out."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def turned(self) -> Table:
        """Rows as columns."""
        columns, *rows = zip(self.columns, *self.rows, strict=True)
        return Table(self.title, columns, tuple(rows))


@dataclass(frozen=True)
class Verdict:
    """What ``mcost run`` shows: paragraphs first, tables after them, a footer in small."""

    title: str
    paragraphs: tuple[Paragraph, ...]
    tables: tuple[Table, ...]
    footer: str
