"""Points through which no metalog passes, and the one percentile whose move mends them and is least."""

from __future__ import annotations

import math

import numpy as np

from mcost.metalog.bounds import from_line, to_line
from mcost.metalog.points import listed, named
from mcost.metalog.rising import rises
from mcost.metalog.solving import solved
from mcost.metalog.terms import FAR, Array, basis_at, slope_of, split


class InfeasibleMetalogError(ValueError):
    """No metalog with as many terms as points passes through the points.

    Attributes
    ----------
    reason : str
        A plain sentence without its full stop, naming the points and the bounds.
    point : float or None
        The probability of the one percentile to move; None if moving no single one is enough.
    nearest : float or None
        The value of that percentile, nearest to the one given, with which :func:`fit` succeeds
        (same unit as the values); None if `point` is None.  It is rounded, on the feasible side,
        to about a thousandth of the distance to the next point or bound.
    """

    def __init__(self, reason: str, point: float | None, nearest: float | None) -> None:
        super().__init__(reason, point, nearest)
        self.reason = reason
        self.point = point
        self.nearest = nearest

    def __str__(self) -> str:
        if self.point is None or self.nearest is None:
            return f"{self.reason}; moving one percentile is not enough, so give fewer of them"
        return f"{self.reason}; nearest feasible: {named(self.point, self.nearest)}"


def infeasible(probability: Array, x: Array, low: float | None, high: float | None) -> InfeasibleMetalogError:
    """The error for infeasible points, with the one move that mends them and is least.

    The slope of M is linear in each point's M-value, so the values that mend one point, the
    others fixed, are an interval.  A grid gives it roughly and bisection, on the test that `fit`
    itself uses, its end towards the value given.  Moves are compared relative to the range of
    the points, on the scale of x or that of M, whichever makes them larger.
    """
    m = to_line(x, low, high)
    grid = np.linspace(-FAR, FAR, 3201)
    inverse = np.linalg.inv(basis_at(probability))  # regular, or there were no coefficients
    # Slope of M on the grid, which reaches the limit in both tails, per unit of each M-value,
    # shape (3201, k).
    effect = np.stack([slope_of(*split(column), grid) for column in inverse.T], axis=1)

    def moved(j: int, move: float) -> Array:
        """The points with one of them moved, on the scale of M."""
        with np.errstate(over="ignore", under="ignore"):
            value = from_line(m[j] + np.array(move), low, high)
        return np.where(np.arange(len(x)) == j, value, x)

    best: tuple[float, int, float] | None = None
    for j in range(len(x)):
        own = effect[:, j]
        rest = effect @ np.where(np.arange(len(m)) == j, 0.0, m - m[j])
        lower = float(np.max(-rest[own > 0.0] / own[own > 0.0], initial=-np.inf))
        upper = float(np.min(-rest[own < 0.0] / own[own < 0.0], initial=np.inf))
        if not -math.inf < lower < upper < math.inf:
            continue
        near, far = (lower, upper) if abs(lower) < abs(upper) else (upper, lower)
        tries = (near + (far - near) * share for share in (0.5, 0.1, 0.01, 0.001, 0.0001))
        good = next((v for v in tries if _feasible(probability, moved(j, v), low, high)), None)
        if good is None:
            continue
        bad = 0.0
        while abs(good - bad) > 1e-6 * abs(good):
            middle = 0.5 * (good + bad)
            if _feasible(probability, moved(j, middle), low, high):
                good = middle
            else:
                bad = middle
        change = max(abs(good) / (m[-1] - m[0]), abs(moved(j, good)[j] - x[j]) / (x[-1] - x[0]))
        if best is None or change < best[0]:
            best = float(change), j, good

    bounds = [f"{name} bound {b:.15g}" for name, b in (("lower", low), ("upper", high)) if b is not None]
    within = f" with {' and '.join(bounds)}" if bounds else ""
    reason = f"no metalog{within} passes through {listed(probability, x)}"
    if best is None:
        return InfeasibleMetalogError(reason, None, None)
    _, j, move = best
    mended = moved(j, move)
    edge = float(mended[j])
    for value in _rounded(edge, 1 if move > 0.0 else -1, mended, low, high):
        if _feasible(probability, np.where(np.arange(len(x)) == j, value, x), low, high):
            return InfeasibleMetalogError(reason, float(probability[j]), value)
    return InfeasibleMetalogError(reason, float(probability[j]), edge)


def _feasible(probability: Array, x: Array, low: float | None, high: float | None) -> bool:
    """Whether `fit` would accept the points, shape (k,) each and of valid probabilities."""
    above = [] if low is None else [low]
    below = [] if high is None else [high]
    ordered = np.diff(np.concatenate([above, x, below])) > 0.0
    if not (np.all(np.isfinite(x)) and np.all(ordered)):
        return False
    coefficients = solved(probability, to_line(x, low, high))
    return coefficients is not None and rises(coefficients)


def _rounded(edge: float, side: int, x: Array, low: float | None, high: float | None) -> list[float]:
    """Ever finer decimals just above (side 1) or below (side -1) the edge, one of the points x."""
    others = [float(v) for v in (*x, *(b for b in (low, high) if b is not None)) if v != edge]
    gap = min(abs(edge - v) for v in others)
    first = math.floor(math.log10(max(1e-3 * gap, 1e-290)))
    out = []
    for exponent in range(first, first - 8, -1):
        unit = float(f"1e{exponent}")
        count = math.ceil(edge / unit) if side > 0 else math.floor(edge / unit)
        out.append(float(f"{count}e{exponent}"))
    return out
