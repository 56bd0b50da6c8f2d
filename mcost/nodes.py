"""Parameters that are uncertain themselves, as nodes and weights, over which a function is averaged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from mcost.inversion import LEAST_Z, MOST_Z
from mcost.law import Array, Law, at_scores
from mcost.points import jumps

LISTED = 4096
"""Points of a discrete law that are computed one by one."""

Nodes = tuple[dict[str, Array], Array]
"""Values by name and the weight of each combination, ndarray (k,) each."""


@dataclass(frozen=True)
class NodeSource:
    """Where a parameter's values come from: single values with weights, or quantiles."""

    law: Law
    values: Array | None = None
    weights: Array | None = None

    @classmethod
    def of(cls, law: Law) -> NodeSource:
        points = jumps(law) if law.discrete else np.zeros(0)
        if not points.size:
            return cls(law)
        mass = law.density(points)
        if points.size > LISTED:  # neighbours are put together
            group = np.searchsorted(np.cumsum(mass), np.arange(1, LISTED) / LISTED)
            starts = np.unique(np.concatenate([[0], group]))
            mass, sums = np.add.reduceat(mass, starts), np.add.reduceat(mass * points, starts)
            points = sums / mass
        return cls(law, points, mass / np.sum(mass))

    @property
    def continuous(self) -> bool:
        return self.values is None

    def nodes(self, step: float) -> tuple[Array, Array]:
        """Values and weights: of the trapezoid rule over normal scores for a continuous law."""
        if self.values is not None and self.weights is not None:
            return self.values, self.weights
        z = np.linspace(-8.0, 8.0, 2 * round(8 / step) + 1)
        weight = np.exp(-z * z / 2)
        return self.at(z), weight / np.sum(weight)

    def at(self, z: Array) -> Array:
        return at_scores(self.law, np.clip(z, LEAST_Z, MOST_Z))


def combined(nodes: Mapping[str, tuple[Array, Array]]) -> Nodes:
    """Every combination of the nodes of some parameters, by name: (k_1,), (k_2,) ... -> (k_1 k_2 ...,)."""
    values = np.meshgrid(*(value for value, _ in nodes.values()), indexing="ij")
    weights = np.meshgrid(*(weight for _, weight in nodes.values()), indexing="ij")
    joint = np.prod([weight.ravel() for weight in weights], axis=0)
    return dict(zip(nodes, (value.ravel() for value in values), strict=True)), joint


def in_blocks(f: Callable[[Array], Array], x: Array, work: int) -> Array:
    """f of x, ndarray (n,), so many at a time as fit the memory; work : numbers for each."""
    size = max(1, 4_000_000 // work)
    parts = [f(x[i : i + size]) for i in range(0, x.size, size)]
    return np.concatenate(parts) if parts else np.zeros(0)
