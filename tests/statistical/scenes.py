"""Scenarios small enough to have an exact answer, and the laws that it takes."""

import math
import os
from collections.abc import Mapping
from typing import Any

from scipy.special import ndtr

from mcost.nets import whole_number
from mcost.tally import KEPT

NIGHTLY = os.environ.get("MCOST_TEST_NIGHTLY") == "1"
"""Whether 20 times the draws are taken."""

DRAWS = whole_number(2**18 * (20 if NIGHTLY else 1), "qmc")
KEPT_DRAWS = min(DRAWS, KEPT)
"""Futures that the percentiles are of."""

MONTHLY = 2**18
"""Draws of which all months of all futures are held in memory."""

Z95 = 1.6448536269514722
"""Φ(Z95) = 0.95: the ends of "a to b" lie this many sigmas from the middle."""

# 1000 prompt tokens at 1 USD per million tokens: a call costs 0.001 USD.
PROMPT: dict[str, Any] = {"price": {"input": 1.0}, "prompt_tokens": 1000}
FREE: dict[str, Any] = {"price": {"input": 0.0, "output": 0.0}}


def scene(
    horizon: int,
    strategies: Mapping[str, Any] | None = None,
    workload: Mapping[str, Any] | None = None,
    **top: Any,
) -> dict[str, Any]:
    """1000 calls a month at 0.001 USD, so 1 USD a month; further strategies and keys as given."""
    return {
        "title": "a closed form",
        "baseline": "prompt",
        "horizon_months": horizon,
        "workload": {"calls_per_month": 1000, **(workload or {})},
        "strategies": {"prompt": PROMPT, **(strategies or {})},
        **top,
    }


def own_cost(driver: str, amount: Any, name: str = "own") -> dict[str, Any]:
    """One cost line of the scenario's own."""
    return {"name": name, "driver": driver, "amount": amount}


def lognormal(low: float, high: float) -> tuple[float, float]:
    """mu and sigma of "low to high", its 5 % and 95 % points: middle of the logs, half their distance / z."""
    return (math.log(low) + math.log(high)) / 2, (math.log(high) - math.log(low)) / (2 * Z95)


def phi(x: float) -> float:
    """The density of the standard normal."""
    return math.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def cap_phi(x: float) -> float:
    """The distribution function of the standard normal."""
    return float(ndtr(x))


def poisson(mean: float, k: int) -> float:
    """The probability of k events where so many are expected."""
    return math.exp(-mean) * mean**k / math.factorial(k)


def assert_within(found: float, expected: float, standard_error: float, errors: float = 5.0) -> None:
    """``found`` lies within so many standard errors of ``expected``."""
    assert standard_error > 0
    z = (found - expected) / standard_error
    assert abs(z) <= errors, (
        f"found {found!r}, expected {expected!r}: {z:+.2f} standard errors of {standard_error!r}"
    )
