"""What it would take: the value of each input at which P(pays off) crosses a probability, all else uncertain.

The futures stay the same ones while an input is set to a value. P at a value is then the share of them that
save 0 or more: a step function of it, whose steps are the break-even values of single futures.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mcost.axis import Axis
from mcost.break_even import line
from mcost.curve import Curve, at_least, scanned
from mcost.errors import McostError, SimulationError, shown
from mcost.estimate import Chance
from mcost.focus import Focus, focus
from mcost.joint_shift import JointShift, joint_shift
from mcost.law import Array
from mcost.reported import Reported
from mcost.scenario import Scenario
from mcost.what_if import WhatIf

if TYPE_CHECKING:
    import pandas as pd

    from mcost.report.layout import Verdict

DRAWS = 16_384

PROBABILITIES = (0.5, 0.8)


@dataclass(frozen=True)
class Crossing:
    """A value of an input at which P(pays off) crosses a probability.

    value : the first at which P is at least that probability, coming from where it is below; in the input's
        unit. rises : whether P gets there as the value rises, or as it falls.
    interval : the values around it at which P is within 1.96 standard errors of the probability.
    """

    value: float
    rises: bool
    interval: tuple[float, float]


@dataclass(frozen=True)
class End:
    """P(pays off) with an input set to a value."""

    value: float
    pays_off: Chance


@dataclass(frozen=True)
class Reach:
    """Where one input brings P(pays off) to a probability by itself.

    crossings : every one, from the lowest value to the highest; none where P is on one side throughout.
    distance : of the nearest crossing from the input's median, in its own standard deviations on its natural
        scale; of a certain input, the distance on that scale. inf where there is none.
    """

    probability: float
    crossings: tuple[Crossing, ...]
    distance: float

    def nearest(self, axis: Axis) -> Crossing | None:
        """The crossing that is nearest to where the input is now."""
        return min(self.crossings, key=lambda crossing: axis.distance(crossing.value), default=None)


@dataclass(frozen=True)
class Tip:
    """One input: what it would take by itself.

    axis : the input, where it is now and where it may go. lowest, highest, best : P at the ends of its reach,
        and where it is highest. reaches : one for each probability.
    """

    axis: Axis
    lowest: End
    highest: End
    best: End
    reaches: tuple[Reach, ...]

    @property
    def name(self) -> str:
        return self.axis.name

    @property
    def distance(self) -> float:
        """Of its crossing of the first probability."""
        return self.reaches[0].distance


@dataclass(frozen=True)
class Need(Reported):
    """What it would take. ``to_dict()`` is the JSON contract; printing it gives the report.

    scenario : as it was asked about; candidate : whom it is about. probabilities : those to be reached.
    pays_off : P(pays off) as things are. tips : the inputs, uncertain before certain ones, nearest first.
    together : the smallest change in the inputs that move P most together; None where there is none.
    draws : number of futures; seed : what they were drawn from. certain : whether nothing is uncertain.
    """

    scenario: Scenario
    candidate: str
    probabilities: tuple[float, ...]
    pays_off: Chance
    tips: tuple[Tip, ...]
    together: JointShift | None
    draws: int
    seed: int
    certain: bool = field(repr=False)

    @property
    def nearest(self) -> Tip | None:
        """The input that brings P(pays off) to the first probability with the smallest change; None where
        no input does by itself.
        """
        return next((tip for tip in self.tips if math.isfinite(tip.distance)), None)

    def to_dict(self) -> dict[str, Any]:
        """The machine-readable answer, as ``mcost need --json`` prints it."""
        nearest = self.nearest
        return {
            **self.scenario.stamp(self.draws, self.seed),
            "candidate": self.candidate,
            "pays_off": self.pays_off.to_dict(),
            "nearest": None if nearest is None else nearest.name,
            "inputs": {tip.name: _tip_dict(tip) for tip in self.tips},
            "together": None if self.together is None else self.together.to_dict(),
        }

    def to_frame(self) -> pd.DataFrame:
        """One row a crossing; where an input has none of a probability, one row with NaN for its value."""
        import pandas as pd

        rows = [
            {
                "input": tip.name,
                "probability": reach.probability,
                "value": math.nan if crossing is None else crossing.value,
                "rises": None if crossing is None else crossing.rises,
                "low": math.nan if crossing is None else crossing.interval[0],
                "high": math.nan if crossing is None else crossing.interval[1],
                "distance": math.inf if crossing is None else tip.axis.distance(crossing.value),
                "unit": tip.axis.unit,
                "now_p5": tip.axis.now[0],
                "now_p50": tip.axis.now[1],
                "now_p95": tip.axis.now[2],
                "best": tip.best.value,
                "pays_off_at_best": tip.best.pays_off.value,
            }
            for tip in self.tips
            for reach in tip.reaches
            for crossing in reach.crossings or (None,)
        ]
        return pd.DataFrame(rows).set_index(["input", "probability"])

    def _report(self) -> Verdict:
        from mcost.report.tipping import needed

        return needed(self)


def need(
    scenario: str | Path | Mapping[str, Any] | Scenario,
    inputs: Sequence[str] | None = None,
    *,
    candidate: str | None = None,
    probability: float | Sequence[float] = PROBABILITIES,
    draws: int = DRAWS,
    seed: int = 1,
    set: Sequence[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Need:
    """The value of each input at which P(pays off) reaches a probability, all else as uncertain as it is.

    Setting an input is an intervention: every other one keeps its draws, also those correlated with it.
    Where the saving is linear in an input, the break-even value of each future is -a / b in closed form, so
    that every crossing is found. Where it is not, the input is scanned over its whole reach, and each change
    of side is narrowed down; two crossings that are much nearer to each other than the scan's points may be
    missed.

    Parameters
    ----------
    scenario : a Scenario, a dict of its keys, a file, or the name of a shipped one.
    inputs : names; unsaid, all that the candidate and what it is compared with use, certain ones too.
    candidate : unsaid, the one that the verdict speaks of last.
    probability : one or several, each above 0 and below 1.
    draws : number of futures, 1 to 2^20. seed : as for ``run``. set : overrides.
    progress : called with the inputs done, and those there are.

    Raises
    ------
    McostError
        Where the scenario cannot be used, or there is no such candidate, input or probability.

    >>> round(need("article_100k", ["workload.calls_per_month"]).tips[0].reaches[0].crossings[0].value)
    1333333
    """
    wanted = (probability,) if isinstance(probability, int | float) else tuple(dict.fromkeys(probability))
    _check(wanted)
    of = focus(scenario, candidate, draws=draws, seed=seed, set=set)
    names = of.axes if inputs is None else [of.axis(name).name for name in inputs]
    axes = [of.axes[name] for name in dict.fromkeys(names)]
    return replace(need_of(of, axes, wanted, progress), together=joint_shift(of, axes, wanted[0]))


def need_of(
    of: Focus,
    axes: Sequence[Axis],
    wanted: Sequence[float],
    progress: Callable[[int, int], None] | None = None,
) -> Need:
    """What it would take, each of some inputs by itself."""
    tips: list[Tip] = []
    with ThreadPoolExecutor(os.cpu_count()) as threads:  # NumPy releases the lock
        for tip in threads.map(lambda axis: _tip(of, axis, wanted), axes):
            tips.append(tip)
            if progress is not None:
                progress(len(tips), len(axes))
    order = sorted(tips, key=lambda tip: (not math.isfinite(tip.distance), tip.axis.certain, _rank(tip)))
    return Need(
        scenario=of.scenario,
        candidate=of.candidate,
        probabilities=tuple(wanted),
        pays_off=of.chance(of.what_if.saving()),
        tips=tuple(order),
        together=None,
        draws=of.draws,
        seed=of.what_if.seed,
        certain=of.what_if.scenario.certain,
    )


def _check(wanted: Sequence[float]) -> None:
    for p in wanted:
        if not (isinstance(p, int | float) and 0 < p < 1):
            raise McostError(f"probability: found {shown(p)}; expected one above 0 and below 1, such as 0.5")
    if not wanted:
        raise McostError("probability: found none; expected one above 0 and below 1, such as 0.5")


def _rank(tip: Tip) -> float:
    """Distances that differ by rounding alone are equal, and then the scenario's order holds."""
    return float(f"{tip.distance:.6g}")


