"""``mcost portfolio`` as a user meets it: what is printed, the JSON, files, mistakes, exit codes."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mcost.portfolios import portfolio
from mcost.spread import InProcess

Mcost = Callable[..., tuple[int, str, str]]

CERTAIN = """\
title = "{name}"
baseline = "prompt"
horizon_months = 10
workload.calls_per_month = {calls}
strategies.prompt = {{ price = {{ input = 1.0 }}, prompt_tokens = 3000 }}
strategies.short = {{ price = {{ input = 1.0 }}, prompt_tokens = 1000, setup_hours = 50 }}
hourly_rate = 100
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three certain scenarios: a short prompt saves $2 a thousand calls, and costs $5,000 at the start."""
    made = tmp_path / "teams"
    made.mkdir()
    for name, calls in (("small", 100_000), ("middle", 500_000), ("large", 1_000_000)):
        (made / f"{name}.toml").write_text(CERTAIN.format(name=name.title(), calls=calls), "utf-8")
    return made


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "table.csv"
    file.write_text("name,workload.calls_per_month\nnow,\nmore,2M to 4M\nless,10k\n", "utf-8")
    return file


def test_what_is_printed(mcost: Mcost, folder: Path) -> None:
    code, out, err = mcost("portfolio", str(folder))
    assert (code, err) == (0, "")
    # 10 months of 100k, 500k and 1M calls at $2 a thousand: $2,000, $10,000 and $20,000, less $5,000.
    assert re.sub(r"mcost \S+$", "mcost …", out.replace(str(folder), "teams")) == (
        """\
teams: 3 scenarios

Advice       Move to short in 2, and stay with the baseline in 1: all together are expected to save
             $20,000.
At stake     The largest saving is in large: $15,000 on average, by a move from prompt to short.

By expected saving of the best choice
             best candidate  advice  pays off  mean saving  1 in 20  EVPI
  1  large            short    move       yes      $15,000  $15,000    $0
  2  middle           short    move       yes       $5,000   $5,000    $0
  3  small            short    stay        no      −$3,000  −$3,000    $0

