"""What it would take, piece by piece and by hand: crossings, intervals, probes, and the JSON contract."""

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from mcost import tipping
from mcost.axis import Axis
from mcost.curve import Curve
from mcost.errors import McostError, SimulationError
from mcost.estimate import Chance
from mcost.focus import FEW, focus
from mcost.joint_shift import joint_shift
from mcost.law import Array, Certain
from mcost.scenario import load
from mcost.tipping import Crossing, End, Need, Reach, Tip, need, need_of

MONTHLY = "strategies.fine_tune.costs.own"
CALLS = "workload.calls_per_month"
RATE = "hourly_rate"


def line_axis(low: float, median: float, high: float, name: str = "x") -> Axis:
    """A certain input that may be any number, so that distances are plain ones."""
    now = (median, median, median)
    return Axis(name, "USD", "real", Certain(median), low, high, now, whole=False, share=False)


def curve(values: list[float], ahead: list[int]) -> Curve:
    return Curve(np.array(values, dtype=float), np.array(ahead, dtype=np.int64))


# --- crossings --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("above", "noise", "expected"),
    [
        ([5, 9], 1.0, []),
        ([-5, 5], 1.0, [(1, True)]),
        ([-5, 0], 1.0, [(1, True)]),  # as many as are asked for are enough
        ([5, -5], 1.0, [(0, False)]),
        ([-5, 3, 4, -5], 1.0, [(1, True), (2, False)]),
        # three turns, between which no count leaves 0 by more than 2: one wavering, the shallower one goes
        ([-5, 1, -2, 5], 2.0, [(3, True)]),
        ([-5, 2, -1, 5], 2.0, [(1, True)]),
        # ... and by more than the noise of both: three crossings
        ([-5, 1, -1, 5], 0.5, [(1, True), (1, False), (3, True)]),
        # what leaves it by as much as the noise is noise still
        ([-5, 1, -1, 5], 1.0, [(3, True)]),
        # the wavering that is left out is the one of least depth, not the first
        ([-5, 1, 9, -1, 5], 2.0, [(1, True)]),
        # the depth between two turns is that of the farthest count between them, on either side of 0
        ([-5, 1, 9, 1, -5, -1, 5], 2.0, [(1, True), (3, False), (6, True)]),
        ([-5, 1, -9, -1, 5, 9], 2.0, [(4, True)]),
        # one after the other, until two are left
        ([-5, 1, -9, 8, -1, 9], 2.0, [(3, True)]),
        ([-5, 1, -1, 5, -5], 2.0, [(3, True), (3, False)]),
        ([-1, 1, -1], 9.0, [(1, True), (1, False)]),
    ],
)
def test_crossings_and_waverings(above: list[int], noise: float, expected: list[tuple[int, bool]]) -> None:
    assert tipping._crossings(np.array(above), noise) == expected


def test_the_interval_of_a_crossing_ends_where_counts_are_off_by_the_margin() -> None:
    straight = curve([0, 1, 2, 3, 4], [0, 10, 20, 30, 40])
    assert tipping._interval(straight, 2, 20, 5.0) == (1.5, 2.5)
    # 18 are asked for, 20 are there: 3 more to the margin above, 7 less to that below
    assert tipping._interval(straight, 2, 18, 5.0) == (pytest.approx(1.3), pytest.approx(2.3))
    # off by the margin is not yet beyond it
    assert tipping._interval(straight, 3, 20, 10.0) == (1.0, 3.0)
    falling = curve([0, 1, 2, 3, 4], [40, 30, 20, 10, 0])
    assert tipping._interval(falling, 2, 18, 5.0) == (pytest.approx(1.7), pytest.approx(2.7))


def test_the_interval_of_a_crossing_that_is_never_off_goes_to_the_ends() -> None:
    straight = curve([7, 8, 9, 10, 11], [18, 19, 20, 21, 22])
    assert tipping._interval(straight, 2, 20, 5.0) == (7.0, 11.0)
    assert tipping._interval(straight, 0, 18, 5.0) == (7.0, 11.0)
    assert tipping._interval(straight, 4, 22, 5.0) == (7.0, 11.0)


