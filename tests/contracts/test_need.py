"""``mcost need`` and ``mcost map`` as a user meets them: what is printed, the JSON, mistakes, exit codes."""

import json
import re
import shlex
from collections.abc import Callable

import pytest

Mcost = Callable[..., tuple[int, str, str]]


def test_what_the_article_needs(mcost: Mcost) -> None:
    code, out, err = mcost("need", "article_100k")
    assert (code, err) == (0, "")
    assert re.sub(r"scenario \w{8} · mcost \S+", "scenario … · mcost …", out) == (
        """\
The article at 100,000 calls a month: never

Needs        Fine tune needs prompt tokens (prompt) of 33,833 or more (now 3,000) to be ahead of
             prompt.
             Fine tune needs 1,333,333 calls a month or more (now 100,000) to be ahead of prompt.
             Fine tune needs price of input tokens (prompt) of $2 per million tokens or more (now
             $0.15) to be ahead of prompt.
Now          Fine tune is not ahead of prompt at month 12 as things are.
Not alone    No value of these by itself changes the side: prompt tokens (fine tune) and months
             between retrains (fine tune).

What fine tune needs over 12 months, each by itself
                                      now        to be ahead
  prompt tokens (prompt)            3,000     33,833 or more
  calls per month                 100,000  1,333,333 or more
  price of input tokens (prompt)    $0.15         $2 or more
  training cost (fine tune)        $1,500    $112.50 or less

nothing uncertain · scenario … · mcost …
"""
    )


def test_named_inputs_and_probabilities_as_json(mcost: Mcost) -> None:
    code, out, err = mcost(
        *("need", "contested", "calls_per_month", "workload.growth_per_month"),
        *("--probability", "40%", "--probability", "0.6", "--draws", "500", "--json"),
    )
    assert (code, err) == (0, "")
    data = json.loads(out)
    assert set(data["inputs"]) == {"workload.calls_per_month", "workload.growth_per_month"}
    volume = data["inputs"]["workload.calls_per_month"]
    assert [reach["probability"] for reach in volume["reaches"]] == [0.4, 0.6]
    (low,), (high,) = (reach["crossings"] for reach in volume["reaches"])
    assert low["value"] < high["value"]
    assert low["rises"]
    assert high["rises"]
    assert (data["draws"], data["seed"], data["candidate"]) == (512, 1, "fine_tune")


def test_what_is_set_and_the_horizon_count(mcost: Mcost) -> None:
    arguments = ("need", "article_100k", "workload.calls_per_month", "--json")
    values = []
    for more in ((), ("--set", "strategies.fine_tune.tuning.training_cost=3000"), ("--horizon", "3")):
        data = json.loads(mcost(*arguments, *more)[1])
        values.append(data["inputs"]["workload.calls_per_month"]["reaches"][0]["crossings"][0]["value"])
    # 4 runs of 1,500 USD, 4 of 3,000 USD, and one of 1,500 USD within 3 months; $0.000375 a call.
    assert values == pytest.approx([4 * 1500 / 12 / 375e-6, 4 * 3000 / 12 / 375e-6, 1500 / 3 / 375e-6])


def test_another_candidate(mcost: Mcost) -> None:
    code, out, _ = mcost(
        "need", "contested", "workload.calls_per_month", "--candidate", "better_prompt", "--draws", "200"
    )
    assert code == 0
    assert "Better prompt" in out


def test_a_map_in_words_and_characters(mcost: Mcost) -> None:
    code, out, err = mcost(
        *("map", "contested", "--x", "workload.calls_per_month", "--y", "prompt.prompt_tokens"),
        *("--size", "12", "--draws", "1000"),
    )
    assert (code, err) == (0, "")
    assert re.match(
        r"Support triage: tune a small model, or keep prompting\?\n\n"
        r"Map          Fine tune is ahead in half of all futures or more on \d+ % of this map\. It",
        out,
    )
    assert "Flips        With prompt tokens (prompt) at 3,000, P rises through 50 % at " in out
    assert "Here         X is the scenario: with calls per month at 541,000" in out
    assert out.count("·") > 1
    assert "P(pays off):  · below 10 %   - 10 to 50 %   + 50 to 90 %   # 90 % or more   X the scenario" in out


def test_a_map_as_json(mcost: Mcost) -> None:
    code, out, err = mcost("map", "contested", "--size", "3", "--draws", "200", "--json")
    assert (code, err) == (0, "")
    data = json.loads(out)
    assert [len(row) for row in data["probability"]] == [3, 3, 3]
    assert data["x"]["input"] != data["y"]["input"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("need", "contested", "strategies.cached_prompt.setup_hours"),
            'found "strategies.cached_prompt.setup_hours", which neither fine_tune nor prompt uses',
        ),
        (
            ("need", "contested", "workload.calls_per_moth"),
            'found "workload.calls_per_moth"; no such input; did you mean workload.calls_per_month?',
        ),
        (
            ("need", "contested", "hours_per_month"),
            'found "hours_per_month"; expected one of strategies.prompt.hours_per_month, '
            "strategies.fine_tune.hours_per_month",
        ),
        (
            ("need", "contested", "--probability", "1.5"),
            '--probability 1.5: found 1.5; expected a share between 0 and 1; did you mean "1.5%"?',
        ),
        (
            ("need", "contested", "--probability", "0"),
            "probability: found 0.0; expected one above 0 and below 1, such as 0.5",
        ),
        (
            ("need", "contested", "--probability", "0.4 to 0.6"),
            '--probability 0.4 to 0.6: found "0.4 to 0.6"; expected one probability, such as 0.6',
        ),
        (
            ("need", "contested", "--candidate", "prompt"),
            "candidate: prompt is the baseline; expected one of its rivals: better_prompt, cached_prompt, "
            "structured_outputs, cheaper_model, fine_tune",
        ),
        (
            ("map", "article_100k"),
            "found 0 uncertain inputs to choose from; expected 2, or both names",
        ),
        (
            ("map", "contested", "--x", "hourly_rate", "--y", "hourly_rate"),
            'found "hourly_rate" for both x and y; expected two inputs',
        ),
        (
            ("map", "contested", "--x", "strategies.fine_tune.price.cached"),
            'found "strategies.fine_tune.price.cached"; no such input; did you mean '
            "strategies.fine_tune.price.input?",
        ),
        (("map", "contested", "--size", "500"), "size: found 500; expected a whole number from 2 to 200"),
    ],
)
def test_wrong_input(mcost: Mcost, arguments: tuple[str, ...], message: str) -> None:
    assert mcost(*arguments, "--draws", "100") == (2, "", f"error: {message}\n")


@pytest.mark.parametrize("command", ["need", "map"])
def test_help_opens_with_examples_that_run(mcost: Mcost, command: str) -> None:
    _, text, _ = mcost(command, "--help")
    examples = re.findall(rf"^\s*(?:Example: )?mcost ({command} .*)$", text, re.MULTILINE)
    assert len(examples) == 3
    for example in examples:
        code, out, err = mcost(*shlex.split(example), "--draws", "100")
        assert (code, err) == (0, "")
        assert ("Needs " if command == "need" else "Flips ") in out
