"""A memo as one HTML file: figures inside it, nothing fetched, every text escaped."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from mcost.report.layout import Memo, Paragraph, Plate, Points, Table
from mcost.version import VERSION

TEMPLATE = "memo.html.jinja"
_TIED = (
    (re.compile(r"(?<=\d) (?=%)"), "\u00a0"),
    (re.compile(r"(?<=[−±])(?=[$\d])"), "\u2060"),
)
"""Where no line ends: within a number, its sign and its unit."""

LONG = 24
"""Letters of a cell from which its column may break its lines."""

KINDS = {"paragraph": Paragraph, "points": Points, "table": Table, "plate": Plate}


def html(memo: Memo, picture: Callable[[str, str], bytes], unseen: str = "") -> str:
    """The page. picture : a figure's name and a form, ``svg``, -> its file. unseen : put at its end."""
    environment = Environment(
        loader=PackageLoader("mcost", "report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"tied": _tied, "look": _look}
    environment.tests |= {name: _is(kind) for name, kind in KINDS.items()}
    plates = [
        part
        for section in (*memo.sections, *memo.appendix)
        for part in section.parts
        if isinstance(part, Plate)
    ]
    pictures = {plate.name: _inline(picture(plate.name, "svg")) for plate in plates}
    template = environment.get_template(TEMPLATE)
    return template.render(memo=memo, pictures=pictures, version=VERSION, unseen=Markup(unseen))


def _is(kind: type) -> Callable[[object], bool]:
    return lambda part: isinstance(part, kind)


def _tied(text: str) -> str:
    for place, sign in _TIED:
        text = place.sub(sign, text)
    return text


def _look(table: Table, column: int) -> str:
    """How a column is set: numbers to the right; of text, long ones may break their lines."""
    if column not in table.words:
        return "number"
    longest = max(len(row[column]) for row in (table.columns, *table.rows))
    return "long" if longest >= LONG else "short"


def _inline(svg: bytes) -> str:
    """As an image of its own: the ids of one figure do not meet those of another."""
    return f"data:image/svg+xml;base64,{b64encode(svg).decode()}"
