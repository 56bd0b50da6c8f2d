"""The catalogue of priors as ``mcost priors`` shows it: which ones, as pages, and the same as data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from difflib import get_close_matches
from itertools import groupby
from typing import Any

import numpy as np

from mcost.calendar_months import DAYS_A_MONTH
from mcost.catalogue import Entry, entries
from mcost.errors import McostError, shown
from mcost.report.lookup import Grid, Labelled, Page
from mcost.report.sketch import sketch
from mcost.report.words import count

QUANTILES = {"p5": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}

GRADES = {
    "measured": "measured: counted, or a posted price",
    "elicited": "elicited: stated by somebody who should know",
    "weak": "weak: no good source; replace it by what you know",
}

_BLANK = Labelled("", ("",), wrap=False)


def priors(grade: str | None = None, key: str | None = None) -> list[Entry]:
    """The entries of the catalogue of one grade, or that fit a scenario key; McostError where none fits."""
    every = list(entries().values())
    found = [e for e in every if grade in (None, e.grade) and (key is None or e.is_for(key))]
    if key is not None and not any(e.is_for(key) for e in every):
        keys = sorted({pattern for e in every for pattern in e.fits})
        raise McostError(f"--for {key}: no prior fits this key{_nearest(key, keys)}")
    return found


def find_prior(name: str) -> Entry:
    """The entry of this name; McostError with the nearest names where there is none."""
    known = entries()
    if name not in known:
        raise McostError(f"found prior {shown(name)}; expected one of the catalogue{_nearest(name, known)}")
    return known[name]


def _nearest(asked: str, names: Iterable[str]) -> str:
    """``"; did you mean A, B or C?"``: names that end alike first, or hold what was asked, then the alike."""
    known = list(names)
    text = asked.lower().strip(".")
    tail = text.rpartition(".")[2]
    close = [n for n in known if n.rpartition(".")[2] == tail] if tail else []
    close += [n for n in known if len(text) > 2 and text in n]
    close += get_close_matches(text, known, n=3, cutoff=0.6)
    by_tail = {n.rpartition(".")[2]: n for n in reversed(known)}
    close += [by_tail[t] for t in get_close_matches(tail, by_tail, n=3, cutoff=0.75)]
    return _or(list(dict.fromkeys(close))[:3])


def _or(names: Sequence[str]) -> str:
    if not names:
        return ""
    either = f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0]
    return f"; did you mean {either}?"


def prior_facts(entry: Entry, today: date) -> dict[str, Any]:
    """One prior as data: quantiles and mean in its own unit, and where it comes from."""
    law = entry.prior.law
    quantiles = law.ppf(np.array(list(QUANTILES.values())))
    return {
        "name": entry.name,
        "about": entry.about,
        "unit": entry.unit,
        "domain": entry.domain,
        "read_as": str(law),
        **{key: float(value) for key, value in zip(QUANTILES, quantiles, strict=True)},
        "mean": law.mean(),
        "grade": entry.grade,
        "source": entry.source,
        "url": entry.url or None,
        "checked": entry.checked.isoformat(),
        "age_days": (today - entry.checked).days,
        "note": entry.note,
        "for": list(entry.fits),
        "paste": paste(entry),
    }


def paste(entry: Entry) -> str:
    """What a scenario writes to take the prior."""
    return f'{{ prior = "{entry.name}" }}'


def span(entry: Entry) -> str:
    """Its 5 to 95 % in words, to two digits: ``20 to 40 hours``, ``35 to 95 % of tokens``."""
    low, high = (_number(_quantile(entry, p), entry, 2) for p in (0.05, 0.95))
    unit = "" if entry.unit == "ratio" else _unit(entry)
    return f"{low if low == high else f'{low} to {high}'} {unit}".rstrip()


def _is_share(entry: Entry) -> bool:
    return entry.domain == "fraction" or entry.unit.startswith("fraction")


def _unit(entry: Entry) -> str:
    """The unit as it is shown: shares in per cent."""
    return (
        f"%{entry.unit.removeprefix('fraction')}"
        if entry.unit.startswith("fraction")
        else ("%" if _is_share(entry) else entry.unit)
    )


def _number(value: float, entry: Entry, digits: int = 3) -> str:
    value = 100 * value if _is_share(entry) else value
    return count(float(f"{value:.{digits}g}"))


def _quantile(entry: Entry, p: float) -> float:
    return float(entry.prior.law.ppf(np.array([p]))[0])


def priors_page(found: Sequence[Entry]) -> Page:
    """A list of priors by topic, the columns of all topics in line."""
    weak = sum(e.grade == "weak" for e in found)
    many = f"{len(found)} prior{'s' * (len(found) != 1)}"
    head = f"{many}, {weak} of them weak: without a good source." if weak else f"{many}, none of them weak."
    rows = {e.name: _row(e) for e in found}
    columns = ("", "median", "5 to 95 %", "unit", "grade")
    table = [columns, *rows.values()]
    wide = [max(len(row[i]) for row in table) for i in range(4)]
    grids = []
    for topic, group in groupby(found, key=lambda e: e.topic):
        cells = [rows[e.name] for e in group]
        padded = tuple(_padded(row, wide) for row in cells)
        grids.append(Grid(_padded(columns, wide), padded, title=topic))
    tail = 'One in full: mcost priors NAME. In a scenario: { prior = "NAME" }.'
    return Page((head, *grids, tail) if found else (head,))


def _padded(row: tuple[str, ...], wide: Sequence[int]) -> tuple[str, ...]:
    name, middle, ends, unit, grade = row
    return name.ljust(wide[0]), middle.rjust(wide[1]), ends.rjust(wide[2]), unit.ljust(wide[3]), grade


def _row(entry: Entry) -> tuple[str, ...]:
    low, middle, high = (_number(_quantile(entry, p), entry) for p in (0.05, 0.5, 0.95))
    ends = "certain" if entry.prior.law.certain else f"{low} to {high}"
    return entry.name, middle, ends, _unit(entry), entry.grade


def prior_page(entry: Entry, today: date) -> Page:
    """One prior in full."""
    law, share = entry.prior.law, _is_share(entry)
    names = ("5 %", "25 %", "median", "75 %", "95 %", "mean")
    values = [_quantile(entry, p) for p in QUANTILES.values()]
    numbers = [_number(v, entry) for v in (*values, law.mean())]
    wide = [max(map(len, pair)) for pair in zip(names, numbers, strict=True)]
    lines = ["   ".join(cell.rjust(w) for cell, w in zip(row, wide, strict=True)) for row in (names, numbers)]
    if law.certain:
        quantiles = Labelled("Value", (f"{numbers[0]} {_unit(entry)}, with certainty",))
    else:
        quantiles = Labelled("Quantiles", tuple(lines), wrap=False)
    parts: list[str | Labelled] = [f"{entry.name}: {entry.about}", quantiles]
    if not law.certain:
        parts.insert(1, Labelled("Unit", (_unit(entry),)))
    if drawn := sketch(law, lambda v: f"{count(100 * v)} %" if share else count(v), share):
        parts += [_BLANK, Labelled("Density", drawn, wrap=False), _BLANK]
    if not law.certain:
        parts.append(Labelled("Read as", (str(law),)))
    parts += [
        Labelled("Grade", (GRADES[entry.grade],)),
        Labelled("Source", (entry.source, *([entry.url] if entry.url else []))),
        Labelled("Checked", (f"{entry.checked}, {age(entry.checked, today)}",)),
    ]
    if entry.note:
        parts.append(Labelled("Note", (entry.note,)))
    fits = entry.fits or ("no key by itself",)
    parts += [Labelled("Fits", fits), Labelled("Paste", (paste(entry),))]
    return Page(tuple(parts))


def age(checked: date, today: date) -> str:
    """How long ago, in words, against the day that is given as today."""
    days = (today - checked).days
    if days < 0:
        return f"which is after today, {today}"
    if days < 2:
        return ("today", "yesterday")[days]
    if days < 60:
        return f"{days} days ago (today is {today})"
    if days <= 365:
        return f"{int(days / DAYS_A_MONTH)} months ago (today is {today})"
    years = int(days / 365.25) or 1
    return f"more than {years} year{'s' * (years > 1)} ago (today is {today}): check it again"


def assumed_page(rows: Sequence[tuple[str, Entry]], settled: str, notes: Sequence[str]) -> Page:
    """What a draft was not told and took from the catalogue, by the end of its key; weak ones named."""
    names = {grade: [_words(k) for k, e in rows if (e.grade == "weak") == grade] for grade in (True, False)}
    weak, sound = (list(dict.fromkeys(names[grade])) for grade in (True, False))
    sound = [name for name in sound if name not in weak]
    said = [f"From the catalogue: {', '.join(sound)}."] if sound else []
    said += [f"From the catalogue and weak, without a good source: {', '.join(weak)}."] if weak else []
    parts = [Labelled("Assumed", (*said, f"Set by default: {settled}."))]
    parts += [Labelled("Note" if i == 0 else "", (note,)) for i, note in enumerate(notes)]
    return Page(tuple(parts))


def _words(key: str) -> str:
    return key.rpartition(".")[2].replace("_", " ")
