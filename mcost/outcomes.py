"""Folded -> what the futures amount to, by strategy and by candidate: every number with its error."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mcost.estimate import Chance, Estimate, chance, estimate, mean_of
from mcost.integration import ROUNDING
from mcost.law import Array
from mcost.payoff import Payoff
from mcost.tally import Folded, Pays, Tally

Spread = Callable[..., Iterable[Any]]
"""``map``, or that of an executor whose threads share this memory."""


@dataclass(frozen=True)
class Money:
    """A sum of money over the futures, USD: mean with its standard error, and percentiles with theirs."""

    mean: float
    standard_error: float
    p5: float
    p50: float
    p95: float
    worst_tenth_mean: float
    percentile_errors: tuple[float, float, float]
    worst_tenth_error: float


@dataclass(frozen=True)
class BreakEven:
    """Percentiles of the break-even month among all futures, None where that future never breaks even.

    never : share of the futures that do not break even within the horizon.
    """

    p10: int | None
    p50: int | None
    p90: int | None
    never: float


@dataclass(frozen=True)
class Beats(Chance):
    """P(a candidate costs at most what its best alternative costs), and which that is."""

    alternative: str = ""

    def to_dict(self) -> dict[str, Any]:
        return Chance.to_dict(self) | {"alternative": self.alternative}


@dataclass(frozen=True)
class CashAtRisk:
    """The deepest cumulative loss before the horizon, USD.

    deepest_month : median month of it among the futures that lose at all, None where none does.
    """

    p50: float
    p95: float
    deepest_month: int | None
    percentile_errors: tuple[float, float]


@dataclass(frozen=True)
class Candidate:
    """One strategy against the baseline.

    success : share of the futures in which it meets the quality bar.
    launched : share of them in which it then serves at all: tuning may close, or its model retire, before.
    chances : ndarray (R,), P(pays off) added up over the futures of each replicate.
    before_last_retrain : P(ahead) in the month before the last retrain, or at the horizon where none is made;
        None for a strategy that is not retrained.
    """

    pays_off: Chance
    beats_best_alternative: Beats
    first_touch: Chance
    pays_off_by_month: tuple[float, ...]
    break_even_month: BreakEven
    saving_usd: Money
    cash_at_risk_usd: CashAtRisk
    success: float
    launched: float
    before_last_retrain: Chance | None
    payoff: Payoff = field(repr=False, compare=False)
    chances: Array = field(repr=False, compare=False)


@dataclass(frozen=True)
class StrategyCost:
    """What one strategy costs over the horizon, discounted.

    probability_cheapest : share of the futures in which it is cheapest, ties shared equally.
    expected_loss_usd : what choosing it gives up on average against the cheapest in each future.
    cost_lines_usd : mean of each cost line; they add up to the mean cost. hours : mean engineer-hours.
    """

    cost_usd: Money
    probability_cheapest: float
    expected_loss_usd: Estimate
    cost_lines_usd: Mapping[str, float]
    hours: float


def strategy_costs(folded: Folded, spread: Spread = map) -> dict[str, StrategyCost]:
    """What every strategy costs, in the order of the scenario."""
    tally, sample = folded.tally, folded.sample
    assert sample is not None
    order = range(len(folded.strategies))
    costs = spread(lambda i: _money(tally.total[i], tally.n, sample.total[i], worst="high"), order)
    return {
        name: StrategyCost(
            cost_usd=cost,
            probability_cheapest=chance(tally.cheapest[i], tally.n).value,
            expected_loss_usd=estimate(tally.loss[i], tally.n),
            cost_lines_usd={line: usd / tally.n for line, usd in tally.lines[name].items()},
            hours=estimate(tally.hours[i], tally.n).value,
        )
        for i, (name, cost) in enumerate(zip(folded.strategies, costs, strict=True))
    }


def compared(
    folded: Folded, means: Mapping[str, float], baseline: str, spread: Spread = map
) -> dict[str, Candidate]:
    """Every candidate against the baseline, and against its best alternative.

    means : strategy -> expected cost, USD, in the order in which ties are decided.
    """
    sample = folded.sample
    assert sample is not None

    def candidate(name: str) -> Candidate:
        alternative = cheapest({other: mean for other, mean in means.items() if other != name})
        assert alternative is not None
        return _candidate(folded.tally, folded.tally.pays[name], sample.payoffs[name], alternative, baseline)

    return dict(zip(sample.payoffs, spread(candidate, sample.payoffs), strict=True))


def cheapest(means: Mapping[str, float]) -> str | None:
    """The lowest mean; of those that differ by rounding alone, the first named."""
    if not means:
        return None
    least = min(means.values())
    return next(name for name, mean in means.items() if mean - least <= ROUNDING * (abs(mean) + abs(least)))


def _candidate(tally: Tally, pays: Pays, payoff: Payoff, alternative: str, baseline: str) -> Candidate:
    n = tally.n
    pays_off = chance(pays.chance, n)
    # Against the baseline it is the same question, so it has the same answer.
    beats = pays_off if alternative == baseline else chance(pays.beats[alternative], n)
    losing = payoff.cash_at_risk > 0
    deepest = int(np.quantile(payoff.deepest_month[losing], 0.5)) if losing.any() else None
    risk, risk_errors, _ = _percentiles(payoff.cash_at_risk, (0.5, 0.95))
    by_month = [float(count) / n for count in pays.ahead]
    return Candidate(
        pays_off=pays_off,
        beats_best_alternative=Beats(beats.value, beats.standard_error, n, alternative),
        # What is ahead at the horizon was ahead once: only the difference is left to hits.
        first_touch=chance(pays.chance + (pays.touched - pays.hits), n),
        pays_off_by_month=(*by_month[:-1], pays_off.value),
        break_even_month=_break_even(pays, pays_off.value),
        saving_usd=_money(pays.saving, n, payoff.saving, worst="low"),
        cash_at_risk_usd=CashAtRisk(risk[0], risk[1], deepest, (risk_errors[0], risk_errors[1])),
        success=1.0 if pays.met is None else pays.met / n,
        launched=_launched(pays, n),
        before_last_retrain=None
        if pays.before is None
        else chance(pays.chance + (pays.before - pays.hits), n),
        payoff=payoff,
        chances=pays.chance,
    )


def _launched(pays: Pays, n: int) -> float:
    if pays.served is None:
        return 1.0
    decided = n if pays.met is None else pays.met
    return pays.served / decided if decided else 1.0


def _break_even(pays: Pays, pays_off: float) -> BreakEven:
    share = broken_even(pays.broke_even, pays_off)

    def percentile(p: float) -> int | None:
        reached = np.flatnonzero(share >= p * (1 - 1e-12))
        return int(reached[0]) if reached.size else None

    return BreakEven(percentile(0.1), percentile(0.5), percentile(0.9), 1 - pays_off)


def broken_even(counts: np.ndarray, pays_off: float) -> Array:
    """P(break-even month <= t) by hits, scaled so that P(within the horizon) is P(pays off): ndarray (t,).

    counts : ndarray (t,), futures whose break-even month it is; where there are none, the last has all of it.
    """
    within = np.cumsum(counts)
    share = within / within[-1] if within[-1] else np.arange(within.size) == within.size - 1
    return np.asarray(share * pays_off)


def _money(sums: Array, n: int, sample: Array, worst: str) -> Money:
    """sums : ndarray (R,), of all n futures, by replicate; sample : ndarray (k,), of the first ones."""
    mean = estimate(sums, n)
    tenth = max(1, sample.size // 10)
    (p5, p50, p95), errors, ranked = _percentiles(sample, (0.05, 0.5, 0.95), (tenth - 1, -tenth))
    worst_mean = mean_of(ranked[:tenth] if worst == "low" else ranked[-tenth:])
    return Money(
        mean=mean.value,
        standard_error=mean.standard_error,
        p5=p5,
        p50=p50,
        p95=p95,
        worst_tenth_mean=worst_mean.value,
        percentile_errors=(errors[0], errors[1], errors[2]),
        worst_tenth_error=worst_mean.standard_error,
    )


def _percentiles(
    sample: Array, p: Sequence[float], also: Sequence[int] = ()
) -> tuple[list[float], list[float], Array]:
    """Quantiles; their errors, from the order statistics one binomial error to either side; the sample.

    Quantiles lie on the line between two order statistics, as in ``numpy.quantile``. The sample is
    partitioned at all of them, and at the ranks that are wanted ``also``, in one pass.
    """
    spread = [math.sqrt(q * (1 - q) / sample.size) for q in p]
    points = [min(max(x, 0.0), 1.0) for q, s in zip(p, spread, strict=True) for x in (q - s, q, q + s)]
    rank, part = np.divmod(np.array(points) * (sample.size - 1), 1)
    low = rank.astype(np.intp)
    high = np.minimum(low + 1, sample.size - 1)
    ranked = np.partition(sample, [*low, *high, *also])
    values = [float(v) for v in ranked[low] + part * (ranked[high] - ranked[low])]
    errors = [(above - below) / 2 for below, above in zip(values[::3], values[2::3], strict=True)]
    return values[1::3], errors, ranked
