"""A verdict of some months ago against what happened since: by month, by input, and what to do now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mcost.answer import DRAWS, Answer, run
from mcost.costs import Costs
from mcost.errors import McostError
from mcost.estimate import Chance
from mcost.focus import focus_on
from mcost.law import Array
from mcost.measured import Measured, attempts_in, left_out, measured, prompt_of, with_measured
from mcost.scenario import Scenario, load
from mcost.simulate import simulate
from mcost.subject import subject_of
from mcost.tipping import DRAWS as LOOKED_AT
from mcost.tipping import need_of
from mcost.uncertain import Prior
from mcost.usage.daily import Log
from mcost.usage.estimates import Findings, findings
from mcost.usage.months import Month, months
from mcost.verdict_file import Told

HALF = 0.5
TOKENS = "tokens"


@dataclass(frozen=True)
class Held:
    """A number as it was forecast, 5 %, 50 % and 95 % of futures, and as it came.

    quantile : the share of futures below what came.
    """

    p5: float
    p50: float
    p95: float
    happened: float
    quantile: float

    @property
    def outside(self) -> bool:
        """Whether it came outside of nine futures in ten."""
        return not self.p5 <= self.happened <= self.p95


@dataclass(frozen=True)
class MonthHeld:
    """A whole month of the log. number : of the scenario's month; calls, usd : None where nobody knows."""

    number: int
    first: date
    calls: Held | None
    usd: Held | None


@dataclass(frozen=True)
class Tripwire:
    """A value of one measured input at which P(pays off) crosses one half, all else as it was believed.

    rises : whether P gets there as the value rises. believed : the median that was believed; now : 5 %, 50 %
        and 95 % of what to believe now.
    """

    prior: Prior
    value: float
    rises: bool
    believed: float
    now: tuple[float, float, float]

    @property
    def crossed(self) -> bool:
        """Whether it lies between what was believed and what to believe now."""
        return self._beyond(self.now[1])

    @property
    def surely(self) -> bool:
        """Whether it does so with all of the 90 % that are believed now."""
        return all(self._beyond(value) for value in self.now)

    def _beyond(self, value: float) -> bool:
        return (self.believed < self.value) != (value < self.value)


@dataclass(frozen=True)
class Review:
    """What became of a forecast. ``to_dict()`` is the JSON.

    scenario : as it was read for the forecast; told : what was printed then; same : whether it is the same
        scenario, by its hash.
    log : since the scenario's first month. months : the whole months, part : the others, by first day.
    priced_by : ``"the log"``, ``"the scenario"``, or None where no cost is known.
    attempts : requests of the log for one call, asked again among them.
    readings : the inputs that the log tells; untold : key -> why it cannot; left_out : keys that the scenario
        has no input for.
    tripwires : of the candidate. forecast : the verdict as it was, now : with what the log tells, begun at
        ``start``, None where the scenario has no start of its own.
    by_itself : name of an input that moved -> P(pays off) with it alone as it is now, all else as it was.
    """

    scenario: Scenario
    told: Told
    same: bool
    log: Log
    months: tuple[MonthHeld, ...]
    part: tuple[date, ...]
    priced_by: str | None
    attempts: float
    readings: tuple[Measured, ...]
    untold: Mapping[str, str]
    left_out: tuple[str, ...]
    notes: tuple[str, ...]
    candidate: str | None
    tripwires: tuple[Tripwire, ...]
    by_itself: Mapping[str, Chance]
    forecast: Answer
    now: Answer
    start: date | None

    @property
    def changed(self) -> bool:
        """Whether another strategy is recommended now."""
        return self.now.recommended != self.forecast.recommended

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        scenario, forecast, now = self.scenario, self.forecast, self.now
        first, last = self.log.period
        return {
            **scenario.stamp(forecast.draws, forecast.seed),
            "scenario": {**scenario.identity, "sha256_then": self.told.sha256, "same": self.same},
            "period": {"first": first.isoformat(), "last": last.isoformat(), "days": len(self.log.days)},
            "months": [
                {
                    "month": m.number,
                    "first": m.first.isoformat(),
                    "calls": None if m.calls is None else _held(m.calls),
                    "tokens_usd": None if m.usd is None else _held(m.usd),
                }
                for m in self.months
            ],
            "part_months": [day.isoformat() for day in self.part],
            "priced_by": self.priced_by,
            "inputs": {
                r.name: {
                    "unit": r.prior.unit,
                    "believed": dict(zip(("p5", "p50", "p95"), r.believed, strict=True)),
                    "measured": {"value": r.finding.value, "low": r.finding.low, "high": r.finding.high},
                    "quantile": r.quantile,
                    "p_value": r.p,
                    "moved": r.moved,
                    "now": dict(zip(("p5", "p50", "p95"), r.now, strict=True)),
                    "pays_off_by_itself": None
                    if r.name not in self.by_itself
                    else _chance(self.by_itself[r.name]),
                }
                for r in self.readings
            },
            "cannot_be_told": dict(self.untold),
            "left_out": list(self.left_out),
            "candidate": self.candidate,
            "tripwires": [
                {
                    "input": wire.prior.name,
                    "value": wire.value,
                    "rises": wire.rises,
                    "believed": wire.believed,
                    "now": dict(zip(("p5", "p50", "p95"), wire.now, strict=True)),
                    "crossed": wire.crossed,
                    "surely": wire.surely,
                }
                for wire in self.tripwires
            ],
            "recommended": {"then": forecast.recommended, "now": now.recommended, "changed": self.changed},
            "pays_off": {
                name: {"then": _chance(c.pays_off), "now": _chance(now.candidates[name].pays_off)}
                for name, c in forecast.candidates.items()
            },
            "decided_from": None if self.start is None else self.start.isoformat(),
            "notes": list(self.notes),
        }


