"""The workload's calls by month and draw."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from mcost.law import Array


def with_components(noise: Array, scores: Iterable[Array]) -> None:
    """Give the first principal components of a random walk the scores that are wanted, in place.

    noise : ndarray (T, n), the walk's independent standard normal steps; their sum along
        ``v_j(t) = 2 cos((2j - 1)(2t - 1) π / (4T + 2)) / sqrt(2T + 1)``, a right singular vector of a running
        sum, is the score of component j.
    scores : ndarrays (n,), standard normal, at most as many as there are months are used.
    """
    months = len(noise)
    t = np.arange(1, months + 1)
    for j, score in zip(range(1, months + 1), scores, strict=False):
        along = 2 * np.cos((2 * j - 1) * (2 * t - 1) * np.pi / (4 * months + 2)) / np.sqrt(2 * months + 1)
        change = score - np.einsum("t,tn->n", along, noise)
        for row, weight in zip(noise, along, strict=True):
            row += weight * change


def calls(
    first: Array, growth: Array, volatility: Array | None, noise: Array | None, cap: Array | None, months: int
) -> Array:
    """``calls[t] = min(cap, calls[t-1] (1 + g) exp(v z[t] - v²/2))``: the factor's mean is 1 + g at any v.

    first, growth, volatility, cap : ndarray (n,); calls a month, a month, a month, calls a month.
    noise : ndarray (months + 1, n), standard normal, used from month 2 on; None where there is no volatility.
    Returns ndarray (months + 1, n), calls; month 0 has none.
    """
    path = np.empty((months + 1, first.size))
    path[0] = 0.0
    path[1] = first if cap is None else np.minimum(first, cap)
    if volatility is None or noise is None:
        path[2:] = 1 + growth
    else:
        np.multiply(noise[2:], volatility, out=path[2:])
        path[2:] -= volatility**2 / 2
        np.exp(path[2:], out=path[2:])
        path[2:] *= 1 + growth
    for t in range(2, months + 1):
        path[t] *= path[t - 1]
        if cap is not None:
            np.minimum(path[t], cap, out=path[t])
    return path
