"""Every notation of an uncertain value, as Hypothesis strategies: valid for its key by construction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from hypothesis import strategies as st

from mcost.catalogue import entries

CSV = "seen.csv"
CSV_TEXT = "day,share,amount,growth\n1,0.2,3.5,0.01\n2,0.35,4,-0.01\n3,0.1,2.25,0.02\n4,0.3,6,0.03\n"
"""Beside every scenario that is built: three columns, one for each domain."""


@dataclass(frozen=True)
class Key:
    """What a key of a scenario may be.

    low, high : where its values lie, about. words : units that its text may carry, "$" before it.
    domain : as in the package. off_0 : whether no chance of a value near 0 is allowed.
    """

    low: float
    high: float
    words: tuple[str, ...] = ("",)
    domain: str = "positive"
    off_0: bool = False


@dataclass(frozen=True)
class Written:
    """A value as it stands in a scenario, and whether it is one number for certain."""

    value: Any
    certain: bool


def digits(x: float) -> float:
    return float(f"{x:.5g}")


def numbers(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers of five digits: hardly ever does one strategy then cost just what another one does."""
    return st.floats(low, high, allow_nan=False).map(digits)


@cache
def values(name: str, key: Key) -> st.SearchStrategy[Written]:
    """A value of a key in any notation; ``name`` is the key, for the catalogue's priors."""
    own = {"positive": _positive, "fraction": _fraction, "real": _real}[key.domain](key)
    priors = [prior for prior, entry in entries().items() if entry.is_for(name)]
    named = [st.sampled_from(priors).map(_prior)] if priors else []
    several = [strategy.map(_spread) for strategy in own]
    certain = [numbers(key.low, key.high).map(_certain), _text(key).map(_certain)]
    if key.domain == "positive":  # slow to read, and so rare
        rare = st.integers(0, 5).flatmap(lambda n: (_uncertain_parameter if n == 5 else _interval)(key))
        several.append(rare.map(_spread))
    # each notation about as often as another, certain values twice
    return st.one_of(*certain, *certain, *several, _mixed(key).map(_spread), *named)


def _certain(value: Any) -> Written:
    return Written(value, True)


def _spread(value: Any) -> Written:
    return Written(value, False)


def _prior(name: str) -> Written:
    return Written({"prior": name}, entries()[name].prior.law.certain)


@st.composite
def _text(draw: st.DrawFn, key: Key) -> str:
    """A number as people write it: with its unit, a dollar, a per cent sign, or thousands marked."""
    x, word = draw(numbers(key.low, key.high)), draw(st.sampled_from(key.words))
    if key.domain != "positive":
        return f"{100 * x:.9g}%"
    if word == "$":
        return f"${x:.9f}"
    if x >= 1000 and draw(st.booleans()):
        return f"{x / 1000:.9f}k" if draw(st.booleans()) else f"{x:_.9f} {word}".strip()
    return f"{x:.9f} {word}".strip()


@st.composite
def _ends(draw: st.DrawFn, key: Key, least: float = 1.1, most: float = 3.0) -> tuple[float, float]:
    """Two numbers, the second above the first, within the domain."""
    low = draw(numbers(key.low, key.high))
    high = low * draw(st.floats(least, most)) if key.domain != "real" else low + draw(st.floats(0.005, 0.04))
    if key.domain == "fraction":
        high = low + (1 - low) * draw(st.floats(0.1, 0.6))
    return low, digits(high)


@st.composite
def _interval_text(draw: st.DrawFn, key: Key) -> str:
    (low, high), word = draw(_ends(key)), draw(st.sampled_from(key.words))
    if key.domain != "positive" and draw(st.booleans()):
        return f"{100 * low:.9f}% to {100 * high:.9f}%"
    if word == "$":
        return f"${low:.9f} to ${high:.9f}"
    return f"{low:.9f} to {high:.9f} {word}".strip()


@st.composite
def _interval(draw: st.DrawFn, key: Key) -> dict[str, Any]:
    low, high = draw(_ends(key))
    found: dict[str, Any] = {"low": low, "high": high}
    if draw(st.booleans()):
        found["credibility"] = draw(st.sampled_from([0.5, 0.8, 0.95]))
    if draw(st.integers(0, 3)) == 0 and key.domain != "real":
        found["max"] = digits(high * 1.5) if key.domain == "positive" else (1 + high) / 2
    return found


@st.composite
def _percentiles(draw: st.DrawFn, key: Key) -> dict[str, Any]:
    """Three or five percentiles, so even on the domain's own scale that a metalog goes through them."""
    low, high = draw(_ends(key, 1.2, 2.0))
    skew = draw(st.floats(0.45, 0.55))
    points = {"p10": 0.0, "p50": skew, "p90": 1.0}
    if key.domain != "fraction" and draw(st.booleans()):
        points |= {"p25": 0.26 * skew / 0.5, "p75": skew + (1 - skew) * 0.48}
    found = {name: digits(low + (high - low) * at) for name, at in points.items()}
    if key.domain == "positive" and draw(st.booleans()):
        found |= {"min": digits(low / 4), "max": digits(high * 4)}
    return found


