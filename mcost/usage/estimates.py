"""A log -> what it tells of the inputs of a scenario: each with its interval, and as a distribution."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mcost.report.words import count
from mcost.scales import Z95, Domain
from mcost.usage import clusters, families
from mcost.usage.clusters import CREDIBILITY, Mean
from mcost.usage.finding import Finding, Findings
from mcost.usage.log import Log
from mcost.usage.notations import amount, digits, growth, share
from mcost.usage.remarks import remarks
from mcost.usage.trend import FEWEST_MONTHS, calls_now, levels, trend

_LOW, _HIGH = (1 - CREDIBILITY) / 2, (1 + CREDIBILITY) / 2
_UNKNOWN_VOLATILITY = 0.1
"""A month, where the log is too short to show its own: how far its last level may have moved."""
_MOVED = 0.1
_ONLY_ONE = "it is all of one day, or one bucket: at least two show how much they differ"

ORDER = (
    "calls_per_month",
    "growth_per_month",
    "volatility_per_month",
    "input_tokens",
    "output_tokens",
    "cached_tokens",
    "cache_hit",
    "retry_rate",
    "failed_requests",
    "batch_share",
)
_ABOUT = {
    "calls_per_month": "Calls a month, now",
    "growth_per_month": "Growth of the calls, a month",
    "volatility_per_month": "Standard deviation of one month's random change in calls, on the log scale",
    "input_tokens": "Input tokens of a call, on average: the fixed prompt, and what differs",
    "output_tokens": "Output tokens of a call, on average",
    "cached_tokens": "Input tokens of a call that the provider's cache served, on average",
    "cache_hit": "Share of the input tokens that the provider's cache served",
    "retry_rate": "Share of requests that were asked again",
    "failed_requests": "Share of requests that ended in an error",
    "batch_share": "Share of requests sent through the batch interface",
}


def findings(log: Log, prompt_tokens: float | None = None) -> Findings:
    """Every estimate that the log allows.

    prompt_tokens : length of the fixed prompt, where it is known; it parts the input tokens in two, and the
        cache then serves the prompt.
    """
    return _Findings(log, prompt_tokens).done()


class _Findings:
    def __init__(self, log: Log, prompt_tokens: float | None) -> None:
        self.log, self.prompt = log, prompt_tokens
        self.found: dict[str, Finding] = {}
        self.untold: dict[str, str] = {}
        sums = {key: log.buckets[key].to_numpy(dtype=float) for key in log.buckets}
        self.sums = sums
        self.answered = np.maximum(np.nan_to_num(sums["requests"]) - np.nan_to_num(sums["failed"]), 0.0)

    def done(self) -> Findings:
        self.volume()
        self.tokens()
        self.cache()
        self.rates()
        return Findings(
            log=self.log,
            found={key: self.found[key] for key in ORDER if key in self.found},
            untold={key: self.untold[key] for key in ORDER if key in self.untold},
            spreads=self.spreads(),
            notes=remarks(self.log),
        )

    def add(
        self,
        key: str,
        unit: str,
        domain: Domain,
        fits: tuple[str, ...],
        ends: tuple[float, float, float],
        n: float,
        of: str,
        distribution: Any,
        note: str = "",
    ) -> None:
        value, low, high = map(float, ends)
        self.found[key] = Finding(
            key, _ABOUT[key], unit, domain, fits, value, low, high, n, of, distribution, note
        )

    # volume

    def volume(self) -> None:
        log, read_from = self.log, levels(self.log)
        known = trend(read_from)
        if known is None:
            why = f"it takes {FEWEST_MONTHS} months, or four whole weeks; this log has {len(log.days)} days"
            self.untold |= {"growth_per_month": why, "volatility_per_month": why}
        else:
            counted = "calls" if log.measure == "requests" else "tokens: this export has no calls"
            note = f"From the levels of {read_from.n} {read_from.step}, in {counted}."
            if read_from.n < 7 or read_from.step == "weeks":
                note += " A short series: wide, and one event can make it."
            g, v = known.growth, known.volatility
            ends = g(0.5), g(_LOW), g(_HIGH)
            self.add(
                "growth_per_month", "fraction a month", "real", ("workload.growth_per_month",),
                ends, known.increments, f"changes between {read_from.step}", growth(ends), note,
            )  # fmt: skip
            ends = v(0.5), v(_LOW), v(_HIGH)
            self.add(
                "volatility_per_month", "fraction a month", "positive", ("workload.volatility_per_month",),
                ends, known.increments, f"changes between {read_from.step}", amount(ends), note,
            )  # fmt: skip
        if log.measure != "requests":
            self.untold["calls_per_month"] = log.kind.lacks["requests"]
            return
        volatility = _UNKNOWN_VOLATILITY if known is None else known.volatility(0.5)
        month, error, days = calls_now(log, read_from, volatility)
        if month == 0:
            self.untold["calls_per_month"] = f"the last {days} days have no calls"
            return
        half = Z95 * error
        ends = month, month * math.exp(-half), month * math.exp(half)
        self.add(
            "calls_per_month", "calls a month", "positive", ("workload.calls_per_month",),
            ends, days, "days at the end", amount(ends),
            f"The level of the last {days} days, for a month of 30.4 days; without requests that failed.",
        )  # fmt: skip

    # tokens

    def tokens(self) -> None:
        if self.log.measure != "requests":
            for key in ("input_tokens", "output_tokens", "cached_tokens"):
                self.untold[key] = self.log.kind.lacks["requests"]
            return
        told, sums = self.log.told, self.sums
        inputs = sums["uncached"] + np.nan_to_num(sums["cached"])
        if "uncached" not in told:
            self.untold["input_tokens"] = "no column of this export has them"
        elif self.prompt is not None and np.nansum(inputs) <= self.prompt * self.answered.sum():
            average = np.nansum(inputs) / max(self.answered.sum(), 1.0)
            self.untold["input_tokens"] = (
                f"a prompt of {self.prompt:g} tokens is longer than a call's input, {average:.5g} on average"
            )
        else:
            fixed = self.prompt or 0.0
            note = (
                "The fixed prompt is in it: with --prompt TOKENS it is parted from what differs."
                if self.prompt is None
                else f"Without the fixed prompt of {self.prompt:g} tokens."
            )
            self.mean("input_tokens", inputs - fixed * self.answered, ("workload.input_tokens",), note)
        self.mean("output_tokens", sums["output"], ("workload.output_tokens", "strategies.*.output_tokens"))
        self.mean("cached_tokens", sums["cached"], ())

    def mean(self, key: str, amounts: np.ndarray, fits: tuple[str, ...], note: str = "") -> None:
        column = {"input_tokens": "uncached", "output_tokens": "output", "cached_tokens": "cached"}[key]
        if column not in self.log.told:
            self.untold[key] = "no column of this export has them"
            return
        found = clusters.mean(amounts, self.answered)
        if found is None:
            self.untold[key] = _ONLY_ONE
            return
        low, high = found.interval()
        note = " ".join(filter(None, [note, self.moved(amounts, found)]))
        self.add(
            key, "tokens a call", "positive", fits, (found.value, low, high),
            float(self.answered.sum()), "calls", amount((found.value, low, high)), note,
        )  # fmt: skip

    def moved(self, amounts: np.ndarray, whole: Mean) -> str:
        """A word where the second half of the log differs from the first: the mean then is of two regimes."""
        half = self.answered.size // 2
        if half < 7:
            return ""
        a = clusters.mean(amounts[:half], self.answered[:half])
        b = clusters.mean(amounts[half:], self.answered[half:])
        if a is None or b is None or whole.value <= 0:
            return ""
        differ = abs(a.value - b.value)
        if differ < _MOVED * whole.value or differ < 4 * math.hypot(a.error, b.error):
            return ""
        return f"It moved: {count(a.value)} in the first half of the log, {count(b.value)} in the second."

    # shares

    def cache(self) -> None:
        if "cached" not in self.log.told or "uncached" not in self.log.told:
            self.untold["cache_hit"] = "no column of this export says which tokens were cached"
            return
        cached, whole = self.sums["cached"], self.sums["uncached"] + np.nan_to_num(self.sums["cached"])
        note = "Of all input tokens, those that differ from call to call too."
        if self.prompt is not None and self.log.measure == "requests":
            whole, note = self.prompt * self.answered, "Of the tokens of the fixed prompt."
            if np.nansum(cached) > np.nansum(whole):
                self.untold["cache_hit"] = (
                    f"more tokens were cached than a prompt of {self.prompt:g} has: more than it is cached"
                )
                return
        self.share("cache_hit", "fraction of tokens", ("strategies.*.cache_hit",), cached, whole, False, note)

    def rates(self) -> None:
        log, sums = self.log, self.sums
        requests = np.nan_to_num(sums["requests"])
        told = log.told
        why = "no column of this export says so"
        if "retries" in told:
            asked = self.answered + np.nan_to_num(sums["retries"])
            note = "Each row is a call, its retries counted beside it."
            self.share(
                "retry_rate",
                "fraction of attempts",
                ("strategies.*.retry_rate",),
                sums["retries"],
                asked,
                True,
                note,
            )
        else:
            self.untold["retry_rate"] = log.kind.lacks.get("retries", why)
        if "failed" in told and log.measure == "requests":
            note = (
                "Errors of the interface, which mostly cost no tokens: neither retry_rate, the malformed "
                "answers, nor error_rate, the wrong ones."
            )
            self.share("failed_requests", "fraction of requests", (), sums["failed"], requests, True, note)
        else:
            self.untold["failed_requests"] = log.kind.lacks.get("failed", why)
        if "batch" not in told:
            self.untold["batch_share"] = log.kind.lacks.get("batch", why)
        elif log.measure == "requests":
            fits = ("strategies.*.batch_share",)
            if sums["batch"].sum() > 0:
                self.share("batch_share", "fraction of calls", fits, sums["batch"], self.answered, True, "")
            else:  # what is chosen, and not met with by chance, is none where there is none
                ends = 0.0, 0.0, 0.0
                self.add(
                    "batch_share",
                    "fraction of calls",
                    "fraction",
                    fits,
                    ends,
                    float(requests.sum()),
                    "calls",
                    0,
                )
        else:
            self.untold["batch_share"] = log.kind.lacks["requests"]

    def share(
        self,
        key: str,
        unit: str,
        fits: tuple[str, ...],
        hits: np.ndarray,
        counts: np.ndarray,
        of_trials: bool,
        note: str,
    ) -> None:
        found = clusters.share(np.nan_to_num(hits), counts, of_trials=of_trials)
        if found is None:
            self.untold[key] = _ONLY_ONE
            return
        exact = float(np.nansum(hits) / counts[np.isfinite(counts)].sum())
        if not of_trials and (exact == 0 or found.trials >= clusters.MOST_TRIALS):
            distribution: Any = digits(exact)
            ends = (exact, exact, exact)
        else:
            distribution = share(found.a, found.b, key)
            ends = (found.value, *found.interval())
        of = "tokens" if not of_trials else unit.removeprefix("fraction of ")
        self.add(key, unit, "fraction", fits, ends, found.n, of, distribution, note)

    # from call to call

    def spreads(self) -> dict[str, families.Spread]:
        sample = self.log.sample
        if not self.log.kind.per_call:
            return {}
        inputs = sample["uncached"].to_numpy(dtype=float) + np.nan_to_num(
            sample["cached"].to_numpy(dtype=float)
        )
        columns = {"input_tokens": inputs, "output_tokens": sample["output"].to_numpy(dtype=float)}
        found = {key: families.spread(values) for key, values in columns.items()}
        return {key: value for key, value in found.items() if value is not None}
