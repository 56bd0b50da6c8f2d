"""The metalog distribution through 2 to 9 given percentiles.

A metalog is defined by its quantile function.  With ``y`` the probability, ``t = y - 1/2`` and
``L = logit y = ln(y / (1 - y))``::

    M(y) = a1 + a2 L + a3 t L + a4 t + a5 t^2 + a6 t^2 L + a7 t^3 + a8 t^3 L + a9 t^4

which is ``S(t) + L T(t)`` with two polynomials ``S`` and ``T``.  The quantile ``x`` is ``M`` itself
(unbounded), ``low + exp M`` or ``high - exp(-M)`` (semi-bounded, the log metalog) or
``(low + high exp M) / (1 + exp M)`` (bounded, the logit metalog).

As many terms are used as points are given, so that the curve passes through each of them.  It is a
distribution only if ``M`` rises everywhere, which :func:`fit` proves before it returns.

Source: T. W. Keelin (2016), "The Metalog Distributions", Decision Analysis 13(4), 243-277, called
"Keelin 2016" in this package.
"""

from mcost.metalog.fitting import fit
from mcost.metalog.law import Metalog
from mcost.metalog.mending import InfeasibleMetalogError

__all__ = ["InfeasibleMetalogError", "Metalog", "fit"]
