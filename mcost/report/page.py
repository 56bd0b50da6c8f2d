"""A verdict as an HTML fragment, for a notebook."""

from __future__ import annotations

from html import escape

from mcost.report.layout import Verdict


def html(verdict: Verdict) -> str:
    """Paragraphs and tables as HTML; every name escaped."""
    parts = [f"<p><b>{escape(verdict.title)}</b></p>"]
    for paragraph in verdict.paragraphs:
        said = " ".join(escape(sentence) for sentence in paragraph.sentences)
        parts.append(f"<p><b>{escape(paragraph.label)}.</b> {said}</p>")
    for table in verdict.tables:
        head = "".join(f"<th>{escape(column)}</th>" for column in table.columns)
        rows = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows
        )
        parts.append(
            f"<table><caption>{escape(table.title)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )
    return "".join([*parts, f"<p><small>{escape(verdict.footer)}</small></p>"])
