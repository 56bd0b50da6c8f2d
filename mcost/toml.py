"""TOML as ``tomllib`` reads it, but for what it would take minutes over: keys of very many parts."""

from __future__ import annotations

import re
import tomllib
from typing import Any

DEEPEST = 20
"""Tables within tables, by brackets or by dots."""

_TOKENS = re.compile(
    r'''"""(?:[^\\"]|\\.|"(?!""))*+(?:""")?'''
    r"""|'''(?:[^']|'(?!''))*+(?:''')?"""
    r"""|(?P<part>"(?:[^"\\\n]|\\.)*+"?|'[^'\n]*+'?|[\w-]++)"""
    r"""|(?P<dot>\.)|[ \t]++|\#[^\n]*+|(?P<other>.)""",
    re.DOTALL,
)


def parse(text: str) -> dict[str, Any]:
    """The tables of a text.

    Raises tomllib.TOMLDecodeError, with line and column, for what is no TOML; another ValueError, whose text
    may be shown, for tables nested too deeply and for whole numbers of too many digits.
    """
    if any(line.count(".") >= DEEPEST for line in text.split("\n")) and _longest_key(text) > DEEPEST:
        raise ValueError(f"found a key of more than {DEEPEST} parts")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError:
        raise ValueError("found tables nested too deeply to read") from None
    except ValueError:
        raise ValueError("found a number of more than 4,300 digits") from None


def _longest_key(text: str) -> int:
    """The parts of the longest dotted key. ``tomllib`` takes the square of it in time."""
    longest = parts = 0
    dotted = False
    for token in _TOKENS.finditer(text):
        kind = token.lastgroup
        if kind == "part":
            parts = parts + 1 if dotted else 1
            longest = max(longest, parts)
        if kind in ("part", "other"):
            dotted = False
        elif kind == "dot":
            dotted = True
    return longest
