"""Model name -> prices, by genai-prices; the project's own dated rows (``models.toml``) where that has none.

The price table is the one that genai-prices ships: nothing is fetched, and no clock is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, TypeVar

from mcost.errors import McostError, nearest, shown

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, Provider

Grade = Literal["checked", "secondary"]

_MAKERS = ("openai", "anthropic", "google", "mistral")  # in this order where providers share a name
_SNAPSHOT_DATE = re.compile(r"[-@]20\d\d-?[01]\d-?[0-3]\d$")
_BATCH = {"processing": "batch"}
_NOON = time(12, tzinfo=UTC)


class UnknownModelError(McostError):
    """A name that no price is known for; the message says what was found and the nearest names."""


@dataclass(frozen=True)
class PriceChange:
    """One change of a named model's list price, USD per million tokens.

    on : the day of the change; where ``after`` is given, the last day on which it can have been.
    after : the last day on which the old price was seen, where the source does not give the day itself.
    """

    on: date
    old_input: float
    new_input: float
    old_output: float
    new_output: float
    source: str
    after: date | None = None

    @property
    def ratio(self) -> float:
        """New over old input price."""
        return self.new_input / self.old_input


@dataclass(frozen=True)
class TunedPrice:
    """What calls to a tuned model cost, USD per million tokens.

    hosting_usd_per_hour : USD for every hour that the model is deployed, idle or not.
    premium : tuned over base input price, at the same provider; None where the base price is not known.
    """

    input: float
    cached: float | None
    output: float
    hosting_usd_per_hour: float
    premium: float | None
    source: str


@dataclass(frozen=True)
class ModelPrice:
    """Prices of one model on one day, USD per million tokens, and what is known of its life.

    model : the canonical name, ``"provider/name"``.
    input, output : for requests of the size that was asked for; ``output`` is None for embeddings.
    cached : None where the provider has no price for cached input: it then costs the full input price.
    cache_write : None where writing to the cache costs no more than input.
    as_of : the day whose prices these are.
    source : where input, cached, cache_write, output and batch_discount come from.
    smallest_cacheable_prefix : tokens; None where it is not known, or nothing is cached.
    retires : the day on which the model stops, past or to come; None where no day is known.
    tuning_closes : the last day on which a tuning job can be started; None where no end is known.
    training_usd_per_mtok : USD per million tokens trained (data set times epochs), supervised.
    training_grade : "checked" against the provider's own price list, or "secondary".
    tuned : of a base model, the price of its tunes; of a tuned model, its own.
    batch_discount : share of input and output price that batch calls save; cached input may save less.
        None where the table has no batch price: asked for one, it would give the standard price.
    history : list-price changes of this model, oldest first, whatever ``as_of`` is.
    """

    model: str
    input: float
    cached: float | None
    cache_write: float | None
    output: float | None
    as_of: date
    source: str
    smallest_cacheable_prefix: int | None = None
    released: date | None = None
    retires: date | None = None
    retires_source: str | None = None
    tuning_closes: date | None = None
    tuning_closes_source: str | None = None
    training_usd_per_mtok: float | None = None
    training_grade: Grade | None = None
    training_source: str | None = None
    tuned: TunedPrice | None = None
    batch_discount: float | None = None
    history: tuple[PriceChange, ...] = ()


def price_of(model: str, *, on: date | None = None, request_tokens: int = 4000) -> ModelPrice:
    """Prices of ``model``, by name.

    model : ``"openai/gpt-4o-mini"``, ``"gpt-4o-mini"``, a dated snapshot, or a tune: ``"ft:gpt-4o-mini"``.
    on : the day whose prices are wanted; unsaid, the newest of the price table (:func:`newest_date`).
    request_tokens : input tokens of one request; some prices rise with it, for the whole request.

    A model that had no price yet on that day has its first one; one that is retired has its last one,
    and ``retires`` tells.

    Raises UnknownModelError, with the nearest names, for a name without a price per token.

    >>> price = price_of("gpt-4o-mini")
    >>> price.model, price.input, price.tuned.input
    ('openai/gpt-4o-mini', 0.15, 0.3)
    """
    day = newest_date() if on is None else on
    found = _listing(model, day, request_tokens)
    own = _own()
    base = found.model.replace("/ft:", "/", 1)
    life = _newest(row for row in own.lives if row.model == found.model)
    training = _newest(row for row in own.training if row.model == base)
    tuned = _price_row(base.replace("/", "/ft:", 1), day)
    prefix = _newest(row for row in own.prefixes if fnmatchcase(found.listed.lower(), row.model))
    end = _tuning_end(base, found.model)
    return ModelPrice(
        model=found.model,
        input=found.input,
        cached=found.cached,
        cache_write=found.cache_write,
        output=found.output,
        as_of=day,
        source=found.source,
        smallest_cacheable_prefix=prefix.tokens if prefix and found.cached is not None else None,
        released=life.released if life else None,
        retires=life.retires if life else None,
        retires_source=life.source if life and life.retires else None,
        tuning_closes=end.closes if end else None,
        tuning_closes_source=end.source if end else None,
        training_usd_per_mtok=training.usd_per_mtok if training else None,
        training_grade=training.grade if training else None,
        training_source=training.source if training else None,
        tuned=_tuned_price(tuned) if tuned else None,
        batch_discount=found.batch_discount,
        history=tuple(
            PriceChange(row.on, *row.input, *row.output, row.source, row.after)
            for row in sorted(own.changes, key=lambda row: row.on)
            if row.model == found.model
        ),
    )


def known_models() -> list[str]:
    """Every canonical name that has a price per token, sorted."""
    return list(_known())


def newest_date() -> date:
    """The newest day on which a price of the table starts.

    A start after the day when ``models.toml`` was last checked is an announcement, and those get withdrawn.
    """
    return _newest_date()


# One row of models.toml each; ``source`` is the cited text, with the day it was checked. Tuples, since seven
# data classes more would double the time that importing this takes.


class _Fact(Protocol):
    @property
    def model(self) -> str: ...
    @property
    def checked(self) -> date: ...


class _PriceRow(NamedTuple):
    model: str
    input: float
    output: float
    source: str
    checked: date
    cached: float | None = None
    base_input: float | None = None
    batch_discount: float | None = None
    hosting_usd_per_hour: float = 0.0
    since: date = date.min


class _Training(NamedTuple):
    model: str
    usd_per_mtok: float
    grade: Grade
    source: str
    checked: date


class _TuningEnd(NamedTuple):
    model: str
    closes: date
    source: str
    checked: date


class _Prefix(NamedTuple):
    model: str
    tokens: int
    source: str
    checked: date


class _Change(NamedTuple):
    model: str
    on: date
    input: tuple[float, float]
    output: tuple[float, float]
    source: str
    checked: date
    after: date | None = None


class _Life(NamedTuple):
    model: str
    source: str
    checked: date
    released: date | None = None
    retires: date | None = None


class _Own(NamedTuple):
    """All of models.toml."""

    checked: date
    prices: tuple[_PriceRow, ...]
    training: tuple[_Training, ...]
    tuning_ends: tuple[_TuningEnd, ...]
    prefixes: tuple[_Prefix, ...]
    changes: tuple[_Change, ...]
    lives: tuple[_Life, ...]


_F = TypeVar("_F", bound=_Fact)


@cache
def _own() -> _Own:
    import tomllib

    table = tomllib.loads((Path(__file__).parent / "models.toml").read_text(encoding="utf-8"))

    def rows(name: str, kind: Callable[..., _F]) -> tuple[_F, ...]:
        return tuple(kind(**row | {"source": cited(row)}) for row in table[name])

    def cited(row: dict[str, Any]) -> str:
        return f"{table['sources'][row['source']]} (checked {row['checked']})"

    return _Own(
        checked=table["checked"],
        prices=rows("price", _PriceRow),
        training=rows("training", _Training),
        tuning_ends=rows("tuning_end", _TuningEnd),
        prefixes=rows("cacheable_prefix", _Prefix),
        changes=rows("price_change", _Change),
        lives=rows("life", _Life),
    )


def _newest(rows: Iterable[_F]) -> _F | None:
    """The row checked last; of several, the lowest in the file."""
    return max(reversed(list(rows)), key=lambda row: row.checked, default=None)


def _price_row(model: str, day: date) -> _PriceRow | None:
    """The own price of ``model`` on ``day``: of the rows that had begun the newest, else the first."""
    rows = sorted(
        (row for row in _own().prices if row.model == model), key=lambda row: (row.since, row.checked)
    )
    begun = [row for row in rows if row.since <= day]
    return begun[-1] if begun else rows[0] if rows else None


def _tuned_price(row: _PriceRow) -> TunedPrice:
    return TunedPrice(
        input=row.input,
        cached=row.cached,
        output=row.output,
        hosting_usd_per_hour=row.hosting_usd_per_hour,
        premium=round(row.input / row.base_input, 9) if row.base_input else None,
        source=row.source,
    )


def _tuning_end(*models: str) -> _TuningEnd | None:
    """When tuning closes: with the provider's tuning, or earlier, with the base model or its tunes."""
    end = _newest(row for row in _own().tuning_ends if fnmatchcase(models[0].lower(), row.model))
    for model in models:
        life = _newest(row for row in _own().lives if row.model == model)
        if end and life and life.retires and life.retires < end.closes:
            end = _TuningEnd(model=model, closes=life.retires, source=life.source, checked=life.checked)
    return end


