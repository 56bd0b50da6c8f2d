"""Cost lines: arrays in, USD out. A line is an amount times a driver; a cost is the sum of its lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mcost.draws import BLOCK, Draws
from mcost.errors import SimulationError
from mcost.events import schedule
from mcost.law import Array
from mcost.scenario import Scenario
from mcost.schema import Strategy
from mcost.uncertain import Prior

HOURS_A_MONTH = 730.0


@dataclass(frozen=True)
class Line:
    """One cost line of a strategy.

    name : e.g. ``"tokens"``; several lines may share a name, and are shown as their sum.
    driver : ndarray (t, n) or (t, 1), how often the amount falls due in a month; t = 0 … H.
    amount : ndarray (n,), USD each time.
    hours : ndarray (n,), engineer-hours each time, or None.
    """

    name: str
    driver: Array
    amount: Array
    hours: Array | None = None


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
            amount = sum(line.amount for line in lines)
            if driver.shape[1] == 1:
                rows = np.flatnonzero(driver[:, 0])
                total[rows] += driver[rows] * amount
            else:
                total += np.multiply(driver, amount, out=part)
        return total

    def by_line(self) -> dict[str, Array]:
        """Line name -> ndarray (t, n), USD a month, undiscounted; they add up to ``usd()``."""
        result: dict[str, Array] = {}
        for line in self.lines:
            usd = np.broadcast_to(line.driver * line.amount, (self.months + 1, self.n))
            result[line.name] = result[line.name] + usd if line.name in result else usd
        return result

    def totals(self, weights: Array) -> dict[str, Array]:
        """Line name -> ndarray (n,), USD over all months, weighed by ``weights``, (t, 1) or (t, n)."""
        due = {id(driver): _weighed(driver, weights) for driver, _ in self._by_driver}
        result: dict[str, Array] = {}
        for line in self.lines:
            usd = line.amount * due[id(line.driver)]
            result[line.name] = result[line.name] + usd if line.name in result else usd
        return result

    def hours(self) -> Array:
        """Engineer-hours over all months: ndarray (n,)."""
        total = np.zeros(self.n)
        for driver, lines in self._by_driver:
            hours = [line.hours for line in lines if line.hours is not None]
            if hours:
                total += sum(hours) * driver.sum(axis=0)
        return total

    def where_not_finite(self, block: int) -> SimulationError:
        """The error for the first cost that is not finite."""
        with np.errstate(all="ignore"):
            for name, usd in self.by_line().items():
                if not np.isfinite(usd).all():
                    month, draw = (int(k[0]) for k in np.nonzero(~np.isfinite(usd)))
                    return SimulationError(
                        f"strategies.{self.strategy}: the cost line {name} is not finite "
                        f"in month {month} of draw {block * BLOCK + draw}"
                    )
        return SimulationError(f"strategies.{self.strategy}: the sum of all cost lines is not finite")


def _weighed(driver: Array, weights: Array) -> Array:
    if weights.shape[1] == 1:
        return weights[:, 0] @ driver
    return np.asarray(np.einsum("tn,tn->n", np.broadcast_to(driver, weights.shape), weights))


@dataclass(frozen=True)
class Costs:
    """What every strategy costs in one block of draws.

    ledgers : strategy -> its lines; weights : ndarray (t, 1) or (t, n), discount factors.
    """

    scenario: Scenario
    draws: Draws
    ledgers: Mapping[str, Ledger]
    weights: Array


def costs(scenario: Scenario, draws: Draws) -> Costs:
    """Cost every strategy over the same futures."""
    months, n = scenario.horizon_months, draws.n
    ledgers: dict[str, Ledger] = {}
    once, month = np.zeros((months + 1, 1)), np.ones((months + 1, 1))
    once[0], month[0] = 1.0, 0.0

    def ledger(name: str) -> Ledger:
        if name not in ledgers:
            strategy = scenario.strategies[name]
            lines = _lines(
                scenario, strategy, draws, _Drivers(once, month, draws.calls, *_events(scenario, name, draws))
            )
            if name != scenario.baseline and (serves := _serves(strategy, draws, months)) is not None:
                other = ledger(strategy.fallback or scenario.baseline)
                lines = [*_when(serves, lines, once), *_instead(serves, other.lines, once)]
            ledgers[name] = Ledger(name, tuple(lines), months, n)
        return ledgers[name]

    with np.errstate(over="ignore", invalid="ignore"):
        for name in scenario.strategies:
            ledger(name)
    return Costs(scenario, draws, ledgers, _discount(scenario, draws))


def _discount(scenario: Scenario, draws: Draws) -> Array:
    """``1 / (1 + r)^(t/12)``, r a year: ndarray (t, 1) where r is certain, else (t, n)."""
    years = np.arange(scenario.horizon_months + 1)[:, None] / 12
    if scenario.discount_rate is None:
        return np.ones_like(years)
    rate = draws.values[scenario.discount_rate.name]
    if scenario.discount_rate.law.certain:
        rate = rate[:1]
    return (1 + rate) ** -years


# --- when a strategy serves -------------------------------------------------------------------------------


def _build(strategy: Strategy, draws: Draws) -> Array:
    """Whole months until launch, B = ceil(build_months): ndarray (n,)."""
    if strategy.build_months is None:
        return np.zeros(draws.n)
    return np.ceil(draws.values[strategy.build_months.name])


def _serves(strategy: Strategy, draws: Draws, months: int) -> Array | None:
    """1.0 in the months in which the candidate serves: ndarray (t, n), or None where it always does."""
    if strategy.build_months is None and strategy.success_probability is None:
        return None
    serves = np.arange(months + 1)[:, None] > _build(strategy, draws)
    if strategy.success_probability is not None:
        serves &= draws.success[strategy.success_probability.name]
    return serves.astype(float)


def _redriven(mask: Array, lines: list[Line] | tuple[Line, ...]) -> Iterator[tuple[Line, Array]]:
    """Each line with its driver where the mask is 1; one driver stays one array."""
    masked: dict[int, Array] = {}
    for line in lines:
        if id(line.driver) not in masked:
            masked[id(line.driver)] = line.driver * mask
        yield line, masked[id(line.driver)]


def _when(serves: Array, lines: list[Line], once: Array) -> list[Line]:
    """A candidate's own lines: month 0 in any case, the rest while it serves."""
    due = [line for line in lines if line.driver is once]
    running = [line for line in lines if line.driver is not once]
    return due + [
        Line(line.name, driver, line.amount, line.hours) for line, driver in _redriven(serves, running)
    ]


