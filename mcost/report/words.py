"""Numbers in words: never to more digits than their simulation error allows."""

from __future__ import annotations

import math

from mcost.estimate import Chance

MINUS = "−"


def percent(share: float, half_width: float = 0.0) -> str:
    """``0.3231`` as ``32 %``; with decimals only where the 95 % half-width (a share) allows them.

    What is not 0 or 1 is never shown as such.
    """
    points, half = 100 * share, 100 * half_width
    for digits in range(0 if half > 0.1 or 2 <= points <= 98 else 1, 5):
        text = f"{points:.{digits}f}"
        if share in (0.0, 1.0) or float(text) not in (0.0, 100.0):
            break
    return f"{text} %".replace("-", MINUS)


def chance(estimate: Chance, certain: bool = False) -> str:
    """A simulated probability; where no draw, or every draw, is a hit: below (above) 3/draws."""
    p, rule_of_three = estimate.probability, 3 / estimate.n
    if p in (0.0, 1.0) and not certain:
        bound = f"{100 * rule_of_three:.2g}"
        if rule_of_three >= 1:
            return "any share"
        return f"below {bound} %" if p == 0 else f"over {_plain(100 - float(bound))} %"
    return percent(p, 1.96 * estimate.standard_error)


def _plain(value: float) -> str:
    return f"{value:.10f}".rstrip("0").rstrip(".")


def money(usd: float, error: float = 0.0, currency: str = "USD", signed: bool = False) -> str:
    """Dollars, rounded to what the 95 % half-width (1.96 errors) leaves certain; ``−$5,550``."""
    half = 1.96 * error
    step = 10.0 ** math.floor(math.log10(half)) if half > 0 else 0.0
    value = round(usd / step) * step if step else usd
    size = abs(value)
    cents = size < 10 and step < 1 and size != round(size)
    digits = f"{size:,.2f}" if cents else f"{size:,.0f}"
    if size >= 1e15:
        digits = f"{size:.3g}"
    if float(digits.replace(",", "")) == 0:
        value = 0.0
    sign = MINUS if value < 0 else "+" if signed and value > 0 else ""
    return f"{sign}${digits}" if currency == "USD" else f"{sign}{currency} {digits}"


def small_money(usd: float, currency: str = "USD") -> str:
    """The cost of one call: two significant digits more than cents would show, ``$0.00045``."""
    text = (
        f"{usd:.4g}" if usd >= 1e-4 or usd == 0 else f"{usd:.4f}" if usd >= 1 else _plain(float(f"{usd:.3g}"))
    )
    return f"${text}" if currency == "USD" else f"{currency} {text}"


def count(value: float) -> str:
    """A count or an input's value, to three or four significant digits, with thousands set apart."""
    if value == 0:
        return "0"
    if abs(value) >= 1e15 or abs(value) < 1e-6:
        return f"{value:.3g}".replace("-", MINUS)
    digits = max(0, 3 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", MINUS)


def name(strategy: str) -> str:
    """A strategy's name in prose."""
    return strategy.replace("_", " ")


def listed(items: list[str]) -> str:
    """``a, b and c``."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def months(count_: int) -> str:
    return f"{count_} month" if count_ == 1 else f"{count_} months"
