"""``mcost rerun``: every exported answer comes out the same, and whatever differs is named."""

import hashlib
import json
import math
import os
import shutil
import subprocess
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from usage_exports import Truth, plain_daily, workload

import mcost as library
from mcost import catalogue, known_models
from mcost.manifest_file import as_file
from mcost.rerun import compared

Mcost = Callable[..., tuple[int, str, str]]
ROOT = Path(library.__file__).parents[1]
FEW = ("--draws", "256")
QUICK = ("quick", "--calls", "100k", "--model", "openai/gpt-4o-mini", "--prompt", "3000", "--after", "500")


pytestmark = pytest.mark.usefixtures("here")


def own_scenario(folder: Path) -> Path:
    """A scenario that reads samples and a file of priors."""
    folder.mkdir()
    (folder / "usage.csv").write_text("calls\n" + "".join(f"{90_000 + 700 * i}\n" for i in range(30)))
    (folder / "own.priors.toml").write_text(
        '[tokens]\nabout = "Tokens"\nunit = "tokens"\ndomain = "positive"\ndistribution = "300 to 500"\n'
        'source = "our log"\nchecked = 2026-03-01\ngrade = "measured"\n'
    )
    text = (ROOT / "scenarios" / "startup.toml").read_text(encoding="utf-8")
    lines = [
        'calls_per_month = { samples = "usage.csv", column = "calls" }'
        if line.startswith("calls_per_month")
        else line
        for line in text.splitlines()
    ]
    at = next(i for i, line in enumerate(lines) if line.startswith("input_tokens"))
    lines[at] = 'input_tokens = { prior = "own.priors.toml:tokens" }'
    path = folder / "own.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def edited(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def exported(mcost: Mcost, path: Path, *arguments: str) -> Path:
    """What a command prints with --json, in a file."""
    code, out, err = mcost(*arguments, "--json")
    assert code in (0, 1), err
    path.write_text(out, encoding="utf-8")
    return path


# --- the same bytes ---------------------------------------------------------------------------------------

PRINTED = {
    "run": ("run", "{own}", "--set", "horizon_months=9", "--set", "hourly_rate=50 to 90"),
    "run, horizon": ("run", "contested", "--horizon", "7", "--seed", "5", "--credibility", "70%"),
    "run, plain": ("run", "contested", "--sampler", "mc", "--no-integrate"),
    "run, not met": ("run", "contested", "--require", "0.99", "--require", "fine_tune=99%"),
    "run, filled": ("run", "article_100k", "--fill"),
    "why": ("why", "{own}", "--candidate", "fine_tune", "--risk-aversion", "1e-5"),
    "why, studies": ("why", "contested", "--study"),
    "why, along": ("why", "{own}", "--over", "horizon"),
    "need": ("need", "{own}", "growth_per_month", "--probability", "0.6"),
    "map": ("map", "contested", "--x", "growth_per_month", "--x-range", "-0.05", "0.05", "--size", "3"),
    "compare": ("compare", "{own}", "contested", "--set", "horizon_months=6"),
    "compare, variants": ("compare", "{own}", "--set", "horizon_months=6", "--variant", "a: hourly_rate=9"),
    "compare, worth": ("compare", "contested", "--worth"),
    "compare, plain": ("compare", "contested", "startup", "--sampler", "mc"),
    "quick": (*QUICK, "--tune", "openai/gpt-4o-mini", "--start", "2026-10-01"),
}


@pytest.mark.parametrize("case", PRINTED)
def test_what_was_printed_comes_out_the_same_though_its_files_are_gone(
    case: str, mcost: Mcost, tmp_path: Path
) -> None:
    own = own_scenario(tmp_path / "own")
    arguments = [str(own) if word == "{own}" else word for word in PRINTED[case]]
    verdict = exported(mcost, tmp_path / "verdict.json", *arguments, *FEW)
    shutil.rmtree(own.parent)
    code, out, err = mcost("rerun", "verdict.json", "-o", "again.json")
    assert (code, err) == (0, "")
    assert " gives the same bytes as verdict.json." in out
    assert "numbers are the same to the bit." in out
    assert not any(word in out for word in ("Versions", "Prices", "Priors", "Models", "Scenario", "Other"))
    assert (tmp_path / "again.json").read_bytes() == verdict.read_bytes()


