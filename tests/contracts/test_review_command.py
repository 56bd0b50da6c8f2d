"""``mcost review`` and ``mcost fit --decide``: what they print, and what they say of wrong input."""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from usage_exports import EXPORTS, SECRET, WORDS, Truth, openai_csv, plain_daily, workload

import mcost as package

Say = Callable[..., tuple[int, str, str]]

TRUTH = Truth(calls=520_000, growth=0.02, volatility=0.05, input=3_290, output=116, cached=0.4, retries=0.05)
DRAWS = "4096"


@pytest.fixture
def say(mcost: Say, here: Path, monkeypatch: pytest.MonkeyPatch) -> Say:
    monkeypatch.setenv("COLUMNS", "100")
    return mcost


def printed(say: Say, path: Path, *arguments: str) -> Path:
    """What ``mcost run contested --json`` prints, as a file."""
    path.write_text(say("run", "contested", "--draws", DRAWS, "--json", *arguments)[1])
    return path


def quarter(path: Path, truth: Truth = TRUTH, first: date = date(2026, 12, 1)) -> Path:
    plain_daily(workload(truth, np.random.default_rng(1), first, 97), np.random.default_rng(2), path)
    return path


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_a_quarter_as_it_was_forecast(say: Say, tmp_path: Path) -> None:
    printed(say, tmp_path / "old.json")
    quarter(tmp_path / "usage.csv")
    code, out, err = say("review", "old.json", "--log", "usage.csv")
    assert (code, err) == (0, "")
    said = squeezed(out)
    assert said.startswith(
        "Support triage: tune a small model, or keep prompting? "
        "Advice The advice holds: move from prompt to cheaper model; fine tune pays off in "
    )
    assert re.search(r"pays off in \d\d % of futures, where 4\d % were forecast\. Months", said)
    assert "Caution" not in out
    assert "The calls of 3 whole months came within the range that holds 9 of 10 futures." in said
    assert "Moved No input moved: " in said
    assert " Crossed: " not in said
    assert re.search(r"Tripwires (None is crossed\. The nearest is|Perhaps crossed:) ", said)
    assert "usage.csv (plain CSV), 2026-12-01 to 2027-03-07, 97 rows; all of it is taken to be" in said
    assert "Left out of the months, as not every day is known: 2027-03." in said
    assert "Not told The share of batch: no column of this export says which requests" in said
    assert [
        title for title in out.split("\n") if title.startswith(("Calls of", "Token cost of", "By input"))
    ] == [
        "Calls of the month: forecast, and what happened",
        "Token cost of the month: forecast, and what happened",
        "By input: what was believed, what the log says, and what to believe now (5 % to 95 %)",
    ]
    assert out.rstrip().split("\n")[-1].startswith("4,096 draws · seed 1 · scenario ")


def test_twice_the_calls_are_told(say: Say, tmp_path: Path) -> None:
    printed(say, tmp_path / "old.json")
    quarter(tmp_path / "usage.csv", Truth(**{**vars(TRUTH), "calls": 1_400_000}))
    said = squeezed(say("review", "old.json", "--log", "usage.csv")[1])
    assert "The calls of 3 of 3 whole months came outside of the range that holds 9 of 10 futures" in said
    assert "Moved Calls per month now: 1." in said
    assert re.search(r"; by itself it takes fine tune from 4\d % to [67]\d %\.", said)
    assert "Tripwires Crossed: calls per month, now 1." in said
    assert "million, above 5" in said
    assert ", where fine tune is ahead in half of all futures or more." in said


