"""What the journey looks like: the cumulative saving month by month, and ten futures on their way."""

from __future__ import annotations

import numpy as np

from mcost.figures.caption import Caption
from mcost.figures.ground import Ground
from mcost.figures.labels import End, at_the_end
from mcost.figures.picture import Picture, needs_a_rival
from mcost.figures.scale import money_ticks, month_ticks, rules
from mcost.figures.sheet import Sheet
from mcost.figures.style import BLUE, BLUES, INK, RULE, RUST, VERMILION
from mcost.report.words import in_futures


def _ends(ground: Ground) -> str:
    """Its range in 9 of 10 futures."""
    saving = ground.answer.candidates[ground.chosen].saving_usd
    errors = saving.percentile_errors
    low, high = (ground.said(abs(x), e) for x, e in ((saving.p5, errors[0]), (saving.p95, errors[2])))
    if saving.p5 >= 0:
        return f"saves {low} to {high}"
    if saving.p95 < 0:
        return f"costs {high} to {low} more"
    return f"ends between {low} behind and {high} ahead"


def caption(ground: Ground) -> Caption:
    found = ground.answer.candidates[ground.chosen]
    saving, risk = found.saving_usd, found.cash_at_risk_usd
    if ground.answer.certain:
        kind, more = ("saves", "") if saving.mean >= 0 else ("costs", " more")
        title = f"{ground.subject} {kind} {ground.said(abs(saving.mean))}{more} over {ground.span}"
        subtitle = f"Cumulative saving against {ground.rival}{ground.discounted}. Nothing is uncertain."
        alt = f"One line: the cumulative saving ends at {ground.said(saving.mean)}."
        return Caption(title, subtitle, alt, f"{title}, against {ground.rival}.")
    ends = _ends(ground)
    title = f"{ground.subject} {ends} in 9 of 10 futures"
    subtitle = (
        f"Cumulative saving against {ground.rival}{ground.discounted}. Pale: 9 of 10 futures; darker: half "
        "of them. Ten single futures, dashed where they end at a loss."
    )
    deep = ""
    if risk.deepest_month is not None and risk.p50 > 0:
        depth = ground.said(risk.p50, risk.percentile_errors[0])
        deep = f" In half of all futures it is {depth} or more under water on the way."
    median = ground.said(saving.p50, saving.percentile_errors[1])
    alt = (
        f"A fan of the cumulative saving of {ground.who} against {ground.rival} over {ground.span}. It "
        f"{ends} in 9 of 10 futures, with a median of {median}. "
        f"Ten single futures are drawn across it.{deep}"
    )
    said = (
        f"Over {ground.span} {ground.who} {ends} in 9 of 10 futures; it pays "
        f"off {in_futures(found.pays_off)}.{deep}"
    )
    return Caption(title, subtitle, alt, said)


def draw(sheet: Sheet, ground: Ground) -> None:
    way, em = ground.journey, sheet.size.base
    saving = ground.answer.candidates[ground.chosen].saving_usd
    horizon = ground.answer.horizon_months
    axes = sheet.axes(left=5.0, right=11.0, bottom=3.6)
    low, quarter, middle, three, high = way.quantiles
    if not ground.answer.certain:
        axes.fill_between(way.months, low, high, color=BLUES[1], linewidth=0)
        axes.fill_between(way.months, quarter, three, color=BLUES[2], linewidth=0)
        for path in way.paths:
            lost = path[-1] < 0
            axes.plot(
                way.months,
                path,
                color=VERMILION if lost else BLUE,
                linestyle=(0, (4, 2)) if lost else "-",
                linewidth=0.085 * em,
                alpha=0.85,
            )
    axes.plot(way.months, middle, color=INK, linewidth=0.1 * em, zorder=4)
    shown = np.concatenate([way.quantiles[[0, -1]], way.paths])
    bottom, top = min(float(shown.min()), 0.0), max(float(shown.max()), 0.0)
    pad = 0.04 * (top - bottom) or 1.0
    axes.set_ylim(bottom - pad, top + pad)
    axes.set_xlim(0, horizon)
    axes.axhline(0, color=RULE, linewidth=0.11 * em, zorder=1)
    axes.spines["bottom"].set_visible(False)
    month_ticks(axes, horizon)
    axes.tick_params(axis="x", length=0)
    axes.set_xlabel("month")
    money_ticks(axes.yaxis, ground.answer.scenario.currency)
    rules(axes, 0.06 * em)
    if ground.answer.certain:
        said = [(middle[-1], saving.mean, 0.0, "")]
    else:
        below, half, above = saving.percentile_errors
        said = [
            (high[-1], saving.p95, above, "1 in 20 ends above"),
            (middle[-1], saving.p50, half, "median"),
            (low[-1], saving.p5, below, "1 in 20 ends below"),
        ]
    ends = [
        End(float(y), ground.label(usd, error), RUST if usd < 0 else BLUE, note)
        for y, usd, error, note in said
    ]
    at_the_end(sheet, axes, ends)


FAN = Picture("fan", "what the journey looks like", needs_a_rival, caption, draw, lambda g: g.journey.draws)
