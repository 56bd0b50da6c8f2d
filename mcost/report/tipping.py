"""What it would take, as sentences and a table."""

from __future__ import annotations

import math

from mcost.report.axis_words import in_currency, probability_words, unit_words, value_words
from mcost.report.layout import Paragraph, Table, Verdict
from mcost.report.naming import input_name, value
from mcost.report.words import capital, chance, in_futures, listed, months, name
from mcost.tipping import Need, Reach, Tip
from mcost.version import VERSION

VOLUME = "workload.calls_per_month"
TOLD = 3
"""So many inputs are told in sentences; the table has them all."""


def needed(found: Need) -> Verdict:
    """What it would take, the nearest first; then every input that gets there by itself."""
    paragraphs = (
        Paragraph("Needs", tuple(_needs(found))),
        Paragraph("Now", (_now(found),)),
        Paragraph("Not alone", tuple(_not_alone(found))),
        Paragraph("Together", tuple(_together(found))),
    )
    said = tuple(
        Paragraph(p.label, tuple(in_currency(s, found.scenario.currency) for s in p.sentences))
        for p in paragraphs
        if p.sentences
    )
    rows = _table(found)
    return Verdict(found.scenario.title, said, (rows,) if rows.rows else (), _footer(found))


# --- sentences --------------------------------------------------------------------------------------------


def _needs(found: Need) -> list[str]:
    first, *others = [
        (p, [tip for tip in found.tips if _reach(tip, p).crossings]) for p in _told_probabilities(found)
    ]
    p, able = first
    told = able[:TOLD]
    volume = next((tip for tip in able if tip.name == VOLUME), None)
    if volume is not None and volume not in told:
        told = [*able[: TOLD - 1], volume]
    said = [_need(found, tip, p) for tip in told]
    for p, able in others:
        nearest = min(able, key=lambda tip: (tip.axis.certain, _reach(tip, p).distance), default=None)
        if nearest is not None:
            said.append(_need(found, nearest, p))
    return said


def nearest_tip(found: Need) -> tuple[str, ...]:
    """Of the inputs that were looked at: which turns it soonest, and what volume does; or that none does."""
    tip, p = found.nearest, found.probabilities[0]
    if tip is not None:
        volume = (t for t in found.tips if t.name == VOLUME and t is not tip and _reach(t, p).crossings)
        return tuple(_need(found, told, p) for told in (tip, *volume))
    who, goal = name(found.candidate), _goal(found, p)
    looked = listed([input_name(found.scenario, tip.name) for tip in found.tips])
    if found.certain:
        return (f"No input by itself changes whether {who} is {goal}.",)
    able = f"takes it below {probability_words(p)}" if found.pays_off.value >= p else f"puts {who} {goal}"
    return (f"None of the inputs that were tried {able} by itself, whatever its value: {looked}.",)


def _told_probabilities(found: Need) -> tuple[float, ...]:
    """In a certain scenario all futures are one, and all probabilities are crossed at once."""
    return found.probabilities[:1] if found.certain else found.probabilities


def _reach(tip: Tip, probability: float) -> Reach:
    return next(reach for reach in tip.reaches if reach.probability == probability)


def _need(found: Need, tip: Tip, probability: float) -> str:
    who, goal = capital(name(found.candidate)), _goal(found, probability)
    what, now = _wanted(found, tip, probability), f"(now {_now_words(found, tip)})"
    if found.pays_off.value < probability:
        return f"{who} needs {what} {now} to be {goal}."
    return f"{who} stays {goal} with {what} {now}."


def _goal(found: Need, probability: float) -> str:
    if found.certain:
        return f"ahead of {name(found.scenario.baseline)}"
    return f"ahead in {probability_words(probability)}"


def _wanted(found: Need, tip: Tip, probability: float) -> str:
    """``580,000 calls a month or more``, ``setup hours (fine tune) of 12 hours or less``."""
    values = _values(tip, probability, _unit(tip))
    return values if tip.name == VOLUME else f"{input_name(found.scenario, tip.name)} of {values}"


def _unit(tip: Tip) -> str:
    """A unit where the name of the input does not say it: of dollars, and of the volume of calls."""
    return unit_words(tip.axis) if tip.name == VOLUME or tip.axis.unit.startswith("USD") else ""


def _values(tip: Tip, probability: float, unit: str = "") -> str:
    """The values at which P is at least a probability, from every crossing: ``2 to 9 months``."""
    crossings = list(_reach(tip, probability).crossings)
    texts = [value_words(tip.axis, c.value, c.interval, up=c.rises) for c in crossings]
    parts = []
    while crossings:
        if not crossings[0].rises:
            bound = "" if crossings[0].value == tip.axis.low else " or less"
            parts.append(f"{texts[0]}{unit}{bound}")
            used = 1
        elif len(crossings) == 1:
            parts.append(f"{texts[0]}{unit} or more")
            used = 1
        else:
            parts.append(f"{texts[0]} to {texts[1]}{unit}")
            used = 2
        crossings, texts = crossings[used:], texts[used:]
    return ", or ".join(parts)


