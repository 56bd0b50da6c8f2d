"""Numbers as people write them: ``$``, ``%``, ``k``, ``M``, ``_`` and the quantity's own unit."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from numbers import Real
from typing import Any

from mcost.errors import NotationError, shown
from mcost.quantity import Quantity, check_number

_NUMBER = (
    r"(?:[+\-−]?\s*\$?|\$\s*[+\-−])\s*(?:\d[\d_]*(?:\.\d[\d_]*)?|\.\d+)(?:[eE][+\-]?\d+)?"
    r"\s*(?:%|[kKM](?![A-Za-z]))?"
)
ONE = re.compile(rf"({_NUMBER})")
INTERVAL = re.compile(rf"({_NUMBER})\s+to\s+({_NUMBER})")
DASHED = re.compile(rf"({_NUMBER})\s*(?:-|–|—|\.\.\.?|…|~)\s*({_NUMBER})")
_WITH_UNIT = tuple(
    re.compile(rf"(?P<body>{form.pattern})\s*(?P<unit>[A-Za-z][A-Za-z /]*)")
    for form in (INTERVAL, ONE, DASHED)
)

_WORDS: Mapping[str, frozenset[str]] = {
    "hours": frozenset({"h", "hour", "hours", "engineer hours", "engineering hours"}),
    "hours a month": frozenset({"h", "hour", "hours", "hours a month", "hours per month", "hours/month"}),
    "months": frozenset({"month", "months"}),
    "days": frozenset({"day", "days"}),
    "seconds": frozenset({"s", "second", "seconds"}),
    "tokens": frozenset({"token", "tokens"}),
    "calls a month": frozenset({"call", "calls", "calls a month", "calls per month", "calls/month"}),
    "users": frozenset({"user", "users"}),
    "calls a user": frozenset({"call", "calls", "calls a user", "calls per user", "calls/user"}),
    "examples": frozenset({"example", "examples", "labels"}),
    "events a year": frozenset({"a year", "per year", "events a year", "times a year"}),
    "a month": frozenset({"a month", "per month"}),
    "a year": frozenset({"a year", "per year"}),
    "attempts": frozenset({"attempt", "attempts"}),
}
_RATES = frozenset({"", "a month", "a year", "share", "times"})


def _words(unit: str) -> frozenset[str]:
    known = _WORDS.get(unit, frozenset({unit.lower()} if unit else ()))
    return known | {"usd", "dollars", unit.lower()} if unit.startswith("USD") else known


def without_unit(text: str, quantity: Quantity) -> str:
    """The text in single blanks, without the quantity's own unit; another unit is an error."""
    text = " ".join(text.split())
    match = next((found for form in _WITH_UNIT if (found := form.fullmatch(text))), None)
    if match is None:
        return text
    body, unit = match["body"].rstrip(), match["unit"].strip()
    if unit == "to" or unit.startswith("to ") or unit in ("k", "K", "M"):
        return text
    if unit.lower() in _words(quantity.unit):
        return body
    own = f"is in {quantity.unit}" if quantity.unit else "has no unit"
    raise NotationError(f"found {shown(text)}, but this {own}; write {shown(body)} converted to it")


def numeral(text: str) -> float:
    """The number without its sign of scale: 5 for "5k"."""
    return float(re.sub(r"[_\s$%kKM]", "", text).replace("−", "-"))


def from_text(text: str, quantity: Quantity) -> float:
    """The value of one number, which matches ``ONE``."""
    body = text.replace("_", "").replace("−", "-").replace(" ", "")
    if "$" in body:
        if not quantity.unit.startswith("USD") and quantity.unit:
            raise NotationError(f"found {shown(text)}, but this is in {quantity.unit}, not in dollars")
        body = body.replace("$", "", 1)
    scale = {"%": 0.01, "k": 1e3, "K": 1e3, "M": 1e6}.get(body[-1], 1.0)
    if body.endswith("%") and quantity.domain == "positive" and quantity.unit not in _RATES:
        raise NotationError(f"found {shown(text)}, but this is in {quantity.unit}, not a percentage")
    value = float(body.rstrip("%kKM"))
    if body.endswith("%") and quantity.domain == "fraction" and value > 100:
        raise NotationError(f"found {shown(text)}; expected a share between 0% and 100%")
    return number(value / 100 if scale == 0.01 else value * scale, quantity)


def number(value: Any, quantity: Quantity) -> float:
    """A value that is a number already."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise NotationError(
            f"found {shown(value)}; expected {quantity.expected}"
            f"{' in ' + quantity.unit if quantity.unit else ''}, or any notation of an uncertain input"
        )
    try:
        result = float(value)
    except OverflowError:
        result = math.inf
    if not math.isfinite(result):
        raise NotationError(f"found {shown(value)}; expected a finite number")
    return result + 0.0  # -0.0 + 0.0 is 0.0


def one_number(value: Any, quantity: Quantity) -> float:
    """One number, as a number or in any spelling of a plain one."""
    if not isinstance(value, str):
        return number(value, quantity)
    body = without_unit(value, quantity)
    if not ONE.fullmatch(body):
        raise NotationError(f"found {shown(value)}; expected a number")
    return from_text(body, quantity)


def cell(text: str, quantity: Quantity) -> float:
    """One number of a table of data, within the quantity's domain."""
    try:
        value = number(float(text), quantity)
    except ValueError:
        value = one_number(text, quantity)
    check_number(value, quantity)
    return value
