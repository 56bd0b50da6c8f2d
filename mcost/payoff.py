"""Costs -> Payoff: what a candidate saves against the baseline, when, and how deep it goes before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mcost.costs import Costs
from mcost.factors import random_events, uncertain_inputs
from mcost.law import Array, Mask

ROUNDING = 1e-9
"""A cumulative saving within this share of the money moved counts as zero."""

EXPLAINED = 65_536
"""Futures of which the inputs and events are kept, to say what drives the answer."""


@dataclass(frozen=True)
class Payoff:
    """A candidate against the baseline, by draw. Money is discounted, in USD.

    saving : ndarray (n,), cumulative saving at the horizon.
    break_even_month : ndarray (n,), first month from which the cumulative saving stays at 0 or more;
        inf = never.
    first_touch : ndarray (n,), first month t >= 1 with a cumulative saving of 0 or more, whatever follows.
    cash_at_risk : ndarray (n,), deepest cumulative loss, 0 where there is none.
    deepest_month : ndarray (n,), the month of it.
    ahead : ndarray (t,), draws in which the cumulative saving at month t is 0 or more; t = 0 … H.
    ahead_before_retrain : ndarray (n,) of bool, whether it is so in the month before the last retrain, at the
        horizon where there is none; None for a strategy that is never retrained.
    met : ndarray (n,) of bool, whether the quality bar is met; None where it is for certain.
    served : ndarray (n,) of bool, whether it serves a call at all; None for what is made of others.
    """

    saving: Array
    break_even_month: Array
    first_touch: Array
    cash_at_risk: Array
    deepest_month: Array
    ahead: np.ndarray
    ahead_before_retrain: Mask | None = None
    met: Mask | None = None
    served: Mask | None = None


@dataclass(frozen=True)
class Folded:
    """What is kept of a block, or of all blocks, of futures.

    total : ndarray (s, n), discounted USD; hours : ndarray (s, n), engineer-hours.
    lines : strategy -> line -> sum over the draws of the discounted USD; one entry a block.
    payoffs : candidate -> Payoff.
    inputs, events : name -> ndarray (k,), what differs between the first k futures, k at most EXPLAINED.
    """

    strategies: tuple[str, ...]
    total: Array
    hours: Array
    lines: tuple[Mapping[str, Mapping[str, float]], ...]
    payoffs: Mapping[str, Payoff]
    inputs: Mapping[str, Array]
    events: Mapping[str, Array]


def fold(costs: Costs) -> Folded:
    """Discount, compare and keep what does not grow with the months.

    Raises SimulationError where a cost is not finite.
    """
    scenario = costs.scenario
    baseline = _discounted(costs, scenario.baseline)
    total, payoffs = {scenario.baseline: baseline.sum(axis=0)}, {}
    for name in scenario.candidates:
        candidate = _discounted(costs, name)
        total[name] = candidate.sum(axis=0)
        retrains = next((line.driver for line in costs.ledgers[name].lines if line.retrain), None)
        compared = payoff(baseline, candidate, retrains)
        payoffs[name] = replace(compared, met=_met(costs, name), served=_served(costs, name))
    for name, ledger in costs.ledgers.items():
        if not np.isfinite(total[name]).all():
            raise ledger.where_not_finite(costs.draws.first)
    lines = {
        name: {line: float(usd.sum()) for line, usd in ledger.totals(costs.weights).items()}
        for name, ledger in costs.ledgers.items()
    }
    order = tuple(scenario.strategies)
    explained = costs.draws.first < EXPLAINED
    return Folded(
        order,
        np.stack([total[name] for name in order]),
        np.stack([costs.ledgers[name].hours() for name in order]),
        (lines,),
        payoffs,
        uncertain_inputs(scenario, costs.draws) if explained else {},
        random_events(scenario, costs.draws) if explained else {},
    )


def _met(costs: Costs, name: str) -> Mask | None:
    if name in costs.scenario.in_service:
        return None
    source = costs.scenario.success_of(costs.scenario.strategies[name])
    return None if source is None else costs.draws.success[source.name]


def _served(costs: Costs, name: str) -> Mask | None:
    if costs.scenario.strategies[name].parts:
        return None
    calls = next(line.driver for line in costs.ledgers[name].lines if line.name == "tokens")
    return np.asarray((calls > 0).any(axis=0))


def _discounted(costs: Costs, strategy: str) -> Array:
    with np.errstate(over="ignore", invalid="ignore"):
        usd = costs.ledgers[strategy].usd()
        usd *= costs.weights
    return usd


def payoff(baseline: Array, candidate: Array, retrains: Array | None = None) -> Payoff:
    """Compare two streams of discounted costs.

    baseline, candidate : ndarray (t, n), USD a month, discounted; t = 0 … H. Costs are never negative, so
    the money moved to a month is the sum of both.
    retrains : ndarray (t, n), how often the candidate is retrained in each month; None where it never is.

    pays off ⇔ cumulative[H] >= 0; break-even month = first t with cumulative[u] >= 0 for every u from t to H.
    """
    months, n = baseline.shape
    ahead = np.zeros(months, dtype=np.int64)
    cumulative, moved, lowest = np.zeros(n), np.zeros(n), np.zeros(n)
    # Months as small integers, and masks multiplied rather than indexed: a pass costs a quarter.
    last_under, deepest, waited = (np.zeros(n, dtype=np.int16) for _ in range(3))
    touched, retrained, before = (np.zeros(n, dtype=bool) for _ in range(3))
    under = touched
    level = cumulative
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(months):
            cumulative += baseline[t] - candidate[t]
            moved += baseline[t] + candidate[t]
            if retrains is not None:
                now = retrains[t] > 0
                before = (before & ~now) | (now & ~under)
                retrained |= now
            level = cumulative * (np.abs(cumulative) > ROUNDING * moved)
            under = level < 0
            ahead[t] = n - np.count_nonzero(under)
            np.maximum(last_under, under * np.int16(t + 1), out=last_under)
            if t >= 1:
                touched |= ~under
                waited += ~touched
            np.maximum(deepest, (level < lowest) * np.int16(t), out=deepest)
            np.minimum(lowest, level, out=lowest)
    return Payoff(
        saving=level + 0.0,  # never -0.0
        break_even_month=np.where(level < 0, np.inf, last_under),
        first_touch=np.where(touched, waited + 1.0, np.inf),
        cash_at_risk=np.abs(lowest),
        deepest_month=deepest.astype(float),
        ahead=ahead,
        ahead_before_retrain=None if retrains is None else np.where(retrained, before, ~under),
    )


def join(parts: Sequence[Folded]) -> Folded:
    """All blocks as one, in the order of the draws."""
    first = parts[0]

    def whole(name: str) -> Payoff:
        each = [part.payoffs[name] for part in parts]
        return Payoff(
            saving=np.concatenate([p.saving for p in each]),
            break_even_month=np.concatenate([p.break_even_month for p in each]),
            first_touch=np.concatenate([p.first_touch for p in each]),
            cash_at_risk=np.concatenate([p.cash_at_risk for p in each]),
            deepest_month=np.concatenate([p.deepest_month for p in each]),
            ahead=np.sum([p.ahead for p in each], axis=0),
            ahead_before_retrain=_joined([p.ahead_before_retrain for p in each]),
            met=_joined([p.met for p in each]),
            served=_joined([p.served for p in each]),
        )

    return Folded(
        first.strategies,
        np.concatenate([part.total for part in parts], axis=1),
        np.concatenate([part.hours for part in parts], axis=1),
        tuple(block for part in parts for block in part.lines),
        {name: whole(name) for name in first.payoffs},
        _whole([part.inputs for part in parts if part.inputs]),
        _whole([part.events for part in parts if part.events]),
    )


def _whole(parts: Sequence[Mapping[str, Array]]) -> dict[str, Array]:
    return {name: np.concatenate([part[name] for part in parts]) for name in (parts[0] if parts else ())}


def _joined(parts: Sequence[Mask | None]) -> Mask | None:
    there = [part for part in parts if part is not None]
    return np.concatenate(there) if there else None
