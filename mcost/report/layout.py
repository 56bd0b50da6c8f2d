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
    """A table. words : which columns are text, set to the left; the others are numbers written out."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: tuple[int, ...] = (0,)

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


@dataclass(frozen=True)
class Points:
    """Sentences, each a point of a list."""

    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Plate:
    """The place of a figure. name : which one; alt : for those who do not see it; caption : beneath it."""

    name: str
    alt: str
    caption: str


Part = Paragraph | Points | Table | Plate


@dataclass(frozen=True)
class Section:
    """One question of a memo, and what answers it."""

    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Memo:
    """A decision memo. title : the question; about : what is compared, and over how long.

    verdict : sentences, the decision first; sections : its reasons; appendix : what they rest on.
    """

    title: str
    about: str
    verdict: tuple[str, ...]
    sections: tuple[Section, ...]
    appendix: tuple[Section, ...]
