"""The smallest change in several inputs at once at which P(pays off) reaches a probability."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mcost.axis import Axis
from mcost.estimate import Chance
from mcost.focus import Focus
from mcost.law import Array, at_scores
from mcost.what_if import WhatIf

INPUTS = 3
"""So many inputs are changed together: those that move P most."""

LEAST_SWING = 0.02
"""An input that moves P by less between its 10 % and 90 % points is not one of them."""

FARTHEST = 5.0
"""Standard deviations beyond which a change is no answer."""

STEP = 0.25
ROUNDS = 12
SETTLED = 0.02


@dataclass(frozen=True)
class Shift:
    """One input's part: its value there, its median, and the normal score that this value has in its law."""

    axis: Axis
    value: float
    score: float


@dataclass(frozen=True)
class JointShift:
    """Inputs, each at a value, together at P(pays off) = ``probability``.

    distance : length of the vector of scores, in standard deviations; the shortest to first order.
    at_medians : P with all of them at their medians. pays_off : P with all of them at their values.
    """

    probability: float
    shifts: tuple[Shift, ...]
    distance: float
    at_medians: Chance
    pays_off: Chance

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        return {
            "probability": self.probability,
            "distance": self.distance,
            "at_medians": _chance(self.at_medians),
            "pays_off": _chance(self.pays_off),
            "inputs": {
                shift.axis.name: {
                    "value": shift.value,
                    "median": shift.axis.median,
                    "score": shift.score,
                    "unit": shift.axis.unit,
                }
                for shift in self.shifts
            },
        }


def _chance(chance: Chance) -> dict[str, float]:
    return {"probability": chance.probability, "standard_error": chance.standard_error}


def joint_shift(of: Focus, axes: Sequence[Axis], probability: float) -> JointShift | None:
    """The shortest vector of scores of the inputs that move P most, from their medians, that reaches P.

    The most probable point of first-order reliability, by the iteration of Hasofer, Lind, Rackwitz and
    Fiessler (Rackwitz & Fiessler 1978), on common draws. What must be 0 there is the saving that a share
    ``probability`` of all futures reaches. A score is each input's own; correlations are set aside, as
    setting an input is an intervention.

    axes : the inputs to choose from. None where fewer than two of them move P, or no change does within
    FARTHEST.
    """
    swings = {axis.name: of.swing(axis) for axis in axes if not axis.certain}
    moving = [axis for axis in axes if swings.get(axis.name, 0.0) >= LEAST_SWING]
    chosen = sorted(moving, key=lambda axis: -swings[axis.name])[:INPUTS]
    if len(chosen) < 2:
        return None
    there = _design_point(_reached(of.few, chosen, probability), len(chosen))
    if there is None:
        return None
    in_all = _reached(of.what_if, chosen, probability)
    share = _share(lambda t: in_all(t * there))
    if share is None or share * float(np.linalg.norm(there)) > FARTHEST:
        return None
    scores = share * there
    values = _values(chosen, scores)
    middle = {axis.name: axis.median for axis in chosen}
    return JointShift(
        probability,
        tuple(Shift(axis, values[axis.name], float(z)) for axis, z in zip(chosen, scores, strict=True)),
        float(np.linalg.norm(scores)),
        of.chance(of.what_if.saving(middle)),
        of.chance(of.what_if.saving(values)),
    )


def _values(axes: Sequence[Axis], scores: Array) -> dict[str, float]:
    """What the scores mean, input by input."""
    return {
        axis.name: float(at_scores(axis.law, np.array([z]))[0]) for axis, z in zip(axes, scores, strict=True)
    }


def _reached(what_if: WhatIf, axes: Sequence[Axis], probability: float) -> Callable[[Array], float]:
    """The saving that a share ``probability`` of all futures reaches, as a function of the scores."""
    place = what_if.draws - math.ceil(probability * what_if.draws - 1e-9)

    def reached(scores: Array) -> float:
        return float(np.partition(what_if.saving(_values(axes, scores)), place)[place])

    return reached


def _design_point(reached: Callable[[Array], float], size: int) -> Array | None:
    """The nearest scores at which ``reached`` is 0, to first order; None where none is found."""
    scores, saving = np.zeros(size), reached(np.zeros(size))
    for round_ in range(ROUNDS):
        steps = STEP * np.eye(size)
        slope = np.array([(reached(scores + s) - reached(scores - s)) / (2 * STEP) for s in steps])
        steepness = float(slope @ slope)
        if steepness == 0:
            return None
        aim = (slope @ scores - saving) / steepness * slope
        aim *= min(1.0, 1.5 * FARTHEST / max(float(np.linalg.norm(aim)), 1e-300))
        moved = aim - scores if round_ < ROUNDS // 2 else (aim - scores) / 2
        scores = scores + moved
        if np.linalg.norm(moved) < SETTLED:
            break
        saving = reached(scores)
    return scores


def _share(reached: Callable[[float], float]) -> float | None:
    """How much of the way it takes, from the median on: the first side on which ``reached`` is 0 or more."""
    start = reached(0.0) >= 0
    near, far = 0.0, next((t for t in (1.02, 1.1, 1.3, 1.6, 2.0) if (reached(t) >= 0) != start), 0.0)
    if far == 0:
        return None
    while far - near > 1e-4:
        middle = (near + far) / 2
        if (reached(middle) >= 0) == start:
            near = middle
        else:
            far = middle
    return near if start else far