def _held(held: Held) -> dict[str, float]:
    return {
        "p5": held.p5,
        "p50": held.p50,
        "p95": held.p95,
        "happened": held.happened,
        "quantile": held.quantile,
    }


def _chance(chance: Chance) -> dict[str, float]:
    return {"probability": chance.probability, "standard_error": chance.standard_error}


def review(
    told: Told,
    source: str | Path,
    log: Log,
    *,
    set: Sequence[str] = (),  # noqa: A002 - the flag's name
    start: date | None = None,
    candidate: str | None = None,
    changed: bool = False,
) -> Review:
    """What became of a forecast.

    Parameters
    ----------
    told : what ``mcost run --json`` printed then. source : the scenario's file, or the name of a shipped
        one; set : overrides, as then.
    log : calls to the baseline since; what is older than month 1 is left out.
    start : the day that month 1 begins, where the scenario does not say.
    candidate : whom the tipping points are of; unsaid, the one that the verdict spoke of last.
    changed : whether a scenario of another hash will do.

    The verdict of now is of the same scenario with what the log tells, begun in the month after the log, and
    for as many months.

    Raises McostError where the scenario is another one, has no start, or shares no whole month with the log.
    """
    scenario = load(str(source), set=set)
    same = scenario.sha256 == told.sha256
    if not same and not changed:
        raise McostError(
            f"{source}: found sha256 {scenario.sha256[:12]}, and {told.name} was made from "
            f"{told.sha256[:12]}: the scenario has changed since, or was run with --set or --horizon; give "
            "those again, or --scenario FILE to review it as it is now"
        )
    begins = start or scenario.start
    if begins is None:
        raise McostError(
            f"{source}: the scenario has no start, so that its months have no dates; give --start DATE, the "
            "first day of month 1"
        )
    began = begins.replace(day=1)
    usd, priced_by = _priced(scenario, log)
    held = months(log, usd)
    numbered = {_number(began, m.first): m for m in held.whole}
    inside = {t: m for t, m in sorted(numbered.items()) if 1 <= t <= scenario.horizon_months}
    if not inside:
        raise McostError(_nothing_in_common(told, scenario, log, began))
    log = log.since(began)
    found = findings(log, prompt_of(scenario))
    attempts = attempts_in(scenario, found)
    draws = min(told.draws, DRAWS)
    now_in = min(max(_number(began, log.period[1]), 1), scenario.horizon_months)
    calls, tokens = _forecast(scenario, [*inside, now_in], draws, told.seed)
    readings = measured(scenario, found, calls[-1])
    forecast = run(scenario, draws, told.seed)
    chosen = subject_of(forecast, candidate)
    later = None if scenario.start is None else _after(log.period[1])
    now = run(with_measured(_from(source, set, later), readings), draws, told.seed)
    return Review(
        scenario=scenario,
        told=told,
        same=same,
        log=log,
        months=tuple(_month(t, m, calls[i], tokens[i], attempts) for i, (t, m) in enumerate(inside.items())),
        part=tuple(first for first in held.part if _number(began, first) >= 1),
        priced_by=priced_by,
        attempts=attempts,
        readings=readings,
        untold=_untold(found),
        left_out=left_out(scenario, found),
        notes=found.notes,
        candidate=chosen,
        tripwires=() if chosen is None else _tripwires(scenario, chosen, readings, draws, told.seed),
        by_itself={} if chosen is None else _by_itself(scenario, chosen, readings, draws, told.seed),
        forecast=forecast,
        now=now,
        start=later,
    )


def _number(began: date, day: date) -> int:
    """The month of the scenario in which a day falls, from 1."""
    return 12 * (day.year - began.year) + day.month - began.month + 1


