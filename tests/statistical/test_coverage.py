"""The stated 95 % intervals hold the true value in 95 % of the seeds, as nearly as so many seeds can tell.

The seeds are 0, 1, 2 …, the sizes 1,024 and 4,096 draws, both fixed beforehand. With MCOST_TEST_FULL=1 (or
MCOST_TEST_NIGHTLY=1) there are 2,000 seeds, at which 95 % is found with a standard error of 0.49 %; without
it, the first 100.

An interval is t of 32 replicates. Where a few futures decide a mean (a rare gain, a cost with a long tail),
the replicates' means are skewed or have few values, and no t interval of 32 such numbers holds the truth in
95 %. How often it does is told by drawing 32 at random from the replicates of all seeds: that, no less, is
asked of those cases. Quasi-random points do not mend it: they even out all but the far end of a tail.
"""

import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from closed_form import money
from scenes import FREE, NIGHTLY, PROMPT, cap_phi, lognormal, own_cost, poisson, scene

import mcost
from mcost.answer import Answer
from mcost.estimate import MARGIN, Estimate, by_replicate, chance
from mcost.nets import REPLICATES, SAMPLERS, Sampler

FULL = NIGHTLY or os.environ.get("MCOST_TEST_FULL") == "1"
SEEDS = range(2000 if FULL else 100)
SIZES = (1024, 4096)
RESAMPLED = 20_000
"""Sets of 32 replicates drawn at random, to tell what a t interval of them can hold."""

WITHIN = 3.5
"""Standard errors of a share of the seeds."""


@dataclass(frozen=True)
class Case:
    """A scenario with the true values of what is stated of it; the baseline is best, so gain is EVPI.

    chance : P(pays off). saving : mean saving, USD. gain : E[max(saving, 0)], USD.
    """

    scenario: dict[str, Any]
    chance: float
    saving: float
    gain: float

    @property
    def truth(self) -> dict[str, float]:
        return {
            "P(pays off)": self.chance,
            "P(pays off) by hits": self.chance,
            "mean saving": self.saving,
            # E[max(-S, 0)] = E[max(S, 0)] - E[S]
            "expected loss": self.gain - self.saving,
            "EVPI": self.gain,
        }


def partial_mean(mu: float, sigma: float, x: float) -> float:
    """E[X; X >= x] of a log-normal: exp(mu + sigma²/2) Φ((mu + sigma² - ln x) / sigma)."""
    return math.exp(mu + sigma**2 / 2) * cap_phi((mu + sigma**2 - math.log(x)) / sigma)


def against_a_cost(saved: float, success: float, cost: str, low: float, high: float) -> Case:
    """Saves ``saved`` USD with P(success), for a cost C log-normal: pays off ⇔ success and C <= saved."""
    mu, sigma = lognormal(low, high)
    fine = {**FREE, "success_probability": success, "costs": [own_cost("once", cost)]}
    mean, share = math.exp(mu + sigma**2 / 2), cap_phi((math.log(saved) - mu) / sigma)
    return Case(
        scene(int(saved), {"fine": fine}),  # 1 USD a month
        success * share,
        success * saved - mean,
        success * (saved * share - (mean - partial_mean(mu, sigma, saved))),
    )


def rare() -> Case:
    """Log-normal volume against a fixed cost: pays off ⇔ S = 2 (0.002 V - 780) >= 0 ⇔ V >= 390,000."""
    mu, sigma = lognormal(80_000, 300_000)
    strategies = {
        "prompt": {**PROMPT, "prompt_tokens": 3000},
        "fine": {**PROMPT, "costs": [own_cost("month", 780)]},
    }
    p = cap_phi((mu - math.log(390_000)) / sigma)
    return Case(
        scene(2, strategies, {"calls_per_month": "80_000 to 300_000"}),
        p,
        2 * (0.002 * math.exp(mu + sigma**2 / 2) - 780),
        2 * (0.002 * partial_mean(mu, sigma, 390_000) - 780 * p),
    )


def probable() -> Case:
    return against_a_cost(3, 0.6, "1.25 to 5", 1.25, 5)


def skewed() -> Case:
    """sigma = 1.12: a skewness of 8.8, and one cost in a hundred is over 13 times the median."""
    return against_a_cost(3, 0.9, "0.5 to 20", 0.5, 20)


