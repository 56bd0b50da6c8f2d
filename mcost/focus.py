"""A scenario and one of its candidates, ready to be asked what if: the inputs that matter to it as axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from mcost.answer import run
from mcost.axis import Axis, axis
from mcost.errors import McostError, nearest, shown
from mcost.estimate import Chance
from mcost.law import Array
from mcost.scenario import Scenario, load
from mcost.subject import subject_of
from mcost.what_if import WhatIf
from mcost.whole_numbers import whole_between

MOST_DRAWS = 2**20
"""Futures are simulated dozens of times over: beyond, the answer would not be told better, only later."""

FEW = 2_048
"""Futures in which inputs are looked at first, to know which of them move P."""


@dataclass(frozen=True)
class Focus:
    """What a what-if is asked of.

    scenario : as it is, whole. candidate : what is held against the baseline. what_if : its futures.
    axes : name of each input that the candidate, the baseline, or what they fall back on use -> its axis.
    """

    scenario: Scenario
    candidate: str
    what_if: WhatIf
    axes: Mapping[str, Axis]

    @property
    def draws(self) -> int:
        return self.what_if.draws

    @cached_property
    def few(self) -> WhatIf:
        """The first of its futures, FEW at most."""
        return WhatIf(self.scenario, self.candidate, draws=min(FEW, self.draws), seed=self.what_if.seed)

    def swing(self, axis: Axis) -> float:
        """How far P(pays off) goes between the 10 % and the 90 % point of an uncertain input: a share."""
        ends = [float(v) for v in axis.law.ppf(np.array([0.1, 0.9]))]
        low, high = (self.chance(self.few.saving({axis.name: value})).value for value in ends)
        return abs(high - low)

    def axis(self, name: str) -> Axis:
        """The axis of an input by its name, or by as much of its end as no other input's name has.

        Raises McostError where no input that matters here has that name.
        """
        ends = [full for full in self.axes if full == name or full.endswith(f".{name}")]
        if name in self.axes or len(ends) == 1:
            return self.axes[name if name in self.axes else ends[0]]
        if ends:
            raise McostError(f"found {shown(name)}; expected one of {', '.join(ends)}")
        if name in self.scenario.inputs:
            raise McostError(
                f"found {shown(name)}, which neither {self.candidate} nor {self.scenario.baseline} uses"
            )
        raise McostError(f"found {shown(name)}; no such input{nearest(name, self.axes)}")

    def chance(self, saving: Array) -> Chance:
        """P(pays off) in these savings."""
        return Chance.of(int(np.count_nonzero(saving >= 0)), saving.size)


def focus(
    scenario: str | Path | Mapping[str, Any] | Scenario,
    candidate: str | None,
    *,
    draws: int,
    seed: int,
    set: Sequence[str],
) -> Focus:
    """Read a scenario, and put the futures of one candidate in place.

    candidate : unsaid, the one that the verdict speaks of last.

    Raises McostError where the scenario, the candidate, draws or seed cannot be used.
    """
    built = load(scenario, set=set)
    draws = whole_between("draws", draws, 1, MOST_DRAWS)
    chosen = subject_of(run(built, draws, seed), candidate)
    if chosen is None:
        raise McostError(f"found only {built.baseline}; expected a rival to hold it against")
    return focus_on(built, chosen, draws=draws, seed=seed)


def focus_on(scenario: Scenario, candidate: str, *, draws: int, seed: int) -> Focus:
    """Put the futures of a candidate in place."""
    what_if = WhatIf(scenario, candidate, draws=draws, seed=seed)
    axes = {name: axis(prior) for name, prior in what_if.scenario.inputs.items()}
    return Focus(scenario, candidate, what_if, axes)
