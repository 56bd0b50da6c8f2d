"""Calendar months, counted from the one of a start: the number of a day's month, and the first day of one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

DAYS_A_MONTH = 30.4375
"""Days of a month on average: a twelfth of 365.25."""


def month_number(start: date, day: date) -> int:
    """The month in which a day falls, that of the start being 1; 0 and less before it."""
    return 12 * (day.year - start.year) + day.month - start.month + 1


def first_day(start: date, number: int) -> date:
    """The first day of a month by its number, that of the start being 1: of number 2, the month after it."""
    months = start.month - 1 + number - 1
    return date(start.year + months // 12, months % 12 + 1, 1)


def calendar(first: date, last: date) -> Iterator[tuple[date, date]]:
    """Of each month from that of ``first`` to that of ``last``: its first day, and that of the next."""
    for number in range(1, month_number(first, last) + 1):
        yield first_day(first, number), first_day(first, number + 1)