def _instead(serves: Array, lines: tuple[Line, ...], once: Array) -> list[Line]:
    """The fallback's lines in the months in which it serves: never its month 0."""
    absent = 1.0 - serves
    absent[0] = 0.0
    running = [line for line in lines if line.driver is not once]
    return [Line("fallback", driver, line.amount, line.hours) for line, driver in _redriven(absent, running)]


# --- what a strategy costs --------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Drivers:
    """How often an amount falls due: ndarrays (t, n) or (t, 1)."""

    once: Array
    month: Array
    call: Array
    task_change: Array | None
    retrain: Array | None


def _events(scenario: Scenario, name: str, draws: Draws) -> tuple[Array | None, Array | None]:
    """Task changes and retrains of a strategy by month, as if it served always."""
    rate = scenario.workload.task_changes_per_year
    changes = None if rate is None else draws.events[rate.name]
    tuning = scenario.strategies[name].tuning
    if tuning is None:
        return changes, None
    retrains = np.zeros((scenario.horizon_months + 1, draws.n)) if changes is None else changes.copy()
    if tuning.retrain_every_months is not None:
        interval = draws.values[tuning.retrain_every_months.name]
        build = _build(scenario.strategies[name], draws)
        retrains += schedule(interval, build, scenario.horizon_months)
    if tuning.drift_retrains_per_year is not None:
        retrains += draws.events[tuning.drift_retrains_per_year.name]
    return changes, retrains


