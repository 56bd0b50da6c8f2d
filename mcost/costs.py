"""Draws -> Costs: the ledger of every strategy in one block of futures, and the discount factors."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, reduce

import numpy as np

from mcost.billing import Line, bill
from mcost.draws import Draws
from mcost.errors import SimulationError
from mcost.law import Array
from mcost.scenario import Scenario
from mcost.world import World

LARGEST = 1e150
"""USD over the horizon: the square of more is no number."""


@dataclass(frozen=True)
class Ledger:
    """All cost lines of one strategy in one block of draws."""

    strategy: str
    lines: tuple[Line, ...]
    months: int
    n: int

    @cached_property
    def _by_driver(self) -> list[tuple[Array, list[Line]]]:
        """Lines that share a driver are one product: amounts are added before they meet the months."""
        groups: dict[int, tuple[Array, list[Line]]] = {}
        for line in self.lines:
            groups.setdefault(id(line.driver), (line.driver, []))[1].append(line)
        return list(groups.values())

    def usd(self) -> Array:
        """Cost by month and draw: ndarray (t, n), USD a month, undiscounted.

        Raises SimulationError where a cost is not finite; it names strategy, line, month and draw.
        """
        total = np.zeros((self.months + 1, self.n))
        part = np.empty_like(total)
        for driver, lines in self._by_driver:
            amount = _sum(line.amount for line in lines)
            due = slice(None)
            if driver.shape[1] == 1:
                rows = np.flatnonzero(driver[:, 0])
                due = slice(rows[0], rows[-1] + 1) if rows.size else slice(0)
            total[due] += np.multiply(driver[due], amount, out=part[due])
        return total

    def by_line(self) -> dict[str, Array]:
        """Line name -> ndarray (t, n), USD a month, undiscounted; they add up to ``usd()``."""
        result: dict[str, Array] = {}
        for line in self.lines:
            usd = np.broadcast_to(line.driver * line.amount, (self.months + 1, self.n))
            result[line.name] = result[line.name] + usd if line.name in result else usd
        return result

    def totals(self, due: Due) -> dict[str, Array]:
        """Line name -> ndarray (n,), USD over all months, discounted."""
        result: dict[str, Array] = {}
        for line in self.lines:
            usd = line.amount * due(line.driver)
            result[line.name] = result[line.name] + usd if line.name in result else usd
        return result

    def hours(self, count: Due) -> Array:
        """Engineer-hours over all months: ndarray (n,). count : how often drivers fall due, undiscounted."""
        total = np.zeros(self.n)
        for driver, lines in self._by_driver:
            hours = [line.hours for line in lines if line.hours is not None]
            if hours:
                total += _sum(hours) * count(driver)
        return total

    def unusable(self, draw: int, number: int) -> SimulationError:
        """The error for a cost that is not finite or too large: it names line, month and draw.

        draw : which future of the block; number : what it is called.
        """
        by_line: dict[str, Array] = {}
        with np.errstate(all="ignore"):
            for line in self.lines:
                driver = line.driver[:, 0 if line.driver.shape[1] == 1 else draw]
                due = driver != 0  # what is no number is due as well
                usd = np.where(due if due.any() else True, driver * line.amount[draw], 0.0)
                by_line[line.name] = by_line.get(line.name, 0.0) + usd
            endless = [name for name, usd in by_line.items() if not np.isfinite(usd).all()]
            name = endless[0] if endless else max(by_line, key=lambda name: float(by_line[name].max()))
        usd = by_line[name]
        month = int(np.argmin(np.isfinite(usd)) if endless else np.argmax(usd))
        what = "is not finite" if endless else f"is {usd[month]:.3g} USD, too large to be averaged,"
        return SimulationError(
            f"strategies.{self.strategy}: the cost line {name} {what} in month {month} of draw {number}"
        )


def _sum(arrays: Iterable[Array]) -> Array:
    return reduce(operator.add, arrays)


class Due:
    """How often each driver falls due over all months, weighed by month: each one is added up once."""

    def __init__(self, weights: Array) -> None:
        self._weights = weights
        self._known: dict[int, tuple[Array, Array]] = {}

    def __call__(self, driver: Array) -> Array:
        """The sum over the months: (t, n) or (t, 1) -> (n,) or (1,)."""
        if id(driver) not in self._known:
            self._known[id(driver)] = driver, self._sum(driver)  # with the driver, lest its id be used again
        return self._known[id(driver)][1]

    def _sum(self, driver: Array) -> Array:
        weights = self._weights
        if weights.shape[1] == 1:
            return np.asarray(np.einsum("t,tn->n", weights[:, 0], driver))
        return np.asarray(np.einsum("tn,tn->n", np.broadcast_to(driver, weights.shape), weights))


@dataclass(frozen=True)
class Costs:
    """What every strategy costs in one block of draws.

    ledgers : strategy -> its lines; weights : ndarray (t, 1) or (t, n), discount factors.
    read : the inputs that decide when and how often anything falls due.
    """

    scenario: Scenario
    draws: Draws
    ledgers: Mapping[str, Ledger]
    weights: Array
    read: frozenset[str]

    @cached_property
    def due(self) -> Due:
        return Due(self.weights)

    @cached_property
    def count(self) -> Due:
        return Due(np.ones((self.weights.shape[0], 1)))

    def discounted(self, name: str) -> Array:
        """What a strategy costs by month: ndarray (t, n), USD a month, discounted."""
        if name == self.scenario.baseline:
            return self._baseline
        return self._discounted(name)

    @cached_property
    def _baseline(self) -> Array:
        return self._discounted(self.scenario.baseline)

    def _discounted(self, name: str) -> Array:
        with np.errstate(over="ignore", invalid="ignore"):
            usd = self.ledgers[name].usd()
            usd *= self.weights
        return usd

    @cached_property
    def lines(self) -> dict[str, dict[str, Array]]:
        """Strategy -> line name -> ndarray (n,), USD over all months, discounted."""
        with np.errstate(over="ignore", invalid="ignore"):
            return {name: ledger.totals(self.due) for name, ledger in self.ledgers.items()}

    @cached_property
    def totals(self) -> dict[str, Array]:
        """Strategy -> ndarray (n,), USD over all months, discounted.

        Raises SimulationError where a cost is not finite or too large; it names line, month and draw.
        """
        totals = {}
        for name, ledger in self.ledgers.items():
            with np.errstate(over="ignore", invalid="ignore"):
                totals[name] = sum(self.lines[name].values(), np.zeros(ledger.n))
            usable = totals[name] <= LARGEST
            if not usable.all():
                draw = int(np.argmin(usable))
                raise ledger.unusable(draw, self.draws.first + draw)
        return totals

    def if_decided(self, name: str, source: str, met: bool) -> Ledger:
        """What a strategy would cost in the same futures if it were decided whether the bar is met.

        source : the input that decides it.
        """
        success = {**self.draws.success, source: np.full(self.draws.n, met)}
        world = World(self.scenario, replace(self.draws, success=success))
        with np.errstate(over="ignore", invalid="ignore"):
            return Ledger(name, tuple(bill(world, name)), world.horizon, world.n)


def costs(scenario: Scenario, draws: Draws) -> Costs:
    """Cost every strategy over the same futures."""
    world = World(scenario, draws)
    with np.errstate(over="ignore", invalid="ignore"):
        ledgers = {
            name: Ledger(name, tuple(bill(world, name)), world.horizon, draws.n)
            for name in scenario.strategies
        }
    return Costs(scenario, draws, ledgers, _discount(scenario, draws), frozenset(world.read))


def _discount(scenario: Scenario, draws: Draws) -> Array:
    """``1 / (1 + r)^(t/12)``, r a year: ndarray (t, 1) where r is certain, else (t, n)."""
    years = np.arange(scenario.horizon_months + 1)[:, None] / 12
    if scenario.discount_rate is None:
        return np.ones_like(years)
    rate = draws.values[scenario.discount_rate.name]
    if rate.strides == (0,):  # one value for all
        rate = rate[:1]
    return np.asarray(np.exp(-years * np.log1p(rate)))  # as a power, its last bit would depend on n
