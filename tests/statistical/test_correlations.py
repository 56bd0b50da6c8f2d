"""Rank correlations of the draws: as asked for, on exact margins, and of the named inputs alone.

The seeds are fixed: what is asserted holds for these draws, and 0.01 is three standard errors of a rank
correlation of 100,000 draws.
"""

import math
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations
from multiprocessing import get_context
from typing import Any

import numpy as np
import pytest
from closed_form import ClosedForm, money
from scenes import DRAWS, lognormal, scene
from scipy import stats

import mcost
from mcost.copula import Copula, achieved_rank, pearson_of
from mcost.draws import BLOCK, draw
from mcost.metalog import Metalog, fit
from mcost.nets import SAMPLERS
from mcost.uncertain import Prior

SAMPLE = 100_000


@dataclass(frozen=True)
class Curve:
    """A law through percentiles, as a scenario holds it."""

    metalog: Metalog
    certain = False
    discrete = False

    def ppf(self, u: np.ndarray) -> np.ndarray:
        return self.metalog.ppf(u)

    def cdf(self, x: Any) -> np.ndarray:
        return self.metalog.cdf(np.asarray(x, dtype=float))

    def mean(self) -> float:
        return self.metalog.mean()

    def support(self) -> tuple[float, float]:
        return self.metalog.support()

    def frozen(self) -> Any:
        return self.metalog.frozen()


NORMAL, LOGNORMAL = "workload.growth_per_month", "workload.calls_per_month"
METALOG, BOUNDED, FRACTION = "hourly_rate", "strategies.prompt.setup_hours", "strategies.prompt.retry_rate"
COUNTS = "workload.task_changes_per_year"
CONTINUOUS = (NORMAL, LOGNORMAL, METALOG, BOUNDED, FRACTION)


def correlated(*rows: Any, counts: Any = "1 to 4", **workload: Any) -> dict[str, Any]:
    """One input of each kind; rows : names and a rank each."""
    data = scene(
        12,
        workload={
            "calls_per_month": "80_000 to 300_000",
            "growth_per_month": {"dist": "norm", "loc": 0.03, "scale": 0.015},
            "task_changes_per_year": counts,
            **workload,
        },
        strategies={
            "prompt": {
                "price": {"input": "0.5 to 2"},
                "prompt_tokens": 1000,
                "retry_rate": "1% to 5%",
                "setup_hours": Prior(
                    "", "hours", "positive", Curve(fit({0.1: 35, 0.5: 50, 0.9: 75}, 0, 100))
                ),
                "hours_per_task_change": "2 to 8",
            },
            "fine": {
                "like": "prompt",
                "prompt_tokens": 500,
                "success_probability": "60% to 90%",
                "tuning": {"drift_retrains_per_year": "0.3 to 3", "training_cost": "200 to 900"},
            },
        },
        hourly_rate=Prior("", "USD an hour", "positive", Curve(fit({0.1: 40, 0.5: 60, 0.9: 140}, 0))),
    )
    data["correlations"] = [{"between": list(names), "rank": rank} for *names, rank in rows]
    return data


