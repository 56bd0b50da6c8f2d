"""Answers -> differences: scenarios, variants of one, or one without a choice of its own, on common draws.

Every quantity has a stream of its own, keyed by seed and name, so what two scenarios share they meet alike in
each draw. A difference is taken draw by draw, and its error is that of the mean of those differences.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from mcost.answer import DRAWS, Answer, run
from mcost.errors import McostError, dotted, shown
from mcost.estimate import Chance, Estimate, mean_of
from mcost.law import Array
from mcost.payoff import ROUNDING
from mcost.scenario import Scenario, load
from mcost.schema import Strategy
from mcost.version import VERSION

if TYPE_CHECKING:
    import pandas as pd

Source = str | Path | Mapping[str, Any] | Scenario


@dataclass(frozen=True)
class Difference:
    """One candidate here minus the same candidate there, taken draw by draw.

    pays_off : difference of the probabilities, a share. saving_usd : difference of the mean savings, USD.
    """

    pays_off: Estimate
    saving_usd: Estimate

    @property
    def none(self) -> bool:
        """Whether the two are the same in every draw."""
        both = (self.pays_off, self.saving_usd)
        return all(e.value == 0 and e.standard_error == 0 for e in both)


@dataclass(frozen=True)
class Result:
    """What is compared of one candidate."""

    pays_off: Chance
    saving_usd: Estimate


@dataclass(frozen=True)
class Variant:
    """One scenario of a comparison.

    overrides : what distinguishes it from the first, where it is a variant of that.
    subjects : the best of its tuned candidates, and its candidate of lowest expected cost.
    results : candidate -> what was found. differences : candidate -> that minus the same candidate's in the
        first; without those that the first does not have, and empty for the first itself.
    """

    name: str
    overrides: tuple[str, ...]
    scenario: Scenario
    certain: bool
    recommended: str
    subjects: tuple[str, ...]
    results: Mapping[str, Result]
    differences: Mapping[str, Difference]


@dataclass(frozen=True)
class Comparison:
    """Scenarios, or variants of one, on common draws. Printing it gives the report."""

    variants: tuple[Variant, ...]
    draws: int
    seed: int

    @property
    def first(self) -> Variant:
        return self.variants[0]

    @property
    def others(self) -> tuple[Variant, ...]:
        return self.variants[1:]

    @property
    def subjects(self) -> tuple[str, ...]:
        """The subjects of any variant, the first's first, that the first has and another one too."""
        named = dict.fromkeys(name for variant in self.variants for name in variant.subjects)
        return tuple(name for name in named if any(name in v.differences for v in self.others))

    def to_dict(self) -> dict[str, Any]:
        """The machine-readable comparison, as ``mcost compare --json`` prints it."""
        return {
            "mcost": VERSION,
            "draws": self.draws,
            "seed": self.seed,
            "variants": [_variant_dict(variant) for variant in self.variants],
        }

    def to_frame(self) -> pd.DataFrame:
        """One row a variant and candidate; differences to the first variant, NaN where there is none."""
        return _frame(
            {
                (variant.name, name): _row(result) | _difference_row(variant.differences.get(name))
                for variant in self.variants
                for name, result in variant.results.items()
            },
            ("variant", "candidate"),
        )

    def __str__(self) -> str:
        from mcost.report.comparison import comparison
        from mcost.report.plain import plain

        return plain(comparison(self))

    def _repr_html_(self) -> str:
        from mcost.report.comparison import comparison
        from mcost.report.page import html

        return html(comparison(self))


