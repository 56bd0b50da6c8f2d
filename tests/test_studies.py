"""Studies as a scenario lists them, and what is wrong with a list."""

from typing import Any

import pytest

import mcost
from mcost.errors import McostError, ScenarioError
from mcost.studies import studies


def data(*rows: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": "studies",
        "baseline": "a",
        "horizon_months": 12,
        "workload": {"calls_per_month": "1000 to 3000"},  # 1000 USD a month for 1000 calls, or 500 with b
        "strategies": {
            "a": {"price": {"input": 1000.0}, "prompt_tokens": 1000},
            "b": {
                "price": {"input": 500.0},
                "prompt_tokens": 1000,
                "success_probability": 0.6,
                "costs": [{"name": "team", "driver": "once", "amount": "3000 to 20_000"}],
            },
        },
        "studies": list(rows),
    }


def test_they_are_sorted_by_what_is_left_and_can_be_named() -> None:
    answer = mcost.run(
        data(
            {"name": "dear", "of": "workload.calls_per_month", "n": 5, "cost": 90_000},
            {"name": "pilot", "of": "strategies.b.success_probability", "cost": "10 to 20"},
            {"name": "both", "of": ["workload.calls_per_month", "strategies.b.costs.team"], "n": 3},
        ),
        draws=8192,
    )
    found = studies(answer)
    assert [one.name for one in found][-1] == "dear"
    assert [one.name for one in studies(answer, ("pilot", "dear"))] == ["pilot", "dear"]
    both = next(one for one in found if one.name == "both")
    assert both.of == ("workload.calls_per_month", "strategies.b.costs.team")
    assert 0 < both.evsi.corrected < both.evppi.corrected < answer.evpi_usd * 1.05


def test_a_study_changes_no_verdict() -> None:
    plain = mcost.run({**data(), "studies": []}, draws=1000)
    with_study = mcost.run(
        data({"name": "x", "of": "workload.calls_per_month", "cost": "1 to 9"}), draws=1000
    )
    assert with_study.candidates == plain.candidates
    assert dict(with_study.scenario.inputs) == dict(plain.scenario.inputs)


def test_a_name_that_is_not_listed() -> None:
    answer = mcost.run(data({"name": "pilot", "of": "workload.calls_per_month"}), draws=100)
    with pytest.raises(McostError) as caught:
        studies(answer, ("pilott",))
    assert str(caught.value) == "study: no such study: pilott; did you mean pilot?"
    with pytest.raises(McostError) as caught:
        studies(mcost.run(data(), draws=100), ("pilot",))
    assert str(caught.value) == "study: no such study: pilot; the scenario lists none, under [[studies]]"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            {"name": "x", "of": "workload.calls_per_mont"},
            'studies[0].of: found "workload.calls_per_mont"; no such input here; '
            "did you mean workload.calls_per_month?",
        ),
        (
            {"name": "x", "of": ["workload.calls_per_month", "team"]},
            'studies[0].of[1]: found "team"; no such input here; did you mean strategies.b.costs.team?',
        ),
        (
            {"name": "x", "of": "strategies.a.prompt_tokens"},
            'studies[0].of: found "strategies.a.prompt_tokens", which is 1000 for certain; '
            "there is nothing to find out",
        ),
        (
            {"name": "x", "of": ["workload.calls_per_month"] * 2},
            'studies[0].of[1]: found "workload.calls_per_month" twice; expected each input once',
        ),
        (
            {"name": "x", "of": []},
            "studies[0].of: found []; expected an input, or a list of inputs",
        ),
        (
            {"name": "x", "of": "workload.calls_per_month", "n": 0},
            "studies[0].n: found 0; expected a whole number of observations from 1 to 1,000,000,000",
        ),
        (
            {"name": "x", "of": "workload.calls_per_month", "weekss": 2},
            "studies[0].weekss: no such key; did you mean weeks?",
        ),
        ({"name": "x"}, "studies[0].of: this key is missing"),
    ],
)
def test_what_is_wrong_is_told(row: dict[str, Any], message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        mcost.Scenario(**data(row))
    assert str(caught.value) == message


def test_the_delay_of_an_uncertain_saving_is_uncertain() -> None:
    """Half of the horizon is lost: half of the mean saving, and half of its error."""
    row = {"name": "late", "of": "workload.calls_per_month", "n": 1, "weeks": 365.25 / 7 / 2}
    answer = mcost.run(data(row), draws=1000)
    (found,) = studies(answer, sizes=False)
    cost = answer.futures.cost
    error = float((cost["a"] - cost["b"]).std(ddof=1)) / 1000**0.5 / 2 if answer.recommended == "b" else 0.0
    assert found.delay_error == pytest.approx(
        (error**2 + (found.evsi.standard_error / 2) ** 2) ** 0.5, rel=1e-3
    )
    assert found.net.standard_error >= error


def test_two_studies_of_one_name_are_refused() -> None:
    row = {"name": "x", "of": "workload.calls_per_month"}
    with pytest.raises(ScenarioError) as caught:
        mcost.Scenario(**data(row, row))
    assert str(caught.value) == 'studies[1].name: found "x" twice; expected one study of a name'
