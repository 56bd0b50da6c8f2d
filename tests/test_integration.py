"""P(pays off) by what is integrated: against hits, against brute force, and against closed forms."""

import math
from typing import Any

import numpy as np
import pytest
from everything import ALL
from random_scenarios import random_scenario
from scipy import stats

import mcost
from mcost.costs import Costs, costs
from mcost.draws import draw
from mcost.estimate import Chance, by_replicate
from mcost.integration import PAIRINGS, Integrated, Integration, pairings
from mcost.nets import REPLICATES, Sampler
from mcost.payoff import payoff
from mcost.scenario import Scenario
from mcost.shipped import scenario_names

SAMPLERS: tuple[Sampler, ...] = ("qmc", "mc")
NOTHING = Integrated(None, None, 0)


def loaded(which: str | int) -> Scenario:
    return mcost.load(random_scenario(which) if isinstance(which, int) else ALL.get(which, which))


each_scenario = pytest.mark.parametrize("which", [*scenario_names(), *ALL, *range(20)])


# --- against hits -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("sampler", SAMPLERS)
@each_scenario
def test_the_integrated_chance_is_the_plain_one_within_error(which: str | int, sampler: Sampler) -> None:
    scenario, n = loaded(which), 4096
    by_chance, by_hits = (mcost.run(scenario, n, 7, sampler=sampler, integrate=i) for i in (True, False))
    for name, found in by_chance.candidates.items():
        plain = by_hits.candidates[name]
        for one, other in (
            (found.pays_off, plain.pays_off),
            (found.first_touch, plain.first_touch),
            (found.before_last_retrain, plain.before_last_retrain),
        ):
            assert (one is None) == (other is None)
            if one is not None and other is not None:
                error = math.hypot(one.standard_error, other.standard_error)
                assert abs(one.value - other.value) <= 5 * error + 3 / n, name
        assert found.pays_off_by_month[:-1] == plain.pays_off_by_month[:-1]
        assert found.saving_usd == plain.saving_usd
        # what is ahead at the horizon was ahead once: the difference is left to hits
        later = plain.first_touch.value - plain.pays_off.value
        assert found.first_touch.value == pytest.approx(min(found.pays_off.value + later, 1.0), abs=1e-12)
    assert by_hits.integrated == {}


@each_scenario
def test_integrating_does_not_add_error(which: str | int) -> None:
    scenario, n = loaded(which), 2048
    by_chance, by_hits = (mcost.run(scenario, n, 7, sampler="mc", integrate=i) for i in (True, False))
    for name, found in by_chance.candidates.items():
        told, plain = found.pays_off.standard_error, by_hits.candidates[name].pays_off.standard_error
        # each is known to 1/sqrt(62) = 13 %; where there are few hits, by what a few of them would make
        assert told <= 1.5 * plain + 3 / n, name


# --- against brute force ----------------------------------------------------------------------------------


def saving(made: Costs, name: str) -> np.ndarray:
    baseline = made.scenario.baseline
    return payoff(made.discounted(baseline), made.discounted(name))[0].saving


def by_brute_force(made: Costs, name: str, integration: Integration, meetings: int) -> np.ndarray:
    """P(pays off) of each future: every meeting is simulated anew, and the volume at two values."""
    scenario, drawn, n = made.scenario, made.draws, made.draws.n
    found = integration.integrated(name)

    def simulated(given: dict[str, np.ndarray]) -> np.ndarray:
        again = draw(scenario, drawn.seed, drawn.block, n, {**drawn.values, **given})
        return saving(costs(scenario, again), name)

    def chance(given: dict[str, np.ndarray]) -> np.ndarray:
        once = simulated(given)
        if found.volume is None:
            return np.asarray(once >= 0, dtype=float)
        volume, law = drawn.values[found.volume], scenario.inputs[found.volume].law
        slope = simulated({**given, found.volume: 2 * volume}) - once
        fixed = once - slope
        flat = np.abs(slope) <= 1e-9 * (np.abs(once) + np.abs(fixed))
        turn = np.where(flat, 1.0, -fixed / np.where(flat, 1.0, slope)) * volume
        pays = np.where(slope > 0, law.sf(turn), law.cdf(turn))
        return np.where(flat, once >= 0, pays)

    def met(given: dict[str, np.ndarray]) -> np.ndarray:
        meets = []
        for k in range(meetings):
            rolled = {key: np.roll(drawn.values[key], -on) for key, on in integration.ahead(k).items()}
            meets.append(chance({**rolled, **given}))
        return np.mean(meets, axis=0)

    if found.success is None:
        return met({})
    weight = scenario.inputs[found.success].law.mean()
    missed = ~drawn.success[found.success]
    some = by_replicate(missed)
    if some.all():
        share = np.tile(by_replicate(missed & (saving(made, name) >= 0)) / some, n // REPLICATES)
    else:
        share = met({found.success: np.zeros(n)})
    return weight * met({found.success: np.ones(n)}) + (1 - weight) * share


@each_scenario
def test_the_chance_is_that_of_pairs_simulated_anew(which: str | int) -> None:
    scenario = loaded(which)
    made = costs(scenario, draw(scenario, 3, 1, 8 * REPLICATES))
    integration = Integration(made, 4)
    for name in scenario.candidates[:4]:
        meetings = 4 if integration.integrated(name).amounts else 1
        expected = by_brute_force(made, name, integration, meetings)
        found = integration.chance(name, saving(made, name) >= 0)
        # a chance at a turn to rounding: densities times 1e-9 of the money moved
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6, err_msg=name)


