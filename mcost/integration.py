"""P(pays off) with a part of each future integrated out, instead of counting hits.

Every candidate's saving at the horizon is ``A + B v``, v the first month's volume, where calls are neither
capped nor counted in whole machines. Three things then need no luck:

- the volume: given the rest, P(A + B v >= 0) is a value of its distribution function;
- whether the bar is met: the chances of those that meet it and of those that miss it are weighed by the
  expected probability;
- who meets whom: a saving is a sum of amounts times drivers. Amounts (prices, hours, tokens) and drivers
  (traffic, events, dates) of different futures are independent, so the drivers of one future meet the amounts
  of PAIRINGS futures of its own replicate; those of inputs that never meet in one amount, mostly of different
  ones.
  As every quantity is scrambled for itself, any such future is uniform too, and the mean of the replicate
  stays unbiased.

What is said of an input that is correlated, or that both amounts and drivers depend on, is left to be drawn.
Conditional Monte Carlo: e.g. Asmussen and Glynn 2007, *Stochastic Simulation*, V.4.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mcost.billing import Line
from mcost.costs import Costs, Ledger
from mcost.estimate import by_replicate
from mcost.law import Array, Law, Mask
from mcost.nets import REPLICATES
from mcost.scenario import Scenario
from mcost.world import VOLUME

PAIRINGS = 16
"""Futures whose amounts each future's drivers meet, at most."""

MEETINGS = 2**18
"""Of all drivers with amounts: where there are more futures, each one's drivers meet fewer."""

ROUNDING = 1e-9
"""A sum within this share of the money moved counts as zero."""


@dataclass(frozen=True)
class Integrated:
    """What is integrated exactly in the chance of one candidate, by name; None where nothing is.

    volume : the input that the first month's volume is proportional to. success : the input that says with
        what probability the bar is met. amounts : how many inputs are met by the drivers of other futures.
    """

    volume: str | None
    success: str | None
    amounts: int

    @property
    def any(self) -> bool:
        return bool(self.volume or self.success or self.amounts)


