"""Notations of an uncertain input -> probability law: which one it is, and notations within notations.

What people write ("20 to 40", "20% to 60%", percentiles, a SciPy family with its own parameters, a mixture,
samples) is read on the input's domain; what cannot be meant is refused with the reason and the mend. Laws
that few scenarios hold are loaded where they are met: a run should not wait for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from mcost.errors import NotationError, close, shown
from mcost.families import Parameter
from mcost.family_notation import TOO_SLOW, Signature
from mcost.interval_notation import interval_law, read_text, score_of
from mcost.law import Certain, Law
from mcost.notation_table import Table, at_key, bounded, listed, only, weights_of
from mcost.numerals import INTERVAL, number, one_number, without_unit
from mcost.percentile_notation import has_percentiles, read_percentiles
from mcost.point_notation import read_choice, read_samples
from mcost.quantity import Quantity, check_domain, check_number, plain
from mcost.reading import Reading
from mcost.scales import Domain

MOST_PARTS = 64
"""Parts of one mixture."""


def read_law(value: Any, reading: Reading) -> Law:
    """The law of a value in any notation, its domain and limits not yet checked."""
    if isinstance(value, str):
        return read_text(value, reading.quantity, reading.credibility)
    if isinstance(value, Mapping):
        return _read_table(value, reading)
    return Certain(number(value, reading.quantity))


def _read_table(table: Table, reading: Reading) -> Law:
    for key in table:
        if not isinstance(key, str):
            raise NotationError(f"found key {shown(key)}; expected the name of one")
    for mark, reader in _TABLES.items():
        if mark in table:
            return reader(table, reading)
    if has_percentiles(table):
        return read_percentiles(table, reading)
    unknown = next((key for key in table if key not in _SIDE_KEYS), "")
    meant = close(unknown, [*_TABLES, "p50"])
    hint = "" if meant is None else f"; did you mean {meant}?"
    raise NotationError(
        f"found {shown(dict(table))}; expected {{ low, high }}, {{ p10, p50, p90 }}, {{ dist, … }}, "
        f"{{ mixture }}, {{ choice }}, {{ samples }} or {{ prior }}{hint}"
    )


def _nested(table: Table, key: str, reading: Reading, quantity: Quantity) -> float | Law:
    """A number of a table, as ``quantity``, which may be uncertain itself, in the domain of ``reading``."""
    value = table[key]
    try:
        if isinstance(value, Mapping) or (
            isinstance(value, str) and INTERVAL.fullmatch(without_unit(value, reading.quantity))
        ):
            law = read_law(value, reading)
            check_domain(law, reading.quantity)
            return law.support()[0] if law.certain else law
        return one_number(value, quantity)
    except NotationError as error:
        raise at_key(key, error) from None


def _read_interval(table: Table, reading: Reading) -> Law:
    quantity = reading.quantity
    only(table, ("low", "high", "credibility", "min", "max"))
    for key in ("low", "high"):
        if key not in table:
            raise NotationError(f"found {shown(dict(table))}; {key} is missing")
    low, high = (_interval_end(table, key, reading) for key in ("low", "high"))
    held = table.get("credibility", reading.credibility)
    number_like = isinstance(held, int | float) and not isinstance(held, bool)
    if not number_like or not 0 < held < 1 or not 0.5 < (1 + held) / 2 < 1:
        raise NotationError(
            f"credibility: found {shown(held)}; expected a share between 0 and 1, such as 0.9"
        )
    if isinstance(low, float) and isinstance(high, float):
        return bounded(interval_law(low, high, quantity, float(held)), table, quantity)
    for key, end in (("low", low), ("high", high)):
        if isinstance(end, float):
            _check_end(key, end, quantity.domain)
    from mcost.interval_between import uncertain_interval

    return bounded(uncertain_interval(low, high, quantity.domain, score_of(held)), table, quantity)


def _interval_end(table: Table, key: str, reading: Reading) -> float | Law:
    quantity = reading.quantity
    end = _nested(table, key, reading.inside(quantity.domain, quantity.unit), quantity)
    if isinstance(end, float):
        return end
    if quantity.domain != "real" and (p := float(end.cdf(0.0))) > 0:
        raise NotationError(f"{key}: {end} is 0 with probability {p:.2g}; an end must be above 0 here")
    if quantity.domain == "fraction" and (p := float(end.sf(np.nextafter(1.0, 0.0)))) > 0:
        raise NotationError(f"{key}: {end} is 1 with probability {p:.2g}; an end must be below 1 here")
    return end


def _check_end(key: str, end: float, domain: Domain) -> None:
    """Refuse a certain end that lies on the edge of the domain or beyond, beside an uncertain one."""
    if domain != "real" and end <= 0:
        raise NotationError(f"{key}: found {plain(end)}; an end must be above 0 here")
    if domain == "fraction" and end >= 1:
        raise NotationError(f"{key}: found {plain(end)}; an end must be below 1 here")


def _read_dist(table: Table, reading: Reading) -> Law:
    name = table["dist"]
    if name in TOO_SLOW and reading.prior is not None:
        raise NotationError(
            f"found dist = {shown(name)}, of which SciPy takes hours over the quantiles of all futures; give "
            "percentiles or samples of it"
        )
    family = Signature.of(name)
    parameters: dict[str, Parameter | Law] = {}
    for key in family.given(table):
        parameters[key] = (
            _list(table, key)
            if family.listed(table[key])
            else _nested(table, key, reading.inside(family.domains[key], ""), Quantity("", "real"))
        )
    return bounded(family.law(parameters), table, reading.quantity)


def _list(table: Table, key: str) -> tuple[float, ...]:
    try:
        return tuple(number(value, Quantity("", "real")) for value in table[key])
    except NotationError as error:
        raise at_key(key, error) from None


def _read_mixture(table: Table, reading: Reading) -> Law:
    only(table, ("mixture", "weights", "min", "max"))
    values = listed(table, "mixture", "a list of values in any notation")
    if len(values) > MOST_PARTS:
        raise NotationError(f"mixture: found {len(values)} parts; expected at most {MOST_PARTS}")
    weights = weights_of(table, "mixture", len(values))
    inner = reading.inside(reading.quantity.domain, reading.quantity.unit)
    laws = []
    for i, value in enumerate(values):
        try:
            law = read_law(value, inner)
            if law.certain:
                check_number(law.support()[0], inner.quantity)
        except NotationError as error:
            raise at_key(f"mixture[{i}]", error) from None
        laws.append(law)
    from mcost.mixture import mixture

    return bounded(mixture(laws, weights), table, reading.quantity)


def _read_prior(table: Table, reading: Reading) -> Law:
    only(table, ("prior",))
    if reading.prior is None:
        raise NotationError(f"found {shown(dict(table))}; there is no catalogue of priors here")
    return reading.prior(table["prior"])


_TABLES: Mapping[str, Callable[[Table, Reading], Law]] = {
    "dist": _read_dist,
    "mixture": _read_mixture,
    "choice": read_choice,
    "samples": read_samples,
    "prior": _read_prior,
    "low": _read_interval,
    "high": _read_interval,
}
_SIDE_KEYS = ("min", "max", "weights", "credibility", "column", "smooth")
"""Keys that stand beside one that says which notation it is."""
