"""From draws to numbers: every figure of an answer by its definition, and what must not change a byte."""

import copy
import dataclasses
import json
import math
import multiprocessing
import pickle
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from drawn import everything_drawn
from everything import ALL, EVERYTHING
from random_scenarios import random_scenario
from scipy import stats

import mcost
from mcost.answer import Answer
from mcost.draws import BLOCK, draw
from mcost.errors import McostError
from mcost.nets import REPLICATES, Sampler
from mcost.scenario import Scenario

CASES = ALL | {f"random {seed}": random_scenario(seed) for seed in range(6)}
WAYS: dict[Sampler, int] = {"qmc": 2 * BLOCK, "mc": BLOCK + 640}  # whole blocks, and a part of one


def every_case(**more: Any) -> Any:
    cases = CASES | more
    return pytest.mark.parametrize("scenario", cases.values(), ids=cases)


def discounted(answer: Answer) -> dict[str, np.ndarray]:
    """Strategy -> ndarray (t, n), USD of each month, discounted to month 0 in each draw."""
    built, n = answer.scenario, answer.draws
    rate = np.zeros(n)
    if built.discount_rate is not None:
        parts = [
            draw(built, answer.seed, block, min(BLOCK, n - block * BLOCK), sampler=answer.sampler)
            for block in range(-(-n // BLOCK))
        ]
        rate = np.concatenate([part.values[built.discount_rate.name] for part in parts])
    months = np.arange(answer.horizon_months + 1)[:, None]
    table = answer.costs
    return {name: table.usd[s] / (1 + rate) ** (months / 12) for s, name in enumerate(table.strategies)}


def estimated(sample: np.ndarray) -> tuple[float, float]:
    """Mean and standard error: the replicates follow one another, and the spread is that of their means."""
    means = [float(np.mean(sample[replicate::REPLICATES])) for replicate in range(REPLICATES)]
    return float(np.mean(means)), float(np.std(means, ddof=1)) / math.sqrt(REPLICATES)


def assert_estimated(found: mcost.Estimate, sample: np.ndarray) -> None:
    mean, error = estimated(sample)
    assert found.value == pytest.approx(mean, rel=1e-12, abs=1e-15)
    assert found.standard_error == pytest.approx(error, rel=1e-9, abs=1e-15)
    assert found.n == sample.size


# --- every number by its definition -----------------------------------------------------------------------


@pytest.mark.parametrize("sampler", WAYS)
@every_case()
def test_every_number_of_a_candidate_is_its_definition(scenario: dict[str, Any], sampler: Sampler) -> None:
    answer = mcost.run(scenario, draws=WAYS[sampler], seed=7, sampler=sampler, integrate=False)
    cost, n = discounted(answer), WAYS[sampler]
    assert answer.draws == n
    assert set(answer.candidates) == set(scenario["strategies"]) - {scenario["baseline"]}
    for name, found in answer.candidates.items():
        cumulative = np.cumsum(cost[answer.baseline] - cost[name], axis=0)
        moved = np.cumsum(cost[answer.baseline] + cost[name], axis=0)
        cumulative[np.abs(cumulative) <= 1e-9 * moved] = 0.0
        ahead = cumulative >= 0

        assert_estimated(found.pays_off, ahead[-1])
        assert found.pays_off_by_month == pytest.approx(
            [np.count_nonzero(row) / n for row in ahead], abs=1e-15
        )
        assert_estimated(found.first_touch, ahead[1:].any(axis=0))

        # the first month from which it stays ahead, in each draw; its percentiles among all futures
        stays = np.logical_and.accumulate(ahead[::-1], axis=0)[::-1]
        month = np.where(stays.any(axis=0), np.argmax(stays, axis=0), np.inf)
        np.testing.assert_array_equal(found.payoff.break_even_month, month)
        for share, stated in ((0.1, "p10"), (0.5, "p50"), (0.9, "p90")):
            reached = [t for t in range(len(ahead)) if np.count_nonzero(month <= t) >= share * n]
            assert getattr(found.break_even_month, stated) == (reached[0] if reached else None)

        saving = found.payoff.saving
        np.testing.assert_allclose(saving, cumulative[-1], rtol=0, atol=1e-9 * moved.max())
        mean, error = estimated(saving)
        assert found.saving_usd.mean == pytest.approx(mean, rel=1e-12, abs=1e-9)
        assert found.saving_usd.standard_error == pytest.approx(error, rel=1e-9, abs=1e-9)
        p5, p50, p95 = (float(np.quantile(saving, q)) for q in (0.05, 0.5, 0.95))
        assert (found.saving_usd.p5, found.saving_usd.p50, found.saving_usd.p95) == (p5, p50, p95)
        worst = sorted(saving.tolist())[: n // 10]
        assert found.saving_usd.worst_tenth_mean == pytest.approx(
            math.fsum(worst) / len(worst), rel=1e-12, abs=1e-9
        )
        risk = np.maximum(-cumulative.min(axis=0), 0)
        tolerance = 1e-9 * moved.max()
        assert found.cash_at_risk_usd.p50 == pytest.approx(np.quantile(risk, 0.5), abs=tolerance)
        assert found.cash_at_risk_usd.p95 == pytest.approx(np.quantile(risk, 0.95), abs=tolerance)


@pytest.mark.parametrize("sampler", WAYS)
@every_case()
def test_every_number_of_a_strategy_is_its_definition(scenario: dict[str, Any], sampler: Sampler) -> None:
    answer = mcost.run(scenario, draws=WAYS[sampler], seed=7, sampler=sampler)
    total = {name: usd.sum(axis=0) for name, usd in discounted(answer).items()}
    table = np.stack(list(total.values()))
    least = table.min(axis=0)
    ties = table - least <= 1e-9 * (table + least)
    mean = {name: float(np.mean(usd)) for name, usd in total.items()}
    for i, (name, found) in enumerate(answer.strategies.items()):
        own, usd = total[name], found.cost_usd
        assert usd.mean == pytest.approx(mean[name], rel=1e-12)
        assert usd.standard_error == pytest.approx(estimated(own)[1], rel=1e-9)
        for q, stated in ((0.05, usd.p5), (0.5, usd.p50), (0.95, usd.p95)):
            assert stated == pytest.approx(np.quantile(own, q), rel=1e-12)
        assert usd.worst_tenth_mean == pytest.approx(
            np.mean(np.sort(own)[-(answer.draws // 10) :]), rel=1e-12
        )
        loss, error = estimated(own - least)
        tolerance = 1e-9 * mean[name]
        assert found.expected_loss_usd.value == pytest.approx(loss, rel=1e-9, abs=tolerance)
        assert found.expected_loss_usd.standard_error == pytest.approx(error, rel=1e-9, abs=tolerance)
        shares = ties[i] / ties.sum(axis=0)
        assert found.probability_cheapest == pytest.approx(np.mean(shares), abs=1e-12)
    assert sum(s.probability_cheapest for s in answer.strategies.values()) == pytest.approx(1, abs=1e-12)
    assert answer.evpi_usd == min(s.expected_loss_usd.value for s in answer.strategies.values())

    cheapest = min(mean, key=lambda name: mean[name])
    assert mean[answer.recommended] == pytest.approx(mean[cheapest], rel=1e-9)
    assert answer.strategies[answer.recommended].expected_loss_usd.value == pytest.approx(
        answer.evpi_usd, abs=1e-9 * mean[cheapest]
    )
    for name, candidate in answer.candidates.items():
        beats = candidate.beats_best_alternative
        others = {other: m for other, m in mean.items() if other != name}
        assert mean[beats.alternative] == pytest.approx(min(others.values()), rel=1e-9)
        ahead = total[name] - total[beats.alternative] <= 1e-9 * (total[name] + total[beats.alternative])
        if beats.alternative == answer.baseline:
            assert beats.value == candidate.pays_off.value
            assert beats.standard_error == candidate.pays_off.standard_error
        else:
            assert_estimated(beats, ahead)


@every_case(
    unsure={**EVERYTHING, "horizon_months": 5},
    one_month={**EVERYTHING, "horizon_months": 1},
)
@pytest.mark.parametrize("integrate", [True, False])
@pytest.mark.parametrize(("draws", "simulated"), [(1, 32), (33, 64), (999, 1024), (4097, 8192)])
def test_pays_off_is_one_number(
    scenario: dict[str, Any], draws: int, simulated: int, integrate: bool
) -> None:
    answer = mcost.run(scenario, draws=draws, seed=11, integrate=integrate)
    assert answer.draws == simulated
    for found in answer.candidates.values():
        by_month = found.pays_off_by_month
        assert len(by_month) == scenario["horizon_months"] + 1
        assert found.pays_off.probability == by_month[-1]
        assert found.pays_off.probability == pytest.approx(1 - found.break_even_month.never, abs=1e-15)
        if not integrate:
            never = np.count_nonzero(np.isinf(found.payoff.break_even_month))
            assert found.break_even_month.never == pytest.approx(never / simulated, abs=1e-15)
        assert found.first_touch.probability >= found.pays_off.probability
        months = [m for m in (found.break_even_month.p10, found.break_even_month.p50) if m is not None]
        assert months == sorted(months)


@pytest.mark.parametrize("chance", [0.9999, 0.0001])
@pytest.mark.parametrize("seed", range(6))
def test_lines_that_fall_due_in_some_blocks_alone_are_kept(chance: float, seed: int) -> None:
    # of four blocks of 8192 futures, some see a failure (a success) and some do not
    scenario = steady_saving(4, 3, success_probability=chance)
    answer = mcost.run(scenario, draws=4 * BLOCK, seed=seed, integrate=False)
    found = answer.strategies["fine"]
    assert math.fsum(found.cost_lines_usd.values()) == pytest.approx(found.cost_usd.mean, rel=1e-12)
    table = answer.costs
    np.testing.assert_allclose(sum(table.lines["fine"].values()), table.usd[1], rtol=1e-12)
    failed = 1 - answer.candidates["fine"].pays_off.probability
    assert found.cost_lines_usd.get("fallback", 0.0) == pytest.approx(4 * failed, rel=1e-9, abs=1e-12)


def steady_saving(months: int, cost: float, **own: Any) -> dict[str, Any]:
    """Saves 1 USD a month of the baseline's 1 USD, for so much once."""
    return {
        "title": "one dollar a month",
        "baseline": "prompt",
        "horizon_months": months,
        "workload": {"calls_per_month": 1000},
        "strategies": {
            "prompt": {"price": {"input": 1}, "prompt_tokens": 1000},
            "fine": {
                "price": {"input": 0},
                "costs": [{"name": "setup", "driver": "once", "amount": cost}],
                **own,
            },
        },
    }


def test_percentiles_of_the_break_even_month_at_the_edge() -> None:
    # paid back in month 3 where it succeeds: p10 is 3 where exactly a tenth of the futures do
    scenario = steady_saving(4, 3, success_probability=0.1)
    found: dict[int, int | None] = {}
    for seed in range(100):
        answer = mcost.run(scenario, draws=160, seed=seed, sampler="mc", integrate=False)
        candidate = answer.candidates["fine"]
        hits = round(160 * candidate.pays_off.probability)
        found[hits] = candidate.break_even_month.p10
        assert candidate.break_even_month.p10 == (3 if hits >= 16 else None)
    assert {found[15], found[16]} == {None, 3}


@pytest.mark.parametrize(("draws", "tenth"), [(1, 3), (64, 6), (96, 9), (320, 32), (1000, 102)])
def test_the_worst_tenth(draws: int, tenth: int) -> None:
    # the mean of the lowest tenth of the savings; of a cost, of the highest
    answer = mcost.run(EVERYTHING, draws=draws, seed=2, sampler="mc")
    for found in answer.candidates.values():
        lowest = np.sort(found.payoff.saving)[:tenth]
        assert found.saving_usd.worst_tenth_mean == pytest.approx(np.mean(lowest), rel=1e-12)
        assert found.saving_usd.worst_tenth_mean <= found.saving_usd.mean
    for cost in answer.strategies.values():
        assert cost.cost_usd.worst_tenth_mean >= cost.cost_usd.mean


def test_errors_of_percentiles_are_one_binomial_error_to_either_side() -> None:
    found = mcost.run(EVERYTHING, draws=2048, seed=2).candidates["fine_tune"]
    for q, stated in zip((0.05, 0.5, 0.95), found.saving_usd.percentile_errors, strict=True):
        step = math.sqrt(q * (1 - q) / 2048)
        low, high = np.quantile(found.payoff.saving, (q - step, q + step))
        assert stated == pytest.approx((high - low) / 2, rel=1e-12)


# --- ties, certainty, the lone baseline -------------------------------------------------------------------


def test_ties_go_to_the_baseline_and_then_to_the_order_of_the_file() -> None:
    scenario = steady_saving(2, 2)  # pays 2 and saves 2
    answer = mcost.run(scenario, draws=3)
    assert answer.recommended == "prompt"
    assert answer.candidates["fine"].pays_off.probability == 1.0
    assert [s.probability_cheapest for s in answer.strategies.values()] == [0.5, 0.5]

    turned = {**scenario, "strategies": dict(reversed(scenario["strategies"].items()))}
    answer = mcost.run(turned, draws=3)
    assert list(answer.strategies) == ["fine", "prompt"]
    assert answer.recommended == "prompt"

    cheaper = steady_saving(3, 2)
    cheaper["strategies"] |= {"twin": {"like": "fine"}, "dear": steady_saving(3, 9)["strategies"]["fine"]}
    answer = mcost.run(cheaper, draws=3)
    assert answer.recommended == answer.headline == "fine"
    alternative = {name: c.beats_best_alternative.alternative for name, c in answer.candidates.items()}
    assert alternative == {"fine": "twin", "twin": "fine", "dear": "fine"}
    assert answer.candidates["dear"].beats_best_alternative.probability == 0.0


def test_rounding_alone_makes_no_winner() -> None:
    # a cost that is lower by 1e-12 of itself is a tie
    scenario = steady_saving(2, 2 * (1 - 1e-12))
    assert mcost.run(scenario, draws=3).recommended == "prompt"
    assert mcost.run(steady_saving(2, 2 * (1 - 1e-8)), draws=3).recommended == "fine"


def test_a_certain_scenario_has_no_error_and_one_future() -> None:
    answer = mcost.run(steady_saving(4, 3), draws=1000)
    found = answer.candidates["fine"]
    assert answer.certain
    assert (found.pays_off.probability, found.pays_off.standard_error) == (1.0, 0.0)
    assert (found.saving_usd.mean, found.saving_usd.standard_error) == (1.0, 0.0)
    assert (found.saving_usd.p5, found.saving_usd.p95, found.saving_usd.worst_tenth_mean) == (1, 1, 1)
    assert (found.break_even_month.p10, found.break_even_month.p90, found.break_even_month.never) == (3, 3, 0)
    assert (found.cash_at_risk_usd.p50, found.cash_at_risk_usd.deepest_month) == (3, 0)
    assert (answer.evpi_usd, answer.evpi.standard_error) == (0.0, 0.0)


@pytest.mark.parametrize(
    "uncertain",
    [
        {"success_probability": 0.5},
        {"build_months": "1 to 2"},
        {"tuning": {"training_cost": 1, "drift_retrains_per_year": 1}},
        {"tuning": {"labelled_examples": 500}},
    ],
    ids=str,
)
def test_luck_of_any_kind_makes_a_scenario_uncertain(uncertain: dict[str, Any]) -> None:
    assert not mcost.run(steady_saving(4, 3, **uncertain), draws=5).certain


def test_a_price_that_jumps_makes_a_scenario_uncertain() -> None:
    scenario = steady_saving(4, 3)
    scenario["models"] = {
        "m": {"price": {"input": 1}, "price_changes_per_year": 2, "price_change_ratio": 0.8}
    }
    scenario["strategies"]["prompt"] = {"model": "m", "prompt_tokens": 1000}
    assert not mcost.run(scenario, draws=5).certain


@pytest.mark.parametrize("key", ["volatility_per_month", "task_changes_per_year", "ends_per_year"])
def test_luck_of_the_workload_makes_a_scenario_uncertain(key: str) -> None:
    scenario = steady_saving(4, 3)
    scenario["workload"][key] = 0.5
    assert not mcost.run(scenario, draws=5).certain
    scenario["workload"][key] = 0
    assert mcost.run(scenario, draws=5).certain


def test_a_baseline_alone_is_costed() -> None:
    scenario = steady_saving(4, 3)
    del scenario["strategies"]["fine"]
    answer = mcost.run(scenario, draws=10)
    assert answer.recommended == "prompt"
    assert answer.headline is None
    assert answer.candidates == {}
    assert answer.strategies["prompt"].cost_usd.mean == pytest.approx(4, rel=1e-12)
    assert answer.strategies["prompt"].probability_cheapest == 1.0


# --- the contract -----------------------------------------------------------------------------------------


def test_the_machine_readable_answer_is_the_contract() -> None:
    answer = mcost.run(EVERYTHING, draws=5000, seed=7)
    found = json.loads(json.dumps(answer.to_dict(), allow_nan=False))
    money = {"mean", "standard_error", "p5", "p50", "p95", "worst_tenth_mean"}
    assert list(found) == [
        "mcost",
        "scenario",
        "draws",
        "seed",
        "horizon_months",
        "baseline",
        "sampler",
        "recommended",
        "evpi_usd",
        "candidates",
        "strategies",
    ]
    assert (found["mcost"], found["draws"], found["seed"]) == (mcost.__version__, 8192, 7)
    assert found["sampler"] == "qmc"
    assert (found["horizon_months"], found["baseline"]) == (18, "prompt")
    assert set(found["scenario"]) == {"title", "file", "sha256"}
    assert list(found["candidates"]) == ["fine_tune", "cheaper", "tune_on_cheaper"]
    assert list(found["strategies"]) == list(EVERYTHING["strategies"])
    for name, row in found["candidates"].items():
        own = answer.candidates[name]
        assert set(row) == {
            "pays_off",
            "beats_best_alternative",
            "first_touch",
            "pays_off_by_month",
            "break_even_month",
            "saving_usd",
            "cash_at_risk_usd",
            "integrated",
        }
        assert row["integrated"] == dataclasses.asdict(answer.integrated[name])
        for key in ("pays_off", "first_touch"):
            chance = getattr(own, key)
            assert row[key] == {"probability": chance.value, "standard_error": chance.standard_error}
        beats = own.beats_best_alternative
        assert row["beats_best_alternative"] == {
            "probability": beats.value,
            "standard_error": beats.standard_error,
            "alternative": beats.alternative,
        }
        assert row["pays_off_by_month"] == list(own.pays_off_by_month)
        assert row["break_even_month"] == {
            key: getattr(own.break_even_month, key) for key in ("p10", "p50", "p90", "never")
        }
        assert row["saving_usd"] == {key: getattr(own.saving_usd, key) for key in money}
        assert row["cash_at_risk_usd"] == {"p50": own.cash_at_risk_usd.p50, "p95": own.cash_at_risk_usd.p95}
    for name, row in found["strategies"].items():
        strategy = answer.strategies[name]
        usd = strategy.cost_usd
        assert row == {
            "cost_usd": {"mean": usd.mean, "p5": usd.p5, "p50": usd.p50, "p95": usd.p95},
            "probability_cheapest": strategy.probability_cheapest,
            "expected_loss_usd": strategy.expected_loss_usd.value,
            "cost_lines_usd": dict(strategy.cost_lines_usd),
        }


def test_the_frame_has_a_row_a_strategy() -> None:
    answer = mcost.run(EVERYTHING, draws=1000, seed=7)
    frame = answer.to_frame()
    assert list(frame.index) == list(EVERYTHING["strategies"])
    assert frame.index.name == "strategy"
    fine = answer.candidates["fine_tune"]
    row = frame.loc["fine_tune"]
    assert row["pays_off"] == fine.pays_off.probability
    assert row["saving_usd"] == fine.saving_usd.mean
    assert row["cost_usd"] == answer.strategies["fine_tune"].cost_usd.mean
    assert math.isnan(frame.loc["prompt", "pays_off"])


# --- the same bytes ---------------------------------------------------------------------------------------


def bytes_of(answer: Answer) -> bytes:
    return json.dumps(answer.to_dict()).encode()


class Backwards(Executor):
    """Carries out what it is given only when asked for the first result, the last task first."""

    def __init__(self) -> None:
        self.tasks: list[tuple[Future[Any], Any, tuple[Any, ...]]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.result = lambda timeout=None: self.finish(future)
        self.tasks.append((future, fn, args))
        return future

    def finish(self, wanted: Future[Any]) -> Any:
        while self.tasks:
            future, fn, args = self.tasks.pop()
            future.set_result(fn(*args))
        return Future.result(wanted)


SEVERAL = 4 * BLOCK


@pytest.fixture(scope="module")
def alone() -> dict[str, bytes]:
    return {name: bytes_of(mcost.run(scenario, SEVERAL, 5)) for name, scenario in ALL.items()}


@pytest.mark.parametrize("name", ALL)
def test_the_same_again_gives_the_same_bytes(name: str, alone: dict[str, bytes]) -> None:
    assert bytes_of(mcost.run(copy.deepcopy(ALL[name]), SEVERAL, 5)) == alone[name]
    assert bytes_of(mcost.run(ALL[name], SEVERAL, 6)) != alone[name]


@pytest.mark.parametrize("chunk", [1, 3])
@pytest.mark.parametrize("name", ALL)
def test_neither_chunk_nor_threads_change_a_byte(name: str, chunk: int, alone: dict[str, bytes]) -> None:
    assert bytes_of(mcost.run(ALL[name], SEVERAL, 5, chunk=chunk)) == alone[name]
    with ThreadPoolExecutor(3) as threads:
        assert bytes_of(mcost.run(ALL[name], SEVERAL, 5, executor=threads, chunk=chunk)) == alone[name]
    assert bytes_of(mcost.run(ALL[name], SEVERAL, 5, executor=Backwards(), chunk=chunk)) == alone[name]


@pytest.fixture(scope="module")
def processes() -> Any:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


@pytest.mark.parametrize("chunk", [1, 3])
@pytest.mark.parametrize("name", ALL)
def test_processes_change_no_byte(
    name: str, chunk: int, alone: dict[str, bytes], processes: Executor
) -> None:
    assert bytes_of(mcost.run(ALL[name], SEVERAL, 5, executor=processes, chunk=chunk)) == alone[name]


@every_case()
def test_a_scenario_travels_to_another_process(scenario: dict[str, Any]) -> None:
    built = mcost.load(scenario)
    arrived = pickle.loads(pickle.dumps(built))
    assert bytes_of(mcost.run(arrived, 100)) == bytes_of(mcost.run(built, 100))


def test_a_scenario_of_scipy_distributions_has_the_same_hash_again() -> None:
    def hashed(scale: float) -> str:
        scenario = steady_saving(2, 1)
        scenario["hourly_rate"] = stats.gamma(2, scale=scale)
        return mcost.load(scenario).sha256

    assert hashed(30) == hashed(30)
    assert hashed(30) != hashed(31)


# --- streams: what depends on what ------------------------------------------------------------------------


@pytest.mark.parametrize("sampler", WAYS)
@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("n", [1, BLOCK])
def test_the_first_draws_are_those_of_twice_as_many(name: str, n: int, sampler: Sampler) -> None:
    few, many = (mcost.run(ALL[name], draws=k, seed=9, sampler=sampler) for k in (n, 2 * n + 64))
    assert many.draws > few.draws
    for candidate, found in few.candidates.items():
        longer = many.candidates[candidate].payoff
        np.testing.assert_array_equal(found.payoff.saving, longer.saving[: few.draws])
        np.testing.assert_array_equal(found.payoff.break_even_month, longer.break_even_month[: few.draws])


@every_case()
def test_the_first_draws_of_a_block_are_those_of_the_whole(scenario: dict[str, Any]) -> None:
    built = mcost.load(scenario)
    few, whole = draw(built, 4, 1, 37), draw(built, 4, 1)
    for key, array in everything_drawn(few).items():
        np.testing.assert_array_equal(array, everything_drawn(whole)[key][..., :37], str(key))


def test_blocks_and_seeds_are_different_futures() -> None:
    built = mcost.load(EVERYTHING)
    name = "workload.calls_per_month"
    first, plain = (draw(built, 1, 0, sampler=sampler).values[name] for sampler in WAYS)
    for seed, block in ((1, 1), (2, 0), (0, 1), (0, 0)):
        assert (draw(built, seed, block).values[name] != first).all()
        other = draw(built, seed, block, sampler="mc").values[name]
        assert (other != plain).all()
        assert abs(np.corrcoef(plain, other)[0, 1]) < 5 / math.sqrt(BLOCK)


@pytest.mark.parametrize("sampler", WAYS)
def test_inputs_are_independent_of_one_another(sampler: Sampler) -> None:
    """Two inputs may move together in one scrambled net, as like as not the other way in the next one."""
    built = mcost.load(EVERYTHING)
    names = [name for name, prior in built.inputs.items() if not prior.law.certain]
    each = []
    for seed in range(4):
        drawn = draw(built, seed, 0, sampler=sampler)
        rows = [np.argsort(np.argsort(drawn.values[name])) for name in names]
        rows += [met.astype(float) for met in drawn.success.values()]
        nets = np.stack(rows).reshape(len(rows), -1, REPLICATES)
        each += [np.corrcoef(nets[..., replicate]) for replicate in range(REPLICATES)]
    away = np.abs(np.mean(each, axis=0)) / (np.std(each, axis=0, ddof=1) / math.sqrt(len(each)) + 1e-9)
    np.fill_diagonal(away, 0.0)
    # success moves with its own probability; all else lies within 6 standard errors of 0
    strong = {tuple(sorted(pair)) for pair in np.argwhere(away > 6)}
    met = len(names) + list(drawn.success).index("strategies.fine_tune.success_probability")
    assert strong == {(names.index("strategies.fine_tune.success_probability"), met)}


def test_draws_are_read_only() -> None:
    for array in everything_drawn(draw(mcost.load(ALL["mixed"]), 1, 0, 10)).values():
        assert not array.flags.writeable


def depends_on(key: tuple[str, str], changed: str, built: Scenario) -> bool:
    """Whether a random quantity may move when the input ``changed`` does."""
    kind, name = key
    if kind == "calls":
        return changed.startswith("workload.")
    if kind == "end":
        return changed == "workload.ends_per_year"
    if kind in ("price", "retirement"):
        return changed.startswith(f"models.{name}.")
    return name == changed


INPUTS = [
    (name, changed)
    for name, scenario in ALL.items()
    for changed in mcost.load(scenario).inputs
    if changed != "strategies.small_prompt.cache_hit"  # its model has no price of a hit
]


@pytest.mark.parametrize(("name", "changed"), INPUTS, ids=lambda x: str(x))
def test_changing_one_input_leaves_every_other_draw_alone(name: str, changed: str) -> None:
    built = mcost.load(ALL[name])
    law = built.inputs[changed].law
    if law.certain:
        low, width = law.mean() * 0.8, abs(law.mean()) * 0.1 or 0.1
        if changed.endswith(("max_attempts", "shared_by")):
            low += 1
    else:
        low, high = (float(x) for x in law.ppf(np.array([0.4, 0.6])))
        width = max(high - low, 0.1)
    other = mcost.load(ALL[name], set=[f"{changed}={{ dist = 'uniform', loc = {low}, scale = {width} }}"])
    assert set(other.inputs) == set(built.inputs)
    before, after = (everything_drawn(draw(b, 1, 0, 500)) for b in (built, other))
    assert set(before) == set(after)
    for key, array in before.items():
        if not depends_on(key, changed, built):
            np.testing.assert_array_equal(array, after[key], str(key))
    if ("value", changed) in before:
        assert (before["value", changed] != after["value", changed]).any()


OPTIONAL = [
    ("everything", ("discount_rate",)),
    ("everything", ("workload", "growth_per_month")),
    ("everything", ("workload", "volatility_per_month")),
    ("everything", ("workload", "max_calls_per_month")),
    ("everything", ("workload", "task_changes_per_year")),
    ("everything", ("strategies", "prompt", "retry_rate")),
    ("everything", ("strategies", "prompt", "prompt_tokens")),
    ("everything", ("strategies", "prompt", "costs")),
    ("everything", ("strategies", "fine_tune", "success_probability")),
    ("everything", ("strategies", "fine_tune", "build_months")),
    ("everything", ("strategies", "fine_tune", "tuning", "drift_retrains_per_year")),
    ("everything", ("strategies", "fine_tune", "tuning", "retrain_every_months")),
    ("everything", ("strategies", "cheaper")),
    ("mixed", ("workload", "ends_per_year")),
    ("mixed", ("models", "large", "market_decline_per_year")),
    ("mixed", ("strategies", "fine_tune", "pilot")),
    ("mixed", ("strategies", "nested")),
]


@pytest.mark.parametrize(("name", "path"), OPTIONAL, ids=lambda x: x if isinstance(x, str) else ".".join(x))
def test_adding_or_removing_an_input_leaves_every_other_draw_alone(name: str, path: tuple[str, ...]) -> None:
    without = copy.deepcopy(ALL[name])
    table = without
    for part in path[:-1]:
        table = table[part]
    del table[path[-1]]
    if path == ("strategies", "cheaper"):
        del without["strategies"]["tune_on_cheaper"]["fallback"]
    with_it, without_it = mcost.load(ALL[name]), mcost.load(without)
    gone = [key for key in with_it.inputs if key not in without_it.inputs]
    assert gone
    more, fewer = (everything_drawn(draw(b, 1, 0, 500)) for b in (with_it, without_it))
    for key, array in fewer.items():
        if key[0] == "calls" and path[0] == "workload":
            continue
        if key in more and not (key[0] in ("price", "retirement") and path[0] == "models"):
            np.testing.assert_array_equal(array, more[key], str(key))
    kept = [key for key in more if key in fewer]
    assert len(kept) >= len(fewer) - len(gone)


@pytest.mark.parametrize("sampler", WAYS)
@pytest.mark.parametrize("name", ALL)
def test_a_longer_horizon_keeps_the_first_months(name: str, sampler: Sampler) -> None:
    """But for the traffic of quasi-random futures: it is shaped by its drift over the whole horizon."""
    built = mcost.load(ALL[name])
    longer = mcost.load({**ALL[name], "horizon_months": built.horizon_months + 17})
    short, long = (everything_drawn(draw(b, 1, 0, 500, sampler=sampler)) for b in (built, longer))
    assert set(short) == set(long)
    shaped = sampler == "qmc" and built.workload.volatility_per_month is not None
    for key, array in short.items():
        if key[0] == "calls" and shaped:
            np.testing.assert_array_equal(array[:2], long[key][:2])
            continue
        expected = long[key][: len(array)] if array.ndim == 2 else long[key]
        np.testing.assert_array_equal(array, expected, str(key))


# --- error and draws --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sampler", "integrate"), [("qmc", True), ("mc", False)])
def test_sixteen_times_the_draws_have_at_most_a_quarter_of_the_stated_error(
    sampler: Sampler, integrate: bool
) -> None:
    seeds = 8

    def errors(draws: int) -> dict[str, float]:
        """The root mean square, over seeds, of every error that an answer states."""
        squares: dict[str, list[float]] = {}
        for seed in range(seeds):
            answer = mcost.run(EVERYTHING, draws=draws, seed=seed, sampler=sampler, integrate=integrate)
            told: dict[str, mcost.Estimate] = {"evpi": answer.evpi}
            for name, found in answer.candidates.items():
                chances = found.pays_off, found.first_touch, found.beats_best_alternative
                # of what is next to never or always, the error itself is hardly known
                told |= {f"{name} {k}": p for k, p in enumerate(chances) if 0.05 < p.value < 0.95}
                saving = found.saving_usd
                told[f"{name} saving"] = mcost.Estimate(saving.mean, saving.standard_error, answer.draws)
            for key, each in told.items():
                squares.setdefault(key, []).append(each.standard_error**2)
        return {key: math.sqrt(sum(each) / seeds) for key, each in squares.items() if len(each) == seeds}

    few, many = errors(1024), errors(16 * 1024)
    assert {"evpi", "tune_on_cheaper 0", "fine_tune saving"} <= few.keys() & many.keys()
    # each root mean square is known to 1/sqrt(2 * 31 * 8) = 4.5 %, so their ratio to 6.4 %; three of them
    for key in few.keys() & many.keys():
        assert many[key] <= 0.25 * 1.2 * few[key], key


def test_sixteen_times_the_draws_have_at_most_a_quarter_of_the_true_error() -> None:
    # V log-normal "80k to 300k" against a cost of 0.001 USD times its median: P = 1/2 exactly
    scenario = steady_saving(1, 0.001 * math.sqrt(80_000 * 300_000))
    scenario["workload"]["calls_per_month"] = "80k to 300k"
    built = mcost.load(scenario)
    error = {}
    for n in (64, 1024):
        answers = [mcost.run(built, n, seed, sampler="mc", integrate=False) for seed in range(400)]
        found = [answer.candidates["fine"].pays_off for answer in answers]
        error[n] = math.sqrt(sum((share.value - 0.5) ** 2 for share in found) / 400)
        # and the stated error is the true one, sqrt(1/4 / n)
        assert error[n] == pytest.approx(0.5 / math.sqrt(n), rel=5 / math.sqrt(2 * 400))
        told = math.sqrt(sum(share.standard_error**2 for share in found) / 400)
        assert told == pytest.approx(0.5 / math.sqrt(n), rel=5 / math.sqrt(2 * 31 * 400))
    # each found to 1/sqrt(2 * 400) = 3.5 %, so their ratio to 5 %
    assert error[1024] <= 0.25 * 1.25 * error[64]


# --- what is refused --------------------------------------------------------------------------------------

WHOLE = "expected a whole number from"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"draws": 0}, f"draws: found 0; {WHOLE} 1 to 1,000,000,000"),
        ({"draws": -5}, f"draws: found -5; {WHOLE} 1 to 1,000,000,000"),
        ({"draws": 10**9 + 1}, f"draws: found 1000000001; {WHOLE} 1 to 1,000,000,000"),
        ({"draws": 100.0}, f"draws: found 100.0; {WHOLE} 1 to 1,000,000,000"),
        ({"draws": True}, f"draws: found true; {WHOLE} 1 to 1,000,000,000"),
        ({"draws": "100"}, f'draws: found "100"; {WHOLE} 1 to 1,000,000,000'),
        ({"seed": -1}, f"seed: found -1; {WHOLE} 0 to 2^128"),
        ({"seed": None}, f"seed: found None; {WHOLE} 0 to 2^128"),
        ({"seed": 1.5}, f"seed: found 1.5; {WHOLE} 0 to 2^128"),
        ({"chunk": 0}, f"chunk: found 0; {WHOLE} 1 to 1,000,000,000"),
        ({"sampler": "sobol"}, 'sampler: found "sobol"; expected qmc or mc'),
    ],
    ids=str,
)
def test_what_draws_seed_chunk_and_sampler_may_be(given: dict[str, Any], message: str) -> None:
    with pytest.raises(McostError) as error:
        mcost.run(steady_saving(2, 1), **given)
    assert str(error.value) == message


def test_a_large_seed_is_as_good_as_a_small_one() -> None:
    scenario = steady_saving(2, 1, success_probability=0.5)
    seeds = (0, 1, 2**32, 2**64 + 1, 2**127)
    savings = [mcost.run(scenario, draws=500, seed=s).candidates["fine"].payoff.saving for s in seeds]
    for i in range(len(seeds)):
        for j in range(i):
            assert (savings[i] != savings[j]).any()
