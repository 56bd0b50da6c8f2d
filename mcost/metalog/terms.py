"""The terms of a metalog: M = S(t) + L T(t), two polynomials in t = y - 1/2, and its slope.

Everywhere in this package a polynomial is an array, lowest power first.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

Array = npt.NDArray[np.float64]

MIN_TERMS, MAX_TERMS = 2, 9

# Which coefficient (from 0) multiplies which power of t in S and in T.  Keelin 2016, the basis.
S_TERMS = (0, 3, 4, 6, 8)
T_TERMS = (1, 2, 5, 7)

EPS = float(np.finfo(np.float64).eps)
NEAR_ONE = 1e-12  # a tail slope is known no better than this, so within it of 1 counts as 1
FAR = 40.0  # |logit| beyond which t is 1/2 in double precision and M is a straight line in L


def split(coefficients: Sequence[float]) -> tuple[Array, Array]:
    """The polynomials S and T of M = S(t) + L T(t), lowest power first."""
    k = len(coefficients)
    s = np.array([coefficients[i] for i in S_TERMS if i < k], dtype=np.float64)
    t = np.array([coefficients[i] for i in T_TERMS if i < k], dtype=np.float64)
    return s, t


def horner(at: Array, polynomial: Array) -> Array:
    """A polynomial, lowest power first, at each point, shaped as `at`, by Horner's rule."""
    out = np.full_like(at, polynomial[-1])
    for c in polynomial[-2::-1]:
        out = out * at + c
    return out


def line_at(s: Array, t: Array, at: Array, logits: Array) -> Array:
    """S + L T of two polynomials at the points at (y - 1/2) and the logits L there, shaped as them."""
    return horner(at, s) + logits * horner(at, t)


def derivative(polynomial: Array) -> Array:
    """The derivative of a polynomial, one term shorter; that of a constant is the polynomial 0."""
    return polynomial[1:] * np.arange(1, len(polynomial)) if len(polynomial) > 1 else np.zeros(1)


def added(a: Array, b: Array) -> Array:
    """The sum of two polynomials, as long as the longer one."""
    out = np.zeros(max(len(a), len(b)))
    out[: len(a)] += a
    out[: len(b)] += b
    return out


def mirrored(s: Array, t: Array) -> tuple[Array, Array]:
    """S and T of -M(1 - y), the metalog of -x."""
    return -s * (-1.0) ** np.arange(len(s)), t * (-1.0) ** np.arange(len(t))


def at_end(polynomial: Array, side: int) -> float:
    """A polynomial in t at t = side/2, correctly rounded: the products are exact."""
    return fsum(float(c) * (0.5 * side) ** i for i, c in enumerate(polynomial))


def slope_of(s: Array, t: Array, logits: Array) -> Array:
    """dM/dL = T + y (1 - y) (S' + L T') at the logits, shaped as them."""
    at = 0.5 * np.tanh(0.5 * logits)
    weight: Array = expit(logits) * expit(-logits)
    rise = line_at(derivative(s), derivative(t), at, logits)
    return horner(at, t) + weight * rise


def basis_at(probability: Array) -> Array:
    """Each term of M at each probability, shape (k, k).  Keelin 2016, the basis."""
    k = len(probability)
    t, log_odds = probability - 0.5, logit(probability)
    out = np.empty((k, k))
    for power, i in enumerate(S_TERMS):
        if i < k:
            out[:, i] = t**power
    for power, i in enumerate(T_TERMS):
        if i < k:
            out[:, i] = t**power * log_odds
    return out
