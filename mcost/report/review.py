"""What became of a forecast, as sentences and tables: the advice now first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mcost.answer import Answer
from mcost.estimate import Chance
from mcost.measured import Measured
from mcost.months_held import Held, MonthHeld
from mcost.report.amounts import amount
from mcost.report.layout import Paragraph, Table, Verdict
from mcost.report.naming import input_name, value
from mcost.report.words import capital, chance, count, listed, months, name, percent
from mcost.review import Review
from mcost.tripwires import Tripwire
from mcost.usage.priors_file import origin_of
from mcost.version import VERSION

_KEYS = {
    "calls_per_month": "calls",
    "growth_per_month": "growth",
    "volatility_per_month": "volatility",
    "input_tokens": "input tokens",
    "output_tokens": "output tokens",
    "cache_hit": "cache hits",
    "retry_rate": "retries",
    "batch_share": "the share of batch",
}
_FAR = 4.0
"""Standard errors by which the same scenario may differ from what was printed."""


def reviewed(found: Review) -> Verdict:
    """The advice now; what came otherwise than forecast; which inputs moved; which tripwires are crossed."""
    paragraphs = (
        Paragraph("Advice", (_advice(found),)),
        Paragraph("Caution", tuple(_cautions(found))),
        Paragraph("Months", tuple(_months(found))),
        Paragraph("Moved", tuple(_moved(found))),
        Paragraph("Tripwires", tuple(_crossed(found))),
        Paragraph("Now", tuple(_now(found))),
        Paragraph("The log", tuple(_of_the_log(found))),
        Paragraph("Not told", tuple(_untold(found))),
    )
    tables = (
        _months_table(found, "Calls of the month", lambda m: m.calls, count),
        _months_table(found, "Token cost of the month", lambda m: m.usd, lambda usd: _usd(found, usd)),
        _inputs_table(found),
        _tripwires_table(found),
    )
    return Verdict(
        found.scenario.title,
        tuple(p for p in paragraphs if p.sentences),
        tuple(t for t in tables if t.rows),
        _footer(found),
    )


def _usd(found: Review, usd: float) -> str:
    return amount(usd, currency=found.scenario.currency)


def _value(found: Review, number: float, unit: str) -> str:
    return value(number, unit, found.scenario.currency)


# --- sentences --------------------------------------------------------------------------------------------


def _advice(found: Review) -> str:
    then, now = (_move(answer) for answer in (found.forecast, found.now))
    said = f"The advice changes: {now}; it was to {then}" if found.changed else f"The advice holds: {now}"
    if found.candidate is None:
        return f"{said}."
    before, after = _pays_off(found)
    if found.now.certain:
        verb = "pays off" if after.probability else "does not pay off"
        return f"{said}; {name(found.candidate)} {verb} within {months(found.now.horizon_months)}."
    was = f"{chance(before)} were forecast"
    return f"{said}; {name(found.candidate)} pays off in {chance(after)} of futures, where {was}."


def _pays_off(found: Review) -> tuple[Chance, Chance]:
    assert found.candidate is not None
    before, after = (a.candidates[found.candidate].pays_off for a in (found.forecast, found.now))
    return before, after


def _move(answer: Answer) -> str:
    if answer.recommended == answer.baseline:
        return f"keep {name(answer.baseline)}"
    return f"move from {name(answer.baseline)} to {name(answer.recommended)}"


def _cautions(found: Review) -> Iterator[str]:
    scenario, told = found.scenario, found.told
    if not found.same:
        yield (
            f"This is not the scenario that was run then: {scenario.file} has sha256 "
            f"{scenario.sha256[:12]}, and {told.name} was made from {told.sha256[:12]}. What is called "
            "forecast is that of the scenario as it is now."
        )
        return
    for candidate, was in told.pays_off.items():
        again = found.forecast.candidates.get(candidate)
        if (
            again is not None
            and abs(again.pays_off.value - was) > _FAR * again.pays_off.standard_error + 1e-9
        ):
            yield (
                f"{told.name} has {percent(was)} for {name(candidate)}, and this version of mcost finds "
                f"{chance(again.pays_off)} in the same scenario."
            )


def _months(found: Review) -> Iterator[str]:
    kinds = {"calls": [m.calls for m in found.months], "token cost": [m.usd for m in found.months]}
    for what, every in kinds.items():
        held = [month for month in every if month is not None]
        out = [month for month in held if month.outside]
        if not held:
            continue
        whole = "the whole month" if len(held) == 1 else f"{len(held)} whole months"
        if not out:
            yield f"The {what} of {whole} came within the range that holds 9 of 10 futures."
        elif len(held) == 1:
            yield f"The {what} of {whole} came outside of the range that holds 9 of 10 futures."
        else:
            last = held[-1]
            side = f" ({_below(found, last.quantile)} of futures lie below the last)" if last.outside else ""
            yield (
                f"The {what} of {len(out)} of {whole} came outside of the range that holds 9 of 10 "
                f"futures{side}."
            )


def _moved(found: Review) -> Iterator[str]:
    moved = [r for r in found.readings if r.moved]
    if not moved:
        if found.readings:
            yield "No input moved: each is where it was believed to be, the doubt of belief and log counted."
        return
    for reading in moved:
        unit = reading.prior.unit
        at = _value(found, reading.finding.value, unit)
        low, high = (_value(found, end, unit) for end in (reading.believed[0], reading.believed[2]))
        believed = f"{low} to {high}" if low != high else f"{low} for certain"
        said = f"{capital(_name(found, reading))}: {at}, where {believed} {_held_for(reading)}"
        alone = found.by_itself.get(reading.name)
        if alone is not None and found.candidate is not None:
            before = _pays_off(found)[0]
            said += f"; by itself it takes {name(found.candidate)} from {chance(before)} to {chance(alone)}"
        yield f"{said}."


def _held_for(reading: Measured) -> str:
    return "was forecast" if reading.finding.key == "calls_per_month" else "was believed"


def _crossed(found: Review) -> Iterator[str]:
    if found.candidate is None:
        return
    who = name(found.candidate)
    crossed = sorted((wire for wire in found.tripwires if wire.crossed), key=lambda wire: not wire.surely)
    for wire in crossed:
        what, at = input_name(found.scenario, wire.prior.name), _value(found, wire.value, wire.prior.unit)
        up = wire.now[1] > wire.believed
        half = "half of all futures or more" if up == wire.rises else "less than half of all futures"
        low, high = (_value(found, end, wire.prior.unit) for end in (wire.now[0], wire.now[2]))
        yield (
            f"{'Crossed' if wire.surely else 'Perhaps crossed'}: {what}, now {low} to {high}, "
            f"{'above' if up else 'below'} {at}, where {who} is ahead in {half}."
        )
    if not crossed and found.tripwires:
        near = found.tripwires[0]
        what = input_name(found.scenario, near.prior.name)
        at, is_now = (_value(found, x, near.prior.unit) for x in (near.value, near.now[1]))
        yield f"None is crossed. The nearest is {what} at {at}; it is {is_now}."
    if not found.tripwires and found.readings:
        yield f"No value of a measured input takes {who} across half of all futures by itself."


def _now(found: Review) -> Iterator[str]:
    when = "from today" if found.start is None else f"from {found.start} on"
    horizon = months(found.now.horizon_months)
    if found.readings:
        yield (
            f"The advice is for {horizon} {when}, at the calls of now. Where belief and log agree they are "
            "put together; what moved is taken from the log alone; all else is as it was."
        )


def _of_the_log(found: Review) -> Iterator[str]:
    yield f"{origin_of(found.log)}; all of it is taken to be calls to {name(found.scenario.baseline)}."
    if found.part:
        part = [f"{first:%Y-%m}" for first in found.part]
        yield f"Left out of the months, as not every day is known: {listed(part)}."
    if any(m.usd is not None for m in found.months):
        by = (
            "as the log has it"
            if found.priced_by == "the log"
            else "its tokens at the scenario's prices of month 1"
        )
        yield f"Token cost is {by}; a forecast month is as long as the month that it is held against."
    if found.attempts > 1:
        more = percent(found.attempts - 1)
        yield (
            "This export cannot tell retries: of its requests, those asked again are taken off, "
            f"{more} of the calls."
        )
    yield from found.notes


def _untold(found: Review) -> Iterator[str]:
    for key, why in found.untold.items():
        yield f"{capital(_KEYS[key])}: {why}."
    if found.left_out:
        keys = [_KEYS[key] for key in found.left_out]
        yield f"The log tells of {listed(keys)}, which the scenario leaves out, and so counts as nothing."


def _name(found: Review, reading: Measured) -> str:
    said = input_name(found.scenario, reading.name)
    return f"{said} now" if reading.finding.key == "calls_per_month" else said


def _span(found: Review, reading: Measured, low: float, high: float) -> str:
    ends = [_value(found, end, reading.prior.unit) for end in (low, high)]
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)


def _below(found: Review, share: float) -> str:
    """A share of the futures, or of a belief, to what as many futures show."""
    n = found.forecast.draws
    return chance(Chance.of(round(share * n), n))


# --- tables -----------------------------------------------------------------------------------------------


def _months_table(
    found: Review, title: str, of: Callable[[MonthHeld], Held | None], said: Callable[[float], str]
) -> Table:
    rows = tuple(
        (
            f"{m.first:%Y-%m}",
            str(m.number),
            *(said(float(f"{x:.3g}")) for x in (h.p5, h.p50, h.p95)),
            said(float(f"{h.happened:.3g}")),
            _below(found, h.quantile),
        )
        for m in found.months
        if (h := of(m)) is not None
    )
    columns = ("", "month", "5 %", "median", "95 %", "happened", "futures below")
    return Table(f"{title}: forecast, and what happened", columns, rows)


def _inputs_table(found: Review) -> Table:
    rows = tuple(
        (
            _name(found, r),
            _span(found, r, r.believed[0], r.believed[2]),
            _value(found, r.finding.value, r.prior.unit),
            _span(found, r, r.finding.low, r.finding.high),
            _below(found, r.quantile),
            "yes" if r.moved else "no",
            _span(found, r, r.now[0], r.now[2]),
        )
        for r in found.readings
    )
    columns = ("", "believed", "the log", "its 90 %", "belief below", "moved", "now")
    title = "By input: what was believed, what the log says, and what to believe now (5 % to 95 %)"
    return Table(title, columns, rows)


def _tripwires_table(found: Review) -> Table:
    def row(wire: Tripwire) -> tuple[str, ...]:
        unit = wire.prior.unit
        side = "or more" if wire.rises else "or less"
        return (
            input_name(found.scenario, wire.prior.name),
            f"{_value(found, wire.value, unit)} {side}",
            _value(found, wire.believed, unit),
            _value(found, wire.now[1], unit),
            ("yes" if wire.surely else "perhaps") if wire.crossed else "no",
        )

    who = "" if found.candidate is None else name(found.candidate)
    return Table(
        f"Tripwires: from where on {who} is ahead in half of all futures, by itself",
        ("", "ahead at", "believed", "now", "crossed"),
        tuple(row(wire) for wire in found.tripwires),
    )


def _footer(found: Review) -> str:
    forecast = found.forecast
    scenario = found.scenario.sha256[:8]
    return f"{forecast.draws:,} draws · seed {forecast.seed} · scenario {scenario} · mcost {VERSION}"
