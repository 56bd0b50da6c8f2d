"""Notation of an uncertain input -> probability law.

What people write ("20 to 40", "20% to 60%", ``{ low, high, credibility }``, a SciPy family with its own
parameters) is read on the input's domain; what cannot be meant is refused with the reason and the mend.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import NormalDist
from typing import Any, Literal, get_args

from mcost.errors import NotationError, nearest, shown
from mcost.law import FORMULAS, Certain, Family, Law, Truncated

Domain = Literal["real", "positive", "fraction"]
Grade = Literal["measured", "elicited", "weak"]

CREDIBILITY = 0.9
NEVER = 1e-9
"""A limit that an input has beside its domain may be passed with this probability: the run checks it."""

LEAST_MASS = 1e-6
"""Bounds that keep less of a law than this are refused: too little is left to be meant."""


@dataclass(frozen=True)
class Prior:
    """One uncertain input: its law, and where that comes from.

    name : dotted path where it is written, e.g. ``"strategies.prompt.retry_rate"``; equal names are one
        input.
    unit : e.g. ``"hours"``; domain : what values it may take.
    law : the probability law; ``distribution`` is the same as a frozen SciPy distribution.
    source, checked, grade, note : provenance; ``grade`` is measured, elicited or weak.
    """

    name: str
    unit: str
    domain: Domain
    law: Law
    source: str = "the scenario"
    checked: date | None = None
    grade: Grade = "elicited"
    note: str = ""
    catalogued: str | None = None

    @property
    def distribution(self) -> Any:
        """Frozen SciPy distribution: ``rvs``, ``ppf``, ``cdf``, ``mean`` …"""
        return self.law.frozen()


@dataclass(frozen=True)
class Quantity:
    """What an input may be: its unit, its domain, and where the domain ends for it alone.

    above, below : strict limits; at_least : limit that may be reached. Each with the reason in ``why``.
    """

    unit: str
    domain: Domain = "positive"
    above: float | None = None
    at_least: float | None = None
    below: float | None = None
    why: str = ""


def uncertain(
    value: Any, domain: Domain = "positive", *, unit: str = "", credibility: float = CREDIBILITY
) -> Any:
    """A frozen SciPy distribution from any notation of a scenario file.

    Parameters
    ----------
    value : number, text or mapping, e.g. ``3000``, ``"20 to 40"``, ``{"dist": "gamma", "a": 2, "scale": 3}``.
    domain : ``"positive"`` (0 and more), ``"fraction"`` (0 to 1) or ``"real"``.
    unit : the unit that text may carry, e.g. ``"hours"``.
    credibility : share of the probability that an interval holds.

    Raises
    ------
    NotationError
        Where the value cannot be read, leaves its domain with positive probability, or has no finite mean.

    >>> round(uncertain("20 to 40").mean(), 3)
    28.919
    """
    if domain not in get_args(Domain):
        raise NotationError(f"found domain {shown(domain)}; expected one of {', '.join(get_args(Domain))}")
    return read(value, Quantity(unit, domain), credibility=credibility).frozen()


def read(value: Any, quantity: Quantity, *, credibility: float = CREDIBILITY) -> Law:
    """The law of one value in any notation but ``{ prior = … }``, which only a catalogue can answer.

    Raises NotationError with what was found, what was expected and the mend.
    """
    if isinstance(value, str):
        law = _read_text(value, quantity, credibility)
    elif isinstance(value, Mapping):
        law = _read_table(value, quantity, credibility)
    else:
        law = Certain(_number(value, quantity))
    check(law, quantity)
    return law


def check(law: Law, quantity: Quantity) -> None:
    """Refuse a law that leaves its quantity's domain with positive probability, or has no finite mean."""
    low, high = law.support()
    domain = quantity.domain
    if law.certain:
        _check_certain(low, quantity)
        return
    if domain != "real" and low < 0 and (p := float(law.cdf(_just_below(law, 0.0)))) > 0:
        raise NotationError(f"{law} falls below 0 with probability {p:.2g}; add min = 0")
    if domain == "fraction" and high > 1 and (p := 1 - float(law.cdf(1.0))) > 0:
        raise NotationError(f"{law} exceeds 1 with probability {p:.2g}; add max = 1")
    if quantity.above is not None and (p := float(law.cdf(quantity.above))) > NEVER:
        raise NotationError(
            f"{law} falls to {quantity.above:g} or below with probability {p:.2g}; {quantity.why}"
        )
    if quantity.at_least is not None and (p := float(law.cdf(_just_below(law, quantity.at_least)))) > NEVER:
        raise NotationError(
            f"{law} falls below {quantity.at_least:g} with probability {p:.2g}; {quantity.why}"
        )
    if quantity.below is not None and (p := 1 - float(law.cdf(_just_below(law, quantity.below)))) > NEVER:
        raise NotationError(
            f"{law} reaches {quantity.below:g} or more with probability {p:.2g}; {quantity.why}"
        )
    if not math.isfinite(law.mean()):
        raise NotationError(
            f"the mean of {law} is not finite, so no expected cost exists; "
            "bound it (min = …, max = …) or choose a family with lighter tails"
        )


