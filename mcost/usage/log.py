"""A log as it is judged: calls and tokens by day and model, gaps, part days, and a sample of its calls."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from mcost.usage.formats import Format
from mcost.usage.reading import File

SUMS = ("requests", "failed", "retries", "uncached", "written", "cached", "output", "batch", "cost")
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Log:
    """What was read, by day.

    kind : the export; files : what was met in each. told : columns of the common table that it has.
    buckets : a row a bucket, indexed by its first day (days since 1970): sums of :data:`SUMS`; each of
        ``width`` days.
    days : ndarray (d,), calls a day from ``first`` (days since 1970) on, NaN where nothing is known.
    left_out : days at the ends not exported whole. gaps : days in between of which nothing is known.
    models : name -> first day, last day, calls; ``wanted`` : those that were asked for, all where none was.
    sample : calls one by one, at most 20,000, picked evenly.
    measure : ``"requests"``, or ``"tokens"`` where the export counts no calls.
    groups : for a comparison, sums of :data:`SUMS`, and of requests without a cost, by (True, session), or by
        (False, hour since 1970) where the log has no session.
    """

    kind: Format
    files: tuple[File, ...]
    told: frozenset[str]
    buckets: pd.DataFrame
    width: int
    days: np.ndarray
    first: int
    left_out: tuple[date, ...]
    gaps: tuple[date, ...]
    models: pd.DataFrame
    wanted: frozenset[str]
    sample: pd.DataFrame
    measure: str
    groups: pd.DataFrame | None = None

    @property
    def last(self) -> int:
        return self.first + len(self.days) - 1

    @property
    def period(self) -> tuple[date, date]:
        """First and last day that count."""
        return day_of(self.first), day_of(self.last)

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)

    def since(self, day: date) -> Log:
        """The same log from a day on: its days and whole buckets; what was read of the files stays."""
        first = max(self.first, number_of(day))
        return replace(
            self,
            buckets=self.buckets[self.buckets.index >= first],
            days=self.days[first - self.first :],
            first=first,
            left_out=tuple(d for d in self.left_out if d >= day),
            gaps=tuple(d for d in self.gaps if d >= day),
        )

    def by_day(self, amounts: np.ndarray) -> np.ndarray:
        """Amounts of the buckets (b,) as amounts of the days (d,): those of a wide bucket spread evenly."""
        found = np.zeros(len(self.days))
        for start, amount in zip(self.buckets.index.tolist(), amounts.tolist(), strict=True):
            end = next_month(start) if self.width >= 28 else start + self.width
            within = slice(max(start - self.first, 0), max(end - self.first, 0))
            found[within] += amount / (end - start)
        return found


def day_of(number: int) -> date:
    """The date of a day that is counted from 1970."""
    return EPOCH + timedelta(days=int(number))


def number_of(day: date) -> int:
    """Days since 1970."""
    return (day - EPOCH).days


def next_month(start: int) -> int:
    """The day on which the month after that of a day begins."""
    day = day_of(start)
    return number_of(date(day.year + day.month // 12, day.month % 12 + 1, day.day))
