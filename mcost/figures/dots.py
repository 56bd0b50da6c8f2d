"""How likely, and how much: the saving as fifty dots, each of them one future in fifty."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from mcost.exhibits import DOTS, saving_dots
from mcost.figures.caption import Caption
from mcost.figures.ground import Ground
from mcost.figures.labels import Mark, over
from mcost.figures.picture import Picture, needs_a_rival
from mcost.figures.scale import money_ticks
from mcost.figures.sheet import Sheet
from mcost.figures.style import BLUE, INK, PAPER, RULE, RUST, VERMILION
from mcost.law import Array
from mcost.report.frequency import in_how_many
from mcost.report.words import in_futures

LARGEST = 1.45
"""Diameter of a dot, em, at most."""

FAR = 1.5
"""No zero on the axis where it lies further away than so many times the spread of the dots."""


def caption(ground: Ground) -> Caption:
    found = ground.answer.candidates[ground.chosen]
    saving, errors = found.saving_usd, found.saving_usd.percentile_errors
    if ground.answer.certain:
        kind = "saves" if saving.mean >= 0 else "costs"
        more = "" if saving.mean >= 0 else " more"
        title = f"{ground.subject} {kind} {ground.said(abs(saving.mean))}{more} over {ground.span}"
        subtitle = (
            f"Against {ground.rival}{ground.discounted}. Nothing is uncertain: all futures are this one."
        )
        return Caption(
            title, subtitle, f"One dot at {ground.said(saving.mean)}.", f"{title}, against {ground.rival}."
        )
    title = f"{ground.subject} pays off {in_how_many(found.pays_off)}"
    subtitle = (
        f"Net saving against {ground.rival} over {ground.span}{ground.discounted}. "
        f"Each dot is 1 future in {DOTS}; rings lose."
    )
    low, high = (ground.said(x, e) for x, e in ((saving.p5, errors[0]), (saving.p95, errors[2])))
    median = ground.said(saving.p50, errors[1])
    lost = int(np.count_nonzero(saving_dots(ground.answer, ground.chosen) < 0))
    alt = (
        f"{DOTS} dots along the net saving of {ground.who} against {ground.rival} over {ground.span}: "
        f"{lost} are rings left of zero, which lose, and {DOTS - lost} are filled, which do not. "
        f"The median is {median}; 9 in 10 futures lie between {low} and {high}."
    )
    said = (
        f"{ground.subject} pays off within {ground.span} {in_futures(found.pays_off)}: against "
        f"{ground.rival} its saving lies between {low} and {high} in 9 of 10 futures, with a median "
        f"of {median}."
    )
    return Caption(title, subtitle, alt, said)


def draw(sheet: Sheet, ground: Ground) -> None:
    found, usd = ground.answer.candidates[ground.chosen], saving_dots(ground.answer, ground.chosen)
    if ground.answer.certain:
        usd = usd[:1]
    header = 0.0 if ground.answer.certain else 4.6
    axes = sheet.axes(bottom=3.6)
    low, high, zero = _range(usd)
    wide, tall = sheet.extent(axes)
    size, columns, rows = _stacked(usd, low, high, wide, tall - header)
    spare = size / wide * (high - low) / (1 - size / wide) / 2
    axes.set_xlim(low - spare, high + spare)
    axes.set_ylim(0, tall / size)
    for lost, edge, face in ((True, VERMILION, PAPER), (False, BLUE, BLUE)):
        which = (usd < 0) == lost
        axes.plot(
            columns[which],
            rows[which] + 0.5,
            linestyle="none",
            marker="o",
            markersize=0.80 * size * sheet.size.base,
            markeredgewidth=0.09 * size * sheet.size.base,
            markeredgecolor=edge,
            markerfacecolor=face,
            clip_on=False,
            zorder=3,
        )
    marks = [Mark(0.0, "break even", INK)] if zero else []
    if ground.answer.certain:
        _one(sheet, axes, ground, float(usd[0]))
    else:
        error = found.saving_usd.percentile_errors[1]
        median = found.saving_usd.p50
        marks.append(Mark(median, f"median {ground.label(median, error)}", INK))
        _sides(sheet, axes, int(np.count_nonzero(usd < 0)))
        depths = over(sheet, axes, marks, (1.7, 3.1))
        for mark, depth in zip(marks, depths, strict=True):
            axes.plot(
                [mark.x, mark.x],
                [0, (tall - depth) / size],
                color=RULE if mark.text == "break even" else INK,
                linewidth=0.06 * sheet.size.base,
                zorder=1 if mark.text == "break even" else 4,
            )
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    money_ticks(axes.xaxis, ground.answer.scenario.currency, clear=0.03)
    axes.set_xlabel(f"net saving at month {ground.answer.horizon_months}")


def _range(usd: Array) -> tuple[float, float, bool]:
    """Ends of the axis, and whether zero lies on it."""
    low, high = float(usd.min()), float(usd.max())
    apart = max(low, -high, 0.0)
    if high - low <= 1e-6 * max(abs(low), abs(high)) or apart <= FAR * (high - low):
        low, high = min(low, 0.0), max(high, 0.0)
    return (low, high, low <= 0.0 <= high) if low < high else (low - 1.0, high + 1.0, low <= 0.0 <= high)


def _stacked(usd: Array, low: float, high: float, wide: float, tall: float) -> tuple[float, Array, Array]:
    """The largest dots that fit, em; where each stands, USD, and how many lie below it.

    Columns start at zero, so that none holds a loss and a gain.
    """
    for size in np.arange(LARGEST, 0.2, -0.05):
        column = size * (high - low) / (wide - size)
        at = np.floor(usd / column)
        heights = np.array([np.count_nonzero(at[:i] == at[i]) for i in range(at.size)], dtype=float)
        if (heights.max() + 1) * size <= tall:
            break
    return float(size), (at + 0.5) * column, heights


def _sides(sheet: Sheet, axes: Axes, lost: int) -> None:
    """How many dots lose, at the left, and how many do not, at the right."""
    said = ((0.0, "left", RUST, lost, "cost more"), (1.0, "right", BLUE, DOTS - lost, "save"))
    for x, side, colour, dots, what in said:
        axes.text(
            x,
            1.0,
            f"{dots} of {DOTS} {what}",
            transform=axes.transAxes,
            ha=side,
            va="top",
            color=colour,
            fontweight="bold",
            fontsize=sheet.label,
        )


def _one(sheet: Sheet, axes: Axes, ground: Ground, usd: float) -> None:
    low, high = axes.get_xlim()
    left = usd > (low + high) / 2
    axes.annotate(
        ground.label(usd),
        (usd, 0.5),
        (-1.2 if left else 1.2, 0.0),
        textcoords="offset fontsize",
        ha="right" if left else "left",
        va="center",
        color=RUST if usd < 0 else BLUE,
        fontweight="bold",
    )
    axes.axvline(0.0, color=RULE, linewidth=0.06 * sheet.size.base, ymax=0.5)


DOTPLOT = Picture("dotplot", "how likely, how much", needs_a_rival, caption, draw)
