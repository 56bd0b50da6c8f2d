"""The only reader of scenario files: TOML, a dict or keywords -> Scenario, or all mistakes at once."""

from __future__ import annotations

import copy
import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import Any

from pydantic import PrivateAttr, ValidationError

from mcost.errors import McostError, Path, Place, Problem, ScenarioError, dotted, nearest, quoted, shown
from mcost.known_models import begins, with_known_models
from mcost.like import Merged, merge_like
from mcost.prices import ModelPrice
from mcost.references import references
from mcost.schema import (
    MAX_INPUTS,
    CostLine,
    FollowsMarket,
    Model,
    Price,
    ScenarioTables,
    Strategy,
    Table,
    table_at,
)
from mcost.shipped import find_scenario, read_text
from mcost.uncertain import CREDIBILITY, Prior


class Scenario(ScenarioTables):
    """A validated, immutable scenario; every uncertain value in it is a named Prior.

    Built from the keys of a scenario file: ``Scenario(title=…, baseline=…, horizon_months=…,
    workload={…}, strategies={…})``. Raises ScenarioError with every mistake found.

    inputs : every uncertain input by its name, in the order of the file.
    file, sha256 : the name of the file and the hash of what was read (of the data, without a file).
    """

    _inputs: dict[str, Prior] = PrivateAttr(default_factory=dict)
    _facts: dict[str, ModelPrice] = PrivateAttr(default_factory=dict)
    _file: str | None = PrivateAttr(default=None)
    _sha256: str = PrivateAttr(default="")

    def __init__(self, /, **data: Any) -> None:
        merged = merge_like(data)
        known = with_known_models(merged.data)
        problems = [*merged.problems, *known.problems, *references(known.data)]
        credibility = data.get("credibility", CREDIBILITY)
        usable = isinstance(credibility, float) and 0 < credibility < 1
        try:
            self.__pydantic_validator__.validate_python(
                known.data,
                self_instance=self,
                context={"credibility": credibility if usable else CREDIBILITY},
            )
        except ValidationError as error:
            problems += _problems(error)
        if problems:
            raise ScenarioError(_once(problems, merged))
        _name_inputs(self, merged)
        self._facts = known.facts
        if len(self._inputs) > MAX_INPUTS:
            raise ScenarioError(
                [Problem((), f"found {len(self._inputs)} inputs; expected at most {MAX_INPUTS}")]
            )
        self._sha256 = hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest()

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
    def facts(self) -> Mapping[str, ModelPrice]:
        """What the price table says of each model that is named, by that name."""
        return MappingProxyType(self._facts)

    @property
    def candidates(self) -> tuple[str, ...]:
        """Every strategy but the baseline, in the order of the file."""
        return tuple(name for name in self.strategies if name != self.baseline)

    def month_of(self, day: date) -> int:
        """The month in which a date falls: ``12 * Δyear + Δmonth + 1`` from ``start``."""
        start = begins(self.start)
        return 12 * (day.year - start.year) + day.month - start.month + 1

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


