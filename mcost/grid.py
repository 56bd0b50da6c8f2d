"""P over a grid of two inputs, filled with few runs.

In each future the saving is a function of the two values. Along an input in which it is linear two values
tell it all; so they do along one at which it steps, once the step of each future is known (a chance of
success); along one in which it is smooth, a few Chebyshev points do; along any other, every point of the grid
is simulated. The grid is a tensor product of these ways, held against cells that are simulated in full.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from mcost.axis import Axis
from mcost.break_even import CLOSE, line
from mcost.integration import ROUNDING
from mcost.law import Array
from mcost.what_if import WhatIf

NODES = (4, 6, 9)
"""Chebyshev points along an input in which the saving is smooth but not linear: the first that will do."""

SMOOTH_ERROR = 0.002
"""By how much P may be off in any cell that it is checked in, where the saving is taken to be smooth."""

Way = Literal["linear", "step", "smooth", "every point"]
Progress = Callable[[int, int], None]
Saving = Callable[[float, float], Array]


class Grid:
    """P over two sides; every way that spares simulations is held against one cell a row, in all futures."""

    def __init__(
        self,
        what_if: WhatIf,
        few: WhatIf,
        x: tuple[Axis, Array],
        y: tuple[Axis, Array],
        progress: Progress | None,
    ) -> None:
        """what_if : all futures; few : those that the ways are chosen in. x, y : inputs, and their values."""
        self.what_if, self.progress = what_if, progress
        self.done = self.planned = 0

        def along(axis: Axis, other: Axis, futures: WhatIf) -> Saving:
            return lambda value, held: futures.saving({axis.name: value, other.name: held})

        self.x = _way_along(*x, y[1], along(x[0], y[0], few), along(x[0], y[0], what_if))
        self.y = _way_along(*y, x[1], along(y[0], x[0], few), along(y[0], x[0], what_if))

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
            found = self.what_if.saving({outer.axis.name: o, inner.axis.name: i})
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


# --- the ways along one side ------------------------------------------------------------------------------


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
