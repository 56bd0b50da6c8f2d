"""The slow reference against cases small enough to work out by hand; each shows its arithmetic."""

import datetime
import math
import random
import statistics
import tomllib
from typing import Any

import pytest
from slow_model import (
    Future,
    costs_of,
    draw,
    number,
    outcome,
    resolve,
    sample_future,
    simulate,
    with_prices,
)

# A call of `prompt` or of anything like it: 1000 prompt tokens at 1 USD per million = 0.001 USD; 1000 calls =
# 1 USD.
PRICE = {"input": 1.0}
PROMPT: dict[str, Any] = {"price": PRICE, "prompt_tokens": 1000}
TASKS = "workload.task_changes_per_year"


def scene(horizon: int = 6, workload: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A scenario of 1000 calls a month at 10 USD an hour; strategies and top-level keys by keyword."""
    top: dict[str, Any] = {
        k: more.pop(k) for k in ("models", "start", "discount_rate", "baseline") if k in more
    }
    return {
        "title": "a case",
        "baseline": "prompt",
        "horizon_months": horizon,
        "hourly_rate": 10,
        "workload": {"calls_per_month": 1000, **(workload or {})},
        "strategies": {"prompt": PROMPT, **more},
        **top,
    }


def approx(x: Any) -> Any:
    return pytest.approx(x, rel=1e-12, abs=1e-12)


# ---------------------------------------------------------------- workload and one call


def test_one_call_with_cache_batch_retries_errors_and_latency() -> None:
    s = {
        "price": {"input": 1.0, "cached": 0.5, "cache_write": 1.25, "output": 4.0},
        "prompt_tokens": 1000,
        "cache_hit": 0.5,
        "batch_share": 0.5,
        "price_multiplier": 2,
        "retry_rate": 0.2,
        "error_rate": 0.1,
        "cost_per_error": 0.02,
        "latency_seconds": 2,
        "cost_per_second": 0.001,
    }
    lines = costs_of(scene(1, {"input_tokens": 200, "output_tokens": 100}, x=s), Future())["x"]
    # 1000*.5*.5 + 1000*.5*1.25 + 200*1 + 100*4 = 250 + 625 + 200 + 400 = 1475 USD per million attempts; twice
    # that, less half of one half for the batch: 1475 * 2 * .75 = 2212.5. Attempts 1 / (1 - .2) = 1.25; 1000
    # calls.
    assert lines["tokens"] == approx([0, 2212.5e-6 * 1.25 * 1000])
    assert lines["errors"] == approx([0, 1000 * 0.1 * 0.02])
    assert lines["latency"] == approx([0, 1000 * 2 * 1.25 * 0.001])
    # Without cache_hit nothing is written to the cache: 1000*1 + 200*1 + 100*4 = 1600.
    without = {k: v for k, v in s.items() if k != "cache_hit"}
    lines = costs_of(scene(1, {"input_tokens": 200, "output_tokens": 100}, x=without), Future())["x"]
    assert lines["tokens"] == approx([0, 1600e-6 * 2 * 0.75 * 1.25 * 1000])


def test_max_attempts_leaves_calls_that_stay_wrong() -> None:
    s = {**PROMPT, "retry_rate": 0.2, "max_attempts": 2, "error_rate": 0.1, "cost_per_error": 1}
    lines = costs_of(scene(1, x=s), Future())["x"]
    # attempts (1 - .04) / .8 = 1.2; failure .04 + .96 * .1 = .136
    assert lines["tokens"] == approx([0, 1.2])
    assert lines["errors"] == approx([0, 136.0])


def test_growth_volatility_and_the_cap_that_is_fed_back() -> None:
    load = {"growth_per_month": 0.5, "volatility_per_month": 0.2, "max_calls_per_month": 2000}
    noise = [0.0, 0.0, 1.0, 5.0, -2.0]
    lines = costs_of(scene(4, load), Future(noise=noise))["prompt"]
    # v*z - v^2/2: .2*1 - .02 = .18; month 3 would be far above the cap of 2000; month 4 goes on from 2000.
    month2 = 1.5 * math.exp(0.18)
    assert lines["tokens"] == approx([0, 1.0, month2, 2.0, min(2.0, 2.0 * 1.5 * math.exp(-0.4 - 0.02))])
    users = scene(1, {"monthly_active_users": 50, "calls_per_user": 40})
    del users["workload"]["calls_per_month"]
    assert costs_of(users, Future())["prompt"]["tokens"] == approx([0, 2.0])  # 50 * 40 = 2000 calls


def test_a_prompt_too_short_for_the_cache_is_never_hit() -> None:
    row = {"price": {"input": 1.0, "cached": 0.1, "cache_write": 1.25}, "smallest_cacheable_prompt": 1024}
    x = {"model": "big/one", "prompt_tokens": 1000, "cache_hit": 0.9}
    long = {**x, "prompt_tokens": 2000}
    costs = costs_of(with_prices(scene(1, x=x, long=long), {"big/one": row}), Future())
    assert costs["x"]["tokens"] == approx([0, 1.0])
    assert costs["long"]["tokens"] == approx([0, 2000 * (0.9 * 0.1 + 0.1 * 1.25) / 1000])


def test_a_tuned_model_of_the_price_table_has_its_own_price_fee_and_end() -> None:
    # Without a price multiplier: 2 USD per million in place of 1, and 0.5 USD an hour; 1000 calls of 1000
    # tokens are 1 or 2 USD a month. Tuning closes in month 3, and the model retires in month 4: the
    # fallback, prompt, takes over.
    row = {"price": {"input": 1.0}, "tuned": {"input": 2.0}, "tuned_usd_per_hour": 0.5}
    row |= {"tuning_closes": datetime.date(2027, 2, 1), "retires": datetime.date(2027, 3, 1)}
    x = {"model": "big/one", "prompt_tokens": 1000, "tuning": {"retrain_every_months": 1, "training_cost": 7}}
    multiplied = {**x, "price_multiplier": 3}
    elsewhere = {"like": "x", "price": {"input": 2.0}}  # another provider's price: no fee, no end
    start = datetime.date(2026, 12, 1)
    case = scene(5, start=start, x=x, multiplied=multiplied, elsewhere=elsewhere)
    costs = costs_of(with_prices(case, {"big/one": row}), Future())
    assert costs["x"]["tokens"] == approx([0, 2, 2, 2, 0, 0])
    assert costs["x"]["hosting"] == approx([0, 365, 365, 365, 0, 0])
    assert costs["x"]["training"] == approx([7, 0, 7, 0, 0, 0])
    assert costs["x"]["fallback"] == approx([0, 0, 0, 0, 1, 1])
    assert costs["multiplied"]["tokens"] == approx([0, 3, 3, 3, 0, 0])
    assert "hosting" not in costs["multiplied"]
    assert costs["elsewhere"]["tokens"] == approx([0, 2, 2, 2, 2, 2])
    assert "hosting" not in costs["elsewhere"]


def test_a_build_may_last_beyond_the_horizon_and_beyond_tuning() -> None:
    x = {**PROMPT, "build_months": 4, "setup_hours": 1, "tuning": {"ends": 2, "training_cost": 7}}
    costs = costs_of(scene(2, x=x), Future())
    assert costs["x"]["training"] == approx([7, 0, 0])
    assert costs["x"]["fallback"] == approx([0, 1, 1])


# ---------------------------------------------------------------- prices


def test_list_steps_from_month_two_and_market_decline_by_follower() -> None:
    models = {
        "m": {
            "price": PRICE,
            "price_changes_per_year": 1,
            "price_change_ratio": "0.5 to 0.9",
            "market_decline_per_year": 0.75,
        }
    }
    tuning = {"retrain_every_months": 3}
    prompted = {"model": "m", "prompt_tokens": 1000}
    costs = costs_of(
        scene(
            13,
            models=models,
            free=prompted,
            never={**prompted, "follows_market": "never"},
            tuned={**prompted, "tuning": tuning},
        ),
        Future(
            event_months={"models.m.price_changes_per_year": [1, 3, 3]},
            price_ratios={"models.m.price_change_ratio": [0.1, 0.5, 0.8]},
        ),
    )
    # The step of month 1 moves nothing; those of month 3 make .5 * .8 = .4. Market: .25^((t-1)/12), at t =
    # 13: .25.
    steps = [0, 1, 1] + [0.4] * 11
    assert costs["never"]["tokens"] == approx(steps)
    assert costs["free"]["tokens"] == approx([0] + [steps[t] * 0.25 ** ((t - 1) / 12) for t in range(1, 14)])
    # Retrains in months 4, 7, 10, 13: the market level of months 1, 4, 7, 10, 13.
    level = [0, 1, 1, 1, 4, 4, 4, 7, 7, 7, 10, 10, 10, 13]
    assert costs["tuned"]["tokens"] == approx(
        [0] + [steps[t] * 0.25 ** ((level[t] - 1) / 12) for t in range(1, 14)]
    )


# ---------------------------------------------------------------- tuned strategies


def test_a_quarterly_retrain_costs_four_runs_in_twelve_months() -> None:
    tuning = {"training_cost": 100, "retrain_every_months": 3, "labelled_examples": 20, "cost_per_label": 2}
    lines = costs_of(scene(12, ft={**PROMPT, "setup_hours": 3, "tuning": tuning}), Future())["ft"]
    assert lines["training"] == [100 if t in (0, 4, 7, 10) else 0 for t in range(13)]
    assert lines["labels"] == [40] + [0] * 12  # 20 * 2
    assert lines["engineering"] == [30] + [0] * 12  # 3 h at 10 USD


def test_build_shifts_the_schedule_and_the_fallback_serves_meanwhile() -> None:
    # ceil(1.5) = 2 months of build; retrains in 2 + floor(2.5j) + 1 = 5, 8, 10, 13. The prompt costs 1 + 20 a
    # month.
    tuning = {"training_cost": 100, "retrain_every_months": 2.5, "retrain_hours": 2}
    s = scene(
        13, ft={**PROMPT, "prompt_tokens": 500, "build_months": 1.5, "hours_per_month": 1, "tuning": tuning}
    )
    s["strategies"]["prompt"] = {**PROMPT, "hours_per_month": 2, "setup_hours": 7}
    costs = costs_of(s, Future(event_months={TASKS: []}))
    retrains = (5, 8, 10, 13)
    assert costs["prompt"]["engineering"] == [70] + [20] * 13
    assert costs["ft"]["fallback"] == approx([0, 21, 21] + [0] * 11)
    assert costs["ft"]["training"] == [100 if t in (0, *retrains) else 0 for t in range(14)]
    assert costs["ft"]["engineering"] == [0 if t < 3 else 30 if t in retrains else 10 for t in range(14)]
    assert costs["ft"]["tokens"] == approx([0, 0, 0] + [0.5] * 11)


def test_every_retrain_due_in_a_month_is_paid_and_none_in_the_build() -> None:
    tuning = {
        "training_cost": 100,
        "retrain_every_months": 3,
        "drift_retrains_per_year": 1,
        "relabelled_examples": 10,
        "cost_per_label": 0.5,
    }
    ft = {
        **PROMPT,
        "build_months": 1,
        "hours_per_task_change": 4,
        "days_per_task_change": 3,
        "tuning": tuning,
        "costs": [{"name": "review", "driver": "retrain", "amount": 7}],
    }
    future = Future(
        event_months={TASKS: [1, 5], "strategies.ft.tuning.drift_retrains_per_year": [1, 5, 5, 6]}
    )
    lines = costs_of(scene(6, {"task_changes_per_year": 1, "cost_per_day_behind": 11}, ft=ft), future)["ft"]
    # Scheduled: 1 + 3 + 1 = 5. Month 5: 1 scheduled + 2 drift + 1 task change = 4. Month 6: 1. Month 1 is
    # build.
    assert lines["training"] == [100, 0, 0, 0, 0, 400, 100]
    assert lines["labels"] == [0, 0, 0, 0, 0, 20, 5]
    assert lines["review"] == [0, 0, 0, 0, 0, 28, 7]
    assert lines["engineering"] == [
        0,
        0,
        0,
        0,
        0,
        40,
        0,
    ]  # 4 h at 10 USD for the one task change after launch
    assert lines["task_change_lag"] == [0, 0, 0, 0, 0, 33, 0]  # 3 days at 11 USD


def test_a_tuned_model_degrades_by_full_months_since_its_training() -> None:
    ft = {**PROMPT, "error_rate": 0.6, "cost_per_error": 1, "build_months": 1}
    ft["tuning"] = {"error_growth_per_month": 0.25, "retrain_every_months": 4}
    lines = costs_of(scene(7, ft=ft), Future())["ft"]
    # Launch in month 2, retrain in month 1 + 4 + 1 = 6: .6, .85, 1.0 (not 1.1), 1.0, then again .6, .85.
    assert lines["errors"] == approx([0, 0, 600, 850, 1000, 1000, 600, 850])


def test_retirement_costs_hours_when_prompted_and_a_retrain_when_tuned() -> None:
    models: dict[str, Any] = {"m": {"price": PRICE, "retires_after_months": "2 to 9"}}
    x = {"model": "m", "prompt_tokens": 1000, "migration_hours": 5}
    case = scene(9, models=models, x=x, ft={**x, "tuning": {"training_cost": 100}})
    lives = Future(lifetimes={"models.m.retires_after_months": [2.5, 4.0, 1.0, 9.0]})
    costs = costs_of(case, lives)
    # Sums 2.5, 6.5, 7.5, 16.5: months 3, 7, 8.
    assert costs["x"]["engineering"] == [50 if t in (3, 7, 8) else 0 for t in range(10)]
    assert costs["ft"]["training"] == [100 if t in (0, 3, 7, 8) else 0 for t in range(10)]
    assert "engineering" not in costs["ft"]
    # Released 487 days = 16 months (of 30.4375 days) before the start: the first life of 18.5 ends at 2.5
    # months.
    case["start"], models["m"]["released"] = datetime.date(2026, 12, 1), datetime.date(2025, 8, 1)
    lives.lifetimes["models.m.retires_after_months"] = [18.5, 4.0, 9.0]
    assert costs_of(case, lives)["x"]["engineering"] == [50 if t in (3, 7) else 0 for t in range(10)]
    lives.lifetimes["models.m.retires_after_months"] = [15.0]
    with pytest.raises(ValueError, match="already exceeded"):
        costs_of(case, lives)


@pytest.mark.parametrize("ends", [datetime.date(2027, 3, 20), 3.4])
def test_after_the_end_of_fine_tuning_retrains_are_skipped_until_a_forced_one_stops_it(ends: Any) -> None:
    # 12 * 1 + (3 - 12) + 1 = month 4; 3.4 months fall in month 4 too.
    models = {"m": {"price": PRICE, "retires_after_months": 6.5}}
    tuning = {"training_cost": 100, "retrain_every_months": 2, "ends": ends}
    ft = {"model": "m", "prompt_tokens": 500, "tuning": tuning, "hours_per_month": 1}
    case = scene(9, start=datetime.date(2026, 12, 1), models=models, ft=ft)
    future = Future(
        lifetimes={"models.m.retires_after_months": [6.5, 6.5]},
        event_months={"strategies.ft.tuning.drift_retrains_per_year": [5]},
    )
    lines = costs_of(case, future)["ft"]
    # Scheduled in 3 (paid), 5, 7, 9 (skipped); retired in month floor(6.5) + 1 = 7: the prompt serves from 7
    # on.
    assert lines["training"] == [100 if t in (0, 3) else 0 for t in range(10)]
    assert lines["engineering"] == [0] + [10] * 6 + [0] * 3
    assert lines["fallback"] == approx([0] * 7 + [1.0] * 3)


def test_what_can_no_longer_be_tuned_is_not_begun() -> None:
    ft = {**PROMPT, "prompt_tokens": 500, "setup_hours": 1, "tuning": {"training_cost": 100, "ends": 2}}
    case = scene(4, ft=ft, later={"wait": {"first": "prompt", "then": "ft", "months": 2}})
    costs = costs_of(case, Future())
    # Fine-tuning ends in month 3: too late for a training of month 2 + 1, not for one of month 0.
    assert costs["later"] == {"tokens": approx([0, 1, 1, 0, 0]), "fallback": approx([0, 0, 0, 1, 1])}
    assert costs["ft"]["training"] == [100, 0, 0, 0, 0]


def test_giving_up_when_the_saving_does_not_pay_for_the_retrain() -> None:
    # 1000 calls cost 1 USD by prompt, .25 tuned. Traffic halves every month: months 1 to 3 save
    # .75 * (1 + .5 + .25) = 1.3125, months 4 to 6 an eighth of that, .164.
    tuning = {"training_cost": 1.0, "retrain_every_months": 3, "give_up": "at_retrain"}
    ft = {**PROMPT, "prompt_tokens": 250, "tuning": tuning}
    load = {"growth_per_month": -0.5, "task_changes_per_year": 1}
    # The retrain of the task change in month 2 is not held against the saving.
    case, future = scene(9, load, ft=ft), Future(event_months={TASKS: [2]})
    lines = costs_of(case, future)["ft"]
    assert lines["training"] == [1, 0, 1, 0, 1, 0, 0, 0, 0, 0]  # month 4: 1.3125 >= 1; month 7: .164 < 1
    assert lines["tokens"] == approx([0] + [0.25 * 0.5 ** (t - 1) for t in range(1, 7)] + [0] * 3)
    assert lines["fallback"] == approx([0] * 7 + [0.5 ** (t - 1) for t in range(7, 10)])
    del tuning["give_up"]
    assert costs_of(case, future)["ft"]["training"] == [1, 0, 1, 0, 1, 0, 0, 1, 0, 0]


def test_a_tuned_baseline_is_refused() -> None:
    with pytest.raises(ValueError, match="tuned baseline"):
        resolve(scene(baseline="ft", ft={**PROMPT, "tuning": {}}))


# ---------------------------------------------------------------- launch, failure, pilot


def test_a_failed_candidate_has_lost_month_zero_and_pays_the_fallback() -> None:
    ft = {
        **PROMPT,
        "setup_hours": 2,
        "hours_per_month": 5,
        "success_probability": 0.5,
        "build_months": 1,
        "tuning": {"training_cost": 100, "retrain_every_months": 1},
        "costs": [
            {"name": "licence", "driver": "once", "amount": 9},
            {"name": "hosting", "driver": "month", "amount": 8},
        ],
    }
    case = scene(3, ft=ft)
    case["strategies"]["prompt"] = {**PROMPT, "setup_hours": 70}
    lines = costs_of(case, Future(success={"strategies.ft.success_probability": False}))["ft"]
    assert lines == {
        "engineering": [20, 0, 0, 0],
        "training": [100, 0, 0, 0],
        "licence": [9, 0, 0, 0],
        "fallback": approx([0, 1, 1, 1]),  # not the 700 of the fallback's month 0
    }
    lines = costs_of(case, Future(success={"strategies.ft.success_probability": True}))["ft"]
    assert lines["hosting"] == [0, 0, 8, 8]  # from launch
    assert lines["licence"] == [9, 0, 0, 0]
    assert lines["training"] == [100, 0, 0, 100]  # B = 1: months 1 + 1 + 1 = 3, 4 ...


def test_another_fallback_and_a_prompted_candidate_that_fails() -> None:
    small = {**PROMPT, "prompt_tokens": 100, "success_probability": 0.5, "fallback": "big", "build_months": 1}
    big = {**PROMPT, "prompt_tokens": 3000, "setup_hours": 1}
    case = scene(3, small=small, big=big)
    failed = Future(success={"strategies.small.success_probability": False})
    met = Future(success={"strategies.small.success_probability": True})
    assert costs_of(case, failed)["small"] == {"fallback": approx([0, 3, 3, 3])}
    assert costs_of(case, met)["small"] == {
        "fallback": approx([0, 3, 0, 0]),
        "tokens": approx([0, 0, 0.1, 0.1]),
    }


def test_success_that_follows_from_labels_is_named_by_them() -> None:
    ft = {**PROMPT, "tuning": {"labelled_examples": 10, "cost_per_label": 1}}
    lines = costs_of(scene(1, ft=ft), Future(success={"strategies.ft.tuning.labelled_examples": False}))["ft"]
    assert lines == {"labels": [10, 0], "fallback": approx([0, 1])}


def test_a_pilot_moves_everything_to_the_month_after_it() -> None:
    ft = {
        **PROMPT,
        "prompt_tokens": 500,
        "setup_hours": 3,
        "build_months": 1,
        "success_probability": 0.5,
        "pilot": {"cost": 50, "hours": 1, "months": 1.2},
        "tuning": {"training_cost": 100, "retrain_every_months": 2},
        "costs": [{"name": "licence", "driver": "once", "amount": 9}],
    }
    path = "strategies.ft.success_probability"
    lines = costs_of(scene(7, ft=ft), Future(success={path: True}))["ft"]
    # P = ceil(1.2) = 2: money of month 0 in month 3, build in month 3, launch in 4, retrains in 2 + 1 + 2j +
    # 1 = 6, 8.
    assert lines == {
        "pilot": [50, 0, 0, 0, 0, 0, 0, 0],
        "engineering": [10, 0, 0, 30, 0, 0, 0, 0],
        "training": [0, 0, 0, 100, 0, 0, 100, 0],
        "licence": [0, 0, 0, 9, 0, 0, 0, 0],
        "fallback": approx([0, 1, 1, 1, 0, 0, 0, 0]),
        "tokens": approx([0, 0, 0, 0, 0.5, 0.5, 0.5, 0.5]),
    }
    lines = costs_of(scene(7, ft=ft), Future(success={path: False}))["ft"]
    assert lines == {
        "pilot": [50] + [0] * 7,
        "engineering": [10] + [0] * 7,
        "fallback": approx([0] + [1] * 7),
    }


# ---------------------------------------------------------------- lines, hosting, mixed and waiting


def test_own_cost_lines_by_driver() -> None:
    drivers = ("once", "month", "hour", "call", "attempt", "failure", "task_change")
    x = {**PROMPT, "retry_rate": 0.5, "error_rate": 0.1}
    x["costs"] = [{"name": f"per_{d}", "driver": d, "amount": 2} for d in drivers]
    case = scene(2, {"task_changes_per_year": 1}, x=x)
    lines = costs_of(case, Future(event_months={TASKS: [2, 2]}))["x"]
    del lines["tokens"]
    assert lines == {
        "per_once": [2, 0, 0],
        "per_month": [0, 2, 2],
        "per_hour": [0, 1460, 1460],  # 730 * 2
        "per_call": [0, 2000, 2000],
        "per_attempt": [0, 4000, 4000],  # 1 / (1 - .5) = 2 attempts
        "per_failure": approx([0, 200, 200]),  # a tenth of the calls
        "per_task_change": [0, 0, 4],
    }


def test_hosting_counts_whole_replicas_and_follows_the_share_of_a_mix() -> None:
    # 1000 calls * 2 attempts * 3 / (730 * 1) = 8.2: 9 replicas; at a share of .3: 2.5: 3. Shared by 2.
    hosting = {"usd_per_hour": 0.5, "calls_per_hour": 1, "peak_to_mean": 3, "shared_by": 2}
    own = {**PROMPT, "retry_rate": 0.5, "hosting": hosting, "setup_hours": 1, "hours_per_month": 2}
    route = {"mix": {"own": 0.3, "prompt": "rest"}, "hours_per_month": 1}
    two = {**own, "hosting": {"usd_per_hour": 1, "min_replicas": 2}}
    costs = costs_of(scene(1, own=own, route=route, two=two), Future())
    assert costs["own"]["hosting"] == approx([0, 730 * 0.5 * 9 / 2])
    assert costs["two"]["hosting"] == approx([0, 730 * 2])
    assert costs["route"] == {
        "hosting": approx([0, 730 * 0.5 * 3 / 2]),
        "tokens": approx([0, 0.3 * 2 + 0.7 * 1]),
        "engineering": approx([10, 20 + 10]),  # the part's hours in full, and the mix's own
    }


def test_a_cascade_sends_all_to_the_first_and_a_share_to_the_second() -> None:
    small = {**PROMPT, "prompt_tokens": 100, "setup_hours": 1}
    cascade = {"first": "small", "second": "prompt", "escalation_rate": 0.2}
    lines = costs_of(scene(1, small=small, both={"cascade": cascade}), Future())["both"]
    assert lines == {"engineering": [10, 0], "tokens": approx([0, 0.1 + 0.2])}


def test_shares_must_add_up() -> None:
    with pytest.raises(ValueError, match="add up to 1"):
        costs_of(scene(1, big=PROMPT, route={"mix": {"big": 0.3, "prompt": 0.6}}), Future())


def test_what_is_paid_in_full_is_paid_once() -> None:
    # `small` is a part of the mix and of the cascade in it: 2 h of upkeep once; calls .5 + .5 = all of them.
    # Then the prompt, which is a part too, takes over the calls of `small` when that fails: its 3 h of upkeep
    # are still once.
    small = {**PROMPT, "prompt_tokens": 100, "hours_per_month": 2, "success_probability": 0.5}
    casc = {"cascade": {"first": "small", "second": "prompt", "escalation_rate": 0.4}}
    case = scene(1, small=small, casc=casc, route={"mix": {"small": 0.5, "casc": 0.5}})
    case["strategies"]["prompt"] = {**PROMPT, "hours_per_month": 3}
    path = "strategies.small.success_probability"
    lines = costs_of(case, Future(success={path: True}))["route"]
    assert lines == {"tokens": approx([0, 0.1 + 0.2]), "engineering": [0, 20 + 30]}
    lines = costs_of(case, Future(success={path: False}))["route"]
    assert lines == {"tokens": approx([0, 0.2]), "engineering": [0, 30], "fallback": approx([0, 1.0])}
    # Half the calls go to the prompt from month 2 on only: in month 1 its upkeep belongs to the fallback.
    case["strategies"]["free"] = {"price": {"input": 0}}
    case["strategies"]["later"] = {"wait": {"first": "free", "then": "prompt", "months": 1}}
    case["strategies"]["route"] = {"mix": {"later": 0.5, "small": 0.5}}
    case["horizon_months"] = 3
    lines = costs_of(case, Future(success={path: False}))["route"]
    assert lines == {
        "tokens": approx([0, 0, 0.5, 0.5]),
        "engineering": [0, 0, 30, 30],
        "fallback": approx([0, 30.5, 0.5, 0.5]),
    }


def test_a_mix_that_is_built_or_fails_pays_its_parts_month_zero_only() -> None:
    part = {**PROMPT, "prompt_tokens": 100, "setup_hours": 4, "hours_per_month": 1}
    route = {"mix": {"part": 1.0}, "setup_hours": 2, "build_months": 1, "success_probability": 0.5}
    case, path = scene(2, part=part, route=route), "strategies.route.success_probability"
    lines = costs_of(case, Future(success={path: True}))["route"]
    assert lines == {"engineering": [60, 0, 10], "fallback": approx([0, 1, 0]), "tokens": approx([0, 0, 0.1])}
    lines = costs_of(case, Future(success={path: False}))["route"]
    assert lines == {"engineering": [60, 0, 0], "fallback": approx([0, 1, 1])}


def test_waiting_starts_the_second_later_on_the_same_calendar() -> None:
    ft = {
        **PROMPT,
        "prompt_tokens": 500,
        "setup_hours": 1,
        "build_months": 1,
        "tuning": {"training_cost": 100, "retrain_every_months": 2, "drift_retrains_per_year": 1},
        "costs": [{"name": "licence", "driver": "once", "amount": 9}],
    }
    case = scene(
        7, {"growth_per_month": 1.0}, ft=ft, later={"wait": {"first": "prompt", "then": "ft", "months": 2}}
    )
    case["strategies"]["prompt"] = {**PROMPT, "setup_hours": 3}
    future = Future(event_months={"strategies.ft.tuning.drift_retrains_per_year": [2, 5]})
    lines = costs_of(case, future)["later"]
    # T = 2: month-0 costs of the second in month 3, build in month 3 (calls 4 times the first month's),
    # launch in month 4, retrains in 2 + 1 + 2j + 1 = 6, 8; drift in month 5 (that of month 2 is before
    # launch).
    assert lines == {
        "engineering": [30, 0, 0, 10, 0, 0, 0, 0],
        "tokens": approx([0, 1, 2, 0, 4, 8, 16, 32]),
        "training": [0, 0, 0, 100, 0, 100, 100, 0],
        "licence": [0, 0, 0, 9, 0, 0, 0, 0],
        "fallback": approx([0, 0, 0, 4, 0, 0, 0, 0]),
    }


def test_the_feature_may_be_dropped() -> None:
    x = {**PROMPT, "hours_per_month": 1}
    lines = costs_of(scene(4, {"ends_per_year": 1}, x=x), Future(end_month=1.7))["x"]
    # 1.7 months fall in month 2; from month 3 on nothing.
    assert lines == {"tokens": approx([0, 1, 1, 0, 0]), "engineering": [0, 10, 10, 0, 0]}


# ---------------------------------------------------------------- `like`

LIKE = tomllib.loads("""
title = "Two alike"
baseline = "prompt"
horizon_months = 4
hourly_rate = "50 to 90"
discount_rate = 0.1
[workload]
calls_per_month = "80_000 to 120_000"
volatility_per_month = 0.1
task_changes_per_year = "2 to 9"
[strategies.prompt]
price = { input = "0.1 to 0.3", output = 0.6, cached = 0.05 }
prompt_tokens = 3000
cache_hit = "20% to 60%"
hours_per_task_change = "2 to 8"
setup_hours = 2
success_probability = 0.5
build_months = 2
costs = [{ name = "logs", driver = "month", amount = "5 to 10" }]
[strategies.copy]
like = "prompt"
[strategies.ft]
like = "prompt"
prompt_tokens = 500
price = { input = 0.3 }
tuning = { training_cost = 100, drift_retrains_per_year = 6 }
costs = [{ name = "logs", amount = 3 }, { name = "extra", driver = "once", amount = 1 }]
[strategies.ft2]
like = "ft"
tuning = { training_cost = 200 }
""")


def test_like_shares_inputs_and_events_and_keeps_what_is_not_said() -> None:
    s = resolve(LIKE)["strategies"]
    assert s["copy"]["cache_hit"].path == "strategies.prompt.cache_hit"
    assert s["ft"]["price"]["input"].path == "strategies.ft.price.input"
    assert s["ft"]["price"]["cached"].path == "strategies.prompt.price.cached"
    assert s["ft"]["costs"]["logs"]["driver"] == "month"
    assert s["ft"]["costs"]["logs"]["amount"].path == "strategies.ft.costs.logs"
    assert (
        s["ft2"]["tuning"]["drift_retrains_per_year"].path == "strategies.ft.tuning.drift_retrains_per_year"
    )
    assert s["ft2"]["success_probability"].path == "strategies.prompt.success_probability"
    rng = random.Random(3)
    for _ in range(50):
        future = sample_future(LIKE, rng)
        costs = costs_of(LIKE, future)
        # A copy saves exactly nothing, whether it meets the bar or not; ft2 has as many runs as ft, at twice
        # the price.
        assert set(outcome(costs, LIKE, future)["candidates"]["copy"]["cumulative"]) == {0.0}
        assert costs["ft2"]["training"] == approx([2 * x for x in costs["ft"]["training"]])
        assert sum(costs["ft"].get("logs", [])) in (0, 3 + 3)  # launched after 2 months of 4, or not at all


def test_another_price_replaces_the_model_that_was_taken_over() -> None:
    models = {"m": {"price": PRICE}}
    case = scene(
        1, models=models, a={"model": "m", "prompt_tokens": 10}, b={"like": "a", "price": {"input": 5.0}}
    )
    assert "model" not in resolve(case)["strategies"]["b"]
    assert costs_of(case, Future())["b"]["tokens"] == approx([0, 10 * 5 * 1000 / 1e6])


# ---------------------------------------------------------------- pay-off


def test_pay_off_break_even_first_touch_and_cash_at_risk() -> None:
    case = scene(4, discount_rate=0.21, x=PROMPT)
    base, mine = [0.0, 10.0, 10.0, 10.0, 10.0], [4.0, 5.0, 16.0, 9.0, 2.0]
    got = outcome({"prompt": {"a": base}, "x": {"a": mine}}, {**case, "discount_rate": 0}, Future())
    # Savings -4, 5, -6, 1, 8: cumulative -4, 1, -5, -4, 4.
    assert got["candidates"]["x"] == {
        "cumulative": [-4, 1, -5, -4, 4],
        "pays_off": True,
        "break_even_month": 4,
        "first_touch": 1,
        "saving": 4,
        "cash_at_risk": 5,
    }
    assert got["totals"] == {"prompt": 40, "x": 36}
    # Month 6 at 21 % a year counts 1 / 1.21^(1/2) = 1 / 1.1.
    half = scene(6, discount_rate=0.21, x=PROMPT)
    costs = {"prompt": {"a": [0.0] * 6 + [11.0]}, "x": {"a": [0.0] * 7}}
    assert outcome(costs, half, Future())["candidates"]["x"]["saving"] == approx(10)
    # Values of the future go before those of the scenario.
    assert outcome(costs, half, Future(values={"discount_rate": 0}))["totals"]["prompt"] == 11
    # Never ahead: month inf; the last month is under water by 1.
    got = outcome({"prompt": {"a": [0.0, 1.0]}, "x": {"a": [2.0, 0.0]}}, scene(1, x=PROMPT), Future())
    assert got["candidates"]["x"]["break_even_month"] == got["candidates"]["x"]["first_touch"] == math.inf
    assert got["candidates"]["x"]["cash_at_risk"] == 2


def test_rounding_does_not_decide() -> None:
    # .1 + .2 - .3 is 5.6e-17, not 0: counted as zero, both ways; so is 1e-10 of a dollar, but not 1e-8.
    costs = {"prompt": {"a": [0.3, 0.0]}, "x": {"a": [0.1, 0.2]}}
    for lines, pays_off in ((costs, True), ({"prompt": costs["x"], "x": costs["prompt"]}, True)):
        assert outcome(lines, scene(1, x=PROMPT), Future())["candidates"]["x"]["pays_off"] is pays_off
    for over, pays_off in ((1e-10, True), (1e-8, False)):
        lines = {"prompt": {"a": [0.0, 1.0]}, "x": {"a": [0.0, 1.0 + over]}}
        got = outcome(lines, scene(1, x=PROMPT), Future())["candidates"]["x"]
        assert got["pays_off"] is pays_off
        assert got["break_even_month"] == (0 if pays_off else math.inf)
        assert got["first_touch"] == (1 if pays_off else math.inf)  # month 0 does not count as a touch


# ---------------------------------------------------------------- drawing futures


@pytest.mark.parametrize(
    ("notation", "domain", "median", "low", "high"),
    [
        ("20 to 40", "positive", math.sqrt(800), 20, 40),  # log-normal: median sqrt(a b)
        ("-3 to 5", "real", 1, -3, 5),
        # logit .2 = -ln 4, logit .8 = ln 4: median .5
        ("20% to 80%", "fraction", 0.5, 0.2, 0.8),
        # a 90 % interval of the standard normal inside one of 80 %: 1.2816 / 1.6449 as wide
        ({"low": -1.2816, "high": 1.2816, "credibility": 0.8}, "real", 0, -1.6449, 1.6449),
        ({"dist": "uniform", "loc": 1, "scale": 9}, "positive", 5.5, 1.45, 9.55),
        # the exponential cut off at ln 2 keeps half its mass: quantile q is -ln(1 - q/2)
        (
            {"dist": "expon", "max": math.log(2)},
            "positive",
            -math.log(0.75),
            -math.log(0.975),
            -math.log(0.525),
        ),
    ],
)
def test_notations(notation: Any, domain: str, median: float, low: float, high: float) -> None:
    rng, n = random.Random(1), 40_000
    xs = [draw(notation, domain, 0.9, rng) for _ in range(n)]
    for q, x in ((0.05, low), (0.5, median), (0.95, high)):
        share = sum(v <= x for v in xs) / n
        assert abs(share - q) < 4 * math.sqrt(q * (1 - q) / n)


def test_numbers_choices_and_mixtures() -> None:
    assert [number(x) for x in (3, "3_000", "20%", "$1.5k", "2M", "6 months")] == [3, 3000, 0.2, 1500, 2e6, 6]
    rng, n = random.Random(2), 20_000
    xs = [draw({"choice": [1500, 3000], "weights": [0.2, 0.8]}, "positive", 0.9, rng) for _ in range(n)]
    assert abs(xs.count(1500) / n - 0.2) < 4 * math.sqrt(0.16 / n)
    mixture = {"mixture": ["1 to 2", "8 to 12"], "weights": [0.7, 0.3]}
    xs = [draw(mixture, "positive", 0.9, rng) for _ in range(n)]
    assert abs(sum(x < 4 for x in xs) / n - 0.7) < 4 * math.sqrt(0.21 / n)
    for bad, domain in (("40 to 20", "positive"), ("0 to 2", "positive"), ("10% to 100%", "fraction")):
        with pytest.raises(ValueError, match="not an interval"):
            draw(bad, domain, 0.9, rng)


def test_events_come_at_their_rates() -> None:
    load = {"task_changes_per_year": 6, "ends_per_year": 2}
    models = {
        "m": {"price": PRICE, "retires_after_months": {"dist": "expon", "scale": 12}},
        "old": {
            "price": PRICE,
            "retires_after_months": {"dist": "uniform", "loc": 0, "scale": 40},
            "released": datetime.date(2025, 12, 1),
        },
    }
    x = {**PROMPT, "success_probability": 0.3}
    case = scene(24, load, start=datetime.date(2026, 12, 1), models=models, x=x)
    rng, n = random.Random(4), 4000
    futures = [sample_future(case, rng) for _ in range(n)]
    # 6 a year over 24 months: mean and variance 12; half a change in every month.
    counts = [len(f.event_months[TASKS]) for f in futures]
    assert abs(statistics.fmean(counts) - 12) < 4 * math.sqrt(12 / n)
    assert abs(statistics.variance(counts) / 12 - 1) < 4 * math.sqrt((2 + 1 / 12) / n)
    for month in (1, 24):
        mean = statistics.fmean(f.event_months[TASKS].count(month) for f in futures)
        assert abs(mean - 0.5) < 4 * math.sqrt(0.5 / n)
    assert abs(statistics.fmean(f.end_month or 0 for f in futures) - 6) < 4 * 6 / math.sqrt(n)
    # An exponential lifetime of mean 12 retires 24 / 12 = 2 models within the horizon, Poisson.
    retired = [len(f.lifetimes["models.m.retires_after_months"]) - 1 for f in futures]
    assert abs(statistics.fmean(retired) - 2) < 4 * math.sqrt(2 / n)
    # Uniform on (0, 40) that has lasted 365 / 30.4375 = 11.99 months is uniform on (11.99, 40): mean 26.
    first = [f.lifetimes["models.old.retires_after_months"][0] for f in futures]
    age = 365 / 30.4375
    assert min(first) > age
    # Enough lifetimes are drawn to cover the horizon, however old the first model is.
    assert all(sum(f.lifetimes["models.old.retires_after_months"]) - age > 24 for f in futures)
    assert abs(statistics.fmean(first) - (age + 40) / 2) < 4 * (40 - age) / math.sqrt(12 * n)
    met = statistics.fmean(f.success["strategies.x.success_probability"] for f in futures)
    assert abs(met - 0.3) < 4 * math.sqrt(0.21 / n)


# ---------------------------------------------------------------- many futures


def test_summary_of_a_coin_toss() -> None:
    # x costs 5 h = 50 at month 0, then saves 90 of 100 USD a month for one month, if it works (60 %): +40;
    # else -50.
    x = {**PROMPT, "prompt_tokens": 10_000, "setup_hours": 5, "success_probability": 0.6}
    case = scene(1, x=x)
    case["strategies"]["prompt"] = {**PROMPT, "prompt_tokens": 100_000}
    n = 4000
    got = simulate(case, n, seed=1)
    mine, p = got["candidates"]["x"], got["candidates"]["x"]["p_pays_off"]
    assert abs(p - 0.6) < 4 * math.sqrt(0.24 / n)
    assert mine["p_by_month"] == [0.0, p]
    assert mine["break_even_months"] == {1: round(p * n), math.inf: round((1 - p) * n)}
    assert mine["mean_saving"] == approx(p * 40 - (1 - p) * 50)
    assert mine["sd_saving"] == approx(90 * math.sqrt(p * (1 - p) * n / (n - 1)))
    assert mine["worst_tenth_mean"] == approx(-50)
    assert mine["mean_cash_at_risk"] == approx(50)
    assert (mine["best_alternative"], mine["p_beats_best_alternative"]) == ("prompt", p)
    prompt = got["strategies"]["prompt"]
    assert got["strategies"]["x"]["mean_lines"] == approx(
        {"engineering": 50, "tokens": 10 * p, "fallback": 100 * (1 - p)}
    )
    assert prompt["p_cheapest"] == approx(1 - p)
    # Choosing prompt loses 40 where x works, choosing x loses 50 where it does not.
    assert prompt["expected_loss"] == approx(40 * p)
    assert got["strategies"]["x"]["expected_loss"] == approx(50 * (1 - p))
    assert got["evpi"] == approx(min(40 * p, 50 * (1 - p)))


def test_ties_are_shared() -> None:
    got = simulate(
        scene(2, twin={"like": "prompt"}, dear={"like": "prompt", "hours_per_month": 1}), 10, seed=1
    )
    assert {name: s["p_cheapest"] for name, s in got["strategies"].items()} == approx(
        {"prompt": 0.5, "twin": 0.5, "dear": 0.0}
    )
    assert got["candidates"]["twin"]["break_even_months"] == {0: 10}
    assert got["candidates"]["twin"]["p_beats_best_alternative"] == 1
    assert got["evpi"] == 0


def test_pay_off_of_a_log_normal_volume_has_its_closed_form() -> None:
    # x saves .5 USD per 1000 calls for 20 USD of setup, over 4 months: pays off when calls >= 20 / 4 / .0005
    # = 10_000. Calls "5_000 to 40_000": mu = ln sqrt(2e8), sigma = ln 8 / (2 * 1.6448536269514722).
    case = scene(4, x={**PROMPT, "prompt_tokens": 500, "setup_hours": 2})
    case["workload"] = {"calls_per_month": "5_000 to 40_000"}
    mu, sigma = math.log(2e8) / 2, math.log(8) / (2 * 1.6448536269514722)
    p = 1 - statistics.NormalDist(mu, sigma).cdf(math.log(10_000))
    n = 4000
    got = simulate(case, n, seed=5)["candidates"]["x"]
    assert abs(got["p_pays_off"] - p) < 4 * math.sqrt(p * (1 - p) / n)
    mean = 4 * 0.0005 * math.exp(mu + sigma**2 / 2) - 20
    assert abs(got["mean_saving"] - mean) < 4 * got["sd_saving"] / math.sqrt(n)
