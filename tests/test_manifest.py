"""The record of an answer: what is in it, what is not, and how it is found again in any file."""

import base64
import hashlib
import json
import platform
import re
import zipfile
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from scipy import stats

import mcost
from mcost.catalogue import prior
from mcost.errors import McostError
from mcost.manifest import Manifest, Output, manifest_of
from mcost.manifest_file import as_file, as_html, as_markdown, as_xml, read_manifest
from mcost.nets import Sampler
from mcost.prices import price_of
from mcost.report.layout import Memo
from mcost.source import MOST_KEPT

FEW = 64
HOSTILE = "a --> b </script> <!-- ]]> & &amp; \" ' \\u003c 模型 🙂 --- \x1b[31m"

OWN = """\
title = "Own"
baseline = "prompt"
horizon_months = 6
[workload]
calls_per_month = { samples = "data/usage.csv", column = "calls" }
input_tokens = { prior = "own.priors.toml:tokens" }
[strategies.prompt]
model = "openai/gpt-4o-mini"
prompt_tokens = "1000 to 3000"
[strategies.other]
like = "prompt"
setup_hours = { prior = "engineering.setup_hours" }
"""
PRIORS = """\
[tokens]
about = "Tokens"
unit = "tokens"
domain = "positive"
distribution = "300 to 500"
source = "our log"
checked = 2026-03-01
grade = "measured"
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "usage.csv").write_text("calls\n" + "".join(f"{1000 + i}\n" for i in range(30)))
    (tmp_path / "own.priors.toml").write_text(PRIORS)
    path = tmp_path / "own.toml"
    path.write_text(OWN)
    return path


def test_it_is_whole_and_the_same_each_time(own: Path) -> None:
    set_ = ["hourly_rate=50 to 90"]
    one, other = (manifest_of(mcost.run(str(own), FEW, set=set_)) for _ in range(2))
    assert as_file(one) == as_file(other)
    assert Manifest.model_validate(json.loads(as_file(one))) == one
    scenario = one.scenarios[0]
    assert (scenario.title, scenario.file, scenario.form) == ("Own", "own.toml", "toml")
    assert scenario.text == OWN
    assert scenario.overrides == set_
    assert scenario.sha256 == hashlib.sha256(f"{OWN}\n--set {set_[0]}".encode()).hexdigest()
    assert (one.mcost, one.command, one.called) == (mcost.__version__, "run", ["own.toml"])
    assert (one.draws, one.seed) == (mcost.run(str(own), FEW).draws, 1)


@pytest.mark.parametrize("integrate", [True, False])
@pytest.mark.parametrize(("sampler", "draws"), [("qmc", 128), ("mc", 96)])
def test_an_answer_gives_its_own_with_how_it_was_drawn(sampler: Sampler, draws: int, integrate: bool) -> None:
    answer = mcost.run("contested", 65, 3, sampler=sampler, integrate=integrate)  # 32 of 2^2, or of 3
    made = answer.manifest()
    assert made == manifest_of(answer)
    assert (made.sampler, made.draws, made.seed) == (sampler, draws, 3)
    assert made.options == {
        "draws": draws,
        "held": "0.6",
        "integrate": integrate,
        "overrides": [],
        "sampler": sampler,
        "seed": 3,
    }
    assert made.answer == answer.to_dict()


def test_no_path_of_the_machine_and_no_time_of_day_are_in_it(own: Path) -> None:
    text = as_file(manifest_of(mcost.run(str(own), FEW))).decode()
    assert str(own.parent) not in text
    assert str(Path.home()) not in text
    assert not re.search(r"\d\d:\d\d", text)


def test_its_keys_stand_in_one_order() -> None:
    made = manifest_of(mcost.run("article_100k", FEW)).to_dict()
    assert [*made] == [
        *("manifest", "mcost", "command", "options", "called", "draws", "seed", "sampler", "scenarios"),
        *("libraries", "given", "output", "answer"),
    ]


def test_prices_are_those_of_the_price_table(own: Path) -> None:
    prices = manifest_of(mcost.run(str(own), FEW)).scenarios[0].prices
    known = price_of("openai/gpt-4o-mini")
    assert known.tuned is not None
    assert {price.name.partition('"openai/gpt-4o-mini".')[2]: price.usd for price in prices} == {
        "price.input": known.input,
        "price.cached": known.cached,
        "price.output": known.output,
        "tuned.input": known.tuned.input,
        "tuned.cached": known.tuned.cached,
        "tuned.output": known.tuned.output,
    }
    for price in prices:
        source = known.tuned.source if ".tuned." in price.name else known.source
        assert (price.model, price.unit) == (known.model, "USD per million tokens")
        assert (price.source, price.as_of) == (source, str(known.as_of))
    model = manifest_of(mcost.run(str(own), FEW)).scenarios[0].models[0]
    assert (model.name, model.model) == ("openai/gpt-4o-mini", known.model)
    assert model.retires == (known.retires and str(known.retires))


def test_priors_are_told_with_law_grade_source_and_day(own: Path) -> None:
    answer = mcost.run(str(own), FEW)
    priors = {prior.name: prior for prior in manifest_of(answer).scenarios[0].priors}
    assert priors.keys() == {n for n in answer.scenario.inputs if ".price." not in n and ".tuned." not in n}
    tokens = priors["workload.input_tokens"]
    assert (tokens.prior, tokens.grade, tokens.source) == ("own.priors.toml:tokens", "measured", "our log")
    assert (tokens.checked, tokens.notation) == ("2026-03-01", None)
    assert tokens.p5 == pytest.approx(300)
    assert tokens.p95 == pytest.approx(500)
    setup = priors["strategies.other.setup_hours"]
    known = prior("engineering.setup_hours")
    assert setup.prior == "engineering.setup_hours"
    assert setup.law == str(answer.scenario.inputs["strategies.other.setup_hours"].law)
    assert setup.notation is not None
    assert (setup.source, setup.grade, setup.checked) == (known.source, known.grade, str(known.checked))


def test_libraries_are_those_that_are_installed() -> None:
    libraries = manifest_of(mcost.run("article_100k", FEW)).libraries
    assert libraries == {
        "python": platform.python_version(),
        **{name: version(name) for name in ("numpy", "scipy", "genai-prices")},
    }


def test_files_that_the_scenario_names_are_kept_if_they_are_small(own: Path) -> None:
    large = "calls\n" + "1000\n" * (MOST_KEPT // 5)
    (own.parent / "large.csv").write_text(large)
    own.write_text(
        OWN + "[strategies.prompt.tuning]\n".replace("tuning", "hosting") + "usd_per_hour = 1\n"
        'calls_per_hour = { samples = "large.csv", column = "calls" }\n'
    )
    kept = {file.name: file for file in manifest_of(mcost.run(str(own), FEW)).scenarios[0].files}
    assert kept.keys() == {"data/usage.csv", "own.priors.toml", "large.csv"}
    for name, file in kept.items():
        data = (own.parent / name).read_bytes()
        assert file.sha256 == hashlib.sha256(data).hexdigest()
        assert file.content == (None if name == "large.csv" else base64.b64encode(data).decode())


def test_what_was_read_is_kept_and_not_what_lies_there_later(own: Path) -> None:
    answer = mcost.run(str(own), FEW)
    before = manifest_of(answer)
    (own.parent / "data" / "usage.csv").write_text("calls\n7\n")
    own.write_text("gone")
    assert manifest_of(answer) == before


DICT: dict[str, Any] = {
    "title": "Dict",
    "baseline": "prompt",
    "horizon_months": 3,
    "start": date(2026, 12, 1),
    "workload": {"calls_per_month": "80k to 120k"},
    "strategies": {"prompt": {"price": {"input": 1.0}, "prompt_tokens": 1000}, "other": {"like": "prompt"}},
}


def test_a_scenario_that_python_gave_is_kept_as_json() -> None:
    scenario = manifest_of(mcost.run(DICT, FEW)).scenarios[0]
    assert (scenario.form, scenario.file) == ("json", None)
    assert json.loads(scenario.text) == DICT | {"start": {"$date": "2026-12-01"}}


def test_what_no_text_says_has_no_manifest() -> None:
    own = DICT | {"workload": {"calls_per_month": stats.gamma(2, scale=1000)}}
    with pytest.raises(McostError, match=r"^this scenario cannot be put into a manifest: "):
        manifest_of(mcost.run(own, FEW))
    changed = mcost.load("contested").only("fine_tune")
    with pytest.raises(McostError, match=r"^this scenario cannot be put into a manifest: "):
        manifest_of(mcost.run(changed, FEW))


# --- within files -----------------------------------------------------------------------------------------


def hostile() -> Manifest:
    titled = DICT | {"title": HOSTILE.replace("\x1b", "")}
    made = manifest_of(mcost.run(titled, FEW), output=Output(ending=".html"))
    return made.model_copy(update={"options": {HOSTILE: [HOSTILE]}, "command": HOSTILE})


def as_office(kind: str, made: Manifest) -> bytes:
    from mcost.report.slides import slides
    from mcost.report.word import word

    memo = Memo("T", "about", ("One.",), (), ())
    make: Any = word if kind == "docx" else slides
    data: bytes = make(memo, lambda *_: b"", as_xml(made))
    return data


@pytest.mark.parametrize("kind", ["json", "html", "md", "docx", "pptx", "answer"])
def test_it_comes_out_of_any_file_as_it_went_in(kind: str, tmp_path: Path) -> None:
    made = hostile()
    path = tmp_path / f"file.{kind}"
    data = {
        "json": lambda: as_file(made),
        "html": lambda: f"<!doctype html><title>x</title>{as_html(made)}</body>".encode(),
        "md": lambda: f"# x\n\n{as_markdown(made)}".encode(),
        "docx": lambda: as_office("docx", made),
        "pptx": lambda: as_office("pptx", made),
        "answer": lambda: json.dumps({"draws": 1, "manifest": made.to_dict()}).encode(),
    }[kind]()
    path.write_bytes(data)
    found = read_manifest(path)
    assert found.manifest == made
    assert found.data == data
    assert found.answer == ({"draws": 1} if kind == "answer" else None)


def test_nothing_in_it_ends_what_it_is_put_in() -> None:
    made = hostile()
    assert re.findall(r"</?\w+", as_html(made)) == ["<script", "</script"]
    assert as_markdown(made).count("--") == 2
    assert as_markdown(made).isascii()


def test_the_document_keeps_the_parts_that_it_had() -> None:
    names = {
        kind: zipfile.ZipFile(BytesIO(as_office(kind, hostile()))).namelist() for kind in ("docx", "pptx")
    }
    for found in names.values():
        assert len(found) == len(set(found))


# --- files that are none ----------------------------------------------------------------------------------


def good() -> dict[str, Any]:
    return manifest_of(mcost.run("article_100k", FEW)).to_dict()


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    made = good()
    change(made)
    return json.dumps(made).encode()


def without(key: str) -> Callable[[dict[str, Any]], object]:
    return lambda made: made.pop(key)


def zipped(name: str, data: bytes) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return stream.getvalue()


WANTED = "expected a JSON answer of mcost, the manifest.json beside figures, or a memo of mcost report"
WHOLE = "expected a manifest as mcost wrote it"

WRONG: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", f"found something that is not JSON; {WANTED}"),
    "no text": (lambda: b"\xff\xfe\x00", f"found a byte that is not UTF-8; {WANTED}"),
    "a list": (lambda: b"[1]", f"found JSON of something else; {WANTED}"),
    "other JSON": (lambda: b'{"a": 1}', f"found JSON without a manifest; {WANTED}"),
    "nan": (lambda: b'{"manifest": NaN}', f"found something that is not JSON; {WANTED}"),
    "deep": (lambda: b'{"a":' * 100_000, f"found something that is not JSON; {WANTED}"),
    "a long number": (lambda: b'{"a": ' + b"1" * 5000 + b"}", f"found something that is not JSON; {WANTED}"),
    "null": (lambda: b'{"manifest": null}', "found manifest: null (input should be a valid dictionary"),
    "a page": (lambda: b"<html></html>", f"found something that is not JSON; {WANTED}"),
    "half a zip": (lambda: b"PK\x03\x04half", f"found a package that cannot be opened; {WANTED}"),
    "another zip": (lambda: zipped("a", b"b"), f"found a document without a manifest; {WANTED}"),
    "a bomb": (
        lambda: zipped("customXml/item1.xml", b" " * (33 * 2**20)),
        f"found 34,603,008 bytes in customXml/item1.xml; {WANTED}",
    ),
    "33 MB": (
        lambda: changed(lambda made: made["scenarios"][0].update(text="x" * 33 * 2**20)),
        "found a manifest of 34,6",
    ),
    "of another form": (
        lambda: changed(lambda made: made.update(manifest=2)),
        "found manifest.manifest: 2 (input",
    ),
    "no command": (lambda: changed(without("command")), f"found manifest.command: nothing; {WHOLE}"),
    "no scenarios": (
        lambda: b'{"manifest": {"manifest": 1}}',
        f"found manifest.mcost: nothing, and 8 more such; {WHOLE}",
    ),
    "draws of text": (
        lambda: changed(lambda made: made.update(draws="64")),
        f'found manifest.draws: "64" (input should be a valid integer); {WHOLE}',
    ),
    "draws below 0": (lambda: changed(lambda made: made.update(draws=-1)), "found manifest.draws: -1 (input"),
    "a price that is none": (
        lambda: changed(lambda made: made["scenarios"][0].update(prices=[{"name": 1}])),
        "found manifest.scenarios[0].prices[0].name: 1 (input should be a valid string), and 5 more such",
    ),
    "a key too many": (
        lambda: changed(lambda made: made.update(note="x")),
        f"found manifest.note: a key that it does not have; {WHOLE}",
    ),
    "a hash that is none": (
        lambda: changed(lambda made: made["scenarios"][0].update(sha256="x")),
        'found manifest.scenarios[0].sha256: "x" (string should match pattern',
    ),
    "a path": (
        lambda: changed(lambda made: made["scenarios"][0].update(file="../a.toml")),
        'found manifest.scenarios[0].file: "../a.toml" (string should match pattern',
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_with_a_file_is_one_clear_error(case: str, tmp_path: Path) -> None:
    data, said = WRONG[case]
    path = tmp_path / "file"
    path.write_bytes(data())
    with pytest.raises(McostError) as error:
        read_manifest(path)
    assert str(error.value).startswith(f"{path}: {said}")
    assert len(str(error.value)) < 500
    assert "\n" not in str(error.value)


def test_what_is_no_file(tmp_path: Path) -> None:
    for path, said in (
        (tmp_path, "found a folder"),
        (tmp_path / "no", "no such file"),
        (Path("/dev/null"), "found a device"),
    ):
        with pytest.raises(McostError) as error:
            read_manifest(path)
        assert str(error.value) == f"{path}: {said}; {WANTED}"
