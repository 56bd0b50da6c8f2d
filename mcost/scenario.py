"""The noun: a scenario whole and valid, every uncertain value in it a named Prior, or all its mistakes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import Any

from pydantic import PrivateAttr, ValidationError

from mcost.calendar_months import DAYS_A_MONTH, month_number
from mcost.copula import Copula
from mcost.correlations import correlate
from mcost.dimensions import Places
from mcost.errors import McostError, Path, Problem, ScenarioError, dotted, shown
from mcost.frozen import FrozenDict
from mcost.impossible import impossible
from mcost.known_models import begins, with_known_models
from mcost.law import Law
from mcost.like import Merged, merge_like
from mcost.plain_data import as_data
from mcost.prices import ModelPrice
from mcost.references import references
from mcost.scenario_file import Written, read
from mcost.schema import MAX_INPUTS, FollowsMarket, Model, Price, ScenarioTables, Strategy
from mcost.source import Source, of_data
from mcost.study_inputs import not_to_study
from mcost.table_inputs import inputs_as_written, names_in, with_names
from mcost.table_mistakes import told
from mcost.uncertain import CREDIBILITY, Prior
from mcost.version import VERSION

SOURCES = "a scenario's file, the name of a shipped one, or a dict of its keys"


class Scenario(ScenarioTables):
    """A validated, immutable scenario; every uncertain value in it is a named Prior.

    Built from the keys of a scenario file: ``Scenario(title=…, baseline=…, horizon_months=…,
    workload={…}, strategies={…})``. Raises ScenarioError with every mistake found.

    inputs : every uncertain input by its name, table by table.
    file, sha256 : the name of the file and the hash of what was read (of the data, without a file).
    folder : where files of samples lie, or below; the current folder, or None to refuse them.
    """

    _inputs: dict[str, Prior] = PrivateAttr(default_factory=dict)
    _facts: dict[str, ModelPrice] = PrivateAttr(default_factory=dict)
    _copulas: tuple[Copula, ...] = PrivateAttr(default=())
    _in_service: frozenset[str] = PrivateAttr(default=frozenset())
    _places: Places = PrivateAttr(default=())
    _file: str | None = PrivateAttr(default=None)
    _sha256: str = PrivateAttr(default="")
    _source: Source | None = PrivateAttr(default=None)

    def __init__(self, folder: FilePath | None = FilePath(), /, **given: Any) -> None:
        if folder is not None and not isinstance(folder, FilePath):
            raise McostError(f"found {shown(folder)} in place of keywords; use mcost.load for {SOURCES}")
        data = as_data(given)
        merged = merge_like(data)
        credibility = data.get("credibility", CREDIBILITY)
        usable = isinstance(credibility, float) and 0.01 <= credibility <= 0.999
        context = {"credibility": credibility if usable else CREDIBILITY, "folder": folder}
        known = with_known_models(merged.data, context)
        problems = [*merged.problems, *known.problems, *references(known.data, merged.astray)]
        try:
            self.__pydantic_validator__.validate_python(known.data, self_instance=self, context=context)
        except ValidationError as error:
            problems += told(error)
            named = data.get("correlations") or data.get("studies")
            inputs = inputs_as_written(known.data, merged, context) if named else {}
        else:
            tables, self._inputs = with_names(self, merged)
            inputs = self._inputs
            for key, table in tables.items():
                object.__setattr__(self, key, table)
        correlated = correlate(data.get("correlations"), inputs, merged)
        problems += [*correlated.problems, *not_to_study(data.get("studies"), inputs, merged)]
        if problems:
            raise ScenarioError(_once(problems, merged))
        self._facts, self._copulas = known.facts, correlated.copulas
        self._in_service = frozenset({self.baseline, *merged.copies_of(self.baseline)})
        self._places = tuple(
            (dotted((table, name)), place)
            for table, names in (("strategies", self.strategies), ("models", self.models))
            for place, name in enumerate(names)
        )
        if mistakes := impossible(self):
            raise ScenarioError(_once(mistakes, merged))
        if len(self._inputs) > MAX_INPUTS:
            raise ScenarioError(
                [Problem((), f"found {len(self._inputs)} inputs; expected at most {MAX_INPUTS}")]
            )
        self._sha256 = hashlib.sha256(json.dumps(data, sort_keys=True, default=_hashed).encode()).hexdigest()
        self._source = of_data(data, folder)

    @property
    def inputs(self) -> Mapping[str, Prior]:
        return MappingProxyType(self._inputs)

    @property
    def file(self) -> str | None:
        return self._file

    @property
    def sha256(self) -> str:
        return self._sha256

    @property
    def source(self) -> Source | None:
        """What it was read from, to read it again; None where Python gave what no text says."""
        return self._source

    @property
    def identity(self) -> dict[str, str | None]:
        """What a machine-readable answer says of it."""
        return {"title": self.title, "file": self.file, "sha256": self.sha256}

    def stamp(self, draws: int, seed: int) -> dict[str, Any]:
        """What every machine-readable answer begins with: what made it, and of what."""
        return {
            "mcost": VERSION,
            "scenario": self.identity,
            "draws": draws,
            "seed": seed,
            "horizon_months": self.horizon_months,
            "baseline": self.baseline,
        }

    @property
    def facts(self) -> Mapping[str, ModelPrice]:
        """What the price table says of each model that is named, by that name."""
        return MappingProxyType(self._facts)

    @property
    def copulas(self) -> tuple[Copula, ...]:
        """Inputs that are correlated, group by group; the inputs of no group are independent."""
        return self._copulas

    def with_changes(self, changed: Mapping[str, Any], added: Sequence[Prior] = ()) -> Scenario:
        """The same scenario with some tables replaced, and the inputs that come with them."""
        other = self.model_copy(update=dict(changed))
        other._inputs = {**self._inputs, **{prior.name: prior for prior in added}}
        other._source = None
        return other

    def with_laws(self, law: Callable[[Prior], Law], source: Source | None = None) -> Scenario:
        """The same scenario with another law for each input. source : what says so, if a text does."""
        other = self.model_copy()
        other._inputs = {name: replace(prior, law=law(prior)) for name, prior in self._inputs.items()}
        other._source = source
        return other

    def only(self, *names: str) -> Scenario:
        """The same scenario with these strategies alone, those that they are made of or fall back on, the
        baseline, and the inputs of those: the futures stay the same ones.
        """
        kept: dict[str, Strategy] = {}
        ahead = [self.baseline, *names]
        while ahead:
            name = ahead.pop()
            if name not in kept:
                kept[name] = self.strategies[name]
                fallback = kept[name].fallback
                ahead += [*kept[name].parts, *(() if fallback is None else (fallback,))]
        strategies = {name: strategy for name, strategy in self.strategies.items() if name in kept}
        models = {strategy.model for strategy in kept.values()}
        other = self.model_copy(
            update={
                "strategies": FrozenDict(strategies),
                "models": FrozenDict({name: model for name, model in self.models.items() if name in models}),
            }
        )
        used = set(names_in(other))
        other._inputs = {name: prior for name, prior in self._inputs.items() if name in used}
        other._source = None
        return other

    @property
    def places(self) -> Places:
        """The place of every strategy and model in the file, also where it is :meth:`only` some of them."""
        return self._places

    @property
    def certain(self) -> bool:
        """Whether nothing is uncertain, no input and no event, so that every future is the same one."""
        if not all(prior.law.certain for prior in self._inputs.values()):
            return False
        workload = self.workload
        rates = [workload.task_changes_per_year, workload.volatility_per_month, workload.ends_per_year]
        rates += [model.price_changes_per_year for model in self.models.values()]
        rates += [s.tuning.drift_retrains_per_year for s in self.strategies.values() if s.tuning]
        if any(rate is not None and rate.law.mean() > 0 for rate in rates):
            return False
        return all(_success_is_certain(self, strategy) for strategy in self.strategies.values())

    @property
    def in_service(self) -> frozenset[str]:
        """The baseline, which serves today, and every strategy that is its copy to the letter."""
        return self._in_service

    @property
    def candidates(self) -> tuple[str, ...]:
        """Every strategy but the baseline, in the order of the file."""
        return tuple(name for name in self.strategies if name != self.baseline)

    def month_of(self, day: date) -> int:
        """The month in which a date falls, that of ``start`` being 1."""
        return month_number(begins(self.start), day)

    def age_of(self, model: Model) -> float:
        """Months that a model has lived at ``start``; 0 where it is not said when it was released."""
        if model.released is None:
            return 0.0
        return (begins(self.start) - model.released).days / DAYS_A_MONTH

    def model_of(self, strategy: Strategy) -> Model | None:
        """The model that a strategy names."""
        return None if strategy.model is None else self.models[strategy.model]

    def price_of(self, strategy: Strategy) -> Price | None:
        """What a strategy pays: its own price, its model's, or that of its tuned model; None for a mix."""
        model = self.model_of(strategy)
        if model is None:
            return strategy.price
        own = strategy.tuned and strategy.price_multiplier is None
        return model.tuned if own and model.tuned is not None else model.price

    def success_of(self, strategy: Strategy) -> Prior | None:
        """The input that decides whether the quality bar is met: a probability, or labelled examples."""
        if strategy.success_probability is not None or strategy.tuning is None:
            return strategy.success_probability
        return strategy.tuning.labelled_examples

    def tuning_ends(self, strategy: Strategy) -> date | Prior | None:
        """When the provider ends tuning: as the scenario says, or else as the price table does."""
        if strategy.tuning is None:
            return None
        if strategy.tuning.ends is not None:
            return strategy.tuning.ends
        facts = self._facts.get(strategy.model or "")
        return None if facts is None else facts.tuning_closes

    def smallest_cacheable_prefix(self, strategy: Strategy) -> int | None:
        """Tokens under which the model's provider caches nothing; None where that is not known."""
        facts = self._facts.get(strategy.model or "")
        return None if facts is None else facts.smallest_cacheable_prefix

    def follows(self, strategy: Strategy) -> FollowsMarket:
        """How a strategy takes the market's decline: unsaid, freely, or at a retrain if it is tuned."""
        return strategy.follows_market or ("at_retrain" if strategy.tuned else "freely")

    def declines(self, strategy: Strategy) -> bool:
        """Whether the market of a strategy's model declines at all."""
        model = self.model_of(strategy)
        return model is not None and model.market_decline_per_year is not None


