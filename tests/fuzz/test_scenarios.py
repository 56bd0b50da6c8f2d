"""Scenarios over the whole schema: each loads and runs, and what must hold of every answer does.

The strongest of it: futures of the engine's own, costed again by the slow model, line by line and month by
month.
"""

from __future__ import annotations

import json
import math
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from engine_futures import future_of, noise_of
from fuzz.counting import Part, Tally, parts
from fuzz.notations import CSV, CSV_TEXT
from fuzz.scenarios import START, parts_of, quoted, scenarios, to_toml
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from slow_model import costs_of, outcome, with_prices

import mcost
from mcost.costs import costs
from mcost.draws import draw
from mcost.errors import McostError
from mcost.payoff import payoff
from mcost.prices import price_of

DRAWS = 64
ROUNDING = 1e-9
MOST_REFUSED = 0.1


def all_cases(part: Part) -> Any:
    """Hypothesis for one part of the cases: the same ones each time, none kept between runs.

    MCOST_SHRINK : where it is set, a failing scenario is made smaller first, which takes minutes.
    """
    most = settings(
        max_examples=part.cases,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, *[Phase.shrink] * ("MCOST_SHRINK" in os.environ)],
    )
    return lambda test: most(seed(part.seed)(test))


@pytest.mark.parametrize("part", parts(60), ids=str)
def test_every_valid_scenario_has_an_answer_that_holds(part: Part, count: Tally, tmp_path: Path) -> None:
    (tmp_path / CSV).write_text(CSV_TEXT, encoding="utf-8")
    refusals: list[str] = []

    @all_cases(part)
    @given(scenarios(), st.integers(0, 2**32), st.integers(0, 11))
    def check(data: dict[str, Any], of: int, turn: int) -> None:
        count.add("scenarios")
        strategies = data["strategies"]
        first = next(name for name in strategies if name != data["baseline"]) if len(strategies) > 1 else None
        data["strategies"] = strategies | {"its twin": {"like": first or data["baseline"]}}
        data["strategies"] |= {"baseline's twin": {"like": data["baseline"]}}
        file = tmp_path / "case.toml"
        file.write_text(to_toml(data), encoding="utf-8")
        refused = None
        try:
            scenario = mcost.load(file)
            answer = mcost.run(scenario, draws=DRAWS, seed=of)
        except McostError as error:
            refused = str(error)
        if refused is not None:
            count.add("scenarios refused")
            refusals.append(refused)
            assert well_said(refused), refused
            return
        assert_coherent(answer)
        assert_same_as_its_twin(answer, data["baseline"], "baseline's twin")
        if first is not None:
            assert_same_as_its_twin(answer, first, "its twin")
        assert_agrees_with_the_slow_model(data, scenario, of)
        if turn == 0 and scenario.horizon_months <= 36:
            assert_the_same_whoever_works(file, answer)
        elif turn < 4:
            assert_one_change_leaves_other_draws_alone(data, file, answer)
        elif turn < 8 and not any("cascade" in table for table in strategies.values()):
            assert_a_cost_of_all_changes_no_decision(data, file, answer)

    check()
    assert count.counted["scenarios"] >= part.cases
    assert len(refusals) <= MOST_REFUSED * count.counted["scenarios"] + 2, refusals


def well_said(message: str) -> bool:
    """Whether a refusal is one of ours: it names something, and is no library's."""
    foreign = ("Value error", "Assertion", "Traceback", "object at 0x", "NoneType", "numpy.")
    return 20 <= len(message) <= 4000 and not any(word in message for word in foreign)


