"""A slow second reading of MODEL: one future at a time, month by month, in plain Python.

It shares no code with the package. Each function quotes, in its comment, the sentence of MODEL that it
implements; "Gap:" marks a choice that MODEL leaves open. The file runs in the order of a calculation:
scenario -> inputs -> one future -> costs by line and month -> pay-off -> summary of many futures.
"""

import datetime
import math
import random
import re
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

Lines = dict[str, list[float]]  # cost line -> USD by month 0 ... H


@dataclass
class Future:
    """One joint draw: every input has its value, every random event its month."""

    values: dict[str, float] = field(default_factory=dict)
    noise: list[float] = field(default_factory=list)
    event_months: dict[str, list[int]] = field(default_factory=dict)
    success: dict[str, bool] = field(default_factory=dict)
    price_ratios: dict[str, list[float]] = field(default_factory=dict)
    lifetimes: dict[str, list[float]] = field(default_factory=dict)  # the first: since `released`
    end_month: float | None = None


# ---------------------------------------------------------------- scenario -> inputs


@dataclass(frozen=True)
class Input:
    """An uncertain quantity: where it is written, as what, and in which domain."""

    path: str
    notation: Any
    domain: str


# fmt: off
FRACTION = {"cache_hit", "batch_share", "batch_discount", "retry_rate", "error_rate", "success_probability",
            "error_growth_per_month", "escalation_rate", "market_decline_per_year"}
TEXT = {"model", "is", "like", "fallback", "follows_market", "give_up", "first", "second", "then", "driver",
        "name", "smallest_cacheable_prompt"}
TABLES = {"price", "tuned", "tuning", "pilot", "hosting", "cascade", "wait"}
ONE_OF = ("model", "price", "mix", "cascade", "wait")
DEFAULTS = {"price_multiplier": 1.0, "prompt_tokens": 0.0, "batch_share": 0.0, "batch_discount": 0.5,
            "retry_rate": 0.0, "error_rate": 0.0, "cost_per_error": 0.0, "latency_seconds": 0.0,
            "cost_per_second": 0.0, "setup_hours": 0.0, "hours_per_month": 0.0, "hours_per_task_change": 0.0,
            "days_per_task_change": 0.0, "migration_hours": 0.0, "build_months": 0.0}
TABLE_DEFAULTS = {
    "tuning": {"training_cost": 0.0, "retrain_hours": 0.0, "labelled_examples": 0.0,
               "relabelled_examples": 0.0, "cost_per_label": 0.0, "error_growth_per_month": 0.0},
    "pilot": {"cost": 0.0, "hours": 0.0, "months": 0.0},
    "hosting": {"peak_to_mean": 1.0, "min_replicas": 1.0, "shared_by": 1.0},
}
# fmt: on


def domain_of(path: str) -> str:
    # "real (growth, nothing else), positive (0 and more), or fraction (0 to 1; ...; volatility and the
    # discount rate are positive)"
    key = path.rsplit(".", 1)[-1]
    return "real" if key == "growth_per_month" else "fraction" if key in FRACTION else "positive"


def joined(*keys: str) -> str:
    # A path is a dotted key of TOML: a name that is not bare stands in quotes.
    return ".".join(key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else f'"{key}"' for key in keys)


def written(table: dict[str, Any], path: str) -> dict[str, Any]:
    # "a value written once is one input": each value is tagged with the path where it is written.
    out: dict[str, Any] = {}
    for key, x in table.items():
        here = f"{path}.{key}" if path else key
        if key in TEXT or isinstance(x, datetime.date):
            out[key] = x
        elif key in TABLES:
            out[key] = written(x, here)
        elif key == "mix":
            out[key] = {
                k: v if v == "rest" else Input(f"{here}.{joined(k)}", v, "fraction") for k, v in x.items()
            }
        elif key == "costs":
            out[key] = {row["name"]: written(row, f"{here}.{joined(row['name'])}") for row in x}
            for name, row in out[key].items():
                if "amount" in row:
                    row["amount"] = Input(f"{here}.{joined(name)}", row["amount"].notation, "positive")
        else:
            out[key] = Input(here, x, domain_of(here))
    return out


def merged(parent: dict[str, Any], child: dict[str, Any]) -> dict[str, Any]:
    # A strategy may say `like` "and give only what differs". Gap: tables (price, tuning, ...) and cost rows
    # of one name merge key by key; `mix` is replaced whole, for its shares add up to 1.
    out = dict(parent)
    for key, x in child.items():
        both = isinstance(x, dict) and isinstance(out.get(key), dict) and key != "mix"
        out[key] = merged(out[key], x) if both else x
    return out


def resolve(scenario: dict[str, Any]) -> dict[str, Any]:
    """Scenario with `like` and the defaults applied, each value an Input (or a plain number, by default)."""
    if scenario.get("resolved"):
        return scenario
    own = {name: written(table, joined("strategies", name)) for name, table in scenario["strategies"].items()}
    models = {
        name: written(table, joined("models", name)) for name, table in scenario.get("models", {}).items()
    }
    workload = written(scenario["workload"], "workload")

    def alike(name: str, trail: tuple[str, ...] = ()) -> dict[str, Any]:
        if name in trail:
            raise ValueError(f"strategies.{name}: `like` goes round in a circle")
        child = own[name]
        if "like" not in child:
            return child
        parent = alike(child["like"], (*trail, name))
        if any(key in child for key in ONE_OF):  # another kind of strategy, or another price: not both
            parent = {k: v for k, v in parent.items() if k not in ONE_OF or k in child}
        return merged(parent, child)

    strategies = {}
    for name in own:
        s = dict(alike(name))  # its own: what follows is not for those that are like it
        if sum(key in s for key in ONE_OF) != 1:
            raise ValueError(f"strategies.{name}: give one of {', '.join(ONE_OF)}")
        # "price_multiplier: or the provider's own price of the tuned model", and its hourly fee with it
        s["own_price"] = "tuning" in s and "price_multiplier" not in s
        model = models.get(s.get("model"), {})
        if s["own_price"] and "hosting" not in s and "tuned_usd_per_hour" in model:
            s["hosting"] = {"usd_per_hour": model["tuned_usd_per_hour"]}
        s = {**DEFAULTS, "output_tokens": workload.get("output_tokens", 0.0), **s}
        for key, defaults in TABLE_DEFAULTS.items():
            if key in s:
                s[key] = {**defaults, **s[key]}
        # "Unsaid: freely for a prompted strategy, at_retrain for a tuned one."
        s.setdefault("follows_market", "at_retrain" if "tuning" in s else "freely")
        s.setdefault("fallback", scenario["baseline"])  # "`fallback`, unsaid: the baseline"
        s.setdefault("costs", {})
        strategies[name] = s
    rates = {
        key: Input(key, scenario[key], "positive") if key in scenario else 0.0
        for key in ("discount_rate", "hourly_rate")
    }
    sc: dict[str, Any] = {
        **rates,
        "resolved": True,
        "horizon": int(scenario["horizon_months"]),
        "start": scenario.get("start"),
        "baseline": scenario["baseline"],
        "in_service": in_service(scenario),
        "credibility": scenario.get("credibility", 0.9),
        "correlations": scenario.get("correlations", []),
        "workload": workload,
        "models": models,
        "strategies": strategies,
    }
    if any("tuning" in strategies[name] for name in reach(sc, scenario["baseline"])):
        raise ValueError("A tuned baseline is refused.")
    return sc


