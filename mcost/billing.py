"""What a strategy costs, as lines: an amount times a driver. A strategy's cost is the sum of its lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from mcost.law import Array, Mask
from mcost.life import Life, prompted, serving, shortened, tuned
from mcost.schema import Price, Strategy
from mcost.service import Launch, Order, launch, orders_of
from mcost.traced import Traced
from mcost.uncertain import Prior
from mcost.world import VOLUME, World

HOURS_A_MONTH = 730.0


@dataclass(frozen=True)
class Line:
    """One cost line of a strategy.

    name : e.g. ``"tokens"``; several lines may share a name, and are shown as their sum.
    driver : ndarray (t, n) or (t, 1), how often the amount falls due in a month; t = 0 … H.
    amount : ndarray (n,), USD each time.
    hours : ndarray (n,), engineer-hours each time, or None.
    retrain, start : whether it is paid at each retrain, or with the costs of month 0.
    volume : whether the driver grows in proportion to the first month's calls.
    of : the uncertain inputs that the amount is made of.
    """

    name: str
    driver: Array
    amount: Array
    hours: Array | None = None
    retrain: bool = False
    start: bool = False
    volume: bool = False
    of: frozenset[str] = frozenset()


def bill(world: World, name: str) -> list[Line]:
    """All cost lines of a strategy that is given every call: its parts' and its fallbacks' included."""
    return _bill(world, name, world.draws.calls)


def _bill(world: World, name: str, calls: Array) -> list[Line]:
    lines: list[Line] = []
    sent: dict[str, _Sent] = {}
    orders = orders_of(world, name, calls)
    for order in orders:
        at = launch(world, order)
        life = _life(world, order, at)
        on = serving(world, at, order.last, life.stop)
        always = bool(on[1:].all())
        lines += _own(world, order, at, life, None if always else on)
        if not order.always and not always:
            away = (world.month > np.maximum(order.counts, order.gate)) & (world.month <= order.last) & ~on
            fallback = world.scenario.strategies[order.name].fallback or world.scenario.baseline
            sent.setdefault(fallback, _Sent(world)).add(away, order.calls)
    for fallback, calls_sent in sent.items():
        lines += _fallback(world, fallback, calls_sent, [o for o in orders if o.name == fallback])
    return lines


# --- the fallback -----------------------------------------------------------------------------------------


class _Sent:
    """What a fallback takes over: months and calls, ndarrays (t, n)."""

    def __init__(self, world: World) -> None:
        self.months = np.zeros((world.horizon + 1, world.n), dtype=bool)
        self.calls = np.zeros((world.horizon + 1, world.n))

    def add(self, months: Mask, calls: Array) -> None:
        self.months |= months
        self.calls += calls * months


def _fallback(world: World, name: str, sent: _Sent, beside: list[Order]) -> Iterator[Line]:
    """The fallback's lines in the months in which it serves: its month 0 is never paid.

    It runs by the calendar, as if begun in month 0. Where it is in service as a part too (``beside``), it
    takes more calls, and its lines that calls do not drive are still paid once.
    """
    months = sent.months.astype(float)
    if not beside:
        yield from _masked(months, _bill(world, name, sent.calls), sent.calls)
        return
    already = np.zeros_like(sent.calls)
    busy = np.zeros_like(sent.months)
    for order in beside:
        window = (world.month > np.maximum(order.counts, order.gate)) & (world.month <= order.last)
        already += order.calls * window
        busy |= window
    yield from _masked(months, _bill(world, name, already + sent.calls))
    for line in _masked(months * busy, _bill(world, name, already)):
        yield replace(line, amount=-line.amount, hours=None if line.hours is None else -line.hours)


def _masked(mask: Array, lines: list[Line], calls: Array | None = None) -> Iterator[Line]:
    """Each line where the mask is 1; one driver stays one array. ``calls`` are masked already."""
    masked: dict[int, Array] = {}
    for line in lines:
        driver = line.driver
        if line.start and driver.shape[1] == 1:
            continue
        if driver is not calls:
            if id(driver) not in masked:
                masked[id(driver)] = driver * mask
            driver = masked[id(driver)]
        yield replace(line, name="fallback", driver=driver, retrain=False, start=False)


# --- giving up --------------------------------------------------------------------------------------------


def _life(world: World, order: Order, at: Launch) -> Life:
    strategy = world.scenario.strategies[order.name]
    if strategy.tuning is None:
        return prompted(world, strategy, at)
    life = tuned(world, strategy, at, order.last)
    if strategy.tuning.give_up == "never" or life.scheduled is None:
        return life
    return shortened(world, strategy, at, order.last, life, _gives_up(world, order, at, life))


def _gives_up(world: World, order: Order, at: Launch, life: Life) -> Array:
    """The month in which a retrain no longer pays: ndarray (n,), inf where every one does.

    Before each scheduled retrain the saving against the baseline since launch or since the last one, leaving
    out what retrains cost, is held against what this retrain will cost. Nominal dollars.
    """
    assert life.scheduled is not None
    strategy = world.scenario.strategies[order.name]
    on = serving(world, at, order.last, life.stop)
    shape = on.shape
    lines = _own(world, order, at, life, on)
    running = [line for line in lines if not line.retrain and not line.start]
    given = _bill(world, world.scenario.baseline, order.calls)
    saving = _usd(given, shape) - _usd(running, shape)
    one = sum((line.amount for line in lines if line.retrain), np.zeros(world.n))
    world.note({VOLUME}.union(*(line.of for line in (*lines, *given))))
    ends = world.tuning_ends(strategy)
    possible = on if ends is None else on & (world.month < ends)
    saved, stop = np.zeros(world.n), world.never
    for t in range(1, world.horizon + 1):
        due = life.scheduled[t] * possible[t]
        refused = (due > 0) & (saved < due * one)
        stop = np.minimum(stop, np.where(refused, t, np.inf))
        saved = np.where(due > 0, 0.0, saved) + saving[t] * on[t]
    return stop


def _usd(lines: list[Line], shape: tuple[int, ...]) -> Array:
    usd = np.zeros(shape)
    for line in lines:
        usd += line.driver * line.amount
    return usd


# --- a strategy's own lines -------------------------------------------------------------------------------


def _own(world: World, order: Order, at: Launch, life: Life, on: Mask | None) -> list[Line]:
    """The lines of one strategy; what the scenario leaves out is no line.

    on : ndarray (t, n) of bool, when it serves; None for always.
    """
    strategy, value = world.scenario.strategies[order.name], world.amount
    workload, tuning = world.scenario.workload, strategy.tuning
    attempts, lost = _attempts(world, strategy)
    start, month = _in_month(world, at.pays), world.every_month if on is None else on.astype(float)
    calls = order.calls if on is None else order.calls * on
    changes, retrains = _while_on(world.task_changes, on), life.retrains
    lines: list[Line] = []

    def add(
        name: str, driver: Array | None, amount: Traced, hours: Traced | None = None, volume: bool = False
    ) -> None:
        if driver is not None:
            told = None if hours is None else hours.value
            retrain, first = driver is retrains, driver is start
            lines.append(Line(name, driver, amount.value, told, retrain, first, volume, amount.of))

    def engineering(driver: Array | None, hours: Prior | None) -> None:
        if hours is not None:
            add("engineering", driver, value(hours) * world.hourly_rate, value(hours))

    if (price := world.scenario.price_of(strategy)) is not None:
        path = world.price_path(strategy, life.market)
        usd = _attempt_usd(world, strategy, price) * attempts
        add("tokens", calls if path is None else calls * path, usd, volume=True)
    failing, failure = calls, lost + (1 - lost) * value(strategy.error_rate)
    if tuning is not None and tuning.error_growth_per_month is not None:
        age = np.maximum(world.month - life.trained, 0.0)
        growth = world.value(tuning.error_growth_per_month)
        error = np.minimum(world.value(strategy.error_rate) + growth * age, 1.0)
        failing, failure = calls * (lost.value + (1 - lost.value) * error), value(None, 1.0)
        world.note(lost.of)
    if strategy.cost_per_error is not None:
        add("errors", failing, failure * value(strategy.cost_per_error), volume=True)
    if strategy.latency_seconds is not None and strategy.cost_per_second is not None:
        seconds = value(strategy.latency_seconds) * attempts
        add("latency", calls, seconds * value(strategy.cost_per_second), volume=True)
    if strategy.pilot is not None and at.pilot is not None:
        trial = _in_month(world, at.pilot)
        if strategy.pilot.cost is not None:
            add("pilot", trial, value(strategy.pilot.cost))
        engineering(trial, strategy.pilot.hours)
    engineering(start, strategy.setup_hours)
    engineering(month, strategy.hours_per_month)
    engineering(changes, strategy.hours_per_task_change)
    if tuning is None:
        engineering(_while_on(world.retirements(strategy), on), strategy.migration_hours)
    if strategy.days_per_task_change is not None:
        usd = value(strategy.days_per_task_change) * value(workload.cost_per_day_behind)
        add("task_change_lag", changes, usd)
    if strategy.hosting is not None:
        usd = HOURS_A_MONTH * value(strategy.hosting.usd_per_hour) / value(strategy.hosting.shared_by, 1.0)
        add("hosting", _replicas(world, strategy, calls, attempts) * month, usd)
    if tuning is not None:
        engineering(retrains, tuning.retrain_hours)
        if tuning.training_cost is not None:
            add("training", start, value(tuning.training_cost))
            add("training", retrains, value(tuning.training_cost))
        if tuning.labelled_examples is not None:
            add("labels", start, value(tuning.labelled_examples) * value(tuning.cost_per_label))
        if tuning.relabelled_examples is not None:
            add("labels", retrains, value(tuning.relabelled_examples) * value(tuning.cost_per_label))
    drivers: dict[str, tuple[Array | None, Traced | float]] = {
        "once": (start, 1.0),
        "month": (month, 1.0),
        "hour": (month, HOURS_A_MONTH),
        "call": (calls, 1.0),
        "attempt": (calls, attempts),
        "failure": (failing, failure),
        "retrain": (retrains, 1.0),
        "task_change": (changes, 1.0),
    }
    for cost in strategy.costs:
        driver, times = drivers[cost.driver]
        by_calls = cost.driver in ("call", "attempt", "failure")
        add(cost.name, driver, value(cost.amount) * times, volume=by_calls)
    return lines


def _in_month(world: World, month: Array) -> Array:
    """1 in the month given for each draw: ndarray (t, n), or (t, 1) where that is month 0 for all."""
    if not month.any():
        return world.first_month_only
    return np.asarray(world.month == month, dtype=float)


def _while_on(counts: Array | None, on: Mask | None) -> Array | None:
    return counts if counts is None or on is None else counts * on


def _attempts(world: World, strategy: Strategy) -> tuple[Traced, Traced]:
    """Attempts a call, and the share of calls that never come out well formed.

    Repeated until well formed: ``1/(1 - r)`` attempts; with at most m: ``(1 - r^m)/(1 - r)``, and ``r^m``
    of the calls are given up.
    """
    retry = world.amount(strategy.retry_rate)
    if strategy.max_attempts is None:
        return 1 / (1 - retry), world.amount(None)
    lost = retry ** world.amount(strategy.max_attempts)
    return (1 - lost) / (1 - retry), lost


def _replicas(world: World, strategy: Strategy, calls: Array, attempts: Traced) -> Array:
    """``max(min_replicas, ceil(attempts * peak_to_mean / (730 * calls_per_hour)))``.

    calls : ndarray (t, n), in a month; attempts : for each of them.
    Returns ndarray (t, n), or (n,) where no capacity is given.
    """
    hosting = strategy.hosting
    assert hosting is not None
    least = world.value(hosting.min_replicas, 1.0)
    if hosting.calls_per_hour is None:
        return np.maximum(least, 1.0)
    world.note({VOLUME} | attempts.of)
    peak = calls * attempts.value * world.value(hosting.peak_to_mean, 1.0)
    return np.maximum(least, np.ceil(peak / (HOURS_A_MONTH * world.value(hosting.calls_per_hour))))


def _attempt_usd(world: World, strategy: Strategy, price: Price) -> Traced:
    """Token cost of one attempt at the price of month 1, USD."""
    value = world.amount
    prompt, hit = value(strategy.prompt_tokens), value(strategy.cache_hit)
    input_price = value(price.input)
    cached = input_price if price.cached is None else value(price.cached)
    writes = strategy.cache_hit is not None and price.cache_write is not None
    miss = value(price.cache_write) if writes else input_price
    least = world.scenario.smallest_cacheable_prefix(strategy)
    if least is not None:
        cacheable = prompt.map(lambda tokens: tokens >= least)
        hit = hit * cacheable
        if writes:
            miss = miss * cacheable + input_price * (1 - cacheable)
    output = strategy.output_tokens or world.scenario.workload.output_tokens
    usd = (
        prompt * hit * cached
        + prompt * (1 - hit) * miss
        + value(world.scenario.workload.input_tokens) * input_price
        + value(output) * value(price.output)
    ) / 1e6
    batch = 1 - value(strategy.batch_share) * value(strategy.batch_discount, 0.5)
    return usd * value(strategy.price_multiplier, 1.0) * batch