# --- one input --------------------------------------------------------------------------------------------


def _tip(of: Focus, axis: Axis, wanted: Sequence[float]) -> Tip:
    def saving_of(what_if: WhatIf) -> Callable[[float], Array]:
        return lambda value: what_if.saving({axis.name: value})

    in_few, in_all = saving_of(of.few), saving_of(of.what_if)
    axis = _within_reach(axis, in_few)
    probes = _probes(axis)
    straight = None
    if not axis.whole and line(in_few, probes) is not None:
        straight = line(in_all, probes[:4])
    if straight is not None:
        curve = Curve(*straight.ahead(axis.low, axis.high))
    else:
        curve = scanned(axis, in_few, in_all, wanted, of.few.draws, of.draws)

    def end(i: int) -> End:
        return End(float(curve.values[i]), Chance.of(int(curve.ahead[i]), of.draws))

    reaches = tuple(_reach(axis, curve, p, of.draws) for p in wanted)
    return Tip(axis, end(0), end(-1), end(_best(axis, curve)), reaches)


def _within_reach(axis: Axis, saving: Callable[[float], Array]) -> Axis:
    """The axis, its ends drawn in to where a cost can be computed at all."""
    for key in ("low", "high"):
        for _ in range(30):
            try:
                saving(getattr(axis, key))
                break
            except SimulationError:
                nearer = axis.between(getattr(axis, key), axis.median)
                axis = replace(axis, low=nearer) if key == "low" else replace(axis, high=nearer)
    return axis


