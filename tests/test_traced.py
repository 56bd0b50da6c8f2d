"""What lines and drivers are made of: what is noted of them is all that moves them."""

from collections.abc import Iterator, Mapping

import numpy as np
import pytest
from everything import ALL
from random_scenarios import random_scenario

import mcost
from mcost.billing import Line
from mcost.costs import Costs, Ledger, costs
from mcost.draws import draw
from mcost.integration import Integration, _free, _volume
from mcost.nets import REPLICATES
from mcost.scenario import Scenario
from mcost.shipped import scenario_names
from mcost.traced import Traced

N = 2 * REPLICATES
RANDOM = range(8)
each_scenario = pytest.mark.parametrize("which", [*scenario_names(), *ALL, *RANDOM])


def loaded(which: str | int) -> Scenario:
    return mcost.load(random_scenario(which) if isinstance(which, int) else ALL.get(which, which))


def costed(scenario: Scenario, given: Mapping[str, np.ndarray] | None = None) -> Costs:
    """The same futures, with all values as drawn but for those given."""
    drawn = draw(scenario, 3, 0, N)
    if given is not None:
        drawn = draw(scenario, 3, 0, N, {**drawn.values, **given}, drawn)
    return costs(scenario, drawn)


def ledgers(made: Costs) -> Iterator[tuple[str, Ledger]]:
    """Of every strategy as it is drawn, and as it would be if it were decided whether the bar is met."""
    scenario = made.scenario
    for name, ledger in made.ledgers.items():
        yield name, ledger
        source = scenario.success_of(scenario.strategies[name])
        if source is not None:
            for met in (True, False):
                yield f"{name}, {met}", made.if_decided(name, source.name, met)


def uncertain(scenario: Scenario, made: Costs) -> list[str]:
    return [name for name in made.draws.values if not scenario.inputs[name].law.certain]


def moving(made: Costs) -> frozenset[str]:
    """Inputs whose amounts may be those of another future."""
    return frozenset[str]().union(*_free(made))


def turned(made: Costs, names: list[str]) -> dict[str, np.ndarray]:
    """The values of these inputs, those of the next future but one in place of each future's own."""
    return {name: np.roll(made.draws.values[name], -3) for name in names}


def paired(before: Costs, after: Costs) -> Iterator[tuple[str, Line, Line]]:
    for (name, one), (_, other) in zip(ledgers(before), ledgers(after), strict=True):
        assert [line.name for line in one.lines] == [line.name for line in other.lines]
        for line, again in zip(one.lines, other.lines, strict=True):
            yield f"{name}: {line.name}", line, again


@each_scenario
def test_no_driver_depends_on_an_input_that_is_free(which: str | int) -> None:
    scenario = loaded(which)
    made = costed(scenario)
    free = [name for name in uncertain(scenario, made) if name in moving(made)]
    for what, line, again in paired(made, costed(scenario, turned(made, free))):
        np.testing.assert_array_equal(line.driver, again.driver, what)
    # nor does what is discounted, or what hangs on the amounts of other inputs
    np.testing.assert_array_equal(made.weights, costed(scenario, turned(made, free)).weights)


@each_scenario
def test_an_amount_is_made_of_what_it_says(which: str | int) -> None:
    """Every input by itself takes other futures' values: no amount moves but of lines that name it."""
    scenario = loaded(which)
    made = costed(scenario)
    for name in uncertain(scenario, made):
        moved = costed(scenario, turned(made, [name]))
        for at, one in made.ledgers.items():
            other = moved.ledgers[at]
            if len(one.lines) != len(other.lines):
                assert name not in moving(made)  # a line is there where something falls due
                continue
            for line, again in zip(one.lines, other.lines, strict=True):
                what = f"{at}: {line.name}, by {name}"
                assert line.of == again.of, what
                if name not in line.of:
                    np.testing.assert_array_equal(line.amount, again.amount, what)
                    if line.hours is not None and again.hours is not None:
                        np.testing.assert_array_equal(line.hours, again.hours, what)


@each_scenario
def test_what_grows_with_the_volume_says_so_where_it_is_integrated(which: str | int) -> None:
    scenario = loaded(which)
    made = costed(scenario)
    name = _volume(made)
    if name is None:
        return
    twice = costed(scenario, {name: 2 * made.draws.values[name]})
    for what, line, again in paired(made, twice):
        np.testing.assert_array_equal((1 + line.volume) * line.driver, again.driver, what)
        np.testing.assert_array_equal(line.amount, again.amount, what)


def test_scenarios_hold_what_these_tests_are_about() -> None:
    kinds = [0, 0, 0]
    for which in [*scenario_names(), *RANDOM]:
        made = costed(loaded(which))
        kinds[0] += _volume(made) is not None
        kinds[1] += bool(made.read)
        kinds[2] += Integration(made).integrated(made.scenario.candidates[0]).amounts > 3
    assert min(kinds) >= 5


def test_a_traced_number_knows_what_it_was_made_of() -> None:
    x, y = Traced(np.array([1.0, 4.0]), frozenset("x")), Traced(np.array([2.0, 3.0]), frozenset("y"))
    for found, value, of in (
        (x + y, [3, 7], "xy"),
        (x - y, [-1, 1], "xy"),
        (x * y, [2, 12], "xy"),
        (x / y, [0.5, 4 / 3], "xy"),
        (x**y, [1, 64], "xy"),
        (x + 1, [2, 5], "x"),
        (x * 2, [2, 8], "x"),
        (2 * x, [2, 8], "x"),
        (1 - y, [-1, -2], "y"),
        (6 / y, [3, 2], "y"),
        (y.map(np.sqrt), np.sqrt([2, 3]), "y"),
    ):
        np.testing.assert_allclose(found.value, value, rtol=1e-15)
        assert found.of == frozenset(of)
