"""Cost lines: they add up, a copy costs the same to the bit, and what all pay alike decides nothing."""

import copy
import json
import math
from typing import Any

import numpy as np
import pytest
from everything import ALL
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from random_scenarios import random_scenario

import mcost
from mcost.answer import Answer
from mcost.billing import Line
from mcost.costs import LARGEST, Costs, Due, Ledger, costs
from mcost.draws import BLOCK, draw
from mcost.errors import SimulationError
from mcost.nets import REPLICATES
from mcost.tally import fold

RANDOM = {f"random {seed}": random_scenario(seed) for seed in range(30)}
SCENARIOS = ALL | RANDOM

TINY = 1e-300  # below it, numbers have no twelve digits


def costed(scenario: dict[str, Any], n: int = 192, seed: int = 3, block: int = 0) -> Costs:
    built = mcost.load(scenario)
    return costs(built, draw(built, seed=seed, block=block, n=n))


def with_strategies(scenario: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**scenario, "strategies": {**scenario["strategies"], **more}}


def whole_cases(cases: dict[str, dict[str, Any]]) -> Any:
    return pytest.mark.parametrize("scenario", cases.values(), ids=cases)


# --- the breakdown adds up to the total -------------------------------------------------------------------


@whole_cases(SCENARIOS)
def test_lines_add_up_to_the_cost_in_every_month_and_draw(scenario: dict[str, Any]) -> None:
    answer = mcost.run(scenario, draws=128, seed=2)
    table = answer.costs
    assert table.strategies == tuple(scenario["strategies"])
    assert table.usd.shape == (len(table.strategies), scenario["horizon_months"] + 1, 128)
    for s, name in enumerate(table.strategies):
        lines = list(table.lines[name].values())
        moved = sum(np.abs(line) for line in lines)
        assert (np.abs(sum(lines) - table.usd[s]) <= 1e-12 * moved).all()
        # a total that cancels would hide behind what it moved: no line is negative beyond rounding
        assert all((line >= -1e-9 * moved).all() for line in lines)


@whole_cases(SCENARIOS)
def test_line_means_add_up_to_the_mean_cost(scenario: dict[str, Any]) -> None:
    answer = mcost.run(scenario, draws=5000, seed=2)
    for found in answer.strategies.values():
        assert math.fsum(found.cost_lines_usd.values()) == pytest.approx(found.cost_usd.mean, rel=1e-12)


@whole_cases(ALL)
def test_line_means_are_the_means_of_the_discounted_lines(scenario: dict[str, Any]) -> None:
    made = costed(scenario)
    months = np.arange(scenario["horizon_months"] + 1)[:, None]
    rate = made.draws.values.get("discount_rate", np.zeros(made.draws.n))
    lines = fold(made).tally.lines
    for name, ledger in made.ledgers.items():
        each = ledger.by_line()
        assert set(lines[name]) == set(each)
        for line, usd in each.items():
            expected = float(np.sum(usd / (1 + rate) ** (months / 12)))
            assert lines[name][line] == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_a_cost_is_undiscounted_in_the_table_and_discounted_in_the_mean() -> None:
    scenario = {
        "title": "one dollar a month",
        "baseline": "prompt",
        "horizon_months": 2,
        "discount_rate": 0.21,
        "workload": {"calls_per_month": 1},
        "strategies": {
            "prompt": {"price": {"input": 0}, "costs": [{"name": "rent", "driver": "month", "amount": 1}]}
        },
    }
    answer = mcost.run(scenario, draws=2)
    np.testing.assert_array_equal(answer.costs.usd[0], np.array([[0], [1], [1]]) * np.ones(REPLICATES))
    # 1.21^(-1/12) + 1.21^(-2/12)
    assert answer.strategies["prompt"].cost_usd.mean == pytest.approx(1.21 ** (-1 / 12) + 1.21 ** (-1 / 6))


# --- a ledger by hand -------------------------------------------------------------------------------------


