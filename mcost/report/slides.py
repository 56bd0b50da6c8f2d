"""A memo as PowerPoint slides, 16:9: one finding a slide, its reasons in the notes, alt text on pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from math import ceil
from typing import Any

from mcost.report.layout import Memo, Paragraph, Part, Plate, Points, Section, Table
from mcost.report.office import LETTER, PADDING, attached, described, fits, legal, library, stamped, widths

WIDE, HIGH = 40 / 3, 7.5
"""Inches."""

MARGIN = 0.6
TOP = 1.45
ROOM = HIGH - TOP - 0.55
TITLE = 28
SIZES = (22, 20, 18, 16, 14, 12, 11)
"""Points: text is set in the largest in which it fits."""

ROWS = (18, 16, 14, 12, 11)
"""Points: of the text of tables, likewise."""

INK, GREY, BLUE = "1F2328", "5C636B", "0072B2"
_TITLED, _TITLE_ONLY = 1, 5
"""Layouts of python-pptx's own template."""


def slides(memo: Memo, picture: Callable[[str, str, str], bytes], unseen: bytes | None = None) -> bytes:
    """The presentation. picture : a figure's name, ``png`` and ``slide`` -> its file. unseen : XML within.

    Raises McostError where python-pptx is not installed.
    """
    made = _Deck(library("pptx", ".pptx"), picture)
    made.said(memo.title, (memo.about, *memo.verdict), lead=1)
    for section in memo.sections:
        made.section(section)
    for section in memo.appendix:
        made.section(section, "Appendix: ")
    described(made.deck.core_properties, memo)
    if unseen is not None:
        attached(made.deck, unseen)
    return stamped(made.deck)


class _Deck:
    """A presentation in the making."""

    def __init__(self, pptx: Any, picture: Callable[[str, str, str], bytes]) -> None:
        self._picture = picture
        self._util = library("pptx.util", ".pptx")
        self._align = library("pptx.enum.text", ".pptx")
        self._colour = library("pptx.dml.color", ".pptx").RGBColor.from_string
        self.deck = pptx.Presentation()
        stretch = self._util.Inches(WIDE) / self.deck.slide_width
        for page in (self.deck.slide_master, *self.deck.slide_layouts):
            for shape in page.placeholders:
                left, top, wide, high = shape.left, shape.top, shape.width, shape.height
                shape.left, shape.width = round(left * stretch), round(wide * stretch)
                shape.top, shape.height = top, high
        self.deck.slide_width, self.deck.slide_height = self._util.Inches(WIDE), self._util.Inches(HIGH)

    def section(self, section: Section, before: str = "") -> None:
        """A slide of its own for each picture and table; sentences go into the notes of the first of them."""
        title = f"{before}{section.title}"
        sentences = tuple(_sentences(section.parts))
        shown = [part for part in section.parts if isinstance(part, Plate | Table)]
        if sentences and not any(isinstance(part, Plate) for part in shown):
            self.said(title, sentences)
            sentences = ()
        for part in shown:
            if isinstance(part, Plate):
                self._plate(title, part, sentences)
                sentences = ()
            else:
                self._table(title, part)

    def said(self, title: str, sentences: Sequence[str], lead: int | None = None) -> None:
        """A slide of sentences. lead : which of them stands out."""
        slide = self._slide(_TITLED, title)
        body = slide.placeholders[1]
        self._place(body, MARGIN, TOP, WIDE - 2 * MARGIN, ROOM)
        size = _fitting(sentences)
        for i, sentence in enumerate(sentences):
            line = body.text_frame.paragraphs[0] if i == 0 else body.text_frame.add_paragraph()
            self._run(line, sentence, size, bold=i == lead)
            line.space_after = self._util.Pt(size / 2)
            if lead is not None:
                self._unmarked(line)

    def _plate(self, title: str, plate: Plate, sentences: Sequence[str]) -> None:
        """The picture fills the slide and says its title itself; the slide's own lies above it, for lists of
        slides and for readers of the screen.
        """
        slide = self._slide(_TITLE_ONLY, f"{title}: {plate.caption}")
        self._place(slide.shapes.title, 0, -1.5, WIDE, 1.2)
        stream = BytesIO(self._picture(plate.name, "png", "slide"))
        shape = slide.shapes.add_picture(stream, 0, 0, self.deck.slide_width, self.deck.slide_height)
        shape.name = plate.name
        shape._element.nvPicPr.cNvPr.set("descr", legal(plate.alt))
        slide.notes_slide.notes_text_frame.text = legal("\n".join([plate.caption, *sentences]))

    def _table(self, title: str, table: Table) -> None:
        size = _size(table)
        pages = list(_pages(table, size))
        for i, rows in enumerate(pages, 1):
            of = f" ({i} of {len(pages)})" if len(pages) > 1 else ""
            slide = self._slide(_TITLE_ONLY, f"{title}{of}")
            about = slide.shapes.add_textbox(*self._inches(MARGIN, TOP - 0.25, WIDE - 2 * MARGIN, 0.4))
            about.text_frame.word_wrap = True
            self._run(about.text_frame.paragraphs[0], table.title, 14, GREY)
            self._grid(slide, table, (table.columns, *rows), size)

    def _grid(self, slide: Any, table: Table, rows: Sequence[tuple[str, ...]], size: int) -> None:
        wide = widths(table, WIDE - 2 * MARGIN, size)
        high = sum(_high(row, wide, size) for row in rows)
        box = self._inches(MARGIN, TOP + 0.3, WIDE - 2 * MARGIN, high)
        frame = slide.shapes.add_table(len(rows), len(table.columns), *box)
        frame.name = table.title[:60]
        grid = frame.table
        grid.horz_banding = False
        for column, inches in zip(grid.columns, wide, strict=True):
            column.width = self._util.Inches(inches)
        for i, row in enumerate(rows):
            grid.rows[i].height = self._util.Inches(_high(row, wide, size))
            for j, text in enumerate(row):
                self._cell(grid.cell(i, j), text, size, head=i == 0, right=j not in table.words)

    def _cell(self, cell: Any, text: str, size: int, *, head: bool, right: bool) -> None:
        cell.margin_top = cell.margin_bottom = self._util.Inches(0.03)
        cell.margin_left = cell.margin_right = self._util.Inches(0.06)
        cell.fill.solid()
        cell.fill.fore_color.rgb = self._colour("EEF5FA" if head else "FFFFFF")
        line = cell.text_frame.paragraphs[0]
        line.alignment = self._align.PP_ALIGN.RIGHT if right else self._align.PP_ALIGN.LEFT
        self._run(line, text, size, INK, bold=head)

    def _slide(self, layout: int, title: str) -> Any:
        slide = self.deck.slides.add_slide(self.deck.slide_layouts[layout])
        head = slide.shapes.title
        self._place(head, MARGIN, 0.35, WIDE - 2 * MARGIN, 0.9)
        head.text_frame.word_wrap = True
        head.text_frame.vertical_anchor = self._align.MSO_ANCHOR.MIDDLE
        size = TITLE if len(title) <= 75 else 22 if len(title) <= 180 else 14
        line = head.text_frame.paragraphs[0]
        line.alignment = self._align.PP_ALIGN.LEFT
        self._run(line, title, size, bold=True)
        return slide

    def _run(self, line: Any, text: str, size: float, colour: str = INK, *, bold: bool = False) -> None:
        run = line.add_run()
        run.text = legal(text)
        run.font.size, run.font.bold = self._util.Pt(size), bold
        run.font.color.rgb = self._colour(colour)

    def _unmarked(self, line: Any) -> None:
        """Without the layout's bullet."""
        properties = line._p.get_or_add_pPr()
        properties.set("marL", "0")
        properties.set("indent", "0")
        properties.insert(0, library("pptx.oxml", ".pptx").parse_xml(_NO_BULLET))

    def _place(self, shape: Any, *box: float) -> None:
        shape.left, shape.top, shape.width, shape.height = self._inches(*box)

    def _inches(self, *lengths: float) -> Iterator[Any]:
        return (self._util.Inches(length) for length in lengths)