def with_logs(folder: Path) -> None:
    """A quarter of usage before and one after, in a folder of their own."""
    folder.mkdir()
    truth = Truth(calls=520_000, growth=0.02, volatility=0.05, input=3_290, output=116, cached=0.4)
    for name, first in (("usage.csv", date(2026, 12, 1)), ("later.csv", date(2027, 3, 8))):
        days = workload(truth, np.random.default_rng(1), first, 97)
        plain_daily(days, np.random.default_rng(2), folder / name)


def portfolio_of(folder: Path) -> None:
    """Three scenarios, of which one lies deeper and reads files of its own."""
    (folder / "team").mkdir(parents=True)
    own_scenario(folder / "team" / "deep")
    shutil.copy(ROOT / "scenarios" / "article_100k.toml", folder / "one.toml")
    shutil.copy(ROOT / "scenarios" / "contested.toml", folder / "team" / "two.toml")


GIVEN = {
    "check": ("check", "own/own.toml", "contested"),
    "check, a folder": ("check", "many", "--horizon", "9"),
    "fit": ("fit", "logs/usage.csv", "logs/later.csv", "--prior", "retry_rate=1% to 10%"),
    "fit, decide": ("fit", "logs/usage.csv", "--decide", "own/own.toml"),
    "fit, a change": ("fit", "--before", "logs/usage.csv", "--after", "logs/later.csv"),
    "review": ("review", "old.json", "--log", "logs/usage.csv"),
    "review, own": ("review", "old.json", "--log", "logs/usage.csv", "--scenario", "own/own.toml"),
    "review, dated": ("review", "old.json", "--log", "logs/usage.csv", "--candidate", "fine_tune"),
    "portfolio": ("portfolio", "many", "--draws", "1024", "--by", "evpi"),
    "portfolio, a table": ("portfolio", "rows.csv", "--template", "own/own.toml", "--draws", "1024"),
}
"""What commands that read logs, folders and tables print, though nothing but the logs is left."""


@pytest.mark.parametrize("case", GIVEN)
def test_what_was_made_of_other_files_comes_out_the_same(case: str, mcost: Mcost, tmp_path: Path) -> None:
    own_scenario(tmp_path / "own")
    with_logs(tmp_path / "logs")
    portfolio_of(tmp_path / "many")
    (tmp_path / "rows.csv").write_text("name,hourly_rate\na,80\nb,50 to 90\nc,\n")
    exported(mcost, tmp_path / "old.json", "run", "contested", *FEW)
    exported(mcost, tmp_path / "verdict.json", *GIVEN[case])
    for gone in ("own", "many", "old.json", "rows.csv"):
        path = tmp_path / gone
        path.unlink() if path.is_file() else shutil.rmtree(path)
    files = () if case.startswith(("check", "portfolio")) else ("--files", "logs")
    code, out, err = mcost("rerun", "verdict.json", "-o", "again.json", *files)
    assert (code, err) == (0, ""), out
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "verdict.json").read_bytes()
    assert f"mcost {GIVEN[case][0]} " in out


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with a name")
def test_what_can_be_read_but_once_has_no_manifest(mcost: Mcost, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "rows.csv")
    writer = threading.Thread(target=(tmp_path / "rows.csv").write_text, args=("name,hourly_rate\na,80\n",))
    writer.start()
    code, out, err = mcost("portfolio", "rows.csv", "--template", "startup", "--draws", "256", "--json")
    writer.join()
    assert (code, err) == (0, "")
    assert [row["name"] for row in json.loads(out)["rows"]] == ["a"]
    assert json.loads(out)["manifest"] is None


