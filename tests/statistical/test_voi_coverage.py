"""EVPPI's stated interval holds the truth in 93 to 97 % of 1,000 seeds, 0 … 999, fixed beforehand.

At 1,000 seeds a coverage of 95 % is found with a standard error of 0.7 %. Stated errors are those of
independent draws. On the futures of an answer, which are spread more evenly, they may be too large, and never
too small: that is held over 200 seeds with MCOST_TEST_FULL=1 or MCOST_TEST_NIGHTLY=1, over 40 without.
"""

import math
import os

import numpy as np
import pytest
from scenes import FREE, NIGHTLY, cap_phi, own_cost, scene

import mcost
from mcost import voi
from mcost.estimate import Chance
from mcost.nets import SAMPLERS, Sampler
from mcost.sensitivity import sensitivity

SEEDS = range(1000)
DRAWS = 8192


@pytest.mark.parametrize(("which", "exact"), [(0, 0.0833155), (1, 0.3955931)])
def test_the_interval_holds_the_truth(which: int, exact: float) -> None:
    held, errors = 0, []
    for seed in SEEDS:
        r = np.random.default_rng(seed)
        p = r.normal(1, 1, DRAWS), r.normal(0, 2, DRAWS)
        found = voi.evppi([np.zeros(DRAWS), p[1] - p[0]], p[which])
        low, high = found.interval
        held += low <= exact <= high
        errors.append((found.corrected - exact) / found.standard_error)
    assert 0.93 <= held / len(SEEDS) <= 0.97
    # no lean to one side: the mean of 1,000 errors of spread 1 has an error of 0.032
    assert abs(np.mean(errors)) < 0.13
    assert abs(math.sqrt(np.mean(np.square(errors))) - 1) < 0.09


FULL = NIGHTLY or os.environ.get("MCOST_TEST_FULL") == "1"
FUTURES_SEEDS = range(200 if FULL else 40)
LUCK = 16


def paid(loc: float, scale: float) -> dict[str, object]:
    return own_cost("once", {"dist": "norm", "loc": loc, "scale": scale})


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_errors_on_the_futures_of_an_answer_are_not_too_small(sampler: Sampler) -> None:
    # saving = p2 - p1 - N + 16, p1 ~ N(999, 1), p2 ~ N(1000, 2), and luck N ~ Poisson(16): given p1 its mean
    # is N(1, 1), given p2 N(1, 2), as above. Var = 1 + 4 + 16, of which p1 has 1. Given N, P(saving >= 0)
    # is Φ((17 - N) / √5).
    strategies = {
        "prompt": {**FREE, "costs": [paid(1000, 2)]},
        "fine": {**FREE, "costs": [paid(999 - LUCK, 1), own_cost("task_change", 1, "luck")]},
    }
    scenario = mcost.load(scene(12, strategies, {"task_changes_per_year": LUCK}))
    exact = {
        "EVPPI of p1": 0.0833155,
        "EVPPI of p2": 0.3955931,
        "share of p1": 1 / 21,
        "share of p2": 4 / 21,
        "P(pays off)": sum(
            math.exp(-LUCK + k * math.log(LUCK) - math.lgamma(k + 1)) * cap_phi((1 + LUCK - k) / math.sqrt(5))
            for k in range(100)
        ),
    }
    off: dict[str, list[tuple[float, float]]] = {name: [] for name in exact}
    for seed in FUTURES_SEEDS:
        futures = mcost.run(scenario, draws=DRAWS, seed=seed, sampler=sampler).futures
        cost, saved = np.stack(list(futures.cost.values())), futures.saving["fine"]
        for name, key in (("p1", "strategies.fine.costs.own"), ("p2", "strategies.prompt.costs.own")):
            x = futures.inputs[key]
            worth, share = voi.evppi(cost, x), sensitivity(saved, x).variance_share
            off[f"EVPPI of {name}"].append((worth.corrected, worth.standard_error))
            off[f"share of {name}"].append((share.value, share.standard_error))
        chance = Chance.of(int(np.count_nonzero(saved >= 0)), saved.size)
        off["P(pays off)"].append((chance.value, chance.standard_error))
    for name, found in off.items():
        z = np.array([(value - exact[name]) / error for value, error in found])
        held, n = float(np.mean(np.abs(z) <= 1.96)), len(FUTURES_SEEDS)
        print(f"{name}: {held:.1%} held, errors off {math.sqrt(np.mean(z**2)):.2f}")
        assert held >= 0.95 - 3.5 * math.sqrt(0.95 * 0.05 / n), name
        assert np.mean(z**2) <= 1 + 3.5 * math.sqrt(2 / n), name
        if sampler == "mc":
            assert np.mean(z**2) >= 1 - 3.5 * math.sqrt(2 / n), name
