"""Answer -> the data of four pictures, with what ``mcost figures`` says of them. Loads the figures' rooms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from mcost.answer import Answer
from mcost.driver import Driver, Kind
from mcost.estimate import Estimate
from mcost.exhibits import DOTS, broken_even_by_month, saving_dots
from mcost.explanation import NOTHING, Why
from mcost.factors import EVENTS
from mcost.figures.driver_tornado import MOST, SURE
from mcost.figures.even_curve import ERROR
from mcost.figures.gallery import GALLERY
from mcost.figures.ground import Ground
from mcost.figures.inputs import driver_name, driver_value, own
from mcost.journey import journey
from mcost.law import Array
from mcost.regression import FEWEST
from mcost.report.amounts import axis_amounts
from mcost.report.words import chance, months, percent
from mcost.sensitivity import sensitivity
from mcost.subject import subject_of

AT_ONCE = ("dotplot", "break_even")
LATER = ("fan", "tornado")
"""What takes a second look at the futures, and so follows."""

FAR = 1.5
"""No zero on the axis where it lies further away than so many times the spread of the dots."""

MONTHS = (1, 2, 3, 6, 12, 24, 36, 60, 120)
TICKS = 5


def ground_of(answer: Answer, candidate: str | None) -> Ground:
    """What the captions speak of; without what it is worth to know, which they do not tell."""
    subject = subject_of(answer, candidate)
    if subject is None or answer.certain:
        return Ground.of(answer, subject)
    return Ground.of(answer, subject, why=_drivers(answer, subject))


def pictures(answer: Answer, candidate: str | None, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Name -> caption and data; where there is nothing to show, the caption alone, which says why."""
    ground = ground_of(answer, candidate) if "tornado" in names else Ground.of(answer, candidate)
    found = {}
    for name in names:
        said = asdict(GALLERY[name].said(ground))
        there = GALLERY[name].nothing(ground) is None
        found[name] = said | (_DATA[name](ground) if there else {}) | {"there": there}
    return found


def _drivers(answer: Answer, subject: str) -> Why:
    """How far each input and event moves the chance, from the draws already made."""
    used = answer.scenario.only(subject).inputs
    factors: tuple[tuple[Kind, Any], ...] = ("input", answer.futures.inputs), ("event", answer.futures.events)
    drivers = tuple(
        Driver(
            name=name,
            kind=kind,
            unit="" if kind == "event" else used[name].unit,
            what=EVENTS[name.rsplit(".", 1)[-1]] if kind == "event" else None,
            sensitivity=sensitivity(answer.futures.saving[subject], values, fitted=FEWEST),
            correlated_with=(),
            evppi=NOTHING,
        )
        for kind, rows in factors
        for name, values in rows.items()
        if name in used
    )
    return Why(answer, subject, drivers, NOTHING, Estimate(0.0, 0.0, answer.draws), None, None, answer.draws)


# --- four pictures ----------------------------------------------------------------------------------------


def _dotplot(ground: Ground) -> dict[str, Any]:
    answer, found = ground.answer, ground.answer.candidates[ground.chosen]
    usd = saving_dots(answer, ground.chosen)[: 1 if answer.certain else DOTS]
    low, high = _range(usd)
    lost = int(np.count_nonzero(usd < 0))
    middle = ground.label(found.saving_usd.p50, found.saving_usd.percentile_errors[1])
    return {
        "dots": _plain(usd),
        "range": [low, high],
        "median": [found.saving_usd.p50, middle if answer.certain else f"median {middle}"],
        "certain": answer.certain,
        "sides": [] if answer.certain else [f"{lost} of {DOTS} cost more", f"{DOTS - lost} of {DOTS} save"],
        "money": _money_ticks(low, high, answer.scenario.currency),
        "axis": f"net saving at month {answer.horizon_months}",
    }


