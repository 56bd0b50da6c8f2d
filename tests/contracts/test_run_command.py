"""``mcost run``: how its futures are drawn, and how its chance is found."""

import json
from collections.abc import Callable
from typing import Any

import pytest

import mcost as library
from mcost.nets import Sampler

Mcost = Callable[..., tuple[int, str, str]]

HOW = ("run", "contested", "--draws", "1100", "--json")


def told(mcost: Mcost, *arguments: str) -> dict[str, Any]:
    code, out, err = mcost(*HOW, *arguments)
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(("sampler", "draws"), [("qmc", 2048), ("mc", 1120)])
@pytest.mark.parametrize("integrate", [True, False])
def test_the_numbers_are_those_of_run_with_the_same_sampler_and_integration(
    mcost: Mcost, sampler: Sampler, draws: int, integrate: bool
) -> None:
    # 1,100 futures are 32 replicates of 2^6, or of 35.
    found = told(mcost, "--sampler", sampler, "--integrate" if integrate else "--no-integrate")
    manifest = found.pop("manifest")
    assert found == library.run("contested", 1100, sampler=sampler, integrate=integrate).to_dict()
    assert (found["sampler"], found["draws"]) == (sampler, draws)
    assert (manifest["sampler"], manifest["draws"]) == (sampler, draws)
    assert manifest["options"]["sampler"] == sampler
    assert manifest["options"]["integrate"] is integrate


def test_unsaid_points_are_quasi_random_and_the_chance_is_integrated(mcost: Mcost) -> None:
    assert told(mcost) == told(mcost, "--sampler", "qmc", "--integrate")
    assert told(mcost)["candidates"]["fine_tune"]["integrated"]["volume"] == "workload.calls_per_month"


@pytest.mark.parametrize("sampler", ["qmc", "mc"])
def test_without_integration_the_chance_is_a_share_of_hits(mcost: Mcost, sampler: Sampler) -> None:
    found = told(mcost, "--sampler", sampler, "--no-integrate")
    savings = library.run("contested", 1100, sampler=sampler).candidates
    for name, candidate in found["candidates"].items():
        hits = int((savings[name].payoff.saving >= 0).sum())
        assert candidate["pays_off"]["probability"] == pytest.approx(hits / found["draws"], abs=1e-12)
        assert candidate["integrated"] is None


def test_integration_moves_the_chance_within_the_error_and_makes_that_smaller(mcost: Mcost) -> None:
    how = ("--sampler", "mc", "--draws", "32768")
    hits, chance = (told(mcost, *how, way)["candidates"] for way in ("--no-integrate", "--integrate"))
    for name in hits:
        counted, averaged = hits[name]["pays_off"], chance[name]["pays_off"]
        error = (counted["standard_error"] ** 2 + averaged["standard_error"] ** 2) ** 0.5
        assert averaged["probability"] == pytest.approx(counted["probability"], abs=4 * error + 1e-12)
    # Volume and success explain most of it; an error of 32 replicates is itself known to 13 %.
    counted, averaged = (found["fine_tune"]["pays_off"]["standard_error"] for found in (hits, chance))
    assert averaged < counted / 1.5


def test_another_sampler_is_a_mistake(mcost: Mcost) -> None:
    code, out, err = mcost("run", "contested", "--sampler", "sobol")
    assert (code, out) == (2, "")
    assert err.endswith("Error: Invalid value for '--sampler': 'sobol' is not one of 'qmc', 'mc'.\n")
