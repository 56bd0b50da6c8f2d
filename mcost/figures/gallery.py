"""Every figure, in the order in which a lead asks."""

from __future__ import annotations

from mcost.figures.choice_curves import ACCEPTABILITY
from mcost.figures.cost_steps import WATERFALL
from mcost.figures.dots import DOTPLOT
from mcost.figures.driver_tornado import TORNADO
from mcost.figures.even_curve import BREAK_EVEN
from mcost.figures.flip_map import MAP
from mcost.figures.monthly_cost import COST_BY_MONTH
from mcost.figures.path_fan import FAN
from mcost.figures.picture import Picture
from mcost.figures.worth_bars import EVPPI

_IN_ORDER = (DOTPLOT, BREAK_EVEN, FAN, TORNADO, MAP, ACCEPTABILITY, EVPPI, WATERFALL, COST_BY_MONTH)

GALLERY: dict[str, Picture] = {picture.name: picture for picture in _IN_ORDER}
