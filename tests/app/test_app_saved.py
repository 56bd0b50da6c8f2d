"""What is saved reads as what the page shows, and keeps what the file said beside it."""

import random
import tomllib
from pathlib import Path

import pytest

import mcost
from mcost.app.answers import Answers
from mcost.app.given import Given
from mcost.app.saved import saved
from mcost.app.state import State, parse
from mcost.errors import McostError
from mcost.scales import from_scale
from mcost.shipped import scenario_names

DRAWS = 256

LAYOUTS = """# über allem
title = "x"
baseline = "a"
horizon_months = 6 # half a year
workload = { calls_per_month = "10k to 20k", output_tokens = 100, growth_per_month = "1% to 3%" }
[strategies.a]
price.input = { mixture = [
  1.0, # a comment
  "2 to 3",
], weights = [0.5, 0.5] }
price.output = 4
prompt_tokens = 1_000

[strategies]
# of b
b = { like = "a", prompt_tokens = 500, "setup_hours" = "1 to 3" } # after b
c = { like = "a", prompt_tokens = "200 to 300" }

# of d
[strategies."d é"]
like = "a"
setup_hours = "2 to 4"    # hours

[[strategies."d é".costs]]
name = "own line"
driver = "month"
amount = 3 # dollars

[[correlations]] # three
between = ["workload.calls_per_month", "workload.growth_per_month", "strategies.b.setup_hours"]
rank = 0.2

[[correlations]]
between = ["strategies.b.setup_hours", 'strategies."d é".setup_hours']
rank = 0.5

[[studies]]
name = "s"
of = ["strategies.b.setup_hours"]
n = 10

[[studies]]
name = "t"
of = "workload.calls_per_month"
n = 10
"""


@pytest.fixture
def layouts(tmp_path: Path) -> Given:
    file = tmp_path / "layouts.toml"
    file.write_text(LAYOUTS, encoding="utf-8")
    return Given.read(str(file))


def random_state(given: Given, seed: int) -> State:
    """Some inputs anywhere near what they are, some strategies off, another horizon or not."""
    r = random.Random(seed)
    values = {}
    for name in r.sample(sorted(given.paths), min(6, len(given.paths))):
        prior = given.scenario.inputs[name]
        middle = float(prior.law.ppf(0.5))
        if prior.domain == "positive" and middle:
            a = float(f"{middle * r.uniform(0.5, 1):.3g}")
            number = prior.quantity is not None and prior.quantity.whole
            values[name] = str(round(middle)) if number else r.choice([f"{a:f}", f"{a:f} to {3 * a:f}"])
        elif prior.domain == "fraction":
            low = float(from_scale(r.uniform(-3, 0), "fraction"))
            values[name] = f"{100 * low:.3f}% to {100 * (low + 0.2):.3f}%"
    off: list[str] = []
    for name in r.sample(given.scenario.candidates, len(given.scenario.candidates)):
        if r.random() < 0.4 and not given.needed_by(name, off):
            off.append(name)
    return State(tuple(sorted(values.items())), r.choice([None, r.randint(6, 40)]), tuple(sorted(off)))


@pytest.mark.parametrize("name", scenario_names())
@pytest.mark.parametrize("seed", range(3))
def test_a_saved_file_gives_the_verdict_of_the_page_to_the_digit(
    name: str, seed: int, tmp_path: Path
) -> None:
    given = Given.read(name)
    state = random_state(given, seed)
    file = tmp_path / "saved.toml"
    file.write_text(saved(given, state, "a note"), encoding="utf-8")
    try:
        shown = mcost.run(given.as_changed(state), DRAWS)
    except McostError:  # a mix whose shares exceed 1, say: the file is refused as well
        with pytest.raises(McostError):
            mcost.run(file, DRAWS)
        return
    again = mcost.run(file, DRAWS)
    assert again.to_dict()["candidates"] == shown.to_dict()["candidates"]
    assert again.to_dict()["strategies"] == shown.to_dict()["strategies"]


