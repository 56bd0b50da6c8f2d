"""What pages of docs/ hold that is made from the program: the keys of a scenario file, and the gallery."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mcost.json_schema import scenario_schema

ROOT = Path(__file__).parent.parent
UNSAID = "; unsaid, "


def keys(table: str) -> str:
    """Every key of a table of a scenario file: meaning, unit, what it may be, and what holds if unsaid."""
    schema = scenario_schema()
    found = schema if table == "ScenarioTables" else schema["$defs"][table]
    rows = ["| key | what it is | unit | may be | unsaid |", "|---|---|---|---|---|"]
    for key, of in found["properties"].items():
        said, _, unit = of["description"].partition(" [") if _uncertain(of) else (of["description"], "", "")
        meaning, _, unsaid = said.partition(UNSAID)
        cells = [f"`{key}`", meaning, unit.rstrip("]"), _may_be(of), unsaid or "must be given"]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _choices(of: dict[str, Any]) -> list[dict[str, Any]]:
    """What a key may be, one by one; null is a key that is left out."""
    nested = [_choices(one) if "anyOf" in one else [one] for one in of.get("anyOf", [of])]
    return [one for each in nested for one in each if one.get("type") != "null"]


def _uncertain(of: dict[str, Any]) -> bool:
    refs = [one.get("$ref", "") for one in _choices(of)]
    return any(ref.endswith("/uncertain_text") for ref in refs)


def _may_be(of: dict[str, Any]) -> str:
    uncertain = _uncertain(of)
    words = [_word(one) for one in _choices(of) if not one.get("$ref", "").endswith("uncertain_text")]
    return f"uncertain: {', or '.join(words)}" if uncertain else ", or ".join(dict.fromkeys(words))


def _word(one: dict[str, Any]) -> str:
    """One thing that a key may be, in words."""
    if "enum" in one:
        return ", ".join(f"`{word}`" for word in one["enum"])
    if "const" in one:
        return f'`"{one["const"]}"`'
    if "$ref" in one:
        return "a table, below"
    if one["type"] in ("number", "integer"):
        return _limits(one)
    if one["type"] == "array":
        return "`[[…]]`" if "$ref" in one.get("items", {}) else "a list"
    if one["type"] == "object":
        return "a table"
    return "a date" if one.get("format") == "date" else "text"


def _limits(one: dict[str, Any]) -> str:
    low, high, above, below = (
        None if one.get(key) is None else _plain(one[key])
        for key in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
    )
    whole = ["whole"] if one["type"] == "integer" else []
    if above is None and below is None and low is not None and high is not None:
        return ", ".join([*whole, f"{low} to {high}"])
    least = f"above {above}" if above is not None else low and f"{low} or more"
    most = f"below {below}" if below is not None else high and f"at most {high}"
    return ", ".join([*whole, *(limit for limit in (least, most) if limit)]) or "any number"


def _plain(number: float) -> str:
    """A number without an exponent."""
    text = f"{number:,.6f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")


def figure(scenario: str, name: str) -> str:
    """A picture of the gallery, with its alt text and the sentence that goes with it."""
    said = json.loads((ROOT / "figures" / scenario / f"{name}.json").read_text(encoding="utf-8"))
    text = f"![{said['alt']}](../figures/{scenario}/{name}.png)\n\n> {said['sentence']}"
    return text.replace("$", "\\$")  # two amounts are no formula


MADE: dict[str, Callable[..., str]] = {"keys": keys, "figure": figure}
