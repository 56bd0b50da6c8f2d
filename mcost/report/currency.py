"""Money in the currency of an answer."""

from __future__ import annotations

from mcost.answer import Answer
from mcost.report.words import money


def money_of(answer: Answer, usd: float, error: float = 0.0) -> str:
    """To what its error leaves certain."""
    return money(usd, error, answer.scenario.currency)
