"""What if we are wrong: how likely each strategy is the cheapest, above what choosing it would give up."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from mcost.acceptability import HORIZON
from mcost.estimate import Chance
from mcost.figures.caption import Caption
from mcost.figures.ground import Ground
from mcost.figures.labels import End, at_the_end
from mcost.figures.picture import Picture
from mcost.figures.scale import chance_ticks, money_ticks, month_ticks, rules
from mcost.figures.sheet import Sheet, fitted, width_of
from mcost.figures.style import DASHES, GREY, RULE, SERIES, SERIES_TEXT
from mcost.law import Array
from mcost.report.frequency import in_how_many
from mcost.report.naming import input_name
from mcost.report.words import capital, listed, name, percent

MOST = 4
"""Strategies that are named; the others are thin and grey."""

LEFT, RIGHT = 4.6, 13.5
"""Room for numbers, and at most for names, em."""


def nothing(ground: Ground) -> str | None:
    if not ground.answer.candidates:
        return f"Only {ground.rival} is given: there is nothing to choose"
    return None


def _named(ground: Ground) -> list[int]:
    """The candidate, the baseline, the advice, then what is likeliest: where each stands among all."""
    curves = ground.curves
    chance, loss = curves.probability_cheapest, curves.expected_loss_usd
    first = [
        curves.strategies.index(s) for s in (ground.chosen, ground.answer.baseline, ground.answer.recommended)
    ]
    order = sorted(range(len(curves.strategies)), key=lambda s: (-float(chance[s].max()), float(loss[s, -1])))
    return list(dict.fromkeys([*first, *order]))[:MOST]


def caption(ground: Ground) -> Caption:
    answer, curves = ground.answer, ground.curves
    best = answer.recommended
    strategy = answer.strategies[best]
    error = 0.5 / np.sqrt(answer.draws)
    cheapest = Chance(strategy.probability_cheapest, float(error), answer.draws)
    subtitle = "What would be so if only so many months counted."
    if curves.over != HORIZON:
        subtitle = f"What is so from the lowest to the highest {_over(ground)}."
    if answer.certain:
        title = f"{capital(name(best))} is the cheapest over {ground.span}"
    else:
        title = (
            f"{capital(name(best))} has the lowest expected cost; it is the cheapest {in_how_many(cheapest)}"
        )
    said = [
        f"{name(s)} {percent(answer.strategies[s].probability_cheapest, 0.004)} "
        f"({ground.said(c.expected_loss_usd.value, c.expected_loss_usd.standard_error)})"
        for s, c in answer.strategies.items()
    ]
    at = "month " if curves.over == HORIZON else ""
    turns = [f"{name(s)} from {at}{x:,.4g}" for x, s in curves.changes]
    alt = (
        "Two sets of curves. Chance of being the cheapest at the horizon, and what choosing it gives up on "
        f"average: {listed(said)}. Lowest expected loss: {listed(turns)}."
    )
    if answer.certain:
        return Caption(title, subtitle, alt, f"{title}.")
    loss = ground.said(strategy.expected_loss_usd.value, strategy.expected_loss_usd.standard_error)
    return Caption(title, subtitle, alt, f"{title}; with hindsight one would save {loss} more on average.")


def _over(ground: Ground) -> str:
    return input_name(ground.answer.scenario, ground.curves.over)


def draw(sheet: Sheet, ground: Ground) -> None:
    curves, em = ground.curves, sheet.size.base
    named = _named(ground)
    others = [s for s in range(len(curves.strategies)) if s not in named]
    size = sheet.label / em
    texts = {s: fitted(capital(name(curves.strategies[s])), RIGHT - 1.7, size, "bold") for s in named}
    right = max(width_of(text, size, "bold") for text in texts.values()) + 1.7
    if others:
        right = max(right, width_of(_others(others), size) + 1.7)
    above, between, below = 1.5, 2.6, 3.3
    high = (sheet.height - sheet.top - sheet.bottom - above - between - below) / 2
    top = sheet.axes(left=LEFT, right=right, bottom=below + high + between, top=above)
    low = sheet.axes(left=LEFT, right=right, bottom=below, top=above + high + between)
    for axes, said in (
        (top, "chance of being the cheapest"),
        (low, "expected loss: what the choice gives up on average"),
    ):
        wide, tall = sheet.extent(axes)
        axes.text(
            -LEFT / wide, 1 + 0.8 / tall, said, transform=axes.transAxes, color=GREY, fontsize=sheet.label
        )
    ends = []
    for axes, values in ((top, curves.probability_cheapest), (low, curves.expected_loss_usd)):
        for s in others:
            axes.plot(curves.x, values[s], color=RULE, linewidth=0.07 * em, zorder=2)
        for k, s in enumerate(named):
            axes.plot(
                curves.x,
                values[s],
                color=SERIES[k],
                linestyle=DASHES[k],
                linewidth=0.19 * em,
                zorder=4 - 0.1 * k,
                marker="o" if curves.x.size == 1 else "",
                clip_on=axes is low,
            )
        if curves.over == HORIZON:
            axes.set_xlim(0, ground.answer.horizon_months)
        ends.append([End(float(values[s, -1]), texts[s], SERIES_TEXT[k]) for k, s in enumerate(named)])
    top.set_ylim(0, 1)
    chance_ticks(top.yaxis, 2)
    low.set_ylim(0, _highest(curves.expected_loss_usd, named))
    money_ticks(low.yaxis, ground.answer.scenario.currency, most=3)
    _x_axis(top, low, ground)
    for axes, own, values in (
        (top, ends[0], curves.probability_cheapest),
        (low, ends[1], curves.expected_loss_usd),
    ):
        rules(axes, 0.06 * em)
        ceiling = axes.get_ylim()[1]
        clipped = [End(min(end.y, ceiling), end.text, end.colour) for end in own]
        if others and axes is top:
            clipped.append(End(float(values[others, -1].mean()), _others(others), GREY, bold=False))
        at_the_end(sheet, axes, clipped)


def _others(others: list[int]) -> str:
    return f"{len(others)} other{'s' if len(others) > 1 else ''}"


def _highest(loss: Array, named: list[int]) -> float:
    """The top of the axis: the losses of the strategies that are named all fit, but for one far beyond."""
    return 1.06 * float(loss[named].max()) or 1.0


def _x_axis(top: Axes, low: Axes, ground: Ground) -> None:
    curves = ground.curves
    if curves.over == HORIZON:
        for axes in (top, low):
            month_ticks(axes, ground.answer.horizon_months)
        low.set_xlabel("months that count")
    else:
        if curves.x[0] > 0 and curves.x[-1] > 30 * curves.x[0]:
            for axes in (top, low):
                axes.set_xscale("log")
        low.set_xlabel(_over(ground))
    top.set_xticklabels([])


ACCEPTABILITY = Picture(
    "acceptability", "what if we are wrong", nothing, caption, draw, lambda g: g.curves.draws
)
