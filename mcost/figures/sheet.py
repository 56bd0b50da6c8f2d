"""One page: title, subtitle, room for axes, footer. Lengths are in em, the size of the base text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from mcost.figures.caption import Caption
from mcost.figures.style import GREY, INK, PAPER, Size

MARGIN = 1.6
TITLE = 1.28
LEADING = 1.28
"""Lines apart, of the size of their text."""

MOST_LINES = 3

_TIED = re.compile(r" (?=%|million|billion|trillion)|(?<=\b[A-Z]{3}) (?=\d)")
"""Where no line ends: within a number and its unit."""


@dataclass
class Sheet:
    """A figure in the making. top, bottom : of the room that is left, em from the top and the bottom."""

    size: Size
    figure: Figure = field(init=False)
    top: float = 0.0
    bottom: float = 0.0

    def __post_init__(self) -> None:
        self.figure = Figure(figsize=(self.size.width, self.size.height), dpi=self.size.dpi, facecolor=PAPER)
        FigureCanvasAgg(self.figure)

    @property
    def em(self) -> float:
        """Inches."""
        return self.size.base / 72

    @property
    def width(self) -> float:
        return self.size.width / self.em

    @property
    def height(self) -> float:
        return self.size.height / self.em

    @property
    def small(self) -> float:
        """The least size of text, points."""
        return self.size.least

    @property
    def label(self) -> float:
        """The size of labels on the thing itself, points."""
        return 0.92 * self.size.base

    def head(self, caption: Caption, footer: str) -> None:
        """Title, subtitle and footer; what is left between them is the room."""
        at = 1.3
        at = self._lines(caption.title, at, TITLE, INK, "bold") + 0.3
        at = self._lines(caption.subtitle, at, 0.95, GREY, "normal")
        self.top = at + 0.9
        small = self.small / self.size.base
        self._put(MARGIN, self.height - 1.1, footer, small, GREY, "normal", "bottom")
        self.bottom = 1.1 + small + 0.9

    def _lines(self, text: str, at: float, size: float, colour: str, weight: str) -> float:
        for line in wrapped(text, self.width - 2 * MARGIN, size, weight, MOST_LINES):
            self._put(MARGIN, at, line, size, colour, weight, "top")
            at += size * LEADING
        return at

    def _put(self, x: float, y: float, text: str, size: float, colour: str, weight: str, anchor: str) -> None:
        self.figure.text(
            x / self.width,
            1 - y / self.height,
            text,
            fontsize=size * self.size.base,
            color=colour,
            fontweight=weight,
            va=anchor,
            ha="left",
        )

    def axes(
        self,
        left: float = 0.0,
        right: float = 0.0,
        bottom: float = 2.0,
        top: float = 0.0,
        share: tuple[float, float] = (0.0, 1.0),
        rows: tuple[float, float] = (0.0, 1.0),
    ) -> Axes:
        """Axes in the room, less so much at each side, em.

        share, rows : from where to where they go, of the width, and of the height from its bottom.
        """
        wide = self.width - 2 * MARGIN
        high = self.height - self.top - self.bottom
        x0, x1 = MARGIN + share[0] * wide + left, MARGIN + share[1] * wide - right
        y0, y1 = self.bottom + rows[0] * high + bottom, self.bottom + rows[1] * high - top
        return self.figure.add_axes(
            (x0 / self.width, y0 / self.height, (x1 - x0) / self.width, (y1 - y0) / self.height)
        )

    def rows(
        self, count: int, left: float, right: float, bottom: float = 0.4, top: float = 0.2, most: float = 2.3
    ) -> Axes:
        """Axes for so many rows below one another, y from the first, 0, on: each at most ``most`` em high."""
        room = self.height - self.top - self.bottom - bottom - top
        axes = self.axes(left, right, bottom + max(0.0, room - count * most), top)
        axes.set_ylim(count - 0.5, -0.5)
        axes.axis("off")
        return axes

    def extent(self, axes: Axes) -> tuple[float, float]:
        """Width and height of axes, em."""
        box = axes.get_position()
        return box.width * self.width, box.height * self.height


@lru_cache(maxsize=4096)
def width_of(text: str, size: float = 1.0, weight: str = "normal") -> float:
    """How wide a line of text is, em, at ``size`` em."""
    font = FontProperties(family=["DejaVu Sans"], weight=weight, size=100)
    wide, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(wide) / 100 * size


def wrapped(text: str, width: float, size: float = 1.0, weight: str = "normal", most: int = 9) -> list[str]:
    """Lines of at most ``width`` em; a word that is wider is cut, and what follows the last line left out."""
    lines: list[str] = []
    line = ""
    for word in _TIED.sub("\u00a0", text).split(" "):
        longer = f"{line} {word}" if line else word
        if width_of(longer, size, weight) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        while width_of(word, size, weight) > width:
            cut = len(fitted(word, width, size, weight, end=""))
            lines.append(word[:cut])
            word = word[cut:]
        line = word
    lines.append(line)
    if len(lines) > most:
        last = fitted(" ".join(lines[most - 1 :]), width, size, weight)
        lines = [*lines[: most - 1], last]
    return lines


def fitted(text: str, width: float, size: float = 1.0, weight: str = "normal", end: str = "…") -> str:
    """The text, or as much of it as goes into ``width`` em, and a sign that it goes on."""
    if width_of(text, size, weight) <= width:
        return text
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if width_of(text[:middle].rstrip() + end, size, weight) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + end
