"""How memory is kept between one block of futures and the next."""

from __future__ import annotations

import ctypes
import sys
from functools import cache

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_LARGEST = 32 * 2**20
"""Bytes: the largest that glibc keeps, and what it comes to by itself where nobody has set it."""


@cache
def keep_freed_memory() -> None:
    """Have glibc keep what is freed, where there is a glibc.

    A block's arrays are made anew for each block and each what-if. Given back to the system in between, their
    pages are cleared again each time, which takes as long as the simulation itself, and makes the workers of
    one machine wait for each other. By itself glibc learns what to keep from what was freed; a Dask worker
    begins with that switched off, and takes twice as long without this.
    """
    if sys.platform == "linux" and (mallopt := getattr(ctypes.CDLL(None), "mallopt", None)) is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGEST)
        mallopt(_M_TRIM_THRESHOLD, 2 * _LARGEST)
