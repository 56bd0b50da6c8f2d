"""A distribution whose parameters are uncertain themselves: its marginal law.

The law of X where X has a family's distribution given its parameters, and these have laws of their own,
independent of one another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mcost.branches import Parameters, taken_apart
from mcost.errors import NotationError
from mcost.families import Family
from mcost.family_grid import by_scipy, exists, means_of, no_such, of_scipy, shapes_of
from mcost.formulas import FORMULAS
from mcost.law import Array, Law, steps_of
from mcost.marginal import Marginal
from mcost.nodes import NodeSource

MOST_UNCERTAIN = 2
"""Parameters of one distribution that may be continuous; each further one multiplies the work by 40."""


def compound(family: str, given: Parameters) -> Law:
    """The law of a SciPy family with these parameters, some of them laws.

    Parameters that take single values are taken apart: the result is then a mixture, without quadrature.

    Raises NotationError where the family does not exist at values that the parameters can take, or where too
    many of them are uncertain.
    """

    def one(values: Parameters) -> Law:
        numbers = {key: value for key, value in values.items() if isinstance(value, float)}
        if len(numbers) == len(values):
            if not exists(family, {key: np.array(value) for key, value in numbers.items()}):
                raise NotationError(no_such(family, numbers))
            return Family(family, tuple(numbers.items()))
        law = Compound(family, tuple(values.items()))
        law.validate()
        return law

    return taken_apart(given, one)


@dataclass(frozen=True)
class Compound(Marginal):
    """A SciPy family with uncertain parameters. See :func:`compound`, which builds it.

    family : SciPy's name; given : each parameter, a number or a law.
    """

    family: str
    given: tuple[tuple[str, float | Law], ...]

    @cached_property
    def _sources(self) -> dict[str, NodeSource]:
        return {key: NodeSource.of(value) for key, value in self.given if not isinstance(value, float)}

    @cached_property
    def discrete(self) -> bool:
        return self.family not in FORMULAS and not hasattr(of_scipy(self.family), "pdf")

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
                return by_scipy(self.family, what, x, parameters)
            formula, shapes = FORMULAS[self.family], shapes_of(self.family, parameters)
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
        bad = np.flatnonzero(np.broadcast_to(exists(self.family, parameters), weights.shape) == 0)
        if bad.size:
            at = bad[np.argmax(weights[bad])]
            shown = {k: float(np.broadcast_to(v, weights.shape)[at]) for k, v in parameters.items()}
            raise NotationError(f"{no_such(self.family, shown)}, which are possible here")
        if self.discrete and "loc" in self._sources:
            raise NotationError(
                f"loc: found {dict(self.given)['loc']}; expected a number, since {self.family} is discrete"
            )
        self._compute()

    def mean(self) -> float:
        return self._mean_over(lambda values: means_of(self.family, self._parameters(values)), self._sources)

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
                ends = of_scipy(self.family).support(**parameters)
        low, high = (np.asarray(end, dtype=float) for end in ends)
        return float(np.nanmin(low)), float(np.nanmax(high))

    def __str__(self) -> str:
        said = (f"{k}={f'{v:.4g}' if isinstance(v, float) else v}" for k, v in self.given)
        return f"{self.family}({', '.join(said)})"
