"""The catalogue of sourced priors: ``distributions/*.toml`` -> {name: Prior}."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, get_args

from mcost.errors import McostError, NotationError, nearest, shown
from mcost.shipped import folder
from mcost.uncertain import Domain, Grade, Prior, Quantity, read

_KEYS = {"about", "unit", "domain", "distribution", "source", "checked", "grade"}


@cache
def catalogue() -> Mapping[str, Prior]:
    """Every shipped prior by its name, e.g. ``"retraining.drift"``."""
    priors: dict[str, Prior] = {}
    for file in sorted(folder("distributions").glob("*.toml")):
        for prior in read_priors(file):
            if prior.name in priors:
                raise McostError(f"{file.name}: {prior.name}: a prior of this name is in another file too")
            priors[prior.name] = prior
    return priors


def prior(name: object) -> Prior:
    """The prior of this name; NotationError with the nearest name where there is none."""
    known = catalogue()
    if not isinstance(name, str) or name not in known:
        raise NotationError(
            f"found prior = {shown(name)}; no such prior in the catalogue{nearest(str(name), known)}"
        )
    return known[name]


def read_priors(file: Path) -> Iterator[Prior]:
    """The priors of one file; McostError with file and name for an entry that is not one."""
    for name, entry in _entries(tomllib.loads(file.read_text(encoding="utf-8")), ""):
        try:
            yield _prior(name, entry)
        except NotationError as error:
            raise McostError(f"{file.name}: {name}: {error}") from None


def _entries(table: Mapping[str, Any], path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for key, value in table.items():
        name = f"{path}.{key}" if path else key
        if isinstance(value, dict) and "distribution" in value:
            yield name, value
        elif isinstance(value, dict):
            yield from _entries(value, name)


def _prior(name: str, entry: Mapping[str, Any]) -> Prior:
    for key in sorted(_KEYS - entry.keys()):
        raise NotationError(f"{key} is missing")
    domain, grade, checked = entry["domain"], entry["grade"], entry["checked"]
    if domain not in get_args(Domain):
        raise NotationError(f"domain: found {shown(domain)}; expected one of {', '.join(get_args(Domain))}")
    if grade not in get_args(Grade):
        raise NotationError(f"grade: found {shown(grade)}; expected one of {', '.join(get_args(Grade))}")
    if not isinstance(checked, date):
        raise NotationError(f"checked: found {shown(checked)}; expected a date")
    law = read(entry["distribution"], Quantity(entry["unit"], domain))
    return Prior(
        name=name,
        unit=entry["unit"],
        domain=domain,
        law=law,
        source=entry["source"],
        checked=checked,
        grade=grade,
        note=entry.get("note", ""),
        catalogued=name,
    )
