"""What happens on the way, against the answer's own costs."""

import math

import numpy as np
import pytest
from figure_answers import CASES, answer_of

from mcost.exhibits import broken_even_by_month, cost_steps, saving_dots
from mcost.journey import LEVELS, PATHS, cost_by_month, journey
from mcost.law import Array

RIVALS = [case for case in CASES if case != "one strategy"]
each_rival = pytest.mark.parametrize("case", RIVALS)


def cumulative(case: str) -> Array:
    """ndarray (t, n), from the table of all costs."""
    answer = answer_of(case)
    table = answer.costs
    weights = 1.08 ** (-np.arange(answer.horizon_months + 1) / 12) if case != "certain" else 1.0
    usd = [table.usd[table.strategies.index(s)] for s in (answer.baseline, answer.subjects[-1])]
    return np.cumsum((usd[0] - usd[1]) * np.reshape(weights, (-1, 1)), axis=0)


@each_rival
def test_quantiles_and_paths_are_those_of_the_cumulative_saving(case: str) -> None:
    answer, saved = answer_of(case), cumulative(case)
    way = journey(answer, answer.subjects[-1])
    assert way.levels == LEVELS
    assert way.draws == answer.draws
    assert way.months.tolist() == list(range(answer.horizon_months + 1))
    scale = np.abs(saved).max()
    np.testing.assert_allclose(way.quantiles, np.quantile(saved, LEVELS, axis=1), atol=1e-8 * scale)
    ranked = np.argsort(saved[-1], kind="stable")
    count = 1 if answer.certain else PATHS
    for k, path in enumerate(way.paths):
        rank = int((k + 0.5) * answer.draws / count)
        np.testing.assert_allclose(path[-1], saved[-1, ranked[rank]], atol=1e-8 * scale)
    assert way.paths.shape == (count, answer.horizon_months + 1)
    at_horizon = answer.candidates[answer.subjects[-1]].saving_usd
    np.testing.assert_allclose(
        way.quantiles[[0, 2, 4], -1], [at_horizon.p5, at_horizon.p50, at_horizon.p95], atol=1e-8 * scale
    )


def test_a_candidate_like_the_baseline_stays_at_exactly_nothing() -> None:
    import mcost

    same = CASES["three strategies"] | {
        "strategies": CASES["three strategies"]["strategies"] | {"copy": {"like": "prompt"}}
    }
    way = journey(mcost.run(same, draws=200), "copy")
    assert not way.quantiles.any()
    assert not way.paths.any()


@pytest.mark.parametrize("case", CASES)
def test_months_and_lines_add_up_to_the_mean_cost(case: str) -> None:
    answer = answer_of(case)
    for name, lines in cost_by_month(answer, *answer.strategies).items():
        cost = answer.strategies[name]
        for line, usd in lines.items():
            assert usd.shape == (answer.horizon_months + 1,)
            assert math.isclose(usd.sum(), cost.cost_lines_usd[line], rel_tol=1e-9, abs_tol=1e-9)
        assert math.isclose(sum(usd.sum() for usd in lines.values()), cost.cost_usd.mean, rel_tol=1e-9)


@each_rival
def test_dots_are_the_middles_of_fiftieths(case: str) -> None:
    answer = answer_of(case)
    dots = saving_dots(answer, answer.subjects[-1])
    saving = np.sort(answer.candidates[answer.subjects[-1]].payoff.saving)
    assert dots.shape == (50,)
    middles = (np.arange(50) + 0.5) / 50 * (saving.size - 1)
    np.testing.assert_allclose(dots, np.interp(middles, np.arange(saving.size), saving))


@each_rival
def test_the_curve_of_breaking_even_ends_where_never_begins(case: str) -> None:
    answer = answer_of(case)
    found = answer.candidates[answer.subjects[-1]]
    share = broken_even_by_month(answer, answer.subjects[-1])
    assert share.shape == (answer.horizon_months + 1,)
    assert (np.diff(share) >= 0).all()
    assert math.isclose(share[-1], found.pays_off.probability, abs_tol=1e-12)
    for p, month in ((0.1, found.break_even_month.p10), (0.5, found.break_even_month.p50)):
        reached = np.flatnonzero(share >= p)
        assert (int(reached[0]) if reached.size else None) == month


@each_rival
def test_steps_lead_from_the_baselines_cost_to_the_candidates(case: str) -> None:
    answer = answer_of(case)
    steps = cost_steps(answer, answer.subjects[-1])
    before, after = (answer.strategies[s].cost_usd.mean for s in (answer.baseline, answer.subjects[-1]))
    assert math.isclose(before + math.fsum(steps.values()), after, rel_tol=1e-9)
    assert list(steps.values()) == sorted(steps.values())
    assert 0.0 not in steps.values()
