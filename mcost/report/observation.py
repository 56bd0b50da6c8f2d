"""How many more days of logs are worth waiting for, as a sentence and a table."""

from __future__ import annotations

from collections.abc import Iterator

from mcost.observation import Observation
from mcost.report.layout import Paragraph, Table, Verdict
from mcost.report.naming import input_name
from mcost.report.words import listed, money, months, name
from mcost.version import VERSION


def observed(found: Observation) -> Verdict:
    """Whether to wait for more days of logs, and how many; then each number of days."""
    paragraphs = (
        Paragraph("More days", (_advice(found),)),
        Paragraph("Read it so", tuple(_reading(found))),
    )
    return Verdict(
        found.answer.scenario.title,
        tuple(p for p in paragraphs if p.sentences),
        (_table(found),) if found.periods else (),
        _footer(found),
    )


def _usd(found: Observation, usd: float, error: float) -> str:
    return money(usd, error, found.answer.scenario.currency)


def _advice(found: Observation) -> str:
    answer, first = found.answer, found.first
    if answer.recommended == answer.baseline:
        decide = f"keep {name(answer.baseline)} now"
    else:
        decide = f"move to {name(answer.recommended)} now"
    if not found.periods:
        return f"More days of logs would tell nothing that the scenario is unsure of: {decide}."
    if first is None:
        return f"No number of days is worth it: {decide}."
    net = _usd(found, first.net.value, first.net.standard_error)
    return (
        f"Wait for {first.days} more days of logs: what they tell is worth {net} on average after the delay. "
        f"Without them, {decide}."
    )


def _reading(found: Observation) -> Iterator[str]:
    if found.evppi is None:
        return
    scenario, full = found.answer.scenario, found.evppi
    told = listed([input_name(scenario, learnt) for learnt in found.learnt])
    worth = _usd(found, full.corrected, full.standard_error)
    yield (
        f"More days tell more of {told}; to know them exactly is worth {worth}. What the {found.days} days "
        "of the log tell is taken already; days to come tell more by the log's own error, which falls with "
        "the root of their number."
    )
    if any(round(period.delay_usd) for period in found.periods):
        horizon = months(found.answer.horizon_months)
        yield (
            f"While one waits, {name(found.answer.baseline)} serves on: the days are lost from the "
            f"{horizon}. What the calls do meanwhile is not counted."
        )


def _table(found: Observation) -> Table:
    rows = tuple(
        (
            f"{p.days} days",
            _usd(found, p.evsi.corrected, p.evsi.standard_error),
            _usd(found, p.delay_usd, p.net.standard_error),
            _usd(found, p.net.value, p.net.standard_error),
            "yes" if p.worth_it else "no",
        )
        for p in found.periods
    )
    columns = ("", "what they tell", "delay", "net", "worth it")
    return Table("What more days of logs are worth before the decision, on average", columns, rows)


def _footer(found: Observation) -> str:
    answer = found.answer
    scenario = answer.scenario.sha256[:8]
    return f"{answer.draws:,} draws · seed {answer.seed} · scenario {scenario} · mcost {VERSION}"
