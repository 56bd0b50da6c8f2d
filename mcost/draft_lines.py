"""Lines of a scenario file: what was asked, what was measured, what a prior gives, each with its reason."""

from __future__ import annotations

import json
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mcost.questions import Answers, law_of

if TYPE_CHECKING:
    from mcost.catalogue import Entry
    from mcost.law import Law

_COMMENTS = 58


@dataclass(frozen=True)
class Assumed:
    """An input that was taken from the catalogue."""

    key: str
    entry: Entry


class Lines:
    """A scenario's text as it grows, and what was taken from the catalogue on the way."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.lines: list[str] = []
        self.assumed: list[Assumed] = []
        self.table = ""

    def say(self, *lines: str) -> None:
        self.lines += lines

    def head(self, table: str, comment: str = "") -> None:
        self.say("", *([f"# {line}" for line in wrapped(comment)] if comment else []), f"[{table}]")
        self.table = table

    def set(self, key: str, value: str, comment: str = "") -> None:
        line = f"{key} = {value}"
        self.say(f"{line:<{_COMMENTS}}  # {comment}" if comment else line)

    def given(self, key: str, name: str, comment: str = "") -> None:
        """A line for what was asked."""
        said = getattr(self.answers, name)
        self.set(key, as_toml(law_of(name, said), said), comment)

    def prior(self, key: str, name: str, comment: str = "") -> None:
        """A line that takes a prior, with its range, and a word where it is weak."""
        from mcost.catalogue import entry
        from mcost.report.priors import paste, span

        found = entry(name)
        said = [span(found), *(["weak"] if found.grade == "weak" else []), *([comment] if comment else [])]
        self.set(key, paste(found), "; ".join(said))
        self.assumed.append(Assumed(f"{self.table}.{key}".lstrip("."), found))

    def known(self, key: str, name: str, comment: str = "") -> None:
        """A line for what was measured, or else for a prior."""
        if not self.measured(key):
            self.prior(key, name, comment)

    def measured(self, key: str) -> bool:
        """Write the line for what was measured, where it was."""
        found, file = self.answers.observed.get(key), self.answers.priors_file
        if found is None:
            return False
        self.set(
            key, found.notation if file is None else f"{{ prior = {quoted(f'{file}:{key}')} }}", found.said
        )
        return True


def wrapped(text: str) -> list[str]:
    """The lines of a comment, none longer than 106 characters unless a single word is."""
    return textwrap.wrap(text, 106, break_long_words=False, break_on_hyphens=False)


def quoted(text: str) -> str:
    """Text in quotes, as TOML writes it."""
    return json.dumps(text, ensure_ascii=False)


def as_toml(law: Law, text: str) -> str:
    """A range as it was written, a number as TOML writes it."""
    if not law.certain:
        return quoted(text)
    value = law.support()[0]
    return f"{int(value):_}" if value == int(value) else repr(value)
