"""How memory is kept by the process of a command, which is ours alone."""

from __future__ import annotations

import ctypes

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # malloc.h of glibc
_LARGEST_BLOCK = 1 << 25
_KEPT = 1 << 30


def keep_freed_memory() -> None:
    """Have glibc keep what is freed, where there is a glibc.

    A block's arrays are made anew for each what-if. Given back to the system in between, their pages are
    cleared again each time, which takes as long as the simulation itself.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    mallopt(_MMAP_THRESHOLD, _LARGEST_BLOCK)
    mallopt(_TRIM_THRESHOLD, _KEPT)
