"""Where labels go: apart, in order, no further than need be."""

import numpy as np
import pytest

from mcost.figures.labels import spread
from mcost.figures.sheet import fitted, width_of, wrapped


def test_what_is_apart_stays() -> None:
    assert spread([5.0, 1.0, 9.0], 2.0, 0.0, 10.0) == [5.0, 1.0, 9.0]


def test_two_that_meet_give_way_alike() -> None:
    assert spread([5.0, 5.0], 2.0, 0.0, 10.0) == [4.0, 6.0]


def test_the_ends_hold() -> None:
    assert spread([0.0, 0.1], 2.0, 0.0, 10.0) == [0.0, 2.0]
    assert spread([10.0, 9.9], 2.0, 0.0, 10.0) == [10.0, 8.0]


def test_where_they_do_not_fit_they_stand_evenly() -> None:
    assert spread([1.0, 1.0, 1.0], 9.0, 0.0, 10.0) == [0.0, 5.0, 10.0]


def test_nothing_to_place() -> None:
    assert spread([], 1.0, 0.0, 1.0) == []


@pytest.mark.parametrize("seed", range(20))
def test_apart_in_order_and_nearest(seed: int) -> None:
    rng = np.random.default_rng(seed)
    wanted = rng.uniform(-2, 12, size=rng.integers(1, 9)).tolist()
    placed = np.array(spread(wanted, 1.0, 0.0, 10.0))
    order = np.argsort(wanted, kind="stable")
    assert (np.diff(placed[order]) >= 1.0 - 1e-9).all()
    assert placed.min() >= 0
    assert placed.max() <= 10 + 1e-9
    cost = np.sum((placed - wanted) ** 2)
    for _ in range(200):  # no other way that keeps them apart is nearer
        other = np.sort(rng.uniform(0, 10, size=placed.size))
        if (np.diff(other) >= 1.0).all():
            assert np.sum((other - np.array(wanted)[order]) ** 2) >= cost - 1e-9


def test_lines_are_no_wider_than_asked_and_lose_no_word() -> None:
    text = "Fine tune pays off in about 1 future in 3 and 0.5 % of them at once"
    lines = wrapped(text, 15.0)
    assert " ".join(lines).replace("\u00a0", " ") == text
    assert all(width_of(line) <= 15.0 for line in lines)
    assert not any(line.startswith("%") for line in lines)
    assert len(wrapped("x" * 200, 20.0)) > 1
    assert all(width_of(line) <= 20.0 for line in wrapped("x" * 200, 20.0))


def test_what_does_not_fit_says_so() -> None:
    assert fitted("short", 20.0) == "short"
    cut = fitted("a name that is far too long for the room", 10.0)
    assert cut.endswith("…")
    assert width_of(cut) <= 10.0
    assert wrapped("one two three four five six", 4.0, most=2)[-1].endswith("…")
