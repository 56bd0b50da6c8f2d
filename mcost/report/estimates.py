"""Estimates in words: a share, money or a worth, to the digits that its error allows, or below a limit."""

from __future__ import annotations

import math

from mcost.estimate import Estimate
from mcost.report.words import MINUS, money, percent
from mcost.voi import Information


def above_zero(estimate: Estimate) -> bool:
    """Whether it can be told from 0."""
    return estimate.interval[0] > 0


def share(estimate: Estimate) -> str:
    """A share of variance; what cannot be told from 0 is below its upper limit, 100 % at most."""
    low, high = estimate.interval
    if low > 0:
        return percent(min(estimate.value, 1.0), 1.96 * estimate.standard_error)
    return f"below {math.ceil(100 * max(0.01, min(1.0, high)) - 1e-9)} %"


def usd(estimate: Estimate, currency: str) -> str:
    """Money, with its sign."""
    return money(estimate.value, estimate.standard_error, currency)


def worth(known: Information, currency: str) -> str:
    """What it is worth to know, its bias taken off."""
    return money(known.corrected, known.standard_error, currency)


def below(known: Information, currency: str) -> str:
    """Its upper limit, where it cannot be told from 0."""
    return f"below {limit(max(known.interval[1], 1.0), currency)}"


def limit(usd: float, currency: str) -> str:
    """An upper limit to one digit, upwards."""
    step = 10.0 ** math.floor(math.log10(usd))
    return money(math.ceil(usd / step - 1e-9) * step, 0.0, currency).removeprefix(MINUS)
