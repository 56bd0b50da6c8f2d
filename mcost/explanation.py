"""Answer -> Why: what drives it, what is worth finding out, and what nobody could have known."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mcost.answer import DRAWS, Answer, run
from mcost.attitude import Attitude, attitude
from mcost.driver import Driver, drivers_of
from mcost.errors import McostError
from mcost.estimate import Estimate
from mcost.factors import MEETS_THE_BAR
from mcost.law import Array, Certain
from mcost.reported import Reported
from mcost.scenario import Scenario
from mcost.subject import subject_of
from mcost.total_order import Total, totals_of
from mcost.voi import Information, evpi, evppi, value_of_modelling

if TYPE_CHECKING:
    import pandas as pd

    from mcost.report.layout import Verdict

FITTED = 16_384
"""Futures that shares of variance and the worth of knowing are computed from, at most."""

NOTHING = Information(0.0, 0.0, 0, bias=0.0, method="none", warning=None)
"""The worth of knowing where nothing is uncertain, or nothing is to be chosen."""


@dataclass(frozen=True)
class Why(Reported):
    """What drives an answer. ``to_dict()`` is the JSON contract; printing it gives the report.

    answer : what is explained.
    candidate : the one whose saving is explained; None where there is only the baseline.
    drivers : by the worth of knowing them, then by how far they move P(pays off).
    all_inputs : EVPPI of all inputs together, USD: what could be learnt at most.
    luck : EVPI less that: what chance makes of the events, which the inputs do not tell.
    by_means : the strategy that the means of the inputs would choose. modelling : what choosing it costs on
        average, USD; None, both, where no input is uncertain.
    fitted : futures behind shares and worth. totals : total-order shares, where they were asked for.
    attitude : what a decider would choose who fears losses; None where there is nothing to choose.
    """

    answer: Answer = field(repr=False)
    candidate: str | None
    drivers: tuple[Driver, ...]
    all_inputs: Information
    luck: Estimate
    by_means: str | None
    modelling: Estimate | None
    fitted: int
    totals: tuple[Total, ...] = ()
    attitude: Attitude | None = None

    @property
    def inputs(self) -> tuple[Driver, ...]:
        """The drivers that are uncertain inputs."""
        return tuple(driver for driver in self.drivers if driver.kind == "input")

    @property
    def events(self) -> tuple[Driver, ...]:
        """The drivers that are random events, which no study of an input tells."""
        return tuple(driver for driver in self.drivers if driver.kind == "event")

    @property
    def trials(self) -> tuple[Driver, ...]:
        """The events that a trial would show beforehand: whether a quality bar is met."""
        return tuple(driver for driver in self.events if driver.what == MEETS_THE_BAR)

    @property
    def best(self) -> Driver | None:
        """The input that is worth most to know; None where none is worth anything."""
        best = max(self.inputs, key=lambda driver: driver.worth, default=None)
        return best if best is not None and best.worth > 0 else None

    def to_dict(self) -> dict[str, Any]:
        """The machine-readable reasons, as ``mcost why --json`` prints them."""
        answer = self.answer
        return {
            **answer.scenario.stamp(answer.draws, answer.seed),
            "recommended": answer.recommended,
            "candidate": self.candidate,
            "fitted_draws": self.fitted,
            "evpi_usd": answer.evpi.to_dict(),
            "all_inputs_usd": self.all_inputs.to_dict(),
            "luck_usd": self.luck.to_dict(),
            "best": None if self.best is None else self.best.name,
            "by_means": self.by_means,
            "modelling_usd": None if self.modelling is None else self.modelling.to_dict(),
            "attitude": None if self.attitude is None else self.attitude.to_dict(),
            "drivers": [driver.to_dict() for driver in self.drivers],
            "total_order": {total.name: total.to_dict() for total in self.totals},
        }

    def to_frame(self) -> pd.DataFrame:
        """One row a driver, by name and kind: both ends, shares of variance, and what it is worth to know."""
        import pandas as pd

        index = pd.MultiIndex.from_tuples([(d.name, d.kind) for d in self.drivers], names=["name", "kind"])
        return pd.DataFrame([driver.row() for driver in self.drivers], index=index)

    def _report(self) -> Verdict:
        from mcost.report.why import why

        return why(self)


def why(
    scenario: str | Path | Mapping[str, Any] | Scenario | Answer,
    *,
    candidate: str | None = None,
    draws: int = DRAWS,
    seed: int = 1,
    set: Sequence[str] = (),
    total: bool = False,
    aversion: float | None = None,
) -> Why:
    """What drives an answer, and what it is worth to know before choosing: from the draws already made.

    Parameters
    ----------
    scenario : as for ``run``, or an Answer, which brings its own draws, seed and overrides.
    candidate : the one whose saving is explained; unsaid, the tuned one of lowest expected cost, or the one
        of lowest expected cost where none is tuned. What it is worth to know is for the choice among all.
    draws, seed, set : as for ``run``.
    total : whether total-order shares of variance are computed too, by simulating futures anew.
    aversion : absolute risk aversion, per USD, of a decider with exponential utility; unsaid, none.

    Raises
    ------
    McostError
        For what cannot be used, an unknown candidate, and ``total`` where the inputs that matter to the
        candidate are correlated: such a share means something for independent ones only.

    >>> import mcost
    >>> mcost.why("contested", draws=2_000).best.name
    'strategies.cheaper_model.success_probability'
    """
    if isinstance(scenario, Answer):
        if set:
            raise McostError("overrides need the scenario, not an answer that is given already")
        answer = scenario
    else:
        answer = run(scenario, draws, seed, set=set)
    subject = subject_of(answer, candidate)
    if subject is None or answer.certain:
        return Why(answer, subject, (), NOTHING, Estimate(0.0, 0.0, answer.draws), None, None, answer.draws)
    totals = tuple(totals_of(answer, subject)) if total else ()
    futures = answer.futures
    fitted = min(FITTED, *(usd.size for usd in futures.cost.values()))
    cost = np.stack([usd[:fitted] for usd in futures.cost.values()])
    drivers = sorted(drivers_of(answer, subject, cost), key=lambda d: (-d.worth, -d.sensitivity.swing))
    perfect = evpi(cost)
    known = _all_inputs(answer, drivers, cost, perfect)
    error = math.hypot(perfect.standard_error, known.standard_error)
    luck = Estimate(perfect.value - known.corrected, error, fitted)
    by_means, modelling = _modelling(answer, cost)
    fear = attitude({name: futures.cost[name] for name in (answer.baseline, *answer.candidates)}, aversion)
    return Why(answer, subject, tuple(drivers), known, luck, by_means, modelling, fitted, totals, fear)


def _all_inputs(answer: Answer, drivers: Sequence[Driver], cost: Array, perfect: Estimate) -> Information:
    """EVPPI of all inputs, never below that of one of them nor above EVPI.

    To know all is to know each one, so what a single fit finds is found here too: where the fit of all of
    them, with so many more terms, sees less than that of one, the larger of the two holds, and says so.
    """
    inputs = [values[: cost.shape[1]] for values in answer.futures.inputs.values()]
    if not inputs:
        return NOTHING
    single = max((d for d in drivers if d.kind == "input"), key=lambda d: d.evppi.corrected)
    if len(inputs) == 1:
        found = single.evppi
    else:
        found = _together(cost, np.stack(inputs), single)
    if found.corrected <= perfect.value:
        return found
    return Information(
        perfect.value,
        max(perfect.standard_error, found.standard_error),
        perfect.n,
        bias=0.0,
        method=found.method,
        warning="all inputs together show no less than all there is to know, which stands for their worth",
    )


def _together(cost: Array, inputs: Array, single: Driver) -> Information:
    try:
        found = evppi(cost, inputs)
    except McostError:  # arrays as they should be: only their draws can be too few
        return replace(
            single.evppi,
            warning=f"{cost.shape[1]} futures are too few to fit {len(inputs)} inputs together, and the "
            f"worth of {single.name} alone stands for theirs",
        )
    if found.corrected < single.evppi.corrected:
        return replace(
            single.evppi,
            warning=f"all inputs together show no more than {single.name} alone, whose worth stands for "
            "theirs",
        )
    # a warning of the fit tells of an input by its place in the group
    return replace(found, warning="the fit of all inputs together is poor") if found.warning else found


def _modelling(answer: Answer, cost: Array) -> tuple[str | None, Estimate | None]:
    """What the means of the inputs would choose, events as they are, and what that costs on average."""
    if not answer.futures.inputs:
        return None, None
    means = answer.scenario.with_laws(lambda prior: Certain(prior.law.mean()))
    chosen = run(means, cost.shape[1], answer.seed).recommended
    return chosen, value_of_modelling(cost, list(answer.futures.cost).index(chosen))
