"""The months of a log: whole ones, part ones, and buckets that are wider than a day."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from mcost.usage.daily import read_log
from mcost.usage.log import Log
from mcost.usage.months import months


def log(path: Path, first: date, n: int, step: int = 1, without: tuple[date, ...] = ()) -> Log:
    """100 calls a day, in buckets of ``step`` days."""
    days = [first + timedelta(days=step * i) for i in range(n)]
    rows = [
        {"date": d.isoformat(), "requests": 100 * step, "input_tokens": 5, "output_tokens": 5}
        for d in days
        if d not in without
    ]
    pd.DataFrame(rows).to_csv(path, index=False)
    return read_log([path])


def test_a_month_with_a_gap_is_part(tmp_path: Path) -> None:
    read = log(tmp_path / "a.csv", date(2026, 1, 15), 90, without=(date(2026, 3, 9),))
    found = months(read, np.full(len(read.buckets), 2.0))
    assert found.part == (date(2026, 1, 1), date(2026, 3, 1), date(2026, 4, 1))
    (february,) = found.whole
    assert (february.first, february.days, february.calls, february.usd) == (date(2026, 2, 1), 28, 2800, 56)


def test_a_week_across_two_months_counts_in_both(tmp_path: Path) -> None:
    read = log(tmp_path / "a.csv", date(2026, 1, 29), 10, step=7)
    found = months(read, np.full(len(read.buckets), 7.0))
    assert [(m.first, round(m.calls or 0), round(m.usd or 0)) for m in found.whole] == [
        (date(2026, 2, 1), 2800, 28),
        (date(2026, 3, 1), 3100, 31),
    ]


def test_since_leaves_out_what_is_older(tmp_path: Path) -> None:
    read = log(tmp_path / "a.csv", date(2026, 1, 1), 59, without=(date(2026, 1, 9), date(2026, 2, 9)))
    later = read.since(date(2026, 2, 1))
    assert later.period == (date(2026, 2, 1), date(2026, 2, 28))
    assert later.gaps == (date(2026, 2, 9),)
    assert len(later.buckets) == len(later.days) - 1 == 27
    assert read.since(date(2025, 1, 1)).period == read.period
