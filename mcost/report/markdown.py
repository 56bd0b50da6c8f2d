"""A verdict or a memo as Markdown, for a page; what a scenario says never becomes markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from mcost.report.layout import Memo, Paragraph, Part, Plate, Points, Section, Table, Verdict

_MARKUP = re.compile(r"[\\`*\[\]|~]|(?<!\w)_|_(?!\w)|\$(?!\d)")
"""What Markdown, with GitHub's tables, deletions and mathematics, would read as more than itself."""

_ENTITY = re.compile(r"&(?=#?\w+;)")
_BLANKS = re.compile(r"\s+")


def escaped(text: str) -> str:
    """Text that shows as it is, within a line."""
    text = _ENTITY.sub("&amp;", _BLANKS.sub(" ", text)).replace("<", "&lt;").replace(">", "&gt;")
    return _MARKUP.sub(lambda match: f"\\{match[0]}", text)


def block(verdict: Verdict) -> str:
    """A verdict for a page or a thread that takes Markdown."""
    parts = [f"### {escaped(verdict.title)}"]
    parts += [_paragraph(paragraph) for paragraph in verdict.paragraphs]
    parts += [_table(table) for table in verdict.tables]
    return "\n\n".join([*parts, f"*{escaped(verdict.footer)}*"])


def markdown(memo: Memo, folder: str) -> str:
    """A memo. folder : where its pictures lie, from where the memo does."""
    parts = [f"# {escaped(memo.title)}", escaped(memo.about)]
    first, *more = memo.verdict
    parts.append(f"> **{escaped(first)}**")
    parts += [" ".join(escaped(sentence) for sentence in more)] if more else []
    for section in memo.sections:
        parts += _section(section, folder)
    parts += ["---", "## Appendix"]
    for section in memo.appendix:
        parts += _section(section, folder, "###")
    return "\n\n".join(parts) + "\n"


def _section(section: Section, folder: str, level: str = "##") -> Iterator[str]:
    yield f"{level} {escaped(section.title)}"
    for part in section.parts:
        yield _part(part, folder)


def _part(part: Part, folder: str) -> str:
    if isinstance(part, Paragraph):
        return _paragraph(part)
    if isinstance(part, Points):
        return "\n".join(f"- {escaped(sentence)}" for sentence in part.sentences)
    return _table(part) if isinstance(part, Table) else _plate(part, folder)


def _paragraph(paragraph: Paragraph) -> str:
    label = f"**{escaped(paragraph.label)}.** " if paragraph.label else ""
    return label + " ".join(escaped(sentence) for sentence in paragraph.sentences)


def _plate(plate: Plate, folder: str) -> str:
    picture = f"![{escaped(plate.alt)}]({quote(folder)}/{plate.name}.png)"
    return f"{picture}\n\n*{escaped(plate.caption)}*"


def _table(table: Table) -> str:
    rule = [":--" if i in table.words else "--:" for i in range(len(table.columns))]
    rows = [[escaped(cell) for cell in row] for row in (table.columns, *table.rows)]
    lines = [f"| {' | '.join(row)} |" for row in (rows[0], rule, *rows[1:])]
    return "\n".join([f"**{escaped(table.title)}**", "", *lines])
