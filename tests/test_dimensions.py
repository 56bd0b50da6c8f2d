"""Dimensions: no two quantities share one, and what is edited, added or removed moves no other's points."""

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from drawn import everything_drawn
from everything import ALL
from random_scenarios import random_scenario

import mcost
from mcost import draws as drawing
from mcost.dimensions import MODELS, OF_A_MODEL, OF_A_STRATEGY, OF_ALL, OF_ALL_TOO, STRATEGIES, dimension
from mcost.draws import draw
from mcost.errors import McostError
from mcost.nets import REPLICATES, Sampler, _directions
from mcost.scenario import Scenario
from mcost.shipped import scenario_names

N = 2 * REPLICATES
SAMPLERS: tuple[Sampler, ...] = ("qmc", "mc")
RANDOM = range(12)


def loaded(which: str | int) -> Scenario:
    return mcost.load(random_scenario(which) if isinstance(which, int) else ALL.get(which, which))


each_scenario = pytest.mark.parametrize("which", [*scenario_names(), *ALL, *RANDOM])


# --- one quantity, one dimension --------------------------------------------------------------------------


@each_scenario
def test_no_two_quantities_share_a_dimension(which: str | int, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: dict[tuple[str, str], int | None] = {}

    def noted(places: Any, name: str, purpose: str) -> int | None:
        taken[name, purpose] = dimension(places, name, purpose)
        return taken[name, purpose]

    monkeypatch.setattr(drawing, "dimension", noted)
    scenario = loaded(which)
    draw(scenario, 1, 0, N)
    found = [each for each in taken.values() if each is not None]
    assert len(set(found)) == len(found)
    uncertain = [prior.name for prior in scenario.inputs.values() if not prior.law.certain]
    assert {(name, "value") for name in uncertain} <= taken.keys()
    # Of what is written by hand in a file, most has a dimension of its own.
    own = [name for name in uncertain if ".costs." not in name and ".price." not in name]
    some = [name for name in own if taken[name, "value"] is not None]
    assert len(some) >= len(own) / 2


def every_axis() -> Iterator[tuple[str, str]]:
    yield from (*OF_ALL, *OF_ALL_TOO)
    for place in range(STRATEGIES):
        yield from ((f"strategies.s{place}.{key}", purpose) for key, purpose in OF_A_STRATEGY)
    for place in range(MODELS):
        yield from ((f"models.m{place}.{key}", purpose) for key, purpose in OF_A_MODEL)


def test_every_axis_of_every_place_has_a_dimension_of_its_own() -> None:
    places = tuple((f"strategies.s{k}", k) for k in range(9)) + tuple((f"models.m{k}", k) for k in range(5))
    axes = list(every_axis())
    assert len(set(axes)) == len(axes)
    found = [dimension(places, *axis) for axis in axes]
    assert sorted(d for d in found if d is not None) == list(range(len(axes)))
    _directions(len(axes) - 1)  # the table of direction numbers holds them all


@pytest.mark.parametrize(
    ("name", "purpose"),
    [
        (f"strategies.s{STRATEGIES}.setup_hours", "value"),
        (f"models.m{MODELS}.price_change_ratio", "value"),
        ("strategies.s0.costs.rent", "value"),
        ("strategies.s0.setup_hours", "success"),
        ("models.m0.price.input", "value"),
        ("workload.unheard_of", "value"),
        ("strategies.elsewhere.setup_hours", "value"),
    ],
)
def test_what_has_no_dimension(name: str, purpose: str) -> None:
    places = tuple((f"strategies.s{k}", k) for k in range(9)) + tuple((f"models.m{k}", k) for k in range(5))
    assert dimension(places, name, purpose) is None


def test_a_name_that_begins_like_another_is_its_own() -> None:
    scenario = copy.deepcopy(ALL["users"])
    scenario["strategies"] |= {"fine": {"like": "prompt", "setup_hours": "2 to 4"}}
    scenario["strategies"] |= {"fine.tune": {"like": "prompt", "setup_hours": "2 to 4"}}
    places = mcost.load(scenario).places
    named = ["strategies.fine.setup_hours", 'strategies."fine.tune".setup_hours']
    assert set(named) <= mcost.load(scenario).inputs.keys()
    assert len({dimension(places, name, "value") for name in named} - {None}) == 2


# --- what moves no other ----------------------------------------------------------------------------------


def assert_others_stay(
    before: Scenario, after: Scenario, *, changed: str = "", but: tuple[str, ...] = ()
) -> None:
    """Every quantity that both hold is the same to the bit, but for that of ``changed`` and kinds ``but``."""
    for sampler in SAMPLERS:
        here, there = (everything_drawn(draw(s, 5, 3, N, sampler=sampler)) for s in (before, after))
        both = [key for key in here if key in there and key[1] != changed and key[0] not in but]
        assert both
        for key in both:
            np.testing.assert_array_equal(here[key], there[key], str(key))


@pytest.mark.parametrize("seed", RANDOM)
def test_a_strategy_added_at_the_end_moves_nothing(seed: int) -> None:
    data = random_scenario(seed)
    more = {"like": data["baseline"], "setup_hours": "10 to 20", "success_probability": "50% to 80%"}
    longer = {**data, "strategies": {**data["strategies"], "one more": more}}
    before, after = mcost.load(data), mcost.load(longer)
    assert_others_stay(before, after)
    assert after.inputs.keys() - before.inputs.keys()


KEYS = ("setup_hours", "hours_per_month", "retry_rate", "error_rate", "success_probability", "build_months")


@pytest.mark.parametrize("seed", RANDOM[:5])
def test_an_input_added_edited_or_removed_moves_no_other(seed: int) -> None:
    data = random_scenario(seed)
    before, tried = mcost.load(data), 0
    for strategy in ("base", "a", "c"):
        for key in KEYS:
            table = data["strategies"][strategy]
            if strategy == "base" and key in ("success_probability", "build_months"):
                continue
            edited = (
                {**table, key: "10% to 20%"} if key.endswith(("rate", "bility")) else {**table, key: "2 to 3"}
            )
            removed = {k: v for k, v in table.items() if k != key}
            for other in (edited, removed):
                try:
                    after = mcost.load({**data, "strategies": {**data["strategies"], strategy: other}})
                except McostError:
                    continue
                assert_others_stay(before, after, changed=f"strategies.{strategy}.{key}")
                tried += 1
    assert tried > 20


@pytest.mark.parametrize("seed", RANDOM[:5])
def test_a_key_of_the_workload_moves_nothing_but_the_traffic(seed: int) -> None:
    data = random_scenario(seed)
    before = mcost.load(data)
    for key, value in (
        ("growth_per_month", "-1% to 9%"),
        ("volatility_per_month", "1% to 9%"),
        ("task_changes_per_year", "3 to 6"),
        ("input_tokens", "30 to 60"),
        ("ends_per_year", "0.1 to 0.2"),
    ):
        edited = {**data["workload"], key: value}
        removed = {k: v for k, v in data["workload"].items() if k != key}
        for workload in (edited, removed):
            after = mcost.load({**data, "workload": workload})
            assert_others_stay(before, after, changed=f"workload.{key}", but=("calls", "end"))


@each_scenario
def test_a_scenario_of_some_strategies_alone_has_the_same_futures(which: str | int) -> None:
    scenario = loaded(which)
    for candidate in scenario.candidates:
        some = scenario.only(candidate)
        assert some.inputs.keys() <= scenario.inputs.keys()
        assert_others_stay(scenario, some)
        whole, part = (draw(s, 2, 0, N) for s in (scenario, some))
        np.testing.assert_array_equal(part.calls, whole.calls)
