"""Columns that a regression weighs and sums: with few entries a draw, or written out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations_with_replacement
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mcost.law import Array

_ROWS = 4096  # draws handled at once where a whole design would be copied


class Design(Protocol):
    """Columns whose weighted sum is the regression; a constant is one of these sums."""

    @property
    def n(self) -> int:
        """Draws."""

    @property
    def gram(self) -> Array:
        """``Φ'Φ / n``, ndarray (p, p)."""

    def moments(self, y: Array) -> Array:
        """``Φ'y / n``, ndarray (p, m), of y (m, n)."""

    def at(self, coefficients: Array) -> Array:
        """``Φ c``, ndarray (m, n), of c (p, m)."""

    def forms(self, roots: Array, weights: Array) -> Array:
        """Diagonal of ``Φ R diag(w) R'Φ'``, ndarray (m, n), of R (p, p) and w (p, m)."""


@dataclass(frozen=True)
class Local:
    """A design with few entries a draw: ``Φ = L R``, L (n, P) holding ``values`` in ``columns``, R (P, p)."""

    columns: NDArray[np.intp]
    values: Array
    reduction: Array

    @property
    def n(self) -> int:
        return int(self.columns.shape[1])

    @cached_property
    def gram(self) -> Array:
        size = len(self.reduction)
        flat = np.zeros(size * size)
        for where, entry in self._pairs():
            flat += np.bincount(where, entry, size * size)
        half = self.reduction.T @ flat.reshape(size, size) @ self.reduction / self.n
        return half + half.T

    def _pairs(self) -> Iterator[tuple[NDArray[np.intp], Array]]:
        """Products of a draw's entries, each pair once, and their place in a flat (P, P): half of L'L."""
        size = len(self.reduction)
        for a, b in combinations_with_replacement(range(len(self.columns)), 2):
            entry = self.values[a] * self.values[b]
            yield self.columns[a] * size + self.columns[b], entry / 2 if a == b else entry

    def moments(self, y: Array) -> Array:
        size = len(self.reduction)
        entries = list(zip(self.columns, self.values, strict=True))
        sums = [sum(np.bincount(c, v * row, size) for c, v in entries) for row in y]
        return np.asarray(self.reduction.T @ np.stack(sums, axis=1) / self.n)

    def at(self, coefficients: Array) -> Array:
        wide = self.reduction @ coefficients
        return np.stack([(self.values * column[self.columns]).sum(axis=0) for column in wide.T])

    def forms(self, roots: Array, weights: Array) -> Array:
        wide = self.reduction @ roots
        flat = [2 * ((wide * w) @ wide.T).ravel() for w in weights.T]
        out = np.zeros((len(flat), self.n))
        for where, entry in self._pairs():
            for row, form in zip(out, flat, strict=True):
                row += entry * form[where]
        return out


@dataclass(frozen=True)
class Dense:
    """A design written out: ``matrix`` (n, p)."""

    matrix: Array

    @property
    def n(self) -> int:
        return int(self.matrix.shape[0])

    @cached_property
    def gram(self) -> Array:
        return self.matrix.T @ self.matrix / self.n

    def moments(self, y: Array) -> Array:
        return self.matrix.T @ y.T / self.n

    def at(self, coefficients: Array) -> Array:
        return np.ascontiguousarray((self.matrix @ coefficients).T)

    def forms(self, roots: Array, weights: Array) -> Array:
        chunks = [(self.matrix[k : k + _ROWS] @ roots) ** 2 @ weights for k in range(0, self.n, _ROWS)]
        return np.concatenate(chunks).T


def group_means(labels: NDArray[np.intp], count: int) -> tuple[Design, Array]:
    """A mean for each label 0 … count - 1, none of them penalised."""
    return Local(labels[None], np.ones((1, labels.size)), np.eye(count)), np.zeros((count, count))
