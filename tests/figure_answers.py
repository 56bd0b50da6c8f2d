"""Answers of every kind that a figure must show: never, always, one strategy or twelve, billions."""

from functools import cache
from typing import Any

import mcost
from mcost.answer import Answer
from mcost.figures.ground import Ground

DRAWS = 1500

PROMPT: dict[str, Any] = {
    "price": {"input": 0.15, "cached": 0.075, "output": 0.6},
    "prompt_tokens": 3000,
    "cache_hit": "20% to 60%",
    "retry_rate": "1% to 5%",
    "hours_per_month": "1 to 3",
    "hours_per_task_change": "2 to 8",
}
TUNED: dict[str, Any] = {
    "price": {"input": 0.3, "output": 1.2},
    "prompt_tokens": 500,
    "setup_hours": "20 to 40",
    "hours_per_month": "5 to 10",
    "tuning": {
        "training_cost": "100 to 400",
        "retrain_every_months": 3,
        "drift_retrains_per_year": "0.3 to 3",
        "labelled_examples": 2000,
        "cost_per_label": "0.05 to 0.2",
    },
}
FAILING = {"success_probability": "50% to 90%", "build_months": "1 to 2"}
SURE = {"success_probability": 1, "price": {"input": 0.1, "output": 0.4}}
LONG = (
    "a_long_prompt_with_retrieval_tools_examples_and_house_style_A",
    "Fine-tuned small model, distilled from the large one (vers 2)",
)


def scenario(calls: object, strategies: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "title": "A question",
        "baseline": next(iter(strategies)),
        "horizon_months": 24,
        "discount_rate": 0.08,
        "hourly_rate": "60 to 140",
        "workload": {
            "calls_per_month": calls,
            "growth_per_month": "0% to 6%",
            "volatility_per_month": 0.08,
            "input_tokens": 400,
            "output_tokens": "150 to 300",
            "task_changes_per_year": "1 to 4",
        },
        "strategies": strategies,
    } | more


def variant(i: int) -> dict[str, Any]:
    return {
        "like": "prompt",
        "prompt_tokens": 3200 - 150 * i,
        "setup_hours": f"{4 + 12 * i} to {12 + 20 * i}",
    }


BOTH = {"prompt": PROMPT, "fine_tune": TUNED | FAILING}
CASES: dict[str, dict[str, Any]] = {
    "never pays": scenario(
        "8k to 12k", BOTH | {"fine_tune": TUNED | FAILING | {"setup_hours": "2_000 to 4_000"}}
    ),
    "always pays": scenario("200M to 300M", {"prompt": PROMPT, "fine_tune": TUNED | SURE}),
    "one strategy": scenario("80k to 120k", {"prompt": PROMPT}),
    "three strategies": scenario(
        "600k to 1.4M",
        BOTH | {"cached": {"like": "prompt", "cache_hit": "70% to 90%", "setup_hours": "4 to 12"}},
    ),
    "twelve strategies": scenario("2M to 4M", BOTH | {f"variant_{i}": variant(i) for i in range(10)}),
    "billions": scenario("20_000_000M to 90_000_000M", BOTH, currency="EUR"),
    "long names": scenario("1M to 4M", dict(zip(LONG, BOTH.values(), strict=True))),
    "certain": {
        "title": "A certain question",
        "baseline": "prompt",
        "horizon_months": 600,
        "hourly_rate": 90,
        "workload": {"calls_per_month": 100_000, "input_tokens": 400, "output_tokens": 200},
        "strategies": {
            "prompt": {"price": {"input": 0.15, "output": 0.6}, "prompt_tokens": 3000},
            "fine_tune": {"price": {"input": 0.3, "output": 1.2}, "prompt_tokens": 500, "setup_hours": 30},
        },
    },
}


@cache
def answer_of(case: str) -> Answer:
    return mcost.run(CASES[case], draws=DRAWS, seed=3)


@cache
def ground_of(case: str) -> Ground:
    """An answer with its analyses, made once for all tests."""
    return Ground.of(answer_of(case))
