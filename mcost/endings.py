"""Dates that end a plan: a model that retires, tuning that closes; and prompts too short to be cached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from mcost.scenario import Scenario


@dataclass(frozen=True)
class Ending:
    """One date that falls within the horizon.

    strategy : whom it concerns; what : "retires" or "closes for tuning"; model, day, month : which and when.
    source : who says so; None for a date of the scenario's own.
    """

    strategy: str
    what: str
    model: str
    day: date
    month: int
    source: str | None


def endings(scenario: Scenario) -> list[Ending]:
    """Every such date, in the order of the strategies."""
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
    if facts is not None and facts.retires is not None and given and given.retires_after_months is None:
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
