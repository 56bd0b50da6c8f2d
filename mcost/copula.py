"""Rank correlation by a normal copula: every input keeps its own law, draw for draw from its own quantiles.

A group of correlated inputs has standard normal scores ``x = L z``, with ``z_i = Φ⁻¹(u_i)`` from the input's
own uniforms and ``L Lᵀ = R`` lower triangular. Input i is then its own quantile function at ``Φ(x_i)``, so
that its margin is exact whatever R is, and the first of a group keeps the draws it has alone.

Spearman's rank correlation of two continuous margins under this copula is ``(6/π) asin(r/2)``, r the
correlation of their scores; so a rank ρ is asked for by ``r = 2 sin(πρ/6)`` (Pearson 1907). A set of ranks
is possible if and only if that matrix has no negative eigenvalue.

Pairs of a group that are not given count as 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Ranks = Mapping[tuple[str, str], float]
"""Spearman's rank correlation of each pair that is given, the earlier input first."""

LEAST, MOST = 2.0**-54, 1 - 2.0**-53
"""Uniforms end here, on either side: a quantile of 0 or 1 may be infinite."""

ROUNDING = 1e-10
"""An eigenvalue this far below 0 counts as 0."""

DIGITS = 3
"""Decimals of the ranks that are proposed."""

_SEARCHED = 20_000
_LATTICE = 28657, 17711
"""Neighbours in Fibonacci's sequence: the lattice of the first by the second is even in the plane."""


class Quantiles(Protocol):
    """What a law must know here."""

    def ppf(self, u: Array) -> Array:
        """Quantiles of the probabilities u; same shape."""


@dataclass(frozen=True)
class Copula:
    """Inputs that are correlated with one another, directly or through others.

    names : the inputs, in the order of the scenario's inputs; the first keeps its own draws.
    pairs : first and second input and Spearman's rank correlation of each pair that is given.
    factor : the rows of L, lower triangular, each of length 1: the scores are L times the own scores.
    """

    names: tuple[str, ...]
    pairs: tuple[tuple[str, str, float], ...]
    factor: tuple[tuple[float, ...], ...]

    @classmethod
    def of(cls, names: Sequence[str], ranks: Ranks) -> Copula:
        """The copula of some inputs; ranks that are not possible are the caller's mistake."""
        matrix, _ = rank_matrix(names, ranks)
        scores = pearson_of(matrix)
        if not possible(scores):
            raise ValueError(f"no copula of {', '.join(names)} has these ranks")
        pairs = tuple((a, b, rank) for (a, b), rank in ranks.items() if a in names and b in names)
        return cls(tuple(names), pairs, tuple(map(tuple, ordered_factor(scores).tolist())))

    def uniforms(self, own: Array) -> Array:
        """Correlated uniforms.

        own : ndarray (k, n), each input's own uniforms, strictly between 0 and 1.
        Returns ndarray (k, n), strictly between 0 and 1. A column is a function of the same column of
        ``own`` alone, to the last bit, however many there are.
        """
        factor, own_scores = np.array(self.factor), special.ndtri(own)
        scores = np.zeros_like(own_scores)
        for j, row in enumerate(own_scores):  # not a matrix product: its rounding depends on n
            scores[j:] += factor[j:, j, None] * row
        result: Array = np.clip(special.ndtr(scores), LEAST, MOST)
        alone = factor.diagonal() == 1  # it depends on none before it
        result[alone] = own[alone]
        return result


def pearson_of(rank: ArrayLike) -> Array:
    """Correlation of the normal scores, ``r = 2 sin(πρ/6)``; same shape."""
    return np.asarray(2 * np.sin(np.pi / 6 * np.asarray(rank, dtype=float)))


def rank_of(pearson: ArrayLike) -> Array:
    """Spearman's rank correlation, ``ρ = (6/π) asin(r/2)``; same shape."""
    return np.asarray(6 / np.pi * np.arcsin(np.asarray(pearson, dtype=float) / 2))


def possible(matrix: Array) -> bool:
    """Whether a symmetric matrix with a diagonal of ones is a correlation matrix."""
    return bool(np.linalg.eigvalsh(matrix)[0] >= -ROUNDING)


def groups(ranks: Ranks, order: Iterable[str]) -> list[tuple[str, ...]]:
    """Inputs that hang together through ranks other than 0, each group and its inputs in the given order."""
    found: list[set[str]] = []
    for (a, b), rank in ranks.items():
        if rank != 0:
            joined = [group for group in found if a in group or b in group]
            found = [group for group in found if group not in joined]
            found.append({a, b}.union(*joined))
    order = list(order)
    return sorted(
        (tuple(name for name in order if name in group) for group in found), key=lambda g: order.index(g[0])
    )


def rank_matrix(names: Sequence[str], ranks: Ranks) -> tuple[Array, Mask]:
    """Ranks of a group, (k, k) with a diagonal of ones and 0 where none is given; and where one is given."""
    matrix, given = np.eye(len(names)), np.zeros((len(names), len(names)), dtype=bool)
    for (i, a), (j, b) in combinations(enumerate(names), 2):
        rank = ranks.get((a, b), ranks.get((b, a)))
        if rank is not None:
            matrix[i, j] = matrix[j, i] = rank
            given[i, j] = given[j, i] = True
    return matrix, given


def ordered_factor(matrix: Array) -> Array:
    """Cholesky's factor in the given order, rows of length 1; a matrix without an inverse has one too."""
    factor = np.zeros_like(matrix)
    for j in range(len(matrix)):
        left = matrix[j:, j] - factor[j:, :j] @ factor[j, :j]
        if left[0] > ROUNDING:  # else input j follows from those before it
            factor[j:, j] = left / math.sqrt(left[0])
    return np.asarray(factor / np.sqrt(np.sum(factor**2, axis=1, keepdims=True)))


