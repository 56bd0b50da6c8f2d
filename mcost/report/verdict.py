"""Answer -> the verdict as paragraphs and tables, in the order in which a lead reads them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from mcost.answer import Answer
from mcost.conditions import conditions
from mcost.endings import endings, uncached
from mcost.estimate import Chance
from mcost.omissions import omissions, weak_priors
from mcost.outcomes import BreakEven
from mcost.outlook import Outlook, outlook
from mcost.report.layout import Paragraph, Table, Verdict
from mcost.report.naming import input_name, owner
from mcost.report.tipping import nearest_tip
from mcost.report.words import (
    capital,
    chance,
    count,
    in_futures,
    listed,
    money,
    months,
    name,
    percent,
    plain_number,
)
from mcost.schema import Strategy
from mcost.version import VERSION

WORTH_A_WORD = 0.001
"""A share of the futures below this is not spoken of."""

SAFE = 0.9
"""A candidate that pays off with this probability is a safe move, worth naming beside the advice."""


HORIZON_POINTS = 0.02
"""P at the horizon and P in the month before the last retrain that differ by more are both told."""


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


def prospects(answer: Answer, subject: str) -> tuple[Paragraph, ...]:
    """The money and the time of one candidate, and the conditions of a tuned one."""
    return (
        Paragraph("Money", tuple(_money(answer, subject))),
        Paragraph("When", tuple(_when(answer, subject))),
        Paragraph("Conditions", tuple(_conditions(answer, subject))),
    )


def grounds(answer: Answer, subjects: tuple[str, ...]) -> tuple[Paragraph, ...]:
    """What the answer rests on: ranges that may be too narrow, dates, what is left out, weak priors."""
    return (
        Paragraph("How sure", tuple(_how_sure(answer, subjects))),
        Paragraph("Dates", tuple(_dates(answer))),
        Paragraph("Not counted", tuple(_not_counted(answer))),
        Paragraph("Weak priors", tuple(_weak(answer))),
    )


def tables(answer: Answer) -> tuple[Table, ...]:
    """Every candidate against the baseline, where there is one; and where the money goes."""
    return (*((_candidates(answer),) if answer.candidates else ()), _lines(answer))


def _usd(answer: Answer, usd: float, error: float = 0.0) -> str:
    return money(usd, error, answer.scenario.currency)


# --- the advice -------------------------------------------------------------------------------------------


def advice(answer: Answer, subjects: tuple[str, ...]) -> tuple[str, ...]:
    """What to do, the safe move beside it, and how likely each subject is to be ahead."""
    recommended, baseline, horizon = answer.recommended, answer.baseline, answer.horizon_months
    if not subjects:
        return (f"Only {name(baseline)} is given: name a rival to hold it against.",)
    if recommended == baseline:
        said = [f"Keep {name(baseline)}: no rival is expected to cost less over {months(horizon)}."]
    else:
        saving = answer.candidates[recommended].saving_usd
        gain = _usd(answer, saving.mean, saving.standard_error)
        if not answer.certain:
            low, high = (
                _usd(answer, x, e)
                for x, e in zip((saving.p5, saving.p95), saving.percentile_errors[::2], strict=True)
            )
            gain += f" ({low} to {high} in 9 of 10 futures)"
        expected = "it saves" if answer.certain else "it is expected to save"
        said = [
            f"Move from {name(baseline)} to {name(recommended)}: {expected} {gain} over {months(horizon)}."
        ]
    return (*said, *_safe_move(answer), *(_ahead(answer, subject) for subject in subjects))


def _safe_move(answer: Answer) -> list[str]:
    """The candidate that pays off most surely, where that is not the advice itself."""
    if answer.certain:
        return []
    surest = max(answer.candidates, key=lambda name: answer.candidates[name].pays_off.probability)
    candidate, chosen = answer.candidates[surest], answer.candidates.get(answer.recommended)
    least = SAFE if chosen is None else max(SAFE, chosen.pays_off.probability + 0.02)
    saving = candidate.saving_usd
    if surest == answer.recommended or candidate.pays_off.probability < least or saving.mean <= 0:
        return []
    gain = _usd(answer, saving.mean, saving.standard_error)
    pays = in_futures(candidate.pays_off)
    return [f"The safe move is {name(surest)}: it pays off {pays}, and saves {gain} on average."]


def _ahead(answer: Answer, subject: str) -> str:
    candidate, baseline = answer.candidates[subject], name(answer.baseline)
    beats, pays = candidate.beats_best_alternative, candidate.pays_off
    alternative = f"{name(beats.alternative)}, its best alternative"
    at = f"at month {answer.horizon_months}"
    if answer.certain:
        text = f"{capital(name(subject))} {'is' if pays.probability else 'is not'} ahead of {baseline} {at}"
        if beats.alternative != answer.baseline:
            text += f", and costs {'no more' if beats.probability else 'more'} than {alternative}"
        return f"{text}{_won_and_lost(answer, subject)}."
    text = f"{capital(name(subject))} is ahead of {baseline} {at} {in_futures(pays)}"
    missed = 1 - candidate.success
    if missed > 0:
        fallback = answer.scenario.strategies[subject].fallback or answer.baseline
        serves = "serves on" if fallback == answer.baseline else "serves instead"
        text += f"; in {percent(missed, 0.004)} it misses the quality bar, and {name(fallback)} {serves}"
    late = (1 - candidate.launched) * candidate.success
    if late >= WORTH_A_WORD and answer.scenario.strategies[subject].tuned:
        before = _what_ends(answer, subject)
        text += f"; in {percent(late, 0.004)} it meets the bar but never serves, as {before} before"
    if beats.alternative != answer.baseline:
        text += f"; it beats {alternative}, {in_futures(beats)}"
    return f"{text}{_won_and_lost(answer, subject)}."


def _what_ends(answer: Answer, subject: str) -> str:
    """What may come before the launch of a tuned candidate: the horizon, where nothing else can."""
    scenario = answer.scenario
    strategy = scenario.strategies[subject]
    model = scenario.models.get(strategy.model or "")
    facts = scenario.facts.get(strategy.model or "")
    ends = {
        "the feature ends": scenario.workload.ends_per_year,
        "its tuning closes": scenario.tuning_ends(strategy),
        "its model retires": (model and model.retires_after_months) or (facts and facts.retires),
    }
    return " or ".join(what for what, when in ends.items() if when) or "the horizon comes"


def _won_and_lost(answer: Answer, subject: str) -> str:
    candidate = answer.candidates[subject]
    pays, beats = candidate.pays_off.probability, candidate.beats_best_alternative
    if not pays > 0.5 > beats.probability or beats.alternative == answer.baseline:
        return ""
    if subject == answer.recommended:  # its expected cost is the lowest all the same
        return ": less often than not, but then by more"
    return ": it wins against the baseline and loses to a rival"


# --- money and time ---------------------------------------------------------------------------------------


def _money(answer: Answer, subject: str) -> list[str]:
    candidate, who = answer.candidates[subject], capital(name(subject))
    saving, errors = candidate.saving_usd, candidate.saving_usd.percentile_errors
    size = _usd(answer, abs(saving.mean), saving.standard_error)
    said = f"{who} saves {size}" if saving.mean >= 0 else f"{who} costs {size} more"
    if answer.certain:
        than = "against" if saving.mean >= 0 else "than"
        return [f"{said} {than} {name(answer.baseline)}. {_effort(answer, subject)}"]
    bad, good = (_usd(answer, x, e) for x, e in ((saving.p5, errors[0]), (saving.p95, errors[2])))
    worst = _usd(answer, saving.worst_tenth_mean, saving.worst_tenth_error)
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
        deep = _usd(answer, risk.p50, risk.percentile_errors[0])
        if not answer.certain:
            deep += f" (1 in 20: {_usd(answer, risk.p95, risk.percentile_errors[1])})"
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
        said = f"{who} breaks even {_by_month(month)}."
    back = candidate.first_touch.probability - candidate.pays_off.probability
    if back > 0.01:
        where = "It" if answer.certain else f"In {percent(back, 0.01)} of futures it"
        said += f" {where} is ahead for a while and falls back before the horizon."
    return [said, *_horizon_effect(answer, subject)]


def _horizon_effect(answer: Answer, subject: str) -> list[str]:
    """Where the last retrain moves the answer: a horizon just before it would have flattered."""
    pays, before = answer.candidates[subject].pays_off, answer.candidates[subject].before_last_retrain
    if before is None or abs(pays.probability - before.probability) <= HORIZON_POINTS:
        return []
    then, last = (
        ("is ahead" if p.probability else "is not ahead") if answer.certain else f"is ahead {in_futures(p)}"
        for p in (before, pays)
    )
    return [
        f"The horizon matters: in the month before its last retrain {name(subject)} {then}, "
        f"at month {answer.horizon_months} it {last}."
    ]


def _conditions(answer: Answer, subject: str) -> list[str]:
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
        for sentence in _conditions(answer, candidate)
    ]
    return Paragraph("Conditions", tuple(said))


def _soonest(month: BreakEven) -> str:
    return "" if month.p10 is None else f"; 1 future in 10 breaks even by month {month.p10}"


def _by_month(month: BreakEven) -> str:
    never = f"; {percent(month.never, 0.004)} never do" if month.never > 0 else ""
    if month.p10 == month.p50 == month.p90:
        return f"by month {month.p50} in 9 of 10 futures{never}"
    half = f"by month {month.p50} in half of all futures"
    soon = "" if month.p10 == month.p50 else f", 1 in 10 by month {month.p10}"
    late = "" if month.p90 is None else f", 9 in 10 by month {month.p90}"
    return f"{half}{soon}{late}{never}"


# --- what would turn it -----------------------------------------------------------------------------------


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
    worth = _usd(answer, learn.worth.corrected, learn.worth.standard_error)
    if learn.trial:
        who = name(owner(learn.name))
        said = [f"Most worth knowing first is whether {who} meets the quality bar: worth {worth} at most."]
    else:
        what = input_name(answer.scenario, learn.name)
        said = [f"Most worth knowing first is the {what}: worth {worth} at most."]
    if study is not None:
        net = _usd(answer, study.net.value, study.net.standard_error)
        said.append(f"Of the studies listed, do {study.name}: worth {net} after its cost and its delay.")
    elif answer.scenario.studies:
        said.append("None of the studies listed is worth its cost and its delay.")
    return said


# --- what the answer rests on -----------------------------------------------------------------------------


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


# --- tables -----------------------------------------------------------------------------------------------


def _candidates(answer: Answer) -> Table:
    rows = []
    for strategy, c in answer.candidates.items():
        saving, month = c.saving_usd, c.break_even_month
        if answer.certain:
            held = ["yes" if p.probability else "no" for p in (c.pays_off, c.beats_best_alternative)]
        else:
            held = [chance(p) for p in (c.pays_off, c.beats_best_alternative)]
        rows.append(
            (
                strategy,
                *held,
                _usd(answer, saving.mean, saving.standard_error),
                *(() if answer.certain else (_usd(answer, saving.p5, saving.percentile_errors[0]),)),
                "never" if month.p50 is None else str(month.p50),
                _usd(answer, c.cash_at_risk_usd.p50, c.cash_at_risk_usd.percentile_errors[0]),
            )
        )
    columns = ["", "pays off", "beats best other", "saving", "1 in 20", "even by month", "deepest"]
    if answer.certain:
        columns.remove("1 in 20")
    title = f"Against {answer.baseline}, over {months(answer.horizon_months)}"
    means = "" if answer.certain else " (mean saving, median month and depth)"
    return Table(title + means, tuple(columns), tuple(rows))


def _lines(answer: Answer) -> Table:
    """Expected discounted cost by line, a line a row; lines that are 0 for all are left out."""
    costs = answer.strategies
    names = list(dict.fromkeys(line for s in costs.values() for line in s.cost_lines_usd))
    shown = [n for n in names if any(s.cost_lines_usd.get(n, 0.0) for s in costs.values())]
    rows = []
    for strategy, cost in costs.items():
        error = cost.cost_usd.standard_error
        row = [strategy]
        row += [_usd(answer, cost.cost_lines_usd.get(line, 0.0), error) for line in shown]
        row.append(_usd(answer, cost.cost_usd.mean, error))
        if not answer.certain:
            row.append(chance(Chance(cost.probability_cheapest, 0.002, answer.draws)))
        rows.append(tuple(row))
    kind = "cost" if answer.certain else "expected cost"
    discounted = "" if answer.scenario.discount_rate is None else ", discounted"
    columns = ("", *(name(line) for line in shown), "total", *(() if answer.certain else ("cheapest in",)))
    title = f"Where the money goes: {kind} over {months(answer.horizon_months)}{discounted}"
    return Table(title, columns, tuple(rows))


def footer(answer: Answer) -> str:
    """Simulation error, and what it takes to have the same numbers again."""
    parts = [f"scenario {answer.scenario.sha256[:8]}", f"mcost {VERSION}"]
    if answer.certain:
        return " · ".join(["nothing uncertain", *parts])
    parts = [f"{answer.draws:,} draws", f"seed {answer.seed}", *parts]
    errors = [c.pays_off.standard_error for c in answer.candidates.values()]
    if any(errors):
        points = plain_number(float(f"{100 * 1.96 * max(errors):.1g}"))
        parts.insert(
            0, f"±{points} points of simulation error at most (95 %), which is not doubt about the inputs"
        )
    return " · ".join(parts)
