"""An estimate and its 90 % interval, as a distribution in the notation of scenario files."""

from __future__ import annotations

import math
from typing import Any

from mcost.errors import NotationError
from mcost.uncertain import Quantity, read

_MOST_RATIO = 20.0
"""Ends further apart are written as percentiles: a log-normal would move the middle."""
_LEAST_GROWTH = 0.9
_MOST_RETRIES, _FEW = 0.99, 1.5


def digits(value: float) -> float:
    return float(f"{value:.5g}")


def _end(value: float, width: float) -> str:
    """An end of an interval, to some hundredths of its width."""
    places = min(12, max(0, 2 - math.floor(math.log10(width)))) if width > 0 else 6
    text = f"{value:.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{int(text):_}" if "." not in text and abs(int(text)) >= 10_000 else text


def amount(ends: tuple[float, float, float]) -> Any:
    """An amount above 0 that holds between its ends with 90 %; (value, low, high)."""
    value, low, high = ends
    if high <= low:
        return digits(value)
    if high / max(low, 1e-300) > _MOST_RATIO:
        percentiles = {"p5": digits(low), "p50": digits(value), "p95": digits(high), "min": 0}
        try:
            read(percentiles, Quantity("", "positive"))
        except NotationError:
            return {"low": digits(low), "high": digits(high)}
        return percentiles
    return f"{_end(low, high - low)} to {_end(high, high - low)}"


def share(a: float, b: float, key: str) -> dict[str, Any]:
    """A share as a Beta; a retry rate of few trials is kept from 1, where no call would ever be done."""
    beta: dict[str, Any] = {"dist": "beta", "a": digits(a), "b": digits(b)}
    return {**beta, "max": _MOST_RETRIES} if key == "retry_rate" and b < _FEW else beta


def growth(ends: tuple[float, float, float]) -> Any:
    """A growth that holds between its ends with 90 %, a normal; it never falls by all of the volume."""
    _, low, high = ends
    low, high = max(low, -_LEAST_GROWTH), max(high, -_LEAST_GROWTH / 2)
    if (high - low) * 4 > high + 1:  # far below -1 within what a normal reaches
        return {"low": digits(low), "high": digits(high), "min": -0.95}
    return f"{_end(low, high - low)} to {_end(high, high - low)}"
