"""What is asked before a draft: the questions, their defaults, and how an answer is read.

What is slow to load is imported where it is used: the questions of ``mcost init`` must not wait for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from mcost.errors import NotationError, shown

if TYPE_CHECKING:
    from mcost.law import Law

HORIZON = 24
CREDIBILITY = 0.9
DEFAULT_MODEL = "openai/gpt-5.4-mini"


@dataclass(frozen=True)
class Question:
    """One thing that is asked: in words, what it is by default, and the unit it is in."""

    ask: str
    default: str
    unit: str
    above: float | None = None
    why: str = ""


QUESTIONS: Mapping[str, Question] = MappingProxyType(
    {
        "calls": Question(
            "Calls a month", "80k to 120k", "calls a month", 0.0, "without calls there is nothing to save"
        ),
        "prompt_tokens": Question(
            "Tokens of the prompt today", "3000", "tokens", 0.0, "the prompt is what tuning shortens"
        ),
        "tuned_tokens": Question("Tokens of the prompt after tuning", "300 to 800", "tokens"),
        "setup_hours": Question("Hours to set up the tuned model", "20 to 40", "hours"),
        "hours_per_month": Question("Hours a month to keep it up", "5 to 10", "hours a month"),
    }
)


@dataclass(frozen=True)
class Observed:
    """An input that was measured: its notation as TOML writes it, and a few words on it."""

    notation: str
    said: str


@dataclass(frozen=True)
class Answers:
    """What a draft is made from.

    calls, prompt_tokens, tuned_tokens, setup_hours, hours_per_month : as people write them, "80k to 120k";
        hours that are None are the catalogue's.
    model : serves today; tune : is tuned, None where the draft is to choose.
    start : the day from which months, prices and dated events count.
    observed : key -> what was measured of the workload or of today's prompt, in place of the catalogue's
        prior.
    priors_file : the file beside the scenario that holds what was measured; None to write it out.
    """

    calls: str
    prompt_tokens: str
    tuned_tokens: str
    model: str
    start: date
    tune: str | None = None
    setup_hours: str | None = None
    hours_per_month: str | None = None
    credibility: float = CREDIBILITY
    horizon_months: int = HORIZON
    observed: Mapping[str, Observed] = field(default_factory=dict)
    priors_file: str | None = None


def checked(name: str, text: str) -> str:
    """The answer to a question, blanks tidied; NotationError with the reason where it cannot be read."""
    body = " ".join(text.split())
    law_of(name, body)
    return body


def law_of(name: str, text: str) -> Law:
    """The answer to a question as a distribution."""
    from mcost.uncertain import Quantity, read

    question = QUESTIONS[name]
    return read(text, Quantity(question.unit, above=question.above, why=question.why))


def middle(name: str, text: str) -> float:
    """The median of the answer to a question."""
    return quantile(law_of(name, text), 0.5)


def checked_credibility(text: str) -> float:
    """``90``, ``90 %`` or ``0.9`` as a share; NotationError where it is none."""
    body = text.strip().removesuffix("%").strip()
    try:
        number = float(body)
    except ValueError:
        number = -1.0
    share = number if 0 < number < 1 and not text.strip().endswith("%") else number / 100
    if not 0.01 < share < 1:
        raise NotationError(
            f"found {shown(text)}; expected more than 1 and less than 100 per cent, such as 90"
        )
    return round(share, 6)


def quantile(law: Law, p: float) -> float:
    """The value that is not exceeded with probability p, in the law's unit."""
    import numpy as np

    return float(law.ppf(np.array([p]))[0])
