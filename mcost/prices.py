"""Model name -> prices, by genai-prices; the project's own dated rows (``models.toml``) where that has none.

The price table is the one that genai-prices ships: nothing is fetched, and no clock is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, NamedTuple

from mcost import price_table
from mcost.errors import UnknownModelError, shown
from mcost.models_file import Grade, PriceRow, newest, own_rows, price_row, tuning_end

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, Provider

_BATCH = {"processing": "batch"}


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
    on : the day whose prices are wanted; unsaid, the newest of the price table
        (:func:`mcost.price_table.newest_date`).
    request_tokens : input tokens of one request; some prices rise with it, for the whole request.

    A model that had no price yet on that day has its first one; one that is retired has its last one,
    and ``retires`` tells.

    Raises UnknownModelError, with the nearest names, for a name without a price per token.

    >>> price = price_of("gpt-4o-mini")
    >>> price.model, price.input, price.tuned.input
    ('openai/gpt-4o-mini', 0.15, 0.3)
    """
    day = price_table.newest_date() if on is None else on
    found = _listing(model, day, request_tokens)
    own = own_rows()
    base = found.model.replace("/ft:", "/", 1)
    life = newest(row for row in own.lives if row.model == found.model)
    training = newest(row for row in own.training if row.model == base)
    tuned = price_row(base.replace("/", "/ft:", 1), day)
    prefix = newest(row for row in own.prefixes if fnmatchcase(found.listed.lower(), row.model))
    end = tuning_end(base, found.model)
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


def _tuned_price(row: PriceRow) -> TunedPrice:
    return TunedPrice(
        input=row.input,
        cached=row.cached,
        output=row.output,
        hosting_usd_per_hour=row.hosting_usd_per_hour,
        premium=round(row.input / row.base_input, 9) if row.base_input else None,
        source=row.source,
    )


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
    provider, name = price_table.split(model)
    row = price_row(f"{provider.id}/{price_table.plain_name(name)}", day)
    if row is None:
        return _table_listing(model, provider, name, day, request_tokens)
    return _Listing(
        row.model, row.model, row.input, row.cached, None, row.output, row.batch_discount, row.source
    )


def _table_listing(model: str, provider: Provider, name: str, day: date, request_tokens: int) -> _Listing:
    entry = price_table.find(provider, name)
    if entry is None:
        raise price_table.unknown(model)
    maker, info = entry
    prices = info.get_prices(datetime.combine(day, price_table.NOON))
    price = _price_at(prices.input_mtok, request_tokens)
    if price is None:
        raise UnknownModelError(f"found model {shown(model)}; expected one that is priced by the token")
    batch = _batch_discount(info, day, request_tokens) if maker is provider else None
    return _Listing(
        model=price_table.canonical(provider, name, info),
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
    at = datetime.combine(day, price_table.NOON)
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
