"""Calendar months counted from a start."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcost.calendar_months import DAYS_A_MONTH, calendar, first_day, month_number

DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))


def test_a_month_is_a_twelfth_of_a_year() -> None:
    assert DAYS_A_MONTH == 365.25 / 12


@pytest.mark.parametrize(
    ("start", "day", "number"),
    [
        (date(2026, 11, 30), date(2026, 11, 1), 1),
        (date(2026, 11, 30), date(2026, 12, 1), 2),
        (date(2026, 11, 1), date(2027, 1, 31), 3),
        (date(2026, 11, 1), date(2027, 11, 1), 13),
        (date(2026, 1, 1), date(2025, 12, 31), 0),
        (date(2026, 1, 1), date(2024, 12, 31), -12),
    ],
)
def test_the_month_of_a_day(start: date, day: date, number: int) -> None:
    assert month_number(start, day) == number
    assert first_day(start, number) == day.replace(day=1)


@given(DAYS, DAYS)
def test_a_day_lies_between_the_first_of_its_month_and_that_of_the_next(start: date, day: date) -> None:
    number = month_number(start, day)
    assert first_day(start, number) <= day < first_day(start, number + 1)


@given(DAYS)
def test_the_next_month_begins_after_the_last_day_of_this_one(day: date) -> None:
    after = first_day(day, 2)
    assert after.day == 1
    assert (after - timedelta(days=1)).month == day.month


@given(DAYS, st.integers(0, 800))
def test_the_calendar_holds_every_day_once_and_whole_months(first: date, days: int) -> None:
    last = first + timedelta(days=days)
    months = list(calendar(first, last))
    assert months[0][0] <= first < months[0][1]
    assert months[-1][0] <= last < months[-1][1]
    assert all(begins.day == after.day == 1 and begins < after for begins, after in months)
    assert [after for _, after in months[:-1]] == [begins for begins, _ in months[1:]]


def test_no_month_lies_between_a_day_and_one_before_its_month() -> None:
    assert list(calendar(date(2026, 3, 1), date(2026, 2, 28))) == []
