"""Which candidate a question is about."""

from __future__ import annotations

from mcost.answer import Answer
from mcost.errors import McostError, nearest


def subject_of(answer: Answer, candidate: str | None = None) -> str | None:
    """The candidate that is named; unsaid, the last one that the verdict speaks of, None where there is none.

    Raises McostError where the answer has no candidate of that name.
    """
    if candidate is None:
        return answer.subjects[-1] if answer.subjects else None
    if candidate == answer.baseline:
        rivals = f": {', '.join(answer.candidates)}" if answer.candidates else ""
        raise McostError(f"candidate: {candidate} is the baseline; expected one of its rivals{rivals}")
    if candidate not in answer.candidates:
        raise McostError(
            f"candidate: found {candidate}; no such candidate{nearest(candidate, answer.candidates)}"
        )
    return candidate
