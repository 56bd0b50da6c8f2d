"""What each month costs: the mean by cost line, of the baseline and of the candidate side by side."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from mcost.figures.caption import Caption
from mcost.figures.ground import Ground
from mcost.figures.picture import Picture
from mcost.figures.scale import money_ticks, month_ticks, rules
from mcost.figures.sheet import Sheet, fitted, width_of
from mcost.figures.style import HATCHES, INK, PAPER, SERIES, SERIES_TEXT
from mcost.journey import MOST as MOST_DRAWS
from mcost.law import Array
from mcost.report.words import capital, listed, name, percent

MOST = 6
"""Lines that are told apart; the smallest beyond them are one."""

OTHER = "other lines"
Colour = str | tuple[float, float, float]


def _stacks(ground: Ground) -> tuple[list[str], dict[str, dict[str, Array]]]:
    """Cost lines, the largest first; and of each strategy its months by line."""
    by_month = ground.cost_by_month
    totals: dict[str, float] = {}
    for lines in by_month.values():
        for line, usd in lines.items():
            totals[line] = totals.get(line, 0.0) + float(usd.sum())
    order = sorted((line for line in totals if totals[line] != 0), key=lambda line: -totals[line])
    kept = order if len(order) <= MOST else order[: MOST - 1]
    stacks = {s: {line: _of(lines, line, ground) for line in kept} for s, lines in by_month.items()}
    if len(order) > MOST:
        for s, lines in by_month.items():
            stacks[s][OTHER] = sum(
                (_of(lines, line, ground) for line in order if line not in kept),
                np.zeros(ground.answer.horizon_months + 1),
            )
    return list(dict.fromkeys(line for lines in stacks.values() for line in lines)), stacks


def _of(lines: Mapping[str, Array], line: str, ground: Ground) -> Array:
    return lines.get(line, np.zeros(ground.answer.horizon_months + 1))


def nothing(ground: Ground) -> str | None:
    costs = ground.answer.strategies.values()
    return None if any(s.cost_usd.mean for s in costs) else "Nothing costs anything in this scenario"


def caption(ground: Ground) -> Caption:
    answer = ground.answer
    strategy = ground.candidate or answer.baseline
    cost = answer.strategies[strategy].cost_usd
    lines = answer.strategies[strategy].cost_lines_usd
    largest = max(lines, key=lambda line: lines[line], default="")
    if not largest or cost.mean <= 0:
        title = f"{ground.subject} costs nothing"
    elif len([line for line in lines if lines[line]]) == 1:
        title = (
            f"All that {ground.who} costs is {name(largest)}: {ground.said(cost.mean, cost.standard_error)}"
        )
    else:
        share = percent(lines[largest] / cost.mean, 0.01)
        title = f"{share} of what {ground.who} costs goes to {name(largest)}"
    mean = "Cost" if answer.certain else "Mean cost"
    subtitle = f"{mean} of each month{ground.discounted}, by cost line; month 0 holds what is paid once."
    said = []
    for s in ground.cost_by_month:
        usd = answer.strategies[s]
        parts = [
            f"{name(line)} {ground.said(value, usd.cost_usd.standard_error)}"
            for line, value in sorted(usd.cost_lines_usd.items(), key=lambda item: -item[1])
            if value
        ]
        whole = ground.said(usd.cost_usd.mean, usd.cost_usd.standard_error)
        said.append(f"{name(s)} costs {whole}" + (f" ({listed(parts)})" if parts else ""))
    alt = f"Stacked cost by month over {ground.span}: {'; '.join(said)}."
    return Caption(title, subtitle, alt, f"Over {ground.span} {'; '.join(said)}.")


def draw(sheet: Sheet, ground: Ground) -> None:
    lines, stacks = _stacks(ground)
    em, currency = sheet.size.base, ground.answer.scenario.currency
    size = sheet.label / em
    right = min(13.0, max(width_of(name(line), size) for line in lines) + 2.6)
    most = max(float(sum(stack.values(), np.zeros(1)).max()) for stack in stacks.values())
    inside = sheet.width - 2 * 1.6 - right - 4.6
    months = np.arange(ground.answer.horizon_months + 1)
    n = len(stacks)
    for i, (strategy, stack) in enumerate(stacks.items()):
        between = 1.6
        each = (inside - between * (n - 1)) / n
        left = 4.6 + i * (each + between)
        axes = sheet.axes(left=left, right=sheet.width - 3.2 - left - each, bottom=3.6, top=1.9)
        base = np.zeros(months.size)
        for k, line in enumerate(lines):
            top = base + stack[line]
            colour, hatch = SERIES[k], HATCHES[k]
            axes.fill_between(
                months,
                base,
                top,
                step="mid",
                facecolor=_fill(colour, hatch),
                edgecolor=colour,
                hatch=sheet.size.hatch(hatch),
                linewidth=0,
            )
            base = top
        axes.set_xlim(-0.5, months[-1] + 0.5)
        axes.set_ylim(0, 1.03 * most)
        month_ticks(axes, int(months[-1]), most=9 if n == 1 else 5)
        axes.set_xlabel("month")
        money_ticks(axes.yaxis, currency)
        rules(axes, 0.06 * em)
        if i:
            axes.set_yticklabels([])
        cost = ground.answer.strategies[strategy].cost_usd
        total = ground.label(cost.mean, cost.standard_error)
        wide, tall = sheet.extent(axes)
        title = fitted(
            capital(name(strategy)), wide - width_of(f" {total}", size, "bold") - 0.4, size, "bold"
        )
        axes.text(
            0,
            1 + 0.7 / tall,
            f"{title} {total}",
            transform=axes.transAxes,
            color=INK,
            fontweight="bold",
            fontsize=sheet.label,
        )
    _names(sheet, axes, lines, right)


def _fill(colour: str, hatch: str) -> Colour:
    """A hatched area is pale, so that its hatching shows."""
    return sns.blend_palette([PAPER, colour], 6)[1] if hatch else colour


def _names(sheet: Sheet, axes: Axes, lines: list[str], right: float) -> None:
    """The lines in the order of the stack, each with a patch of its own pattern."""
    wide, tall = sheet.extent(axes)
    size = sheet.label / sheet.size.base
    step = min(1.7, tall / len(lines))
    for k, line in enumerate(lines):
        y = (0.6 + k * step) / tall
        colour, hatch = SERIES[k], HATCHES[k]
        patch = Rectangle(
            (1 + 0.8 / wide, y - 0.45 / tall),
            1.2 / wide,
            0.9 / tall,
            transform=axes.transAxes,
            facecolor=_fill(colour, hatch),
            edgecolor=colour,
            hatch=sheet.size.hatch(hatch),
            linewidth=0,
            clip_on=False,
        )
        axes.add_patch(patch)
        axes.text(
            1 + 2.4 / wide,
            y,
            fitted(name(line), right - 2.4, size),
            transform=axes.transAxes,
            va="center",
            color=SERIES_TEXT[k],
            fontsize=sheet.label,
        )


COST_BY_MONTH = Picture(
    "cost_by_month",
    "what each month costs",
    nothing,
    caption,
    draw,
    lambda g: min(g.answer.draws, MOST_DRAWS),
)