def compare(
    *scenarios: Source,
    variants: Mapping[str, str | Sequence[str]] | None = None,
    draws: int = DRAWS,
    seed: int = 1,
    executor: Executor | None = None,
    chunk: int = 1,
    set: Sequence[str] = (),  # noqa: A002 - the flag's name
) -> Comparison:
    """Compare scenarios, or one scenario with variants of it, over the same futures.

    Parameters
    ----------
    scenarios : two or more, or one with ``variants``; the first is what the others are held against.
    variants : name -> overrides of the one scenario, e.g. ``{"more": "workload.calls_per_month=1M"}``.
    draws, seed, executor, chunk : as for ``run``.
    set : overrides of every scenario.

    Raises
    ------
    McostError
        Where there is nothing to compare, or a scenario, draws or seed cannot be used.

    >>> from mcost.comparison import compare
    >>> same = compare("contested", "contested", draws=100)
    >>> same.variants[1].differences["fine_tune"].saving_usd.value
    0.0
    """
    if variants and len(scenarios) > 1:
        raise McostError(f"variants: found {len(scenarios)} scenarios; expected the one that they vary")
    if not scenarios or len(scenarios) + len(variants or {}) < 2:
        raise McostError("found one scenario; expected two or more, or one and variants of it")
    built = [load(source, set=set) for source in scenarios]
    names = _unlike([_name(source, each) for source, each in zip(scenarios, built, strict=True)])
    overrides: list[tuple[str, ...]] = [() for _ in built]
    for name, said in (variants or {}).items():
        own = (said,) if isinstance(said, str) else tuple(said)
        built.append(load(scenarios[0], set=(*set, *own)))
        names.append(name)
        overrides.append(own)
    _check_comparable(names, built)

    def answer_of(scenario: Scenario) -> Answer:
        return run(scenario, draws, seed, executor=executor, chunk=chunk)

    # Of each answer only its numbers are kept, and of the first its savings by draw.
    first, savings = _first(names[0], answer_of(built[0]))
    rest = zip(names[1:], overrides[1:], built[1:], strict=True)
    others = [_variant(name, own, answer_of(scenario), savings) for name, own, scenario in rest]
    return Comparison((first, *others), draws, seed)


def _name(source: Source, scenario: Scenario) -> str:
    if isinstance(source, str | Path):
        return Path(source).stem
    return Path(scenario.file).stem if scenario.file else scenario.title


def _unlike(names: Sequence[str]) -> list[str]:
    """Names that occur again are numbered."""
    return [
        name if name not in names[:i] else f"{name} ({names[: i + 1].count(name)})"
        for i, name in enumerate(names)
    ]


def _check_comparable(names: Sequence[str], scenarios: Sequence[Scenario]) -> None:
    first, *others = scenarios
    for name, other in zip(names[1:], others, strict=True):
        if other.currency != first.currency:
            raise McostError(
                f"{name}: found {shown(other.currency)}, and {shown(first.currency)} in {names[0]}; "
                "expected one currency"
            )
        if not {*other.candidates} & {*first.candidates}:
            own, theirs = (", ".join(s.candidates) or "none" for s in (other, first))
            raise McostError(
                f"{name}: found no candidate that {names[0]} has too; it has {own}, and {names[0]} {theirs}"
            )


def _first(name: str, answer: Answer) -> tuple[Variant, dict[str, Array]]:
    return _variant(name, (), answer, {}), _savings(answer)


def _variant(name: str, overrides: tuple[str, ...], answer: Answer, savings: Mapping[str, Array]) -> Variant:
    """savings : candidate -> ndarray (n,) of the first, USD; empty where this is the first."""
    own = _savings(answer)
    tuned = [c for c in answer.candidates if answer.scenario.strategies[c].tuned]
    best = min(tuned, key=lambda c: answer.strategies[c].cost_usd.mean, default=None)
    return Variant(
        name,
        overrides,
        answer.scenario,
        answer.certain,
        answer.recommended,
        tuple(dict.fromkeys(c for c in (best, answer.headline) if c is not None)),
        _results(answer),
        {c: _difference(own[c], savings[c], _moved(answer, c)) for c in own if c in savings},
    )


def _results(answer: Answer) -> dict[str, Result]:
    return {
        name: Result(c.pays_off, Estimate(c.saving_usd.mean, c.saving_usd.standard_error, answer.draws))
        for name, c in answer.candidates.items()
    }


def _savings(answer: Answer) -> dict[str, Array]:
    return {name: candidate.payoff.saving for name, candidate in answer.candidates.items()}


