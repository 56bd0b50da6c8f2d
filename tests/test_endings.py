"""Dates that end a plan: they come by themselves with a model, are shown, and can be overridden."""

from datetime import date
from typing import Any

import pytest

import mcost
from mcost.endings import Ending, endings, uncached

MINI = "openai/gpt-4o-mini"


def plan(horizon: int = 24, tuning: dict[str, Any] | None = None, **model: Any) -> mcost.Scenario:
    """A prompt and a tune on one model, from 2026-12-01; model : what the scenario itself says of it."""
    data: dict[str, Any] = {
        "title": "A plan",
        "baseline": "prompt",
        "horizon_months": horizon,
        "start": date(2026, 12, 1),
        "workload": {"calls_per_month": 100_000},
        "models": {"mini": {"is": MINI, **model}},
        "strategies": {
            "prompt": {"model": "mini", "prompt_tokens": 3000, "cache_hit": "20% to 60%"},
            "tuned": {"model": "mini", "prompt_tokens": 500, "cache_hit": 0.3, "tuning": tuning or {}},
        },
    }
    return mcost.load(data)


def told(scenario: mcost.Scenario) -> list[tuple[str, str, date, int]]:
    return [(found.strategy, found.what, found.day, found.month) for found in endings(scenario)]


RETIRES, CLOSES = date(2027, 1, 14), date(2027, 1, 6)


def test_a_named_model_brings_its_dates_with_their_sources() -> None:
    found = endings(plan())
    assert told(plan()) == [
        ("prompt", "retires", RETIRES, 2),
        ("tuned", "closes for tuning", CLOSES, 2),
        ("tuned", "retires", RETIRES, 2),
    ]
    assert all(isinstance(ending, Ending) and ending.model == MINI and ending.source for ending in found)


def test_a_date_after_the_horizon_ends_nothing() -> None:
    assert told(plan(horizon=1)) == []


def test_a_scenario_overrides_them() -> None:
    assert told(plan(retires_after_months="20 to 40")) == [("tuned", "closes for tuning", CLOSES, 2)]
    later = plan(tuning={"ends": date(2027, 6, 1)}, retires_after_months="20 to 40")
    assert told(later) == [("tuned", "closes for tuning", date(2027, 6, 1), 7)]
    assert endings(later)[0].source is None
    assert told(plan(tuning={"ends": 600}, retires_after_months="20 to 40")) == []


def test_the_verdict_shows_them() -> None:
    shown = " ".join(str(mcost.run(plan(), draws=64)).split())
    assert f"Dates {MINI} retires on 2027-01-14, in month 2 (prompt and tuned)." in shown
    assert f"{MINI} closes for tuning on 2027-01-06, in month 2 (tuned)." in shown
    assert "Tuned gets no cache hits: its provider caches prompts of 1,024 tokens and more." in shown


@pytest.mark.parametrize("said", [False, True])
def test_they_are_applied(said: bool) -> None:
    """A tune on a model that is switched off in month 2 serves in month 1 alone."""
    own: dict[str, Any] = {"retires_after_months": 600} if said else {}
    answer = mcost.run(plan(tuning={"ends": 600} if said else None, **own), draws=64)
    serves = (answer.costs.usd[answer.costs.strategies.index("tuned")] > 0).all(axis=1)
    baseline = answer.costs.usd[answer.costs.strategies.index("prompt")]
    tuned = answer.costs.usd[answer.costs.strategies.index("tuned")]
    assert serves[1:].all()
    assert (tuned[1] < baseline[1]).all()
    assert (tuned[2:] == baseline[2:]).all() != said


def test_prompts_too_short_for_the_providers_cache_are_named() -> None:
    assert uncached(plan()) == {"tuned": 1024}


def test_a_certain_life_ends_in_its_month_and_an_uncertain_one_has_no_date() -> None:
    """10 months from the start; or 12 from a release 61 days, 2.004 months, before it: floor(9.996) + 1."""
    (prompt, *_) = endings(plan(retires_after_months=10, released=date(2026, 12, 1)))
    assert prompt == Ending("prompt", "retires", MINI, None, 11, None)
    (prompt, *_) = endings(plan(retires_after_months=12, released=date(2026, 10, 1)))
    assert prompt.month == 10
    later = {"ends": date(2030, 1, 1)}
    assert endings(plan(retires_after_months=60, tuning=later)) == []
    assert endings(plan(retires_after_months="6 to 12", tuning=later)) == []


def test_a_certain_life_that_is_over_before_the_start_is_an_error() -> None:
    with pytest.raises(mcost.ScenarioError) as caught:
        plan(retires_after_months=10)
    assert str(caught.value) == (
        "models.mini.retires_after_months: found 10, but it was released on 2024-07-18, 28.5 months before "
        "start; expected more; to count from start, say released = 2026-12-01"
    )