class _Listing(NamedTuple):
    """Prices of a name, wherever found: ``model`` is its canonical name, ``listed`` the maker's entry."""

    model: str
    listed: str
    input: float
    cached: float | None
    cache_write: float | None
    output: float | None
    batch_discount: float | None
    source: str


def _listing(model: str, day: date, request_tokens: int) -> _Listing:
    provider, name = _split(model)
    row = _price_row(f"{provider.id}/{_plain(name)}", day)
    if row is None:
        return _table_listing(model, provider, name, day, request_tokens)
    return _Listing(
        row.model, row.model, row.input, row.cached, None, row.output, row.batch_discount, row.source
    )


def _table_listing(model: str, provider: Provider, name: str, day: date, request_tokens: int) -> _Listing:
    entry = _find(provider, name)
    if entry is None:
        raise _unknown(model)
    maker, info = entry
    prices = info.get_prices(datetime.combine(day, _NOON))
    price = _price_at(prices.input_mtok, request_tokens)
    if price is None:
        raise UnknownModelError(f"found model {shown(model)}; expected one that is priced by the token")
    batch = _batch_discount(info, day, request_tokens) if maker is provider else None
    return _Listing(
        model=_canonical(provider, name, info),
        listed=f"{maker.id}/{info.id}",
        input=price,
        cached=_price_at(prices.cache_read_mtok, request_tokens),
        cache_write=_price_at(prices.cache_write_mtok, request_tokens),
        output=_price_at(prices.output_mtok, request_tokens),
        batch_discount=batch,
        source=_table_source(provider, maker, info, batch),
    )