def test_a_log_is_told_by_its_hash_alone(mcost: Mcost, tmp_path: Path) -> None:
    with_logs(tmp_path / "logs")
    verdict = exported(mcost, tmp_path / "verdict.json", "fit", "logs/usage.csv")
    log = (tmp_path / "logs" / "usage.csv").read_bytes()
    (given,) = json.loads(verdict.read_text())["manifest"]["given"]
    assert given == {"name": "usage.csv", "sha256": hashlib.sha256(log).hexdigest(), "content": None}
    error = (
        'error: the manifest does not hold "usage.csv", a log or a large file; give --files FOLDER, the '
        "folder in which it lies\n"
    )
    assert mcost("rerun", "verdict.json") == (2, "", error)
    (tmp_path / "logs" / "usage.csv").write_bytes(log + b"\n")
    error = "error: usage.csv: found other content than the manifest tells of, by its hash\n"
    assert mcost("rerun", "verdict.json", "--files", "logs") == (2, "", error)


@pytest.mark.parametrize("ending", ["html", "md", "docx", "pptx"])
def test_a_memo_comes_out_the_same(ending: str, mcost: Mcost, tmp_path: Path) -> None:
    own = own_scenario(tmp_path / "own")
    memo = tmp_path / f"My memo.{ending}"
    assert mcost("report", str(own), "-o", str(memo), "--horizon", "9", *FEW)[0] == 0
    shutil.rmtree(own.parent)
    (tmp_path / "far").mkdir()
    code, out, err = mcost("rerun", memo.name, "-o", f"far/again.{ending}")
    assert (code, err) == (0, "")
    assert f"mcost report own.toml gives the same bytes as {memo.name}." in out
    assert (tmp_path / "far" / f"again.{ending}").read_bytes() == memo.read_bytes()
    pictures = {path.name: path.read_bytes() for path in tmp_path.glob("My memo-figures/*")}
    assert {path.name: path.read_bytes() for path in tmp_path.glob("far/*-figures/*")} == pictures
    assert bool(pictures) == (ending == "md")


def test_figures_come_out_the_same(mcost: Mcost, tmp_path: Path) -> None:
    arguments = ("--only", "fan", "--only", "dotplot", "--format", "png,svg", "--for", "both", "--out", "f")
    assert mcost("figures", "contested", *arguments, *FEW)[0] == 0
    made = {path.name: path.read_bytes() for path in (tmp_path / "f").iterdir()}
    told = json.loads(made["manifest.json"])["output"]["files"]
    assert told.keys() == made.keys() - {"manifest.json"}
    code, out, err = mcost("rerun", "f/manifest.json", "-o", "again")
    assert (code, err) == (0, "")
    assert "mcost figures contested gives the same bytes as manifest.json." in out
    assert {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()} == made


def test_python_gives_a_manifest_that_can_be_run(mcost: Mcost, tmp_path: Path) -> None:
    data = {
        "title": "Dict",
        "baseline": "prompt",
        "horizon_months": 3,
        "workload": {"calls_per_month": {"samples": "usage.csv", "column": "calls"}},
        "strategies": {
            "prompt": {"price": {"input": 1.0}, "prompt_tokens": "500 to 900"},
            "other": {"like": "prompt", "setup_hours": "1 to 2"},
        },
    }
    (tmp_path / "usage.csv").write_text("calls\n5000\n7000\n")
    for answer in (
        library.run(data, 64, 3),
        library.run("contested", 64, set=["horizon_months=5"], sampler="mc", integrate=False),
    ):
        (tmp_path / "m.json").write_bytes(as_file(answer.manifest()))
        (tmp_path / "usage.csv").unlink(missing_ok=True)
        code, out, _ = mcost("rerun", "m.json")
        assert "numbers are the same to the bit." in out
        assert ", held against the numbers in m.json." in out
        assert code == 0


def test_json_tells_the_same(mcost: Mcost, tmp_path: Path) -> None:
    exported(mcost, tmp_path / "verdict.json", "run", "article_100k", *FEW)
    code, out, _ = mcost("rerun", "verdict.json", "--json")
    found = json.loads(out)
    assert (code, found["same_bytes"], found["numbers"]["differing"]) == (0, True, 0)
    assert found["scenario_on_disk_unchanged"] == {"article_100k.toml": True}


