"""``mcost report`` and ``mcost run --format`` as a user meets them."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console
from rich.text import Text

import mcost as library
from mcost.cli import common
from mcost.report.terminal import show
from mcost.report.verdict import verdict

Mcost = Callable[..., tuple[int, str, str]]
FEW = ("--draws", "300")


@pytest.mark.parametrize("ending", [".html", ".docx", ".pptx"])
def test_one_file_is_written_and_named(mcost: Mcost, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"memo{ending}"
    assert mcost("report", "article_100k", "-o", str(file), *FEW) == (0, f"{file}\n", "")
    assert file.stat().st_size > 10_000
    assert os.listdir(tmp_path) == [file.name]


def test_markdown_has_its_pictures_beside_it(mcost: Mcost, tmp_path: Path) -> None:
    file = tmp_path / "memo.MD"
    code, out, err = mcost("report", "article_100k", "--out", str(file), *FEW)
    assert (code, err) == (0, "")
    names = [f"memo-figures/{name}.png" for name in ("dotplot", "break_even", "waterfall")]
    assert out.splitlines() == [*(str(tmp_path / name) for name in names), str(file)]
    assert "- mcost report article_100k --draws 300 --seed 1 -o FILE" in file.read_text()


def test_the_command_that_makes_it_again_names_every_change(mcost: Mcost, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text((Path(library.__file__).parents[1] / "scenarios" / "article_100k.toml").read_text())
    file = tmp_path / "memo.md"
    changes = ("--set", "workload.calls_per_month='2M'", "--horizon", "6", "--candidate", "fine_tune", *FEW)
    assert mcost("report", str(own), "-o", str(file), *changes)[0] == 0
    text = file.read_text()
    assert str(tmp_path) not in text
    assert "mcost report own.toml --draws 300 --seed 1 --candidate fine_tune --horizon 6 --set" in text
    assert "over 6 months" in text


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "memo.htm",
            '{}: found the ending ".htm"; expected .html, .md, .docx or .pptx',
        ),
        ("memo", "{}: found no ending; expected .html, .md, .docx or .pptx"),
        ("memo.pdf", '{}: found the ending ".pdf"; expected .html, .md, .docx or .pptx'),
        ("none/memo.md", "{}: found no folder {parent}"),
    ],
)
def test_where_it_cannot_go(mcost: Mcost, tmp_path: Path, name: str, message: str) -> None:
    file = tmp_path / name
    expected = f"error: {message.format(file, parent=file.parent)}\n"
    assert mcost("report", "article_100k", "-o", str(file)) == (2, "", expected)
    assert os.listdir(tmp_path) == []


def test_what_exists_is_not_replaced_without_force(mcost: Mcost, tmp_path: Path) -> None:
    file = tmp_path / "memo.html"
    file.write_text("mine")
    error = f"error: {file}: this exists already, and is not overwritten; --force replaces it\n"
    assert mcost("report", "article_100k", "-o", str(file)) == (2, "", error)
    assert file.read_text() == "mine"
    assert mcost("report", "article_100k", "-o", str(file), "--force", *FEW)[0] == 0
    assert "mine" not in file.read_text()


def test_a_folder_of_pictures_that_exists_is_not_written_into(mcost: Mcost, tmp_path: Path) -> None:
    (folder := tmp_path / "memo-figures").mkdir()
    error = f"error: {folder}: this exists already, and is not overwritten; --force replaces it\n"
    assert mcost("report", "article_100k", "-o", str(tmp_path / "memo.md")) == (2, "", error)


def test_an_unknown_candidate(mcost: Mcost, tmp_path: Path) -> None:
    file = tmp_path / "memo.html"
    error = "error: candidate: found fine_tun; no such candidate; did you mean fine_tune?\n"
    assert mcost("report", "article_100k", "-o", str(file), "--candidate", "fine_tun") == (2, "", error)
    assert not file.exists()


@pytest.mark.parametrize(("ending", "missing"), [(".docx", "docx"), (".pptx", "pptx")])
def test_without_the_extra_it_says_how_to_install_it(
    mcost: Mcost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, missing: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    error = (
        f"error: {ending} needs a library that is not here: pip install 'mcost[office]', "
        "or choose .html or .md\n"
    )
    assert mcost("report", "article_100k", "-o", str(tmp_path / f"memo{ending}")) == (2, "", error)


# --- mcost run --format -----------------------------------------------------------------------------------


def test_json_is_the_same_by_either_name(mcost: Mcost) -> None:
    one, other = mcost("run", "article_100k", "--json"), mcost("run", "article_100k", "--format", "json")
    assert one == other
    assert json.loads(one[1])["recommended"] == "prompt"


def test_text_is_what_is_printed_unasked(mcost: Mcost) -> None:
    assert mcost("run", "article_100k", "--format", "text") == mcost("run", "article_100k")


@pytest.mark.parametrize(("form", "first"), [("markdown", "### The article"), ("slack", "*The article")])
def test_blocks_go_to_standard_output_and_demands_hold(mcost: Mcost, form: str, first: str) -> None:
    code, out, err = mcost("run", "article_100k", "--format", form, "--require", "0.5")
    assert code == 1
    assert out.startswith(first)
    assert err == "not met: fine_tune pays off in 0 ± 0 of futures, below 0.5\n"


def test_what_is_filled_in_is_told_first(mcost: Mcost) -> None:
    out = mcost("run", "article_100k", "--fill", "--format", "markdown", *FEW)[1]
    assert out.splitlines()[2].startswith("**Filled.** From the catalogue: ")


def test_one_form_at_a_time(mcost: Mcost) -> None:
    error = "error: --json: found beside --format slack; expected one or the other\n"
    assert mcost("run", "article_100k", "--json", "--format", "slack") == (2, "", error)


# --- terminals --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [50, 80, 200])
def test_a_terminal_has_its_width_and_no_colour_where_none_is_wanted(
    monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    answer = library.run("contested", 300)
    printed = {}
    for wanted in ("colour", "none"):
        if wanted == "none":
            monkeypatch.setenv("NO_COLOR", "1")
        console = Console(force_terminal=True, width=width, highlight=False, color_system="256")
        with console.capture() as capture:
            show(verdict(answer), console)
        printed[wanted] = capture.get()
        lines = Text.from_ansi(printed[wanted]).plain.splitlines()
        assert max(len(line) for line in lines) <= width
    assert "\x1b[1;36m" in printed["colour"]
    assert "36m" not in printed["none"]


def test_work_is_silent_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with common.progress("inputs") as tell:
        tell(1, 2)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("patience", "told"), [(0.0, True), (60.0, False)])
def test_long_work_is_told_on_a_terminal_and_short_work_is_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], patience: float, told: bool
) -> None:
    import time

    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(common, "PATIENCE", patience)
    monkeypatch.setenv("TERM", "xterm")
    with common.progress("inputs") as tell:
        tell(3, 7)
        time.sleep(0.3)
    out, err = capsys.readouterr()
    assert out == ""
    assert "3 of 7 inputs" in err if told else err == ""


def test_a_terminal_that_cannot_move_its_cursor_stays_silent(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(common, "PATIENCE", 0.0)
    monkeypatch.setenv("TERM", "dumb")
    with common.progress("inputs") as tell:
        tell(3, 7)
    assert capsys.readouterr() == ("", "")


def test_an_error_within_long_work_comes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with pytest.raises(KeyError), common.progress("inputs"):
        raise KeyError("it")
