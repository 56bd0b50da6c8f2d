"""What a change did: a log from before it against one from after it, with an interval for each difference."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit
from scipy.stats import beta

from mcost.usage import clusters
from mcost.usage.costing import Costing
from mcost.usage.daily import read_log
from mcost.usage.log import Log
from mcost.usage.model_names import shown_model
from mcost.usage.reading import Progress

CREDIBILITY = 0.95
FEWEST_DAYS = 5
"""Days of each log from which days are the groups of a log without sessions; fewer are cut into hours."""
_ALIKE = (
    "A log of fewer than five days is cut into hours: those of one day are alike, and too much looks real."
)
_PERIODS = "Whatever else changed between the two periods is in the difference too."
_GRID = 800


@dataclass(frozen=True)
class Difference:
    """One measure before and after: after less before, its 95 % interval, and whether that leaves out 0.

    p : how often a difference as large comes about without any effect. unit : ``"USD a call"`` …
    """

    key: str
    about: str
    unit: str
    before: float
    after: float
    change: float
    low: float
    high: float
    p: float

    @property
    def real(self) -> bool:
        return self.p < 1 - CREDIBILITY


@dataclass(frozen=True)
class Effect:
    """All that two logs tell of a change.

    groups : what was compared: ``"sessions"``, ``"days"`` or ``"hours"``, and how many before and after.
    calls_a_year : at the volume of the log from after the change. annual : USD a year, change, low and high;
    None where a call's cost cannot be told. priced_by : ``"the log"`` or ``"the price table"``. cautions :
    what to bear in mind.
    """

    before: Log
    after: Log
    groups: str
    n_groups: tuple[int, int]
    found: Mapping[str, Difference]
    untold: Mapping[str, str]
    calls_a_year: float | None
    annual: tuple[float, float, float] | None
    priced_by: str
    cautions: tuple[str, ...]

    @property
    def headline(self) -> Difference | None:
        """The measure that decides: the cost of a call, or its input tokens where that cannot be told."""
        return next((self.found[key] for key in ABOUT if key in self.found), None)


ABOUT = {
    "cost_per_call": ("Cost of a call", "USD a call"),
    "input_tokens": ("Input tokens of a call", "tokens a call"),
    "output_tokens": ("Output tokens of a call", "tokens a call"),
    "cache_hit": ("Share of input tokens cached", "fraction of tokens"),
    "retry_rate": ("Share of requests asked again", "fraction of attempts"),
    "failed_requests": ("Share of requests that failed", "fraction of requests"),
}


def effect(
    before: Sequence[Path],
    after: Sequence[Path],
    models: Collection[str] = (),
    progress: Progress | None = None,
) -> Effect:
    """The effect of a change from a log of before and a log of after; McostError where either is none."""
    costs = Costing(), Costing()
    logs = read_log(before, models, progress, costs[0]), read_log(after, models, progress, costs[1])
    name, groups = _groups(logs)
    return _Comparison(logs, costs, name, groups).done()


def _groups(logs: tuple[Log, Log]) -> tuple[str, tuple[pd.DataFrame, pd.DataFrame]]:
    """Sessions where both logs have them, else days, or hours where either has few days."""
    frames = []
    for log in logs:
        assert log.groups is not None
        frames.append(log.groups)
    if all(frame.index.get_level_values(0).any() for frame in frames):
        return "sessions", (frames[0], frames[1])
    hours = [frame.droplevel(0).groupby(level=0).sum(min_count=1) for frame in frames]
    days = [frame.groupby(frame.index.to_numpy() // np.uint64(24)).sum(min_count=1) for frame in hours]
    if min(len(frame) for frame in days) >= FEWEST_DAYS or not all(log.kind.per_call for log in logs):
        return "days", (days[0], days[1])
    return "hours", (hours[0], hours[1])


class _Comparison:
    def __init__(
        self,
        logs: tuple[Log, Log],
        costs: tuple[Costing, Costing],
        name: str,
        groups: tuple[pd.DataFrame, pd.DataFrame],
    ) -> None:
        self.logs, self.costs, self.name, self.groups = logs, costs, name, groups
        self.found: dict[str, Difference] = {}
        self.untold: dict[str, str] = {}
        self.told = logs[0].told & logs[1].told

    def done(self) -> Effect:
        self.amounts()
        self.rates()
        year = self.calls_a_year()
        cost = self.found.get("cost_per_call")
        return Effect(
            before=self.logs[0],
            after=self.logs[1],
            groups=self.name,
            n_groups=(len(self.groups[0]), len(self.groups[1])),
            found={key: self.found[key] for key in ABOUT if key in self.found},
            untold={key: self.untold[key] for key in ABOUT if key in self.untold},
            calls_a_year=year,
            annual=None
            if cost is None or year is None
            else (year * cost.change, year * cost.low, year * cost.high),
            priced_by="the log" if all(c.own for c in self.costs) else "the price table",
            cautions=(_PERIODS, *([_ALIKE] if self.name == "hours" else [])),
        )

    def calls_a_year(self) -> float | None:
        days = self.logs[1].days[-28:]
        known = days[np.isfinite(days)]
        return None if self.logs[1].measure != "requests" or not known.size else float(known.mean() * 365.25)

    def amounts(self) -> None:
        if any(log.measure != "requests" for log in self.logs):
            why = self.logs[0].kind.lacks.get("requests", "the calls are not counted")
            self.untold |= dict.fromkeys(("cost_per_call", "input_tokens", "output_tokens"), why)
            return
        unpriced = [float(frame["unpriced"].sum()) for frame in self.groups]
        if any(unpriced):
            names = sorted({shown_model(n) for c in self.costs for n in c.unknown})
            why = (
                f"no price is known of {', '.join(names)}" if names else "some calls have no cost in the log"
            )
            self.untold["cost_per_call"] = why
        else:
            self.amount("cost_per_call", [frame["cost"] for frame in self.groups])
        if "uncached" in self.told:
            self.amount(
                "input_tokens", [frame["uncached"] + frame["cached"].fillna(0.0) for frame in self.groups]
            )
        else:
            self.untold["input_tokens"] = "no column of this export has them"
        if "output" in self.told:
            self.amount("output_tokens", [frame["output"] for frame in self.groups])
        else:
            self.untold["output_tokens"] = "no column of this export has them"

    def amount(self, key: str, sums: list[pd.Series]) -> None:
        """Welch's test on ratios over clusters (Welch, Biometrika 1947)."""
        a, b = (
            clusters.mean(amounts.fillna(0.0).to_numpy(dtype=float), _answered(frame))
            for amounts, frame in zip(sums, self.groups, strict=True)
        )
        if a is None or b is None:
            self.untold[key] = f"it takes at least two {self.name} before and after"
            return
        change, error = b.value - a.value, math.hypot(a.error, b.error)
        if error == 0:
            low, high, p = change, change, float(change == 0)
        else:
            df = error**4 / (a.error**4 / a.df + b.error**4 / b.df)
            half = float(stdtrit(df, (1 + CREDIBILITY) / 2)) * error
            low, high, p = change - half, change + half, float(2 * stdtr(df, -abs(change) / error))
        about, unit = ABOUT[key]
        self.found[key] = Difference(key, about, unit, a.value, b.value, change, low, high, p)

    def rates(self) -> None:
        frames = self.groups
        requests = [frame["requests"].fillna(0.0) for frame in frames]
        if {"cached", "uncached"} <= self.told:
            cached = [frame["cached"].fillna(0.0) for frame in frames]
            whole = [c + frame["uncached"] for c, frame in zip(cached, frames, strict=True)]
            self.rate("cache_hit", cached, whole, of_trials=False)
        else:
            self.untold["cache_hit"] = "no column of this export says which tokens were cached"
        if "retries" in self.told:
            retries = [frame["retries"].fillna(0.0) for frame in frames]
            self.rate("retry_rate", retries, [r + _answered(f) for r, f in zip(retries, frames, strict=True)])
        else:
            self.untold["retry_rate"] = self.logs[0].kind.lacks.get(
                "retries", "no column of this export says so"
            )
        if "failed" in self.told and self.logs[0].measure == "requests":
            self.rate("failed_requests", [frame["failed"].fillna(0.0) for frame in frames], requests)
        else:
            self.untold["failed_requests"] = self.logs[0].kind.lacks.get(
                "failed", "no column of this export says so"
            )

    def rate(
        self, key: str, hits: list[pd.Series], counts: list[pd.Series], *, of_trials: bool = True
    ) -> None:
        """The difference of two Beta posteriors, by their quantiles."""
        a, b = (
            clusters.share(h.to_numpy(dtype=float), c.to_numpy(dtype=float), of_trials=of_trials)
            for h, c in zip(hits, counts, strict=True)
        )
        if a is None or b is None:
            self.untold[key] = f"it takes at least two {self.name} before and after"
            return
        u = (np.arange(_GRID) + 0.5) / _GRID
        differ = np.subtract.outer(beta.ppf(u, b.a, b.b), beta.ppf(u, a.a, a.b)).ravel()
        low, high = np.quantile(differ, [(1 - CREDIBILITY) / 2, (1 + CREDIBILITY) / 2])
        above = float((differ > 0).mean() + (differ == 0).mean() / 2)
        about, unit = ABOUT[key]
        p = min(1.0, 2 * min(above, 1 - above))
        none = all(not h.sum() > 0 for h in hits)
        ends = (0.0, 0.0, 0.0) if none and not of_trials else (b.value - a.value, float(low), float(high))
        self.found[key] = Difference(key, about, unit, a.value, b.value, *ends, p if not none else 1.0)


def _answered(frame: pd.DataFrame) -> np.ndarray:
    requests, failed = (frame[key].fillna(0.0).to_numpy(dtype=float) for key in ("requests", "failed"))
    return np.asarray(np.maximum(requests - failed, 0.0))
