"""P(pays off) over two inputs at once: where the answer flips, and where the scenario stands."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from mcost.axis import Axis
from mcost.errors import McostError, shown
from mcost.estimate import Chance
from mcost.focus import Focus, focus
from mcost.grid import Grid, Progress, Way
from mcost.law import Array
from mcost.scenario import Scenario
from mcost.whole_numbers import whole_between

if TYPE_CHECKING:
    import pandas as pd

DRAWS = 16_384
SIZE = 40
SIZES = (2, 200)
LEVELS = (0.1, 0.5, 0.9)

WIDER = 0.15
"""An uncertain input is mapped from its 1 % to its 99 % point, and this share of that to either side."""


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
    set: Sequence[str] = (),
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
    size = whole_between("size", size, *SIZES)
    of = focus(scenario, candidate, draws=draws, seed=seed, set=set)
    given = [of.axis(name) for name in (x, y) if name is not None]
    if len(given) == 2 and given[0].name == given[1].name:
        raise McostError(f"found {shown(given[0].name)} for both x and y; expected two inputs")
    moving = _that_move(of, 2 - len(given), {axis.name for axis in given})
    x_axis = of.axis(x) if x is not None else next(moving)
    y_axis = of.axis(y) if y is not None else next(moving)
    xs = _points(x_axis, size, x_range, "x")
    ys = _points(y_axis, size, y_range, "y")
    grid = Grid(of.what_if, of.few, (x_axis, xs), (y_axis, ys), progress)
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
