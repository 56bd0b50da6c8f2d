"""Percentiles -> the metalog that passes through them, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping

from mcost.metalog.bounds import to_line
from mcost.metalog.law import Metalog
from mcost.metalog.mending import infeasible
from mcost.metalog.points import checked, listed, symmetric
from mcost.metalog.rising import rises
from mcost.metalog.solving import solved


def fit(points: Mapping[float, float], low: float | None = None, high: float | None = None) -> Metalog:
    """Fit the metalog that passes through the given percentiles.

    Parameters
    ----------
    points : mapping of float to float
        Probability in (0, 1) to quantile, 2 to 9 of them, in any order.  The quantiles must
        increase with the probability; their unit is the unit of everything returned.
    low, high : float, optional
        Bounds of the support, which all quantiles must lie strictly inside.

    Returns
    -------
    Metalog
        With as many terms as points.

    Raises
    ------
    InfeasibleMetalogError
        The points are in order, but the curve through them falls somewhere.
    ValueError
        The points or the bounds are not valid, or lie too close together to tell apart.
    """
    probability, x = checked(points, low, high)
    coefficients = solved(probability, to_line(x, low, high))
    if coefficients is None and len(x) == 7 and symmetric(probability):
        raise ValueError(
            "seven percentiles placed symmetrically about p50 do not determine a metalog, because "
            "four of its seven terms are odd about p50; give one fewer or one more, or move one: "
            f"{listed(probability, x)}"
        )
    if coefficients is None:
        raise ValueError(
            "the percentiles lie too close together, or too far apart, to find their metalog in "
            f"double precision: {listed(probability, x)}"
        )
    if not rises(coefficients):
        raise infeasible(probability, x, low, high)
    return Metalog(coefficients, low, high)
