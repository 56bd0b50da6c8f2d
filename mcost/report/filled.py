"""What ``run --fill`` put in, and P both ways."""

from __future__ import annotations

from collections.abc import Sequence

from mcost.answer import Answer
from mcost.report.layout import Paragraph
from mcost.report.words import capital, in_futures, listed, name
from mcost.uncertain import Prior


def filled_in(as_written: Answer, filled: Answer, added: Sequence[Prior]) -> Paragraph:
    """The priors that were put in, and what they do to each tuned candidate."""
    if not added:
        return Paragraph("Filled", ("Nothing: no tuned strategy leaves anything out.",))
    put_in = [f"{prior.name} ({'weak' if prior.grade == 'weak' else prior.grade})" for prior in added]
    said = [f"From the catalogue: {listed(put_in)}."]
    for candidate, found in filled.candidates.items():
        if filled.scenario.strategies[candidate].tuned:
            before = as_written.candidates[candidate].pays_off
            written = in_futures(before)
            if as_written.certain:
                written = "for certain" if before.probability else "never"
            said.append(
                f"{capital(name(candidate))} is ahead {in_futures(found.pays_off)}; as written, {written}."
            )
    return Paragraph("Filled", tuple(said))
