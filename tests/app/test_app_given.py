"""The scenario as the page's state makes it, held to the command line's own overrides."""

import math
import tomllib

import pytest

import mcost
from mcost.app.given import Given
from mcost.app.state import RefusedError, State, parse
from mcost.shipped import scenario_names

DRAWS = 512


def complaints(given: Given, address: str) -> dict[str, str]:
    with pytest.raises(RefusedError) as refused:
        given.as_changed(parse(address))
    return {complaint.at: complaint.message for complaint in refused.value.complaints}


def test_overrides_are_those_of_the_command_line(contested: Given) -> None:
    address = "workload.calls_per_month=2M to 4M&strategies.fine_tune.costs.hosting=0.5&horizon=36"
    mine = mcost.run(contested.as_changed(parse(address)), DRAWS).to_dict()
    overrides = [
        "workload.calls_per_month=2M to 4M",
        "strategies.fine_tune.costs.hosting=0.5",
        "horizon_months=36",
    ]
    theirs = mcost.run("contested", DRAWS, set=overrides).to_dict()
    assert mine["candidates"] == theirs["candidates"]
    assert mine["strategies"] == theirs["strategies"]


def test_without_a_change_it_is_the_scenario_itself(contested: Given) -> None:
    assert contested.as_changed(State()) is contested.scenario
    assert contested.as_changed(State(about="fine_tune")) is contested.scenario


def test_the_data_that_were_read_stay_what_they_are(contested: Given) -> None:
    contested.tables(parse("workload.calls_per_month=3&horizon=36&off=better_prompt"))
    assert contested.data == tomllib.loads(contested.text)


@pytest.mark.parametrize("name", scenario_names())
def test_every_input_that_a_file_states_can_be_set(name: str) -> None:
    given = Given.read(name)
    uncertain = {key for key, prior in given.scenario.inputs.items() if not prior.law.certain}
    assert uncertain <= given.paths.keys()
    middle = {key: float(given.scenario.inputs[key].law.ppf(0.5)) for key in given.paths}
    whole = ("max_attempts", "min_replicas")
    values = tuple((key, repr(round(x) if key.endswith(whole) else x)) for key, x in sorted(middle.items()))
    changed = given.as_changed(State(values))
    assert {key for key in given.paths if not changed.inputs[key].law.certain} == set()


def test_a_strategy_that_is_off_is_no_longer_run(contested: Given) -> None:
    """Those before it keep their futures; those after it move up in the file, and meet others as good."""
    whole = mcost.run(contested.scenario, DRAWS)
    fewer = mcost.run(contested.as_changed(State(off=("cheaper_model", "fine_tune"))), DRAWS)
    assert set(whole.strategies) - set(fewer.strategies) == {"cheaper_model", "fine_tune"}
    for name in ("better_prompt", "cached_prompt", "structured_outputs"):
        assert fewer.candidates[name].saving_usd.mean == whole.candidates[name].saving_usd.mean
    fewer = mcost.run(contested.as_changed(State(off=("better_prompt",))), DRAWS)
    mine, theirs = (answer.candidates["fine_tune"].saving_usd for answer in (fewer, whole))
    assert abs(mine.mean - theirs.mean) < 4 * math.hypot(mine.standard_error, theirs.standard_error)


def test_what_is_made_of_a_strategy_keeps_it() -> None:
    routing = Given.read("routing")
    assert routing.needed_by("fine_tune") == ("router_with_tune",)
    assert complaints(routing, "off=fine_tune") == {"off": "fine_tune is needed by router_with_tune"}
    assert set(routing.as_changed(parse("off=fine_tune&off=router_with_tune")).strategies) == {
        "router",
        "large_only",
        "luna_only",
    }


def test_a_fallback_that_is_taken_over_counts(tmp_path) -> None:
    file = tmp_path / "x.toml"
    price = "price = { input = 1 }\nprompt_tokens = 1000\n"
    file.write_text(
        'title = "x"\nbaseline = "a"\nhorizon_months = 3\n[workload]\ncalls_per_month = 10\n'
        f'[strategies.a]\n{price}[strategies.b]\n{price}[strategies.c]\n{price}fallback = "b"\n'
        '[strategies.d]\nlike = "c"\n'
    )
    given = Given.read(str(file))
    assert given.needed_by("b") == ("c", "d")
    assert given.needed_by("b", ("d",)) == ("c",)


def test_mistakes_stand_beside_what_caused_them(contested: Given) -> None:
    found = complaints(contested, "workload.calls_per_month=4M to 2M&strategies.prompt.cache_hit=20% to 160%")
    assert set(found) == {"workload.calls_per_month", "strategies.prompt.cache_hit"}
    assert "the low end must be below the high end" in found["workload.calls_per_month"]
    assert complaints(contested, "workload.callz=3") == {
        "": 'found "workload.callz"; no such input; did you mean workload.calls_per_month?'
    }
    assert complaints(contested, "horizon=0") == {"horizon": "found 0; expected 1 to 120 months"}
    assert complaints(contested, "horizon=121") == {"horizon": "found 121; expected 1 to 120 months"}
    assert complaints(contested, "off=prompt") == {
        "off": "prompt is the baseline: all others are held against it"
    }
    assert complaints(contested, "off=promt") == {
        "off": 'found "promt"; no such strategy; did you mean prompt?'
    }
    assert complaints(contested, "about=promt")["about"].startswith('found "promt"; no such candidate')
    assert complaints(contested, "off=fine_tune&about=fine_tune")["about"].startswith('found "fine_tune"')


def test_a_date_is_no_number(contested: Given) -> None:
    assert set(complaints(contested, "workload.calls_per_month=2026-12-01")) == {"workload.calls_per_month"}
    assert set(complaints(contested, "workload.calls_per_month=true")) == {"workload.calls_per_month"}
    assert set(complaints(contested, "workload.calls_per_month=inf")) == {"workload.calls_per_month"}


def test_prices_of_the_table_are_no_inputs_of_the_file() -> None:
    routing = Given.read("routing")
    assert not any(name.startswith("models.") for name in routing.paths)