# --- ranks that cannot hold together ----------------------------------------------------------------------


def nearest_correlation(matrix: Array, fixed: Mask | None = None) -> Array:
    """The correlation matrix nearest to a symmetric one, by the sum of squared differences.

    Alternating projections on the matrices without negative eigenvalues and on those with a diagonal of
    ones, with Dykstra's correction (Higham 2002, algorithm 3.3).

    fixed : entries off the diagonal that stay as they are, all of them 0; ndarray (k, k) of bool, symmetric.
    Returns ndarray (k, k); the matrix itself where it is a correlation matrix already.
    """
    one = np.eye(len(matrix), dtype=bool)
    held = one if fixed is None else one | fixed
    target = np.where(one, 1.0, matrix)
    if possible(target):
        return target
    found, correction = target, np.zeros_like(target)
    for _ in range(5000):
        start = found - correction
        values, vectors = np.linalg.eigh(start)
        positive = (vectors * np.maximum(values, 0.0)) @ vectors.T
        correction = positive - start
        before, found = found, np.where(held, target, (positive + positive.T) / 2)
        if max(np.abs(found - positive).max(), np.abs(found - before).max()) < 1e-12:
            break
    short = max(0.0, -float(np.linalg.eigvalsh(found)[0]))
    return np.where(one, 1.0, found / (1 + short))


def nearest_ranks(ranks: Array, given: Mask) -> Array:
    """The nearest ranks that can hold together, for the pairs that are given; the others stay 0.

    ranks, given : as ``rank_matrix`` returns them.
    Returns ndarray (k, k), rounded to DIGITS and a little nearer to 0 where rounding would undo it.
    """
    if possible(pearson_of(ranks)):
        return ranks
    nearest = nearest_correlation(pearson_of(ranks), ~given & ~np.eye(len(ranks), dtype=bool))
    most, shrink = 1 - 10.0**-DIGITS, 0.0
    while True:
        found = np.clip(np.round(rank_of(nearest * (1 - shrink)), DIGITS), -most, most) + 0.0
        np.fill_diagonal(found, 1.0)
        if possible(pearson_of(found)):
            return found
        shrink = min(1.0, shrink * 1.1 + 1e-4)


def smallest_impossible(matrix: Array) -> tuple[int, ...]:
    """The smallest set of inputs that cannot hold together; a change of any one pair in it would mend it.

    (All but one entry of such a set given, the last one can be chosen: Grone et al. 1984.) Among large
    groups, where there are too many sets to look at, one that is possible without any one of its inputs.
    """
    kept = list(range(len(matrix)))
    for i in range(len(matrix)):
        rest = [k for k in kept if k != i]
        if rest and not possible(matrix[np.ix_(rest, rest)]):
            kept = rest
    for size in range(3, len(kept)):
        if math.comb(len(matrix), size) > _SEARCHED:
            break
        sets = np.array(list(combinations(range(len(matrix)), size)))
        least = np.linalg.eigvalsh(matrix[sets[:, :, None], sets[:, None, :]])[:, 0]
        if least.min() < -ROUNDING:
            return tuple(int(i) for i in sets[least.argmin()])
    return tuple(kept)


def possible_ranks(ranks: Array, i: int, j: int) -> tuple[float, float] | None:
    """Lowest and highest rank of one pair with all others as they are, rounded inwards; None where none is.

    The score of either input is a part that follows from the others and a rest; only the rests are free.
    """
    scores = pearson_of(ranks)
    others = [k for k in range(len(ranks)) if k not in (i, j)]
    follows = np.linalg.pinv(scores[np.ix_(others, others)], rcond=1e-9, hermitian=True)
    a, b = scores[i, others], scores[j, others]
    middle, rests = float(a @ follows @ b), np.maximum([1 - a @ follows @ a, 1 - b @ follows @ b], 0.0)
    reach, units = math.sqrt(float(rests.prod())), 10**DIGITS
    ends = rank_of(np.clip([middle - reach, middle + reach], -1.0, 1.0)) * units
    low, high = max(math.ceil(float(ends[0])), 1 - units), min(math.floor(float(ends[1])), units - 1)
    return (low / units, high / units) if low <= high else None


# --- what comes of it -------------------------------------------------------------------------------------


def achieved_rank(law_a: Quantiles, law_b: Quantiles, rank: float) -> float:
    """Spearman's rank correlation of two inputs under the copula that is asked for ``rank``.

    Ties share their mean rank. For continuous laws that is ``rank`` itself, to 1e-3; values of a discrete
    one tie, and the correlation comes out smaller. Computed on a fixed lattice, not drawn. 0 where either
    takes one value only.
    """
    n, step = _LATTICE
    first = np.arange(n)
    own = (np.stack([first, first * step % n]) + 0.5) / n
    u = Copula.of(("a", "b"), {("a", "b"): rank}).uniforms(own)
    a, b = (_mean_ranks(np.asarray(law.ppf(row))) for law, row in zip((law_a, law_b), u, strict=True))
    spread = math.sqrt(float(a @ a) * float(b @ b))
    return float(a @ b) / spread if spread > 0 else 0.0


def _mean_ranks(x: Array) -> Array:
    """Ranks about their mean, those of equal values shared: ndarray (n,)."""
    _, inverse, counts = np.unique(x, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    return np.asarray(ranks[inverse.ravel()] - (len(x) + 1) / 2)
