"""``mcost compare`` as a user meets it: what is printed, the JSON, mistakes, exit codes."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Mcost = Callable[..., tuple[int, str, str]]

TUNED = """\
title = "A tuned model with choices"
baseline = "prompt"
horizon_months = 12
hourly_rate = 100
workload.calls_per_month = 1_000_000
strategies.prompt = { price = { input = 1.0 }, prompt_tokens = 3000 }

[strategies.fine_tune]
price = { input = 1.0 }
prompt_tokens = 1000
setup_hours = 50

[strategies.fine_tune.tuning]
training_cost = 7000
retrain_every_months = 3
give_up = "at_retrain"
"""


@pytest.fixture
def tuned(tmp_path: Path) -> str:
    file = tmp_path / "tuned.toml"
    file.write_text(TUNED, encoding="utf-8")
    return str(file)


def test_one_scenario_and_an_override_that_is_a_variant(mcost: Mcost) -> None:
    code, out, err = mcost("compare", "article_100k", "--set", "workload.calls_per_month=10M")
    assert (code, err) == (0, "")
    assert re.sub(r"scenario \w{8} · mcost \S+", "scenario … · mcost …", out) == (
        """\
The article at 100,000 calls a month: never

Difference   With workload.calls_per_month=10M the saving of fine tune is $44,550 higher than in
             article_100k, and it pays off, unlike in article_100k.
Advice       In article_100k prompt is expected to cost least.
             With workload.calls_per_month=10M it is fine tune.

Fine tune, and its difference to article_100k
                                pays off  mean saving  difference
  article_100k                        no      −$5,550
  workload.calls_per_month=10M       yes      $39,000    +$44,550

nothing uncertain · scenario … · mcost …
"""
    )


def test_the_first_line_says_how_far_and_how_sure(mcost: Mcost) -> None:
    code, out, _ = mcost("compare", "contested", "--set", "workload.calls_per_month=1M", "--draws", "4096")
    assert code == 0
    number = r"[\d,.]+ ± [\d,.]+"
    assert re.search(
        rf"Difference +With workload.calls_per_month=1M the saving of fine tune is \${number} higher than "
        rf"in contested, and it pays off in \d+ % of futures, {number} points more\.",
        " ".join(out.split()),
    )
    assert re.search(
        rf"^  workload.calls_per_month=1M +\d+ % +\+{number} +\$[\d,]+ +\+\${number}$", out, re.M
    )
    assert "± is the simulation error (95 %) of a difference on common draws, not doubt" in out


def test_scenarios_against_the_first(mcost: Mcost) -> None:
    code, out, err = mcost("compare", "contested", "startup", "--draws", "2000")
    assert (code, err) == (0, "")
    assert out.startswith("contested and startup, on common draws\n")
    assert "In startup savings are those of 18 months, in contested of 24 months." in " ".join(out.split())


def test_no_future_is_said_in_words_and_every_scenario_has_its_hash_below(mcost: Mcost) -> None:
    code, out, _ = mcost("compare", "contested", "honeycomb", "openpipe_recipes_gpt35", "--draws", "64")
    assert code == 0
    assert "pays off in no future simulated (below 4.7 %), " in " ".join(out.split())
    assert "In openpipe_recipes_gpt35 savings are held against gpt 35, in contested against prompt." in (
        " ".join(out.split())
    )
    assert re.search(r"scenarios \w{8}, \w{8}, \w{8} · mcost", out)


def test_each_set_is_a_variant_and_a_variant_may_set_several(mcost: Mcost) -> None:
    arguments = ["--set", "hourly_rate=60", "--set", "horizon_months=12", "--draws", "100", "--json"]
    arguments += ["--variant", "cheap and short: hourly_rate=60; horizon_months=12"]
    arguments += ["--variant", "hourly_rate=70; horizon_months=6"]
    code, out, err = mcost("compare", "contested", *arguments)
    assert (code, err) == (0, "")
    data = json.loads(out)
    assert [variant["name"] for variant in data["variants"]] == [
        "contested",
        "hourly_rate=60",
        "horizon_months=12",
        "cheap and short",
        "hourly_rate=70; horizon_months=6",
    ]
    assert [variant["set"] for variant in data["variants"]] == [
        [],
        ["hourly_rate=60"],
        ["horizon_months=12"],
        ["hourly_rate=60", "horizon_months=12"],
        ["hourly_rate=70", "horizon_months=6"],
    ]
    assert [variant["horizon_months"] for variant in data["variants"]] == [24, 24, 12, 12, 6]
    assert len({variant["scenario"]["sha256"] for variant in data["variants"]}) == 5


def test_with_several_scenarios_set_and_horizon_hold_for_all(mcost: Mcost) -> None:
    arguments = ["--set", "hourly_rate=60", "--horizon", "6", "--draws", "100", "--json"]
    _, out, _ = mcost("compare", "contested", "startup", *arguments)
    data = json.loads(out)
    assert [variant["horizon_months"] for variant in data["variants"]] == [6, 6]
    assert [variant["set"] for variant in data["variants"]] == [[], []]


@pytest.mark.parametrize("sampler", ["qmc", "mc"])
def test_the_numbers_are_those_of_run(mcost: Mcost, sampler: str) -> None:
    how = ("--draws", "500", "--seed", "9", "--sampler", sampler, "--json")
    _, out, _ = mcost("compare", "contested", "startup", *how)
    _, alone, _ = mcost("run", "startup", *how)
    compared, answer = json.loads(out), json.loads(alone)
    assert compared["manifest"]["sampler"] == answer["sampler"] == sampler
    variant = compared["variants"][1]
    assert variant["scenario"] == answer["scenario"]
    assert variant["recommended"] == answer["recommended"]
    for name, candidate in answer["candidates"].items():
        found = variant["candidates"][name]
        assert found["pays_off"] == candidate["pays_off"]
        assert found["saving_usd"] == {
            key: candidate["saving_usd"][key] for key in ("mean", "standard_error")
        }


def test_worth_of_choices(mcost: Mcost, tuned: str) -> None:
    code, out, err = mcost("compare", tuned, "--worth")
    assert (code, err) == (0, "")
    assert re.sub(r"scenario \w{8} · mcost \S+", "scenario … · mcost …", out) == (
        """\