def in_service(scenario: dict[str, Any]) -> set[str]:
    # "A strategy compared with its own `like` copy saves exactly 0.0 in every draw": a copy of the baseline
    # to the letter serves today, as the baseline does.
    copies = {name: s["like"] for name, s in scenario["strategies"].items() if list(s) == ["like"]}
    found = {scenario["baseline"]}
    while more := {name for name, base in copies.items() if base in found} - found:
        found |= more
    return found


def with_prices(scenario: dict[str, Any], catalogue: dict[str, dict[str, float]]) -> dict[str, Any]:
    """Scenario with catalogue models written out, for this module knows no price table.

    `catalogue` is {name: {price: {input, cached, cache_write, output}, tuned: the same of its tunes,
    tuned_usd_per_hour, smallest_cacheable_prompt (tokens), retires, tuning_closes, released (dates)}}.
    """
    models = {name: dict(table) for name, table in scenario.get("models", {}).items()}
    for s in scenario["strategies"].values():
        if s.get("model") in catalogue:
            models.setdefault(s["model"], {})
    for name, table in models.items():
        row = catalogue.get(table.get("is", name), {})
        # "Where the model's `released` date is given, the first lifetime counts from there"
        needless = () if "retires_after_months" in table else ("released",)
        models[name] = {key: x for key, x in row.items() if key not in needless} | table
    return {**scenario, "models": models}


def parts_of(s: dict[str, Any]) -> list[str]:
    if "cascade" in s:
        return [s["cascade"]["first"], s["cascade"]["second"]]
    if "wait" in s:
        return [s["wait"]["first"], s["wait"]["then"]]
    return list(s.get("mix", {}))


def reach(sc: dict[str, Any], name: str) -> list[str]:
    return [name, *(n for part in parts_of(sc["strategies"][name]) for n in reach(sc, part))]


# ---------------------------------------------------------------- one future, seen by every strategy


