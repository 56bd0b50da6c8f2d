"""Where the answer flips: the chance of paying off over two inputs, with a dot where the scenario stands."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from mcost.axis import Axis
from mcost.figures.caption import Caption
from mcost.figures.ground import Ground
from mcost.figures.inputs import axis_value, own
from mcost.figures.picture import Picture, needs_a_rival
from mcost.figures.sheet import Sheet, fitted, width_of
from mcost.figures.style import BLUE, GREY, INK, PAPER, VERMILION
from mcost.law import Array
from mcost.maps import DecisionMap
from mcost.report.naming import input_name
from mcost.report.words import chance, percent

SHADES = 10
CLEAR = 1.2
"""Between names on the map, em."""

Point = tuple[float, float]
_DIGITS = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)
_SHARES = (
    0.001,
    0.002,
    0.005,
    0.01,
    0.02,
    0.05,
    0.1,
    0.2,
    0.3,
    0.5,
    0.7,
    0.8,
    0.9,
    0.95,
    0.98,
    0.99,
    0.995,
    0.999,
)


def nothing(ground: Ground) -> str | None:
    if (why_not := needs_a_rival(ground)) is not None:
        return why_not
    if ground.given_map is None and len(ground.movable) < 2:
        return "Fewer than two uncertain inputs matter here, so there is no map of them"
    return None


def _names(ground: Ground) -> tuple[str, str]:
    x, y = (
        own(ground, input_name(ground.answer.scenario, axis.name))
        for axis in (ground.map.x_axis, ground.map.y_axis)
    )
    return x, y


def _finding(ground: Ground) -> str:
    found, who = ground.map, ground.who
    if found.share_ahead == 1:
        return f"{ground.subject} pays off more often than not anywhere on this map"
    if found.share_ahead == 0:
        return f"Nowhere on this map does {who} pay off in half of all futures"
    names = _names(ground)
    for axis, name, flips in (
        (found.x_axis, names[0], found.flips("x")),
        (found.y_axis, names[1], found.flips("y")),
    ):
        if len(flips) == 1:
            at, rises = flips[0]
            side = "above" if rises else "below"
            return f"With {name} {side} {axis_value(ground, axis, at)}, {who} pays off more often than not"
    return f"Where {who} pays off depends on {names[0]} and {names[1]}"


def caption(ground: Ground) -> Caption:
    found, (x, y) = ground.map, _names(ground)
    title = _finding(ground)
    subtitle = (
        f"Chance that {ground.who} pays off within {ground.span} against {ground.rival}; all else as "
        "uncertain as it is. The dot is the scenario, at both medians."
    )
    low, high = (percent(float(share), 0.01) for share in (found.probability.min(), found.probability.max()))
    at_x, at_y = (
        axis_value(ground, axis, at)
        for axis, at in ((found.x_axis, found.place.x), (found.y_axis, found.place.y))
    )
    place = f"{x} {at_x} and {y} {at_y}"
    here = chance(found.place.pays_off)
    alt = (
        f"A map of the chance over {x} and {y}, from {low} to {high}, with contours at 10, 50 and 90 %. "
        f"The scenario stands at {place}, where the chance is {here}."
    )
    return Caption(title, subtitle, alt, f"{title}; at {place} the chance is {here}.")


def draw(sheet: Sheet, ground: Ground) -> None:
    found, em = ground.map, sheet.size.base
    (x, dot_x), (y, dot_y) = (
        _coordinates(axis, values, at)
        for axis, values, at in (
            (found.x_axis, found.x, found.place.x),
            (found.y_axis, found.y, found.place.y),
        )
    )
    name_x, name_y = _names(ground)
    ticks = {
        axis.name: _ticks(axis, values) for axis, values in ((found.x_axis, found.x), (found.y_axis, found.y))
    }
    written = [axis_value(ground, found.y_axis, tick) for tick in ticks[found.y_axis.name]]
    left = max((width_of(text, 0.88) for text in written), default=1.0) + 1.2
    axes = sheet.axes(left=left, right=1.4, bottom=3.5, top=1.7)
    shades = ListedColormap(sns.blend_palette(_ends(), SHADES))
    axes.contourf(x, y, found.probability, levels=np.linspace(0, 1, SHADES + 1), cmap=shades)
    wide, tall = sheet.extent(axes)
    plane = _Plane(x, y, (wide, tall))
    at, here = plane.em((dot_x, dot_y)), f"here: {chance(found.place.pays_off)}"
    right = at[0] < 0.7 * wide
    length = 0.9 + width_of(here, sheet.label / em, "bold")
    reach = [at[0] + (1 if right else -1) * length * k / 4 for k in range(5)]
    _contours(sheet, axes, plane, found, [(a, at[1]) for a in reach])
    axes.plot(
        dot_x,
        dot_y,
        marker="o",
        markersize=0.95 * em,
        color=INK,
        markeredgecolor=PAPER,
        markeredgewidth=0.16 * em,
        clip_on=False,
        zorder=6,
    )
    axes.annotate(
        here,
        (dot_x, dot_y),
        (0.9 if right else -0.9, 0.0),
        textcoords="offset fontsize",
        ha="left" if right else "right",
        va="center",
        fontweight="bold",
        fontsize=sheet.label,
        color=INK,
        path_effects=[withStroke(linewidth=0.35 * em, foreground=PAPER)],
        zorder=7,
    )
    for set_ticks, axis, values in (
        (axes.set_xticks, found.x_axis, found.x),
        (axes.set_yticks, found.y_axis, found.y),
    ):
        own_ticks = ticks[axis.name]
        set_ticks(
            [_coordinates(axis, values, tick)[1] for tick in own_ticks],
            labels=[axis_value(ground, axis, tick) for tick in own_ticks],
        )
    axes.set_xlim(x[0], x[-1])
    axes.set_ylim(y[0], y[-1])
    axes.set_xlabel(name_x)
    axes.text(
        -left / wide,
        1 + 0.6 / tall,
        fitted(name_y, sheet.width - 4, 0.9),
        transform=axes.transAxes,
        color=GREY,
        fontsize=0.9 * em,
    )


def _ends() -> list[str]:
    pale_loss, pale_gain = (sns.blend_palette([PAPER, colour], 10)[5] for colour in (VERMILION, BLUE))
    return [pale_loss, PAPER, pale_gain]


def _coordinates(axis: Axis, values: Array, at: float) -> tuple[Array, float]:
    """The values, and one more, as they are drawn: on the natural scale where all of them lie in it."""
    scores = axis.scores(np.append(values, at))
    if np.isfinite(axis.scores(values)).all():
        return scores[:-1], float(scores[-1])
    return values, at


def _ticks(axis: Axis, values: Array, most: int = 7) -> list[float]:
    """Round values between the ends, that stand apart on the scale on which they are drawn."""
    low, high = float(values[0]), float(values[-1])
    if axis.scale == "positive" and low > 0 and high > 3 * low:
        decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        round_ones = [digit * 10.0**k for k, digit in product(decades, _DIGITS)]
        if high > 30 * low:
            round_ones = [digit * 10.0**k for k, digit in product(decades, (1, 3))]
        if high > 1000 * low:
            round_ones = [10.0**k for k in decades]
    elif axis.scale == "fraction" and np.isfinite(axis.scores(values)).all() and high - low > 0.4:
        round_ones = list(_SHARES)
    else:
        round_ones = [float(t) for t in MaxNLocator(most, steps=[1, 2, 5, 10]).tick_values(low, high)]
    return _spaced(axis, values, [tick for tick in round_ones if low <= tick <= high])


def _spaced(axis: Axis, values: Array, ticks: list[float], gap: float = 0.13) -> list[float]:
    """Those that stand at least a part ``gap`` of the axis from the one before."""
    kept: list[float] = []
    places: list[float] = []
    for tick in ticks:
        drawn, at = _coordinates(axis, values, tick)
        place = (at - drawn[0]) / (drawn[-1] - drawn[0])
        if not places or place - places[-1] >= gap:
            kept.append(tick)
            places.append(float(place))
    return kept


@dataclass(frozen=True)
class _Plane:
    """The axes in em from their lower left corner; x, y : as drawn. extent : width and height."""

    x: Array
    y: Array
    extent: Point

    def em(self, point: Point) -> Point:
        (a, b), (wide, tall) = point, self.extent
        x, y = self.x, self.y
        return float((a - x[0]) / (x[-1] - x[0]) * wide), float((b - y[0]) / (y[-1] - y[0]) * tall)

    def point(self, em: Point) -> Point:
        (a, b), (wide, tall) = em, self.extent
        x, y = self.x, self.y
        return float(x[0] + a / wide * (x[-1] - x[0])), float(y[0] + b / tall * (y[-1] - y[0]))

    def within(self, em: Point) -> Point:
        """Moved so far in that a name around it stays inside."""
        (a, b), (wide, tall) = em, self.extent
        return min(max(a, 1.6), wide - 1.6), min(max(b, 0.7), tall - 0.7)

    def depth(self, em: Point) -> float:
        """How far inside a place is, up to three em: beyond, it is no better."""
        (a, b), (wide, tall) = em, self.extent
        return min(a / 2, (wide - a) / 2, b, tall - b, 3.0)


def _contours(sheet: Sheet, axes: Axes, plane: _Plane, found: DecisionMap, taken: list[Point]) -> None:
    """Lines at 10, 50 and 90 %, each named where it is far from what is there, if anywhere.

    taken : where the dot and its name are, em.
    """
    em = sheet.size.base
    styles: tuple[str | tuple[float, tuple[float, float]], ...] = ((0, (1.5, 1.5)), "-", (0, (6, 2)))
    for level, style, thick in zip(found.levels, styles, (0.1, 0.2, 0.1), strict=True):
        if not found.probability.min() < level < found.probability.max():
            continue
        lines = axes.contour(
            plane.x,
            plane.y,
            found.probability,
            levels=[level],
            colors=INK,
            linestyles=[style],
            linewidths=thick * em,
        )
        along = np.asarray(lines.get_paths()[0].vertices, dtype=float)
        places = [plane.within(plane.em((float(a), float(b)))) for a, b in along]
        best = max(places, key=lambda place: min(_apart(place, taken), 4.0) + plane.depth(place))
        if _apart(best, taken) < CLEAR:
            continue
        taken.append(best)
        axes.text(
            *plane.point(best),
            f"{100 * level:.0f} %",
            ha="center",
            va="center",
            color=INK,
            fontsize=sheet.label,
            path_effects=[withStroke(linewidth=0.4 * em, foreground=PAPER)],
            zorder=5,
        )


def _apart(place: Point, taken: list[Point]) -> float:
    """How far a name, twice as wide as it is high, is from the nearest of what is there, em."""
    return min(math.hypot((place[0] - a) / 2, place[1] - b) for a, b in taken)


MAP = Picture("decision_map", "where the answer flips", nothing, caption, draw, lambda g: g.map.draws)
