"""Who serves when: launch, pilot, failure, and the parts of mixed and waiting strategies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from mcost.errors import SimulationError
from mcost.law import Array, Mask
from mcost.schema import Strategy
from mcost.world import World

SHARE_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Order:
    """A strategy put to work: alone, as a part of a mixed one, or as one half of a waiting one.

    name : the strategy. calls : ndarray (t, n), the calls it is given.
    pays : ndarray (n,), the month in which its month-0 costs fall.
    counts : ndarray (n,), the month from which its build and its events count.
    gate : ndarray (n,), it serves after this month only; last : ndarray (n,), and not after this one.
    always : whether it is the baseline, or serves within it, so that there is nothing to launch.
    """

    name: str
    calls: Array
    pays: Array
    counts: Array
    gate: Array
    last: Array
    always: bool

    def same_as(self, other: Order) -> Mask:
        """Where the two are launched as one, whatever calls they get and until when: ndarray (n,) of bool."""
        if (self.name, self.always) != (other.name, other.always):
            return np.zeros(self.pays.size, dtype=bool)
        same: Mask = (self.pays == other.pays) & (self.counts == other.counts)
        same &= self.gate == other.gate
        return same


@dataclass(frozen=True, eq=False)
class Launch:
    """When a strategy is paid for and begins to serve; months as ndarray (n,), inf for never.

    pilot : the month in which its pilot is paid, or None where it has none.
    pays : the month in which its month-0 costs fall. built : the last month of its build.
    first : the first month in which it serves.
    """

    pilot: Array | None
    pays: Array
    built: Array
    first: Array


def launch(world: World, order: Order) -> Launch:
    """Build, pilot and quality bar of one strategy.

    With a pilot, month 0 pays the pilot alone, and where the bar is not met no more is spent. Where the
    provider has ended tuning before the first training is due, nothing is spent on it either.
    """
    strategy = world.scenario.strategies[order.name]
    if order.always:
        pays = _within(order.pays, order.last)
        built = np.maximum(order.counts, order.gate)
        return Launch(None, pays, built, built + 1)
    serves, counts, pays = world.succeeds(strategy), order.counts, order.pays
    pilot = None
    if strategy.pilot is not None:
        pilot = _within(pays, order.last)
        counts = counts + world.months_to(strategy.pilot.months)
        pays = counts + 1
        if serves is not None:
            pays = np.where(serves, pays, np.inf)
    ends = world.tuning_ends(strategy)
    if ends is not None:
        pays = np.where(pays >= ends, np.inf, pays)
    pays = _within(pays, order.last)
    built = np.maximum(counts + world.months_to(strategy.build_months), order.gate)
    first = np.where(np.isfinite(pays), built + 1, np.inf)
    if serves is not None:
        first = np.where(serves, first, np.inf)
    return Launch(pilot, pays, built, first)


def _within(month: Array, last: Array) -> Array:
    return np.where(month <= last, month, np.inf)


def orders_of(world: World, name: str, calls: Array) -> list[Order]:
    """The strategy and every part of it, each once, with the calls that it is given."""
    alone = Order(
        name,
        calls,
        world.at_once,
        world.at_once,
        world.at_once,
        world.last,
        name in world.scenario.in_service,
    )
    orders: list[Order] = []
    for order in _spread(world, alone):
        _join(world, orders, order)
    return orders


def _join(world: World, orders: list[Order], new: Order) -> None:
    """Add an order; where it is one of those already there, that one takes its calls and is paid once."""
    for i, known in enumerate(orders):
        same = known.same_as(new)
        if same.any():
            calls = known.calls * (world.month <= known.last) + new.calls * (same & (world.month <= new.last))
            last = np.where(same, np.maximum(known.last, new.last), known.last)
            orders[i] = replace(known, calls=calls, last=last)
            if same.all():
                return
            new = replace(new, calls=new.calls * ~same, last=np.where(same, -1.0, new.last))
    orders.append(new)


def _spread(world: World, order: Order) -> Iterator[Order]:
    yield order
    strategy = world.scenario.strategies[order.name]
    if not strategy.parts:
        return
    at = launch(world, order)
    # A mixed strategy that misses the bar has paid the month-0 costs of its parts; they never serve.
    serves = np.isfinite(at.first)
    gate = np.where(serves, at.built, world.horizon)
    last = np.where(serves, order.last, at.pays)
    last = np.where(np.isfinite(at.pays), last, -1.0)
    pays = np.where(np.isfinite(at.pays), at.pays, 0.0)
    counts = np.where(pays > 0, pays - 1, 0.0)

    def part(name: str, calls: Array, pays: Array, counts: Array, last: Array) -> Iterator[Order]:
        always = order.always or name in world.scenario.in_service
        yield from _spread(world, Order(name, calls, pays, counts, gate, last, always))

    if strategy.wait is not None:
        turn = counts + world.months_to(strategy.wait.months)
        yield from part(strategy.wait.first, order.calls, pays, counts, np.minimum(last, turn))
        yield from part(strategy.wait.then, order.calls, turn + 1, turn, last)
    else:
        for name, share in _shares(world, order.name, strategy):
            yield from part(name, order.calls * share, pays, counts, last)


def _shares(world: World, name: str, strategy: Strategy) -> Iterator[tuple[str, Array]]:
    """Each part of a mix or a cascade with its share of the calls: ndarray (n,)."""
    if strategy.cascade is not None:
        yield strategy.cascade.first, np.ones(world.n)
        yield strategy.cascade.second, world.value(strategy.cascade.escalation_rate)
        return
    mix = strategy.mix or {}
    said = {part: world.value(share) for part, share in mix.items() if share != "rest"}
    rest = 1.0 - np.sum(list(said.values()), axis=0) if said else np.ones(world.n)
    wrong = rest < -SHARE_ROUNDING if len(said) < len(mix) else np.abs(rest) > SHARE_ROUNDING
    if wrong.any():
        draw = int(np.flatnonzero(wrong)[0])
        raise SimulationError(
            f"strategies.{name}.mix: the shares add up to {1 - rest[draw]:.6g} "
            f"in draw {world.draws.first + draw}; "
            'expected 1: let one share be "rest"'
        )
    for part in mix:
        yield part, said.get(part, np.maximum(rest, 0.0))
