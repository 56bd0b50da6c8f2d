"""The files of a log -> the log by day: sums by day and model, and an even sample of its calls."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mcost.errors import McostError, nearest
from mcost.usage.log import SUMS, Log, day_of
from mcost.usage.model_names import matching, shown_model
from mcost.usage.reading import File, Progress, pieces
from mcost.usage.whole_days import whole_days

DAY = 86_400
SAMPLE = 20_000
"""Calls that are kept one by one, to see how calls differ."""


def read_log(
    paths: Sequence[Path],
    models: Collection[str] = (),
    progress: Progress | None = None,
    cost: Callable[[pd.DataFrame], np.ndarray] | None = None,
) -> Log:
    """A log from its files, of the models asked for.

    cost : rows of the common table -> USD of each (n,), for a log that is to be compared with another; None
        where it is not, and no groups are kept.

    Raises McostError for a file that is none, for an export without a call, and for a model not in it.
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
        whole = whole_days(buckets, _measure(buckets, measure), width, per_call)
        return Log(
            kind=files[0].kind,
            files=files,
            told=told,
            buckets=whole.buckets,
            width=width,
            days=whole.calls,
            first=whole.first,
            left_out=whole.left_out,
            gaps=whole.gaps,
            models=models,
            wanted=frozenset(wanted),
            sample=self.sampled(),
            measure=measure,
            groups=None if self.cost is None else _merged(self.groups),
        )

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
