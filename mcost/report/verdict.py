"""Answer -> the verdict as paragraphs and tables, in the order in which a lead reads them."""

from __future__ import annotations

from mcost.answer import Answer
from mcost.estimate import MARGIN
from mcost.outlook import Outlook, outlook
from mcost.report.advice import advice
from mcost.report.currency import money_of
from mcost.report.grounds import grounds
from mcost.report.layout import Paragraph, Verdict
from mcost.report.naming import input_name, owner
from mcost.report.prospects import prospects
from mcost.report.tipping import nearest_tip
from mcost.report.verdict_tables import tables
from mcost.report.words import name, plain_number
from mcost.version import VERSION


def verdict(answer: Answer) -> Verdict:
    """The advice and its reasons, then the candidates, and where the money goes."""
    subjects = answer.subjects
    paragraphs = [
        Paragraph("Advice", advice(answer, subjects)),
        *(paragraph for subject in subjects[-1:] for paragraph in prospects(answer, subject)),
        *_outlook(answer),
        *grounds(answer, subjects[-1:]),
    ]
    return Verdict(
        answer.scenario.title,
        tuple(paragraph for paragraph in paragraphs if paragraph.sentences),
        tables(answer),
        footer(answer),
    )


def _outlook(answer: Answer) -> list[Paragraph]:
    """The nearest tipping point; and what is most worth finding out."""
    found = outlook(answer)
    if found is None:
        return []
    return [
        Paragraph("Turns at", nearest_tip(found.need)),
        Paragraph("Find out", tuple(_find_out(answer, found))),
    ]


def _find_out(answer: Answer, found: Outlook) -> list[str]:
    learn, study = found.learn, found.study
    if answer.certain:
        return []
    if learn is None:
        return ["No single input is worth finding out first: none turns the choice often enough to matter."]
    worth = money_of(answer, learn.worth.corrected, learn.worth.standard_error)
    if learn.trial:
        who = name(owner(learn.name))
        said = [f"Most worth knowing first is whether {who} meets the quality bar: worth {worth} at most."]
    else:
        what = input_name(answer.scenario, learn.name)
        said = [f"Most worth knowing first is the {what}: worth {worth} at most."]
    if study is not None:
        net = money_of(answer, study.net.value, study.net.standard_error)
        said.append(f"Of the studies listed, do {study.name}: worth {net} after its cost and its delay.")
    elif answer.scenario.studies:
        said.append("None of the studies listed is worth its cost and its delay.")
    return said


def footer(answer: Answer) -> str:
    """Simulation error, and what it takes to have the same numbers again."""
    parts = [f"scenario {answer.scenario.sha256[:8]}", f"mcost {VERSION}"]
    if answer.certain:
        return " · ".join(["nothing uncertain", *parts])
    parts = [f"{answer.draws:,} draws", f"seed {answer.seed}", *parts]
    errors = [
        told.standard_error
        for candidate in answer.candidates.values()
        for told in (candidate.pays_off, candidate.beats_best_alternative)
    ]
    if any(errors):
        points = plain_number(float(f"{100 * MARGIN * max(errors):.1g}"))
        where = "in pays off and in beats best other"
        parts.insert(
            0,
            f"±{points} points of simulation error at most (95 %) {where}, "
            "which is not doubt about the inputs",
        )
    return " · ".join(parts)