@each_scenario
def test_no_two_meetings_of_a_family_are_alike_and_none_leaves_its_replicate(which: str | int) -> None:
    scenario = loaded(which)
    integration = Integration(costs(scenario, draw(scenario, 3, 1, 16 * REPLICATES)), 8)
    meetings = [integration.ahead(k) for k in range(8)]
    for name, on in meetings[1].items():
        ways = [meeting[name] for meeting in meetings]
        assert sorted(ways) == [2 * REPLICATES * k for k in range(8)]
        assert ways[0] == 0
        assert on % REPLICATES == 0


# --- closed forms -----------------------------------------------------------------------------------------


def one_month(fixed: Any, calls: Any, **own: Any) -> dict[str, Any]:
    """A call costs 0.001 USD; the candidate's cost nothing, for so much once."""
    return {
        "title": "a dollar a thousand calls",
        "baseline": "prompt",
        "horizon_months": 1,
        "workload": {"calls_per_month": calls},
        "strategies": {
            "prompt": {"price": {"input": 1.0}, "prompt_tokens": 1000},
            "fine": {
                "price": {"input": 0.0},
                "costs": [{"name": "once", "driver": "once", "amount": fixed}],
                **own,
            },
        },
    }


LOGNORMAL = stats.lognorm(s=0.5, scale=100_000)
CALLS = {"dist": "lognorm", "s": 0.5, "scale": 100_000}


def pays_off(scenario: dict[str, Any], draws: int = 1, **how: Any) -> Chance:
    return mcost.run(scenario, draws, 3, **how).candidates["fine"].pays_off


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("fixed", [3.0, 50.0, 100.0, 240.0, 700.0])
def test_a_log_normal_volume_against_a_fixed_cost(fixed: float, sampler: Sampler) -> None:
    found = pays_off(one_month(fixed, CALLS), sampler=sampler)
    assert found.value == pytest.approx(LOGNORMAL.sf(1000 * fixed), rel=1e-12, abs=1e-300)
    assert found.standard_error < 1e-15


@pytest.mark.parametrize("fixed", [50.0, 240.0])
def test_growth_and_months_change_the_turn_alone(fixed: float) -> None:
    scenario = one_month(fixed, CALLS)
    scenario |= {"horizon_months": 3, "discount_rate": 0.1}
    scenario["workload"]["growth_per_month"] = 0.05
    months = sum(1.05 ** (t - 1) / 1.1 ** (t / 12) for t in (1, 2, 3))
    assert pays_off(scenario).value == pytest.approx(LOGNORMAL.sf(1000 * fixed / months), rel=1e-12)


def test_the_chance_of_success_is_weighed_exactly() -> None:
    missed = one_month(50.0, CALLS, success_probability=0.3)
    assert pays_off(missed).value == pytest.approx(0.3 * LOGNORMAL.sf(50_000), rel=1e-12)
    of_beta = one_month(50.0, CALLS, success_probability={"dist": "beta", "a": 2, "b": 6})
    assert pays_off(of_beta).value == pytest.approx(0.25 * LOGNORMAL.sf(50_000), rel=1e-12)
    # where nothing is lost when it is missed, it pays off all the same
    free = one_month(0.0, CALLS, success_probability=0.3)
    assert pays_off(free).value == pytest.approx(1.0, rel=1e-12)