def test_a_ledger_by_hand() -> None:
    once = np.array([[1.0], [0.0], [0.0]])
    calls = np.array([[0.0, 0.0], [10.0, 20.0], [30.0, 40.0]])
    lines = (
        Line("setup", once, np.array([5.0, 6.0]), np.array([2.0, 3.0])),
        Line("tokens", calls, np.array([1.0, 2.0])),
        Line("tokens", calls, np.array([0.5, 0.5])),
        Line("upkeep", np.array([[0.0], [1.0], [1.0]]), np.array([7.0, 8.0]), np.array([1.0, 1.5])),
    )
    ledger = Ledger("prompt", lines, 2, 2)
    # month 1: 10 * 1.5 + 7, 20 * 2.5 + 8; month 2: 30 * 1.5 + 7, 40 * 2.5 + 8
    np.testing.assert_array_equal(ledger.usd(), [[5, 6], [22, 58], [52, 108]])
    by_line = ledger.by_line()
    assert list(by_line) == ["setup", "tokens", "upkeep"]
    np.testing.assert_array_equal(by_line["tokens"], [[0, 0], [15, 50], [45, 100]])
    np.testing.assert_array_equal(by_line["setup"], [[5, 6], [0, 0], [0, 0]])
    # weights 1, 1/2, 1/4
    totals = ledger.totals(Due(np.array([[1.0], [0.5], [0.25]])))
    np.testing.assert_allclose(totals["tokens"], [15 / 2 + 45 / 4, 50 / 2 + 100 / 4])
    np.testing.assert_allclose(totals["upkeep"], [7 * 0.75, 8 * 0.75])
    # weights of each draw's own
    own = np.array([[1.0, 1.0], [0.5, 1.0], [0.25, 0.0]])
    np.testing.assert_allclose(ledger.totals(Due(own))["tokens"], [15 / 2 + 45 / 4, 50])
    np.testing.assert_allclose(ledger.totals(Due(own))["setup"], [5, 6])
    # 2 + 2 * 1 hours, 3 + 2 * 1.5
    np.testing.assert_allclose(ledger.hours(Due(np.ones((3, 1)))), [4, 6])


@settings(deadline=None, derandomize=True, max_examples=100)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"),
            st.booleans(),
            arrays(float, (4, 3), elements=st.floats(0, 1e3)),
            arrays(float, 3, elements=st.floats(0, 1e3)),
        ),
        min_size=1,
        max_size=6,
    ),
    st.booleans(),
)
def test_a_ledger_is_the_sum_of_amount_times_driver(
    rows: list[tuple[str, bool, np.ndarray, np.ndarray]], shared: bool
) -> None:
    drivers = [driver[:, :1] if certain else driver for _, certain, driver, _ in rows]
    if shared:  # all lines on one driver
        drivers = [drivers[0]] * len(rows)
    lines = tuple(
        Line(name, driver, amount, amount) for (name, _, _, amount), driver in zip(rows, drivers, strict=True)
    )
    ledger = Ledger("any", lines, 3, 3)
    expected = sum(line.driver * line.amount for line in lines) + np.zeros((4, 3))
    np.testing.assert_allclose(ledger.usd(), expected, rtol=1e-12, atol=TINY)
    np.testing.assert_allclose(sum(ledger.by_line().values()), expected, rtol=1e-12, atol=TINY)
    weights = np.linspace(1, 0.5, 4)[:, None]
    np.testing.assert_allclose(
        sum(ledger.totals(Due(weights)).values()), (expected * weights).sum(axis=0), rtol=1e-12, atol=TINY
    )
    np.testing.assert_allclose(
        ledger.hours(Due(np.ones((4, 1)))), expected.sum(axis=0), rtol=1e-12, atol=TINY
    )


# --- a copy -----------------------------------------------------------------------------------------------


@whole_cases(SCENARIOS)
def test_a_copy_of_the_baseline_saves_exactly_nothing(scenario: dict[str, Any]) -> None:
    scenario = with_strategies(scenario, same={"like": scenario["baseline"]}, again={"like": "same"})
    answer = mcost.run(scenario, draws=500, seed=4)
    for name in ("same", "again"):
        found = answer.candidates[name]
        assert (found.payoff.saving == 0.0).all()
        assert not np.signbit(found.payoff.saving).any()
        assert (found.payoff.break_even_month == 0.0).all()
        assert (found.payoff.cash_at_risk == 0.0).all()
        assert found.pays_off.probability == 1.0
        assert found.break_even_month.never == 0.0


UNCERTAIN_GATE = {"success_probability": "30% to 80%", "build_months": "0.5 to 4"}


@pytest.mark.parametrize(
    "gate",
    [
        {"success_probability": 0.5},
        {"success_probability": 0},
        {"build_months": 3},
        {"build_months": 400},
        UNCERTAIN_GATE,
        UNCERTAIN_GATE | {"setup_hours": 10, "costs": [{"name": "own", "driver": "failure", "amount": 0.1}]},
    ],
    ids=str,
)
@pytest.mark.parametrize("name", ["everything", "users", "steady"])
def test_a_copy_that_may_fail_or_takes_time_saves_exactly_nothing_too(
    name: str, gate: dict[str, Any]
) -> None:
    # whether it serves or the baseline does in its stead, the same is paid
    scenario = copy.deepcopy(ALL[name])
    scenario["strategies"]["prompt"] |= gate
    scenario = with_strategies(scenario, same={"like": "prompt"}, other={"like": "prompt", **gate})
    answer = mcost.run(scenario, draws=500, seed=4)
    assert (answer.candidates["same"].payoff.saving == 0.0).all()


