"""The price table that genai-prices ships: its models, its newest day, and the entry that a name means."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from functools import cache
from typing import TYPE_CHECKING

from mcost.errors import UnknownModelError, nearest, shown
from mcost.models_file import own_rows

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, Provider

NOON = time(12, tzinfo=UTC)
"""The hour whose prices are taken, where they depend on it."""

_MAKERS = ("openai", "anthropic", "google", "mistral")  # in this order where providers share a name
_SNAPSHOT_DATE = re.compile(r"[-@]20\d\d-?[01]\d-?[0-3]\d$")


def providers() -> list[Provider]:
    """The table that the package ships, even where the process has fetched another one."""
    from genai_prices import data

    return data.providers


@cache
def newest_date() -> date:
    """The newest day on which a price starts, of those up to the day when ``models.toml`` was checked.

    A start after that day is an announcement, and those get withdrawn.
    """
    from genai_prices.types import StartDateConstraint

    starts = {
        price.constraint.start_date
        for provider in providers()
        for info in provider.models
        for price in (*(info.prices if isinstance(info.prices, list) else ()), *(info.price_variants or ()))
        if isinstance(price.constraint, StartDateConstraint)
    }
    return max(start for start in starts if start <= own_rows().checked)


@cache
def known_models() -> tuple[str, ...]:
    """Canonical names with a price per token, there or among the own rows, sorted."""
    at = datetime.combine(newest_date(), NOON)
    names = {
        f"{provider.id}/{info.id}"
        for provider in providers()
        for info in provider.models
        if info.get_prices(at).input_mtok is not None and not info.id.endswith("-")
    }
    for row in own_rows().prices:
        names.add(row.model)
        if row.base_input is not None:  # Azure's GPT models, which the table lists under OpenAI alone
            names.add(row.model.replace("/ft:", "/", 1))
    return tuple(sorted(names))


def split(model: str) -> tuple[Provider, str]:
    """Provider and lower-case name; the provider of a name without one is its maker."""
    from genai_prices.data_snapshot import find_provider_by_id

    text = model.strip().lower()
    head, slash, name = text.partition("/")
    if slash:
        provider = find_provider_by_id(providers(), head)
        if provider is None:
            expected = f"expected a provider of the price table, not {shown(head)}"
            raise UnknownModelError(
                f"found model {shown(model)}; {expected}{nearest(head, [p.id for p in providers()])}"
            )
        return provider, name
    base = text.removeprefix("ft:")
    for provider in providers():
        if provider.model_match is not None and provider.model_match.is_match(base):
            return provider, text
    raise unknown(model)


def plain_name(name: str) -> str:
    """``name`` without its snapshot's date; a tuned model also without organisation and job."""
    tuned = re.match(r"ft:([^:]+)|(.+)\.ft-", name)
    if tuned:
        return f"ft:{plain_name(tuned[1] or tuned[2])}"
    return _SNAPSHOT_DATE.sub("", name)


def find(provider: Provider, name: str) -> tuple[Provider, ModelInfo] | None:
    """The entry of ``name``, and whose it is: the provider's, or that of a maker whose models it serves."""
    named = next((m for m in provider.models if m.id.lower() == name), None)
    info = named or provider.find_model(name)
    if info is not None:
        return provider, info
    makers = [p for p in providers() if p.id in (provider.fallback_model_providers or ())]
    for maker in makers:
        info = maker.find_model(name)
        if info is not None:
            return maker, info
    return None


def canonical(provider: Provider, name: str, info: ModelInfo) -> str:
    """The table's name; the asked one where its own life is known (a snapshot, a variant)."""
    lives = {row.model for row in own_rows().lives}
    ours = (f"{provider.id}/{n}" for n in (name, plain_name(name), f"{plain_name(name)}-latest"))
    return next((n for n in ours if n in lives), f"{provider.id}/{info.id}")


def unknown(model: str) -> UnknownModelError:
    """The error for a name that no price is known for, with the nearest names."""
    from difflib import get_close_matches

    asked = model.strip().lower()
    if "/" in asked:
        names = {name.lower(): name for name in known_models()}
    else:  # compare bare names, and show each with the provider that makes the model
        names = {name.partition("/")[2].lower(): name for name in sorted(known_models(), key=_rank)}
    close = [names[n] for n in get_close_matches(asked, names, n=3, cutoff=0.6)]
    or_else = f"{', '.join(close[:-1])} or {close[-1]}" if len(close) > 1 else "".join(close)
    hint = f"; did you mean {or_else}?" if close else ""
    return UnknownModelError(f"found model {shown(model)}; expected a model of the price table{hint}")


def _rank(name: str) -> int:
    """Hosts first, the foremost maker last: of names that are alike the last one stays."""
    provider = name.partition("/")[0]
    return -_MAKERS.index(provider) if provider in _MAKERS else -len(_MAKERS)
