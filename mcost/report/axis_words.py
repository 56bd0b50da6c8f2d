"""Values of an input in words: what they count, and no digit that their error leaves open."""

from __future__ import annotations

import math

from mcost.axis import Axis
from mcost.report.words import MINUS

SAFE_SIDE = ("attempts", "examples", "months", "replicas")
"""Units of what is counted one by one, or planned by the month: rounded to the side that is safe."""


def value_words(
    axis: Axis, value: float, interval: tuple[float, float] | None = None, up: bool | None = None
) -> str:
    """A value of an input, without its unit but for ``$`` and ``%``.

    interval : what its error leaves open. up : which side is the safe one, for what is counted one by one.
    """
    shown, width = (100 * value, 100.0) if axis.share else (value, 1.0)
    half = width * (interval[1] - interval[0]) / 2 if interval else 0.0
    step = _step(shown, half)
    if up is not None and axis.unit in SAFE_SIDE:
        step = max(step, 1.0) if axis.unit != "months" else step
        parts = shown / step
        rounded = (math.ceil(parts - 1e-9) if up else math.floor(parts + 1e-9)) * step
    else:
        rounded = round(shown / step) * step
    text = _plain(rounded, step)
    if axis.share:
        return f"{text} %"
    if axis.unit.startswith("USD"):
        cents = "0" if "." in text and len(text.partition(".")[2]) == 1 else ""
        return f"{MINUS if rounded < 0 else ''}${text.removeprefix(MINUS)}{cents}"
    return text


def unit_words(axis: Axis) -> str:
    """What follows a value: `` calls a month``, `` an hour`` after dollars; nothing after a share."""
    if axis.share:
        return (
            " a month" if axis.unit.endswith("a month") else " a year" if axis.unit.endswith("a year") else ""
        )
    if axis.unit.startswith("USD"):
        return axis.unit.removeprefix("USD")
    return f" {axis.unit}" if axis.unit else ""


def in_currency(text: str, currency: str) -> str:
    """Dollars said as the scenario's own currency."""
    return text if currency == "USD" else text.replace("$", f"{currency} ")


def probability_words(probability: float) -> str:
    """``half of all futures``, ``80 % of all futures``."""
    return "half of all futures" if probability == 0.5 else f"{100 * probability:.4g} % of all futures"


def _step(shown: float, half: float) -> float:
    """The place to which a value is told: that of its error, or its fourth digit, of large ones the units.

    Its first digit is told whatever its error: "0 or more" would say that any value will do.
    """
    first = 10.0 ** math.floor(math.log10(abs(shown))) if shown else 1000.0
    if half > 0:
        return max(first / 1000, min(first, 10.0 ** math.floor(math.log10(half))))
    return min(1.0, first / 1000)


def _plain(value: float, step: float) -> str:
    size = abs(value)
    sign = MINUS if value < 0 else ""
    if size >= 1e6 and step >= 1e4:
        return f"{sign}{size / 1e6:,.{max(0, 6 - round(math.log10(step)))}f} million"
    if size >= 1e15 or 0 < size < 1e-6:
        return f"{sign}{size:.3g}"
    text = f"{size:,.{max(0, -round(math.log10(step)))}f}"
    return sign + (text.rstrip("0").rstrip(".") if "." in text and step < 1 else text)
