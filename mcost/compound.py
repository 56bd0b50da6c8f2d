"""A distribution whose parameters are uncertain themselves: its marginal law.

The law of X where X has a family's distribution given its parameters, and these have laws of their own,
independent of one another. Its distribution function is the average of the family's over the parameters, by
quadrature over their quantiles; its quantiles are those of a table that is refined until it is accurate to
1e-8 of the law's scale, or exact where the law sits on whole numbers that can be listed.
"""

from __future__ import annotations

import math
import warnings
from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from mcost.errors import NotationError
from mcost.families import Family, interval_parameters
from mcost.formulas import FORMULAS
from mcost.inversion import LEAST_Z, MOST_Z, QuantileTable, tabulated
from mcost.law import Array, Certain, Common, Law, at_scores, steps_of
from mcost.mixture import Mixture, mixture
from mcost.points import jumps
from mcost.scales import Domain, from_scale, rate, to_scale

MOST_UNCERTAIN = 2
"""Parameters of one distribution that may be continuous; each further one multiplies the work by 40."""

MOST_BRANCHES = 256
"""Combinations of single values of parameters that are taken apart into a mixture."""

MOST_CROSSED = 0.05
"""Probability that the low end of an interval lies above its high end, beyond which they are refused."""

MOST_EVALUATIONS, MOST_BY_SCIPY = 60_000_000, 20_000_000
"""Evaluations of one law given its parameters, and where SciPy does them; what needs more is refused."""

_LISTED, _FEW = 4096, 64
"""Points of a discrete law that are computed one by one; and such that are taken apart into a mixture."""

# Nodes on -1 to 1 with their weights in the rule of 13 points and in that of 7 among them. Both count the
# ends, so that no step of the integrand can hide between a panel's last node and its end.
# W. Gander and W. Gautschi (2000), Adaptive quadrature revisited, BIT 40, 84.
_LEFT = (
    (1.0, 0.0158271919734801831, 77 / 1470),
    (0.942882415695480, 0.0942738402188500455, 0.0),
    (math.sqrt(2 / 3), 0.155071987336585396, 432 / 1470),
    (0.641853342345781, 0.188821573960182442, 0.0),
    (1 / math.sqrt(5), 0.199773405226858526, 625 / 1470),
    (0.236383199662150, 0.224926465333339528, 0.0),
)
_MIDDLE = (0.0, 0.242611071901407734, 672 / 1470)
_NODES, _FINE, _ROUGH = np.array([*((-x, *w) for x, *w in _LEFT), _MIDDLE, *_LEFT[::-1]]).T
_PANELS, _DEPTH = 18, 40
"""Panels to begin with, on normal scores from -9 to 9; and how often one is halved."""


Parameters = Mapping[str, float | Law]
Nodes = tuple[dict[str, Array], Array]
"""Values by name and the weight of each combination, ndarray (k,) each."""


def compound(family: str, given: Parameters) -> Law:
    """The law of a SciPy family with these parameters, some of them laws.

    Parameters that take single values are taken apart: the result is then a mixture, without quadrature.

    Raises NotationError where the family does not exist at values that the parameters can take, or where too
    many of them are uncertain.
    """

    def one(values: Parameters) -> Law:
        numbers = {key: value for key, value in values.items() if isinstance(value, float)}
        if len(numbers) == len(values):
            if not _exists(family, {key: np.array(value) for key, value in numbers.items()}):
                raise NotationError(_no_such(family, numbers))
            return Family(family, tuple(numbers.items()))
        law = Compound(family, tuple(values.items()))
        law.validate()
        return law

    return _taken_apart(given, one)


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

    return _taken_apart({"low": low, "high": high}, one)


def _taken_apart(given: Parameters, one: Callable[[Parameters], Law]) -> Law:
    """The mixture over all combinations of the single values that parameters can take."""
    branches = {key: _branches(value) for key, value in given.items()}
    if math.prod(len(options) for options in branches.values()) > MOST_BRANCHES:
        raise NotationError(
            f"found parameters with more than {MOST_BRANCHES} combinations of single values; "
            "give fewer, or a distribution in place of them"
        )
    combinations = list(product(*branches.values()))
    laws = [
        one(dict(zip(branches, (value for _, value in options), strict=True))) for options in combinations
    ]
    return mixture(laws, [math.prod(weight for weight, _ in options) for options in combinations])


