"""Acceptability and expected loss, as sentences and a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from mcost.acceptability import HORIZON, Acceptability
from mcost.answer import Answer
from mcost.estimate import Chance
from mcost.report.layout import Paragraph, Table, Verdict
from mcost.report.naming import input_name, plural, value
from mcost.report.words import capital, chance, money, months, name
from mcost.version import VERSION

ROWS = 12


def accepted(answer: Answer, found: Acceptability) -> Verdict:
    """Where the best choice turns; how likely each strategy is the cheapest, and what being wrong costs."""
    return Verdict(
        answer.scenario.title,
        (Paragraph("Choice", tuple(_turns(answer, found))),),
        (_cheapest(answer, found), _losses(answer, found)),
        _footer(answer, found),
    )


def _at(answer: Answer, found: Acceptability, x: float) -> str:
    if found.over == HORIZON:
        return months(int(x))
    return value(x, found.unit, answer.scenario.currency)


def _turns(answer: Answer, found: Acceptability) -> Iterator[str]:
    (first, leads), *others = found.changes
    over_time = found.over == HORIZON
    along = "horizon" if over_time else input_name(answer.scenario, found.over)
    if not others and (np.argmin(found.expected_loss_usd, axis=0) != found.strategies.index(leads)).any():
        yield f"Nothing can be told to cost less than {name(leads)}, whatever the {along}."
        return
    if not others:
        yield f"{capital(name(leads))} is expected to cost least, whatever the {along}."
        return
    at, lowest = _at(answer, found, first), "are fewest" if plural(along) else "is lowest"
    where = f"Over {at}" if over_time else f"Where {along} {lowest} ({at})"
    yield f"{where} {name(leads)} is expected to cost least."
    for x, leads in others:
        yield f"From {_at(answer, found, x)} on it is {name(leads)}."


def _rows(found: Acceptability) -> list[int]:
    """The columns of the curves that a table shows: all, or evenly chosen ones with both ends."""
    return sorted({int(i) for i in np.rint(np.linspace(0, found.x.size - 1, min(ROWS, found.x.size)))})


def _cheapest(answer: Answer, found: Acceptability) -> Table:
    def cell(i: int, j: int) -> str:
        p, error = found.probability_cheapest[i, j], found.standard_error[i, j]
        return chance(Chance(float(p), float(error), int(found.futures[j])))

    return _table(answer, found, "How likely each is the cheapest", cell)


def _losses(answer: Answer, found: Acceptability) -> Table:
    def cell(i: int, j: int) -> str:
        usd, error = found.expected_loss_usd[i, j], found.loss_error[i, j]
        return money(float(usd), float(error), answer.scenario.currency)

    title = "What choosing each gives up on average against the cheapest in each future"
    return _table(answer, found, title, cell)


def _table(answer: Answer, found: Acceptability, title: str, cell: Callable[[int, int], str]) -> Table:
    rows = tuple(
        (_at(answer, found, found.x[j]), *(cell(i, j) for i in range(len(found.strategies))))
        for j in _rows(found)
    )
    return Table(title, ("", *map(name, found.strategies)), rows)


def _footer(answer: Answer, found: Acceptability) -> str:
    scenario = answer.scenario.sha256[:8]
    return f"{found.draws:,} draws · seed {answer.seed} · scenario {scenario} · mcost {VERSION}"
