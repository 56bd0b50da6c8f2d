"""What one candidate promises: its money, its time, and the conditions of a tuned one."""

from __future__ import annotations

from mcost.answer import Answer
from mcost.outcomes import BreakEven
from mcost.report.conditions import conditions_of
from mcost.report.currency import money_of
from mcost.report.layout import Paragraph
from mcost.report.words import capital, count, in_futures, months, name, percent

HORIZON_POINTS = 0.05
"""P at the horizon and P in the month before the last retrain that differ by as much are both told."""

TURNING_POINTS = 0.01
"""As little is told where one of them is above half of all futures, and the other below."""


def prospects(answer: Answer, subject: str) -> tuple[Paragraph, ...]:
    """The money and the time of one candidate, and the conditions of a tuned one."""
    return (
        Paragraph("Money", tuple(_money(answer, subject))),
        Paragraph("When", tuple(_when(answer, subject))),
        Paragraph("Conditions", tuple(conditions_of(answer, subject))),
    )


def _money(answer: Answer, subject: str) -> list[str]:
    candidate, who = answer.candidates[subject], capital(name(subject))
    saving, errors = candidate.saving_usd, candidate.saving_usd.percentile_errors
    size = money_of(answer, abs(saving.mean), saving.standard_error)
    said = f"{who} saves {size}" if saving.mean >= 0 else f"{who} costs {size} more"
    if answer.certain:
        than = "against" if saving.mean >= 0 else "than"
        return [f"{said} {than} {name(answer.baseline)}. {_effort(answer, subject)}"]
    bad, good = (money_of(answer, x, e) for x, e in ((saving.p5, errors[0]), (saving.p95, errors[2])))
    worst = money_of(answer, saving.worst_tenth_mean, saving.worst_tenth_error)
    said += (
        f" on average; its saving is {bad} in a bad case (1 in 20) and {good} in a good one; "
        f"the worst tenth averages {worst}."
    )
    return [sentence for sentence in (said, _effort(answer, subject)) if sentence]


def _effort(answer: Answer, subject: str) -> str:
    """How deep under water, and how many engineer-hours."""
    risk = answer.candidates[subject].cash_at_risk_usd
    said = []
    if risk.deepest_month is not None and risk.p95 > 0:
        deep = money_of(answer, risk.p50, risk.percentile_errors[0])
        if not answer.certain:
            deep += f" (1 in 20: {money_of(answer, risk.p95, risk.percentile_errors[1])})"
        when = "at the start" if risk.deepest_month == 0 else f"about month {risk.deepest_month}"
        said.append(f"At its deepest it is {deep} under water, {when}.")
    own, theirs = (answer.strategies[s].hours for s in (subject, answer.baseline))
    if own or theirs:
        more = f"{count(abs(round(own - theirs)))} {'more' if own >= theirs else 'fewer'}"
        said.append(f"It takes {count(round(own))} engineer-hours, {more} than {name(answer.baseline)}.")
    return " ".join(said)


def _when(answer: Answer, subject: str) -> list[str]:
    candidate, horizon = answer.candidates[subject], answer.horizon_months
    month, who = candidate.break_even_month, capital(name(subject))
    if answer.certain:
        if month.p50 is None:
            said = f"{who} never breaks even within {months(horizon)}."
        else:
            said = f"{who} breaks even in month {month.p50}, for good."
    elif candidate.pays_off.probability == 0:
        said = f"{who} breaks even {in_futures(candidate.pays_off)} within {months(horizon)}."
    elif month.p50 is None:
        said = f"{who}: in most futures never within {months(horizon)}{_soonest(month)}."
    else:
        same = bool((candidate.payoff.break_even_month == month.p90).all())
        said = f"{who} breaks even {_by_month(month, same)}."
    back = candidate.first_touch.probability - candidate.pays_off.probability
    if back > 0.01:
        where = "It" if answer.certain else f"In {percent(back, 0.01)} of futures it"
        said += f" {where} is ahead for a while and falls back before the horizon."
    return [said, *_horizon_effect(answer, subject)]


def _horizon_effect(answer: Answer, subject: str) -> list[str]:
    """Where the last retrain moves the answer: a horizon just before it would have flattered."""
    pays, before = answer.candidates[subject].pays_off, answer.candidates[subject].before_last_retrain
    if before is None:
        return []
    turns = (pays.probability >= 0.5) != (before.probability >= 0.5)
    if abs(pays.probability - before.probability) < (TURNING_POINTS if turns else HORIZON_POINTS):
        return []
    then, last = (
        ("is ahead" if p.probability else "is not ahead") if answer.certain else f"is ahead {in_futures(p)}"
        for p in (before, pays)
    )
    return [
        f"The horizon matters: in the month before its last retrain {name(subject)} {then}, "
        f"at month {answer.horizon_months} it {last}."
    ]


def _soonest(month: BreakEven) -> str:
    return "" if month.p10 is None else f"; 1 future in 10 breaks even by month {month.p10}"


def _by_month(month: BreakEven, same: bool) -> str:
    """same : whether every future that is at hand breaks even in one month."""
    if same and month.never == 0:
        return f"in month {month.p90} in every future"
    never = f"; {percent(month.never, 0.004)} never do" if month.never > 0 else ""
    if month.p10 == month.p50 == month.p90:
        return f"by month {month.p50} in 9 of 10 futures{never}"
    half = f"by month {month.p50} in half of all futures"
    soon = "" if month.p10 == month.p50 else f", 1 in 10 by month {month.p10}"
    late = "" if month.p90 is None else f", 9 in 10 by month {month.p90}"
    return f"{half}{soon}{late}{never}"
