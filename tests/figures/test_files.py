"""Files: the same bytes for the same answer, with what they rest on inside; the user's settings stay."""

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import pytest
from click.testing import CliRunner
from figure_answers import CASES, answer_of, ground_of
from PIL import Image

import mcost
from mcost.cli import cli
from mcost.errors import McostError
from mcost.figures.encoding import FORMATS, encode
from mcost.figures.gallery import GALLERY
from mcost.figures.ground import Ground
from mcost.figures.style import DOCUMENT, SIZES

CASE = "three strategies"


def encoded(name: str, form: str, for_: str = "document") -> bytes:
    ground, picture = ground_of(CASE), GALLERY[name]
    figure = picture.figure(ground, for_)
    return encode(figure, form, SIZES[for_], name, picture.said(ground), ground.facts)


@pytest.mark.parametrize("name", GALLERY)
@pytest.mark.parametrize("form", FORMATS)
def test_the_same_answer_gives_the_same_bytes_whatever_the_users_settings_are(name: str, form: str) -> None:
    first = encoded(name, form)
    theirs = {
        "font.size": 31.0,
        "axes.facecolor": "black",
        "lines.linewidth": 9.0,
        "svg.hashsalt": "theirs",
        "font.family": ["serif"],
        "text.parse_math": True,
        "pdf.fonttype": 3,
        "savefig.dpi": 30,
        "savefig.bbox": "tight",
    }
    with mpl.rc_context(theirs):
        before = dict(mpl.rcParams)
        assert encoded(name, form) == first
        assert dict(mpl.rcParams) == before


def test_no_figure_is_left_to_pyplot() -> None:
    from matplotlib import pyplot as plt

    mcost.figures.fan(answer_of(CASE))
    assert plt.get_fignums() == []


def test_what_a_png_says_of_itself() -> None:
    ground = ground_of(CASE)
    image = Image.open(io.BytesIO(encoded("fan", "png")))
    assert image.size == (round(6.3 * DOCUMENT.dpi), round(3.9 * DOCUMENT.dpi))
    said = GALLERY["fan"].caption(ground)
    assert image.info["Title"] == said.title
    assert image.info["Description"] == said.alt
    assert image.info["mcost:sha256"] == ground.answer.scenario.sha256
    assert image.info["mcost:seed"] == "3"
    assert image.info["mcost:draws"] == "2048"
    assert image.info["Software"] == f"mcost {mcost.__version__}"


def test_what_a_pdf_says_of_itself_and_that_its_fonts_are_type_42() -> None:
    data = encoded("fan", "pdf")
    assert b"/FontType /Type42" in data or b"/CIDFontType2" in data
    assert b"CreationDate" not in data
    assert f"sha256={ground_of(CASE).answer.scenario.sha256}".encode() in data.replace(b"\\\n", b"")
    assert b"seed=3" in data


def test_what_an_svg_says_of_itself_to_a_screen_reader_and_to_a_tool() -> None:
    said, text = GALLERY["fan"].caption(ground_of(CASE)), encoded("fan", "svg").decode()
    root = ElementTree.fromstring(text)
    svg = "{http://www.w3.org/2000/svg}"
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "fan-title fan-desc"
    title, desc = root[0], root[1]
    assert (title.tag, title.get("id"), title.text) == (f"{svg}title", "fan-title", said.title)
    assert (desc.tag, desc.get("id"), desc.text) == (f"{svg}desc", "fan-desc", said.alt)
    assert len(root.findall(f".//{svg}title")) == 1
    assert f"sha256={ground_of(CASE).answer.scenario.sha256}" in text
    assert not re.search(r"<dc:date>|20\d\d-\d\d-\d\d", text)


def test_names_are_escaped_are_no_formulas_and_may_hold_signs_that_the_typeface_lacks() -> None:
    names = ("模型 <script>$x^2$", "é & 'q' 🙂")
    case = CASES["three strategies"]
    both = dict(zip(names, list(case["strategies"].values())[:2], strict=True))
    ground = Ground.of(mcost.run(case | {"baseline": names[0], "strategies": both}, draws=100))
    for name, picture in GALLERY.items():
        said = picture.said(ground)
        for form in FORMATS:
            data = encode(picture.figure(ground), form, DOCUMENT, name, said, ground.facts)
            if form == "svg":
                root = ElementTree.fromstring(data)
                assert (root[0].text, root[1].text) == (said.title, said.alt)
                assert b"<script>" not in data


