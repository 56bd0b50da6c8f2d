"""Scenario -> Answer: the verdict, as attributes and as the JSON contract."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mcost.costs import Costs
from mcost.estimate import Chance, Estimate
from mcost.integration import Integrated, pairings
from mcost.law import Array
from mcost.nets import Sampler, check_sampler, whole_number
from mcost.outcomes import Candidate, StrategyCost, cheapest, compared, strategy_costs
from mcost.reported import Reported
from mcost.robustness import HELD, if_overconfident
from mcost.scenario import Scenario, load
from mcost.simulate import simulate, threads
from mcost.tally import EXPLAINED, Folded, Sample, fold, join
from mcost.whole_numbers import whole_between

if TYPE_CHECKING:
    import pandas as pd

    from mcost.manifest import Manifest
    from mcost.report.layout import Verdict

DRAWS = 65_536
MAX_DRAWS = 10**9
MAX_SEED = 2**128


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
class Futures:
    """The first futures, at most EXPLAINED of them, with all that drove them.

    inputs : name of an uncertain input -> ndarray (k,), in its unit.
    events : name of the input that governs a random event -> ndarray (k,), what chance made of it.
    cost : strategy -> ndarray (k,), USD over the horizon, discounted.
    saving : candidate -> ndarray (k,), USD at the horizon, discounted.
    """

    inputs: Mapping[str, Array]
    events: Mapping[str, Array]
    cost: Mapping[str, Array]
    saving: Mapping[str, Array]

    def first(self, k: int) -> Futures:
        """The first k of them, or all."""
        return Futures(*({name: row[:k] for name, row in vars(self)[key].items()} for key in vars(self)))


@dataclass(frozen=True)
class Answer(Reported):
    """The verdict on a scenario. ``to_dict()`` is the JSON contract; printing it gives the report.

    scenario : what was simulated. draws : number of futures; seed : what they were drawn from; sampler : how.
    recommended : the strategy of lowest expected cost. evpi : what perfect information would be worth, USD.
    candidates : name -> its pay-off against the baseline. strategies : name -> its cost, the baseline too.
    futures : the first of them, with all that drove them.
    held : the share that the stated ranges may hold in truth, for ``if_overconfident``.
    integrated : candidate -> what of its chance is worked out rather than drawn.
    """

    scenario: Scenario
    draws: int
    seed: int
    recommended: str
    evpi: Estimate
    candidates: Mapping[str, Candidate]
    strategies: Mapping[str, StrategyCost]
    futures: Futures = field(repr=False, compare=False)
    held: float = HELD
    sampler: Sampler = "qmc"
    integrated: Mapping[str, Integrated] = field(default_factory=dict)

    def if_overconfident(self, candidate: str) -> Chance | None:
        """P(pays off) of a candidate if the ranges held only ``held``.

        None where nothing is uncertain, and where such futures have no finite cost.
        """
        if self.certain:
            return None
        return if_overconfident(
            self.scenario, candidate, self.held, draws=self.draws, seed=self.seed, sampler=self.sampler
        )

    @property
    def horizon_months(self) -> int:
        """The last month that counts."""
        return self.scenario.horizon_months

    @property
    def baseline(self) -> str:
        """The strategy that every candidate is compared with."""
        return self.scenario.baseline

    @property
    def evpi_usd(self) -> float:
        """What it would be worth to know the whole future before choosing, USD."""
        return self.evpi.value

    @property
    def headline(self) -> str | None:
        """The candidate of lowest expected cost; None where there is only the baseline."""
        return cheapest({name: self.strategies[name].cost_usd.mean for name in self.candidates})

    @property
    def certain(self) -> bool:
        """Whether nothing in the scenario is uncertain, so that every future is the same one."""
        return self.scenario.certain

    @property
    def subjects(self) -> tuple[str, ...]:
        """What a verdict speaks of: the headline, then the tuned candidate of lowest expected cost."""
        tuned = {
            name: self.strategies[name].cost_usd.mean
            for name in self.candidates
            if self.scenario.strategies[name].tuned
        }
        return tuple(dict.fromkeys(s for s in (self.headline, cheapest(tuned)) if s is not None))

    @cached_property
    def costs(self) -> CostTable:
        """Every cost by strategy, month and draw, simulated again from the same seed; large."""
        parts = list(simulate(self.scenario, _keep, draws=self.draws, seed=self.seed, sampler=self.sampler))
        order = tuple(self.strategies)
        usd = np.concatenate([kept.usd for kept in parts], axis=2)
        total = np.concatenate([kept.total for kept in parts], axis=1)
        return CostTable(order, usd, {name: _lines_of(name, parts) for name in order}, total)

    def manifest(self) -> Manifest:
        """What it takes to make this answer again, by ``mcost rerun``.

        Raises McostError where the scenario holds what no text says: a SciPy distribution, say.
        """
        from mcost.manifest import manifest_of

        return manifest_of(self)

    def to_dict(self) -> dict[str, Any]:
        """The machine-readable answer, as ``mcost run --json`` prints it."""
        return {
            **self.scenario.stamp(self.draws, self.seed),
            "sampler": self.sampler,
            "recommended": self.recommended,
            "evpi_usd": self.evpi_usd,
            "candidates": {
                name: _candidate_dict(c, self.integrated.get(name)) for name, c in self.candidates.items()
            },
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

    def _report(self) -> Verdict:
        from mcost.report.verdict import verdict

        return verdict(self)


def run(
    scenario: str | Path | Mapping[str, Any] | Scenario,
    draws: int = DRAWS,
    seed: int = 1,
    *,
    sampler: Sampler = "qmc",
    integrate: bool = True,
    executor: Executor | None = None,
    chunk: int = 1,
    set: Sequence[str] = (),
    held: float = HELD,
    progress: Callable[[int, int], None] | None = None,
) -> Answer:
    """Simulate every strategy over the same futures and say which pays off.

    Parameters
    ----------
    scenario : a Scenario, a dict of its keys, a file, or the name of a shipped one.
    draws : number of futures, 1 to 10^9, rounded up to 32 replicates of 2^k each (of k each, by ``"mc"``);
        ``answer.draws`` is the number simulated.
    seed : a whole number, 0 or more; the same scenario, seed and draws give the same numbers to the bit.
    sampler : ``"qmc"``, randomised quasi-Monte Carlo, or ``"mc"``, plain Monte Carlo.
    integrate : whether P(pays off) is averaged from its conditional probability where that can be had; False
        for the share of the futures that pay off.
    executor : any ``concurrent.futures.Executor``; neither it nor ``chunk``, blocks a task, changes a bit.
    set : overrides, e.g. ``["workload.calls_per_month=2M to 4M"]``.
    held : the share that the stated ranges may hold in truth, for ``answer.if_overconfident``.
    progress : called with the futures done and planned, block by block.

    Raises
    ------
    McostError
        Where the scenario, draws or seed cannot be used; SimulationError where a cost is not finite or
        too large to be averaged.
    """
    built = load(scenario, set=set)
    draws = whole_between("draws", draws, 1, MAX_DRAWS)
    seed = whole_between("seed", seed, 0, MAX_SEED)
    chunk = whole_between("chunk", chunk, 1, MAX_DRAWS)
    check_sampler(sampler)
    draws = whole_number(draws, sampler)
    parts = simulate(
        built,
        partial(fold, integrate=integrate, pairings=pairings(draws)),
        draws=draws,
        seed=seed,
        sampler=sampler,
        executor=executor,
        chunk=chunk,
    )
    folded = join(parts if progress is None else _told(parts, draws, progress), draws)
    with threads(draws) as own:
        spread = map if executor is not None or own is None else own.map
        strategies = strategy_costs(folded, spread)
        means = {name: strategies[name].cost_usd.mean for name in (built.baseline, *strategies)}
        candidates = compared(folded, means, built.baseline, spread)
    recommended = cheapest(means)
    assert recommended is not None
    assert folded.sample is not None
    return Answer(
        scenario=built,
        draws=draws,
        seed=seed,
        recommended=recommended,
        evpi=strategies[recommended].expected_loss_usd,
        candidates=candidates,
        strategies=strategies,
        futures=_futures(folded.strategies, folded.sample),
        held=held,
        sampler=sampler,
        integrated=folded.integrated,
    )


def _told(parts: Iterator[Folded], draws: int, progress: Callable[[int, int], None]) -> Iterator[Folded]:
    done = 0
    for part in parts:
        done += part.tally.n
        progress(done, draws)
        yield part


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


def _futures(strategies: Sequence[str], sample: Sample) -> Futures:
    k = min(sample.total.shape[1], EXPLAINED)
    return Futures(
        inputs=_varying(sample.inputs),
        events=_varying(sample.events),
        cost=dict(zip(strategies, sample.total[:, :k], strict=True)),
        saving={name: payoff.saving[:k] for name, payoff in sample.payoffs.items()},
    )


def _varying(factors: Mapping[str, Array]) -> dict[str, Array]:
    return {name: values for name, values in factors.items() if np.ptp(values) > 0}


# --- the JSON contract ------------------------------------------------------------------------------------


def _candidate_dict(c: Candidate, integrated: Integrated | None) -> dict[str, Any]:
    month, saving = c.break_even_month, c.saving_usd
    return {
        "pays_off": c.pays_off.to_dict(),
        "beats_best_alternative": c.beats_best_alternative.to_dict(),
        "first_touch": c.first_touch.to_dict(),
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
        "integrated": None if integrated is None else asdict(integrated),
    }


def _strategy_dict(s: StrategyCost) -> dict[str, Any]:
    cost = s.cost_usd
    return {
        "cost_usd": {"mean": cost.mean, "p5": cost.p5, "p50": cost.p50, "p95": cost.p95},
        "probability_cheapest": s.probability_cheapest,
        "expected_loss_usd": s.expected_loss_usd.value,
        "cost_lines_usd": dict(s.cost_lines_usd),
    }
