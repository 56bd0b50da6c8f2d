"""One input's design: a natural cubic spline on quantile knots, or the mean of each of few values."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mcost.design import Design, Local, group_means
from mcost.law import Array

LEVELS = 16
"""An input with no more distinct values than this gets the mean of each."""

_NARROWEST = 1e-7  # distance of knots, of their range; narrower ones are stretched to it, for the digits


def one_input(x: Array) -> tuple[Design, Array]:
    """Design and penalty of one input, x : ndarray (n,): group means of few levels, else a spline."""
    ordered = np.sort(x)
    levels = ordered[_starts(ordered)]
    if len(levels) <= LEVELS:
        return group_means(np.searchsorted(levels, x), len(levels))
    return spline(x, round(4 * x.size**0.2), ordered)


def _starts(ordered: Array) -> NDArray[np.intp]:
    """Where in an ordered array each distinct value begins."""
    return np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))


def spline(x: Array, knots: int, ordered: Array) -> tuple[Design, Array]:
    """A natural cubic spline in x through about so many knots, and its penalty; masses get own columns.

    The spline is held by its values at the knots, and linked to its second derivatives there by continuity
    (Wood 2017, 5.3.1). The penalty sums squared second derivatives times the cubes of the knots' distances.
    Times the distances alone, the narrow places of a skew input would decide for all.
    """
    starts = _starts(ordered)
    sizes = np.diff(starts, append=x.size)
    # a point mass: frequent, and much more frequent than the other values are
    heavy = (sizes >= 0.02 * x.size) & (sizes >= 20 * x.size / len(sizes))
    masses = ordered[starts[heavy]]
    at = _knots(ordered[~np.repeat(heavy, sizes)] if masses.size else ordered, knots)
    count = len(at)
    j = np.clip(np.searchsorted(at, x, side="right") - 1, 0, count - 2)
    distances = np.diff(at) / (at[-1] - at[0])
    part = np.clip((x - at[j]) / np.diff(at)[j], 0.0, 1.0)
    gaps = np.maximum(distances, _NARROWEST)
    gap = gaps[j]
    columns = np.stack([j, j + 1, count + j, count + j + 1])
    values = np.stack(
        [1 - part, part, ((1 - part) ** 2 - 1) * (1 - part) * gap**2 / 6, (part**2 - 1) * part * gap**2 / 6]
    )
    bends = _second_derivatives(gaps)
    width = np.convolve(gaps, [0.5, 0.5])
    penalty = bends.T @ (bends * (width**3)[:, None])
    reduction = np.vstack([np.eye(count), bends])
    if masses.size:
        massive = np.isin(x, masses)
        columns[:, massive] = 0
        values[:, massive] = 0.0
        columns[0, massive] = 2 * count + np.searchsorted(masses, x[massive])
        values[0, massive] = 1.0
        reduction = _diagonal(reduction, np.eye(masses.size))
        penalty = _diagonal(penalty, np.zeros((masses.size, masses.size)))
    return Local(columns, values, reduction), penalty


def _knots(ordered: Array, count: int) -> Array:
    """Quantiles of ordered draws, ends included, with some more towards the ends; distinct."""
    n = ordered.size
    step = n / (count - 1)
    tail = [r for r in (step / 2, step / 4, step / 8, step / 16, step / 32) if r >= 8]
    ranks = np.concatenate([np.linspace(0, n - 1, count), tail, [n - 1 - r for r in tail]])
    return np.unique(ordered[np.round(ranks).astype(np.intp)])


def _second_derivatives(gaps: Array) -> Array:
    """A natural spline's second derivatives at its knots, from its values there: ndarray (K, K)."""
    count = len(gaps) + 1
    bends = np.zeros((count, count))
    if count > 2:
        inner = np.arange(count - 2)
        differences = np.zeros((count - 2, count))
        differences[inner, inner] = 1 / gaps[:-1]
        differences[inner, inner + 1] = -1 / gaps[:-1] - 1 / gaps[1:]
        differences[inner, inner + 2] = 1 / gaps[1:]
        band = np.diag((gaps[:-1] + gaps[1:]) / 3) + np.diag(gaps[1:-1] / 6, 1) + np.diag(gaps[1:-1] / 6, -1)
        bends[1:-1] = np.linalg.solve(band, differences)
    return bends


def _diagonal(first: Array, second: Array) -> Array:
    out = np.zeros((first.shape[0] + second.shape[0], first.shape[1] + second.shape[1]))
    out[: first.shape[0], : first.shape[1]] = first
    out[first.shape[0] :, first.shape[1] :] = second
    return out
