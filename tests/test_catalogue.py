"""The catalogue of priors: every entry sourced, dated, graded, and what it says of itself."""

import math
import tomllib
import typing
from collections.abc import Iterator
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from mcost.catalogue import catalogue, prior, read_entries
from mcost.errors import McostError, NotationError
from mcost.schema import ScenarioTables, Table
from mcost.shipped import folder
from mcost.uncertain import Prior

FILES = sorted(folder("distributions").glob("*.toml"))


def entries(table: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every table that has a source, by its dotted name."""
    if "source" in table:
        yield path, table
        return
    for key, value in table.items():
        yield from entries(value, f"{path}.{key}" if path else key)


WRITTEN = [
    pytest.param(name, entry, id=name)
    for file in FILES
    for name, entry in entries(tomllib.loads(file.read_text(encoding="utf-8")))
]
NAMES = [param.values[0] for param in WRITTEN]


def priors_at(table: type[Table], path: str = "") -> Iterator[str]:
    """Every key of a scenario that holds an uncertain value, with * for a name."""
    for name, field in table.model_fields.items():
        at = f"{path}{field.alias or name}"
        for kind in _kinds(field.annotation):
            if kind is Prior:
                yield at
            elif isinstance(kind, tuple):
                for inner in kind:
                    if inner is Prior:
                        yield f"{at}.*"
                    elif isinstance(inner, type) and issubclass(inner, Table):
                        yield from priors_at(inner, f"{at}.*.")
            elif issubclass(kind, Table):
                yield from priors_at(kind, f"{at}.")


def _kinds(annotation: Any) -> Iterator[Any]:
    """The types in an annotation; those inside a dict or a tuple as a tuple of their own."""
    if isinstance(annotation, type) and not typing.get_args(annotation):
        yield annotation
    elif typing.get_origin(annotation) in (dict, tuple):
        yield tuple(kind for inner in typing.get_args(annotation) for kind in _kinds(inner))
    else:
        for inner in typing.get_args(annotation):
            yield from _kinds(inner)


KEYS = set(priors_at(ScenarioTables))


def test_every_entry_of_every_file_is_in_the_catalogue_once() -> None:
    assert len(NAMES) == len(set(NAMES))
    assert set(catalogue()) == set(NAMES)
    assert len(NAMES) >= 100


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("engineering.setup_hours", "hours"),
        ("retraining.drift", "events a year"),
        ("labels.llm", "USD a label"),
    ],
)
def test_the_names_that_others_rely_on(name: str, unit: str) -> None:
    found = prior(name)
    assert (found.name, found.catalogued, found.unit) == (name, name, unit)


@pytest.mark.parametrize(("name", "entry"), WRITTEN)
def test_an_entry_is_sourced_dated_and_graded(name: str, entry: dict[str, Any]) -> None:
    found = prior(name)
    assert found.source == entry["source"]
    assert found.source.strip()
    assert found.checked == entry["checked"]
    assert found.checked is not None
    assert date(2026, 1, 1) <= found.checked
    assert found.grade in ("measured", "elicited", "weak")
    assert entry["about"].strip()
    assert found.note.strip()
    assert found.unit.strip()


@pytest.mark.parametrize(("name", "entry"), WRITTEN)
def test_where_nothing_is_known_an_entry_is_weak_and_says_judgement(name: str, entry: dict[str, Any]) -> None:
    if entry["source"].lower().startswith("judgement"):
        assert prior(name).grade == "weak"


@pytest.mark.parametrize(("name", "entry"), WRITTEN)
def test_an_entry_says_its_own_5_50_and_95_percent_to_within_a_tenth(
    name: str, entry: dict[str, Any]
) -> None:
    stated = [entry["low"], entry["median"], entry["high"]]
    assert prior(name).distribution.ppf([0.05, 0.5, 0.95]) == pytest.approx(stated, rel=0.1, abs=1e-12)
    assert stated == sorted(stated)


@pytest.mark.parametrize("name", NAMES)
def test_the_mean_of_an_entry_is_finite_and_within_its_reach(name: str) -> None:
    law = prior(name).law
    low, high = law.support()
    assert math.isfinite(law.mean())
    assert low <= law.mean() <= high
    assert prior(name).distribution.mean() == pytest.approx(law.mean(), rel=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_keeps_to_its_domain(name: str) -> None:
    found = prior(name)
    low, high = found.law.support()
    assert low >= 0 or found.domain == "real"
    assert high <= 1 or found.domain != "fraction"


@pytest.mark.parametrize(("name", "entry"), WRITTEN)
def test_the_keys_that_an_entry_is_for_exist(name: str, entry: dict[str, Any]) -> None:
    assert set(entry["for"]) <= KEYS
    assert entry["for"] or "o key " in entry["note"]  # it says that it fits no key, and what does


def test_every_input_of_the_model_has_a_prior() -> None:
    # What a tuned model costs comes from the price table, or is the price of a model of its own; what a study
    # costs is its own, and no input of a future.
    asked = {key for key in KEYS if not key.startswith(("models.*.tuned.", "studies."))}
    served = {key for param in WRITTEN for key in param.values[1]["for"]}
    assert {key for key in asked if not any(fnmatchcase(key, pattern) for pattern in served)} == set()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "engineering.setup_hour",
            'found prior = "engineering.setup_hour"; no such prior in the catalogue; '
            "did you mean engineering.setup_hours?",
        ),
        ("drift", 'found prior = "drift"; no such prior in the catalogue'),
        (3, "found prior = 3; no such prior in the catalogue"),
        (
            ["labels.llm"],
            'found prior = ["labels.llm"]; no such prior in the catalogue; did you mean labels.llm?',
        ),
    ],
)
def test_an_unknown_prior(name: Any, message: str) -> None:
    with pytest.raises(NotationError) as refused:
        prior(name)
    assert str(refused.value) == message


# --- a file that is wrong ----------------------------------------------------------------------------------

ENTRY = {
    "about": '"Hours to build"',
    "unit": '"hours"',
    "domain": '"positive"',
    "distribution": '"20 to 40"',
    "source": '"judgement"',
    "checked": "2026-11-24",
    "grade": '"weak"',
}


def file_of(path: Path, **changed: str | None) -> Path:
    lines = [f"{key} = {value}\n" for key, value in {**ENTRY, **changed}.items() if value is not None]
    path.write_text("# Engineering\n\n[engineering.build]\n" + "".join(lines), encoding="utf-8")
    return path


def test_an_entry_is_read(tmp_path: Path) -> None:
    (entry,) = read_entries(file_of(tmp_path / "own.toml", note='"A guess."'))
    found = entry.prior
    assert found.name == "engineering.build"
    assert found.distribution.ppf([0.05, 0.95]) == pytest.approx([20, 40], rel=1e-12)
    assert (found.source, found.checked, found.grade, found.note, found.unit, found.domain) == (
        "judgement",
        date(2026, 11, 24),
        "weak",
        "A guess.",
        "hours",
        "positive",
    )


@pytest.mark.parametrize("key", ENTRY)
def test_what_an_entry_lacks_is_told(key: str, tmp_path: Path) -> None:
    with pytest.raises(McostError) as refused:
        list(read_entries(file_of(tmp_path / "own.toml", **{key: None})))
    assert str(refused.value) == f"own.toml: engineering.build: {key} is missing"


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("domain", '"money"', 'domain: found "money"; expected one of real, positive, fraction'),
        ("grade", '"good"', 'grade: found "good"; expected one of measured, elicited, weak'),
        ("checked", '"2026-11-24"', 'checked: found "2026-11-24"; expected a date'),
        ("distribution", '"20-40"', 'found "20-40"; write an interval as "20 to 40"'),
        (
            "distribution",
            '{ dist = "norm", loc = 3 }',
            # Φ(-3) = 0.00135
            "norm(loc=3) falls below 0 with probability 0.0013; add min = 0",
        ),
        ("unit", "5", "unit: found 5; expected text"),
        ("source", "[]", "source: found []; expected text"),
        (
            "distribution",
            '{ prior = "retraining.drift" }',
            'found prior = "retraining.drift"; an entry says its distribution itself',
        ),
        (
            "distribution",
            '{ dist = "levy_stable", alpha = 1.5, beta = 0 }',
            'found dist = "levy_stable", of which SciPy takes hours over the quantiles of all futures; give '
            "percentiles or samples of it",
        ),
    ],
)
def test_what_is_wrong_in_an_entry_is_told(key: str, value: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(McostError) as refused:
        [entry.prior for entry in read_entries(file_of(tmp_path / "own.toml", **{key: value}))]
    assert str(refused.value) == f"own.toml: engineering.build: {message}"
