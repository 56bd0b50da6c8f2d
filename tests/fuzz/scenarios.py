"""Valid scenarios over the whole schema, as Hypothesis strategies: every strategy, notation and correlation.

Valid by construction, but for ranks that cannot hold together and a few laws that their key refuses: those
are told by a McostError, and the tests bound how many they are.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from fuzz.notations import Key, values
from hypothesis import strategies as st

START = date(2026, 12, 1)
USD = ("", "$", "USD")

KEYS = {
    "discount_rate": Key(0.01, 0.2, ("",)),
    "hourly_rate": Key(40, 150, USD),
    "calls_per_month": Key(2_000, 2e6, ("", "calls", "calls a month")),
    "monthly_active_users": Key(500, 50_000, ("", "users")),
    "calls_per_user": Key(2, 30, ("", "calls")),
    "growth_per_month": Key(-0.03, 0.05, ("",), "real"),
    "volatility_per_month": Key(0.01, 0.3),
    "max_calls_per_month": Key(50_000, 3e6, ("", "calls a month")),
    "input_tokens": Key(50, 2_000, ("", "tokens")),
    "output_tokens": Key(20, 600, ("", "tokens")),
    "task_changes_per_year": Key(0.2, 6, ("", "a year")),
    "cost_per_day_behind": Key(5, 90, USD),
    "ends_per_year": Key(0.02, 0.8, ("", "per year")),
    "input": Key(0.05, 5, USD),
    "cached": Key(0.01, 0.5, USD),
    "cache_write": Key(0.05, 6, USD),
    "output": Key(0.2, 20, USD),
    "price_changes_per_year": Key(0.1, 3, ("", "a year")),
    "price_change_ratio": Key(0.4, 1.3, off_0=True),
    "market_decline_per_year": Key(0.05, 0.8, ("",), "fraction"),
    "retires_after_months": Key(7, 30, ("", "months"), off_0=True),
    "price_multiplier": Key(0.8, 3),
    "prompt_tokens": Key(200, 5_000, ("", "tokens")),
    "cache_hit": Key(0.05, 0.9, ("",), "fraction"),
    "batch_share": Key(0.05, 0.9, ("",), "fraction"),
    "batch_discount": Key(0.2, 0.6, ("",), "fraction"),
    "retry_rate": Key(0.001, 0.2, ("",), "fraction"),
    "max_attempts": Key(1, 6),
    "error_rate": Key(0.002, 0.2, ("",), "fraction"),
    "cost_per_error": Key(0.001, 0.5, USD),
    "latency_seconds": Key(0.2, 8, ("", "s", "seconds")),
    "cost_per_second": Key(0.00001, 0.001, USD),
    "setup_hours": Key(1, 80, ("", "h", "hours")),
    "hours_per_month": Key(0.5, 12, ("", "hours a month")),
    "hours_per_task_change": Key(0.5, 12, ("", "hours")),
    "days_per_task_change": Key(0.2, 9, ("", "days")),
    "migration_hours": Key(1, 40, ("", "hours")),
    "build_months": Key(0.1, 4, ("", "months")),
    "success_probability": Key(0.2, 0.95, ("",), "fraction"),
    "training_cost": Key(20, 3_000, USD),
    "retrain_every_months": Key(0.6, 9, ("", "months"), off_0=True),
    "drift_retrains_per_year": Key(0.1, 4, ("", "a year")),
    "retrain_hours": Key(0.5, 16, ("", "hours")),
    "labelled_examples": Key(50, 9_000, ("", "examples")),
    "relabelled_examples": Key(20, 900, ("", "examples")),
    "cost_per_label": Key(0.005, 1, USD),
    "error_growth_per_month": Key(0.001, 0.05, ("",), "fraction"),
    "ends": Key(2, 40, ("", "months")),
    "cost": Key(20, 2_000, USD),
    "hours": Key(1, 30, ("", "hours")),
    "months": Key(0.2, 6, ("", "months")),
    "usd_per_hour": Key(0.2, 8, USD),
    "calls_per_hour": Key(20, 5_000, off_0=True),
    "peak_to_mean": Key(1, 5),
    "min_replicas": Key(1, 4),
    "shared_by": Key(1, 5),
    "escalation_rate": Key(0.05, 0.6, ("",), "fraction"),
    "share": Key(0.05, 0.45, ("",), "fraction"),
}
AFRESH = ("price_change_ratio", "retires_after_months")
KNOWN = ("openai/gpt-4o-mini", "openai/gpt-4.1", "azure/gpt-4o-mini", "anthropic/claude-haiku-4-5")
DRIVERS = ("once", "month", "hour", "call", "attempt", "failure", "task_change", "retrain")
USE = {"once": 2000.0, "month": 300.0, "hour": 0.9, "task_change": 90.0, "retrain": 90.0}
NAMES = ("prompt", "cached", "small", "tuned", "fine-tune", "route", "own machine", "später", "v1.5", "x")

CALL = ["price_multiplier", "output_tokens", "cache_hit", "batch_share", "batch_discount", "retry_rate"]
CALL += ["error_rate", "cost_per_error", "latency_seconds", "cost_per_second"]
WORK = ["setup_hours", "hours_per_month", "hours_per_task_change", "days_per_task_change"]
GATE = ["build_months", "success_probability"]
TUNING = ["training_cost", "retrain_every_months", "drift_retrains_per_year", "retrain_hours"]
TUNING += ["labelled_examples", "relabelled_examples", "cost_per_label", "error_growth_per_month"]
LOAD = ["growth_per_month", "volatility_per_month", "max_calls_per_month", "input_tokens"]
LOAD += ["task_changes_per_year", "cost_per_day_behind", "ends_per_year"]


def quoted(name: str) -> str:
    """A key of TOML, in quotes where it needs them."""
    bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if bare else f'"{name}"'


def parts_of(table: dict[str, Any]) -> list[str]:
    """The strategies that a strategy is made of."""
    made_of = table.get("cascade", table.get("wait", {}))
    return [*table.get("mix", ()), *(made_of[key] for key in ("first", "second", "then") if key in made_of)]


class Writer:
    """Draws tables key by key, and remembers which inputs vary, under the names they will have."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.varying: list[str] = []

    def chance(self, of: int = 2) -> bool:
        """One in ``of``; the rarer is the larger draw, so that a failing case shrinks to less."""
        return self.draw(st.integers(1, of)) == of

    def pick(self, options: Any) -> Any:
        return self.draw(st.sampled_from(list(options)))

    def value(self, key: str, path: str, as_key: Key | None = None) -> Any:
        written = self.draw(values(key, as_key or KEYS[key]))
        if not written.certain and key not in AFRESH:
            self.varying.append(path)
        return written.value

    def some(self, keys: list[str], path: str, of: int = 3) -> dict[str, Any]:
        return {key: self.value(key, f"{path}.{key}") for key in keys if self.chance(of)}

    def count(self, key: str, path: str) -> Any:
        """A whole number of 1 or more, certain or not."""
        kind = self.draw(st.integers(0, 3))
        if kind < 2:
            return self.draw(st.integers(1, 4))
        self.varying.append(f"{path}.{key}")
        return {"dist": "poisson", "mu": 1.5, "loc": 1} if kind == 2 else {"choice": [1, 2, 4]}

    def price(self, path: str) -> dict[str, Any]:
        needed = {key: self.value(key, f"{path}.{key}") for key in ("input", "output")}
        return needed | self.some(["cached", "cache_write"], path)

    def models(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name in ("large", "small")[: self.draw(st.integers(0, 2))]:
            path = f"models.{name}"
            table: dict[str, Any] = {"is": self.pick(KNOWN)} if self.chance(5) else {}
            if not table:
                table = {"price": self.price(f"{path}.price")}
                table |= {"tuned": self.price(f"{path}.tuned")} if self.chance(4) else {}
            table |= self.some(["market_decline_per_year"], path, 2)
            if self.chance():
                keys = ("price_changes_per_year", "price_change_ratio")
                table |= {key: self.value(key, f"{path}.{key}") for key in keys}
            if self.chance():
                table |= self.some(["retires_after_months"], path, 1)
                if self.chance() or "is" in table:  # as the price table may tell of a day long ago
                    table["released"] = START - timedelta(days=self.draw(st.integers(1, 150)))
            found[name] = table
        return found

    def served(self, path: str, models: dict[str, Any], tuned: bool) -> dict[str, Any]:
        """What a strategy that serves calls itself says: price, tokens, calls, work, machines, own costs."""
        if models and self.chance():
            table: dict[str, Any] = {"model": self.pick(models)}
        elif self.chance(8):
            table = {"model": self.pick(KNOWN)}
        else:
            table = {"price": self.price(f"{path}.price")}
        table |= {"prompt_tokens": self.value("prompt_tokens", f"{path}.prompt_tokens")}
        table |= self.some(CALL, path, 4) | self.work(path) | self.some(["migration_hours"], path, 4)
        if self.chance(4):
            table["max_attempts"] = self.count("max_attempts", path)
        if self.chance(5):
            table["follows_market"] = self.pick(["freely", "at_retrain", "never"])
        if self.chance(5):
            own = f"{path}.hosting"
            table["hosting"] = {"usd_per_hour": self.value("usd_per_hour", f"{own}.usd_per_hour")}
            table["hosting"] |= self.some(["calls_per_hour", "peak_to_mean"], own, 2)
            table["hosting"] |= {
                k: self.count(k, own) for k in ("min_replicas", "shared_by") if self.chance()
            }
        if tuned:
            table["tuning"] = self.some(TUNING, f"{path}.tuning", 2)
            if self.chance(3):
                table["tuning"]["give_up"] = self.pick(["never", "at_retrain"])
            if self.chance(4):
                days = timedelta(days=self.draw(st.integers(20, 900)))
                table["tuning"]["ends"] = (
                    START + days if self.chance() else self.value("ends", f"{path}.tuning.ends")
                )
        if self.chance(3):
            table["costs"] = self.costs(path, tuned)
        return table

    def work(self, path: str) -> dict[str, Any]:
        return self.some(WORK, path, 3)

    def costs(self, path: str, tuned: bool) -> list[dict[str, Any]]:
        drivers = st.lists(st.sampled_from(DRIVERS[: 8 if tuned else 7]), min_size=1, max_size=3, unique=True)
        rows = []
        for driver in self.draw(drivers):
            most = USE.get(driver, 0.0005)
            name = f"own {driver}"
            amount = self.value("amount", f'{path}.costs."{name}"', Key(most / 20, most, USD))
            rows.append({"name": name, "driver": driver, "amount": amount})
        return rows

    def gate(self, path: str, earlier: list[str]) -> dict[str, Any]:
        """How any candidate is launched: its build, its bar, its pilot, its fallback."""
        table = self.some(GATE, path, 2)
        if self.chance(5):
            table["pilot"] = self.some(["cost", "hours", "months"], f"{path}.pilot", 2)
        if self.chance(5):
            table["fallback"] = self.pick(earlier)
        return table

    def made_of(self, path: str, earlier: list[str]) -> dict[str, Any]:
        """A mix, a cascade or a wait of strategies that are there already."""
        kind = self.pick(["mix", "cascade", "wait"])
        if kind == "mix":
            parts = self.draw(st.lists(st.sampled_from(earlier), min_size=1, max_size=3, unique=True))
            mix: dict[str, Any] = {parts[0]: "rest"}
            for part in parts[1:]:
                mix[part] = self.draw(st.floats(0.05, 0.45).map(lambda x: round(x, 3)))
                if self.chance():
                    wide: dict[str, Any] = {"low": 0.1, "high": 0.3, "max": 0.45}
                    mix[part] = self.pick([wide, {"dist": "uniform", "loc": 0.1, "scale": 0.3}])
                    self.varying.append(f"{path}.mix.{quoted(part)}")
            table: dict[str, Any] = {"mix": mix}
        elif kind == "cascade":
            rate = self.value("escalation_rate", f"{path}.cascade.escalation_rate")
            table = {"first": self.pick(earlier), "second": self.pick(earlier), "escalation_rate": rate}
            table = {"cascade": table}
        else:
            months = self.value("months", f"{path}.wait.months")
            table = {"wait": {"first": self.pick(earlier), "then": self.pick(earlier), "months": months}}
        return table | self.some(["setup_hours", "hours_per_month"], path, 3)

    def alike(self, name: str, path: str, earlier: list[str], tables: dict[str, Any]) -> dict[str, Any]:
        """A copy of another, to the letter or but for some of it."""
        base = self.pick(earlier)
        table: dict[str, Any] = {"like": base} | self.some([*WORK, "success_probability"], path, 5)
        chain, ends = tables[base], base
        while "like" in chain:
            ends = chain["like"]
            chain = tables[ends]
        if ("price" in chain or "model" in chain) and self.chance(3):
            table["price"] = self.price(f"{path}.price")
        if "tuning" in chain and self.chance(3):
            table["tuning"] = self.some(TUNING, f"{path}.tuning", 4)
        return table

    def correlations(self) -> list[dict[str, Any]]:
        """Pairs that share no input, of any rank; at times three, whose ranks may not hold together."""
        if len(self.varying) < 3 or not self.chance(3):
            return []
        chosen = self.draw(st.lists(st.sampled_from(self.varying), min_size=2, max_size=6, unique=True))
        ranks = st.floats(-0.9, 0.9).map(lambda x: round(x, 2))
        if len(chosen) in (3, 5) and self.chance(3):
            pairs = [chosen[:2], chosen[1:3], [chosen[0], chosen[2]]]
            return [{"between": pair, "rank": self.draw(ranks)} for pair in pairs]
        if len(chosen) > 3 and self.chance(3):
            return [{"between": chosen[:4], "rank": self.draw(st.floats(-0.2, 0.9))}]
        pairs = [chosen[i : i + 2] for i in range(0, len(chosen) - 1, 2)]
        return [{"between": pair, "rank": self.draw(ranks)} for pair in pairs]

    def studies(self) -> list[dict[str, Any]]:
        if not self.varying or not self.chance(5):
            return []
        row: dict[str, Any] = {"name": "A look", "of": self.pick(self.varying)}
        if self.chance():
            row |= {"n": self.draw(st.integers(1, 10**6)), "cost": 200, "weeks": "1 to 3"}
        return [row]

    def horizon(self) -> int:
        kind = self.draw(st.integers(0, 19))
        return self.draw(st.integers(1, 36) if kind < 18 else st.integers(37, 120 if kind == 18 else 600))


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """The data of a scenario, as ``tomllib`` would read them from its file."""
    w = Writer(draw)
    horizon = w.horizon()
    top = w.some(["discount_rate", "hourly_rate"], "", 1 if w.chance() else 2)
    w.varying = [name.lstrip(".") for name in w.varying]
    if w.chance():
        load = {"calls_per_month": w.value("calls_per_month", "workload.calls_per_month")}
    else:
        keys = ("monthly_active_users", "calls_per_user")
        load = {key: w.value(key, f"workload.{key}") for key in keys}
    load |= w.some(["output_tokens"], "workload", 2) | w.some(LOAD, "workload", 3)
    models = w.models()

    names = [
        str(name) for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=7, unique=True))
    ]
    tables: dict[str, Any] = {}
    untuned: list[str] = []
    for name in names:
        path, earlier = f"strategies.{quoted(name)}", list(tables)
        kind = w.pick(["plain", "plain", "tuned", "tuned", "alike", "made of"]) if tables else "plain"
        if kind in ("plain", "tuned"):
            table = w.served(path, models, kind == "tuned")
        elif kind == "alike":
            table = w.alike(name, path, earlier, tables)
        else:
            table = w.made_of(path, earlier)
        if kind in ("tuned", "made of") or (kind == "plain" and tables and w.chance()):
            table |= w.gate(path, earlier)
        tables[name] = table
        if kind == "plain" or (kind == "made of" and set(parts_of(table)) <= set(untuned)):
            untuned.append(name)
    baseline = w.pick(untuned)
    credibility = {"credibility": w.pick([0.5, 0.8, 0.95])} if w.chance(5) else {}
    more: dict[str, Any] = {"correlations": w.correlations(), "studies": w.studies(), "models": models}
    return {
        "title": w.pick(["A case", "Ein Fall, 你好 – «ß»"]),
        "baseline": baseline,
        "horizon_months": horizon,
        "start": START,
        **credibility,
        **top,
        "workload": load,
        **{key: rows for key, rows in more.items() if rows},
        "strategies": tables,
    }


