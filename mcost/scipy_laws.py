"""Laws that SciPy has no family for, as SciPy distributions like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

if TYPE_CHECKING:
    from mcost.law import Law


class _OfALaw:
    """Quantiles, probabilities, density, mean and moments are the law's own; the rest is SciPy's."""

    law: Law

    def _updated_ctor_param(self) -> dict[str, Any]:
        return {"law": self.law}

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.law,)

    def _cdf(self, x: Any) -> Any:
        return self.law.cdf(x)

    def _sf(self, x: Any) -> Any:
        return self.law.sf(x)

    def _ppf(self, q: Any) -> Any:
        return self.law.ppf(q)

    def _stats(self, *shapes: Any, **asked: Any) -> tuple[Any, ...]:
        return self.law.mean(), None, None, None

    def _munp(self, n: int, *shapes: Any) -> Any:
        return self.law.moment(int(n))


class _Continuous(_OfALaw, stats.rv_continuous):
    """A law that need not be continuous throughout: the density leaves out single points that have mass."""

    def __init__(self, law: Law) -> None:
        self.law = law
        low, high = law.support()
        super().__init__(name=type(law).__name__.lower(), a=low, b=high)

    def _pdf(self, x: Any) -> Any:
        return self.law.density(x)

    def _open_support_mask(self, x: Any, *shapes: Any) -> Any:
        """Where P(X <= x) is asked of the law: at its low end too, which may have mass."""
        return (x >= self.a) & (x < self.b)


class _Discrete(_OfALaw, stats.rv_discrete):
    """A law on single points, which need not be whole numbers."""

    def __new__(cls, law: Law) -> Any:
        return object.__new__(cls)

    def __init__(self, law: Law) -> None:
        self.law = law
        low, high = law.support()
        super().__init__(name=type(law).__name__.lower(), a=low, b=high)

    def _pmf(self, x: Any) -> Any:
        return self.law.density(x)

    def _nonzero(self, x: Any, *shapes: Any) -> Any:
        return np.ones(np.shape(x), dtype=bool)

    def rvs(self, *args: Any, **kwds: Any) -> Any:
        return super(stats.rv_discrete, self).rvs(*args, **kwds)  # SciPy would round to whole numbers


def as_scipy(law: Law) -> Any:
    """The frozen SciPy distribution of a law; ``.dist.law`` is the law again."""
    return (_Discrete if law.discrete else _Continuous)(law)()