def _lines(scenario: Scenario, strategy: Strategy, draws: Draws, drivers: _Drivers) -> list[Line]:
    """All lines of a strategy that serves always; what the scenario leaves out is no line."""

    def value(prior: Prior | None, default: float = 0.0) -> Array:
        return np.broadcast_to(default, (draws.n,)) if prior is None else draws.values[prior.name]

    workload, tuning = scenario.workload, strategy.tuning
    rate = value(scenario.hourly_rate)
    attempts, failure = _attempts(strategy, value)
    lines = [Line("tokens", drivers.call, _attempt_usd(scenario, strategy, value) * attempts)]
    if strategy.cost_per_error is not None:
        lines.append(Line("errors", drivers.call, failure * value(strategy.cost_per_error)))
    if strategy.latency_seconds is not None and strategy.cost_per_second is not None:
        seconds = value(strategy.latency_seconds) * attempts
        lines.append(Line("latency", drivers.call, seconds * value(strategy.cost_per_second)))

    def engineering(driver: Array | None, hours: Prior | None) -> None:
        if driver is not None and hours is not None:
            lines.append(Line("engineering", driver, value(hours) * rate, value(hours)))

    engineering(drivers.once, strategy.setup_hours)
    engineering(drivers.month, strategy.hours_per_month)
    engineering(drivers.task_change, strategy.hours_per_task_change)
    if drivers.task_change is not None and strategy.days_per_task_change is not None:
        usd = value(strategy.days_per_task_change) * value(workload.cost_per_day_behind)
        lines.append(Line("task_change_lag", drivers.task_change, usd))
    if tuning is not None and drivers.retrain is not None:
        engineering(drivers.retrain, tuning.retrain_hours)
        if tuning.training_cost is not None:
            lines.append(Line("training", drivers.once, value(tuning.training_cost)))
            lines.append(Line("training", drivers.retrain, value(tuning.training_cost)))
        if tuning.labelled_examples is not None:
            usd = value(tuning.labelled_examples) * value(tuning.cost_per_label)
            lines.append(Line("labels", drivers.once, usd))
        if tuning.relabelled_examples is not None:
            usd = value(tuning.relabelled_examples) * value(tuning.cost_per_label)
            lines.append(Line("labels", drivers.retrain, usd))
    per_driver: dict[str, tuple[Array | None, Array | float]] = {
        "once": (drivers.once, 1.0),
        "month": (drivers.month, 1.0),
        "hour": (drivers.month, HOURS_A_MONTH),
        "call": (drivers.call, 1.0),
        "attempt": (drivers.call, attempts),
        "failure": (drivers.call, failure),
        "retrain": (drivers.retrain, 1.0),
        "task_change": (drivers.task_change, 1.0),
    }
    for cost in strategy.costs:
        driver, times = per_driver[cost.driver]
        if driver is not None:
            lines.append(Line(cost.name, driver, value(cost.amount) * times))
    return lines


def _attempts(strategy: Strategy, value: Callable[..., Array]) -> tuple[Array, Array]:
    """Attempts a call, and the share of calls that stay wrong.

    Repeated until well formed: ``1/(1 - r)`` attempts; with at most m: ``(1 - r^m)/(1 - r)``, and
    ``r^m + (1 - r^m) e`` stay wrong.
    """
    retry, error = value(strategy.retry_rate), value(strategy.error_rate)
    if strategy.max_attempts is None:
        return 1 / (1 - retry), error
    lost = retry ** value(strategy.max_attempts)
    return (1 - lost) / (1 - retry), lost + (1 - lost) * error


def _attempt_usd(scenario: Scenario, strategy: Strategy, value: Callable[..., Array]) -> Array:
    """Token cost of one attempt: ndarray (n,), USD."""
    price = strategy.price
    input_price = value(price.input)
    hit = value(strategy.cache_hit)
    writes = strategy.cache_hit is not None and price.cache_write is not None
    miss_price = value(price.cache_write) if writes else input_price
    prompt = value(strategy.prompt_tokens)
    usd = (
        prompt * hit * value(price.cached)
        + prompt * (1 - hit) * miss_price
        + value(scenario.workload.input_tokens) * input_price
        + value(strategy.output_tokens or scenario.workload.output_tokens) * value(price.output)
    ) / 1e6
    batch = 1 - value(strategy.batch_share) * value(strategy.batch_discount, 0.5)
    return usd * value(strategy.price_multiplier, 1.0) * batch
