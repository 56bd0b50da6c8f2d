"""HTML, Markdown, Word and PowerPoint: nothing of a scenario becomes markup, every picture has its alt text,
the same answer gives the same bytes, and nothing is fetched."""

import re
import time
from base64 import b64decode
from html.parser import HTMLParser
from io import BytesIO
from itertools import repeat
from pathlib import Path
from zipfile import ZipFile

import pytest
from figure_answers import CASES
from memos import STRATEGY, STUDY, TITLE, deck_of, document_of, memo_of

from mcost.errors import McostError
from mcost.report.html import html
from mcost.report.layout import Memo, Plate
from mcost.report.markdown import markdown
from mcost.report.office import legal
from mcost.report.slides import slides
from mcost.report.word import word
from mcost.report.writing import KINDS, write

EMBEDDED = "data:image/svg+xml;base64,"
SPOKEN = STRATEGY.replace("_", " ")


def plates(made: Memo) -> list[Plate]:
    return [p for s in (*made.sections, *made.appendix) for p in s.parts if isinstance(p, Plate)]


class Page(HTMLParser):
    """Tags with their attributes, and the text between them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def page_of(case: str) -> str:
    made, album = memo_of(case)
    return html(made, album.picture)


# --- HTML -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", ["three strategies", "hostile", "certain", "one strategy"])
def test_html_fetches_nothing_and_runs_nothing(case: str) -> None:
    text = page_of(case)
    page = Page(text)
    assert not {tag for tag, _ in page.tags} & {"script", "link", "iframe", "object", "embed", "base", "form"}
    for tag, attributes in page.tags:
        assert not [key for key in attributes if key.startswith("on")], tag
        assert not set(attributes) & {"href", "srcset", "action", "poster", "background", "style"}, tag
        assert (attributes.get("src") or EMBEDDED).startswith(EMBEDDED), tag
    style = text[text.index("<style>") : text.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style
    policy = next(a["content"] for t, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def test_html_shows_names_as_text() -> None:
    page = Page(page_of("hostile"))
    assert page.text.count(TITLE) == 2  # the title of the page, and its heading
    assert SPOKEN in page.text
    assert STUDY in page.text
    assert not {tag for tag, _ in page.tags} & {"i", "script"}
    assert sum(tag == "img" for tag, _ in page.tags) == len(plates(memo_of("hostile")[0]))


def test_html_pictures_have_alt_text_and_are_the_figures() -> None:
    made, album = memo_of("three strategies")
    images = [a for tag, a in Page(page_of("three strategies")).tags if tag == "img"]
    assert [image["alt"] for image in images] == [plate.alt for plate in plates(made)]
    for image, plate in zip(images, plates(made), strict=True):
        assert b64decode((image["src"] or "").partition(",")[2]) == album.picture(plate.name, "svg")


def test_html_never_ends_a_line_within_a_number() -> None:
    text = Page(page_of("three strategies")).text
    assert not re.search(r"\d %|[−±]\$", text)
    assert re.search("−\u2060\\$\\d", text)


# --- Markdown ---------------------------------------------------------------------------------------------


def test_markdown_shows_names_as_text() -> None:
    made, _ = memo_of("hostile")
    text = markdown(made, "memo figures")
    assert not re.search(r"<[a-z/]", text)
    assert text.startswith(
        "# &lt;script&gt;alert(1)&lt;/script&gt; & \\*b\\* \\| \\_x\\_ \\[a\\](http://e.vil/a) \\`c\\` "
        "!\\[i\\](http://e.vil/i.png)\n"
    )
    tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert len(tables) >= 5
    for table in tables:
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}) == 1
    links = re.findall(r"(?<!\\)\]\(([^)]*)\)", text)
    assert links == [f"memo%20figures/{plate.name}.png" for plate in plates(made)]


def test_markdown_pictures_have_alt_text_and_lie_beside(tmp_path: Path) -> None:
    made, album = memo_of("three strategies")
    written = write(made, album, tmp_path / "a memo.md")
    text = (tmp_path / "a memo.md").read_text(encoding="utf-8")
    shown = re.findall(r"!\[(.*?)\]\((.*?)\)", text)
    assert [name.replace("%20", " ") for _, name in shown] == [
        f"a memo-figures/{plate.name}.png" for plate in plates(made)
    ]
    assert all(alt for alt, _ in shown)
    assert sorted(written) == sorted(path for path in tmp_path.rglob("*") if path.is_file())
    for plate in plates(made):
        file = tmp_path / "a memo-figures" / f"{plate.name}.png"
        assert file.read_bytes() == album.picture(plate.name, "png")


# --- Word and PowerPoint ----------------------------------------------------------------------------------


def test_word_shows_names_as_text() -> None:
    document = document_of("hostile")
    assert document.paragraphs[0].text == TITLE
    assert document.core_properties.title == TITLE
    text = "\n".join(p.text for p in document.paragraphs)
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert SPOKEN in text
    assert {STRATEGY, STUDY} <= cells


def test_word_pictures_have_alt_text_and_tables_repeat_their_heads() -> None:
    made, _ = memo_of("three strategies")
    document = document_of("three strategies")
    assert [s._inline.docPr.get("descr") for s in document.inline_shapes] == [p.alt for p in plates(made)]
    page = document.sections[0]
    for shape in document.inline_shapes:
        assert shape.width <= page.page_width - page.left_margin - page.right_margin
    for table in document.tables:
        assert "w:tblHeader" in table.rows[0]._tr.xml
        assert sum(column.width for column in table.columns) <= page.page_width - 2 * page.left_margin + 9144


def test_slides_show_names_as_text() -> None:
    deck = deck_of("hostile")
    assert deck.slides[0].shapes.title.text == TITLE
    assert deck.core_properties.title == TITLE
    cells = {
        cell.text
        for slide in deck.slides
        for shape in slide.shapes
        if shape.has_table
        for row in shape.table.rows
        for cell in row.cells
    }
    assert {STRATEGY, STUDY} <= cells


def test_slides_are_wide_each_has_a_title_and_every_picture_alt_text() -> None:
    made, _ = memo_of("three strategies")
    deck = deck_of("three strategies")
    assert deck.slide_width * 9 == deck.slide_height * 16
    assert all(slide.shapes.title.text for slide in deck.slides)
    pictures = [shape for slide in deck.slides for shape in slide.shapes if shape.shape_type == 13]
    said = [shape._element.nvPicPr.cNvPr.get("descr") for shape in pictures]
    assert said == [plate.alt for plate in plates(made)]
    assert all(shape.image.size == (1920, 1080) for shape in pictures)
    for slide in deck.slides:
        if any(shape.shape_type == 13 for shape in slide.shapes):
            assert slide.notes_slide.notes_text_frame.text


@pytest.mark.parametrize("case", CASES)
def test_what_is_on_a_slide_lies_on_it(case: str) -> None:
    deck = deck_of(case)
    for slide in deck.slides:
        for shape in slide.shapes:
            high = sum(row.height for row in shape.table.rows) if shape.has_table else shape.height
            hidden = shape == slide.shapes.title and shape.top < 0
            assert hidden or 0 <= shape.top <= shape.top + high <= deck.slide_height, (slide, shape.name)
            assert 0 <= shape.left <= shape.left + shape.width <= deck.slide_width + 10


def test_what_xml_cannot_hold_is_replaced() -> None:
    assert legal("a\x07b\uffff\ud800c\n→ 😀") == "a\ufffdb\ufffd\ufffdc\n→ 😀"


# --- all four ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", KINDS)
def test_the_same_memo_gives_the_same_bytes_at_another_time(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, album = memo_of("three strategies")
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder, later in zip(folders, (0.0, 3.0e7), strict=True):
        folder.mkdir()
        monkeypatch.setattr(time, "time", repeat(time.time() + later).__next__)
        write(made, album, folder / f"memo{ending}")
        monkeypatch.undo()
    one, other = (
        {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
        for folder in folders
    )
    assert one == other


@pytest.mark.parametrize("kind", [word, slides])
def test_no_day_is_in_a_document(kind: object) -> None:
    made, album = memo_of("three strategies")
    data = word(made, album.picture) if kind is word else slides(made, album.picture)
    with ZipFile(BytesIO(data)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\d", core)) == {"2000-01-01"}


@pytest.mark.parametrize("ending", KINDS)
def test_a_file_is_never_replaced_unless_it_is_said(ending: str, tmp_path: Path) -> None:
    made, album = memo_of("one strategy")
    file = tmp_path / f"memo{ending}"
    file.write_text("mine")
    with pytest.raises(McostError) as error:
        write(made, album, file)
    assert str(error.value) == f"{file}: this exists already, and is not overwritten; --force replaces it"
    assert file.read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    assert write(made, album, file, force=True) == [file]
    assert file.stat().st_size > 1000