def test_the_same_as_data(say: Say, tmp_path: Path) -> None:
    old = json.loads(printed(say, tmp_path / "old.json").read_text())
    quarter(tmp_path / "usage.csv")
    code, out, err = say("review", "old.json", "--log", "usage.csv", "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert found["scenario"]["same"] is True
    assert found["scenario"]["sha256"] == found["scenario"]["sha256_then"] == old["scenario"]["sha256"]
    then = {name: c["then"]["probability"] for name, c in found["pays_off"].items()}
    assert then == {name: c["pays_off"]["probability"] for name, c in old["candidates"].items()}
    assert [m["month"] for m in found["months"]] == [1, 2, 3]
    assert found["part_months"] == ["2027-03-01"]
    assert set(found["inputs"]) == {
        "workload.calls_per_month",
        "workload.growth_per_month",
        "workload.volatility_per_month",
        "workload.input_tokens",
        "workload.output_tokens",
        "strategies.prompt.cache_hit",
        "strategies.prompt.retry_rate",
    }
    assert found["recommended"] == {"then": "cheaper_model", "now": "cheaper_model", "changed": False}
    assert found["decided_from"] == "2027-04-01"
    assert found["candidate"] == "fine_tune"
    other = json.loads(
        say("review", "old.json", "--log", "usage.csv", "--json", "--candidate", "cheaper_model")[1]
    )
    assert other["candidate"] == "cheaper_model"


@pytest.mark.parametrize("export", sorted(EXPORTS))
def test_no_text_of_a_log_is_shown(say: Say, tmp_path: Path, export: str) -> None:
    printed(say, tmp_path / "old.json", "--draws", "64")
    truth = Truth(calls=700) if EXPORTS[export].per_call else TRUTH
    log = tmp_path / f"log.{EXPORTS[export].ending}"
    days = workload(truth, np.random.default_rng(1), date(2026, 12, 1), 65)
    EXPORTS[export].write(days, np.random.default_rng(2), log)
    for arguments in (
        ("review", "old.json", "--log", log.name),
        ("review", "old.json", "--log", log.name, "--json"),
        ("fit", log.name, "--decide", "contested"),
    ):
        code, out, err = say(*arguments)
        assert (code, err) == (0, "")
        assert SECRET not in out
        assert not any(word in out for word in ("CANARY", "Ada", WORDS))


def test_certain_scenarios_are_reviewed_too(say: Say, tmp_path: Path) -> None:
    text = say("run", "article_100k", "--json")[1]
    (tmp_path / "old.json").write_text(text)
    quarter(tmp_path / "usage.csv", Truth(calls=100_000, growth=0, volatility=0.01))
    code, out, err = say("review", "old.json", "--log", "usage.csv", "--start", "2026-12-01")
    assert (code, err) == (0, "")
    assert "The advice holds: keep " in out


# another scenario, and none


def copied(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    text = (Path(package.__file__).parent.parent / "scenarios" / "contested.toml").read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "contested.toml").write_text(text)
    return tmp_path / "contested.toml"


def test_a_changed_scenario_stops_it_unless_it_is_named(say: Say, tmp_path: Path) -> None:
    then = json.loads(printed(say, tmp_path / "old.json").read_text())["scenario"]["sha256"][:12]
    copied(tmp_path, ('"90 to 150"', '"90 to 160"'))
    quarter(tmp_path / "usage.csv")
    now = package.load(str(tmp_path / "contested.toml")).sha256[:12]
    code, out, err = say("review", "old.json", "--log", "usage.csv")
    assert (code, out) == (2, "")
    assert err == (
        f"error: contested.toml: found sha256 {now}, and old.json was made from {then}: the scenario has "
        "changed since, or was run with --set or --horizon; give those again, or --scenario FILE to review "
        "it as it is now\n"
    )
    code, out, err = say("review", "old.json", "--log", "usage.csv", "--scenario", "contested.toml")
    assert (code, err) == (0, "")
    assert (
        f"Caution This is not the scenario that was run then: contested.toml has sha256 {now}, and old.json "
        f"was made from {then}. What is called forecast is that of the scenario as it is now."
    ) in squeezed(out)


def test_overrides_of_then_are_given_again(say: Say, tmp_path: Path) -> None:
    then = ("--set", "workload.output_tokens=100 to 140", "--horizon", "36")
    printed(say, tmp_path / "old.json", *then)
    quarter(tmp_path / "usage.csv")
    assert say("review", "old.json", "--log", "usage.csv")[0] == 2
    code, out, err = say("review", "old.json", "--log", "usage.csv", *then, "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["scenario"]["same"] is True
    assert json.loads(out)["horizon_months"] == 36


def test_a_scenario_beside_the_verdict_comes_before_a_shipped_one(say: Say, tmp_path: Path) -> None:
    (tmp_path / "then").mkdir()
    (tmp_path / "usage.csv").write_text("")
    quarter(tmp_path / "usage.csv")
    copied(tmp_path / "then", ("3000  ", "3100  "))
    (tmp_path / "then" / "old.json").write_text(
        say("run", "then/contested.toml", "--draws", DRAWS, "--json")[1]
    )
    assert say("review", "then/old.json", "--log", "usage.csv")[0] == 0


OTHER = {"scenario": {"title": "x", "file": "x.toml", "sha256": "0" * 64}, "pays_off": 0.5}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "old.json: no such file; expected what mcost run SCENARIO --json printed"),
        ("not JSON", "old.json: not JSON; expected what mcost run SCENARIO --json printed"),
        ("[1, 2]", "old.json: found JSON of something else; expected what mcost run SCENARIO --json printed"),
        (
            json.dumps(OTHER),
            "old.json: found JSON of something else; expected what mcost run SCENARIO --json printed",
        ),
        (
            {"file": "lost.toml"},
            "old.json: its scenario lost.toml is neither beside it nor among the shipped ones; give "
            "--scenario FILE",
        ),
        ({"file": None}, "old.json: it names no scenario file; give --scenario FILE"),
    ],
)
def test_a_verdict_that_cannot_be_reviewed_is_told(
    say: Say, tmp_path: Path, content: str | dict[str, object] | None, message: str
) -> None:
    quarter(tmp_path / "usage.csv")
    if isinstance(content, dict):
        data = json.loads(printed(say, tmp_path / "old.json").read_text())
        data["scenario"] |= content
        content = json.dumps(data)
    if content is not None:
        (tmp_path / "old.json").write_text(content)
    assert say("review", "old.json", "--log", "usage.csv") == (2, "", f"error: {message}\n")


