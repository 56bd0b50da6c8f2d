"""Nets against SciPy's own Sobol points, and against what makes them fair: uniform, independent, apart."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.stats import qmc

from mcost import nets
from mcost.nets import LEAST, REPLICATES, stream, uniforms, whole_number

HOUSE = settings(deadline=None, derandomize=True, max_examples=200)
R = REPLICATES
DIMENSIONS = 320
"""As many as the table of direction numbers holds, van der Corput's with them."""

EACH_KIND = pytest.mark.parametrize("dimension", [0, 1, 2, 5, 40, DIMENSIONS - 1, None])


def coordinate(
    n: int, dimension: int | None = 0, seed: int = 1, name: str = "x", purpose: str = "value", block: int = 0
) -> np.ndarray:
    """The points of every replicate: ndarray (n / R, R)."""
    return uniforms(seed, name, purpose, dimension, block, n).reshape(-1, R)


# --- the sequence -----------------------------------------------------------------------------------------


def gray(i: np.ndarray) -> np.ndarray:
    """The place of SciPy's i-th point, which goes through them by Gray's code, among ours."""
    return i ^ i >> 1


@pytest.mark.parametrize(("dimensions", "m"), [(DIMENSIONS, 11), (6, 18)])
def test_direction_numbers_are_those_of_scipy(dimensions: int, m: int) -> None:
    points = qmc.Sobol(dimensions, scramble=False, bits=32).random_base2(m)
    ours = np.zeros((1, dimensions), dtype=np.uint32)
    columns = np.stack([nets._directions(d)[:m] for d in range(dimensions)], axis=1)
    for column in columns:
        ours = np.concatenate([ours, ours ^ column])
    np.testing.assert_array_equal(ours[gray(np.arange(2**m))] * 2.0**-32, points)


def test_there_are_no_more_dimensions_than_the_table_holds() -> None:
    with pytest.raises(IndexError):
        nets._directions(DIMENSIONS)


@EACH_KIND
def test_every_power_of_two_of_points_fills_as_many_equal_parts(dimension: int | None) -> None:
    for m in range(13):
        points = coordinate(R << m, dimension, seed=m)
        parts = np.sort((points * 2**m).astype(int), axis=0)
        np.testing.assert_array_equal(parts, np.arange(2**m)[:, None] * np.ones((1, R)))


@EACH_KIND
def test_later_blocks_are_as_even(dimension: int | None) -> None:
    for block in (1, 2, 3, 10, 1001):
        parts = np.sort((coordinate(R << 6, dimension, block=block) * 64).astype(int), axis=0)
        np.testing.assert_array_equal(parts, np.arange(64)[:, None] * np.ones((1, R)))


def quality(x: np.ndarray, y: np.ndarray, m: int) -> int:
    """The t of a (t, m, 2)-net: the least for which every part of area 2^(t - m) holds 2^t points."""
    for t in range(m + 1):
        for k in range(m - t + 1):
            cells = (x * 2**k).astype(int) * 2 ** (m - t - k) + (y * 2 ** (m - t - k)).astype(int)
            if (np.bincount(cells, minlength=2 ** (m - t)) != 2**t).any():
                break
        else:
            return t
    raise AssertionError


@pytest.mark.parametrize("m", [5, 8])
def test_pairs_of_dimensions_are_nets_as_good_as_unscrambled_ones(m: int) -> None:
    most = 9
    points = qmc.Sobol(most, scramble=False, bits=32).random_base2(m)
    ours = [coordinate(R << m, d, name=f"axis {d}") for d in range(most)]
    found = []
    for i, j in itertools.combinations(range(most), 2):
        expected = quality(points[:, i], points[:, j], m)
        found.append(expected)
        for replicate in (0, 13, R - 1):
            assert quality(ours[i][:, replicate], ours[j][:, replicate], m) <= expected, (i, j)
    assert found[0] == 0  # the first two dimensions fill every rectangle
    assert max(found) < m