@pytest.mark.parametrize("name", scenario_names())
def test_unchanged_it_is_the_file_itself(name: str) -> None:
    given = Given.read(name)
    assert saved(given, State(about=given.scenario.candidates[0])) == given.text


def test_only_what_changed_differs(contested: Given) -> None:
    text = saved(contested, parse("workload.calls_per_month=2M to 4M&strategies.fine_tune.costs.hosting=0.5"))
    before, after = contested.text.split("[expect]")[0].splitlines(), text.splitlines()
    differ = [(a, b) for a, b in zip(before, after, strict=False) if a != b]
    assert [a.partition("#")[0].rstrip() for a, _ in differ] == [
        'calls_per_month = "450_000 to 650_000"',
        "amount = 0.30",
    ]
    assert [b.partition("#")[0].rstrip() for _, b in differ] == [
        'calls_per_month = "2M to 4M"',
        "amount = 0.5",
    ]
    assert all(a.index("#") == b.index("#") and a.split("#")[1] == b.split("#")[1] for a, b in differ)
    assert "[expect]" not in text


def test_a_strategy_goes_with_its_comment_and_what_was_studied_of_it(contested: Given) -> None:
    text = saved(contested, State(off=("cheaper_model",)))
    assert "gpt-6-luna, reasoning off" not in text
    assert "200 tickets through the cheaper model" not in text
    assert "# gpt-oss-20b, tuned and hosted on Azure." in text
    assert "pilot of the tuned model" in text


def test_every_layout_of_toml(layouts: Given, tmp_path: Path) -> None:
    state = parse(
        "workload.calls_per_month=1M to 2M&strategies.a.price.input=2&strategies.c.prompt_tokens=250"
        "&off=b&horizon=9"
    )
    text = saved(layouts, state)
    assert tomllib.loads(text) == layouts.tables(state)
    assert "horizon_months = 9 # half a year" in text
    assert 'between = ["workload.calls_per_month", "workload.growth_per_month"]' in text
    assert text.count("[[correlations]]") == text.count("[[studies]]") == 1
    assert "# of d" in text
    assert "# über allem" in text


def test_layouts_of_what_is_taken_over(layouts: Given) -> None:
    state = State(
        (('strategies."d é".costs."own line"', "4"), ('strategies."d é".setup_hours', "3 to 5")), off=("c",)
    )
    text = saved(layouts, state)
    assert "amount = 4 # dollars" in text
    assert 'setup_hours = "3 to 5"    # hours' in text
    assert 'prompt_tokens = "200 to 300"' not in text


def test_the_schema_stays_in_the_first_line(contested: Given) -> None:
    lines = saved(contested, State(), "one\ntwo").splitlines()
    assert lines[:3] == ["#:schema ./scenario.schema.json", "# one", "# two"]


def test_the_head_says_what_gives_the_same_number(answers: Answers) -> None:
    text = answers.saved(parse("workload.calls_per_month=2M to 4M"))
    probability = answers.verdict(parse("workload.calls_per_month=2M to 4M"), answers.draws)["probability"]
    assert f"# mcost run FILE --draws {answers.draws} --seed 1 gives" in text
    assert f"fine_tune pays off with {probability!r}." in text
    assert "Keep it in the folder" not in text


def test_a_file_that_reads_others_says_where_it_belongs(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("calls\n10\n20\n30\n")
    (tmp_path / "s.toml").write_text(
        'title = "x"\nbaseline = "a"\nhorizon_months = 3\n'
        '[workload]\ncalls_per_month = { samples = "calls.csv", column = "calls" }\n'
        "[strategies.a]\nprice = { input = 1 }\nprompt_tokens = 1000\n[strategies.b]\nprice = { input = 1 }\n"
    )
    text = Answers(Given.read(str(tmp_path / "s.toml")), 64, 1).saved(State())
    assert "# Keep it in the folder of s.toml: it reads files from there." in text