def test_what_else_is_wrong_is_told(say: Say, tmp_path: Path) -> None:
    printed(say, tmp_path / "old.json")
    quarter(tmp_path / "early.csv", first=date(2026, 6, 1))
    quarter(tmp_path / "usage.csv")
    assert say("review", "old.json", "--log", "early.csv")[2] == (
        "error: early.csv: found 2026-06-01 to 2026-09-05; expected a whole month of the forecast in "
        "old.json, 2026-12 to 2028-11\n"
    )
    assert say("review", "old.json", "--log", "nothing.csv")[2] == "error: nothing.csv: no such file\n"
    assert say("review", "old.json", "--log", "usage.csv", "--scenario", "contestd")[2] == (
        "error: contestd: no such file, and no shipped scenario; did you mean contested?\n"
    )
    assert say("review", "old.json", "--log", "usage.csv", "--candidate", "fine_tuned")[2] == (
        "error: candidate: found fine_tuned; no such candidate; did you mean fine_tune?\n"
    )
    code, _, err = say("review", "old.json")
    assert (code, err.rstrip().split("\n")[-1]) == (2, "Error: Missing option '--log'.")
    (tmp_path / "undated.json").write_text(say("run", "article_100k", "--json")[1])
    source = package.shipped.folder("scenarios") / "article_100k.toml"
    assert "start =" not in source.read_text()
    assert say("review", "undated.json", "--log", "usage.csv")[2].endswith(
        "article_100k.toml: the scenario has no start, so that its months have no dates; give --start DATE, "
        "the first day of month 1\n"
    )


# more days


def test_days_to_come_are_weighed_against_their_delay(say: Say, tmp_path: Path) -> None:
    openai_csv(
        workload(TRUTH, np.random.default_rng(1), date(2026, 9, 1), 120),
        np.random.default_rng(2),
        tmp_path / "usage.csv",
    )
    code, out, err = say("fit", "usage.csv", "--decide", "contested")
    assert (code, err) == (0, "")
    assert out.startswith("usage.csv (OpenAI usage export), 2026-09-01 to 2026-12-29, 240 rows.\n")
    said = squeezed(out)
    assert "More days No number of days is worth it: move to cheaper model now." in said
    assert "What more days of logs are worth before the decision, on average" in out
    data = json.loads(say("fit", "usage.csv", "--decide", "contested", "--json")[1])["more_days"]
    assert [p["days"] for p in data["periods"]] == [7, 14, 30, 60, 90]
    assert data["first_worth_it"] is None
    assert data["days_so_far"] == 120
    assert "workload.calls_per_month" not in data["of"]
    delays = [p["delay_usd"] for p in data["periods"]]
    assert delays == sorted(delays)


def test_days_that_are_worth_it(say: Say, tmp_path: Path) -> None:
    """Keep the prompt, or tune? It hangs on a growth that two months of logs hardly tell."""
    (tmp_path / "mine.toml").write_text(
        'title = "x"\nbaseline = "prompt"\nhorizon_months = 60\nhourly_rate = 100\n'
        '[workload]\ncalls_per_month = 100_000\ngrowth_per_month = "-6% to 6%"\n'
        "[strategies.prompt]\nprice = { input = 10.0 }\nprompt_tokens = 3000\n"
        '[strategies.tuned]\nlike = "prompt"\nprompt_tokens = 500\nsetup_hours = 3_000\n'
    )
    days = workload(
        Truth(calls=100_000, growth=0, volatility=0.02), np.random.default_rng(1), date(2026, 9, 1), 100
    )
    plain_daily(days, np.random.default_rng(2), tmp_path / "usage.csv")
    out = squeezed(say("fit", "usage.csv", "--decide", "mine.toml")[1])
    data = json.loads(say("fit", "usage.csv", "--decide", "mine.toml", "--json")[1])["more_days"]
    first = data["first_worth_it"]
    assert first == next(p["days"] for p in data["periods"] if p["worth_it"])
    assert f"More days Wait for {first} more days of logs: what they tell is worth $" in out
    assert re.search(r"on average after the delay\. Without them, (keep prompt|move to tuned) now\.", out)


def test_decide_is_of_one_log(say: Say, tmp_path: Path) -> None:
    quarter(tmp_path / "usage.csv")
    assert say("fit", "usage.csv", "--decide", "contestd")[2] == (
        "error: contestd: no such file, and no shipped scenario; did you mean contested?\n"
    )
    code, _, err = say("fit", "--before", "usage.csv", "--after", "usage.csv", "--decide", "contested")
    assert code == 2
    assert err.endswith(
        "Error: --before and --after compare two logs: no other LOG, no -o, --prompt, --prior or --decide\n"
    )
