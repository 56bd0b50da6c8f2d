"""A manifest, what it belongs to, and what its command makes today: the same bytes, or what differs."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from mcost.errors import McostError
from mcost.manifest import Manifest, ScenarioThen
from mcost.manifest_file import NAME, Found
from mcost.shipped import folder as shipped_folder
from mcost.shipped import read_text

_NONE = "none"
_MISSING = object()

NEAR = 1e-9
"""Relative difference up to which two numbers are the same but for rounding."""


@dataclass(frozen=True)
class Change:
    """Something that is not what it was. what : its name; then, now : as text, "none" where there is none."""

    what: str
    then: str
    now: str


@dataclass(frozen=True)
class Numbers:
    """The numbers of an answer, then and now.

    compared : how many there are in both. differing : how many of them are not the same to the bit.
    largest : the largest relative difference, |then - now| / max(|then|, |now|), and at which path.
    other : what is no number and differs, or is in one of them alone.
    """

    compared: int
    differing: int
    largest: float
    at: Change | None
    other: tuple[Change, ...]

    @property
    def same(self) -> bool:
        return self.differing == 0 and not self.other


@dataclass(frozen=True)
class Rerun:
    """What was found.

    same : whether the bytes are; None where the manifest tells of none, and only numbers can be compared.
    files : those that differ, by name. versions, prices, priors, models : what they rest on and has changed.
    on_disk : a scenario's file -> whether what lies there under its name is what it was; those found.
    """

    manifest: Manifest
    same: bool | None
    files: tuple[str, ...]
    versions: tuple[Change, ...]
    prices: tuple[Change, ...]
    priors: tuple[Change, ...]
    models: tuple[Change, ...]
    on_disk: Mapping[str, bool]
    numbers: Numbers | None

    @property
    def agrees(self) -> bool:
        """Whether all that can be compared is the same."""
        return self.same if self.same is not None else self.numbers is not None and self.numbers.same

    def to_dict(self) -> dict[str, Any]:
        """As ``mcost rerun --json`` prints it."""
        changes = ("versions", "prices", "priors", "models")
        numbers = self.numbers
        return {
            "same_bytes": self.same,
            "files_that_differ": list(self.files),
            **{key: [vars(change) for change in getattr(self, key)] for key in changes},
            "scenario_on_disk_unchanged": dict(self.on_disk),
            "numbers": None
            if numbers is None
            else {
                "compared": numbers.compared,
                "differing": numbers.differing,
                "largest_relative_difference": numbers.largest,
                "at": None if numbers.at is None else vars(numbers.at),
                "other": [vars(change) for change in numbers.other],
            },
        }


def rerun(found: Found, made: Mapping[str, bytes], now: Manifest, folders: Sequence[Path] = ()) -> Rerun:
    """Hold what was made today against what a manifest tells.

    made : the files made today, ``""`` for what was printed; now : the manifest within them. folders : where
    the scenario's file is looked for, by its name alone; then among the shipped ones.
    """
    then = found.manifest
    same, files = _bytes(found, made)
    then_numbers = found.answer if found.answer is not None else then.answer
    now_numbers = now.answer
    if "" in made:
        now_numbers = {key: value for key, value in json.loads(made[""]).items() if key != "manifest"}
    pairs = [*zip(then.scenarios, now.scenarios, strict=False)]
    return Rerun(
        manifest=then,
        same=same,
        files=files,
        versions=tuple(_versions(then, now)),
        prices=tuple(_once(_prices(pairs))),
        priors=tuple(_once(_priors(pairs))),
        models=tuple(_once(_models(pairs))),
        on_disk={
            s.file: unchanged
            for s in then.scenarios
            if s.file is not None and (unchanged := _unchanged(s, folders)) is not None
        },
        numbers=None if then_numbers is None else compared(then_numbers, now_numbers),
    )


def _bytes(found: Found, made: Mapping[str, bytes]) -> tuple[bool | None, tuple[str, ...]]:
    """Whether the bytes are the same, and which files are not."""
    output = found.manifest.output
    if output is None:
        return (None if found.answer is None else made.get("") == found.data), ()
    hashes = {name: sha256(data).hexdigest() for name, data in made.items() if name != NAME}
    if output.ending is None:  # figures: the manifest lies beside them
        told = dict(output.files)
    else:
        memo = next(name for name in made if name.endswith(output.ending))
        told = {**output.files, memo: sha256(found.data).hexdigest()}
    differ = [name for name in {**told, **hashes} if told.get(name) != hashes.get(name)]
    return not differ, tuple(differ)


# --- what an answer rests on ------------------------------------------------------------------------------


def _versions(then: Manifest, now: Manifest) -> Iterator[Change]:
    before, after = {"mcost": then.mcost, **then.libraries}, {"mcost": now.mcost, **now.libraries}
    for name in {**before, **after}:
        if before.get(name) != after.get(name):
            yield Change(name, before.get(name, "none"), after.get(name, "none"))
    if then.sampler != now.sampler:
        yield Change("sampler", then.sampler, now.sampler)
    if then.draws != now.draws:
        yield Change("draws", str(then.draws), str(now.draws))


Pairs = Sequence[tuple[ScenarioThen, ScenarioThen]]


def _prices(pairs: Pairs) -> Iterator[Change]:
    for then, now in pairs:
        before, after = ({price.name: price for price in s.prices} for s in (then, now))
        for name in {**before, **after}:
            old, new = before.get(name), after.get(name)
            if old is None or new is None or (old.usd, old.as_of) != (new.usd, new.as_of):
                yield Change(
                    name, *(_NONE if p is None else f"{p.usd:g} {p.unit} on {p.as_of}" for p in (old, new))
                )


def _priors(pairs: Pairs) -> Iterator[Change]:
    for then, now in pairs:
        before, after = ({prior.name: prior for prior in s.priors} for s in (then, now))
        for name in {**before, **after}:
            old, new = before.get(name), after.get(name)
            points = [(p.p5, p.p50, p.p95) for p in (old, new) if p is not None]
            near = len(points) == 2 and all(map(_near, *points))
            if old is None or new is None or old.law != new.law or not near:
                yield Change(name, *(_NONE if p is None else p.law for p in (old, new)))
            elif (old.source, old.grade, old.checked) != (new.source, new.grade, new.checked):
                told = (f"{p.grade}, {p.source}, checked {p.checked or 'on no day'}" for p in (old, new))
                yield Change(name, *told)


def _models(pairs: Pairs) -> Iterator[Change]:
    for then, now in pairs:
        before, after = ({model.name: model for model in s.models} for s in (then, now))
        for name in {**before, **after}:
            rows = [{} if row is None else row.model_dump() for row in (before.get(name), after.get(name))]
            for key in {**rows[0], **rows[1]}:
                if rows[0].get(key) != rows[1].get(key):
                    words = (str(row.get(key) or _NONE) for row in rows)
                    yield Change(f"{name}: {key.replace('_', ' ')}", *words)


def _once(changes: Iterator[Change]) -> list[Change]:
    """Variants of a scenario share most of what they rest on."""
    return list(dict.fromkeys(changes))


def _near(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=NEAR, abs_tol=1e-300)


def _unchanged(then: ScenarioThen, folders: Sequence[Path]) -> bool | None:
    """Whether the file of a scenario's name still says the same; None where there is none."""
    for folder in (*folders, shipped_folder("scenarios")):
        path = folder / (then.file or "")
        if path.is_file():
            try:
                return read_text(path) == then.text
            except McostError:
                return False
    return None