def _price_at(price: Any, request_tokens: int) -> float | None:
    """USD per million tokens in a request of that size; tiers go by the size of one request."""
    from genai_prices.types import calc_unit_price

    return None if price is None else float(calc_unit_price(price, 1, request_tokens, 1))


def _batch_discount(info: ModelInfo, day: date, request_tokens: int) -> float | None:
    """Share that batch calls save; None without a batch price, where the table gives the standard one."""
    at = datetime.combine(day, _NOON)
    variants = [v for v in info.price_variants or () if v.when == _BATCH]
    if not any(v.constraint is None or v.constraint.active(at) for v in variants):
        return None
    standard = _price_at(info.get_prices(at).input_mtok, request_tokens)
    batch = _price_at(info.get_prices(at, _BATCH).input_mtok, request_tokens)
    return round(1 - batch / standard, 9) if standard and batch is not None else None


def _table_source(provider: Provider, maker: Provider, info: ModelInfo, batch: float | None) -> str:
    import genai_prices
    from genai_prices.types import TimeOfDateConstraint

    source = f"genai-prices {genai_prices.__version__}"
    if maker.pricing_urls:
        source += f", {maker.pricing_urls[0]}"
    if maker is not provider:
        source += f"; the price of {maker.id}, as {provider.id} has none of its own there"
    if isinstance(info.prices, list) and any(
        isinstance(p.constraint, TimeOfDateConstraint) for p in info.prices
    ):
        source += "; at 12:00 UTC, as its price depends on the hour"
    return source if batch is not None else source + "; no batch price there"


