"""The first events of a Poisson process by a bridge: when the last of them comes, then what lies between.

How many events a horizon holds follows mostly from one number, the time of a later event; so that number
takes the first of the points that fill the cube evenly. Given it, the event half-way divides the time before
it by a beta distribution, and so does each event half-way between two known ones (the gamma bridge: Avramidis
and L'Ecuyer 2006, *Efficient Monte Carlo and quasi-Monte Carlo option pricing under the variance-gamma
model*).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import lru_cache

import numpy as np
from scipy import special

from mcost.beta_quantile import beta_quantile
from mcost.law import Array
from mcost.quintic_table import SCORES, QuinticTable


def bridged(uniform: Callable[[int], Array], events: int) -> Iterator[Array]:
    """Standard exponentials, ndarray (n,) each: the gaps before so many events.

    uniform : number 0 … events - 1 -> uniforms, ndarray (n,), the one that decides most first.
    events : a power of two.
    """
    last = _gamma_quantile(uniform(0), events)
    time = {0: np.zeros_like(last), events: last}
    known, step = 1, events
    while step > 1:
        half = step // 2
        for before in range(0, events, step):
            between = time[before + step] - time[before]
            share = uniform(known)
            time[before + half] = time[before] + between * _half_way(share, half)
            known += 1
        step = half
    for k in range(events):
        yield np.maximum(time[k + 1] - time[k], 0.0)  # of rounding


def _half_way(u: Array, events: int) -> Array:
    """Quantiles of Beta(k, k): the share of the time of 2k gaps that the first k take."""
    return u if events == 1 else beta_quantile(u, events, events)


def _gamma_quantile(u: Array, events: int) -> Array:
    """Quantiles of the sum of so many standard exponentials."""
    return _table(events).at(u, lambda tail: special.gammaincinv(float(events), tail))


@lru_cache(maxsize=8)
def _table(events: int) -> QuinticTable:
    """Of x, with ``x' = φ(z)/f(x)`` and ``x'' = x' (-z - x' f'/f)``, f the density of Gamma(events)."""
    z = SCORES
    x = special.gammaincinv(float(events), special.ndtr(z))
    density = np.exp((events - 1) * np.log(x) - x - special.gammaln(events))
    slope = np.exp(-z * z / 2) / math.sqrt(2 * math.pi) / density
    return QuinticTable.of(x, slope, slope * (-z - slope * ((events - 1) / x - 1)))
