"""One input or random event: what it does to a candidate's saving, and to the choice among all.

What drives an answer, that is; not the driver of a cost line, which is what its amount is paid for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mcost.answer import Answer
from mcost.estimate import Estimate
from mcost.factors import EVENTS
from mcost.law import Array
from mcost.sensitivity import Sensitivity, Tenth, sensitivity
from mcost.voi import Information, evppi

TOLD = 4.0
"""Standard errors that tell a worth from nothing: of dozens of inputs some reach 2, or even 3, by chance."""

Kind = Literal["input", "event"]


@dataclass(frozen=True)
class Driver:
    """One input or random event, and what it does to a candidate's saving and to the choice among all.

    name : of the input, or of the input that governs the event. what : the event, in words.
    sensitivity : the tenths, from the lowest to the highest, and shares of variance.
    correlated_with : inputs whose influence the tenths, shares and worth include as far as they go together;
        of an event, the input that governs it.
    evppi : what it is worth to know it before choosing among all strategies, USD.
    """

    name: str
    kind: Kind
    unit: str
    what: str | None
    sensitivity: Sensitivity
    correlated_with: tuple[str, ...]
    evppi: Information

    @property
    def tenths(self) -> tuple[Tenth, ...]:
        return self.sensitivity.tenths

    @property
    def low(self) -> Tenth:
        """Its lowest tenth."""
        return self.tenths[0]

    @property
    def high(self) -> Tenth:
        """Its highest tenth."""
        return self.tenths[-1]

    @property
    def variance_share(self) -> Estimate:
        """Share of the variance of the saving."""
        return self.sensitivity.variance_share

    @property
    def event_share(self) -> Estimate:
        """Share of the variance of whether the candidate pays off."""
        return self.sensitivity.event_share

    @property
    def median_if_pays_off(self) -> float | None:
        return self.sensitivity.median_if_pays_off

    @property
    def median_if_not(self) -> float | None:
        return self.sensitivity.median_if_not

    @property
    def worth(self) -> float:
        """USD that it is worth to know it; 0 where that cannot be told from nothing."""
        return self.evppi.corrected if self.evppi.corrected > TOLD * self.evppi.standard_error else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        return {
            "name": self.name,
            "kind": self.kind,
            "unit": self.unit,
            "what": self.what,
            "evppi_usd": self.evppi.to_dict(),
            "variance_share": self.variance_share.to_dict(),
            "event_share": self.event_share.to_dict(),
            "correlated_with": list(self.correlated_with),
            "median_if_pays_off": self.median_if_pays_off,
            "median_if_not": self.median_if_not,
            "apart": self.sensitivity.apart,
            "tenths": [_tenth_dict(tenth) for tenth in self.tenths],
        }

    def row(self) -> dict[str, float | str | None]:
        """Both ends, shares of variance, and what it is worth to know: a row of a frame."""
        row: dict[str, float | str | None] = {"what": self.what, "unit": self.unit}
        for end, tenth in (("low", self.low), ("high", self.high)):
            row[end] = tenth.value
            row[f"pays_off_{end}"] = tenth.pays_off.value
            row[f"saving_{end}_usd"] = tenth.saving.value
        row["variance_share"] = self.variance_share.value
        row["event_share"] = self.event_share.value
        row["evppi_usd"] = self.evppi.corrected
        row["evppi_standard_error"] = self.evppi.standard_error
        row["median_if_pays_off"] = self.median_if_pays_off
        row["median_if_not"] = self.median_if_not
        return row


def drivers_of(answer: Answer, subject: str, cost: Array) -> Iterator[Driver]:
    """Every uncertain input and event; cost : ndarray (s, n), USD, the futures behind shares and worth."""
    futures, scenario = answer.futures, answer.scenario
    for kind, factors in _factors(answer):
        for name, values in factors.items():
            event = kind == "event"
            governor = (name,) if name in futures.inputs else ()
            yield Driver(
                name=name,
                kind=kind,
                unit="" if event else scenario.inputs[name].unit,
                what=EVENTS[name.rsplit(".", 1)[-1]] if event else None,
                sensitivity=sensitivity(futures.saving[subject], values, fitted=cost.shape[1]),
                correlated_with=governor if event else correlated_with(answer, name),
                evppi=evppi(cost, values[: cost.shape[1]]),
            )


def _factors(answer: Answer) -> tuple[tuple[Kind, Mapping[str, Array]], ...]:
    return ("input", answer.futures.inputs), ("event", answer.futures.events)


def correlated_with(answer: Answer, name: str) -> tuple[str, ...]:
    """The inputs that an input is correlated with, as the scenario says."""
    pairs = [pair for copula in answer.scenario.copulas for pair in copula.pairs]
    others = [b if a == name else a for a, b, rank in pairs if rank != 0 and name in (a, b)]
    return tuple(other for other in others if other in answer.futures.inputs)


def _tenth_dict(tenth: Tenth) -> dict[str, Any]:
    pays, saving = tenth.pays_off, tenth.saving
    return {
        "value": tenth.value,
        "low": tenth.low,
        "high": tenth.high,
        "futures": pays.n,
        "pays_off": pays.to_dict(),
        "saving_usd": {"mean": saving.value, "standard_error": saving.standard_error},
    }
