"""Answer, reasons and needs -> a decision memo: a page to decide by, and an appendix to check it by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

import numpy as np

from mcost.answer import Answer
from mcost.endings import Ending, endings
from mcost.explanation import Why
from mcost.law import p5_p50_p95
from mcost.report.advice import advice
from mcost.report.grounds import grounds, weakly_founded
from mcost.report.layout import Memo, Paragraph, Part, Plate, Points, Section, Table, Verdict
from mcost.report.naming import input_name, value
from mcost.report.prospects import prospects
from mcost.report.studies import studied
from mcost.report.tipping import nearest_tip, needed
from mcost.report.verdict import footer
from mcost.report.verdict_tables import tables
from mcost.report.why import why as reasons
from mcost.report.words import capital, listed, months, name
from mcost.studies import StudyWorth
from mcost.tipping import Need

FIGURES = ("dotplot", "break_even", "tornado", "decision_map", "evppi", "waterfall")
"""The figures that a memo has a place for."""

NOT_MODELLED = (
    "What an answer earns. Only costs count: a better answer brings in nothing, a worse one costs what the "
    "scenario charges for an error.",
    "Quality by degrees. A strategy meets the bar or misses it; above it, only error rates tell them apart.",
    "Choices made later, but for those that the scenario writes down: a pilot, waiting, giving up.",
    "Models and prices that are not announced, but for the price changes that the scenario writes down.",
    "Inputs that move together, but for those that the scenario correlates.",
    "Seasons, outages, rate limits, free credits and negotiated prices.",
    "What has no price here: privacy, lock-in, and what else the engineers would have built.",
)


def memo(
    answer: Answer,
    why: Why,
    need: Need | None,
    studies: Sequence[StudyWorth],
    plates: Mapping[str, Plate],
    command: str,
) -> Memo:
    """The memo on an answer.

    why : of the candidate that the memo is about, None of it where there is only a baseline; need : what it
    would take; studies : those that the scenario lists. plates : figure -> its place; what is not among them
    is left out. command : what makes this memo again.
    """
    subject = why.candidate
    subjects = answer.subjects if subject is None else tuple(dict.fromkeys([*answer.subjects[:1], subject]))
    decision, *reasons_for = advice(answer, subjects)
    pages = {
        "why": reasons(why),
        "need": None if need is None else needed(need),
        "studies": studied(answer, studies) if studies else None,
    }
    return Memo(
        answer.scenario.title,
        _about(answer),
        (decision, *reasons_for),
        tuple(_filled(_decision(answer, subject, pages, need, plates))),
        tuple(_filled(_appendix(answer, pages, plates, command))),
    )


def _about(answer: Answer) -> str:
    rivals = [name(candidate) for candidate in answer.candidates]
    what = f"{capital(listed(rivals))} against {name(answer.baseline)}" if rivals else name(answer.baseline)
    start = "" if answer.scenario.start is None else f", from {answer.scenario.start}"
    return f"{what}, over {months(answer.horizon_months)}{start}."


def _filled(sections: Iterator[tuple[str, Sequence[Part | None]]]) -> Iterator[Section]:
    """Sections in which there is something."""
    for title, parts in sections:
        there = tuple(part for part in parts if part is not None and _something(part))
        if there:
            yield Section(title, there)


def _something(part: Part) -> bool:
    return not isinstance(part, Paragraph | Points) or bool(part.sentences)


# --- the page to decide by --------------------------------------------------------------------------------


def _decision(
    answer: Answer,
    subject: str | None,
    pages: Mapping[str, Verdict | None],
    need: Need | None,
    plates: Mapping[str, Plate],
) -> Iterator[tuple[str, Sequence[Part | None]]]:
    rests_on = {p.label: p for p in grounds(answer, () if subject is None else (subject,))}
    if subject is not None:
        yield "What it beats", (tables(answer)[0],)
        money, when, conditions = prospects(answer, subject)
        yield "The money", (_bare(money), plates.get("dotplot"))
        yield "When", (_bare(when), plates.get("break_even"))
        drivers = _said(pages["why"], "Drivers")
        yield "What drives it", (_bare(drivers), conditions, plates.get("tornado"))
        yield "What it would take", (Paragraph("", _takes(pages["need"], need)), plates.get("decision_map"))
        learn = (_bare(_said(pages["why"], "To learn")), _said(pages["why"], "Luck"))
        yield "What to find out first", (*learn, _said(pages["studies"], "Studies"), plates.get("evppi"))
    weak = Paragraph("Weak priors", tuple(_weak(answer)))
    yield "What it rests on", (rests_on["How sure"], weak, rests_on["Not counted"], rests_on["Dates"])
    yield "When to look again", (Points(tuple(_look_again(answer, subject, need))),)
    yield "What is not modelled", (Points(NOT_MODELLED),)


def _takes(page: Verdict | None, need: Need | None) -> tuple[str, ...]:
    """What is needed, and of which probability no input by itself gets to."""
    if need is None:
        return ()
    reached = {reach.probability for tip in need.tips for reach in tip.reaches if reach.crossings}
    out_of_reach = len(set(need.probabilities) - reached)
    return (*_said(page, "Needs").sentences, *_said(page, "Not alone").sentences[:out_of_reach])


def _bare(paragraph: Paragraph) -> Paragraph:
    """Without its label: the section's title says it."""
    return Paragraph("", paragraph.sentences)


