"""A scenario as it is written: the data of a file or a dict, with overrides; and where a mistake stands."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any

from mcost import toml
from mcost.errors import MOST_QUOTED, McostError, Path, Place, ScenarioError, legible, quoted, shown
from mcost.overrides import apply
from mcost.plain_data import as_data
from mcost.shipped import find_scenario, read_text


@dataclass(frozen=True)
class File:
    """A scenario's file. name : as it was said, or of a shipped one its own; text : what is in it."""

    name: str
    text: str

    @property
    def bare_name(self) -> str:
        """Without its folder; a name may hold halves of characters, which no text can."""
        return FilePath(self.name).name.encode(errors="replace").decode()

    def sha256(self, overrides: Sequence[str]) -> str:
        """The hash of what is read: the text, and the overrides that are applied to it."""
        said = "".join(f"\n--set {override}" for override in overrides)
        return hashlib.sha256(self.text.encode() + said.encode(errors="replace")).hexdigest()


@dataclass(frozen=True)
class Written:
    """The data of a scenario, before anything in them is checked.

    folder : where the files that they name lie. file : None of a dict.
    origins : the key path that each override has set, and how the user said it.
    """

    data: dict[str, Any]
    folder: FilePath
    file: File | None = None
    origins: Mapping[Path, str] = field(default_factory=dict)

    def overridden(self, overrides: Sequence[str]) -> Written:
        """The same with overrides applied, to the data themselves; McostError for one that cannot be."""
        if overrides:
            self.data.pop("expect", None)  # the verdict of the scenario as it stands
        origins = {apply(self.data, override): _said(override) for override in overrides}
        return replace(self, origins=origins)

    def located(self, error: ScenarioError) -> ScenarioError:
        """The same mistakes, each where it stands in the file or with the override that it comes from."""
        places = {} if self.file is None else _places(self.file.text)
        problems = [replace(each, origin=_origin(each.path, self.origins, places)) for each in error.problems]
        if self.file is None:
            return ScenarioError(problems, None, None, places)
        return ScenarioError(problems, self.file.name, self.file.text, places)


def read(source: str | FilePath) -> Written:
    """The data of a file, or of the shipped scenario of a name; McostError where there is none to read."""
    path = find_scenario(str(source))
    name, text = str(source) if str(path) == str(source) else path.name, read_text(path)
    try:
        data = as_data(toml.parse(text))
    except tomllib.TOMLDecodeError as error:
        raise McostError(_not_toml(name, text, str(error))) from None
    except (ValueError, McostError) as error:
        raise McostError(f"{name}: {error}") from None
    if not data:
        raise McostError(f"{name}: found an empty file; expected a scenario: see mcost run contested")
    return Written(data, path.parent, File(name, text))


def _said(override: str) -> str:
    """How the user said it: ``--horizon`` is an override too."""
    key, _, value = override.partition("=")
    return f"--horizon {value}" if key == "horizon_months" else f"--set {override}"


def _places(text: str) -> dict[Path, Place]:
    """Looked up only for an error: the parser that keeps positions is not loaded before."""
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


_DATED = re.compile(r"=\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b")


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
    if place and _DATED.search(text.split("\n")[int(place[1]) - 1]):
        said += "; a date is YYYY-MM-DD, such as 2026-12-01"
    if not place:
        return f"{name}:{len(text.splitlines())}: {said}"
    line, column = int(place[1]), int(place[2])
    bare = re.match(
        r"\s*[\w.\-\"]+\s*=\s*([$\d][^\"#{\[]*?\bto\b[^\"#]*?)\s*(#.*)?$", text.split("\n")[line - 1]
    )
    if bare:
        said += f"; an interval needs quotes: {shown(bare[1])}"
    return quoted(name, text, (line, column, 1), said)