def test_an_axis_drawn_at_random_is_hardly_worse_than_random_numbers_beside_another() -> None:
    # The mean of a product of two centred coordinates is unbiased. Random numbers have the variance 1/144 n;
    # to be even by itself, an axis must put its second point across from the first: the first digits of two
    # axes go together twice as often as by chance.
    means = []
    for seed in range(200):
        x, y = (coordinate(R << 6, d, seed, name) - 0.5 for d, name in ((3, "x"), (None, "y")))
        means.append((x * y).mean(axis=0))
    n = 200 * R
    error = math.sqrt(2 / (144 * 64))
    assert abs(np.mean(means)) < 5 * error / math.sqrt(n)
    assert np.std(means) < error


# --- chance -----------------------------------------------------------------------------------------------

SEEDS = range(120)
FAIR = 1e-4
"""A p-value below which chance is no excuse."""


@EACH_KIND
@pytest.mark.parametrize("point", [0, 1, 5, 31])
def test_each_point_by_itself_is_uniform(dimension: int | None, point: int) -> None:
    sample = np.concatenate([coordinate(R << 5, dimension, seed)[point] for seed in SEEDS])
    assert stats.kstest(sample, "uniform").pvalue > FAIR


def assert_independent(pairs: list[tuple[np.ndarray, np.ndarray]]) -> None:
    """As many pairs in each of 8 x 8 squares as chance would have it."""
    x, y = (np.concatenate(side) for side in zip(*pairs, strict=True))
    counts, _, _ = np.histogram2d(x, y, bins=8, range=[[0, 1], [0, 1]])
    assert stats.chisquare(counts.ravel()).pvalue > FAIR


@EACH_KIND
def test_replicates_are_independent(dimension: int | None) -> None:
    points = [coordinate(R << 3, dimension, seed) for seed in SEEDS]
    assert_independent([(each[5, ::2], each[5, 1::2]) for each in points])
    assert_independent([(each[2, ::2], each[5, 1::2]) for each in points])


@pytest.mark.parametrize("dimensions", [(0, 1), (1, 40), (0, None), (None, None), (2, 2)])
@pytest.mark.parametrize("points", [(3, 3), (0, 3), (6, 1)])
def test_two_coordinates_are_independent_in_any_pair_of_points(
    dimensions: tuple[int | None, int | None], points: tuple[int, int]
) -> None:
    """What lets the drivers of one future meet the amounts of another one of its replicate."""
    pairs = []
    for seed in SEEDS:
        one, other = (coordinate(R << 3, d, seed, name) for d, name in zip(dimensions, "xy", strict=True))
        pairs.append((one[points[0]], other[points[1]]))
    assert_independent(pairs)


def test_a_smooth_mean_has_less_error_than_random_numbers_and_states_it() -> None:
    # E[x y z] = 1/8 of 256 points a replicate: the error of the mean of 32 replicates, over 60 seeds
    means = []
    for seed in range(60):
        product = math.prod(coordinate(R << 8, d, seed, f"axis {d}") for d in range(3))
        means.append(product.mean(axis=0))
    away = np.mean(means, axis=1) - 1 / 8
    told = np.std(means, axis=1, ddof=1) / math.sqrt(R)
    plain = math.sqrt((1 / 27 - 1 / 64) / (256 * R))
    true = math.sqrt(np.mean(away**2))
    assert true < plain / 5
    # the root mean square of 60 is known to 1/sqrt(120) = 9 %
    assert true == pytest.approx(math.sqrt(np.mean(told**2)), rel=4 / math.sqrt(120))


# --- which points are which -------------------------------------------------------------------------------


@EACH_KIND
def test_blocks_of_any_size_join_to_the_same_points(dimension: int | None) -> None:
    whole = uniforms(3, "x", "value", dimension, 0, R << 9)
    for m in range(9):
        parts = [uniforms(3, "x", "value", dimension, block, R << m) for block in range(2 ** (9 - m))]
        np.testing.assert_array_equal(np.concatenate(parts), whole)


