"""Laws that SciPy has no family for, as SciPy distributions: a point mass and truncation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

if TYPE_CHECKING:
    from mcost.law import Truncated


def point_mass(value: float) -> Any:
    """The frozen SciPy distribution of a certain value."""
    return stats.rv_discrete(name="certain", values=([value], [1.0]))()


class _TruncatedContinuous(stats.rv_continuous):
    def __init__(self, law: Truncated) -> None:
        self.law, self.base = law, law.base.frozen()
        low, high = law.support()
        super().__init__(name="truncated", a=low, b=high)

    def _updated_ctor_param(self) -> dict[str, Any]:
        return {"law": self.law}

    def _pdf(self, x: Any) -> Any:
        return self.base.pdf(x) / self.law.mass

    def _cdf(self, x: Any) -> Any:
        return self.law.cdf(x)

    def _ppf(self, q: Any) -> Any:
        return self.law.ppf(q)

    def _stats(self, *shapes: Any, **asked: Any) -> tuple[Any, ...]:
        return self.law.mean(), None, None, None


class _TruncatedDiscrete(stats.rv_discrete):
    def __new__(cls, law: Truncated) -> Any:
        return object.__new__(cls)

    def __init__(self, law: Truncated) -> None:
        self.law, self.base = law, law.base.frozen()
        low, high = law.support()
        super().__init__(name="truncated", a=low, b=high)

    def _updated_ctor_param(self) -> dict[str, Any]:
        return {"law": self.law}

    def _pmf(self, k: Any) -> Any:
        return self.base.pmf(k) / self.law.mass

    def _cdf(self, k: Any) -> Any:
        return self.law.cdf(np.floor(k))

    def _ppf(self, q: Any) -> Any:
        return self.law.ppf(q)

    def _stats(self, *shapes: Any, **asked: Any) -> tuple[Any, ...]:
        return self.law.mean(), None, None, None


def truncated(law: Truncated) -> Any:
    """The frozen SciPy distribution of a truncated law, continuous or discrete."""
    return (_TruncatedDiscrete if law.discrete else _TruncatedContinuous)(law)()
