"""What the page shows says what the command line says, and its handles stand where the law is."""

import json

import numpy as np
import pytest

import mcost
from mcost.app import pictures, view
from mcost.app.answers import Answers
from mcost.app.given import Given
from mcost.app.state import RefusedError, State, parse
from mcost.axis import axis
from mcost.exhibits import broken_even_by_month, saving_dots
from mcost.explanation import why
from mcost.figures.gallery import GALLERY
from mcost.figures.ground import Ground
from mcost.journey import journey
from mcost.law import Certain
from mcost.report.verdict import verdict
from mcost.report.words import chance
from mcost.shipped import scenario_names
from mcost.tipping import need
from mcost.uncertain import Prior, Quantity, read

DRAWS = 1_024


@pytest.mark.parametrize("name", ["contested", "article_100k", "routing"])
def test_the_sentences_are_those_of_the_command_line(name: str) -> None:
    answer = mcost.run(name, DRAWS)
    page = Answers(Given.read(name), DRAWS, 1).verdict(State(), DRAWS)
    said = {paragraph.label: paragraph.sentences for paragraph in verdict(answer).paragraphs}
    assert tuple(page["advice"]) == said["Advice"]
    for label, text in page["paragraphs"]:
        assert text == " ".join(said[label])
    assert page["probability"] == answer.candidates[page["about"]].pays_off.probability
    assert page["footer"] == verdict(answer).footer


@pytest.mark.parametrize("name", scenario_names())
def test_every_shipped_scenario_is_shown_whole_and_as_json(name: str) -> None:
    answers = Answers(Given.read(name), 256, 1)
    scene = answers.scene()
    assert set(scene["rows"]) == {each["name"] for each in scene["inputs"]} == set(answers.given.paths)
    parts = [scene, answers.verdict(State(), 256)]
    parts += [answers.pictures(State(), 256, later=later) for later in (False, True)]
    assert json.loads(json.dumps(parts, allow_nan=False))
    for row in scene["rows"].values():
        least, most = row["ends"]
        assert least < most
        assert len(row["sketch"]) in (0, view.COLUMNS)
        assert not row["sketch"] or max(row["sketch"]) == 1


@pytest.mark.parametrize("name", scenario_names())
def test_what_a_row_writes_is_read_as_the_row_again(name: str) -> None:
    given = Given.read(name)
    for key in given.paths:
        prior = given.scenario.inputs[key]
        row = view.row(given, given.scenario, key)
        assert prior.quantity is not None
        if row["low"] <= 0 < row["high"] and prior.domain != "real":
            continue  # a mixture with 0: no interval has that
        law = read(row["text"], prior.quantity, credibility=given.scenario.credibility)
        tail = (1 - given.scenario.credibility) / 2
        again = [float(x) for x in law.ppf(np.array([tail, 1 - tail]))]
        assert again == pytest.approx([row["low"], row["high"]], rel=6e-3, abs=1e-9)


def test_a_changed_row_is_the_text_that_was_written(answers: Answers) -> None:
    shown = answers.verdict(parse("workload.calls_per_month=2M to 4M"), DRAWS)["rows"]
    assert shown.keys() == {"workload.calls_per_month"}
    row = shown["workload.calls_per_month"]
    assert row["text"] == "2M to 4M"
    assert [row["low"], row["high"]] == pytest.approx([2e6, 4e6])
    assert row["ends"][1] >= row["high"]


def test_weak_priors_are_marked_until_somebody_says_better(answers: Answers) -> None:
    rows = answers.scene()["rows"]
    weak = {name for name, prior in answers.given.scenario.inputs.items() if prior.grade == "weak"}
    assert {name for name, row in rows.items() if row["weak"]} == weak
    assert "workload.growth_per_month" in weak
    changed = answers.verdict(parse("workload.growth_per_month=1% to 2%"), DRAWS)["rows"]
    assert not changed["workload.growth_per_month"]["weak"]


@pytest.mark.parametrize(
    ("value", "share", "digits", "text"),
    [
        (450_000.0, False, 3, "450_000"),
        (1_234_567.0, False, 3, "1_230_000"),
        (0.025, True, 3, "2.5%"),
        (0.99996, True, 3, "99.996%"),
        (1.0, True, 3, "100%"),
        (0.0000123, False, 3, "0.0000123"),
        (0.0, False, 3, "0"),
        (-0.01, True, 3, "-1%"),
        (583_100.0, False, 15, "583_100"),
    ],
)
def test_numbers_are_written_as_a_file_has_them(value: float, share: bool, digits: int, text: str) -> None:
    assert view.number(value, share, digits) == text


def test_handles_stay_within_what_an_input_may_be() -> None:
    quantity = Quantity("times", above=0.0, at_least=1.0, below=50.0)
    law = read("2 to 40", Quantity("times"))
    least, most = view.reach(Prior("x", "times", "positive", law, quantity=quantity))
    assert least >= 1
    assert most < 50
    nothing = view.reach(
        Prior("x", "share", "fraction", Certain(0.0), quantity=Quantity("share", "fraction"))
    )
    assert 0 < nothing[0] < nothing[1] < 1


def test_what_cannot_be_switched_off_says_why() -> None:
    answers = Answers(Given.read("routing"), 64, 1)
    bound = answers.verdict(State(), 64)["bound"]
    assert bound["router"] == "the baseline"
    assert bound["fine_tune"] == "needed by router with tune"
    assert "router_with_tune" not in bound
    assert "fine_tune" not in answers.verdict(parse("off=router_with_tune"), 64)["bound"]


