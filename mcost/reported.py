"""Results that print as their report: as plain text, and as HTML in a notebook."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mcost.report.layout import Verdict


class Reported(ABC):
    """What has a report; nothing of reports is loaded before one is printed."""

    @abstractmethod
    def _report(self) -> Verdict:
        """The report, to be laid out."""

    def __str__(self) -> str:
        from mcost.report.plain import plain

        return plain(self._report())

    def _repr_html_(self) -> str:
        from mcost.report.page import html

        return html(self._report())