def test_a_candidate_that_is_dearer_by_every_call() -> None:
    # it saves 60 USD a month of rent and costs 0.001 USD a call more: ahead below 60,000 calls
    scenario = one_month(0.0, CALLS)
    scenario["strategies"]["prompt"]["costs"] = [{"name": "rent", "driver": "month", "amount": 60.0}]
    scenario["strategies"]["fine"]["price"] = {"input": 2.0}
    scenario["strategies"]["fine"]["prompt_tokens"] = 1000
    found = pays_off(scenario)
    assert found.value == pytest.approx(LOGNORMAL.cdf(60_000), rel=1e-12)


def test_cheaper_or_dearer_by_the_call_as_the_future_will_have_it() -> None:
    # the price of a call is 0.5, 1 or 1.5 times the baseline's, and 20 USD of rent are saved: 1/3 each
    scenario = one_month(0.0, CALLS)
    scenario["strategies"]["prompt"]["costs"] = [{"name": "rent", "driver": "month", "amount": 20.0}]
    price = {"choice": [0.5, 1.0, 1.5], "weights": [0.25, 0.25, 0.5]}
    scenario["strategies"]["fine"] |= {"price": {"input": price}, "prompt_tokens": 1000}
    found = pays_off(scenario, 2**14)
    expected = 0.5 + 0.5 * LOGNORMAL.cdf(40_000)
    assert found.value == pytest.approx(expected, abs=5 * found.standard_error + 1e-9)


ODD = (0.1, 0.3, 0.7, 1.1, 12.7, 123.456)


@pytest.mark.parametrize("cents", ODD)
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_volume_of_single_points_at_the_very_turn(cents: float, sampler: Sampler) -> None:
    # 3000 calls save what it cost: level is ahead, whatever the last digits say
    scenario = one_month(0.0, {"choice": [1000, 3000, 7000], "weights": [0.5, 0.3, 0.2]})
    scenario["strategies"]["prompt"] |= {"price": {"input": cents}, "prompt_tokens": 1000}
    scenario["strategies"]["fine"]["costs"] = [
        {"name": "once", "driver": "once", "amount": cents},
        {"name": "again", "driver": "once", "amount": 2 * cents},
    ]
    assert pays_off(scenario, 64, sampler=sampler).value == pytest.approx(0.5, abs=1e-12)
    hits = pays_off(scenario, 2**13, sampler=sampler, integrate=False)
    assert hits.value == pytest.approx(0.5, abs=5 * hits.standard_error + 1e-3)


@pytest.mark.parametrize("cents", ODD)
def test_single_points_at_the_turn_of_what_is_dearer_by_the_call(cents: float) -> None:
    scenario = one_month(0.0, {"choice": [1000, 3000, 7000], "weights": [0.5, 0.3, 0.2]})
    scenario["strategies"]["prompt"] |= {"price": {"input": 0.0}}
    scenario["strategies"]["prompt"]["costs"] = [
        {"name": "once", "driver": "once", "amount": cents},
        {"name": "again", "driver": "once", "amount": 2 * cents},
    ]
    scenario["strategies"]["fine"] = {"price": {"input": cents}, "prompt_tokens": 1000}
    assert pays_off(scenario, 64).value == pytest.approx(0.8, abs=1e-12)


def test_a_poisson_volume_at_the_turn() -> None:
    scenario = one_month(0.1 * 30, {"dist": "poisson", "mu": 30, "min": 1})
    scenario["strategies"]["prompt"] |= {"price": {"input": 100.0}, "prompt_tokens": 1000}
    law = stats.poisson(30)
    expected = law.sf(29) / law.sf(0)
    assert pays_off(scenario).value == pytest.approx(expected, rel=1e-9)


# --- what is, and what may not be -------------------------------------------------------------------------

UNCERTAIN = {"costs": [{"name": "once", "driver": "once", "amount": "40 to 60"}], "success_probability": 0.8}


def integrated(scenario: dict[str, Any]) -> Integrated:
    return mcost.run(scenario, 1, 3).integrated["fine"]


def changed(**workload: Any) -> dict[str, Any]:
    scenario = one_month(50.0, CALLS, **UNCERTAIN)
    scenario["horizon_months"] = 12
    scenario["workload"] |= workload
    return scenario


AMOUNT, SUCCESS = "strategies.fine.costs.once", "strategies.fine.success_probability"


def test_all_three_are_integrated_where_nothing_hinders() -> None:
    assert integrated(changed()) == Integrated("workload.calls_per_month", SUCCESS, 1)
    assert integrated(changed()).any
    assert not NOTHING.any


def test_users_are_a_volume_and_calls_a_user_are_not() -> None:
    scenario = changed()
    scenario["workload"] = {"monthly_active_users": "100 to 300", "calls_per_user": "10 to 30"}
    assert integrated(scenario).volume == "workload.monthly_active_users"


