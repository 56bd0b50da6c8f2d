"""What the answer would be if the stated ranges were too narrow: people who say 90 % are right less often."""

from __future__ import annotations

from statistics import NormalDist

from mcost.errors import SimulationError
from mcost.estimate import Chance, by_replicate, chance
from mcost.law import widened
from mcost.nets import Sampler
from mcost.scenario import Scenario
from mcost.what_if import WhatIf

HELD = 0.6
"""The share that stated 90 % ranges are taken to hold; elicited ones rarely hold more."""

DRAWS = 8_192


def widening(credibility: float, held: float) -> float:
    """How much wider a normal range must be: ``z((1 + stated)/2) / z((1 + held)/2)``."""
    z = NormalDist().inv_cdf
    return z((1 + credibility) / 2) / z((1 + held) / 2)


def widened_scenario(scenario: Scenario, held: float) -> Scenario:
    """The scenario with the spread of every input widened on its own natural scale, about its median."""
    factor = widening(scenario.credibility, held)
    return scenario.with_laws(lambda prior: widened(prior.law, prior.domain, factor))


def if_overconfident(
    scenario: Scenario, candidate: str, held: float, *, draws: int, seed: int, sampler: Sampler = "qmc"
) -> Chance | None:
    """P(pays off) of a candidate if the ranges held only ``held``; None where such costs are too large.

    draws : futures to simulate, at most DRAWS of them: the number is told in whole per cent.
    """
    try:
        what_if = WhatIf(
            widened_scenario(scenario, held), candidate, draws=min(draws, DRAWS), seed=seed, sampler=sampler
        )
        saving = what_if.saving()
    except SimulationError:
        return None
    return chance(by_replicate(saving >= 0), saving.size)