def _moved(answer: Answer, candidate: str) -> float:
    return sum(answer.strategies[name].cost_usd.mean for name in (answer.baseline, candidate))


def _difference(here: Array, there: Array, moved: float) -> Difference:
    """The mean of ``here - there``, and of the futures that pay off here less those that do there.

    here, there : ndarray (n,), savings at the horizon, USD, in the same futures.
    moved : the money moved on average, USD: what differs by rounding alone is the same.
    """
    saving = here - there
    saving[np.abs(saving) <= ROUNDING * moved] = 0.0
    mean = mean_of(saving)
    if np.ptp(saving) <= ROUNDING * moved:
        mean = Estimate(mean.value, 0.0, mean.n)
    pays = (here >= 0).astype(float) - (there >= 0)
    return Difference(mean_of(pays), mean)


# --- what a choice is worth -------------------------------------------------------------------------------

Kind = Literal["pilot", "give_up", "fallback", "wait", "error_growth_per_month", "ends_per_year"]


@dataclass(frozen=True)
class Choice:
    """Something that a scenario says and might leave out, and what that changes.

    key : where it is written, e.g. ``strategies.fine_tune.pilot``. strategy : whose it is, None for the
        workload's. results : candidate -> what is found with it. without : the same without it.
    worth : candidate -> with it minus without it.
    """

    key: str
    kind: Kind
    strategy: str | None
    results: Mapping[str, Result] = field(repr=False)
    without: Mapping[str, Result] = field(repr=False)
    worth: Mapping[str, Difference]


@dataclass(frozen=True)
class Worth:
    """What each choice of a scenario is worth, one by one. Printing it gives the report."""

    scenario: Scenario
    certain: bool
    subjects: tuple[str, ...]
    choices: tuple[Choice, ...]
    draws: int
    seed: int

    def to_dict(self) -> dict[str, Any]:
        """The machine-readable worth of choices, as ``mcost compare --worth --json`` prints it."""
        return {
            **self.scenario.stamp(self.draws, self.seed),
            "choices": {choice.key: _choice_dict(choice) for choice in self.choices},
        }

    def to_frame(self) -> pd.DataFrame:
        """One row a choice and candidate: with it, without it, and the difference."""
        return _frame(
            {
                (choice.key, name): _row(choice.results[name], "with_")
                | _row(choice.without[name], "without_")
                | _difference_row(worth, "worth")
                for choice in self.choices
                for name, worth in choice.worth.items()
            },
            ("choice", "candidate"),
        )

    def __str__(self) -> str:
        from mcost.report.comparison import worth
        from mcost.report.plain import plain

        return plain(worth(self))

    def _repr_html_(self) -> str:
        from mcost.report.comparison import worth
        from mcost.report.page import html

        return html(worth(self))


def worth(
    scenario: Source,
    draws: int = DRAWS,
    seed: int = 1,
    *,
    executor: Executor | None = None,
    chunk: int = 1,
    set: Sequence[str] = (),  # noqa: A002 - the flag's name
) -> Worth:
    """What each choice in a scenario is worth to every candidate: with it against without it, one by one.

    A candidate's pilot, its giving up, its fallback other than the baseline, its waiting (without it, what
    it waits for starts at once) and the growth of its errors; the workload's chance to end.

    Parameters and errors are those of ``run``.
    """
    built = load(scenario, set=set)

    def answer_of(scenario: Scenario) -> Answer:
        return run(scenario, draws, seed, executor=executor, chunk=chunk)

    whole, savings = _first("", answer_of(built))

    def choice(key: str, kind: Kind, owner: str | None, less: Scenario) -> Choice:
        answer = answer_of(less)
        other = _savings(answer)
        found = {c: _difference(savings[c], other[c], _moved(answer, c)) for c in savings}
        return Choice(key, kind, owner, whole.results, _results(answer), found)

    choices = tuple(choice(*left_out) for left_out in _left_out(built))
    return Worth(built, whole.certain, whole.subjects, choices, draws, seed)


