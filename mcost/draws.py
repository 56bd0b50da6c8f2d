"""Scenario -> Draws: one block of joint futures, each quantity from a stream of its own name.

A stream is keyed by seed, name and block, so changing, adding or removing one input leaves the draws of
every other input alone, and a block is the same whichever chunk or worker draws it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mcost.errors import SimulationError
from mcost.events import Rng, arrivals
from mcost.law import Array
from mcost.scenario import Scenario
from mcost.traffic import calls
from mcost.uncertain import Prior

BLOCK = 4096
"""Draws in a block: the unit of random streams and of summation."""


@dataclass(frozen=True)
class Draws:
    """One block of joint futures; every array is read-only.

    seed, block : which futures these are.
    values : input name -> ndarray (n,), in the input's unit.
    calls : ndarray (t, n), calls a month; t = 0 … H.
    events : name of a yearly rate -> ndarray (t, n), events in the month.
    success : name of a success probability -> ndarray (n,), whether the bar is met.
    """

    seed: int
    block: int
    values: Mapping[str, Array]
    calls: Array
    events: Mapping[str, Array]
    success: Mapping[str, np.ndarray]

    @property
    def n(self) -> int:
        return int(self.calls.shape[1])


def draw(scenario: Scenario, seed: int, block: int, n: int = BLOCK) -> Draws:
    """The first n futures of a block.

    Raises SimulationError where a value drawn is not finite; it names input and draw.
    """
    months = scenario.horizon_months
    values = {name: _sample(prior, seed, block, n) for name, prior in scenario.inputs.items()}
    events: dict[str, Array] = {}
    success: dict[str, np.ndarray] = {}
    for rate in _rates(scenario):
        events[rate.name] = arrivals(
            _stream(seed, rate.name, "arrivals", block), BLOCK, values[rate.name], months
        )
    for strategy in scenario.strategies.values():
        chance = strategy.success_probability
        if chance is not None and chance.name not in success:
            u = _stream(seed, chance.name, "success", block).random(BLOCK)[:n]
            success[chance.name] = u < values[chance.name]
    path = _calls(scenario, values, seed, block, n)
    for array in (*values.values(), *events.values(), *success.values(), path):
        array.flags.writeable = False
    return Draws(seed, block, values, path, events, success)


def _stream(seed: int, name: str, purpose: str, block: int) -> Rng:
    words = np.frombuffer(hashlib.sha256(f"{name}\0{purpose}".encode()).digest()[:16], dtype="<u4")
    key = np.random.SeedSequence(seed, spawn_key=(*map(int, words), block))
    return np.random.Generator(np.random.SFC64(key))


def _sample(prior: Prior, seed: int, block: int, n: int) -> Array:
    """Draws of one input by inversion: a change of its law moves its draws, and no others."""
    if prior.law.certain:
        return np.broadcast_to(prior.law.support()[0], (n,))
    u = _stream(seed, prior.name, "value", block).random(BLOCK)[:n]
    value = prior.law.ppf(np.maximum(u, 2.0**-54))
    if not np.isfinite(value).all():
        i = int(np.flatnonzero(~np.isfinite(value))[0])
        raise SimulationError(
            f"{prior.name}: {prior.law} gave {value[i]} in draw {block * BLOCK + i}; "
            "bound it (min = …, max = …)"
        )
    return value


def _rates(scenario: Scenario) -> list[Prior]:
    """Every yearly rate of a Poisson process, each once."""
    rates = [scenario.workload.task_changes_per_year]
    rates += [s.tuning.drift_retrains_per_year for s in scenario.strategies.values() if s.tuning]
    return list({rate.name: rate for rate in rates if rate is not None}.values())


def _calls(scenario: Scenario, values: Mapping[str, Array], seed: int, block: int, n: int) -> Array:
    workload, months = scenario.workload, scenario.horizon_months

    def value(prior: Prior | None) -> Array | None:
        return None if prior is None else values[prior.name]

    first = value(workload.calls_per_month)
    if first is None:
        users, each = value(workload.monthly_active_users), value(workload.calls_per_user)
        assert users is not None
        assert each is not None
        first = users * each
    volatility, growth = value(workload.volatility_per_month), value(workload.growth_per_month)
    noise = None
    if volatility is not None:
        rng = _stream(seed, "workload.volatility_per_month", "noise", block)
        noise = rng.standard_normal((months + 1, BLOCK))[:, :n]
    with np.errstate(over="ignore", invalid="ignore"):
        path = calls(
            first,
            np.zeros(n) if growth is None else growth,
            volatility,
            noise,
            value(workload.max_calls_per_month),
            months,
        )
    if not np.isfinite(path).all():
        month, i = (int(k[0]) for k in np.nonzero(~np.isfinite(path)))
        raise SimulationError(
            f"workload: calls are not finite in month {month} of draw {block * BLOCK + i}; "
            "bound the growth, or give max_calls_per_month"
        )
    return path
