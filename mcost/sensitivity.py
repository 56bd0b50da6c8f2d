"""What one factor does to a saving, from draws already made: the conditional tornado, on plain arrays."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mcost.errors import McostError
from mcost.estimate import Chance, Estimate, mean_of
from mcost.law import Array
from mcost.regression import conditional_mean, scaled

GROUPS = 10


@dataclass(frozen=True)
class Tenth:
    """The futures in which a factor lies in one tenth of its draws.

    value, low, high : its median there, its least and its most. pays_off : P(saving >= 0) among these
    futures, with their number. saving : their mean saving.
    """

    value: float
    low: float
    high: float
    pays_off: Chance
    saving: Estimate


@dataclass(frozen=True)
class Sensitivity:
    """What a saving, and whether it is 0 or more, owe to one factor.

    tenths : from the lowest on; fewer than ten where the factor takes few values.
    variance_share, event_share : Var(E[y | x]) / Var(y), y the saving, and 1 where it is 0 or more, else 0.
    median_if_pays_off, median_if_not : of the factor among the futures that pay off, and among the others;
        None where there are none. mean_if_pays_off, mean_if_not : its mean, for a factor of two values.
    apart : P(higher in a future that pays off than in one that does not) - P(lower), from -1 to 1: how far
        the two kinds of futures differ, in the factor's own spread (Cliff 1993).
    apart_error : standard error of it, were there no difference.
    """

    tenths: tuple[Tenth, ...]
    variance_share: Estimate
    event_share: Estimate
    median_if_pays_off: float | None
    median_if_not: float | None
    mean_if_pays_off: float | None
    mean_if_not: float | None
    apart: float
    apart_error: float

    @property
    def swing(self) -> float:
        """How far P(pays off) goes from one tenth to another, at most: a share."""
        chances = [tenth.pays_off.value for tenth in self.tenths]
        return max(chances) - min(chances)


def sensitivity(saving: ArrayLike, x: ArrayLike, *, fitted: int | None = None) -> Sensitivity:
    """The conditional tornado of one factor: it needs no further simulation, and holds under correlation.

    saving : array-like (n,), any unit. x : array-like (n,), the factor in the same draws.
    fitted : of how many draws, from the first on, the shares are computed by regression; unsaid, of all.

    Tenths hold equally many draws, but for equal values, which stay together: a value belongs where the
    middle of its draws lies. Where factors are correlated, each includes what it tells about the others.
    Standard errors are those of independent draws: about right for the futures of an answer, whose luck is
    mostly that, and too large where futures fill the space of the factors evenly.

    Raises McostError where shapes do not fit, a number is not finite, or there are fewer than 20 draws.

    >>> x = np.arange(100.0)
    >>> found = sensitivity(x - 50, x)
    >>> found.tenths[0].value, found.tenths[-1].saving.value, found.swing
    (4.5, 44.5, 1.0)
    """
    saved, factor = _row("saving", saving), _row("x", x)
    first = slice(fitted)
    outcomes = np.stack([saved[first], saved[first] >= 0])
    variance_share, event_share = conditional_mean(outcomes, factor[first]).shares
    ordered, hits = np.sort(factor), saved >= 0
    yes, no = factor[hits], factor[~hits]
    apart, error = _apart(ordered, np.sort(yes))
    return Sensitivity(
        tenths=_tenths(factor, ordered, saved),
        variance_share=variance_share,
        event_share=event_share,
        median_if_pays_off=float(np.median(yes)) if yes.size else None,
        median_if_not=float(np.median(no)) if no.size else None,
        mean_if_pays_off=float(np.mean(yes)) if yes.size else None,
        mean_if_not=float(np.mean(no)) if no.size else None,
        apart=apart,
        apart_error=error,
    )


def _row(name: str, values: ArrayLike) -> Array:
    if np.ndim(values) != 1:
        raise McostError(f"{name}: found shape {np.shape(values)}; expected (draws,)")
    return np.asarray(values, dtype=float)


def _tenths(x: Array, ordered: Array, saving: Array) -> tuple[Tenth, ...]:
    """ordered : x, sorted."""
    n = x.size
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    middles = (starts + np.append(starts[1:], n)) / 2
    of_value = np.floor(middles * GROUPS / n)
    edges = starts[np.concatenate([[True], of_value[1:] != of_value[:-1]])]
    tenth = np.searchsorted(ordered[edges], x, side="right") - 1
    found = []
    for i, (begin, end) in enumerate(zip(edges, [*edges[1:], n], strict=True)):
        values, saved = ordered[begin:end], saving[tenth == i]
        pays_off = Chance.of(int(np.count_nonzero(saved >= 0)), saved.size)
        found.append(
            Tenth(float(np.median(values)), float(values[0]), float(values[-1]), pays_off, mean_of(saved))
        )
    return tuple(found)


def _apart(ordered: Array, yes: Array) -> tuple[float, float]:
    """Twice the difference of the mean ranks over n, and its error under equal laws (Mann and Whitney 1947).

    ordered : all values, sorted; yes : those of the one kind, sorted. Ties share their mean rank.
    """
    n, k = ordered.size, yes.size
    if k in (0, n):
        return 0.0, 0.0
    below = (np.searchsorted(ordered, yes) + np.searchsorted(ordered, yes, side="right")) / 2
    return float(below.mean() - n / 2) * 2 / (n - k), math.sqrt((n + 1) / (3 * k * (n - k)))


def total_order(f_a: ArrayLike, f_b: ArrayLike, f_ab: ArrayLike) -> tuple[Estimate, ...]:
    """Total-order shares of variance of independent factors: what would be left if all others were known.

    f_a, f_b : array-like (n,), an outcome at two independent sets of draws; n a power of two.
    f_ab : array-like (d, n), the outcome at the first set with factor i alone taken from the second.

    ``E[(f_a - f_ab_i)²] / (2 Var(f))``, by :func:`scipy.stats.sobol_indices` (Jansen 1999; Saltelli et al.
    2010). The standard error is that of the ratio, by its influence function.

    Raises McostError for shapes that do not fit or a number of draws that is no power of two.
    """
    from scipy.stats import sobol_indices  # large, and only this needs it

    first, second = _row("f_a", f_a), _row("f_b", f_b)
    mixed = np.asarray(f_ab, dtype=float)
    n = first.size
    if second.shape != first.shape or mixed.ndim != 2 or mixed.shape[1] != n:
        raise McostError(f"f_b, f_ab: found shapes {second.shape}, {mixed.shape}; expected ({n},), (d, {n})")
    if n & (n - 1):
        raise McostError(f"found {n:,} draws; expected a power of two, such as {1 << (n.bit_length() - 1):,}")
    first, second, mixed = scaled(first, second, mixed)
    # SciPy drops the axis of a single factor: one that changes nothing keeps it.
    factors = np.concatenate([mixed, first[None]])[:, None, :]
    found = sobol_indices(func={"f_A": first[None], "f_B": second[None], "f_AB": factors}, n=n)
    both = np.stack([first, second])
    variance = float(np.var(both))
    squares = ((both - both.mean()) ** 2).mean(axis=0)
    estimates = []
    for share, row in zip(found.total_order.ravel()[:-1], mixed, strict=True):
        influence = (first - row) ** 2 / 2 - share * squares
        spread = float(np.std(influence)) / variance if variance > 0 else 0.0
        estimates.append(Estimate(float(share), spread / math.sqrt(n), n))
    return tuple(estimates)
