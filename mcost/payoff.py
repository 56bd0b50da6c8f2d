"""Costs -> Payoff: what a candidate saves against the baseline, when, and how deep it goes before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mcost.costs import Costs
from mcost.law import Array

ROUNDING = 1e-9
"""A cumulative saving within this share of the money moved counts as zero."""


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
    """

    saving: Array
    break_even_month: Array
    first_touch: Array
    cash_at_risk: Array
    deepest_month: Array
    ahead: np.ndarray


@dataclass(frozen=True)
class Folded:
    """What is kept of a block, or of all blocks, of futures.

    total : ndarray (s, n), discounted USD; hours : ndarray (s, n), engineer-hours.
    lines : strategy -> line -> sum over the draws of the discounted USD; one entry a block.
    payoffs : candidate -> Payoff.
    """

    strategies: tuple[str, ...]
    total: Array
    hours: Array
    lines: tuple[Mapping[str, Mapping[str, float]], ...]
    payoffs: Mapping[str, Payoff]


def fold(costs: Costs) -> Folded:
    """Discount, compare and keep what does not grow with the months.

    Raises SimulationError where a cost is not finite.
    """
    scenario, block = costs.scenario, costs.draws.block
    baseline = _discounted(costs, scenario.baseline)
    total, payoffs = {scenario.baseline: baseline.sum(axis=0)}, {}
    for name in scenario.candidates:
        candidate = _discounted(costs, name)
        total[name] = candidate.sum(axis=0)
        payoffs[name] = payoff(baseline, candidate)
    for name, ledger in costs.ledgers.items():
        if not np.isfinite(total[name]).all():
            raise ledger.where_not_finite(block)
    lines = {
        name: {line: float(usd.sum()) for line, usd in ledger.totals(costs.weights).items()}
        for name, ledger in costs.ledgers.items()
    }
    order = tuple(scenario.strategies)
    return Folded(
        order,
        np.stack([total[name] for name in order]),
        np.stack([costs.ledgers[name].hours() for name in order]),
        (lines,),
        payoffs,
    )


def _discounted(costs: Costs, strategy: str) -> Array:
    with np.errstate(over="ignore", invalid="ignore"):
        usd = costs.ledgers[strategy].usd()
        usd *= costs.weights
    return usd


def payoff(baseline: Array, candidate: Array) -> Payoff:
    """Compare two streams of discounted costs.

    baseline, candidate : ndarray (t, n), USD a month, discounted; t = 0 … H. Costs are never negative, so
    the money moved to a month is the sum of both.

    pays off ⇔ cumulative[H] >= 0; break-even month = first t with cumulative[u] >= 0 for every u from t to H.
    """
    months = baseline.shape[0] - 1
    with np.errstate(over="ignore", invalid="ignore"):
        cumulative = np.cumsum(baseline - candidate, axis=0)
        moved = np.cumsum(baseline + candidate, axis=0)
    moved *= ROUNDING
    cumulative[np.abs(cumulative) <= moved] = 0.0
    under = cumulative < 0
    ever_under = under.any(axis=0)
    last_under = months - np.argmax(under[::-1], axis=0)
    break_even = np.where(ever_under, last_under + 1.0, 0.0)
    break_even[under[-1]] = np.inf
    above = ~under[1:]
    touch = np.where(above.any(axis=0), np.argmax(above, axis=0) + 1.0, np.inf)
    deepest = np.argmin(cumulative, axis=0)
    lowest = np.take_along_axis(cumulative, deepest[None], axis=0)[0]
    return Payoff(
        saving=cumulative[-1].copy(),
        break_even_month=break_even,
        first_touch=touch,
        cash_at_risk=np.maximum(-lowest, 0.0),
        deepest_month=deepest.astype(float),
        ahead=np.count_nonzero(~under, axis=1),
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
        )

    return Folded(
        first.strategies,
        np.concatenate([part.total for part in parts], axis=1),
        np.concatenate([part.hours for part in parts], axis=1),
        tuple(block for part in parts for block in part.lines),
        {name: whole(name) for name in first.payoffs},
    )