def counted() -> Case:
    """Drift retrains N ~ Poisson(2.2) at 0.7 USD each: S = 2 - 0.7 (1 + N); pays off ⇔ N <= 1."""
    rate = 2.2
    tuning = {"training_cost": 0.7, "drift_retrains_per_year": 12 * rate / 2}
    p = [poisson(rate, k) for k in range(2)]
    return Case(
        scene(2, {"fine": {**FREE, "tuning": tuning}}),
        sum(p),
        2 - 0.7 * (1 + rate),
        sum(p[k] * (2 - 0.7 * (1 + k)) for k in range(2)),
    )


@dataclass(frozen=True)
class Look:
    """A case, about how likely it is to pay off, and whether its replicates are near enough to normal."""

    case: Callable[[], Case]
    about: float
    normal: bool


LOOKS = {
    "rare": Look(rare, 0.011, normal=False),
    "probable": Look(probable, 0.4, normal=True),
    "skewed": Look(skewed, 0.43, normal=False),
    "counted": Look(counted, 0.35, normal=True),
}


def by_future(saving: np.ndarray) -> dict[str, np.ndarray]:
    """What is averaged over the futures, but for the integrated chance."""
    return {
        "P(pays off) by hits": (saving >= 0).astype(float),
        "mean saving": saving,
        "expected loss": np.maximum(-saving, 0.0),
        "EVPI": np.maximum(saving, 0.0),
    }


def stated(answer: Answer) -> dict[str, Estimate]:
    """Every estimate that is judged; that by hits is what ``integrate=False`` gives."""
    found = answer.candidates["fine"]
    hits = by_future(found.payoff.saving)["P(pays off) by hits"]
    return {
        "P(pays off)": found.pays_off,
        "P(pays off) by hits": chance(by_replicate(hits), answer.draws),
        "mean saving": money(found.saving_usd, answer.draws),
        "expected loss": answer.strategies["fine"].expected_loss_usd,
        "EVPI": answer.evpi,
    }


def of_replicates(means: np.ndarray) -> float:
    """How often a t interval of 32 of these, drawn at random, holds their mean: ndarray (k,)."""
    drawn = np.random.default_rng(1).choice(means, size=(RESAMPLED, REPLICATES))
    reach = MARGIN * drawn.std(axis=1, ddof=1) / math.sqrt(REPLICATES)
    return float(np.mean(np.abs(drawn.mean(axis=1) - means.mean()) <= reach))


def holds(estimate: Estimate, truth: float) -> bool:
    low, high = estimate.interval
    return low - 1e-12 * abs(truth) <= truth <= high + 1e-12 * abs(truth)


@pytest.mark.parametrize("draws", SIZES)
@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_the_stated_intervals_cover(look: Look, sampler: Sampler, draws: int) -> None:
    case = look.case()
    assert case.chance == pytest.approx(look.about, abs=0.005)
    scenario = mcost.load(case.scenario)
    held: dict[str, list[bool]] = {name: [] for name in case.truth}
    means: dict[str, list[np.ndarray]] = {name: [] for name in case.truth}
    exactly = True
    for seed in SEEDS:
        answer = mcost.run(scenario, draws=draws, seed=seed, sampler=sampler)
        found = stated(answer)
        for name, estimate in found.items():
            held[name].append(holds(estimate, case.truth[name]))
        for name, sample in by_future(answer.candidates["fine"].payoff.saving).items():
            means[name].append(by_replicate(sample) / (draws // REPLICATES))
        exactly &= found["P(pays off)"].standard_error < 1e-12
    by_hits = mcost.run(scenario, draws=draws, seed=seed, sampler=sampler, integrate=False)
    assert by_hits.candidates["fine"].pays_off == found["P(pays off) by hits"]
    for name, each in held.items():
        share, expected = float(np.mean(each)), 0.95
        if not look.normal and name in by_future(np.zeros(1)):
            expected = of_replicates(np.concatenate(means[name]))
        print(f"{name}: {share:.1%} held, {expected:.1%} expected")
        if name == "P(pays off)" and exactly:
            assert share == 1
        else:
            error = math.sqrt(expected * (1 - expected) * (1 / len(SEEDS) + 1 / RESAMPLED))
            assert abs(share - expected) <= WITHIN * error, f"{name}: {share:.1%} held, not {expected:.1%}"
