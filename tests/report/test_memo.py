"""What a memo says, and in which order: the decision first, nothing empty, nothing that is not so."""

from datetime import date
from typing import Any

import pytest
from figure_answers import BOTH, CASES, PROMPT, scenario
from memos import memo_of

import mcost
from mcost.price_table import newest_date
from mcost.report.grounds import weakly_founded
from mcost.report.layout import Memo, Paragraph, Plate, Points, Section, Table
from mcost.report.writing import composed

TITLES = [
    "What it beats",
    "The money",
    "When",
    "What drives it",
    "What it would take",
    "What to find out first",
    "What it rests on",
    "When to look again",
    "What is not modelled",
]
APPENDIX = [
    "Where the money goes",
    "What drives it, in numbers",
    "What it would take, in numbers",
    "Studies, in numbers",
    "Inputs and their sources",
    "To make this again",
]


def made_of(source: Any, candidate: str | None = None, draws: int = 600) -> Memo:
    return composed(mcost.run(source, draws, 1), candidate, command="mcost report x -o FILE")[0]


def section(made: Memo, title: str) -> Section:
    return next(s for s in (*made.sections, *made.appendix) if s.title == title)


def sentences(made: Memo, title: str) -> list[str]:
    parts = section(made, title).parts
    return [said for part in parts if isinstance(part, Paragraph | Points) for said in part.sentences]


def plates(made: Memo) -> list[str]:
    return [p.name for s in (*made.sections, *made.appendix) for p in s.parts if isinstance(p, Plate)]


def table(made: Memo, title: str) -> Table:
    return next(part for part in section(made, title).parts if isinstance(part, Table))


def test_a_memo_answers_the_questions_of_a_lead_in_their_order() -> None:
    made = made_of("contested", draws=2048)
    assert [s.title for s in made.sections] == TITLES
    assert [s.title for s in made.appendix] == APPENDIX
    assert plates(made) == ["dotplot", "break_even", "tornado", "decision_map", "evppi", "waterfall"]
    assert made.title == "Support triage: tune a small model, or keep prompting?"
    assert made.about == (
        "Better prompt, cached prompt, structured outputs, cheaper model and fine tune against prompt, over "
        "24 months, from 2026-12-01."
    )
    assert made.verdict[0].startswith(("Move from prompt to ", "Keep prompt: "))


@pytest.mark.parametrize("case", CASES)
def test_nothing_in_a_memo_is_empty_and_tables_are_whole(case: str) -> None:
    made, _ = memo_of(case)
    assert all(made.verdict)
    for part in (part for s in (*made.sections, *made.appendix) for part in s.parts):
        if isinstance(part, Paragraph | Points):
            assert part.sentences
            assert all(said.strip() for said in part.sentences)
        elif isinstance(part, Table):
            assert part.rows
            assert {len(row) for row in part.rows} == {len(part.columns)}
            assert max(part.words) < len(part.columns)
        else:
            assert part.alt
            assert part.caption


def test_the_page_to_decide_by_is_short() -> None:
    made, _ = memo_of("three strategies")
    words = " ".join([*made.verdict, *(said for s in made.sections for said in sentences(made, s.title))])
    assert len(words.split()) < 700


def test_one_strategy_alone_has_nothing_to_decide() -> None:
    made, _ = memo_of("one strategy")
    assert made.verdict == ("Only prompt is given: name a rival to hold it against.",)
    assert [s.title for s in made.sections] == TITLES[-2:]
    assert made.about == "prompt, over 24 months."


def test_a_certain_scenario_has_no_drivers_to_show() -> None:
    made, _ = memo_of("certain")
    assert plates(made) == ["dotplot", "break_even", "waterfall"]
    assert sentences(made, "What drives it")[0].startswith("Nothing is uncertain here")


def test_it_is_about_the_candidate_that_is_named() -> None:
    made = made_of(CASES["three strategies"], "cached")
    assert sentences(made, "The money")[0].startswith("Cached saves ")
    assert sentences(made, "When")[0].startswith("Cached ")
    assert all(said.startswith(("Cached ", "No input")) for said in sentences(made, "What it would take"))


def test_every_weak_prior_is_named() -> None:
    answer = mcost.run("contested", 600)
    said = sentences(made_of("contested"), "What it rests on")
    (weak,) = [sentence for sentence in said if sentence.startswith("These stand on judgement")]
    names = weakly_founded(answer)
    assert len(names) == 12
    assert "growth per month, volatility per month, task changes per year" in weak
    assert weak.count(",") + weak.count(" and ") == len(names) - 1 + 1  # the first comma is of the sentence


def test_inputs_come_with_quantiles_source_grade_and_the_day_they_were_checked() -> None:
    inputs = table(made_of("contested"), "Inputs and their sources")
    assert inputs.columns == ("", "5 %", "median", "95 %", "source", "grade", "checked")
    rows = {row[0]: row[1:] for row in inputs.rows}
    assert rows["calls per month"] == ("450,000", "541,000", "650,000", "the scenario", "elicited", "")
    assert rows["prompt tokens (prompt)"] == ("", "3,000", "", "the scenario", "elicited", "")
    low, median, high, source, grade, checked = rows["hours per month (fine tune)"]
    assert (low, median, high, grade, checked) == ("5", "7.07", "10", "weak", "2026-11-24")
    assert source.startswith("The article this project starts from")


# --- when to look again -----------------------------------------------------------------------------------


def test_the_next_date_comes_first() -> None:
    made = made_of("provider_closes")
    # Tuning closes eight days before the model retires, in the same month.
    assert sentences(made, "When to look again")[0] == (
        "Before 2027-01-06 (month 2), when openai/gpt-4o-mini closes for tuning."
    )


def test_the_first_retrain_of_what_is_advised_is_a_date_and_of_what_is_not_is_none() -> None:
    def again(calls: str) -> list[str]:
        return sentences(made_of(scenario(calls, BOTH)), "When to look again")

    # Built in 1.4 months at the median, so in 2; trained again every 3: in month 2 + 3 + 1.
    said = "Before fine tune is trained again, about month 6: go on only if"
    assert again("20M to 30M")[0].startswith(said)
    assert again("8k to 12k")[0] == "No date in the scenario forces a second look within 24 months."


def test_the_nearest_tipping_point_is_a_tripwire() -> None:
    (tripwire,) = [s for s in sentences(made_of("contested"), "When to look again") if "tripwire" in s]
    assert tripwire.startswith("At the nearest tripwire. Fine tune needs ")
    nearest = mcost.need("contested", draws=600).nearest
    assert nearest is not None
    first = sentences(made_of("contested"), "What it would take")[0]
    assert first in tripwire


def test_the_oldest_figure_is_dated() -> None:
    checked = [p.checked for p in mcost.load("contested").inputs.values() if p.checked is not None]
    assert min(checked) == date(2026, 11, 24)
    assert "When the sources have moved on: the oldest figure was checked on 2026-11-24." in sentences(
        made_of("contested"), "When to look again"
    )
    ahead = scenario("1k to 2k", {"prompt": {"model": "openai/gpt-4o-mini", "prompt_tokens": 1000}})
    prices = mcost.load({**ahead, "start": date(2027, 1, 1)}).inputs.values()
    assert {p.checked for p in prices if p.checked is not None} == {newest_date()}
    own = made_of(scenario("1k to 2k", {"prompt": PROMPT}))
    assert not any("oldest" in said for said in sentences(own, "When to look again"))