def test_another_candidate_is_told_beside_the_advice(answers: Answers) -> None:
    shown = answers.verdict(parse("about=cached_prompt"), DRAWS)
    assert shown["about"] == "cached_prompt"
    assert shown["chance"] == shown["strategies"]["cached_prompt"]["pays"]
    assert any(sentence.startswith("Cached prompt is ahead of prompt") for sentence in shown["advice"])


def test_a_baseline_alone_has_a_verdict_and_no_chance(contested: Given) -> None:
    answers = Answers(contested, 64, 1)
    off = State(off=tuple(sorted(contested.scenario.candidates)))
    shown = answers.verdict(off, 64)
    assert shown["chance"] == ""
    assert shown["about"] is None
    assert shown["advice"] == ["Only prompt is given: name a rival to hold it against."]
    found = answers.pictures(off, 64, later=False) | answers.pictures(off, 64, later=True)
    assert not any(picture["there"] for picture in found.values())
    with pytest.raises(RefusedError, match="no rival"):
        answers.need(off, "workload.calls_per_month")


def test_captions_are_those_of_the_figures(answers: Answers) -> None:
    answer = mcost.run("contested", DRAWS)
    found = answers.pictures(State(), DRAWS, later=False) | answers.pictures(State(), DRAWS, later=True)
    for name, picture in found.items():
        said = GALLERY[name].said(Ground.of(answer))
        assert [picture[key] for key in ("title", "subtitle", "alt", "sentence")] == [
            said.title,
            said.subtitle,
            said.alt,
            said.sentence,
        ]


def test_pictures_hold_the_answer_s_own_numbers() -> None:
    answer = mcost.run("contested", DRAWS)
    found = pictures.pictures(answer, None, (*pictures.AT_ONCE, *pictures.LATER))
    assert found["dotplot"]["dots"] == pytest.approx(list(saving_dots(answer, "fine_tune")), rel=1e-4)
    share = broken_even_by_month(answer, "fine_tune")
    assert found["break_even"]["share"] == pytest.approx(list(share), rel=1e-4)
    assert found["break_even"]["never"][0] == answer.candidates["fine_tune"].break_even_month.never
    way = journey(answer, "fine_tune")
    assert found["fan"]["quantiles"][2] == pytest.approx(list(way.quantiles[2]), rel=1e-4)
    drivers = {(driver.name, driver.kind): driver for driver in why(answer).drivers}
    for bar in found["tornado"]["bars"]:
        ends = [
            [driver.low.pays_off.value, driver.high.pays_off.value]
            for (name, _), driver in drivers.items()
            if name == bar["input"]
        ]
        assert bar["ends"] in ends
        low, high = (text.rpartition(" → ")[2] for text in bar["said"])
        ten = [d.low.pays_off for (n, _), d in drivers.items() if n == bar["input"]]
        assert low in [chance(each) for each in ten]
        assert high
    swings = [bar["swing"] for bar in found["tornado"]["bars"]]
    assert swings == sorted(swings, reverse=True)


def test_ticks_are_round_and_within() -> None:
    ticks = pictures._money_ticks(-23_400.0, 61_000.0, "USD")
    assert ticks == [
        [-20000.0, "−$20k"],
        [0.0, "$0"],
        [20000.0, "$20k"],
        [40000.0, "$40k"],
        [60000.0, "$60k"],
    ]
    assert pictures._month_ticks(24) == [0, 3, 6, 9, 12, 15, 18, 21, 24]
    assert pictures._month_ticks(1) == [0, 1]
    assert pictures._month_ticks(37)[-1] == 37


def test_what_it_would_need_reaches_half_of_all_futures(answers: Answers) -> None:
    name = "workload.calls_per_month"
    found = answers.need(State(), name)
    crossing = need("contested", [name], draws=DRAWS, probability=0.5).tips[0].reaches[0].crossings[0].value
    value = float(found["text"])
    assert value == pytest.approx(crossing, rel=1e-3)
    assert value >= crossing
    assert found["said"].startswith("Fine tune needs ")
    at = answers.verdict(State(((name, found["text"]),), about="fine_tune"), DRAWS)["probability"]
    counted = 0.5 / DRAWS**0.5  # a standard error: hits are counted there, and chances averaged here
    assert at == pytest.approx(0.5, abs=3 * counted)


def test_where_no_value_reaches_half_it_says_so(answers: Answers) -> None:
    tips = need("contested", draws=DRAWS, probability=0.5).tips
    unable = next(tip.name for tip in tips if not tip.reaches[0].crossings)
    found = answers.need(State(), unable)
    assert found["text"] is None
    assert found["said"].startswith("None of the inputs that were tried puts fine tune ahead")


def test_what_the_candidate_does_not_use_is_said_beside_it(answers: Answers) -> None:
    with pytest.raises(RefusedError) as refused:
        answers.need(State(), "strategies.better_prompt.setup_hours")
    (complaint,) = refused.value.complaints
    assert complaint.at == "strategies.better_prompt.setup_hours"
    assert "neither fine_tune nor prompt uses" in complaint.message


def test_an_answer_is_simulated_once(contested: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    from mcost.app import answers as room

    calls = []
    real = room.run
    monkeypatch.setattr(room, "run", lambda *a, **k: calls.append(a) or real(*a, **k))
    answers = Answers(contested, 64, 1)
    answers.verdict(State(), 64)
    answers.verdict(State(about="cached_prompt"), 64)
    answers.pictures(State(), 64, later=False)
    assert len(calls) == 1
    for horizon in range(6, 12):
        answers.verdict(State(horizon=horizon), 64)
    assert len(answers._kept) == room.KEPT


def test_the_axis_of_a_row_is_that_of_its_input(contested: Given) -> None:
    for each in view.scene(contested, 1, 1)["inputs"]:
        own = axis(contested.scenario.inputs[each["name"]])
        assert (each["scale"], each["share"]) == (own.scale, own.share)
