"""Pay-off with retrains, month by month and by hand, and where its numbers end."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mcost.payoff import Months, Payoff, payoff

HOUSE = settings(deadline=None, derandomize=True, max_examples=150)


def before_the_last_retrain(saving: list[float], retrains: list[float]) -> bool:
    """Whether the cumulative saving is 0 or more in the month before the last retrain; at the end if none."""
    due = [t for t, count in enumerate(retrains) if count > 0]
    last = due[-1] - 1 if due else len(saving) - 1
    return sum(saving[: last + 1]) >= 0


def of(saving: list[list[float]], retrains: list[list[float]] | None = None) -> tuple[Payoff, np.ndarray]:
    """Futures that save so much in each month, of a baseline that pays 100 a month."""
    saved = np.array(saving, dtype=float).T
    baseline = np.full(saved.shape, 100.0)
    return payoff(baseline, baseline - saved, None if retrains is None else np.array(retrains, dtype=float).T)


def test_before_the_last_retrain_by_hand() -> None:
    futures = [
        # cumulative -2, 1, -1, 1: ahead in month 1, before the retrain of month 2; and at the end
        ([-2, 3, -2, 2], [0, 0, 1, 0], True),
        # -2, 1, -1, 1: retrained in months 2 and 3, the last after month 2, in which it is behind
        ([-2, 3, -2, 2], [0, 0, 1, 2], False),
        # never retrained: at the end
        ([-2, 3, -2, 2], [0, 0, 0, 0], True),
        ([-2, 3, -2, 0], [0, 0, 0, 0], False),
        # retrained in the first month: after month 0
        ([-2, 3, -2, 2], [0, 1, 0, 0], False),
        ([2, -3, -2, 2], [0, 3, 0, 0], True),
        # level is ahead
        ([-2, 2, -9, 2], [0, 0, 1, 0], True),
        # before month 0 nothing is paid yet
        ([-2, 1, 0, 0], [1, 0, 0, 0], True),
    ]
    saving, retrains, expected = zip(*futures, strict=True)
    found, ahead = of(list(saving), list(retrains))
    assert found.ahead_before_retrain is not None
    assert found.ahead_before_retrain.dtype == bool
    assert found.ahead_before_retrain.tolist() == list(expected)
    without, same = of(list(saving))
    assert without.ahead_before_retrain is None
    # it changes nothing else
    assert ahead.tolist() == same.tolist()
    for name in ("saving", "break_even_month", "first_touch", "cash_at_risk", "deepest_month"):
        assert getattr(found, name).tolist() == getattr(without, name).tolist()


@HOUSE
@given(
    st.lists(
        st.lists(st.tuples(st.integers(-3, 3), st.sampled_from([0, 0, 0, 1, 2])), min_size=7, max_size=7),
        min_size=1,
        max_size=5,
    )
)
def test_before_the_last_retrain_is_its_definition(futures: list[list[tuple[int, int]]]) -> None:
    saving = [[float(saved) for saved, _ in future] for future in futures]
    retrains = [[0.0, *(float(due) for _, due in future[1:])] for future in futures]
    found, _ = of(saving, retrains)
    assert found.ahead_before_retrain is not None
    expected = [before_the_last_retrain(s, r) for s, r in zip(saving, retrains, strict=True)]
    assert found.ahead_before_retrain.tolist() == expected


def test_each_number_has_its_type() -> None:
    found, ahead = of([[-1, 3], [-4, 1]], [[0, 0], [0, 0]])
    assert ahead.dtype == np.int64
    assert found.saving.dtype == found.cash_at_risk.dtype == np.float64
    for months in (found.break_even_month, found.first_touch, found.deepest_month):
        assert months.dtype == Months
    assert found.met is None
    assert found.served is None


def test_nothing_is_saved_as_zero_not_as_minus_zero() -> None:
    for saving in ([0.0, 0.0], [1.0, -1.0], [-1.0, 1.0], [-1e-12, 0.0]):
        found, _ = of([saving])
        assert found.saving[0] == 0
        assert not np.signbit(found.saving[0])
        assert not np.signbit(found.cash_at_risk[0])


def test_a_saving_just_beyond_rounding_is_kept() -> None:
    # month 0 moves 2000 USD less the saving; 1e-9 of it is 2e-6
    for saved, kept in ((1.9e-6, 0.0), (2.1e-6, 2.1e-6), (-1.9e-6, 0.0), (-2.1e-6, -2.1e-6)):
        baseline = np.array([[1000.0]])
        found, ahead = payoff(baseline, baseline - saved)
        assert math.isclose(found.saving[0], kept, rel_tol=1e-6)
        assert ahead.tolist() == [int(kept >= 0)]


def test_the_deepest_loss_is_a_loss_beyond_rounding() -> None:
    # 1e-7 short of level in month 1, of 4e-7: no loss; a cent in month 2 is one, and month 3 no deeper
    found, ahead = of([[0, -1e-7, -0.01, 0.0]])
    assert math.isclose(found.cash_at_risk[0], 0.0100001, rel_tol=1e-9)
    assert found.deepest_month[0] == 2
    assert ahead.tolist() == [1, 1, 0, 0]
    ahead_always, _ = of([[5, 1, 1]])
    assert ahead_always.cash_at_risk[0] == ahead_always.deepest_month[0] == 0


def test_costs_beyond_all_numbers_bring_no_warning() -> None:
    huge = np.full((3, 1), 1.7e308)
    found, _ = payoff(huge, np.zeros((3, 1)))
    assert found.first_touch[0] == 1


@pytest.mark.parametrize("months", [126, 127, 128, 129, 130])
def test_months_are_told_apart_around_what_a_byte_holds(months: int) -> None:
    saving = np.ones((months, 2))
    saving[0] = 1.5 - months, -months
    baseline = np.full((months, 2), 1000.0)
    found, ahead = payoff(baseline, baseline - saving)
    assert found.break_even_month.tolist() == [months - 1, math.inf]
    assert found.first_touch.tolist() == [months - 1, math.inf]
    assert found.deepest_month.tolist() == [0, 0]
    assert ahead.tolist() == [*[0] * (months - 1), 1]


def test_a_horizon_of_many_months() -> None:
    saving = np.ones((301, 2))
    saving[0] = -299.5, -301
    baseline = np.full((301, 2), 10.0)
    found, ahead = payoff(baseline, baseline - saving)
    assert found.break_even_month.tolist() == [300.0, math.inf]
    assert found.first_touch.tolist() == [300.0, math.inf]
    assert ahead[299:].tolist() == [0, 1]
