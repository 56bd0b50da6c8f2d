"""A portfolio: how many scenarios move, what is at stake where, and the first of them as a table."""

from __future__ import annotations

from collections import Counter

from mcost.estimate import MARGIN, Chance
from mcost.portfolio_row import Row
from mcost.portfolios import Portfolio
from mcost.report.layout import Paragraph, Table, Verdict
from mcost.report.words import capital, chance, listed, money, name
from mcost.version import VERSION

TOP = 20
"""Rows that are shown, of however many there are."""

TOLD = 10
"""Mistakes that are told one by one."""


def ranking(found: Portfolio, top: int = TOP) -> Verdict:
    """What to do in how many, where most is at stake and most in doubt; then the first ``top`` ranks."""
    verdicts, wrong = found.verdicts, found.wrong
    paragraphs = (
        Paragraph("Advice", tuple(_advice(verdicts))),
        Paragraph("At stake", tuple(_at_stake(verdicts))),
        Paragraph("In doubt", tuple(_in_doubt(verdicts))),
        Paragraph("Wrong", tuple(_wrong(wrong))),
    )
    return Verdict(
        f"{found.source}: {_scenarios(len(found.rows))}",
        tuple(paragraph for paragraph in paragraphs if paragraph.sentences),
        (_table(found, verdicts[:top]),) if verdicts[:top] else (),
        _footer(found),
    )


def _scenarios(number: int) -> str:
    return f"{number:,} scenario{'' if number == 1 else 's'}"


# --- sentences --------------------------------------------------------------------------------------------


def _advice(rows: tuple[Row, ...]) -> list[str]:
    """What is chosen how often, and what all the choices together save."""
    if not rows:
        return []
    moves = [row for row in rows if row.recommended != row.baseline]
    if not moves:
        return [f"Stay with the baseline in {'the one scenario' if len(rows) == 1 else 'all of them'}."]
    saves = sum(row.expected_saving_usd or 0.0 for row in moves)
    # One future moves them all alike, so that their errors may add up.
    error = sum(row.expected_saving_standard_error or 0.0 for row in moves)
    to = Counter(row.recommended or "" for row in moves).most_common()
    where = [f"to {name(strategy)} in {number:,}" for strategy, number in to[:4]]
    where += [f"to others in {sum(number for _, number in to[4:]):,}"] if to[4:] else []
    stay = len(rows) - len(moves)
    said = f"Move {listed(where)}{f', and stay with the baseline in {stay:,}' if stay else ''}"
    return [f"{said}: all together are expected to save {money(saves, error, moves[0].currency or 'USD')}."]


def _at_stake(rows: tuple[Row, ...]) -> list[str]:
    most = max(rows, key=lambda row: row.expected_saving_usd or 0.0, default=None)
    if most is None or not most.expected_saving_usd or len(rows) == 1:
        return []
    return [
        f"The largest saving is in {most.name}: {_saves(most)} on average, by a move from "
        f"{name(most.baseline or '')} to {name(most.recommended or '')}."
    ]


def _in_doubt(rows: tuple[Row, ...]) -> list[str]:
    most = max(rows, key=lambda row: row.evpi_usd or 0.0, default=None)
    if most is None or not most.evpi_usd or len(rows) == 1:
        return []
    return [f"Knowing more is worth most in {most.name}: {_evpi(most)} at most."]


def _wrong(rows: tuple[Row, ...]) -> list[str]:
    said = [f"{row.name}: {row.error}" for row in rows[:TOLD]]
    return said + ([f"… and {len(rows) - TOLD:,} more."] if rows[TOLD:] else [])


# --- the table --------------------------------------------------------------------------------------------


def _table(found: Portfolio, rows: tuple[Row, ...]) -> Table:
    """The best candidate of each, whether it is the best choice too, and what hangs on it."""
    digits = len(str(rows[-1].rank))
    of = f"the first {len(rows):,} of {len(found.verdicts):,}, " if len(rows) < len(found.verdicts) else ""
    by = "expected saving of the best choice" if found.by == "saving" else "EVPI"
    return Table(
        capital(f"{of}by {by}"),
        ("", "best candidate", "advice", "pays off", "mean saving", "1 in 20", "EVPI"),
        tuple((f"{row.rank:>{digits}}  {row.name}", *_cells(row), _evpi(row)) for row in rows),
        words=(0, 1, 2),
    )


def _cells(row: Row) -> tuple[str, str, str, str, str]:
    if row.headline is None:
        return "–", "stay", "–", "–", "–"
    currency = row.currency or "USD"
    return (
        name(row.headline),
        "stay" if row.recommended == row.baseline else "move",
        _pays_off(row),
        money(row.saving_usd or 0.0, row.saving_standard_error or 0.0, currency),
        money(row.saving_p5_usd or 0.0, row.saving_p5_standard_error or 0.0, currency),
    )


def _pays_off(row: Row) -> str:
    share, error = row.pays_off or 0.0, row.pays_off_standard_error or 0.0
    if row.certain:
        return "yes" if share else "no"
    return chance(Chance(share, error, row.draws or 0))


def _saves(row: Row) -> str:
    return money(
        row.expected_saving_usd or 0.0, row.expected_saving_standard_error or 0.0, row.currency or "USD"
    )


def _evpi(row: Row) -> str:
    return money(row.evpi_usd or 0.0, row.evpi_standard_error or 0.0, row.currency or "USD")


def _footer(found: Portfolio) -> str:
    worst = max((row.pays_off_standard_error or 0.0 for row in found.verdicts), default=0.0)
    parts = [f"{found.draws:,} draws each", f"seed {found.seed}", f"mcost {VERSION}"]
    if worst > 0:
        points = f"{float(f'{100 * MARGIN * worst:.1g}'):g}"
        parts.insert(
            0, f"±{points} points of simulation error at most (95 %), which is not doubt about the inputs"
        )
    return " · ".join(parts)
