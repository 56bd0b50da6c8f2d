"""What ends a plan: a model that retires, tuning that closes; and prompts too short to be cached."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from mcost.scenario import Scenario


@dataclass(frozen=True)
class Ending:
    """One ending that falls within the horizon.

    strategy : whom it concerns; what : "retires" or "closes for tuning"; model, day, month : which and when;
        day is None where the scenario gives a certain life instead of a date.
    source : who says so; None for what the scenario says itself.
    """

    strategy: str
    what: str
    model: str
    day: date | None
    month: int
    source: str | None


def endings(scenario: Scenario) -> list[Ending]:
    """Every such ending, in the order of the strategies."""
    return [ending for name in scenario.strategies for ending in _endings(scenario, name)]


def _endings(scenario: Scenario, name: str) -> Iterator[Ending]:
    strategy = scenario.strategies[name]
    facts = scenario.facts.get(strategy.model or "")
    model = facts.model if facts is not None else strategy.model or "its model"

    def within(what: str, day: date, source: str | None) -> Iterator[Ending]:
        month = scenario.month_of(day)
        if month <= scenario.horizon_months:
            yield Ending(name, what, model, day, max(month, 0), source)

    closes = scenario.tuning_ends(strategy)
    if isinstance(closes, date):
        own = strategy.tuning is not None and strategy.tuning.ends is not None
        source = None if own or facts is None else facts.tuning_closes_source
        yield from within("closes for tuning", closes, source)
    given = scenario.models.get(strategy.model or "")
    if given is None:
        return
    life = given.retires_after_months
    if life is not None and life.law.certain:
        month = math.floor(life.law.mean() - scenario.age_of(given)) + 1
        if month <= scenario.horizon_months:
            yield Ending(name, "retires", model, None, month, None)
    elif life is None and facts is not None and facts.retires is not None:
        yield from within("retires", facts.retires, facts.retires_source)


def uncached(scenario: Scenario) -> dict[str, int]:
    """Strategies that give a cache hit rate for a prompt that their provider does not cache.

    Returns strategy -> the smallest prefix, in tokens, that is cached; judged on the median prompt.
    """
    found = {}
    for name, strategy in scenario.strategies.items():
        least = scenario.smallest_cacheable_prefix(strategy)
        if least is None or strategy.prompt_tokens is None or strategy.cache_hit is None:
            continue
        tokens = float(strategy.prompt_tokens.law.ppf(np.array([0.5]))[0])
        if strategy.cache_hit.law.support()[1] > 0 and tokens < least:
            found[name] = least
    return found