def _just_below(law: Law, x: float) -> float:
    """P(X <= this) is P(X < x)."""
    return math.ceil(x) - 1 if law.discrete else x


def _check_certain(value: float, quantity: Quantity) -> None:
    if quantity.domain != "real" and value < 0:
        raise NotationError(f"found {value:g}; expected {_expected(quantity)}")
    if quantity.domain == "fraction" and value > 1:
        hint = f'; did you mean "{value:g}%"?' if value <= 100 else ""
        raise NotationError(f"found {value:g}; expected a share between 0 and 1{hint}")
    if quantity.above is not None and value <= quantity.above:
        raise NotationError(f"found {value:g}; expected more than {quantity.above:g}: {quantity.why}")
    if quantity.at_least is not None and value < quantity.at_least:
        raise NotationError(f"found {value:g}; expected {quantity.at_least:g} or more: {quantity.why}")
    if quantity.below is not None and value >= quantity.below:
        raise NotationError(f"found {value:g}; expected less than {quantity.below:g}: {quantity.why}")


def _expected(quantity: Quantity) -> str:
    return {"real": "a number", "positive": "0 or more", "fraction": "a share between 0 and 1"}[
        quantity.domain
    ]


# --- numbers and text -------------------------------------------------------------------------------------

_NUMBER = (
    r"[+\-−]?\s*\$?\s*[+\-−]?(?:\d[\d_]*(?:\.\d[\d_]*)?|\.\d+)(?:[eE][+\-]?\d+)?\s*(?:%|[kKM](?![A-Za-z]))?"
)
_ONE = re.compile(rf"({_NUMBER})")
_INTERVAL = re.compile(rf"({_NUMBER})\s+to\s+({_NUMBER})")
_DASHED = re.compile(rf"({_NUMBER})\s*(?:-|–|—|\.\.\.?|…|~)\s*({_NUMBER})")
_UNIT_TAIL = re.compile(r"(?<=[\d%kKM\s])\s*([A-Za-z][A-Za-z /]*)$")

_WORDS: Mapping[str, frozenset[str]] = {
    "hours": frozenset({"h", "hour", "hours", "engineer hours", "engineering hours"}),
    "hours a month": frozenset({"h", "hour", "hours", "hours a month", "hours per month", "hours/month"}),
    "months": frozenset({"month", "months"}),
    "days": frozenset({"day", "days"}),
    "seconds": frozenset({"s", "second", "seconds"}),
    "tokens": frozenset({"token", "tokens"}),
    "calls a month": frozenset({"call", "calls", "calls a month", "calls per month", "calls/month"}),
    "users": frozenset({"user", "users"}),
    "calls a user": frozenset({"call", "calls", "calls a user", "calls per user", "calls/user"}),
    "examples": frozenset({"example", "examples", "labels"}),
    "events a year": frozenset({"a year", "per year", "events a year", "times a year"}),
    "a month": frozenset({"a month", "per month"}),
    "a year": frozenset({"a year", "per year"}),
    "attempts": frozenset({"attempt", "attempts"}),
}
_RATES = frozenset({"", "a month", "a year", "share", "times"})


def _words(unit: str) -> frozenset[str]:
    known = _WORDS.get(unit, frozenset({unit.lower()} if unit else ()))
    return known | {"usd", "dollars", unit.lower()} if unit.startswith("USD") else known


def _read_text(text: str, quantity: Quantity, credibility: float) -> Law:
    body = _without_unit(" ".join(text.split()), quantity)
    if interval := _INTERVAL.fullmatch(body):
        low, high = interval.groups()
        sign = high[-1]
        if sign in "%kKM" and low[-1].isdigit() and 0 < _numeral(low) < _numeral(high):
            raise NotationError(
                f"found {shown(text)}: does {sign} belong to both ends? Write it at each, "
                f'"{low}{sign} to {high}"'
            )
        return _interval(_from_text(low, quantity), _from_text(high, quantity), quantity, credibility)
    if _ONE.fullmatch(body):
        return Certain(_from_text(body, quantity))
    if dashed := _DASHED.fullmatch(body):
        low, high = (part.strip() for part in dashed.groups())
        raise NotationError(f'found {shown(text)}; write an interval as "{low} to {high}"')
    if re.search(r"\d,\d", body):
        raise NotationError(f'found {shown(text)}; write thousands with _, "{body.replace(",", "_")}"')
    raise NotationError(f'found {shown(text)}; expected a number, or an interval such as "20 to 40"')


