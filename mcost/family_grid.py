"""A family at many sets of parameters at once: whether it exists at each, its functions and its means."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy import special

from mcost.formulas import FORMULAS
from mcost.law import Array


def of_scipy(family: str) -> Any:
    """SciPy's family of the name."""
    from scipy import stats

    return getattr(stats, family)


def by_scipy(family: str, what: str, x: Array, parameters: Mapping[str, Array]) -> Array:
    """SciPy's ppf, isf, cdf, sf or pmf at x, of whichever parameters go with each."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a series that SciPy has cut short
        return np.asarray(getattr(of_scipy(family), what)(x, **parameters), dtype=float)


def no_such(family: str, parameters: Mapping[str, float]) -> str:
    """What to say where a family does not exist at some parameters."""
    said = ", ".join(f"{key}={value:.4g}" for key, value in parameters.items())
    return f"{family}({said}): SciPy's {family} does not exist at these parameters"


def shapes_of(family: str, parameters: Mapping[str, Array]) -> list[Array]:
    """The shape parameters, in the order in which the family's formulas take them."""
    return [parameters[shape] for shape in FORMULAS[family].shapes]


def exists(family: str, parameters: Mapping[str, Array]) -> Array:
    """Whether the family exists at each set of parameters."""
    scale = np.asarray(parameters.get("scale", 1.0))
    if family not in FORMULAS:
        with np.errstate(all="ignore"):
            return np.asarray(~np.isnan(of_scipy(family).support(**parameters)[0]) & (scale > 0))
    shapes = np.broadcast_arrays(*shapes_of(family, parameters), scale)[:-1]
    valid = np.vectorize(FORMULAS[family].valid, otypes=[bool])
    return np.asarray((valid(*shapes) if shapes else True) & (scale > 0) & np.isfinite(scale))


def means_of(family: str, parameters: Mapping[str, Array]) -> Array:
    """The family's mean at each set of parameters."""
    if family not in FORMULAS:
        return np.asarray(of_scipy(family).mean(**parameters), dtype=float)
    formula, shapes = FORMULAS[family], shapes_of(family, parameters)
    loc, scale = parameters.get("loc", 0.0), parameters.get("scale", 1.0)
    if formula.mean is not None and shapes:
        return np.asarray(loc + scale * np.vectorize(formula.mean, otypes=[float])(*shapes))
    if formula.mean is not None:
        return np.asarray(loc + scale * formula.mean())
    z = np.linspace(-8.2, 8.2, 165)
    weight = np.exp(-z * z / 2) / np.sum(np.exp(-z * z / 2))
    columns = [np.asarray(shape)[..., None] for shape in shapes]
    return np.asarray(loc + scale * (formula.ppf(special.ndtr(z), *columns) @ weight))
