"""The calendar months of a log: those that it holds whole, and those that it holds in part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from mcost.usage.log import Log, number_of


@dataclass(frozen=True)
class Month:
    """A month that is whole in a log: its first day, its days, and what happened in it.

    calls : None where the log counts none. usd : None where nobody knows what they cost.
    """

    first: date
    days: int
    calls: float | None
    usd: float | None


@dataclass(frozen=True)
class Months:
    """Months of a log, by their first day: the whole ones, and those of which days are not known."""

    whole: tuple[Month, ...]
    part: tuple[date, ...]


def months(log: Log, usd: np.ndarray | None) -> Months:
    """The months of a log.

    usd : ndarray (b,), what each bucket cost; None where that is not known.
    """
    spent = None if usd is None else log.by_day(usd)
    whole, part = [], []
    for first, after in _calendar(*log.period):
        begin, end = number_of(first) - log.first, number_of(after) - log.first
        calls = log.days[max(begin, 0) : end]
        if calls.size < end - begin or np.isnan(calls).any():
            part.append(first)
            continue
        counted = float(calls.sum()) if log.measure == "requests" else None
        cost = None if spent is None else float(spent[begin:end].sum())
        whole.append(Month(first, end - begin, counted, cost))
    return Months(tuple(whole), tuple(part))


def _calendar(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The first day of each month, and that of the next."""
    month = first.replace(day=1)
    while month <= last:
        after = (month + timedelta(days=32)).replace(day=1)
        yield month, after
        month = after
