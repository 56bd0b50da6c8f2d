"""What ``mcost priors`` and ``mcost prices`` show: pages of text, tables and sketches, and the same as data.

The price pages need no NumPy, so that what does is imported where a prior is read.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from mcost.errors import McostError, shown
from mcost.prices import ModelPrice, known_models, newest_date, price_of

if TYPE_CHECKING:
    from mcost.catalogue import Entry

WIDTH = 100
_LABEL = 12
QUANTILES = {"p5": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}

GRADES = {
    "measured": "measured: counted, or a posted price",
    "elicited": "elicited: stated by somebody who should know",
    "weak": "weak: no good source; replace it by what you know",
}


@dataclass(frozen=True)
class Grid:
    """A table. The columns whose numbers are in ``right`` are set to the right, the last one is wrapped."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = frozenset()
    title: str = ""


@dataclass(frozen=True)
class Labelled:
    """A label, and lines beside it: sentences, wrapped, or lines of a sketch, left alone."""

    label: str
    lines: tuple[str, ...]
    wrap: bool = True


_BLANK = Labelled("", ("",), wrap=False)


@dataclass(frozen=True)
class Page:
    """What a look-up shows; a blank line stands where a part is a text or a grid."""

    parts: tuple[str | Grid | Labelled, ...]


def plain(page: Page, width: int = WIDTH) -> str:
    """The page as text of a given width."""
    said: list[str] = []
    for i, part in enumerate(page.parts):
        if i and not (isinstance(part, Labelled) and isinstance(page.parts[i - 1], Labelled)):
            said.append("")
        if isinstance(part, str):
            said.append(textwrap.fill(part, width, break_long_words=False, break_on_hyphens=False))
        elif isinstance(part, Grid):
            said += _grid(part, width)
        else:
            said += _labelled(part, width)
    return "\n".join(said)


def _labelled(part: Labelled, width: int) -> list[str]:
    said: list[str] = []
    for line in part.lines:
        inside = width - _LABEL
        pieces = textwrap.wrap(line, inside, break_long_words=False, break_on_hyphens=False)
        said += pieces if part.wrap else [line]
    return [f"{part.label if i == 0 else '':<{_LABEL}}{line}".rstrip() for i, line in enumerate(said)]


def _grid(part: Grid, width: int) -> list[str]:
    rows = [part.columns, *part.rows] if any(part.columns) else list(part.rows)
    wide = [max(len(row[i]) for row in rows) for i in range(len(part.columns) - 1)]
    start = 2 + sum(wide) + 2 * len(wide)
    said = [part.title] if part.title else []
    for row in rows:
        cells = [
            c.rjust(w) if i in part.right else c.ljust(w)
            for i, (c, w) in enumerate(zip(row, wide, strict=False))
        ]
        room = max(24, width - start)
        last = textwrap.wrap(row[-1], room, break_long_words=False, break_on_hyphens=False) or [""]
        said.append("  " + "  ".join([*cells, last[0]]).rstrip())
        said += [" " * start + more for more in last[1:]]
    return said


# --- priors -----------------------------------------------------------------------------------------------


def priors(grade: str | None = None, key: str | None = None) -> list[Entry]:
    """The entries of the catalogue of one grade, or that fit a scenario key; McostError where none fits."""
    from mcost.catalogue import entries

    every = list(entries().values())
    found = [e for e in every if grade in (None, e.grade) and (key is None or e.is_for(key))]
    if key is not None and not any(e.is_for(key) for e in every):
        keys = sorted({pattern for e in every for pattern in e.fits})
        raise McostError(f"--for {key}: no prior fits this key{_nearest(key, keys)}")
    return found


def find_prior(name: str) -> Entry:
    """The entry of this name; McostError with the nearest names where there is none."""
    from mcost.catalogue import entries

    known = entries()
    if name not in known:
        raise McostError(f"found prior {shown(name)}; expected one of the catalogue{_nearest(name, known)}")
    return known[name]


def _nearest(asked: str, names: Iterable[str]) -> str:
    """``"; did you mean A, B or C?"``: names that end alike first, or hold what was asked, then the alike."""
    from difflib import get_close_matches

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
    import numpy as np

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
    from mcost.report.words import count

    value = 100 * value if _is_share(entry) else value
    return count(float(f"{value:.{digits}g}"))


def _quantile(entry: Entry, p: float) -> float:
    import numpy as np

    return float(entry.prior.law.ppf(np.array([p]))[0])