def _now(found: Need) -> str:
    who, horizon = capital(name(found.candidate)), found.scenario.horizon_months
    against = f"ahead of {name(found.scenario.baseline)} at month {horizon}"
    if found.certain:
        return f"{who} {'is' if found.pays_off.value else 'is not'} {against} as things are."
    return f"{who} is {against} {in_futures(found.pays_off)}. Each input is set by itself, all else as it is."


def _not_alone(found: Need) -> list[str]:
    said = []
    for p in _told_probabilities(found):
        if not found.tips or any(_reach(tip, p).crossings for tip in found.tips):
            continue
        if found.pays_off.value >= p:
            said.append(f"No input by itself takes it below {_share(found, p)}, whatever its value.")
            continue
        best = max(found.tips, key=lambda tip: tip.best.pays_off.value)
        at = value(best.best.value, best.axis.unit)
        text = f"No input by itself makes it {_goal(found, p)}"
        if not found.certain:
            what = input_name(found.scenario, best.name)
            text += f": the most is {chance(best.best.pays_off)}, with {what} at {at}"
        said.append(f"{text}.")
    if any(_shown(tip) for tip in found.tips):
        unable = [input_name(found.scenario, tip.name) for tip in found.tips if not _shown(tip)]
        if unable:
            said.append(f"No value of these by itself changes the side: {listed(unable)}.")
    return said


def _share(found: Need, probability: float) -> str:
    return "the break-even" if found.certain else probability_words(probability)


def _shown(tip: Tip) -> bool:
    return any(reach.crossings for reach in tip.reaches)


def _together(found: Need) -> list[str]:
    joint = found.together
    if joint is None:
        return []
    parts = [
        f"{input_name(found.scenario, s.axis.name)} at {value(s.value, s.axis.unit)} "
        f"(median {value(s.axis.median, s.axis.unit)})"
        for s in joint.shifts
    ]
    below = joint.at_medians.value < joint.probability
    if below != (found.pays_off.value < joint.probability):
        held = [input_name(found.scenario, shift.axis.name) for shift in joint.shifts]
        chances = in_futures(joint.at_medians)
        return [f"With {listed(held)} at their medians, no longer uncertain, it is ahead {chances}."]
    far = f"{joint.distance:.1g} standard deviation{'' if f'{joint.distance:.1g}' == '1' else 's'}"
    return [
        f"The smallest change in several inputs at once: with {listed(parts)} it "
        f"{'reaches' if below else 'falls to'} {probability_words(joint.probability)}, {far} from their "
        f"medians; at the medians it is ahead {in_futures(joint.at_medians)}."
    ]


def _now_words(found: Need, tip: Tip) -> str:
    """Where an input is now: ``450,000 to 650,000``, its 5 % and 95 % points, or what it is for certain."""
    low, _, high = (value(number, tip.axis.unit) for number in tip.axis.now)
    return low if low == high else f"{low} to {high}"


# --- the table --------------------------------------------------------------------------------------------


def _table(found: Need) -> Table:
    wanted = _told_probabilities(found)
    rows = []
    for tip in found.tips:
        if not _shown(tip) and len(found.tips) > TOLD:
            continue
        cells = [_cell(found, tip, p) for p in wanted]
        away = "" if found.certain else _away(tip)
        row = (
            input_name(found.scenario, tip.name),
            _now_words(found, tip),
            *cells,
            *(() if found.certain else (away,)),
        )
        rows.append(tuple(in_currency(cell, found.scenario.currency) for cell in row))
    heads = ("to be ahead",) if found.certain else tuple(f"for {100 * p:.4g} %" for p in wanted)
    columns = ("", "now", *heads, *(() if found.certain else ("away",)))
    title = f"What {name(found.candidate)} needs over {months(found.scenario.horizon_months)}, each by itself"
    return Table(title, columns, tuple(rows))


def _cell(found: Need, tip: Tip, probability: float) -> str:
    if _reach(tip, probability).crossings:
        return _values(tip, probability)
    if found.certain:
        return "any" if found.pays_off.value else "none"
    if tip.best.pays_off.value >= probability and tip.lowest.pays_off.value >= probability:
        return "any"
    return f"{chance(tip.best.pays_off)} at best"


def _away(tip: Tip) -> str:
    """How far the nearest crossing of the first probability is from the median."""
    if tip.axis.certain or not math.isfinite(tip.distance):
        return ""
    return f"{tip.distance:.1f} sd"


def _footer(found: Need) -> str:
    parts = [f"scenario {found.scenario.sha256[:8]}", f"mcost {VERSION}"]
    if found.certain:
        return " · ".join(["nothing uncertain", *parts])
    digits = "no digit but the first is shown that the simulation error (95 %) leaves open"
    sd = "sd: standard deviations of the input from its median"
    return " · ".join([digits, sd, f"{found.draws:,} draws", f"seed {found.seed}", *parts])
