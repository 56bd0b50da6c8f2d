"""When, if ever: the chance of having broken even by each month, beside that of not doing so in time."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from mcost.answer import Answer
from mcost.exhibits import broken_even_by_month
from mcost.figures.caption import Caption
from mcost.figures.ground import Ground
from mcost.figures.picture import Picture, needs_a_rival
from mcost.figures.scale import chance_ticks, month_ticks, rules
from mcost.figures.sheet import Sheet
from mcost.figures.style import BLUE, BLUES, INK, PAPER, RUST, VERMILION
from mcost.outcomes import BreakEven
from mcost.report.frequency import in_how_many
from mcost.report.words import chance, in_futures, listed, percent

APART = 1.5
"""Height between two stages that are both told, em."""

RARE = 0.9
"""Share of futures that never break even beyond which the others are told by their number."""

ERROR = 0.004
"""95 % half-width of a share that is told: beyond it no digit is shown."""


def _in_all(answer: Answer) -> str:
    return f"all {answer.draws:,} futures" if answer.draws > 1 else "the one future simulated"


def _finding(ground: Ground, month: BreakEven) -> str:
    answer, who = ground.answer, ground.subject
    if answer.certain:
        even = month.p50
        return (
            f"{who} never breaks even within {ground.span}"
            if even is None
            else f"{who} breaks even {_at(even)}"
        )
    if month.never == 1:
        return f"{who} does not break even within {ground.span} in any of {answer.draws:,} futures"
    if month.never > RARE:
        return (
            f"{who} breaks even within {ground.span} {in_how_many(answer.candidates[ground.chosen].pays_off)}"
        )
    if month.p50 is None:
        return f"In most futures {ground.who} does not break even within {ground.span}"
    if month.p10 == month.p90 and month.never == 0:
        return f"{who} breaks even {_at(month.p50)} in {_in_all(answer)}"
    return f"In half of all futures {ground.who} breaks even {_by(month.p50)}"


def _at(month: int) -> str:
    return "at once" if month == 0 else f"in month {month}"


def _by(month: int) -> str:
    return "at once" if month == 0 else f"by month {month}"


def _never(ground: Ground) -> str:
    """The share that does not break even in time, as it is written on its bar."""
    never = ground.answer.candidates[ground.chosen].break_even_month.never
    if ground.answer.certain or 0 < never < 1:
        return percent(never, ERROR)
    return "none" if never == 0 else "all"


def caption(ground: Ground) -> Caption:
    found = ground.answer.candidates[ground.chosen]
    month = found.break_even_month
    title = _finding(ground, month)
    subtitle = f"Chance of being ahead of {ground.rival} for good by each month{ground.discounted}."
    if ground.answer.certain:
        said = f"{title}, against {ground.rival}."
        return Caption(title, "Nothing is uncertain: all futures are this one.", said, said)
    stages = [
        f"{share} in 10 by month {at}"
        for share, at in ((1, month.p10), (5, month.p50), (9, month.p90))
        if at is not None
    ]
    steps = f"{listed(stages)} break even; " if stages else ""
    rest = f"{_never(ground)} of all futures do not within {ground.span}"
    alt = (
        f"A rising curve of the futures that have broken even by each month: {steps}a bar beside it shows "
        f"that {rest}."
    )
    said = (
        f"{title}; it is ahead of {ground.rival} at month {ground.answer.horizon_months} "
        f"{in_futures(found.pays_off)}."
    )
    return Caption(title, subtitle, alt, said)


def draw(sheet: Sheet, ground: Ground) -> None:
    answer, em = ground.answer, sheet.size.base
    share, month = (
        broken_even_by_month(answer, ground.chosen),
        answer.candidates[ground.chosen].break_even_month,
    )
    axes, bar = sheet.axes(left=3.4, right=11.5, bottom=3.6, top=1.2), _beside(sheet)
    horizon = answer.horizon_months
    t = np.arange(horizon + 1)
    axes.fill_between(t, share, step="post", color=BLUES[1], linewidth=0)
    axes.step(t, share, where="post", color=BLUE, linewidth=0.2 * em, clip_on=False, zorder=3)
    axes.set_xlim(0, horizon)
    axes.set_ylim(0, 1)
    month_ticks(axes, horizon)
    axes.set_xlabel("month")
    chance_ticks(axes.yaxis)
    rules(axes, 0.06 * em)
    if not answer.certain:
        stages = {month.p10: "1 in 10", month.p50: "half", month.p90: "9 in 10"}  # of one month, the most
        tall, below = sheet.extent(axes)[1], 2.0
        for at, said in reversed(stages.items()):  # one that lies too near to the next says no more than it
            if at is not None and (below - share[at]) * tall > APART:
                _stage(sheet, axes, share, at, f"{said} {_by(at)}")
                below = float(share[at])
        if 0 < share[-1] < 1:
            _end(sheet, axes, float(share[-1]), chance(answer.candidates[ground.chosen].pays_off))
    _bar(sheet, bar, ground, month.never)


def _beside(sheet: Sheet) -> Axes:
    wide = sheet.extent(whole := sheet.axes())[0]
    whole.remove()
    return sheet.axes(left=wide - 7.0, right=2.2, bottom=3.6, top=1.2)


def _stage(sheet: Sheet, axes: Axes, share: np.ndarray, at: int, said: str) -> None:
    """A dot on the curve with what it says: on the side where the curve leaves room."""
    left = at > 0.6 * axes.get_xlim()[1]
    axes.plot(
        at,
        share[at],
        marker="o",
        markersize=0.6 * sheet.size.base,
        color=BLUE,
        markeredgecolor=PAPER,
        markeredgewidth=0.12 * sheet.size.base,
        clip_on=False,
        zorder=4,
    )
    axes.annotate(
        said,
        (at, share[at]),
        (-0.7, 0.55) if left else (0.8, -0.95),
        textcoords="offset fontsize",
        ha="right" if left else "left",
        va="center",
        fontsize=sheet.label,
        color=INK,
        zorder=5,
        annotation_clip=False,
    )


def _end(sheet: Sheet, axes: Axes, y: float, said: str) -> None:
    axes.annotate(
        said,
        (1, y),
        (0.4, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset fontsize",
        va="center",
        color=BLUE,
        fontweight="bold",
        fontsize=sheet.label,
        annotation_clip=False,
    )


def _bar(sheet: Sheet, bar: Axes, ground: Ground, never: float) -> None:
    bar.bar(
        0,
        never,
        width=1.0,
        facecolor=PAPER,
        edgecolor=VERMILION,
        hatch=sheet.size.hatch("/"),
        linewidth=0.1 * sheet.size.base,
        clip_on=False,
    )
    bar.set_xlim(-0.5, 0.5)
    bar.set_ylim(0, 1)
    bar.set_yticks([])
    bar.set_xticks([])
    bar.spines["left"].set_visible(False)
    bar.annotate(
        _never(ground),
        (0, never),
        (0, 0.35),
        textcoords="offset fontsize",
        ha="center",
        va="bottom",
        color=RUST,
        fontweight="bold",
        fontsize=sheet.label,
    )
    bar.annotate(
        f"not within\n{ground.span}",
        (0, 0),
        (0, -0.55),
        textcoords="offset fontsize",
        ha="center",
        va="top",
        color=RUST,
        fontsize=sheet.label,
    )


BREAK_EVEN = Picture("break_even", "when, if ever", needs_a_rival, caption, draw)
