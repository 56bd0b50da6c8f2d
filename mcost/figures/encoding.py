"""Figure -> the bytes of a file, with what it says and rests on inside: the same figure, the same bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from io import BytesIO
from typing import Any

from matplotlib.figure import Figure

from mcost.errors import McostError, nearest, shown
from mcost.figures.caption import Caption
from mcost.figures.style import Size, styled
from mcost.version import VERSION

FORMATS = ("png", "svg", "pdf")

Facts = Mapping[str, str | int]


def encode(figure: Figure, form: str, size: Size, name: str, caption: Caption, facts: Facts) -> bytes:
    """The file's bytes; no date is in them.

    form : ``png``, ``svg`` or ``pdf``. name : of the figure, for the ids in an SVG.

    Raises McostError for another format.
    """
    if form not in FORMATS:
        raise McostError(f"format: found {shown(form)}; expected png, svg or pdf{nearest(form, FORMATS)}")
    stream = BytesIO()
    with styled(size):
        figure.savefig(stream, format=form, metadata=_METADATA[form](caption, facts))
    if form == "svg":
        return _accessible(stream.getvalue().decode(), name, caption).encode()
    return stream.getvalue()


def _png(caption: Caption, facts: Facts) -> dict[str, Any]:
    own = {f"mcost:{key}": str(value) for key, value in facts.items()}
    said = {"Title": caption.title, "Description": caption.alt, "Software": f"mcost {VERSION}"}
    return said | own


def _pdf(caption: Caption, facts: Facts) -> dict[str, Any]:
    return {
        "Title": caption.title,
        "Subject": caption.alt,
        "Keywords": _keywords(facts),
        "Creator": f"mcost {VERSION}",
        "CreationDate": None,
    }


def _svg(caption: Caption, facts: Facts) -> dict[str, Any]:
    return {
        "Title": caption.title,
        "Description": caption.alt,
        "Keywords": [f"{key}={value}" for key, value in facts.items()],
        "Creator": f"mcost {VERSION}",
        "Date": None,
    }


def _keywords(facts: Facts) -> str:
    return "; ".join(f"{key}={value}" for key, value in facts.items())


_METADATA = {"png": _png, "pdf": _pdf, "svg": _svg}


def _accessible(svg: str, name: str, caption: Caption) -> str:
    """An image to a screen reader, with its title and description as the first things in it."""
    ids = f"{name}-title", f"{name}-desc"
    svg = re.sub(r"<title>.*?</title>\s*", "", svg, count=1, flags=re.DOTALL)  # Matplotlib's own, in no place
    named = (
        f'<title id="{ids[0]}">{escape(caption.title)}</title>\n'
        f'<desc id="{ids[1]}">{escape(caption.alt)}</desc>\n'
    )
    return re.sub(
        r"<svg ([^>]*)>\s*",
        lambda tag: f'<svg role="img" aria-labelledby="{" ".join(ids)}" {tag[1]}>\n{named}',
        svg,
        count=1,
    )
