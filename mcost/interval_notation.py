"""Text -> a law: a number, or an interval such as "20 to 40", which holds a share of the probability."""

from __future__ import annotations

import math
import re
from statistics import NormalDist

from mcost.errors import NotationError, shown
from mcost.families import Family, interval_parameters
from mcost.law import Certain, Law
from mcost.numerals import DASHED, INTERVAL, ONE, from_text, numeral, without_unit
from mcost.quantity import Quantity, plain


def read_text(text: str, quantity: Quantity, credibility: float) -> Law:
    """The law that a text means; credibility : the share that an interval holds."""
    body = without_unit(text, quantity)
    if interval := INTERVAL.fullmatch(body):
        low, high = interval.groups()
        for signed, bare in ((high, low), (low, high)):
            sign = signed[-1]
            doubtful = signed is high or from_text(low, quantity) >= from_text(high, quantity)
            if doubtful and sign in "%kKM" and bare[-1].isdigit() and 0 < numeral(low) < numeral(high):
                ends = (f"{end}{sign}" if end is bare else end for end in (low, high))
                raise NotationError(
                    f"found {shown(text)}: does {sign} belong to both ends? Write it at each, "
                    f'"{" to ".join(ends)}"'
                )
        return interval_law(from_text(low, quantity), from_text(high, quantity), quantity, credibility)
    if ONE.fullmatch(body):
        return Certain(from_text(body, quantity))
    if dashed := DASHED.fullmatch(body):
        low, high = (part.strip() for part in dashed.groups())
        raise NotationError(f"found {shown(text)}; write an interval as {shown(f'{low} to {high}')}")
    if re.search(r"\d,\d", body):
        if re.search(r"\d,\d{3}(?!\d)", body) and not re.search(r"\d,(?!\d{3}(?!\d))\d", body):
            mend = f"write thousands with _, {shown(body.replace(',', '_'))}"
        else:
            mend = f"write decimals with a point, {shown(body.replace(',', '.'))}"
        raise NotationError(f"found {shown(text)}; {mend}")
    raise NotationError(f'found {shown(text)}; expected a number, or an interval such as "20 to 40"')


def interval_law(low: float, high: float, quantity: Quantity, credibility: float) -> Law:
    """The normal on the domain's natural scale that holds ``credibility`` between low and high."""
    if low >= high:
        swapped = f': write "{plain(high)} to {plain(low)}"' if high < low else "; write the number alone"
        raise NotationError(
            f"found {plain(low)} to {plain(high)}; the low end must be below the high end{swapped}"
        )
    if quantity.domain != "real" and low <= 0:
        own = "log-normal" if quantity.domain == "positive" else "logit-normal"
        raise NotationError(
            f"found {plain(low)} to {plain(high)}; the low end of an interval must be above 0 here "
            f"(a {own} never reaches 0): give a small positive number, or another family"
        )
    if quantity.domain == "fraction" and high >= 1:
        hint = f'; did you mean "{plain(low)}% to {plain(high)}%"?' if 1 <= low < high <= 100 else ""
        raise NotationError(f"found {plain(low)} to {plain(high)}; both ends must lie between 0 and 1{hint}")
    family, given = interval_parameters(low, high, quantity.domain, score_of(credibility))
    parameters = {key: float(value) for key, value in given.items()}
    if not all(math.isfinite(v) and (key in ("loc", "a") or v > 0) for key, v in parameters.items()):
        raise NotationError("the ends of this interval are too close together or too large to compute with")
    return Family(family, tuple(parameters.items()))


def score_of(credibility: float) -> float:
    """z = Φ⁻¹((1 + credibility)/2)."""
    return NormalDist().inv_cdf((1 + credibility) / 2)
