"""The same futures again, with some inputs at other values: what a tipping point and a map are made of."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from mcost.costs import Costs, costs
from mcost.draws import BLOCK, Draws, draw
from mcost.integration import ROUNDING
from mcost.law import Array, Certain
from mcost.nets import Sampler, whole_number
from mcost.scenario import Scenario


class WhatIf:
    """A candidate against the baseline in ``draws`` futures that stay what they are while inputs are set.

    Traffic noise, events and every input that is not set keep their draws: a difference is the input's own.
    Only the strategies that the candidate needs are simulated.

    scenario : the scenario, with these strategies alone; candidate : its name; draws : number of futures,
        rounded up as in ``run``.
    """

    def __init__(
        self, scenario: Scenario, candidate: str, *, draws: int, seed: int, sampler: Sampler = "qmc"
    ) -> None:
        self.scenario = scenario.only(candidate)
        self.candidate, self.seed, self._sampler = candidate, seed, sampler
        self.draws = draws = whole_number(draws, sampler)
        self._blocks = [
            draw(self.scenario, seed, block, min(BLOCK, draws - block * BLOCK), sampler=sampler)
            for block in range(-(-draws // BLOCK))
        ]
        self._afresh = {p.name for model in self.scenario.models.values() for p in model.afresh}

    def values(self, name: str) -> Array:
        """An input as it was drawn: ndarray (n,)."""
        return np.concatenate([block.values[name] for block in self._blocks])

    def saving(self, at: Mapping[str, float | Array] = MappingProxyType({})) -> Array:
        """Discounted saving at the horizon with some inputs set: ndarray (n,), USD.

        at : input name -> value, or ndarray (n,) of a value in each future. What belongs to events, and is
            drawn afresh at each, takes one value only.

        Raises SimulationError where a cost is not finite or too large.
        """
        fixed = {name: Certain(float(np.ravel(at[name])[0])) for name in self._afresh & at.keys()}
        scenario = self.scenario
        if fixed:
            scenario = scenario.with_laws(lambda prior: fixed.get(prior.name, prior.law))
        saved = [self._saved(scenario, block, at) for block in self._blocks]
        return np.concatenate(saved)

    def _saved(self, scenario: Scenario, base: Draws, at: Mapping[str, float | Array]) -> Array:
        here = slice(base.first, base.first + base.n)
        given = dict(base.values)
        for name, value in at.items():
            if name not in self._afresh:
                array = np.asarray(value, dtype=float)
                given[name] = np.broadcast_to(array[here] if array.ndim else array, (base.n,))
        drawn = draw(scenario, self.seed, base.block, base.n, given, base, self._sampler) if at else base
        return _saving(costs(scenario, drawn), self.candidate)


def _saving(block: Costs, candidate: str) -> Array:
    """What is left at the horizon; within rounding of the money moved it is 0."""
    baseline, own = block.totals[block.scenario.baseline], block.totals[candidate]
    saving = baseline - own
    return np.asarray(np.where(np.abs(saving) > ROUNDING * (baseline + own), saving, 0.0))
