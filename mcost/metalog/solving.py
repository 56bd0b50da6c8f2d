"""The coefficients of the M that passes through given points, as many terms as points."""

from __future__ import annotations

import numpy as np
from scipy.special import logit

from mcost.metalog.terms import EPS, Array, basis_at, line_at, split

_SINGULAR = 1e13  # condition number of the basis above which the points do not determine M


def solved(probability: Array, m: Array) -> tuple[float, ...] | None:
    """Coefficients of the M through k points, shape (k,) each; None if they come out inexact.

    Coefficients smaller than their own rounding error are left out if the others go through the
    points as well, so that for instance points of a uniform distribution give just that, and not
    tails of a random sign.
    """
    basis = basis_at(probability)
    centre = m[len(m) // 2]
    y = m - centre
    try:
        inverse = np.linalg.inv(basis)
    except np.linalg.LinAlgError:
        return None
    if np.linalg.norm(basis) * np.linalg.norm(inverse) > _SINGULAR:
        return None
    a = inverse @ y
    extended = basis.astype(np.longdouble)
    for _ in range(3):  # iterative refinement
        a = a + inverse @ np.asarray(y - extended @ a, dtype=np.float64)
    spread = float(y[-1] - y[0])
    kept = np.abs(a) > 16.0 * EPS * (np.abs(inverse) @ np.abs(y))
    if not kept.all():
        fewer = np.zeros_like(a)
        fewer[kept] = np.linalg.lstsq(basis[:, kept], y)[0]
        if np.max(np.abs(y - basis @ fewer)) <= 1e-14 * spread:
            a = fewer
    a[0] += centre
    s, t = split(a)
    at = probability - 0.5
    miss = line_at(s, t, at, logit(probability)) - m
    allowed = 1e-10 * spread + 8.0 * EPS * float(np.max(np.abs(m)))
    if not np.max(np.abs(miss)) <= allowed:
        return None
    return tuple(float(c) for c in a)
