"""How memory is kept between one block of futures and the next."""

from __future__ import annotations

from functools import cache

import numpy as np

_LARGEST = 31 * 2**20
"""Bytes: just under the 32 MB that glibc follows."""


@cache
def keep_freed_memory() -> None:
    """Have glibc keep what is freed, where there is a glibc.

    A block's arrays are made anew for each block and each what-if. Given back to the system in between, their
    pages are cleared again each time, which takes as long as the simulation itself, and makes the workers of
    one machine wait for each other. glibc keeps blocks up to the size of the largest one that was ever freed,
    32 MB at most; this one is never touched.
    """
    np.empty(_LARGEST, dtype=np.uint8)
