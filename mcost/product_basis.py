"""A group's design: products of each input's smoothest functions, and a penalty that spares what matters."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import combinations, product

import numpy as np

from mcost.design import Dense, Design
from mcost.law import Array
from mcost.smoother import Smoother, pencil
from mcost.spline import spline

FULL = 5
"""Groups of up to this many inputs get products of all orders; larger ones the products that matter."""

FEATURES = 400
"""Columns of a group's design at most; and never more than a twentieth of the draws."""

_LUCK = 6.25  # 2.5 standard errors, squared: what a column of many must exceed to be believed

Term = tuple[tuple[int, int], ...]
"""A product of functions: (input, its function's place from 1 on, smoothest first), inputs rising."""


def several_inputs(x: Array, y: Array) -> tuple[Design, Array]:
    """Products of functions of the inputs x (k, n), and how each is penalised for the outcomes y (m, n)."""
    design, penalty = _small_group(x) if len(x) <= FULL else _large_group(x, y)
    return design, _adapted(design, penalty, y)


def _functions(x: Array, count: int) -> Array:
    """Up to ``count`` functions of one input, ndarray (q, n): mean 0, orthonormal, the smoothest first."""
    design, penalty = spline(x, count + 2, np.sort(x))
    roots, rough = pencil(design.gram, penalty)
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
    first = Smoother.of(*_products(functions, mains), y)
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
    first = Smoother.of(design, penalty, centred)
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
    return Dense(np.stack(columns, axis=1)), np.diag(weights)
