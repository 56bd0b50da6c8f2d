"""What every command keeps to where it writes: whole files, nothing overwritten unasked, clean ends."""

import ast
import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import click
import pytest

import mcost as library
from mcost import whole_files
from mcost.cli import COMMANDS

Mcost = Callable[..., tuple[int, str, str]]

LOG = "date,input_tokens,output_tokens,requests\n" + "".join(
    f"2026-{month:02d}-{day:02d},{100_000 + 10 * day},{20_000 + day},{100 + day % 7}\n"
    for month in (1, 2, 3, 4)
    for day in range(1, 29)
)
QUICK = ("quick", "--calls", "100k", "--model", "openai/gpt-4o-mini", "--prompt", "3000", "--after", "500")

# What each command that writes is given, and the files that it then writes.
WRITERS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "figures": (
        ("figures", "contested", "--draws", "64", "--only", "fan", "--out", "."),
        ("fan.png", "fan.json", "manifest.json"),
    ),
    "report": (("report", "article_100k", "--draws", "64", "-o", "memo.html"), ("memo.html",)),
    "init": (("init", "own.toml", "--yes"), ("own.toml",)),
    "init from a log": (
        ("init", "own.toml", "--yes", "--from-log", "usage.csv"),
        ("own.toml", "own.priors.toml"),
    ),
    "fit": (("fit", "usage.csv", "-o", "priors.toml"), ("priors.toml",)),
    "quick": ((*QUICK, "--draws", "64", "--save", "own.toml"), ("own.toml",)),
    "rerun": (("rerun", "verdict.json", "-o", "again.json"), ("again.json",)),
}
ALSO = {"usage.csv", "verdict.json"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mcost: Mcost) -> Path:
    (tmp_path / "usage.csv").write_text(LOG)
    (tmp_path / "verdict.json").write_text(mcost("run", "article_100k", "--draws", "64", "--json")[1])
    monkeypatch.chdir(tmp_path)
    return tmp_path


def new(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - ALSO


@pytest.mark.parametrize("writer", WRITERS)
def test_each_file_is_replaced_by_force_alone(writer: str, folder: Path, mcost: Mcost) -> None:
    arguments, files = WRITERS[writer]
    assert mcost(*arguments)[0] == 0
    assert new(folder) == {*files}
    first = {name: (folder / name).read_bytes() for name in files}
    for name in files:
        for other in files:
            (folder / other).unlink()
        (folder / name).write_text("mine")
        code, out, err = mcost(*arguments)
        assert (code, out) == (2, "")
        assert err == f"error: {name}: this exists already, and is not overwritten; --force replaces it\n"
        assert new(folder) == {name}
        assert (folder / name).read_text() == "mine"
        assert mcost(*arguments, "--force")[0] == 0
        assert {name: (folder / name).read_bytes() for name in files} == first


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("there", [False, True])
def test_a_full_disk_leaves_what_was_there(
    writer: str, there: bool, folder: Path, mcost: Mcost, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments, files = WRITERS[writer]
    for name in files if there else ():
        (folder / name).write_text("mine")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(whole_files.os, "fsync", full)
    code, _, err = mcost(*arguments, *(["--force"] if there else []))
    assert code == 2
    assert err.splitlines()[-1] in {
        f"error: {name}: cannot be written: No space left on device" for name in files
    }
    assert new(folder) == ({*files} if there else set())
    assert all((folder / name).read_text() == "mine" for name in new(folder))


@pytest.mark.parametrize("writer", WRITERS)
def test_ctrl_c_in_the_middle_leaves_nothing(
    writer: str, folder: Path, mcost: Mcost, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments, _ = WRITERS[writer]

    def interrupted(handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(whole_files.os, "fsync", interrupted)
    code, _, err = mcost(*arguments)
    assert (code, err.splitlines()[-1]) == (130, "error: interrupted")
    assert new(folder) == set()


SLOW = (
    "import sys, time\n"
    "from mcost import whole_files\n"
    "from mcost.cli import main\n"
    "def slow(handle):\n"
    "    print('writing', flush=True)\n"
    "    time.sleep(60)\n"
    "whole_files.os.fsync = slow\n"
    "sys.argv = ['mcost', *sys.argv[1:]]\n"
    "main()\n"
)


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
@pytest.mark.parametrize(
    ("number", "code", "said"),
    [
        (signal.SIGINT, 130, "\nerror: interrupted\n"),
        (signal.SIGTERM, 143, "error: stopped\n"),
        (signal.SIGHUP, 129, "error: stopped\n"),
    ],
)
def test_a_process_that_is_stopped_while_it_writes(
    number: signal.Signals, code: int, said: str, tmp_path: Path
) -> None:
    (tmp_path / "there.toml").write_text("mine")
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, "init", "there.toml", "--yes", "--force"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(library.__file__).parents[1])},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    assert len(os.listdir(tmp_path)) == 2
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (code, "", said)
    assert os.listdir(tmp_path) == ["there.toml"]
    assert (tmp_path / "there.toml").read_text() == "mine"


# --- standard output --------------------------------------------------------------------------------------


def process(*arguments: str, stdout: int) -> tuple[int, str]:
    run = subprocess.run(
        [sys.executable, "-m", "mcost", *arguments],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(library.__file__).parents[1])},
    )
    return run.returncode, run.stderr


PRINTERS = [
    ("run", "article_100k", "--draws", "64"),
    ("run", "article_100k", "--draws", "64", "--json"),
    ("prices", "openai"),
    ("schema",),
]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a disk that is always full")
@pytest.mark.parametrize("arguments", PRINTERS)
def test_a_full_disk_behind_standard_output(arguments: tuple[str, ...]) -> None:
    with open("/dev/full", "wb") as full:
        code, err = process(*arguments, stdout=full.fileno())
    assert (code, err) == (2, "error: standard output: No space left on device\n")


@pytest.mark.skipif(os.name != "posix", reason="pipes as POSIX has them")
@pytest.mark.parametrize("arguments", PRINTERS)
def test_a_pipe_that_nobody_reads_ends_quietly(arguments: tuple[str, ...]) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        assert process(*arguments, stdout=write) == (141, "")
    finally:
        os.close(write)


# --- one way for all --------------------------------------------------------------------------------------


def options(command: str) -> list[click.Option]:
    found = import_module(f"mcost.cli.{command}").command
    return [option for option in found.params if isinstance(option, click.Option)]


def test_force_is_one_option_wherever_a_file_is_written() -> None:
    writers = {name.split()[0] for name in WRITERS}
    with_force = {c: o for c in COMMANDS for o in options(c) if o.name == "force"}
    assert writers <= with_force.keys()
    assert {option.help for option in with_force.values()} == {"Replace files that exist."}


def test_no_module_writes_a_file_by_itself() -> None:
    """But for the one that writes files whole, the folder that a rerun has for itself, and a journal."""
    package = Path(library.__file__).parent
    for file in package.rglob("*.py"):
        if file.relative_to(package).as_posix() in ("whole_files.py", "cli/laid_out.py", "journal.py"):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute | ast.Name):
                name = node.attr if isinstance(node, ast.Attribute) else node.id
                assert name not in WRITING, f"{file.name}:{node.lineno}: {name}"
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "attr", getattr(node.func, "id", "")) == "open"
            ):
                words = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant)]
                assert not {*words} & MODES, f"{file.name}:{node.lineno}: open"


WRITING = {"write_text", "write_bytes", "mkstemp", "NamedTemporaryFile", "symlink_to", "fdopen"}
MODES = {kind + more for kind in "wax" for more in ("", "b", "t", "+", "b+", "+b")} | {"r+", "r+b", "rb+"}
