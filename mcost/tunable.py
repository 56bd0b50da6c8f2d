"""The model that serves today and the model to tune: which can be, on a day, by the price table."""

from __future__ import annotations

from datetime import date

from mcost.calendar_months import month_number
from mcost.errors import McostError, UnknownModelError, shown
from mcost.price_table import known_models
from mcost.prices import ModelPrice, price_of

OPEN_MODEL = "azure/gpt-oss-20b"
"""What is tuned where today's model cannot be to the end: its weights are public, so no provider ends it."""


def serving(name: str, start: date) -> ModelPrice:
    """The model that serves today, by the price table; McostError where it is none that can."""
    found = price_of(name, on=start)
    if "/ft:" in found.model:
        raise McostError(f"found model {shown(name)}, a tuned one; expected the model that is prompted today")
    _still_there(found, name, start)
    return found


def trainable(name: str, start: date) -> ModelPrice:
    """A model that can be tuned on a day at a price that is known; McostError where it cannot be."""
    found = price_of(name, on=start)
    if found.tuned is None:
        bases = [known.replace("/ft:", "/") for known in known_models() if "/ft:" in known]
        open_ones = [base for base in bases if _closes_after(base, start)]
        raise McostError(
            f"found model {shown(name)}; no price of a tuned one is known; "
            f"expected one of {', '.join(open_ones)}"
        )
    closes = found.tuning_closes
    if closes is not None and closes < start:
        raise McostError(f"found model {shown(name)}; it takes no training jobs since {closes}")
    _still_there(found, name, start)
    if "/ft:" in found.model:
        try:
            return price_of(found.model.replace("/ft:", "/"), on=start)
        except UnknownModelError:
            return found
    return found


def _closes_after(base: str, start: date) -> bool:
    try:
        facts = price_of(base, on=start)
    except UnknownModelError:
        return False
    return all(day is None or day > start for day in (facts.tuning_closes, facts.retires))


def _still_there(found: ModelPrice, name: str, start: date) -> None:
    if found.output is None:
        raise McostError(
            f"found model {shown(name)}; no price of its output is known; expected one that writes"
        )
    if found.retires is not None and found.retires <= start:
        raise McostError(
            f"found model {shown(name)}, switched off on {found.retires}; expected one that serves on {start}"
        )


def to_tune(today: ModelPrice, start: date, horizon: int) -> tuple[str, str | None]:
    """The model that a draft tunes, and why it is not today's, where it is not."""
    reason = None
    if (ends := month_within(today.tuning_closes, start, horizon)) is not None:
        over = today.tuning_closes is not None and today.tuning_closes < start
        when = f"since {today.tuning_closes}" if over else f"after {today.tuning_closes}, month {ends}"
        reason = f"{today.model} takes no training jobs {when}"
    elif (ends := month_within(today.retires, start, horizon)) is not None:
        reason = f"{today.model} retires on {today.retires}, month {ends}"
    elif today.tuned is None:
        reason = f"{today.model} has no known price of a tuned one"
    return (today.model, None) if reason is None else (OPEN_MODEL, reason)


def month_within(day: date | None, start: date, horizon: int) -> int | None:
    """The month in which a day falls, where that is within the horizon; month 1 for a day before it."""
    if day is None:
        return None
    month = month_number(start, day)
    return max(1, month) if month <= horizon else None
