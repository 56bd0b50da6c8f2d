"""Costs -> what is kept of them: sums over each replicate of every block, and the first futures themselves.

Sums are added up in the order of the blocks, so that neither the number of workers nor what each was given
changes a bit. They do not grow with the number of draws; the futures are kept of the first KEPT only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from mcost.costs import Costs
from mcost.estimate import by_replicate
from mcost.factors import random_events, uncertain_inputs
from mcost.integration import PAIRINGS, ROUNDING, Integrated, Integration
from mcost.law import Array, Mask
from mcost.payoff import Payoff, payoff

EXPLAINED = 65_536
"""Futures of which the inputs and events are kept, to say what drives the answer."""

KEPT = 2**20
"""Futures of which costs and savings are kept: percentiles are theirs."""


@dataclass(frozen=True)
class Pays:
    """Sums over the futures of one candidate; ndarray (R,) are by replicate.

    chance : P(pays off) with what is integrated; hits : futures that pay off; saving : USD.
    touched : futures ahead at any month from 1 on. before : ahead before the last retrain, None without any.
    beats : other strategy -> futures in which the candidate costs at most as much.
    ahead, broke_even : ndarray (t,), futures that are ahead at month t, and whose break-even month it is.
    met, served : futures in which the bar is met, and in which it then serves; None where for certain.
    """

    chance: Array
    hits: Array
    saving: Array
    touched: Array
    before: Array | None
    beats: Mapping[str, Array]
    ahead: np.ndarray
    broke_even: np.ndarray
    met: int | None
    served: int | None


@dataclass(frozen=True)
class Tally:
    """Sums over futures, strategies in the order of the scenario; ndarray (s, R) are by replicate.

    n : how many futures. total : USD, discounted. loss : USD above the cheapest. cheapest : futures in which
    it is that, ties shared equally. hours : engineer-hours.
    lines : strategy -> cost line -> USD, discounted. pays : candidate -> Pays.
    """

    n: int
    total: Array
    loss: Array
    cheapest: Array
    hours: Array
    lines: Mapping[str, Mapping[str, float]]
    pays: Mapping[str, Pays]


@dataclass(frozen=True)
class Sample:
    """The first futures.

    total : ndarray (s, n), discounted USD. payoffs : candidate -> Payoff.
    inputs, events : name -> ndarray (k,), what differs between the first k futures, k at most EXPLAINED.
    """

    total: Array
    payoffs: Mapping[str, Payoff]
    inputs: Mapping[str, Array]
    events: Mapping[str, Array]


@dataclass(frozen=True)
class Folded:
    """What is kept of a block, or of all: sums, the first futures, and what was integrated in each chance."""

    strategies: tuple[str, ...]
    tally: Tally
    sample: Sample | None
    integrated: Mapping[str, Integrated]


def fold(costs: Costs, integrate: bool = True, pairings: int = PAIRINGS) -> Folded:
    """Discount, compare and keep what does not grow with the months.

    integrate, pairings : as of :func:`mcost.run`, and of :class:`mcost.integration.Integration`.

    Raises SimulationError where a cost is not finite or too large.
    """
    scenario, order = costs.scenario, tuple(costs.scenario.strategies)
    total = np.stack([costs.totals[name] for name in order])
    compared = {name: _compared(costs, name) for name in scenario.candidates}
    payoffs = {name: payoff for name, (payoff, _) in compared.items()}
    integration = Integration(costs, pairings) if integrate and scenario.candidates else None
    least = total.min(axis=0)
    ties = total - least <= ROUNDING * (total + least)
    pays = {
        name: _pays(name, payoff, ahead, dict(zip(order, total, strict=True)))
        for name, (payoff, ahead) in compared.items()
    }
    if integration is not None:
        pays = {
            name: replace(each, chance=by_replicate(integration.chance(name, payoffs[name].saving >= 0)))
            for name, each in pays.items()
        }
    tally = Tally(
        n=costs.draws.n,
        total=by_replicate(total),
        loss=by_replicate(total - least),
        cheapest=by_replicate(ties / ties.sum(axis=0)),
        hours=by_replicate(np.stack([costs.ledgers[name].hours(costs.count) for name in order])),
        lines={
            name: {line: float(usd.sum()) for line, usd in lines.items()}
            for name, lines in costs.lines.items()
        },
        pays=pays,
    )
    sample = None
    if costs.draws.first < KEPT:
        explained = costs.draws.first < EXPLAINED
        sample = Sample(
            total,
            payoffs,
            uncertain_inputs(scenario, costs.draws) if explained else {},
            random_events(scenario, costs.draws) if explained else {},
        )
    what = {} if integration is None else {name: integration.integrated(name) for name in payoffs}
    return Folded(order, tally, sample, what)


def _compared(costs: Costs, name: str) -> tuple[Payoff, np.ndarray]:
    retrains = next((line.driver for line in costs.ledgers[name].lines if line.retrain), None)
    compared, ahead = payoff(costs.discounted(costs.scenario.baseline), costs.discounted(name), retrains)
    return replace(compared, met=_met(costs, name), served=_served(costs, name)), ahead


def _met(costs: Costs, name: str) -> Mask | None:
    if name in costs.scenario.in_service:
        return None
    source = costs.scenario.success_of(costs.scenario.strategies[name])
    return None if source is None else costs.draws.success[source.name]


def _served(costs: Costs, name: str) -> Mask | None:
    if costs.scenario.strategies[name].parts:
        return None
    calls = next(line.driver for line in costs.ledgers[name].lines if line.name == "tokens")
    return np.asarray(costs.count(calls) > 0)


def _pays(name: str, payoff: Payoff, ahead: np.ndarray, total: Mapping[str, Array]) -> Pays:
    own, hits = total[name], by_replicate(payoff.saving >= 0)
    finite = payoff.break_even_month[np.isfinite(payoff.break_even_month)].astype(np.intp)
    counted = payoff.served if payoff.met is None or payoff.served is None else payoff.served & payoff.met
    before = payoff.ahead_before_retrain
    return Pays(
        chance=hits,
        hits=hits,
        saving=by_replicate(payoff.saving),
        touched=by_replicate(np.isfinite(payoff.first_touch)),
        before=None if before is None else by_replicate(before),
        beats={
            other: by_replicate(own - usd <= ROUNDING * (own + usd))
            for other, usd in total.items()
            if other != name
        },
        ahead=ahead,
        broke_even=np.bincount(finite, minlength=ahead.size),
        met=None if payoff.met is None else int(np.count_nonzero(payoff.met)),
        served=None if counted is None else int(np.count_nonzero(counted)),
    )


# --- blocks together --------------------------------------------------------------------------------------


def join(parts: Iterable[Folded], draws: int) -> Folded:
    """All blocks as one, in the order of the draws.

    parts : one a block, each let go as soon as it is added. draws : the number of all futures.
    """
    first: Folded | None = None
    tally: Tally | None = None
    kept: dict[str, np.ndarray] = {}
    at = 0
    for part in parts:
        if part.sample is not None:
            for key, row in _rows(part.sample).items():
                if first is None or key not in kept:
                    most = min(draws, EXPLAINED if key.startswith(("inputs", "events")) else KEPT)
                    kept[key] = np.empty((*row.shape[:-1], most), dtype=row.dtype)
                kept[key][..., at : at + row.shape[-1]] = row
            at += part.tally.n
        first = first or part
        tally = part.tally if tally is None else _added(tally, part.tally)
    assert first is not None
    assert tally is not None
    return replace(first, tally=tally, sample=_sample(first, kept))


def _rows(sample: Sample) -> dict[str, np.ndarray]:
    """Every array of a sample, its futures last, by a key of its own."""
    rows = {"total": sample.total}
    rows |= {f"inputs {name}": row for name, row in sample.inputs.items()}
    rows |= {f"events {name}": row for name, row in sample.events.items()}
    for name, compared in sample.payoffs.items():
        for each in _KEPT_OF_A_PAYOFF:
            if (row := getattr(compared, each)) is not None:
                rows[f"{each} {name}"] = row
    return rows


def _sample(first: Folded, kept: Mapping[str, np.ndarray]) -> Sample:
    assert first.sample is not None
    return Sample(
        kept["total"],
        {name: _payoff(name, kept) for name in first.sample.payoffs},
        {name: kept[f"inputs {name}"] for name in first.sample.inputs},
        {name: kept[f"events {name}"] for name in first.sample.events},
    )


def _payoff(name: str, kept: Mapping[str, np.ndarray]) -> Payoff:
    rows: dict[str, Any] = {each: kept.get(f"{each} {name}") for each in _KEPT_OF_A_PAYOFF}
    return Payoff(**rows)


_KEPT_OF_A_PAYOFF = tuple(field.name for field in fields(Payoff))


def _added(one: Any, other: Any) -> Any:
    """Sums of two blocks together, entry by entry; a line that is missing in one is 0 there."""
    if one is None or other is None:
        return None
    if isinstance(one, Tally | Pays):
        return _entries(one, other)
    if isinstance(one, Mapping):
        return {
            key: _added(one[key], other[key]) if key in one and key in other else one.get(key, other.get(key))
            for key in dict.fromkeys((*one, *other))
        }
    return one + other


def _entries(one: Any, other: Any) -> Any:
    return type(one)(**{f.name: _added(getattr(one, f.name), getattr(other, f.name)) for f in fields(one)})
