"""The calendar months of a log: those that it holds whole, and those that it holds in part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from mcost.calendar_months import calendar
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
    for first, after in calendar(*log.period):
        begin, end = number_of(first) - log.first, number_of(after) - log.first
        calls = log.days[max(begin, 0) : end]
        if calls.size < end - begin or np.isnan(calls).any():
            part.append(first)
            continue
        counted = float(calls.sum()) if log.measure == "requests" else None
        cost = None if spent is None else float(spent[begin:end].sum())
        whole.append(Month(first, end - begin, counted, cost))
    return Months(tuple(whole), tuple(part))
