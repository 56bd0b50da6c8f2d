"""What README.md and docs/ say is what the program does: each block runs, and quotes what is printed."""

import re
import shlex
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from made import keys
from quoted import DOCS, README, ROOT, anew, blocks, output_of
from usage_exports import Truth, plain_csv, workload

import mcost
from mcost.json_schema import key_meanings, scenario_schema

CONTRIBUTING = ROOT / "CONTRIBUTING.md"
PYTEST = re.compile(r"python -m pytest((?: [\w./]+)+)")
by_page = pytest.mark.parametrize("page", [README, *DOCS], ids=lambda page: page.stem)


@by_page
def test_a_page_quotes_what_is_printed(page: Path) -> None:
    assert anew(page) == page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", [CONTRIBUTING, *DOCS], ids=lambda page: page.stem)
def test_every_block_says_how_it_is_run(page: Path) -> None:
    kinds = {"console", "python", "toml", "text", "sh", "yaml"}
    fences = re.findall(r"^ *```([^\n]*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    opened = [fence for fence in fences[::2] if not fence.startswith("{")]
    assert {fence.split(" ")[0] for fence in opened} <= kinds
    for block in blocks(page):
        assert block.kind not in ("toml", "text") or block.options.keys() & {"file", "into"}
        assert block.kind != "console" or block.text.startswith("$ mcost ")


@pytest.mark.parametrize("page", [CONTRIBUTING, *DOCS], ids=lambda page: page.stem)
def test_what_no_page_can_run_is_run_by_ci_or_is_a_test(page: Path) -> None:
    ci, readme = ((ROOT / name).read_text(encoding="utf-8") for name in (".ci/run", "README.md"))
    for line in (line for block in blocks(page) if block.kind == "sh" for line in block.text.splitlines()):
        tests = PYTEST.fullmatch(line)
        if tests is None:
            assert line in readme or line.removeprefix("python -m pip install -e ") in ci
        else:
            assert [file for file in tests[1].split() if not (ROOT / file).exists()] == []


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.stem)
def test_a_workflow_runs_a_command_that_the_page_has_shown(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for command in re.findall(r"^  run: (mcost .*)$", text, re.MULTILINE):
        assert f"$ {command}\n" in text


def test_the_commands_of_the_readme_that_show_no_output_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.testing import CliRunner

    from mcost.cli import cli

    monkeypatch.chdir(tmp_path)
    for seed, name in enumerate(("usage", "april", "may")):
        random = np.random.default_rng(seed)
        days = workload(Truth(), random, date(2026, 12, 1), 90)
        plain_csv(days, random, tmp_path / f"{name}.csv")
    (tmp_path / "old.json").write_text(
        output_of("mcost run contested --draws 1024 --json")[0], encoding="utf-8"
    )
    for number in (1, 2):
        (tmp_path / "scenarios").mkdir(exist_ok=True)
        shutil.copy(ROOT / "scenarios" / "article_100k.toml", tmp_path / "scenarios" / f"{number}.toml")
    (tmp_path / "teams.csv").write_text("name,workload.calls_per_month\nours,300k\ntheirs,1M\n")
    for command in ("mcost run article_100k --json", "mcost report article_100k -o memo.html"):
        shown = CliRunner().invoke(cli, shlex.split(command)[1:])
        assert shown.exit_code == 0
        if "--json" in command:
            (tmp_path / "verdict.json").write_text(shown.output, encoding="utf-8")
    lines = "".join(block.text for block in blocks(README) if block.kind == "sh").splitlines()
    commands = [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("mcost ")]
    assert len(commands) >= 5
    for arguments in commands:
        ran = CliRunner().invoke(cli, arguments, input="\n" * 9)  # every default
        assert ran.exit_code == 0, (arguments, ran.output)


def test_every_key_of_a_scenario_has_a_meaning_and_says_what_holds_unsaid() -> None:
    schema = scenario_schema()
    tables = {"ScenarioTables": schema, **schema["$defs"]}
    known = {name: table for name, table in tables.items() if "properties" in table}
    assert set(key_meanings()) == set(known)
    for name, meanings in key_meanings().items():
        assert set(meanings) == set(known[name]["properties"])
        required = {
            row.split("`")[1] for row in keys(name).splitlines()[2:] if row.endswith("| must be given |")
        }
        assert required >= set(known[name].get("required", ()))
        assert {key for key, meaning in meanings.items() if "; unsaid, " not in meaning} == required


def test_every_table_of_a_scenario_is_in_the_page_of_the_format() -> None:
    text = (ROOT / "docs" / "file-format.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^<!-- from keys (\w+) -->$", text, re.MULTILINE)) == set(key_meanings())


def test_every_figure_has_its_place() -> None:
    from mcost.figures.gallery import GALLERY

    text = (ROOT / "docs" / "figures.md").read_text(encoding="utf-8")
    assert re.findall(r"^## `(\w+)`", text, re.MULTILINE) == re.findall(
        r"^<!-- from figure contested (\w+) -->$", text, re.MULTILINE
    )
    assert set(re.findall(r"^## `(\w+)`", text, re.MULTILINE)) == set(GALLERY)


def test_the_thresholds_of_the_page_are_those_of_the_program() -> None:
    from mcost import conditions

    text = (ROOT / "docs" / "limits.md").read_text(encoding="utf-8")
    rows = {row.split(" | ")[0].strip("| "): row for row in text.splitlines() if row.startswith("| ")}
    for name, met, failed in (
        ("enough calls", f"{100 * conditions.SURE:.0f} %", f"{100 * conditions.UNLIKELY:.0f} %"),
        (
            "a stable task",
            f"up to {conditions.STABLE_CHANGES:.0f}",
            f"over {conditions.UNSTABLE_CHANGES:.0f}",
        ),
        (
            "enough labelled data",
            f"{conditions.ENOUGH_EXAMPLES:,.0f}",
            f"under {conditions.TOO_FEW_EXAMPLES:,.0f}",
        ),
        (
            "a team that can maintain it",
            f"{conditions.SPARE_HOURS:.0f} ",
            f"over {conditions.A_WHOLE_ENGINEER:.0f}",
        ),
    ):
        assert met in rows[name]
        assert failed in rows[name]


def test_the_citation_is_of_this_version() -> None:
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {mcost.__version__}\n" in text
