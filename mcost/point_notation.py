"""``{ choice }`` and ``{ samples }`` -> a law made of single points: numbers with weights, or observed."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike

import numpy as np

from mcost.errors import NotationError, shown
from mcost.law import Law
from mcost.notation_table import Table, at_key, bounded, listed, only, weights_of
from mcost.numerals import INTERVAL, cell, one_number, without_unit
from mcost.quantity import Quantity, check_number
from mcost.reading import Reading


def read_choice(table: Table, reading: Reading) -> Law:
    """One of some numbers, each with its weight."""
    only(table, ("choice", "weights", "min", "max"))
    values = listed(table, "choice", "a list of numbers")
    weights = weights_of(table, "choice", len(values))
    quantity = Quantity(reading.quantity.unit, reading.quantity.domain)
    points = []
    for i, value in enumerate(values):
        several = isinstance(value, Mapping) or (
            isinstance(value, str) and INTERVAL.fullmatch(without_unit(value, quantity))
        )
        if several:
            raise NotationError(
                f"choice[{i}]: found {shown(value)}; expected a number: ranges and distributions go into "
                "{ mixture }"
            )
        try:
            points.append(one_number(value, quantity))
            check_number(points[-1], quantity)
        except NotationError as error:
            raise at_key(f"choice[{i}]", error) from None
    from mcost.points import choice

    return bounded(choice(points, weights), table, reading.quantity)


def read_samples(table: Table, reading: Reading) -> Law:
    """What was observed, as listed or in a column of a file; smoothed, a law between those values too."""
    source, smooth = table["samples"], table.get("smooth", False)
    quantity = Quantity(reading.quantity.unit, reading.quantity.domain)
    if not isinstance(smooth, bool):
        raise NotationError(f"smooth: found {shown(smooth)}; expected true or false")
    if isinstance(source, str | PathLike):
        only(table, ("samples", "column", "smooth", "min", "max"))
        from mcost.samples import locate, read_column

        file = locate(source, reading.folder)
        values = read_column(file, table.get("column"), lambda text: cell(text, quantity))
        origin = f"{table['column']} in {file.name}"
    else:
        only(table, ("samples", "smooth", "min", "max"))
        values, origin = _sampled(table, quantity), ""
    from mcost.points import Samples, Smoothed

    law: Law = Samples(np.array(values), origin)
    if smooth and not law.certain:
        law = Smoothed(np.array(values), origin)
    return bounded(law, table, reading.quantity)


def _sampled(table: Table, quantity: Quantity) -> list[float]:
    values = []
    for i, value in enumerate(listed(table, "samples", "a list of numbers, or the name of a CSV file")):
        try:
            values.append(one_number(value, quantity))
            check_number(values[-1], quantity)
        except NotationError as error:
            raise at_key(f"samples[{i}]", error) from None
    return values
