"""Money as a title, a label or an axis says it: three digits at most, and millions as such."""

from __future__ import annotations

import math

from mcost.report.words import MINUS, money, small_money

DIGITS = 3
_SCALES = ((1e12, "tn", "trillion"), (1e9, "bn", "billion"), (1e6, "M", "million"))
_THOUSAND = (1e3, "k", "thousand")
_LARGEST = 1e15


def amount(usd: float, error: float = 0.0, currency: str = "USD", *, spoken: bool = False) -> str:
    """``−$5,550``, ``$1.24M``, or spoken ``$1.24 million``: no digit that 1.96 errors leave open."""
    size = abs(usd)
    coarse = 10.0 ** (math.floor(math.log10(size)) - DIGITS + 1) if size > 0 else 0.0
    scale = next((s for s in _SCALES if size >= s[0] * (1 - 0.5 * 10.0**-DIGITS)), None)
    if 0 < size < 1:
        small = (
            float(f"{size:.{DIGITS}g}")
            if not error or not math.isfinite(error)
            else _rounded(size, 1.96 * error)
        )
        return f"{MINUS if usd < 0 and small else ''}{small_money(small, currency)}"
    if scale is None or size >= _LARGEST:
        return money(usd, max(error, 1.0001 * coarse / 1.96), currency)
    half = 1.96 * error if math.isfinite(error) else size
    step = max(coarse, 10.0 ** math.floor(math.log10(half)) if half > 0 else 0.0)
    value = round(usd / step) * step / scale[0]
    text = f"{abs(value):,.{max(0, round(math.log10(scale[0] / step)))}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    unit = f" {scale[2]}" if spoken else scale[1]
    sign = MINUS if usd < 0 and value != 0 else ""
    return f"{sign}${text}{unit}" if currency == "USD" else f"{sign}{currency} {text}{unit}"


def _rounded(size: float, half: float) -> float:
    """To the digit that the half-width of its interval leaves certain, three at most."""
    digits = min(DIGITS, max(0, math.floor(math.log10(size)) - math.floor(math.log10(half)) + 1))
    return float(f"{size:.{digits}g}") if digits else 0.0


def axis_amounts(ticks: list[float], currency: str = "USD") -> list[str]:
    """The numbers of an axis, all on one scale: ``−$10k``, ``$0``, ``$10k``."""
    largest = max((abs(tick) for tick in ticks), default=0.0)
    scales = (*_SCALES, _THOUSAND)
    divisor, unit = next(((s[0], s[1]) for s in scales if largest >= s[0] and largest >= 1e4), (1.0, ""))
    prefix = "$" if currency == "USD" else f"{currency} "
    return [_tick(tick / divisor, prefix, unit) for tick in ticks]


def _tick(value: float, prefix: str, unit: str) -> str:
    size = abs(value)
    if size < 1e-12:
        return f"{prefix}0"
    text = f"{size:,.6g}" if 1e-4 <= size < 1e6 else f"{size:.3g}"
    return f"{MINUS if value < 0 else ''}{prefix}{text}{unit}"
