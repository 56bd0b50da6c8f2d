"""A verdict in Slack's own markup, for a thread; what a scenario says never becomes markup."""

from __future__ import annotations

import re

from mcost.report.layout import Verdict
from mcost.report.plain import table

WIDTH = 76
"""Columns of a code block that a thread shows without breaking its lines."""

_ALIKE = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ", "<": "‹", ">": "›"})
"""Slack has no escape that holds both when a block is pasted and when a program sends it, so that a character
that would be markup is told by one that looks alike."""

_EDGE = re.compile(r"(?<!\w)_|_(?!\w)")
"""Within a word an underscore is no markup."""


def slack(verdict: Verdict) -> str:
    """The title and each label bold, and the first table in a code block; the others are left out."""
    parts = [f"*{_plain(verdict.title)}*"]
    for paragraph in verdict.paragraphs:
        said = " ".join(paragraph.sentences)
        parts.append(f"*{paragraph.label}*  {_plain(said)}")
    parts += [f"```\n{_plain(table(first, WIDTH))}\n```" for first in verdict.tables[:1]]
    return "\n".join([*parts, f"_{_plain(verdict.footer)}_"])


def _plain(text: str) -> str:
    return _EDGE.sub("ˍ", text.translate(_ALIKE))
