"""What a verdict says beside its numbers: the rival that wins, conditions, the horizon, dates, gaps."""

import re
from datetime import date
from typing import Any

import pytest

import mcost
from mcost.conditions import Condition, conditions
from mcost.doubts import doubts
from mcost.estimate import MARGIN
from mcost.report.conditions import judged_conditions
from mcost.report.verdict import footer, verdict

# The prompt costs 1 USD a month, the tuned model what is said of it.
PROMPT: dict[str, Any] = {"price": {"input": 1.0}, "prompt_tokens": 1000}
FREE: dict[str, Any] = {"price": {"input": 0.0}}


def scene(fine: dict[str, Any], workload: dict[str, Any] | None = None, **top: Any) -> dict[str, Any]:
    return {
        "title": "What is said",
        "baseline": "prompt",
        "horizon_months": 12,
        "workload": {"calls_per_month": 1000, **(workload or {})},
        "strategies": {"prompt": PROMPT, "fine": fine},
    } | top


def said(source: Any, label: str, draws: int = 1024) -> str:
    """One paragraph of the verdict, or nothing where it has none."""
    paragraphs = verdict(mcost.run(source, draws=draws)).paragraphs
    return next((" ".join(p.sentences) for p in paragraphs if p.label == label), "")


# --- the advice -------------------------------------------------------------------------------------------


def test_who_beats_the_baseline_and_loses_to_a_rival_is_called_that_in_the_first_lines() -> None:
    first = verdict(mcost.run("article_with_rivals")).paragraphs[0]
    assert first.label == "Advice"
    assert first.sentences[-1] == (
        "Fine tune is ahead of prompt at month 12, and costs more than newer model, its best alternative: "
        "it wins against the baseline and loses to a rival."
    )
    assert "loses to a rival" not in said("article_10m", "Advice")


def test_who_is_advised_is_not_called_a_loser_where_it_wins_seldom_but_by_more() -> None:
    # 0.5 USD of work a month for 0.001 USD a call, or 0.0003 by the rival: worth it from 500 calls, or 1,667
    scenario = scene({**FREE, "hours_per_month": 0.5}, {"calls_per_month": "100 to 10_000"}, hourly_rate=1)
    scenario["strategies"]["rival"] = {"price": {"input": 0.3}, "prompt_tokens": 1000}
    advice = said(scenario, "Advice", 4096)
    assert advice.startswith("Move from prompt to fine")
    assert re.search(
        r"rival, its best alternative, in 3\d % of futures: less often than not, but then by more\.", advice
    )
    assert "loses to a rival" not in advice


@pytest.mark.parametrize(
    ("fallback", "serves"),
    [({}, "prompt serves on"), ({"fallback": "other"}, "other serves instead")],
)
def test_who_serves_where_the_bar_is_missed(fallback: dict[str, Any], serves: str) -> None:
    scenario = scene({**FREE, "success_probability": 0.5, **fallback})
    scenario["strategies"]["other"] = {"like": "prompt", "setup_hours": 1}
    assert f"% it misses the quality bar, and {serves}" in said(scenario, "Advice")


@pytest.mark.parametrize(
    ("workload", "tuning", "before"),
    [
        ({}, {}, "the horizon comes"),
        ({"ends_per_year": 3}, {}, "the feature ends"),
        ({"ends_per_year": 3}, {"ends": "1 to 9"}, "the feature ends or its tuning closes"),
    ],
)
def test_why_what_meets_the_bar_may_never_serve(
    workload: dict[str, Any], tuning: dict[str, Any], before: str
) -> None:
    advice = said(scene({**FREE, "build_months": "4 to 20", "tuning": tuning}, workload), "Advice")
    assert f" % it meets the bar but never serves, as {before} before" in advice


@pytest.mark.parametrize(
    ("setup", "when"),
    [
        ("20 to 30", "Fine breaks even in no future simulated (below 0.29 %) within 12 months."),
        ("11 to 16", "Fine: in most futures never within 12 months"),
        ("3 to 5", "Fine breaks even by month 4 in half of all futures"),
        ("3.1 to 3.2", "Fine breaks even in month 4 in every future."),
    ],
)
def test_when(setup: str, when: str) -> None:
    assert said(scene({**FREE, "setup_hours": setup}, hourly_rate=1), "When").startswith(when)


# --- the horizon ------------------------------------------------------------------------------------------


