"""The project's own dated rows, ``models.toml``: tuned prices, training, ends, lives and price changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol, TypeVar

Grade = Literal["checked", "secondary"]

# One row of models.toml each; ``source`` is the cited text, with the day it was checked. Tuples, since seven
# data classes more would double the time that importing this takes.


class _Fact(Protocol):
    @property
    def model(self) -> str: ...
    @property
    def checked(self) -> date: ...


class PriceRow(NamedTuple):
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


class Training(NamedTuple):
    model: str
    usd_per_mtok: float
    grade: Grade
    source: str
    checked: date


class TuningEnd(NamedTuple):
    model: str
    closes: date
    source: str
    checked: date


class Prefix(NamedTuple):
    model: str
    tokens: int
    source: str
    checked: date


class Change(NamedTuple):
    model: str
    on: date
    input: tuple[float, float]
    output: tuple[float, float]
    source: str
    checked: date
    after: date | None = None


class Life(NamedTuple):
    model: str
    source: str
    checked: date
    released: date | None = None
    retires: date | None = None


class OwnRows(NamedTuple):
    """All of models.toml."""

    checked: date
    prices: tuple[PriceRow, ...]
    training: tuple[Training, ...]
    tuning_ends: tuple[TuningEnd, ...]
    prefixes: tuple[Prefix, ...]
    changes: tuple[Change, ...]
    lives: tuple[Life, ...]


_F = TypeVar("_F", bound=_Fact)


@cache
def own_rows() -> OwnRows:
    """All rows, as they stand in the file."""
    import tomllib

    table = tomllib.loads((Path(__file__).parent / "models.toml").read_text(encoding="utf-8"))

    def rows(name: str, kind: Callable[..., _F]) -> tuple[_F, ...]:
        return tuple(kind(**row | {"source": cited(row)}) for row in table[name])

    def cited(row: dict[str, Any]) -> str:
        return f"{table['sources'][row['source']]} (checked {row['checked']})"

    return OwnRows(
        checked=table["checked"],
        prices=rows("price", PriceRow),
        training=rows("training", Training),
        tuning_ends=rows("tuning_end", TuningEnd),
        prefixes=rows("cacheable_prefix", Prefix),
        changes=rows("price_change", Change),
        lives=rows("life", Life),
    )


def newest(rows: Iterable[_F]) -> _F | None:
    """The row checked last; of several, the lowest in the file."""
    return max(reversed(list(rows)), key=lambda row: row.checked, default=None)


def price_row(model: str, day: date) -> PriceRow | None:
    """The own price of ``model`` on ``day``: of the rows that had begun the newest, else the first."""
    rows = sorted(
        (row for row in own_rows().prices if row.model == model), key=lambda row: (row.since, row.checked)
    )
    begun = [row for row in rows if row.since <= day]
    return begun[-1] if begun else rows[0] if rows else None


def tuning_end(*models: str) -> TuningEnd | None:
    """When tuning closes: with the provider's tuning, or earlier, with the base model or its tunes."""
    end = newest(row for row in own_rows().tuning_ends if fnmatchcase(models[0].lower(), row.model))
    for model in models:
        life = newest(row for row in own_rows().lives if row.model == model)
        if end and life and life.retires and life.retires < end.closes:
            end = TuningEnd(model=model, closes=life.retires, source=life.source, checked=life.checked)
    return end
