"""The scenario as it was given, and as the page's state makes it."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path as FilePath
from typing import Any

from mcost.app.state import ABOUT, HORIZON, MAX_HORIZON, OFF, Complaint, RefusedError, State
from mcost.errors import Path, ScenarioError, dotted, nearest, shown
from mcost.input_names import name_of, path_of
from mcost.like import merge_like
from mcost.numerals import INTERVAL
from mcost.overrides import value_of
from mcost.scenario import Scenario, load
from mcost.shipped import find_scenario, read_text


@dataclass(frozen=True, eq=False)
class Given:
    """A scenario's file, read once: what becomes of it on disk afterwards changes nothing.

    text : of the file; folder : where it lies, with what it names. scenario : as it is written.
    data : the same as tables.
    """

    text: str
    folder: FilePath
    scenario: Scenario
    data: Mapping[str, Any]

    @classmethod
    def read(cls, source: str) -> Given:
        """Raises McostError where there is no such scenario, or something is wrong with it."""
        scenario = load(source)
        file = find_scenario(source)
        text = read_text(file)
        return cls(text, file.parent, scenario, tomllib.loads(text))

    @cached_property
    def paths(self) -> Mapping[str, Path]:
        """Where each input stands that the file states itself, by its name; prices of the table do not."""
        written = ((name, _written_at(self.data, path_of(name))) for name in self.scenario.inputs)
        return {name: path for name, path in written if path is not None}

    @cached_property
    def longest(self) -> int:
        """Months to which the horizon may be set."""
        return max(MAX_HORIZON, self.scenario.horizon_months)

    def needed_by(self, name: str, off: Sequence[str] = ()) -> tuple[str, ...]:
        """The strategies that are made of one, take over from it or fall back on it; but for those off."""
        tables = self.data["strategies"]
        merged = merge_like(dict(self.data)).data["strategies"]
        return tuple(
            other
            for other in tables
            if other not in (name, *off) and name in {tables[other].get("like"), *_made_of(merged[other])}
        )

    def tables(self, state: State) -> dict[str, Any]:
        """The data as the state has them: what ``run`` reads, and what is saved.

        Raises RefusedError for an input, a strategy or a horizon that there is not.
        """
        if refused := [*self._unknown(state)]:
            raise RefusedError(refused)
        data = copy.deepcopy(dict(self.data))
        if not state.changes:
            return data
        data.pop("expect", None)  # the verdict of the scenario as it stands
        for name, text in state.values:
            *tables, key = self.paths[name]
            table: Any = data
            for part in tables:
                table = table[part]
            table[key] = value_of(text)
        if state.horizon is not None:
            data["horizon_months"] = state.horizon
        for name in state.off:
            del data["strategies"][name]
        gone = partial(_gone, state)
        for key, left_of in (("correlations", _correlated), ("studies", _studied)):
            rows = [left for row in data.pop(key, ()) if (left := left_of(row, gone)) is not None]
            if rows:
                data[key] = rows
        return data

    def as_changed(self, state: State) -> Scenario:
        """The scenario that the state makes of it.

        Raises RefusedError with what is wrong, each beside what caused it.
        """
        data = self.tables(state)
        if not state.changes:
            return self._about(state, self.scenario)
        try:
            return self._about(state, Scenario(self.folder, **data))
        except ScenarioError as error:
            told = [self._complaint(problem.path, problem.message, state) for problem in error.problems]
            raise RefusedError(told) from None

    def _about(self, state: State, scenario: Scenario) -> Scenario:
        if state.about is not None and state.about not in scenario.candidates:
            hint = nearest(state.about, scenario.candidates)
            raise RefusedError([Complaint(ABOUT, f"found {shown(state.about)}; no such candidate{hint}")])
        return scenario

    def _unknown(self, state: State) -> Iterator[Complaint]:
        for name, _ in state.values:
            if name not in self.paths:
                yield Complaint("", f"found {shown(name)}; no such input{nearest(name, self.paths)}")
        if state.horizon is not None and not 1 <= state.horizon <= self.longest:
            yield Complaint(HORIZON, f"found {state.horizon}; expected 1 to {self.longest} months")
        for name in state.off:
            if name not in self.data["strategies"]:
                hint = nearest(name, self.data["strategies"])
                yield Complaint(OFF, f"found {shown(name)}; no such strategy{hint}")
            elif name == self.scenario.baseline:
                yield Complaint(OFF, f"{name} is the baseline: all others are held against it")
            elif users := self.needed_by(name, state.off):
                yield Complaint(OFF, f"{name} is needed by {', '.join(users)}")

    def _complaint(self, path: Path, message: str, state: State) -> Complaint:
        """A mistake beside the changed input in whose table it is, if in any."""
        if path == ("horizon_months",):
            return Complaint(HORIZON, message)
        for name, _ in state.values:
            own = self.paths[name]
            if own[: len(path)] == path or path[: len(own)] == own:
                return Complaint(name, message)
        return Complaint("", f"{dotted(path)}: {message}" if path else message)


def _written_at(data: Any, name: Path) -> Path | None:
    """The path at which an input of that name stands; None where the file does not state it.

    A cost line is called by its name, and stands in a row of its own.
    """
    if name[2:3] == ("costs",):
        rows = data["strategies"][name[1]].get("costs", ())
        at = next((i for i, row in enumerate(rows) if row["name"] == name[3]), None)
        return None if at is None else (*name[:3], at, "amount")
    for part in name:
        if not isinstance(data, Mapping) or part not in data:
            return None
        data = data[part]
    return name


def _made_of(table: Mapping[str, Any]) -> Iterator[str]:
    yield from table.get("mix", ())
    for key, halves in (("cascade", ("first", "second")), ("wait", ("first", "then"))):
        yield from (table[key][half] for half in halves if key in table)
    if "fallback" in table:
        yield table["fallback"]


def _gone(state: State, written: str) -> bool:
    """Whether nothing is left to correlate or to find out of an input, as a row of the file names it: its
    strategy is left out, or it is a number now.
    """
    name, path = name_of(written), path_of(written)
    settled = {key for key, text in state.values if not INTERVAL.search(text)}
    return name in settled or (path[:1] == ("strategies",) and path[1] in state.off)


def _correlated(row: dict[str, Any], gone: Callable[[str], bool]) -> dict[str, Any] | None:
    """The row without the inputs that are gone; None where no pair remains."""
    between = [name for name in row["between"] if not gone(name)]
    if len(between) == len(row["between"]):
        return row
    return {**row, "between": between} if len(between) > 1 else None


def _studied(row: dict[str, Any], gone: Callable[[str], bool]) -> dict[str, Any] | None:
    """The row, where all that it tells of is still there."""
    of = [row["of"]] if isinstance(row["of"], str) else row["of"]
    return None if any(gone(name) for name in of) else row
