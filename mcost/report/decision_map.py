"""Two inputs against P(pays off): where the answer flips, in words, and a small map of characters."""

from __future__ import annotations

from typing import Literal

import numpy as np

from mcost.axis import Axis
from mcost.maps import DecisionMap
from mcost.report.axis_words import in_currency, probability_words, unit_words
from mcost.report.layout import Paragraph, Table, Verdict
from mcost.report.naming import input_name, value
from mcost.report.words import capital, in_futures, listed, name, percent
from mcost.version import VERSION

WIDE, HIGH = 60, 20
"""The most characters across and down; a cell is about twice as high as it is wide."""

BANDS = ((0.1, "·"), (0.5, "-"), (0.9, "+"), (2.0, "#"))
"""P below each bound is drawn by its mark."""

HERE = "X"
Along = Literal["x", "y"]


def mapped(found: DecisionMap, *, drawn: bool = True) -> Verdict:
    """Where the answer flips and where the scenario is, then the map; drawn : whether to draw it."""
    paragraphs = [
        Paragraph("Map", tuple(_share(found))),
        Paragraph("Flips", tuple(_flips(found, along) for along in ("x", "y"))),
        Paragraph("Here", (_here(found),)),
    ]
    said = tuple(
        Paragraph(p.label, tuple(in_currency(s, found.scenario.currency) for s in p.sentences))
        for p in paragraphs
    )
    return Verdict(found.scenario.title, said, (_drawing(found),) if drawn else (), _footer(found))


def _share(found: DecisionMap) -> list[str]:
    who, share = capital(name(found.candidate)), found.share_ahead
    if share in (0.0, 1.0):
        where = "nowhere" if share == 0 else "everywhere"
        said = f"{who} is ahead in {probability_words(0.5)} or more {where} on this map."
    else:
        said = f"{who} is ahead in {probability_words(0.5)} or more on {percent(share)} of this map."
    ranges = [
        f"{_named(found, axis)} from {_value(found, axis, values[0])} to {_value(found, axis, values[-1])}"
        for axis, values in ((found.x_axis, found.x), (found.y_axis, found.y))
    ]
    said += f" It holds {listed(ranges)}."
    if not found.chosen:
        return [said]
    if float(np.ptp(found.probability)) == 0:
        return [said, "No input moves P more than these two, and they do not."]
    return [said, "These are the two inputs that move P most."]


def _flips(found: DecisionMap, along: Along) -> str:
    axis, other = (found.x_axis, found.y_axis) if along == "x" else (found.y_axis, found.x_axis)
    turns = found.flips(along)
    held = f"With {_named(found, other)} at {_value(found, other, other.median)}"
    if not turns:
        side = "above" if found.place.pays_off.value >= 0.5 else "below"
        return f"{held}, P stays {side} 50 % whatever {_named(found, axis)} is on this map."
    told = [
        f"{'rises' if rises else 'falls'} through 50 % at {_value(found, axis, at)}{_per(axis)}"
        for at, rises in turns
    ]
    return f"{held}, P {listed(told)}, along {_named(found, axis)}."


def _here(found: DecisionMap) -> str:
    axes = (found.x_axis, found.y_axis)
    at = [f"{_named(found, axis)} at {_value(found, axis, axis.median)}" for axis in axes]
    who = name(found.candidate)
    return f"{HERE} is the scenario: with {listed(at)}, {who} is ahead {in_futures(found.place.pays_off)}."


def _named(found: DecisionMap, axis: Axis) -> str:
    return input_name(found.scenario, axis.name)


def _value(found: DecisionMap, axis: Axis, number: float) -> str:
    return value(float(number), axis.unit, found.scenario.currency)


def _per(axis: Axis) -> str:
    return unit_words(axis) if axis.unit.startswith("USD") else ""


# --- the drawing ------------------------------------------------------------------------------------------


def _drawing(found: DecisionMap) -> Table:
    """A row of characters for a value of y, the highest first; below it the values of x."""
    columns, rows = _thinned(len(found.x), WIDE), _thinned(len(found.y), HIGH)
    here = (
        _nearest(found.y_axis, found.y[rows], found.place.y),
        _nearest(found.x_axis, found.x[columns], found.place.x),
    )
    lines = []
    for i in reversed(range(len(rows))):
        marks = [_mark(found.probability[rows[i], column]) for column in columns]
        if i == here[0]:
            marks[here[1]] = HERE
        labelled = i in (0, len(rows) // 2, len(rows) - 1, here[0])
        label = _value(found, found.y_axis, found.y[rows[i]]) if labelled and i != here[0] else ""
        if i == here[0]:
            label = _value(found, found.y_axis, found.place.y)
        lines.append((label, "".join(marks)))
    low, high = (_value(found, found.x_axis, found.x[end]) for end in (0, -1))
    middle = _value(found, found.x_axis, found.place.x)
    lines.append(("", _axis_line(len(columns), low, high, (here[1], middle))))
    legend = "P(pays off):  · below 10 %   - 10 to 50 %   + 50 to 90 %   # 90 % or more   X the scenario"
    title = f"{capital(_named(found, found.y_axis))} (up) against {_named(found, found.x_axis)} (across)"
    return Table(f"{title}\n  {legend}", ("", ""), tuple(lines))


def _thinned(count: int, most: int) -> list[int]:
    """Indices, both ends among them, of at most so many points."""
    return [int(i) for i in np.unique(np.rint(np.linspace(0, count - 1, min(count, most))))]


def _nearest(axis: Axis, values: np.ndarray, at: float) -> int:
    scores, score = axis.scores(values), axis.scores(np.array([at]))[0]
    if not (np.isfinite(scores).all() and np.isfinite(score)):
        scores, score = values, at
    return int(np.argmin(np.abs(scores - score)))


def _mark(probability: float) -> str:
    return next(mark for bound, mark in BANDS if probability < bound)


def _axis_line(width: int, low: str, high: str, here: tuple[int, str]) -> str:
    """The values at both ends, and at the scenario's place where there is room; as wide as the map.

    Where the map is too narrow for both ends, it is as wide as they are with a space between.
    """
    width = max(width, len(low) + len(high) + 2)
    line = list(low.ljust(width - len(high)) + high)
    start = min(max(here[0] - len(here[1]) // 2, 0), width - len(here[1]))
    if start > len(low) + 1 and start + len(here[1]) < width - len(high) - 1:
        line[start : start + len(here[1])] = list(here[1])
    return "".join(line)


def _footer(found: DecisionMap) -> str:
    parts = [
        f"{found.draws:,} draws",
        f"seed {found.seed}",
        f"scenario {found.scenario.sha256[:8]}",
        f"mcost {VERSION}",
    ]
    worst = float(np.sqrt(found.probability * (1 - found.probability) / found.draws).max())
    if worst > 0:
        parts.insert(
            0, f"±{float(f'{100 * 1.96 * worst:.1g}'):g} points of simulation error at most (95 %) in a cell"
        )
    return " · ".join(parts)
