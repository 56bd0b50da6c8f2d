"""Parameters that take single values: taken apart into a mixture over them, which needs no quadrature."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import product

import numpy as np

from mcost.errors import NotationError
from mcost.law import Law
from mcost.mixture import Mixture, mixture
from mcost.points import jumps

MOST_BRANCHES = 256
"""Combinations of single values of parameters that are taken apart into a mixture."""

_FEW = 64
"""Points of a discrete law that are taken apart."""

Parameters = Mapping[str, float | Law]


def taken_apart(given: Parameters, one: Callable[[Parameters], Law]) -> Law:
    """The mixture over all combinations of the single values that parameters can take."""
    branches = {key: _branches(value) for key, value in given.items()}
    if math.prod(len(options) for options in branches.values()) > MOST_BRANCHES:
        raise NotationError(
            f"found parameters with more than {MOST_BRANCHES} combinations of single values; "
            "give fewer, or a distribution in place of them"
        )
    combinations = list(product(*branches.values()))
    laws = [
        one(dict(zip(branches, (value for _, value in options), strict=True))) for options in combinations
    ]
    return mixture(laws, [math.prod(weight for weight, _ in options) for options in combinations])


def _branches(value: float | Law) -> list[tuple[float, float | Law]]:
    """Probabilities and values, or laws that are not taken further apart."""
    if isinstance(value, float):
        return [(1.0, value)]
    inside = getattr(value, "_inside", None) or value
    if isinstance(inside, Mixture):
        return [
            (weight * share, branch)
            for weight, part in zip(inside.weights, inside.parts, strict=True)
            for share, branch in _branches(part)
        ]
    points = jumps(inside) if inside.discrete else np.zeros(0)
    if 0 < points.size <= _FEW:
        return list(zip(inside.density(points).tolist(), points.tolist(), strict=True))
    return [(1.0, value)]
