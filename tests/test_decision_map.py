"""The map against simulations of every cell; which inputs it takes; where its points lie; what is refused."""

import json
import math
import tomllib
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

import mcost
from mcost.errors import McostError
from mcost.estimate import Chance
from mcost.focus import focus
from mcost.maps import DecisionMap, decision_map
from mcost.shipped import find_scenario, read_text

SIZE, DRAWS = 12, 1_000
# Without its studies: what is set to a value is certain, and nothing to find out.
CONTESTED = tomllib.loads(read_text(find_scenario("contested")))
CONTESTED.pop("studies", None)
GROWTH, VOLUME = "workload.growth_per_month", "workload.calls_per_month"
TOKENS, SUCCESS = "strategies.prompt.prompt_tokens", "strategies.fine_tune.success_probability"
VOLATILITY, BUILD = "workload.volatility_per_month", "strategies.fine_tune.build_months"
INTERVAL = "strategies.fine_tune.tuning.retrain_every_months"


def simulated(found: DecisionMap, draws: int, scenario: str | Mapping[str, Any] = "contested") -> np.ndarray:
    what_if = focus(scenario, found.candidate, draws=draws, seed=found.seed, set=()).what_if
    names = found.x_axis.name, found.y_axis.name
    cells = [[what_if.saving(dict(zip(names, (x, y), strict=True))) for x in found.x] for y in found.y]
    return np.array([[np.mean(saving >= 0) for saving in row] for row in cells])


@pytest.mark.parametrize(
    ("x", "y", "ways"),
    [
        (VOLUME, TOKENS, ("linear", "linear")),
        (TOKENS, SUCCESS, ("linear", "step")),
        (GROWTH, VOLUME, ("smooth", "linear")),
        (VOLUME, GROWTH, ("linear", "smooth")),
        (GROWTH, VOLATILITY, ("smooth", "smooth")),
        (SUCCESS, GROWTH, ("step", "smooth")),
        (VOLUME, BUILD, ("linear", "every point")),
        (BUILD, VOLUME, ("every point", "linear")),
        (BUILD, INTERVAL, ("every point", "every point")),
    ],
)
def test_every_cell_is_what_its_simulation_says(x: str, y: str, ways: tuple[str, str]) -> None:
    # the first futures of another seed may ask for every point of a smooth one, which is exact as well
    found = decision_map("contested", x, y, candidate="fine_tune", size=SIZE, draws=DRAWS, seed=2)
    assert found.ways == ways
    off = np.abs(found.probability - simulated(found, DRAWS))
    assert off.max() <= (0.004 if "smooth" in ways else 1e-12)
    assert found.probability.shape == (len(found.y), len(found.x)) == (12, 12)


def test_a_cap_that_bends_the_saving_is_not_taken_for_a_line() -> None:
    capped = {
        "title": "capped",
        "baseline": "prompt",
        "horizon_months": 6,
        "workload": {"calls_per_month": "1_000 to 4_000", "max_calls_per_month": 2_500},
        "strategies": {
            "prompt": {"price": {"input": 1.0}, "prompt_tokens": "800 to 1_200"},
            "rival": {
                "price": {"input": 0.0},
                "costs": [{"name": "own", "driver": "once", "amount": "5 to 20"}],
            },
        },
    }
    found = decision_map(capped, VOLUME, TOKENS, size=SIZE, draws=DRAWS)
    assert found.ways[1] == "linear"
    assert found.ways[0] == "every point"
    np.testing.assert_array_equal(found.probability, simulated(found, DRAWS, capped))


def test_unsaid_the_two_inputs_that_move_p_most_are_mapped() -> None:
    found = decision_map("contested", size=5, draws=2_000)
    of = focus("contested", None, draws=2_000, seed=1, set=())
    swings = {name: of.swing(axis) for name, axis in of.axes.items() if not axis.certain}
    assert {found.x_axis.name, found.y_axis.name} == set(sorted(swings, key=swings.__getitem__)[-2:])
    assert found.chosen
    assert "the two inputs that move P most" in str(found)


def test_the_scenarios_own_place_is_on_the_map_also_where_the_range_leaves_it_out() -> None:
    found = decision_map(
        "contested", VOLUME, TOKENS, x_range=(1e6, 2e6), y_range=(100, 200), size=5, draws=200
    )
    assert found.x[0] == found.place.x == pytest.approx(540_833, rel=1e-5)
    assert (found.y[0], found.y[-1]) == (100, 3000)
    assert found.x[-1] == 2e6
    answer = mcost.run(CONTESTED, 200, integrate=False, set=[f"{VOLUME}={found.place.x!r}"])
    p = answer.candidates["fine_tune"].pays_off.probability
    assert found.place.pays_off == Chance(p, math.sqrt(p * (1 - p) / answer.draws), answer.draws)