16,384 draws each · seed 1 · mcost …
"""
    )


def test_uncertain_ones_by_evpi_and_the_first_rows_alone(mcost: Mcost, table: Path) -> None:
    arguments = ["--template", "contested", "--draws", "1024", "--by", "evpi"]
    code, out, err = mcost("portfolio", str(table), *arguments, "--top", "2")
    assert (code, err) == (0, "")
    said = " ".join(out.split())
    assert re.search(r"Knowing more is worth most in more: \$[\d,]+ at most\.", said)
    assert "The first 2 of 3, by EVPI" in out
    assert re.search(r"^  1  more +\w+ \w+ +move +\d+ % +\$[\d,]+ ", out, re.M)
    assert "less" not in out.split("by EVPI")[1]
    assert re.search(
        r"^±[\d.]+ points of simulation error at most \(95 %\), which is not doubt about", out, re.M
    )


def test_json(mcost: Mcost, folder: Path) -> None:
    (folder / "wrong.toml").write_text("title = 3\n", "utf-8")
    code, out, err = mcost("portfolio", str(folder), "--json", "--draws", "1024", "--seed", "5")
    assert (code, err) == (2, "error: 1 of 4 scenarios have no verdict: wrong\n")
    data = json.loads(out)
    assert {key: data[key] for key in ("draws", "seed", "sampler", "by")} == {
        "draws": 1024,
        "seed": 5,
        "sampler": "qmc",
        "by": "saving",
    }
    assert [(row["rank"], row["name"]) for row in data["rows"]] == [
        (1, "large"),
        (2, "middle"),
        (3, "small"),
        (None, "wrong"),
    ]
    large, wrong = data["rows"][0], data["rows"][-1]
    assert large.pop("scenario").keys() == {"title", "file", "sha256"}
    assert large == {
        "rank": 1,
        "name": "large",
        "horizon_months": 10,
        "baseline": "prompt",
        "recommended": "short",
        "expected_saving_usd": {"mean": pytest.approx(15_000), "standard_error": pytest.approx(0, abs=1e-6)},
        "headline": "short",
        "pays_off": {"probability": 1.0, "standard_error": 0.0},
        "beats_best_alternative": {"probability": 1.0, "standard_error": 0.0, "alternative": "prompt"},
        "saving_usd": {
            "mean": pytest.approx(15_000),
            "standard_error": pytest.approx(0, abs=1e-6),
            "p5": pytest.approx(15_000),
            "p95": pytest.approx(15_000),
        },
        "evpi_usd": 0.0,
        "error": None,
    }
    assert wrong["scenario"] == {"title": None, "file": "wrong.toml", "sha256": None}
    assert wrong["error"] == f"{folder}/wrong.toml: baseline: this key is missing (and 4 more mistakes)"
    assert wrong["pays_off"] is None


def test_what_is_wrong_is_shown_after_all_others_are_done(mcost: Mcost, folder: Path) -> None:
    (folder / "a wrong.toml").write_bytes(b"title = '\xff'")
    (folder / "another.toml").write_text("", "utf-8")
    code, out, err = mcost("portfolio", str(folder), "--require", "0.5")
    assert code == 2
    assert "Wrong        a wrong: " in out
    said = " ".join(out.split())
    assert "a wrong.toml:1: found a byte that is not UTF-8; save the file as UTF-8 another: " in said
    assert re.search(r"^  3  small ", out, re.M)
    assert err == (
        "not met: the headline pays off in less than 0.5 of futures in small\n"
        "error: 2 of 5 scenarios have no verdict: a wrong, another\n"
    )


def test_require(mcost: Mcost, folder: Path) -> None:
    code, _, err = mcost("portfolio", str(folder), "--require", "60%")
    assert (code, err) == (1, "not met: the headline pays off in less than 0.6 of futures in small\n")
    (folder / "small.toml").unlink()
    code, _, err = mcost("portfolio", str(folder), "--require", "60%")
    assert (code, err) == (0, "")


def test_set_and_horizon_hold_for_all(mcost: Mcost, folder: Path) -> None:
    arguments = ["--set", "hourly_rate=200", "--horizon", "20", "--json"]
    _, out, _ = mcost("portfolio", str(folder), *arguments)
    rows = {row["name"]: row for row in json.loads(out)["rows"]}
    # 20 months at $2 a thousand calls, less 50 hours at $200.
    saved = {"large": 30_000, "middle": 10_000, "small": -6_000}
    for name, usd in saved.items():
        assert rows[name]["saving_usd"]["mean"] == pytest.approx(usd)


def test_files_are_written_and_not_written_over(mcost: Mcost, folder: Path, tmp_path: Path) -> None:
    for ending in ("csv", "parquet"):
        out = tmp_path / f"rows.{ending}"
        assert mcost("portfolio", str(folder), "-o", str(out))[::2] == (0, f"Wrote {out}.\n")
        before = out.read_bytes()
        code, _, err = mcost("portfolio", str(folder), "-o", str(out))
        assert (code, err) == (
            2,
            f"error: {out}: this exists already, and is not overwritten; --force replaces it\n",
        )
        assert mcost("portfolio", str(folder), "-o", str(out), "--force")[0] == 0
        assert out.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["rows.csv", "rows.parquet", "teams"]


def test_without_pyarrow_the_error_names_the_extra(
    mcost: Mcost, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mcost.portfolio_file.find_spec", lambda name: None)
    assert mcost("portfolio", str(folder), "-o", "rows.parquet") == (
        2,
        "",
        "error: .parquet needs a library that is not here: pip install 'mcost[parquet]', or choose .csv\n",
    )


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal here")
@pytest.mark.parametrize("how", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_a_run_that_is_ended_is_taken_up_by_the_same_command(tmp_path: Path, how: str) -> None:
    table = tmp_path / "table.csv"
    rows = [f"{name},{50_000 * (name + 1)}" for name in range(40)]
    table.write_text("\n".join(["name,workload.calls_per_month", *rows]), "utf-8")
    whole, out = tmp_path / "whole.csv", tmp_path / "out.csv"
    journal = tmp_path / "out.csv.partial"
    command = [sys.executable, "-m", "mcost", "portfolio", str(table), "--template", "contested"]
    command += ["--draws", "8192", "-o"]
    portfolio(table, "contested", 8192, executor=InProcess(), output=whole)
    with subprocess.Popen([*command, str(out)], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        while not journal.exists() or journal.read_bytes().count(b"\n") < 3:
            assert running.poll() is None
            time.sleep(0.01)
        os.kill(running.pid, getattr(signal, how))
        _, err = running.communicate(timeout=60)  # ends once its workers, who hold the pipes too, are gone
    assert running.returncode != 0
    assert b"Traceback" not in err
    assert not out.exists()
    kept = journal.read_bytes()
    assert 3 <= kept.count(b"\n") < 40
    subprocess.run([*command, str(out)], check=True, capture_output=True)
    assert out.read_bytes() == whole.read_bytes()
    assert not journal.exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "name,workload.cals_per_month\na,3\n",
            "table.csv:1: column 2: workload.cals_per_month: no such key; did you mean calls_per_month?",
        ),
        (
            "horizon_month\n3\n",
            "table.csv:1: column 1: horizon_month: no such key; did you mean horizon_months?",
        ),
        (
            "strategies.fine_tun.setup_hours\n3\n",
            "table.csv:1: column 1: strategies.fine_tun.setup_hours: no such strategy; did you mean "
            "fine_tune?",
        ),
        (
            "calls per month\n3\n",
            'table.csv:1: column 1: calls per month: found key "calls per month"; expected names joined '
            "by dots",
        ),
        ("", "table.csv: found an empty table; expected a line of keys, and rows below it"),
        ("name,hourly_rate\n\n", "table.csv: found no row below the line of keys"),
        ("name;hourly_rate\na;3\n", "table.csv: found columns parted by semicolons; expected commas"),
        ("name,\na,3\n", "table.csv:1: column 2: found no key; expected one as --set takes it"),
        (
            "hourly_rate,hourly_rate\n2,3\n",
            'table.csv:1: column 2: found "hourly_rate" twice; expected one column of a key',
        ),
        (
            "name,hourly_rate\na,1,000\n",
            "table.csv:2: found 3 cells; expected 2, one for each column (a value that has commas stands in "
            "double quotes)",
        ),
        (
            "name,hourly_rate\na,1\n\n\nb,2\na,3\n",
            'table.csv:6: found the name "a" again, which line 2 has; expected another name for each row',
        ),
        ('name,hourly_rate\na,"1\n', "table.csv:2: not CSV: unexpected end of data"),
    ],
)
def test_mistakes_in_a_table(mcost: Mcost, table: Path, text: str, message: str) -> None:
    table.write_text(text, "utf-8")
    expected = f"error: {table.parent}/{message}\n"
    assert mcost("portfolio", str(table), "--template", "contested") == (2, "", expected)


def test_a_wrong_cell_is_its_rows_own_matter(mcost: Mcost, table: Path) -> None:
    table.write_text(
        "name,workload.calls_per_month,strategies.fine_tune.hosting.calls_per_hour\n"
        "good,3M,\nbackwards,4_000_000 to 2_000_000,\nhalf,,5\n",
        "utf-8",
    )
    code, out, _ = mcost("portfolio", str(table), "--template", "contested", "--json", "--draws", "1024")
    assert code == 2
    assert {row["name"]: row["error"] for row in json.loads(out)["rows"]} == {
        "good": None,
        "backwards": "table.csv:3: workload.calls_per_month: found 4000000 to 2000000; the low end must be "
        'below the high end: write "2000000 to 4000000"',
        "half": "table.csv:4: column strategies.fine_tune.hosting.calls_per_hour: "
        "strategies.fine_tune.hosting.usd_per_hour: this key is missing",
    }


def test_mistakes(mcost: Mcost, table: Path, folder: Path, tmp_path: Path) -> None:
    def said(*arguments: str) -> str:
        code, out, err = mcost("portfolio", *arguments)
        assert (code, out) == (2, "")
        assert err.startswith("error: ")
        return err.removeprefix("error: ").removesuffix("\n").replace(f"{tmp_path}/", "")

    wanted = "expected a folder of scenario files, or a CSV of overrides with a template"
    empty = tmp_path / "empty"
    empty.mkdir()
    assert said(str(empty)) == "empty: found no scenario file (*.toml) in this folder"
    assert said(str(tmp_path / "nowhere")) == f"nowhere: no such folder or file; {wanted}"
    assert said(str(folder / "small.toml")) == f"teams/small.toml: found a scenario file; {wanted}"
    assert said(str(table)) == (
        "table.csv: found no template; expected a scenario that its overrides are put into (--template)"
    )
    assert said(str(table), "--template", "contestd") == (
        "contestd: no such file, and no shipped scenario; did you mean contested?"
    )
    assert said(str(folder), "--template", "contested") == (
        "template: found beside a folder; expected it beside a CSV of overrides"
    )
    assert said(str(folder), "--draws", "0") == (
        "draws: found 0; expected a whole number from 1 to 1,000,000,000"
    )
    assert said(str(folder), "-o", str(tmp_path / "rows.txt")) == (
        'rows.txt: found the ending ".txt"; expected .csv or .parquet'
    )
    assert said(str(folder), "-o", str(tmp_path / "no" / "rows.csv")).startswith(
        "no/rows.csv: found no folder "
    )
    assert said(str(folder), "--require", "2").startswith("--require 2: ")
    table.write_bytes("name,hourly_rate\nä,3\n".encode("latin-1"))
    assert said(str(table), "--template", "contested") == (
        "table.csv: found a byte that is not UTF-8; save the file as UTF-8"
    )


def test_the_examples_of_the_help_run(mcost: Mcost, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _, text, _ = mcost("portfolio", "--help")
    examples = re.findall(r"^\s*(?:Example: )?mcost (portfolio .*)$", text, re.MULTILINE)
    assert len(examples) == 3
    (tmp_path / "teams.csv").write_text("name,hourly_rate\na,50\nb,100 to 150\n", "utf-8")
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "a.toml").write_text(CERTAIN.format(name="A", calls=1000), "utf-8")
    monkeypatch.chdir(tmp_path)
    for example in examples:
        code, out, _ = mcost(*shlex.split(example), "--draws", "1024")
        assert code == 0
        assert "Advice " in out


def test_a_portfolio_loads_no_more_than_it_needs() -> None:
    code = (
        "import sys, runpy\n"
        "sys.argv = ['mcost', 'portfolio', *sys.argv[1:]]\n"
        "try: runpy.run_module('mcost', run_name='__main__')\n"
        "except SystemExit as stop: assert not stop.code, stop.code\n"
        "print('\\n' + ' '.join(sys.modules))"
    )
    folder = str(Path(__file__).parents[2] / "scenarios")
    run = subprocess.run(
        [sys.executable, "-c", code, folder, "--draws", "64"], capture_output=True, text=True, check=True
    )
    modules = set(run.stdout.splitlines()[-1].split())
    assert not {"pandas", "matplotlib", "seaborn", "rich", "distributed", "pyarrow"} & modules