def _after(day: date) -> date:
    """The first day of the next month."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _from(source: str | Path, overrides: Sequence[str], start: date | None) -> Scenario:
    """The scenario as one would write it now: prices and dated events count from ``start``."""
    if start is None:
        return load(str(source), set=overrides)
    try:
        return load(str(source), set=(*overrides, f"start={start}"))
    except McostError as error:
        raise McostError(f"begun anew on {start}, the scenario cannot be: {error}") from None


def _nothing_in_common(told: Told, scenario: Scenario, log: Log, began: date) -> str:
    first, last = log.period
    t = began.month - 1 + scenario.horizon_months
    end = date(began.year + (t - 1) // 12, (t - 1) % 12 + 1, 1)
    names = ", ".join(file.name for file in log.files)
    return (
        f"{names}: found {first} to {last}; expected a whole month of the forecast in {told.name}, "
        f"{began:%Y-%m} to {end:%Y-%m}"
    )


def _untold(found: Findings) -> dict[str, str]:
    """What the log cannot tell, of what an input could be held against."""
    return {key: why for key, why in found.untold.items() if key not in ("cached_tokens", "failed_requests")}


# --- months -----------------------------------------------------------------------------------------------


def _forecast(scenario: Scenario, of: list[int], draws: int, seed: int) -> tuple[Array, Array]:
    """Calls and token cost (USD) of the baseline in some months: ndarrays (len(of), n)."""
    alone = scenario.only()

    def fold(block: Costs) -> tuple[Array, Array]:
        spent = block.ledgers[scenario.baseline].by_line().get(TOKENS)
        calls = block.draws.calls[of]
        return calls, np.zeros_like(calls) if spent is None else spent[of]

    parts = simulate(alone, fold, draws=draws, seed=seed)
    calls, tokens = (np.concatenate(rows, axis=1) for rows in zip(*parts, strict=True))
    return calls, tokens


def _month(number: int, month: Month, calls: Array, tokens: Array, attempts: float) -> MonthHeld:
    """A month against its forecast, which is of a month of the mean length."""
    length = month.days / _DAYS_A_MONTH
    counted = None if month.calls is None else _against(calls * length, month.calls / attempts)
    return MonthHeld(
        number, month.first, counted, None if month.usd is None else _against(tokens * length, month.usd)
    )


_DAYS_A_MONTH = 365.25 / 12


def _against(futures: Array, happened: float) -> Held:
    p5, p50, p95 = (float(x) for x in np.quantile(futures, [0.05, 0.5, 0.95]))
    below = float(np.mean(futures < happened) + np.mean(futures == happened) / 2)
    return Held(p5, p50, p95, happened, below)


def _priced(scenario: Scenario, log: Log) -> tuple[Array | None, str | None]:
    """USD of each bucket (b,): as the log has it, or by the scenario's prices of month 1, their medians."""
    rows = log.buckets
    own = rows["cost"].to_numpy(dtype=float)
    if scenario.currency == "USD" and np.nansum(own) > 0:
        return np.nan_to_num(own), "the log"
    strategy = scenario.strategies[scenario.baseline]
    price = scenario.price_of(strategy)
    if price is None or not {"uncached", "output"} <= log.told:
        return None, None

    def per_token(prior: Prior | None, unsaid: float) -> float:
        return unsaid if prior is None else _median(prior) / 1e6

    full = per_token(price.input, 0.0)
    tokens = {key: np.nan_to_num(rows[key].to_numpy(dtype=float)) for key in _BILLED}
    usd = (
        (tokens["uncached"] - tokens["written"]) * full
        + tokens["written"] * per_token(price.cache_write, full)
        + tokens["cached"] * per_token(price.cached, full)
        + tokens["output"] * per_token(price.output, 0.0)
    )
    usd *= 1.0 if strategy.price_multiplier is None else _median(strategy.price_multiplier)
    return usd * (1 - _in_batch(rows) * _discount(strategy.batch_discount)), "the scenario"


_BILLED = ("uncached", "written", "cached", "output")


def _median(prior: Prior) -> float:
    return float(prior.law.ppf(np.array([HALF]))[0])


def _discount(prior: Prior | None) -> float:
    return HALF if prior is None else _median(prior)


def _in_batch(rows: pd.DataFrame) -> Array:
    """Share of the requests of each bucket that went through the batch interface."""
    batch, requests = (np.nan_to_num(rows[key].to_numpy(dtype=float)) for key in ("batch", "requests"))
    return np.asarray(np.divide(batch, requests, out=np.zeros_like(batch), where=requests > 0))


# --- what turns the answer --------------------------------------------------------------------------------


def _tripwires(
    scenario: Scenario, candidate: str, readings: Sequence[Measured], draws: int, seed: int
) -> tuple[Tripwire, ...]:
    """Where the measured inputs tip it, the nearest first."""
    of = focus_on(scenario, candidate, draws=min(draws, LOOKED_AT), seed=seed)
    known = {reading.name: reading for reading in readings if reading.name in of.axes}
    tips = need_of(of, [of.axes[name] for name in known], (HALF,)).tips
    return tuple(
        Tripwire(known[t.name].prior, c.value, c.rises, t.axis.median, known[t.name].now)
        for t in tips
        for c in t.reaches[0].crossings
    )


def _by_itself(
    scenario: Scenario, candidate: str, readings: Sequence[Measured], draws: int, seed: int
) -> dict[str, Chance]:
    alone = scenario.only(candidate)
    return {
        r.name: run(with_measured(alone, [r]), draws, seed).candidates[candidate].pays_off
        for r in readings
        if r.moved
    }
