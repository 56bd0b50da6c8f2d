"""A law's density in block characters, with numbers on its axis: for a terminal, a log, a comment."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from mcost.law import Array, Law

WIDTH = 50
HEIGHT = 6
MOST_POINTS = 12

_UP = " ▁▂▃▄▅▆▇█"
_RIGHT = " ▏▎▍▌▋▊▉█"
_WIDE = 30.0
"""95 % over 5 % from which an axis of money or hours is logarithmic: a linear one would show one spike."""


def sketch(law: Law, label: Callable[[float], str], share: bool = False) -> tuple[str, ...]:
    """Lines of a small plot of the density, about 50 wide; none for a value that is certain.

    label : how a value is written on the axis. share : whether values are shares, which keep a linear axis.
    """
    if law.certain:
        return ()
    points = np.unique(law.ppf((np.arange(4096) + 0.5) / 4096)) if law.discrete else np.empty(0)
    if 0 < len(points) <= MOST_POINTS:
        return _bars(points, np.diff(law.cdf(points), prepend=0.0), label)
    least, low, middle, high, most = (float(q) for q in law.ppf(np.array([0.005, 0.05, 0.5, 0.95, 0.995])))
    by_ratio = not share and least > 0 and high > _WIDE * low
    if not by_ratio and 0 < least < 0.15 * (most - least):
        least = 0.0
    if not least < most:
        return ()
    gaps = np.diff(points)
    if law.discrete and np.allclose(gaps, np.rint(gaps)):  # as many whole numbers in each column
        each = math.ceil((most - least + 1) / WIDTH)
        by_ratio, least, most = False, least - 0.5, least - 0.5 + each * WIDTH
    edges = np.geomspace(least, most, WIDTH + 1) if by_ratio else np.linspace(least, most, WIDTH + 1)
    below = law.cdf(np.concatenate(([np.nextafter(least, -math.inf)], edges[1:])))
    rows = _columns(np.diff(below))

    def column(value: float) -> int:
        at = (
            math.log(value / least) / math.log(most / least) if by_ratio else (value - least) / (most - least)
        )
        return min(WIDTH - 1, max(0, int(at * WIDTH)))

    ticks = _decades(least, most) if by_ratio else _steps(least, most)
    axis, numbers = _axis([(column(tick), label(tick)) for tick in ticks])
    span = [" "] * WIDTH
    span[column(low) : column(high) + 1] = "─" * (column(high) - column(low) + 1)
    span[column(low)], span[column(high)], span[column(middle)] = "├", "┤", "┼"
    scale = "   (log scale)" if by_ratio else ""
    return (*rows, axis, numbers, "".join(span).rstrip(), f"├ 5 %   ┼ median   ┤ 95 %{scale}")


def _columns(mass: Array) -> list[str]:
    """Columns of eighths of a block, the tallest full."""
    eighths = np.rint(mass / mass.max() * 8 * HEIGHT).astype(int)
    eighths = np.where((mass > mass.max() / 400) & (eighths == 0), 1, eighths)
    return [
        "".join(_UP[min(8, max(0, int(n) - 8 * row))] for n in eighths).rstrip()
        for row in reversed(range(HEIGHT))
    ]


def _axis(ticks: Sequence[tuple[int, str]]) -> tuple[str, str]:
    """The axis and the numbers under it; a number that would touch the one before is left out."""
    axis, numbers = ["─"] * WIDTH, ""
    for at, text in ticks:
        start = max(0, at - len(text) // 2)
        if numbers and start <= len(numbers) + 1:
            continue
        axis[at] = "┴"
        numbers = numbers.ljust(start) + text
    return "".join(axis), numbers


def _steps(low: float, high: float) -> list[float]:
    """Round numbers between two ends, some six of them at most."""
    rough = (high - low) / 6
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough)
    return [step * i for i in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]


def _decades(low: float, high: float) -> list[float]:
    """Powers of ten between two ends; with 2 and 5, or 3, of each where they are few."""
    decades = math.log10(high / low)
    of_each = (1, 2, 5) if decades < 2 else (1, 3) if decades < 3.5 else (1,)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [m * 10.0**k for k in powers for m in of_each if low <= m * 10.0**k <= high]


def _bars(points: Array, chance: Array, label: Callable[[float], str]) -> tuple[str, ...]:
    """One bar a point: what can happen, and how likely it is."""
    names = [label(float(point)) for point in points]
    wide = max(map(len, names))
    lines = []
    for name, p in zip(names, chance, strict=True):
        eighths = round(float(p / chance.max()) * 8 * (WIDTH - 15))
        bar = "█" * (eighths // 8) + (_RIGHT[eighths % 8] if eighths % 8 else "")
        lines.append(f"{name:>{wide}}  {bar}  {100 * p:.3g} %")
    return tuple(lines)
