"""Numbers in words: never to more digits than their simulation error allows."""

from __future__ import annotations

import math

from mcost.estimate import MARGIN, Chance

MINUS = "−"

NEARLY = 1e-6
"""A probability this near to 0 or 1 is told as a bound."""


def percent(share: float, half_width: float = 0.0) -> str:
    """``0.3231`` as ``32 %``; with decimals only where the 95 % half-width (a share) allows them.

    What is not 0 or 1 is never shown as such.
    """
    points, half = 100 * share, 100 * half_width
    text = f"{points:.0f}"
    for digits in range(0 if half > 0.1 or 2 <= points <= 98 or share in (0.0, 1.0) else 1, 5):
        text = f"{points:.{digits}f}"
        if share in (0.0, 1.0) or float(text) not in (0.0, 100.0):
            break
    return f"{text} %".replace("-", MINUS)


def chance(estimate: Chance, certain: bool = False) -> str:
    """A simulated probability; where no draw, or every draw, is a hit: below (above) 3/draws."""
    p = estimate.probability
    if NEARLY < p < 1 - NEARLY or certain:
        return percent(p, MARGIN * estimate.standard_error)
    bound = float(f"{min(300 / estimate.n, 100):.2g}")
    return f"below {plain_number(bound)} %" if p < 0.5 else f"above {plain_number(100 - bound)} %"


def in_futures(estimate: Chance) -> str:
    """``in 32 % of futures``, or in none, or in every one, of those simulated."""
    if estimate.probability <= NEARLY:
        return f"in no future simulated ({chance(estimate)})"
    if estimate.probability >= 1 - NEARLY:
        return f"in every future simulated ({chance(estimate)})"
    return f"in {chance(estimate)} of futures"


def plain_number(value: float) -> str:
    """Without an exponent, and without zeros at the end."""
    return f"{value:.10f}".rstrip("0").rstrip(".")


def money(usd: float, error: float = 0.0, currency: str = "USD") -> str:
    """Dollars, rounded to what the 95 % half-width (MARGIN errors) leaves certain; ``−$5,550``."""
    half = MARGIN * error if math.isfinite(error) else abs(usd)
    step = 10.0 ** math.floor(math.log10(half)) if half > 0 else 0.0
    value = round(usd / step) * step if step else usd
    size = abs(value)
    if size >= 1e15:
        digits = f"{size:.3g}"
    elif size < 10 and step < 1 and size != round(size):
        digits = f"{size:,.2f}"
    else:
        digits = f"{size:,.0f}"
    sign = MINUS if value < 0 and float(digits.replace(",", "")) != 0 else ""
    return f"{sign}${digits}" if currency == "USD" else f"{sign}{currency} {digits}"


def small_money(usd: float, currency: str = "USD") -> str:
    """The cost of one call, to four significant digits: ``$0.00045``; cents from one dollar on."""
    if usd >= 1 or usd == 0:
        text = f"{usd:,.2f}".removesuffix(".00")
    else:
        text = plain_number(float(f"{usd:.4g}")) if usd >= 1e-9 else f"{usd:.3g}"
    return f"${text}" if currency == "USD" else f"{currency} {text}"


def count(value: float) -> str:
    """A count or an input's value, to four significant digits, with thousands set apart."""
    if value == 0:
        return "0"
    if abs(value) >= 1e15 or abs(value) < 1e-6:
        return f"{value:.3g}".replace("-", MINUS)
    text = f"{value:,.{max(0, 3 - math.floor(math.log10(abs(value))))}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", MINUS)


def name(strategy: str) -> str:
    """A strategy's name in prose."""
    return strategy.replace("_", " ")


def capital(text: str) -> str:
    """The first letter large, for the start of a sentence."""
    return text[:1].upper() + text[1:]


def listed(items: list[str]) -> str:
    """``a, b and c``."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def months(number: int) -> str:
    """``1 month``, ``24 months``."""
    return f"{number} month" if number == 1 else f"{number} months"
