"""Conditional expectations from draws already made: E[y | x] by penalised regression, on plain arrays.

One input gets a natural cubic spline on quantile knots, or exact group means where it takes few values. A
group gets products of such splines' functions. Every fit is one linear map of y, known in full, so that its
degrees of freedom, its noise at each draw and its influence on whatever is computed from it are known too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, combinations_with_replacement, product
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mcost.errors import McostError
from mcost.estimate import Estimate
from mcost.law import Array

FEWEST = 20
"""Draws below which nothing is fitted; for a group, also four for each input."""

LEVELS = 16
"""An input with no more distinct values than this gets the mean of each."""

FULL = 5
"""Groups of up to this many inputs get products of all orders; larger ones the products that matter."""

FEATURES = 400
"""Columns of a group's design at most; and never more than a twentieth of the draws."""

_INFLATION = 1.4  # each degree of freedom counts so much in GCV, against overfit (Kim and Gu 2004)
_STRENGTHS = np.logspace(-9, 5, 43)  # of smoothing, relative to the data
_LUCK = 6.25  # 2.5 standard errors, squared: what a column of many must exceed to be believed
_NARROWEST = 1e-7  # distance of knots, of their range; narrower ones are stretched to it, for the digits
_JITTER = 1e-10  # keeps inputs that are copies of one another solvable; smaller than any strength
_ROUNDING = 1e-11  # of the columns' own size, added for the digits
_ROWS = 4096  # draws handled at once where a whole design would be copied


@dataclass(frozen=True)
class Fit:
    """E[y | x] at the draws themselves.

    fitted, residual : ndarray (m, n), the unit of y; their sum is y, and each outcome's residuals sum to 0.
    degrees_of_freedom : ndarray (m,), trace of each outcome's smoother, its mean included.
    warning : what is wrong with the fit, in plain words, or None.
    """

    fitted: Array
    residual: Array
    degrees_of_freedom: Array
    warning: str | None
    _smoother: _Smoother

    @property
    def residual_variance(self) -> Array:
        """Variance of y given x, ndarray (m,): ``RSS / (n - degrees of freedom)``."""
        left = np.maximum(self.residual.shape[1] - self.degrees_of_freedom, 1.0)
        return np.asarray((self.residual**2).sum(axis=1) / left)

    @cached_property
    def leverage(self) -> Array:
        """Noise of each fitted value, ndarray (m, n): its variance per unit of residual variance."""
        return self._smoother.leverage()

    def smooth(self, z: Array) -> Array:
        """Each outcome's smoother, applied to other values z (m, n) at the same draws; it is symmetric."""
        return self._smoother.smooth(z)

    @property
    def shares(self) -> list[Estimate]:
        """Var(E[y | x]) / Var(y) of each outcome: see :func:`variance_share`."""
        return [
            _share(*outcome)
            for outcome in zip(self.fitted, self.residual, self.degrees_of_freedom, strict=True)
        ]


def conditional_mean(y: ArrayLike, x: ArrayLike, *, name: str = "x") -> Fit:
    """E[y | x] of one or several outcomes, from draws of both.

    y : array-like (m, n) or (n,), outcomes, any unit. x : array-like (n,) or (k, n), one input or a group.
    name : what messages call x.

    One input: a natural cubic spline on about ``4 n^(1/5)`` quantile knots, its second derivatives penalised
    in the measure of the draws (straight lines are free), smoothed by generalised cross-validation; a value
    that many draws share gets a mean of its own, and an input of at most 16 values the mean of each. Groups
    of up to 5: products of all orders of each input's smoothest functions, fewer the rougher (a hyperbolic
    cross). Larger groups: each input's functions, the products of pairs that the residuals show, and of
    triples among those; ridge by cross-validation. No randomness is used.

    Sources: Wood (2017), Generalized Additive Models, 5.3 (the spline) and 6.2 (GCV); Gu (2013), Smoothing
    Spline ANOVA Models (products); Strong, Oakley and Brennan (2014), regression on the draws already made.

    Raises McostError where shapes do not fit, a number is not finite, or there are fewer than 20
    draws, or than 4 for each input.

    >>> x = np.linspace(-1, 1, 101)
    >>> bool(np.allclose(conditional_mean(3 * x, x).fitted, 3 * x))
    True
    """
    outcomes, inputs = _checked(y, x, name)
    varied = inputs[[not _constant(row) for row in inputs]]
    if len(varied) == 1:
        return _fitted(outcomes, *_one_input(varied[0]), varied)
    if len(varied) == 0:
        return _fitted(outcomes, *_groups(np.zeros(inputs.shape[1], dtype=np.intp), 1))
    design, penalty = _small_group(varied) if len(varied) <= FULL else _large_group(varied, outcomes)
    return _fitted(outcomes, design, _adapted(design, penalty, outcomes), varied)


