"""``mcost fit``: what it prints and writes, what it says of wrong input, and scenarios with its priors."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from usage_exports import Truth, anthropic_csv, openai_csv, plain_csv, workload

import mcost
from mcost.catalogue import read_entries
from mcost.errors import McostError
from mcost.uncertain import Quantity, read

Say = Callable[..., tuple[int, str, str]]
TRUTH = Truth(calls=90_000, growth=0.02, volatility=0.03)


@pytest.fixture
def say(mcost: Say, here: Path) -> Say:
    """The command line, in a folder of its own."""
    return mcost


@pytest.fixture
def usage(tmp_path: Path) -> Path:
    """An export of ten months."""
    path = tmp_path / "usage.csv"
    openai_csv(
        workload(TRUTH, np.random.default_rng(1), date(2026, 1, 1), 304), np.random.default_rng(2), path
    )
    return path


def flat(path: Path, tokens: int = 300, start: date = date(2026, 1, 1), days: int = 60) -> Path:
    """A plain log by the day: 1,000 calls of so many tokens, each second day ten tokens more."""
    rows = [
        {
            "date": (start + timedelta(days=i)).isoformat(),
            "model": "gpt-4o-mini",
            "requests": 1000,
            "input_tokens": 1000 * (tokens + 10 * (i % 2)),
            "output_tokens": 50_000,
        }
        for i in range(days)
    ]
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


def test_all_that_a_plain_log_tells(say: Say, tmp_path: Path) -> None:
    flat(tmp_path / "usage.csv")
    code, out, err = say("fit", "usage.csv")
    assert (code, err) == (0, "")
    lines = out.split("\n")
    assert lines[0] == "usage.csv (plain CSV), 2026-01-01 to 2026-03-01, 60 rows."
    assert lines[2].split() == ["estimate", "90", "%", "interval", "from", "as", "a", "prior"]
    assert lines[3].startswith("  calls a month, now")
    assert '14 days at the end  "' in lines[3]
    untold = out[out.index("Cannot be told from this export") :].split("\n\n")[0]
    assert untold == (
        "Cannot be told from this export\n"
        "  cached tokens a call  no column of this export has them.\n"
        "  cache hit             no column of this export says which tokens were cached.\n"
        "  retry rate            no column of this export says so.\n"
        "  failed requests       no column of this export says so.\n"
        "  share of batch        no column of this export says which requests went through the batch\n"
        "                        interface."
    )


def test_the_same_as_data(say: Say, usage: Path) -> None:
    code, out, _ = say("fit", str(usage), "--json")
    data = json.loads(out)
    assert code == 0
    assert set(data) == {
        "mcost", "files", "period", "gaps", "part_days", "estimates", "updated", "cannot_be_told", "spreads",
        "notes", "manifest",
    }  # fmt: skip
    assert data["files"] == [
        {
            "name": "usage.csv",
            "format": "OpenAI usage export",
            "rows": 608,
            "duplicates": 0,
            "left_out": 0,
            "wrong_rows": [],
        }
    ]
    assert data["period"] == {"first": "2026-01-01", "last": "2026-10-31", "days": 304}
    assert set(data["cannot_be_told"]) == {"retry_rate", "failed_requests"}
    growth = data["estimates"]["growth_per_month"]
    assert (growth["n"], growth["of"], growth["credibility"]) == (9, "changes between months", 0.9)
    for key, found in data["estimates"].items():
        domain = "real" if key == "growth_per_month" else "positive"
        law = read(found["distribution"], Quantity("", domain))
        low, high = (float(law.ppf(np.array([p]))[0]) for p in (0.05, 0.95))
        width = max(found["high"] - found["low"], 1e-9)
        assert (low, high) == pytest.approx((found["low"], found["high"]), abs=0.03 * width), key


def test_a_log_of_calls_shows_the_families(say: Say, tmp_path: Path) -> None:
    days = workload(TRUTH.__class__(calls=3000), np.random.default_rng(1), date(2026, 1, 1), 60)
    plain_csv(days, np.random.default_rng(2), tmp_path / "calls.csv")
    _, out, _ = say("fit", "calls.csv", "--json")
    spread = json.loads(out)["spreads"]["output_tokens"]
    assert spread["candidates"][0]["family"] == spread["chosen"] == "gamma"
    assert spread["distribution"]["a"] == pytest.approx(4, rel=0.1)
    _, out, _ = say("fit", "calls.csv")
    table = out[out.index("How output tokens a call differ from one call to another") :].split("\n")
    assert table[1].split() == ["family", "AIC", "less", "best", "KS", "distance"]
    assert table[2].split()[:2] == ["gamma", "0"]
    assert table[2].endswith("chosen")


# the file


def test_the_priors_are_measured_and_say_where_they_come_from(say: Say, usage: Path, tmp_path: Path) -> None:
    code, out, err = say("fit", "usage.csv", "-o", "priors.toml")
    assert (code, err) == (0, "Wrote priors.toml.\n")
    assert out.startswith("usage.csv (OpenAI usage export), 2026-01-01 to 2026-10-31, 608 rows.")
    found = {entry.name: entry for entry in read_entries(tmp_path / "priors.toml")}
    assert list(found) == [
        "calls_per_month", "growth_per_month", "volatility_per_month", "input_tokens", "output_tokens",
        "cached_tokens", "cache_hit", "batch_share",
    ]  # fmt: skip
    for entry in found.values():
        assert entry.grade == "measured"
        assert entry.checked == date.today()
        assert entry.source.startswith(
            "usage.csv (OpenAI usage export), 2026-01-01 to 2026-10-31, 608 rows; "
        )
        assert entry.prior.law.mean() >= 0 or entry.name == "growth_per_month"
    raw = tomllib.loads((tmp_path / "priors.toml").read_text("utf-8"))
    for name, entry in found.items():
        ends = entry.prior.law.ppf(np.array([0.05, 0.5, 0.95]))
        assert [raw[name][k] for k in ("low", "median", "high")] == pytest.approx(
            list(ends), rel=1e-5, abs=1e-9
        )


def test_a_file_that_exists_is_overwritten_by_force_alone_and_whole(
    say: Say, usage: Path, tmp_path: Path
) -> None:
    (tmp_path / "priors.toml").write_text("mine")
    code, out, err = say("fit", "usage.csv", "-o", "priors.toml")
    assert (code, out) == (2, "")
    assert err == "error: priors.toml: this exists already, and is not overwritten; --force replaces it\n"
    assert (tmp_path / "priors.toml").read_text() == "mine"
    assert say("fit", "usage.csv", "-o", "priors.toml", "--force")[0] == 0
    assert (tmp_path / "priors.toml").read_text().startswith("# Measured: usage.csv")
    assert say("fit", "nothing.csv", "-o", "priors.toml", "--force")[0] == 2
    assert (tmp_path / "priors.toml").read_text().startswith("# Measured: usage.csv")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["priors.toml", "usage.csv"]
    assert say("fit", "usage.csv", "-o", "nowhere/priors.toml")[2] == (
        "error: nowhere/priors.toml: found no folder nowhere\n"
    )


# wrong input


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Error: found no LOG; expected a usage export, or --before and --after"),
        (
            ["usage.csv", "--before", "usage.csv"],
            "Error: --before and --after go together: a log from before the change, one from after",
        ),
        (
            ["usage.csv", "--before", "usage.csv", "--after", "usage.csv"],
            "Error: --before and --after compare two logs: "
            "no other LOG, no -o, --prompt, --prior or --decide",
        ),
        (["nothing.csv"], "error: nothing.csv: no such file"),
        (["usage.csv", "--prompt", "0"], "Error: Invalid value for '--prompt': 0.0 is not in the range x>0."),
        (
            ["usage.csv", "--model", "gpt-4o-mimi"],
            "error: --model gpt-4o-mimi: no call to it in usage.csv; did you mean gpt-4o-mini?",
        ),
    ],
)
def test_wrong_input_is_told(say: Say, tmp_path: Path, arguments: list[str], message: str) -> None:
    flat(tmp_path / "usage.csv")
    code, out, err = say("fit", *arguments)
    assert (code, out, err.strip().split("\n")[-1]) == (2, "", message)


def test_the_prompt_parts_the_input_and_one_too_long_is_told(say: Say, tmp_path: Path) -> None:
    plain_csv(
        workload(Truth(calls=3000), np.random.default_rng(1), date(2026, 1, 1), 60),
        np.random.default_rng(2),
        tmp_path / "calls.csv",
    )
    whole = json.loads(say("fit", "calls.csv", "--json")[1])["estimates"]
    parted = json.loads(say("fit", "calls.csv", "--json", "--prompt", "3000")[1])["estimates"]
    total, cached = whole["input_tokens"]["value"], whole["cached_tokens"]["value"]
    assert parted["input_tokens"]["value"] == pytest.approx(total - 3000, rel=1e-9)
    assert parted["cache_hit"]["value"] == pytest.approx(cached / 3000, rel=1e-4)
    long = json.loads(say("fit", "calls.csv", "--json", "--prompt", "9000")[1])["cannot_be_told"]
    assert long["input_tokens"] == (
        f"a prompt of 9000 tokens is longer than a call's input, {total:.5g} on average"
    )
    short = json.loads(say("fit", "calls.csv", "--json", "--prompt", "1000")[1])["cannot_be_told"]
    assert short["cache_hit"] == "more tokens were cached than a prompt of 1000 has: more than it is cached"


# a belief, updated


def test_a_belief_is_updated_and_shown_before_and_after(say: Say, tmp_path: Path) -> None:
    path = flat(tmp_path / "usage.csv")
    rows = pd.read_csv(path).assign(retries=[20, 24] * 30)
    rows.to_csv(path, index=False)
    belief = "retry_rate={ dist = 'beta', a = 5, b = 95 }"
    code, out, err = say(
        "fit", "usage.csv", "--prior", belief, "--prior", "growth_per_month=0% to 1%", "--json"
    )
    assert (code, err) == (0, "")
    data = json.loads(out)
    n, k = 60_000 + 22 * 60, 22 * 60
    rate = data["estimates"]["retry_rate"]
    assert rate["distribution"]["a"] == pytest.approx(5 + k, rel=1e-4)
    assert rate["distribution"]["b"] == pytest.approx(95 + n - k, rel=1e-4)
    assert set(data["updated"]) == {"retry_rate", "growth_per_month"}
    growth = data["updated"]["growth_per_month"]
    assert growth["log"][0] < growth["together"][0] < 0.005 < growth["together"][1] < 0.01 < growth["log"][1]
    out = say("fit", "usage.csv", "--prior", belief)[1]
    assert "Believed before, updated by the log (5 % to 95 %)\n" in out
    assert "retry rate" in out[out.index("Believed before") :]


@pytest.mark.parametrize(
    ("belief", "message"),
    [
        ("growth", "--prior growth: expected key=value, such as retry_rate='1% to 10%'"),
        ("grwth_per_month=0.1", "--prior grwth_per_month: no such estimate; did you mean growth_per_month?"),
        (
            "retry_rate=1% to 10%",
            "--prior retry_rate: cannot be told from this export: no column of this export says so",
        ),
        (
            "output_tokens=200",
            "--prior output_tokens: found a certain value, which no log can move; expected a range",
        ),
        ("output_tokens=30-50", '--prior output_tokens: found "30-50"; write an interval as "30 to 50"'),
    ],
)
def test_a_belief_that_cannot_be_updated_is_told(say: Say, tmp_path: Path, belief: str, message: str) -> None:
    flat(tmp_path / "usage.csv")
    assert say("fit", "usage.csv", "--prior", belief) == (2, "", f"error: {message}\n")


# before and after


def test_a_real_effect_and_none(say: Say, tmp_path: Path) -> None:
    flat(tmp_path / "a.csv", 300, days=40)
    flat(tmp_path / "b.csv", 200, date(2026, 3, 1), 40)
    flat(tmp_path / "c.csv", 300, date(2026, 5, 1), 40)
    code, out, err = say("fit", "--before", "a.csv", "--after", "b.csv")
    assert (code, err) == (0, "")
    assert out.startswith("Effect      Real: the cost of a call is $0.000015 less than before (")
    assert "A year      −$5 " in out or "A year      −$5.48" in out
    assert "Caution     Whatever else changed between the two periods is in the difference too." in out
    data = json.loads(say("fit", "--before", "a.csv", "--after", "b.csv", "--json")[1])
    assert (data["real"], data["decided_by"]) == (True, "cost_per_call")
    assert data["usd_a_year"]["change"] == pytest.approx(-100 * 0.15e-6 * 1000 * 365.25)
    none = json.loads(say("fit", "--before", "a.csv", "--after", "c.csv", "--json")[1])
    assert none["real"] is False
    out = say("fit", "--before", "a.csv", "--after", "c.csv")[1]
    said = " ".join(out[: out.index("A year")].split())
    assert said.startswith("Effect Not shown: the cost of a call is what it was before (−$0.0000003381 to ")
    assert said.endswith("; without any effect, a difference as large comes about in 100 % of cases.")


# a scenario that uses them


def scenario(prior: str) -> dict[str, Any]:
    price = {"input": 0.15, "output": 0.6}
    return {
        "title": "x",
        "baseline": "a",
        "horizon_months": 3,
        "workload": {"calls_per_month": {"prior": prior}},
        "strategies": {
            "a": {"price": price, "prompt_tokens": 100},
            "b": {"price": price, "prompt_tokens": 50},
        },
    }


def test_a_scenario_takes_a_prior_of_a_file_beside_it(say: Say, usage: Path, tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    say("fit", "usage.csv", "-o", "below/priors.toml")
    built = mcost.load(scenario("below/priors.toml:calls_per_month"))
    prior = built.inputs["workload.calls_per_month"]
    assert (prior.grade, prior.catalogued) == ("measured", "below/priors.toml:calls_per_month")
    assert prior.source.startswith("usage.csv (OpenAI usage export)")
    assert mcost.run(built, draws=64).candidates


@pytest.mark.parametrize(
    ("prior", "message"),
    [
        (
            "priors.toml:cals_per_month",
            'found prior = "priors.toml:cals_per_month"; no such prior in priors.toml; '
            "did you mean calls_per_month?",
        ),
        ("prior.toml:calls_per_month", 'priors: found "prior.toml"; no such file; did you mean priors.toml?'),
        (
            "../priors.toml:calls_per_month",
            'priors: found "../priors.toml"; expected a file in the scenario\'s folder or below it',
        ),
        (
            "/etc/priors.toml:calls_per_month",
            'priors: found "/etc/priors.toml"; expected a file in the scenario\'s folder or below it',
        ),
        ("folder:calls_per_month", 'priors: found "folder", a folder; expected a TOML file'),
        (
            "broken.toml:x",
            "broken.toml: not TOML: Expected '=' after a key in a key/value pair (at line 1, column 6)",
        ),
        ("thin.toml:x", "thin.toml: x: about is missing"),
        (
            "priors.toml:output_tokens",
            "found priors.toml:output_tokens, a prior in tokens a call; expected one in calls a month",
        ),
    ],
)
def test_a_prior_that_cannot_be_taken_is_told(
    say: Say, usage: Path, tmp_path: Path, prior: str, message: str
) -> None:
    say("fit", "usage.csv", "-o", "priors.toml")
    (tmp_path / "folder").mkdir()
    (tmp_path / "broken.toml").write_text("this is not TOML")
    (tmp_path / "thin.toml").write_text('[x]\ndistribution = "1 to 2"\n')
    with pytest.raises(McostError) as refused:
        mcost.load(scenario(prior))
    assert str(refused.value) == f"workload.calls_per_month: {message}"


def test_check_of_a_folder_leaves_files_of_priors_alone(say: Say, usage: Path, tmp_path: Path) -> None:
    say("init", "mine.toml", "--yes", "--from-log", "usage.csv")
    say("fit", "usage.csv", "-o", "priors.toml")
    code, out, err = say("check", ".", "--draws", "64")
    assert (code, err) == (0, "")
    assert out.startswith("mine.toml: valid")


# init


def test_init_from_a_log_writes_a_whole_scenario(say: Say, usage: Path, tmp_path: Path) -> None:
    code, out, err = say("init", "mine.toml", "--yes", "--from-log", "usage.csv")
    assert code == 0
    assert out == "Wrote mine.toml. Next: mcost run mine.toml\n"
    assert err.startswith("Wrote mine.priors.toml: 8 measured inputs.\n")
    built = mcost.load(tmp_path / "mine.toml")
    inputs = built.inputs
    assert built.strategies["prompt"].model == "openai/gpt-4o-mini"
    for key in ("workload.calls_per_month", "workload.output_tokens", "strategies.prompt.cache_hit"):
        assert inputs[key].grade == "measured", key
    mean = {key: inputs[f"workload.{key}"].law.mean() for key in ("input_tokens", "output_tokens")}
    prompt = inputs["strategies.prompt.prompt_tokens"].law.mean()
    assert prompt + mean["input_tokens"] == pytest.approx(TRUTH.input, rel=0.01)
    assert prompt * inputs["strategies.prompt.cache_hit"].law.mean() == pytest.approx(
        TRUTH.input * TRUTH.cached, rel=0.02
    )
    assert inputs["strategies.prompt.batch_share"].law.mean() == pytest.approx(0.1, rel=0.05)
    assert say("run", "mine.toml", "--draws", "512")[0] == 0
    assert say("init", "mine.toml", "--yes", "--from-log", "usage.csv")[2] == (
        "error: mine.toml: this exists already, and is not overwritten; --force replaces it\n"
    )


def test_init_from_a_log_asks_what_the_log_cannot_tell(
    say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = workload(TRUTH, np.random.default_rng(1), date(2026, 1, 1), 300)
    anthropic_csv(days, np.random.default_rng(2), tmp_path / "console.csv")
    answers = iter(["50k to 60k", "4000", "", "", "", "", "", ""])
    monkeypatch.setattr("builtins.input", lambda: next(answers))
    code, _, err = say("init", "mine.toml", "--from-log", "console.csv")
    assert code == 0, err
    assert "1/6  Calls a month [80k to 120k]: " in err
    assert "3/6  Model today [anthropic/claude-sonnet-4-6]: " in err
    text = (tmp_path / "mine.toml").read_text("utf-8")
    assert 'calls_per_month = "50k to 60k"' in text
    assert 'cache_hit = { prior = "mine.priors.toml:cache_hit" }' in text
    assert 'output_tokens = { prior = "tokens.output" }' in text


def test_model_goes_with_a_log(say: Say) -> None:
    code, _, err = say("init", "mine.toml", "--yes", "--model", "gpt-4o")
    assert code == 2
    assert err.endswith("Error: --model chooses from a log: it goes with --from-log\n")
