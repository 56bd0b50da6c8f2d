"""The days of a log that count: whole ones only, and days without calls told from those not known."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from mcost.usage.log import day_of, next_month

_EXPECTED = 20.0
"""Calls that a day without any must have had to expect, to be a gap and not a quiet day."""
_LEAST = 0.5
"""A first or last day with less than this share of its weekday's usual calls was not exported whole."""


class Days(NamedTuple):
    """Buckets and calls a day that count, as a :class:`~mcost.usage.log.Log` has them."""

    buckets: pd.DataFrame
    calls: np.ndarray
    first: int
    left_out: tuple[date, ...]
    gaps: tuple[date, ...]


def whole_days(buckets: pd.DataFrame, volume: pd.Series, width: int, per_call: bool) -> Days:
    """Leaves out days at the ends that are not whole, and tells quiet days from gaps.

    volume : of each bucket, by which the days are judged.
    """
    first, last = int(buckets.index.min()), int(buckets.index.max())
    daily = np.full(last - first + 1, np.nan)
    daily[buckets.index.to_numpy() - first] = volume.to_numpy()
    if width > 1:
        daily = _spread(buckets.index.to_numpy(), volume.to_numpy(), width)
    left_out: list[int] = []
    if width == 1:
        known = set(buckets.index)
        for at in (0, -1):
            if len(daily) > 3 and _is_part(daily, at, per_call):
                left_out.append(first if at == 0 else first + len(daily) - 1)
                daily = daily[1:] if at == 0 else daily[:-1]
                first += at == 0
        buckets = buckets.drop(index=[day for day in left_out if day in known])
        daily = _quiet(daily)
    return Days(
        buckets=buckets,
        calls=daily,
        first=first,
        left_out=tuple(day_of(d) for d in left_out),
        gaps=tuple(day_of(first + at) for at in np.flatnonzero(np.isnan(daily)).tolist()),
    )


def _spread(starts: np.ndarray, volume: np.ndarray, width: int) -> np.ndarray:
    """Calls a day (d,), of buckets wider than a day: each is spread evenly over its days."""
    ends = np.array([next_month(s) for s in starts]) if width >= 28 else starts + width
    daily = np.full(ends.max() - starts.min(), np.nan)
    for start, end, calls in zip(starts, ends, volume, strict=True):
        daily[start - starts.min() : end - starts.min()] = calls / (end - start)
    return daily


def _is_part(daily: np.ndarray, at: int, per_call: bool) -> bool:
    """Whether the first or last day was not exported whole: a log of calls begins and ends at any hour."""
    if per_call:
        return True
    same = daily[::7] if at == 0 else daily[::-1][::7]
    others = same[1:5][np.isfinite(same[1:5])]
    return bool(others.size and others.mean() > _EXPECTED and daily[at] < _LEAST * others.mean())


def _quiet(daily: np.ndarray) -> np.ndarray:
    """Days without a row: 0 calls where so few were to be expected that none is no wonder, else not known."""
    found = daily.copy()
    rows = np.where(np.isnan(daily), 0.0, daily)
    for at in np.flatnonzero(np.isnan(daily)):
        weeks = rows[at % 7 :: 7]
        nearby = weeks[max(0, at // 7 - 4) : at // 7 + 5]
        if np.median(nearby) < _EXPECTED:
            found[at] = 0.0
    return found
