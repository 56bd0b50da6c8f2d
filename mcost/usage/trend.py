"""Growth and volatility of the calls, from the levels of their months, and how sure one can be of both.

The model of the calls is a random walk with drift: calls[t] = calls[t-1] (1 + g) exp(v z - v²/2). So the
increments of the log are normal with mean log(1 + g) - v²/2 and standard deviation v. Without noise in the
levels the posterior under Jeffreys' prior is the textbook's: Student's t for the mean, chi-square for v.
What days differ from one another, by weekday and by chance, is noise in a level and is not counted as
volatility.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from mcost.calendar_months import DAYS_A_MONTH, calendar
from mcost.usage.log import Log

FEWEST_MONTHS, FEWEST_WEEKS = 3, 4
MOST_VOLATILITY = 1.0
"""Volatility a month beyond which nobody's calls move: a factor of e at one standard deviation."""
_WINDOWS = (7, 14, 28)
_QUIET = 0.03
"""Noise of a level, on the log scale, that is small enough not to take a longer window."""
_SEEN = 0.6
"""Share of a window's days that must be known."""
_GRID = 400


@dataclass(frozen=True)
class Levels:
    """Calls a day at some points of time.

    log : ndarray (m,) of log calls a day; months : ndarray (m,), when, in months of 30.4375 days.
    noise : ndarray (m,), variance of each on the log scale by what days differ by chance.
    step : ``"months"`` or ``"weeks"``. window : days that each is read from.
    weekdays : ndarray (7,), a weekday's calls over the mean, by date's weekday of the day 1970-01-01 + i.
    dispersion : variance of a day's calls over their mean.
    """

    log: np.ndarray
    months: np.ndarray
    noise: np.ndarray
    step: str
    window: int
    weekdays: np.ndarray
    dispersion: float

    @property
    def n(self) -> int:
        return int(self.log.size)


def levels(log: Log) -> Levels:
    """The levels that a log has: of its months, or of its weeks where it has fewer than three months.

    A month's level is read from whole weeks in its middle. Over the whole month a walk that moves from day
    to day would be averaged, which hides a third of its variance (Working, Econometrica 1960).
    """
    weekdays = _weekdays(log)
    best: Levels | None = None
    for window in _WINDOWS:
        found = _levels(log, weekdays, _middles(log, window), window, "months")
        if best is None or found.n >= best.n:
            best = found
        if found.n < FEWEST_MONTHS or np.sqrt(np.median(found.noise)) <= _QUIET:
            break
    assert best is not None
    if best.n < FEWEST_MONTHS:
        ends = np.arange(len(log.days), 6, -7)[::-1]
        return _levels(log, weekdays, [(int(end) - 7, int(end)) for end in ends], 7, "weeks")
    return best


def _middles(log: Log, window: int) -> list[tuple[int, int]]:
    """First day and the day after the last of a window in each calendar month, counted from the log's start.

    It lies in the middle, or a week from it where a gap does.
    """
    first, last = log.period
    found = []
    for month, after in calendar(first, last):
        middle = month.toordinal() + ((after - month).days - window) // 2 - first.toordinal()
        whole = middle >= 0 and middle + window <= len(log.days)
        starts = (middle, middle + 7, middle - 7) if window == _WINDOWS[0] else (middle,)
        for start in starts if whole else ():
            days = log.days[max(start, 0) : start + window]
            if days.size == window and np.isfinite(days).mean() >= _SEEN:
                found.append((start, start + window))
                break
    return found


def _weekdays(log: Log) -> np.ndarray:
    """A weekday's calls over the mean of the week around it (7,); ones where four weeks do not show them."""
    days, ones = log.days, np.ones(7)
    if log.width > 1 or len(days) < 28:
        return ones
    around = np.convolve(days, np.ones(7) / 7, mode="valid")
    with np.errstate(all="ignore"):
        share = days[3:-3] / around
    weekday = (log.first + 3 + np.arange(share.size)) % 7
    good = np.isfinite(share)
    if any((good & (weekday == k)).sum() < 3 for k in range(7)):
        return ones
    factors = np.array([share[good & (weekday == k)].mean() for k in range(7)])
    return np.asarray(factors / factors.mean())


