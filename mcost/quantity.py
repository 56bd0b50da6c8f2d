"""What an input may be: its unit, its domain, its limits; and whether a law keeps to them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mcost.errors import NotationError
from mcost.law import Law, below
from mcost.scales import Domain

NEVER = 1e-9
"""A limit that an input has beside its domain may be passed with this probability: the run checks it."""


@dataclass(frozen=True)
class Quantity:
    """What an input may be: its unit, its domain, and where the domain ends for it alone.

    above, below : strict limits; at_least : limit that may be reached. Each with the reason in ``why``.
    whole : whether it counts something, so that a single number has no fraction.
    """

    unit: str
    domain: Domain = "positive"
    above: float | None = None
    at_least: float | None = None
    below: float | None = None
    why: str = ""
    whole: bool = False

    @property
    def expected(self) -> str:
        """What a single number must be, in words."""
        words = {"real": "a number", "positive": "0 or more", "fraction": "a share between 0 and 1"}
        return words[self.domain]


def check(law: Law, quantity: Quantity) -> None:
    """Refuse a law that leaves its quantity's domain with positive probability, or has no finite mean."""
    if law.certain:
        check_number(law.support()[0], quantity)
        return
    check_domain(law, quantity)
    if quantity.above is not None and (p := float(law.cdf(quantity.above))) > NEVER:
        raise NotationError(
            f"{law} falls to {quantity.above:g} or below with probability {p:.2g}; {quantity.why}"
        )
    if quantity.at_least is not None and (p := below(law, quantity.at_least)) > NEVER:
        raise NotationError(
            f"{law} falls below {quantity.at_least:g} with probability {p:.2g}; {quantity.why}"
        )
    if quantity.below is not None and (p := 1 - below(law, quantity.below)) > NEVER:
        raise NotationError(
            f"{law} reaches {quantity.below:g} or more with probability {p:.2g}; {quantity.why}"
        )
    if not math.isfinite(law.mean()):
        raise NotationError(
            f"the mean of {law} is not finite, so no expected cost exists; "
            "bound it (min = …, max = …) or choose a family with lighter tails"
        )


def inverse_has_mean(law: Law, end: float) -> bool:
    """Whether E[1 / (end - X)] is finite, for X below end: P(X > end - e) must vanish faster than e does."""
    near, nearer = (float(law.sf(end - e)) for e in (1e-6, 1e-9))
    return law.discrete or near == 0 or nearer < 0.999e-3 * near


def check_domain(law: Law, quantity: Quantity) -> None:
    """Refuse a law that leaves the domain with any positive probability."""
    low, high = law.support()
    if quantity.domain != "real" and low < 0 and (p := below(law, 0.0)) > 0:
        raise NotationError(f"{law} falls below 0 with probability {p:.2g}; add min = 0")
    if quantity.domain == "fraction" and high > 1 and (p := float(law.sf(1.0))) > 0:
        raise NotationError(f"{law} exceeds 1 with probability {p:.2g}; add max = 1")


def check_number(value: float, quantity: Quantity) -> None:
    """Refuse a number that the quantity cannot be."""
    if quantity.domain != "real" and value < 0:
        raise NotationError(f"found {plain(value)}; expected {quantity.expected}")
    if quantity.domain == "fraction" and value > 1:
        hint = f'; did you mean "{plain(value)}%"?' if value <= 100 else ""
        raise NotationError(f"found {plain(value)}; expected a share between 0 and 1{hint}")
    if quantity.above is not None and value <= quantity.above:
        raise NotationError(f"found {plain(value)}; expected more than {quantity.above:g}: {quantity.why}")
    if quantity.at_least is not None and value < quantity.at_least:
        raise NotationError(f"found {plain(value)}; expected {quantity.at_least:g} or more: {quantity.why}")
    if quantity.below is not None and value >= quantity.below:
        raise NotationError(f"found {plain(value)}; expected less than {quantity.below:g}: {quantity.why}")
    if quantity.whole and not value.is_integer():
        raise NotationError(f"found {plain(value)}; expected a whole number")


def plain(number: float) -> str:
    """A number as it may stand in a message: every digit that was written, and no more."""
    return f"{number:.15g}"
