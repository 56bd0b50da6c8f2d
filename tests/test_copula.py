"""The normal copula: closed forms, published values, what holds for any ranks, every wrong correlation."""

import math
import pickle
from itertools import combinations, pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

import mcost
from mcost.copula import (
    DIGITS,
    Copula,
    achieved_rank,
    groups,
    nearest_correlation,
    nearest_ranks,
    ordered_factor,
    pearson_of,
    possible,
    possible_ranks,
    rank_matrix,
    rank_of,
    smallest_impossible,
)
from mcost.errors import Problem, ScenarioError

HOUSE = settings(deadline=None, derandomize=True, max_examples=150)


def matrix_of(above: list[float]) -> np.ndarray:
    """The symmetric matrix with a diagonal of ones and these entries above it."""
    k = round((1 + math.sqrt(1 + 8 * len(above))) / 2)
    matrix = np.zeros((k, k))
    matrix[np.triu_indices(k, 1)] = above
    return matrix + matrix.T + np.eye(k)


def entries(most: float, least_k: int = 2, most_k: int = 6) -> st.SearchStrategy[list[float]]:
    return st.integers(least_k, most_k).flatmap(
        lambda k: st.lists(st.floats(-most, most), min_size=k * (k - 1) // 2, max_size=k * (k - 1) // 2)
    )


SYMMETRIC = entries(1.0).map(matrix_of)
RANKS = entries(0.97, least_k=3).map(lambda above: matrix_of([round(x, 2) for x in above]))


@st.composite
def correlation_matrices(draw: st.DrawFn) -> np.ndarray:
    """``G Gᵀ`` with rows of length 1, of full rank or less: every correlation matrix is one."""
    k, rank = draw(st.integers(2, 6)), draw(st.integers(1, 6))
    rows = draw(st.lists(st.lists(st.floats(-1, 1), min_size=rank, max_size=rank), min_size=k, max_size=k))
    lengths = np.linalg.norm(rows, axis=1)
    assume(lengths.min() > 1e-3)
    rows = np.array(rows) / lengths[:, None]
    return rows @ rows.T * (1 - np.eye(k)) + np.eye(k)


# --- closed forms and published values --------------------------------------------------------------------


def test_a_rank_is_a_correlation_of_scores_and_back() -> None:
    assert pearson_of(0.5) == pytest.approx(2 * math.sin(math.pi / 12), abs=1e-15)  # 0.517638…
    assert pearson_of([-1.0, 0.0, 1.0]).tolist() == pytest.approx([-1, 0, 1], abs=1e-15)
    ranks = np.linspace(-1, 1, 201)
    np.testing.assert_allclose(rank_of(pearson_of(ranks)), ranks, atol=1e-14)


def test_the_nearest_matrix_of_higham_2002() -> None:
    """Section 4: the one published for the 3 by 3 matrix with two ones and a zero above its diagonal."""
    found = nearest_correlation(matrix_of([1, 0, 1]))
    np.testing.assert_allclose(found, matrix_of([0.7607, 0.1573, 0.7607]), atol=5e-5)


def test_the_nearest_of_two_ranks_and_their_opposite() -> None:
    """With signs turned it is -r three times, with eigenvalues 1 - 2r and 1 + r: r = 1/2, rank 0.4826."""
    ranks, everywhere = matrix_of([0.9, 0.9, -0.9]), ~np.eye(3, dtype=bool)
    found = nearest_correlation(pearson_of(ranks))
    np.testing.assert_allclose(found, matrix_of([0.5, 0.5, -0.5]), atol=1e-9)
    np.testing.assert_array_equal(nearest_ranks(ranks, everywhere), matrix_of([0.482, 0.482, -0.482]))


def test_the_nearest_with_a_zero_that_stays() -> None:
    """r, r and 0 have the eigenvalues 1 and 1 ± r √2: r = 1/√2, the nearest to any larger one."""
    fixed = matrix_of([0, 1, 0]).astype(bool) & ~np.eye(3, dtype=bool)
    found = nearest_correlation(matrix_of([0.9, 0, 0.9]), fixed)
    np.testing.assert_allclose(found, matrix_of([0.5**0.5, 0, 0.5**0.5]), atol=1e-9)


def test_a_pair_is_free_within_the_rest_of_the_others() -> None:
    """r between ab ± √((1 - a²)(1 - b²)), a and b the scores' correlations with the third."""
    a, b = pearson_of(0.6), pearson_of(-0.3)
    middle, reach = a * b, math.sqrt((1 - a * a) * (1 - b * b))
    low, high = rank_of([middle - reach, middle + reach]) * 1000
    assert possible_ranks(matrix_of([0.6, -0.3, 0.0]), 1, 2) == (
        math.ceil(low) / 1000,
        math.floor(high) / 1000,
    )


@pytest.mark.parametrize("rank", [-0.95, -0.4, 0.0, 0.4, 0.7, 0.99])
def test_the_achieved_rank_of_two_coins(rank: float) -> None:
    """P(both heads) = 1/4 + asin(r)/2π (Sheppard), so the correlation is (2/π) asin r."""
    coin = stats.bernoulli(0.5)
    expected = 2 / math.pi * math.asin(pearson_of(rank))
    assert achieved_rank(coin, coin, rank) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(("p", "q"), [(0.2, 0.2), (0.1, 0.6), (0.03, 0.9)])
def test_the_achieved_rank_of_unfair_coins(p: float, q: float) -> None:
    """The phi coefficient, (P(both) - pq) / √(p(1-p)q(1-q)), with P(both) of the bivariate normal."""
    r = float(pearson_of(0.5))
    both = stats.multivariate_normal([0, 0], [[1, r], [r, 1]]).cdf([stats.norm.ppf(p), stats.norm.ppf(q)])
    expected = (both - p * q) / math.sqrt(p * (1 - p) * q * (1 - q))
    assert achieved_rank(stats.bernoulli(p), stats.bernoulli(q), 0.5) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("rank", [-0.99, -0.3, 0.0, 0.05, 0.4, 0.8, 0.999])
def test_continuous_laws_achieve_what_is_asked_for(rank: float) -> None:
    assert achieved_rank(stats.norm(3, 2), stats.lognorm(1.5), rank) == pytest.approx(rank, abs=1e-3)


def test_a_certain_input_achieves_none() -> None:
    assert achieved_rank(stats.bernoulli(1), stats.norm(), 0.5) == 0.0


def test_the_achieved_rank_of_counts_is_smaller_and_the_same_either_way() -> None:
    counts, money = stats.poisson(1), stats.lognorm(1)
    found = achieved_rank(counts, money, 0.8)
    assert 0.6 < found < 0.78
    assert achieved_rank(money, counts, 0.8) == pytest.approx(found, abs=1e-3)


# --- what holds for any ranks -----------------------------------------------------------------------------


@given(SYMMETRIC)
@HOUSE
def test_the_nearest_matrix_is_a_correlation_matrix(matrix: np.ndarray) -> None:
    found = nearest_correlation(matrix)
    assert np.linalg.eigvalsh(found)[0] >= -1e-12
    np.testing.assert_array_equal(np.diagonal(found), 1.0)
    np.testing.assert_array_equal(found, found.T)
    np.testing.assert_array_equal(nearest_correlation(found), found)


@given(correlation_matrices())
@HOUSE
def test_a_correlation_matrix_is_its_own_nearest(matrix: np.ndarray) -> None:
    assert possible(matrix)
    np.testing.assert_array_equal(nearest_correlation(matrix), matrix)


@given(SYMMETRIC, correlation_matrices())
@HOUSE
def test_nothing_is_nearer_than_the_nearest(matrix: np.ndarray, other: np.ndarray) -> None:
    """X is nearest to A in a convex set if and only if <A - X, Z - X> <= 0 for every Z of it."""
    found = nearest_correlation(matrix)
    corners = [np.outer(s, s) for s in product([1.0, -1.0], repeat=len(matrix))]
    for z in [*corners, other] if len(other) == len(matrix) else corners:
        assert np.sum((matrix - found) * (z - found)) <= 1e-6


@given(RANKS, st.randoms(use_true_random=False))
@HOUSE
def test_fixed_zeros_stay_and_nothing_with_them_is_nearer(matrix: np.ndarray, random: Any) -> None:
    fixed = np.zeros(matrix.shape, dtype=bool)
    for i, j in combinations(range(len(matrix)), 2):
        fixed[i, j] = fixed[j, i] = random.random() < 0.4
    matrix = np.where(fixed, 0.0, matrix)
    found = nearest_correlation(matrix, fixed)
    assert np.linalg.eigvalsh(found)[0] >= -1e-12
    assert not found[fixed].any()
    for i, j in combinations(range(len(matrix)), 2):
        for sign in () if fixed[i, j] else (1.0, -1.0):
            z = np.eye(len(matrix))
            z[i, j] = z[j, i] = sign
            assert np.sum((matrix - found) * (z - found)) <= 1e-6


@given(RANKS, st.randoms(use_true_random=False))
@HOUSE
def test_the_nearest_ranks_are_accepted_as_they_are_printed(ranks: np.ndarray, random: Any) -> None:
    names = [f"x{i}" for i in range(len(ranks))]
    pairs = {
        (names[i], names[j]): float(ranks[i, j])
        for i, j in combinations(range(len(names)), 2)
        if random.random() < 0.7
    }
    ranks, given_ = rank_matrix(names, pairs)
    found = nearest_ranks(ranks, given_)
    assert possible(pearson_of(found))
    assert not found[~given_ & ~np.eye(len(names), dtype=bool)].any()
    np.testing.assert_array_equal(np.round(found, DIGITS), found)
    assert np.abs(found[given_]).max(initial=0.0) < 1
    exact = rank_of(nearest_correlation(pearson_of(ranks), ~given_ & ~np.eye(len(names), dtype=bool)))
    np.testing.assert_allclose(found, exact, atol=0.004)
    printed = {pair: float(f"{found[names.index(pair[0]), names.index(pair[1])]:g}") for pair in pairs}
    for group in groups(printed, names):
        assert Copula.of(group, printed).names == group


@given(RANKS)
@HOUSE
def test_the_smallest_impossible_set_is_smallest_and_any_pair_mends_it(ranks: np.ndarray) -> None:
    scores = pearson_of(ranks)
    assume(not possible(scores))
    found = smallest_impossible(scores)
    assert not possible(scores[np.ix_(found, found)])
    for size in range(2, len(found)):
        for fewer in combinations(range(len(ranks)), size):
            assert possible(scores[np.ix_(fewer, fewer)])
    inner = ranks[np.ix_(found, found)]
    for i, j in combinations(range(len(found)), 2):
        ends = possible_ranks(inner, i, j)
        if ends is not None:  # else less than the last digit is free
            for value in (*ends, sum(ends) / 2):
                inner_with = inner.copy()
                inner_with[i, j] = inner_with[j, i] = value
                assert possible(pearson_of(inner_with))
            for beyond in (ends[0] - 0.002, ends[1] + 0.002):
                inner_with[i, j] = inner_with[j, i] = beyond
                assert abs(beyond) >= 0.999 or not possible(pearson_of(inner_with))


def test_an_impossible_set_in_a_large_group_can_spare_no_input() -> None:
    scores = np.eye(60)
    cycle = [3, 14, 15, 26, 35, 48]  # six in a ring, each goes with the next, the last against the first
    for a, b in pairwise(cycle):
        scores[a, b] = scores[b, a] = 0.7
    scores[3, 48] = scores[48, 3] = -0.7
    found = smallest_impossible(scores)
    assert not possible(scores[np.ix_(found, found)])
    for i in found:
        rest = [k for k in found if k != i]
        assert possible(scores[np.ix_(rest, rest)])


@given(correlation_matrices())
@HOUSE
def test_the_factor_is_lower_triangular_with_rows_of_length_1(matrix: np.ndarray) -> None:
    factor = ordered_factor(matrix)
    np.testing.assert_array_equal(factor, np.tril(factor))
    np.testing.assert_allclose(np.sum(factor**2, axis=1), 1.0, atol=1e-12)
    np.testing.assert_allclose(factor @ factor.T, matrix, atol=2e-5)  # the root of what counts as 0
    assert factor[0].tolist() == [1.0] + [0.0] * (len(matrix) - 1)


# --- the copula of a group --------------------------------------------------------------------------------

TRIPLE = {("a", "b"): 0.5, ("a", "c"): -0.3, ("b", "c"): 0.2}


def own_uniforms(k: int, n: int) -> np.ndarray:
    return np.random.default_rng(7).uniform(2.0**-54, 1, (k, n))


def test_the_first_keeps_its_own_draws_to_the_last_bit() -> None:
    own = own_uniforms(3, 4096)
    found = Copula.of("abc", TRIPLE).uniforms(own)
    np.testing.assert_array_equal(found[0], own[0])
    assert not (found[1] == own[1]).any()


def test_an_input_that_goes_with_a_later_one_alone_keeps_its_own_draws() -> None:
    own = own_uniforms(3, 100)
    found = Copula.of("abc", {("a", "c"): 0.5, ("b", "c"): 0.5}).uniforms(own)
    np.testing.assert_array_equal(found[:2], own[:2])


def test_a_column_depends_on_no_other_and_on_no_length() -> None:
    copula, own = Copula.of("abc", TRIPLE), own_uniforms(3, 4096)
    whole = copula.uniforms(own)
    for n in (1, 2, 3, 5, 8, 17, 100, 4095):
        np.testing.assert_array_equal(copula.uniforms(own[:, :n]), whole[:, :n])


def test_a_later_input_changes_none_before_it() -> None:
    own = own_uniforms(4, 100)
    more = Copula.of("abcd", {**TRIPLE, ("a", "d"): 0.4, ("c", "d"): 0.1}).uniforms(own)
    np.testing.assert_array_equal(more[:3], Copula.of("abc", TRIPLE).uniforms(own[:3]))


def test_the_farthest_uniforms_stay_between_0_and_1() -> None:
    ends = np.array([2.0**-54, 1 - 2.0**-53])
    found = Copula.of("abc", {("a", "b"): 0.5, ("a", "c"): 0.5, ("b", "c"): 0.5}).uniforms(
        np.array(list(product(ends, repeat=3))).T
    )
    assert found.min() > 0
    assert found.max() < 1


def test_ranks_on_the_edge_of_what_is_possible_have_a_copula() -> None:
    """At r = 1/2, 1/2, -1/2 the third score follows from the other two."""
    edge = float(rank_of(0.5))
    copula = Copula.of("abc", {("a", "b"): edge, ("a", "c"): edge, ("b", "c"): -edge})
    assert copula.factor[2][2] == pytest.approx(0, abs=1e-7)
    assert copula.factor[2][:2] == pytest.approx((0.5, -math.sqrt(0.75)))


def test_a_copula_is_immutable_and_can_be_sent_to_a_worker() -> None:
    copula = Copula.of("abc", TRIPLE)
    assert pickle.loads(pickle.dumps(copula)) == copula
    assert hash(copula) == hash(pickle.loads(pickle.dumps(copula)))
    assert copula.pairs == (("a", "b", 0.5), ("a", "c", -0.3), ("b", "c", 0.2))
    with pytest.raises(AttributeError):
        copula.factor = ()


def test_ranks_that_cannot_hold_together_have_no_copula() -> None:
    with pytest.raises(ValueError, match="no copula of a, b, c has these ranks"):
        Copula.of("abc", {("a", "b"): 0.9, ("a", "c"): 0.9, ("b", "c"): -0.9})


def test_groups_hang_together_through_ranks_other_than_0() -> None:
    ranks = {("c", "e"): 0.2, ("a", "b"): 0.0, ("b", "d"): 0.5, ("e", "f"): -0.1}
    assert groups(ranks, "abcdef") == [("b", "d"), ("c", "e", "f")]


# --- wrong correlations -----------------------------------------------------------------------------------


def scene(*rows: Any, **top: Any) -> dict[str, Any]:
    return {
        "title": "correlated",
        "baseline": "prompt",
        "horizon_months": 12,
        "hourly_rate": "60 to 120",
        "workload": {
            "calls_per_month": "80_000 to 120_000",
            "growth_per_month": {"dist": "norm", "loc": 0.03, "scale": 0.015},
            "task_changes_per_year": "1 to 4",
        },
        "models": {
            "m.1": {
                "price": {"input": "1 to 2"},
                "retires_after_months": "10 to 20",
                "price_changes_per_year": "0.5 to 2",
                "price_change_ratio": "0.5 to 0.9",
            }
        },
        "strategies": {
            "prompt": {
                "model": "m.1",
                "prompt_tokens": 3000,
                "retry_rate": "1% to 5%",
                "costs": [{"name": "gate", "driver": "month", "amount": "5 to 10"}],
                "hours_per_month": "1 to 3",
            },
            "copy": {"like": "prompt", "setup_hours": "4 to 12"},
        },
        "correlations": [{"between": list(between), "rank": rank} for *between, rank in rows],
        **top,
    }


def problems_of(data: dict[str, Any]) -> list[Problem]:
    with pytest.raises(ScenarioError) as raised:
        mcost.load(data)
    return list(raised.value.problems)


CALLS, GROWTH, CHANGES = (
    "workload.calls_per_month",
    "workload.growth_per_month",
    "workload.task_changes_per_year",
)
WRONG_NAMES = {
    "workload.growth_per_mnth": "; no such input here; did you mean workload.growth_per_month?",
    "retry_rate": "; no such input here; did you mean strategies.prompt.retry_rate?",
    "growth_per_month": "; no such input here; did you mean workload.growth_per_month?",
    "models.m.1.price.input": '; no such input here; did you mean models."m.1".price.input?',
    "a = b": "; no such input here",
    "": "; no such input here",
    "strategies.prompt.prompt_tokens": ", which is 3000 for certain; it has no spread to correlate",
    'models."m.1".price_change_ratio': ", which is drawn afresh at each event; it cannot be correlated",
    "models.'m.1'.retires_after_months": ", which is drawn afresh at each event; it cannot be correlated",
    "strategies.copy.retry_rate": ", which by like is the same input as strategies.prompt.retry_rate; "
    "say strategies.prompt.retry_rate",
    "strategies.copy.costs.gate": ", which by like is the same input as strategies.prompt.costs.gate; "
    "say strategies.prompt.costs.gate",
    CALLS: " twice; an input cannot be correlated with itself",
    'workload."calls_per_month"': " twice; an input cannot be correlated with itself",
}


@pytest.mark.parametrize("name", WRONG_NAMES)
def test_a_wrong_name(name: str) -> None:
    expected = Problem(("correlations", 0, "between", 1), f'found "{name}"{WRONG_NAMES[name]}')
    assert problems_of(scene((CALLS, name, 0.4))) == [expected]


@pytest.mark.parametrize("name", ["hourly_rate", 'models."m.1".price.input', "strategies.prompt.costs.gate"])
def test_every_other_input_can_be_correlated(name: str) -> None:
    [copula] = mcost.load(scene((CALLS, name, 0.4))).copulas
    assert set(copula.names) == {CALLS, name}
    assert copula.pairs == ((*copula.names, 0.4),)


def test_a_name_may_be_quoted_as_toml_quotes_it() -> None:
    plain = mcost.load(scene((CALLS, 'models."m.1".price.input', 0.4)))
    assert mcost.load(scene((CALLS, "models.'m.1'.price . input", 0.4))).copulas == plain.copulas


RANGE = "expected a number above -1 and below 1"
FOLLOWS = "one of the two follows from the other, and is no input of its own"
WRONG_RANKS = [
    (1, f"found 1; {RANGE}: at 1 {FOLLOWS}"),
    (-1.0, f"found -1.0; {RANGE}: at -1 {FOLLOWS}"),
    (40, f"found 40; {RANGE}; did you mean 0.4?"),
    (-35.0, f"found -35.0; {RANGE}; did you mean -0.35?"),
    (1.2, f"found 1.2; {RANGE}, such as 0.4"),
    (1000, f"found 1000; {RANGE}, such as 0.4"),
    (math.nan, f"found nan; {RANGE}, such as 0.4"),
    (True, f"found true; {RANGE}, such as 0.4"),
    ("40%", f'found "40%"; {RANGE}, such as 0.4'),
]


@pytest.mark.parametrize(("rank", "message"), WRONG_RANKS)
def test_a_wrong_rank(rank: Any, message: str) -> None:
    assert problems_of(scene((CALLS, GROWTH, rank))) == [Problem(("correlations", 0, "rank"), message)]


@pytest.mark.parametrize(
    ("between", "at", "message"),
    [
        ([], (), "found []; expected a list of two inputs or more"),
        ([CALLS], (), f'found ["{CALLS}"]; expected a list of two inputs or more'),
        (CALLS, (), f'found "{CALLS}"; expected a list of two inputs or more'),
        ([CALLS, 3], (1,), "found 3; expected text"),
    ],
)
def test_a_wrong_list(between: Any, at: tuple[int, ...], message: str) -> None:
    data = scene() | {"correlations": [{"between": between, "rank": 0.4}]}
    assert problems_of(data) == [Problem(("correlations", 0, "between", *at), message)]


def test_wrong_keys() -> None:
    extra, less = {"between": [CALLS, GROWTH], "rank": 0.4, "rnk": 0.4}, {"between": [CALLS, GROWTH]}
    assert problems_of(scene() | {"correlations": [extra, less]}) == [
        Problem(("correlations", 0, "rnk"), "no such key; did you mean rank?", at="key"),
        Problem(("correlations", 1, "rank"), "this key is missing", at="key"),
    ]
    assert problems_of(scene() | {"correlations": {"rank": 0.4}}) == [
        Problem(("correlations",), "found { rank = 0.4 }; expected a list of tables, [[correlations]]")
    ]


def test_a_pair_with_two_ranks() -> None:
    message = (
        f"found 0.3 for {CALLS} and {GROWTH}, which have 0.4 in correlations[0]; expected one rank for a pair"
    )
    assert problems_of(scene((CALLS, GROWTH, 0.4), (GROWTH, CHANGES, CALLS, 0.3))) == [
        Problem(("correlations", 1, "rank"), message)
    ]


def test_a_pair_with_one_rank_twice_is_no_mistake() -> None:
    once, twice = (
        mcost.load(scene(*rows)).copulas
        for rows in ([(CALLS, GROWTH, 0.4)], [(CALLS, GROWTH, 0.4), (GROWTH, CALLS, 0.4)])
    )
    assert once == twice


def test_a_list_of_inputs_is_every_pair_of_them() -> None:
    [listed] = mcost.load(scene((CALLS, GROWTH, CHANGES, 0.4))).copulas
    pairs = [(CALLS, GROWTH, 0.4), (CALLS, CHANGES, 0.4), (GROWTH, CHANGES, 0.4)]
    [paired] = mcost.load(scene(*pairs)).copulas
    assert listed == paired


def test_ranks_that_cannot_hold_together() -> None:
    wrong = [(CALLS, GROWTH, 0.9), (CALLS, CHANGES, 0.9), (GROWTH, CHANGES, -0.9)]
    expected = (
        "found ranks that cannot hold together: "
        f"{CALLS} and {GROWTH} 0.9, {CALLS} and {CHANGES} 0.9, {GROWTH} and {CHANGES} -0.9; "
        "the nearest that can: "
        f"{CALLS} and {GROWTH} 0.482, {CALLS} and {CHANGES} 0.482, {GROWTH} and {CHANGES} -0.482"
    )
    assert problems_of(scene(*wrong)) == [Problem(("correlations", 2, "rank"), expected)]
    mended = [(CALLS, GROWTH, 0.482), (CALLS, CHANGES, 0.482), (GROWTH, CHANGES, -0.482)]
    assert len(mcost.load(scene(*mended)).copulas) == 1


def test_only_the_pairs_that_clash_are_named_and_only_what_moves_is_listed() -> None:
    """The retry rate goes with the hourly rate alone, and has no part in the clash of the others."""
    retry = "strategies.prompt.retry_rate"
    wrong = [(retry, "hourly_rate", 0.2), (CALLS, GROWTH, CHANGES, -0.6), ("hourly_rate", CALLS, 0.1)]
    [problem] = problems_of(scene(*wrong))
    assert problem.path == ("correlations", 1, "rank")
    clash, nearest = problem.message.split("; the nearest that can: ")
    assert clash == (
        "found ranks that cannot hold together: "
        f"{CALLS} and {GROWTH} -0.6, {CALLS} and {CHANGES} -0.6, {GROWTH} and {CHANGES} -0.6"
    )
    rows = [part.split() for part in nearest.split(", ")]
    moved = {frozenset((a, b)): float(rank) for a, _, b, rank in rows}
    mended = [
        (a, b, moved.get(frozenset((a, b)), rank))
        for *between, rank in wrong
        for a, b in combinations(between, 2)
    ]
    assert mcost.load(scene(*mended)).copulas


def test_a_pair_that_is_not_given_counts_as_0_and_the_message_says_so() -> None:
    [problem] = problems_of(scene((CALLS, GROWTH, 0.9), (GROWTH, CHANGES, 0.9)))
    assert problem.path == ("correlations", 1, "rank")
    assert problem.message == (
        f"found ranks that cannot hold together: {CALLS} and {GROWTH} 0.9, {GROWTH} and {CHANGES} 0.9; "
        f"{CALLS} and {CHANGES}, not given, count as 0, where 0.632 to 0.999 would do; "
        f"the nearest that can: {CALLS} and {GROWTH} 0.69, {GROWTH} and {CHANGES} 0.69"
    )
    for third in (0.632, 0.999):
        assert mcost.load(scene((CALLS, GROWTH, 0.9), (GROWTH, CHANGES, 0.9), (CALLS, CHANGES, third)))
    assert mcost.load(scene((CALLS, GROWTH, 0.69), (GROWTH, CHANGES, 0.69)))


def test_a_misspelt_name_raises_no_second_complaint_about_what_it_leaves_at_0() -> None:
    rows = [(CALLS, GROWTH, 0.9), (GROWTH, CHANGES, 0.9), (CALLS, "workload.task_change_per_year", 0.8)]
    assert [p.path for p in problems_of(scene(*rows))] == [("correlations", 2, "between", 1)]


def test_all_mistakes_are_told_at_once_with_those_of_the_rest_of_the_scenario() -> None:
    wrong = scene((CALLS, "workload.growth", 0.4), ("strategies.copy.retry_rate", "hourly_rate", 2))
    wrong["strategies"]["prompt"]["promt_tokens"] = 3
    wrong["strategies"]["copy"]["setup_hours"] = "12 to 4"
    assert {p.path for p in problems_of(wrong)} == {
        ("strategies", "prompt", "promt_tokens"),
        ("strategies", "copy", "setup_hours"),
        ("correlations", 0, "between", 1),
        ("correlations", 1, "between", 0),
        ("correlations", 1, "rank"),
    }


def test_an_input_that_cannot_be_read_is_an_input_all_the_same() -> None:
    wrong = scene((CALLS, GROWTH, 0.4), ("strategies.copy.setup_hours", "strategies.prompt.costs.gate", 0.1))
    wrong["workload"]["calls_per_month"] = "5 to 2"
    wrong["strategies"]["copy"]["setup_hours"] = "12 to 4"
    assert {p.path for p in problems_of(wrong)} == {
        ("workload", "calls_per_month"),
        ("strategies", "copy", "setup_hours"),
    }


def test_the_message_quotes_the_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = Path("scene.toml")
    file.write_text(
        """\
title = "correlated"
baseline = "prompt"
horizon_months = 12
hourly_rate = "60 to 120"

[workload]
calls_per_month = "80_000 to 120_000"

[strategies.prompt]
price = { input = 1.0 }

[[correlations]]
between = ["hourly_rate", "workload.call_per_month"]
rank = 0.4
""",
        encoding="utf-8",
    )
    with pytest.raises(ScenarioError) as raised:
        mcost.load(file)
    assert (
        str(raised.value)
        == """\
scene.toml:13:27: correlations[0].between[1]: found "workload.call_per_month"; no such input here; \
did you mean workload.calls_per_month?
   13 | between = ["hourly_rate", "workload.call_per_month"]
      |                           ^^^^^^^^^^^^^^^^^^^^^^^^^"""
    )
    assert mcost.load(
        file, set=['correlations=[{between=["hourly_rate","workload.calls_per_month"],rank=0.4}]']
    ).copulas


def test_a_scenario_with_correlations_can_be_sent_to_a_worker() -> None:
    scenario = mcost.load(scene((CALLS, GROWTH, CHANGES, 0.4)))
    again = pickle.loads(pickle.dumps(scenario))
    assert again.copulas == scenario.copulas
    assert again.correlations == scenario.correlations
