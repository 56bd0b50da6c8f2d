"""Scenario -> Draws: one block of joint futures, each quantity from coordinates of its own name.

Inputs, first events, success and the main shapes of the traffic's path take points of a randomised net, what
is left of the noise a stream; both are keyed by seed, name and block, so changing, adding or removing one
input leaves the draws of every other input alone, and a block is the same whichever chunk or worker draws it.
A correlated input mixes its own uniforms with those of the earlier inputs of its group, and no other's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy import special

from mcost.bridge import bridged
from mcost.dimensions import BRIDGES, COMPONENTS, FIRST_EVENTS, dimension
from mcost.errors import SimulationError
from mcost.events import MANY, TooManyError, arrivals, end_month, price_steps, renewals
from mcost.law import Array
from mcost.memory import keep_freed_memory
from mcost.nets import LEAST, Rng, Sampler, stream, uniforms
from mcost.quality import success_from_examples
from mcost.scenario import Scenario
from mcost.traffic import calls, with_components
from mcost.uncertain import Prior

BLOCK = 8192
"""Draws in a block: the unit of random streams and of summation; a whole net in every replicate."""


@dataclass(frozen=True)
class Coordinates:
    """The random numbers of one block of futures, by the name and purpose of what takes them."""

    scenario: Scenario
    seed: int
    block: int
    sampler: Sampler

    def uniform(self, name: str, purpose: str = "value") -> Array:
        """Uniforms, quasi-random where the sampler is: ndarray (BLOCK,), strictly between 0 and 1."""
        if self.sampler == "mc":
            return np.maximum(self.stream(name, purpose).random(BLOCK), LEAST)
        axis = dimension(self.scenario.places, name, purpose)
        return uniforms(self.seed, name, purpose, axis, self.block, BLOCK)

    def stream(self, name: str, purpose: str) -> Rng:
        return stream(self.seed, name, purpose, self.block)

    def gaps(self, name: str) -> Iterator[Array]:
        """Standard exponentials, ndarray (BLOCK,), one after the other: the first ones are quasi-random."""

        def uniform(k: int) -> Array:
            return self.uniform(name, f"arrivals {k}")

        if self.sampler == "qmc" and name in BRIDGES:
            yield from bridged(uniform, BRIDGES[name])
        elif self.sampler == "qmc":
            yield from (-np.log(uniform(k)) for k in range(FIRST_EVENTS))
        rng = self.stream(name, "arrivals")
        while True:
            yield rng.standard_exponential(BLOCK)

    def afresh(self, name: str) -> Iterator[Array]:
        """Uniforms of what is drawn again and again, ndarray (BLOCK,): the first ones are quasi-random."""
        rng = self.stream(name, "afresh")
        yield self.uniform(name)
        while True:
            yield np.maximum(rng.random(BLOCK), LEAST)

    def noise(self, name: str, months: int) -> Array:
        """Standard normals: ndarray (months + 1, BLOCK); the shape of their sums is quasi-random."""
        normals = self.stream(name, "noise").standard_normal((months + 1, BLOCK))
        if self.sampler == "qmc":
            scores = (special.ndtri(self.uniform(name, f"component {k}")) for k in range(COMPONENTS))
            with_components(normals[2:], scores)
        return normals


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
    sampler: Sampler = "qmc",
) -> Draws:
    """The first n futures of a block.

    given : input name -> ndarray (n,), values to take instead of drawing them; every other stream stays.
    base : the same futures, drawn already: what hangs on values that are theirs is taken from there.

    Raises SimulationError where a value drawn is not finite; it names input and draw.
    """
    keep_freed_memory()
    at = Coordinates(scenario, seed, block, sampler)
    months = scenario.horizon_months
    afresh = {prior.name for model in scenario.models.values() for prior in model.afresh}
    correlated = _correlated(at, n, given)
    values = {
        name: given[name] if name in given else _sample(prior, correlated.get(name), at, n)
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
        events[rate.name] = arrivals(at.gaps(rate.name), values[rate.name], months)
    for strategy in scenario.strategies.values():
        source = scenario.success_of(strategy)
        if source is not None and source.name not in success:
            chance = values[source.name]
            if source is not strategy.success_probability:
                chance = success_from_examples(chance)
            success[source.name] = at.uniform(source.name, "success")[:n] < chance
    steps = {name: path for name in scenario.models if (path := _steps(at, name, values)) is not None}
    retirements = {
        name: counts for name in scenario.models if (counts := _retirements(at, name, n)) is not None
    }
    end, ends = None, scenario.workload.ends_per_year
    if ends is not None:
        end = end_month(at.gaps(ends.name), values[ends.name])
        end.flags.writeable = False
    if base is not None and as_before(*scenario.workload.traffic):
        path = base.calls
    else:
        path = _calls(at, values, n)
    kept = (values, events, success, steps, retirements, {"calls": path})
    for array in (array for arrays in kept for array in arrays.values()):
        array.flags.writeable = False
    return Draws(seed, block, values, path, events, success, steps, retirements, end)


def _steps(at: Coordinates, name: str, values: Mapping[str, Array]) -> Array | None:
    """The list price of a model against that of month 1; a ratio is drawn afresh at each change."""
    model = at.scenario.models[name]
    rate, ratio = model.price_changes_per_year, model.price_change_ratio
    if rate is None or ratio is None:
        return None
    law, n = at.scenario.inputs[ratio.name].law, values[rate.name].size
    ratios = (law.ppf(u[:n]) for u in at.afresh(ratio.name))
    return price_steps(at.gaps(rate.name), ratios, values[rate.name], at.scenario.horizon_months)


def _retirements(at: Coordinates, name: str, n: int) -> Array | None:
    """When a model retires: by a lifetime that is drawn afresh each time, or on the day that is announced."""
    scenario, months = at.scenario, at.scenario.horizon_months
    model = scenario.models[name]
    life = model.retires_after_months
    if life is not None:
        drawn = (u[:n] for u in at.afresh(life.name))
        try:
            return renewals(drawn, scenario.inputs[life.name].law, scenario.age_of(model), n, months)
        except TooManyError:
            raise SimulationError(
                f"{life.name}: more than {MANY} retirements in one future; "
                "expected lifetimes of months, not of hours"
            ) from None
    facts = scenario.facts.get(name)
    if facts is None or facts.retires is None:
        return None
    counts = np.zeros((months + 1, n))
    if scenario.month_of(facts.retires) <= months:
        counts[max(scenario.month_of(facts.retires), 1)] = 1.0
    return counts


def _correlated(at: Coordinates, n: int, given: Mapping[str, Array]) -> dict[str, Array]:
    """Uniforms of every correlated input, ndarray (n,): its own, mixed with those of its group."""
    wanted = at.scenario.inputs.keys() - given.keys()
    return {
        name: row
        for copula in at.scenario.copulas
        if not wanted.isdisjoint(copula.names)
        for name, row in zip(
            copula.names,
            copula.uniforms(np.stack([at.uniform(name)[:n] for name in copula.names])),
            strict=True,
        )
    }


def _sample(prior: Prior, uniform: Array | None, at: Coordinates, n: int) -> Array:
    """Draws of one input by inversion: a change of its law moves its draws, and no others.

    uniform : what its quantiles are taken at, ndarray (n,); None for its own coordinate.
    """
    if prior.law.certain:
        return np.broadcast_to(prior.law.support()[0], (n,))
    value = prior.law.ppf(at.uniform(prior.name)[:n] if uniform is None else uniform)
    if not np.isfinite(value).all():
        i = int(np.flatnonzero(~np.isfinite(value))[0])
        raise SimulationError(
            f"{prior.name}: {prior.law} gave {value[i]} in draw {at.block * BLOCK + i}; "
            "bound it (min = …, max = …)"
        )
    return value


def _rates(scenario: Scenario) -> list[Prior]:
    """Every yearly rate of a Poisson process, each once."""
    rates = [scenario.workload.task_changes_per_year]
    rates += [s.tuning.drift_retrains_per_year for s in scenario.strategies.values() if s.tuning]
    return list({rate.name: rate for rate in rates if rate is not None}.values())


def _calls(at: Coordinates, values: Mapping[str, Array], n: int) -> Array:
    workload, months = at.scenario.workload, at.scenario.horizon_months

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
    if workload.volatility_per_month is not None:
        noise = at.noise(workload.volatility_per_month.name, months)[:, :n]
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
            f"workload: calls are {path[month, i]:g} in month {month} of draw {at.block * BLOCK + i}; "
            "bound the growth, or give max_calls_per_month"
        )
    return path
