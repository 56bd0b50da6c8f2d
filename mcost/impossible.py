"""What cannot be, though every value of a scenario is valid by itself: only the whole shows it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from mcost.errors import Problem
from mcost.known_models import begins
from mcost.quantity import inverse_has_mean

if TYPE_CHECKING:
    from mcost.scenario import Scenario


def impossible(scenario: Scenario) -> list[Problem]:
    """Every such mistake of a scenario."""
    return [*_past(scenario), *_without_end(scenario)]


def _past(scenario: Scenario) -> Iterator[Problem]:
    """What has ended before ``start``: a certain life that is exceeded, and tuning that is closed."""
    for name, given in scenario.models.items():
        life, age = given.retires_after_months, scenario.age_of(given)
        if life is not None and life.law.certain and life.law.mean() <= age:
            told = f"found {life.law.mean():g}, but it was released on {given.released}, {age:.1f} months"
            mend = f"expected more; to count from start, say released = {begins(scenario.start)}"
            yield Problem(("models", name, "retires_after_months"), f"{told} before start; {mend}")
    for name, strategy in scenario.strategies.items():
        path = ("strategies", name)
        facts, model = scenario.facts.get(strategy.model or ""), scenario.model_of(strategy)
        if facts is not None and facts.retires is not None and model is not None:
            said = model.retires_after_months is not None
            if not said and scenario.month_of(facts.retires) < 1:
                mend = "name another model, or say retires_after_months in [models]"
                yield Problem(
                    (*path, "model"), f"{facts.model} retired on {facts.retires}, before start; {mend}"
                )
        ends = scenario.tuning_ends(strategy)
        if isinstance(ends, date) and scenario.month_of(ends) < 1:
            own = strategy.tuning is not None and strategy.tuning.ends is not None
            at = (*path, "tuning", "ends") if own else (*path, "model")
            yield Problem(at, f"tuning ends on {ends}, before start: nothing could be trained")


def _without_end(scenario: Scenario) -> Iterator[Problem]:
    """Retries whose expected number is infinite: 1 / (1 - retry_rate) has no mean."""
    for name, strategy in scenario.strategies.items():
        retry = strategy.retry_rate
        if retry is not None and strategy.max_attempts is None and not inverse_has_mean(retry.law, 1.0):
            said = f"{retry.law} comes so near to 1 that the mean of 1 / (1 - retry_rate) is not finite"
            mend = "add max = 0.99, or give max_attempts"
            yield Problem(("strategies", name, "retry_rate"), f"{said}; {mend}")
