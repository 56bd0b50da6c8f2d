"""A verdict on a terminal: colours and ruled tables by rich; the words are those of the plain text."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from mcost.report.layout import Paragraph, Table, Verdict
from mcost.report.plain import widths


def show(verdict: Verdict, console: Console | None = None) -> None:
    """Print the verdict to the terminal."""
    console = console or Console(highlight=False)
    console.print(Text(verdict.title, style="bold"))
    console.print()
    show_paragraphs(verdict.paragraphs, console)
    for table in verdict.tables:
        console.print()
        show_table(table, console)
    console.print()
    console.print(Text(verdict.footer, style="dim"))


def show_paragraphs(paragraphs: tuple[Paragraph, ...], console: Console) -> None:
    """Labels in one column, sentences in the other; the advice stands out."""
    grid = RichTable.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(max_width=100)
    for i, paragraph in enumerate(paragraphs):
        for j, sentence in enumerate(paragraph.sentences):
            style = "bold cyan" if i == j == 0 else ""
            grid.add_row(paragraph.label if j == 0 else "", Text(sentence, style=style))
    console.print(grid)


def show_table(table: Table, console: Console) -> None:
    """One table, its numbers to the right; turned where that fits better."""
    if sum(widths(table)) + 3 * len(table.columns) > console.width and sum(widths(table.turned)) < sum(
        widths(table)
    ):
        table = table.turned
    ruled = RichTable(
        title=Text(table.title), title_justify="left", title_style="bold", header_style="dim", box=None
    )
    for i, column in enumerate(table.columns):
        ruled.add_column(Text(column), justify="left" if i == 0 else "right", overflow="fold")
    for row in table.rows:
        ruled.add_row(*(Text(cell) for cell in row))
    console.print(ruled)
