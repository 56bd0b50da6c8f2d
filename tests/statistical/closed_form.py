"""What it means to agree with an exact value: within so many standard errors, noted for the table."""

import math
from collections.abc import Callable, Mapping

import numpy as np

from mcost.estimate import Estimate, by_replicate, estimate
from mcost.outcomes import Money
from mcost.voi import Information

PLAIN = 5.0
"""Standard errors that a number may lie off, where they are exact, or those of many draws."""

REPLICATED = 6.27
"""The same of 32 replicates: beyond it t with 31 degrees falls as rarely as a normal beyond PLAIN."""

ROUNDING = 1e-12
"""What is exact is held to this share of itself."""

FUTURES = 2.0
"""The least error of a share, in futures: replicates that have as many hits each do not tell it."""

KEY = "closed form"
Row = tuple[str, str, float, float, float, float]
"""Name, arithmetic, expected, found, standard error, distance in errors."""


def mean(sample: np.ndarray) -> Estimate:
    """The mean over futures, with the error of the replicates: sample is an ndarray (n,)."""
    return estimate(by_replicate(sample), sample.size)


def share(hits: np.ndarray) -> Estimate:
    """The share of the futures that are hits: ndarray (n,) of bool."""
    found = mean(hits.astype(float))
    return Estimate(found.value, max(found.standard_error, FUTURES / found.n), found.n)


def money(of: Money, draws: int) -> Estimate:
    return Estimate(of.mean, of.standard_error, draws)


def worth(of: Information) -> Estimate:
    """Its bias taken off."""
    return Estimate(of.corrected, of.standard_error, of.n)


class ClosedForm:
    """Holds a number of the tool to its exact value, and notes both.

    note : takes a key and a Row.
    """

    def __init__(self, note: Callable[[str, object], None]) -> None:
        self._note = note

    def __call__(
        self, name: str, arithmetic: str, expected: float, found: Estimate, errors: float = REPLICATED
    ) -> None:
        """The estimate lies within so many of its own errors; without any, it is exact to ROUNDING."""
        off, error = float(found.value - expected), float(found.standard_error)
        if math.isclose(found.value, expected, rel_tol=ROUNDING, abs_tol=1e-24):
            distance = 0.0
        else:
            distance = off / error if error > 0 else math.copysign(math.inf, off)
        self._note(KEY, (name, arithmetic, float(expected), float(found.value), error, distance))
        assert abs(distance) <= errors, (
            f"{name}: found {found.value!r}, expected {arithmetic} = {expected!r}: "
            f"{distance:+.2f} standard errors of {error!r}"
        )

    def exact(self, name: str, arithmetic: str, expected: float, found: float) -> None:
        self(name, arithmetic, expected, Estimate(found, 0.0, 1))

    def share(self, name: str, arithmetic: str, p: float, hits: np.ndarray) -> None:
        self(name, arithmetic, p, share(hits))

    def stated_share(self, name: str, arithmetic: str, p: float, found: float, n: int) -> None:
        """A share that is stated without an error has that of n independent draws, from the exact p."""
        self(name, arithmetic, p, Estimate(found, math.sqrt(p * (1 - p) / n), n), PLAIN)

    def mean(self, name: str, arithmetic: str, expected: float, sample: np.ndarray) -> None:
        self(name, arithmetic, expected, mean(sample))

    def moments(self, name: str, arithmetic: str, mean: float, variance: float, sample: np.ndarray) -> None:
        """The mean over futures, and the variance about the exact one."""
        self.mean(name, arithmetic, mean, sample)
        self.mean(f"variance of {name}", f"about {arithmetic}", variance, (sample - mean) ** 2)

    def law(self, name: str, arithmetic: str, masses: Mapping[float, float], sample: np.ndarray) -> None:
        """Each value has its exact probability, and what is not listed has the rest."""
        for value, mass in masses.items():
            self.share(f"P({name} = {value:g})", arithmetic, mass, sample == value)
        rest, others = 1 - sum(masses.values()), ~np.isin(sample, list(masses))
        if rest > ROUNDING:
            self.share(f"P({name} another)", "1 - the others", rest, others)
        else:
            assert not others.any()
