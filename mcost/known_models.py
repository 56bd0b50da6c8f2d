"""Models that a scenario names: price, life and end of tuning from the price table, where it does not say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from mcost.catalogue import prior
from mcost.errors import NotationError, Problem, UnknownModelError, spelt
from mcost.law import Certain
from mcost.price_table import newest_date
from mcost.prices import ModelPrice, price_of
from mcost.uncertain import Prior, Quantity, read

PRICES = ("input", "cached", "cache_write", "output")


@dataclass
class Known:
    """A scenario's data with every model filled in, and what the price table says of each."""

    data: dict[str, Any]
    facts: dict[str, ModelPrice] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def with_known_models(data: Mapping[str, Any], read_as: Mapping[str, Any]) -> Known:
    """Fill in price, tuned price and hosting fee of each model that is named from the price table.

    A strategy's ``model`` is a name in ``[models]`` or a catalogue name; what the scenario says itself
    stays. Prices are those of ``start``; without it, of the newest date of the price table.
    read_as : credibility and folder with which the scenario's amounts are read: of the users of a model, the
    largest request sets its price.
    """
    strategies, models = data.get("strategies"), data.get("models", {})
    known = Known(dict(data))
    if not isinstance(strategies, dict) or not isinstance(models, dict):
        return known
    users: dict[str, dict[str, Mapping[str, Any]]] = {}
    for name, strategy in strategies.items():
        if isinstance(strategy, dict) and isinstance(strategy.get("model"), str):
            users.setdefault(strategy["model"], {})[name] = strategy
    rows: dict[str, Any] = {name: dict(row) if isinstance(row, dict) else row for name, row in models.items()}
    for model, named_by in users.items():
        if model not in rows:
            rows[model] = {"is": model}
            _look_up(known, model, model, ("strategies", next(iter(named_by)), "model"), named_by, read_as)
    for name, row in rows.items():
        catalogue_name = row.get("is") if isinstance(row, dict) else None
        if isinstance(catalogue_name, str) and name not in known.facts and name in models:
            _look_up(known, name, catalogue_name, ("models", name, "is"), users.get(name, {}), read_as)
        if name in known.facts and isinstance(row, dict):
            _fill(row, known.facts[name])
    for unknown in users.keys() - known.facts.keys() - models.keys():
        del rows[unknown]  # told already
    if rows:
        known.data["models"] = rows
    known.data["strategies"] = {name: _hosted(strategy, known.facts) for name, strategy in strategies.items()}
    return known


def _look_up(
    known: Known,
    name: str,
    catalogue_name: str,
    path: tuple[str, ...],
    users: Mapping[str, Mapping[str, Any]],
    read_as: Mapping[str, Any],
) -> None:
    start = known.data.get("start")
    sizes = [_request_tokens(known.data, strategy, read_as) for strategy in users.values()]
    try:
        known.facts[name] = price_of(
            catalogue_name,
            on=start if type(start) is date else None,
            request_tokens=max(sizes, default=4000),
        )
    except UnknownModelError as error:
        known.problems.append(Problem(path, str(error)))


def _request_tokens(data: Mapping[str, Any], strategy: Mapping[str, Any], read_as: Mapping[str, Any]) -> int:
    """The size of one request, on average: some prices rise with it."""
    workload = data.get("workload")
    sizes = [
        strategy.get("prompt_tokens"),
        workload.get("input_tokens") if isinstance(workload, dict) else None,
    ]
    total, folder = 0.0, read_as.get("folder")
    for size in sizes:
        try:
            if size is not None:
                law = read(size, Quantity("tokens"), prior=lambda name: prior(name, folder).law, **read_as)
                total += law.mean()
        except NotationError:  # told where the key itself is read
            continue
    return max(1, round(total))


def _fill(row: dict[str, Any], facts: ModelPrice) -> None:
    if "price" not in row:
        given = {key: getattr(facts, key) for key in PRICES}
        row["price"] = {
            key: _price(usd, facts, facts.source) for key, usd in given.items() if usd is not None
        }
    if "tuned" not in row and facts.tuned is not None:
        tuned = {key: getattr(facts.tuned, key) for key in ("input", "cached", "output")}
        row["tuned"] = {
            key: _price(usd, facts, facts.tuned.source) for key, usd in tuned.items() if usd is not None
        }
    if "released" not in row and "retires_after_months" in row and facts.released is not None:
        row["released"] = facts.released


def _price(usd: float, facts: ModelPrice, source: str, unit: str = "USD per million tokens") -> Prior:
    """A price, checked on the newest day of the table: the scenario may start before that day, or after."""
    checked = newest_date()
    return Prior("", unit, "positive", Certain(usd), source, checked, "measured", catalogued=facts.model)


def _hosted(strategy: Any, facts: Mapping[str, ModelPrice]) -> Any:
    """A tuned model's hourly fee belongs to the provider's price of it, where the scenario says neither."""
    if not isinstance(strategy, dict) or "tuning" not in strategy:
        return strategy
    found = facts.get(spelt(strategy.get("model")))
    said = strategy.keys() & {"hosting", "price_multiplier"}
    if found is None or found.tuned is None or said or not found.tuned.hosting_usd_per_hour:
        return strategy
    fee = _price(found.tuned.hosting_usd_per_hour, found, found.tuned.source, "USD an hour")
    return {**strategy, "hosting": {"usd_per_hour": fee}}


def begins(start: date | None) -> date:
    """The day from which dated events count: ``start``, or the newest date of the price table."""
    return start or newest_date()
