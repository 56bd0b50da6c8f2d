"""Standard families by ``scipy.special``, in SciPy's parametrisation and to the same digits."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from mcost.beta_quantile import beta_quantile
from mcost.law import Array, Mask
from mcost.scales import Domain


@dataclass(frozen=True)
class Formula:
    """A standard family (loc 0, scale 1) by ``scipy.special``, in SciPy's parametrisation.

    ppf, isf, cdf and sf take arrays for the shapes too; mean and support take numbers.
    domains : of each shape, as it is read where it is uncertain itself.
    """

    shapes: tuple[str, ...]
    ppf: Callable[..., Array]
    isf: Callable[..., Array]
    cdf: Callable[..., Array]
    sf: Callable[..., Array]
    mean: Callable[..., float] | None
    support: Callable[..., tuple[float, float]]
    domains: tuple[Domain, ...] = ()
    valid: Callable[..., bool] = lambda *shapes: all(s > 0 for s in shapes)


def _triang_ppf(u: Array, c: Any) -> Array:
    return np.asarray(np.where(u < c, np.sqrt(c * u), 1 - np.sqrt((1 - c) * (1 - u))))


def _triang_isf(q: Array, c: Any) -> Array:
    return np.asarray(np.where(q > 1 - c, np.sqrt(c * (1 - q)), 1 - np.sqrt((1 - c) * q)))


def _triang_sides(x: Array, c: Any) -> tuple[Array, Array, Mask]:
    """P(X <= x) left of the peak, P(X > x) right of it, and whether x is left of it."""
    x, c = np.clip(x, 0.0, 1.0), np.asarray(c)
    return x * x / np.where(c > 0, c, 1.0), (1 - x) ** 2 / np.where(c < 1, 1 - c, 1.0), x < c


def _triang_cdf(x: Array, c: Any) -> Array:
    rising, falling, left = _triang_sides(x, c)
    return np.where(left, rising, 1 - falling)


def _triang_sf(x: Array, c: Any) -> Array:
    rising, falling, left = _triang_sides(x, c)
    return np.where(left, 1 - rising, falling)


def _quiet_log(x: Array) -> Array:
    with np.errstate(divide="ignore"):
        return np.log(np.maximum(x, 0.0))


def _from(low: float, high: float) -> Callable[..., tuple[float, float]]:
    return lambda *shapes: (low, high)


_WHOLE_LINE, _HALF_LINE, _UNIT = _from(-math.inf, math.inf), _from(0.0, math.inf), _from(0.0, 1.0)
FORMULAS: Mapping[str, Formula] = {
    "norm": Formula(
        (),
        special.ndtri,
        lambda q: -special.ndtri(q),
        special.ndtr,
        lambda x: special.ndtr(-x),
        lambda: 0.0,
        _WHOLE_LINE,
    ),
    "lognorm": Formula(
        ("s",),
        lambda u, s: np.exp(s * special.ndtri(u)),
        lambda q, s: np.exp(-s * special.ndtri(q)),
        lambda x, s: special.ndtr(_quiet_log(x) / s),
        lambda x, s: special.ndtr(-_quiet_log(x) / s),
        lambda s: math.exp(s * s / 2) if s < 37 else math.inf,
        _HALF_LINE,
        ("positive",),
    ),
    "johnsonsb": Formula(
        ("a", "b"),
        lambda u, a, b: special.expit((special.ndtri(u) - a) / b),
        lambda q, a, b: special.expit((-special.ndtri(q) - a) / b),
        lambda x, a, b: special.ndtr(a + b * special.logit(np.clip(x, 0.0, 1.0))),
        lambda x, a, b: special.ndtr(-a - b * special.logit(np.clip(x, 0.0, 1.0))),
        None,
        _UNIT,
        ("real", "positive"),
        lambda a, b: b > 0,
    ),
    "uniform": Formula(
        (),
        lambda u: u,
        lambda q: 1 - q,
        lambda x: np.clip(x, 0.0, 1.0),
        lambda x: 1 - np.clip(x, 0.0, 1.0),
        lambda: 0.5,
        _UNIT,
    ),
    "expon": Formula(
        (),
        lambda u: -np.log1p(-u),
        lambda q: -np.log(q),
        lambda x: -np.expm1(-np.maximum(x, 0.0)),
        lambda x: np.exp(-np.maximum(x, 0.0)),
        lambda: 1.0,
        _HALF_LINE,
    ),
    "gamma": Formula(
        ("a",),
        lambda u, a: special.gammaincinv(a, u),
        lambda q, a: special.gammainccinv(a, q),
        lambda x, a: special.gammainc(a, np.maximum(x, 0.0)),
        lambda x, a: special.gammaincc(a, np.maximum(x, 0.0)),
        lambda a: a,
        _HALF_LINE,
        ("positive",),
    ),
    "beta": Formula(
        ("a", "b"),
        beta_quantile,
        lambda q, a, b: special.betainccinv(a, b, q),
        lambda x, a, b: special.betainc(a, b, np.clip(x, 0.0, 1.0)),
        lambda x, a, b: special.betaincc(a, b, np.clip(x, 0.0, 1.0)),
        lambda a, b: a / (a + b),
        _UNIT,
        ("positive", "positive"),
    ),
    "triang": Formula(
        ("c",),
        _triang_ppf,
        _triang_isf,
        _triang_cdf,
        _triang_sf,
        lambda c: (1 + c) / 3,
        _UNIT,
        ("fraction",),
        lambda c: 0 <= c <= 1,
    ),
    "weibull_min": Formula(
        ("c",),
        lambda u, c: (-np.log1p(-u)) ** (1 / c),
        lambda q, c: (-np.log(q)) ** (1 / c),
        lambda x, c: -np.expm1(-(np.maximum(x, 0.0) ** c)),
        lambda x, c: np.exp(-(np.maximum(x, 0.0) ** c)),
        lambda c: math.gamma(1 + 1 / c) if c > 0.006 else math.inf,
        _HALF_LINE,
        ("positive",),
    ),
}
