"""The engine against the slow model: on the same futures to the last digits, on its own futures within error."""

import math
from typing import Any

import numpy as np
import pytest
from everything import ALL
from slow_model import Future, costs_of, outcome, simulate

import mcost
from mcost.costs import costs
from mcost.draws import BLOCK, Draws, draw
from mcost.payoff import fold


def future_of(drawn: Draws, i: int, noise: np.ndarray | None) -> Future:
    """Draw i of a block, as the slow model reads a future."""

    def months(counts: np.ndarray) -> list[int]:
        return [t for t, count in enumerate(counts[:, i]) for _ in range(round(count))]

    return Future(
        values={name: float(values[i]) for name, values in drawn.values.items()},
        noise=[] if noise is None else [float(z) for z in noise[:, i]],
        event_months={name: months(counts) for name, counts in drawn.events.items()},
        success={name: bool(met[i]) for name, met in drawn.success.items()},
    )


def noise_of(scenario: mcost.Scenario, drawn: Draws) -> np.ndarray | None:
    """The noise that the calls were made of, from the calls themselves: nothing of the engine's streams."""
    volatility = scenario.workload.volatility_per_month
    if volatility is None:
        return None
    v = drawn.values[volatility.name]
    growth = scenario.workload.growth_per_month
    g = 0.0 if growth is None else drawn.values[growth.name]
    noise = np.zeros_like(drawn.calls)
    ratio = drawn.calls[2:] / drawn.calls[1:-1] / (1 + g)
    noise[2:] = (np.log(ratio) + v**2 / 2) / v
    return noise


@pytest.mark.parametrize("name", ALL)
def test_the_same_futures_cost_the_same_by_line_and_month(name: str) -> None:
    scenario = mcost.load(ALL[name])
    drawn = draw(scenario, seed=7, block=3)
    found = costs(scenario, drawn)
    lines = {strategy: ledger.by_line() for strategy, ledger in found.ledgers.items()}
    folded = fold(found)
    noise = noise_of(scenario, drawn)
    for i in range(0, BLOCK, 19):
        future = future_of(drawn, i, noise)
        expected = costs_of(ALL[name], future)
        for strategy, by_line in lines.items():
            for line, usd in by_line.items():
                zeros = [0.0] * (scenario.horizon_months + 1)
                assert usd[:, i] == pytest.approx(expected[strategy].get(line, zeros), rel=1e-9, abs=1e-9), (
                    f"{strategy}, {line}, draw {i}"
                )
            assert set(expected[strategy]) <= set(by_line)
        judged = outcome(expected, ALL[name], future)
        for row, strategy in enumerate(folded.strategies):
            assert folded.total[row, i] == pytest.approx(judged["totals"][strategy], rel=1e-9)
        for candidate, payoff in folded.payoffs.items():
            slow = judged["candidates"][candidate]
            assert payoff.saving[i] == pytest.approx(slow["saving"], rel=1e-7, abs=1e-6)
            assert payoff.break_even_month[i] == slow["break_even_month"]
            assert payoff.first_touch[i] == slow["first_touch"]
            assert payoff.cash_at_risk[i] == pytest.approx(slow["cash_at_risk"], rel=1e-7, abs=1e-6)


@pytest.mark.parametrize("name", ALL)
def test_futures_of_its_own_give_the_same_verdict_within_error(name: str) -> None:
    """The slow model draws by itself (Mersenne Twister, rejection, its own gaps): nothing is shared."""
    n = 4_000
    slow = simulate(ALL[name], draws=n, seed=11)
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
        error = 5 * cost.cost_usd.standard_error * math.sqrt(answer.draws / n + 1)
        assert expected_cost["mean_cost"] == pytest.approx(cost.cost_usd.mean, abs=error)
        share = cost.probability_cheapest
        error = 5 * math.sqrt(max(share * (1 - share), 1 / n) / n)
        assert expected_cost["p_cheapest"] == pytest.approx(share, abs=error)
