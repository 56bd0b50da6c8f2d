"""The four conditions of a tuned candidate in words, worst first."""

from __future__ import annotations

from mcost.answer import Answer
from mcost.conditions import conditions
from mcost.report.layout import Paragraph
from mcost.report.words import capital, name


def conditions_of(answer: Answer, subject: str) -> list[str]:
    """The four conditions of a tuned candidate, worst first."""
    judged = conditions(answer, subject)
    said = [
        f"{capital(state)}: {', '.join(f'{c.name} ({c.number})' for c in held)}."
        for state in ("not met", "in doubt", "met")
        if (held := [c for c in judged if c.state == state])
    ]
    return [" ".join(said)] if said else []


def judged_conditions(answer: Answer) -> Paragraph:
    """The conditions of every tuned candidate, by name."""
    said = [
        f"{capital(name(candidate))}. {sentence}"
        for candidate in answer.candidates
        for sentence in conditions_of(answer, candidate)
    ]
    return Paragraph("Conditions", tuple(said))
