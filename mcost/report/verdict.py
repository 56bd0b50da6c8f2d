"""Answer -> the verdict as paragraphs and tables, in the order in which a lead reads them."""

from __future__ import annotations

from dataclasses import dataclass

from mcost.answer import Answer, Candidate
from mcost.omissions import omissions, weak_priors
from mcost.report.words import chance, count, listed, money, months, name, percent
from mcost.version import VERSION


@dataclass(frozen=True)
class Paragraph:
    """A label of one word, and sentences."""

    label: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table: the first column is text, the others are numbers written out."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Verdict:
    """What ``mcost run`` shows: paragraphs first, tables after them, a footer in small."""

    title: str
    paragraphs: tuple[Paragraph, ...]
    tables: tuple[Table, ...]
    footer: str


def verdict(answer: Answer) -> Verdict:
    """The advice and its reasons, then the candidates, and where the money goes."""
    subjects = _subjects(answer)
    paragraphs = [Paragraph("Advice", tuple(_advice(answer, subjects)))]
    if subjects:
        paragraphs += [
            Paragraph("Money", tuple(s for subject in subjects for s in _money(answer, subject))),
            Paragraph("When", tuple(s for subject in subjects for s in _when(answer, subject))),
        ]
        if learn := _not_counted(answer):
            paragraphs.append(Paragraph("Not counted", learn))
    if weak := _weak(answer):
        paragraphs.append(Paragraph("Weak priors", (weak,)))
    tables = [_candidates(answer)] if answer.candidates else []
    return Verdict(answer.scenario.title, tuple(paragraphs), (*tables, _lines(answer)), _footer(answer))


def _subjects(answer: Answer) -> list[str]:
    """The candidates that the first lines speak of: the headline, and the best of the tuned ones."""
    tuned = [name for name in answer.candidates if answer.scenario.strategies[name].tuned]
    best = min(tuned, key=lambda name: answer.strategies[name].cost_usd.mean, default=None)
    return list(dict.fromkeys(s for s in (answer.headline, best) if s is not None))


def _usd(answer: Answer, usd: float, error: float = 0.0) -> str:
    return money(usd, error, answer.scenario.currency)


def _advice(answer: Answer, subjects: list[str]) -> list[str]:
    recommended, baseline, horizon = answer.recommended, answer.baseline, answer.horizon_months
    if not subjects:
        return [f"Only {name(baseline)} is given: name a rival to hold it against."]
    said = []
    if recommended == baseline:
        said.append(f"Keep {name(baseline)}: no rival is expected to cost less over {months(horizon)}.")
    else:
        saving = answer.candidates[recommended].saving_usd
        gain = _usd(answer, saving.mean, saving.standard_error)
        expected = "" if answer.certain else " expected to be"
        said.append(
            f"Move from {name(baseline)} to {name(recommended)}:{expected or ' it is'} "
            f"{gain} cheaper over {months(horizon)}."
        )
    said += [_ahead(answer, subject, first=i == 0) for i, subject in enumerate(subjects)]
    return said


def _ahead(answer: Answer, subject: str, first: bool) -> str:
    candidate = answer.candidates[subject]
    horizon, baseline = answer.horizon_months, name(answer.baseline)
    beats = candidate.beats_best_alternative
    if answer.certain:
        ahead = "is" if candidate.pays_off.probability else "is not"
        text = f"{_capital(subject)} {ahead} ahead of {baseline} at month {horizon}"
        if beats.alternative != answer.baseline:
            better = "costs no more than" if beats.probability else "costs more than"
            text += f", and {better} {name(beats.alternative)}, the best alternative"
        return text + "."
    pays = chance(candidate.pays_off)
    text = f"{_capital(subject)} is ahead of {baseline} at month {horizon} in {pays} of futures"
    if beats.alternative == answer.baseline:
        return text + "."
    text += f"; it beats {name(beats.alternative)}, its best alternative, in {chance(beats)}"
    if candidate.pays_off.probability > 0.5 > beats.probability:
        text += ": it wins against the baseline and loses to a rival"
    return text + "."


def _capital(strategy: str) -> str:
    text = name(strategy)
    return text[:1].upper() + text[1:]


def _money(answer: Answer, subject: str) -> list[str]:
    candidate = answer.candidates[subject]
    saving, risk, hours = candidate.saving_usd, candidate.cash_at_risk_usd, answer.strategies
    errors = saving.percentile_errors
    verb = "saves" if saving.mean >= 0 else "costs"
    extra = "" if saving.mean >= 0 else " more"
    expected = _usd(answer, abs(saving.mean), saving.standard_error)
    more = count(round(hours[subject].hours - hours[answer.baseline].hours))
    said = f"{_capital(subject)} {verb} {expected}{extra}"
    if answer.certain:
        text = (
            f"{said} than {name(answer.baseline)}." if extra else f"{said} against {name(answer.baseline)}."
        )
    else:
        bad = _usd(answer, saving.p5, errors[0])
        good = _usd(answer, saving.p95, errors[2])
        worst = _usd(answer, saving.worst_tenth_mean, 3 * saving.standard_error)
        text = (
            f"{said} on average; the saving is {bad} in a bad case (1 in 20), {good} in a good one, "
            f"{worst} on average in the worst tenth."
        )
    sentences = [text]
    if risk.deepest_month is not None and risk.p95 > 0:
        deep = _usd(answer, risk.p50, risk.percentile_errors[0])
        bad = _usd(answer, risk.p95, risk.percentile_errors[1])
        depth = deep if answer.certain else f"{deep} (1 in 20: {bad})"
        sentences.append(f"At its deepest it is {depth} under water, about month {risk.deepest_month}.")
    if hours[subject].hours or hours[answer.baseline].hours:
        sentences.append(
            f"It takes {count(round(hours[subject].hours))} engineer-hours, "
            f"{more.lstrip('−')} {'fewer' if more.startswith('−') else 'more'} than {name(answer.baseline)}."
        )
    return sentences


