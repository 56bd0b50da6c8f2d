"""P(pays off) over two inputs at once: where the answer flips, and where the scenario stands.

In each future the saving is a function of the two values. Along an input in which it is linear two values
tell it all; so they do along one at which it steps, once the step of each future is known (a chance of
success); along one in which it is smooth, a few Chebyshev points do; along any other, every point of the map
is simulated. The map is a tensor product of these ways, held against cells that are simulated in full.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from mcost.axis import Axis
from mcost.break_even import CLOSE, line
from mcost.errors import McostError, shown
from mcost.estimate import Chance
from mcost.focus import Focus, focus
from mcost.integration import ROUNDING
from mcost.law import Array
from mcost.scenario import Scenario
from mcost.what_if import WhatIf

if TYPE_CHECKING:
    import pandas as pd

DRAWS = 16_384
SIZE = 40
SIZES = (2, 200)
LEVELS = (0.1, 0.5, 0.9)

WIDER = 0.15
"""An uncertain input is mapped from its 1 % to its 99 % point, and this share of that to either side."""

NODES = (4, 6, 9)
"""Chebyshev points along an input in which the saving is smooth but not linear: the first that will do."""

SMOOTH_ERROR = 0.002
"""By how much P may be off in any cell that it is checked in, where the saving is taken to be smooth."""

Way = Literal["linear", "step", "smooth", "every point"]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Place:
    """Where the scenario stands: both inputs at their medians, and P there."""

    x: float
    y: float
    pays_off: Chance


@dataclass(frozen=True)
class DecisionMap:
    """P(pays off) over two inputs. ``to_dict()`` is the JSON contract; printing it gives the report.

    scenario : as it was asked about; candidate : whom it is about.
    x, y : ndarray (k,) and (m,), values of the two inputs, in their units, even on their natural scales.
    probability : ndarray (m, k), P(pays off) at each [y, x]; the scenario's other inputs stay uncertain.
    x_axis, y_axis : the inputs. place : where the scenario is. levels : of the contours.
    chosen : whether the inputs are those that move P most, and were not asked for.
    ways : how the saving was taken along x and along y.
    draws : number of futures in each cell, the same ones; seed : what they were drawn from.
    """

    scenario: Scenario
    candidate: str
    x_axis: Axis
    y_axis: Axis
    x: Array
    y: Array
    probability: Array
    place: Place
    draws: int
    seed: int
    chosen: bool = False
    levels: tuple[float, ...] = LEVELS
    ways: tuple[Way, Way] = field(default=("every point", "every point"), compare=False)

    @property
    def share_ahead(self) -> float:
        """The share of the map, even on the natural scales, in which P is 50 % or more."""
        return float(np.mean(self.probability >= 0.5))

    def flips(self, along: Literal["x", "y"]) -> tuple[tuple[float, bool], ...]:
        """Where P crosses 50 % along one input, the other at its median: the values, and whether P rises.

        Between cells P is taken to be linear on the natural scales.
        """
        if along == "x":
            axis, values = self.x_axis, self.x
            at, rows = self._between(self.y_axis, self.y, self.place.y), self.probability
        else:
            axis, values = self.y_axis, self.y
            at, rows = self._between(self.x_axis, self.x, self.place.x), self.probability.T
        i, share = at
        chance = (1 - share) * rows[i] + share * rows[min(i + 1, len(rows) - 1)] - 0.5
        scores = axis.scores(values)
        turns = np.flatnonzero((chance[:-1] >= 0) != (chance[1:] >= 0))
        return tuple(
            (
                _crossing(axis, scores[j : j + 2], values[j : j + 2], chance[j : j + 2]),
                bool(chance[j + 1] >= 0),
            )
            for j in turns
        )

    @staticmethod
    def _between(axis: Axis, values: Array, value: float) -> tuple[int, float]:
        """Between which two points a value lies, and how far along."""
        i = int(np.clip(np.searchsorted(values, value) - 1, 0, len(values) - 2))
        span = values[i + 1] - values[i]
        return i, float(np.clip((value - values[i]) / span, 0.0, 1.0))

    def to_dict(self) -> dict[str, Any]:
        """The machine-readable map, as ``mcost map --json`` prints it."""
        return {
            **self.scenario.stamp(self.draws, self.seed),
            "candidate": self.candidate,
            "x": _axis_dict(self.x_axis, self.x),
            "y": _axis_dict(self.y_axis, self.y),
            "probability": self.probability.tolist(),
            "levels": list(self.levels),
            "place": {
                "x": self.place.x,
                "y": self.place.y,
                "pays_off": {
                    "probability": self.place.pays_off.probability,
                    "standard_error": self.place.pays_off.standard_error,
                },
            },
        }

    def to_frame(self) -> pd.DataFrame:
        """P(pays off): a row for each value of y, a column for each of x."""
        import pandas as pd

        index = pd.Index(self.y, name=self.y_axis.name)
        return pd.DataFrame(self.probability, index=index, columns=pd.Index(self.x, name=self.x_axis.name))

    def __str__(self) -> str:
        from mcost.report.decision_map import mapped
        from mcost.report.plain import plain

        return plain(mapped(self))

    def _repr_html_(self) -> str:
        from mcost.report.decision_map import mapped
        from mcost.report.page import html

        return html(mapped(self, drawn=False))


def _crossing(axis: Axis, scores: Array, values: Array, chance: Array) -> float:
    share = float(chance[0] / (chance[0] - chance[1]))
    if not np.isfinite(scores).all():
        return float(values[0] + share * (values[1] - values[0]))
    return float(axis.values(scores[:1] + share * (scores[1] - scores[0]))[0])


def _axis_dict(axis: Axis, values: Array) -> dict[str, Any]:
    return {"input": axis.name, "unit": axis.unit, "scale": axis.scale, "values": values.tolist()}


def decision_map(
    scenario: str | Path | Mapping[str, Any] | Scenario,
    x: str | None = None,
    y: str | None = None,
    *,
    candidate: str | None = None,
    size: int = SIZE,
    draws: int = DRAWS,
    seed: int = 1,
    set: Sequence[str] = (),  # noqa: A002 - the flag's name
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    progress: Progress | None = None,
) -> DecisionMap:
    """P(pays off) over a grid of two inputs, all else as uncertain as it is.

    Setting an input is an intervention: every other one keeps its draws, also those correlated with it.

    Parameters
    ----------
    scenario : a Scenario, a dict of its keys, a file, or the name of a shipped one.
    x, y : names of two inputs; unsaid, those that move P most between their 10 % and 90 % points.
    candidate : unsaid, the one that the verdict speaks of last.
    size : points along each, 2 to 200; fewer along an input of whole numbers.
    draws : number of futures, 1 to 2^20. seed : as for ``run``. set : overrides.
    x_range, y_range : what to map, in the inputs' units; unsaid, somewhat more than their 1 % to 99 % points,
        half to twice the value of a certain one. Widened to hold the scenario's own place.
    progress : called with the simulations done, and those planned.

    Raises
    ------
    McostError
        Where the scenario cannot be used, or there is no such candidate, input or range.
    """
    if isinstance(size, bool) or not isinstance(size, int) or not SIZES[0] <= size <= SIZES[1]:
        raise McostError(f"size: found {shown(size)}; expected a whole number from {SIZES[0]} to {SIZES[1]}")
    of = focus(scenario, candidate, draws=draws, seed=seed, set=set)
    given = [of.axis(name) for name in (x, y) if name is not None]
    if len(given) == 2 and given[0].name == given[1].name:
        raise McostError(f"found {shown(given[0].name)} for both x and y; expected two inputs")
    moving = _that_move(of, 2 - len(given), {axis.name for axis in given})
    x_axis = of.axis(x) if x is not None else next(moving)
    y_axis = of.axis(y) if y is not None else next(moving)
    xs = _points(x_axis, size, x_range, "x")
    ys = _points(y_axis, size, y_range, "y")
    grid = _Grid(of, x_axis, y_axis, xs, ys, progress)
    probability = grid.probability()
    at = of.what_if.saving({x_axis.name: x_axis.median, y_axis.name: y_axis.median})
    place = Place(x_axis.median, y_axis.median, of.chance(at))
    return DecisionMap(
        of.scenario,
        of.candidate,
        x_axis,
        y_axis,
        xs,
        ys,
        probability,
        place,
        of.draws,
        seed,
        chosen=x is None and y is None,
        ways=(grid.x.way, grid.y.way),
    )


def _that_move(of: Focus, wanted: int, besides: set[str]) -> Iterator[Axis]:
    """The uncertain inputs that move P most, the first first."""
    uncertain = [axis for axis in of.axes.values() if not axis.certain and axis.name not in besides]
    if len(uncertain) < wanted:
        raise McostError(
            f"found {len(uncertain)} uncertain inputs to choose from; expected {wanted}, or both names"
        )
    return iter(sorted(uncertain, key=of.swing, reverse=True) if wanted else ())


# --- where the points lie ---------------------------------------------------------------------------------


def _points(axis: Axis, size: int, asked: tuple[float, float] | None, which: str) -> Array:
    """The values that are mapped, even on the natural scale; ndarray (size,), fewer of whole numbers."""
    low, high = _range(axis, which) if asked is None else asked
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise McostError(f"{which}_range: found {low:g} to {high:g}; expected two numbers, the lower first")
    if low < axis.low or high > axis.high:
        limits = f"{axis.low:g} to {axis.high:g}"
        raise McostError(f"{which}_range: found {low:g} to {high:g}; {axis.name} is looked at from {limits}")
    low, high = min(low, axis.median), max(high, axis.median)
    scores = axis.scores(np.array([low, high]))
    even = np.linspace(scores[0], scores[1], size) if np.isfinite(scores).all() else None
    values = np.linspace(low, high, size) if even is None else axis.values(even)
    values[0], values[-1] = low, high
    return np.unique(np.rint(values)) if axis.whole else values


def _range(axis: Axis, which: str) -> tuple[float, float]:
    if not axis.certain:
        low, high = (float(v) for v in axis.law.ppf(np.array([0.01, 0.99])))
        scores = axis.scores(np.array([low, high]))
        if np.isfinite(scores).all():
            margin = WIDER * (scores[1] - scores[0])
            low, high = (float(v) for v in axis.values(scores + np.array([-margin, margin])))
        return (low, high) if low < high else (axis.low, axis.high)
    value = axis.median
    if value == 0 and axis.scale == "positive":
        raise McostError(f"{axis.name}: found a certain 0, which no range follows from; give {which}_range")
    if axis.scale == "fraction" and value in (0.0, 1.0):
        return (0.0, min(0.5, axis.high)) if value == 0 else (max(0.5, axis.low), 1.0)
    if axis.scale == "real":
        reach = abs(value) or 0.05
        return max(axis.low, value - reach), min(axis.high, value + reach)
    return max(axis.low, value / 2), min(axis.high, 2 * value)


# --- P at every point -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Side:
    """One side of the grid, and the way in which the saving is taken along it.

    values : ndarray (k,), the points of the map. nodes : ndarray (q,), the values that are simulated.
    weights : ndarray (k, q), or (k, q, n) where futures differ: what the saving at each point is made of.
    """

    axis: Axis
    way: Way
    values: Array
    nodes: Array
    weights: np.ndarray

    def at(self, point: int, nodes: Array) -> Array:
        """The saving at a point, from that at the nodes; nodes : ndarray (q, …, n). Same shape without q."""
        weights = self.weights[point]
        if self.way == "every point":
            return np.asarray(nodes[point])
        if self.way == "step":
            return np.asarray(np.where(weights[1], nodes[1], nodes[0]), dtype=float)
        return np.asarray(np.tensordot(weights, nodes, axes=1), dtype=float)


def _every_point(axis: Axis, values: Array) -> _Side:
    return _Side(axis, "every point", values, values, np.eye(len(values)))


def _linear(axis: Axis, values: Array) -> _Side:
    share = (values - values[0]) / (values[-1] - values[0])
    return _Side(axis, "linear", values, values[[0, -1]], np.stack([1 - share, share], axis=1))


def _step(axis: Axis, values: Array, simulated: Array) -> _Side:
    """simulated : ndarray (k, n), the saving at every point, whatever the other input is held at."""
    after = simulated == simulated[-1]
    return _Side(axis, "step", values, values[[0, -1]], np.stack([~after, after], axis=1))


def _smooth(axis: Axis, values: Array, count: int) -> _Side:
    """Interpolation between Chebyshev points of the natural scale, by the second barycentric formula (Berrut
    & Trefethen 2004); of the values themselves where the scale is infinite at an end.
    """
    scores = axis.scores(values)
    natural = bool(np.isfinite(scores).all())
    if not natural:
        scores = values
    angles = (2 * np.arange(count) + 1) * math.pi / (2 * count)
    at = (scores[0] + scores[-1]) / 2 - (scores[-1] - scores[0]) / 2 * np.cos(angles)
    gap = scores[:, None] - at
    on_node = gap == 0
    terms = (-1.0) ** np.arange(count) * np.sin(angles) / np.where(on_node, 1.0, gap)
    weights = terms / terms.sum(axis=1, keepdims=True)
    weights = np.where(on_node.any(axis=1, keepdims=True), on_node, weights)
    return _Side(axis, "smooth", values, axis.values(at) if natural else at, weights)


Saving = Callable[[float, float], Array]


def _way_along(axis: Axis, values: Array, others: Array, saving: Saving, in_all: Saving) -> _Side:
    """The least costly way along one side that a few futures allow, at three values of the other input.

    saving, in_all : (value, value of the other) -> ndarray (n,), in a few futures and in all of them.
    """
    if axis.whole or len(values) <= NODES[0]:
        return _every_point(axis, values)
    probes = values[[int(share * (len(values) - 1)) for share in (0.12, 0.29, 0.46, 0.63, 0.86)]]
    fixed = others[[0, len(others) // 2, -1]]
    ends = (float(values[0]), float(values[-1]))
    held = [float(o) for o in fixed]
    if all(line(partial(_held, saving, o), [*ends, *map(float, probes[1::2])]) for o in held):
        return _linear(axis, values)
    truth = {o: np.stack([saving(float(v), o) for v in probes]) for o in held}
    if all(_steps(np.stack([saving(ends[0], o), *rows, saving(ends[1], o)])) for o, rows in truth.items()):
        middle = float(others[len(others) // 2])
        return _step(axis, values, np.stack([in_all(float(v), middle) for v in values]))
    for count in NODES:
        side = _smooth(axis, values, count)
        points = [int(np.searchsorted(values, v)) for v in probes]
        for other, simulated in truth.items():
            nodes = np.stack([saving(float(v), other) for v in side.nodes])
            pairs = zip(points, simulated, strict=True)
            if any(_off(side.at(point, nodes), found) > SMOOTH_ERROR / 2 for point, found in pairs):
                break
        else:
            return side
    return _every_point(axis, values)


def _held(saving: Saving, other: float, value: float) -> Array:
    return saving(value, other)


def _steps(savings: Array) -> bool:
    """Whether every future keeps to its first saving up to some value, and to its last one from there on.

    savings : ndarray (k, n), along the values.
    """
    first, last = savings == savings[0], savings == savings[-1]
    once = (np.diff(last.astype(np.int8), axis=0) >= 0).all()
    return bool((first | last).all() and once)


def _off(taken: Array, simulated: Array) -> float:
    """By how much P is off where the saving is taken from elsewhere."""
    return abs(float(np.mean(taken >= 0)) - float(np.mean(simulated >= 0)))


class _Grid:
    """P over two sides; every way that spares simulations is held against one cell a row, in all futures."""

    def __init__(self, of: Focus, x: Axis, y: Axis, xs: Array, ys: Array, progress: Progress | None) -> None:
        self.of, self.progress = of, progress
        self.done = self.planned = 0

        def along(axis: Axis, other: Axis, what_if: WhatIf) -> Saving:
            return lambda value, held: what_if.saving({axis.name: value, other.name: held})

        self.x = _way_along(x, xs, ys, along(x, y, of.few), along(x, y, of.what_if))
        self.y = _way_along(y, ys, xs, along(y, x, of.few), along(y, x, of.what_if))

    def probability(self) -> Array:
        """P at each [y, x]: ndarray (m, k)."""
        while (found := self._filled()) is None:
            # Few futures allowed what all of them do not.
            if self.x.way == "smooth" or self.y.way == "every point":
                self.x = _every_point(self.x.axis, self.x.values)
            else:
                self.y = _every_point(self.y.axis, self.y.values)
        return found

    def _filled(self) -> Array | None:
        """P at each [y, x]; None where a cell that is simulated in full says otherwise."""
        turned = self.x.way == "every point" != self.y.way
        outer, inner = (self.x, self.y) if turned else (self.y, self.x)
        exact = "smooth" not in (outer.way, inner.way)
        checked = inner.way != "every point" or outer.way != "every point"
        simulated = len(outer.nodes) * len(inner.nodes)
        self.done, self.planned = 0, simulated + (len(outer.values) if checked else 0)

        def saving(o: float, i: float) -> Array:
            found = self.of.what_if.saving({outer.axis.name: o, inner.axis.name: i})
            self.done += 1
            if self.progress is not None:
                self.progress(self.done, self.planned)
            return found

        def at_nodes(o: float) -> Array:
            return np.stack([saving(o, float(i)) for i in inner.nodes])

        nodes = None if outer.way == "every point" else np.stack([at_nodes(float(o)) for o in outer.nodes])
        chance = np.empty((len(outer.values), len(inner.values)))
        for row, value in enumerate(outer.values):
            along = at_nodes(float(value)) if nodes is None else outer.at(row, nodes)
            rounding = ROUNDING * np.abs(along).max(axis=0)
            for column in range(len(inner.values)):
                chance[row, column] = np.mean(inner.at(column, along) >= -rounding)
            if checked:
                column = _column_to_check(row, len(inner.values))
                found = saving(float(value), float(inner.values[column]))
                taken = inner.at(column, along)
                if not (_same(taken, found) if exact else _off(taken, found) <= SMOOTH_ERROR):
                    return None
                chance[row, column] = np.mean(found >= 0)
        return chance.T if turned else chance


def _column_to_check(row: int, columns: int) -> int:
    """Another one in each row, spread over all of them by the golden ratio; no end, if there is more."""
    share = (0.5 + row * 0.6180339887498949) % 1.0
    return min(1, columns - 1) + int(share * max(columns - 2, 1)) if columns > 2 else 0


def _same(taken: Array, simulated: Array) -> bool:
    """Whether two savings are equal in every draw, but for rounding."""
    size = np.abs(simulated)
    return bool((np.abs(taken - simulated) <= CLOSE * np.maximum(size, size.mean())).all())