def _break_even(ground: Ground) -> dict[str, Any]:
    answer, found = ground.answer, ground.answer.candidates[ground.chosen]
    month = found.break_even_month
    share = broken_even_by_month(answer, ground.chosen)
    stages = {month.p10: "1 in 10", month.p50: "half", month.p90: "9 in 10"}  # of one month, the most
    told = percent(month.never, ERROR) if answer.certain or 0 < month.never < 1 else None
    return {
        "share": _plain(share),
        "stages": []
        if answer.certain
        else [
            [at, f"{said} {'at once' if at == 0 else f'by month {at}'}"]
            for at, said in stages.items()
            if at is not None
        ],
        "end": chance(found.pays_off) if not answer.certain and 0 < share[-1] < 1 else "",
        "never": [month.never, told or ("none" if month.never == 0 else "all")],
        "within": f"not within {months(answer.horizon_months)}",
        "months": _month_ticks(answer.horizon_months),
    }


def _fan(ground: Ground) -> dict[str, Any]:
    answer, saving = ground.answer, ground.answer.candidates[ground.chosen].saving_usd
    way = journey(answer, ground.chosen)
    low, middle, high = (float(way.quantiles[i][-1]) for i in (0, 2, 4))
    below, half, above = saving.percentile_errors
    ends = [
        (high, saving.p95, above, "1 in 20 ends above"),
        (middle, saving.p50, half, "median"),
        (low, saving.p5, below, "1 in 20 ends below"),
    ]
    if answer.certain:
        ends = [(middle, saving.mean, 0.0, "")]
    shown = np.concatenate([way.quantiles[[0, -1]], way.paths])
    bottom, top = min(float(shown.min()), 0.0), max(float(shown.max()), 0.0)
    return {
        "quantiles": [_plain(level) for level in way.quantiles],
        "paths": [] if answer.certain else [_plain(path) for path in way.paths],
        "range": [bottom, top],
        "ends": [[y, ground.label(usd, error), note] for y, usd, error, note in ends],
        "money": _money_ticks(bottom, top, answer.scenario.currency),
        "months": _month_ticks(answer.horizon_months),
    }


def _tornado(ground: Ground) -> dict[str, Any]:
    """The drivers whose ends differ beyond simulation error, the widest first."""
    overall = ground.answer.candidates[ground.chosen].pays_off
    bars: list[dict[str, Any]] = []
    for driver in ground.why.drivers:
        low, high = driver.low.pays_off, driver.high.pays_off
        swing = abs(high.value - low.value)
        if not swing > SURE * math.hypot(low.standard_error, high.standard_error):
            continue
        said = [
            f"{driver_value(ground, driver, end.value)} → {chance(end.pays_off)}"
            for end in (driver.low, driver.high)
        ]
        bars.append(
            {
                "name": own(ground, driver_name(ground, driver)),
                "input": driver.name,
                "ends": [low.value, high.value],
                "said": said,
                "swing": swing,
            }
        )
    return {
        "overall": [overall.value, f"all futures {chance(overall)}"],
        "bars": sorted(bars, key=lambda bar: -bar["swing"])[:MOST],
    }


_DATA = {"dotplot": _dotplot, "break_even": _break_even, "fan": _fan, "tornado": _tornado}


# --- axes -------------------------------------------------------------------------------------------------


def _range(usd: Array) -> tuple[float, float]:
    """Ends of an axis of savings: with zero, unless that is far off."""
    low, high = float(usd.min()), float(usd.max())
    apart = max(low, -high, 0.0)
    if high - low <= 1e-6 * max(abs(low), abs(high)) or apart <= FAR * (high - low):
        low, high = min(low, 0.0), max(high, 0.0)
    return (low, high) if low < high else (low - 1.0, high + 1.0)


def _money_ticks(low: float, high: float, currency: str) -> list[list[Any]]:
    """Round sums between two ends, all on one scale."""
    rough = (high - low) / TICKS or 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * (1 - 1e-9))
    ticks = [step * i for i in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]
    return [list(pair) for pair in zip(ticks, axis_amounts(ticks, currency), strict=True)]


def _month_ticks(horizon: int) -> list[int]:
    """Months at round steps; the last one is always told."""
    step = next((s for s in MONTHS if horizon / s <= 2 * TICKS - 1), MONTHS[-1])
    ticks = [t for t in range(0, horizon + 1, step) if horizon - t >= 0.6 * step or t == horizon]
    return ticks if ticks[-1] == horizon else [*ticks, horizon]


def _plain(values: Array) -> list[float]:
    """Five digits: more than any screen shows."""
    return [float(f"{value:.5g}") for value in values.tolist()]