def test_the_interval_of_a_jump_ends_at_the_jump() -> None:
    up = curve([0, 1, 2, 3], [0, 0, 100, 100])
    assert tipping._interval(up, 2, 50, 5.0) == (1.0, 2.0)
    down = curve([0, 1, 2, 3], [100, 100, 0, 0])
    assert tipping._interval(down, 1, 50, 5.0) == (1.0, 2.0)
    # from the lower side of a jump, too; what follows it is of no account
    assert tipping._interval(up, 1, 50, 5.0) == (1.0, 2.0)
    assert tipping._interval(curve([0, 1, 2, 3, 4], [0, 0, 100, 100, 0]), 2, 50, 5.0) == (1.0, 2.0)
    # at an end of the reach there is nothing beyond to look at
    assert tipping._interval(curve([0, 1], [0, 100]), 1, 50, 5.0) == (0.0, 1.0)


def test_a_reach_counts_its_noise_at_its_probability() -> None:
    at = line_axis(-1, 0.25, 9)
    # 20 of 100 are asked for; 1.96 sqrt(100 * 0.2 * 0.8) = 7.84 counts, of 20 from one value to the next
    reach = tipping._reach(at, curve([0, 1, 2], [0, 20, 40]), 0.2, 100)
    (crossing,) = reach.crossings
    assert (reach.probability, crossing.value, crossing.rises) == (0.2, 1.0, True)
    assert crossing.interval == (pytest.approx(1 - 0.392), pytest.approx(1 + 0.392))
    assert reach.distance == pytest.approx(0.75)
    # half of 4 is what a wavering may leave the count by
    wavering, three = curve([0, 1, 2, 3], [0, 22, 18, 40]), curve([0, 1, 2, 3], [0, 23, 17, 40])
    assert [one.value for one in tipping._reach(at, wavering, 0.2, 100).crossings] == [3.0]
    assert [one.value for one in tipping._reach(at, three, 0.2, 100).crossings] == [1.0, 1.0, 3.0]
    assert tipping._reach(at, three, 0.2, 100).distance == pytest.approx(0.75)
    assert tipping._reach(at, curve([0, 1], [0, 19]), 0.2, 100) == Reach(0.2, (), math.inf)


def test_the_nearest_crossing_is_the_one_nearest_to_now() -> None:
    low, high = (Crossing(value, True, (value, value)) for value in (-2.0, 3.0))
    assert Reach(0.5, (low, high), 2.0).nearest(line_axis(-9, 0, 9)) is low
    assert Reach(0.5, (low, high), 2.0).nearest(line_axis(-9, 1, 9)) is high
    assert Reach(0.5, (), math.inf).nearest(line_axis(-9, 0, 9)) is None


def test_of_values_that_are_equally_good_the_best_is_the_one_nearest_to_the_median() -> None:
    at = curve([0, 1, 2, 3], [9, 5, 9, 2])
    assert tipping._best(line_axis(0, 1.2, 3), at) == 2
    assert tipping._best(line_axis(0, 0.8, 3), at) == 0
    assert tipping._best(line_axis(0, 3, 3), at) == 2


# --- what is looked at ------------------------------------------------------------------------------------


def test_probes_are_the_ends_and_odd_places_between_them() -> None:
    found = tipping._probes(line_axis(0, 10, 110))
    assert found == [0, 110, pytest.approx(3.81966), 10, 60, pytest.approx(71.8034)]
    # a median at an end is looked at once
    assert tipping._probes(line_axis(0, 0, 110)) == [0, 110, 55, pytest.approx(67.98374)]
    assert tipping._probes(line_axis(4, 14, 14)) == [4, 14, pytest.approx(7.81966)]


def computable(low: float, high: float, seen: list[float]) -> Callable[[float], Array]:
    """A saving that is finite from low to high alone."""

    def saving(value: float) -> Array:
        seen.append(value)
        if not low <= value <= high:
            raise SimulationError("not finite")
        return np.zeros(1)

    return saving


def test_ends_at_which_no_cost_can_be_computed_are_drawn_in_by_halves() -> None:
    wide, seen = line_axis(-8, 0, 1000), list[float]()
    found = tipping._within_reach(wide, computable(-3, 100, seen))
    assert (found.low, found.high) == (-2.0, 62.5)
    assert seen == [-8, -4, -2, 1000, 500, 250, 125, 62.5]
    assert tipping._within_reach(wide, computable(-8, 1000, [])) == wide
    assert tipping._within_reach(wide, computable(-8, 600, [])).high == 500
    assert tipping._within_reach(wide, computable(-5, 1000, [])).low == -4


def test_ends_are_drawn_in_thirty_times_at_most() -> None:
    seen: list[float] = []
    found = tipping._within_reach(line_axis(-8, 0, 1000), computable(1, 0, seen))
    assert len(seen) == 60
    assert (found.low, found.high) == (-8 / 2**30, 1000 / 2**30)