def assert_coherent(answer: mcost.Answer) -> None:
    """What holds of every answer, whatever the scenario."""
    told = answer.to_dict()
    json.dumps(told, allow_nan=False)
    scale = max(abs(cost["cost_usd"]["mean"]) for cost in told["strategies"].values())
    losses = []
    for name, cost in told["strategies"].items():
        lines, usd = cost["cost_lines_usd"], cost["cost_usd"]
        assert math.fsum(lines.values()) == pytest.approx(usd["mean"], rel=1e-9, abs=1e-9), name
        assert usd["p5"] <= usd["p50"] <= usd["p95"]
        assert 0 <= cost["probability_cheapest"] <= 1
        assert cost["expected_loss_usd"] >= 0
        losses.append(cost["expected_loss_usd"])
    assert math.fsum(c["probability_cheapest"] for c in told["strategies"].values()) == pytest.approx(1)
    assert told["evpi_usd"] >= 0
    assert told["evpi_usd"] == pytest.approx(min(losses), rel=1e-9, abs=1e-12 * scale)
    least = min(cost["cost_usd"]["mean"] for cost in told["strategies"].values())
    assert told["strategies"][told["recommended"]]["cost_usd"]["mean"] <= least + 2 * ROUNDING * abs(least)
    for name, found in told["candidates"].items():
        p, by_month = found["pays_off"]["probability"], found["pays_off_by_month"]
        chances = (p, found["first_touch"]["probability"], found["beats_best_alternative"]["probability"])
        assert all(0 <= chance <= 1 for chance in (*chances, *by_month)), name
        assert len(by_month) == told["horizon_months"] + 1
        month, saving, risk = found["break_even_month"], found["saving_usd"], found["cash_at_risk_usd"]
        assert by_month[-1] == p
        assert p == pytest.approx(1 - month["never"], abs=1e-12)
        assert found["first_touch"]["probability"] >= p - 1e-12 or by_month[0] > 0
        months = [math.inf if month[key] is None else month[key] for key in ("p10", "p50", "p90")]
        assert months == sorted(months)
        assert saving["worst_tenth_mean"] <= saving["p50"] + 1e-9 * scale
        assert saving["p5"] <= saving["p50"] <= saving["p95"]
        assert 0 <= risk["p50"] <= risk["p95"]
        own, base = (told["strategies"][s]["cost_usd"]["mean"] for s in (name, told["baseline"]))
        assert saving["mean"] == pytest.approx(base - own, abs=2 * ROUNDING * (abs(own) + abs(base)) + 1e-9)


def assert_same_as_its_twin(answer: mcost.Answer, name: str, twin: str) -> None:
    """A copy by ``like`` costs just what its original does; of the baseline, it saves exactly 0."""
    assert np.array_equal(answer.futures.cost[name], answer.futures.cost[twin])
    if name == answer.baseline:
        assert not answer.futures.saving[twin].any()
        assert answer.candidates[twin].saving_usd.mean == 0.0
        assert answer.candidates[twin].pays_off.probability == 1.0
    else:
        assert np.array_equal(answer.futures.saving[name], answer.futures.saving[twin])