def values(data: dict[str, Any], seed: int, n: int = SAMPLE) -> dict[str, np.ndarray]:
    scenario = mcost.load(data)
    blocks = [draw(scenario, seed, block).values for block in range(-(-n // BLOCK))]
    return {name: np.concatenate([block[name] for block in blocks])[:n] for name in blocks[0]}


def spearman(a: np.ndarray, b: np.ndarray) -> float:
    return float(stats.spearmanr(a, b).statistic)


SETS = [
    [(NORMAL, LOGNORMAL, 0.4)],
    [(LOGNORMAL, METALOG, -0.7)],
    [(METALOG, NORMAL, 0.95)],
    [(BOUNDED, FRACTION, -0.99), (NORMAL, METALOG, 0.05)],
    [(NORMAL, LOGNORMAL, METALOG, BOUNDED, FRACTION, 0.6)],
    [(NORMAL, LOGNORMAL, 0.5), (NORMAL, METALOG, -0.6), (LOGNORMAL, METALOG, 0.2), (METALOG, BOUNDED, 0.3)],
    [
        (NORMAL, LOGNORMAL, 0.482),
        (NORMAL, METALOG, 0.482),
        (LOGNORMAL, METALOG, -0.482),
    ],  # all but impossible
]


@pytest.mark.parametrize("rows", SETS)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_draws_have_the_ranks_that_are_asked_for_on_exact_margins(rows: Any, seed: int) -> None:
    data = correlated(*rows)
    drawn, scenario = values(data, seed), mcost.load(data)
    asked = {frozenset(pair): rank for *names, rank in rows for pair in combinations(names, 2)}
    for a, b in combinations(CONTINUOUS, 2):
        assert spearman(drawn[a], drawn[b]) == pytest.approx(asked.get(frozenset((a, b)), 0.0), abs=0.01)
    for name in CONTINUOUS:
        assert stats.kstest(drawn[name], scenario.inputs[name].law.cdf).pvalue > 1e-4  # of 70 such tests


def test_over_many_seeds_the_margins_fail_as_often_as_exact_ones_do() -> None:
    """The p-values of 200 Kolmogorov-Smirnov tests of each margin are themselves uniform, where draws are
    independent; quasi-random ones are never as far from the law as in one of ten such tests.
    """
    scenario = mcost.load(correlated(*SETS[5]))
    for sampler in SAMPLERS:
        drawn = [draw(scenario, seed, 0, sampler=sampler).values for seed in range(200)]
        for name in CONTINUOUS:
            law = scenario.inputs[name].law
            p = [stats.kstest(values[name], law.cdf).pvalue for values in drawn]
            if sampler == "mc":
                assert stats.kstest(p, "uniform").pvalue > 1e-3
            else:
                assert min(p) > 0.1


@pytest.mark.parametrize("rank", [-0.8, 0.3, 0.9])
def test_a_discrete_input_has_the_rank_of_its_copula_and_the_achieved_one_is_known(rank: float) -> None:
    """Where the counts are replaced by a continuous law, the same futures have the rank itself."""
    poisson = {"dist": "poisson", "mu": 2}
    discrete = values(correlated((METALOG, COUNTS, rank), counts=poisson), 1)
    smooth = values(correlated((METALOG, COUNTS, rank), counts={"dist": "uniform"}), 1)
    assert spearman(smooth[METALOG], smooth[COUNTS]) == pytest.approx(rank, abs=0.01)
    np.testing.assert_array_equal(discrete[COUNTS], stats.poisson(2).ppf(smooth[COUNTS]))
    scenario = mcost.load(correlated((METALOG, COUNTS, rank), counts=poisson))
    achieved = achieved_rank(scenario.inputs[METALOG].law, scenario.inputs[COUNTS].law, rank)
    assert abs(achieved) < abs(rank) - 0.005
    assert spearman(discrete[METALOG], discrete[COUNTS]) == pytest.approx(achieved, abs=0.01)


def test_the_mean_of_a_product_of_two_correlated_inputs(closed_form: ClosedForm, seed: int) -> None:
    """Users and calls a user are log-normal, r = 2 sin(πρ/6): E[UC] = exp(mu + s²/2 of both, + r s s')."""
    data = scene(1, workload={"monthly_active_users": "1_000 to 4_000", "calls_per_user": "5 to 20"})
    del data["workload"]["calls_per_month"]
    pair, rank = ["workload.monthly_active_users", "workload.calls_per_user"], 0.6
    answer = mcost.run(data | {"correlations": [{"between": pair, "rank": rank}]}, draws=DRAWS, seed=seed)
    (mu, s), (nu, v) = lognormal(1_000, 4_000), lognormal(5, 20)
    covariance = float(pearson_of(rank)) * s * v
    mean = 0.001 * math.exp(mu + nu + (s * s + v * v) / 2 + covariance)  # 0.001 USD a call
    found = money(answer.strategies["prompt"].cost_usd, answer.draws)
    closed_form("mean cost", "0.001 exp(μ + μ' + (s² + s'²) / 2 + 2 sin(π 0.6 / 6) s s')", mean, found)


# --- who is touched ---------------------------------------------------------------------------------------


def touched(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """Inputs whose draws differ in some bit, over three blocks; all else of a block must be the same."""
    found = set()
    first, second = mcost.load(before), mcost.load(after)
    for block in (0, 1, 5):
        a, b = draw(first, 3, block), draw(second, 3, block)
        assert list(a.values) == list(b.values)
        found |= {name for name in a.values if not np.array_equal(a.values[name], b.values[name])}
        for kind in ("events", "success"):
            for name, array in getattr(a, kind).items():
                assert name in found or np.array_equal(array, getattr(b, kind)[name])
    return found


def test_only_the_later_of_two_correlated_inputs_has_other_draws() -> None:
    order = list(mcost.load(correlated()).inputs)
    for a, b in combinations(CONTINUOUS, 2):
        later = max(a, b, key=order.index)
        assert touched(correlated(), correlated((a, b, 0.4))) == {later}
        assert touched(correlated(), correlated((b, a, 0.4))) == {later}


def test_another_group_leaves_the_first_alone() -> None:
    one = (NORMAL, LOGNORMAL, 0.4)
    assert touched(correlated(one), correlated(one, (METALOG, BOUNDED, -0.5))) == {BOUNDED}


def test_a_rank_of_0_is_independence() -> None:
    assert touched(correlated(), correlated((NORMAL, LOGNORMAL, METALOG, 0.0))) == set()


def test_another_law_of_one_input_moves_the_draws_of_no_other() -> None:
    rows = [(NORMAL, LOGNORMAL, COUNTS, 0.4)]
    other = correlated(*rows, calls_per_month={"dist": "uniform", "loc": 10, "scale": 5})
    assert touched(correlated(*rows), other) == {LOGNORMAL}


def test_what_belongs_to_no_group_keeps_the_draws_of_its_own_stream() -> None:
    """The uniforms of an input are those of its name, seed and block, whichever inputs there are besides."""
    alone = draw(mcost.load(scene(12, workload={"calls_per_month": "80_000 to 300_000"})), 1, 2)
    among = draw(mcost.load(correlated((NORMAL, METALOG, 0.4))), 1, 2)
    np.testing.assert_array_equal(alone.values[LOGNORMAL], among.values[LOGNORMAL])


# --- blocks, chunks and workers ---------------------------------------------------------------------------

EVERYTHING = [(NORMAL, LOGNORMAL, METALOG, 0.5), (BOUNDED, FRACTION, COUNTS, -0.3)]


def test_a_part_of_a_block_is_the_beginning_of_it() -> None:
    scenario = mcost.load(correlated(*EVERYTHING))
    whole = draw(scenario, 1, 1).values
    for n in (1, 2, 7, 100, BLOCK - 1):
        part = draw(scenario, 1, 1, n).values
        for name in whole:
            np.testing.assert_array_equal(part[name], whole[name][:n])


def test_workers_change_no_byte() -> None:
    scenario = mcost.load(correlated(*EVERYTHING))
    alone = mcost.run(scenario, draws=20_000, seed=1)
    for executor in (ThreadPoolExecutor(3), ProcessPoolExecutor(2, get_context("spawn"))):
        with executor:
            together = mcost.run(scenario, draws=20_000, seed=1, executor=executor)
        assert together.to_dict() == alone.to_dict()


def test_the_draws_are_read_only() -> None:
    drawn = draw(mcost.load(correlated(*EVERYTHING)), 1, 0)
    assert not any(array.flags.writeable for array in drawn.values.values())


def test_the_scenario_holds_what_draws_need() -> None:
    scenario = mcost.load(correlated(*EVERYTHING))
    assert [copula.names for copula in scenario.copulas] == [
        (METALOG, LOGNORMAL, NORMAL),
        (COUNTS, FRACTION, BOUNDED),
    ]
    assert all(isinstance(copula, Copula) for copula in scenario.copulas)
    assert scenario.correlations[0].between == (NORMAL, LOGNORMAL, METALOG)
