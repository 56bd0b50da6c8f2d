"""Tipping points against closed forms: where the saving is a line, and where it is none."""

import math
import tomllib
from typing import Any

import numpy as np
import pytest
from closed_form import PLAIN, ClosedForm
from scenes import FREE, cap_phi, lognormal, own_cost, phi, scene

import mcost
from mcost.estimate import Estimate
from mcost.maps import decision_map
from mcost.shipped import find_scenario, read_text
from mcost.tipping import need

# Without its studies: what is set to a value is certain, and nothing to find out.
CONTESTED = tomllib.loads(read_text(find_scenario("contested")))
CONTESTED.pop("studies", None)
H = 12
CALL = 0.001  # USD: what a call costs by the prompt, and nothing by the rival
VOLUME, FIXED = "workload.calls_per_month", "strategies.rival.costs.own"
CALLS, COST = (50_000, 400_000), (600, 3_000)
Z80 = 0.8416212335729143
"""Φ(Z80) = 0.8."""
DRAWS = 2**18


def rival(calls: object = None, cost: object = None, **workload: object) -> dict[str, Any]:
    """saving = H · CALL · volume - cost, undiscounted."""
    volume = f"{CALLS[0]} to {CALLS[1]}" if calls is None else calls
    amount = f"{COST[0]} to {COST[1]}" if cost is None else cost
    strategies = {"rival": {**FREE, "costs": [own_cost("once", amount)]}}
    return scene(H, strategies, {"calls_per_month": volume, **workload})


def test_the_article_breaks_even_at_1_333_333_calls() -> None:
    # 4 training runs of 1,500 USD against 2,500 tokens a call at 0.15 USD a million, over 12 months.
    found = need("article_100k", [VOLUME], draws=1_000)
    (crossing,) = found.tips[0].reaches[0].crossings
    assert math.isclose(crossing.value, 6000 / (12 * 2500 * 0.15e-6), rel_tol=1e-9)
    assert crossing.rises
    assert crossing.interval == (crossing.value, crossing.value)
    assert math.isclose(crossing.value, 1_333_333.33, rel_tol=1e-8)


def test_with_a_log_normal_volume_alone_p_follows_from_the_break_even_volume(
    closed_form: ClosedForm, seed: int
) -> None:
    fixed = 1_500.0
    found = need(rival(cost=fixed), [VOLUME], draws=DRAWS, seed=seed)
    even = fixed / (H * CALL)
    (crossing,) = found.tips[0].reaches[0].crossings
    assert math.isclose(crossing.value, even, rel_tol=1e-9)
    mu, sigma = lognormal(*CALLS)
    p = cap_phi((mu - math.log(even)) / sigma)
    closed_form("P(pays off)", "Φ((μ - ln (1500 / 0.012)) / σ)", p, found.pays_off, PLAIN)
    assert math.isclose(found.tips[0].distance, abs(math.log(even) - mu) / sigma, rel_tol=1e-6)


@pytest.mark.parametrize(("probability", "z"), [(0.5, 0.0), (0.8, Z80), (0.2, -Z80)])
def test_volume_at_which_p_is_reached_over_a_log_normal_cost(
    closed_form: ClosedForm, probability: float, z: float, seed: int
) -> None:
    found = need(rival(), [VOLUME], probability=probability, draws=DRAWS, seed=seed)
    mu, sigma = lognormal(*COST)
    expected = math.exp(mu + z * sigma) / (H * CALL)
    (crossing,) = found.tips[0].reaches[0].crossings
    assert crossing.rises
    low, high = crossing.interval
    # d ln v = sigma dz: a 95 % interval is 2 * 1.96 standard errors of P over the density, times sigma.
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    wide = 2 * 1.96 * sigma * math.sqrt(probability * (1 - probability) / DRAWS) / density
    assert math.isclose(math.log(high / low), wide, rel_tol=0.1)
    found_at = Estimate(crossing.value, expected * wide / (2 * 1.96), DRAWS)
    closed_form(f"volume for {probability:.0%}", "exp(μ + z σ) / 0.012", expected, found_at, 3.0)


def test_cost_at_which_p_falls_over_a_log_normal_volume(closed_form: ClosedForm, seed: int) -> None:
    found = need(rival(), [FIXED], draws=DRAWS, seed=seed)
    mu, sigma = lognormal(*CALLS)
    for reach, z in zip(found.tips[0].reaches, (0.0, -Z80), strict=True):
        (crossing,) = reach.crossings
        assert not crossing.rises
        p, expected = reach.probability, H * CALL * math.exp(mu + z * sigma)
        error = sigma * math.sqrt(p * (1 - p) / DRAWS) / phi(z)
        found_at = Estimate(crossing.value, expected * error, DRAWS)
        closed_form(f"cost for {p:.0%}", "0.012 exp(μ + z σ)", expected, found_at, 2.5)