# --- a whole answer ---------------------------------------------------------------------------------------


def uneven(**fine_tune: Any) -> dict[str, Any]:
    """The prompt costs 0.003 USD a call and 2 USD a month; the rival its own cost, 1 to 3 USD a month."""
    return {
        "title": "uneven",
        "baseline": "prompt",
        "horizon_months": 12,
        "hourly_rate": "30 to 50",
        "workload": {"calls_per_month": 1000},
        "strategies": {
            "prompt": {"price": {"input": 1.0}, "prompt_tokens": 3000},
            "fine_tune": {
                "price": {"input": 1.0},
                "prompt_tokens": 0,
                "setup_hours": 0.1,
                "costs": [{"name": "own", "driver": "month", "amount": "1 to 6"}],
                **fine_tune,
            },
            "idle": {"like": "prompt", "setup_hours": 1},
        },
    }


@pytest.fixture
def found() -> Need:
    return need(uneven(), [CALLS, MONTHLY, RATE], candidate="fine_tune", draws=256, seed=3)


def test_the_answer_says_what_was_asked(found: Need) -> None:
    of = focus(uneven(), "fine_tune", draws=256, seed=3, set=())
    assert (found.scenario.title, found.candidate, found.probabilities) == ("uneven", "fine_tune", (0.5, 0.8))
    assert found.scenario.strategies.keys() == {"prompt", "fine_tune", "idle"}
    assert (found.draws, found.seed, found.certain) == (256, 3, False)
    saving = of.what_if.saving()
    assert found.pays_off == Chance.of(int(np.count_nonzero(saving >= 0)), 256)
    assert 0.3 < found.pays_off.value < 0.9
    assert found.together is not None
    assert found.together == joint_shift(of, [of.axes[name] for name in (CALLS, MONTHLY, RATE)], 0.5)
    other = need(uneven(), [MONTHLY], candidate="fine_tune", draws=256, seed=4)
    assert other.seed == 4
    assert other.pays_off != found.pays_off


def test_each_tip_by_the_savings_themselves(found: Need) -> None:
    """Savings are 12 * (3 - own) - 0.1 * rate, in each future."""
    of = focus(uneven(), "fine_tune", draws=256, seed=3, set=())
    tip = next(tip for tip in found.tips if tip.name == MONTHLY)
    even = np.sort(3 - 0.1 * of.what_if.values(RATE) / 12)
    for reach, least in zip(tip.reaches, (128, 205), strict=True):  # ceil(0.8 * 256) = 205
        (crossing,) = reach.crossings
        assert not crossing.rises
        assert crossing.value == pytest.approx(even[256 - least], rel=1e-9)
        assert reach.distance == pytest.approx(tip.axis.distance(crossing.value))
        assert crossing.interval[0] < crossing.value < crossing.interval[1]
    assert tip.lowest == End(0.0, Chance.of(256, 256))
    assert tip.highest == End(tip.axis.high, Chance.of(0, 256))
    assert tip.best.pays_off == Chance.of(256, 256)
    assert tip.best.value == pytest.approx(even[0])  # the dearest at which all of them pay off
    assert tip.distance == tip.reaches[0].distance


def test_futures_beyond_the_few_that_are_looked_at_first_are_counted() -> None:
    for interval in ({}, {"max_attempts": 3}):
        names = [MONTHLY, *(f"strategies.fine_tune.{key}" for key in interval)]
        given = uneven(retry_rate=0.5, prompt_tokens=500, error_rate=0.01, cost_per_error=0.01, **interval)
        tips = need(given, names, candidate="fine_tune", draws=2 * FEW).tips
        for tip in tips:
            assert {end.pays_off.n for end in (tip.lowest, tip.highest, tip.best)} == {2 * FEW}
            assert tip.best.pays_off.value >= max(tip.lowest.pays_off.value, tip.highest.pays_off.value)


def test_a_whole_input_is_looked_at_in_whole_numbers() -> None:
    given = uneven(retry_rate=0.5, max_attempts=2, prompt_tokens=500, cost_per_error=0.004)
    (tip,) = need(given, ["max_attempts"], candidate="fine_tune", draws=64).tips
    values = [tip.lowest.value, tip.highest.value, tip.best.value]
    values += [crossing.value for reach in tip.reaches for crossing in reach.crossings]
    assert values == [round(value) for value in values]


