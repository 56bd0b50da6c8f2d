"""The conditional tornado of one factor: ties, few values, ends, mistakes."""

import numpy as np
import pytest

from mcost.errors import McostError
from mcost.sensitivity import sensitivity, total_order


def test_tenths_hold_equally_many_draws() -> None:
    x = np.random.default_rng(1).permutation(1000.0 * np.arange(1000))
    found = sensitivity(x - 250_000, x)
    assert [tenth.pays_off.n for tenth in found.tenths] == [100] * 10
    assert (found.tenths[0].low, found.tenths[0].high, found.tenths[0].value) == (0, 99_000, 49_500)
    assert [tenth.pays_off.value for tenth in found.tenths] == [0, 0, 0.5, 1, 1, 1, 1, 1, 1, 1]
    assert found.swing == 1.0
    assert (found.median_if_pays_off, found.median_if_not) == (624_500, 124_500)


def test_a_factor_of_two_values_has_two_groups_however_rare_one_is() -> None:
    x = np.array([1.0] * 970 + [0.0] * 30)
    found = sensitivity(x - 0.5, x)
    assert [(t.value, t.pays_off.n, t.pays_off.value) for t in found.tenths] == [(0, 30, 0), (1, 970, 1)]
    assert found.event_share.value == pytest.approx(1)
    assert (found.mean_if_pays_off, found.mean_if_not, found.apart) == (1, 0, 1)


def test_equal_values_stay_together_and_rare_ones_join_a_tenth() -> None:
    x = np.repeat([0.0, 1.0, 2.0, 3.0], [500, 400, 60, 40])
    found = sensitivity(np.ones(1000), x)
    # middles of 0, 1, 2, 3: 25 %, 70 %, 93 %, 98 %
    assert [(t.low, t.high, t.pays_off.n) for t in found.tenths] == [(0, 0, 500), (1, 1, 400), (2, 3, 100)]


def test_where_every_future_pays_off_nothing_is_told_apart() -> None:
    x = np.arange(100.0)
    found = sensitivity(x + 1, x)
    assert found.median_if_not is None
    assert found.mean_if_not is None
    assert (found.apart, found.event_share.value, found.swing) == (0, 0, 0)


def test_order_of_the_draws_does_not_matter() -> None:
    x, y = np.random.default_rng(2).normal(size=(2, 500))
    x = np.round(x, 1)
    order = np.random.default_rng(3).permutation(500)
    a, b = sensitivity(x + y, x), sensitivity((x + y)[order], x[order])
    assert [t.pays_off for t in a.tenths] == [t.pays_off for t in b.tenths]
    assert a.apart == pytest.approx(b.apart, abs=1e-12)


def test_shares_are_those_of_the_first_draws_where_that_is_asked_for() -> None:
    x, y = np.random.default_rng(4).normal(size=(2, 1000))
    assert (
        sensitivity(x + y, x, fitted=300).variance_share == sensitivity((x + y)[:300], x[:300]).variance_share
    )


@pytest.mark.parametrize(
    ("saving", "x", "message"),
    [
        (np.ones((2, 30)), np.ones(30), "saving: found shape (2, 30); expected (draws,)"),
        (np.ones(30), np.ones(31), "x: found 31 draws; expected 30, as many as outcomes have"),
        (np.ones(10), np.ones(10), "x: found 10 draws; expected 20 or more, for a regression"),
    ],
)
def test_mistakes(saving: np.ndarray, x: np.ndarray, message: str) -> None:
    with pytest.raises(McostError) as error:
        sensitivity(saving, x)
    assert str(error.value) == message


def test_total_order_of_one_factor_is_all_of_it() -> None:
    a, b = np.random.default_rng(5).normal(size=(2, 4096))
    (found,) = total_order(a, b, [b])
    assert abs(found.value - 1) < 4 * found.standard_error


def test_total_order_of_a_constant_is_none() -> None:
    assert total_order(np.ones(16), np.ones(16), np.ones((2, 16)))[0].value == 0


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ((12, 12, (1, 12)), "found 12 draws; expected a power of two, such as 8"),
        ((16, 8, (1, 16)), "f_b, f_ab: found shapes (8,), (1, 16); expected (16,), (d, 16)"),
    ],
)
def test_total_order_mistakes(shapes: tuple, message: str) -> None:
    with pytest.raises(McostError) as error:
        total_order(*(np.ones(shape) for shape in shapes))
    assert str(error.value) == message
