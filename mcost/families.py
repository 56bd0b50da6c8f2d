"""The families that SciPy has, with its own names and parameters; and intervals of the natural ones."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from mcost.errors import NotationError
from mcost.formulas import FORMULAS, Formula
from mcost.law import (
    Array,
    Common,
    Law,
    mean_by_quadrature,
    steps_of,
)
from mcost.scales import Domain, to_scale, widest

LISTS = frozenset({"poisson_binom"})
"""Families of SciPy with a list of numbers as a parameter."""

_WIDER: Mapping[str, Domain] = {"norm": "real", "lognorm": "positive", "johnsonsb": "fraction"}
"""The family of an interval, and the scale on which it is normal."""

Parameter = float | tuple[float, ...]


@dataclass(frozen=True)
class Family(Common):
    """A SciPy family with its own parameters.

    name : SciPy's name, e.g. ``"lognorm"``.
    parameters : SciPy's own, ``loc`` and ``scale`` included where given.
    """

    name: str
    parameters: tuple[tuple[str, Parameter], ...]

    @cached_property
    def _standard(self) -> tuple[Formula, tuple[float, ...], float, float] | None:
        """Formula, shapes, loc and scale, where ``scipy.special`` is enough."""
        if self.name not in FORMULAS:
            return None
        formula, given = FORMULAS[self.name], self._numbers()
        shapes = tuple(given[s] for s in formula.shapes)
        return formula, shapes, given.get("loc", 0.0), given.get("scale", 1.0)

    def _numbers(self) -> dict[str, float]:
        return {key: value for key, value in self.parameters if not isinstance(value, tuple)}

    @cached_property
    def _scipy(self) -> Any:
        return self.frozen()

    @property
    def discrete(self) -> bool:
        return self._standard is None and not hasattr(self._scipy.dist, "pdf")

    @property
    def lattice(self) -> float:
        """Where the whole numbers of a discrete family begin to count."""
        return self._numbers().get("loc", 0.0)

    def ppf(self, u: Array) -> Array:
        if self._standard is None:
            with np.errstate(all="ignore"):
                return np.asarray(np.clip(self._scipy.ppf(u), *self._reach), dtype=float)
        formula, shapes, loc, scale = self._standard
        with np.errstate(over="ignore"):
            return _moved(scale * formula.ppf(np.asarray(u), *shapes), loc)

    def isf(self, q: Array) -> Array:
        if self._standard is None:
            with np.errstate(all="ignore"):
                x = np.asarray(self._scipy.isf(q), dtype=float)
            # Where SciPy takes the quantile of 1 - q instead, that may be 1.
            return np.where(np.isfinite(x), x, self.ppf(np.minimum(1 - np.asarray(q), 1 - 2.0**-53)))
        formula, shapes, loc, scale = self._standard
        with np.errstate(over="ignore"):
            return _moved(scale * formula.isf(np.asarray(q), *shapes), loc)

    def cdf(self, x: ArrayLike) -> Array:
        if self._standard is None:
            with np.errstate(all="ignore"):
                return np.asarray(self._at_0.cdf(self._point(x)), dtype=float)
        formula, shapes, loc, scale = self._standard
        with np.errstate(over="ignore"):
            return formula.cdf((np.asarray(x, dtype=float) - loc) / scale, *shapes)

    def sf(self, x: ArrayLike) -> Array:
        if self._standard is None:
            with np.errstate(all="ignore"):
                return np.asarray(self._at_0.sf(self._point(x)), dtype=float)
        formula, shapes, loc, scale = self._standard
        with np.errstate(over="ignore"):
            return formula.sf((np.asarray(x, dtype=float) - loc) / scale, *shapes)

    @cached_property
    def _reach(self) -> tuple[float, float]:
        low, high = self._scipy.support()
        return float(low), float(high)

    @cached_property
    def _at_0(self) -> Any:
        """The SciPy distribution, of a discrete family moved to begin at 0: SciPy floors what it rounded."""
        if not self.discrete or self.lattice == 0:
            return self._scipy
        others = tuple((key, value) for key, value in self.parameters if key != "loc")
        return Family(self.name, others).frozen()

    def _point(self, x: ArrayLike) -> Array:
        """x, or of a discrete family the whole number that it has reached."""
        x = np.asarray(x, dtype=float)
        return steps_of(x, self.lattice) if self.discrete else x

    def density(self, x: ArrayLike) -> Array:
        if not self.discrete:
            return np.asarray(self._scipy.pdf(x), dtype=float)
        k = self._point(x)
        return np.where(self.lattice + k == x, self._at_0.pmf(k), 0.0)

    def mean(self) -> float:
        if self._standard is None:
            with np.errstate(all="ignore"):
                return _believed(self, float(self._scipy.mean()))
        formula, shapes, loc, scale = self._standard
        if formula.mean is None:
            return mean_by_quadrature(self)
        return loc + scale * formula.mean(*shapes)

    def moment(self, n: int) -> float:
        return float(self._scipy.moment(n))

    def support(self) -> tuple[float, float]:
        if self._standard is None:
            return self._reach
        formula, shapes, loc, scale = self._standard
        low, high = formula.support(*shapes)
        return loc + scale * low, loc + scale * high

    def widened(self, domain: Domain, factor: float) -> Law:
        given = self._numbers()
        if self.discrete:
            return self
        plain = given.get("loc", 0.0) == 0 and (given.get("scale", 1.0) == 1 or self.name == "lognorm")
        if self.name == "norm":
            given["scale"] = given.get("scale", 1.0) * factor
        elif plain and _WIDER.get(self.name) == widest(domain, *self.support()):
            for key, power in {"lognorm": {"s": 1}, "johnsonsb": {"a": -1, "b": -1}}[self.name].items():
                given[key] *= factor**power
        else:
            return super().widened(domain, factor)
        return Family(self.name, tuple(given.items()))

    def frozen(self) -> Any:
        from scipy import stats

        return getattr(stats, self.name)(**dict(self.parameters))

    def __str__(self) -> str:
        said = (
            f"{k}=[{', '.join(f'{x:.4g}' for x in v)}]" if isinstance(v, tuple) else f"{k}={v:.4g}"
            for k, v in self.parameters
        )
        return f"{self.name}({', '.join(said)})"


def _believed(law: Family, mean: float) -> float:
    """SciPy's mean, but nan where a formula of SciPy goes on though the integral has no end."""
    low, high = law.support()
    heavy = law.name == "tukeylambda" and law._numbers()["lam"] <= -1
    return mean if low <= mean <= high and not heavy else mean if math.isinf(mean) else math.nan


