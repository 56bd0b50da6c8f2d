"""Answer -> what happens on the way: the cumulative saving, and the cost by line, month by month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from mcost.answer import Answer
from mcost.costs import Costs
from mcost.integration import ROUNDING
from mcost.law import Array
from mcost.simulate import simulate

MOST = 16_384
"""Futures that are simulated again, at most: the first ones of the answer, from its seed."""

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
PATHS = 10


@dataclass(frozen=True)
class Journey:
    """Cumulative saving of a candidate against the baseline, USD, discounted; t = 0 … H.

    months : ndarray (t,). levels : the q shares of LEVELS. quantiles : ndarray (q, t), month by month.
    paths : ndarray (k, t), k futures at the middle of each tenth of final savings, the lowest first; one
        future alone where all are the same.
    """

    candidate: str
    months: Array
    levels: tuple[float, ...]
    quantiles: Array
    paths: Array
    draws: int


def journey(answer: Answer, candidate: str) -> Journey:
    """The quantiles of the cumulative saving by month, and ten futures that stand for all.

    candidate : the name of one of the answer's candidates.
    """
    n = min(answer.draws, MOST)
    fold = partial(_cumulative, candidate)
    parts = simulate(answer.scenario.only(candidate), fold, draws=n, seed=answer.seed, sampler=answer.sampler)
    cumulative = np.concatenate(list(parts), axis=1)
    ranked = np.argsort(cumulative[-1], kind="stable")
    count = 1 if answer.certain else min(PATHS, n)
    middles = ((np.arange(count) + 0.5) * n / count).astype(int)
    return Journey(
        candidate,
        np.arange(cumulative.shape[0], dtype=float),
        LEVELS,
        np.quantile(cumulative, LEVELS, axis=1),
        cumulative[:, ranked[middles]].T,
        n,
    )


def _cumulative(candidate: str, costs: Costs) -> Array:
    """Cumulative saving: ndarray (t, n); within rounding of the money moved it is 0."""
    baseline, own = (
        costs.ledgers[name].usd() * costs.weights for name in (costs.scenario.baseline, candidate)
    )
    saved = np.cumsum(baseline - own, axis=0)
    moved = np.cumsum(baseline + own, axis=0)
    return np.asarray(np.where(np.abs(saved) > ROUNDING * moved, saved, 0.0))


def cost_by_month(answer: Answer, *strategies: str) -> dict[str, Mapping[str, Array]]:
    """Strategy -> cost line -> ndarray (t,), mean USD of the month, discounted; t = 0 … H."""
    n = min(answer.draws, MOST)
    alone, fold = answer.scenario.only(*strategies), partial(_by_line, strategies)
    parts = list(simulate(alone, fold, draws=n, seed=answer.seed, sampler=answer.sampler))
    empty = np.zeros(answer.horizon_months + 1)
    return {
        name: {
            line: sum((part[name].get(line, empty) for part in parts), empty) / n
            for line in dict.fromkeys(line for part in parts for line in part[name])
        }
        for name in strategies
    }


def _by_line(strategies: tuple[str, ...], costs: Costs) -> dict[str, dict[str, Array]]:
    return {
        name: {line: (usd * costs.weights).sum(axis=1) for line, usd in costs.ledgers[name].by_line().items()}
        for name in strategies
    }
