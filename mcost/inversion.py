"""From a distribution function back to quantiles: by bracketing, and by a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from mcost.scales import Array

PRECISION = 2.0**-43
"""Relative width of a bracket at which a quantile counts as found: 1.1e-13."""

LEAST_U, MOST_U = 2.0**-60, 1 - 2.0**-53
LEAST_Z, MOST_Z = -8.3, 8.2
"""Normal scores between which every probability lies that is drawn."""


def inverted(
    cdf: Callable[[Array], Array], u: Array, low: Array, high: Array, f_low: Array, f_high: Array
) -> Array:
    """The smallest x with cdf(x) >= u, within a bracket cdf(low) < u <= cdf(high); all of shape (n,).

    Chandrupatla's method (1997, Advances in Engineering Software 28, 145): inverse quadratic steps where
    they are safe, else bisection. What is returned has cdf(x) >= u, and lies within ``PRECISION`` of the
    quantile, relative to it and to the bracket; that holds at jumps of the cdf too.
    """
    x1, x2, x3 = high.astype(float), low.astype(float), low.astype(float)
    f1, f2 = f_high - u, f_low - u
    f3 = f2.copy()
    absolute = PRECISION * np.abs(high - low)
    with np.errstate(all="ignore"):
        t = np.clip(np.nan_to_num(f1 / (f1 - f2), nan=0.5), 0.05, 0.95)
    touched = np.zeros(u.shape, dtype=bool)
    found, at = x1.copy(), np.arange(u.size)
    for _ in range(2000):
        width = np.abs(x2 - x1)
        tolerance = PRECISION * np.maximum(np.abs(x1), np.abs(x2)) + absolute
        open_ = width > tolerance
        found[at] = np.where(f1 >= 0, x1, x2)
        if not open_.any():
            break
        if not open_.all():
            x1, x2, x3, f1, f2, f3, t, u, absolute, touched, at, width, tolerance = (
                array[open_]
                for array in (x1, x2, x3, f1, f2, f3, t, u, absolute, touched, at, width, tolerance)
            )
        least = 0.5 * tolerance / width
        x = x1 + np.clip(t, least, 1 - least) * (x2 - x1)
        f = cdf(x) - u
        same = (f >= 0) == (f1 >= 0)
        x3, f3 = np.where(same, x1, x2), np.where(same, f1, f2)
        x2, f2 = np.where(same, x2, x1), np.where(same, f2, f1)
        x1, f1 = x, f
        with np.errstate(all="ignore"):
            xi, phi = (x1 - x2) / (x3 - x2), (f1 - f2) / (f3 - f2)
            safe = (phi**2 < xi) & ((1 - phi) ** 2 < 1 - xi)
            t = f1 / (f2 - f1) * f3 / (f2 - f3) + (x3 - x1) / (x2 - x1) * f1 / (f3 - f1) * f2 / (f3 - f2)
        t = np.where(safe & np.isfinite(t), t, 0.5)
        # A hit need not be the smallest x: one short step below it decides, and bisection if that hits too.
        hit = f1 == 0
        t = np.where(hit, np.where(touched, 0.5, 0.0), t)
        touched |= hit
    return found


@dataclass(frozen=True)
class QuantileTable:
    """A quantile function as a monotone cubic in the normal score z = Φ⁻¹(u), and its exact inverse.

    z, x, slope : ndarray (k,), knots in increasing order, and dx/dz there.
    """

    z: Array
    x: Array
    slope: Array

    def quantiles(self, z: Array) -> Array:
        """x at normal scores z; on a straight line beyond the ends."""
        k = np.clip(np.searchsorted(self.z, z, side="right") - 1, 0, self.z.size - 2)
        width = self.z[k + 1] - self.z[k]
        inside = np.clip((z - self.z[k]) / width, 0.0, 1.0)
        beyond = (z - self.z[k]) - inside * width
        with np.errstate(all="ignore"):
            end = np.where(beyond > 0, self.slope[-1], self.slope[0])
            return np.asarray(self._cubic(k, inside) + np.where(beyond == 0, 0.0, beyond * end))

    def scores(self, x: Array) -> Array:
        """Normal scores of x; on a straight line beyond the ends."""
        k = np.clip(np.searchsorted(self.x, x, side="right") - 1, 0, self.z.size - 2)
        rise = self.x[k + 1] - self.x[k]
        t = np.clip((x - self.x[k]) / rise, 0.0, 1.0)
        inside = (x >= self.x[0]) & (x <= self.x[-1])
        low, high = np.zeros_like(t), np.ones_like(t)
        close = 4 * np.finfo(float).eps * (np.abs(x) + np.abs(self.x[k]) + rise)
        with np.errstate(all="ignore"):
            for _ in range(100):
                miss = self._cubic(k, t) - x
                if np.all((np.abs(miss) <= close) | ~inside):
                    break
                low, high = np.where(miss < 0, t, low), np.where(miss >= 0, t, high)
                new = t - miss / self._cubic_slope(k, t)
                t = np.where((new >= low) & (new <= high) & np.isfinite(new), new, 0.5 * (low + high))
            z = self.z[k] + t * (self.z[k + 1] - self.z[k])
            z = np.where(x < self.x[0], self.z[0] + (x - self.x[0]) / self.slope[0], z)
            return np.where(x > self.x[-1], self.z[-1] + (x - self.x[-1]) / self.slope[-1], z)

    def slopes(self, z: Array) -> Array:
        """dx/dz at normal scores z."""
        k = np.clip(np.searchsorted(self.z, z, side="right") - 1, 0, self.z.size - 2)
        width = self.z[k + 1] - self.z[k]
        return self._cubic_slope(k, np.clip((z - self.z[k]) / width, 0.0, 1.0)) / width

    def _cubic(self, k: np.ndarray, t: Array) -> Array:
        width = self.z[k + 1] - self.z[k]
        rise = self.x[k + 1] - self.x[k]
        first, last = self.slope[k] * width, self.slope[k + 1] * width
        cubed = first + last - 2 * rise
        return np.asarray(self.x[k] + t * (first + t * (3 * rise - 2 * first - last + t * cubed)))

    def _cubic_slope(self, k: np.ndarray, t: Array) -> Array:
        width = self.z[k + 1] - self.z[k]
        rise = self.x[k + 1] - self.x[k]
        first, last = self.slope[k] * width, self.slope[k + 1] * width
        cubed = first + last - 2 * rise
        return np.asarray(first + t * (2 * (3 * rise - 2 * first - last) + 3 * t * cubed))


def table_through(z: Array, x: Array) -> QuantileTable:
    """The table through knots in increasing order, at least two.

    Slopes are those of the quartic through five neighbours, kept within what makes a cubic monotone
    (Fritsch and Carlson 1980, SIAM J. Numer. Anal. 17, 238).
    """
    k = z.size
    if k < 2:
        raise ValueError("a table needs two knots or more")
    n = min(5, k)
    start = np.clip(np.arange(k) - n // 2, 0, k - n)
    window = start[:, None] + np.arange(n)
    own = (np.arange(k) - start)[:, None]
    zs, xs = z[window], x[window]
    others = np.arange(n) != own  # (k, n): every neighbour but the knot itself
    gap = zs[:, :, None] - zs[:, None, :] + np.eye(n)
    to_own = np.where(others, z[:, None] - zs, 1.0)
    weight = np.where(others, np.prod(to_own, axis=1)[:, None] / to_own / np.prod(gap, axis=2), 0.0)
    with np.errstate(all="ignore"):
        slope = np.nan_to_num(np.sum(weight * (xs - x[:, None]), axis=1))
    chord = np.diff(x) / np.diff(z)
    most = 3 * np.minimum(np.append(chord, chord[-1]), np.insert(chord, 0, chord[0]))
    return QuantileTable(z, x, np.clip(slope, 0.0, most))


def tabulated(score: Callable[[Array], Array], guess: Array, lattice: float | None = None) -> QuantileTable:
    """The table of a law whose normal scores are given, refined until it is accurate.

    score : Φ⁻¹(P(X <= x)) of x, both ndarray (n,), smooth and rising.
    guess : ndarray (n,), values in increasing order, about evenly spread over the law.
    lattice : where the score is known at whole numbers only, counted from here: the knots are such.

    Knots are added halfway between knots until the table foretells the score there to 3e-7, and to 3e-9 in
    probability, or the value to 1e-8 of the law's scale.
    """

    def on_lattice(x: Array) -> Array:
        return x if lattice is None else lattice + np.floor(x - lattice)

    x = np.unique(on_lattice(guess))
    z = score(x)
    unsure = np.ones(x.size, dtype=bool)  # of the gap that follows each knot
    for _ in range(14):
        x, z, unsure = _rising(x, z, unsure)
        table = table_through(z, x)
        scale = float(np.interp(1.0, z, x) - np.interp(-1.0, z, x))
        at = np.flatnonzero(unsure[:-1] & (np.diff(z) > 1e-9))
        middle = on_lattice(0.5 * (x[at + 1] + x[at]))
        at, middle = at[middle > x[at]], middle[middle > x[at]]
        if not at.size:
            break
        found, told = score(middle), table.scores(middle)
        in_u = np.abs(special.ndtr(-np.abs(told)) - special.ndtr(-np.abs(found)))
        in_x = np.abs(table.quantiles(found) - middle)
        wrong = (in_x > 1e-8 * scale) & ((in_u > 3e-9) | (np.abs(told - found) > 3e-7) & (in_u > 1e-13))
        wrong |= z[at + 1] - z[at] > 0.3
        near = np.zeros(x.size + 2, dtype=bool)
        for shift in (0, 1, 2):  # a gap beside one that is not accurate is not trusted either
            near[at + shift] |= wrong
        unsure[:] = near[1:-1]
        x, z = np.concatenate([x, middle]), np.concatenate([z, found])
        unsure = np.concatenate([unsure, near[1:-1][at]])
        if x.size > 16384:
            break
    x, z, _ = _rising(x, z, unsure)
    return table_through(z, x)


def _rising(x: Array, z: Array, flag: np.ndarray) -> tuple[Array, Array, np.ndarray]:
    """Knots in order, within the scores that are drawn, each above the one before it in both."""
    order = np.argsort(x)
    x, z, flag = x[order], z[order], flag[order]
    kept = (z > LEAST_Z - 0.5) & (z < MOST_Z) & np.isfinite(x)
    x, z, flag = x[kept], z[kept], flag[kept]
    top = np.maximum.accumulate(z)
    kept = np.ones(z.size, dtype=bool)
    kept[1:] = z[1:] > top[:-1] + 1e-12
    return x[kept], z[kept], flag[kept]