def test_a_whole_input_along_which_savings_are_a_line_crosses_at_a_whole_number() -> None:
    # a replica costs 0.73 USD a month: 3 less 0.8 are those of 3.01 of them
    given = uneven(
        hosting={"usd_per_hour": 0.001, "min_replicas": 2},
        costs=[{"name": "own", "driver": "month", "amount": {"dist": "uniform", "loc": 0.6, "scale": 0.2}}],
        setup_hours=0,
    )
    (tip,) = need(given, ["min_replicas"], candidate="fine_tune", draws=64).tips
    assert (tip.lowest.value, tip.highest.value) == (tip.axis.low, tip.axis.high) == (0.0, 2000.0)
    for reach in tip.reaches:
        (crossing,) = reach.crossings
        assert (crossing.value, crossing.rises) == (3.0, False)


def test_the_order_is_by_distance_uncertain_before_certain_and_what_cannot_comes_last() -> None:
    of = focus(uneven(), "fine_tune", draws=64, seed=1, set=())
    names = ["strategies.fine_tune.prompt_tokens", CALLS, "strategies.fine_tune.setup_hours", RATE, MONTHLY]
    calls: list[tuple[int, int]] = []
    found = need_of(
        of, [of.axes[name] for name in names], [0.5], lambda done, all_: calls.append((done, all_))
    )
    assert calls == [(done, 5) for done in range(1, 6)]
    assert found.together is None
    assert found.probabilities == (0.5,)
    reached = [tip for tip in found.tips if tip.reaches[0].crossings]
    assert found.tips[: len(reached)] == tuple(reached)
    assert [tip.axis.certain for tip in reached] == [False, False, True, True, True]
    distances = [tip.distance for tip in reached]
    assert distances == [*sorted(distances[:2]), *sorted(distances[2:])]
    assert found.nearest is found.tips[0]


def test_distances_that_differ_by_rounding_alone_keep_the_order_of_the_scenario() -> None:
    first, second, third = (
        Tip(line_axis(0, 1, 2, name), *[End(0.0, Chance.of(0, 1))] * 3, (Reach(0.5, (), distance),))
        for name, distance in (("a", 1.0000001), ("b", 1.0), ("c", 1.00002))
    )
    assert tipping._rank(first) == tipping._rank(second) < tipping._rank(third)


def test_where_no_input_does_it_alone_none_is_nearest() -> None:
    hopeless = uneven(costs=[{"name": "own", "driver": "month", "amount": 1e6}])
    found = need(hopeless, [RATE], candidate="fine_tune", draws=32)
    assert found.nearest is None
    assert found.to_dict()["nearest"] is None
    assert found.together is None
    assert found.to_dict()["together"] is None
    reach = found.to_dict()["inputs"][RATE]["reaches"][0]
    assert reach == {"probability": 0.5, "distance": None, "crossings": []}


def test_a_certain_scenario_says_that_it_is() -> None:
    given = uneven(costs=[{"name": "own", "driver": "month", "amount": 2}]) | {"hourly_rate": 30}
    assert need(given, [MONTHLY], candidate="fine_tune", draws=32).certain
    assert not need(given | {"hourly_rate": "1 to 2"}, [MONTHLY], candidate="fine_tune", draws=32).certain


def test_the_json_contract_to_the_letter(found: Need) -> None:
    def chance(of: Chance) -> dict[str, float]:
        return {"probability": of.value, "standard_error": of.standard_error}

    def end(of: End) -> dict[str, Any]:
        return {"value": of.value, "pays_off": chance(of.pays_off)}

    assert found.together is not None
    data = found.to_dict()
    stamp = load(uneven()).stamp(256, 3)
    assert {key: data[key] for key in stamp} == stamp
    assert list(data)[len(stamp) :] == ["candidate", "pays_off", "nearest", "inputs", "together"]
    assert data["candidate"] == "fine_tune"
    assert data["pays_off"] == chance(found.pays_off)
    assert data["nearest"] == found.tips[0].name
    assert data["together"] == found.together.to_dict()
    assert list(data["inputs"]) == [tip.name for tip in found.tips]
    for tip in found.tips:
        assert data["inputs"][tip.name] == {
            "unit": tip.axis.unit,
            "certain": tip.axis.certain,
            "now": dict(zip(("p5", "p50", "p95"), tip.axis.now, strict=True)),
            "lowest": end(tip.lowest),
            "highest": end(tip.highest),
            "best": end(tip.best),
            "reaches": [
                {
                    "probability": reach.probability,
                    "distance": reach.distance if math.isfinite(reach.distance) else None,
                    "crossings": [
                        {"value": one.value, "rises": one.rises, "interval": list(one.interval)}
                        for one in reach.crossings
                    ],
                }
                for reach in tip.reaches
            ],
        }
    assert json.loads(json.dumps(data, allow_nan=False)) == data


