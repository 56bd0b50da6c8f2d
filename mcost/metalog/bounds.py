"""The bounds of a metalog's support, and the scale that M is on between them."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import expit

from mcost.metalog.terms import Array


def check_bounds(low: float | None, high: float | None) -> None:
    """Raise ValueError unless the bounds given are finite and in order."""
    for name, bound in (("lower", low), ("upper", high)):
        if bound is not None and not math.isfinite(bound):
            raise ValueError(f"the {name} bound must be finite, or None for no bound: {bound}")
    if low is not None and high is not None and low >= high:
        raise ValueError(f"the lower bound {low:.15g} is not below the upper bound {high:.15g}")


def to_line(x: Array, low: float | None, high: float | None) -> Array:
    """The scale M is on, for x strictly inside the bounds.  Keelin 2016, log and logit metalog."""
    if low is not None and high is not None:
        return np.log(x - low) - np.log(high - x)
    if low is not None:
        return np.log(x - low)
    if high is not None:
        return -np.log(high - x)
    return x


def from_line(m: Array, low: float | None, high: float | None) -> Array:
    """The inverse of `to_line`; may round to a bound, or overflow to infinity."""
    if low is not None and high is not None:
        width = high - low  # each half from its own bound, to keep the distance to it accurate
        out: Array = np.where(m < 0.0, low + width * expit(m), high - width * expit(-m))
        return out
    if low is not None:
        return low + np.exp(m)
    if high is not None:
        return high - np.exp(-m)
    return m
