"""Answers -> differences: scenarios, variants of one, or one without a choice of its own, on common draws.

Every quantity has a stream of its own, keyed by seed and name, so what two scenarios share they meet alike in
each draw. A difference is taken draw by draw, and its error is that of the mean of those differences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mcost.answer import DRAWS, Answer, run
from mcost.differences import Difference, Drawn, Result, differences, drawn_of, frame, results_of
from mcost.errors import McostError, shown
from mcost.nets import Sampler
from mcost.reported import Reported
from mcost.scenario import Scenario, load
from mcost.version import VERSION

if TYPE_CHECKING:
    import pandas as pd

    from mcost.report.layout import Verdict

Source = str | Path | Mapping[str, Any] | Scenario


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
class Comparison(Reported):
    """Scenarios, or variants of one, on common draws. Printing it gives the report.

    variants : what was compared, the one that the others are held against first.
    draws : number of futures, the same ones for each; seed : what they were drawn from; sampler : how.
    """

    variants: tuple[Variant, ...]
    draws: int
    seed: int
    sampler: Sampler

    @property
    def first(self) -> Variant:
        """What the others are held against."""
        return self.variants[0]

    @property
    def others(self) -> tuple[Variant, ...]:
        """All but the first."""
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
        return frame(
            {
                (variant.name, name): _candidate_row(result, variant.differences.get(name))
                for variant in self.variants
                for name, result in variant.results.items()
            },
            ("variant", "candidate"),
        )

    def _report(self) -> Verdict:
        from mcost.report.comparison import comparison

        return comparison(self)


def compare(
    *scenarios: Source,
    variants: Mapping[str, str | Sequence[str]] | None = None,
    draws: int = DRAWS,
    seed: int = 1,
    sampler: Sampler = "qmc",
    executor: Executor | None = None,
    chunk: int = 1,
    set: Sequence[str] = (),
) -> Comparison:
    """Compare scenarios, or one scenario with variants of it, over the same futures.

    Parameters
    ----------
    scenarios : two or more, or one with ``variants``; the first is what the others are held against.
    variants : name -> overrides of the one scenario, e.g. ``{"more": "workload.calls_per_month=1M"}``.
    draws, seed, sampler, executor, chunk : as for ``run``.
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
    answer_of = partial(run, draws=draws, seed=seed, sampler=sampler, executor=executor, chunk=chunk)
    # Of each answer only its numbers are kept, and of the first what its futures came to.
    one = answer_of(built[0])
    first, drawn = _variant(names[0], (), one, {}), drawn_of(one)
    rest = zip(names[1:], overrides[1:], built[1:], strict=True)
    others = [_variant(name, own, answer_of(scenario), drawn) for name, own, scenario in rest]
    return Comparison((first, *others), one.draws, seed, sampler)


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


def _variant(name: str, overrides: tuple[str, ...], answer: Answer, first: Mapping[str, Drawn]) -> Variant:
    """first : candidate -> its futures in the first; empty where this is the first."""
    return Variant(
        name,
        overrides,
        answer.scenario,
        answer.certain,
        answer.recommended,
        answer.subjects[::-1],
        results_of(answer),
        differences(drawn_of(answer), first, answer),
    )


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
            name: _candidate_dict(result, variant.differences.get(name))
            for name, result in variant.results.items()
        },
    }


def _candidate_dict(result: Result, difference: Difference | None) -> dict[str, Any]:
    return {**result.to_dict(), "difference_to_first": None if difference is None else difference.to_dict()}


def _candidate_row(result: Result, difference: Difference | None) -> dict[str, float]:
    return result.row() | ({} if difference is None else difference.row(after="_difference"))
