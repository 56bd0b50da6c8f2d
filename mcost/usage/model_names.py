"""Names of models in a log: without provider and date, as they may be shown, and which one is meant."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable


def plain_model(name: str) -> str:
    """A model's name without its provider and its date: ``openai/gpt-4o-2024-08-06`` -> ``gpt-4o``."""
    return re.sub(r"[-@](\d{4}-\d\d-\d\d|\d{8}|latest)$", "", _bare(name))


def _bare(name: str) -> str:
    return name.lower().rsplit("/", 1)[-1]


def shown_model(name: str) -> str:
    """A model's name as it may be shown: of a tune only its base, and nothing that is no such name."""
    if name.startswith("ft:"):
        name = ":".join(name.split(":")[:2])
    usual = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._:/@-]{0,79}", name)
    if usual and not re.match(r"(sk|pk|key)[-_]", name):
        return name
    return "(a name that is not shown)" if name else "(no model named)"


def matching(names: Iterable[str], wanted: Collection[str]) -> set[str]:
    """Those of the names that a model asked for means; one asked for without a date means it of any date."""
    asked = {_bare(name) for name in wanted}
    return {name for name in names if _bare(name) in asked or plain_model(name) in asked}