def _without_unit(text: str, quantity: Quantity) -> str:
    tail = _UNIT_TAIL.search(text)
    if not tail or tail[1] in ("k", "K", "M") or tail[1].startswith("to "):
        return text
    unit, body = tail[1].strip(), text[: tail.start()].rstrip()
    if not (_ONE.fullmatch(body) or _INTERVAL.fullmatch(body) or _DASHED.fullmatch(body)):
        return text
    if unit.lower() in _words(quantity.unit):
        return body
    own = f"is in {quantity.unit}" if quantity.unit else "has no unit"
    raise NotationError(f'found {shown(text)}, but this {own}; write "{body}" converted to it')


def _numeral(text: str) -> float:
    """The number without its sign of scale: 5 for "5k"."""
    return float(re.sub(r"[_\s$%kKM]", "", text).replace("−", "-"))


def _from_text(text: str, quantity: Quantity) -> float:
    body = text.replace("_", "").replace("−", "-").replace(" ", "")
    if "$" in body:
        if not quantity.unit.startswith("USD") and quantity.unit:
            raise NotationError(f"found {shown(text)}, but this is in {quantity.unit}, not in dollars")
        body = body.replace("$", "", 1)
    scale = {"%": 0.01, "k": 1e3, "K": 1e3, "M": 1e6}.get(body[-1], 1.0)
    if body.endswith("%") and quantity.domain == "positive" and quantity.unit not in _RATES:
        raise NotationError(f"found {shown(text)}, but this is in {quantity.unit}, not a percentage")
    number = float(body.rstrip("%kKM"))
    return _number(number / 100 if scale == 0.01 else number * scale, quantity)


def _number(value: Any, quantity: Quantity) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NotationError(
            f"found {shown(value)}; expected {_expected(quantity)}"
            f"{' in ' + quantity.unit if quantity.unit else ''}, or any notation of an uncertain input"
        )
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise NotationError(f"found {shown(value)}; expected a finite number")
    return number


# --- tables -----------------------------------------------------------------------------------------------


def _read_table(table: Mapping[str, Any], quantity: Quantity, credibility: float) -> Law:
    for mark, reader in _TABLES.items():
        if mark in table:
            return reader(table, quantity, credibility)
    keys = "{ low, high }, { dist, … } or { prior }"
    hint = nearest(next(iter(table)), [*_TABLES, "high", "prior"]) if table else ""
    raise NotationError(f"found {shown(dict(table))}; expected {keys}{hint}")


def _bounded(law: Law, table: Mapping[str, Any], quantity: Quantity) -> Law:
    """The law between ``min`` and ``max``, where those are given."""
    low, high = (_end(table, key, quantity) for key in ("min", "max"))
    if low is None and high is None:
        return law
    a, b = -math.inf if low is None else low, math.inf if high is None else high
    if a >= b:
        raise NotationError(f"found min = {a:g}, max = {b:g}; min must be below max")
    cut = Truncated(law, a, b)
    if not cut.mass > LEAST_MASS:
        kept = f"less than {LEAST_MASS:g}" if cut.mass > 0 else "nothing"
        raise NotationError(f"min and max keep {kept} of {law}; widen them, or move the distribution")
    return cut


def _end(table: Mapping[str, Any], key: str, quantity: Quantity) -> float | None:
    """One number of a table, in any spelling of a plain number."""
    if key not in table:
        return None
    value = table[key]
    if isinstance(value, str):
        body = _without_unit(" ".join(value.split()), quantity)
        if not _ONE.fullmatch(body):
            raise NotationError(f"{key}: found {shown(value)}; expected a number")
        return _from_text(body, quantity)
    try:
        return _number(value, quantity)
    except NotationError as error:
        raise NotationError(f"{key}: {error}") from None


