"""drafting.py and what it asks: answers are read as a scenario reads them, and what is written runs."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest

import mcost
from mcost import drafting
from mcost.catalogue import entries, entry, prior
from mcost.drafting import draft
from mcost.errors import McostError, NotationError
from mcost.price_table import known_models
from mcost.prices import price_of
from mcost.questions import DEFAULT_MODEL, Answers, checked, checked_credibility
from mcost.tunable import OPEN_MODEL, serving, to_tune, trainable
from mcost.uncertain import uncertain

START = date(2026, 12, 1)
ANSWERS = Answers("80k to 120k", "3000", "300 to 800", DEFAULT_MODEL, START)


# answers


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("calls", "80-120", 'found "80-120"; write an interval as "80 to 120"'),
        ("calls", "120k to 80k", "found 120000 to 80000; the low end must be below the high end"),
        ("calls", "0", "found 0; expected more than 0: without calls there is nothing to save"),
        ("calls", "lots", 'found "lots"; expected a number, or an interval such as "20 to 40"'),
        ("calls", "100,000", 'found "100,000"; write thousands with _, "100_000"'),
        ("prompt_tokens", "50%", 'found "50%", but this is in tokens, not a percentage'),
        ("setup_hours", "20 to 40 days", 'found "20 to 40 days", but this is in hours; write "20 to 40"'),
        ("hours_per_month", "-3", "found -3; expected 0 or more"),
    ],
)
def test_an_answer_that_cannot_be_read_is_refused_with_the_reason(name: str, text: str, message: str) -> None:
    with pytest.raises(NotationError) as error:
        checked(name, text)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize("text", ["80k to 120k", "  80k   to 120k ", "100_000", "2M", "80_000 calls"])
def test_an_answer_may_be_written_as_a_scenario_may_write_it(text: str) -> None:
    calls = checked("calls", text)
    scenario = mcost.load(draft(replace(ANSWERS, calls=calls)).data)
    asked = uncertain(text.strip(), unit="calls a month")
    assert scenario.inputs["workload.calls_per_month"].law.mean() == pytest.approx(asked.mean(), rel=1e-12)


@pytest.mark.parametrize(("text", "share"), [("90", 0.9), (" 80 % ", 0.8), ("0.6", 0.6), ("99.5", 0.995)])
def test_how_sure_is_a_percentage_or_a_share(text: str, share: float) -> None:
    assert checked_credibility(text) == share


@pytest.mark.parametrize("text", ["1", "100", "0", "-5", "very", "", "0.5%", "nan", "inf"])
def test_how_sure_is_never_certain_nor_nothing(text: str) -> None:
    with pytest.raises(NotationError, match="expected more than 1 and less than 100 per cent, such as 90"):
        checked_credibility(text)


# models


def test_the_model_today_must_be_known_priced_serving_and_not_a_tuned_one() -> None:
    assert serving("gpt-4o-mini-2024-07-18", START).model == "openai/gpt-4o-mini"
    said = {
        "gpt-4o-mimi": 'found model "gpt-4o-mimi"; expected a model of the price table; did you mean '
        "openai/gpt-4o-mini, openai/ft:gpt-4o-mini or openai/gpt-5.4-mini?",
        "openai/gpt-4.1-nano": 'found model "openai/gpt-4.1-nano", switched off on 2026-10-23; '
        "expected one that serves on 2026-12-01",
        "ft:gpt-4o-mini": 'found model "ft:gpt-4o-mini", a tuned one; '
        "expected the model that is prompted today",
        "openai/text-embedding-3-small": 'found model "openai/text-embedding-3-small"; '
        "no price of its output is known; expected one that writes",
    }
    for name, message in said.items():
        with pytest.raises(McostError) as error:
            serving(name, START)
        assert str(error.value) == message


def test_a_model_to_tune_needs_a_price_of_a_tuned_one_and_an_open_door() -> None:
    assert trainable("azure/ft:gpt-oss-20b", START).model == "azure/gpt-oss-20b"
    assert trainable("azure/ft:ministral-3b", START).model == "azure/ft:ministral-3b"
    with pytest.raises(McostError) as error:
        trainable("anthropic/claude-sonnet-4-6", START)
    assert str(error.value).startswith(
        'found model "anthropic/claude-sonnet-4-6"; no price of a tuned one is known; expected one of azure/'
    )
    with pytest.raises(McostError) as error:
        trainable("openai/gpt-4o-mini", date(2027, 1, 10))
    assert str(error.value) == (
        'found model "openai/gpt-4o-mini"; it takes no training jobs since 2027-01-06'
    )


@pytest.mark.parametrize(
    ("model", "horizon", "expected"),
    [
        (
            "openai/gpt-4o-mini",
            24,
            ("azure/gpt-oss-20b", "openai/gpt-4o-mini takes no training jobs after 2027-01-06, month 2"),
        ),
        ("openai/gpt-4o-mini", 1, ("openai/gpt-4o-mini", None)),
        (
            "anthropic/claude-sonnet-4-6",
            24,
            ("azure/gpt-oss-20b", "anthropic/claude-sonnet-4-6 has no known price of a tuned one"),
        ),
        ("azure/gpt-oss-20b", 24, ("azure/gpt-oss-20b", None)),
    ],
)
def test_todays_model_is_tuned_where_it_can_be_to_the_horizon(
    model: str, horizon: int, expected: tuple[str, str | None]
) -> None:
    assert to_tune(price_of(model, on=START), START, horizon) == expected


def test_where_tuning_has_closed_already_it_says_since_when() -> None:
    later = date(2027, 2, 1)
    chosen, reason = to_tune(serving("openai/gpt-5.4-mini", later), later, 24)
    assert chosen == "azure/gpt-oss-20b"
    assert reason == "openai/gpt-5.4-mini takes no training jobs since 2027-01-06"


def test_the_model_that_a_draft_falls_back_on_can_be_tuned_for_years() -> None:
    facts = trainable(OPEN_MODEL, START)
    assert facts.tuning_closes is None
    assert facts.retires is None


# drafts

MODELS = [
    DEFAULT_MODEL,
    "openai/gpt-4o-mini",
    "openai/gpt-4.1",
    "azure/gpt-4.1-mini",
    "azure/gpt-oss-20b",
    "anthropic/claude-sonnet-4-6",
    "anthropic/claude-haiku-4-5",
    "google/gemini-3.6-flash",
    "openai/gpt-6-luna",
    "mistral/mistral-small-latest",
    "zai/GLM-5.3-Flash",
]


@pytest.mark.parametrize("model", MODELS)
def test_a_draft_runs_and_its_lines_fit_a_screen(model: str) -> None:
    made = draft(replace(ANSWERS, model=model))
    assert max(map(len, made.text.splitlines())) <= 110
    scenario = mcost.load(made.data)
    answer = mcost.run(scenario, draws=64, seed=1)
    assert 0 <= answer.candidates["fine_tune"].pays_off.probability <= 1
    assert all(f"# {note.split()[0]}" in made.text for note in made.notes)


def test_a_draft_leaves_nothing_of_the_tuned_model_unsaid() -> None:
    from mcost.omissions import omissions

    assert omissions(mcost.load(draft(ANSWERS).data), "fine_tune") == ()


def test_every_prior_of_a_draft_fits_the_key_that_takes_it_and_its_range_stands_beside_it() -> None:
    made = draft(ANSWERS)
    scenario = mcost.load(made.data)
    for assumed in made.assumed:
        assert assumed.entry.is_for(assumed.key), assumed.key
        assert scenario.inputs[assumed.key].law == assumed.entry.prior.law
    assert {a.key for a in made.assumed} == {
        key for key, found in scenario.inputs.items() if found.catalogued in entries()
    }
    assert (
        'hours_per_month = { prior = "engineering.hours_per_month" }  # 5 to 10 hours a month; weak'
        in made.text
    )


def test_answers_stand_in_the_draft_as_they_were_given() -> None:
    given = replace(
        ANSWERS,
        calls="2M to 4M",
        prompt_tokens="4200",
        setup_hours="60 to 90",
        hours_per_month="3",
        credibility=0.6,
        horizon_months=36,
    )
    data = draft(given).data
    assert data["workload"]["calls_per_month"] == "2M to 4M"
    assert data["strategies"]["prompt"]["prompt_tokens"] == 4200
    assert data["strategies"]["fine_tune"]["setup_hours"] == "60 to 90"
    assert data["strategies"]["fine_tune"]["hours_per_month"] == 3
    assert (data["credibility"], data["horizon_months"], data["start"]) == (0.6, 36, START)
    # what was not asked keeps its own spread, however sure of themselves the askers are
    assert data["strategies"]["fine_tune"]["tuning"]["training_cost"] == {
        "low": 48,
        "high": 190,
        "credibility": 0.9,
    }


def test_training_costs_tokens_times_price_where_that_is_known() -> None:
    # 490 tokens of prompt, 490 of input and 141 of output, by their medians: 1,100 an example;
    # 2,000 x 1,100 x 3 epochs x $3.60 a million = $23.76 a run, x 2 = $48, x 8 = $190
    assert 'training_cost = "48 to 190"' in draft(ANSWERS).text


def test_dates_that_end_something_are_said() -> None:
    same = replace(ANSWERS, model="openai/gpt-4o-mini", tune="openai/gpt-4o-mini")
    assert draft(same).notes == (
        "openai/gpt-4o-mini retires on 2027-01-14, month 2: each prompted strategy then pays for the move to "
        "another model, and the same price.",
        "openai/gpt-4o-mini takes no training jobs after 2027-01-06, month 2: "
        "no retrain is possible from then on.",
        "A tuned openai/gpt-4o-mini is off on 2027-01-14, month 2: today's prompt serves again.",
    )
    assert draft(replace(same, horizon_months=1)).notes == ()


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        (
            replace(ANSWERS, calls="2000"),
            "under some 10,000 calls a month the cache is cold by the next call",
        ),
        (replace(ANSWERS, prompt_tokens="900"), "openai/gpt-5.4-mini caches no prompt under 1,024 tokens"),
        (
            replace(ANSWERS, model="azure/gpt-oss-20b"),
            "no price of cached input of azure/gpt-oss-20b is known",
        ),
    ],
)
def test_a_cached_prompt_is_left_out_where_no_cache_would_serve_it(answers: Answers, reason: str) -> None:
    made = draft(answers)
    assert "cached_prompt" not in made.data["strategies"]
    assert f"A cached prompt is left out: {reason}." in made.notes


def test_a_prompt_that_does_not_get_shorter_is_said() -> None:
    made = draft(replace(ANSWERS, tuned_tokens="4000"))
    assert "The prompt after tuning is no shorter than today's." in made.notes


@pytest.mark.parametrize("name", known_models()[::60])
def test_any_model_that_has_a_price_makes_a_draft_or_an_error_that_names_it(name: str) -> None:
    said = f'found model "{name}"'
    try:
        drafting.prove(draft(replace(ANSWERS, model=name)))
    except McostError as error:
        said = str(error)
    assert said.startswith(f'found model "{name}"')


# the catalogue, which drafts are made from


def test_only_the_prior_that_is_asked_for_is_read() -> None:
    code = (
        "import sys; from mcost.catalogue import entries, prior; prior('labels.llm'); "
        "assert 'scipy.stats' not in sys.modules; prior('providers.tuning_ends_after_months'); "
        "read = [name for name, entry in entries().items() if 'prior' in vars(entry)]; print(*read)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["labels.llm", "providers.tuning_ends_after_months"]


def test_an_entry_fits_keys_written_whole_or_in_part() -> None:
    found = entry("engineering.setup_hours")
    assert found.is_for("strategies.fine_tune.setup_hours")
    assert found.is_for("setup_hours")
    assert not found.is_for("hours")
    assert not found.is_for("strategies.fine_tune.hours_per_month")
    assert entry("engineering.other_cost_per_month").is_for("strategies.fine_tune.costs.monitoring")
    assert entry("engineering.setup_hours").prior is prior("engineering.setup_hours")