def _canonical(provider: Provider, name: str, info: ModelInfo) -> str:
    """The table's name; the asked one where its own life is known (a snapshot, a variant)."""
    lives = {row.model for row in _own().lives}
    ours = (f"{provider.id}/{n}" for n in (name, _plain(name), f"{_plain(name)}-latest"))
    return next((n for n in ours if n in lives), f"{provider.id}/{info.id}")


def _split(model: str) -> tuple[Provider, str]:
    """Provider and lower-case name; the provider of a name without one is its maker."""
    from genai_prices.data_snapshot import find_provider_by_id

    text = model.strip().lower()
    head, slash, name = text.partition("/")
    if slash:
        provider = find_provider_by_id(_providers(), head)
        if provider is None:
            expected = f"expected a provider of the price table, not {shown(head)}"
            raise UnknownModelError(
                f"found model {shown(model)}; {expected}{nearest(head, [p.id for p in _providers()])}"
            )
        return provider, name
    base = text.removeprefix("ft:")
    for provider in _providers():
        if provider.model_match is not None and provider.model_match.is_match(base):
            return provider, text
    raise _unknown(model)


def _plain(name: str) -> str:
    """``name`` without its snapshot's date; a tuned model also without organisation and job."""
    tuned = re.match(r"ft:([^:]+)|(.+)\.ft-", name)
    if tuned:
        return f"ft:{_plain(tuned[1] or tuned[2])}"
    return _SNAPSHOT_DATE.sub("", name)


def _find(provider: Provider, name: str) -> tuple[Provider, ModelInfo] | None:
    """The entry of ``name``, and whose it is: the provider's, or that of a maker whose models it serves."""
    named = next((m for m in provider.models if m.id.lower() == name), None)
    info = named or provider.find_model(name)
    if info is not None:
        return provider, info
    makers = [p for p in _providers() if p.id in (provider.fallback_model_providers or ())]
    for maker in makers:
        info = maker.find_model(name)
        if info is not None:
            return maker, info
    return None


def _providers() -> list[Provider]:
    """The table that the package ships, even where the process has fetched another one."""
    from genai_prices.data import providers

    return providers


@cache
def _newest_date() -> date:
    from genai_prices.types import StartDateConstraint

    starts = {
        price.constraint.start_date
        for provider in _providers()
        for info in provider.models
        for price in (*(info.prices if isinstance(info.prices, list) else ()), *(info.price_variants or ()))
        if isinstance(price.constraint, StartDateConstraint)
    }
    return max(start for start in starts if start <= _own().checked)


@cache
def _known() -> tuple[str, ...]:
    at = datetime.combine(newest_date(), _NOON)
    names = {
        f"{provider.id}/{info.id}"
        for provider in _providers()
        for info in provider.models
        if info.get_prices(at).input_mtok is not None and not info.id.endswith("-")
    }
    for row in _own().prices:
        names.add(row.model)
        if row.base_input is not None:  # Azure's GPT models, which the table lists under OpenAI alone
            names.add(row.model.replace("/ft:", "/", 1))
    return tuple(sorted(names))


def _unknown(model: str) -> UnknownModelError:
    from difflib import get_close_matches

    asked = model.strip().lower()
    if "/" in asked:
        names = {name.lower(): name for name in _known()}
    else:  # compare bare names, and show each with the provider that makes the model
        names = {name.partition("/")[2].lower(): name for name in sorted(_known(), key=_rank)}
    close = [names[n] for n in get_close_matches(asked, names, n=3, cutoff=0.6)]
    or_else = f"{', '.join(close[:-1])} or {close[-1]}" if len(close) > 1 else "".join(close)
    hint = f"; did you mean {or_else}?" if close else ""
    return UnknownModelError(f"found model {shown(model)}; expected a model of the price table{hint}")


def _rank(name: str) -> int:
    """Hosts first, the foremost maker last: of names that are alike the last one stays."""
    provider = name.partition("/")[0]
    return -_MAKERS.index(provider) if provider in _MAKERS else -len(_MAKERS)