def load(
    source: str | FilePath | Mapping[str, Any] | Scenario,
    *,
    set: Sequence[str] = (),  # noqa: A002 - the flag's name
) -> Scenario:
    """Read a scenario: a file, the name of a shipped one, or a dict of the same keys.

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
        return _build(copy.deepcopy(dict(source)), set, None, None)
    path = find_scenario(str(source))
    text = read_text(path)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise McostError(_not_toml(path.name, text, str(error))) from None
    except RecursionError:
        raise McostError(f"{path.name}: found tables nested too deeply to read") from None
    if not data:
        raise McostError(f"{path.name}: found an empty file; expected a scenario: see mcost run contested")
    scenario = _build(data, set, path.name, text)
    scenario._sha256 = hashlib.sha256(
        text.encode() + "".join(f"\n--set {override}" for override in set).encode()
    ).hexdigest()
    return scenario


def _build(data: dict[str, Any], overrides: Sequence[str], file: str | None, text: str | None) -> Scenario:
    origins: dict[Path, str] = {}
    for override in overrides:
        origins[_override(data, override)] = f"--set {override}"
    try:
        scenario = Scenario(**{str(key): value for key, value in data.items()})
    except ScenarioError as error:
        problems = [replace(problem, origin=_origin(problem.path, origins)) for problem in error.problems]
        raise ScenarioError(problems, file, text, _places(text)) from None
    scenario._file = file
    return scenario


def _places(text: str | None) -> dict[Path, Place]:
    """Looked up only for an error: the parser that keeps positions is not loaded before."""
    if text is None:
        return {}
    from mcost.places import places_in

    return places_in(text)


def _origin(path: Path, origins: Mapping[Path, str]) -> str | None:
    return next((said for at, said in origins.items() if path[: len(at)] == at), None)


def _not_toml(name: str, text: str, message: str) -> str:
    """``"Expected '=' after a key (at line 3, column 5)"`` as file:line:column, with the line quoted."""
    place = re.search(r"\(at line (\d+), column (\d+)\)", message)
    said = re.sub(r"\s*\(at .*\)$", "", message)
    said = f"not TOML: {said[:1].lower()}{said[1:]}"
    if not place:
        return f"{name}: {said}"
    return quoted(name, text, (int(place[1]), int(place[2]), 1), said)


# --- overrides --------------------------------------------------------------------------------------------


def _override(data: dict[str, Any], override: str) -> Path:
    """Apply ``key=value`` to the data in place; returns the key path."""
    key, equals, written = override.partition("=")
    if not equals or not key.strip():
        raise McostError(f"--set {override}: expected key=value, such as workload.calls_per_month=2_000_000")
    path = _key_path(key.strip(), override)
    table: Any = data
    for part in path[:-1]:
        inner = table.setdefault(part, {}) if isinstance(table, dict) else None
        if isinstance(inner, list):
            return (*path[:-1], _override_row(inner, path[-1], _value(written), override))
        if not isinstance(inner, dict):
            raise McostError(f"--set {override}: {part} holds no keys")
        table = inner
    table[path[-1]] = _value(written)
    return path


def _override_row(rows: list[Any], name: str, value: Any, override: str) -> str:
    """Set the amount of a cost line, which is addressed by its name."""
    for row in rows:
        if isinstance(row, dict) and row.get("name") == name:
            row["amount"] = value
            return name
    names = [str(row.get("name")) for row in rows if isinstance(row, dict)]
    raise McostError(f"--set {override}: no cost line {shown(name)}{nearest(name, names)}")


def _key_path(key: str, override: str) -> tuple[str, ...]:
    try:
        nested: Any = tomllib.loads(f"{key} = 0")
    except tomllib.TOMLDecodeError:
        raise McostError(f"--set {override}: found key {shown(key)}; expected names joined by dots") from None
    path: list[str] = []
    while isinstance(nested, dict):
        part, nested = next(iter(nested.items()))
        path.append(part)
    return tuple(path)


def _value(written: str) -> Any:
    """A TOML value, or else the text itself: ``2M to 4M`` needs no quotes."""
    try:
        return tomllib.loads(f"value = {written.strip()}")["value"]
    except tomllib.TOMLDecodeError:
        return written.strip()


# --- mistakes ---------------------------------------------------------------------------------------------


def _problems(error: ValidationError) -> Iterator[Problem]:
    for mistake in error.errors(include_url=False):
        loc = tuple(part for part in mistake["loc"] if part != "[key]")
        kind, found = mistake["type"], shown(mistake.get("input"))
        if kind == "extra_forbidden":
            table = table_at(loc[:-1])
            keys = list(table.model_fields) if table else []
            yield Problem(loc, f"no such key{nearest(str(loc[-1]), keys)}", at="key")
        elif kind == "missing":
            yield Problem(loc, "this key is missing", at="key")
        elif kind == "mistake":
            yield Problem(loc, mistake["msg"])
        else:
            expected = {
                "string_type": "text",
                "model_type": "a table",
                "dict_type": "a table",
                "tuple_type": "a list of tables",
                "date_type": "a date, such as 2026-12-01",
            }.get(kind, mistake["msg"])
            yield Problem(loc, f"found {found}; expected {expected}")


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
            return {key: name(v, (*path, key)) for key, v in value.items()}
        return value

    for key in ScenarioTables.model_fields:
        object.__setattr__(scenario, key, name(getattr(scenario, key), (key,)))
