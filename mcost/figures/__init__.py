"""Answers -> figures. The only rooms that import matplotlib and seaborn.

Each function draws one figure and gives it back, a Matplotlib ``Figure`` to save or to show.

answer : what ``mcost.run`` gave. of : the same, or what ``mcost.why`` or ``mcost.decision_map`` gave, which
    is then not made anew.
candidate : whom it is about; unsaid, the one that the verdict speaks of last.
for_ : ``"document"``, 6.3 by 3.9 inches, or ``"slide"``, 13.333 by 7.5.

Raises McostError for an unknown candidate or size, and where there is nothing to draw.

>>> import mcost
>>> mcost.figures.dotplot(mcost.run("article_100k", draws=1024)).get_size_inches().tolist()
[6.3, 3.9]
"""

from __future__ import annotations

from matplotlib.figure import Figure

from mcost.acceptability import Acceptability
from mcost.answer import Answer, run
from mcost.explanation import Why
from mcost.figures.choice_curves import ACCEPTABILITY
from mcost.figures.cost_steps import WATERFALL
from mcost.figures.dots import DOTPLOT
from mcost.figures.driver_tornado import TORNADO
from mcost.figures.even_curve import BREAK_EVEN
from mcost.figures.flip_map import MAP
from mcost.figures.ground import Ground
from mcost.figures.monthly_cost import COST_BY_MONTH
from mcost.figures.path_fan import FAN
from mcost.figures.worth_bars import EVPPI
from mcost.maps import DecisionMap


def dotplot(answer: Answer, candidate: str | None = None, for_: str = "document") -> Figure:
    """The saving at the horizon as fifty dots: how likely, how much."""
    return DOTPLOT.figure(Ground.of(answer, candidate), for_)


def break_even(answer: Answer, candidate: str | None = None, for_: str = "document") -> Figure:
    """The chance of having broken even by each month: when, if ever."""
    return BREAK_EVEN.figure(Ground.of(answer, candidate), for_)


def fan(answer: Answer, candidate: str | None = None, for_: str = "document") -> Figure:
    """The cumulative saving month by month: what the journey looks like."""
    return FAN.figure(Ground.of(answer, candidate), for_)


def waterfall(answer: Answer, candidate: str | None = None, for_: str = "document") -> Figure:
    """From the baseline's cost to the candidate's, by cost line: where the money goes."""
    return WATERFALL.figure(Ground.of(answer, candidate), for_)


def cost_by_month(answer: Answer, candidate: str | None = None, for_: str = "document") -> Figure:
    """The mean cost of each month by cost line, of the baseline and the candidate."""
    return COST_BY_MONTH.figure(Ground.of(answer, candidate), for_)


def tornado(of: Answer | Why, candidate: str | None = None, for_: str = "document") -> Figure:
    """How far each input moves the chance of paying off: what matters."""
    return TORNADO.figure(_explained(of, candidate), for_)


def evppi(of: Answer | Why, candidate: str | None = None, for_: str = "document") -> Figure:
    """What it is worth to know each input before choosing: what to measure first."""
    return EVPPI.figure(_explained(of, candidate), for_)


def acceptability(
    answer: Answer,
    candidate: str | None = None,
    for_: str = "document",
    curves: Acceptability | None = None,
) -> Figure:
    """How likely each strategy is the cheapest, above what choosing it would give up: what if we are wrong.

    curves : over another axis than the horizon.
    """
    return ACCEPTABILITY.figure(Ground.of(answer, candidate, curves=curves), for_)


def decision_map(of: Answer | DecisionMap, candidate: str | None = None, for_: str = "document") -> Figure:
    """The chance of paying off over two inputs, and where the scenario stands: where the answer flips."""
    if isinstance(of, DecisionMap):
        answer = run(of.scenario, of.draws, of.seed)
        return MAP.figure(Ground.of(answer, of.candidate, decision_map=of), for_)
    return MAP.figure(Ground.of(of, candidate), for_)


def _explained(of: Answer | Why, candidate: str | None) -> Ground:
    if isinstance(of, Why):
        return Ground.of(
            of.answer, candidate or of.candidate, why=of if candidate in (None, of.candidate) else None
        )
    return Ground.of(of, candidate)
