"""The engine against the slow model: on the same futures to the last digits, on its own within error."""

import math
from typing import Any

import numpy as np
import pytest
from engine_futures import future_of, noise_of
from everything import ALL
from random_scenarios import random_scenario
from slow_model import costs_of, outcome, simulate

import mcost
from mcost.costs import costs
from mcost.draws import BLOCK, draw
from mcost.tally import fold


def assert_same_costs(data: dict[str, Any], seed: int, block: int, step: int) -> None:
    """Every line of every strategy in every month, and every pay-off, of some futures of a block."""
    scenario = mcost.load(data)
    drawn = draw(scenario, seed, block)
    found = costs(scenario, drawn)
    lines = {strategy: ledger.by_line() for strategy, ledger in found.ledgers.items()}
    folded = fold(found)
    sample = folded.sample
    assert sample is not None
    noise = noise_of(scenario, drawn)
    zeros = [0.0] * (scenario.horizon_months + 1)
    for i in range(0, BLOCK, step):
        future = future_of(scenario, drawn, i, noise)
        expected = costs_of(data, future)
        for strategy, by_line in lines.items():
            for line, usd in by_line.items():
                slow = expected[strategy].get(line, zeros)
                assert usd[:, i] == pytest.approx(slow, rel=1e-9, abs=1e-9), f"{strategy}, {line}, draw {i}"
            assert set(expected[strategy]) <= set(by_line)
        judged = outcome(expected, data, future)
        for row, strategy in enumerate(folded.strategies):
            assert sample.total[row, i] == pytest.approx(judged["totals"][strategy], rel=1e-9)
        for candidate, payoff in sample.payoffs.items():
            answer = judged["candidates"][candidate]
            assert payoff.saving[i] == pytest.approx(answer["saving"], rel=1e-7, abs=1e-6)
            assert payoff.break_even_month[i] == answer["break_even_month"]
            assert payoff.first_touch[i] == answer["first_touch"]
            assert payoff.cash_at_risk[i] == pytest.approx(answer["cash_at_risk"], rel=1e-7, abs=1e-6)


@pytest.mark.parametrize("name", ALL)
def test_the_same_futures_cost_the_same_by_line_and_month(name: str) -> None:
    assert_same_costs(ALL[name], seed=7, block=3, step=59)


@pytest.mark.parametrize("seed", range(40))
def test_random_scenarios_cost_the_same_by_line_and_month(seed: int) -> None:
    assert_same_costs(random_scenario(seed), seed=seed, block=0, step=580)


def bar_met(examples: float) -> float:
    """The documented curve, written again: logit P = -2.0 + 0.36 ln n."""
    return 1 / (1 + math.exp(2.0 - 0.36 * math.log(examples)))


@pytest.mark.parametrize("name", ALL)
def test_futures_of_its_own_give_the_same_verdict_within_error(name: str) -> None:
    """The slow model draws by itself (Mersenne Twister, rejection, its own gaps): nothing is shared."""
    n = 4_000
    slow = simulate(ALL[name], draws=n, seed=11, success_of_examples=bar_met)
    answer = mcost.run(ALL[name], draws=65_536, seed=5)
    for candidate, found in answer.candidates.items():
        expected = slow["candidates"][candidate]
        p = found.pays_off.probability
        assert expected["p_pays_off"] == pytest.approx(p, abs=5 * math.sqrt(max(p * (1 - p), 1 / n) / n))
        for month, share in enumerate(found.pays_off_by_month):
            error = 5 * math.sqrt(max(share * (1 - share), 1 / n) / n)
            assert expected["p_by_month"][month] == pytest.approx(share, abs=error), month
        error = 5 * math.hypot(expected["sd_saving"] / math.sqrt(n), found.saving_usd.standard_error)
        assert expected["mean_saving"] == pytest.approx(found.saving_usd.mean, abs=error)
    for strategy, cost in answer.strategies.items():
        expected_cost: dict[str, Any] = slow["strategies"][strategy]
        spread = float(np.std(answer.futures.cost[strategy]))
        error = 5 * math.hypot(spread / math.sqrt(n), cost.cost_usd.standard_error)
        assert expected_cost["mean_cost"] == pytest.approx(cost.cost_usd.mean, abs=error)
        share = cost.probability_cheapest
        error = 5 * math.sqrt(max(share * (1 - share), 1 / n) / n)
        assert expected_cost["p_cheapest"] == pytest.approx(share, abs=error)
