"""Payoff -> Answer: every number that is shown, with its error, as attributes and as the JSON contract."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mcost.costs import Costs
from mcost.errors import McostError, SimulationError, shown
from mcost.estimate import Chance, Estimate, mean_of
from mcost.law import Array
from mcost.payoff import ROUNDING, Folded, Payoff, fold, join
from mcost.robustness import HELD, if_overconfident
from mcost.scenario import Scenario, load
from mcost.schema import Strategy
from mcost.simulate import simulate
from mcost.version import VERSION
from mcost.voi import evpi, expected_loss

if TYPE_CHECKING:
    import pandas as pd

DRAWS = 65_536
MAX_DRAWS = 10**9
LARGEST = 1e150


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


@dataclass(frozen=True)
class CostTable:
    """Cost by strategy, month and draw: ``usd`` is an ndarray (s, t, n), USD a month, undiscounted.

    total : ndarray (s, n), USD over all months, discounted: what every decision is judged on.
    lines : strategy -> line -> ndarray (t, n); the lines of a strategy add up to its ``usd``.
    """

    strategies: tuple[str, ...]
    usd: Array
    lines: Mapping[str, Mapping[str, Array]]
    total: Array


@dataclass(frozen=True)
class Answer:
    """The verdict on a scenario. ``to_dict()`` is the JSON contract; printing it gives the report."""

    scenario: Scenario
    draws: int
    seed: int
    recommended: str
    evpi: Estimate
    candidates: Mapping[str, Candidate]
    strategies: Mapping[str, StrategyCost]
    held: float = HELD

    @cached_property
    def if_overconfident(self) -> Mapping[str, Chance]:
        """P(pays off) of each candidate if the ranges held only ``held``; empty for a certain scenario."""
        return {} if self.certain else if_overconfident(self.scenario, self.held, self.draws, self.seed)

    @property
    def horizon_months(self) -> int:
        return self.scenario.horizon_months

    @property
    def baseline(self) -> str:
        return self.scenario.baseline

    @property
    def evpi_usd(self) -> float:
        return self.evpi.value

    @property
    def headline(self) -> str | None:
        """The candidate of lowest expected cost; None where there is only the baseline."""
        return _cheapest({name: self.strategies[name].cost_usd.mean for name in self.candidates})

    @property
    def certain(self) -> bool:
        """Whether nothing in the scenario is uncertain, so that every future is the same one."""
        return _certain(self.scenario)

    @cached_property
    def costs(self) -> CostTable:
        """Every cost by strategy, month and draw, simulated again from the same seed; large."""
        parts = simulate(self.scenario, _keep, draws=self.draws, seed=self.seed)
        order = tuple(self.strategies)
        usd = np.concatenate([kept.usd for kept in parts], axis=2)
        total = np.concatenate([kept.total for kept in parts], axis=1)
        return CostTable(order, usd, {name: _lines_of(name, parts) for name in order}, total)

    def to_dict(self) -> dict[str, Any]:
        """The machine-readable answer, as ``mcost run --json`` prints it."""
        return {
            "mcost": VERSION,
            "scenario": {
                "title": self.scenario.title,
                "file": self.scenario.file,
                "sha256": self.scenario.sha256,
            },
            "draws": self.draws,
            "seed": self.seed,
            "horizon_months": self.horizon_months,
            "baseline": self.baseline,
            "recommended": self.recommended,
            "evpi_usd": self.evpi_usd,
            "candidates": {name: _candidate_dict(c) for name, c in self.candidates.items()},
            "strategies": {name: _strategy_dict(s) for name, s in self.strategies.items()},
        }

    def to_frame(self) -> pd.DataFrame:
        """One row a strategy: cost, and for a candidate its pay-off against the baseline."""
        import pandas as pd

        rows: dict[str, dict[str, float | None]] = {}
        for name, cost in self.strategies.items():
            row: dict[str, float | None] = {
                "cost_usd": cost.cost_usd.mean,
                "probability_cheapest": cost.probability_cheapest,
            }
            row |= {"expected_loss_usd": cost.expected_loss_usd.value, "engineer_hours": cost.hours}
            if name in self.candidates:
                c = self.candidates[name]
                row |= {
                    "pays_off": c.pays_off.probability,
                    "pays_off_standard_error": c.pays_off.standard_error,
                    "beats_best_alternative": c.beats_best_alternative.probability,
                    "saving_usd": c.saving_usd.mean,
                    "saving_p5_usd": c.saving_usd.p5,
                    "saving_p95_usd": c.saving_usd.p95,
                    "break_even_month_p50": c.break_even_month.p50,
                    "cash_at_risk_p95_usd": c.cash_at_risk_usd.p95,
                }
            rows[name] = row
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("strategy")

    def __str__(self) -> str:
        from mcost.report.plain import plain
        from mcost.report.verdict import verdict

        return plain(verdict(self))

    def _repr_html_(self) -> str:
        from mcost.report.page import html
        from mcost.report.verdict import verdict

        return html(verdict(self))


def run(
    scenario: str | Path | Mapping[str, Any] | Scenario,
    draws: int = DRAWS,
    seed: int = 1,
    *,
    executor: Executor | None = None,
    chunk: int = 1,
    set: Sequence[str] = (),  # noqa: A002 - the flag's name
    held: float = HELD,
) -> Answer:
    """Simulate every strategy over the same futures and say which pays off.

    Parameters
    ----------
    scenario : a Scenario, a dict of its keys, a file, or the name of a shipped one.
    draws : number of futures, 1 to 10^9.
    seed : a whole number, 0 or more; the same scenario, seed and draws give the same numbers to the bit.
    executor : any ``concurrent.futures.Executor``; neither it nor ``chunk``, blocks a task, changes a bit.
    set : overrides, e.g. ``["workload.calls_per_month=2M to 4M"]``.
    held : the share that the stated ranges may hold in truth, for ``answer.if_overconfident``.

    Raises
    ------
    McostError
        Where the scenario, draws or seed cannot be used; SimulationError where a cost is not finite.
    """
    built = load(scenario, set=set)
    _check_whole("draws", draws, 1, MAX_DRAWS)
    _check_whole("seed", seed, 0, 2**128)
    _check_whole("chunk", chunk, 1, MAX_DRAWS)
    draws, seed, chunk = int(draws), int(seed), int(chunk)
    _check_memory(built, draws)
    parts = simulate(built, fold, draws=draws, seed=seed, executor=executor, chunk=chunk)
    return replace(_answer(built, join(parts), draws, seed), held=held)


def _check_whole(name: str, value: int, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not least <= value <= most:
        top = f"{most:,}" if most < 2**64 else "2^128"
        raise McostError(f"{name}: found {shown(value)}; expected a whole number from {least} to {top}")


def _check_memory(scenario: Scenario, draws: int) -> None:
    """Refuse what would not fit, before it is computed: what is kept grows with the draws."""
    needed = 2 * draws * (16 * len(scenario.strategies) + 40 * len(scenario.candidates))
    if "SC_PHYS_PAGES" in getattr(os, "sysconf_names", {}):
        there = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        if needed > 0.8 * there:
            raise McostError(
                f"draws: found {draws:,}, which need about {needed / 2**30:,.0f} GiB of memory; "
                f"this machine has {there / 2**30:,.0f} GiB"
            )


@dataclass(frozen=True)
class _Kept:
    """All costs of one block."""

    usd: Array
    total: Array
    lines: Mapping[str, Mapping[str, Array]]


def _keep(costs: Costs) -> _Kept:
    usd = np.stack([costs.ledgers[name].usd() for name in costs.scenario.strategies])
    lines = {name: ledger.by_line() for name, ledger in costs.ledgers.items()}
    return _Kept(usd, (usd * costs.weights).sum(axis=1), lines)


def _lines_of(name: str, parts: Sequence[_Kept]) -> dict[str, Array]:
    """Each cost line over all blocks; one that does not fall due in a block is 0 there."""
    names = dict.fromkeys(line for kept in parts for line in kept.lines[name])
    return {
        line: np.concatenate(
            [kept.lines[name].get(line, np.zeros(kept.usd.shape[1:])) for kept in parts], axis=1
        )
        for line in names
    }


# --- from draws to numbers --------------------------------------------------------------------------------


def _answer(scenario: Scenario, folded: Folded, draws: int, seed: int) -> Answer:
    total = dict(zip(folded.strategies, folded.total, strict=True))
    for name, usd in total.items():
        if usd.max() > LARGEST:
            raise SimulationError(
                f"strategies.{name}: found a cost of {usd.max():.3g}, too large to be averaged"
            )
    means = {name: float(np.mean(usd)) for name, usd in total.items()}
    order = {scenario.baseline: means[scenario.baseline], **means}
    recommended = _cheapest(order)
    assert recommended is not None
    losses = expected_loss(folded.total)
    cheapest = _probability_cheapest(folded.total)
    strategies = {
        name: StrategyCost(
            cost_usd=_money(total[name], worst="high"),
            probability_cheapest=cheapest[i],
            expected_loss_usd=losses[i],
            cost_lines_usd=_line_means(folded, name, draws),
            hours=float(np.mean(folded.hours[i])),
        )
        for i, name in enumerate(folded.strategies)
    }
    candidates = {}
    for name in scenario.candidates:
        alternative = _cheapest({other: mean for other, mean in order.items() if other != name})
        assert alternative is not None
        candidates[name] = _candidate(folded.payoffs[name], total[name], total[alternative], alternative)
    return Answer(scenario, draws, seed, recommended, evpi(folded.total), candidates, strategies)


def _cheapest(means: Mapping[str, float]) -> str | None:
    """The lowest mean; of those that differ by rounding alone, the first named."""
    if not means:
        return None
    least = min(means.values())
    return next(name for name, mean in means.items() if mean - least <= ROUNDING * (abs(mean) + abs(least)))


def _probability_cheapest(total: Array) -> list[float]:
    least = total.min(axis=0)
    ties = total - least <= ROUNDING * (total + least)
    return [float(share) for share in np.mean(ties / ties.sum(axis=0), axis=1)]


def _line_means(folded: Folded, name: str, draws: int) -> dict[str, float]:
    lines = dict.fromkeys(line for block in folded.lines for line in block[name])
    return {line: math.fsum(block[name].get(line, 0.0) for block in folded.lines) / draws for line in lines}


def _candidate(payoff: Payoff, own: Array, other: Array, alternative: str) -> Candidate:
    n = own.size
    beats = Chance.of(int(np.count_nonzero(own - other <= ROUNDING * (own + other))), n)
    losing = payoff.cash_at_risk > 0
    deepest = int(np.quantile(payoff.deepest_month[losing], 0.5)) if losing.any() else None
    risk, risk_errors = _percentiles(payoff.cash_at_risk, (0.5, 0.95))
    hits, before = int(payoff.ahead[-1]), payoff.ahead_before_retrain
    return Candidate(
        pays_off=Chance.of(hits, n),
        beats_best_alternative=Beats(beats.value, beats.standard_error, n, alternative),
        first_touch=Chance.of(int(np.count_nonzero(np.isfinite(payoff.first_touch))), n),
        pays_off_by_month=tuple(float(count) / n for count in payoff.ahead),
        break_even_month=_break_even(payoff, n),
        saving_usd=_money(payoff.saving, worst="low"),
        cash_at_risk_usd=CashAtRisk(risk[0], risk[1], deepest, (risk_errors[0], risk_errors[1])),
        success=1.0 if payoff.met is None else float(np.mean(payoff.met)),
        launched=_launched(payoff),
        before_last_retrain=None if before is None else Chance.of(int(np.count_nonzero(before)), n),
        payoff=payoff,
    )


def _launched(payoff: Payoff) -> float:
    if payoff.served is None:
        return 1.0
    served = payoff.served if payoff.met is None else payoff.served[payoff.met]
    return float(np.mean(served)) if served.size else 1.0


def _break_even(payoff: Payoff, n: int) -> BreakEven:
    finite = payoff.break_even_month[np.isfinite(payoff.break_even_month)].astype(np.intp)
    within = np.cumsum(np.bincount(finite, minlength=payoff.ahead.size))

    def percentile(p: float) -> int | None:
        reached = np.flatnonzero(within >= p * n)
        return int(reached[0]) if reached.size else None

    return BreakEven(percentile(0.1), percentile(0.5), percentile(0.9), (n - finite.size) / n)


def _money(sample: Array, worst: str) -> Money:
    mean, ordered = mean_of(sample), np.sort(sample)
    (p5, p50, p95), errors = _percentiles(ordered, (0.05, 0.5, 0.95))
    tenth = max(1, sample.size // 10)
    tail = ordered[:tenth] if worst == "low" else ordered[-tenth:]
    worst_mean = mean_of(tail)
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


def _percentiles(sample: Array, p: Sequence[float]) -> tuple[list[float], list[float]]:
    """Quantiles, and their standard errors from the order statistics one binomial error to either side."""
    spread = [math.sqrt(q * (1 - q) / sample.size) for q in p]
    points = [min(max(x, 0.0), 1.0) for q, s in zip(p, spread, strict=True) for x in (q - s, q, q + s)]
    values = [float(v) for v in np.quantile(sample, points)]
    return values[1::3], [(high - low) / 2 for low, high in zip(values[::3], values[2::3], strict=True)]


def _certain(scenario: Scenario) -> bool:
    if not all(prior.law.certain for prior in scenario.inputs.values()):
        return False
    workload = scenario.workload
    rates = [workload.task_changes_per_year, workload.volatility_per_month, workload.ends_per_year]
    rates += [model.price_changes_per_year for model in scenario.models.values()]
    rates += [s.tuning.drift_retrains_per_year for s in scenario.strategies.values() if s.tuning]
    if any(rate is not None and rate.law.mean() > 0 for rate in rates):
        return False
    return all(_success_is_certain(scenario, strategy) for strategy in scenario.strategies.values())


def _success_is_certain(scenario: Scenario, strategy: Strategy) -> bool:
    source = scenario.success_of(strategy)
    if source is None or source is strategy.success_probability:
        return source is None or source.law.mean() in (0, 1)
    return source.law.mean() == 0  # from labelled examples: a chance, however many they are


# --- the JSON contract ------------------------------------------------------------------------------------


def _chance_dict(chance: Chance) -> dict[str, Any]:
    return {"probability": chance.probability, "standard_error": chance.standard_error}


def _candidate_dict(c: Candidate) -> dict[str, Any]:
    month, saving = c.break_even_month, c.saving_usd
    return {
        "pays_off": _chance_dict(c.pays_off),
        "beats_best_alternative": _chance_dict(c.beats_best_alternative)
        | {"alternative": c.beats_best_alternative.alternative},
        "first_touch": _chance_dict(c.first_touch),
        "pays_off_by_month": list(c.pays_off_by_month),
        "break_even_month": {"p10": month.p10, "p50": month.p50, "p90": month.p90, "never": month.never},
        "saving_usd": {
            "mean": saving.mean,
            "standard_error": saving.standard_error,
            "p5": saving.p5,
            "p50": saving.p50,
            "p95": saving.p95,
            "worst_tenth_mean": saving.worst_tenth_mean,
        },
        "cash_at_risk_usd": {"p50": c.cash_at_risk_usd.p50, "p95": c.cash_at_risk_usd.p95},
    }


def _strategy_dict(s: StrategyCost) -> dict[str, Any]:
    cost = s.cost_usd
    return {
        "cost_usd": {"mean": cost.mean, "p5": cost.p5, "p50": cost.p50, "p95": cost.p95},
        "probability_cheapest": s.probability_cheapest,
        "expected_loss_usd": s.expected_loss_usd.value,
        "cost_lines_usd": dict(s.cost_lines_usd),
    }
