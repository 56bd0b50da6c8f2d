"""Axes of money, of months and of chances."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FixedLocator, MaxNLocator

from mcost.figures.style import HAIR
from mcost.report.amounts import axis_amounts

_MONTHS = (1, 2, 3, 6, 12, 24, 36, 60, 120)


def money_ticks(axis: Axis, currency: str, most: int = 6, clear: float = 0.0) -> None:
    """Round sums, all on one scale. clear : share of the axis at either end that no label stands at."""
    low, high = axis.get_view_interval()
    ticks = MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    free = clear * (high - low)
    inside = [float(t) for t in ticks if low + free <= t <= high - free]
    axis.set_ticks(inside, labels=axis_amounts(inside, currency))


def month_ticks(axes: Axes, horizon: int, most: int = 9) -> None:
    """Months 0 … H at round steps; the last one is always told."""
    step = next((s for s in _MONTHS if horizon / s <= most), _MONTHS[-1])
    ticks = [t for t in range(0, horizon + 1, step) if horizon - t >= 0.6 * step or t == horizon]
    axes.set_xticks([*ticks, *([horizon] if ticks[-1] != horizon else [])])


def chance_ticks(axis: Axis, steps: int = 4) -> None:
    """0 % to 100 %."""
    shares = np.linspace(0, 1, steps + 1)
    axis.set_major_locator(FixedLocator(shares.tolist()))
    axis.set_ticks(shares.tolist(), labels=[f"{100 * share:.0f} %" for share in shares])


def rules(axes: Axes, width: float) -> None:
    """Faint lines at the ticks of the y axis, in place of the axis itself."""
    axes.grid(axis="y", color=HAIR, linewidth=width)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