def _only(table: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for key in table:
        if key not in known:
            raise NotationError(f"{key}: no such key here{nearest(key, known)}")


def _read_interval(table: Mapping[str, Any], quantity: Quantity, credibility: float) -> Law:
    _only(table, ("low", "high", "credibility", "min", "max"))
    for key in ("low", "high"):
        if key not in table:
            raise NotationError(f"found {shown(dict(table))}; {key} is missing")
    low, high = _end(table, "low", quantity), _end(table, "high", quantity)
    assert low is not None
    assert high is not None
    held = table.get("credibility", credibility)
    if isinstance(held, bool) or not isinstance(held, int | float) or not 0 < held < 1:
        raise NotationError(
            f"credibility: found {shown(held)}; expected a share between 0 and 1, such as 0.9"
        )
    return _bounded(_interval(low, high, quantity, float(held)), table, quantity)


def _interval(low: float, high: float, quantity: Quantity, credibility: float) -> Law:
    """The normal on the domain's natural scale that holds ``credibility`` between low and high.

    positive: mu = (ln a + ln b)/2, sigma = (ln b - ln a)/(2 z), with z = Φ⁻¹((1 + credibility)/2).
    """
    if low >= high:
        swapped = f': write "{high:g} to {low:g}"' if high < low else "; write the number alone"
        raise NotationError(f"found {low:g} to {high:g}; the low end must be below the high end{swapped}")
    z = NormalDist().inv_cdf((1 + credibility) / 2)
    if quantity.domain == "real":
        return _normal("norm", (("loc", (low + high) / 2), ("scale", (high - low) / (2 * z))))
    if low <= 0:
        raise NotationError(
            f"found {low:g} to {high:g}; the low end of an interval must be above 0 here "
            "(a log-normal never reaches 0): give a small positive number, or another family"
        )
    if quantity.domain == "positive":
        mu, sigma = (math.log(low) + math.log(high)) / 2, (math.log(high) - math.log(low)) / (2 * z)
        return _normal("lognorm", (("s", sigma), ("scale", math.exp(mu))))
    if high >= 1:
        hint = f'; did you mean "{low:g}% to {high:g}%"?' if 1 <= low < high <= 100 else ""
        raise NotationError(f"found {low:g} to {high:g}; both ends must lie between 0 and 1{hint}")
    a, b = (math.log(x / (1 - x)) for x in (low, high))
    mu, sigma = (a + b) / 2, (b - a) / (2 * z)
    return _normal("johnsonsb", (("a", -mu / sigma), ("b", 1 / sigma)))


def _normal(name: str, parameters: tuple[tuple[str, float], ...]) -> Law:
    if not all(math.isfinite(value) and (key in ("loc", "a") or value > 0) for key, value in parameters):
        raise NotationError("the ends of this interval are too close together or too large to compute with")
    return Family(name, parameters)


def _read_dist(table: Mapping[str, Any], quantity: Quantity, credibility: float) -> Law:
    name = table["dist"]
    given = {
        key: _end(table, key, Quantity("", "real")) for key in table if key not in ("dist", "min", "max")
    }
    parameters = {key: value for key, value in given.items() if value is not None}
    if isinstance(name, str) and name in FORMULAS:
        shapes, has_scale = FORMULAS[name].shapes, True
    else:
        shapes, has_scale = _scipy_shapes(name)
    known = (*shapes, "loc", *(("scale",) if has_scale else ()))
    for key in parameters:
        if key not in known:
            raise NotationError(
                f"{name} has no parameter {key}{nearest(key, known)} (its parameters: {', '.join(known)})"
            )
    for shape in shapes:
        if shape not in parameters:
            raise NotationError(f"{name} needs {shape} (its parameters: {', '.join(known)})")
    law = Family(name, tuple(parameters.items()))
    if name in FORMULAS:
        valid = parameters.get("scale", 1.0) > 0 and FORMULAS[name].valid(*(parameters[s] for s in shapes))
    else:
        valid = not math.isnan(law.support()[0])
    if not valid:
        raise NotationError(f"{law}: SciPy's {name} does not exist at these parameters")
    return _bounded(law, table, quantity)


def _scipy_shapes(name: Any) -> tuple[tuple[str, ...], bool]:
    """Shape parameters of a SciPy family, and whether it has a scale."""
    from scipy import stats

    family = getattr(stats, name, None) if isinstance(name, str) else None
    if not isinstance(family, stats.rv_continuous | stats.rv_discrete):
        families = [
            n for n, f in vars(stats).items() if isinstance(f, stats.rv_continuous | stats.rv_discrete)
        ]
        raise NotationError(
            f"found dist = {shown(name)}; expected a distribution of scipy.stats"
            f"{nearest(str(name), families)}"
        )
    shapes = tuple(part.strip() for part in family.shapes.split(",")) if family.shapes else ()
    return shapes, isinstance(family, stats.rv_continuous)


_TABLES: Mapping[str, Callable[[Mapping[str, Any], Quantity, float], Law]] = {
    "dist": _read_dist,
    "low": _read_interval,
    "high": _read_interval,
}