@EACH_KIND
def test_far_blocks_join_too(dimension: int | None) -> None:
    # the last points that there are: 2^26 of them a replicate
    last = 2 ** (nets._COLUMNS - 8) - 1
    half = [uniforms(3, "x", "value", dimension, 2 * last + k, R << 7) for k in (0, 1)]
    np.testing.assert_array_equal(np.concatenate(half), uniforms(3, "x", "value", dimension, last, R << 8))


@EACH_KIND
def test_fewer_points_are_the_first_of_more(dimension: int | None) -> None:
    whole = uniforms(3, "x", "value", dimension, 0, R << 9)
    for m in range(9):
        np.testing.assert_array_equal(uniforms(3, "x", "value", dimension, 0, R << m), whole[: R << m])


def test_every_other_name_purpose_seed_and_block_has_other_points() -> None:
    one = {"seed": 1, "name": "x", "purpose": "value", "dimension": 3, "block": 0, "n": R << 6}
    others = [{"seed": 2}, {"name": "y"}, {"purpose": "success"}]
    found = [uniforms(**{**one, **other}) for other in ({}, *others, {"block": 1})]
    for here, there in itertools.combinations(found, 2):
        assert (here != there).all()
    np.testing.assert_array_equal(found[0], uniforms(**one))


def test_streams_are_told_apart_by_seed_name_purpose_and_block() -> None:
    keys = [(1, "x", "noise", 0), (2, "x", "noise", 0), (1, "y", "noise", 0), (1, "x", "net", 0)]
    keys += [(1, "x", "noise", 1), (1, "x\0noise", "", 0)]
    found = [stream(*key).random(8) for key in keys]
    for here, there in itertools.combinations(found, 2):
        assert (here != there).all()
    np.testing.assert_array_equal(found[0], stream(*keys[0]).random(8))


# --- the ends ---------------------------------------------------------------------------------------------


class Extreme:
    """Random numbers that are the least, or the greatest, that there are."""

    def __init__(self, greatest: bool) -> None:
        self.greatest = greatest

    def integers(self, high: int, size: Any, dtype: Any = np.int64) -> np.ndarray:
        return np.full(size, high - 1 if self.greatest else 0, dtype=dtype)


@pytest.mark.parametrize("dimension", [0, None])
@pytest.mark.parametrize("greatest", [True, False])
def test_uniforms_lie_strictly_inside_whatever_is_drawn(
    dimension: int | None, greatest: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nets, "stream", lambda *key: Extreme(greatest))
    found = uniforms(1, f"extreme {greatest}", "value", dimension, 0, R)
    assert (found > 0).all()
    assert (found < 1).all()
    assert (found[0] > 1 - 2.0**-52) if greatest else (found[0] == LEAST)


@EACH_KIND
def test_uniforms_lie_strictly_inside(dimension: int | None) -> None:
    found = uniforms(5, "x", "value", dimension, 0, R << 12)
    assert found.shape == (R << 12,)
    assert found.min() > 0
    assert found.max() < 1


# --- how many ---------------------------------------------------------------------------------------------


@HOUSE
@given(st.integers(1, 10**9))
def test_a_whole_number_of_futures(draws: int) -> None:
    qmc_, mc = whole_number(draws, "qmc"), whole_number(draws, "mc")
    assert draws <= mc < draws + R
    assert mc % R == 0
    assert mc <= qmc_ < max(2 * mc, R + 1)
    assert (qmc_ // R).bit_count() == 1
    assert qmc_ % R == 0
    assert whole_number(qmc_, "qmc") == qmc_
    assert whole_number(mc, "mc") == mc


@pytest.mark.parametrize(
    ("draws", "by_qmc", "by_mc"),
    [
        (1, 32, 32),
        (32, 32, 32),
        (33, 64, 64),
        (65, 128, 96),
        (200_000, 262_144, 200_000),
        (10**9, 2**30, 10**9),
    ],
)
def test_a_whole_number_by_hand(draws: int, by_qmc: int, by_mc: int) -> None:
    assert (whole_number(draws, "qmc"), whole_number(draws, "mc")) == (by_qmc, by_mc)