def test_a_last_retrain_that_moves_the_answer_is_told_with_both_chances() -> None:
    # V a month, 0.5 to 3 USD; 3 USD a training, in months 0 and 4: 3 V >= 3 in month 3, 4 V >= 6 in month 4
    fine = {**FREE, "tuning": {"training_cost": 3, "retrain_every_months": 3}}
    scenario = scene(fine, {"calls_per_month": "500 to 3_000"}, horizon_months=4)
    before, after = mcost.run(scenario, draws=4096).candidates["fine"].pays_off_by_month[3:]
    assert said(scenario, "When", 4096).endswith(
        "The horizon matters: in the month before its last retrain fine is ahead "
        f"in {100 * before:.0f} % of futures, at month 4 it is ahead in {100 * after:.0f} % of futures."
    )
    assert (before, after) == pytest.approx((0.65, 0.35), abs=0.05)  # mirrored about sqrt(1.5), the median


def test_a_certain_answer_that_the_last_retrain_turns_is_told_as_well() -> None:
    # 3 - 3 USD in month 3, 4 - 6 in month 4
    fine = {**FREE, "tuning": {"training_cost": 3, "retrain_every_months": 3}}
    assert said(scene(fine, horizon_months=4), "When").endswith(
        "The horizon matters: in the month before its last retrain fine is ahead, at month 4 it is not ahead."
    )
    assert "horizon matters" not in said(scene(fine, horizon_months=3), "When")


@pytest.mark.parametrize("usd", [0.01, 1])
def test_a_last_retrain_that_moves_next_to_nothing_is_not_told(usd: float) -> None:
    # of 1 USD it moves the chance by 4 points, far from half of all futures
    fine = {**FREE, "tuning": {"training_cost": usd, "retrain_every_months": 3}}
    scenario = scene(fine, {"calls_per_month": "500 to 3_000"}, horizon_months=4)
    assert "horizon matters" not in said(scenario, "When")


# --- what is not counted, and what it leans on ------------------------------------------------------------


def test_equal_quality_is_assumed_where_no_error_has_a_cost() -> None:
    sentence = "It assumes equal quality: no strategy gives the cost of an error."
    assert sentence in said(scene(FREE), "Not counted")
    assert sentence not in said(scene({**FREE, "cost_per_error": 0.1}), "Not counted")


def test_what_a_tuned_strategy_leaves_out_is_told() -> None:
    told = said(
        scene({**FREE, "tuning": {"training_cost": 5}, "setup_hours": 3}, hourly_rate=1), "Not counted"
    )
    assert told.startswith("Fine leaves out, and so counts as nothing: upkeep by engineers")
    assert "hours to set it up" not in told


def test_success_from_the_labels_is_weak_and_can_be_overridden() -> None:
    scenario = scene({**FREE, "tuning": {"labelled_examples": 2000}})
    leans = "priors graded weak for the chance that fine meets the bar (from its labelled examples)"
    assert leans in said(scenario, "Weak priors")
    assert (
        0.6 < mcost.run(scenario, draws=4096).candidates["fine"].success < 0.75
    )  # 1 / (1 + e^2 n^-0.36): 0.68
    scenario["strategies"]["fine"]["success_probability"] = 1
    assert said(scenario, "Weak priors") == ""
    assert mcost.run(scenario, draws=64).candidates["fine"].success == 1


# --- dates, and prompts too short for the cache -----------------------------------------------------------


def test_dates_that_end_the_plan_are_told() -> None:
    dates = said("provider_closes", "Dates", 64)
    assert (
        "openai/gpt-4o-mini retires on 2027-01-14, in month 2 (prompt, cached prompt and fine tune)." in dates
    )
    assert "openai/gpt-4o-mini closes for tuning on 2027-01-06, in month 2 (fine tune)." in dates


@pytest.mark.parametrize(("tokens", "cached"), [(1023, False), (1024, True)])
def test_a_prompt_under_the_smallest_prefix_gets_no_hits_and_the_run_and_check_say_so(
    tokens: int, cached: bool
) -> None:
    # $0.15, cached $0.075 a million; half of the prompt hits, from 1,024 tokens on
    short = {"model": "openai/gpt-4o-mini", "prompt_tokens": tokens, "cache_hit": 0.5}
    scenario = scene(short, {"calls_per_month": 1_000_000}, start=date(2026, 6, 1), horizon_months=1)
    answer = mcost.run(scenario)
    usd = tokens * (0.75 if cached else 1) * 0.15
    assert answer.strategies["fine"].cost_usd.mean == pytest.approx(usd, rel=1e-12)
    told = "Fine gets no cache hits: its provider caches prompts of 1,024 tokens and more."
    assert (told in said(scenario, "Dates")) == (not cached)
    asked = {doubt.about: doubt.question for doubt in doubts(mcost.load(scenario))}
    question = "is given, but a prompt under 1,024 tokens gets no hits"
    assert asked.get("strategies.fine.cache_hit") == (None if cached else question)


# --- the four conditions ----------------------------------------------------------------------------------


def judged(fine: dict[str, Any], workload: dict[str, Any] | None = None, **top: Any) -> dict[str, Condition]:
    answer = mcost.run(scene({"tuning": {}, **FREE, **fine}, workload, **top), draws=4096)
    return {condition.name: condition for condition in conditions(answer, "fine")}