def test_growth_in_which_the_saving_is_no_line(closed_form: ClosedForm, seed: int) -> None:
    found = need(rival(100_000, growth_per_month="-5% to 5%"), ["growth_per_month"], draws=DRAWS, seed=seed)
    mu, sigma = lognormal(*COST)

    def p(growth: float) -> float:
        total = 100_000 * CALL * sum((1 + growth) ** t for t in range(H))
        return cap_phi((math.log(total) - mu) / sigma)

    for reach in found.tips[0].reaches:
        (crossing,) = reach.crossings
        reached = Estimate(p(crossing.value), math.sqrt(0.25 / DRAWS), DRAWS)
        closed_form("P where it crosses", "what was asked for", reach.probability, reached, 4.0)
        assert crossing.interval[0] <= crossing.value <= crossing.interval[1]


def test_the_interval_of_a_crossing_holds_the_truth_about_as_often_as_it_says() -> None:
    mu, _ = lognormal(*COST)
    truth = math.exp(mu) / (H * CALL)
    held = 0
    for seed in range(100):
        found = need(rival(), [VOLUME], probability=0.5, draws=1_000, seed=seed)
        low, high = found.tips[0].reaches[0].crossings[0].interval
        held += low <= truth <= high
    assert 88 <= held <= 100  # 95 of 100 expected; below 88 once in 500 times


def test_the_smallest_joint_change_of_two_log_normals(seed: int) -> None:
    # ln(H CALL) + mu_v + s_v z_v = mu_c + s_c z_c is a line: its nearest point to 0 is known.
    found = need(rival(), [VOLUME, FIXED], draws=1_000, seed=seed).together
    assert found is not None
    (mu_v, s_v), (mu_c, s_c) = lognormal(*CALLS), lognormal(*COST)
    gap = mu_c - math.log(H * CALL) - mu_v
    assert math.isclose(found.distance, abs(gap) / math.hypot(s_v, s_c), rel_tol=0.01)
    scores = {shift.axis.name: shift.score for shift in found.shifts}
    assert math.isclose(scores[VOLUME], gap * s_v / (s_v**2 + s_c**2), rel_tol=0.03)
    assert math.isclose(scores[FIXED], -gap * s_c / (s_v**2 + s_c**2), rel_tol=0.03)


def test_a_map_of_volume_against_cost_with_a_log_normal_in_between(seed: int) -> None:
    # A second cost, log-normal, decides: P = Φ((ln(H CALL v - c) - mu) / sigma).
    given = rival()
    given["strategies"]["rival"]["costs"].append(own_cost("once", "500 to 2_000", "other"))
    found = decision_map(given, VOLUME, FIXED, size=12, draws=2**16, seed=seed)
    assert found.ways == ("linear", "linear")
    mu, sigma = lognormal(500, 2_000)
    left = H * CALL * found.x[None, :] - found.y[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        p = np.where(left > 0, np.vectorize(cap_phi)((np.log(np.maximum(left, 1e-300)) - mu) / sigma), 0.0)
    error = np.sqrt(np.maximum(p * (1 - p), 1e-4) / 2**16)
    assert (np.abs(found.probability - p) <= 5 * error).all()


@pytest.mark.parametrize(
    "name",
    [
        "strategies.fine_tune.hours_per_task_change",
        "workload.growth_per_month",
        "workload.calls_per_month",
        "strategies.fine_tune.success_probability",
    ],
)
def test_p_at_a_crossing_by_a_run_of_its_own(name: str) -> None:
    found = need("contested", [name], candidate="fine_tune", probability=0.5, draws=8_192)
    (crossing,) = found.tips[0].reaches[0].crossings
    answer = mcost.run(CONTESTED, 2**16, 99, set=[f"{name}={crossing.value!r}"])
    pays = answer.candidates["fine_tune"].pays_off
    error = math.hypot(pays.standard_error, math.sqrt(0.25 / 8_192))
    assert abs(pays.value - 0.5) <= 4 * error
    same = mcost.run(CONTESTED, 8_192, 1, integrate=False, set=[f"{name}={crossing.value!r}"])
    assert 0.5 <= same.candidates["fine_tune"].pays_off.value <= 0.5 + 2 / 8_192
