"""Labels on the thing itself: where they go so that none lies on another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from mcost.figures.sheet import Sheet, width_of
from mcost.figures.style import INK, RULE


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places at least ``gap`` apart between two ends, as near to those wanted as can be (least squares).

    Isotonic regression of what is wanted less the gaps before it (Barlow et al. 1972). Where not all of them
    fit, they stand evenly from end to end.
    """
    n = len(wanted)
    if n == 0:
        return []
    if gap * (n - 1) > high - low:
        gap = (high - low) / (n - 1)
    order = np.argsort(wanted, kind="stable")
    blocks: list[list[float]] = []  # mean, size
    for rank, i in enumerate(order):
        blocks.append([wanted[i] - rank * gap, 1.0])
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            (a, m), (b, k) = blocks[-2:]
            blocks[-2:] = [[(a * m + b * k) / (m + k), m + k]]
    level = np.repeat([mean for mean, _ in blocks], [int(size) for _, size in blocks])
    placed = np.clip(level, low, high - (n - 1) * gap) + np.arange(n) * gap
    result = np.empty(n)
    result[order] = placed
    return [float(y) for y in result]


@dataclass(frozen=True)
class End:
    """Where a line ends, and what is said of it: a first line, bold or not, and perhaps a second one."""

    y: float
    text: str
    colour: str
    note: str = ""
    bold: bool = True


def at_the_end(sheet: Sheet, axes: Axes, ends: Sequence[End]) -> None:
    """Name lines to the right of where they end; a leader shows which is which where names had to move."""
    wide, tall = sheet.extent(axes)
    low, high = axes.get_ylim()
    wanted = [(end.y - low) / (high - low) * tall for end in ends]
    line = 1.2
    gap = line * (2 if any(end.note for end in ends) else 1) + 0.15
    placed = spread(wanted, gap, 0.0, tall)
    for end, was, at in zip(ends, wanted, placed, strict=True):
        axes.plot(
            [1 + 0.2 / wide, 1 + 1.2 / wide],
            [was / tall, at / tall],
            transform=axes.transAxes,
            color=RULE,
            linewidth=0.07 * sheet.size.base,
            clip_on=False,
        )
        for k, text in enumerate(filter(None, (end.text, end.note))):
            axes.text(
                1 + 1.5 / wide,
                (at - k * line) / tall,
                text,
                transform=axes.transAxes,
                va="center",
                color=INK if k else end.colour,
                fontweight="bold" if end.bold and not k else "normal",
                fontsize=sheet.label,
            )


@dataclass(frozen=True)
class Mark:
    """A place on the x axis with its name."""

    x: float
    text: str
    colour: str


def over(sheet: Sheet, axes: Axes, marks: Sequence[Mark], rows: Sequence[float]) -> list[float]:
    """Name places above them, each on the first row where it touches no other name.

    rows : heights, em below the top of the axes. Returns the row of each, em.
    """
    wide, high = sheet.extent(axes)
    low, end = axes.get_xlim()
    taken: list[tuple[float, float, float]] = []
    chosen = []
    for mark in marks:
        at = (mark.x - low) / (end - low) * wide
        length = width_of(mark.text, sheet.label / sheet.size.base)
        start, row = _room(at, length, wide, taken, rows)
        taken.append((row, start, start + length))
        axes.text(
            start / wide,
            1 - row / high,
            mark.text,
            transform=axes.transAxes,
            color=mark.colour,
            fontsize=sheet.label,
            ha="left",
            va="top",
        )
        chosen.append(row)
    return chosen


def _room(
    at: float, length: float, wide: float, taken: Sequence[tuple[float, float, float]], rows: Sequence[float]
) -> tuple[float, float]:
    """Where a name begins, and its row: to the right of its place, else to the left, else on the next row."""
    for row in rows:
        for start in (at + 0.4, at - 0.4 - length):
            inside = start >= 0 and start + length <= wide
            if inside and all(r != row or start >= b + 0.8 or start + length <= a - 0.8 for r, a, b in taken):
                return start, row
    return min(max(at - length / 2, 0.0), max(wide - length, 0.0)), rows[-1]
