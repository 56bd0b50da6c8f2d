"""Scenario -> Draws: one block of joint futures, each quantity from a stream of its own name.

A stream is keyed by seed, name and block, so changing, adding or removing one input leaves the draws of
every other input alone, and a block is the same whichever chunk or worker draws it. A correlated input mixes
the uniforms of its own stream with those of the earlier inputs of its group, and no other input's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from mcost.errors import SimulationError
from mcost.events import MANY, Rng, TooManyError, arrivals, end_month, price_steps, renewals
from mcost.law import Array
from mcost.quality import success_from_examples
from mcost.scenario import Scenario
from mcost.traffic import calls
from mcost.uncertain import Prior

BLOCK = 8192
"""Draws in a block: the unit of random streams and of summation."""


@dataclass(frozen=True)
class Draws:
    """One block of joint futures; every array is read-only.

    seed, block : which futures these are.
    values : input name -> ndarray (n,), in the input's unit.
    calls : ndarray (t, n), calls a month; t = 0 … H.
    events : name of a yearly rate -> ndarray (t, n), events in the month.
    success : name of what decides it, a probability or a number of examples -> ndarray (n,), whether the
        bar is met.
    price_steps : model -> ndarray (t, n), its list price against that of month 1.
    retirements : model -> ndarray (t, n), how often it retires in the month.
    end_month : ndarray (n,), the last month in which the feature exists; None where it does not end.
    """

    seed: int
    block: int
    values: Mapping[str, Array]
    calls: Array
    events: Mapping[str, Array]
    success: Mapping[str, np.ndarray]
    price_steps: Mapping[str, Array]
    retirements: Mapping[str, Array]
    end_month: Array | None

    @property
    def first(self) -> int:
        """The number of the block's first draw."""
        return self.block * BLOCK

    @property
    def n(self) -> int:
        return int(self.calls.shape[1])


def draw(
    scenario: Scenario,
    seed: int,
    block: int,
    n: int = BLOCK,
    given: Mapping[str, Array] = MappingProxyType({}),
    base: Draws | None = None,
) -> Draws:
    """The first n futures of a block.

    given : input name -> ndarray (n,), values to take instead of drawing them; every other stream stays.
    base : the same futures, drawn already: what hangs on values that are theirs is taken from there.

    Raises SimulationError where a value drawn is not finite; it names input and draw.
    """
    months = scenario.horizon_months
    afresh = {prior.name for model in scenario.models.values() for prior in model.afresh}
    correlated = _correlated(scenario, seed, block, n, given)
    values = {
        name: given[name] if name in given else _sample(prior, correlated.get(name), seed, block, n)
        for name, prior in scenario.inputs.items()
        if name not in afresh
    }

    def as_before(*priors: Prior | None) -> bool:
        """Whether these inputs are, to the array, those of ``base``."""
        names = [prior.name for prior in priors if prior is not None]
        return base is not None and all(values[name] is base.values.get(name) for name in names)

    events: dict[str, Array] = {}
    success: dict[str, np.ndarray] = {}
    for rate in _rates(scenario):
        if base is not None and as_before(rate):
            events[rate.name] = base.events[rate.name]
            continue
        events[rate.name] = arrivals(
            stream(seed, rate.name, "arrivals", block), BLOCK, values[rate.name], months
        )
    for strategy in scenario.strategies.values():
        source = scenario.success_of(strategy)
        if source is not None and source.name not in success:
            chance = values[source.name]
            if source is not strategy.success_probability:
                chance = success_from_examples(chance)
            success[source.name] = stream(seed, source.name, "success", block).random(BLOCK)[:n] < chance
    steps = {
        name: path
        for name in scenario.models
        if (path := _steps(scenario, name, values, seed, block, n)) is not None
    }
    retirements = {
        name: counts
        for name in scenario.models
        if (counts := _retirements(scenario, name, seed, block, n)) is not None
    }
    end, ends = None, scenario.workload.ends_per_year
    if ends is not None:
        end = end_month(stream(seed, ends.name, "arrivals", block), BLOCK, values[ends.name])
        end.flags.writeable = False
    workload = scenario.workload
    if base is not None and as_before(
        workload.calls_per_month,
        workload.monthly_active_users,
        workload.calls_per_user,
        workload.growth_per_month,
        workload.volatility_per_month,
        workload.max_calls_per_month,
    ):
        path = base.calls
    else:
        path = _calls(scenario, values, seed, block, n)
    kept = (values, events, success, steps, retirements, {"calls": path})
    for array in (array for arrays in kept for array in arrays.values()):
        array.flags.writeable = False
    return Draws(seed, block, values, path, events, success, steps, retirements, end)