def test_points_are_even_on_the_natural_scale_and_reach_beyond_the_stated_range() -> None:
    found = decision_map("contested", VOLUME, SUCCESS, size=9, draws=100)
    np.testing.assert_allclose(np.diff(np.log(found.x)), np.diff(np.log(found.x))[0])
    np.testing.assert_allclose(
        np.diff(np.log(found.y / (1 - found.y))),
        np.log(found.y / (1 - found.y))[1] - np.log(found.y / (1 - found.y))[0],
    )
    assert found.x[0] < 450_000 < 650_000 < found.x[-1]
    certain = decision_map("contested", TOKENS, VOLUME, size=3, draws=100)
    assert certain.x.tolist() == pytest.approx([1500, 3000, 6000])


def test_where_the_answer_flips_along_each_input() -> None:
    found = decision_map("contested", VOLUME, TOKENS, size=40, draws=4_096)
    ((value, rises),) = found.flips("x")
    assert rises
    need = mcost.need("contested", [VOLUME], candidate="fine_tune", probability=0.5, draws=4_096)
    assert value == pytest.approx(need.tips[0].reaches[0].crossings[0].value, rel=0.01)
    assert 0 < found.share_ahead < 1
    assert found.share_ahead == np.mean(found.probability >= 0.5)


def test_the_ends_of_a_narrow_map_do_not_touch() -> None:
    found = decision_map("startup", GROWTH, VOLUME, size=8, draws=256)
    axis = [line for line in str(found).splitlines() if line.startswith(" " * 10)][-1]
    assert [label.strip() for label in axis.split("  ") if label] == ["−1.35 %", "13.4 %"]


def test_the_drawing_has_a_mark_for_every_band_and_the_scenarios_place() -> None:
    found = decision_map("contested", VOLUME, TOKENS, size=40, draws=500, y_range=(500, 9_000))
    text = str(found)
    drawn = [line[-40:] for line in text.splitlines() if set(line[-40:]) <= set("·-+#X") and len(line) > 40]
    assert len(drawn) == 20
    assert all(len(row) == 40 for row in drawn)
    assert sum(row.count("X") for row in drawn) == 1
    bands = {"·": (0, 0.1), "-": (0.1, 0.5), "+": (0.5, 0.9), "#": (0.9, 1.1)}
    top = found.probability[-1]
    assert all(bands[mark][0] <= p < bands[mark][1] for mark, p in zip(drawn[0], top, strict=True))


def test_data_are_json_and_the_frame_is_the_grid() -> None:
    found = decision_map("contested", VOLUME, TOKENS, size=4, draws=100)
    data = found.to_dict()
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert data["levels"] == [0.1, 0.5, 0.9]
    assert data["x"]["input"] == VOLUME
    assert (data["x"]["unit"], data["x"]["scale"]) == ("calls a month", "positive")
    assert np.shape(data["probability"]) == (4, 4)
    np.testing.assert_array_equal(found.to_frame().to_numpy(), found.probability)
    assert "<table>" not in found._repr_html_()


def test_progress_counts_up_to_what_is_planned() -> None:
    told: list[tuple[int, int]] = []
    decision_map(
        "contested",
        VOLUME,
        TOKENS,
        size=5,
        draws=100,
        progress=lambda done, planned: told.append((done, planned)),
    )
    assert [done for done, _ in told] == list(range(1, len(told) + 1))
    assert told[-1][0] == told[-1][1] == 4 + 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"x": VOLUME, "y": VOLUME}, f'found "{VOLUME}" for both x and y; expected two inputs'),
        ({"x": "calls_per_mont"}, 'found "calls_per_mont"; no such input'),
        ({"size": 1}, "size: found 1; expected a whole number from 2 to 200"),
        (
            {"x": VOLUME, "y": TOKENS, "x_range": (5.0, 2.0)},
            "x_range: found 5 to 2; expected two numbers, the lower first",
        ),
        (
            {"x": VOLUME, "y": SUCCESS, "y_range": (0.5, 1.5)},
            f"y_range: found 0.5 to 1.5; {SUCCESS} is looked at from 0 to 1",
        ),
        ({"candidate": "finetune"}, "candidate: found finetune; no such candidate; did you mean fine_tune?"),
    ],
)
def test_what_cannot_be_mapped(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(McostError) as raised:
        decision_map("contested", **{"draws": 100, "size": 4, **arguments})
    assert str(raised.value).startswith(message)
    with pytest.raises(McostError) as raised:
        decision_map("article_100k", size=4, draws=10)
    assert str(raised.value) == "found 0 uncertain inputs to choose from; expected 2, or both names"


def test_where_nothing_moves_p_no_input_is_said_to() -> None:
    found = decision_map("provider_closes", size=3, draws=200)
    assert found.chosen
    assert found.probability.max() == 0
    assert "that move P most" not in str(found)


def test_a_range_that_is_refused_is_told_as_it_was_given() -> None:
    with pytest.raises(
        McostError, match=r"x_range: found -5 to 1; workload\.calls_per_month is looked at from 0"
    ):
        decision_map("contested", VOLUME, TOKENS, x_range=(-5, 1), size=3, draws=50)
