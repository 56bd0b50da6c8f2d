"""Files that are broken, hostile or not there: a message that can be read, soon and in little memory."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from fuzz.broken import HOSTILE, NUMBERS, PRIORS, RICH, SHIPPED, VALUES, broken
from fuzz.counting import Part, Tally, parts
from fuzz.notations import CSV, CSV_TEXT
from fuzz.scenarios import inline
from fuzz.watched import survived

COMMANDS = (
    ("check", "case.toml", "--draws", "64"),
    ("run", "case.toml", "--draws", "64", "--json"),
    ("check", "case.toml", "--draws", "64", "--json"),
    ("run", "case.toml", "--draws", "64"),
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with samples and priors of one's own."""
    (tmp_path / CSV).write_text(CSV_TEXT, encoding="utf-8")
    (tmp_path / "own.toml").write_text(PRIORS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_files_that_are_broken_are_right(folder: Path) -> None:
    (folder / "case.toml").write_text(RICH, encoding="utf-8")
    ended = survived("check", "case.toml", "--draws", "1024")
    assert (ended.code, ended.err) == (0, "")


@pytest.mark.parametrize("part", parts(200), ids=str)
def test_a_broken_file_is_read_or_refused(part: Part, count: Tally, folder: Path) -> None:
    """Scenarios mostly; every fifth time the file of priors or of samples that a right one reads."""
    r = random.Random(part.seed)
    for i in range(part.cases):
        files = {"case.toml": RICH, "own.toml": PRIORS, CSV: CSV_TEXT}
        wrong = r.choice(["own.toml", CSV]) if i % 5 == 0 else "case.toml"
        if wrong == "case.toml" and r.random() < 0.5:
            files[wrong] = r.choice(SHIPPED)
        raw = {name: text.encode() for name, text in files.items()} | {wrong: broken(r, files[wrong])}
        for name, content in raw.items():
            (folder / name).write_bytes(content)
        count.add("files")
        try:
            ended = survived(*r.choice(COMMANDS))
        except BaseException:
            keep(raw[wrong], f"{part.seed}-{i}-{wrong}")
            raise
        count.add("files refused", ended.code == 2)
        count.add("files valid", ended.code < 2)


def keep(content: bytes, name: str) -> None:
    """A file that was not survived, where MCOST_KEEP says to keep them."""
    if where := os.environ.get("MCOST_KEEP"):
        Path(where).mkdir(parents=True, exist_ok=True)
        (Path(where) / name).write_bytes(content)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_or_read_soon(name: str, count: Tally, folder: Path) -> None:
    (folder / "case.toml").write_text(HOSTILE[name], encoding="utf-8")
    count.add("files")
    ended = survived("check", "case.toml", "--draws", "64")
    count.add("files refused" if ended.code == 2 else "files valid")


# --- what a scenario may not read -------------------------------------------------------------------------

SECRET = "1234567"


@pytest.fixture
def beside(folder: Path) -> Path:
    """A folder of a scenario within another one, from which things lead out and to what is no file."""
    inner = folder / "inner"
    inner.mkdir()
    (folder / "x.csv").write_text(f"amount\n{SECRET}\n", encoding="utf-8")
    (folder / "x.toml").write_text(PRIORS.replace("1 to 4", SECRET), encoding="utf-8")
    (inner / "there.csv").write_text("amount\n5\n", encoding="utf-8")
    (inner / "out.csv").symlink_to(folder / "x.csv")
    (inner / "out.toml").symlink_to(folder / "x.toml")
    (inner / "up").symlink_to(folder, target_is_directory=True)
    (inner / "round.csv").symlink_to(inner / "round.csv")
    (inner / "zero.csv").symlink_to("/dev/zero")
    (inner / "environ.csv").symlink_to("/proc/self/environ")
    (inner / "a folder.csv").mkdir()
    os.mkfifo(inner / "pipe.csv")
    return inner


LEADS_OUT = "../x.csv", "up/x.csv", "./../x.csv", "up/../x.csv", "out.csv", "zero.csv", "environ.csv"
IS_NONE = "a folder.csv", "pipe.csv", "round.csv", "none.csv", "there.csv/x", "n" * 300, "n/" * 3000, ".", ""
ABSOLUTE = (
    "/dev/zero",
    "/proc/self/environ",
    "/etc/passwd",
    "C:\\x.csv",
    "//host/x.csv",
    "~/x.csv",
    "http://x/y.csv",
)


@pytest.mark.parametrize("name", [*LEADS_OUT, *IS_NONE, *ABSOLUTE], ids=lambda name: name[:20])
@pytest.mark.parametrize("notation", ["samples", "prior"])
def test_nothing_outside_the_folder_is_read(name: str, notation: str, beside: Path) -> None:
    named = name.replace("csv", "toml") if notation == "prior" and name in ("out.csv", "../x.csv") else name
    value = {"samples": named, "column": "amount"} if notation == "samples" else {"prior": f"{named}:changes"}
    (beside / "case.toml").write_text(HEAD + f"setup_hours = {inline(value)}\n", encoding="utf-8")
    ended = survived("check", str(beside / "case.toml"), "--draws", "64")
    assert ended.code == 2
    assert SECRET not in ended.err
    key = "samples" if notation == "samples" else "priors"
    assert f"setup_hours: {key}: found " in ended.err


def test_what_is_inside_the_folder_is_read(beside: Path) -> None:
    (beside / "case.toml").write_text(
        HEAD + 'setup_hours = { samples = "there.csv", column = "amount" }\n', encoding="utf-8"
    )
    assert survived("check", str(beside / "case.toml"), "--draws", "64").code == 0


HEAD = """\
title = "x"
baseline = "p"
horizon_months = 3
workload = { calls_per_month = 100 }
[strategies.p]
price = { input = 1 }
"""

TABLES = [
    "",
    "\n",
    "amount",
    "amount\n",
    "amount\nnan\n",
    "amount\ninf\n",
    "amount\n-5\n",
    "amount\n1e400\n",
    "amount\n" + "9" * 5000 + "\n",
    "amount\n1\n\n\n2,3,4\n",
    "amount,amount\n1,2\n",
    'amount\n"1\n',
    'amount\n"1""\n',
    "amount\n1\0\n",
    "a" * 200_000 + "\n1\n",
    "amount\n" + "a" * 200_000 + "\n",
    "amount\n" + "1," * 200_000 + "\n",
    "," * 200_000 + "amount\n1\n",
    "amount;x\n1;2\n",
    "\x1b[31m\n1\n",
    "amount\n\x1b[31m\n",
    "amount\r1\r2\r",
    "amount\n5 hours\n",
    "amount\n1 to 2\n",
    "amount\n" + "1\n" * 100_000,
    "\ufeffamount\n1\n",
    "amount\n１\n",
    "amount\n0x10\n",
    "amount\n1e-320\n1e300\n",
]


@pytest.mark.parametrize("table", range(len(TABLES)))
@pytest.mark.parametrize("smooth", ["true", "false"])
def test_a_hostile_table_of_samples_is_read_or_refused(table: int, smooth: str, folder: Path) -> None:
    (folder / "s.csv").write_text(TABLES[table], encoding="utf-8", newline="")
    (folder / "case.toml").write_text(
        HEAD + f'setup_hours = {{ samples = "s.csv", column = "amount", smooth = {smooth} }}\n',
        encoding="utf-8",
    )
    survived("check", "case.toml", "--draws", "64")


def test_a_column_of_any_name_is_told_in_short(folder: Path) -> None:
    for column in ("c" * 300_000, "\\u001b[31m", "\\n", ""):
        (folder / "case.toml").write_text(
            HEAD + f'setup_hours = {{ samples = "{CSV}", column = "{column}" }}\n', encoding="utf-8"
        )
        assert survived("check", "case.toml").code == 2


# --- what else a command reads ----------------------------------------------------------------------------

WRITTEN = [
    *VALUES,
    *NUMBERS,
    "a" * 10**7,
    "[" * 10**5,
    "{a=" * 10**4,
    ".".join("a" * 10**5),
    "\udcff",
    "\0",
    "\x1b",
]
WRITTEN += [
    "5 # \udcff",
    "{ x = " + ".".join("a" * 10**5) + " = 1 }",
    "1 to " * 10**5,
    "=",
    "= = =",
    "\n",
    " ",
]
SETTABLE = [
    "title",
    "baseline",
    "horizon_months",
    "hourly_rate",
    "workload.calls_per_month",
    "currency",
    "start",
]
SETTABLE += [
    "strategies.prompt.retry_rate",
    "strategies.fine_tune.costs.review",
    "strategies.mixed.mix",
    "expect",
]
SETTABLE += [
    "strategies.copy.like",
    "strategies.fine_tune.tuning",
    "models.small",
    "correlations",
    "studies",
    "x",
]
SETTABLE += [
    "strategies.new.like",
    '"',
    "a.b",
    ".".join("a" * 10**5),
    "k" * 10**6,
    "\udcff",
    "a..b",
    "[a]",
    "#",
]


@pytest.mark.parametrize("part", parts(60), ids=str)
def test_a_hostile_override_is_read_or_refused(part: Part, count: Tally, folder: Path) -> None:
    (folder / "case.toml").write_text(RICH, encoding="utf-8")
    r = random.Random(part.seed)
    for _ in range(part.cases):
        count.add("values")
        key, value = r.choice(SETTABLE), r.choice(WRITTEN)
        survived(r.choice(["check", "run"]), "case.toml", "--draws", "64", "--set", f"{key}={value}")


VERDICT = {
    "mcost": "0.1.0",
    "scenario": {"title": "x", "file": "case.toml", "sha256": "0"},
    "draws": 64,
    "seed": 1,
    "recommended": "prompt",
    "candidates": {"fine_tune": {"pays_off": {"probability": 0.5}}},
}


@pytest.mark.parametrize("part", parts(60), ids=str)
def test_a_broken_verdict_is_reviewed_or_refused(part: Part, count: Tally, folder: Path) -> None:
    (folder / "case.toml").write_text(RICH, encoding="utf-8")
    (folder / "log.csv").write_text("date,input_tokens,output_tokens\n2026-12-01,10,5\n", encoding="utf-8")
    r = random.Random(part.seed)
    text = json.dumps(VERDICT, indent=1)
    hostile = [
        "[" * 100_000,
        "1" * 10_000,
        '{"a":' * 50_000,
        "nan",
        '"\\ud800"',
        "null",
        "[]",
        "{}",
        '"' + "a" * 10**7,
    ]
    for _ in range(part.cases):
        count.add("files")
        raw = r.choice(hostile).encode() if r.random() < 0.1 else broken(r, text)
        (folder / "old.json").write_bytes(raw)
        ended = survived("review", "old.json", "--log", "log.csv")
        count.add("files refused" if ended.code == 2 else "files valid")


# --- memory -----------------------------------------------------------------------------------------------

WORST = """\
import re, resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
from fuzz.broken import HOSTILE
from fuzz.scenarios import inline
from fuzz.watched import survived
names = sys.argv[1:]
for name in names:
    Path("case.toml").write_text(HOSTILE[name], encoding="utf-8")
    survived("check", "case.toml", "--draws", "64")
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print(len(names), int(peak[1]) // 1024 if peak else 0)  # ru_maxrss would be that of the test's own process
"""


LARGEST = ("as many brackets as fit", "as many parts as fit", "a string as long as fits", "100,000 rows")
LARGEST += (
    "a mixture of as many as fit",
    "samples as many as fit",
    "40,000 keys of a notation",
    "digits as long as fit",
)


def test_no_hostile_file_takes_a_gibibyte(folder: Path) -> None:
    """The large ones, in one process that may not have more: a MemoryError would be a traceback."""
    tests = str(Path(__file__).parents[1])
    path = os.pathsep.join([tests, *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-c", WORST, *LARGEST],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    files, mebibytes = map(int, done.stdout.split())
    assert files == len(LARGEST)
    assert mebibytes < 1024