def _probes(axis: Axis) -> list[float]:
    """The ends, and values between them: at the median, and at odd places below and above it."""
    low, median, high = axis.low, axis.median, axis.high
    odd = low + 0.381966 * (median - low), median + 0.618034 * (high - median)
    between = {median, axis.between(median, high), *odd}
    return [low, high, *(value for value in sorted(between) if low < value < high)]


def _best(axis: Axis, curve: Curve) -> int:
    """Where P is highest; of values that are equally good, the one nearest to the median."""
    top = np.flatnonzero(curve.ahead == curve.ahead.max())
    near = np.abs(curve.values[top] - axis.median)
    return int(top[np.argmin(near)])


def _reach(axis: Axis, curve: Curve, probability: float, n: int) -> Reach:
    least = at_least(probability, n)
    noise = math.sqrt(n * probability * (1 - probability))
    crossings = tuple(
        Crossing(float(curve.values[i]), rises, _interval(curve, i, least, 1.96 * noise))
        for i, rises in _crossings(curve.ahead - least, 0.5 * noise)
    )
    distance = min((axis.distance(crossing.value) for crossing in crossings), default=math.inf)
    return Reach(probability, crossings, distance)


def _crossings(above: NDArray[np.int64], noise: float) -> list[tuple[int, bool]]:
    """Where counts cross 0, each by the index on the upper side, and whether they rise there.

    Pairs of crossings between which no count leaves 0 by more than ``noise`` are one wavering, and are left
    out, unless nothing else would remain.
    """
    side = above >= 0
    turns = [int(i) for i in np.flatnonzero(side[1:] != side[:-1])]
    while len(turns) > 2:
        depth = [int(np.abs(above[a + 1 : b + 1]).max()) for a, b in pairwise(turns)]
        least = int(np.argmin(depth))
        if depth[least] > noise:
            break
        del turns[least : least + 2]
    return [(i + 1, True) if side[i + 1] else (i, False) for i in turns]


def _interval(curve: Curve, at: int, least: int, margin: float) -> tuple[float, float]:
    """The values around a crossing at which the count is within ``margin`` of what is asked for."""
    down, up = range(at, -1, -1), range(at, len(curve.values))
    return _edge(curve, down, least, margin), _edge(curve, up, least, margin)


def _edge(curve: Curve, outward: range, least: int, margin: float) -> float:
    """Where the count is first off by ``margin``, from a crossing outward; by a line between two values."""
    off = np.flatnonzero(np.abs(curve.ahead[outward] - least) > margin)
    if not off.size:
        return float(curve.values[outward[-1]])
    if off[0] == 0:  # the crossing is a jump: on the one side it ends at once
        same = np.sign(curve.ahead[outward] - least) == np.sign(curve.ahead[outward[0]] - least)
        return float(curve.values[outward[0 if same[:2].all() else 1]])
    inside, outside = outward[int(off[0]) - 1], outward[int(off[0])]
    here, there = int(curve.ahead[inside]) - least, int(curve.ahead[outside]) - least
    share = (math.copysign(margin, there) - here) / (there - here)
    value, beyond = float(curve.values[inside]), float(curve.values[outside])
    return value + share * (beyond - value)


# --- the JSON contract ------------------------------------------------------------------------------------


def _end_dict(end: End) -> dict[str, Any]:
    return {"value": end.value, "pays_off": end.pays_off.to_dict()}


def _tip_dict(tip: Tip) -> dict[str, Any]:
    axis = tip.axis
    return {
        "unit": axis.unit,
        "certain": axis.certain,
        "now": {"p5": axis.now[0], "p50": axis.now[1], "p95": axis.now[2]},
        "lowest": _end_dict(tip.lowest),
        "highest": _end_dict(tip.highest),
        "best": _end_dict(tip.best),
        "reaches": [
            {
                "probability": reach.probability,
                "distance": reach.distance if math.isfinite(reach.distance) else None,
                "crossings": [
                    {
                        "value": crossing.value,
                        "rises": crossing.rises,
                        "interval": list(crossing.interval),
                    }
                    for crossing in reach.crossings
                ],
            }
            for reach in tip.reaches
        ],
    }