@pytest.mark.parametrize("pilot", [{"cost": 100}, {"months": 2, "hours": 5}])
def test_a_copy_of_a_baseline_with_a_pilot_saves_exactly_nothing(pilot: dict[str, Any]) -> None:
    scenario = copy.deepcopy(ALL["everything"])
    scenario["strategies"]["prompt"]["pilot"] = pilot
    answer = mcost.run(with_strategies(scenario, same={"like": "prompt"}), draws=500, seed=4)
    assert (answer.candidates["same"].payoff.saving == 0.0).all()


@pytest.mark.parametrize(
    "gate", [{"success_probability": 0.5}, {"build_months": 2}, {"pilot": {"cost": 100}}], ids=str
)
def test_a_copy_of_a_mixed_baseline_saves_exactly_nothing(gate: dict[str, Any]) -> None:
    part = {"price": {"input": 0.1, "output": 0.2}, "prompt_tokens": 1000, **gate}
    mixed = {"mix": {"prompt": 0.5, "part": "rest"}}
    scenario = with_strategies(ALL["users"], part=part, mixed=mixed, same={"like": "mixed"})
    answer = mcost.run({**scenario, "baseline": "mixed"}, draws=500, seed=4)
    assert (answer.candidates["same"].payoff.saving == 0.0).all()


@pytest.mark.parametrize("name", ["everything", "users", "steady"])
def test_a_gate_on_the_copy_alone_saves_exactly_nothing(name: str) -> None:
    scenario = with_strategies(ALL[name], gated={"like": "prompt", **UNCERTAIN_GATE})
    assert (mcost.run(scenario, draws=500, seed=4).candidates["gated"].payoff.saving == 0.0).all()


@whole_cases(SCENARIOS)
def test_a_copy_of_a_candidate_costs_the_same_to_the_bit(scenario: dict[str, Any]) -> None:
    names = [name for name in scenario["strategies"] if name != scenario["baseline"]]
    twins = {f"twin of {name}": {"like": name} for name in names}
    folded = fold(costed(with_strategies(scenario, **twins), n=320))
    assert folded.sample is not None
    total = dict(zip(folded.strategies, folded.sample.total, strict=True))
    for name in names:
        np.testing.assert_array_equal(total[f"twin of {name}"], total[name])
        one, other = folded.sample.payoffs[name], folded.sample.payoffs[f"twin of {name}"]
        for key in ("saving", "break_even_month", "first_touch", "cash_at_risk", "deepest_month"):
            np.testing.assert_array_equal(getattr(one, key), getattr(other, key), key)
        pays, copied = folded.tally.pays[name], folded.tally.pays[f"twin of {name}"]
        np.testing.assert_array_equal(pays.ahead, copied.ahead)
        np.testing.assert_array_equal(pays.chance, copied.chance)


def test_equal_text_written_twice_is_two_inputs() -> None:
    scenario = with_strategies(ALL["users"], twice=copy.deepcopy(ALL["users"]["strategies"]["fine_tune"]))
    scenario = with_strategies(scenario, shared={"like": "fine_tune"})
    saving = {n: c.payoff.saving for n, c in mcost.run(scenario, draws=500).candidates.items()}
    np.testing.assert_array_equal(saving["shared"], saving["fine_tune"])
    assert (saving["twice"] != saving["fine_tune"]).all()


def test_what_a_copy_says_otherwise_is_its_own_and_the_rest_stays_shared() -> None:
    built = mcost.load(with_strategies(ALL["everything"], other={"like": "fine_tune", "setup_hours": 5}))
    own, base = built.strategies["other"], built.strategies["fine_tune"]
    assert own.setup_hours is not None
    assert own.setup_hours.name == "strategies.other.setup_hours"
    assert own.tuning == base.tuning
    assert own.success_probability == base.success_probability
    assert own.price == base.price == built.strategies["prompt"].price