def _levels(log: Log, weekdays: np.ndarray, windows: list[tuple[int, int]], window: int, step: str) -> Levels:
    at, level, total, excess, spare = [], [], [], 0.0, -6.0
    for start, end in windows:
        calls = log.days[start:end]
        usual = weekdays[(log.first + np.arange(start, end)) % 7]
        seen = np.isfinite(calls) & (usual > 0)
        if seen.sum() < _SEEN * (end - start) or not calls[seen].sum() > 0:
            continue
        rate = calls[seen].sum() / usual[seen].sum()
        at.append((start + end) / 2 / DAYS_A_MONTH)
        level.append(math.log(rate))
        total.append(rate * usual[seen].sum() * max(1.0, log.width / (end - start)))
        excess += float(((calls[seen] - rate * usual[seen]) ** 2 / (rate * usual[seen])).sum())
        spare += float(seen.sum() - 1)
    least = 1.0 if log.measure == "requests" else 0.0
    dispersion = max(least, excess / spare) if spare > 0 and log.width == 1 else least
    noise = dispersion / np.array(total) if total else np.empty(0)
    return Levels(np.array(level), np.array(at), noise, step, window, weekdays, dispersion)


@dataclass(frozen=True)
class Trend:
    """What is known of growth and volatility, as quantile functions of a month's growth and volatility."""

    growth: Callable[[float], float]
    volatility: Callable[[float], float]
    increments: int


def trend(found: Levels) -> Trend | None:
    """The posterior of growth and volatility; None where the levels are too few."""
    fewest = FEWEST_MONTHS if found.step == "months" else FEWEST_WEEKS
    if found.n < fewest:
        return None
    step, over = np.diff(found.log), np.diff(found.months)
    noise = np.diag(found.noise[1:] + found.noise[:-1])
    noise -= np.diag(found.noise[1:-1], 1) + np.diag(found.noise[1:-1], -1)
    spread = float(np.sqrt(np.sum((step - over * step.sum() / over.sum()) ** 2 / over) / (step.size - 1)))
    low = min(max(spread, 1e-4) * 0.01, 1e-2)
    v = np.geomspace(low, MOST_VOLATILITY, _GRID)
    density, centre, width = np.empty(_GRID), np.empty(_GRID), np.empty(_GRID)
    mean_noise = float(np.mean(found.noise / np.mean(over)))
    for i, volatility in enumerate(v):
        factor = np.linalg.cholesky(volatility**2 * np.diag(over) + noise)
        a, b = np.linalg.solve(factor, over), np.linalg.solve(factor, step)
        weight = a @ a
        centre[i], width[i] = (a @ b) / weight, weight**-0.5
        rest = float(np.sum((b - centre[i] * a) ** 2))
        # log posterior on the grid of log v; the prior is flat in log(v² + 2 noise), Jeffreys' without noise
        prior = math.log(volatility**2 / (volatility**2 + 2 * mean_noise))
        density[i] = -np.log(np.diag(factor)).sum() - 0.5 * math.log(weight) - 0.5 * rest + prior
    mass = np.exp(density - density.max())
    mass /= mass.sum()
    below = np.cumsum(mass) - mass / 2
    shift = centre + v**2 / 2

    def growth(p: float) -> float:
        a, b = float((shift - 40 * width).min()), float((shift + 40 * width).max())
        for _ in range(80):
            middle = (a + b) / 2
            a, b = (middle, b) if float(mass @ ndtr((middle - shift) / width)) < p else (a, middle)
        return math.expm1((a + b) / 2)

    def quantile(p: float) -> float:
        return float(np.exp(np.interp(p, below, np.log(v))))

    return Trend(growth, quantile, int(step.size))


def calls_now(log: Log, found: Levels, volatility: float) -> tuple[float, float, int]:
    """Calls a month at the end of the log, their error on the log scale, and the days that they are from.

    Read from the last two weeks, whose middle lies a week before the end: the walk of that week is doubt too.
    """
    span = 14 if len(log.days) >= 14 else len(log.days) - len(log.days) % 7 or len(log.days)
    span = max(span, log.width)
    calls = log.days[-span:]
    usual = found.weekdays[(log.first + np.arange(len(log.days) - calls.size, len(log.days))) % 7]
    seen = np.isfinite(calls) & (usual > 0)
    if not calls[seen].sum() > 0:
        return 0.0, math.inf, span
    month = calls[seen].sum() / usual[seen].sum() * DAYS_A_MONTH
    noise = found.dispersion / calls[seen].sum()
    return month, math.sqrt(noise + volatility**2 * span / 2 / DAYS_A_MONTH), span
