"""Scenarios with everything in them, for the tests that hold the engine to the slow model."""

from datetime import date
from typing import Any

WORKLOAD: dict[str, Any] = {
    "calls_per_month": "200_000 to 900_000",
    "growth_per_month": {"dist": "norm", "loc": 0.03, "scale": 0.015},
    "volatility_per_month": "5% to 15%",
    "max_calls_per_month": "900_000 to 1_500_000",
    "input_tokens": "300 to 500",
    "output_tokens": "150 to 300",
    "task_changes_per_year": "1 to 4",
    "cost_per_day_behind": "20 to 80",
}

PROMPT: dict[str, Any] = {
    "price": {"input": 0.6, "cached": 0.15, "cache_write": "0.7 to 0.8", "output": 2.4},
    "prompt_tokens": "2_500 to 3_500",
    "cache_hit": "20% to 60%",
    "batch_share": "10% to 30%",
    "retry_rate": "1% to 5%",
    "max_attempts": 3,
    "error_rate": "1% to 4%",
    "cost_per_error": "0.001 to 0.003",
    "latency_seconds": "1 to 3",
    "cost_per_second": 0.00001,
    "setup_hours": "4 to 12",
    "hours_per_month": "1 to 3",
    "hours_per_task_change": "2 to 8",
    "days_per_task_change": "1 to 3",
    "costs": [{"name": "gateway", "driver": "attempt", "amount": 0.00002}],
}

FINE_TUNE: dict[str, Any] = {
    "like": "prompt",
    "price_multiplier": "1.3 to 1.5",
    "prompt_tokens": 500,
    "cache_hit": 0,
    "retry_rate": "0.5% to 2%",
    "error_rate": "0.5% to 3%",
    "setup_hours": "20 to 40",
    "hours_per_month": "5 to 10",
    "build_months": "0.5 to 3",
    "success_probability": "60% to 90%",
    "tuning": {
        "training_cost": "200 to 900",
        "retrain_every_months": "1.5 to 4",
        "drift_retrains_per_year": "0.3 to 3",
        "retrain_hours": "2 to 6",
        "labelled_examples": 2000,
        "relabelled_examples": "200 to 600",
        "cost_per_label": "0.01 to 0.05",
    },
    "costs": [
        {"name": "hosting", "driver": "hour", "amount": "0.3 to 0.5"},
        {"name": "licence", "driver": "once", "amount": 250},
        {"name": "review", "driver": "failure", "amount": 0.01},
        {"name": "release", "driver": "retrain", "amount": "20 to 50"},
        {"name": "audit", "driver": "task_change", "amount": 30},
    ],
}

EVERYTHING: dict[str, Any] = {
    "title": "Everything at once",
    "baseline": "prompt",
    "horizon_months": 18,
    "discount_rate": "4% to 12%",
    "hourly_rate": {"low": 55, "high": 144, "credibility": 0.8},
    "workload": WORKLOAD,
    "strategies": {
        "prompt": PROMPT,
        "fine_tune": FINE_TUNE,
        "cheaper": {
            "like": "prompt",
            "price": {"input": 0.15, "cached": 0.05, "cache_write": 0.2, "output": 0.6},
            "success_probability": 0.6,
            "build_months": 1,
        },
        "tune_on_cheaper": {
            "like": "fine_tune",
            "fallback": "cheaper",
            "build_months": 2,
            "costs": [{"name": "hosting", "driver": "month", "amount": "100 to 200"}],
        },
    },
}

USERS: dict[str, Any] = {
    "title": "Calls from users, no gate, retrains by the clock",
    "baseline": "prompt",
    "horizon_months": 30,
    "workload": {
        "monthly_active_users": "20_000 to 80_000",
        "calls_per_user": {"dist": "gamma", "a": 4, "scale": 2},
        "growth_per_month": -0.01,
        "output_tokens": 120,
    },
    "strategies": {
        "prompt": {"price": {"input": 0.4, "output": 1.6}, "prompt_tokens": 2800, "hours_per_month": 2},
        "fine_tune": {
            "price": {"input": 0.8, "output": 3.2},
            "prompt_tokens": 400,
            "output_tokens": "80 to 130",
            "tuning": {"training_cost": "20 to 200", "retrain_every_months": 0.75},
        },
    },
}