def _left_out(scenario: Scenario) -> Iterator[tuple[str, Kind, str | None, Scenario]]:
    """Each choice, whose it is, and the scenario without it.

    A built scenario is changed, not its file: so every input that is left keeps its name, and its draws.
    """
    for name in scenario.candidates:
        for key, kind, less in _strategies_without(scenario, scenario.strategies[name]):
            strategies = {**scenario.strategies, name: less}
            path = dotted(("strategies", name, *key))
            yield path, kind, name, scenario.model_copy(update={"strategies": strategies})
    if _happens(scenario.workload.ends_per_year):
        workload = scenario.workload.model_copy(update={"ends_per_year": None})
        less_workload = scenario.model_copy(update={"workload": workload})
        yield "workload.ends_per_year", "ends_per_year", None, less_workload


def _strategies_without(
    scenario: Scenario, strategy: Strategy
) -> Iterator[tuple[tuple[str, ...], Kind, Strategy]]:
    def less(**changed: Any) -> Strategy:
        return strategy.model_copy(update=changed)

    if strategy.pilot is not None:
        yield ("pilot",), "pilot", less(pilot=None)
    tuning = strategy.tuning
    if tuning is not None and tuning.give_up == "at_retrain":
        never = tuning.model_copy(update={"give_up": "never"})
        yield ("tuning", "give_up"), "give_up", less(tuning=never)
    if strategy.fallback is not None and strategy.fallback != scenario.baseline:
        yield ("fallback",), "fallback", less(fallback=None)
    if strategy.wait is not None:
        # All calls to the second from the start; what the waiting strategy costs by itself stays.
        yield ("wait",), "wait", less(wait=None, mix={strategy.wait.then: "rest"})
    if tuning is not None and _happens(tuning.error_growth_per_month):
        steady = tuning.model_copy(update={"error_growth_per_month": None})
        yield ("tuning", "error_growth_per_month"), "error_growth_per_month", less(tuning=steady)


def _happens(rate: Any) -> bool:
    return rate is not None and rate.law.support()[1] > 0


# --- the JSON contract, and frames ------------------------------------------------------------------------


def _variant_dict(variant: Variant) -> dict[str, Any]:
    return {
        "name": variant.name,
        "set": list(variant.overrides),
        "scenario": variant.scenario.identity,
        "horizon_months": variant.scenario.horizon_months,
        "baseline": variant.scenario.baseline,
        "recommended": variant.recommended,
        "candidates": {
            name: _result_dict(result)
            | {"difference_to_first": _difference_dict(variant.differences.get(name))}
            for name, result in variant.results.items()
        },
    }


def _choice_dict(choice: Choice) -> dict[str, Any]:
    return {
        "strategy": choice.strategy,
        "candidates": {
            name: {
                "with": _result_dict(choice.results[name]),
                "without": _result_dict(choice.without[name]),
                "worth": _difference_dict(worth),
            }
            for name, worth in choice.worth.items()
        },
    }


def _result_dict(of: Result | Difference) -> dict[str, Any]:
    pays, saving = of.pays_off, of.saving_usd
    return {
        "pays_off": {"probability": pays.value, "standard_error": pays.standard_error},
        "saving_usd": {"mean": saving.value, "standard_error": saving.standard_error},
    }


def _difference_dict(difference: Difference | None) -> dict[str, Any] | None:
    return None if difference is None else _result_dict(difference)


def _row(of: Result | Difference, before: str = "", after: str = "") -> dict[str, float]:
    row = {}
    for key, estimate in (("pays_off", of.pays_off), ("saving_usd", of.saving_usd)):
        row[f"{before}{key}{after}"] = estimate.value
        row[f"{before}{key}{after}_standard_error"] = estimate.standard_error
    return row


def _difference_row(difference: Difference | None, called: str = "difference") -> dict[str, float]:
    return {} if difference is None else _row(difference, after=f"_{called}")


def _frame(rows: Mapping[tuple[str, str], Mapping[str, float]], names: tuple[str, str]) -> pd.DataFrame:
    import pandas as pd

    index = pd.MultiIndex.from_tuples(list(rows), names=names)
    return pd.DataFrame(list(rows.values()), index=index)
