"""What a careful analyst would question: counted twice, guessed without a spread, old, or without effect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mcost.idle_keys import idle_keys
from mcost.known_models import begins
from mcost.scenario import Scenario
from mcost.schema import Strategy
from mcost.truncated import Truncated
from mcost.uncertain import Prior

GUESSED = (
    "setup_hours",
    "hours_per_month",
    "hours_per_task_change",
    "retrain_hours",
    "migration_hours",
    "success_probability",
    "retry_rate",
    "growth_per_month",
    "calls_per_month",
    "drift_retrains_per_year",
    "task_changes_per_year",
)
"""Inputs that nobody knows to the digit."""

ORDERS = 1000.0
MOST_CUT = 0.5
OLD_DAYS = 365
USUAL_PREFIX = 1024


@dataclass(frozen=True)
class Doubt:
    """One question. about : the key path it is about; question : what is odd, and what would mend it."""

    about: str
    question: str


def doubts(scenario: Scenario) -> list[Doubt]:
    """Every question, in the order of the file's tables; none of them keeps a scenario from running."""
    found = [*_spreads(scenario), *_ages(scenario), *_currency(scenario)]
    found += [Doubt(*said) for said in idle_keys(scenario)]
    for name, strategy in scenario.strategies.items():
        found += [
            Doubt(f"strategies.{name}.{key}", said) for key, said in _strategy(scenario, name, strategy)
        ]
    return found


def _spreads(scenario: Scenario) -> Iterator[Doubt]:
    some_spread = any(not prior.law.certain for prior in scenario.inputs.values())
    for name, prior in scenario.inputs.items():
        low, high = (float(x) for x in prior.law.ppf(np.array([0.05, 0.95])))
        if isinstance(prior.law, Truncated) and prior.catalogued is None and prior.law.mass < MOST_CUT:
            kept = f"keeps {100 * prior.law.mass:.2g} % of it: is it the range that is meant?"
            yield Doubt(name, f"is {prior.law}, which {kept}")
        if prior.law.certain:
            if some_spread and name.rsplit(".", 1)[-1] in GUESSED and low not in (0.0, 1.0):
                yield Doubt(name, "is stated without a spread: is it known to the digit? Else give a range")
        elif prior.catalogued is None and low > 0 and high / low > ORDERS:
            yield Doubt(name, f"spans {high / low:,.0f} times from 5 % to 95 %: can anything narrow it?")


def _currency(scenario: Scenario) -> Iterator[Doubt]:
    if scenario.currency == "USD":
        return
    for name, prior in scenario.inputs.items():
        if prior.catalogued is not None and prior.unit.startswith("USD"):
            yield Doubt(name, f"is a figure in USD, and is not converted to {scenario.currency}")


def _ages(scenario: Scenario) -> Iterator[Doubt]:
    if scenario.start is None:
        return
    for name, prior in scenario.inputs.items():
        if prior.checked is not None and (scenario.start - prior.checked).days > OLD_DAYS:
            yield Doubt(name, f"rests on a figure checked on {prior.checked}, more than a year before start")


def _strategy(scenario: Scenario, name: str, strategy: Strategy) -> Iterator[tuple[str, str]]:
    if name == scenario.baseline:
        yield from _baseline(strategy)
    yield from _cache(scenario, name, strategy)
    yield from _life(scenario, strategy)
    tuning = strategy.tuning
    if tuning is not None and _costs(tuning.retrain_hours) and _costs(strategy.hours_per_month):
        yield (
            "tuning.retrain_hours",
            "stands beside hours_per_month, which may hold it already: count it once",
        )
    baseline = scenario.strategies[scenario.baseline]
    if (
        name != scenario.baseline
        and not strategy.tuned
        and not strategy.parts
        and strategy.success_probability is None
        and _served_by(scenario, strategy) != _served_by(scenario, baseline)
    ):
        yield (
            "success_probability",
            "is not given: is it certain that another model meets the quality bar?",
        )


def _costs(prior: Prior | None) -> bool:
    return prior is not None and prior.law.support()[1] > 0


def _served_by(scenario: Scenario, strategy: Strategy) -> tuple[object, object]:
    """The model by its own name, whatever [models] calls it, and its price."""
    facts, price = scenario.facts.get(strategy.model or ""), scenario.price_of(strategy)
    return (strategy.model if facts is None else facts.model), None if price is None else price.input.law


def _baseline(strategy: Strategy) -> Iterator[tuple[str, str]]:
    if _costs(strategy.setup_hours):
        yield "setup_hours", "of the baseline are counted, but it serves today: are they not spent already?"
    for key in ("build_months", "success_probability", "fallback", "pilot"):
        if getattr(strategy, key) is not None:
            yield key, "has no effect on the baseline, which serves from month 1 on"


def _cache(scenario: Scenario, name: str, strategy: Strategy) -> Iterator[tuple[str, str]]:
    price, hit, prompt = scenario.price_of(strategy), strategy.cache_hit, strategy.prompt_tokens
    if price is None or prompt is None:
        return
    least = scenario.smallest_cacheable_prefix(strategy)
    tokens = float(prompt.law.ppf(np.array([0.5]))[0])
    none = hit is None or hit.law.support()[1] == 0
    if not none and price.cached is None:
        yield "cache_hit", "is given, but the price has no cached rate: a hit then costs what a miss does"
    if not none and tokens < (least or USUAL_PREFIX):
        what = "gets no hits" if least else "gets none at most providers"
        yield "cache_hit", f"is given, but a prompt under {least or USUAL_PREFIX:,} tokens {what}"
    if none and price.cached is not None and tokens >= (least or USUAL_PREFIX):
        yield "cache_hit", "is 0, though the price has a cached rate: does the provider not cache by itself?"
    if none and hit is not None and price.cache_write is not None:
        yield "cache_hit", "of 0 pays the cache_write price for every prompt: leave it out for no caching"
    own = f"strategies.{name}.price."
    for inherited in (price.cached, price.cache_write):
        if inherited is not None and price.input.name.startswith(own) and not inherited.name.startswith(own):
            yield "price", f"takes over {inherited.name}: is it the same model's?"


def _life(scenario: Scenario, strategy: Strategy) -> Iterator[tuple[str, str]]:
    facts = scenario.facts.get(strategy.model or "")
    if facts is None or scenario.start is None:
        return
    start, horizon = begins(scenario.start), scenario.horizon_months
    model = scenario.models[strategy.model or ""]
    if facts.retires is not None and model.retires_after_months is None and facts.retires >= start:
        month = scenario.month_of(facts.retires)
        if month <= horizon:
            yield "model", f"{facts.model} retires on {facts.retires}, in month {month} of {horizon}"