def _when(answer: Answer, subject: str) -> list[str]:
    candidate, horizon = answer.candidates[subject], answer.horizon_months
    month = candidate.break_even_month
    if answer.certain:
        when = (
            f"in month {month.p50} and for good"
            if month.p50 is not None
            else f"never within {months(horizon)}"
        )
        said = [f"{_capital(subject)} breaks even {when}."]
    elif month.p10 is None and month.p50 is None:
        said = [f"{_capital(subject)}: in most futures never within {months(horizon)}."]
    elif month.p50 is None:
        said = [
            f"{_capital(subject)}: in most futures never within {months(horizon)}; "
            f"1 future in 10 breaks even by month {month.p10}."
        ]
    else:
        late = "never within the horizon" if month.p90 is None else f"by month {month.p90}"
        nine = "the slowest tenth " + late if month.p90 is None else f"9 in 10 {late}"
        said = [
            f"{_capital(subject)} breaks even by month {month.p50} in half of all futures, "
            f"1 in 10 by month {month.p10}, {nine}."
        ]
    return said + _falls_back(answer, candidate)


def _falls_back(answer: Answer, candidate: Candidate) -> list[str]:
    """First touch, where it differs from pay-off by more than a point."""
    back = candidate.first_touch.probability - candidate.pays_off.probability
    if back <= 0.01:
        return []
    if answer.certain:
        return ["It is ahead for a while and falls back, as a later cost puts it under water again."]
    return [f"In {percent(back, 0.01)} of futures it is ahead for a while and falls back before the horizon."]


def _not_counted(answer: Answer) -> tuple[str, ...]:
    said = [
        f"{_capital(strategy)} leaves out, and so counts as nothing: {listed(list(left_out))}."
        for strategy in answer.candidates
        if (left_out := omissions(answer.scenario, strategy))
    ]
    tuned = [s for s in answer.candidates if answer.scenario.strategies[s].tuned]
    if tuned and all(s.cost_per_error is None for s in answer.scenario.strategies.values()):
        said.append("It assumes equal quality: no strategy gives the cost of an error.")
    return tuple(said)


def _weak(answer: Answer) -> str:
    weak = weak_priors(answer.scenario)
    if not weak:
        return ""
    names = [prior.name for prior in weak]
    shown = listed(names) if len(names) <= 6 else f"{', '.join(names[:5])} and {len(names) - 5} more"
    return f"The answer leans on priors graded weak for {shown}."


def _candidates(answer: Answer) -> Table:
    rows = []
    for strategy, c in answer.candidates.items():
        saving, month = c.saving_usd, c.break_even_month
        rows.append(
            (
                strategy,
                chance(c.pays_off, answer.certain),
                chance(c.beats_best_alternative, answer.certain),
                _usd(answer, saving.mean, saving.standard_error),
                _usd(answer, saving.p5, saving.percentile_errors[0]),
                "never" if month.p50 is None else str(month.p50),
                _usd(answer, c.cash_at_risk_usd.p50, c.cash_at_risk_usd.percentile_errors[0]),
            )
        )
    columns = (
        "",
        "pays off",
        "beats best other",
        "saving, mean",
        "1 in 20",
        "median month",
        "deepest, median",
    )
    return Table(f"Against {answer.baseline}, over {months(answer.horizon_months)}", columns, tuple(rows))


def _lines(answer: Answer) -> Table:
    """Expected discounted cost by line; lines that are 0 for all are left out."""
    costs = answer.strategies
    names = list(dict.fromkeys(line for s in costs.values() for line in s.cost_lines_usd))
    shown = [n for n in names if any(s.cost_lines_usd.get(n, 0.0) for s in costs.values())]
    rows = []
    for strategy, cost in costs.items():
        error = cost.cost_usd.standard_error
        row = [strategy, _usd(answer, cost.cost_usd.mean, error)]
        row += [_usd(answer, cost.cost_lines_usd.get(line, 0.0), error) for line in shown]
        row.append(percent(cost.probability_cheapest, 0.004))
        rows.append(tuple(row))
    discounted = "" if answer.scenario.discount_rate is None else ", discounted"
    title = f"Where the money goes: expected cost over {months(answer.horizon_months)}{discounted}"
    columns = ("", "total", *(name(line) for line in shown), "cheapest in")
    return Table(title, columns, tuple(rows))


def _footer(answer: Answer) -> str:
    parts = [f"{answer.draws:,} draws", f"seed {answer.seed}", f"scenario {answer.scenario.sha256[:8]}"]
    errors = [c.pays_off.standard_error for c in answer.candidates.values()]
    if any(errors):
        parts.append(
            f"simulation error at most ±{100 * 1.96 * max(errors):.1g} points "
            "(95 %; not doubt about the inputs)"
        )
    return " · ".join([*parts, f"mcost {VERSION}"])
