"""Calendar months counted from a start."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcost.calendar_months import DAYS_A_MONTH, first_day, month_number

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