def _bounds(law: dict[str, Any], **more: float) -> dict[str, Any]:
    return law | {key: digits(value) for key, value in more.items()}


FAMILIES: list[Callable[[float, float], dict[str, Any]]] = [
    lambda a, c: {"dist": "gamma", "a": digits(2 + c), "scale": digits(a / 3)},
    lambda a, c: {"dist": "lognorm", "s": digits(0.1 + c / 2), "scale": a},
    lambda a, c: {"dist": "weibull_min", "c": digits(2 + c), "scale": a},
    lambda a, c: {"dist": "triang", "c": c, "loc": a, "scale": a},
    lambda a, c: {"dist": "uniform", "loc": a, "scale": digits(a * (0.1 + c))},
    lambda a, c: _bounds({"dist": "norm", "loc": a, "scale": digits(a * c / 2)}, min=a / 3),
    lambda a, c: _bounds({"dist": "expon", "loc": digits(a / 4), "scale": a}, max=a * (2 + c)),
    lambda a, c: {"dist": "beta", "a": digits(2 + c), "b": 3, "loc": digits(a / 8), "scale": digits(2 * a)},
    lambda a, c: {"dist": "fisk", "c": digits(6 + c), "scale": a},
    lambda a, c: {"dist": "rayleigh", "loc": digits(a / 2), "scale": digits(a * c)},
    lambda a, c: _bounds({"dist": "t", "df": 4, "loc": a, "scale": digits(a * c / 3)}, min=a / 4, max=a * 5),
]
"""Continuous families of SciPy about a, by a shape c from 0 to 1; well away from 0."""

COUNTS: list[Callable[[float, float], dict[str, Any]]] = [
    lambda a, c: {"dist": "poisson", "mu": digits(1 + 5 * c), "loc": round(a)},
    lambda a, c: {"dist": "binom", "n": 5, "p": c, "loc": round(a)},
    lambda a, c: {"dist": "randint", "low": round(a), "high": round(a) + 1 + round(9 * c)},
    lambda a, c: {"dist": "geom", "p": digits(0.3 + c / 2), "loc": round(a), "max": round(a) + 9},
]
"""Discrete families from about a on."""


@st.composite
def _family(draw: st.DrawFn, key: Key, kinds: list[Callable[[float, float], dict[str, Any]]]) -> Any:
    a, c = draw(numbers(key.low, key.high)), draw(numbers(0.1, 0.9))
    return draw(st.sampled_from(kinds))(a, c)


@st.composite
def _uncertain_parameter(draw: st.DrawFn, key: Key) -> dict[str, Any]:
    """An end that is uncertain itself."""
    low, high = draw(_ends(key, 1.5, 3.0))
    return {"low": f"{low / 1.2:.9f} to {low:.9f}", "high": high}


@st.composite
def _points(draw: st.DrawFn, key: Key) -> dict[str, Any]:
    """A choice of numbers, or a list of samples."""
    points = draw(st.lists(numbers(key.low, key.high), min_size=2, max_size=5, unique=True))
    if draw(st.booleans()):
        return {"choice": points} | ({"weights": [0.25, 0.75]} if len(points) == 2 else {})
    smooth = {"smooth": True} if draw(st.booleans()) and not key.off_0 else {}
    return {"samples": points} | smooth


@st.composite
def _mixed(draw: st.DrawFn, key: Key) -> dict[str, Any]:
    """A number or an interval, each with its weight."""
    weight = draw(st.sampled_from([0.1, 0.25, 0.5]))
    parts = [draw(numbers(key.low, key.high)), draw(_interval_text(key))]
    return {"mixture": parts, "weights": [weight, 1 - weight]}


def _column(key: Key) -> list[st.SearchStrategy[Any]]:
    """The samples of a file, where the key may be as small as they are."""
    column = {"positive": "amount", "fraction": "share", "real": "growth"}[key.domain]
    fits = key.domain != "positive" or key.low <= 4 <= key.high
    return [st.just({"samples": CSV, "column": column})] if fits and not key.off_0 else []


def _positive(key: Key) -> list[st.SearchStrategy[Any]]:
    common = [_interval_text(key), _interval(key), _percentiles(key), _family(key, FAMILIES), _points(key)]
    counted = [_family(key, COUNTS)] if key.low >= 1 and key.high >= 5 else []
    return [*common, *counted, *_column(key)]


def _fraction(key: Key) -> list[st.SearchStrategy[Any]]:
    beta = st.builds(lambda a, b: {"dist": "beta", "a": a, "b": b}, numbers(0.7, 8), numbers(2.5, 20))
    return [_interval_text(key), _interval(key), _percentiles(key), beta, _points(key), *_column(key)]


def _real(key: Key) -> list[st.SearchStrategy[Any]]:
    normal = st.builds(
        lambda m, s: {"dist": "norm", "loc": m, "scale": s}, numbers(-0.02, 0.03), numbers(0.002, 0.02)
    )
    logistic = normal.map(lambda law: law | {"dist": "logistic"})
    return [
        _interval_text(key),
        _interval(key),
        _percentiles(key),
        normal,
        logistic,
        _points(key),
        *_column(key),
    ]
