"""How likely each strategy is the cheapest, and what being wrong costs, along the horizon or an input."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mcost.answer import Answer
from mcost.costs import Costs
from mcost.errors import McostError, nearest
from mcost.integration import ROUNDING
from mcost.law import Array
from mcost.simulate import simulate

if TYPE_CHECKING:
    import pandas as pd

HORIZON = "horizon"
MOST = 16_384
"""Futures that are simulated for the curves over the horizon."""

GROUPS = 20
"""Equal groups of futures along an input; fewer where there are fewer futures."""

TOLD = 3.0
"""Standard errors that tell one strategy from another at an x: of many, some differ by 2 by chance."""


@dataclass(frozen=True)
class Acceptability:
    """Acceptability and expected loss along the horizon or an input.

    over : ``"horizon"`` or the input's name; unit : of x. x : ndarray (k,), months, or the input's median in
        each group of futures.
    probability_cheapest : ndarray (s, k), ties shared equally; standard_error : of it.
    expected_loss_usd : ndarray (s, k), ``E[cost_d - min_k cost_k]``; the lowest is EVPI at that x.
    loss_error : ndarray (s, k), its standard error. lead_error : ndarray (s, s, k), standard error of the
        difference of two strategies' losses, in the same futures. futures : ndarray (k,), behind each x.
    """

    strategies: tuple[str, ...]
    over: str
    unit: str
    x: Array
    probability_cheapest: Array
    standard_error: Array
    expected_loss_usd: Array
    loss_error: Array
    lead_error: Array
    futures: NDArray[np.int64]
    draws: int

    @property
    def changes(self) -> tuple[tuple[float, str], ...]:
        """Where the strategy of lowest expected loss changes: the x from which each one leads.

        One takes over only where, before it is overtaken itself, it is told from the one before by TOLD
        standard errors: strategies that are as good as each other would take turns by noise alone.
        """
        loss = self.expected_loss_usd
        best = np.argmin(loss, axis=0)
        leads, since, found = int(best[0]), 0, [(float(self.x[0]), self.strategies[best[0]])]
        for i, now in enumerate(best):
            since = i if i == 0 or now != best[i - 1] else since
            if now != leads and loss[leads, i] - loss[now, i] > TOLD * self.lead_error[leads, now, i]:
                leads = int(now)
                found.append((float(self.x[since]), self.strategies[now]))
        return tuple(found)

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        return {
            "over": self.over,
            "unit": self.unit,
            "draws": self.draws,
            "x": self.x.tolist(),
            "strategies": {
                name: {
                    "probability_cheapest": self.probability_cheapest[i].tolist(),
                    "standard_error": self.standard_error[i].tolist(),
                    "expected_loss_usd": self.expected_loss_usd[i].tolist(),
                    "expected_loss_standard_error": self.loss_error[i].tolist(),
                }
                for i, name in enumerate(self.strategies)
            },
        }

    def to_frame(self) -> pd.DataFrame:
        """One row a strategy and x."""
        import pandas as pd

        rows = [
            {
                "strategy": name,
                self.over: self.x[j],
                "probability_cheapest": self.probability_cheapest[i, j],
                "standard_error": self.standard_error[i, j],
                "expected_loss_usd": self.expected_loss_usd[i, j],
                "expected_loss_standard_error": self.loss_error[i, j],
            }
            for i, name in enumerate(self.strategies)
            for j in range(self.x.size)
        ]
        return pd.DataFrame(rows)


def acceptability(answer: Answer, over: str = HORIZON) -> Acceptability:
    """The cost-effectiveness acceptability curve, and the expected-loss curve (Fenwick et al. 2001).

    over : ``"horizon"``: what would be so if only the first t months counted, t = 1 … H; or the name of an
        uncertain input, or as much of its end as no other one has: what is so where it is low, … high, and
        with it whatever it is correlated with.

    Raises McostError where there is no such input, or it is certain.
    """
    if over == HORIZON:
        return _over_horizon(answer)
    ends = [name for name in answer.futures.inputs if name.endswith(f".{over}")]
    if over not in answer.futures.inputs and len(ends) == 1:
        over = ends[0]
    if over not in answer.futures.inputs:
        known = answer.scenario.inputs
        if len(ends) > 1:
            raise McostError(f"over: found {over}; expected one of {', '.join(ends)}")
        if over in known:
            raise McostError(f"over: {over} does not vary between futures; expected an uncertain input")
        raise McostError(f"over: no such input: {over}{nearest(over, [HORIZON, *known])}")
    values = answer.futures.inputs[over]
    cost = np.stack(list(answer.futures.cost.values()))
    groups = list(_groups(values))
    parts = [_shares(cost[:, group]) for group in groups]
    return Acceptability(
        strategies=tuple(answer.futures.cost),
        over=over,
        unit=answer.scenario.inputs[over].unit,
        x=np.array([np.median(values[group]) for group in groups]),
        probability_cheapest=np.stack([share.mean(axis=1) for share, _ in parts], axis=1),
        standard_error=np.stack([_error(share) for share, _ in parts], axis=1),
        expected_loss_usd=np.stack([loss.mean(axis=1) for _, loss in parts], axis=1),
        loss_error=np.stack([_error(loss) for _, loss in parts], axis=1),
        lead_error=np.stack(
            [_apart(loss @ loss.T, loss.mean(axis=1), loss.shape[1]) for _, loss in parts], -1
        ),
        futures=np.array([group.size for group in groups]),
        draws=values.size,
    )


def _groups(values: Array) -> Iterator[NDArray[np.intp]]:
    """Futures in groups of equal size by a value; equal values stay together."""
    distinct = np.unique(values)
    if distinct.size <= GROUPS:
        yield from (np.flatnonzero(values == value) for value in distinct)
        return
    edges = np.unique(np.quantile(values, np.linspace(0, 1, min(GROUPS, values.size) + 1)))
    place = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, edges.size - 2)
    yield from (members for i in range(edges.size - 1) if (members := np.flatnonzero(place == i)).size)


def _shares(cost: Array) -> tuple[Array, Array]:
    """Whether each strategy is cheapest, a tie shared, and its loss: ndarrays (s, n)."""
    least = cost.min(axis=0)
    loss = cost - least
    ties = loss <= ROUNDING * (cost + least)
    return ties / ties.sum(axis=0), loss


def _error(share: Array) -> Array:
    n = share.shape[1]
    return np.asarray(share.std(axis=1, ddof=1) / np.sqrt(n) if n > 1 else np.zeros(len(share)))


def _apart(products: Array, means: Array, n: int) -> Array:
    """Standard errors of differences, ndarray (s, s); products : sums of l_i l_j, (s, s), over n futures."""
    if n < 2:
        return np.full(products.shape, np.inf)
    squares = np.diag(products)
    spread = (squares[:, None] + squares - 2 * products) / n - (means[:, None] - means) ** 2
    return np.asarray(np.sqrt(np.maximum(spread, 0.0) / n))


@dataclass(frozen=True)
class _Months:
    """Sums over a block: ndarrays (s, t); products : (s, s, t), of losses by one another."""

    cheapest: Array
    cheapest_squared: Array
    loss: Array
    products: Array


def _by_month(costs: Costs) -> _Months:
    usd = [costs.ledgers[name].usd() * costs.weights for name in costs.scenario.strategies]
    so_far = np.zeros((len(usd), costs.draws.n))
    sums = np.empty((3, len(usd), usd[0].shape[0]))
    products = np.empty((len(usd), len(usd), usd[0].shape[0]))
    for t in range(usd[0].shape[0]):
        for row, own in zip(so_far, usd, strict=True):
            row += own[t]
        share, loss = _shares(so_far)
        for k, summed in enumerate((share, share**2, loss)):
            sums[k, :, t] = summed.sum(axis=1)
        products[:, :, t] = loss @ loss.T
    return _Months(sums[0], sums[1], sums[2], products)


def _over_horizon(answer: Answer) -> Acceptability:
    n = min(answer.draws, MOST)
    parts = list(simulate(answer.scenario, _by_month, draws=n, seed=answer.seed, sampler=answer.sampler))
    cheapest, cheapest_squared, loss, products = (
        sum(vars(part)[key] for part in parts)[..., 1:] / n for key in vars(parts[0])
    )
    squares = np.diagonal(products).T
    lead_error = [_apart(products[..., t] * n, loss[:, t], n) for t in range(loss.shape[1])]
    return Acceptability(
        strategies=tuple(answer.strategies),
        over=HORIZON,
        unit="months",
        x=np.arange(1.0, answer.horizon_months + 1),
        probability_cheapest=cheapest,
        standard_error=np.sqrt(np.maximum(cheapest_squared - cheapest**2, 0.0) / n),
        expected_loss_usd=loss,
        loss_error=np.sqrt(np.maximum(squares - loss**2, 0.0) / n),
        lead_error=np.stack(lead_error, axis=-1),
        futures=np.full(answer.horizon_months, n),
        draws=n,
    )