def test_the_example_of_the_help_runs(mcost: Mcost, tmp_path: Path) -> None:
    example = mcost("rerun", "--help")[1].rsplit("Example: mcost ", 1)[1].split()
    exported(mcost, tmp_path / "verdict.json", "run", "article_100k", *FEW)
    assert mcost(*example)[0] == 0


# --- what differs is named --------------------------------------------------------------------------------


def test_a_version_that_differs_is_named(mcost: Mcost, tmp_path: Path) -> None:
    verdict = exported(mcost, tmp_path / "verdict.json", "run", "article_100k", *FEW)
    now = json.loads(verdict.read_text())["manifest"]["libraries"]["numpy"]
    edited(verdict, lambda data: data["manifest"]["libraries"].update(numpy="1.0.0"))
    code, out, _ = mcost("rerun", "verdict.json")
    assert code == 1
    assert "mcost run article_100k gives other bytes than verdict.json." in out
    assert f"Versions     numpy: 1.0.0 then, {now} now." in out
    assert "numbers are the same to the bit." in out
    edited(verdict, lambda data: data["manifest"].update(mcost="0.0.1"))
    assert f"mcost: 0.0.1 then, {library.__version__} now." in mcost("rerun", "verdict.json")[1]


def test_a_price_that_changed_is_named_and_can_be_put_back(
    mcost: Mcost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported(mcost, tmp_path / "verdict.json", "run", "provider_closes", *FEW)
    real = known_models.price_of

    def dearer(*arguments: Any, **named: Any) -> Any:
        found = real(*arguments, **named)
        return replace(found, input=found.input * 2)

    monkeypatch.setattr(known_models, "price_of", dearer)
    code, out, _ = mcost("rerun", "verdict.json")
    assert code == 1
    known = real("openai/gpt-4o-mini").input
    priced = 'models."openai/gpt-4o-mini".price.input'
    squeezed = " ".join(out.split())
    assert f"{priced}: {known:g} USD per million tokens on " in squeezed
    assert f"then, {2 * known:g} USD per million tokens on " in squeezed
    assert "numbers differ" in out
    code, out, _ = mcost("rerun", "verdict.json", "--as-recorded")
    assert code == 0
    assert "gives the same bytes" in out


def test_a_prior_that_changed_is_named_and_can_be_put_back(
    mcost: Mcost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported(mcost, tmp_path / "verdict.json", "run", "contested", *FEW)
    known = catalogue.entries()
    name = "engineering.setup_hours"
    changed = dict(known) | {name: replace(known[name], distribution="200 to 300")}
    monkeypatch.setattr(catalogue, "entries", lambda: changed)
    law = str(library.load("contested").inputs["strategies.fine_tune.setup_hours"].law)
    code, out, _ = mcost("rerun", "verdict.json")
    assert code == 1
    squeezed = " ".join(out.split())
    assert "Priors strategies.fine_tune.setup_hours: " in squeezed
    assert f"then, {law} now." in squeezed
    assert "numbers differ" in out
    code, out, _ = mcost("rerun", "verdict.json", "--as-recorded")
    assert "All " in out
    assert "Priors" not in out


def test_the_source_of_a_prior_that_changed_is_named(mcost: Mcost, tmp_path: Path) -> None:
    verdict = exported(mcost, tmp_path / "verdict.json", "run", "contested", *FEW)

    def older(data: dict[str, Any]) -> None:
        rows = data["manifest"]["scenarios"][0]["priors"]
        next(row for row in rows if row["name"].endswith("setup_hours")).update(checked="2020-01-01")

    edited(verdict, older)
    code, out, _ = mcost("rerun", "verdict.json")
    assert code == 1
    assert "checked 2020-01-01 then" in " ".join(out.split())


def test_a_day_of_a_model_that_changed_is_named(mcost: Mcost, tmp_path: Path) -> None:
    verdict = exported(mcost, tmp_path / "verdict.json", "run", "provider_closes", *FEW)
    edited(verdict, lambda data: data["manifest"]["scenarios"][0]["models"][0].update(retires="2030-01-01"))
    code, out, _ = mcost("rerun", "verdict.json")
    model = json.loads(verdict.read_text())["manifest"]["scenarios"][0]["models"][0]["name"]
    assert code == 1
    assert f"{model}: retires: 2030-01-01 then, " in " ".join(out.split())


@pytest.mark.parametrize("place", ["beside", "here"])
def test_a_scenario_that_changed_on_disk_is_told_and_not_run(
    place: str, mcost: Mcost, tmp_path: Path
) -> None:
    own = own_scenario(tmp_path / "own")
    (tmp_path / "kept").mkdir()
    folder = own.parent if place == "beside" else tmp_path / "kept"
    verdict = exported(mcost, folder / "verdict.json", "run", str(own), *FEW)
    if place == "here":
        own = own.rename(tmp_path / "own.toml")
    own.write_text(own.read_text() + "\n# later\n")
    code, out, _ = mcost("rerun", str(verdict))
    assert code == 0
    assert "own.toml has changed since; the text in the manifest was run, not the file." in out


def test_the_largest_difference_of_a_number_is_told_with_its_path(mcost: Mcost, tmp_path: Path) -> None:
    verdict = exported(mcost, tmp_path / "verdict.json", "run", "contested", *FEW)
    was = json.loads(verdict.read_text())["candidates"]["fine_tune"]["saving_usd"]["mean"]

    def other(data: dict[str, Any]) -> None:
        data["candidates"]["fine_tune"]["saving_usd"]["mean"] = was * 1.25
        data["candidates"]["fine_tune"]["saving_usd"]["p50"] *= 1 + 1e-12
        data["recommended"] = "nobody"

    edited(verdict, other)
    code, out, _ = mcost("rerun", "verdict.json")
    squeezed = " ".join(out.split())
    assert code == 1
    assert "2 of " in squeezed
    assert "numbers differ, by 0.2 of their size at most." in squeezed
    assert f"candidates.fine_tune.saving_usd.mean: {was * 1.25!r} then, {was!r} now." in squeezed
    assert 'Other recommended: "nobody" then, ' in squeezed
    assert "the file itself may have been changed" in squeezed


def test_figures_that_differ_are_named(mcost: Mcost, tmp_path: Path) -> None:
    assert mcost("figures", "contested", "--only", "fan", "--out", "f", *FEW)[0] == 0
    path = tmp_path / "f" / "manifest.json"
    edited(path, lambda data: data["output"]["files"].update({"fan.png": "0" * 64, "lost.png": "1" * 64}))
    code, out, _ = mcost("rerun", str(path))
    assert code == 1
    assert "Of the files, these differ: fan.png, lost.png." in out


def test_numbers_are_compared_path_by_path() -> None:
    then = {"a": [1.0, 2.0, {"b": 0.0}], "c": "x", "d": None, "mcost": "1", "e": True, "g": 1e300}
    now = {"a": [1.0, 2.0 * (1 + 1e-10), {"b": 0.0}], "c": "y", "f": [], "mcost": "2", "e": 1, "g": math.inf}
    found = compared(then, now)
    assert (found.compared, found.differing) == (4, 2)
    assert found.largest == math.inf
    assert found.at is not None
    assert found.at.what == "g"
    assert {change.what for change in found.other} == {"c", "d", "e", "f"}
    assert compared(then, then).same
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    assert compared(deep, deep).same
    big = 10**400
    assert compared({"a": big}, {"a": 1.5}).largest == math.inf


# --- manifests from anywhere ------------------------------------------------------------------------------

Change = Callable[[dict[str, Any]], object]
"""What is done to a manifest that was whole."""


def manifest(**said: Any) -> Change:
    return lambda m: m.update(said)


def options(**said: Any) -> Change:
    return lambda m: m["options"].update(said)


def scenario(**said: Any) -> Change:
    return lambda m: m["scenarios"][0].update(said)


def file(name: str, content: str = "") -> Change:
    return scenario(files=[{"name": name, "sha256": "0" * 64, "content": content}])


def of_fit(log: str, given: str) -> Change:
    """As if a log had been fitted, which the manifest holds by another name."""
    held = {"name": given, "sha256": hashlib.sha256(b"x").hexdigest(), "content": "eA=="}
    return manifest(command="fit", options={"logs": [log]}, given=[held])


HOSTILE: dict[str, tuple[Change, str]] = {
    "another command": (manifest(command="app"), 'the manifest\'s command: found "app"'),
    "a module": (manifest(command="__init__"), "the manifest's command: "),
    "where to": (options(out="/tmp/x"), 'the manifest\'s options: "out": run has none such'),
    "another scenario": (options(scenario="contested"), "the manifest's options: "),
    "an option of a wrong type": (
        options(draws=["1"]),
        'the manifest\'s options: --draws: found ["1"]; expected what it takes',
    ),
    "an option that is none": (
        options(draws="--help"),
        "the manifest's options: Invalid value for '--draws'",
    ),
    "a table": (options(held={"a": 1}), "the manifest's options: --credibility: "),
    "inputs": (options(inputs="all"), "the manifest's inputs: "),
    "no scenario": (manifest(called=[], scenarios=[]), "the manifest names no scenario"),
    "a path as a name": (manifest(called=["../x"]), "verdict.json: found manifest.called[0]: "),
    "a scenario above": (scenario(file=".."), 'the manifest\'s scenario: ".." cannot be laid out'),
    "half a character": (
        scenario(text="\ud800"),
        'the manifest\'s scenario: "article_100k.toml" cannot be laid out',
    ),
    **{
        f"a file {where}": (
            file(name),
            f'the manifest\'s files: found "{name}"; expected a name below a folder',
        )
        for where, name in (("above", "../x"), ("anywhere", "/tmp/x"), ("on a drive", "C:x"))
    },
    **{
        f"a log {where}": (
            of_fit(name, name),
            f'the manifest\'s given: found "{name}"; expected a name below',
        )
        for where, name in (("above", "../x"), ("anywhere", "/tmp/x"), ("on a drive", "C:x"))
    },
    "a log that is not there": (of_fit("x", "y"), 'the manifest holds no file for "x"'),
    "a file that leaves its folder": (
        of_fit("scenarios", "scenarios/../../x"),
        'the manifest\'s files: found "scenarios/../../x"; expected a name below a folder',
    ),
    "a log by a number": (
        manifest(command="fit", options={"logs": [3]}),
        "the manifest's options: found no LOG",
    ),
    "a scenario too many": (
        manifest(command="fit", options={"decide": "x"}),
        'the manifest holds no scenario for "x"',
    ),
    "an output of another kind": (
        manifest(output={"ending": ".html", "pictures": None, "files": {}}),
        "the manifest's output: found report; expected what run makes",
    ),
    "figures without": (
        manifest(command="figures", options={}),
        "the manifest's output: found json; expected what figures makes",
    ),
    "no base64": (file("x", "!"), 'the manifest\'s files: "x": not base64'),
    "another content": (
        file("x", "eA=="),
        "x: found other content than the manifest tells of, by its hash",
    ),
    "a scenario that is none": (scenario(text="[a"), ""),
    "samples elsewhere": (
        scenario(
            text='title = "T"\nbaseline = "a"\nhorizon_months = 1\n[workload]\ncalls_per_month = '
            '{ samples = "/etc/passwd", column = "a" }\n[strategies.a]\nprice = { input = 1 }\n'
        ),
        "",
    ),
    "data that is none": (scenario(form="json"), "the scenario's data: not JSON"),
    "10^9 draws": (options(draws=10**12), "draws: found 1000000000000; expected"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_manifest_from_anywhere_reads_and_writes_nothing_but_its_own(
    case: str, mcost: Mcost, tmp_path: Path
) -> None:
    change, said = HOSTILE[case]
    verdict = exported(mcost, tmp_path / "verdict.json", "run", "article_100k", *FEW)
    data = json.loads(verdict.read_text())
    change(data["manifest"])
    verdict.write_text(json.dumps(data))
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    code, out, err = mcost("rerun", "verdict.json")
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {said}")
    assert "Traceback" not in err
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_hostile_text_does_not_reach_the_terminal_as_it_is(mcost: Mcost, tmp_path: Path) -> None:
    verdict = exported(mcost, tmp_path / "verdict.json", "run", "article_100k", *FEW)
    escape = "\x1b]0;owned\x07\n" * 100

    def change(data: dict[str, Any]) -> None:
        data["manifest"]["scenarios"][0]["title"] = escape
        data["manifest"]["libraries"][escape] = escape
        data["manifest"]["called"] = ["\u202eeno"]
        data[escape] = escape

    edited(verdict, change)
    code, out, _ = mcost("rerun", "verdict.json")
    assert code == 1
    assert not any(sign in out for sign in ("\x1b", "\x07", "\u202e"))
    assert len(out.splitlines()) < 40


@pytest.mark.parametrize("command", ["compare", "quick"])
def test_what_cannot_be_put_back_is_said(command: str, mcost: Mcost, tmp_path: Path) -> None:
    arguments = QUICK if command == "quick" else ("compare", "article_100k", "article_10m")
    exported(mcost, tmp_path / "verdict.json", *arguments, *FEW)
    error = f"error: --as-recorded: {command} takes prices and priors of today only\n"
    assert mcost("rerun", "verdict.json", "--as-recorded") == (2, "", error)


def test_a_large_file_is_asked_for_and_known_by_its_hash(
    mcost: Mcost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = own_scenario(tmp_path / "own")
    usage = own.parent / "usage.csv"
    usage.write_text("calls\n" + "90000\n110000\n" * 30_000)
    exported(mcost, tmp_path / "verdict.json", "run", str(own), *FEW)
    error = (
        'error: the manifest does not hold "usage.csv", a log or a large file; give --files FOLDER, the '
        "folder in which it lies\n"
    )
    assert mcost("rerun", "verdict.json") == (2, "", error)
    assert mcost("rerun", "verdict.json", "--files", "own")[0] == 0
    usage.write_text("calls\n1\n")
    error = "error: usage.csv: found other content than the manifest tells of, by its hash\n"
    assert mcost("rerun", "verdict.json", "--files", "own") == (2, "", error)


def test_an_output_of_another_kind_is_refused(mcost: Mcost, tmp_path: Path) -> None:
    assert mcost("report", "article_100k", "-o", "memo.html", *FEW)[0] == 0
    error = "error: again.docx: found a memo that ends in .html; expected the same ending\n"
    assert mcost("rerun", "memo.html", "-o", "again.docx") == (2, "", error)
    assert not (tmp_path / "again.docx").exists()


# --- another Python ---------------------------------------------------------------------------------------

OTHER = os.environ.get("MCOST_OTHER_PYTHON")


@pytest.mark.skipif(OTHER is None, reason="MCOST_OTHER_PYTHON names no other Python that has mcost")
@pytest.mark.parametrize("scenario", ["contested", "startup", "self_hosted_lora", "routing"])
def test_another_python_gives_the_same_numbers(scenario: str, mcost: Mcost, tmp_path: Path) -> None:
    exported(mcost, tmp_path / "verdict.json", "run", scenario, "--draws", "16384")
    assert OTHER is not None
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [OTHER, "-m", "mcost", "rerun", "verdict.json", "--json"],
        capture_output=True,
        text=True,
        env=environment,
        cwd=tmp_path,
    )
    assert run.returncode in (0, 1), run.stderr
    found = json.loads(run.stdout)
    assert found["numbers"]["compared"] > 50
    assert found["numbers"]["largest_relative_difference"] <= 1e-9
    assert found["numbers"]["other"] == []
    assert found["prices"] == found["models"] == found["priors"] == []
