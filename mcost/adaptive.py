"""An average over a normal score, by panels that are halved until two rules agree."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from mcost.law import Array

# Nodes on -1 to 1 with their weights in the rule of 13 points and in that of 7 among them. Both count the
# ends, so that no step of the integrand can hide between a panel's last node and its end.
# W. Gander and W. Gautschi (2000), Adaptive quadrature revisited, BIT 40, 84.
_LEFT = (
    (1.0, 0.0158271919734801831, 77 / 1470),
    (0.942882415695480, 0.0942738402188500455, 0.0),
    (math.sqrt(2 / 3), 0.155071987336585396, 432 / 1470),
    (0.641853342345781, 0.188821573960182442, 0.0),
    (1 / math.sqrt(5), 0.199773405226858526, 625 / 1470),
    (0.236383199662150, 0.224926465333339528, 0.0),
)
_MIDDLE = (0.0, 0.242611071901407734, 672 / 1470)
_NODES, _FINE, _ROUGH = np.array([*((-x, *w) for x, *w in _LEFT), _MIDDLE, *_LEFT[::-1]]).T
_PANELS, _DEPTH = 18, 40
"""Panels to begin with, on normal scores from -9 to 9; and how often one is halved."""


def adaptive(
    f: Callable[[Array, Array, Array], Array], values_at: Callable[[Array], Array], n: int, weights: Array
) -> Array:
    """Σ_j w_j E f(i, j, v(Z)) for each i, ndarray (n,), Z standard normal, w the weights, ndarray (k,).

    In the normal score, panels halved where two rules differ by more than 1e-10 of the whole.

    f : of i and j, ndarray (m,) each, and values of the parameter, ndarray (m, 13); of the shape of those.
    values_at : the parameter's values at normal scores.
    """
    edges = np.linspace(-_PANELS / 2, _PANELS / 2, _PANELS + 1)
    at, outer, panel = (grid.ravel() for grid in np.mgrid[:n, : weights.size, :_PANELS])
    low, high = edges[panel], edges[panel + 1]
    whole = np.zeros(n)
    for depth in range(_DEPTH):
        half = (high - low) / 2
        z = (low + half)[:, None] + half[:, None] * _NODES
        if depth == 0:  # the same few scores for every i
            values = values_at(z[:_PANELS])[panel]
        else:
            values = values_at(z.ravel()).reshape(z.shape)
        integrand = f(at, outer, values) * np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        share = weights[outer] * half
        fine, rough = share * (integrand @ _FINE), share * (integrand @ _ROUGH)
        estimate = whole + np.bincount(at, fine, n)
        good = (np.abs(fine - rough) <= 1e-10 * estimate[at] + 1e-300) | (depth == _DEPTH - 1)
        whole += np.bincount(at[good], fine[good], n)
        if good.all():
            break
        at, outer, low, high = (array[~good] for array in (at, outer, low, high))
        middle = (low + high) / 2
        at, outer = np.tile(at, 2), np.tile(outer, 2)
        low, high = np.concatenate([low, middle]), np.concatenate([middle, high])
    return whole
