"""The state of the page and its address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcost.app.state import LONGEST, RefusedError, State, parse

NAMES = st.text(min_size=1, max_size=30).filter(lambda name: name not in ("off", "horizon", "about"))
VALUES = st.sampled_from(["3", "20 to 40", "20% to 60%", "$1.5k", "−2 to 3", "2M to 4M", "1e3"])
STATES = st.builds(
    lambda values, horizon, off, about: State(
        tuple(sorted(values.items())), horizon, tuple(sorted(off)), about
    ),
    st.dictionaries(NAMES, VALUES, max_size=5),
    st.none() | st.integers(0, 9999),
    st.sets(st.text(min_size=1, max_size=10), max_size=4),
    st.none() | st.text(min_size=1, max_size=10),
)


@given(STATES)
def test_an_address_leads_back_to_its_state(state: State) -> None:
    assert parse(state.address) == state


def test_equal_states_have_equal_addresses() -> None:
    assert parse("b.x=1&a.y=2&off=q&off=p").address == parse("off=p&off=q&a.y=2&b.x=1").address


def test_of_a_name_given_twice_the_last_holds() -> None:
    assert parse("a.x=1&a.x=2").values == (("a.x", "2"),)


@pytest.mark.parametrize(
    "text",
    [
        '{ samples = "/etc/passwd", column = "x" }',
        '{ prior = "x.toml:y" }',
        '"20 to 40"',
        "[1, 2]",
        "",
        "a\nb",
        "1 # x",
    ],
)
def test_a_notation_that_could_name_a_file_is_refused_beside_its_input(text: str) -> None:
    with pytest.raises(RefusedError) as refused:
        parse(State((("workload.calls_per_month", text),)).address)
    (complaint,) = refused.value.complaints
    assert complaint.at == "workload.calls_per_month"
    assert complaint.message.endswith("; expected a number, or an interval such as 20 to 40")


@pytest.mark.parametrize(
    ("address", "at"),
    [
        (f"a.x={'9' * (LONGEST + 1)}", "a.x"),
        ("horizon=two", "horizon"),
        ("horizon=-3", "horizon"),
        ("horizon=²", "horizon"),
        ("nonsense", ""),
        ("a=%ff", ""),
        ("&".join(f"a.x{i}=1" for i in range(700)), ""),
    ],
)
def test_what_no_page_writes_is_refused(address: str, at: str) -> None:
    with pytest.raises(RefusedError) as refused:
        parse(address)
    assert [complaint.at for complaint in refused.value.complaints] == [at]


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(RefusedError) as refused:
        parse("a.x={&b.y=[&horizon=x")
    assert [complaint.at for complaint in refused.value.complaints] == ["a.x", "b.y", "horizon"]


def test_what_the_figures_show_is_no_change_of_the_scenario() -> None:
    assert not parse("about=fine_tune").changes
    assert parse("horizon=12").changes