def _said(page: Verdict | None, label: str) -> Paragraph:
    there = () if page is None else page.paragraphs
    return next((paragraph for paragraph in there if paragraph.label == label), Paragraph(label, ()))


def _weak(answer: Answer) -> Iterator[str]:
    names = weakly_founded(answer, _called(answer))
    if names:
        yield f"These stand on judgement, not on a source: {listed(names)}."


def _called(answer: Answer) -> Callable[[str], str]:
    return lambda name: input_name(answer.scenario, name)


def _look_again(answer: Answer, subject: str | None, need: Need | None) -> Iterator[str]:
    """The next date, the first retrain, how old the figures are, and the nearest tripwire."""
    dated = sorted(endings(answer.scenario), key=lambda ending: (ending.month, ending.day or date.max))
    if dated:
        yield _before(dated[0])
    retrain = _first_retrain(answer)
    if retrain is not None:
        yield (
            f"Before {name(answer.recommended)} is trained again, about month {retrain}: go on only if what "
            "was measured by then is within the ranges below."
        )
    if not dated and retrain is None:
        yield f"No date in the scenario forces a second look within {months(answer.horizon_months)}."
    checked = [prior.checked for prior in answer.scenario.inputs.values() if prior.checked is not None]
    if checked:
        yield f"When the sources have moved on: the oldest figure was checked on {min(checked)}."
    if need is not None and need.nearest is not None and subject is not None:
        yield f"At the nearest tripwire. {' '.join(nearest_tip(need))}"


def _before(ending: Ending) -> str:
    when = f"month {ending.month}" if ending.day is None else f"{ending.day} (month {ending.month})"
    return f"Before {when}, when {ending.model} {ending.what}."


def _first_retrain(answer: Answer) -> int | None:
    """Month of the first scheduled retrain of the strategy that is advised, at the medians; None where there
    is none within the horizon.
    """
    strategy = answer.scenario.strategies[answer.recommended]
    if strategy.tuning is None or strategy.tuning.retrain_every_months is None:
        return None
    build, every = (
        0.0 if prior is None else float(prior.law.ppf(np.array([0.5]))[0])
        for prior in (strategy.build_months, strategy.tuning.retrain_every_months)
    )
    month = int(np.ceil(build) + np.floor(every)) + 1
    return month if month <= answer.horizon_months else None


# --- the appendix -----------------------------------------------------------------------------------------


def _appendix(
    answer: Answer, pages: Mapping[str, Verdict | None], plates: Mapping[str, Plate], command: str
) -> Iterator[tuple[str, Sequence[Part | None]]]:
    yield "Where the money goes", (tables(answer)[-1], plates.get("waterfall"))
    titles = {
        "why": "What drives it, in numbers",
        "need": "What it would take, in numbers",
        "studies": "Studies, in numbers",
    }
    for key, title in titles.items():
        page = pages[key]
        yield title, () if page is None else page.tables
    yield "Inputs and their sources", (_inputs(answer),)
    yield "To make this again", (Points((command, footer(answer))),)


def _inputs(answer: Answer) -> Table:
    scenario = answer.scenario
    rows = []
    for prior in scenario.inputs.values():
        low, median, high = (value(x, prior.unit, scenario.currency) for x in p5_p50_p95(prior.law))
        ends = ("", "") if prior.law.certain else (low, high)
        checked = "" if prior.checked is None else str(prior.checked)
        known = input_name(scenario, prior.name)
        rows.append((known, ends[0], median, ends[1], prior.source, prior.grade, checked))
    columns = ("", "5 %", "median", "95 %", "source", "grade", "checked")
    return Table("What is uncertain has a 5 % and a 95 % point", columns, tuple(rows), words=(0, 4, 5, 6))
