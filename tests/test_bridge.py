"""The bridge of a Poisson process: its gaps are independent standard exponentials."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import special, stats

from mcost.bridge import bridged

EVENTS = [1, 2, 4, 8]


def at_random(n: int, seed: int = 1) -> Callable[[int], np.ndarray]:
    rng = np.random.default_rng(seed)
    each: dict[int, np.ndarray] = {}
    return lambda k: each.setdefault(k, rng.random(n))


@pytest.mark.parametrize("events", EVENTS)
def test_as_many_gaps_as_events_each_of_a_uniform_of_its_own(events: int) -> None:
    asked: list[int] = []

    def uniform(k: int) -> np.ndarray:
        asked.append(k)
        return np.array([0.5])

    assert len(list(bridged(uniform, events))) == events
    assert sorted(asked) == list(range(events))


@pytest.mark.parametrize("events", EVENTS)
def test_gaps_are_standard_exponentials(events: int) -> None:
    for gap in bridged(at_random(40_000), events):
        assert stats.kstest(gap, "expon").pvalue > 1e-4
        assert gap.min() >= 0


def test_gaps_are_independent() -> None:
    n = 40_000
    gaps = np.array(list(bridged(at_random(n, 2), 8)))
    ranks = np.corrcoef(stats.rankdata(gaps, axis=1))
    assert np.abs(ranks - np.eye(8)).max() < 4.5 / np.sqrt(n)
    # and not only pair by pair: which gap is the longest is any of them, as often
    longest = np.bincount(gaps.argmax(axis=0), minlength=8)
    assert stats.chisquare(longest).pvalue > 1e-4


def test_the_first_uniform_is_the_time_of_the_last_event() -> None:
    u = np.linspace(1e-12, 1 - 1e-12, 1001)
    gaps = bridged(lambda k: u if k == 0 else np.full_like(u, 0.3), 8)
    np.testing.assert_allclose(sum(gaps), special.gammaincinv(8.0, u), rtol=1e-11)


@pytest.mark.parametrize("k", range(8))
def test_every_uniform_moves_the_times_and_brings_none_forward(k: int) -> None:
    low, high = (np.full(1, v) for v in (0.4, 0.6))

    def times(u: np.ndarray) -> np.ndarray:
        return np.cumsum([gap[0] for gap in bridged(lambda j: u if j == k else np.full(1, 0.5), 8)])

    later = times(high) - times(low)
    assert (later >= -1e-12).all()
    assert later.max() > 0.05


def test_uniforms_at_the_ends_give_finite_gaps() -> None:
    for u in (2.0**-54, 1 - 2.0**-53):
        gaps = np.array(list(bridged(lambda _, u=u: np.full(3, u), 8)))
        assert np.isfinite(gaps).all()
        assert (gaps >= 0).all()
