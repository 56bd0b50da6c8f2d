"""Where the money goes: from the baseline's cost to the candidate's, one cost line at a time."""

from __future__ import annotations

from dataclasses import dataclass

from mcost.exhibits import cost_steps
from mcost.figures.caption import Caption
from mcost.figures.ground import Ground
from mcost.figures.picture import Picture, needs_a_rival
from mcost.figures.sheet import Sheet, fitted, width_of
from mcost.figures.style import BLUE, GREY, INK, PAPER, RULE, RUST, VERMILION
from mcost.report.words import MINUS, capital, listed, name

MOST = 8
"""Steps that are shown one by one; the smallest beyond them are one."""

OTHER = "other lines"
NAMES = 15.0
"""Room for names, em."""


@dataclass(frozen=True)
class _Row:
    """A bar from one sum to another; total : whether it is a whole cost, not a step."""

    name: str
    start: float
    end: float
    total: bool = False


def _steps(ground: Ground) -> dict[str, float]:
    """The steps by name, the largest saving first; those within the simulation error are one."""
    steps = {name(line): usd for line, usd in cost_steps(ground.answer, ground.chosen).items()}
    none = ground.label(0.0)
    kept = [
        line
        for line in sorted(steps, key=lambda line: -abs(steps[line]))
        if _usd(ground, steps[line]) != none
    ]
    kept = kept if len(kept) == len(steps) <= MOST else kept[: MOST - 1]
    shown = {line: usd for line, usd in steps.items() if line in kept}
    rest = sum(usd for line, usd in steps.items() if line not in kept)
    return shown if _usd(ground, abs(rest)) == none else shown | {OTHER: rest}


def caption(ground: Ground) -> Caption:
    answer = ground.answer
    steps = _steps(ground)
    less = [(line, -usd) for line, usd in steps.items() if usd < 0]
    more = [(line, usd) for line, usd in reversed(steps.items()) if usd > 0]
    said = []
    if less:
        said.append(f"saves {_usd(ground, less[0][1])} on {less[0][0]}")
    if more:
        said.append(f"spends {_usd(ground, more[0][1])} more on {more[0][0]}")
    title = (
        f"{ground.subject} {' and '.join(said)}"
        if said
        else f"{ground.subject} costs what {ground.rival} costs"
    )
    saving = answer.candidates[ground.chosen].saving_usd
    mean = "Cost" if answer.certain else "Mean cost"
    subtitle = (
        f"{mean} over {ground.span}{ground.discounted}, line by line from {ground.rival} to {ground.who}."
    )
    before, after = (
        ground.said(answer.strategies[s].cost_usd.mean, answer.strategies[s].cost_usd.standard_error)
        for s in (answer.baseline, ground.chosen)
    )
    parts = [f"{line} {_usd(ground, usd)} less" for line, usd in less] + [
        f"{line} {_usd(ground, usd)} more" for line, usd in more
    ]
    alt = f"A waterfall from {before} for {ground.rival} to {after} for {ground.who}" + (
        f": {listed(parts)}." if parts else "."
    )
    net = ground.said(abs(saving.mean), saving.standard_error)
    end = f"{net} {'less' if saving.mean >= 0 else 'more'} than {ground.rival}"
    over = "" if answer.certain else " on average"
    return Caption(title, subtitle, alt, f"{title}: over {ground.span} it costs {end}{over}.")


def _usd(ground: Ground, usd: float) -> str:
    """A line's mean: it is told as closely as the whole cost is known."""
    return ground.said(usd, ground.answer.strategies[ground.chosen].cost_usd.standard_error)


def draw(sheet: Sheet, ground: Ground) -> None:
    answer, em = ground.answer, sheet.size.base
    costs = [answer.strategies[s].cost_usd for s in (answer.baseline, ground.chosen)]
    rows = [_Row(capital(ground.rival), 0.0, costs[0].mean, total=True)]
    at = costs[0].mean
    for line, usd in _steps(ground).items():
        rows.append(_Row(line, at, at + usd))
        at += usd
    rows.append(_Row(ground.subject, 0.0, costs[1].mean, total=True))
    labels = [_label(ground, row) for row in rows]
    size = sheet.label / em
    longest = max(width_of(label, size, "bold") for label in labels)
    names = min(NAMES, max(width_of(row.name, size, "bold") for row in rows) + 0.2)
    axes = sheet.rows(len(rows), left=names + 1.2, right=longest + 1.0)
    _, tall = sheet.extent(axes)
    most = max(max(row.start, row.end) for row in rows)
    axes.set_xlim(0, most or 1.0)
    axes.plot([0, 0], [-0.5, len(rows) - 0.5], color=RULE, linewidth=0.06 * em, clip_on=False)
    thick = min(0.68, 1.5 * len(rows) / tall)
    for i, (row, label) in enumerate(zip(rows, labels, strict=True)):
        less = row.end < row.start
        colour, text = (INK, INK) if row.total else (BLUE, BLUE) if less else (VERMILION, RUST)
        axes.barh(
            i,
            row.end - row.start,
            left=row.start,
            height=thick,
            facecolor="#4A5158" if row.total else BLUE if less else PAPER,
            edgecolor="#4A5158" if row.total else colour,
            hatch="" if row.total or less else sheet.size.hatch("/"),
            linewidth=0.08 * em,
            clip_on=False,
        )
        if i + 1 < len(rows):
            axes.plot(
                [row.end, row.end], [i, i + 1], color=RULE, linewidth=0.06 * em, zorder=0, clip_on=False
            )
        bold = "bold" if row.total else "normal"
        axes.annotate(
            fitted(row.name, names, size, bold),
            (0, i),
            (-0.9, 0),
            textcoords="offset fontsize",
            ha="right",
            va="center",
            color=INK if row.total else GREY,
            fontweight=bold,
            fontsize=sheet.label,
        )
        axes.annotate(
            label,
            (max(row.start, row.end), i),
            (0.5, 0),
            textcoords="offset fontsize",
            va="center",
            color=text,
            fontweight=bold,
            fontsize=sheet.label,
        )


def _label(ground: Ground, row: _Row) -> str:
    error = ground.answer.strategies[ground.chosen].cost_usd.standard_error
    text = ground.label(abs(row.end - row.start), error)
    return text if row.total else f"{'+' if row.end > row.start else MINUS}{text}"


WATERFALL = Picture("waterfall", "where the money goes", needs_a_rival, caption, draw)
