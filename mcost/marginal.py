"""The marginal law of what depends on uncertain parameters: its probabilities, averaged, and their table.

Its distribution function is the average of the law's given its parameters, by quadrature over their
quantiles; its quantiles are those of a table that is refined until it is accurate to 1e-8 of the law's scale,
or exact where the law sits on whole numbers that can be listed.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Mapping
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from mcost.adaptive import adaptive
from mcost.errors import NotationError
from mcost.inversion import LEAST_Z, MOST_Z, QuantileTable, tabulated
from mcost.law import Array, Common, steps_of
from mcost.nodes import LISTED, Nodes, NodeSource, combined, in_blocks
from mcost.scales import Domain, from_scale, rate, to_scale

MOST_EVALUATIONS, MOST_BY_SCIPY = 60_000_000, 20_000_000
"""Evaluations of one law given its parameters, and where SciPy does them; what needs more is refused."""


class Marginal(Common):
    """A law that depends on parameters, averaged over them."""

    @cached_property
    @abstractmethod
    def _sources(self) -> dict[str, NodeSource]:
        """Where each uncertain parameter's values come from."""

    @abstractmethod
    def _given(self, what: str, x: Array, values: Mapping[str, Array]) -> Array:
        """ppf, isf, cdf, sf or pmf at x, given values of the parameters."""

    @property
    def lattice(self) -> float:
        """Where the whole numbers of a discrete law begin to count."""
        return 0.0

    def _grid(self, step: float) -> Nodes:
        """Every combination of nodes of the parameters."""
        return combined({key: source.nodes(step) for key, source in self._sources.items()})

    @cached_property
    def _inner(self) -> str | None:
        """The continuous parameter over which is integrated adaptively: the one that moves the law most."""
        continuous = [key for key, source in self._sources.items() if source.continuous]

        def reach(key: str) -> float:
            at = {k: source.at(np.zeros(3)) for k, source in self._sources.items()}
            at[key] = self._sources[key].at(np.array([-1.0, 0.0, 1.0]))
            low, middle, high = (self._given("ppf", np.full(3, p), at) for p in (0.16, 0.5, 0.84))
            return float(np.ptp(middle) / (np.mean(high - low) + 1e-300))

        return max(continuous, key=reach) if continuous else None

    @cached_property
    def _outer(self) -> Nodes:
        """Nodes of all other parameters, as close together as the averages need."""
        others = {key: source for key, source in self._sources.items() if key != self._inner}
        if not others:
            return {}, np.ones(1)
        nodes = combined({key: source.nodes(0.5) for key, source in others.items()})
        if not any(source.continuous for source in others.values()):
            return nodes
        x = np.unique(self._guess[:: max(1, self._guess.size // 16)])
        step, coarse = 0.5, self._average("cdf", x, nodes)
        while step > 1 / 32:
            step /= 2
            finer = combined({key: source.nodes(step) for key, source in others.items()})
            found = self._average("cdf", x, finer)
            if np.max(np.abs(found - coarse)) < 1e-8:
                return nodes
            nodes, coarse = finer, found
        raise self._beyond()

    def _averaged(self, what: str, x: Array) -> Array:
        return self._average(what, x, self._outer)

    def _average(self, what: str, x: Array, outer: Nodes) -> Array:
        """E of cdf, sf or pmf at x, ndarray (n,), over the parameters.

        Over the inner parameter by adaptive quadrature, over the others by a sum.
        """
        values, weights = outer
        kept = weights > 1e-18
        values, weights = {key: value[kept] for key, value in values.items()}, weights[kept]

        def summed(at: Array) -> Array:
            rows = {key: value[None, :] for key, value in values.items()}
            self._spend(at.size * weights.size)
            return np.asarray(np.sum(weights * self._given(what, at[:, None], rows), axis=1))

        if self._inner is None:
            return in_blocks(summed, x, weights.size)
        return in_blocks(lambda at: self._adaptive(what, at, values, weights), x, 256 * weights.size)

    def _adaptive(self, what: str, x: Array, values: Mapping[str, Array], weights: Array) -> Array:
        inner = self._inner
        assert inner is not None

        def given(at: Array, outer: Array, theta: Array) -> Array:
            self._spend(theta.size)
            rows = {key: value[outer][:, None] for key, value in values.items()}
            return self._given(what, x[at][:, None], {**rows, inner: theta})

        return adaptive(given, self._sources[inner].at, x.size, weights)

    @property
    def _quick(self) -> bool:
        """Whether the law given its parameters is computed without ``scipy.stats``."""
        return True

    def _spend(self, evaluations: int) -> None:
        """Count evaluations of the law given its parameters: a few seconds' worth is enough."""
        spent = self.__dict__.get("_spent", 0) + evaluations
        self.__dict__["_spent"] = spent
        if spent > (MOST_EVALUATIONS if self._quick else MOST_BY_SCIPY):
            raise self._beyond()

    # --- the table ---

    @cached_property
    def _guess(self) -> Array:
        """Values about evenly spread over the law, in order: rough quantiles."""
        values, weights = self._grid(1.0)
        z = np.linspace(LEAST_Z, MOST_Z, 65)
        tail = special.ndtr(-np.abs(z))
        theta = {key: value[:, None] for key, value in values.items()}
        x = np.where(z <= 0, self._given("ppf", tail, theta), self._given("isf", tail, theta))
        mass = weights[:, None] * np.exp(-z * z / 2) / np.sum(np.exp(-z * z / 2))
        order = np.argsort(x, axis=None)
        x, reached = x.ravel()[order], np.cumsum(mass.ravel()[order])
        kept = np.isfinite(x)
        if not kept.any():
            raise self._beyond()
        x, reached = x[kept], np.clip(reached[kept], 1e-17, 1 - 1e-16)
        score, first = np.unique(special.ndtri(reached), return_index=True)
        middle = np.interp(np.linspace(LEAST_Z, MOST_Z, 97), score, x[first])
        return np.unique(np.concatenate([middle, x[:1], x[-1:]]))

    def _score(self, x: Array) -> Array:
        """Normal scores of x, each from its own side."""
        far = x > self._guess[self._guess.size // 2]
        score = np.empty(x.size)
        score[~far] = special.ndtri(np.minimum(self._averaged("cdf", x[~far]), 1.0))
        score[far] = -special.ndtri(np.minimum(self._averaged("sf", x[far]), 1.0))
        return score

    @cached_property
    def _frame(self) -> tuple[Domain, float, float]:
        """The scale of the table: the natural one of the law's reach, from where, in units of what."""
        low, high = self.support()
        if self.discrete or not math.isfinite(low):
            return "real", 0.0, 1.0
        return ("fraction", low, high - low) if math.isfinite(high) else ("positive", low, 1.0)

    def _to_line(self, x: Array) -> Array:
        scale, low, width = self._frame
        return to_scale((x - low) / width, scale)

    def _from_line(self, y: Array) -> Array:
        scale, low, width = self._frame
        return low + width * from_scale(y, scale)

    @cached_property
    def _table(self) -> QuantileTable:
        guess = self._to_line(self._guess)
        table = tabulated(
            lambda y: self._score(self._from_line(y)),
            guess[np.isfinite(guess)],
            self.lattice if self.discrete else None,
        )
        self.__dict__["_spent"] = -math.inf  # what is asked of it from here on is asked for by the user
        return table

    def _compute(self) -> None:
        """Do the quadrature now; NotationError where it leads to no quantiles."""
        try:
            if self._listed is None:
                assert self._table
        except (ValueError, RuntimeError):  # too few values, or SciPy has given up
            raise self._beyond() from None

    def _beyond(self) -> NotationError:
        return NotationError(
            f"{self} varies too much with its parameters for its quantiles to be computed; "
            "make one of them certain"
        )

    @cached_property
    def _listed(self) -> tuple[Array, Array] | None:
        """Points of a discrete law that can be listed, and P(X <= point)."""
        if not self.discrete:
            return None
        low, high = np.floor(self._guess[0] - self.lattice), np.ceil(self._guess[-1] - self.lattice)
        if high - low > LISTED:
            return None
        points = self.lattice + np.arange(low, high + 1)
        reached = np.minimum(np.maximum.accumulate(self._averaged("cdf", points)), 1.0)
        self.__dict__["_spent"] = -math.inf
        return points, reached

    def ppf(self, u: Array) -> Array:
        u = np.asarray(u, dtype=float)
        if self._listed is not None:
            points, reached = self._listed
            return points[np.minimum(np.searchsorted(reached, u), points.size - 1)]
        return self._at(special.ndtri(u))

    def isf(self, q: Array) -> Array:
        q = np.asarray(q, dtype=float)
        return self.ppf(1 - q) if self._listed is not None else self._at(-special.ndtri(q))

    def _at(self, z: Array) -> Array:
        x = self._from_line(self._table.quantiles(np.clip(z, LEAST_Z - 0.5, MOST_Z + 0.5)))
        if self.discrete:
            x = self.lattice + np.ceil(x - self.lattice - 1e-9)
        return np.clip(x, *self.support())

    def cdf(self, x: ArrayLike) -> Array:
        if self._listed is not None:
            points, reached = self._listed
            return np.insert(reached, 0, 0.0)[np.searchsorted(points, x, side="right")]
        x, (low, high) = np.asarray(x, dtype=float), self.support()
        return np.where(x < low, 0.0, np.where(x >= high, 1.0, special.ndtr(self._scores(x))))

    def sf(self, x: ArrayLike) -> Array:
        if self._listed is not None:
            return 1 - self.cdf(x)
        x, (low, high) = np.asarray(x, dtype=float), self.support()
        return np.where(x < low, 1.0, np.where(x >= high, 0.0, special.ndtr(-self._scores(x))))

    def _scores(self, x: Array) -> Array:
        at = self.lattice + steps_of(x, self.lattice) if self.discrete else x
        return self._table.scores(self._to_line(at.ravel())).reshape(x.shape)

    def density(self, x: ArrayLike) -> Array:
        """From the slope of the table; of a discrete law, the average probability of the point."""
        x = np.asarray(x, dtype=float)
        if self.discrete:
            at = self.lattice + steps_of(x, self.lattice)
            return np.where(at == x, self._averaged("pmf", at.ravel()).reshape(x.shape), 0.0)
        y, z = self._to_line(x), self._scores(x)
        inside = (y > self._table.x[0]) & (y < self._table.x[-1])
        scale, low, width = self._frame
        with np.errstate(all="ignore"):
            slope = self._table.slopes(z.ravel()).reshape(x.shape)
            chain = rate((x - low) / width, scale) / width
            return np.where(inside, np.exp(-z * z / 2) / math.sqrt(2 * math.pi) / slope * chain, 0.0)

    def _mean_over(
        self, means: Callable[[Mapping[str, Array]], Array], sources: Mapping[str, NodeSource]
    ) -> float:
        """The average of the means; infinite where values too rare to be drawn would decide it."""
        values, weights = combined({key: source.nodes(0.25) for key, source in sources.items()})
        with np.errstate(all="ignore"):
            terms = weights * means(values)
        edge = np.zeros(weights.size, dtype=bool)
        for key, source in sources.items():
            if source.continuous:
                edge |= (values[key] == values[key].min()) | (values[key] == values[key].max())
        if np.isfinite(terms).all() and np.sum(np.abs(terms[edge])) > 1e-9 * np.sum(np.abs(terms)):
            return math.copysign(math.inf, float(np.sum(terms[edge])))
        return float(np.sum(terms))

    def moment(self, n: int) -> float:
        if self._listed is not None:
            points, reached = self._listed
            return float(np.sum(points**n * np.diff(reached, prepend=0.0)))
        return self.mean() if n == 1 else super().moment(n)
