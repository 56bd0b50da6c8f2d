"""The days of a log: calls and tokens by day and model, its gaps, its part days, and a sample of calls."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from mcost.errors import McostError, nearest
from mcost.usage.formats import Format, matching, shown_model
from mcost.usage.reading import File, Progress, pieces

SUMS = ("requests", "failed", "retries", "uncached", "written", "cached", "output", "batch", "cost")
DAY = 86_400
SAMPLE = 20_000
"""Calls that are kept one by one, to see how calls differ."""
DAYS_A_MONTH = 30.4375
_EXPECTED = 20.0
"""Calls that a day without any must have had to expect, to be a gap and not a quiet day."""
_LEAST = 0.5
"""A first or last day with less than this share of its weekday's usual calls was not exported whole."""

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Log:
    """A log as it is judged: what was read, by day.

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
            end = _next_month(start) if self.width >= 28 else start + self.width
            within = slice(max(start - self.first, 0), max(end - self.first, 0))
            found[within] += amount / (end - start)
        return found


def day_of(number: int) -> date:
    return EPOCH + timedelta(days=int(number))


def number_of(day: date) -> int:
    """Days since 1970."""
    return (day - EPOCH).days


def read_log(
    paths: Sequence[Path],
    models: Collection[str] = (),
    progress: Progress | None = None,
    cost: Callable[[pd.DataFrame], np.ndarray] | None = None,
) -> Log:
    """A log from its files, of the models asked for.

    cost : rows of the common table -> USD of each (n,), for a log that is to be compared with another; None
        where it
        is not, and no groups are kept.

    Raises McostError for a file that is none, for an export without a call, and for a model that is not in
    it.
    """
    gathered = _Gathered(models, cost)
    for file, piece in pieces(paths, progress):
        gathered.add(file, piece)
    return gathered.log(paths)


class _Gathered:
    """What is kept of the pieces: sums by day and model, and a sample."""

    def __init__(
        self, models: Collection[str], cost: Callable[[pd.DataFrame], np.ndarray] | None = None
    ) -> None:
        self.models, self.cost = models, cost
        self.groups: list[pd.DataFrame] = []
        self.group_rows = 0
        self.sums: list[pd.DataFrame] = []
        self.samples: list[pd.DataFrame] = []
        self.files: list[File] = []
        self.widths: set[int] = set()
        self.daily_times = True
        self.random = np.random.default_rng(1)

    def add(self, file: File, piece: pd.DataFrame) -> None:
        if not any(file is other for other in self.files):
            self.files.append(file)
        if piece.empty:
            return
        piece = _without_lost(piece.assign(day=(piece["time"] // DAY).astype("int64")))
        self.daily_times &= bool((piece["time"] % DAY == 0).all())
        spans = (piece["end"] - piece["time"]).dropna()
        self.widths |= {max(1, round(s / DAY)) for s in spans.unique()[:10]}
        if self.cost is not None:
            usd = self.cost(piece)
            answered = piece["requests"] - piece["failed"].fillna(0.0)
            piece = piece.assign(cost=usd, unpriced=answered.where(np.isnan(usd), 0.0))
            self.group(piece)
        self.sums.append(piece.groupby(["day", "model"], observed=True)[list(SUMS)].sum(min_count=1))
        if len(self.sums) > 50:
            self.sums = [_merged(self.sums)]
        if file.kind.per_call:
            self.sample(piece)

    def group(self, piece: pd.DataFrame) -> None:
        """Sums by session, and by hour where no session is said."""
        ours = piece[_of_models(piece["model"], self.models)]
        hour = (ours["time"] // 3600).astype("uint64")
        by = ours["session"].where(ours["session"] != 0, hour)
        summed = ours[[*SUMS, "unpriced"]].groupby(
            [(ours["session"] != 0).rename("session"), by.rename("group")]
        )
        self.groups.append(summed.sum(min_count=1))
        self.group_rows += len(self.groups[-1])
        if self.group_rows > 500_000 and len(self.groups) > 1:
            self.groups = [_merged(self.groups)]
            self.group_rows = 0

    def sample(self, piece: pd.DataFrame) -> None:
        """A call stays where its random key is among the smallest: each has the same chance, in any order."""
        ours = _of_models(piece["model"], self.models) & ~(piece["failed"] > 0)
        calls = piece.loc[ours, ["uncached", "cached", "output"]]
        keyed = calls.assign(key=self.random.random(len(calls)))
        self.samples.append(keyed.nsmallest(SAMPLE, "key"))
        if len(self.samples) > 20:
            self.samples = [pd.concat(self.samples).nsmallest(SAMPLE, "key")]

    def log(self, paths: Sequence[Path]) -> Log:
        files = tuple(self.files)
        name = ", ".join(path.name for path in paths)
        if not self.sums or not files:
            bad = sum(f.n_bad for f in files)
            why = f"each of its {bad:,} rows is wrong, {_first_bad(files)}" if bad else "it has no rows"
            raise McostError(f"{name}: found no calls: {why}")
        sums = _merged(self.sums)
        told = frozenset.intersection(*(f.told for f in files))
        measure = "requests" if "requests" in told else "tokens"
        every = sums.reset_index()
        every["measure"] = _measure(every, measure)
        if not every["measure"].sum() > 0:
            days = every["day"].nunique()
            raise McostError(
                f"{name}: found no calls: the export is empty, {days} blank bucket{'s' if days > 1 else ''}"
            )
        busy = every[every["measure"] > 0]
        models = busy.groupby("model").agg(
            first=("day", "min"), last=("day", "max"), calls=("measure", "sum")
        )
        wanted = self.wanted(name, models)
        ours = every[every["model"].isin(wanted)] if self.models else every
        buckets = ours.groupby("day")[list(SUMS)].sum(min_count=1)
        known = np.unique(every["day"].to_numpy())
        per_call = files[0].kind.per_call
        width = 1 if per_call else self.width(known)
        buckets = buckets.reindex(known)
        counted = ["requests", "failed", "uncached", "output"]
        buckets[counted] = buckets[counted].fillna(0.0)
        log = _whole(
            buckets, width, per_call, files, told, models, frozenset(wanted), self.sampled(), measure
        )
        return replace(log, groups=None if self.cost is None else _merged(self.groups))

    def wanted(self, name: str, models: pd.DataFrame) -> set[str]:
        if not self.models:
            return set(models.index)
        wanted = matching(models.index, self.models)
        for asked in self.models:
            if not matching(wanted, [asked]):
                known = [shown_model(m) for m in models.sort_values("calls", ascending=False).index]
                raise McostError(f"--model {asked}: no call to it in {name}{nearest(asked, known)}")
        return wanted

    def width(self, known: np.ndarray) -> int:
        """Days of a bucket: what its end says, or the step to the next where that is a week or a month."""
        if self.widths:
            return min(self.widths)
        steps = np.diff(known)
        if not self.daily_times or steps.size < 2 or steps.min() < 7:
            return 1
        if all(day_of(d).day == 1 for d in known):
            return 30
        return 7 if (steps % 7 == 0).all() else 1

    def sampled(self) -> pd.DataFrame:
        if not self.samples:
            return pd.DataFrame(columns=["uncached", "cached", "output"])
        return pd.concat(self.samples).nsmallest(SAMPLE, "key").drop(columns="key")


def _without_lost(piece: pd.DataFrame) -> pd.DataFrame:
    """What a failed call took counts for nothing: its tokens are not those of an answer."""
    lost = (piece["failed"] > 0) & (piece["failed"] >= piece["requests"])
    if lost.any():
        piece.loc[lost, ["uncached", "written", "cached", "output", "batch"]] = 0.0
    return piece


def _merged(sums: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(sums).groupby(level=[0, 1]).sum(min_count=1)


def _measure(sums: pd.DataFrame, measure: str) -> pd.Series:
    """What the volume is counted by: answered calls, or tokens where the export has no calls."""
    if measure == "requests":
        return (sums["requests"].fillna(0.0) - sums["failed"].fillna(0.0)).clip(lower=0.0)
    return sums[["uncached", "cached", "output"]].sum(axis=1)


def _of_models(names: pd.Series, wanted: Collection[str]) -> pd.Series:
    if not wanted:
        return pd.Series(True, index=names.index)
    return names.isin(matching(names.unique(), wanted))


def _first_bad(files: Sequence[File]) -> str:
    file = next(f for f in files if f.bad)
    at = f"{file.name}:{file.bad[0].line}" if file.bad[0].line else file.name
    return f"the first is {at}: {file.bad[0].why}"


# --- whole days, gaps --------------------------------------------------------------------------------------


def _whole(
    buckets: pd.DataFrame,
    width: int,
    per_call: bool,
    files: tuple[File, ...],
    told: frozenset[str],
    models: pd.DataFrame,
    wanted: frozenset[str],
    sample: pd.DataFrame,
    measure: str,
) -> Log:
    """Leaves out days at the ends that are not whole, and tells quiet days from gaps."""
    volume = _measure(buckets, measure)
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
    gaps = tuple(day_of(first + at) for at in np.flatnonzero(np.isnan(daily)).tolist())
    return Log(
        kind=files[0].kind,
        files=files,
        told=told,
        buckets=buckets,
        width=width,
        days=daily,
        first=first,
        left_out=tuple(day_of(d) for d in left_out),
        gaps=gaps,
        models=models,
        wanted=wanted,
        sample=sample,
        measure=measure,
    )


def _spread(starts: np.ndarray, volume: np.ndarray, width: int) -> np.ndarray:
    """Calls a day (d,), of buckets wider than a day: each is spread evenly over its days."""
    ends = np.array([_next_month(s) for s in starts]) if width >= 28 else starts + width
    daily = np.full(ends.max() - starts.min(), np.nan)
    for start, end, calls in zip(starts, ends, volume, strict=True):
        daily[start - starts.min() : end - starts.min()] = calls / (end - start)
    return daily


def _next_month(start: int) -> int:
    day = day_of(start)
    return number_of(date(day.year + day.month // 12, day.month % 12 + 1, day.day))


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


def renames(log: Log) -> list[tuple[str, str, date]]:
    """Models asked for that end as another begins: (old, new, day), each with a good part of the calls."""
    found = []
    rows = log.models.reset_index()[["model", "first", "last", "calls"]].to_numpy().tolist()
    spans = {str(name): (int(first), int(last), float(calls)) for name, first, last, calls in rows}
    whole = sum(calls for _, _, calls in spans.values())
    begin, end = (f(days[i] for days in spans.values()) for i, f in ((0, min), (1, max)))
    for old in sorted(log.wanted):
        _, last, calls = spans[old]
        for new, (first, _, others) in spans.items():
            near, inside = abs(first - last) <= 3, begin < first and last < end
            if new != old and near and inside and min(calls, others) > 0.05 * whole:
                found.append((shown_model(old), shown_model(new), day_of(first)))
    return found
