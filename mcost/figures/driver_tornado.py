"""What matters: how far the chance of paying off goes from the lowest to the highest tenth of each input."""

from __future__ import annotations

import math
from dataclasses import dataclass

from matplotlib.axes import Axes

from mcost.figures.caption import Caption
from mcost.figures.ground import Ground
from mcost.figures.inputs import driver_name, driver_value, own
from mcost.figures.picture import Picture, needs_a_rival, needs_to_vary
from mcost.figures.sheet import Sheet, fitted, width_of
from mcost.figures.style import BLUE, INK, PAPER, VERMILION
from mcost.report.frequency import in_how_many
from mcost.report.naming import plural
from mcost.report.words import capital, chance, listed
from mcost.sensitivity import Tenth

MOST = 8
NAMES = 16.5
"""Room for names, em."""

SURE = 3.0
"""Standard errors by which the two ends differ, for a driver to be shown."""


@dataclass(frozen=True)
class _Bar:
    name: str
    low: Tenth
    high: Tenth
    at_low: str
    at_high: str

    @property
    def swing(self) -> float:
        return self.high.pays_off.value - self.low.pays_off.value


def _bars(ground: Ground) -> list[_Bar]:
    """The drivers whose ends differ beyond simulation error, the widest first."""
    found = []
    for driver in ground.why.drivers:
        low, high = driver.low, driver.high
        at_low, at_high = (driver_value(ground, driver, tenth.value) for tenth in (low, high))
        bar = _Bar(own(ground, driver_name(ground, driver)), low, high, at_low, at_high)
        error = math.hypot(low.pays_off.standard_error, high.pays_off.standard_error)
        if abs(bar.swing) > SURE * error and bar.swing:
            found.append(bar)
    return sorted(found, key=lambda bar: -abs(bar.swing))[:MOST]


def nothing(ground: Ground) -> str | None:
    if (why_not := needs_a_rival(ground) or needs_to_vary(ground)) is not None:
        return why_not
    if not _bars(ground):
        pays = in_how_many(ground.answer.candidates[ground.chosen].pays_off)
        return f"No input or event by itself moves the chance: {ground.who} pays off {pays}"
    return None


def _ends(bar: _Bar) -> tuple[str, str]:
    first, last = sorted((bar.low, bar.high), key=lambda tenth: tenth.pays_off.value)
    return chance(first.pays_off), chance(last.pays_off)


def caption(ground: Ground) -> Caption:
    bars = _bars(ground)
    first, (least, most) = bars[0], _ends(bars[0])
    verb = "move" if plural(first.name) else "moves"
    title = f"{capital(first.name)} {verb} the chance most: from {least} to {most}"
    subtitle = (
        f"Chance that {ground.who} pays off within {ground.span} with one input in its lowest tenth "
        "(hatched) or highest (solid): value → chance."
    )
    said = [
        f"{bar.name} from {bar.at_low} ({chance(bar.low.pays_off)}) to {bar.at_high} "
        f"({chance(bar.high.pays_off)})"
        for bar in bars
    ]
    overall = chance(ground.answer.candidates[ground.chosen].pays_off)
    alt = f"A tornado around {overall}, the chance that {ground.who} pays off: {'; '.join(said)}."
    then = f", before {listed([bar.name for bar in bars[1:3]])}" if len(bars) > 1 else ""
    what = "What matters most is" if not plural(first.name) else "What matter most are"
    return Caption(
        title,
        subtitle,
        alt,
        f"{what} {first.name}{then}: the chance that {ground.who} pays off goes from {least} to {most} "
        "with it.",
    )


def draw(sheet: Sheet, ground: Ground) -> None:
    bars, em = _bars(ground), sheet.size.base
    size = sheet.label / em
    overall = ground.answer.candidates[ground.chosen].pays_off
    names = min(NAMES, max(width_of(bar.name, size) for bar in bars) + 0.2)
    axes = sheet.rows(len(bars), left=names + 1.0, right=0.0, top=1.6)
    wide, tall = sheet.extent(axes)
    texts = [_written(bar, overall.value) for bar in bars]
    left, right = (max(width_of(row[side], size) for row in texts) + 0.6 for side in (0, 1))
    shares = [tenth.pays_off.value for bar in bars for tenth in (bar.low, bar.high)] + [overall.value]
    low, high = min(shares), max(shares)
    unit = (high - low) / max(wide - left - right, 4.0)
    axes.set_xlim(low - left * unit, low - left * unit + wide * unit)
    thick = min(0.66, 1.35 * len(bars) / tall)
    for i, (bar, (before, after)) in enumerate(zip(bars, texts, strict=True)):
        _row(sheet, axes, bar, i, overall.value, thick)
        ends = sorted([bar.low.pays_off.value, bar.high.pays_off.value, overall.value])
        for x, text, side, away in ((ends[0], before, "right", -0.4), (ends[-1], after, "left", 0.4)):
            axes.annotate(
                text,
                (x, i),
                (away, 0),
                textcoords="offset fontsize",
                ha=side,
                va="center",
                fontsize=sheet.label,
                color=INK,
            )
        axes.text(
            -1.0 / wide,
            1 - (i + 0.5) / len(bars),
            fitted(bar.name, names, size),
            transform=axes.transAxes,
            ha="right",
            va="center",
            fontsize=sheet.label,
            color=INK,
        )
    axes.plot(
        [overall.value] * 2, [-0.5, len(bars) - 0.5], color=INK, linewidth=0.08 * em, clip_on=False, zorder=5
    )
    axes.annotate(
        f"all futures {chance(overall)}",
        (overall.value, -0.5),
        (0, 0.3),
        textcoords="offset fontsize",
        ha="center",
        va="bottom",
        color=INK,
        fontweight="bold",
        fontsize=sheet.label,
    )


def _written(bar: _Bar, overall: float) -> tuple[str, str]:
    """What stands left and right of a bar: the input's value, and the chance there."""
    low, high = (
        f"{at} → {chance(tenth.pays_off)}" for at, tenth in ((bar.at_low, bar.low), (bar.at_high, bar.high))
    )
    return (low, high) if bar.swing > 0 else (high, low)


def _row(sheet: Sheet, axes: Axes, bar: _Bar, i: int, overall: float, thick: float) -> None:
    """From all futures to either end; where both lie on one side, the nearer end is drawn over the other."""
    ends = ((bar.low.pays_off.value, True), (bar.high.pays_off.value, False))
    for share, low in sorted(ends, key=lambda end: -abs(end[0] - overall)):
        axes.barh(
            i,
            share - overall,
            left=overall,
            height=thick,
            facecolor=PAPER if low else BLUE,
            edgecolor=VERMILION if low else BLUE,
            hatch=sheet.size.hatch("/") if low else "",
            linewidth=0.08 * sheet.size.base,
        )


TORNADO = Picture("tornado", "what matters", nothing, caption, draw)
