"""One block of futures, as every strategy meets it: values by input, and what the events do to the models."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np

from mcost.draws import Draws
from mcost.law import Array
from mcost.scenario import Scenario
from mcost.schema import Strategy
from mcost.traced import Traced
from mcost.uncertain import Prior

VOLUME = "the first month's calls"
"""Noted among what drivers have read where they do more than grow in proportion to it."""


@dataclass(frozen=True)
class World:
    """A scenario in one block of futures.

    Arrays of months are (t, n) or (t, 1), t = 0 … H; arrays by draw are (n,).

    read : the inputs that decide when and how often something falls due, as far as they were asked for yet.
    """

    scenario: Scenario
    draws: Draws
    read: set[str] = field(default_factory=set)

    @property
    def n(self) -> int:
        return self.draws.n

    @property
    def horizon(self) -> int:
        return self.scenario.horizon_months

    @cached_property
    def month(self) -> Array:
        """The number of each month: ndarray (t, 1)."""
        return np.arange(self.horizon + 1.0)[:, None]

    @cached_property
    def never(self) -> Array:
        return np.full(self.n, np.inf)

    @cached_property
    def at_once(self) -> Array:
        """Month 0, for every draw: ndarray (n,)."""
        return np.zeros(self.n)

    @cached_property
    def last(self) -> Array:
        """The last month in which the feature exists: ndarray (n,)."""
        ends = self.draws.end_month
        return np.full(self.n, float(self.horizon)) if ends is None else np.minimum(ends, self.horizon)

    @cached_property
    def first_month_only(self) -> Array:
        return np.asarray(self.month == 0, dtype=float)

    @cached_property
    def every_month(self) -> Array:
        return np.asarray(self.month > 0, dtype=float)

    @cached_property
    def hourly_rate(self) -> Traced:
        return self.amount(self.scenario.hourly_rate)

    @cached_property
    def task_changes(self) -> Array | None:
        """Task changes in each month: ndarray (t, n), or None where there are none."""
        rate = self.scenario.workload.task_changes_per_year
        return None if rate is None else self.draws.events[rate.name]

    def note(self, inputs: Iterable[str]) -> None:
        """Remember that drivers depend on these inputs."""
        self.read.update(inputs)

    def amount(self, prior: Prior | None, default: float = 0.0) -> Traced:
        """An input's value in each draw, of which an amount is made."""
        if prior is None:
            return Traced(np.broadcast_to(default, (self.n,)))
        of = frozenset() if prior.law.certain else frozenset({prior.name})
        return Traced(self.draws.values[prior.name], of)

    def value(self, prior: Prior | None, default: float = 0.0) -> Array:
        """An input's value in each draw, of which a driver is made: ndarray (n,)."""
        found = self.amount(prior, default)
        self.note(found.of)
        return found.value

    def months_to(self, prior: Prior | None) -> Array:
        """A duration in whole months, a fraction counting as one: ndarray (n,)."""
        return self.at_once if prior is None else np.ceil(self.value(prior))

    def succeeds(self, strategy: Strategy) -> Array | None:
        """Whether the quality bar is met: ndarray (n,) of bool, or None where it is for certain."""
        chance = self.scenario.success_of(strategy)
        return None if chance is None else self.draws.success[chance.name]

    def retirements(self, strategy: Strategy) -> Array | None:
        """How often the strategy's model retires in each month: ndarray (t, n), or None."""
        return self.draws.retirements.get(strategy.model or "")

    def tuning_ends(self, strategy: Strategy) -> Array | None:
        """The first month in which no training can start: ndarray (n,), or None where it always can."""
        if strategy.tuning is None:
            return None
        ends = self.scenario.tuning_ends(strategy)
        if ends is None:
            return None
        if isinstance(ends, date):
            return np.full(self.n, float(self.scenario.month_of(ends)))
        return np.floor(self.value(ends)) + 1

    def price_path(self, strategy: Strategy, market_month: Array) -> Array | None:
        """Price against that of month 1: ndarray (t, n), or None where it does not move.

        ``(1 - d)^((m - 1)/12)`` with m the month whose market the strategy pays, times the steps of the list
        price. market_month : m, ndarray (t, n) or (t, 1).
        """
        model = self.scenario.models.get(strategy.model or "")
        path = self.draws.price_steps.get(strategy.model or "")
        if (
            model is None
            or model.market_decline_per_year is None
            or self.scenario.follows(strategy) == "never"
        ):
            return path
        years = (np.maximum(market_month, 1.0) - 1) / 12
        decline = self.value(model.market_decline_per_year)
        with np.errstate(divide="ignore", invalid="ignore"):
            level = np.exp(years * np.log1p(-decline))  # as a power, its last bit would depend on n
        level = np.where(years == 0, 1.0, level)
        return level if path is None else level * path
