"""What two answers on common draws differ by, candidate by candidate, with the error of the difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mcost.answer import Answer
from mcost.estimate import Chance, Estimate, by_replicate, estimate
from mcost.integration import ROUNDING
from mcost.law import Array

if TYPE_CHECKING:
    import pandas as pd


class _Compared:
    """The two numbers of a candidate, as data."""

    pays_off: Estimate
    saving_usd: Estimate

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        pays, saving = self.pays_off, self.saving_usd
        return {
            "pays_off": {"probability": pays.value, "standard_error": pays.standard_error},
            "saving_usd": {"mean": saving.value, "standard_error": saving.standard_error},
        }

    def row(self, before: str = "", after: str = "") -> dict[str, float]:
        """As columns of a frame, their names between these."""
        row = {}
        for key, found in (("pays_off", self.pays_off), ("saving_usd", self.saving_usd)):
            row[f"{before}{key}{after}"] = found.value
            row[f"{before}{key}{after}_standard_error"] = found.standard_error
        return row


@dataclass(frozen=True)
class Difference(_Compared):
    """One candidate here minus the same candidate there, taken draw by draw.

    pays_off : difference of the probabilities, a share. saving_usd : difference of the mean savings, USD.
    """

    pays_off: Estimate
    saving_usd: Estimate

    @property
    def none(self) -> bool:
        """Whether the two are the same in every draw."""
        both = (self.pays_off, self.saving_usd)
        return all(e.value == 0 and e.standard_error == 0 for e in both)


@dataclass(frozen=True)
class Result(_Compared):
    """What is compared of one candidate."""

    pays_off: Chance
    saving_usd: Estimate


def results_of(answer: Answer) -> dict[str, Result]:
    return {
        name: Result(c.pays_off, Estimate(c.saving_usd.mean, c.saving_usd.standard_error, answer.draws))
        for name, c in answer.candidates.items()
    }


@dataclass(frozen=True, eq=False)
class Drawn:
    """What is kept of a candidate to hold another against it.

    saving : ndarray (k,), at the horizon, USD, of the first futures. chances : ndarray (R,), its chance of
    paying off, added up over the n futures of each replicate.
    """

    saving: Array
    chances: Array
    n: int


def drawn_of(answer: Answer) -> dict[str, Drawn]:
    return {name: Drawn(c.payoff.saving, c.chances, answer.draws) for name, c in answer.candidates.items()}


def _moved(answer: Answer, candidate: str) -> float:
    return sum(answer.strategies[name].cost_usd.mean for name in (answer.baseline, candidate))


def differences(
    here: Mapping[str, Drawn], there: Mapping[str, Drawn], answer: Answer
) -> dict[str, Difference]:
    """Candidate -> what is here less what is there; without those that are not in both.

    answer : either of the two; by the money that it moves it is told what differs by rounding alone.
    """
    return {
        name: difference(own, there[name], _moved(answer, name))
        for name, own in here.items()
        if name in there
    }


def difference(here: Drawn, there: Drawn, moved: float) -> Difference:
    """The mean of what is saved here less there, and the chance of paying off here less that there.

    here, there : of the same futures. moved : the money moved on average, USD: what differs by rounding alone
    is the same.
    """
    saving = here.saving - there.saving
    saving[np.abs(saving) <= ROUNDING * moved] = 0.0
    mean = _mean(saving)
    if np.ptp(saving) <= ROUNDING * moved:
        mean = Estimate(mean.value, 0.0, mean.n)
    pays_off = estimate(here.chances - there.chances, here.n) if saving.any() else Estimate(0.0, 0.0, here.n)
    return Difference(pays_off, mean)


def _mean(sample: Array) -> Estimate:
    return estimate(by_replicate(sample), sample.size)


def frame(rows: Mapping[tuple[str, str], Mapping[str, float]], names: tuple[str, str]) -> pd.DataFrame:
    import pandas as pd

    index = pd.MultiIndex.from_tuples(list(rows), names=names)
    return pd.DataFrame(list(rows.values()), index=index)
