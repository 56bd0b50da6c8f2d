"""The workload's calls by month and draw."""

from __future__ import annotations

import numpy as np

from mcost.law import Array


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