_NO_BULLET = '<a:buNone xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"/>'


def _sentences(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Paragraph):
            first, *more = part.sentences
            yield f"{part.label}. {first}" if part.label else first
            yield from more
        elif isinstance(part, Points):
            yield from part.sentences


def _fitting(sentences: Sequence[str]) -> float:
    """The largest size in which sentences fit, by the mean width of a letter, half of its size."""
    for size in SIZES:
        letters = 72 * (WIDE - 2 * MARGIN - 0.5) / (0.5 * size)
        lines = sum(ceil(len(sentence) / letters) * 1.2 + 0.5 for sentence in sentences)
        if lines * size <= 72 * ROOM:
            return size
    return SIZES[-1]


def _size(table: Table) -> int:
    """The largest size in which the table fits on one slide; the smallest where it fits in none."""
    whole = (s for s in ROWS if fits(table, WIDE - 2 * MARGIN, s) and len(list(_pages(table, s))) == 1)
    return next(whole, ROWS[-1])


def _pages(table: Table, size: int) -> Iterator[list[tuple[str, ...]]]:
    """Rows by slide, each as high as its longest cell makes it."""
    wide = widths(table, WIDE - 2 * MARGIN, size)
    page: list[tuple[str, ...]] = []
    left = room = ROOM - 0.3 - _high(table.columns, wide, size)
    for row in table.rows:
        high = _high(row, wide, size)
        if page and high > left:
            yield page
            page, left = [], room
        page.append(row)
        left -= high
    yield page


def _high(row: Sequence[str], wide: Sequence[float], size: int) -> float:
    """Of a row, inches."""
    letter = LETTER * size / 72
    lines = max(ceil(len(text) * letter / (inches - PADDING)) for text, inches in zip(row, wide, strict=True))
    return 1.22 * max(lines, 1) * size / 72 + 0.08