STEADY: dict[str, Any] = {
    "title": "Truncated, discrete and certain inputs",
    "baseline": "prompt",
    "horizon_months": 12,
    "discount_rate": 0.1,
    "hourly_rate": 90,
    "workload": {
        "calls_per_month": {"dist": "norm", "loc": 300_000, "scale": 200_000, "min": 50_000, "max": 600_000},
        "volatility_per_month": 0.2,
        "task_changes_per_year": {"dist": "uniform", "loc": 0, "scale": 6},
    },
    "strategies": {
        "prompt": {"price": {"input": 3}, "prompt_tokens": 1500, "hours_per_task_change": 3},
        "better": {
            "like": "prompt",
            "prompt_tokens": 1200,
            "success_probability": {"dist": "beta", "a": 4, "b": 2},
            "setup_hours": {"dist": "poisson", "mu": 20, "min": 5},
        },
        "fine_tune": {
            "price": {"input": 1},
            "prompt_tokens": 300,
            "setup_hours": {"dist": "triang", "c": 0.3, "loc": 10, "scale": 40},
            "hours_per_month": 3,
            "build_months": {"dist": "expon", "scale": 2},
            "success_probability": 0.8,
            "fallback": "better",
            "tuning": {
                "training_cost": 400,
                "retrain_every_months": {"dist": "uniform", "loc": 2, "scale": 4},
                "drift_retrains_per_year": 2,
            },
        },
    },
}

ALL = {"everything": EVERYTHING, "users": USERS, "steady": STEADY}

MIXED: dict[str, Any] = {
    "title": "Mixed, waiting, hosted, piloted, retired, closed, given up",
    "baseline": "prompt",
    "horizon_months": 24,
    "start": date(2026, 12, 1),
    "discount_rate": 0.08,
    "hourly_rate": "60 to 120",
    "workload": {
        "calls_per_month": "500_000 to 2M",
        "growth_per_month": 0.02,
        "volatility_per_month": 0.1,
        "input_tokens": 400,
        "output_tokens": "100 to 200",
        "task_changes_per_year": "0.5 to 2",
        "cost_per_day_behind": 50,
        "ends_per_year": 0.15,
    },
    "models": {
        "large": {
            "price": {"input": 1.0, "cached": 0.25, "output": 4.0},
            "price_changes_per_year": 1.5,
            "price_change_ratio": {"dist": "lognorm", "s": 0.5, "scale": 0.8},
            "market_decline_per_year": "30% to 70%",
            "retires_after_months": {"dist": "weibull_min", "c": 4, "scale": 20},
            "released": date(2025, 12, 1),
        },
        "small": {
            "price": {"input": "0.08 to 0.12", "output": 0.4},
            "market_decline_per_year": 0.5,
            "retires_after_months": {"dist": "gamma", "a": 2, "scale": 4},
        },
    },
    "strategies": {
        "prompt": {
            "model": "large",
            "prompt_tokens": 2500,
            "cache_hit": "20% to 60%",
            "retry_rate": "1% to 5%",
            "hours_per_month": 2,
            "hours_per_task_change": 6,
            "days_per_task_change": 2,
            "migration_hours": "4 to 24",
        },
        "small_prompt": {
            "like": "prompt",
            "model": "small",
            "cache_hit": 0,
            "build_months": "0.5 to 2",
            "success_probability": 0.6,
            "setup_hours": 10,
            "follows_market": "never",
        },
        "fine_tune": {
            "model": "small",
            "price_multiplier": 2,
            "prompt_tokens": 400,
            "error_rate": "1% to 3%",
            "cost_per_error": 0.002,
            "setup_hours": "20 to 40",
            "hours_per_month": "5 to 10",
            "hours_per_task_change": 3,
            "build_months": 1.5,
            "pilot": {"cost": 300, "hours": 10, "months": "0.5 to 2"},
            "fallback": "small_prompt",
            "tuning": {
                "training_cost": "100 to 900",
                "retrain_every_months": "2 to 4",
                "drift_retrains_per_year": 1,
                "labelled_examples": 2000,
                "cost_per_label": 0.05,
                "retrain_hours": 4,
                "error_growth_per_month": "0.5% to 2%",
                "give_up": "at_retrain",
                "ends": "6 to 30",
            },
        },
        "own_machine": {
            "like": "fine_tune",
            "price": {"input": 0.0, "output": 0.0},
            "hosting": {
                "usd_per_hour": 2.5,
                "calls_per_hour": 900,
                "peak_to_mean": "2 to 4",
                "min_replicas": 1,
                "shared_by": 2,
            },
            "tuning": {"ends": date(2028, 3, 1), "give_up": "never", "error_growth_per_month": 0},
        },
        "routing": {
            "mix": {"prompt": "10% to 30%", "fine_tune": "rest"},
            "setup_hours": 8,
            "hours_per_month": 1,
        },
        "cascade": {
            "cascade": {"first": "small_prompt", "second": "prompt", "escalation_rate": "10% to 40%"},
            "build_months": 1,
            "success_probability": 0.8,
            "costs": [{"name": "router", "driver": "call", "amount": 0.0001}],
        },
        "wait": {"wait": {"first": "prompt", "then": "fine_tune", "months": "3 to 8"}},
        "wait_for_mix": {
            "wait": {"first": "small_prompt", "then": "routing", "months": 4},
            "fallback": "cascade",
        },
        "nested": {
            "mix": {"cascade": 0.5, "own_machine": 0.3, "wait": "rest"},
            "pilot": {"months": 1, "cost": 50},
        },
    },
}

ALL["mixed"] = MIXED
