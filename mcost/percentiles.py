"""The law through given percentiles: a metalog, as a law like any other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from mcost.law import Array, Common, Law
from mcost.metalog import Metalog, fit
from mcost.scales import Domain


@dataclass(frozen=True)
class Percentiles(Common):
    """The metalog through two to nine percentiles; see :mod:`mcost.metalog`.

    given : probability and value of each, in increasing order.
    low, high : bounds, None where there is none; they choose the form of the metalog.
    spread : factor on the spread about the median, on the metalog's own scale; 1 as given.
    """

    given: tuple[tuple[float, float], ...]
    low: float | None
    high: float | None
    spread: float = 1.0

    @cached_property
    def metalog(self) -> Metalog:
        """Raises InfeasibleMetalogError, or ValueError, where there is none."""
        through = fit(dict(self.given), self.low, self.high)
        if self.spread == 1:
            return through
        middle, *others = through.coefficients  # at the median every other term is 0
        return Metalog((middle, *(self.spread * c for c in others)), self.low, self.high)

    def ppf(self, u: Array) -> Array:
        return np.asarray(self.metalog.ppf(np.asarray(u, dtype=float)))

    def isf(self, q: Array) -> Array:
        return self.metalog.isf(np.asarray(q, dtype=float))

    def cdf(self, x: ArrayLike) -> Array:
        return np.asarray(self.metalog.cdf(np.asarray(x, dtype=float)))

    def sf(self, x: ArrayLike) -> Array:
        return self.metalog.sf(np.asarray(x, dtype=float))

    def density(self, x: ArrayLike) -> Array:
        return np.asarray(self.metalog.pdf(np.asarray(x, dtype=float)))

    def mean(self) -> float:
        return self.metalog.mean()

    def support(self) -> tuple[float, float]:
        return self.metalog.support()

    def widened(self, domain: Domain, factor: float) -> Law:
        return Percentiles(self.given, self.low, self.high, self.spread * factor)

    def __str__(self) -> str:
        said = [f"p{100 * p:.10g}={x:.4g}" for p, x in self.given]
        said += [
            f"{name}={end:.4g}" for name, end in (("min", self.low), ("max", self.high)) if end is not None
        ]
        wider = "" if self.spread == 1 else f", spread times {self.spread:.4g}"
        return f"metalog({', '.join(said)}){wider}"
