"""A number of every future, and the names of the inputs that it was made of."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mcost.law import Array


@dataclass(frozen=True, eq=False)
class Traced:
    """value : ndarray (n,); of : names of the uncertain inputs on which it depends."""

    value: Array
    of: frozenset[str] = frozenset()

    def map(self, function: Callable[[Array], Any]) -> Traced:
        """The same of another number, made of this one alone."""
        return Traced(np.asarray(function(self.value), dtype=float), self.of)

    def _with(self, other: Traced | float, operation: Callable[[Any, Any], Any]) -> Traced:
        if isinstance(other, Traced):
            return Traced(operation(self.value, other.value), self.of | other.of)
        return Traced(operation(self.value, other), self.of)

    def __add__(self, other: Traced | float) -> Traced:
        return self._with(other, operator.add)

    def __sub__(self, other: Traced | float) -> Traced:
        return self._with(other, operator.sub)

    def __mul__(self, other: Traced | float) -> Traced:
        return self._with(other, operator.mul)

    def __truediv__(self, other: Traced | float) -> Traced:
        return self._with(other, operator.truediv)

    def __pow__(self, other: Traced | float) -> Traced:
        return self._with(other, operator.pow)

    def __rsub__(self, other: float) -> Traced:
        return self.map(lambda own: other - own)

    def __rmul__(self, other: float) -> Traced:
        return self.map(lambda own: other * own)

    def __rtruediv__(self, other: float) -> Traced:
        return self.map(lambda own: other / own)
