"""The price table as ``mcost prices`` shows it: a model, a provider's models, the providers; and as data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from itertools import groupby
from typing import Any

from mcost.price_table import known_models, newest_date
from mcost.prices import ModelPrice, price_of
from mcost.report.lookup import Grid, Labelled, Page

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
        return {"models": list(known_models())}
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
