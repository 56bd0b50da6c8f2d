"""The house's docstrings as reStructuredText: ``name : what it is`` becomes an entry of a list.

A docstring says shape, unit and meaning of each name in one place, under ``Parameters`` where there are many,
in plain lines where there are few. Types stand in the signature.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

from sphinx.application import Sphinx

ENTRY = re.compile(r"(?P<names>[a-z_]\w*(?:, [a-z_]\w*)*) : (?P<text>.+)")
NEXT = re.compile(r"(?<=[.;]) (?=[a-z_]\w*(?:, [a-z_]\w*)* : )")
HEADING = re.compile(r"-{3,}")


def entries(lines: list[str]) -> Iterator[str]:
    """The lines of a docstring, with every ``name : text`` as an entry of a definition list."""
    blank, inside = True, False
    for line, after in zip(lines, [*lines, ""][1:], strict=True):
        if HEADING.fullmatch(line):
            continue
        if HEADING.fullmatch(after):
            yield from ("", f"**{line}**", "")
            blank, inside = True, False
            continue
        indented = line.startswith(" ")
        first, *rest = [line] if indented else NEXT.split(line)
        if (blank or inside) and not indented and ENTRY.match(first):
            for part in (first, *rest):
                found = ENTRY.match(part)
                assert found is not None
                names = ", ".join(f"``{name}``" for name in found["names"].split(", "))
                yield from ([] if inside else [""])
                yield from (names, f"    {found['text']}")
                inside = True
        elif inside and line:
            yield f"    {line.strip()}"
        else:
            inside = False
            yield line
        blank = not line


def _process(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    lines[:] = list(entries(lines))


def _made_by_functions(
    app: Sphinx, what: str, name: str, obj: Any, options: Any, signature: str | None, returned: str | None
) -> tuple[str, None] | None:
    """No signature for a class that nobody builds by hand: results, scenarios, errors."""
    if signature is None:
        return None
    if what == "exception" or dataclasses.is_dataclass(obj) or hasattr(obj, "model_fields"):
        return "", None
    return None


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("autodoc-process-docstring", _process)
    app.connect("autodoc-process-signature", _made_by_functions)
    return {"parallel_read_safe": True}
