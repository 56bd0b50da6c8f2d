"""Whole numbers that somebody gave: how many futures, which seed, how many points."""

from __future__ import annotations

import numpy as np

from mcost.errors import McostError, shown


def whole_between(name: str, value: int, least: int, most: int) -> int:
    """The value; McostError, which calls it by its name, where it is no whole number from least to most."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not least <= value <= most:
        top = f"{most:,}" if most < 2**64 else f"2^{most.bit_length() - 1}"
        raise McostError(f"{name}: found {shown(value)}; expected a whole number from {least} to {top}")
    return int(value)