def test_adding_a_strategy_moves_no_other() -> None:
    # its neighbours see the same futures
    before = fold(costed(ALL["everything"])).sample
    more = {"new": {"like": "prompt", **UNCERTAIN_GATE, "retry_rate": "1% to 9%"}}
    after = fold(costed(with_strategies(ALL["everything"], **more))).sample
    assert before is not None
    assert after is not None
    np.testing.assert_array_equal(after.total[:-1], before.total)


# --- what all pay alike decides nothing -------------------------------------------------------------------


def decisions(answer: Answer) -> dict[str, Any]:
    """What a reader acts on, money left out."""
    return {
        "recommended": answer.recommended,
        "cheapest": {name: s.probability_cheapest for name, s in answer.strategies.items()},
        "candidates": {
            name: (
                c.break_even_month.p10,
                c.break_even_month.p50,
                c.break_even_month.p90,
                c.pays_off_by_month[:-1],
                c.beats_best_alternative.alternative,
                c.payoff.break_even_month.tolist(),
                c.payoff.first_touch.tolist(),
            )
            for name, c in answer.candidates.items()
        },
    }


def chances(answer: Answer) -> list[float]:
    """Every chance of every candidate, and its error: a part of each future is integrated out of them."""
    told = [(c.pays_off, c.first_touch, c.beats_best_alternative) for c in answer.candidates.values()]
    return [x for each in told for chance in each for x in (chance.value, chance.standard_error)]


def moved(answer: Answer) -> float:
    """The largest sum of money in any future: what rounding is measured against."""
    return float(answer.costs.usd.sum(axis=1).max())


def assert_same_verdict(before: Answer, after: Answer, scale: float = 1.0) -> None:
    assert decisions(after) == decisions(before)
    assert chances(after) == pytest.approx(chances(before), rel=0, abs=1e-9)
    tolerance = 1e-9 * max(moved(after), scale * moved(before))
    assert after.evpi_usd == pytest.approx(scale * before.evpi_usd, abs=tolerance)
    for name, cost in before.strategies.items():
        other = after.strategies[name].expected_loss_usd
        assert other.value == pytest.approx(scale * cost.expected_loss_usd.value, abs=tolerance)
    for name, candidate in before.candidates.items():
        found = after.candidates[name].payoff
        np.testing.assert_allclose(found.saving, scale * candidate.payoff.saving, rtol=0, atol=tolerance)
        np.testing.assert_allclose(
            found.cash_at_risk, scale * candidate.payoff.cash_at_risk, rtol=0, atol=tolerance
        )


UNMIXED = {
    name: {
        **scenario,
        "strategies": {
            key: table
            for key, table in scenario["strategies"].items()
            if not {"mix", "cascade", "wait"} & table.keys()
        },
    }
    for name, scenario in SCENARIOS.items()
    if scenario["baseline"] in ("base", "prompt") and name != "mixed"
}
"""Each part of a mixed strategy pays its own lines in full, so a cost of all would be paid twice there."""


def with_cost_of_all(scenario: dict[str, Any], driver: str, amount: float) -> dict[str, Any]:
    scenario = copy.deepcopy(scenario)
    for table in scenario["strategies"].values():
        rows = [{"name": "for all", "driver": driver, "amount": amount}]
        table["costs"] = [*table.get("costs", []), *rows]
    return scenario


@pytest.mark.parametrize(
    ("driver", "amount"), [("month", 750.0), ("hour", 1.5), ("call", 0.002), ("task_change", 400.0)]
)
# In "random 16" a saving is so near to nothing that a cost for all makes it rounding of the money moved.
@whole_cases({name: scenario for name, scenario in UNMIXED.items() if name != "random 16"})
def test_a_cost_of_all_strategies_decides_nothing(
    scenario: dict[str, Any], driver: str, amount: float
) -> None:
    before = mcost.run(scenario, draws=256, seed=6)
    after = mcost.run(with_cost_of_all(scenario, driver, amount), draws=256, seed=6)
    assert_same_verdict(before, after)
    if driver != "task_change" or "task_changes_per_year" in scenario["workload"]:
        for name, cost in after.strategies.items():
            assert cost.cost_usd.mean > before.strategies[name].cost_usd.mean


@pytest.mark.parametrize("name", ["everything", "users", "steady"])
def test_a_cost_paid_once_by_all_strategies_decides_nothing(name: str) -> None:
    before = mcost.run(ALL[name], draws=1000, seed=6)
    after = mcost.run(with_cost_of_all(ALL[name], "once", 5000.0), draws=1000, seed=6)
    assert_same_verdict(before, after)
    for strategy, cost in after.strategies.items():
        mean = before.strategies[strategy].cost_usd.mean
        assert cost.cost_usd.mean == pytest.approx(mean + 5000, rel=1e-12)


