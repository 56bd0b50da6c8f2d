"""Inputs and random events on a figure: short names, and values to two digits."""

from __future__ import annotations

from mcost.axis import Axis
from mcost.driver import Driver
from mcost.figures.ground import Ground
from mcost.report.naming import event_name, event_value, input_name, value

DIGITS = 2


def driver_name(ground: Ground, driver: Driver) -> str:
    """A driver as a lead reads it, with the strategy that it belongs to."""
    if driver.kind == "event":
        return event_name(driver.name)
    return input_name(ground.answer.scenario, driver.name)


def own(ground: Ground, name: str) -> str:
    """A name without the candidate, where the figure is about that one."""
    return name.removesuffix(f" ({ground.who})")


def driver_value(ground: Ground, driver: Driver, number: float) -> str:
    """What a driver is at one end."""
    scenario = ground.answer.scenario
    if driver.kind == "event":
        return event_value(scenario, driver.name, short(number))
    return value(short(number), driver.unit, scenario.currency)


def axis_value(ground: Ground, axis: Axis, number: float) -> str:
    """A place on an axis."""
    return value(short(number), axis.unit, ground.answer.scenario.currency)


def short(number: float) -> float:
    """Two digits of it; of a share near 1, one of what it lacks: 0.573 is 0.57, and 0.9964 is 0.996."""
    if 0.9 < number < 1:
        return 1 - float(f"{1 - number:.1g}")
    return float(f"{number:.{DIGITS}g}")