def _branches(value: float | Law) -> list[tuple[float, float | Law]]:
    """Probabilities and values, or laws that are not taken further apart."""
    if isinstance(value, float):
        return [(1.0, value)]
    inside = getattr(value, "_inside", None) or value
    if isinstance(inside, Mixture):
        return [
            (weight * share, branch)
            for weight, part in zip(inside.weights, inside.parts, strict=True)
            for share, branch in _branches(part)
        ]
    points = jumps(inside) if inside.discrete else np.zeros(0)
    if 0 < points.size <= _FEW:
        return list(zip(inside.density(points).tolist(), points.tolist(), strict=True))
    return [(1.0, value)]


# --- quadrature over the parameters -----------------------------------------------------------------------


@dataclass(frozen=True)
class _Source:
    """Where a parameter's values come from: single values with weights, or quantiles."""

    law: Law
    values: Array | None = None
    weights: Array | None = None

    @classmethod
    def of(cls, law: Law) -> _Source:
        points = jumps(law) if law.discrete else np.zeros(0)
        if not points.size:
            return cls(law)
        mass = law.density(points)
        if points.size > _LISTED:  # neighbours are put together
            group = np.searchsorted(np.cumsum(mass), np.arange(1, _LISTED) / _LISTED)
            starts = np.unique(np.concatenate([[0], group]))
            mass, sums = np.add.reduceat(mass, starts), np.add.reduceat(mass * points, starts)
            points = sums / mass
        return cls(law, points, mass / np.sum(mass))

    @property
    def continuous(self) -> bool:
        return self.values is None

    def nodes(self, step: float) -> tuple[Array, Array]:
        """Values and weights: of the trapezoid rule over normal scores for a continuous law."""
        if self.values is not None and self.weights is not None:
            return self.values, self.weights
        z = np.linspace(-8.0, 8.0, 2 * round(8 / step) + 1)
        weight = np.exp(-z * z / 2)
        return self.at(z), weight / np.sum(weight)

    def at(self, z: Array) -> Array:
        return at_scores(self.law, np.clip(z, LEAST_Z, MOST_Z))