# --- the unit of money decides nothing --------------------------------------------------------------------

IN_DOLLARS = {
    "input",
    "cached",
    "cache_write",
    "output",
    "hourly_rate",
    "cost_per_error",
    "cost_per_second",
    "cost_per_day_behind",
    "training_cost",
    "cost_per_label",
    "amount",
    "usd_per_hour",
    "cost",
}


def in_cents(value: Any, key: str = "") -> Any:
    """A scenario with every sum of money a hundred times as large."""
    if key in IN_DOLLARS:
        if isinstance(value, str):
            low, high = (float(end) * 100 for end in value.replace("_", "").split(" to "))
            return f"{low:.12f} to {high:.12f}"
        if isinstance(value, dict):
            return {k: v * 100 if k in ("low", "high", "scale", "loc") else v for k, v in value.items()}
        return value * 100
    if isinstance(value, dict):
        return {k: in_cents(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [in_cents(v) for v in value]
    return value


@whole_cases(SCENARIOS)
def test_the_unit_of_money_decides_nothing(scenario: dict[str, Any]) -> None:
    before = mcost.run(scenario, draws=256, seed=8)
    after = mcost.run(in_cents(scenario), draws=256, seed=8)
    assert_same_verdict(before, after, 100.0)
    for name, cost in before.strategies.items():
        found = after.strategies[name]
        assert found.cost_usd.mean == pytest.approx(100 * cost.cost_usd.mean, rel=1e-9)
        assert found.hours == pytest.approx(cost.hours, rel=1e-12)


# --- what cannot be costed --------------------------------------------------------------------------------


def priceless(**own: Any) -> dict[str, Any]:
    return {
        "title": "a cost that is not finite",
        "baseline": "prompt",
        "horizon_months": 3,
        "workload": {"calls_per_month": 1e10},
        "strategies": {
            "prompt": {"price": {"input": 1}, "prompt_tokens": 1000},
            "fine": {"price": {"input": 1}, "prompt_tokens": 1000, **own},
        },
    }


@pytest.mark.parametrize(
    ("own", "message"),
    [
        (
            {"costs": [{"name": "rent", "driver": "call", "amount": 1e300}]},
            "strategies.fine: the cost line rent is not finite in month 1 of draw 0",
        ),
        (
            {"error_rate": 1, "cost_per_error": 1e307},
            "strategies.fine: the cost line errors is not finite in month 1 of draw 0",
        ),
        (
            {
                "costs": [
                    {"name": "rent", "driver": "month", "amount": 1.7e308},
                    {"name": "power", "driver": "month", "amount": 1.7e308},
                ]
            },
            "strategies.fine: the cost line rent is 1.7e+308 USD, too large to be averaged, in month 1 "
            "of draw 0",
        ),
    ],
)
def test_a_cost_that_is_not_finite_is_named(own: dict[str, Any], message: str) -> None:
    with pytest.raises(SimulationError) as error:
        mcost.run(priceless(**own), draws=5)
    assert str(error.value) == message


def test_the_draw_of_a_cost_that_is_too_large_counts_over_all_blocks() -> None:
    # so many calls that of all amounts the largest alone, which falls in the second block, costs too much
    amount = {"dist": "lognorm", "s": 36}
    scenario = priceless(costs=[{"name": "rent", "driver": "call", "amount": amount}])
    built = mcost.load(scenario)
    name = "strategies.fine.costs.rent"
    drawn = np.concatenate([draw(built, seed=0, block=block).values[name] for block in (0, 1)])
    second, largest = np.sort(drawn)[-2:]
    assert largest > 1e4 * second
    first = int(np.argmax(drawn))
    assert first >= BLOCK
    calls = scenario["workload"]["calls_per_month"] = float(LARGEST / 10 / second)
    with pytest.raises(SimulationError) as error:
        mcost.run(scenario, draws=2 * BLOCK, seed=0)
    usd = f"{largest * calls:.3g} USD"
    assert str(error.value) == (
        f"strategies.fine: the cost line rent is {usd}, too large to be averaged, in month 1 of draw {first}"
    )


def test_scenarios_are_what_they_seem() -> None:
    # the tests above say nothing unless the scenarios hold what they are about
    text = json.dumps(SCENARIOS, default=str)
    for key in ("drift_retrains_per_year", "success_probability", "build_months", "max_attempts", "give_up"):
        assert f'"{key}"' in text
    assert len(UNMIXED) >= 20