def catalogue_of(data: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What the slow model needs of the price table, for the models that a scenario names."""
    own = data.get("models", {})
    names = {table["is"] for table in own.values() if "is" in table}
    names |= {s["model"] for s in data["strategies"].values() if s.get("model", "") not in (*own, "")}
    found = {}
    for name in names:
        facts = price_of(name, on=START)
        rows = {"price": facts, "tuned": facts.tuned}
        row: dict[str, Any] = {
            key: {part: usd for part in PARTS if (usd := getattr(of, part, None)) is not None}
            for key, of in rows.items()
            if of is not None
        }
        if facts.tuned is not None and facts.tuned.hosting_usd_per_hour:
            row["tuned_usd_per_hour"] = facts.tuned.hosting_usd_per_hour
        more = {"smallest_cacheable_prompt": facts.smallest_cacheable_prefix, "retires": facts.retires}
        more |= {"tuning_closes": facts.tuning_closes, "released": facts.released}
        found[name] = row | {key: value for key, value in more.items() if value is not None}
    return found


PARTS = ("input", "cached", "cache_write", "output")


def assert_agrees_with_the_slow_model(data: dict[str, Any], scenario: mcost.Scenario, of: int) -> None:
    """Some futures of the engine, costed again: every line in every month, and every pay-off."""
    drawn = draw(scenario, of, 0, 8)
    found, noise = costs(scenario, drawn), noise_of(scenario, drawn)
    base = found.discounted(scenario.baseline)
    lines = {strategy: ledger.by_line() for strategy, ledger in found.ledgers.items()}
    written = with_prices(data, catalogue_of(data))
    months = scenario.horizon_months
    for i in (0, 5) if months <= 60 else (3,):
        future = future_of(scenario, drawn, i, noise)
        expected = costs_of(written, future)
        for strategy, by_line in lines.items():
            for line, usd in by_line.items():
                slow = np.array(expected[strategy].get(line, [0.0] * (months + 1)))
                near = np.isclose(usd[:, i], slow, rtol=1e-8, atol=1e-8 + 1e-12 * np.abs(slow).max())
                assert near.all(), (strategy, line, int(np.argmin(near)), usd[:, i][~near], slow[~near])
            assert {line for line, usd in expected[strategy].items() if any(usd)} <= set(by_line)
        judged = outcome(expected, written, future)
        for strategy, usd in found.totals.items():
            assert usd[i] == pytest.approx(judged["totals"][strategy], rel=1e-8, abs=1e-8)
        for candidate, slow_answer in judged["candidates"].items():
            paid, _ = payoff(base, found.discounted(candidate))
            scale = judged["totals"][candidate] + judged["totals"][scenario.baseline]
            assert paid.saving[i] == pytest.approx(slow_answer["saving"], abs=1e-8 * scale + 1e-8)
            if min(abs(x) for x in slow_answer["cumulative"]) > 1e-7 * scale:
                assert paid.break_even_month[i] == slow_answer["break_even_month"]
                assert paid.first_touch[i] == slow_answer["first_touch"]
            assert paid.cash_at_risk[i] == pytest.approx(slow_answer["cash_at_risk"], abs=1e-8 * scale + 1e-8)


def assert_the_same_whoever_works(file: Path, answer: mcost.Answer) -> None:
    """The same seed gives the same bytes, with and without workers, in any chunks."""
    again = json.dumps(mcost.run(file, draws=DRAWS, seed=answer.seed).to_dict())
    assert again == json.dumps(answer.to_dict())
    alone = mcost.run(file, draws=20_000, seed=answer.seed).to_dict()
    with ThreadPoolExecutor(2) as workers:
        shared = mcost.run(file, draws=20_000, seed=answer.seed, executor=workers, chunk=2).to_dict()
    assert json.dumps(alone) == json.dumps(shared)


def assert_one_change_leaves_other_draws_alone(
    data: dict[str, Any], file: Path, answer: mcost.Answer
) -> None:
    """Another number of calls, and a new input: every other input that stands in no group with them stays."""
    load = data["workload"]
    key = "calls_per_month" if "calls_per_month" in load else "calls_per_user"
    groups = [set(row["between"]) for row in data.get("correlations", ())]
    together = set().union(*(group for group in groups if f"workload.{key}" in group))
    changed = data | {
        "workload": load | {key: "3 to 9"},
        "strategies": data["strategies"] | {"new": {"price": {"input": "1 to 2", "output": 3}}},
        "correlations": [
            row for row in data.get("correlations", ()) if f"workload.{key}" not in row["between"]
        ],
        "studies": [],
    }
    file.write_text(to_toml({k: v for k, v in changed.items() if v != []}), encoding="utf-8")
    other = mcost.run(file, draws=DRAWS, seed=answer.seed)
    for name, values in answer.futures.inputs.items():
        if name != f"workload.{key}" and name not in together:
            assert np.array_equal(values, other.futures.inputs[name]), name


def assert_a_cost_of_all_changes_no_decision(data: dict[str, Any], file: Path, answer: mcost.Answer) -> None:
    """A tax on every call, whoever serves it: nobody saves by it."""
    line = {"name": "a tax on calls", "driver": "call", "amount": 0.00123}
    taxed = {
        name: table
        if parts_of(table) or "like" in table
        else table | {"costs": [*table.get("costs", ()), line]}
        for name, table in data["strategies"].items()
    }
    file.write_text(to_toml(data | {"strategies": taxed}), encoding="utf-8")
    other = mcost.run(file, draws=DRAWS, seed=answer.seed)
    for name, saving in answer.futures.saving.items():
        moved = other.futures.cost[name] + other.futures.cost[answer.baseline]
        assert (np.abs(other.futures.saving[name] - saving) <= 4 * ROUNDING * moved + 1e-9).all(), name
        clear = np.abs(saving) > 4 * ROUNDING * moved
        assert np.array_equal(other.futures.saving[name][clear] > 0, saving[clear] > 0)
    means = {name: cost.cost_usd.mean for name, cost in answer.strategies.items()}
    best = means[answer.recommended]
    if all(
        abs(mean - best) > 1e-6 * (best + 1) for name, mean in means.items() if name != answer.recommended
    ):
        assert other.recommended == answer.recommended


def test_a_name_in_quotes_is_quoted_as_inputs_are() -> None:
    assert [quoted(name) for name in ("a", "fine-tune", "v1.5", "später", "own machine")] == [
        "a",
        "fine-tune",
        '"v1.5"',
        '"später"',
        '"own machine"',
    ]