def _steps(
    scenario: Scenario, name: str, values: Mapping[str, Array], seed: int, block: int, n: int
) -> Array | None:
    """The list price of a model against that of month 1; a ratio is drawn afresh at each change."""
    model = scenario.models[name]
    rate, ratio = model.price_changes_per_year, model.price_change_ratio
    if rate is None or ratio is None:
        return None
    return price_steps(
        stream(seed, rate.name, "arrivals", block),
        _afresh(scenario.inputs[ratio.name], seed, block, n),
        BLOCK,
        values[rate.name],
        scenario.horizon_months,
    )


def _retirements(scenario: Scenario, name: str, seed: int, block: int, n: int) -> Array | None:
    """When a model retires: by a lifetime that is drawn afresh each time, or on the day that is announced."""
    model, months = scenario.models[name], scenario.horizon_months
    if model.retires_after_months is not None:
        uniform = _uniforms(model.retires_after_months.name, seed, block, n)
        try:
            law = scenario.inputs[model.retires_after_months.name].law
            return renewals(uniform, law, scenario.age_of(model), n, months)
        except TooManyError:
            raise SimulationError(
                f"{model.retires_after_months.name}: more than {MANY} retirements in one future; "
                "expected lifetimes of months, not of hours"
            ) from None
    facts = scenario.facts.get(name)
    if facts is None or facts.retires is None:
        return None
    counts = np.zeros((months + 1, n))
    if scenario.month_of(facts.retires) <= months:
        counts[max(scenario.month_of(facts.retires), 1)] = 1.0
    return counts


def _uniforms(name: str, seed: int, block: int, n: int) -> Callable[[], Array]:
    rng = stream(seed, name, "value", block)
    return lambda: np.maximum(rng.random(BLOCK)[:n], 2.0**-54)


def _afresh(prior: Prior, seed: int, block: int, n: int) -> Callable[[], Array]:
    uniform = _uniforms(prior.name, seed, block, n)
    return lambda: prior.law.ppf(uniform())


def stream(seed: int, name: str, purpose: str, block: int = 0) -> Rng:
    """The random numbers of one purpose of one name; no other name, purpose, seed or block shares them."""
    words = np.frombuffer(hashlib.sha256(f"{name}\0{purpose}".encode()).digest()[:16], dtype="<u4")
    key = np.random.SeedSequence(seed, spawn_key=(*map(int, words), block))
    return np.random.Generator(np.random.SFC64(key))


def _correlated(
    scenario: Scenario, seed: int, block: int, n: int, given: Mapping[str, Array]
) -> dict[str, Array]:
    """Uniforms of every correlated input, ndarray (n,): its own stream's, mixed with those of its group."""
    wanted = scenario.inputs.keys() - given.keys()
    return {
        name: row
        for copula in scenario.copulas
        if not wanted.isdisjoint(copula.names)
        for name, row in zip(
            copula.names,
            copula.uniforms(np.stack([_uniforms(name, seed, block, n)() for name in copula.names])),
            strict=True,
        )
    }


def _sample(prior: Prior, uniform: Array | None, seed: int, block: int, n: int) -> Array:
    """Draws of one input by inversion: a change of its law moves its draws, and no others.

    uniform : what its quantiles are taken at, ndarray (n,); None for the uniforms of its own stream.
    """
    if prior.law.certain:
        return np.broadcast_to(prior.law.support()[0], (n,))
    value = prior.law.ppf(_uniforms(prior.name, seed, block, n)() if uniform is None else uniform)
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
        rng = stream(seed, "workload.volatility_per_month", "noise", block)
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
    if not (np.isfinite(path) & (path >= 0)).all():
        month, i = (int(k[0]) for k in np.nonzero(~(np.isfinite(path) & (path >= 0))))
        raise SimulationError(
            f"workload: calls are {path[month, i]:g} in month {month} of draw {block * BLOCK + i}; "
            "bound the growth, or give max_calls_per_month"
        )
    return path