def priors_page(found: Sequence[Entry]) -> Page:
    """A list of priors by topic, the columns of all topics in line."""
    weak = sum(e.grade == "weak" for e in found)
    count = f"{len(found)} prior{'s' * (len(found) != 1)}"
    head = f"{count}, {weak} of them weak: without a good source." if weak else f"{count}, none of them weak."
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
    from mcost.report.sketch import sketch
    from mcost.report.words import count

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
        return f"{int(days / 30.4375)} months ago (today is {today})"
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


# --- prices -----------------------------------------------------------------------------------------------

_OWN = "the project's own dated rows, mcost/models.toml"
_UNKNOWN = "not known"


def prices_page(asked: str | None, on: date | None) -> Page:
    """A model, a provider's models, or without a name the providers; UnknownModelError for another name."""
    if asked is None:
        return _providers_page()
    if names := _models_of(asked):
        return _provider_page(names, on)
    return _price_page(price_of(asked, on=on), on is not None)


def prices_data(asked: str | None, on: date | None) -> dict[str, Any]:
    """The same as data: ``{"models": names}``, or ``{"prices": [one a model]}``."""
    if asked is None:
        return {"models": known_models()}
    return {"prices": [_facts(price_of(name, on=on)) for name in _models_of(asked) or [asked]]}


def _facts(price: ModelPrice) -> dict[str, Any]:
    """One model: days as text, what is not known as None."""
    facts = asdict(price)
    for change in facts["history"]:
        change.update(on=_iso(change["on"]), after=_iso(change["after"]))
    return {key: _iso(value) if isinstance(value, date) else value for key, value in facts.items()}


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def usd(amount: float) -> str:
    """A price, with cents at the least: ``$0.075``, ``$15.00``."""
    text = f"{amount:.6f}".rstrip("0")
    return f"${amount:,.2f}" if len(text.partition(".")[2]) <= 2 else f"${text}"


class _Sources:
    """Sources by number, in the order in which they are first named."""

    def __init__(self) -> None:
        self.named: list[str] = []

    def __call__(self, source: str | None) -> str:
        if source is None:
            return ""
        if source not in self.named:
            self.named.append(source)
        return f"[{self.named.index(source) + 1}]"


def _price_page(price: ModelPrice, asked: bool) -> Page:
    """All that is known of one model; ``asked``: whether the day was, or is the newest of the table."""
    day = "as asked" if asked else "the newest day of the price table"
    head = f"{price.model}: USD per million tokens, prices of {price.as_of} ({day})."
    sources = _Sources()
    rows = [*_list_prices(price, sources), *_tuned_rows(price, sources), *_life_rows(price, sources)]
    parts: list[str | Grid | Labelled] = [head, Grid(("", "", "source", ""), tuple(rows), frozenset({1}))]
    parts.append(_history(price, sources))
    numbered = tuple((f"[{i}]", source) for i, source in enumerate(sources.named, 1))
    parts.append(Grid(("", ""), numbered, title="Sources"))
    return Page(tuple(parts))


def _list_prices(price: ModelPrice, sources: _Sources) -> Iterable[tuple[str, str, str, str]]:
    at = sources(price.source)
    yield "input", usd(price.input), at, ""
    if price.cached is None:
        yield "cached input", _UNKNOWN, at, f"no price of its own: counted as input, {usd(price.input)}"
    else:
        yield "cached input", usd(price.cached), at, f"{_times(price.cached / price.input)} input"
    if price.cache_write is None:
        yield "cache write", "as input", at, "no price of its own"
    else:
        yield "cache write", usd(price.cache_write), at, f"{_times(price.cache_write / price.input)} input"
    output = "none: it writes no text, or no price is listed" if price.output is None else ""
    yield "output", _UNKNOWN if price.output is None else usd(price.output), at, output
    off = None if price.batch_discount is None else f"{100 * price.batch_discount:g} % off"
    yield "in a batch", off or _UNKNOWN, at, "" if off else "no batch price is listed"
    prefix = price.smallest_cacheable_prefix
    if prefix is None:
        yield "shortest cached prompt", _UNKNOWN, "", ""
    else:
        yield "shortest cached prompt", f"{prefix:,}", sources(_OWN), "tokens"


def _times(ratio: float) -> str:
    return f"{ratio:.3g} ×" if ratio else "0 ×"


