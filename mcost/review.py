"""A verdict of some months ago against what happened since: by month, by input, and what to do now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from mcost.answer import DRAWS, Answer, run
from mcost.calendar_months import first_day, month_number
from mcost.errors import McostError
from mcost.estimate import Chance
from mcost.log_cost import priced
from mcost.measured import Measured, attempts_in, left_out, measured, prompt_of, with_measured
from mcost.months_held import MonthHeld, forecast_of, month_held
from mcost.scenario import Scenario, load
from mcost.subject import subject_of
from mcost.tripwires import Tripwire, by_itself, tripwires_of
from mcost.usage.estimates import findings
from mcost.usage.finding import Findings
from mcost.usage.log import Log
from mcost.usage.months import months
from mcost.verdict_file import Told


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
            "months": [month.to_dict() for month in self.months],
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
                    else self.by_itself[r.name].to_dict(),
                }
                for r in self.readings
            },
            "cannot_be_told": dict(self.untold),
            "left_out": list(self.left_out),
            "candidate": self.candidate,
            "tripwires": [wire.to_dict() for wire in self.tripwires],
            "recommended": {"then": forecast.recommended, "now": now.recommended, "changed": self.changed},
            "pays_off": {
                name: {"then": c.pays_off.to_dict(), "now": now.candidates[name].pays_off.to_dict()}
                for name, c in forecast.candidates.items()
            },
            "decided_from": None if self.start is None else self.start.isoformat(),
            "notes": list(self.notes),
        }


def review(
    told: Told,
    source: str | Path,
    log: Log,
    *,
    set: Sequence[str] = (),
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
    usd, priced_by = priced(scenario, log)
    held = months(log, usd)
    numbered = {month_number(began, m.first): m for m in held.whole}
    inside = {t: m for t, m in sorted(numbered.items()) if 1 <= t <= scenario.horizon_months}
    if not inside:
        raise McostError(_nothing_in_common(told, scenario, log, began))
    log = log.since(began)
    found = findings(log, prompt_of(scenario))
    attempts = attempts_in(scenario, found)
    draws = min(told.draws, DRAWS)
    now_in = min(max(month_number(began, log.period[1]), 1), scenario.horizon_months)
    calls, tokens = forecast_of(scenario, [*inside, now_in], draws, told.seed)
    readings = measured(scenario, found, calls[-1])
    forecast = run(scenario, draws, told.seed)
    chosen = subject_of(forecast, candidate)
    later = None if scenario.start is None else first_day(log.period[1], 2)
    now = run(with_measured(_from(source, set, later), readings), draws, told.seed)
    return Review(
        scenario=scenario,
        told=told,
        same=same,
        log=log,
        months=tuple(
            month_held(t, m, calls[i], tokens[i], attempts) for i, (t, m) in enumerate(inside.items())
        ),
        part=tuple(first for first in held.part if month_number(began, first) >= 1),
        priced_by=priced_by,
        attempts=attempts,
        readings=readings,
        untold=_untold(found),
        left_out=left_out(scenario, found),
        notes=found.notes,
        candidate=chosen,
        tripwires=() if chosen is None else tripwires_of(scenario, chosen, readings, draws, told.seed),
        by_itself={} if chosen is None else by_itself(scenario, chosen, readings, draws, told.seed),
        forecast=forecast,
        now=now,
        start=later,
    )


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
    end = first_day(began, scenario.horizon_months)
    names = ", ".join(file.name for file in log.files)
    return (
        f"{names}: found {first} to {last}; expected a whole month of the forecast in {told.name}, "
        f"{began:%Y-%m} to {end:%Y-%m}"
    )


def _untold(found: Findings) -> dict[str, str]:
    """What the log cannot tell, of what an input could be held against."""
    return {key: why for key, why in found.untold.items() if key not in ("cached_tokens", "failed_requests")}
