"""The natural scale of a domain, on which a range is symmetric: identity, log, logit."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]
Z95 = 1.6448536269514722
"""Standard deviations from the median of a normal to its 5 % and to its 95 % point."""

Domain = Literal["real", "positive", "fraction"]


def to_scale(x: Array, domain: Domain) -> Array:
    """Values on the domain's natural scale, same shape; infinite at the ends of the domain."""
    with np.errstate(divide="ignore"):
        if domain == "positive":
            return np.log(np.maximum(x, 0.0))
        return special.logit(np.clip(x, 0.0, 1.0)) if domain == "fraction" else x


def from_scale(y: Array, domain: Domain) -> Array:
    """The inverse of ``to_scale``."""
    with np.errstate(over="ignore", under="ignore"):
        if domain == "positive":
            return np.exp(y)
        return special.expit(y) if domain == "fraction" else y


def rate(x: Array, domain: Domain) -> Array:
    """Derivative of the natural scale at x, same shape."""
    with np.errstate(divide="ignore"):
        if domain == "positive":
            return 1 / x
        return 1 / (x * (1 - x)) if domain == "fraction" else np.ones_like(x)


def widest(domain: Domain, low: float, high: float) -> Domain:
    """The domain itself where all from low to high lies in it, else the next wider one that holds it."""
    if domain == "fraction" and low >= 0 and high <= 1:
        return "fraction"
    return "positive" if domain != "real" and low >= 0 else "real"