class World:
    """A resolved scenario in one future."""

    def __init__(self, scenario: dict[str, Any], future: Future) -> None:
        self.sc = resolve(scenario)
        self.future = future
        self.horizon: int = self.sc["horizon"]
        self.baseline: str = self.sc["baseline"]
        self.strategies: dict[str, dict[str, Any]] = self.sc["strategies"]
        self.hourly_rate = self.value(self.sc["hourly_rate"])
        self.tasks = self.counts(self.sc["workload"].get("task_changes_per_year"))

    def value(self, x: Any) -> float:
        # "A quantity is drawn once per draw and shared by all that uses it". The certain need not be drawn.
        if isinstance(x, Input):
            return self.future.values[x.path] if x.path in self.future.values else number(x.notation)
        return float(x)

    def counts(self, rate: Any) -> list[int]:
        # "Counts of a Poisson process at rate r a year: independent in every month 1 ... H"
        months = self.future.event_months.get(rate.path, []) if isinstance(rate, Input) else []
        return [months.count(t) for t in range(self.horizon + 1)]

    def model(self, s: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = self.sc["models"].get(s.get("model"), {})
        return found


def calls_by_month(w: World) -> list[float]:
    # "calls[1] = calls_per_month; calls[t] = calls[t-1] * (1 + growth_per_month) * exp(v*z[t] - v^2/2) [...];
    # never above max_calls_per_month where one is given (the cap is fed back: min(cap, calls[t-1] * ...))"
    # "Instead of calls_per_month, monthly_active_users * calls_per_user."
    load = w.sc["workload"]
    if "calls_per_month" in load:
        first = w.value(load["calls_per_month"])
    else:
        first = w.value(load["monthly_active_users"]) * w.value(load["calls_per_user"])
    growth, v = w.value(load.get("growth_per_month", 0)), w.value(load.get("volatility_per_month", 0))
    cap = w.value(load.get("max_calls_per_month", math.inf))
    calls = [0.0, min(cap, first)]
    for t in range(2, w.horizon + 1):
        noise = math.exp(v * w.future.noise[t] - v * v / 2) if v else 1.0
        calls.append(min(cap, calls[t - 1] * (1 + growth) * noise))
    return calls[: w.horizon + 1]


def list_price(w: World, s: dict[str, Any], t: int) -> float:
    # "list-price steps: a Poisson process price_changes_per_year, each multiplying the price by a random
    # ratio"; "a price step of month t moves the price from month t on, from t = 2": so a step of month 1
    # moves nothing, and price_path[1] = 1. It uses up its ratio all the same.
    rate, ratio = w.model(s).get("price_changes_per_year"), w.model(s).get("price_change_ratio")
    if rate is None or ratio is None:
        return 1.0
    months = w.future.event_months.get(rate.path, [])
    if not months:
        return 1.0
    ratios = w.future.price_ratios[ratio.path]
    return math.prod(ratios[i] for i, month in enumerate(sorted(months)) if 2 <= month <= t)


def market(w: World, s: dict[str, Any], t: int) -> float:
    # "market decline: a smooth annual fraction d, factor (1 - d)^((t-1)/12)"
    d = w.value(w.model(s).get("market_decline_per_year", 0))
    return float((1 - d) ** ((max(t, 1) - 1) / 12))


def price_path(w: World, s: dict[str, Any], t: int, trained: int) -> float:
    # "`follows_market` says whether a strategy takes it freely [...], takes it only at a retrain (a tuned
    # model [...] keeps the market level of its last training; a retrain in month t takes market[t] from month
    # t on; list steps always apply), or never."
    levels = {"freely": market(w, s, t), "at_retrain": market(w, s, trained), "never": 1.0}
    return list_price(w, s, t) * levels[s["follows_market"]]


def attempt_usd(w: World, s: dict[str, Any], path: float) -> float:
    # "attempt = ( prompt_tokens * hit * cached_price + prompt_tokens * (1 - hit) * miss_price
    # + input_tokens * input_price + output_tokens * output_price ) / 1e6
    # * price_multiplier * price_path[t] * (1 - batch_share * batch_discount)"
    if "price" not in s and "model" not in s:
        return 0.0  # mix, cascade, wait: the parts pay for tokens
    model = w.model(s)
    of_model = model["tuned"] if s["own_price"] and "tuned" in model else model.get("price")
    price = s.get("price", of_model)
    input_price, output_price = w.value(price.get("input", 0)), w.value(price.get("output", 0))
    cached_price = w.value(price["cached"]) if "cached" in price else input_price  # Gap: no price of its own
    prompt = w.value(s["prompt_tokens"])
    hit = w.value(s.get("cache_hit", 0))
    # "cache_write price where cache_hit is given and the provider charges one, else input price"
    miss_price = w.value(price["cache_write"]) if "cache_hit" in s and "cache_write" in price else input_price
    # "A prompt shorter than its model's smallest cacheable prefix has hit = 0 in that draw (known models
    # only)." Gap: what is never cached is not written to the cache either.
    if prompt < w.model(s).get("smallest_cacheable_prompt", 0):
        hit, miss_price = 0.0, input_price
    tokens = (
        prompt * hit * cached_price
        + prompt * (1 - hit) * miss_price
        + w.value(w.sc["workload"].get("input_tokens", 0)) * input_price
        + w.value(s["output_tokens"]) * output_price
    ) / 1e6
    batch = 1 - w.value(s["batch_share"]) * w.value(s["batch_discount"])
    return tokens * w.value(s["price_multiplier"]) * path * batch


def attempts_per_call(w: World, s: dict[str, Any]) -> float:
    # "attempts = 1 / (1 - retry_rate); with max_attempts m: (1 - r^m)/(1 - r)"
    r = w.value(s["retry_rate"])
    m = w.value(s["max_attempts"]) if "max_attempts" in s else math.inf
    return float((1 - r**m) / (1 - r))


def failure_rate(w: World, s: dict[str, Any], error_rate: float) -> float:
    # "failure = error_rate, or with max_attempts r^m + (1 - r^m) * error_rate"
    if "max_attempts" not in s:
        return error_rate
    lost = float(w.value(s["retry_rate"]) ** w.value(s["max_attempts"]))
    return lost + (1 - lost) * error_rate


def month_number(w: World, day: datetime.date) -> int:
    # "A date falls in month 12 * delta year + delta month + 1 from start"
    start = w.sc["start"]
    if start is None:
        raise ValueError("a date counts from `start`, which the scenario does not give")
    return int(12 * (day.year - start.year) + day.month - start.month + 1)


def age_at_start(sc: dict[str, Any], model: dict[str, Any]) -> float:
    # "Where the model's `released` date is given, the first lifetime counts from there"; "an age is days /
    # 30.4375 months"
    if "released" not in model:
        return 0.0
    if sc["start"] is None:
        raise ValueError("`released` needs `start`")
    return float((sc["start"] - model["released"]).days / 30.4375)


def retirements(w: World, s: dict[str, Any]) -> list[int]:
    # "a random lifetime L of the model from month 0, in month floor(L) + 1, then again after each further
    # lifetime, at the sums L1 + L2 ..."; "a certain lifetime already exceeded is an error"
    model = w.model(s)
    counts = [0] * (w.horizon + 1)
    if "retires_after_months" not in model:
        month = month_number(w, model["retires"]) if "retires" in model else w.horizon + 1
        if month <= w.horizon:
            counts[max(month, 1)] += 1
        return counts
    passed = -age_at_start(w.sc, model)
    for lifetime in w.future.lifetimes.get(model["retires_after_months"].path, []):
        passed += lifetime
        if passed < 0 or lifetime <= 0:
            raise ValueError("a lifetime already exceeded, or of 0 months, is an error")
        if math.floor(passed) + 1 <= w.horizon:
            counts[math.floor(passed) + 1] += 1
    return counts


def scheduled_retrains(w: World, tuning: dict[str, Any], end_of_build: int) -> list[int]:
    # "Scheduled retrain every k months [...]: the j-th falls in month B + floor(j*k) + 1."
    counts = [0] * (w.horizon + 1)
    if "retrain_every_months" not in tuning:
        return counts
    k = w.value(tuning["retrain_every_months"])
    if k <= 0:
        raise ValueError("An interval or lifetime that can be 0 is an error.")
    j = 1
    while (month := end_of_build + math.floor(j * k) + 1) <= w.horizon:
        counts[month] += 1
        j += 1
    return counts


def tuning_ends(w: World, s: dict[str, Any]) -> float:
    # "`ends` is a date or a number of months (then it may be uncertain)." Gap: a number x of months from
    # month 0 falls in month floor(x) + 1, as a lifetime does; it keeps to the calendar under `wait` and
    # pilot.
    ends = s.get("tuning", {}).get("ends", w.model(s).get("tuning_closes")) if "tuning" in s else None
    if ends is None:
        return math.inf
    return month_number(w, ends) if isinstance(ends, datetime.date) else math.floor(w.value(ends)) + 1


def retrain_cost(w: World, s: dict[str, Any]) -> dict[str, float]:
    # "A retrain costs training_cost + retrain_hours * hourly_rate + relabelled_examples * cost_per_label."
    # Lines of the driver `retrain` come on top.
    tuning = s["tuning"]
    cost = {
        "training": w.value(tuning["training_cost"]),
        "engineering": w.value(tuning["retrain_hours"]) * w.hourly_rate,
        "labels": w.value(tuning["relabelled_examples"]) * w.value(tuning["cost_per_label"]),
    }
    for name, row in s["costs"].items():
        if row["driver"] == "retrain":
            cost[name] = cost.get(name, 0.0) + w.value(row["amount"])
    return cost


def month_cost(
    w: World, s: dict[str, Any], t: int, calls: float, path: float, error_rate: float
) -> dict[str, float]:
    """What a strategy that serves `calls` in month t costs by line, retrains and migrations apart."""
    attempts, failure = attempts_per_call(w, s), failure_rate(w, s, error_rate)
    hours = w.value(s["hours_per_month"]) + w.value(s["hours_per_task_change"]) * w.tasks[t]
    behind = w.value(w.sc["workload"].get("cost_per_day_behind", 0))
    # "call = attempt * attempts + failure * cost_per_error + latency_seconds * attempts * cost_per_second"
    cost = {
        "tokens": calls * attempt_usd(w, s, path) * attempts,
        "errors": calls * failure * w.value(s["cost_per_error"]),
        "latency": calls * w.value(s["latency_seconds"]) * attempts * w.value(s["cost_per_second"]),
        # "Each [task change] costs a strategy hours_per_task_change * hourly_rate, and days_per_task_change *
        # cost_per_day_behind for the days that it lags."
        "engineering": hours * w.hourly_rate,
        "task_change_lag": w.tasks[t] * w.value(s["days_per_task_change"]) * behind,
    }
    if "hosting" in s:
        # "replicas = max(min_replicas, ceil(calls[t] * attempts * peak_to_mean / (730 * calls_per_hour)))
        # (one where calls_per_hour [...] is not given), and the line `hosting` is 730 * usd_per_hour *
        # replicas / shared_by" Gap: min_replicas holds also where calls_per_hour is not given.
        host, needed = s["hosting"], 1
        if "calls_per_hour" in host:
            peak = calls * attempts * w.value(host["peak_to_mean"])
            needed = math.ceil(peak / (730 * w.value(host["calls_per_hour"])))
        replicas = max(w.value(host["min_replicas"]), needed)
        cost["hosting"] = 730 * w.value(host["usd_per_hour"]) * replicas / w.value(host["shared_by"])
    # "A cost line is amount * driver [...]: once (month 0), month, hour (730 a month), call, attempt, failure
    # (a call that stays wrong: failure * calls), retrain, task_change." Gap: a mixed strategy's own lines
    # count its own calls, attempts and failures, not its parts'.
    drivers = {
        "once": 0.0,  # booked in month 0
        "retrain": 0.0,  # booked at each retrain
        "month": 1.0,
        "hour": 730.0,
        "call": calls,
        "attempt": calls * attempts,
        "failure": calls * failure,
        "task_change": float(w.tasks[t]),
    }
    for name, row in s["costs"].items():
        cost[name] = cost.get(name, 0.0) + w.value(row["amount"]) * drivers[row["driver"]]
    return cost


# ---------------------------------------------------------------- launch, failure, pilot; mixed and waiting


@dataclass(frozen=True)
class Order:
    """A strategy put to work: alone, as a part of a mixed one, or as one half of a waiting one."""

    name: str
    pays: int  # its month-0 costs fall in this month
    counts: int  # its build and its events count from this month
    gate: int  # it serves after this month only: what it is part of is built until then
    last: int  # and not after this one
    always: bool  # it is the baseline, or serves within it: nothing to launch


@dataclass(frozen=True)
class Launch:
    pilot_pays: int | None  # the month in which the pilot is paid
    pays: int | None  # the month in which the month-0 costs fall, None for never
    counts: int
    end: int  # the last month of the build
    serves: bool


@dataclass
class Bill:
    horizon: int
    lines: Lines = field(default_factory=dict)
    sent: dict[str, list[float | None]] = field(default_factory=dict)  # fallback -> calls it takes over

    def add(self, line: str, month: int, usd: float) -> None:
        if usd != 0:  # a line that never costs anything is left out
            self.lines.setdefault(line, [0.0] * (self.horizon + 1))[month] += usd

    def send(self, fallback: str, month: int, calls: float) -> None:
        by_month = self.sent.setdefault(fallback, [None] * (self.horizon + 1))
        by_month[month] = (by_month[month] or 0.0) + calls


def success_input(s: dict[str, Any]) -> Input | None:
    # "The probability is given, or for a tuned one follows from labelled_examples."
    for found in (s.get("success_probability"), s.get("tuning", {}).get("labelled_examples")):
        if isinstance(found, Input):
            return found
    return None


def succeeds(w: World, s: dict[str, Any]) -> bool:
    source = success_input(s)
    if source is None or source.path in w.future.success:
        return source is None or w.future.success[source.path]
    if source.path.endswith("success_probability") and w.value(source) != 1:
        raise KeyError(f"this future does not say whether {source.path} is met")
    return True


def launch(w: World, order: Order) -> Launch:
    s = w.strategies[order.name]
    pays, counts = order.pays, order.counts
    if order.always:  # "These hold for any strategy but the baseline": it and its parts always serve
        return Launch(None, pays if pays <= order.last else None, counts, max(counts, order.gate), True)
    serves, pilot_pays = succeeds(w, s), None
    if "pilot" in s:
        # "With a pilot, month 0 pays the pilot alone, and at its end, P = ceil(months), it is known whether
        # the bar is met. Where it is not, no more is spent. Where it is, the costs named above fall in month
        # P + 1 and build and events count from P."
        pilot_pays = pays if pays <= order.last else None
        counts += math.ceil(w.value(s["pilot"]["months"]))
        pays = counts + 1
        if not serves:
            return Launch(pilot_pays, None, counts, order.last, False)
    # Gap: where the provider has ended fine-tuning before the first training is due, nothing is spent on it,
    # and the fallback serves; nor is anything spent after the last month in which a strategy is in use
    # (`first` of a wait).
    if pays >= tuning_ends(w, s) or pays > order.last:
        return Launch(pilot_pays, None, counts, order.last, False)
    # "For build_months the fallback still serves: its cost in months 1 ... B is wholly the candidate's cost,
    # and no retrain falls in them; a fraction of a month counts as one." Gap: a part of a strategy that is
    # itself being built is launched with it at the earliest.
    end = max(counts + math.ceil(w.value(s["build_months"])), order.gate)
    return Launch(pilot_pays, pays, counts, end, serves)


def spread(w: World, order: Order, calls: list[float], orders: dict[Order, list[float]]) -> None:
    # "A mixed strategy sends shares of the calls to other strategies (routing), or sends every call to a
    # first one and a share on to a second (cascade). [...] every other line of each part is paid in full,
    # once": a strategy that is reached twice is one order with the calls of both.
    # Gap: so is one that is in use until another month.
    mine, last = [c if t <= order.last else 0.0 for t, c in enumerate(calls)], order.last
    for known in [o for o in orders if replace(o, last=order.last) == order]:
        mine, last = [a + b for a, b in zip(orders.pop(known), mine, strict=True)], max(last, known.last)
    orders[replace(order, last=last)] = mine
    s, at = w.strategies[order.name], launch(w, order)
    if at.pays is None or not parts_of(s):
        return
    # A mixed strategy that misses the bar has paid the month-0 costs of its parts; they never serve.
    gate, last = (at.end, order.last) if at.serves else (w.horizon, at.pays)

    def part(name: str, share: float, pays: int, counts: int, until: int) -> None:
        always = order.always or name in w.sc["in_service"]
        spread(w, Order(name, pays, counts, gate, until, always), [c * share for c in calls], orders)

    if "mix" in s:
        # "Shares add up to 1; one share may be 'rest'."
        said = {name: w.value(x) for name, x in s["mix"].items() if x != "rest"}
        rest = 1 - sum(said.values())
        if rest < -1e-9 or (len(said) == len(s["mix"]) and rest > 1e-9):
            raise ValueError(f"{order.name}: shares must add up to 1")
        for name in s["mix"]:
            part(name, said.get(name, max(rest, 0.0)), at.pays, at.counts, last)
    elif "cascade" in s:
        # "a cascade: all of them for the first, escalation_rate of them for the second"
        part(s["cascade"]["first"], 1.0, at.pays, at.counts, last)
        part(s["cascade"]["second"], w.value(s["cascade"]["escalation_rate"]), at.pays, at.counts, last)
    else:
        # "the first one in months 1 ... T and the second from month T + 1 on: the second's month-0 costs fall
        # in month T + 1 and its build and its events count from T; prices and traffic keep to the calendar.
        # The first one's month-0 costs fall in month 0." Gap: a fraction of a month counts as one.
        turn = at.counts + math.ceil(w.value(s["wait"]["months"]))
        part(s["wait"]["first"], 1.0, at.pays, at.counts, min(last, turn))
        part(s["wait"]["then"], 1.0, turn + 1, turn, last)


def book(w: World, order: Order, calls: list[float], bill: Bill) -> None:
    """Enter one strategy's own lines, and what it sends to its fallback."""
    s, at = w.strategies[order.name], launch(w, order)
    if at.pilot_pays is not None:
        bill.add("pilot", at.pilot_pays, w.value(s["pilot"]["cost"]))
        bill.add("engineering", at.pilot_pays, w.value(s["pilot"]["hours"]) * w.hourly_rate)
    if at.pays is not None:
        # "Month 0 costs setup_hours * hourly_rate, and for a tuned one training_cost + labelled_examples *
        # cost_per_label more."
        bill.add("engineering", at.pays, w.value(s["setup_hours"]) * w.hourly_rate)
        if "tuning" in s:
            tuning = s["tuning"]
            bill.add("training", at.pays, w.value(tuning["training_cost"]))
            labels = w.value(tuning["labelled_examples"])
            bill.add("labels", at.pays, labels * w.value(tuning["cost_per_label"]))
        for name, row in s["costs"].items():
            if row["driver"] == "once":
                bill.add(name, at.pays, w.value(row["amount"]))
    # "With probability 1 - success_probability the strategy misses the quality bar: the money of month 0 is
    # lost and the fallback serves on, with no maintenance and no retrains."
    first, stop = at.end + 1, order.last + 1
    if at.serves and at.pays is not None:
        stop = serve(w, s, first, order.last, at.pays, calls, bill)
    else:
        first = order.last + 1
    if not order.always:
        for t in range(max(order.counts, order.gate) + 1, order.last + 1):
            if not first <= t < stop:
                bill.send(s["fallback"], t, calls[t])


def serve(
    w: World, s: dict[str, Any], first: int, last: int, pays: int, calls: list[float], bill: Bill
) -> int:
    """Months first ... last of a strategy that serves; returns the first month in which it no longer does."""
    retired, error_rate = retirements(w, s), w.value(s["error_rate"])
    # Gap: the market level of the first training is that of the month in which it is paid (month 0: month
    # 1's); the error rate that is written is that of the launch, so that the first training counts as one of
    # month B + 1.
    market_of = pays
    if "tuning" not in s:
        for t in range(first, last + 1):
            cost = month_cost(w, s, t, calls[t], price_path(w, s, t, market_of), error_rate)
            for line, usd in cost.items():
                bill.add(line, t, usd)
            # "A prompted strategy on it [a retired model] pays migration_hours"
            bill.add("engineering", t, retired[t] * w.value(s["migration_hours"]) * w.hourly_rate)
        return last + 1

    tuning = s["tuning"]
    scheduled = scheduled_retrains(w, tuning, first - 1)
    drift = w.counts(tuning.get("drift_retrains_per_year"))
    ends, one_retrain = tuning_ends(w, s), retrain_cost(w, s)
    growth = w.value(tuning["error_growth_per_month"])
    gives_up = tuning.get("give_up", "never") == "at_retrain"
    # Gap: a tuned part of a mixed strategy is held against the baseline on the calls of that part.
    baseline = total(full_lines(w, w.baseline, calls), w.horizon) if gives_up else [0.0] * (w.horizon + 1)
    trained, saved = first, 0.0
    # Gap: a base model that retires while the strategy is built, tuning having ended, is not launched at all.
    if any(t >= ends and retired[t] for t in range(pays + 1, min(first, w.horizon + 1))):
        return first
    for t in range(first, last + 1):
        # "Where the provider ends fine-tuning, a retrain due in or after that month is impossible: when a
        # forced one falls due the fallback serves from that same month on, for good, at no further cost of
        # its own; scheduled, drift and task-change retrains are skipped."
        if t >= ends and retired[t]:
            return t
        # "before each scheduled retrain the saving against the baseline since launch or since the last
        # scheduled retrain, leaving out what retrains cost, is held against what this retrain will cost.
        # Where it is smaller the retrain is not made, and the fallback serves from that month on, for good".
        # Gap: nominal dollars; scheduled retrains of one month are judged together.
        if t < ends and scheduled[t]:
            if gives_up and saved < scheduled[t] * sum(one_retrain.values()):
                return t
            saved = 0.0
        # "Drift retrains: Poisson, per year. Task changes: each costs [...] the tuned one its hours and a
        # retrain." "[Retirement:] a tuned one a forced retrain". "Every retrain due in a month is paid, also
        # where several coincide; none resets the schedule."
        retrains = scheduled[t] + drift[t] + w.tasks[t] + retired[t] if t < ends else 0
        if retrains:
            trained = market_of = t
        # "the error rate of a tuned strategy rises by that much for each full month since its last training
        # (at most 1)"
        grown = min(1.0, error_rate + growth * (t - trained))
        cost = month_cost(w, s, t, calls[t], price_path(w, s, t, market_of), grown)
        for line, usd in cost.items():
            bill.add(line, t, usd)
        for line, usd in one_retrain.items():
            bill.add(line, t, usd * retrains)
        saved += baseline[t] - sum(cost.values())
    return last + 1


def total(lines: Lines, horizon: int) -> list[float]:
    # "A strategy's cost is the sum of its lines, so the breakdown always adds up to the total."
    return [sum(line[t] for line in lines.values()) for t in range(horizon + 1)]


def full_lines(w: World, name: str, calls: list[float], trail: tuple[str, ...] = ()) -> Lines:
    """All cost lines of a strategy that is given `calls`, its parts' and its fallbacks' included."""
    if name in trail:
        raise ValueError(f"{name}: fallbacks go round in a circle")
    bill, orders = Bill(w.horizon), dict[Order, list[float]]()
    spread(w, Order(name, 0, 0, 0, w.horizon, name in w.sc["in_service"]), calls, orders)
    for order, its_calls in orders.items():
        book(w, order, its_calls, bill)

    def cost_of(fallback: str, its_calls: list[float]) -> list[float]:
        return total(full_lines(w, fallback, its_calls, (*trail, name)), w.horizon)

    # "A candidate never pays its fallback's month-0 costs." Gap: the fallback runs by the calendar, as if it
    # had begun in month 0, with a launch, failure or wait of its own. Gap: where the fallback is itself a
    # part that is in service then, it takes more calls, and its lines that calls do not drive are still paid
    # once ("paid in full, once").
    for fallback, sent in bill.sent.items():
        beside: list[float | None] = [None] * (w.horizon + 1)
        for order, its_calls in orders.items():
            if order.name == fallback:
                for t in range(max(order.counts, order.gate) + 1, order.last + 1):
                    beside[t] = (beside[t] or 0.0) + its_calls[t]
        more = cost_of(fallback, [(a or 0.0) + (b or 0.0) for a, b in zip(sent, beside, strict=True)])
        less = cost_of(fallback, [b or 0.0 for b in beside]) if any(b is not None for b in beside) else []
        for t in range(1, w.horizon + 1):
            if sent[t] is not None:
                bill.add("fallback", t, more[t] - (less[t] if beside[t] is not None else 0.0))
    return bill.lines


def costs_of(scenario: dict[str, Any], future: Future) -> dict[str, dict[str, list[float]]]:
    """Undiscounted cost of every strategy in one future: strategy -> line -> USD by month 0 ... H."""
    w = World(scenario, future)
    calls = calls_by_month(w)
    costs = {}
    for name in w.strategies:
        lines = full_lines(w, name, calls)
        for line, usd in lines.items():
            # "with ends_per_year, an exponential time from month 0; from the month after it, no strategy has
            # calls or costs." A time x falls in month floor(x) + 1.
            if future.end_month is not None:
                gone = math.floor(future.end_month) + 2
                lines[line] = [0.0 if t >= gone else x for t, x in enumerate(usd)]
            # "a cost that is not finite is an error that names strategy, line and draw"
            if not all(math.isfinite(x) for x in usd):
                raise ValueError(f"{name}: {line} is not finite")
        costs[name] = lines
    return costs


# ---------------------------------------------------------------- pay-off


def discounts(scenario: dict[str, Any], future: Future) -> list[float]:
    # "Month 0 is not discounted": 1 / (1 + discount_rate)^(t/12)
    w = World(scenario, future)
    rate = w.value(w.sc["discount_rate"])
    return [1 / (1 + rate) ** (t / 12) for t in range(w.horizon + 1)]


def outcome(costs: dict[str, Lines], scenario: dict[str, Any], future: Future) -> dict[str, Any]:
    """One future's {"candidates": {name: cumulative, pays_off ...}, "totals": {strategy: discounted USD}}."""
    sc, factor = resolve(scenario), discounts(scenario, future)
    horizon: int = sc["horizon"]
    nominal = {name: total(lines, horizon) for name, lines in costs.items()}
    base = nominal[sc["baseline"]]
    candidates = {}
    for name, cost in nominal.items():
        if name == sc["baseline"]:
            continue
        # "saving[t] = cost(baseline)[t] - cost(candidate)[t]; cumulative[t] = sum over u <= t of saving[u] /
        # (1 + discount_rate)^(u/12)"; "a cumulative within 1e-9 of the money moved counts as zero"; "Money
        # moved is the sum of (|baseline| + |candidate|) to t, discounted."
        cumulative, running, moved = [], 0.0, 0.0
        for t in range(horizon + 1):
            running += (base[t] - cost[t]) * factor[t]
            moved += (abs(base[t]) + abs(cost[t])) * factor[t]
            cumulative.append(0.0 if abs(running) <= 1e-9 * moved else running)
        # "break-even month = the first t >= 0 with cumulative[u] >= 0 for every u from t to H; inf where
        # cumulative[H] < 0"; "first touch = the first t >= 1 with cumulative[t] >= 0, whatever follows";
        # "cash at risk = -min_t cumulative[t], where it is positive"
        even = [t for t in range(horizon + 1) if all(c >= 0 for c in cumulative[t:])]
        touch = [t for t in range(1, horizon + 1) if cumulative[t] >= 0]
        candidates[name] = {
            "cumulative": cumulative,
            "pays_off": cumulative[horizon] >= 0,
            "break_even_month": even[0] if even else math.inf,
            "first_touch": touch[0] if touch else math.inf,
            "saving": cumulative[horizon],
            "cash_at_risk": max(0.0, -min(cumulative)),
        }
    totals = {name: sum(c * f for c, f in zip(cost, factor, strict=True)) for name, cost in nominal.items()}
    return {"candidates": candidates, "totals": totals}


# ---------------------------------------------------------------- drawing a future


def number(x: Any) -> float:
    """A certain number: 3000, "3_000", "20%", "$1.5k", "2M", "6 months"."""
    if isinstance(x, int | float):
        return float(x)
    if not isinstance(x, str) or " to " in x:
        raise TypeError(f"{x!r} is uncertain, and this future gives it no value")
    text = x.replace("_", "").replace("$", "").replace(" %", "%").split()[0]
    factor = {"%": 0.01, "k": 1e3, "M": 1e6}.get(text[-1])
    return float(text) if factor is None else float(text[:-1]) * factor


def interval(low: float, high: float, credibility: float, domain: str, rng: random.Random) -> float:
    # "'a to b' is the 5 % to 95 % interval of a normal on the domain's natural scale: identity, log, logit."
    # "Ends of an interval lie strictly inside"; "a >= b [...] is an error"
    if not low < high or (domain != "real" and low <= 0) or (domain == "fraction" and high >= 1):
        raise ValueError(f"{low} to {high}: not an interval inside the domain ({domain})")
    if domain == "real":
        a, b = low, high
    elif domain == "positive":
        a, b = math.log(low), math.log(high)
    else:
        a, b = math.log(low / (1 - low)), math.log(high / (1 - high))
    z = statistics.NormalDist().inv_cdf((1 + credibility) / 2)
    y = rng.gauss((a + b) / 2, (b - a) / (2 * z))
    return y if domain == "real" else math.exp(y) if domain == "positive" else 1 / (1 + math.exp(-y))


def family(d: dict[str, Any], rng: random.Random) -> float:
    """A draw of a distribution under SciPy's names and parameters."""
    p = {k: number(x) for k, x in d.items() if k not in ("dist", "min", "max")}
    standard: dict[str, Callable[[], float]] = {
        "norm": lambda: rng.gauss(0, 1),
        "lognorm": lambda: math.exp(p["s"] * rng.gauss(0, 1)),
        "gamma": lambda: rng.gammavariate(p["a"], 1),
        "expon": lambda: rng.expovariate(1),
        "uniform": rng.random,
        "beta": lambda: rng.betavariate(p["a"], p["b"]),
        "triang": lambda: rng.triangular(0, 1, p["c"]),
        "weibull_min": lambda: rng.weibullvariate(1, p["c"]),
        "johnsonsb": lambda: 1 / (1 + math.exp(-(rng.gauss(0, 1) - p["a"]) / p["b"])),
        "poisson": lambda: len(poisson_times(p["mu"], 1, rng)),
        "binom": lambda: sum(rng.random() < p["p"] for _ in range(int(p["n"]))),
        "randint": lambda: rng.randrange(int(p["low"]), int(p["high"])),
    }
    return p.get("loc", 0.0) + p.get("scale", 1.0) * standard[d["dist"]]()


def draw(notation: Any, domain: str, credibility: float, rng: random.Random) -> float:
    """One value of an uncertain input."""
    if isinstance(notation, str) and " to " in notation:
        low, high = notation.split(" to ")
        x = interval(number(low), number(high), credibility, domain, rng)
    elif isinstance(notation, dict):
        # "Bounds truncate (renormalise); they never clamp": draw again until it is inside.
        bounds = number(notation.get("min", -math.inf)), number(notation.get("max", math.inf))
        x = draw_table(notation, domain, credibility, rng)
        while not bounds[0] <= x <= bounds[1]:
            x = draw_table(notation, domain, credibility, rng)
    else:
        x = number(notation)
    if domain != "real" and (x < 0 or (domain == "fraction" and x > 1)):
        raise ValueError(f"{notation!r} gave {x}, outside its domain ({domain})")
    return x


def draw_table(d: dict[str, Any], domain: str, credibility: float, rng: random.Random) -> float:
    if "dist" in d:
        return family(d, rng)
    if "low" in d:
        return interval(number(d["low"]), number(d["high"]), d.get("credibility", credibility), domain, rng)
    for key in ("choice", "mixture"):
        if key in d:
            return draw(rng.choices(d[key], d.get("weights"))[0], domain, credibility, rng)
    raise ValueError(f"{d!r}: a notation that the slow model does not read")


def poisson_times(rate: float, length: float, rng: random.Random) -> list[float]:
    """Times in (0, length) of a Poisson process, by its exponential gaps."""
    times: list[float] = []
    t = rng.expovariate(rate) if rate > 0 else math.inf
    while t < length:
        times.append(t)
        t += rng.expovariate(rate)
    return times


def inputs_of(tree: Any) -> dict[str, Input]:
    """Every input once, by path."""
    if isinstance(tree, Input):
        return {tree.path: tree}
    found: dict[str, Input] = {}
    for branch in tree.values() if isinstance(tree, dict) else ():
        found.update(inputs_of(branch))
    return found


def sample_future(
    scenario: dict[str, Any],
    rng: random.Random,
    success_of_examples: Callable[[float], float] = lambda n: 1.0,
) -> Future:
    """One future, all inputs independent; `success_of_examples` is the curve from labels to P(success)."""
    sc = resolve(scenario)
    if sc["correlations"]:
        raise ValueError("the slow model draws independent inputs only")
    horizon, credibility, future = sc["horizon"], sc["credibility"], Future()
    # "Two quantities belong to events, are drawn afresh at each": price_change_ratio and
    # retires_after_months.
    afresh = ("price_change_ratio", "retires_after_months")
    for path, source in inputs_of(sc).items():
        if not path.endswith(afresh):
            future.values[path] = draw(source.notation, source.domain, credibility, rng)
    for path, rate in future.values.items():
        if path.endswith(("task_changes_per_year", "drift_retrains_per_year", "price_changes_per_year")):
            times = poisson_times(rate / 12, horizon, rng)
            future.event_months[path] = [math.floor(t) + 1 for t in times]
    if future.values.get("workload.ends_per_year", 0) > 0:
        future.end_month = rng.expovariate(future.values["workload.ends_per_year"] / 12)
    future.noise = [rng.gauss(0, 1) for _ in range(horizon + 1)]
    for s in sc["strategies"].values():
        bar = success_input(s)
        if bar is not None and bar.path not in future.success:
            p = future.values[bar.path]
            given = bar.path.endswith("success_probability")
            future.success[bar.path] = rng.random() < (p if given else success_of_examples(p))
    for name, model in sc["models"].items():
        if "price_change_ratio" in model:
            ratio = model["price_change_ratio"]
            steps = future.event_months.get(f"models.{name}.price_changes_per_year", [])
            future.price_ratios[ratio.path] = [
                draw(ratio.notation, "positive", credibility, rng) for _ in steps
            ]
        if "retires_after_months" in model:
            lifetime, age = model["retires_after_months"], age_at_start(sc, model)
            lives = [lifetime_draw(lifetime, credibility, rng, longer_than=age)]
            while sum(lives) - age <= horizon:
                lives.append(lifetime_draw(lifetime, credibility, rng, longer_than=0.0))
            future.lifetimes[lifetime.path] = lives
    return future


def lifetime_draw(source: Input, credibility: float, rng: random.Random, longer_than: float) -> float:
    # "the first lifetime [...] is conditioned on having lasted until start [...] a certain lifetime already
    # exceeded is an error": drawn again until it is long enough.
    for _ in range(100_000):
        x = draw(source.notation, "positive", credibility, rng)
        if x > longer_than:
            return x
    raise ValueError(f"{source.path}: already exceeded, or 0")


# ---------------------------------------------------------------- many futures


def no_dearer(cost: float, other: float) -> bool:
    # "Rounding must not decide": what is within 1e-9 of the money moved is equal.
    return cost - other <= 1e-9 * (abs(cost) + abs(other))


def simulate(
    scenario: dict[str, Any],
    draws: int,
    seed: int,
    success_of_examples: Callable[[float], float] = lambda n: 1.0,
) -> dict[str, Any]:
    """Summary over `draws` independent futures."""
    sc, rng = resolve(scenario), random.Random(seed)
    names, base, months = list(sc["strategies"]), sc["baseline"], range(sc["horizon"] + 1)
    line_sums: dict[str, dict[str, float]] = {name: {} for name in names}
    results = []
    for _ in range(draws):
        future = sample_future(sc, rng, success_of_examples)
        costs, factor = costs_of(sc, future), discounts(sc, future)
        results.append(outcome(costs, sc, future))
        for name in names:
            for line, usd in costs[name].items():
                pv = sum(x * f for x, f in zip(usd, factor, strict=True))
                line_sums[name][line] = line_sums[name].get(line, 0.0) + pv

    mean_cost = {n: statistics.fmean(r["totals"][n] for r in results) for n in names}
    candidates = {}
    for name in (n for n in names if n != base):
        mine = [r["candidates"][name] for r in results]
        savings = sorted(m["saving"] for m in mine)
        evens, touches = [m["break_even_month"] for m in mine], [m["first_touch"] for m in mine]
        # "P(total cost of the candidate <= that of the one other strategy, baseline included, with the lowest
        # expected cost)"
        rival = min((n for n in names if n != name), key=lambda n: mean_cost[n])
        # "The worst tenth's mean is the mean of the lowest tenth of savings."
        candidates[name] = {
            "p_pays_off": statistics.fmean(m["pays_off"] for m in mine),
            "p_by_month": [statistics.fmean(m["cumulative"][t] >= 0 for m in mine) for t in months],
            "best_alternative": rival,
            "p_beats_best_alternative": statistics.fmean(
                no_dearer(r["totals"][name], r["totals"][rival]) for r in results
            ),
            "mean_saving": statistics.fmean(savings),
            "sd_saving": statistics.stdev(savings) if draws > 1 else 0.0,
            "break_even_months": {t: evens.count(t) for t in sorted(set(evens))},
            "first_touch_months": {t: touches.count(t) for t in sorted(set(touches))},
            "p_first_touch": statistics.fmean(t < math.inf for t in touches),
            "worst_tenth_mean": statistics.fmean(savings[: max(1, draws // 10)]),
            "mean_cash_at_risk": statistics.fmean(m["cash_at_risk"] for m in mine),
        }

    # "Expected loss of choosing d: L_d = E[cost_d - min_k cost_k]"; "EVPI: the smallest L_d"; "P(cheapest)
    # shares ties equally".
    cheapest, loss = dict.fromkeys(names, 0.0), dict.fromkeys(names, 0.0)
    for r in results:
        totals = r["totals"]
        low = min(totals.values())
        best = [n for n in names if no_dearer(totals[n], low)]
        for n in names:
            cheapest[n] += (n in best) / len(best) / draws
            loss[n] += (totals[n] - low) / draws
    strategies = {
        n: {
            "mean_cost": mean_cost[n],
            "mean_lines": {line: x / draws for line, x in line_sums[n].items()},
            "p_cheapest": cheapest[n],
            "expected_loss": loss[n],
        }
        for n in names
    }
    return {"draws": draws, "candidates": candidates, "strategies": strategies, "evpi": min(loss.values())}