def interval_parameters(low: Any, high: Any, domain: Domain, z: float) -> tuple[str, dict[str, Array]]:
    """Family and parameters of the normal, on the domain's natural scale, from -z to z sigma.

    positive: mu = (ln a + ln b)/2, sigma = (ln b - ln a)/(2 z).
    """
    with np.errstate(all="ignore"):
        a, b = to_scale(np.asarray(low, dtype=float), domain), to_scale(np.asarray(high, dtype=float), domain)
        mu, sigma = (a + b) / 2, (b - a) / (2 * z)
        if domain == "real":
            return "norm", {"loc": mu, "scale": sigma}
        if domain == "positive":
            return "lognorm", {"s": sigma, "scale": np.exp(mu)}
        return "johnsonsb", {"a": -mu / sigma, "b": 1 / sigma}


def from_frozen(frozen: Any) -> Law:
    """The law of a frozen SciPy distribution: one of SciPy's own families, or what ``uncertain`` gave.

    Raises NotationError for a distribution of any other kind.
    """
    family: Any = frozen.dist
    shapes = [s.strip() for s in family.shapes.split(",")] if family.shapes else []
    names = [*shapes, "loc", "scale"]
    given = {**dict(zip(names, frozen.args, strict=False)), **frozen.kwds}
    law: Law | None = getattr(family, "law", None)
    if law is not None and not given:
        return law
    from scipy import stats

    own: Any = getattr(stats, family.name, None) if law is None else None
    try:
        numbers = {key: float(value) for key, value in given.items()}
    except (TypeError, ValueError):
        own = None
    if type(own) is not type(family):
        raise NotationError(
            f"found a distribution, {family.name}, that is not a family of scipy.stats with numbers for "
            "parameters; give percentiles or samples of it"
        )
    return Family(family.name, tuple(numbers.items()))


def _moved(x: Array, loc: float) -> Array:
    """x + loc, same shape; what is 0 but for rounding is 0, as where an interval ends there."""
    moved = loc + x
    return np.where(np.abs(moved) < 8 * np.finfo(float).eps * abs(loc), 0.0, moved) if loc else moved
