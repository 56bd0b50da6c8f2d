"""A metalog as a frozen SciPy distribution: loaded on demand, since ``scipy.stats`` is slow to import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scipy.stats import rv_continuous

if TYPE_CHECKING:
    from mcost.metalog.law import Metalog


def scipy_distribution(metalog: Metalog) -> rv_continuous:
    """The metalog as a SciPy distribution without shape parameters."""

    class MetalogDistribution(rv_continuous):
        def _ppf(self, q: Any, *args: Any) -> Any:
            return metalog.ppf(q)

        def _cdf(self, x: Any, *args: Any) -> Any:
            return metalog.cdf(x)

        def _sf(self, x: Any, *args: Any) -> Any:
            return metalog.sf(x)

        def _pdf(self, x: Any, *args: Any) -> Any:
            return metalog.pdf(x)

        def _stats(self, *args: Any, **kwds: Any) -> Any:
            return metalog.mean(), None, None, None

        def __reduce__(self) -> tuple[object, tuple[Metalog]]:
            return scipy_distribution, (metalog,)

    lower, upper = metalog.support()
    return MetalogDistribution(a=lower, b=upper, name="metalog")
