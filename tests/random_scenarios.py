"""Random scenarios of every kind of strategy, notation and event, to hold the engine to the slow model."""

import random
from datetime import date
from typing import Any


def random_scenario(seed: int) -> dict[str, Any]:
    """A valid scenario; the same seed gives the same one."""
    r = random.Random(seed)

    def maybe(p: float = 0.5) -> bool:
        return r.random() < p

    def around(low: float, high: float) -> Any:
        """A number, an interval or a family about it."""
        a = float(f"{r.uniform(low, high):.4g}")
        b = float(f"{a * r.uniform(1.2, 2.5):.5g}")
        gamma = {"dist": "gamma", "a": 3, "scale": a / 3}
        return r.choice([a, f"{a:.9f} to {b:.9f}", {"low": a, "high": b, "credibility": 0.8}, gamma])

    def share(low: float, high: float) -> Any:
        a = round(r.uniform(low, high), 4)
        b = round(a + (high - a) * 0.9 + 0.001, 4)
        return r.choice([a, f"{100 * a:.6f}% to {100 * b:.6f}%", {"dist": "beta", "a": 2 + a, "b": 3}])

    def price() -> dict[str, Any]:
        found = {"input": around(0.1, 3), "output": around(0.4, 12)}
        if maybe():
            found |= {"cached": around(0.01, 0.3)}
        if maybe(0.3):
            found |= {"cache_write": around(0.1, 3)}
        return found

    def settings(table: dict[str, Any], optional: dict[str, Any], p: float = 0.4) -> dict[str, Any]:
        return table | {key: value for key, value in optional.items() if maybe(p)}

    models: dict[str, Any] = {}
    for name in ("large", "small"):
        models[name] = settings(
            {"price": price() | {"cached": 0.1}},
            {
                "market_decline_per_year": share(0.1, 0.8),
                "retires_after_months": r.choice(
                    [around(3, 20), {"dist": "weibull_min", "c": 3, "scale": 15}]
                ),
            },
        )
        if maybe():
            ratio = {"dist": "lognorm", "s": 0.6, "scale": 0.8}
            models[name] |= {"price_changes_per_year": around(0.2, 3), "price_change_ratio": ratio}
        if (
            "retires_after_months" in models[name]
            and maybe()
            and isinstance(models[name]["retires_after_months"], dict)
        ):
            models[name]["released"] = date(2026, r.randint(1, 11), 1)

    def plain(baseline: bool = False) -> dict[str, Any]:
        kind = {"model": r.choice(list(models))} if maybe(0.7) else {"price": price() | {"cached": 0.05}}
        table = settings(
            {**kind, "prompt_tokens": around(200, 3000)},
            {
                "price_multiplier": around(0.8, 2),
                "output_tokens": around(50, 300),
                "cache_hit": share(0.1, 0.9),
                "batch_share": share(0.1, 0.9),
                "retry_rate": share(0.01, 0.2),
                "max_attempts": r.choice([1, 2, 4]),
                "error_rate": share(0.01, 0.1),
                "cost_per_error": around(0.001, 0.01),
                "latency_seconds": around(1, 3),
                "cost_per_second": around(0.00001, 0.0001),
                "setup_hours": around(2, 40),
                "hours_per_month": around(1, 10),
                "hours_per_task_change": around(1, 8),
                "days_per_task_change": around(1, 8),
                "migration_hours": around(2, 20),
                "follows_market": r.choice(["freely", "at_retrain", "never"]),
            },
        )
        if maybe(0.3):
            table["hosting"] = settings(
                {"usd_per_hour": around(0.3, 3)},
                {
                    "calls_per_hour": around(50, 500),
                    "peak_to_mean": around(1, 3),
                    "min_replicas": r.choice([1, 2]),
                    "shared_by": r.choice([1, 3]),
                },
            )
        tuned = not baseline and maybe(0.5)
        if tuned:
            table["tuning"] = settings(
                {},
                {
                    "training_cost": around(50, 2000),
                    "retrain_every_months": around(0.7, 5),
                    "drift_retrains_per_year": around(0.3, 4),
                    "retrain_hours": around(1, 8),
                    "labelled_examples": r.choice([200, 5000]),
                    "relabelled_examples": around(100, 500),
                    "cost_per_label": around(0.01, 0.1),
                    "error_growth_per_month": share(0.001, 0.05),
                    "give_up": r.choice(["never", "at_retrain"]),
                    "ends": r.choice([around(2, 20), date(2027, r.randint(1, 12), 15)]),
                },
                0.6,
            )
        drivers = ["once", "month", "hour", "call", "attempt", "failure", "task_change", *["retrain"] * tuned]
        if maybe():
            chosen = r.sample(drivers, 2)
            table["costs"] = [
                {"name": f"own_{d}", "driver": d, "amount": around(0.001, 0.01)} for d in chosen
            ]
        return table if baseline else gate(table)

    def gate(table: dict[str, Any]) -> dict[str, Any]:
        table = settings(table, {"build_months": around(0.3, 3), "success_probability": share(0.2, 0.9)}, 0.5)
        if maybe(0.25):
            table["pilot"] = settings(
                {}, {"cost": around(10, 500), "hours": around(2, 20), "months": around(0.5, 3)}, 0.8
            )
        return table

    strategies: dict[str, Any] = {"base": plain(baseline=True), "a": plain(), "b": plain(), "c": plain()}
    untuned = [name for name in "abc" if "tuning" not in strategies[name]]
    strategies["copy"] = {"like": "a", **({"setup_hours": around(1, 9)} if maybe() else {})}
    if maybe():
        strategies["c"]["fallback"] = "a"
    mixed = {
        "mix": {"mix": {"base": share(0.1, 0.4) if maybe() else 0.3, "a": "rest"}},
        "cascade": {"cascade": {"first": "b", "second": "base", "escalation_rate": share(0.1, 0.5)}},
        "wait": {"wait": {"first": r.choice("ab"), "then": r.choice("bc"), "months": around(1, 8)}},
        "nest": {"mix": {"wait": 0.4, "cascade": "rest"}},
    }
    for name, table in mixed.items():
        own = {"hours_per_month": around(1, 3), "setup_hours": around(1, 9)}
        strategies[name] = gate(settings(table, own))
    if untuned and maybe(0.3):
        strategies["mixed_base"] = {"mix": {"base": 0.5, untuned[0]: 0.5}}
    baseline = "mixed_base" if "mixed_base" in strategies and maybe() else "base"
    workload = settings(
        {"calls_per_month": around(20_000, 800_000)},
        {
            "growth_per_month": r.choice([0.03, "-2% to 6%"]),
            "volatility_per_month": around(0.02, 0.2),
            "max_calls_per_month": around(300_000, 900_000),
            "input_tokens": around(100, 800),
            "output_tokens": around(50, 400),
            "task_changes_per_year": around(0.5, 5),
            "cost_per_day_behind": around(5, 50),
        },
        0.6,
    )
    if maybe(0.2):
        workload["ends_per_year"] = around(0.1, 1)
    top = settings(
        {"title": f"Random {seed}", "baseline": baseline, "horizon_months": r.randint(3, 26)},
        {"discount_rate": around(0.02, 0.2), "hourly_rate": around(40, 150)},
        0.7,
    )
    return top | {
        "start": date(2026, 12, 1),
        "workload": workload,
        "models": models,
        "strategies": strategies,
    }
