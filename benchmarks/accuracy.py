"""Accuracy: the error of P(pays off) and of the mean saving by quasi-Monte Carlo against plain Monte Carlo.

    python benchmarks/accuracy.py [seeds]

Root mean square over seeds against one long run with a seed of its own, at the same draws for both samplers.
Prints every number of draws; the goals are of P, at the largest. Beside `contested` at four volumes there are
a scenario in which every random event happens, the same with a tuned model that is given up where it no
longer pays, so that nothing but success can be integrated out, and one in which no saving is linear in the
volume.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from table import Row

import mcost

DRAWS = (1024, 4096, 16_384)
SEEDS = 30
REFERENCE_DRAWS, REFERENCE_SEED = 2**21, 2**32
HERE = Path(__file__).parent
VOLUMES = ("200k to 400k", "700k to 1M", "2M to 3M")


@dataclass(frozen=True)
class Case:
    """A scenario, the candidate that is looked at, and what its ratio of errors must not exceed."""

    group: str
    scenario: mcost.Scenario
    candidate: str
    goal: tuple[int, int]

    def estimates(self, draws: int, seed: int, sampler: str) -> tuple[float, float]:
        """P(pays off), and mean saving in USD; by plain Monte Carlo P is the share of hits."""
        answer = mcost.run(self.scenario, draws, seed, sampler=sampler, integrate=sampler == "qmc")
        found = answer.candidates[self.candidate]
        return found.pays_off.probability, found.saving_usd.mean


@dataclass(frozen=True)
class Errors:
    """Root mean square errors of P and of the mean saving, (2,), by either sampler."""

    case: Case
    draws: int
    qmc: np.ndarray
    mc: np.ndarray

    @property
    def ratio(self) -> np.ndarray:
        return self.qmc / self.mc


def cases() -> list[Case]:
    volumes = [[], *([f"workload.calls_per_month={volume}"] for volume in VOLUMES)]
    found = [Case("contested", mcost.load("contested", set=v), "fine_tune", (1, 10)) for v in volumes]
    found.append(Case("every event", mcost.load(HERE / "every_event.toml"), "fine_tune", (1, 3)))
    giving_up = mcost.load(
        HERE / "every_event.toml", set=['strategies.fine_tune.tuning.give_up="at_retrain"']
    )
    found.append(Case("every event, and giving up", giving_up, "fine_tune", (2, 3)))
    found.append(Case("nothing linear", mcost.load(HERE / "capped.toml"), "hosted", (2, 3)))
    return found


def errors(case: Case, draws: int, seeds: int, reference: tuple[float, float]) -> Errors:
    by_sampler = {
        sampler: np.array([case.estimates(draws, seed, sampler) for seed in range(1, seeds + 1)]) - reference
        for sampler in ("qmc", "mc")
    }
    return Errors(case, draws, *(np.sqrt((found**2).mean(axis=0)) for found in by_sampler.values()))


def measured(seeds: int, draws: tuple[int, ...] = DRAWS) -> Iterator[Errors]:
    for case in cases():
        reference = case.estimates(REFERENCE_DRAWS, REFERENCE_SEED, "qmc")
        if not 0.1 <= reference[0] <= 0.9:
            raise SystemExit(f"{case.group}: P is {reference[0]:.2f}; expected 0.1 to 0.9")
        for n in draws:
            yield errors(case, n, seeds, reference)


def rows(seeds: int = SEEDS) -> list[Row]:
    """The largest ratio of each group, at the largest number of draws."""
    groups: dict[str, list[Errors]] = {}
    for found in measured(seeds, DRAWS[-1:]):
        groups.setdefault(found.case.group, []).append(found)
    return [_row(group, found, i) for group, found in groups.items() for i in (0, 1)]


def _row(group: str, found: list[Errors], i: int) -> Row:
    worst, (over, under) = max(found, key=lambda e: e.ratio[i]), found[0].case.goal
    where = f"{group}, worst of {len(found)} volumes" if len(found) > 1 else group
    if i == 0:
        what, sizes = "P", f"{100 * worst.qmc[0]:.3f} against {100 * worst.mc[0]:.3f} points"
    else:
        what, sizes = "mean saving", f"${worst.qmc[1]:,.0f} against ${worst.mc[1]:,.0f}"
    return Row(
        f"RMSE of {what}, {worst.draws:,} draws, quasi against plain Monte Carlo: {where}",
        f"{worst.ratio[i]:.3f} x ({sizes})",
        *((f"at most {over}/{under} x", bool(worst.ratio[i] <= over / under)) if i == 0 else ()),
    )


def main(seeds: int) -> None:
    print(f"{'':28}{'draws':>8}{'P, qmc':>10}{'P, mc':>10}{'ratio':>8}{'saving':>10}{'mc':>10}{'ratio':>8}")
    for e in measured(seeds):
        print(
            f"{e.case.group:28}{e.draws:8,}{e.qmc[0]:10.4%}{e.mc[0]:10.4%}{e.ratio[0]:8.3f}"
            f"{e.qmc[1]:10,.1f}{e.mc[1]:10,.1f}{e.ratio[1]:8.3f}   goal {e.case.goal[0]}/{e.case.goal[1]}"
        )


if __name__ == "__main__":
    main(*(map(int, sys.argv[1:]) if len(sys.argv) > 1 else (SEEDS,)))
