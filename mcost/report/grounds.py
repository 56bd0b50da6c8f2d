"""What an answer rests on: ranges that may be too narrow, dates, what is left out, weak priors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from mcost.answer import Answer
from mcost.endings import endings, uncached
from mcost.omissions import omissions, weak_priors
from mcost.report.layout import Paragraph
from mcost.report.words import capital, in_futures, listed, name, percent
from mcost.schema import Strategy


def grounds(answer: Answer, subjects: tuple[str, ...]) -> tuple[Paragraph, ...]:
    """What the answer rests on: ranges that may be too narrow, dates, what is left out, weak priors."""
    return (
        Paragraph("How sure", tuple(_how_sure(answer, subjects))),
        Paragraph("Dates", tuple(_dates(answer))),
        Paragraph("Not counted", tuple(_not_counted(answer))),
        Paragraph("Weak priors", tuple(_weak(answer))),
    )


def _not_counted(answer: Answer) -> list[str]:
    said = [
        f"{capital(name(strategy))} leaves out, and so counts as nothing: {listed(list(left_out))}."
        for strategy in answer.candidates
        if (left_out := omissions(answer.scenario, strategy))
    ]
    retiring = {ending.strategy for ending in endings(answer.scenario) if ending.what == "retires"}
    idle = [
        name(s)
        for s in retiring
        if not answer.scenario.strategies[s].tuned and answer.scenario.strategies[s].migration_hours is None
    ]
    if idle:
        said.append(
            f"The move to another model, when theirs retires, costs nothing here: {listed(sorted(idle))}."
        )
    given = answer.scenario.strategies.values()
    if answer.candidates and all(strategy.cost_per_error is None for strategy in given):
        said.append("It assumes equal quality: no strategy gives the cost of an error.")
    return said


def _how_sure(answer: Answer, subjects: tuple[str, ...]) -> list[str]:
    """What P would be if the stated ranges were too narrow."""
    if answer.held == answer.scenario.credibility:
        return []
    stated = f"{percent(answer.held)}, not {percent(answer.scenario.credibility)}"
    wide = {subject: answer.if_overconfident(subject) for subject in subjects}
    return [
        f"If the ranges are too narrow (hold {stated}), {name(subject)} is ahead {in_futures(chance)}."
        for subject, chance in wide.items()
        if chance is not None
    ]


def _dates(answer: Answer) -> list[str]:
    """What ends the plan, a sentence a model and date; and prompts that lose the cache."""
    grouped: dict[tuple[str, str, date | None, int], list[str]] = {}
    for ending in endings(answer.scenario):
        key = (ending.model, ending.what, ending.day, ending.month)
        grouped.setdefault(key, []).append(name(ending.strategy))
    said = []
    for (model, what, day, month), names in grouped.items():
        when = "before the start" if month < 1 else f"in month {month}"
        dated = when if day is None else f"on {day}, {when}"
        said.append(f"{model} {what} {dated} ({listed(names)}).")
    for strategy, least in uncached(answer.scenario).items():
        who = capital(name(strategy))
        said.append(f"{who} gets no cache hits: its provider caches prompts of {least:,} tokens and more.")
    return said


def _weak(answer: Answer) -> list[str]:
    names = weakly_founded(answer)
    if not names:
        return []
    shown = listed(names) if len(names) <= 6 else f"{', '.join(names[:5])} and {len(names) - 5} more"
    return [f"The answer leans on priors graded weak for {shown}."]


def weakly_founded(answer: Answer, called: Callable[[str], str] = str) -> list[str]:
    """All that stands on judgement rather than on a source; called : how an input is named."""
    names = [called(prior.name) for prior in weak_priors(answer.scenario)]
    curve = [
        name(s) for s, strategy in answer.scenario.strategies.items() if _from_examples(answer, strategy)
    ]
    return names + [f"the chance that {s} meets the bar (from its labelled examples)" for s in curve]


def _from_examples(answer: Answer, strategy: Strategy) -> bool:
    source = answer.scenario.success_of(strategy)
    return source is not None and source is not strategy.success_probability
