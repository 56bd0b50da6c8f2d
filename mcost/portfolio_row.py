"""Answer -> one row of a portfolio: what is chosen, what it saves, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from mcost.answer import Answer


@dataclass(frozen=True)
class Row:
    """The verdict on one scenario, or what is wrong with it.

    name, file, title, sha256 : which scenario. horizon_months, currency, certain : as in it; draws : futures.
    recommended : the strategy of lowest expected cost; expected_saving_usd : what it saves against the
    baseline on average, 0 where it is the baseline. headline : the candidate of lowest expected cost, None
    where there is only the baseline; ``pays_off`` to ``saving_p95_usd`` are its own. Sums are discounted.
    error : one line, None where there is a verdict. rank : 1 for the first; equal ones share theirs.
    """

    name: str
    file: str | None = None
    title: str | None = None
    sha256: str | None = None
    horizon_months: int | None = None
    currency: str | None = None
    certain: bool | None = None
    draws: int | None = None
    baseline: str | None = None
    recommended: str | None = None
    expected_saving_usd: float | None = None
    expected_saving_standard_error: float | None = None
    headline: str | None = None
    pays_off: float | None = None
    pays_off_standard_error: float | None = None
    beats_best_alternative: float | None = None
    beats_best_alternative_standard_error: float | None = None
    best_alternative: str | None = None
    saving_usd: float | None = None
    saving_standard_error: float | None = None
    saving_p5_usd: float | None = None
    saving_p5_standard_error: float | None = None
    saving_p95_usd: float | None = None
    saving_p95_standard_error: float | None = None
    evpi_usd: float | None = None
    evpi_standard_error: float | None = None
    error: str | None = None
    rank: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """As ``mcost portfolio --json`` prints it: what is the same as in a run has the same form."""
        return {
            "rank": self.rank,
            "name": self.name,
            "scenario": {"title": self.title, "file": self.file, "sha256": self.sha256},
            "horizon_months": self.horizon_months,
            "baseline": self.baseline,
            "recommended": self.recommended,
            "expected_saving_usd": _group(
                mean=self.expected_saving_usd, standard_error=self.expected_saving_standard_error
            ),
            "headline": self.headline,
            "pays_off": _group(probability=self.pays_off, standard_error=self.pays_off_standard_error),
            "beats_best_alternative": _group(
                probability=self.beats_best_alternative,
                standard_error=self.beats_best_alternative_standard_error,
                alternative=self.best_alternative,
            ),
            "saving_usd": _group(
                mean=self.saving_usd,
                standard_error=self.saving_standard_error,
                p5=self.saving_p5_usd,
                p95=self.saving_p95_usd,
            ),
            "evpi_usd": self.evpi_usd,
            "error": self.error,
        }


_KIND_OF = {
    "str | None": "string",
    "str": "string",
    "int | None": "Int64",
    "bool | None": "boolean",
    "float | None": "float64",
}
KINDS = {field.name: _KIND_OF[str(field.type)] for field in fields(Row)}
"""The columns, each with its type in a frame, also where it is empty."""


def row_of(name: str, answer: Answer) -> Row:
    """The row of an answer, without a rank."""
    scenario = answer.scenario
    chosen = answer.candidates.get(answer.recommended)
    head = None if answer.headline is None else answer.candidates[answer.headline]
    row = Row(
        name=name,
        file=scenario.file,
        title=scenario.title,
        sha256=scenario.sha256,
        horizon_months=scenario.horizon_months,
        currency=scenario.currency,
        certain=answer.certain,
        draws=answer.draws,
        baseline=answer.baseline,
        recommended=answer.recommended,
        expected_saving_usd=0.0 if chosen is None else chosen.saving_usd.mean,
        expected_saving_standard_error=0.0 if chosen is None else chosen.saving_usd.standard_error,
        headline=answer.headline,
        evpi_usd=answer.evpi.value,
        evpi_standard_error=answer.evpi.standard_error,
    )
    if head is None:
        return row
    beats, saving = head.beats_best_alternative, head.saving_usd
    return replace(
        row,
        pays_off=head.pays_off.probability,
        pays_off_standard_error=head.pays_off.standard_error,
        beats_best_alternative=beats.probability,
        beats_best_alternative_standard_error=beats.standard_error,
        best_alternative=beats.alternative,
        saving_usd=saving.mean,
        saving_standard_error=saving.standard_error,
        saving_p5_usd=saving.p5,
        saving_p5_standard_error=saving.percentile_errors[0],
        saving_p95_usd=saving.p95,
        saving_p95_standard_error=saving.percentile_errors[2],
    )


def _group(**parts: Any) -> dict[str, Any] | None:
    """Numbers that belong together; None where there are none."""
    return None if all(part is None for part in parts.values()) else parts
