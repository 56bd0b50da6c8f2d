"""A terminal's lines: a command after ``$``, and what it prints, which is not code."""

from __future__ import annotations

from typing import ClassVar

from pygments.lexer import RegexLexer, bygroups
from pygments.token import Generic, Text
from sphinx.application import Sphinx


class Terminal(RegexLexer):
    """Sphinx's own takes a line that begins with a per cent sign for a command."""

    name = "Terminal"
    tokens: ClassVar = {
        "root": [
            (r"^(\$ )(.*\n)", bygroups(Generic.Prompt, Generic.Strong)),
            (r".*\n", Text),
        ]
    }


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_lexer("console", Terminal)
    return {"parallel_read_safe": True}
