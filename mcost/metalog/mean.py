"""The mean of a metalog: of M itself, of exp M and of the logit metalog, by what each of them allows."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import expit

from mcost.metalog.bounds import from_line
from mcost.metalog.terms import FAR, NEAR_ONE, Array, at_end, line_at, slope_of


def unbounded_mean(s: Array, t: Array) -> float:
    """Mean of M over y in (0, 1), in closed form.

    t^i has the mean 2^-i / (i + 1) for even i and 0 for odd; L t^i, by parts, the mean
    4^(1-n) / (2 n) (1 + 1/3 + ... + 1/(2 n - 1)) with 2 n = i + 1 for odd i, and 0 for even.
    Keelin 2016 gives the same for the first terms: a1 + a3 / 2 + a5 / 12 + ...
    """
    parts = [float(c) * 0.5**i / (i + 1) for i, c in enumerate(s) if i % 2 == 0]
    for i, c in enumerate(t):
        if i % 2 == 1:
            n = (i + 1) // 2
            harmonic = math.fsum(1.0 / (2 * j + 1) for j in range(n))
            parts.append(float(c) * 0.25 ** (n - 1) / (2 * n) * harmonic)
    return math.fsum(parts)


def exponential_mean(s: Array, t: Array) -> float:
    """Mean of exp M over y in (0, 1), inf if the upper tail slope of M is at least 1.

    By quadrature in the logit up to 40 either way, and in closed form beyond, where M is straight.
    """
    upper, lower = at_end(t, 1), at_end(t, -1)
    if upper >= 1.0 - NEAR_ONE:
        return math.inf
    nodes, weights = _quadrature(s, t)
    middle = 0.5 * np.tanh(0.5 * nodes)
    decay = np.abs(nodes)
    with np.errstate(over="ignore", under="ignore"):
        m = line_at(s, t, middle, nodes)
        core = np.sum(weights * np.exp(m - decay - 2.0 * np.log1p(np.exp(-decay))))
        above = np.exp(at_end(s, 1) - (1.0 - upper) * FAR) / (1.0 - upper)
        below = np.exp(at_end(s, -1) - (1.0 + lower) * FAR) / (1.0 + lower)
    return float(core + above + below)


def bounded_mean(s: Array, t: Array, low: float, high: float) -> float:
    """Mean of (low + high exp M) / (1 + exp M) over y in (0, 1), by quadrature."""
    nodes, weights = _quadrature(s, t)
    middle = 0.5 * np.tanh(0.5 * nodes)
    with np.errstate(under="ignore"):
        x = from_line(line_at(s, t, middle, nodes), low, high)
        mass = weights * expit(nodes) * expit(-nodes)
    return float(np.sum(x * mass) / np.sum(mass))


def _quadrature(s: Array, t: Array) -> tuple[Array, Array]:
    """Logits from -40 to 40 and their weights, shape (n,) each, fine enough for exp M and expit M.

    Composite Gauss-Legendre rule of 16 points on panels half a logit wide, or less where M is
    steep, so that M changes by about 1 over each.
    """
    steepest = float(np.max(slope_of(s, t, np.linspace(-FAR, FAR, 3201))))
    panels = math.ceil(2.0 * FAR * min(max(2.0, steepest), 500.0))
    x, w = np.polynomial.legendre.leggauss(16)
    half = FAR / panels
    centres = -FAR + half * (2.0 * np.arange(panels) + 1.0)
    return (centres[:, None] + half * x).ravel(), np.tile(half * w, panels)
