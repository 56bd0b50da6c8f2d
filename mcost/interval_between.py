"""An interval whose ends are uncertain themselves: the marginal law of a normal between them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import special

from mcost.branches import Parameters, taken_apart
from mcost.errors import NotationError
from mcost.families import Family, interval_parameters
from mcost.family_grid import means_of
from mcost.law import Array, Certain, Law
from mcost.marginal import Marginal
from mcost.nodes import NodeSource
from mcost.scales import Domain, from_scale, to_scale

MOST_CROSSED = 0.05
"""Probability that the low end of an interval lies above its high end, beyond which they are refused."""


def uncertain_interval(low: float | Law, high: float | Law, domain: Domain, z: float) -> Law:
    """The normal, on the domain's natural scale, from -z to z sigma, whose ends are uncertain.

    Where the ends change places, the smaller is the low one; NotationError where that is likely.
    """

    def one(values: Parameters) -> Law:
        a, b = values["low"], values["high"]
        if not (isinstance(a, float) and isinstance(b, float)):
            law = IntervalBetween(a, b, domain, z)
            law.validate()
            return law
        if a >= b:
            raise NotationError(f"low can be {a:.15g} where high is {b:.15g}; move them further apart")
        family, parameters = interval_parameters(a, b, domain, z)
        return Family(family, tuple((key, float(value)) for key, value in parameters.items()))

    return taken_apart({"low": low, "high": high}, one)


@dataclass(frozen=True)
class IntervalBetween(Marginal):
    """A normal between uncertain ends. See :func:`uncertain_interval`, which builds it.

    On the natural scale the value is ``a (1 - s) + b s``, a and b the ends and s = (1 + Z/z)/2 with Z
    standard normal. Where the ends are normal themselves, so is that given Z; else it is the law of the far
    end, averaged over the near end and over Z. Neither has an edge where the ends change places.

    low, high : the ends, numbers or laws, not both numbers; domain, z : as of ``interval_parameters``.
    """

    low: float | Law
    high: float | Law
    domain: Domain
    z: float

    @cached_property
    def _ends(self) -> tuple[Law, Law]:
        """The near end and the far one, low or high; the far one is uncertain."""
        low, high = (Certain(end) if isinstance(end, float) else end for end in (self.low, self.high))
        return (high, low) if high.certain else (low, high)

    @cached_property
    def _normal(self) -> tuple[tuple[float, float], tuple[float, float]] | None:
        """Mean and deviation of either end on the natural scale, where it is normal there, or certain."""
        near, far = (_on_scale(end, self.domain) for end in self._ends)
        return None if near is None or far is None else (near, far)

    @cached_property
    def _sources(self) -> dict[str, NodeSource]:
        score = NodeSource(Family("norm", ()))
        return {"score": score} if self._normal else {"near": NodeSource.of(self._ends[0]), "score": score}

    @cached_property
    def _inner(self) -> str | None:
        near = self._sources.get("near")
        return "near" if near is not None and near.continuous else "score"

    def _given(self, what: str, x: Array, values: Mapping[str, Array]) -> Array:
        low_is_near = self._ends[1] is not self._low
        share = (1 + values["score"] / self.z * (1 if low_is_near else -1)) / 2  # of the far end
        with np.errstate(all="ignore"):
            if self._normal is not None:
                return self._given_normal(what, x, share, *self._normal)
            far, share = self._ends[1], np.where(np.abs(share) < 1e-9, 1e-9, share)
            near, falls = to_scale(values["near"], self.domain) * (1 - share), share < 0
            if what in ("cdf", "sf"):
                at = from_scale((to_scale(x, self.domain) - near) / share, self.domain)
                first, second = (far.cdf(at), far.sf(at)) if what == "cdf" else (far.sf(at), far.cdf(at))
                return np.where(falls, second, first)
            first, second = (far.ppf(x), far.isf(x)) if what == "ppf" else (far.isf(x), far.ppf(x))
            end = to_scale(np.where(falls, second, first), self.domain)
            return from_scale(near + share * end, self.domain)

    def _given_normal(
        self, what: str, x: Array, share: Array, near: tuple[float, float], far: tuple[float, float]
    ) -> Array:
        middle = near[0] * (1 - share) + far[0] * share
        deviation = np.maximum(np.hypot(near[1] * (1 - share), far[1] * share), 1e-300)
        if what in ("cdf", "sf"):
            score = (to_scale(x, self.domain) - middle) / deviation
            return np.asarray(special.ndtr(score if what == "cdf" else -score))
        score = special.ndtri(x) if what == "ppf" else -special.ndtri(x)
        return from_scale(middle + deviation * score, self.domain)

    def validate(self) -> None:
        """Raise NotationError where the ends are likely to change places."""
        near, far = self._ends
        values, weights = NodeSource.of(near).nodes(0.125)
        crossed = float(np.sum(weights * (far.cdf(values) if near is self._low else far.sf(values))))
        if crossed > MOST_CROSSED:
            raise NotationError(f"low exceeds high with probability {crossed:.2g}; move them further apart")
        self._compute()

    @property
    def _low(self) -> Law:
        return self._ends[1 if isinstance(self.high, float) else 0]

    def mean(self) -> float:
        def means(values: Mapping[str, Array]) -> Array:
            low, high = np.minimum(values["low"], values["high"]), np.maximum(values["low"], values["high"])
            return means_of(*interval_parameters(low, high, self.domain, self.z))

        near, far = self._ends
        names = ("low", "high") if near is self._low else ("high", "low")
        return self._mean_over(means, {names[0]: NodeSource.of(near), names[1]: NodeSource.of(far)})

    def support(self) -> tuple[float, float]:
        return {"real": (-math.inf, math.inf), "positive": (0.0, math.inf), "fraction": (0.0, 1.0)}[
            self.domain
        ]

    def __str__(self) -> str:
        low, high = (f"{end:.4g}" if isinstance(end, float) else end for end in (self.low, self.high))
        return f"interval(low={low}, high={high})"


def _on_scale(law: Law, domain: Domain) -> tuple[float, float] | None:
    """Mean and deviation of a law that is normal, or certain, on a domain's natural scale; else None."""
    middle = float(to_scale(law.ppf(np.array([0.5])), domain)[0])
    if law.certain:
        return middle, 0.0
    if not isinstance(law, Family):
        return None
    given = {key: value for key, value in law.parameters if not isinstance(value, tuple)}
    loc, scale = given.get("loc", 0.0), given.get("scale", 1.0)
    if domain == "real" and law.name == "norm":
        return middle, scale
    if domain == "positive" and law.name == "lognorm" and loc == 0:
        return middle, given["s"]
    if domain == "fraction" and law.name == "johnsonsb" and loc == 0 and scale == 1:
        return middle, 1 / given["b"]
    return None
