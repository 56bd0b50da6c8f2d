"""``mcost init`` on a pseudo-terminal, then check and run; and ``mcost quick``, which needs no file."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

import mcost

HOME = str(Path(mcost.__file__).parent.parent)
ENVIRONMENT = {**os.environ, "PYTHONPATH": HOME, "COLUMNS": "100", "NO_COLOR": "1"}
MCOST = [sys.executable, "-m", "mcost"]

QUESTIONS = [
    "1/6  Calls a month [80k to 120k]: ",
    "2/6  Tokens of the prompt today [3000]: ",
    "2/6  Tokens of the prompt after tuning [300 to 800]: ",
    "3/6  Model today [openai/gpt-5.4-mini]: ",
    "3/6  Model to tune [azure/gpt-oss-20b]: ",
    "4/6  Hours to set up the tuned model [20 to 40]: ",
    "5/6  Hours a month to keep it up [5 to 10]: ",
    "6/6  How sure are you? Of 100 such ranges, how many would hold the truth? [90]: ",
]
CLOSES = "openai/gpt-5.4-mini takes no training jobs (after|since) 2027-01-06"


def call(*arguments: str, cwd: Path, answers: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MCOST, *arguments],
        cwd=cwd,
        env=ENVIRONMENT,
        input=answers,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


class Terminal:
    """A command on a pseudo-terminal of 100 columns: read up to a text, then type."""

    def __init__(self, *arguments: str, cwd: Path) -> None:
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [*MCOST, *arguments],
            cwd=cwd,
            env=ENVIRONMENT,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            preexec_fn=lambda: signal.signal(
                signal.SIGINT, signal.SIG_DFL
            ),  # a job in the background has none
        )
        os.close(slave)
        self.seen, self.read = "", 0

    def read_to(self, text: str) -> None:
        until = time.monotonic() + 60
        while (at := self.seen.find(text, self.read)) < 0:
            assert time.monotonic() < until, f"waited for {text!r} after {self.seen!r}"
            assert self._more() or text in self.seen, f"ended without {text!r}: {self.seen!r}"
        self.read = at + len(text)

    def _more(self) -> bool:
        if not select.select([self.master], [], [], 0.2)[0]:
            return True
        try:
            found = os.read(self.master, 4096)
        except OSError:  # Linux says so where the other side has closed
            return False
        self.seen += found.decode().replace("\r\n", "\n")
        return bool(found)

    def type(self, text: str) -> None:
        os.write(self.master, f"{text}\n".encode())

    def end(self) -> int:
        until = time.monotonic() + 60
        while self._more():
            if time.monotonic() > until:
                self.process.kill()
        code = self.process.wait(60)
        os.close(self.master)
        return code


def on_terminal(*arguments: str, cwd: Path) -> tuple[int, str]:
    terminal = Terminal(*arguments, cwd=cwd)
    code = terminal.end()
    return code, terminal.seen


def test_init_on_defaults_then_check_then_run(tmp_path: Path) -> None:
    terminal = Terminal("init", cwd=tmp_path)
    for question in QUESTIONS:
        terminal.read_to(question)
        terminal.type("")
    assert terminal.end() == 0
    shown = terminal.seen
    assert shown.startswith('Six questions. A range goes from low to high, such as "80k to 120k"; one\n')
    assert re.search(rf"^     {CLOSES}.*\n3/6  Model to tune", shown, re.MULTILINE)
    assert re.search(rf"^Note: {CLOSES}.*: the draft tunes azure/gpt-oss-20b instead\.$", shown, re.MULTILINE)
    assert shown.endswith("\nWrote mcost.toml. Next: mcost run mcost.toml\n")
    code, checked = on_terminal("check", "mcost.toml", cwd=tmp_path)
    assert code == 0, checked
    assert "mcost.toml: valid" in checked
    code, verdict = on_terminal("run", "mcost.toml", "--draws", "2000", cwd=tmp_path)
    assert code == 0, verdict
    assert "Fine tune is ahead of prompt at month 24" in verdict


def test_yes_writes_what_enter_would(tmp_path: Path) -> None:
    asked = call("init", "asked.toml", cwd=tmp_path, answers="\n" * len(QUESTIONS))
    taken = call("init", "taken.toml", "--yes", cwd=tmp_path)
    assert (asked.returncode, taken.returncode) == (0, 0)
    assert taken.stdout == "Wrote taken.toml. Next: mcost run taken.toml\n"
    assert (tmp_path / "asked.toml").read_text("utf-8") == (tmp_path / "taken.toml").read_text("utf-8")


def test_a_bad_answer_is_asked_again_with_the_reason(tmp_path: Path) -> None:
    turns = [
        (QUESTIONS[0], "80-120", 'found "80-120"; write an interval as "80 to 120"'),
        (QUESTIONS[0], "2M to 4M", None),
        (QUESTIONS[1], "0", "found 0; expected more than 0: the prompt is what tuning shortens"),
        (QUESTIONS[1], "4000", None),
        (QUESTIONS[2], "", None),
        (QUESTIONS[3], "gpt-4o-mimi", "did you mean openai/gpt-4o-mini, openai/ft:gpt-4o-mini or"),
        (QUESTIONS[3], "claude-sonnet-4-6", None),
        (QUESTIONS[4], "gpt-6-luna", "no price of a tuned one is known"),
        (QUESTIONS[4], "azure/ministral-3b", "did you mean azure/ft:ministral-3b"),
        (QUESTIONS[4], "azure/ft:ministral-3b", None),
        (QUESTIONS[5], "30 to 90 hours", None),
        (QUESTIONS[6], "5 days", "but this is in hours a month"),
        (QUESTIONS[6], "4", None),
        (QUESTIONS[7], "120", "expected more than 1 and less than 100 per cent, such as 90"),
        (QUESTIONS[7], "60", None),
    ]
    terminal = Terminal("init", "my plan.toml", cwd=tmp_path)
    for question, answer, reason in turns:
        terminal.read_to(question)
        terminal.type(answer)
        if reason is not None:
            terminal.read_to(reason)
    assert terminal.end() == 0
    assert terminal.seen.endswith("Wrote my plan.toml. Next: mcost run 'my plan.toml'\n")
    data = tomllib.loads((tmp_path / "my plan.toml").read_text("utf-8"))
    tuned = data["strategies"]["fine_tune"]
    assert data["workload"]["calls_per_month"] == "2M to 4M"
    assert data["credibility"] == 0.6
    assert data["strategies"]["prompt"]["model"] == "anthropic/claude-sonnet-4-6"
    assert (tuned["model"], tuned["setup_hours"], tuned["hours_per_month"]) == (
        "azure/ft:ministral-3b",
        "30 to 90 hours",
        4,
    )
    assert call("check", "my plan.toml", cwd=tmp_path).returncode == 0


def test_a_file_that_exists_is_overwritten_by_force_alone(tmp_path: Path) -> None:
    (tmp_path / "mcost.toml").write_text("mine", encoding="utf-8")
    for arguments in (["init"], ["init", "--yes"], ["init", "mcost.toml", "--yes"]):
        run = call(*arguments, cwd=tmp_path)
        assert (run.returncode, run.stdout) == (2, "")
        assert (
            run.stderr
            == "error: mcost.toml: this exists already, and is not overwritten; --force replaces it\n"
        )
    assert (tmp_path / "mcost.toml").read_text(encoding="utf-8") == "mine"
    assert call("init", "--yes", "--force", cwd=tmp_path).returncode == 0
    assert "mine" not in (tmp_path / "mcost.toml").read_text(encoding="utf-8")


def test_without_a_terminal_and_without_yes_it_says_what_to_do(tmp_path: Path) -> None:
    run = call("init", cwd=tmp_path, answers="100k\n")
    assert run.returncode == 2
    assert run.stderr.endswith(
        "error: found no answer to question 2 of 6; expected a terminal, or --yes for the defaults\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_leaves_nothing_behind(tmp_path: Path) -> None:
    terminal = Terminal("init", cwd=tmp_path)
    terminal.read_to(QUESTIONS[0])
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.end() == 130
    assert "error: interrupted" in terminal.seen
    assert "Traceback" not in terminal.seen
    assert list(tmp_path.iterdir()) == []


def test_the_questions_wait_for_nothing_large(tmp_path: Path) -> None:
    code = (
        "import sys, runpy, builtins\n"
        "large = {'numpy', 'scipy', 'pandas', 'pydantic', 'rich', 'genai_prices', 'mcost.scenario'}\n"
        "def first(*_):\n"
        "    print(sorted(large & set(sys.modules)))\n"
        "    raise EOFError\n"
        "builtins.input = first\n"
        "sys.argv = ['mcost', 'init']\n"
        "runpy.run_module('mcost', run_name='__main__')\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True
    )
    assert (run.returncode, run.stdout) == (2, "[]\n")


# quick

QUICK = ["quick", "--calls", "100k", "--model", "openai/gpt-4o-mini", "--prompt", "3000", "--after", "500"]

ASSUMED = """\
Assumed     From the catalogue: hourly rate, cost per label.
            From the catalogue and weak, without a good source: growth per month, volatility per
            month, input tokens, output tokens, task changes per year, cache hit, retry rate, hours
            per month, hours per task change, migration hours, setup hours, build months, success
            probability, retrain every months, relabelled examples.
            Set by default: 2,000 labelled examples; a discount rate of 8 % a year; 48 to 190 USD
            for a training; prices and dates as of 2026-11-09.