def _tuned_rows(price: ModelPrice, sources: _Sources) -> Iterable[tuple[str, str, str, str]]:
    tuned = price.tuned
    if tuned is None:
        yield "tuned", _UNKNOWN, "", "no price of a tuned one is listed"
    else:
        at = sources(tuned.source)
        premium = _UNKNOWN if tuned.premium is None else f"{tuned.premium:g} ×"
        said = (
            "its base model's price at this host is not known" if tuned.premium is None else "the base model"
        )
        yield "tuned: input", usd(tuned.input), at, ""
        cached = (_UNKNOWN, f"no price of its own: counted as input, {usd(tuned.input)}")
        yield (
            "tuned: cached input",
            *((cached[0], at, cached[1]) if tuned.cached is None else (usd(tuned.cached), at, "")),
        )
        yield "tuned: output", usd(tuned.output), at, ""
        yield "tuned: premium", premium, at, said
        fee = tuned.hosting_usd_per_hour
        month = f"idle or not: ${730 * fee:,.0f} a month"
        yield "tuned: an hour deployed", usd(fee) if fee else "no fee", at, month if fee else ""
    training = price.training_usd_per_mtok
    if training is None:
        yield "training", _UNKNOWN, "", ""
    else:
        grade = {
            "checked": "checked against the provider's own list",
            "secondary": "secondary: somebody else's account, not the provider's",
        }[price.training_grade or "secondary"]
        yield "training", usd(training), sources(price.training_source), f"a million tokens trained; {grade}"


def _life_rows(price: ModelPrice, sources: _Sources) -> Iterable[tuple[str, str, str, str]]:
    released = price.released
    yield "released", str(released or _UNKNOWN), sources(_OWN) if released else "", ""
    closes, retires = price.tuning_closes, price.retires
    at = sources(price.tuning_closes_source)
    yield (
        "tuning closes",
        str(closes or _UNKNOWN),
        at,
        _passed(closes, price.as_of, "last day to start a job"),
    )
    at = sources(price.retires_source)
    yield "retires", str(retires or _UNKNOWN), at, _passed(retires, price.as_of, "")


def _passed(day: date | None, as_of: date, otherwise: str) -> str:
    if day is None:
        return "no day announced, or none recorded"
    return f"before {as_of}: over" if day < as_of else otherwise


def _history(price: ModelPrice, sources: _Sources) -> str | Grid:
    if not price.history:
        return "List-price changes: none recorded."
    rows = []
    for change in price.history:
        day = str(change.on) if change.after is None else f"{change.after} to {change.on}"
        moved = f"input {usd(change.old_input)} to {usd(change.new_input)}"
        wrote = f"output {usd(change.old_output)} to {usd(change.new_output)}"
        ratio = f"{_times(change.ratio)} input"
        rows.append((day, moved, wrote, ratio, sources(change.source)))
    return Grid(("",) * 5, tuple(rows), title="List-price changes")


def _providers_page() -> Page:
    """Providers with their number of models, and the models that have a tuned price."""
    names = known_models()
    by_provider = {p: list(group) for p, group in groupby(names, key=lambda n: n.partition("/")[0])}
    rows = []
    for provider, models in sorted(by_provider.items(), key=lambda item: (-len(_tuned(item[1])), item[0])):
        tuned = ", ".join(n.partition("/ft:")[2] for n in _tuned(models))
        rows.append((provider, str(len(models)), tuned))
    head = f"{len(names):,} models of {len(rows)} providers, prices of {newest_date()}."
    tail = "One model: mcost prices openai/gpt-4o-mini. All of a provider: mcost prices anthropic."
    return Page((head, Grid(("", "models", "with a price of tuned ones"), tuple(rows), frozenset({1})), tail))


def _tuned(names: Iterable[str]) -> list[str]:
    return [name for name in names if "/ft:" in name]


def _models_of(provider: str) -> list[str]:
    """Every model of a provider that has a price per token; none where there is no such provider."""
    head = f"{provider.strip().strip('/').lower()}/"
    return [name for name in known_models() if name.startswith(head)]


def _provider_page(names: Sequence[str], on: date | None) -> Page:
    """The models of one provider, with input, cached and output price."""
    prices = [price_of(name, on=on) for name in names]
    rows = []
    for name, price in zip(names, prices, strict=True):
        given = [usd(p) if p is not None else _UNKNOWN for p in (price.cached, price.output)]
        rows.append((name, usd(price.input), *given, f"retires {price.retires}" if price.retires else ""))
    head = f"USD per million tokens, prices of {prices[0].as_of}."
    return Page((head, Grid(("", "input", "cached", "output", ""), tuple(rows), frozenset({1, 2, 3}))))