# --- numbers ----------------------------------------------------------------------------------------------


def compared(then: Any, now: Any) -> Numbers:
    """Two JSON answers, path by path; the version of mcost, which is told of by itself, is left out."""
    before, after = dict(_leaves(then)), dict(_leaves(now))
    for leaves in (before, after):
        leaves.pop("mcost", None)
    largest, at, differing, count = 0.0, None, 0, 0
    other = []
    for path in {**before, **after}:
        old, new = before.get(path, _MISSING), after.get(path, _MISSING)
        if _number(old) and _number(new):
            count += 1
            if old == new:
                continue
            differing += 1
            apart = _apart(old, new)
            if apart > largest or at is None:
                largest, at = apart, Change(path, repr(old), repr(new))
        elif old != new or type(old) is not type(new):
            other.append(Change(path, _shown(old), _shown(new)))
    return Numbers(count, differing, largest, at, tuple(other))


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _apart(a: float, b: float) -> float:
    """|a - b| / max(|a|, |b|); inf where that is no number."""
    try:
        apart = abs(a - b) / max(abs(a), abs(b))
    except OverflowError:
        return math.inf
    return apart if math.isfinite(apart) else math.inf


def _shown(value: object) -> str:
    return _NONE if value is _MISSING else json.dumps(value, ensure_ascii=False)


def _leaves(whole: Any) -> Iterator[tuple[str, Any]]:
    """Every number, text, truth or null by its path: ``candidates.fine_tune.pays_off_by_month[3]``."""
    ahead = [("", whole)]
    while ahead:
        path, value = ahead.pop()
        if isinstance(value, Mapping) and value:
            inner = [(f"{path}.{key}" if path else str(key), one) for key, one in value.items()]
        elif isinstance(value, list) and value:
            inner = [(f"{path}[{i}]", one) for i, one in enumerate(value)]
        else:
            yield path, value
            continue
        ahead += reversed(inner)