def _success_is_certain(scenario: Scenario, strategy: Strategy) -> bool:
    source = scenario.success_of(strategy)
    if source is None or source is strategy.success_probability:
        return source is None or source.law.mean() in (0, 1)
    return source.law.mean() == 0  # from labelled examples: a chance, however many they are


def _hashed(value: Any) -> str:
    """A value that is no JSON, as text that is the same in every process."""
    if hasattr(value, "dist"):
        return f"{value.dist.name} {value.args} {sorted(value.kwds.items())}"
    return str(value)


def _once(problems: Sequence[Problem], merged: Merged) -> list[Problem]:
    """Each mistake once, at the place where it was written, though ``like`` repeats it."""
    seen: dict[tuple[Path, str], Problem] = {}
    for problem in problems:
        written = replace(problem, path=merged.written(problem.path))
        seen.setdefault((written.path, written.message), written)
    return list(seen.values())


def load(
    source: str | FilePath | Mapping[str, Any] | Scenario,
    *,
    set: Sequence[str] = (),
) -> Scenario:
    """Read a scenario: a file, the name of a shipped one, or a dict of the same keys.

    source : the path of a file, a name as of ``mcost check``, a dict, or a Scenario, which is given back.
    set : overrides as on the command line, e.g. ``["workload.calls_per_month=2M to 4M"]``.

    Raises McostError where there is no such file, ScenarioError with all that is wrong in it.
    """
    if isinstance(source, Scenario):
        if set:
            raise McostError(
                "overrides need the file or the dict of a scenario, not one that is built already"
            )
        return source
    if isinstance(source, Mapping):
        written = Written(as_data(source), FilePath())
    elif isinstance(source, str | FilePath):
        written = read(source)
    else:
        raise McostError(f"found {shown(source)}; expected {SOURCES}")
    written = written.overridden(set)
    try:
        scenario = Scenario(written.folder, **{str(key): value for key, value in written.data.items()})
    except ScenarioError as error:
        raise written.located(error) from None
    if written.file is not None:
        assert scenario._source is not None  # TOML holds nothing that no text says
        scenario._source = scenario._source.written(written.file.name, written.file.text, set)
        scenario._file, scenario._sha256 = written.file.bare_name, written.file.sha256(set)
    return scenario
