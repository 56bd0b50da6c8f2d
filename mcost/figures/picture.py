"""One figure: what it answers, when there is nothing to show, what is said of it, how it is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.figure import Figure

from mcost.figures.caption import Caption
from mcost.figures.ground import Ground
from mcost.figures.sheet import Sheet
from mcost.figures.style import size_of, styled


@dataclass(frozen=True)
class Picture:
    """A figure, but for its numbers.

    question : what it answers, for a list of figures.
    nothing : a sentence that says why there is nothing to show; None where there is something.
    caption, draw, drawn : what is said, how it is drawn, and of how many draws; asked only where there is
        something.
    """

    name: str
    question: str
    nothing: Callable[[Ground], str | None]
    caption: Callable[[Ground], Caption]
    draw: Callable[[Sheet, Ground], None]
    drawn: Callable[[Ground], int] = lambda ground: ground.answer.draws

    def said(self, ground: Ground) -> Caption:
        """The caption; where there is nothing to show, that."""
        why_not = self.nothing(ground)
        if why_not is None:
            return self.caption(ground)
        return Caption(why_not, ground.answer.scenario.title, why_not, why_not)

    def figure(self, ground: Ground, for_: str = "document") -> Figure:
        """The figure at one of two sizes; where there is nothing to show, a page that says so.

        Raises McostError for another size than ``document`` or ``slide``.
        """
        size = size_of(for_)
        with styled(size):
            sheet = Sheet(size)
            there = self.nothing(ground) is None
            sheet.head(self.said(ground), ground.footer(self.drawn(ground) if there else ground.answer.draws))
            if there:
                self.draw(sheet, ground)
            sheet.figure.draw_without_rendering()  # ticks are made when first drawn: under our settings
        return sheet.figure


def needs_to_vary(ground: Ground) -> str | None:
    """Why nothing is shown of what drives the answer: nothing varies."""
    if ground.answer.certain:
        return "Nothing is uncertain here, so nothing drives the answer"
    return None


def needs_a_rival(ground: Ground) -> str | None:
    """Why nothing is shown of a scenario with only a baseline."""
    if ground.candidate is None:
        return f"Only {ground.rival} is given: there is no rival to hold it against"
    return None
