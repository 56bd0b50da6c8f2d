"""Whether M rises everywhere, so that it is the quantile function of a distribution: the proof."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from mcost.metalog.terms import EPS, Array, added, at_end, derivative, line_at, mirrored, split

# Three terms rise everywhere iff a2 > 0 and |a3| / a2 < 2 / v, where v tanh v = 1, because the
# slope is a2 + a3 h(L), and h = t + L y (1 - y) is odd with its maximum v / 2 at L = 2 v.
# Keelin 2016 gives the constant as 1.66711.
_THREE_TERM_LIMIT = 2.0 / 1.1996786402577339

_CORE = 16.0  # |logit| up to which the slope is bounded by subdivision, and beyond by expansion
_WEIGHT = np.array([0.25, 0.0, -1.0])  # y (1 - y) = dt/dL, as a polynomial in t


def rises(coefficients: Sequence[float]) -> bool:
    """Whether M rises at every probability in (0, 1).

    True is a proof but for rounding, for which a margin is kept; curves that rise by less than
    the margin somewhere (about 1e-13 of the coefficients) count as not rising.
    """
    if len(coefficients) == 2:
        return coefficients[1] > 0.0
    if len(coefficients) == 3:
        limit = _THREE_TERM_LIMIT * (1.0 - 1e-12)
        return abs(coefficients[2]) < limit * coefficients[1]
    s, t = split(coefficients)
    return _tail_rises(s, t) and _tail_rises(*mirrored(s, t)) and _core_rises(s, t)


def _tail_rises(s: Array, t: Array) -> bool:
    """Whether M rises at all logits above 16.

    With q = 1 - y the slope is a polynomial in q plus L times another, of which the terms c0,
    q (a1 + b1 L) and a bound q^2 (a + b L) on the rest decide; q is e^-L to within its square.
    """
    inner = np.array([0.0, 1.0, -1.0])  # y (1 - y) in powers of q
    straight = added(_in_tail(t), np.convolve(inner, _in_tail(derivative(s))))
    bent = np.convolve(inner, _in_tail(derivative(t)))
    c0, a1, b1 = float(at_end(t, 1)), float(straight[1]), float(bent[1])
    a, b = float(np.sum(np.abs(straight[1:]))), float(np.sum(np.abs(bent[1:])))
    margin = 64.0 * EPS * (float(np.sum(np.abs(straight))) + float(np.sum(np.abs(bent))))
    first = math.exp(-_CORE)
    if not t.any():
        return a1 > first * a + margin
    lowest = min(0.0, first * (a1 + b1 * _CORE))
    if b1 < 0.0 and _CORE < 1.0 - a1 / b1 < 700.0:  # where e^-L (a1 + b1 L) is least
        lowest = b1 * math.exp(a1 / b1 - 1.0)
    return c0 + lowest - first**2 * (a + b * _CORE) > margin


def _in_tail(polynomial: Array) -> Array:
    """A polynomial in t, rewritten in powers of q = 1/2 - t."""
    out = np.zeros(1)
    for c in polynomial[::-1]:
        out = added(np.convolve(out, np.array([0.5, -1.0])), np.array([c]))
    return out


def _core_rises(s: Array, t: Array) -> bool:
    """Whether M rises at all logits of magnitude up to 16.

    On an interval of half-width h about c the slope g is at least g(c) - |g'(c)| h - K h^2 / 2
    with K a bound of |g''|; intervals this does not decide are halved until it does.  All the
    derivatives, in L, have the form P(t) + L Q(t), because dt/dL is the polynomial 1/4 - t^2.
    """
    p0 = added(t, np.convolve(_WEIGHT, derivative(s)))
    q0 = np.convolve(_WEIGHT, derivative(t))
    p1 = added(derivative(p0), derivative(t))  # times the weight, as all below
    q1 = derivative(q0)
    p2 = added(derivative(np.convolve(_WEIGHT, p1)), q1)
    q2 = derivative(np.convolve(_WEIGHT, q1))
    p_size, q_size, p_bound, q_bound = (at_end(np.abs(c), 1) for c in (p0, q0, p2, q2))
    margin = 64.0 * EPS * (p_size + _CORE * q_size)

    half = _CORE / 128.0
    centre = np.linspace(-_CORE + half, _CORE - half, 128)
    while centre.size:
        at = 0.5 * np.tanh(0.5 * centre)
        g = line_at(p0, q0, at, centre)
        if np.min(g) <= margin or half < 1e-12 or centre.size > 1_000_000:
            return False
        g1 = (0.25 - at**2) * line_at(p1, q1, at, centre)
        inner = np.maximum(np.abs(centre) - half, 0.0)
        curved = 0.25 / np.cosh(0.5 * inner) ** 2 * (p_bound + (np.abs(centre) + half) * q_bound)
        undecided = centre[g - np.abs(g1) * half - 0.5 * curved * half**2 <= margin]
        half *= 0.5
        centre = np.concatenate([undecided - half, undecided + half])
    return True
