"""A memo as a Word document: headings, lists and tables that stay editable, pictures with alt text."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from mcost.report.layout import Memo, Paragraph, Part, Plate, Points, Section, Table
from mcost.report.office import attached, described, legal, library, stamped, widths

PAPER = (8.27, 11.69)
"""A4, inches."""

MARGIN = 0.8
TEXT = PAPER[0] - 2 * MARGIN
PICTURE = 4.6
CELL = 8
"""Points, of the text of tables."""

FONT = "Calibri"
INK, GREY = "1F2328", "5C636B"
TINT = "EEF5FA"


def word(memo: Memo, picture: Callable[[str, str], bytes], unseen: bytes | None = None) -> bytes:
    """The document. picture : a figure's name and a form, ``png``, -> its file. unseen : XML within.

    Raises McostError where python-docx is not installed.
    """
    made = _Document(library("docx", ".docx"), picture)
    made.head(memo)
    for section in memo.sections:
        made.section(section)
    made.heading("Appendix", 1).paragraph_format.page_break_before = True
    for section in memo.appendix:
        made.section(section)
    described(made.document.core_properties, memo)
    if unseen is not None:
        attached(made.document, unseen)
    return stamped(made.document)


class _Document:
    """A document in the making."""

    def __init__(self, docx: Any, picture: Callable[[str, str], bytes]) -> None:
        self._picture = picture
        self._shared = library("docx.shared", ".docx")
        self._oxml = library("docx.oxml", ".docx")
        self._ns = library("docx.oxml.ns", ".docx")
        self._align = library("docx.enum.text", ".docx").WD_ALIGN_PARAGRAPH
        self.document = docx.Document()
        self._page()
        self._styles()

    def _page(self) -> None:
        inches, page = self._shared.Inches, self.document.sections[0]
        page.page_width, page.page_height = (inches(side) for side in PAPER)
        for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
            setattr(page, side, inches(MARGIN))

    def _styles(self) -> None:
        points, colour = self._shared.Pt, self._shared.RGBColor.from_string
        looks = {
            "Normal": (10, INK, 0, 5),
            "List Bullet": (10, INK, 0, 2),
            "Title": (20, INK, 0, 4),
            "Heading 1": (13, INK, 12, 3),
            "Heading 2": (13, INK, 12, 3),
            "Caption": (8.5, GREY, 0, 8),
        }
        for name, (size, ink, before, after) in looks.items():
            style = self.document.styles[name]
            style.font.name, style.font.size, style.font.color.rgb = FONT, points(size), colour(ink)
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(self._ns.qn(f"w:{theme}"), None)
            style.paragraph_format.space_before, style.paragraph_format.space_after = (
                points(before),
                points(after),
            )
        self.document.styles["Caption"].font.bold = False
        borders = self.document.styles["Title"].element.pPr.find(self._ns.qn("w:pBdr"))
        if borders is not None:
            self.document.styles["Title"].element.pPr.remove(borders)

    def head(self, memo: Memo) -> None:
        self.document.add_paragraph(legal(memo.title), style="Title")
        self.document.add_paragraph(legal(memo.about), style="Caption")
        first, *more = memo.verdict
        lead = self.document.add_paragraph()
        run = lead.add_run(legal(first))
        run.bold, run.font.size = True, self._shared.Pt(12)
        self._shaded(lead.paragraph_format.element.get_or_add_pPr())
        for sentence in more:
            self.document.add_paragraph(legal(sentence))

    def heading(self, text: str, level: int) -> Any:
        return self.document.add_heading(legal(text), level)

    def small(self, text: str) -> None:
        self.document.add_paragraph(legal(text), style="Caption")

    def section(self, section: Section) -> None:
        self.heading(section.title, 2)
        pictured = any(isinstance(part, Plate) for part in section.parts)
        for part in section.parts:
            self._part(part, pictured)

    def _part(self, part: Part, pictured: bool) -> None:
        if isinstance(part, Points):
            for sentence in part.sentences:
                self.document.add_paragraph(legal(sentence), style="List Bullet")
        elif isinstance(part, Paragraph):
            said = self.document.add_paragraph()
            said.paragraph_format.keep_with_next = pictured
            if part.label:
                said.add_run(f"{legal(part.label)}. ").bold = True
            said.add_run(legal(" ".join(part.sentences)))
        elif isinstance(part, Plate):
            self._plate(part)
        else:
            self._table(part)

    def _plate(self, plate: Plate) -> None:
        said = self.document.add_paragraph()
        said.paragraph_format.keep_with_next = True
        stream = BytesIO(self._picture(plate.name, "png"))
        shape = said.add_run().add_picture(stream, width=self._shared.Inches(PICTURE))
        shape._inline.docPr.set("descr", legal(plate.alt))
        shape._inline.docPr.set("name", plate.name)
        self.small(plate.caption)

    def _table(self, table: Table) -> None:
        title = self.document.add_paragraph(legal(table.title), style="Caption")
        title.paragraph_format.keep_with_next = True
        title.paragraph_format.space_after = self._shared.Pt(2)
        made = self.document.add_table(rows=0, cols=len(table.columns))
        made.autofit = False
        wide = widths(table, TEXT, CELL)
        for column, inches in zip(made.columns, wide, strict=True):
            column.width = self._shared.Inches(inches)
        for i, row in enumerate((table.columns, *table.rows)):
            cells = made.add_row().cells
            properties = made.rows[-1]._tr.get_or_add_trPr()
            properties.append(self._oxml.OxmlElement("w:cantSplit"))
            if i == 0:
                properties.append(self._oxml.OxmlElement("w:tblHeader"))
            for j, (cell, text) in enumerate(zip(cells, row, strict=True)):
                cell.width = self._shared.Inches(wide[j])
                self._cell(cell, text, head=i == 0, right=j not in table.words)
        self.document.add_paragraph().paragraph_format.space_after = self._shared.Pt(2)

    def _cell(self, cell: Any, text: str, *, head: bool, right: bool) -> None:
        said = cell.paragraphs[0]
        said.paragraph_format.space_after = self._shared.Pt(1)
        said.alignment = self._align.RIGHT if right else self._align.LEFT
        run = said.add_run(legal(text))
        run.font.size = self._shared.Pt(CELL)
        run.bold = head
        properties = cell._tc.get_or_add_tcPr()
        if head:
            self._shaded(properties)
        else:
            self._ruled(properties)

    def _shaded(self, properties: Any) -> None:
        shade = self._oxml.OxmlElement("w:shd")
        for key, value in {"val": "clear", "color": "auto", "fill": TINT}.items():
            shade.set(self._ns.qn(f"w:{key}"), value)
        properties.append(shade)

    def _ruled(self, properties: Any) -> None:
        borders, line = self._oxml.OxmlElement("w:tcBorders"), self._oxml.OxmlElement("w:bottom")
        for key, value in {"val": "single", "sz": "4", "color": "D5DADE"}.items():
            line.set(self._ns.qn(f"w:{key}"), value)
        borders.append(line)
        properties.append(borders)