def test_a_frame_has_a_row_a_crossing_and_one_for_none() -> None:
    given = uneven()
    found = need(given, [MONTHLY, "strategies.fine_tune.prompt_tokens"], candidate="fine_tune", draws=64)
    frame = found.to_frame()
    assert frame.index.names == ["input", "probability"]
    assert list(frame.columns) == [
        "value",
        "rises",
        "low",
        "high",
        "distance",
        "unit",
        "now_p5",
        "now_p50",
        "now_p95",
        "best",
        "pays_off_at_best",
    ]
    own, tokens = found.tips
    row = frame.loc[(MONTHLY, 0.8)]
    (crossing,) = own.reaches[1].crossings
    assert [row["value"], row["rises"], row["low"], row["high"]] == [
        crossing.value,
        crossing.rises,
        *crossing.interval,
    ]
    assert row["distance"] == own.axis.distance(crossing.value) == own.reaches[1].distance
    for tip, name in ((own, MONTHLY), (tokens, "strategies.fine_tune.prompt_tokens")):
        row = frame.loc[(name, 0.8)]
        assert (row["now_p5"], row["now_p50"], row["now_p95"]) == tip.axis.now
        assert row["unit"] == tip.axis.unit
        assert (row["best"], row["pays_off_at_best"]) == (tip.best.value, tip.best.pays_off.value)
    none = frame.loc[("strategies.fine_tune.prompt_tokens", 0.8)]
    assert not tokens.reaches[1].crossings
    assert none["rises"] is None
    assert [none["value"], none["low"], none["high"]] == [pytest.approx(math.nan, nan_ok=True)] * 3
    assert none["distance"] == math.inf


def test_it_prints_as_a_report_and_shows_as_a_page(found: Need) -> None:
    assert "Fine tune stays ahead in half of all futures" in " ".join(str(found).split())
    assert "<table>" in found._repr_html_()


# --- what may be asked ------------------------------------------------------------------------------------


def test_the_inputs_asked_about_are_told_by_the_end_of_their_names_and_once() -> None:
    found = need(uneven(), ["own", "costs.own", RATE], candidate="fine_tune", draws=32)
    assert {tip.name for tip in found.tips} == {MONTHLY, RATE}
    assert len(found.tips) == 2
    everything = need(uneven(), candidate="fine_tune", draws=32)
    assert {tip.name for tip in everything.tips} == set(load(uneven()).only("fine_tune").inputs)


def test_what_is_unsaid() -> None:
    found = need(uneven(), [MONTHLY], candidate="fine_tune")
    assert (found.draws, found.seed, found.probabilities) == (16_384, 1, (0.5, 0.8))
    assert need(uneven(), ["prompt.prompt_tokens"], draws=32).candidate in ("fine_tune", "idle")


def test_overrides_are_taken_and_the_candidate_that_is_named() -> None:
    found = need(uneven(), [RATE], candidate="idle", draws=32, set=["horizon_months=6"], probability=0.25)
    assert (found.candidate, found.scenario.horizon_months, found.probabilities) == ("idle", 6, (0.25,))


def test_progress_counts_the_inputs() -> None:
    calls: list[tuple[int, int]] = []
    need(uneven(), [RATE, CALLS], draws=32, progress=lambda done, all_: calls.append((done, all_)))
    assert calls == [(1, 2), (2, 2)]


def test_a_probability_is_asked_for() -> None:
    with pytest.raises(McostError) as raised:
        need(uneven(), [RATE], draws=32, probability=())
    assert str(raised.value) == "probability: found none; expected one above 0 and below 1, such as 0.5"


@pytest.mark.parametrize("wrong", [0, 1, 0.0, 1.0, -0.5, 2, "half", None, math.nan])
def test_a_probability_is_above_0_and_below_1(wrong: Any) -> None:
    with pytest.raises(McostError) as raised:
        need(uneven(), [RATE], draws=32, probability=(0.5, wrong))
    said = {"half": '"half"', "None": "None"}.get(str(wrong), str(wrong))
    assert str(raised.value) == f"probability: found {said}; expected one above 0 and below 1, such as 0.5"
