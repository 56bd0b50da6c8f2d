"""What the figures of one answer rest on: the answer, its candidate, and each analysis, made once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from mcost.acceptability import Acceptability, acceptability
from mcost.answer import Answer
from mcost.explanation import Why, why
from mcost.journey import Journey, cost_by_month, journey
from mcost.law import Array
from mcost.maps import DRAWS as MAP_DRAWS
from mcost.maps import DecisionMap, decision_map
from mcost.report.amounts import amount
from mcost.report.words import capital, months, name
from mcost.subject import subject_of
from mcost.version import VERSION


@dataclass(frozen=True)
class Ground:
    """An answer and the candidate that its figures are about; None where there is only a baseline.

    given_why, given_curves, given_map : analyses that are made already.
    """

    answer: Answer
    candidate: str | None
    given_why: Why | None = None
    given_curves: Acceptability | None = None
    given_map: DecisionMap | None = None

    @classmethod
    def of(
        cls,
        answer: Answer,
        candidate: str | None = None,
        *,
        why: Why | None = None,
        curves: Acceptability | None = None,
        decision_map: DecisionMap | None = None,
    ) -> Ground:
        """Raises McostError where the answer has no such candidate."""
        return cls(answer, subject_of(answer, candidate), why, curves, decision_map)

    # --- analyses -----------------------------------------------------------------------------------------

    @property
    def chosen(self) -> str:
        """The candidate, where it is known that there is one."""
        assert self.candidate is not None
        return self.candidate

    @cached_property
    def journey(self) -> Journey:
        return journey(self.answer, self.chosen)

    @cached_property
    def cost_by_month(self) -> Mapping[str, Mapping[str, Array]]:
        both = dict.fromkeys([self.answer.baseline, *([] if self.candidate is None else [self.candidate])])
        return cost_by_month(self.answer, *both)

    @cached_property
    def why(self) -> Why:
        return self.given_why or why(self.answer, candidate=self.candidate)

    @cached_property
    def curves(self) -> Acceptability:
        return self.given_curves or acceptability(self.answer)

    @cached_property
    def map(self) -> DecisionMap:
        """Over the two inputs that move the chance most."""
        return self.given_map or decision_map(
            self.answer.scenario,
            candidate=self.candidate,
            draws=min(self.answer.draws, MAP_DRAWS),
            seed=self.answer.seed,
        )

    @property
    def movable(self) -> tuple[str, ...]:
        """The uncertain inputs that the candidate or the baseline use."""
        inputs = self.answer.scenario.only(self.chosen).inputs
        return tuple(name for name, prior in inputs.items() if not prior.law.certain)

    # --- words --------------------------------------------------------------------------------------------

    @property
    def who(self) -> str:
        """The candidate in prose."""
        return name(self.candidate or self.answer.baseline)

    @property
    def subject(self) -> str:
        """The candidate at the start of a sentence."""
        return capital(self.who)

    @property
    def rival(self) -> str:
        """The baseline in prose."""
        return name(self.answer.baseline)

    @property
    def span(self) -> str:
        return months(self.answer.horizon_months)

    @property
    def discounted(self) -> str:
        return "" if self.answer.scenario.discount_rate is None else ", discounted"

    def label(self, usd: float, error: float = 0.0) -> str:
        """Money on a label."""
        return amount(usd, error, self.answer.scenario.currency)

    def said(self, usd: float, error: float = 0.0) -> str:
        """Money in a sentence."""
        return amount(usd, error, self.answer.scenario.currency, spoken=True)

    def footer(self, drawn: int) -> str:
        """What the numbers rest on; drawn : how many of the answer's draws the figure shows."""
        draws = f"{self.answer.draws:,} draws"
        if drawn < self.answer.draws:
            draws = f"{drawn:,} of {draws}"
        whole = f"scenario {self.answer.scenario.sha256[:8]} · mcost {VERSION}"
        return (
            f"nothing uncertain · {whole}"
            if self.answer.certain
            else f"{draws} · seed {self.answer.seed} · {whole}"
        )

    @property
    def facts(self) -> Mapping[str, str | int]:
        """What travels in every file: enough to make the same figure again."""
        return {
            "mcost": VERSION,
            "scenario": self.answer.scenario.title,
            "sha256": self.answer.scenario.sha256,
            "draws": self.answer.draws,
            "seed": self.answer.seed,
            "horizon_months": self.answer.horizon_months,
            "baseline": self.answer.baseline,
            "candidate": self.candidate or "",
        }