def block_means(y: ArrayLike, x: ArrayLike, blocks: int | None = None, *, name: str = "x") -> Fit:
    """E[y | x] as the mean over blocks of sorted x: crude, without assumptions, the check on a spline.

    y : array-like (m, n) or (n,). x : array-like (n,). blocks : their number, unsaid ``n^(1/3)``. Blocks hold
    equally many draws, but for equal values of x, which stay together.

    Raises McostError as :func:`conditional_mean` does, for a group, and for fewer than 1 or over n blocks.
    """
    outcomes, inputs = _checked(y, x, name)
    if len(inputs) != 1:
        raise McostError(f"{name}: found {len(inputs)} inputs; expected one, blocks are sorted by one")
    n = inputs.shape[1]
    count = round(n ** (1 / 3)) if blocks is None else blocks
    if not 1 <= count <= n:
        raise McostError(f"blocks: found {count}; expected 1 to {n}, the number of draws")
    _, of, sizes = np.unique(inputs[0], return_inverse=True, return_counts=True)
    middles = np.cumsum(sizes) - sizes / 2  # a value belongs where the middle of its draws lies
    labels = np.unique((middles * count / n).astype(np.intp), return_inverse=True)[1][of]
    return _fitted(outcomes, *_groups(labels, int(labels.max()) + 1))


def variance_share(y: ArrayLike, x: ArrayLike) -> Estimate:
    """First-order share of variance from given draws: ``Var(E[y | x]) / Var(y)``, for an input or a group.

    y : array-like (n,). x : array-like (n,) or (k, n). Where inputs are correlated, it includes what x tells
    about them.

    The bias is taken off: ``1 - (RSS / (n - df)) / (TSS / (n - 1))``, so that an input without any effect
    gives 0 on average, and may give a little less. The standard error is that of the influence function
    ``((1 - share) (y - mean)² - (y - E[y|x])²) / Var(y)``, plus the noise of the fit itself.

    Raises McostError as :func:`conditional_mean` does.

    >>> x = np.linspace(-1, 1, 101)
    >>> round(variance_share(2 * x + 1, x).value, 6)
    1.0
    """
    if np.ndim(y) != 1:
        raise McostError(f"y: found shape {np.shape(y)}; expected (draws,)")
    return conditional_mean(y, x).shares[0]


def _share(fitted: Array, residual: Array, freedom: float) -> Estimate:
    n = fitted.size
    squares = (fitted + residual - np.mean(fitted)) ** 2
    variance = float(squares.sum()) / (n - 1)
    if variance <= 1e-24 * float(np.max(np.abs(fitted))) ** 2:
        return Estimate(0.0, 0.0, n)
    unknown = float((residual**2).sum()) / max(n - float(freedom), 1.0) / variance
    influence = unknown * squares - residual**2
    noise = math.sqrt(2 * max(float(freedom) - 1, 0.0)) * unknown / n
    return Estimate(1 - unknown, math.hypot(float(np.std(influence)) / variance / math.sqrt(n), noise), n)