Note        openai/gpt-4o-mini takes no training jobs after 2027-01-06, month 3: the draft tunes
            azure/gpt-oss-20b instead.
            openai/gpt-4o-mini retires on 2027-01-14, month 3: each prompted strategy then pays for
            the move to another model, and the same price.

"""


def test_quick_says_what_it_assumed_and_then_what_run_says_of_the_same_draft(tmp_path: Path) -> None:
    quick = call(*QUICK, "--draws", "2000", "--save", "draft.toml", cwd=tmp_path)
    assert (quick.returncode, quick.stderr) == (0, "Wrote draft.toml.\n")
    assert quick.stdout.startswith(ASSUMED)
    run = call("run", "draft.toml", "--draws", "2000", cwd=tmp_path)
    without_hash = [
        re.sub(r"scenario \w{8}", "", t) for t in (quick.stdout.removeprefix(ASSUMED), run.stdout)
    ]
    assert without_hash[0] == without_hash[1]


def test_quick_as_data_is_the_object_of_run_with_what_was_assumed(tmp_path: Path) -> None:
    quick = call(*QUICK, "--draws", "2000", "--save", "draft.toml", "--json", cwd=tmp_path)
    found = json.loads(quick.stdout)
    run = json.loads(call("run", "draft.toml", "--draws", "2000", "--json", cwd=tmp_path).stdout)
    assert found["candidates"] == run["candidates"]
    assert found.keys() - run.keys() == {"assumed", "notes"}
    assert {"key": "hourly_rate", "prior": "engineering.hourly_rate_us", "grade": "measured"} in found[
        "assumed"
    ]
    assert len(found["notes"]) == 2


def test_quick_takes_hours_upkeep_horizon_start_and_the_model_to_tune(tmp_path: Path) -> None:
    more = ["--hours", "60 to 90", "--upkeep", "0", "--horizon", "36", "--start", "2026-12-01"]
    tune = ["--tune", "azure/gpt-4.1-mini", "--draws", "500", "--save", "draft.toml"]
    assert call(*QUICK, *more, *tune, cwd=tmp_path).returncode == 0
    data = tomllib.loads((tmp_path / "draft.toml").read_text("utf-8"))
    tuned = data["strategies"]["fine_tune"]
    assert (data["horizon_months"], data["start"].isoformat()) == (36, "2026-12-01")
    assert (tuned["model"], tuned["setup_hours"], tuned["hours_per_month"]) == (
        "azure/gpt-4.1-mini",
        "60 to 90",
        0,
    )


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--calls", "80-120k", '--calls: found "80-120k"; write an interval as "80 to 120k"'),
        ("--hours", "20 days", '--hours: found "20 days", but this is in hours; write "20" converted to it'),
        ("--start", "soon", '--start: found "soon"; expected a date, such as 2026-12-01'),
        ("--tune", "openai/gpt-6-luna", 'found model "openai/gpt-6-luna"; no price of a tuned one is known'),
        ("--model", "nothing", 'found model "nothing"; expected a model of the price table'),
        (
            "--save",
            "there.toml",
            "there.toml: this exists already, and is not overwritten; --force replaces it",
        ),
    ],
)
def test_a_mistake_of_quick_is_one_error(tmp_path: Path, option: str, value: str, message: str) -> None:
    (tmp_path / "there.toml").touch()
    run = call(*QUICK, option, value, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith(f"error: {message}")
    assert len(run.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", ["init", "quick", "priors", "prices"])
def test_the_example_of_each_help_runs(tmp_path: Path, command: str) -> None:
    said = call(command, "--help", cwd=tmp_path).stdout
    example = re.search(r"Example: mcost (.*)", re.sub(r"\n +", " ", said[said.index("Example:") :]))
    assert example is not None
    run = call(*example[1].split(), cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    with contextlib.suppress(FileNotFoundError):
        assert (tmp_path / "mcost.toml").read_text("utf-8").startswith("# Does fine-tuning pay off here?")
