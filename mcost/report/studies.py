"""Studies, as sentences and a table: what is worth finding out before the decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mcost.answer import Answer
from mcost.report.currency import money_of
from mcost.report.layout import Paragraph, Table, Verdict
from mcost.report.naming import input_name
from mcost.report.words import capital, count, listed, months, name
from mcost.studies import FUTURES, StudyWorth
from mcost.version import VERSION


def studied(answer: Answer, found: Sequence[StudyWorth]) -> Verdict:
    """Whether any study is worth its cost, then each of them."""
    paragraphs = [
        Paragraph("Studies", tuple(_advice(answer, found))),
        Paragraph("Sizes", tuple(_sizes(answer, found))),
        Paragraph("Read it so", tuple(_reading(answer, found))),
    ]
    return Verdict(
        answer.scenario.title,
        tuple(paragraph for paragraph in paragraphs if paragraph.sentences),
        (_table(answer, found),) if found else (),
        _footer(answer),
    )


def _advice(answer: Answer, found: Sequence[StudyWorth]) -> Iterator[str]:
    if not found:
        yield "The scenario lists no study: name them under [[studies]], with what each would tell and cost."
        return
    worthwhile = [study for study in found if study.worth_it]
    if not worthwhile:
        yield f"No study is worth its cost and its delay: {_decide(answer)}."
        return
    for study in worthwhile[:2]:
        net = money_of(answer, study.net.value, study.net.standard_error)
        told = money_of(answer, study.evsi.corrected, study.evsi.standard_error)
        costs = [f"{money_of(answer, study.cost_usd)} of cost"] if study.cost_usd else []
        if round(study.delay_usd):
            costs.append(f"{money_of(answer, study.delay_usd, study.delay_error)} of delay")
        less = f", less {listed(costs)}" if costs else ""
        yield f"{capital(study.name)} is worth {net} on average: its result is worth {told}{less}."
    others = len(found) - len(worthwhile)
    if others:
        rest = "the other one is" if others == 1 else f"the other {others} are"
        yield f"Each is judged by itself; {rest} not worth it."
    elif len(worthwhile) > 1:
        yield "Each is judged by itself: after one, what another could add is less."


def _decide(answer: Answer) -> str:
    if answer.recommended == answer.baseline:
        return f"keep {name(answer.baseline)} now"
    return f"move to {name(answer.recommended)} now"


def _sizes(answer: Answer, found: Sequence[StudyWorth]) -> Iterator[str]:
    """Where another size would be better by more than simulation error."""
    for study in found:
        if not study.best_n or study.best_net_usd is None or study.best_n == study.n:
            continue
        gain = study.best_net_usd - study.net.value
        if gain > 2 * study.net.standard_error:
            larger = "larger" if study.n is not None and study.best_n > study.n else "smaller"
            more = money_of(answer, gain, study.net.standard_error)
            size = f"if {larger}, about {count(study.best_n)}"
            yield f"{capital(study.name)} would be worth {more} more {size}."


def _reading(answer: Answer, found: Sequence[StudyWorth]) -> Iterator[str]:
    if found:
        yield (
            "The result of a study is worth what it saves, on average, by turning the choice among all "
            "strategies; a study that cannot turn it is worth nothing, however little is known."
        )
    if any(study.delay_usd for study in found):
        horizon = months(answer.horizon_months)
        yield f"While a study runs, {name(answer.baseline)} serves on: its weeks are lost from the {horizon}."


def _table(answer: Answer, found: Sequence[StudyWorth]) -> Table:
    rows = tuple(
        (
            study.name,
            listed([input_name(answer.scenario, of) for of in study.of]),
            "all" if study.n is None else count(study.n),
            money_of(answer, study.evppi.corrected, study.evppi.standard_error),
            money_of(answer, study.evsi.corrected, study.evsi.standard_error),
            money_of(answer, study.cost_usd),
            money_of(answer, study.delay_usd, study.delay_error),
            money_of(answer, study.net.value, study.net.standard_error),
        )
        for study in found
    )
    columns = ("", "it tells of", "n", "knowing all", "its result", "cost", "delay", "net")
    return Table("What each is worth before the decision, on average", columns, rows, words=(0, 1))


def _footer(answer: Answer) -> str:
    scenario, n = answer.scenario, min(FUTURES, answer.draws)
    return (
        f"from the first {n:,} futures · {answer.draws:,} draws · seed {answer.seed} · "
        f"scenario {scenario.sha256[:8]} · mcost {VERSION}"
    )