# --- as a file --------------------------------------------------------------------------------------------


def to_toml(data: dict[str, Any]) -> str:
    """Scenario data as TOML, a table a header, rows as arrays of tables, values inline."""
    lines: list[str] = []
    _table(lines, data, ())
    return "\n".join(lines) + "\n"


def _table(lines: list[str], table: dict[str, Any], path: tuple[str, ...]) -> None:
    headed = {
        key: value
        for key, value in table.items()
        if (
            isinstance(value, dict)
            and (len(path) < 2 or key in ("tuning", "hosting"))
            and _is_table(path, key)
        )
        or (isinstance(value, list) and value and all(isinstance(row, dict) for row in value))
    }
    lines += [f"{_key(key)} = {inline(value)}" for key, value in table.items() if key not in headed]
    for key, value in headed.items():
        header = ".".join(map(_key, (*path, key)))
        for row in value if isinstance(value, list) else [value]:
            lines += ["", f"[[{header}]]" if isinstance(value, list) else f"[{header}]"]
            _table(lines, row, (*path, key))


def _is_table(path: tuple[str, ...], key: str) -> bool:
    """Whether a dict is a table of a scenario, and not a notation of one value."""
    return path[:1] in (("strategies",), ("models",)) or key in ("workload", "models", "strategies", "expect")


def _key(key: str) -> str:
    bare = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
    return key if bare else json.dumps(key, ensure_ascii=False)


def inline(value: Any) -> str:
    """One value as TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {inline(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else repr(value)
