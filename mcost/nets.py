"""Randomised quasi-Monte Carlo: points that fill the unit cube evenly, in independent replicates.

Every dimension is a digital sequence in base 2 of its own (Sobol's, with the direction numbers of Joe and Kuo
2008), scrambled by a random lower triangular matrix and a random shift (Matoušek 1998), afresh in every
replicate. Each point by itself is uniform, so a mean over the points of a replicate is unbiased; replicates
are independent, so their spread is an honest standard error (Owen 1997; L'Ecuyer 2018, *Randomized
quasi-Monte Carlo: an introduction for practitioners*).

Futures are ordered point by point, and within a point replicate by replicate: the first n futures are the
first n / REPLICATES points of every replicate.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib import resources
from typing import Literal, get_args

import numpy as np

from mcost.errors import McostError, shown
from mcost.law import Array

Sampler = Literal["qmc", "mc"]
"""Randomised quasi-Monte Carlo, or plain Monte Carlo."""

SAMPLERS: tuple[Sampler, ...] = get_args(Sampler)

REPLICATES = 32
"""Independent replicates: a standard error is that of their mean, with REPLICATES - 1 degrees of freedom."""

LEAST = 2.0**-54
"""Uniforms end here: the quantile of 0 may be infinite."""

_BITS = 32
_COLUMNS = 26
"""Points a replicate, at most: 2^26, of 2 · 10^9 futures."""

_PLACES = np.arange(_BITS - 1, -1, -1, dtype=np.uint32)
_ONES = np.uint32(1) << _PLACES
_BELOW = _ONES - np.uint32(1)

Rng = np.random.Generator


def check_sampler(sampler: str) -> None:
    """McostError where there is no such sampler."""
    if sampler not in SAMPLERS:
        raise McostError(f"sampler: found {shown(sampler)}; expected {' or '.join(SAMPLERS)}")


def whole_number(draws: int, sampler: Sampler) -> int:
    """The number of futures that is simulated where ``draws`` are asked for: at least as many, and of every
    replicate as many; a power of two of them where points are quasi-random.
    """
    each = -(-draws // REPLICATES)
    return REPLICATES * (1 << (each - 1).bit_length() if sampler == "qmc" else each)


def stream(seed: int, name: str, purpose: str, block: int = 0) -> Rng:
    """The random numbers of one purpose of one name; no other name, purpose, seed or block shares them."""
    words = np.frombuffer(hashlib.sha256(f"{name}\0{purpose}".encode()).digest()[:16], dtype="<u4")
    key = np.random.SeedSequence(seed, spawn_key=(*map(int, words), block))
    return np.random.Generator(np.random.SFC64(key))


def uniforms(seed: int, name: str, purpose: str, dimension: int | None, block: int, n: int) -> Array:
    """One coordinate of block number ``block`` of n futures each: ndarray (n,), strictly between 0 and 1.

    name, purpose : whose coordinate it is; its scrambling is its own.
    dimension : of Sobol's sequence; None for a digital sequence drawn at random, which fills its own axis as
        evenly, and any plane with another one as a random sample does.
    n : a power of two times REPLICATES; any block of this size is a whole net.
    """
    points = n // REPLICATES
    low, fill = _first(seed, name, purpose, dimension, points)
    start = block * points
    if start:
        columns = _matrix(seed, name, purpose, dimension, points.bit_length() - 1, _COLUMNS)
        low = low ^ np.bitwise_xor.reduce(columns[_ones_of(block)], axis=0)
    u: Array = np.multiply(low, 2.0**-_BITS)
    u += fill
    return u.reshape(n)


@lru_cache(maxsize=16)
def _ones_of(number: int) -> np.ndarray:
    """The places of the ones in a number, the lowest first."""
    return np.flatnonzero([number >> k & 1 for k in range(number.bit_length())])


@lru_cache(maxsize=1024)
def _first(
    seed: int, name: str, purpose: str, dimension: int | None, points: int
) -> tuple[np.ndarray, Array]:
    """The first points of every replicate, ndarray (points, R), and what follows their last bit, (R,)."""
    rng = stream(seed, name, f"{purpose} shift")
    low = rng.integers(2**32, size=(1, REPLICATES), dtype=np.uint32)
    fill = np.maximum(rng.integers(2 ** (53 - _BITS), size=REPLICATES) * 2.0**-53, LEAST)
    for column in _matrix(seed, name, purpose, dimension, 0, points.bit_length() - 1):
        low = np.concatenate([low, low ^ column])
    low.flags.writeable = fill.flags.writeable = False
    return low, fill


@lru_cache(maxsize=2048)
def _matrix(seed: int, name: str, purpose: str, dimension: int | None, first: int, last: int) -> np.ndarray:
    """Columns of the generating matrix of each replicate, scrambled: ndarray (last - first, R)."""
    rng, shape = stream(seed, name, f"{purpose} net"), (_BITS, REPLICATES)
    scramble = rng.integers(2**32, size=shape, dtype=np.uint32) & _BELOW[:, None] | _ONES[:, None]
    if dimension is None:
        above = rng.integers(2**32, size=shape, dtype=np.uint32) & ~(_BELOW | _ONES)[:, None]
        sequence = (above | _ONES[:, None])[first:last]
    else:
        sequence = _directions(dimension)[first:last, None]
    bits = sequence[:, None, :] >> _PLACES[:, None] & np.uint32(1)
    return np.asarray(np.bitwise_xor.reduce(bits * scramble, axis=1))


@lru_cache(maxsize=1)
def _numbers() -> tuple[tuple[int, ...], ...]:
    """Degree, coefficients and first direction numbers of each dimension from the second on."""
    text = resources.files("mcost").joinpath("sobol.txt").read_text(encoding="ascii")
    return tuple(tuple(map(int, line.split())) for line in text.splitlines() if not line.startswith("#"))


@lru_cache(maxsize=512)
def _directions(dimension: int) -> np.ndarray:
    """The generating matrix of a dimension of Sobol's sequence, as numbers of 32 bits: (_COLUMNS,)."""
    if dimension == 0:
        m = [1] * _COLUMNS
    else:
        degree, coefficients, *m = _numbers()[dimension - 1]
        for k in range(len(m), _COLUMNS):
            new = m[k - degree] ^ m[k - degree] << degree
            for i in range(1, degree):
                new ^= (coefficients >> (degree - 1 - i) & 1) * (m[k - i] << i)
            m.append(new)
    return np.array([number << (_BITS - 1 - k) for k, number in enumerate(m[:_COLUMNS])], dtype=np.uint32)