def pairings(draws: int) -> int:
    """How many futures' amounts the drivers of each of so many futures meet."""
    return max(1, min(PAIRINGS, MEETINGS // draws))


class Integration:
    """The chance of every candidate in one block of futures."""

    def __init__(self, costs: Costs, pairings: int = PAIRINGS) -> None:
        self._costs = costs
        self._volume = _volume(costs)
        self._families = _free(costs)
        self._amounts = sum(map(len, self._families))
        self._pairings = min(pairings, costs.draws.n // REPLICATES) if self._amounts else 1

    def integrated(self, name: str) -> Integrated:
        return Integrated(self._volume, self._success(name), self._amounts)

    def chance(self, name: str, pays_off: Mask) -> Array:
        """The probability that a candidate pays off, given what is left of each future: ndarray (n,).

        pays_off : ndarray (n,) of bool, whether it does in each future as drawn.
        """
        source = self._success(name)
        if source is None:
            return self._mean(self._costs.ledgers[name])
        weight = self._costs.scenario.inputs[source].law.mean()
        met = self._mean(self._costs.if_decided(name, source, True))
        return np.asarray(weight * met + (1 - weight) * self._if_missed(name, source, pays_off))

    def _if_missed(self, name: str, source: str, pays_off: Mask) -> Array:
        """P(pays off) where the bar is missed, by the futures of each replicate in which it is: ndarray (n,).

        They hardly differ, so their share will do; where a replicate has none, both ways are billed.
        """
        missed = ~self._costs.draws.success[source]
        some = by_replicate(missed)
        if not some.all():
            return self._mean(self._costs.if_decided(name, source, False))
        return np.tile(by_replicate(missed & pays_off) / some, missed.size // REPLICATES)

    def _success(self, name: str) -> str | None:
        """The probability that decides a candidate's success, where nothing else depends on it."""
        scenario = self._costs.scenario
        if name in scenario.in_service:
            return None
        given = scenario.strategies[name].success_probability
        if given is None or given.name in self._costs.read or _correlated(scenario, given.name):
            return None
        return given.name

    def _mean(self, ledger: Ledger) -> Array:
        own, met = self._sums(ledger), np.zeros(ledger.n)
        for k, ours in enumerate(self._baseline):
            met += self._pays(ours, own.at(self.ahead(k)))
        return met / len(self._baseline)

    def ahead(self, k: int) -> dict[str, int]:
        """Input -> how many futures on it is taken from at meeting k.

        Family f turns 2 f + 1 times as fast as the first: of P meetings there are P / 2 such ways, which the
        families share; of two meetings or one, all of them go together.
        """
        points = self._costs.draws.n // REPLICATES
        turns = (k * (2 * f + 1) % self._pairings for f in range(len(self._families)))
        steps = [turn * points // self._pairings * REPLICATES for turn in turns]
        return {name: step for family, step in zip(self._families, steps, strict=True) for name in family}

    @cached_property
    def _baseline(self) -> list[tuple[Array, Array]]:
        sums = self._sums(self._costs.ledgers[self._costs.scenario.baseline])
        return [sums.at(self.ahead(k)) for k in range(self._pairings)]

    def _sums(self, ledger: Ledger) -> _Sums:
        free = frozenset[str]().union(*self._families)
        return _Sums(ledger.lines, free, self._costs, self._volume is not None)

    def _pays(self, baseline: tuple[Array, Array], candidate: tuple[Array, Array]) -> Array:
        """P(A + B v >= 0); where v is not integrated, B is part of A."""
        fixed, slope = (_saved(ours, theirs) for ours, theirs in zip(baseline, candidate, strict=True))
        surely = np.asarray(fixed >= 0, dtype=float)
        if self._volume is None or not slope.any():
            return surely
        law: Law = self._costs.scenario.inputs[self._volume].law
        with np.errstate(divide="ignore", invalid="ignore"):
            turn = np.divide(fixed, slope)
        turn *= -self._costs.draws.values[self._volume]
        if slope.min() > 0:
            return _at_least(law, turn)
        flat = slope == 0
        turn[flat] = 1.0
        chance = _at_least(law, turn)
        falls = slope < 0
        chance[falls] = _at_most(law, turn[falls])
        chance[flat] = surely[flat]
        return chance


class _Sums:
    """The discounted cost of a strategy, as sums of amounts times drivers: fixed, and driven by calls."""

    def __init__(self, lines: Iterable[Line], free: frozenset[str], costs: Costs, by_volume: bool) -> None:
        self._bound = [np.zeros(costs.draws.n), np.zeros(costs.draws.n)]
        moved: list[dict[tuple[int, frozenset[str]], tuple[Array, Array]]] = [{}, {}]
        for line in lines:
            kind, due = int(by_volume and line.volume), costs.due(line.driver)
            if line.of and line.of <= free:
                key = id(due), line.of
                amount = moved[kind][key][1] + line.amount if key in moved[kind] else line.amount
                moved[kind][key] = due, amount
            else:
                self._bound[kind] += line.amount * due
        self._free = [
            [(min(of), due, np.concatenate([amount, amount])) for (_, of), (due, amount) in kinds.items()]
            for kinds in moved
        ]
        self._part = np.empty(costs.draws.n)

    def at(self, ahead: Mapping[str, int]) -> tuple[Array, Array]:
        """Fixed and call-driven cost where the amounts are those of futures further on: (n,), USD each.

        ahead : input -> how many futures on; the same for all inputs of one amount.
        """
        fixed, driven = (self._sum(kind, ahead) for kind in (0, 1))
        return fixed, driven

    def _sum(self, kind: int, ahead: Mapping[str, int]) -> Array:
        total = self._bound[kind].copy()
        for name, due, amount in self._free[kind]:
            np.multiply(due, amount[ahead[name] :][: total.size], out=self._part)
            total += self._part
        return total


def _saved(ours: Array, theirs: Array) -> Array:
    """What the candidate saves; within rounding of the money moved it is 0."""
    saving = ours - theirs
    least = ours + theirs
    least *= ROUNDING
    small = np.abs(saving) <= least
    if small.any():
        saving[small] = 0.0
    return saving


def _at_least(law: Law, x: Array) -> Array:
    """P(X >= x); where a law sits on points, rounding does not decide whether x is one of them."""
    return law.sf(x * (1 - ROUNDING)) if law.discrete else law.sf(x)


def _at_most(law: Law, x: Array) -> Array:
    """P(X <= x), likewise."""
    return law.cdf(x * (1 + ROUNDING)) if law.discrete else law.cdf(x)


def _correlated(scenario: Scenario, name: str) -> bool:
    return any(name in copula.names for copula in scenario.copulas)


def _volume(costs: Costs) -> str | None:
    """The input in which every saving is linear through the calls, where there is one."""
    workload, inputs = costs.scenario.workload, costs.scenario.inputs
    given = workload.calls_per_month or workload.monthly_active_users
    assert given is not None
    name = given.name
    if workload.max_calls_per_month is not None or VOLUME in costs.read or name in costs.read:
        return None
    if inputs[name].law.certain or _correlated(costs.scenario, name):
        return None
    return name if (costs.draws.values[name] > 0).all() else None


def _free(costs: Costs) -> list[frozenset[str]]:
    """The inputs whose amounts may be those of another future, by family: what one amount is made of, or a
    copula ties together, goes together; and with a family that drivers depend on, no amount goes.
    """
    lines = [line for ledger in costs.ledgers.values() for line in ledger.lines]
    families: list[frozenset[str]] = []
    for group in (*(line.of for line in lines), *(copula.names for copula in costs.scenario.copulas)):
        touched = [family for family in families if not family.isdisjoint(group)]
        families = [family for family in families if family not in touched]
        families.append(frozenset(group).union(*touched))
    driving = costs.read.union(_driving(costs.scenario))
    in_amounts = frozenset[str]().union(*(line.of for line in lines))
    free = (family & in_amounts for family in families if family.isdisjoint(driving))
    return sorted((family for family in free if family), key=sorted)


def _driving(scenario: Scenario) -> Iterator[str]:
    """Inputs that traffic, events, success and discounting depend on."""
    workload = scenario.workload
    priors = [
        *workload.traffic,
        workload.task_changes_per_year,
        workload.ends_per_year,
        scenario.discount_rate,
    ]
    for model in scenario.models.values():
        priors += [model.price_changes_per_year, model.market_decline_per_year]
    for strategy in scenario.strategies.values():
        priors.append(scenario.success_of(strategy))
        if strategy.tuning is not None:
            priors.append(strategy.tuning.drift_retrains_per_year)
    return (prior.name for prior in priors if prior is not None and not prior.law.certain)