# --- the command ------------------------------------------------------------------------------------------


def figures(*arguments: str) -> tuple[int, str, str]:
    run = CliRunner().invoke(cli, ["figures", "contested", "--draws", "512", *arguments])
    if isinstance(run.exception, McostError):
        return 2, run.stdout, str(run.exception)
    return run.exit_code, run.stdout, run.stderr


def test_the_command_writes_pictures_and_what_they_say(tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder"
    code, said, _ = figures("--only", "fan", "--format", "png,svg", "--for", "both", "--out", str(out))
    names = ["fan.png", "fan.svg", "fan.json", "fan-slide.png", "fan-slide.svg", "fan-slide.json"]
    names.append("manifest.json")
    assert (code, said.splitlines()) == (0, [str(out / name) for name in names])
    assert sorted(os.listdir(out)) == sorted(names)
    sidecar = json.loads((out / "fan.json").read_text(encoding="utf-8"))
    assert sidecar["files"] == ["fan.png", "fan.svg"]
    assert sidecar["facts"]["draws"] == 512
    assert sidecar["facts"]["candidate"] == "fine_tune"
    assert {"title", "subtitle", "alt", "sentence"} <= sidecar.keys()
    with Image.open(out / "fan-slide.png") as slide:
        assert slide.size == (1920, 1080)


def test_the_same_files_from_two_processes(tmp_path: Path) -> None:
    made = []
    for salt in ("1", "2"):
        out = tmp_path / salt
        arguments = ["figures", "contested", "--draws", "512", "--format", "png,svg,pdf", "--out", str(out)]
        environment = os.environ | {"PYTHONHASHSEED": salt}
        subprocess.run([sys.executable, "-m", "mcost", *arguments], check=True, env=environment)
        made.append({path.name: path.read_bytes() for path in out.iterdir()})
    assert made[0] == made[1]
    assert len(made[0]) >= 4 * 8


def test_a_file_that_exists_is_replaced_only_by_force(tmp_path: Path) -> None:
    own = tmp_path / "fan.svg"
    own.write_text("mine", encoding="utf-8")
    arguments = ("--only", "fan", "--format", "png,svg", "--out", str(tmp_path))
    code, _, said = figures(*arguments)
    assert (code, said) == (2, f"{own}: this exists already, and is not overwritten; --force replaces it")
    assert os.listdir(tmp_path) == ["fan.svg"]
    assert own.read_text(encoding="utf-8") == "mine"
    assert figures(*arguments, "--force")[0] == 0
    assert own.read_text(encoding="utf-8").startswith("<?xml")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--only", "fann"), 'found "fann"; no such figure; did you mean fan?'),
        (("--format", "pmg"), 'format: found "pmg"; expected png, svg or pdf; did you mean png?'),
        (("--format", ","), "format: found none; expected png, svg or pdf"),
        (("--for", "slides"), 'for: found "slides"; expected document, slide or both; did you mean slide?'),
        (
            ("--candidate", "fine_tun"),
            "candidate: found fine_tun; no such candidate; did you mean fine_tune?",
        ),
    ],
)
def test_what_is_mistaken_is_named(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    code, out, error = figures(*arguments, "--out", str(tmp_path))
    assert (code, out) == (2, "")
    assert error.replace('"fine_tun"', "fine_tun") == said
    assert os.listdir(tmp_path) == []


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "here").write_text("", encoding="utf-8")
    code, _, said = figures("--only", "dotplot", "--out", str(tmp_path / "here"))
    assert code == 2
    assert "here" in said


def test_figures_with_nothing_to_show_are_left_out_and_told(tmp_path: Path) -> None:
    code, out, error = 0, "", ""
    run = CliRunner().invoke(cli, ["figures", "article_100k", "--draws", "100", "--out", str(tmp_path)])
    code, out, error = run.exit_code, run.stdout, run.stderr
    assert code == 0
    assert "left out tornado: Nothing is uncertain here, so nothing drives the answer." in error
    assert (tmp_path / "dotplot.png").exists()
    assert not (tmp_path / "tornado.png").exists()
    assert str(tmp_path / "fan.png") in out.splitlines()
