"""The life of a tuned model in service: retrains, age since the last training, and what ends it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mcost.events import schedule
from mcost.law import Array, Mask
from mcost.schema import Strategy
from mcost.service import Launch
from mcost.world import World


@dataclass(frozen=True, eq=False)
class Life:
    """What happens to a strategy while it serves.

    stop : ndarray (n,), the first month in which it no longer serves; inf where it serves on.
    scheduled : ndarray (t, n), scheduled retrains; retrains : all of them, in the months in which it serves.
    trained : ndarray (t, n) or (t, 1), the month of the last training, the launch counting as one.
    market : ndarray (t, n) or (t, 1), the month whose market price it pays.
    """

    stop: Array
    scheduled: Array | None
    retrains: Array | None
    trained: Array
    market: Array


def prompted(world: World, strategy: Strategy, at: Launch) -> Life:
    """An untuned strategy serves on; it pays the market's price, or that of its start."""
    freely = world.scenario.follows(strategy) == "freely"
    market = world.month if freely else np.broadcast_to(_begun(at), (world.horizon + 1, world.n))
    return Life(world.never, None, None, world.month, market)


def tuned(world: World, strategy: Strategy, at: Launch, last: Array) -> Life:
    """A tuned strategy: every retrain due in a month is made, also where several coincide.

    Where the provider has ended tuning, a retrain that is due is skipped; one that a retirement forces ends
    the service.
    """
    tuning = strategy.tuning
    assert tuning is not None
    due = np.zeros((world.horizon + 1, world.n))
    scheduled = None
    if tuning.retrain_every_months is not None:
        scheduled = schedule(world.value(tuning.retrain_every_months), at.first - 1, world.horizon)
        due += scheduled
    if tuning.drift_retrains_per_year is not None:
        due += world.draws.events[tuning.drift_retrains_per_year.name]
    if world.task_changes is not None:
        due += world.task_changes
    stop, retired, ends = world.never, world.retirements(strategy), world.tuning_ends(strategy)
    if retired is not None:
        due += retired
    if ends is not None:
        due *= world.month < ends
        if retired is not None:
            # In build too: what was trained on a model that is gone is never launched.
            forced = (retired > 0) & (world.month >= ends) & (world.month > at.pays) & (world.month <= last)
            stop = np.where(forced.any(axis=0), np.argmax(forced, axis=0), np.inf)
    return _lived(world, strategy, at, last, stop, scheduled, due)


def shortened(world: World, strategy: Strategy, at: Launch, last: Array, life: Life, stop: Array) -> Life:
    """The same life, ended in ``stop`` where that is earlier."""
    assert life.retrains is not None
    earlier = np.minimum(life.stop, stop)
    return _lived(world, strategy, at, last, earlier, life.scheduled, life.retrains)


def _lived(
    world: World,
    strategy: Strategy,
    at: Launch,
    last: Array,
    stop: Array,
    scheduled: Array | None,
    due: Array,
) -> Life:
    retrains = due * serving(world, at, last, stop)
    by_market = world.scenario.follows(strategy)
    grows = strategy.tuning is not None and strategy.tuning.error_growth_per_month is not None
    trained: Array = world.month
    market: Array = world.month
    if grows:
        trained = _month_of_last(retrains, np.where(np.isfinite(at.first), at.first, 0.0))
    if by_market == "at_retrain" and world.scenario.declines(strategy):
        market = _month_of_last(retrains, _begun(at))
    return Life(stop, scheduled, retrains, trained, market)


def serving(world: World, at: Launch, last: Array, stop: Array) -> Mask:
    """Whether the strategy serves: ndarray (t, n) of bool."""
    return (world.month >= at.first) & (world.month < stop) & (world.month <= last)


def _begun(at: Launch) -> Array:
    """The month in which the first training, or the start, is paid for: ndarray (n,)."""
    return np.where(np.isfinite(at.pays), at.pays, 0.0)


def _month_of_last(retrains: Array, first: Array) -> Array:
    """The month of the last training so far: ndarray (t, n); ``first`` until one is made."""
    months = np.where(retrains > 0, np.arange(len(retrains), dtype=float)[:, None], -1.0)
    months = np.maximum.accumulate(months, axis=0)
    return np.where(months < 0, first, months)
