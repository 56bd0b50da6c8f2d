"""What Word and PowerPoint files have in common: libraries, legal text, and the same bytes each time."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from importlib import import_module
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from mcost.errors import McostError
from mcost.report.layout import Memo, Table
from mcost.version import VERSION

_PARTS = {"docx": "docx.opc.part", "pptx": "pptx.opc.package"}
_CUSTOM = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml"

WRITTEN = datetime(2000, 1, 1, tzinfo=UTC)
"""The date in every document: it is that of no day, so that the same answer gives the same bytes."""

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML does not take, escaped or not."""


def library(name: str, ending: str) -> Any:
    """A library of the extra; McostError that says how to install it."""
    try:
        return import_module(name)
    except ImportError:
        raise McostError(
            f"{ending} needs a library that is not here: pip install 'mcost[office]', or choose .html or .md"
        ) from None


def legal(text: str) -> str:
    """Text that a document can hold."""
    return _ILLEGAL.sub("\ufffd", text)


LETTER = 0.56
"""Width of a letter, of its size."""

PADDING = 0.16
"""Of a cell, both sides together, inches."""

WIDEST = 60
"""Letters of a cell beyond which its column claims no more room."""


def widths(table: Table, room: float, points: float) -> list[float]:
    """Of the columns, inches, as a browser sets them: each as wide as its longest cell where there is room,
    else as its longest word, and a share of what is left. Numbers are one word.
    """
    least, most = _least(table, points), [_inches(text, points) for text in _longest(table)]
    spare, wish = room - sum(least), sum(most) - sum(least)
    if spare <= 0:
        return [room * inches / sum(least) for inches in least]
    if wish <= spare:
        return [room * inches / sum(most) for inches in most]
    return [low + spare * (high - low) / wish for low, high in zip(least, most, strict=True)]


def fits(table: Table, room: float, points: float) -> bool:
    """Whether no word or number has to be broken."""
    return sum(_least(table, points)) <= room


def _least(table: Table, points: float) -> list[float]:
    found = []
    for i, head in enumerate(table.columns):
        cells = [row[i] for row in table.rows]
        words = [word for text in ([head, *cells] if i in table.words else [head]) for word in text.split()]
        found.append(_inches(max([*words, *([] if i in table.words else cells), ""], key=len), points))
    return found


def _longest(table: Table) -> list[str]:
    rows = (table.columns, *table.rows)
    return [max((row[i] for row in rows), key=len)[:WIDEST] for i in range(len(table.columns))]


def _inches(text: str, points: float) -> float:
    return (len(text) + 1) * LETTER * points / 72 + PADDING


def described(properties: Any, memo: Memo) -> None:
    """Title and maker into a document's properties; no name of anybody, no date of today."""
    properties.title = legal(memo.title)[:255]
    properties.subject = legal(memo.about)[:255]
    properties.author = properties.last_modified_by = f"mcost {VERSION}"
    properties.comments = ""
    properties.created = properties.modified = WRITTEN
    properties.revision = 1


def attached(document: Any, xml: bytes) -> None:
    """XML as a part of its own of the package, which Word and PowerPoint keep as they save."""
    maker, package = type(document).__module__.partition(".")[0], document.part.package
    part = import_module(_PARTS[maker]).Part(
        package.next_partname("/customXml/item%d.xml"), "application/xml", blob=xml, package=package
    )
    document.part.relate_to(part, _CUSTOM)


def stamped(document: Any) -> bytes:
    """The document's bytes: those of a zip file in which nothing tells when it was made."""
    stream, fixed = BytesIO(), BytesIO()
    document.save(stream)
    with ZipFile(stream) as made, ZipFile(fixed, "w", ZIP_DEFLATED) as out:
        for info in made.infolist():
            entry = ZipInfo(info.filename, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o600 << 16
            out.writestr(entry, made.read(info.filename))
    return fixed.getvalue()
