"""One input as an axis: where it may go, where it is now, and the scale on which distances along it count."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mcost.law import Array, Law, p5_p50_p95
from mcost.quantity import Quantity
from mcost.scales import Z95, Domain, from_scale, to_scale
from mcost.uncertain import Prior

FAR = 1000.0
"""A positive input is looked at up to so many times where it is now, and down to such a part of it."""

OFTEN = 30.0
"""The same for what sets how often something happens: beyond, every month is full of it."""

NEAREST_LIMIT = 1e-3
"""How near a strict limit is approached, as a part of it."""


@dataclass(frozen=True)
class Axis:
    """One input, and the values that it may take.

    name, unit : the input's; scale : the natural scale of its domain. law : what is believed of it now.
    low, high : ends of what is looked at, both of them values that the input may take.
    now : its 5 %, 50 % and 95 % points. whole : whether it takes whole numbers alone.
    share : whether it is a share or a rate, told in per cent.
    """

    name: str
    unit: str
    scale: Domain
    law: Law
    low: float
    high: float
    now: tuple[float, float, float]
    whole: bool
    share: bool

    @property
    def certain(self) -> bool:
        return self.law.certain

    @property
    def median(self) -> float:
        return self.now[1]

    @property
    def spread(self) -> float:
        """Its standard deviation on the natural scale, by its 5 % and 95 % points; 0 where it is certain."""
        low, _, high = self.scores(np.array(self.now))
        return float(high - low) / (2 * Z95) if low < high else 0.0

    def scores(self, values: Array) -> Array:
        """Values on the natural scale, same shape."""
        return to_scale(np.asarray(values, dtype=float), self.scale)

    def values(self, scores: Array) -> Array:
        """Points of the natural scale as values within the ends, same shape; whole where the input is."""
        values = np.clip(from_scale(np.asarray(scores, dtype=float), self.scale), self.low, self.high)
        return np.rint(values) if self.whole else values

    def distance(self, value: float) -> float:
        """How far a value is from now, on the natural scale: in the input's own standard deviations.

        Of a certain input, the plain distance, which is the logarithm of the ratio for a positive one. inf
        where a scale has no such distance, as from 0.
        """
        at, centre = self.scores(np.array([value, self.median]))
        if not (math.isfinite(at) and math.isfinite(centre)):
            return 0.0 if value == self.median else math.inf
        return float(abs(at - centre) / (self.spread or 1.0)) if math.isfinite(self.spread) else math.inf

    def between(self, a: float, b: float) -> float:
        """The middle of two values: on the natural scale where both lie within it, else of the values."""
        ends = self.scores(np.array([a, b]))
        if np.isfinite(ends).all():
            middle = float(from_scale(ends.mean(keepdims=True), self.scale)[0])
        else:
            middle = (a + b) / 2
        return float(np.floor(middle)) if self.whole else middle


def axis(prior: Prior) -> Axis:
    """The axis of an input.

    It ends where the input's domain or its limits do, or, where they are without end, far outside of what is
    believed now.
    """
    quantity = prior.quantity or Quantity(prior.unit, prior.domain)
    now = p5_p50_p95(prior.law)
    low, high = _ends(quantity, now)
    return Axis(
        prior.name,
        prior.unit,
        quantity.domain,
        prior.law,
        min(low, now[0]),
        max(high, now[2]),
        now,
        quantity.whole,
        quantity.domain == "fraction" or quantity.unit in ("a month", "a year"),
    )


def _ends(quantity: Quantity, now: tuple[float, float, float]) -> tuple[float, float]:
    if quantity.domain == "fraction":
        low, high = 0.0, 1.0
    elif quantity.domain == "positive":
        low, high = 0.0, (OFTEN if quantity.unit == "events a year" else FAR) * (now[2] or 1.0)
    else:
        reach = max(0.5, 20 * (now[2] - now[0]) / (2 * Z95))
        low, high = now[1] - reach, now[1] + reach
    if quantity.above is not None:
        low = max(low, quantity.above * (1 + NEAREST_LIMIT), now[0] / OFTEN)
    if quantity.at_least is not None:
        low = max(low, quantity.at_least)
    if quantity.below is not None:
        high = min(high, quantity.below * (1 - NEAREST_LIMIT))
    return (float(np.ceil(low)), float(np.floor(high))) if quantity.whole else (low, high)