A tuned model with choices

Worth        strategies.fine_tune.tuning.give_up (without it, every retrain is made): the saving of
             fine tune is $3,000 higher than without it, and it still does not pay off.

Fine tune: pays off no, mean saving −$6,000; without each, and what each adds
                                       pays off without  saving without    worth
  strategies.fine_tune.tuning.give_up                no         −$9,000  +$3,000

nothing uncertain · scenario … · mcost …
"""
    )
    _, out, _ = mcost(
        "compare", tuned, "--worth", "--json", "--set", "strategies.fine_tune.tuning.training_cost=1000"
    )
    choice = json.loads(out)["choices"]["strategies.fine_tune.tuning.give_up"]
    assert choice["strategy"] == "fine_tune"
    assert choice["candidates"]["fine_tune"]["worth"]["saving_usd"] == {"mean": 0.0, "standard_error": 0.0}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["contested"], "found one scenario; expected another one, --set, --variant or --worth"),
        (
            ["contested", "startup", "--variant", "x: hourly_rate=3"],
            "--variant: found 2 scenarios; expected one",
        ),
        (["contested", "startup", "--worth"], "--worth: found 2 scenarios; expected one"),
        (
            ["contested", "--worth", "--variant", "x: hourly_rate=3"],
            "--worth: found beside --variant; expected one or the other",
        ),
        (
            ["contested", "--variant", "x: hourly_rate=3", "--variant", "x: hourly_rate=4"],
            "--variant: found x twice; expected a name for each",
        ),
        (["contested", "--variant", "x: "], "--variant x: : expected 'name: key=value; key=value'"),
        (
            ["contested", "--variant", "x: hourly_rate"],
            "--set hourly_rate: expected key=value, such as workload.calls_per_month=2_000_000",
        ),
        (
            ["contested", "--set", "hourly_rat=3"],
            "--set hourly_rat=3: hourly_rat: no such key; did you mean hourly_rate?",
        ),
        (
            ["contested", "--set", "strategies.fine_tune.pilt.cost=3"],
            "--set strategies.fine_tune.pilt.cost=3: strategies.fine_tune.pilt: no such key; "
            "did you mean pilot?",
        ),
        (
            ["contested", "--set", "strategies.fine_tune.hosting.calls_per_hour=5"],
            "--set strategies.fine_tune.hosting.calls_per_hour=5: strategies.fine_tune.hosting.usd_per_hour: "
            "this key is missing",
        ),
        (["", "contested"], 'found ""; expected a scenario file, or the name of a shipped scenario'),
        (
            ["contested", "startu"],
            "startu: no such file, and no shipped scenario; did you mean startup?",
        ),
        (
            ["contested", "startup", "--draws", "0"],
            "draws: found 0; expected a whole number from 1 to 1,000,000,000",
        ),
    ],
)
def test_mistakes(mcost: Mcost, arguments: list[str], message: str) -> None:
    assert mcost("compare", *arguments) == (2, "", f"error: {message}\n")


def test_without_a_scenario(mcost: Mcost) -> None:
    code, out, err = mcost("compare")
    assert (code, out) == (2, "")
    assert "Missing argument 'SCENARIO...'" in err


def test_the_examples_of_the_help_run(mcost: Mcost) -> None:
    _, text, _ = mcost("compare", "--help")
    examples = re.findall(r"^\s*(?:Example: )?mcost (compare .*)$", text, re.MULTILINE)
    assert len(examples) == 3
    for example in examples:
        code, out, err = mcost(*shlex.split(example), "--draws", "100")
        assert (code, err) == (0, "")
        assert "Difference " in out


def test_help_and_a_comparison_load_no_more_than_they_need() -> None:
    code = (
        "import sys, runpy\n"
        "sys.argv = ['mcost', 'compare', *sys.argv[1:]]\n"
        "try: runpy.run_module('mcost', run_name='__main__')\n"
        "except SystemExit as stop: assert not stop.code, stop.code\n"
        "print('\\n' + ' '.join(sys.modules))"
    )

    def loaded(*arguments: str) -> set[str]:
        run = subprocess.run(
            [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
        )
        return set(run.stdout.splitlines()[-1].split())

    assert not {"numpy", "scipy", "pandas", "pydantic", "rich"} & loaded("--help")
    modules = loaded("article_100k", "article_10m", "--draws", "10")
    assert not {"pandas", "matplotlib", "seaborn", "rich", "scipy.stats"} & modules