class _Marginal(Common):
    """A law that depends on parameters, averaged over them."""

    @cached_property
    @abstractmethod
    def _sources(self) -> dict[str, _Source]:
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
        return _combined({key: source.nodes(step) for key, source in self._sources.items()})

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
        nodes = _combined({key: source.nodes(0.5) for key, source in others.items()})
        if not any(source.continuous for source in others.values()):
            return nodes
        x = np.unique(self._guess[:: max(1, self._guess.size // 16)])
        step, coarse = 0.5, self._average("cdf", x, nodes)
        while step > 1 / 32:
            step /= 2
            finer = _combined({key: source.nodes(step) for key, source in others.items()})
            found = self._average("cdf", x, finer)
            if np.max(np.abs(found - coarse)) < 1e-8:
                return nodes
            nodes, coarse = finer, found
        raise self._beyond()

    def _averaged(self, what: str, x: Array) -> Array:
        return self._average(what, x, self._outer)

    def _average(self, what: str, x: Array, outer: Nodes) -> Array:
        """E of cdf, sf or pmf at x, ndarray (n,), over the parameters.

        Over the inner parameter by adaptive quadrature in its normal score, panels halved where two rules
        differ by more than 1e-10 of the whole; over the others by a sum.
        """
        values, weights = outer
        kept = weights > 1e-18
        values, weights = {key: value[kept] for key, value in values.items()}, weights[kept]

        def summed(at: Array) -> Array:
            rows = {key: value[None, :] for key, value in values.items()}
            self._spend(at.size * weights.size)
            return np.asarray(np.sum(weights * self._given(what, at[:, None], rows), axis=1))

        if self._inner is None:
            return _in_blocks(summed, x, weights.size)
        return _in_blocks(lambda at: self._adaptive(what, at, values, weights), x, 256 * weights.size)

    def _adaptive(self, what: str, x: Array, values: Mapping[str, Array], weights: Array) -> Array:
        assert self._inner is not None
        source = self._sources[self._inner]
        edges = np.linspace(-_PANELS / 2, _PANELS / 2, _PANELS + 1)
        at, outer, panel = (grid.ravel() for grid in np.mgrid[: x.size, : weights.size, :_PANELS])
        low, high = edges[panel], edges[panel + 1]
        whole = np.zeros(x.size)
        for depth in range(_DEPTH):
            self._spend(_NODES.size * at.size)
            half = (high - low) / 2
            z = (low + half)[:, None] + half[:, None] * _NODES
            theta = {key: value[outer][:, None] for key, value in values.items()}
            if depth == 0:  # the same few scores for every x
                theta[self._inner] = source.at(z[:_PANELS])[panel]
            else:
                theta[self._inner] = source.at(z.ravel()).reshape(z.shape)
            f = self._given(what, x[at][:, None], theta) * np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
            share = weights[outer] * half
            fine, rough = share * (f @ _FINE), share * (f @ _ROUGH)
            estimate = whole + np.bincount(at, fine, x.size)
            good = (np.abs(fine - rough) <= 1e-10 * estimate[at] + 1e-300) | (depth == _DEPTH - 1)
            whole += np.bincount(at[good], fine[good], x.size)
            if good.all():
                break
            at, outer, low, high = (array[~good] for array in (at, outer, low, high))
            middle = (low + high) / 2
            at, outer = np.tile(at, 2), np.tile(outer, 2)
            low, high = np.concatenate([low, middle]), np.concatenate([middle, high])
        return whole

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
        if high - low > _LISTED:
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
        self, means: Callable[[Mapping[str, Array]], Array], sources: Mapping[str, _Source]
    ) -> float:
        """The average of the means; infinite where values too rare to be drawn would decide it."""
        values, weights = _combined({key: source.nodes(0.25) for key, source in sources.items()})
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


def _combined(nodes: Mapping[str, tuple[Array, Array]]) -> Nodes:
    values = np.meshgrid(*(value for value, _ in nodes.values()), indexing="ij")
    weights = np.meshgrid(*(weight for _, weight in nodes.values()), indexing="ij")
    joint = np.prod([weight.ravel() for weight in weights], axis=0)
    return dict(zip(nodes, (value.ravel() for value in values), strict=True)), joint


def _in_blocks(f: Callable[[Array], Array], x: Array, work: int) -> Array:
    """f of x, ndarray (n,), so many at a time as fit the memory; work : numbers for each."""
    size = max(1, 4_000_000 // work)
    parts = [f(x[i : i + size]) for i in range(0, x.size, size)]
    return np.concatenate(parts) if parts else np.zeros(0)


# --- families ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Compound(_Marginal):
    """A SciPy family with uncertain parameters. See :func:`compound`, which builds it.

    family : SciPy's name; given : each parameter, a number or a law.
    """

    family: str
    given: tuple[tuple[str, float | Law], ...]

    @cached_property
    def _sources(self) -> dict[str, _Source]:
        return {key: _Source.of(value) for key, value in self.given if not isinstance(value, float)}

    @cached_property
    def discrete(self) -> bool:
        return self.family not in FORMULAS and not hasattr(_scipy(self.family), "pdf")

    @property
    def lattice(self) -> float:
        at = dict(self.given).get("loc", 0.0)
        return at if isinstance(at, float) else 0.0

    @property
    def _quick(self) -> bool:
        return self.family in FORMULAS

    def _parameters(self, values: Mapping[str, Array]) -> dict[str, Array]:
        return {key: values[key] if key in values else np.array(value) for key, value in self.given}

    def _given(self, what: str, x: Array, values: Mapping[str, Array]) -> Array:
        parameters = self._parameters(values)
        if self.discrete and what in ("cdf", "sf", "pmf"):  # SciPy would floor what it rounded
            x = steps_of(x, self.lattice)
            parameters.pop("loc", None)
        with np.errstate(all="ignore"):
            if self.family not in FORMULAS:
                return _by_scipy(self.family, what, x, parameters)
            formula, shapes = FORMULAS[self.family], _shapes(self.family, parameters)
            loc, scale = parameters.get("loc", 0.0), parameters.get("scale", 1.0)
            if what in ("cdf", "sf"):
                return np.asarray(getattr(formula, what)((x - loc) / scale, *shapes))
            return np.asarray(loc + scale * getattr(formula, what)(x, *shapes))

    def validate(self) -> None:
        """Raise NotationError where the law cannot be computed."""
        continuous = [key for key, source in self._sources.items() if source.continuous]
        if len(continuous) > MOST_UNCERTAIN:
            raise NotationError(
                f"found {len(continuous)} parameters that are uncertain themselves "
                f"({', '.join(continuous)}); expected at most {MOST_UNCERTAIN}: make one of them certain"
            )
        values, weights = self._grid(0.5)
        parameters = self._parameters(values)
        bad = np.flatnonzero(np.broadcast_to(_exists(self.family, parameters), weights.shape) == 0)
        if bad.size:
            at = bad[np.argmax(weights[bad])]
            shown = {k: float(np.broadcast_to(v, weights.shape)[at]) for k, v in parameters.items()}
            raise NotationError(f"{_no_such(self.family, shown)}, which are possible here")
        if self.discrete and "loc" in self._sources:
            raise NotationError(
                f"loc: found {dict(self.given)['loc']}; expected a number, since {self.family} is discrete"
            )
        self._compute()

    def mean(self) -> float:
        return self._mean_over(lambda values: _means(self.family, self._parameters(values)), self._sources)

    def support(self) -> tuple[float, float]:
        return self._ends

    @cached_property
    def _ends(self) -> tuple[float, float]:
        """The furthest ends of the family at the ends and the middle of every parameter."""
        sides = [
            np.array([*source.law.support(), *source.at(np.zeros(1))]) for source in self._sources.values()
        ]
        values = dict(zip(self._sources, (grid.ravel() for grid in np.meshgrid(*sides)), strict=True))
        parameters = self._parameters(values)
        with np.errstate(all="ignore"):
            if self.family in FORMULAS:
                start, end = FORMULAS[self.family].support()
                loc, scale = parameters.get("loc", np.zeros(1)), parameters.get("scale", np.ones(1))
                ends = loc + scale * start, loc + scale * end
            else:
                ends = _scipy(self.family).support(**parameters)
        low, high = (np.asarray(end, dtype=float) for end in ends)
        return float(np.nanmin(low)), float(np.nanmax(high))

    def __str__(self) -> str:
        said = (f"{k}={f'{v:.4g}' if isinstance(v, float) else v}" for k, v in self.given)
        return f"{self.family}({', '.join(said)})"


def _scipy(family: str) -> Any:
    from scipy import stats

    return getattr(stats, family)


def _by_scipy(family: str, what: str, x: Array, parameters: Mapping[str, Array]) -> Array:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a series that SciPy has cut short
        return np.asarray(getattr(_scipy(family), what)(x, **parameters), dtype=float)


def _no_such(family: str, parameters: Mapping[str, float]) -> str:
    said = ", ".join(f"{key}={value:.4g}" for key, value in parameters.items())
    return f"{family}({said}): SciPy's {family} does not exist at these parameters"


def _shapes(family: str, parameters: Mapping[str, Array]) -> list[Array]:
    return [parameters[shape] for shape in FORMULAS[family].shapes]


def _exists(family: str, parameters: Mapping[str, Array]) -> Array:
    """Whether the family exists at each set of parameters."""
    scale = np.asarray(parameters.get("scale", 1.0))
    if family not in FORMULAS:
        with np.errstate(all="ignore"):
            return np.asarray(~np.isnan(_scipy(family).support(**parameters)[0]) & (scale > 0))
    shapes = np.broadcast_arrays(*_shapes(family, parameters), scale)[:-1]
    valid = np.vectorize(FORMULAS[family].valid, otypes=[bool])
    return np.asarray((valid(*shapes) if shapes else True) & (scale > 0) & np.isfinite(scale))


def _means(family: str, parameters: Mapping[str, Array]) -> Array:
    """The family's mean at each set of parameters."""
    if family not in FORMULAS:
        return np.asarray(_scipy(family).mean(**parameters), dtype=float)
    formula, shapes = FORMULAS[family], _shapes(family, parameters)
    loc, scale = parameters.get("loc", 0.0), parameters.get("scale", 1.0)
    if formula.mean is not None and shapes:
        return np.asarray(loc + scale * np.vectorize(formula.mean, otypes=[float])(*shapes))
    if formula.mean is not None:
        return np.asarray(loc + scale * formula.mean())
    z = np.linspace(-8.2, 8.2, 165)
    weight = np.exp(-z * z / 2) / np.sum(np.exp(-z * z / 2))
    columns = [np.asarray(shape)[..., None] for shape in shapes]
    return np.asarray(loc + scale * (formula.ppf(special.ndtr(z), *columns) @ weight))


# --- intervals --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class IntervalBetween(_Marginal):
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
    def _sources(self) -> dict[str, _Source]:
        score = _Source(Family("norm", ()))
        return {"score": score} if self._normal else {"near": _Source.of(self._ends[0]), "score": score}

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
        values, weights = _Source.of(near).nodes(0.125)
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
            return _means(*interval_parameters(low, high, self.domain, self.z))

        near, far = self._ends
        names = ("low", "high") if near is self._low else ("high", "low")
        return self._mean_over(means, {names[0]: _Source.of(near), names[1]: _Source.of(far)})

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