def _checked(y: ArrayLike, x: ArrayLike, name: str) -> tuple[Array, Array]:
    """y as (m, n) and x as (k, n), finite, on the same draws; raises McostError where they are not."""
    outcomes, inputs = _rows("y", y, "outcomes"), _rows(name, x, "inputs")
    n = outcomes.shape[1]
    if inputs.shape[1] != n:
        raise McostError(f"{name}: found {inputs.shape[1]} draws; expected {n}, as many as outcomes have")
    fewest = max(FEWEST, 4 * len(inputs))
    if n < fewest:
        several = "" if len(inputs) == 1 else f" of {len(inputs)} inputs"
        raise McostError(f"{name}: found {n} draws; expected {fewest} or more, for a regression{several}")
    return outcomes, inputs


def _rows(name: str, values: ArrayLike, rows: str) -> Array:
    try:
        table = np.asarray(values, dtype=float)
    except (ValueError, TypeError):
        raise McostError(f"{name}: found no numbers; expected (draws,) or ({rows}, draws)") from None
    if table.ndim not in (1, 2) or table.size == 0:
        raise McostError(f"{name}: found shape {table.shape}; expected (draws,) or ({rows}, draws)")
    table = np.atleast_2d(table)
    if not np.isfinite(table).all():
        row, column = (int(k[0]) for k in np.nonzero(~np.isfinite(table)))
        raise McostError(
            f"{name}: found {table[row, column]} in row {row}, draw {column}; expected finite numbers"
        )
    return table


def _constant(row: Array) -> bool:
    low, high = float(row.min()), float(row.max())
    return high - low <= 1e-12 * max(abs(low), abs(high))


# --- designs ----------------------------------------------------------------------------------------------


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
class _Local:
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
class _Dense:
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


def _groups(labels: NDArray[np.intp], count: int) -> tuple[Design, Array]:
    """A mean for each label 0 … count - 1, none of them penalised."""
    return _Local(labels[None], np.ones((1, labels.size)), np.eye(count)), np.zeros((count, count))


def _one_input(x: Array) -> tuple[Design, Array]:
    ordered = np.sort(x)
    levels = ordered[_starts(ordered)]
    if len(levels) <= LEVELS:
        return _groups(np.searchsorted(levels, x), len(levels))
    return _spline(x, round(4 * x.size**0.2), ordered)


def _starts(ordered: Array) -> NDArray[np.intp]:
    """Where in an ordered array each distinct value begins."""
    return np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))


def _spline(x: Array, knots: int, ordered: Array) -> tuple[Design, Array]:
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
    return _Local(columns, values, reduction), penalty


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


# --- groups -----------------------------------------------------------------------------------------------

Term = tuple[tuple[int, int], ...]
"""A product of functions: (input, its function's place from 1 on, smoothest first), inputs rising."""


def _functions(x: Array, count: int) -> Array:
    """Up to ``count`` functions of one input, ndarray (q, n): mean 0, orthonormal, the smoothest first."""
    design, penalty = _spline(x, count + 2, np.sort(x))
    roots, rough = _pencil(design.gram, penalty)
    # the constant lies in the span of what is not penalised: leave it out there
    free = int(np.count_nonzero(rough < 1e-8 * rough.max())) if rough.max() > 0 else len(rough)
    constant = roots[:, :free].T @ design.moments(np.ones((1, x.size)))
    turned = np.linalg.qr(np.hstack([constant, np.eye(free)]))[0][:, 1:]
    roots = np.hstack([roots[:, :free] @ turned, roots[:, free:]])
    return design.at(roots[:, :count])