@pytest.mark.parametrize(
    ("setup", "state"), [("1 to 2", "met"), ("8 to 16", "in doubt"), ("20 to 40", "not met")]
)
def test_enough_calls(setup: str, state: str) -> None:
    # 12 USD are saved in a year; the set-up takes them or does not
    found = judged({"setup_hours": setup}, hourly_rate=1)["enough calls"]
    assert found.state == state
    assert found.number.endswith("% of futures")


def test_enough_calls_counts_the_futures_that_meet_the_bar_alone() -> None:
    found = judged({"setup_hours": 2, "success_probability": 0.5}, hourly_rate=1)["enough calls"]
    assert (found.state, found.number.startswith("above 99.85 %")) == ("met", True)
    assert found.number.endswith("% of futures in which it meets the bar")


@pytest.mark.parametrize(
    ("changes", "state", "number"),
    [
        (2, "met", "2 changes a year"),
        (3, "in doubt", "3 changes a year"),
        (6.5, "not met", "6.5 changes a year"),
        (None, "in doubt", "the scenario does not say how often the task changes"),
    ],
)
def test_a_stable_task(changes: float | None, state: Any, number: str) -> None:
    workload = {} if changes is None else {"task_changes_per_year": changes}
    assert judged({}, workload)["a stable task"] == Condition("a stable task", state, number)


@pytest.mark.parametrize(
    ("examples", "state", "number"),
    [
        (1000, "met", "1,000 examples"),
        (999, "in doubt", "999 examples"),
        (499, "not met", "499 examples"),
        (None, "in doubt", "the scenario does not say how many examples"),
    ],
)
def test_enough_labelled_data(examples: int | None, state: Any, number: str) -> None:
    tuning = {} if examples is None else {"labelled_examples": examples}
    found = judged({"tuning": tuning})["enough labelled data"]
    assert found == Condition("enough labelled data", state, number)


@pytest.mark.parametrize(
    ("hours", "state", "number"),
    [
        (20, "met", "20 engineer-hours a month in service"),
        (21, "in doubt", "21 engineer-hours a month in service"),
        (141, "not met", "141 engineer-hours a month in service"),
        (None, "in doubt", "the scenario gives no upkeep by engineers"),
    ],
)
def test_a_team_that_can_maintain_it(hours: int | None, state: Any, number: str) -> None:
    own = {} if hours is None else {"hours_per_month": hours}
    name = "a team that can maintain it"
    assert judged(own)[name] == Condition(name, state, number)


def test_upkeep_is_that_of_a_month_in_service_however_seldom_it_serves() -> None:
    # 10 a month; 2 task changes a year at 6, 6 retrains at 3, one every other month, and one at each change
    upkeep = {"hours_per_month": 10, "hours_per_task_change": 6, "setup_hours": 500, "build_months": 6}
    tuning = {"tuning": {"retrain_every_months": 2, "retrain_hours": 3}}
    found = judged({**upkeep, **tuning, "success_probability": 0.1}, {"task_changes_per_year": 2})
    assert found["a team that can maintain it"].number == "13 engineer-hours a month in service"


def test_a_tune_that_never_serves_is_not_maintained() -> None:
    found = judged({"hours_per_month": 1, "success_probability": 0})["a team that can maintain it"]
    assert (found.state, found.number) == ("in doubt", "it is never in service")


def test_the_footer_tells_the_largest_error_of_the_table() -> None:
    answer = mcost.run("contested", draws=1024)
    told = [
        100 * MARGIN * chance.standard_error
        for c in answer.candidates.values()
        for chance in (c.pays_off, c.beats_best_alternative)
    ]
    points = float(footer(answer).split(" ")[0].removeprefix("±"))
    assert points == float(f"{max(told):.1g}")
    assert "in pays off and in beats best other, which is not doubt" in footer(answer)


def test_too_few_examples_are_told_by_run_and_check() -> None:
    scenario = scene({**FREE, "tuning": {"labelled_examples": 100}})
    told = "Not met: enough labelled data (100 examples)."
    assert said(scenario, "Conditions").startswith(told)
    assert judged_conditions(mcost.run(scenario, draws=64)).sentences[0].startswith(f"Fine. {told}")


def test_conditions_are_those_of_a_tuned_strategy_alone() -> None:
    assert conditions(mcost.run(scene(FREE), draws=64), "fine") == ()


def test_few_futures_are_told_without_exponents() -> None:
    text = str(mcost.run("contested", draws=3))  # 32: one of each replicate
    assert "below 9.4 %" in text
    assert "above 90.6 %" in text
    assert "±20 points of simulation error" in text
    assert "e+0" not in text
