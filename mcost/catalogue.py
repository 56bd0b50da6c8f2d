"""The catalogue of sourced priors: ``distributions/*.toml`` -> {name: Entry}, read into a Prior when asked.

A scenario may name priors of its own too, of a file of the same form beside it:
``"priors.toml:calls_per_month"``.

Every file is opened, but the law of an entry is built only for the prior that is asked for: one family that
needs ``scipy.stats`` must not slow down a scenario that does not name it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from functools import cache, cached_property
from pathlib import Path
from typing import Any, get_args

from mcost.errors import McostError, NotationError, nearest, shown, spelt
from mcost.law import Law
from mcost.samples import locate
from mcost.shipped import folder as shipped_folder
from mcost.toml import parse
from mcost.uncertain import Domain, Grade, Prior, Quantity, read

MOST_BYTES = 2**20
"""Of a file of priors."""

_TEXTS = ("about", "unit", "source", "url", "note")
_KEYS = {"about", "unit", "domain", "distribution", "source", "checked", "grade"}


@dataclass(frozen=True)
class Entry:
    """One prior as the catalogue has it written.

    about : what it is, in words; topic : what its file is about.
    distribution : its notation, not read yet: :attr:`prior` reads it.
    url : where the source stands, or "".
    fits : the scenario keys that it is for, ``*`` standing for a name: ``"strategies.*.setup_hours"``.
    """

    name: str
    about: str
    topic: str
    unit: str
    domain: Domain
    distribution: Any
    source: str
    url: str
    checked: date
    grade: Grade
    note: str
    fits: tuple[str, ...]
    file: str

    @cached_property
    def prior(self) -> Prior:
        """The entry with its law; McostError with file and name where the notation is wrong."""
        try:
            law = read(self.distribution, Quantity(self.unit, self.domain), prior=_no_other)
        except NotationError as error:
            raise McostError(f"{self.file}: {self.name}: {error}") from None
        return Prior(
            name=self.name,
            unit=self.unit,
            domain=self.domain,
            law=law,
            source=self.source,
            checked=self.checked,
            grade=self.grade,
            note=self.note,
            catalogued=self.name,
        )

    def is_for(self, key: str) -> bool:
        """Whether it fits a scenario key, written whole or from any of its parts on (``setup_hours``)."""
        asked = (key, f"{key}.amount")  # a cost line goes by its name
        return any(
            fnmatchcase(a, pattern) or pattern.endswith(f".{a}") for pattern in self.fits for a in asked
        )


def _no_other(name: object) -> Law:
    raise NotationError(f"found prior = {shown(name)}; an entry says its distribution itself")


@cache
def entries() -> Mapping[str, Entry]:
    """Every shipped entry by its name, e.g. ``"retraining.drift"``; in the order of the files."""
    found: dict[str, Entry] = {}
    for file in sorted(shipped_folder("distributions").glob("*.toml")):
        for entry in read_entries(file):
            if entry.name in found:
                raise McostError(f"{file.name}: {entry.name}: a prior of this name is in another file too")
            found[entry.name] = entry
    return found


@cache
def catalogue() -> Mapping[str, Prior]:
    """Every shipped prior by its name, all of them read."""
    return {name: entry.prior for name, entry in entries().items()}


def entry(name: object) -> Entry:
    """The entry of this name; NotationError with the nearest name where there is none."""
    known = entries()
    if not isinstance(name, str) or name not in known:
        raise NotationError(
            f"found prior = {shown(name)}; no such prior in the catalogue{nearest(spelt(name), known)}"
        )
    return known[name]


def prior(name: object, folder: Path | None = None) -> Prior:
    """The prior of this name; NotationError with the nearest name where there is none.

    name : of the catalogue, or ``"FILE:NAME"``, of a file of priors in the folder or below it.
    """
    if isinstance(name, str) and ":" in name:
        return _prior_of_file(name, folder)
    return entry(name).prior


def _prior_of_file(name: str, folder: Path | None) -> Prior:
    path, _, inside = name.rpartition(":")
    file = locate(path, folder, "priors", "toml", "name a prior of the catalogue")
    try:
        known = {row.name: row for row in read_entries(file)}
        found = replace(known[inside].prior, catalogued=name) if inside in known else None
    except McostError as error:
        raise NotationError(str(error)) from None
    except OSError as error:
        raise NotationError(f"{path}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise NotationError(f"{path}: byte {error.start} is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise NotationError(f"{path}: not TOML: {error}") from None
    except ValueError as error:
        raise NotationError(f"{path}: {error}") from None
    if found is None:
        raise NotationError(f"found prior = {shown(name)}; no such prior in {path}{nearest(inside, known)}")
    return found


def holds_priors(file: Path) -> bool:
    """Whether a file is by its name one of priors, beside the scenarios that use it."""
    return file.name == "priors.toml" or file.name.endswith(".priors.toml")


def read_entries(file: Path) -> Iterator[Entry]:
    """The entries of one file, their laws not read; McostError with file and name for what is none."""
    if (size := file.stat().st_size) > MOST_BYTES:
        raise McostError(f"{file.name}: found {size:,} bytes; expected a file of priors of at most 1 MiB")
    text = file.read_text(encoding="utf-8-sig")
    head = text.partition("\n")[0]
    topic = head.removeprefix("#").strip() if head.startswith("#") else file.stem.replace("_", " ")
    for name, table in _tables(parse(text), ""):
        try:
            yield _entry(name, table, topic, file.name)
        except NotationError as error:
            raise McostError(f"{file.name}: {name}: {error}") from None


def _tables(table: Mapping[str, Any], path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every table that says something itself, by its dotted name."""
    for key, value in table.items():
        name = f"{path}.{key}" if path else key
        if isinstance(value, dict) and ("distribution" in value or any(map(_is_said, value.items()))):
            yield name, value
        elif isinstance(value, dict):
            yield from _tables(value, name)


def _is_said(item: tuple[str, Any]) -> bool:
    return item[0] in _KEYS and not isinstance(item[1], dict)


def _entry(name: str, table: Mapping[str, Any], topic: str, file: str) -> Entry:
    for key in sorted(_KEYS - table.keys()):
        raise NotationError(f"{key} is missing")
    domain, grade, checked = table["domain"], table["grade"], table["checked"]
    if domain not in get_args(Domain):
        raise NotationError(f"domain: found {shown(domain)}; expected one of {', '.join(get_args(Domain))}")
    if grade not in get_args(Grade):
        raise NotationError(f"grade: found {shown(grade)}; expected one of {', '.join(get_args(Grade))}")
    if not isinstance(checked, date):
        raise NotationError(f"checked: found {shown(checked)}; expected a date")
    for key in _TEXTS:
        if not isinstance(table.get(key, ""), str):
            raise NotationError(f"{key}: found {shown(table[key])}; expected text")
    fits = table.get("for", [])
    if not isinstance(fits, list) or not all(isinstance(key, str) for key in fits):
        raise NotationError(f"for: found {shown(fits)}; expected a list of keys of a scenario")
    return Entry(
        name=name,
        about=table["about"],
        topic=topic,
        unit=table["unit"],
        domain=domain,
        distribution=table["distribution"],
        source=table["source"],
        url=table.get("url", ""),
        checked=checked,
        grade=grade,
        note=table.get("note", ""),
        fits=tuple(fits),
        file=file,
    )
