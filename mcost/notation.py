"""Notations of an uncertain input -> probability law.

What people write ("20 to 40", "20% to 60%", percentiles, a SciPy family with its own parameters, a mixture,
samples) is read on the input's domain; what cannot be meant is refused with the reason and the mend. Laws
that few scenarios hold are loaded where they are met: a run should not wait for them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from os import PathLike
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np

from mcost.errors import NotationError, close, nearest, shown, spelt
from mcost.families import LISTS, Family, Parameter, interval_parameters
from mcost.formulas import FORMULAS
from mcost.law import Certain, Law
from mcost.numerals import DASHED, INTERVAL, ONE, cell, from_text, number, numeral, one_number, without_unit
from mcost.quantity import Quantity, check_domain, check_number, plain
from mcost.scales import Domain
from mcost.truncated import Truncated

CREDIBILITY = 0.9

LEAST_MASS = 1e-6
"""Bounds that keep less of a law than this are refused: too little is left to be meant."""

MOST_PARTS = 64
"""Parts of one mixture."""

DEEPEST = 8
"""Notations within notations."""

TOO_SLOW = ("ksone", "kstwo", "studentized_range", "levy_stable")
"""Families of which SciPy takes up to seconds for each quantile: no input of a scenario can be one."""

OF_ANY_SIZE = ("poisson", "randint", "geom")
BY_FORMULA = ("binom", "nbinom", "skellam")
"""Discrete families whose quantiles SciPy has by formula, the first whatever their size."""

Table = Mapping[str, Any]


@dataclass(frozen=True)
class Reading:
    """How a value is read.

    quantity : what it may be; credibility : the share that an interval holds.
    folder : where files of samples lie; None where they may not be read.
    prior : the law of a prior of the catalogue, by its name; None where there is no catalogue.
    depth : notations around this one.
    """

    quantity: Quantity
    credibility: float = CREDIBILITY
    folder: Path | None = None
    prior: Callable[[object], Law] | None = None
    depth: int = 0

    def inside(self, domain: Domain, unit: str) -> Reading:
        """For a part of a notation: it has a domain, but no further limits."""
        if self.depth >= DEEPEST:
            raise NotationError(f"found more than {DEEPEST} notations within one another")
        return replace(self, quantity=Quantity(unit, domain), depth=self.depth + 1)


def read_law(value: Any, reading: Reading) -> Law:
    """The law of a value in any notation, its domain and limits not yet checked."""
    if isinstance(value, str):
        return _read_text(value, reading)
    if isinstance(value, Mapping):
        return _read_table(value, reading)
    return Certain(number(value, reading.quantity))


# --- text -------------------------------------------------------------------------------------------------


def _read_text(text: str, reading: Reading) -> Law:
    quantity = reading.quantity
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
        return _interval(from_text(low, quantity), from_text(high, quantity), quantity, reading.credibility)
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


def _interval(low: float, high: float, quantity: Quantity, credibility: float) -> Law:
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
    family, given = interval_parameters(low, high, quantity.domain, _score(credibility))
    parameters = {key: float(value) for key, value in given.items()}
    if not all(math.isfinite(v) and (key in ("loc", "a") or v > 0) for key, v in parameters.items()):
        raise NotationError("the ends of this interval are too close together or too large to compute with")
    return Family(family, tuple(parameters.items()))


def _score(credibility: float) -> float:
    """z = Φ⁻¹((1 + credibility)/2)."""
    return NormalDist().inv_cdf((1 + credibility) / 2)


# --- tables -----------------------------------------------------------------------------------------------


def _read_table(table: Table, reading: Reading) -> Law:
    for key in table:
        if not isinstance(key, str):
            raise NotationError(f"found key {shown(key)}; expected the name of one")
    for mark, reader in _TABLES.items():
        if mark in table:
            return reader(table, reading)
    if any(_PERCENTILE.fullmatch(key) for key in table):
        return _read_percentiles(table, reading)
    unknown = next((key for key in table if key not in _SIDE_KEYS), "")
    meant = close(unknown, [*_TABLES, "p50"])
    hint = "" if meant is None else f"; did you mean {meant}?"
    raise NotationError(
        f"found {shown(dict(table))}; expected {{ low, high }}, {{ p10, p50, p90 }}, {{ dist, … }}, "
        f"{{ mixture }}, {{ choice }}, {{ samples }} or {{ prior }}{hint}"
    )


def _only(table: Table, known: Sequence[str]) -> None:
    for key in table:
        if key not in known:
            raise NotationError(f"{key}: no such key here{nearest(key, known)}")


def _at(key: str, error: NotationError) -> NotationError:
    return NotationError(f"{key}: {error}")


def _end(table: Table, key: str, quantity: Quantity) -> float | None:
    """One number of a table; None where the key is not given."""
    if key not in table:
        return None
    try:
        return one_number(table[key], quantity)
    except NotationError as error:
        raise _at(key, error) from None


def _bounded(law: Law, table: Table, quantity: Quantity) -> Law:
    """The law between ``min`` and ``max``, where those are given."""
    low, high = (_end(table, key, quantity) for key in ("min", "max"))
    if low is None and high is None:
        return law
    a, b = -math.inf if low is None else low, math.inf if high is None else high
    if a >= b:
        raise NotationError(f"found min = {plain(a)}, max = {plain(b)}; min must be below max")
    cut = Truncated(law, a, b)
    if not cut.mass > LEAST_MASS:
        kept = f"less than {LEAST_MASS:g}" if cut.mass > 0 else "nothing"
        raise NotationError(f"min and max keep {kept} of {law}; widen them, or move the distribution")
    return law if law.certain else cut


def _nested(table: Table, key: str, reading: Reading, quantity: Quantity) -> float | Law:
    """A number of a table, as ``quantity``, which may be uncertain itself, in the domain of ``reading``."""
    value, inner = table[key], reading
    try:
        if isinstance(value, Mapping) or (
            isinstance(value, str) and INTERVAL.fullmatch(without_unit(value, inner.quantity))
        ):
            law = read_law(value, inner)
            check_domain(law, inner.quantity)
            return law.support()[0] if law.certain else law
        return one_number(value, quantity)
    except NotationError as error:
        raise _at(key, error) from None


# --- intervals --------------------------------------------------------------------------------------------


def _read_interval(table: Table, reading: Reading) -> Law:
    quantity = reading.quantity
    _only(table, ("low", "high", "credibility", "min", "max"))
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
        return _bounded(_interval(low, high, quantity, float(held)), table, quantity)
    for key, end in (("low", low), ("high", high)):
        if isinstance(end, float):
            _check_end(key, end, quantity.domain)
    from mcost.compound import uncertain_interval

    return _bounded(uncertain_interval(low, high, quantity.domain, _score(held)), table, quantity)


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


# --- percentiles ------------------------------------------------------------------------------------------

_PERCENTILE = re.compile(r"p(\d+(?:\.\d+)?)")


def _read_percentiles(table: Table, reading: Reading) -> Law:
    """The metalog through them; the domain, min and max choose its form."""
    keys = _percentile_keys(table)
    quantity = Quantity(reading.quantity.unit, reading.quantity.domain)
    values = {key: _inside(table, key, quantity) for key in (*keys, "min", "max") if key in table}
    low = values.get("min", None if quantity.domain == "real" else 0.0)
    high = values.get("max", 1.0 if quantity.domain == "fraction" else None)
    _check_order(low, [(key, values[key]) for key in keys], high)
    from mcost.percentiles import Percentiles

    law = Percentiles(tuple((keys[key], values[key]) for key in keys), low, high)
    try:
        mean = law.mean()
    except ValueError as error:  # an infeasible metalog too: it says what the nearest feasible one is
        raise NotationError(str(error)) from None
    if not math.isfinite(mean):
        raise NotationError(
            f"the mean of {law} is not finite, so no expected cost exists; give "
            f"{'max' if mean > 0 else 'min'}, or percentiles that lie closer together"
        )
    return law


def _percentile_keys(table: Table) -> dict[str, float]:
    """The probability of each percentile, in increasing order."""
    found = {key: float(match[1]) / 100 for key in table if (match := _PERCENTILE.fullmatch(key))}
    keys = dict(sorted(found.items(), key=lambda item: item[1]))
    for key, p in keys.items():
        value = table[key]
        if isinstance(value, Mapping) and value and all(str(part).isdigit() for part in value):
            raise NotationError(
                f'{key}: found {shown(dict(value))}; write the key in quotes, "{key}.{next(iter(value))}"'
            )
        if not 0 < p < 1:
            end = "min" if p == 0 else "max"
            raise NotationError(f"{key}: expected a percentile between p0 and p100; an end is given as {end}")
    if "median" in table:
        raise NotationError("median: no such key here; did you mean p50?")
    _only(table, (*keys, "min", "max"))
    for (first, p), (second, q) in pairwise(keys.items()):
        if p == q:
            raise NotationError(f"found {first} and {second}, which are one percentile; give it once")
    from mcost.metalog import MAX_TERMS, MIN_TERMS

    if not MIN_TERMS <= len(keys) <= MAX_TERMS:
        raise NotationError(
            f"found {len(keys)} percentile{'s' if len(keys) > 1 else ''}, {', '.join(keys)}; expected "
            f"{MIN_TERMS} to {MAX_TERMS}, such as p10, p50 and p90"
        )
    return keys


def _inside(table: Table, key: str, quantity: Quantity) -> float:
    """One number of a table, within the domain."""
    try:
        value = one_number(table[key], quantity)
        check_number(value, quantity)
    except NotationError as error:
        raise _at(key, error) from None
    return value


def _check_order(low: float | None, points: Sequence[tuple[str, float]], high: float | None) -> None:
    if low is not None and high is not None and low >= high:
        raise NotationError(f"found min = {plain(low)}, max = {plain(high)}; min must be below max")
    for (a, x), (b, y) in pairwise(points):
        if x >= y:
            raise NotationError(f"{b} = {plain(y)} is not above {a} = {plain(x)}; percentiles must rise")
    for key, x in points:
        if low is not None and x <= low:
            mend = f"; for a chance of exactly {plain(x)} write a mixture of it and a distribution"
            raise NotationError(
                f"{key} = {plain(x)} is not above the least value, {plain(low)}{mend if x == low else ''}"
            )
        if high is not None and x >= high:
            raise NotationError(f"{key} = {plain(x)} is not below the greatest value, {plain(high)}")


# --- families of SciPy ------------------------------------------------------------------------------------


def _read_dist(table: Table, reading: Reading) -> Law:
    name = table["dist"]
    if name in TOO_SLOW and reading.prior is not None:
        raise NotationError(
            f"found dist = {shown(name)}, of which SciPy takes hours over the quantiles of all futures; give "
            "percentiles or samples of it"
        )
    if isinstance(name, str) and name in FORMULAS:
        shapes, domains = FORMULAS[name].shapes, FORMULAS[name].domains
        has_scale = True
    else:
        shapes, domains, has_scale = _scipy_shapes(name)
    known = (*shapes, "loc", *(("scale",) if has_scale else ()))
    given = [key for key in table if key not in ("dist", "min", "max")]
    for key in given:
        if key not in known:
            raise NotationError(
                f"{name} has no parameter {key}{nearest(key, known)} (its parameters: {', '.join(known)})"
            )
    for shape in shapes:
        if shape not in table:
            raise NotationError(f"{name} needs {shape} (its parameters: {', '.join(known)})")
    of: dict[str, Domain] = {**dict(zip(shapes, domains, strict=True)), "loc": "real", "scale": "positive"}
    parameters: dict[str, Parameter | Law] = {}
    for key in given:
        listed = name in LISTS and isinstance(table[key], list | tuple)
        parameters[key] = (
            _list(table, key)
            if listed
            else _nested(table, key, reading.inside(of[key], ""), Quantity("", "real"))
        )
    if not has_scale and name not in OF_ANY_SIZE:
        _check_size(name, parameters)
    return _bounded(_family(name, parameters), table, reading.quantity)


def _check_size(name: str, parameters: Mapping[str, Parameter | Law]) -> None:
    """Refuse numbers so large that SciPy, which adds up the points of a discrete family, never ends."""
    most = 10**9 if name in BY_FORMULA else 10**4
    for key, value in parameters.items():
        if key != "loc" and isinstance(value, float) and abs(value) > most:
            raise NotationError(
                f"found {key} = {value:g}; expected at most {most:,} in {name}, whose points are added up: "
                "give a continuous family"
            )


def _family(name: str, parameters: Mapping[str, Parameter | Law]) -> Law:
    certain = {key: value for key, value in parameters.items() if isinstance(value, float | tuple)}
    if len(certain) < len(parameters):
        from mcost.compound import compound

        return compound(name, {k: v for k, v in parameters.items() if not isinstance(v, tuple)})
    law = Family(name, tuple(certain.items()))
    if name in FORMULAS:
        numbers = {key: value for key, value in certain.items() if isinstance(value, float)}
        shapes = (numbers[shape] for shape in FORMULAS[name].shapes)
        valid = numbers.get("scale", 1.0) > 0 and FORMULAS[name].valid(*shapes)
    else:
        valid = not math.isnan(law.support()[0])
    if not valid:
        raise NotationError(f"{law}: SciPy's {name} does not exist at these parameters")
    return law


def _list(table: Table, key: str) -> tuple[float, ...]:
    try:
        return tuple(number(value, Quantity("", "real")) for value in table[key])
    except NotationError as error:
        raise _at(key, error) from None


def _scipy_shapes(name: Any) -> tuple[tuple[str, ...], tuple[Domain, ...], bool]:
    """Shape parameters of a SciPy family, the domain of each, and whether the family has a scale."""
    from scipy import stats

    family = getattr(stats, name, None) if isinstance(name, str) else None
    if not isinstance(family, stats.rv_continuous | stats.rv_discrete):
        families = [
            n for n, f in vars(stats).items() if isinstance(f, stats.rv_continuous | stats.rv_discrete)
        ]
        raise NotationError(
            f"found dist = {shown(name)}; expected a distribution of scipy.stats"
            f"{nearest(spelt(name), families)}"
        )
    shapes = tuple(part.strip() for part in family.shapes.split(",")) if family.shapes else ()
    known = {info.name: info.domain for info in family._shape_info()}
    domains = tuple(_domain(*known.get(shape, (-math.inf, math.inf))) for shape in shapes)
    return shapes, domains, isinstance(family, stats.rv_continuous)


def _domain(low: float, high: float) -> Domain:
    """The narrowest domain that holds every value from low to high."""
    if low >= 0:
        return "fraction" if high <= 1 else "positive"
    return "real"


# --- mixtures and choices ---------------------------------------------------------------------------------


def _read_mixture(table: Table, reading: Reading) -> Law:
    _only(table, ("mixture", "weights", "min", "max"))
    values = _listed(table, "mixture", "a list of values in any notation")
    if len(values) > MOST_PARTS:
        raise NotationError(f"mixture: found {len(values)} parts; expected at most {MOST_PARTS}")
    weights = _weights(table, "mixture", len(values))
    inner = reading.inside(reading.quantity.domain, reading.quantity.unit)
    laws = []
    for i, value in enumerate(values):
        try:
            law = read_law(value, inner)
            if law.certain:
                check_number(law.support()[0], inner.quantity)
        except NotationError as error:
            raise _at(f"mixture[{i}]", error) from None
        laws.append(law)
    from mcost.mixture import mixture

    return _bounded(mixture(laws, weights), table, reading.quantity)


def _read_choice(table: Table, reading: Reading) -> Law:
    _only(table, ("choice", "weights", "min", "max"))
    values = _listed(table, "choice", "a list of numbers")
    weights = _weights(table, "choice", len(values))
    quantity = Quantity(reading.quantity.unit, reading.quantity.domain)
    points = []
    for i, value in enumerate(values):
        several = isinstance(value, Mapping) or (
            isinstance(value, str) and INTERVAL.fullmatch(without_unit(value, quantity))
        )
        if several:
            raise NotationError(
                f"choice[{i}]: found {shown(value)}; expected a number: ranges and distributions go into "
                "{ mixture }"
            )
        try:
            points.append(one_number(value, quantity))
            check_number(points[-1], quantity)
        except NotationError as error:
            raise _at(f"choice[{i}]", error) from None
    from mcost.points import choice

    return _bounded(choice(points, weights), table, reading.quantity)


def _listed(table: Table, key: str, expected: str) -> list[Any]:
    values = table[key]
    if isinstance(values, np.ndarray):
        values = values.tolist()
    if not isinstance(values, list | tuple) or not values:
        raise NotationError(f"{key}: found {shown(values)}; expected {expected}")
    return list(values)


def _weights(table: Table, key: str, n: int) -> list[float]:
    """Weights, which must add up to 1; equal ones where none are given."""
    if "weights" not in table:
        return [1 / n] * n
    values = _listed(table, "weights", f"a list of {n} number{'s' if n > 1 else ''}, one for each of {key}")
    if len(values) != n:
        raise NotationError(f"weights: found {len(values)}; expected {n}, one for each of {key}")
    weights = []
    for i, value in enumerate(values):
        try:
            weights.append(one_number(value, Quantity("", "real")))
        except NotationError as error:
            raise _at(f"weights[{i}]", error) from None
        if weights[-1] <= 0:
            raise NotationError(f"weights[{i}]: found {plain(weights[-1])}; expected more than 0")
    whole = sum(weights)
    if abs(whole - 1) > 1e-6:
        raise NotationError(f"weights: found weights that add up to {whole:.9g}; expected 1")
    return weights


# --- samples ----------------------------------------------------------------------------------------------


def _read_samples(table: Table, reading: Reading) -> Law:
    source, smooth = table["samples"], table.get("smooth", False)
    quantity = Quantity(reading.quantity.unit, reading.quantity.domain)
    if not isinstance(smooth, bool):
        raise NotationError(f"smooth: found {shown(smooth)}; expected true or false")
    if isinstance(source, str | PathLike):
        _only(table, ("samples", "column", "smooth", "min", "max"))
        from mcost.samples import locate, read_column

        file = locate(source, reading.folder)
        values = read_column(file, table.get("column"), lambda text: cell(text, quantity))
        origin = f"{table['column']} in {file.name}"
    else:
        _only(table, ("samples", "smooth", "min", "max"))
        values, origin = _sampled(table, quantity), ""
    from mcost.points import Samples, Smoothed

    law: Law = Samples(np.array(values), origin)
    if smooth and not law.certain:
        law = Smoothed(np.array(values), origin)
    return _bounded(law, table, reading.quantity)


def _sampled(table: Table, quantity: Quantity) -> list[float]:
    values = []
    for i, value in enumerate(_listed(table, "samples", "a list of numbers, or the name of a CSV file")):
        try:
            values.append(one_number(value, quantity))
            check_number(values[-1], quantity)
        except NotationError as error:
            raise _at(f"samples[{i}]", error) from None
    return values


# --- the catalogue ----------------------------------------------------------------------------------------


def _read_prior(table: Table, reading: Reading) -> Law:
    _only(table, ("prior",))
    if reading.prior is None:
        raise NotationError(f"found {shown(dict(table))}; there is no catalogue of priors here")
    return reading.prior(table["prior"])


_TABLES: Mapping[str, Callable[[Table, Reading], Law]] = {
    "dist": _read_dist,
    "mixture": _read_mixture,
    "choice": _read_choice,
    "samples": _read_samples,
    "prior": _read_prior,
    "low": _read_interval,
    "high": _read_interval,
}
_SIDE_KEYS = ("min", "max", "weights", "credibility", "column", "smooth")
"""Keys that stand beside one that says which notation it is."""
