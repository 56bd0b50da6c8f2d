"""Value of information, on plain arrays of anybody's: EVPI and the expected loss of each choice."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from mcost.errors import McostError
from mcost.estimate import Estimate, mean_of
from mcost.law import Array


def expected_loss(cost: ArrayLike) -> list[Estimate]:
    """Expected loss of choosing each strategy: ``L_d = E[cost_d - min_k cost_k]``.

    cost : array-like (s, n), one row a strategy, one column a draw, any unit.

    Raises McostError where the array is not two-dimensional, is empty, or is not finite.
    """
    table = _table(cost)
    return [mean_of(row) for row in table - table.min(axis=0)]


def evpi(cost: ArrayLike) -> Estimate:
    """Expected value of perfect information: the smallest expected loss, ``min_d L_d``.

    cost : array-like (s, n), one row a strategy, one column a draw, any unit.

    Raises McostError where the array is not two-dimensional, is empty, or is not finite.

    >>> evpi([[1.0, 3.0], [2.0, 2.0]]).value
    0.5
    """
    return min(expected_loss(cost), key=lambda loss: loss.value)


def _table(cost: ArrayLike) -> Array:
    try:
        table = np.asarray(cost, dtype=float)
    except (ValueError, TypeError):
        raise McostError("cost: found no table of numbers; expected (strategies, draws)") from None
    if table.ndim != 2 or table.size == 0:
        raise McostError(f"cost: found shape {table.shape}; expected (strategies, draws), neither of them 0")
    if not np.isfinite(table).all():
        row, column = (int(k[0]) for k in np.nonzero(~np.isfinite(table)))
        raise McostError(
            f"cost: found {table[row, column]} for strategy {row} in draw {column}; expected finite"
        )
    return table
