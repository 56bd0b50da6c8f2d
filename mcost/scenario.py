"""The only reader of scenario files: TOML, a dict or keywords -> Scenario, or all mistakes at once."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import Any

from pydantic import PrivateAttr, ValidationError

from mcost import toml
from mcost.copula import Copula
from mcost.correlations import correlate, inputs_as_written
from mcost.dimensions import Places
from mcost.errors import (
    MOST_QUOTED,
    McostError,
    Path,
    Place,
    Problem,
    ScenarioError,
    close,
    dotted,
    legible,
    nearest,
    quoted,
    shown,
    spelt,
)
from mcost.frozen import FrozenDict
from mcost.input_names import Inputs, name_of, path_of, unknown
from mcost.known_models import begins, with_known_models
from mcost.law import Law
from mcost.like import Merged, merge_like
from mcost.overrides import apply
from mcost.plain_data import as_data
from mcost.prices import ModelPrice
from mcost.quantity import inverse_has_mean
from mcost.references import references
from mcost.schema import (
    AFRESH,
    MAX_INPUTS,
    CostLine,
    FollowsMarket,
    Model,
    Price,
    ScenarioTables,
    Strategy,
    Study,
    Table,
    table_at,
)
from mcost.shipped import find_scenario, read_text
from mcost.source import Source, of_data
from mcost.uncertain import CREDIBILITY, Prior
from mcost.version import VERSION

SOURCES = "a scenario's file, the name of a shipped one, or a dict of its keys"

DAYS_A_MONTH = 30.4375


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
            problems += _problems(error)
            named = data.get("correlations") or data.get("studies")
            inputs = inputs_as_written(known.data, merged, context) if named else {}
        else:
            _name_inputs(self, merged)
            inputs = self._inputs
        correlated = correlate(data.get("correlations"), inputs, merged)
        problems += [*correlated.problems, *_not_to_study(data.get("studies"), inputs, merged)]
        if problems:
            raise ScenarioError(_once(problems, merged))
        self._facts, self._copulas = known.facts, correlated.copulas
        self._in_service = frozenset({self.baseline, *merged.copies_of(self.baseline)})
        self._places = tuple(
            (dotted((table, name)), place)
            for table, names in (("strategies", self.strategies), ("models", self.models))
            for place, name in enumerate(names)
        )
        if impossible := [*_past(self), *_without_end(self)]:
            raise ScenarioError(_once(impossible, merged))
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
        used = set(_priors_in(other))
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
        """The month in which a date falls: ``12 * Δyear + Δmonth + 1`` from ``start``."""
        start = begins(self.start)
        return 12 * (day.year - start.year) + day.month - start.month + 1

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


def _priors_in(value: Any) -> Iterator[str]:
    """The name of every input that a table holds."""
    if isinstance(value, Prior):
        yield value.name
    elif isinstance(value, Table):
        for key in type(value).model_fields:
            yield from _priors_in(getattr(value, key))
    elif isinstance(value, dict | tuple):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _priors_in(inner)


def _success_is_certain(scenario: Scenario, strategy: Strategy) -> bool:
    source = scenario.success_of(strategy)
    if source is None or source is strategy.success_probability:
        return source is None or source.law.mean() in (0, 1)
    return source.law.mean() == 0  # from labelled examples: a chance, however many they are


def _not_to_study(rows: Any, inputs: Inputs, merged: Merged) -> Iterator[Problem]:
    """What ``[[studies]]`` name and cannot be found out; a row of a wrong type is left to its own check."""
    named: set[str] = set()
    for i, row in enumerate(rows if isinstance(rows, list | tuple) else ()):
        name = row.name if isinstance(row, Study) else row.get("name") if isinstance(row, dict) else None
        if isinstance(name, str) and name in named:
            yield Problem(("studies", i, "name"), f"found {shown(name)} twice; expected one study of a name")
        named.add(spelt(name))
        of = row.of if isinstance(row, Study) else row.get("of") if isinstance(row, dict) else ()
        names = [of] if isinstance(of, str) else of if isinstance(of, list | tuple) else ()
        for j, written in enumerate(names):
            at = ("studies", i, "of") if isinstance(of, str) else ("studies", i, "of", j)
            if not isinstance(written, str):
                continue
            if mistake := unknown(written, inputs, merged):
                yield Problem(at, mistake)
                continue
            if written in names[:j]:
                yield Problem(at, f"found {shown(written)} twice; expected each input once")
            path, prior = path_of(written), inputs[name_of(written)]
            if path[0] == "models" and path[-1] in AFRESH:
                yield Problem(
                    at, f"found {shown(written)}, which is drawn afresh at each event; expected another"
                )
            elif prior is not None and prior.law.certain:
                value = prior.law.support()[0]
                if path[-1] not in ("success_probability", "labelled_examples") or value in (0.0, 1.0):
                    told = f"found {shown(written)}, which is {value:g} for certain"
                    yield Problem(at, f"{told}; there is nothing to find out")


def _past(scenario: Scenario) -> Iterator[Problem]:
    """What has ended before ``start``: a certain life that is exceeded, and tuning that is closed."""
    for name, given in scenario.models.items():
        life, age = given.retires_after_months, scenario.age_of(given)
        if life is not None and life.law.certain and life.law.mean() <= age:
            told = f"found {life.law.mean():g}, but it was released on {given.released}, {age:.1f} months"
            mend = f"expected more; to count from start, say released = {begins(scenario.start)}"
            yield Problem(("models", name, "retires_after_months"), f"{told} before start; {mend}")
    for name, strategy in scenario.strategies.items():
        path = ("strategies", name)
        facts, model = scenario.facts.get(strategy.model or ""), scenario.model_of(strategy)
        if facts is not None and facts.retires is not None and model is not None:
            said = model.retires_after_months is not None
            if not said and scenario.month_of(facts.retires) < 1:
                mend = "name another model, or say retires_after_months in [models]"
                yield Problem(
                    (*path, "model"), f"{facts.model} retired on {facts.retires}, before start; {mend}"
                )
        ends = scenario.tuning_ends(strategy)
        if isinstance(ends, date) and scenario.month_of(ends) < 1:
            own = strategy.tuning is not None and strategy.tuning.ends is not None
            at = (*path, "tuning", "ends") if own else (*path, "model")
            yield Problem(at, f"tuning ends on {ends}, before start: nothing could be trained")


def _without_end(scenario: Scenario) -> Iterator[Problem]:
    """Retries whose expected number is infinite: 1 / (1 - retry_rate) has no mean."""
    for name, strategy in scenario.strategies.items():
        retry = strategy.retry_rate
        if retry is not None and strategy.max_attempts is None and not inverse_has_mean(retry.law, 1.0):
            said = f"{retry.law} comes so near to 1 that the mean of 1 / (1 - retry_rate) is not finite"
            mend = "add max = 0.99, or give max_attempts"
            yield Problem(("strategies", name, "retry_rate"), f"{said}; {mend}")


def load(
    source: str | FilePath | Mapping[str, Any] | Scenario,
    *,
    set: Sequence[str] = (),  # noqa: A002 - the flag's name
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
        return _build(as_data(source), set, None, None, FilePath())
    if not isinstance(source, str | FilePath):
        raise McostError(f"found {shown(source)}; expected {SOURCES}")
    path = find_scenario(str(source))
    file, text = str(source) if str(path) == str(source) else path.name, read_text(path)
    try:
        data = as_data(toml.parse(text))
    except tomllib.TOMLDecodeError as error:
        raise McostError(_not_toml(file, text, str(error))) from None
    except (ValueError, McostError) as error:
        raise McostError(f"{file}: {error}") from None
    if not data:
        raise McostError(f"{file}: found an empty file; expected a scenario: see mcost run contested")
    scenario = _build(data, set, file, text, path.parent)
    assert scenario._source is not None  # TOML holds nothing that no text says
    scenario._source = scenario._source.written(file, text, set)
    scenario._sha256 = hashlib.sha256(
        text.encode() + "".join(f"\n--set {override}" for override in set).encode(errors="replace")
    ).hexdigest()
    return scenario


def _build(
    data: dict[str, Any], overrides: Sequence[str], file: str | None, text: str | None, folder: FilePath
) -> Scenario:
    origins: dict[Path, str] = {}
    if overrides:
        data.pop("expect", None)  # the verdict of the scenario as it stands
    for override in overrides:
        origins[apply(data, override)] = _said(override)
    try:
        scenario = Scenario(folder, **{str(key): value for key, value in data.items()})
    except ScenarioError as error:
        places = _places(text)
        problems = [replace(each, origin=_origin(each.path, origins, places)) for each in error.problems]
        raise ScenarioError(problems, file, text, places) from None
    if file is not None:  # a name may hold halves of characters, which no text can
        scenario._file = FilePath(file).name.encode(errors="replace").decode()
    return scenario


def _said(override: str) -> str:
    """How the user said it: ``--horizon`` is an override too."""
    key, _, value = override.partition("=")
    return f"--horizon {value}" if key == "horizon_months" else f"--set {override}"


def _places(text: str | None) -> dict[Path, Place]:
    """Looked up only for an error: the parser that keeps positions is not loaded before."""
    if text is None:
        return {}
    from mcost.places import places_in

    return places_in(text)


def _origin(path: Path, origins: Mapping[Path, str], places: Mapping[Path, Place]) -> str | None:
    """The override that a mistake comes from: it set the value, or made a table that is not in the file."""
    starts = (path[:depth] for depth in range(1, len(path) + 1)) if places else ()
    new = next((start for start in starts if start not in places), None)
    return next(
        (
            said
            for at, said in origins.items()
            if path[: len(at)] == at or (new is not None and at[: len(new)] == new)
        ),
        None,
    )


def _not_toml(name: str, text: str, message: str) -> str:
    """``"Expected '=' after a key (at line 3, column 5)"`` as file:line:column, with the line quoted."""
    place = re.search(r"\(at line (\d+), column (\d+)\)", message)
    said = legible(re.sub(r"\s*\(at .*\)$", "", message), MOST_QUOTED)
    if said.startswith("Cannot overwrite"):
        said = "this key is given twice"
    elif said.startswith("Cannot declare"):
        table = ".".join(re.findall(r"'([^']*)'", said))
        said = f"the table [{table}] is given twice"
    said = f"not TOML: {said[:1].lower()}{said[1:]}"
    if not place:
        return f"{name}:{len(text.splitlines())}: {said}"
    line, column = int(place[1]), int(place[2])
    bare = re.match(
        r"\s*[\w.\-\"]+\s*=\s*([$\d][^\"#{\[]*?\bto\b[^\"#]*?)\s*(#.*)?$", text.split("\n")[line - 1]
    )
    if bare:
        said += f"; an interval needs quotes: {shown(bare[1])}"
    return quoted(name, text, (line, column, 1), said)


# --- mistakes ---------------------------------------------------------------------------------------------


def _hashed(value: Any) -> str:
    """A value that is no JSON, as text that is the same in every process."""
    if hasattr(value, "dist"):
        return f"{value.dist.name} {value.args} {sorted(value.kwds.items())}"
    return str(value)


_MOST_LOOKED_UP = 200
"""Unknown keys for which the nearest known one is looked up; more of them are no slips of a finger."""


def _problems(error: ValidationError) -> Iterator[Problem]:
    mistakes = error.errors(include_url=False)
    extra = [m["loc"] for m in mistakes if m["type"] == "extra_forbidden"]
    looked_up = set(extra[:_MOST_LOOKED_UP])
    misspelt = {(*path[:-1], close(str(path[-1]), _keys_at(path[:-1]))) for path in looked_up}
    for mistake in mistakes:
        if mistake["type"] == "missing" and mistake["loc"] in misspelt:
            continue  # it is there, under a name that is told already
        loc = tuple(part for part in mistake["loc"] if part != "[key]")
        kind, found = mistake["type"], shown(mistake.get("input"))
        if kind == "extra_forbidden":
            hint = nearest(str(loc[-1]), _keys_at(loc[:-1])) if mistake["loc"] in looked_up else ""
            yield Problem(loc, f"no such key{hint}", at="key")
        elif kind == "missing":
            yield Problem(loc, "this key is missing", at="key")
        elif kind == "mistake":
            yield Problem(loc, mistake["msg"])
        else:
            rows = loc[0] if loc[0] in ("correlations", "studies") else "strategies.NAME.costs"
            expected = {
                "string_type": "text",
                "model_type": "a table",
                "dict_type": "a table",
                "tuple_type": f"a list of tables, [[{rows}]]",
                "date_type": "a date, such as 2026-12-01",
            }.get(kind, mistake["msg"])
            yield Problem(loc, f"found {found}; expected {expected}")


def _keys_at(path: Path) -> list[str]:
    """The keys that the table at a path may hold, as they are written."""
    table = table_at(path)
    keys = [field.alias or key for key, field in table.model_fields.items()] if table else []
    return [*keys, "like"] if table is Strategy else keys


def _once(problems: Sequence[Problem], merged: Merged) -> list[Problem]:
    """Each mistake once, at the place where it was written, though ``like`` repeats it."""
    seen: dict[tuple[Path, str], Problem] = {}
    for problem in problems:
        written = replace(problem, path=merged.written(problem.path))
        seen.setdefault((written.path, written.message), written)
    return list(seen.values())


# --- names ------------------------------------------------------------------------------------------------


def _name_inputs(scenario: Scenario, merged: Merged) -> None:
    """Give every Prior the path at which it is written; one written once is one input."""

    def name(value: Any, path: Path) -> Any:
        if isinstance(value, Prior):
            written = dotted(merged.written(path))
            return scenario._inputs.setdefault(written, replace(value, name=written))
        if isinstance(value, CostLine):
            return value.model_copy(update={"amount": name(value.amount, path)})
        if isinstance(value, Table):
            fields = {key: getattr(value, key) for key in type(value).model_fields}
            return value.model_copy(update={key: name(v, (*path, key)) for key, v in fields.items()})
        if isinstance(value, tuple) and value and isinstance(value[0], CostLine):
            return tuple(name(row, (*path, row.name)) for row in value)
        if isinstance(value, dict):
            return FrozenDict({key: name(v, (*path, key)) for key, v in value.items()})
        return value

    for key in ScenarioTables.model_fields:
        object.__setattr__(scenario, key, name(getattr(scenario, key), (key,)))