def _small_group(x: Array) -> tuple[Design, Array]:
    k, n = x.shape
    functions = [_functions(row, 14 if k == 2 else 10) for row in x]
    room = max(k, min(FEATURES, n // 20))
    ranked = sorted(_cross([len(f) for f in functions], room), key=lambda t: (_complexity(t), len(t), t))
    return _products(functions, ranked[:room])


def _complexity(term: Term) -> int:
    return math.prod(place + 1 for _, place in term)


def _cross(counts: Sequence[int], room: int) -> list[Term]:
    """Terms of least complexity, at least ``room`` of them where there are so many."""
    limit = 2
    while True:
        found: list[tuple[int, Term]] = [(1, ())]
        for i, count in enumerate(counts):
            found += [
                (size * (a + 1), (*term, (i, a)))
                for size, term in found
                for a in range(1, min(count, limit // size - 1) + 1)
            ]
        if len(found) > room or limit >= math.prod(c + 1 for c in counts):
            return [term for _, term in found if term]
        limit *= 2


def _large_group(x: Array, y: Array) -> tuple[Design, Array]:
    k, n = x.shape
    room = max(k, min(FEATURES, n // 20))
    each = max(1, min(6, round(0.6 * room / k)))
    functions = [_functions(row, each) for row in x]
    mains: list[Term] = [((i, a),) for i in range(k) for a in range(1, len(functions[i]) + 1)]
    first = _Smoother.of(*_products(functions, mains), y)
    pairs = _pairs(np.stack([f[0] for f in functions]), y - first.smooth(y))
    terms = list(mains)
    chosen = pairs[: max(1, (room - len(mains)) // 5)]
    known = set(chosen)
    for i, j in chosen:
        degrees = [(1, 1), (1, 2), (2, 1)]
        terms += [((i, a), (j, b)) for a, b in degrees if a <= len(functions[i]) and b <= len(functions[j])]
    triples = [
        (i, j, h) for (i, j), h in product(chosen, range(k)) if h > j and ((i, h) in known or (j, h) in known)
    ]
    terms += [((i, 1), (j, 1), (h, 1)) for i, j, h in triples]
    return _products(functions, terms[:room])


def _pairs(z: Array, residual: Array) -> list[tuple[int, int]]:
    """Pairs of inputs whose product the residuals follow beyond noise, the strongest first."""
    n = z.shape[1]
    square = z**2
    norm = square @ square.T / n
    strength = np.zeros(norm.shape)
    for row in residual:
        spread = float(row @ row) / n
        if spread > 0:
            strength = np.maximum(strength, ((z * row) @ z.T / n) ** 2 * n / (norm * spread))
    found = [(strength[i, j], i, j) for i, j in combinations(range(len(z)), 2) if strength[i, j] > _LUCK]
    return [(i, j) for _, i, j in sorted(found, reverse=True)]


def _adapted(design: Design, penalty: Array, y: Array) -> Array:
    """A penalty that spares the columns that matter: ``1 / (t² - 2.5²)``, by their t in a first fit.

    Ridge at one strength shrinks what is there as much as what is not. For a column of effect c and noise
    σ²/n, the best strength is σ²/n / c², and 1 / (t² - 1) estimates it; with 2.5² in place of 1, most columns
    that only luck makes look large are not believed. Those keep their penalty, at most 100.
    """
    centred = y - y.mean(axis=1, keepdims=True)
    first = _Smoother.of(design, penalty, centred)
    left = ((centred - first.smooth(centred)) ** 2).mean(axis=1) + 1e-14 * (centred**2).mean(axis=1)
    effect = first.roots @ (first.kept * (first.roots.T @ design.moments(centred)))
    noise = first.roots**2 @ (first.kept**2 * first.share[:, None]) * left / design.n
    strength = np.divide(effect**2, noise, out=np.zeros(noise.shape), where=noise > 0).max(axis=1)
    base = penalty.diagonal()
    weights = 1 / np.clip(strength - _LUCK, 1 / np.clip(base, 1.0, 100.0), 1e6)
    return np.diag(np.where(base > 0, weights, 0.0))


def _products(functions: Sequence[Array], terms: Iterable[Term]) -> tuple[Design, Array]:
    columns, weights = [np.ones(functions[0].shape[1])], [0.0]
    for term in terms:
        column = math.prod(
            (functions[i][a - 1] for i, a in term[1:]), start=functions[term[0][0]][term[0][1] - 1]
        )
        column = column - column.mean()
        size = math.sqrt(float(column @ column) / column.size)
        if size > 1e-9:
            columns.append(column / size)
            weights.append(math.prod(float(a) ** 4 for _, a in term))
    return _Dense(np.stack(columns, axis=1)), np.diag(weights)


# --- the fit ----------------------------------------------------------------------------------------------


def _pencil(gram: Array, penalty: Array) -> tuple[Array, Array]:
    """T and r with ``T'(G + εP)T = I`` and ``T'PT = diag(r)``, r rising; P scaled to the size of G."""
    size = np.trace(penalty)
    scaled = penalty * (np.trace(gram) / size) if size > 0 else penalty
    root = np.linalg.cholesky(
        gram + _JITTER * scaled + _ROUNDING * np.trace(gram) / len(gram) * np.eye(len(gram))
    )
    inverse = np.linalg.inv(root)
    rough, turn = np.linalg.eigh(inverse @ scaled @ inverse.T)
    return inverse.T @ turn, np.clip(rough, 0.0, 1 / _JITTER)


@dataclass(frozen=True)
class _Smoother:
    """``S = Φ T diag(d) T'Φ' / n``, one d for each outcome.

    roots : T (p, p). kept : d (p, m). share : ``1 - ε r`` (p,), the part of a direction that is data.
    """

    design: Design
    roots: Array
    kept: Array
    share: Array

    @classmethod
    def of(cls, design: Design, penalty: Array, y: Array) -> _Smoother:
        """Smoothed by generalised cross-validation, each outcome by itself (Craven and Wahba 1979)."""
        roots, rough = _pencil(design.gram, penalty)
        share = 1 - _JITTER * rough
        power = (roots.T @ design.moments(y)) ** 2  # (p, m)
        kept = 1 / (1 + (_STRENGTHS[:, None] - _JITTER) * rough)  # (strengths, p)
        total = (y**2).mean(axis=1)
        left = total - (2 * kept - kept**2 * share) @ power  # (strengths, m)
        freedom = kept @ share
        room = np.maximum(1 - _INFLATION * freedom / design.n, 1e-3)
        score = np.maximum(left, 1e-14 * total) / room[:, None] ** 2
        return cls(design, roots, kept[np.argmin(score, axis=0)].T, share)

    @property
    def freedom(self) -> Array:
        return np.asarray(self.share @ self.kept)

    def smooth(self, z: Array) -> Array:
        return self.design.at(self.roots @ (self.kept * (self.roots.T @ self.design.moments(z))))

    def leverage(self) -> Array:
        return self.design.forms(self.roots, self.kept**2 * self.share[:, None] / self.design.n)


def _fitted(y: Array, design: Design, penalty: Array, x: Array | None = None) -> Fit:
    """The fit, held against sorted blocks of the inputs x that are given."""
    means = y.mean(axis=1, keepdims=True)
    centred = y - means
    smoother = _Smoother.of(design, penalty, centred)
    fitted = smoother.smooth(centred)
    fitted -= fitted.mean(axis=1, keepdims=True)  # rounding, where an input spans many magnitudes
    residual = centred - fitted
    warning = None if x is None else _doubt(x, centred, residual, smoother)
    return Fit(fitted + means, residual, smoother.freedom, warning, smoother)


def _doubt(x: Array, centred: Array, residual: Array, smoother: _Smoother) -> str | None:
    """Whether residuals still follow an input: their means over blocks of it against pure noise."""
    n = x.shape[1]
    blocks = min(128, max(4, n // 100))
    width = n // blocks
    worst, where = 0.0, 0
    total = (centred**2).mean(axis=1)
    left = (residual**2).mean(axis=1)
    for i, row in enumerate(x):
        order = np.argsort(row)[: blocks * width]
        sums = residual[:, order].reshape(len(residual), blocks, width).sum(axis=2)
        between = (sums**2).sum(axis=1) / width
        excess = between - blocks * left
        for t, v, e in zip(total, left, excess, strict=True):
            # six standard errors of a chi-squared, and two thousandths of the variance
            if t > 0 and e > 6 * math.sqrt(2 * blocks) * v and e > 0.002 * t * n and e / (t * n) > worst:
                worst, where = e / (t * n), i
    if worst:
        which = "x" if len(x) == 1 else f"input {where} of the group"
        return f"the fit is poor: what it leaves over still follows {which}, {worst:.1%} of the variance"
    if float(smoother.freedom.max()) > n / 10:
        return f"the fit is unsure: {float(smoother.freedom.max()):.0f} degrees of freedom on {n} draws"
    return None
