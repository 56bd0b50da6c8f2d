"""The tables of a verdict: every candidate against the baseline, and where the money goes."""

from __future__ import annotations

from mcost.answer import Answer
from mcost.estimate import Chance
from mcost.report.currency import money_of
from mcost.report.layout import Table
from mcost.report.words import chance, months, name


def tables(answer: Answer) -> tuple[Table, ...]:
    """Every candidate against the baseline, where there is one; and where the money goes."""
    return (*((_candidates(answer),) if answer.candidates else ()), _lines(answer))


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
                money_of(answer, saving.mean, saving.standard_error),
                *(() if answer.certain else (money_of(answer, saving.p5, saving.percentile_errors[0]),)),
                "never" if month.p50 is None else str(month.p50),
                money_of(answer, c.cash_at_risk_usd.p50, c.cash_at_risk_usd.percentile_errors[0]),
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
        row += [money_of(answer, cost.cost_lines_usd.get(line, 0.0), error) for line in shown]
        row.append(money_of(answer, cost.cost_usd.mean, error))
        if not answer.certain:
            row.append(chance(Chance(cost.probability_cheapest, 0.002, answer.draws)))
        rows.append(tuple(row))
    kind = "cost" if answer.certain else "expected cost"
    discounted = "" if answer.scenario.discount_rate is None else ", discounted"
    columns = ("", *(name(line) for line in shown), "total", *(() if answer.certain else ("cheapest in",)))
    title = f"Where the money goes: {kind} over {months(answer.horizon_months)}{discounted}"
    return Table(title, columns, tuple(rows))
