"""The JSON Schema and the program give the same verdict on every file, but for what no schema can tell."""

import datetime
import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from everything import ALL
from random_scenarios import random_scenario

import mcost
from mcost.json_schema import scenario_schema
from mcost.shipped import folder

WRONG = Path(__file__).parent / "data" / "wrong"
SHIPPED = sorted(folder("scenarios").glob("*.toml"))
VALIDATOR = jsonschema.Draft202012Validator(scenario_schema())

# What one key says of another, what a law is, and what text means: only the program can tell.
BEYOND = {
    "a_date_as_text",
    "cascade_onto_itself",
    "cost_line_of_like",
    "cost_line_of_the_model",
    "dollars_for_hours",
    "duplicate_cost_line",
    "empty_title",
    "empty_truncation",
    "expects_backwards",
    "expects_of_nobody",
    "fallback_in_a_circle",
    "falls_below_0",
    "fraction_touches_0",
    "fraction_touches_1",
    "impossible_parameter",
    "infinite",
    "infinite_mean",
    "like_in_a_circle",
    "like_itself",
    "like_repeats_no_mistake",
    "like_unknown",
    "low_above_high",
    "min_above_max",
    "missing_csv",
    "missing_output_price",
    "missing_parameter",
    "nan",
    "one_percent_sign",
    "own_fallback",
    "percent_without_sign",
    "no_model",
    "retries_without_end",
    "retry_rate_may_be_1",
    "scale_at_one_end",
    "shares_above_1",
    "touches_0",
    "tuned_baseline",
    "two_signs",
    "unknown_baseline",
    "unknown_distribution",
    "unknown_fallback",
    "unknown_model",
    "unknown_parameter",
    "unknown_prior",
    "wrong_unit",
}


def as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def accepts(data: dict[str, Any]) -> bool:
    return bool(VALIDATOR.is_valid(as_json(data)))


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(scenario_schema())


@pytest.mark.parametrize("file", SHIPPED, ids=[file.stem for file in SHIPPED])
def test_what_is_shipped_is_right_for_both(file: Path) -> None:
    assert accepts(tomllib.loads(file.read_text(encoding="utf-8")))
    assert mcost.load(file)


@pytest.mark.parametrize("name", ALL)
def test_what_uses_everything_is_right_for_both(name: str) -> None:
    assert accepts(ALL[name])
    assert mcost.load(ALL[name])


@pytest.mark.parametrize("seed", range(40))
def test_random_scenarios_are_right_for_both(seed: int) -> None:
    data = random_scenario(seed)
    assert accepts(data)
    assert mcost.load(data)


def wrong_files() -> list[Path]:
    """The wrong files that are TOML at all."""
    found = []
    for file in sorted(WRONG.glob("*.toml")):
        try:
            tomllib.loads(file.read_text(encoding="utf-8"))
        except ValueError:
            continue
        found.append(file)
    return found


@pytest.mark.parametrize("file", wrong_files(), ids=[file.stem for file in wrong_files()])
def test_what_is_wrong_is_wrong_for_both(file: Path) -> None:
    with pytest.raises(mcost.McostError):
        mcost.load(file)
    assert accepts(tomllib.loads(file.read_text(encoding="utf-8"))) == (file.stem in BEYOND)


def test_the_schema_that_travels_with_the_scenarios_is_of_this_version() -> None:
    shipped = json.loads((folder("scenarios") / "scenario.schema.json").read_text(encoding="utf-8"))
    assert shipped == scenario_schema()


@pytest.mark.parametrize("file", SHIPPED, ids=[file.stem for file in SHIPPED])
def test_every_shipped_scenario_names_it(file: Path) -> None:
    assert file.read_text(encoding="utf-8").startswith("#:schema ./scenario.schema.json\n")