HOSTED = {"usd_per_hour": 0.01, "calls_per_hour": 10}
GIVES_UP = {"training_cost": 5, "retrain_every_months": 3, "give_up": "at_retrain"}


@pytest.mark.parametrize(
    ("hindrance", "left"),
    [
        ({"workload": {"max_calls_per_month": 150_000}}, {"success", "amounts"}),
        ({"workload": {"calls_per_month": 100_000}}, {"success", "amounts"}),
        ({"fine": {"hosting": HOSTED}}, {"success", "amounts"}),
        ({"fine": {"hosting": {"usd_per_hour": 0.01}}}, {"volume", "success", "amounts"}),
        # what a retrain saves is weighed against what it costs
        ({"fine": {"tuning": GIVES_UP}}, {"success"}),
        ({"fine": {"success_probability": 1}}, {"volume", "success", "amounts"}),
        ({"between": ["workload.calls_per_month", AMOUNT]}, {"success"}),
    ],
    ids=["a cap", "a certain volume", "whole machines", "one machine", "giving up", "success", "correlated"],
)
def test_what_may_not_be_integrated_says_so(hindrance: dict[str, Any], left: set[str]) -> None:
    scenario = changed(**hindrance.get("workload", {}))
    scenario["strategies"]["fine"] |= hindrance.get("fine", {})
    if "between" in hindrance:
        scenario["correlations"] = [{"between": hindrance["between"], "rank": 0.5}]
    answer = mcost.run(scenario, 2**12, 3)
    found = answer.integrated["fine"]
    assert {key for key in ("volume", "success", "amounts") if getattr(found, key)} == left
    hits = mcost.run(scenario, 2**14, 4, integrate=False).candidates["fine"].pays_off
    chance = answer.candidates["fine"].pays_off
    error = math.hypot(chance.standard_error, hits.standard_error)
    assert abs(chance.value - hits.value) <= 5 * error + 1e-3


def test_where_nothing_is_integrated_the_chance_is_the_share_of_hits() -> None:
    scenario = changed(max_calls_per_month=150_000)
    scenario["strategies"]["fine"] |= {"success_probability": 1, "hosting": HOSTED}
    scenario["strategies"]["fine"]["costs"] = [{"name": "once", "driver": "once", "amount": 50}]
    one, other = (mcost.run(scenario, 4096, 3, integrate=i) for i in (True, False))
    found = one.integrated["fine"]
    assert (found.volume, found.amounts) == (None, 0)
    assert one.candidates["fine"].pays_off.value == pytest.approx(
        other.candidates["fine"].pays_off.value, abs=1e-12
    )


@pytest.mark.parametrize(("fixed", "chance"), [(99.0, 1.0), (100.0, 1.0), (101.0, 0.0)])
def test_a_certain_scenario_pays_off_or_does_not(fixed: float, chance: float) -> None:
    answer = mcost.run(one_month(fixed, 100_000), 1)
    assert answer.certain
    assert answer.integrated["fine"] == NOTHING
    assert answer.candidates["fine"].pays_off == Chance(chance, 0.0, REPLICATES)


@each_scenario
def test_a_copy_of_the_baseline_pays_off_for_sure(which: str | int) -> None:
    source: Any = random_scenario(which) if isinstance(which, int) else ALL.get(which, which)
    copied = mcost.load(source, set=[f'strategies.same={{ like = "{loaded(which).baseline}" }}'])
    made = costs(copied, draw(copied, 3, 0, REPLICATES))
    found = Integration(made).chance("same", np.ones(REPLICATES, dtype=bool))
    np.testing.assert_allclose(found, 1.0, rtol=0, atol=1e-12)


def test_more_futures_meet_fewer_others() -> None:
    assert [pairings(2**k) for k in (5, 10, 14)] == [PAIRINGS] * 3
    assert pairings(2**30) == 1
    assert all(pairings(2**k) >= pairings(2 ** (k + 1)) for k in range(30))


def test_more_pairings_change_the_error_and_not_the_mean() -> None:
    scenario = mcost.load(changed(max_calls_per_month=150_000, calls_per_month="3k to 9k"))
    made = costs(scenario, draw(scenario, 3, 0))
    one, many = (Integration(made, k).chance("fine", saving(made, "fine") >= 0) for k in (1, 16))
    error = np.std(by_replicate(one) / by_replicate(np.ones_like(one)), ddof=1) / math.sqrt(REPLICATES)
    assert abs(one.mean() - many.mean()) <= 5 * error
    assert np.std(many) < np.std(one)
