"""Mixtures: one of several laws, with given probabilities; point masses beside a distribution among them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from mcost.inversion import LEAST_U, LEAST_Z, MOST_U, MOST_Z, inverted
from mcost.law import Array, Certain, Common, Law, at_scores, steps_of, widened
from mcost.points import Choice, choice, jumps
from mcost.scales import Domain
from mcost.truncated import Truncated


def mixture(laws: Sequence[Law], weights: Sequence[float]) -> Law:
    """One of some laws, with the probabilities ``weights``, which are scaled to add up to 1.

    A mixture within is taken apart; values that are certain, or chosen between, become one choice.
    """
    values: list[float] = []
    masses: list[float] = []
    parts: list[Law] = []
    shares: list[float] = []
    whole = math.fsum(weights)
    for law, weight in zip(laws, weights, strict=True):
        share = weight / whole
        if isinstance(law, Mixture):
            inner = list(zip(law.parts, law.weights, strict=True))
        else:
            inner = [(law, 1.0)]
        for part, within in inner:
            if part.certain:
                values.append(part.support()[0])
                masses.append(share * within)
            elif isinstance(part, Choice):
                values += part.points
                masses += [share * within * mass for mass in part.masses]
            else:
                parts.append(part)
                shares.append(share * within)
    if values:
        parts.insert(0, choice(values, masses))
        shares.insert(0, math.fsum(masses))
    return parts[0] if len(parts) == 1 else Mixture(tuple(parts), tuple(shares))


@dataclass(frozen=True)
class Mixture(Common):
    """One of several laws. See :func:`mixture`, which builds it.

    parts : two or more; weights : the probability of each, which add up to 1.
    """

    parts: tuple[Law, ...]
    weights: tuple[float, ...]

    @property
    def discrete(self) -> bool:
        return all(part.discrete for part in self.parts)

    @property
    def atoms(self) -> Array:
        """Values that have mass, in order."""
        return np.unique(np.concatenate([jumps(part) for part in self.parts]))

    def cdf(self, x: ArrayLike) -> Array:
        return np.minimum(sum(w * part.cdf(x) for w, part in self._weighted()), 1.0)

    def sf(self, x: ArrayLike) -> Array:
        return np.minimum(sum(w * part.sf(x) for w, part in self._weighted()), 1.0)

    def _weighted(self) -> list[tuple[float, Law]]:
        return list(zip(self.weights, self.parts, strict=True))

    @cached_property
    def _table(self) -> tuple[Array, Array, Array]:
        """Values x in order, P(X < x) and P(X <= x), ndarray (k,) each.

        Among the values is every one that has mass, and every end of a part, so that the cdf is smooth
        between two of them, and so many quantiles of each part that it is nearly straight.
        """
        z = np.linspace(LEAST_Z, MOST_Z, 129)
        spread = [at_scores(part, z) for part in self.parts if not part.discrete]
        ends = np.array([end for part in self.parts for end in part.support()])
        mass = self.atoms
        x = np.unique(np.concatenate([*spread, ends[np.isfinite(ends)], mass]))
        x = x[np.isfinite(x)]
        reached = np.maximum.accumulate(self.cdf(x))
        before = reached.copy()
        at = np.searchsorted(x, mass)
        before[at] = np.minimum(self.cdf(np.nextafter(mass, -math.inf)), reached[at])
        return x, before, reached

    def ppf(self, u: Array) -> Array:
        x, before, reached = self._table
        shape = np.shape(u)
        u = np.clip(np.ravel(u), 2.0**-1000, MOST_U)
        k = np.searchsorted(reached, u)
        inside = np.minimum(k, x.size - 1)
        found = x[inside]
        between = np.flatnonzero((k == x.size) | (before[inside] >= u))
        if between.size:
            found[between] = self._between(u[between], k[between])
        return self._on_lattices(found, u).reshape(shape)

    def _between(self, u: Array, k: np.ndarray) -> Array:
        """Quantiles where no value of the table has the mass; k : the value before which they lie."""
        x, before, reached = self._table
        low, high = x[np.maximum(k - 1, 0)], x[np.minimum(k, x.size - 1)]
        if self._one_smooth is not None:
            weight, part = self._one_smooth
            points = np.where(k > 0, self.cdf(low) - weight * part.cdf(low), 0.0)
            found = part.ppf(np.clip((u - points) / weight, LEAST_U, MOST_U))
            return np.clip(found, np.where(k > 0, low, -math.inf), np.where(k < x.size, high, math.inf))
        f_low, f_high = reached[np.maximum(k - 1, 0)], before[np.minimum(k, x.size - 1)]
        for outside, far in ((k == 0, np.min), (k == x.size, np.max)):
            if outside.any():  # no part has a quantile beyond the furthest of them
                end = far([part.ppf(u[outside]) for part in self.parts], axis=0)
                if far is np.min:
                    low[outside], f_low[outside] = np.nextafter(np.minimum(end, x[0]), -math.inf), 0.0
                else:
                    high[outside], f_high[outside] = np.maximum(np.minimum(end, 1e308), x[-1]), 1.0
        return inverted(self.cdf, u, low, high, f_low, f_high)

    @cached_property
    def _one_smooth(self) -> tuple[float, Law] | None:
        """Weight and part, where one part alone is continuous and the mass of all others is on atoms."""
        smooth = [(w, part) for w, part in self._weighted() if not part.discrete]
        listed = all(jumps(part).size for part in self.parts if part.discrete)
        return smooth[0] if len(smooth) == 1 and listed and not jumps(smooth[0][1]).size else None

    def _on_lattices(self, found: Array, u: Array) -> Array:
        """The same, where a lattice has more points than the table lists: just above a point, the point."""
        for part in self.parts:
            if part.discrete and not jumps(part).size:
                start = getattr(part, "lattice", None) or 0.0
                point = start + steps_of(found, start)
                found = np.where(self.cdf(point) >= u, np.minimum(point, found), found)
        return found

    def density(self, x: ArrayLike) -> Array:
        """Of a mixture with point masses: of the rest, which holds less than 1."""
        counted = (pair for pair in self._weighted() if pair[1].discrete == self.discrete)
        return np.asarray(sum(w * part.density(x) for w, part in counted))

    def mean(self) -> float:
        return sum(w * part.mean() for w, part in self._weighted())

    def moment(self, n: int) -> float:
        return sum(w * part.moment(n) for w, part in self._weighted())

    def support(self) -> tuple[float, float]:
        ends = [part.support() for part in self.parts]
        return min(low for low, _ in ends), max(high for _, high in ends)

    def between(self, low: float, high: float) -> Law:
        """The mixture given that it falls between two bounds: of the parts given that, by what they hold."""
        cut = [Truncated(part, low, high) for part in self.parts]
        held = [(w * part.mass, part) for w, part in zip(self.weights, cut, strict=True)]
        inside = [(weight, part) for weight, part in held if weight > 0]
        laws = [part if part._inside is None else part._inside for _, part in inside]
        return mixture(laws, [weight for weight, _ in inside])

    def widened(self, domain: Domain, factor: float) -> Law:
        """Each part by itself: it is the ranges of the parts that were stated."""
        return Mixture(tuple(widened(part, domain, factor) for part in self.parts), self.weights)

    def __str__(self) -> str:
        said = []
        for weight, part in self._weighted():
            if isinstance(part, Choice) and len(part.points) < 4:
                pairs = zip(part.points, part.masses, strict=True)
                said += [f"{weight * mass:.4g} of {point:.6g}" for point, mass in pairs]
            elif isinstance(part, Certain):
                said.append(f"{weight:.4g} of {part.value:.6g}")
            else:
                said.append(f"{weight:.4g} of {part}")
        return f"mixture({', '.join(said)})"
