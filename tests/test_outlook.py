"""What a verdict says in passing, against what is known by hand."""

from typing import Any

import pytest

import mcost
from mcost.outlook import VOLUME, outlook
from mcost.report.tipping import nearest_tip

FIXED = 6000.0


def rivals(**b: Any) -> dict[str, Any]:
    """a costs 1 USD a call and b half of that, over 12 months; b's further keys as given."""
    return {
        "title": "in passing",
        "baseline": "a",
        "horizon_months": 12,
        "workload": {"calls_per_month": "500 to 1500"},
        "strategies": {
            "a": {"price": {"input": 1000.0}, "prompt_tokens": 1000},
            "b": {"price": {"input": 500.0}, "prompt_tokens": 1000, **b},
        },
    }


def cost(amount: Any) -> dict[str, Any]:
    return {"costs": [{"name": "team", "driver": "once", "amount": amount}]}


def test_the_volume_that_earns_a_fixed_cost_back() -> None:
    """6000 USD once against 0.5 USD a call in 12 months: 1000 calls a month."""
    found = outlook(mcost.run(rivals(**cost(FIXED)), draws=8192))
    assert found is not None
    (tip,) = found.need.tips
    (crossing,) = tip.reaches[0].crossings
    assert (tip.name, crossing.rises) == (VOLUME, True)
    assert crossing.value == pytest.approx(FIXED / 0.5 / 12, rel=1e-9)
    assert found.learn is not None
    assert (found.learn.name, found.learn.trial) == (VOLUME, False)
    assert found.study is None


def test_the_nearer_of_two_inputs_comes_first_and_the_volume_is_told_too() -> None:
    """b saves 6 USD a monthly call, 5196 at the median: a fixed cost of 5196 is 0.1 deviations below its own
    median of 5292, and the 882 calls that would pay for that are 4 above theirs."""
    data = rivals(**cost("4_000 to 7_000"))
    data["workload"]["calls_per_month"] = "860 to 872"
    found = outlook(mcost.run(data, draws=8192))
    assert found is not None
    assert {tip.name for tip in found.need.tips} == {"strategies.b.costs.team", VOLUME}
    assert found.need.nearest is not None
    assert found.need.nearest.name == "strategies.b.costs.team"
    assert len(nearest_tip(found.need)) == 2


def test_a_trial_of_the_quality_bar_is_worth_most() -> None:
    """It saves 3000 where the bar is met, and costs 3000 where it is missed: to know it is worth 1500."""
    data = rivals(success_probability=0.5, **cost(3000))
    data["workload"]["calls_per_month"] = 1000
    found = outlook(mcost.run(data, draws=8192))
    assert found is not None
    assert found.learn is not None
    assert (found.learn.name, found.learn.trial) == ("strategies.b.success_probability", True)
    assert found.learn.worth.corrected == pytest.approx(1500, rel=0.05)


def test_a_study_is_named_where_it_is_worth_its_cost() -> None:
    data = rivals(success_probability=0.5, **cost(3000))
    data["workload"]["calls_per_month"] = 1000
    row = {"name": "trial", "of": "strategies.b.success_probability"}
    for price, named in ((500, True), (1600, False)):
        found = outlook(mcost.run({**data, "studies": [{**row, "cost": price}]}, draws=8192))
        assert found is not None
        assert (found.study is not None) is named


def test_a_certain_scenario_has_a_tip_and_nothing_to_learn() -> None:
    found = outlook(mcost.run("article_100k"))
    assert found is not None
    assert found.learn is None
    volume = next(tip for tip in found.need.tips if tip.name == VOLUME)
    assert volume.reaches[0].crossings[0].value == pytest.approx(4 / 3 * 1e6)
    assert any("1,333,333 calls a month" in sentence for sentence in nearest_tip(found.need))


def test_what_nothing_turns_is_said_so() -> None:
    data = rivals(**cost("90_000 to 91_000"))
    data["strategies"]["b"]["price"] = {"input": 1000.0}
    found = outlook(mcost.run(data, draws=1000))
    assert found is not None
    assert found.learn is None
    assert nearest_tip(found.need) == (
        "None of the inputs that were tried puts b ahead in half of all futures by itself, whatever its "
        "value: calls per month and team (b).",
    )


def test_alone_there_is_no_outlook_and_few_futures_are_enough() -> None:
    alone = rivals()
    del alone["strategies"]["b"]
    assert outlook(mcost.run(alone, draws=100)) is None
    assert outlook(mcost.run(rivals(**cost(FIXED)), draws=1)) is not None


def test_what_is_told_from_nothing_is_the_same_here_as_in_why() -> None:
    """Of the most of many factors 1.96 standard errors are noise. b pays off in 1 future of 5 or 6: at 128
    futures, what that is worth to know is told from nothing at some seeds only.
    """
    told = set()
    for seed in range(1, 7):
        answer = mcost.run(rivals(**cost("6_700 to 7_100")), draws=128, seed=seed)
        found, reasons = outlook(answer), mcost.why(answer)
        assert found is not None
        assert (found.learn is None) is (reasons.best is None)
        told.add(found.learn is None)
    assert told == {False, True}
