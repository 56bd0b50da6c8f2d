"""An input or a random event in the words of a sentence: what it is called, and its two ends."""

from __future__ import annotations

from mcost.driver import Driver
from mcost.explanation import Why
from mcost.report.naming import event_name, event_value, input_name, owner, plural, value
from mcost.report.words import name

MEETS = "whether it "


def called(found: Why, driver: Driver) -> str:
    """What it is called: ``calls per month`` of an input, ``month in which ...`` of an event."""
    if driver.kind == "event":
        return event_name(driver.name)
    return input_name(found.answer.scenario, driver.name)


def valued(found: Why, driver: Driver, number: float) -> str:
    """A value of it in words, with its unit: number is in the driver's unit."""
    scenario = found.answer.scenario
    if driver.kind == "event":
        return event_value(scenario, driver.name, number)
    return value(number, driver.unit, scenario.currency)


def with_ends(found: Why, driver: Driver) -> tuple[str, str]:
    """``with few calls per month (49,000)`` and ``with many (1.2 million)``."""
    said = called(found, driver)
    low, high = (valued(found, driver, tenth.value) for tenth in (driver.low, driver.high))
    if said.startswith(MEETS):
        who = "it" if owner(driver.name) == found.candidate else name(owner(driver.name))
        return f"where {who} misses the quality bar", "where it meets it"
    if said.startswith("month"):
        return f"where the {said} is early ({low})", f"where it is late ({high})"
    few, many = ("few", "many") if plural(said) else ("low", "high")
    before = f"{said[:-1]}, " if said.endswith(")") else f"{said} ("
    return f"with {few} {before}{low})", f"with {many} ({high})"


def alone(found: Why, driver: Driver) -> str:
    """An event within a sentence."""
    said = called(found, driver)
    if said.startswith(MEETS):
        return f"whether {name(owner(driver.name))} {str(driver.what).removeprefix(MEETS)}"
    return f"the {said}"
