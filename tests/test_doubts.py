"""What ``mcost check`` questions: each question where it is due, whole, and none where it is not."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

import mcost
from mcost.doubts import Doubt, doubts


def plan() -> dict[str, Any]:
    """A scenario that leaves nothing to question."""
    return {
        "title": "A plan",
        "baseline": "prompt",
        "horizon_months": 24,
        "start": date(2026, 12, 1),
        "hourly_rate": {"prior": "engineering.hourly_rate_us"},
        "workload": {"calls_per_month": "80k to 120k", "growth_per_month": "0% to 4%"},
        "strategies": {
            "prompt": {"price": {"input": 0.15, "cached": 0.075}, "prompt_tokens": 3000, "cache_hit": 0.5},
            "tuned": {
                "price": {"input": 0.30},
                "prompt_tokens": 500,
                "setup_hours": "20 to 40",
                "hours_per_month": "5 to 10",
                "tuning": {"training_cost": "100 to 400"},
            },
        },
    }


def asked(**changes: Any) -> list[Doubt]:
    """The questions after changes: ``workload__growth_per_month=0.02``; None takes a key out."""
    data = deepcopy(plan())
    for path, value in changes.items():
        *tables, key = path.split("__")
        table = data
        for name in tables:
            table = table.setdefault(name, {})
        table[key] = value
        if value is None:
            del table[key]
    return doubts(mcost.load(data))


def test_a_careful_plan_raises_no_question() -> None:
    assert asked() == []


PROMPT, TUNED = "strategies__prompt__", "strategies__tuned__"
OF_PROMPT, OF_TUNED = "strategies.prompt.", "strategies.tuned."
MINI = "openai/gpt-4o-mini"


@pytest.mark.parametrize(
    ("changes", "about", "question"),
    [
        (
            {"workload__growth_per_month": 0.02},
            "workload.growth_per_month",
            "is stated without a spread: is it known to the digit? Else give a range",
        ),
        (
            {"workload__calls_per_month": "10 to 20_000"},
            "workload.calls_per_month",
            "spans 2,000 times from 5 % to 95 %: can anything narrow it?",
        ),
        (
            {TUNED + "setup_hours": {"low": 20, "high": 40, "min": 40}},
            OF_TUNED + "setup_hours",
            "is lognorm(s=0.2107, scale=28.28), 40 and more only, which keeps 5 % of it: "
            "is it the range that is meant?",
        ),
        (
            {"start": date(2028, 1, 1)},
            "hourly_rate",
            "rests on a figure checked on 2026-11-24, more than a year before start",
        ),
        ({"currency": "EUR"}, "hourly_rate", "is a figure in USD, and is not converted to EUR"),
        (
            {TUNED + "tuning__retrain_hours": "2 to 4", TUNED + "tuning__retrain_every_months": "3 to 6"},
            OF_TUNED + "tuning.retrain_hours",
            "stands beside hours_per_month, which may hold it already: count it once",
        ),
        (
            {PROMPT + "setup_hours": "4 to 8"},
            OF_PROMPT + "setup_hours",
            "of the baseline are counted, but it serves today: are they not spent already?",
        ),
        (
            {PROMPT + "success_probability": "50% to 90%"},
            OF_PROMPT + "success_probability",
            "has no effect on the baseline, which serves from month 1 on",
        ),
        (
            {PROMPT + "cache_hit": 0},
            OF_PROMPT + "cache_hit",
            "is 0, though the price has a cached rate: does the provider not cache by itself?",
        ),
        (
            {PROMPT + "cache_hit": None},
            OF_PROMPT + "cache_hit",
            "is 0, though the price has a cached rate: does the provider not cache by itself?",
        ),
        (
            {PROMPT + "prompt_tokens": 800},
            OF_PROMPT + "cache_hit",
            "is given, but a prompt under 1,024 tokens gets none at most providers",
        ),
        (
            {TUNED + "cache_hit": 0.5, TUNED + "prompt_tokens": 2000},
            OF_TUNED + "cache_hit",
            "is given, but the price has no cached rate: a hit then costs what a miss does",
        ),
        (
            {PROMPT + "price": None, PROMPT + "model": MINI},
            OF_PROMPT + "model",
            f"{MINI} retires on 2027-01-14, in month 2 of 24",
        ),
        (
            {PROMPT + "cost_per_error": 2},
            OF_PROMPT + "cost_per_error",
            "changes nothing: it needs error_rate or max_attempts",
        ),
        (
            {TUNED + "tuning": None},
            OF_TUNED + "success_probability",
            "is not given: is it certain that another model meets the quality bar?",
        ),
    ],
)
def test_each_question_is_asked_alone(changes: dict[str, Any], about: str, question: str) -> None:
    assert asked(**changes) == [Doubt(about, question)]


@pytest.mark.parametrize(
    "changes",
    [
        {TUNED + "tuning__retrain_hours": 0},  # nothing is counted twice
        {
            TUNED + "tuning__retrain_hours": "2 to 4",
            TUNED + "tuning__retrain_every_months": "3 to 6",
            TUNED + "hours_per_month": None,
        },
        {PROMPT + "prompt_tokens": 800, PROMPT + "cache_hit": 0},  # too short to be cached
        {TUNED + "setup_hours": {"low": 20, "high": 40, "min": 20}},
        {"start": date(2027, 11, 24)},  # the prior is a year old to the day
        {PROMPT + "price": None, PROMPT + "model": MINI, "horizon_months": 1},  # it retires later
        {
            PROMPT + "price": None,
            PROMPT + "model": "mini",
            "models": {"mini": {"is": MINI, "retires_after_months": "20 to 40"}},
        },  # the scenario says itself how long the model lives
    ],
)
def test_no_question_where_none_is_due(changes: dict[str, Any]) -> None:
    assert asked(**changes) == []


def test_another_name_for_the_model_of_the_baseline_is_no_other_model() -> None:
    life: dict[str, Any] = {"is": MINI, "retires_after_months": "20 to 40"}
    named = {PROMPT + "price": None, PROMPT + "model": "today", "models": {"today": life, "same": life}}
    other = {"model": "same", "prompt_tokens": 3000, "cache_hit": 0.6}
    assert asked(**named, strategies__other=other) == []
