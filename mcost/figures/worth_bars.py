"""What to measure first: what it is worth to know each input, or the result of a trial, before choosing."""

from __future__ import annotations

from mcost.driver import Driver
from mcost.figures.caption import Caption
from mcost.figures.ground import Ground
from mcost.figures.inputs import driver_name
from mcost.figures.picture import Picture, needs_to_vary
from mcost.figures.sheet import Sheet, fitted, width_of
from mcost.figures.style import BLUE, GREY, INK, PAPER, RULE
from mcost.report.naming import owner
from mcost.report.words import listed, name

MOST = 8
NAMES = 17.0
"""Room for names, em."""


def _worth(ground: Ground) -> list[Driver]:
    """The inputs, and the results of trials, that are worth anything to know, the dearest first."""
    able = (*ground.why.inputs, *ground.why.trials)
    return sorted((driver for driver in able if driver.worth > 0), key=lambda driver: -driver.worth)


def _called(ground: Ground, driver: Driver) -> str:
    """As the object of a sentence."""
    if driver in ground.why.trials:
        return f"whether {name(owner(driver.name))} meets the quality bar"
    return driver_name(ground, driver)


def _row(ground: Ground, driver: Driver) -> str:
    """Short, beside a bar."""
    return (
        f"a trial of {name(owner(driver.name))}"
        if driver in ground.why.trials
        else driver_name(ground, driver)
    )


def nothing(ground: Ground) -> str | None:
    if not ground.answer.candidates:
        return f"Only {ground.rival} is given: there is nothing to choose, so nothing to find out first"
    if (why_not := needs_to_vary(ground)) is not None:
        return why_not
    if not _worth(ground):
        return "No input is worth finding out first: it would not change the choice"
    return None


def _usd(ground: Ground, driver: Driver) -> str:
    return ground.said(driver.worth, driver.evppi.standard_error)


def caption(ground: Ground) -> Caption:
    worth, whole = _worth(ground), ground.why.all_inputs
    first = worth[0]
    title = f"To know {_called(ground, first)} before choosing is worth up to {_usd(ground, first)}"
    subtitle = (
        "What perfect knowledge of one thing would save, on average, by changing the choice among "
        f"{_among(ground)}."
    )
    said = [f"{_row(ground, d)} {_usd(ground, d)}" for d in worth]
    together = ground.said(_together(ground), whole.standard_error)
    alt = f"Bars of what it is worth to know one thing: {listed(said)}. All inputs together: {together}."
    return Caption(
        title,
        subtitle,
        alt,
        f"{title}: a study of it that costs more cannot pay. To know all inputs is worth up to {together}.",
    )


def _together(ground: Ground) -> float:
    """No less than one input alone."""
    return max([ground.why.all_inputs.corrected, *(driver.worth for driver in ground.why.inputs)])


def _among(ground: Ground) -> str:
    count = len(ground.answer.strategies)
    return "the two strategies" if count == 2 else f"the {count} strategies"


def draw(sheet: Sheet, ground: Ground) -> None:
    em, size = sheet.size.base, sheet.label / sheet.size.base
    worth, whole = _worth(ground)[:MOST], ground.why.all_inputs
    rows = [(_row(ground, d), d.worth, d.evppi.standard_error) for d in worth]
    rows.append(("all inputs together", _together(ground), whole.standard_error))
    labels = [ground.label(usd, error) for _, usd, error in rows]
    names = min(NAMES, max(width_of(row, size, "bold") for row, _, _ in rows) + 0.2)
    longest = max(width_of(label, size, "bold") for label in labels)
    axes = sheet.rows(len(rows), left=names + 0.9, right=longest + 1.2)
    _, tall = sheet.extent(axes)
    axes.set_xlim(0, max(usd for _, usd, _ in rows))
    axes.plot([0, 0], [-0.5, len(rows) - 0.5], color=RULE, linewidth=0.06 * em, clip_on=False)
    thick = min(0.62, 1.4 * len(rows) / tall)
    for i, ((row, usd, _), label) in enumerate(zip(rows, labels, strict=True)):
        together = i == len(rows) - 1
        axes.barh(
            i,
            usd,
            height=thick,
            facecolor=PAPER if together else BLUE,
            edgecolor=GREY if together else BLUE,
            hatch=sheet.size.hatch("/") if together else "",
            linewidth=0.08 * em,
            clip_on=False,
        )
        axes.annotate(
            fitted(row, names, size),
            (0, i),
            (-0.8, 0),
            textcoords="offset fontsize",
            ha="right",
            va="center",
            color=GREY if together else INK,
            fontsize=sheet.label,
        )
        axes.annotate(
            label,
            (usd, i),
            (0.5, 0),
            textcoords="offset fontsize",
            va="center",
            color=GREY if together else BLUE,
            fontweight="normal" if together else "bold",
            fontsize=sheet.label,
        )


EVPPI = Picture("evppi", "what to measure first", nothing, caption, draw, lambda g: g.why.fitted)
