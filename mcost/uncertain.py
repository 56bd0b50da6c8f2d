"""Uncertain inputs: what one is, and how a value in any notation is read as one.

The module may be called as its function of the same name: ``mcost.uncertain("20 to 40")`` means the function,
whether or not this module was imported before.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_args

from mcost.errors import NotationError, shown
from mcost.law import Law
from mcost.notation import read_law
from mcost.notation_table import LEAST_MASS
from mcost.quantity import NEVER, Quantity, check
from mcost.reading import CREDIBILITY, Reading
from mcost.scales import Domain

__all__ = [
    "CREDIBILITY",
    "LEAST_MASS",
    "NEVER",
    "Domain",
    "Grade",
    "Prior",
    "Quantity",
    "check",
    "read",
    "uncertain",
]

Grade = Literal["measured", "elicited", "weak"]


@dataclass(frozen=True)
class Prior:
    """One uncertain input: its law, and where that comes from.

    name : dotted path where it is written, e.g. ``"strategies.prompt.retry_rate"``; equal names are one
        input.
    unit : e.g. ``"hours"``; domain : what values it may take.
    law : the probability law; ``distribution`` is the same as a frozen SciPy distribution.
    source, checked, grade, note : provenance; ``grade`` is measured, elicited or weak.
    catalogued : the name under which the catalogue has it; None for one of the scenario's own.
    quantity : what the key at which it is written may be, limits included; None for a prior of no key.
    """

    name: str
    unit: str
    domain: Domain
    law: Law
    source: str = "the scenario"
    checked: date | None = None
    grade: Grade = "elicited"
    note: str = ""
    catalogued: str | None = None
    quantity: Quantity | None = None

    @property
    def distribution(self) -> Any:
        """Frozen SciPy distribution: ``rvs``, ``ppf``, ``cdf``, ``mean`` …"""
        return self.law.frozen()


def uncertain(
    value: Any,
    domain: Domain = "positive",
    *,
    unit: str = "",
    credibility: float = CREDIBILITY,
    folder: str | Path | None = ".",
) -> Any:
    """A frozen SciPy distribution from any notation of a scenario file.

    Parameters
    ----------
    value : number, text or mapping, e.g. ``3000``, ``"20 to 40"``, ``{"p10": 20, "p50": 25, "p90": 60}``,
        ``{"dist": "gamma", "a": 2, "scale": 3}``, ``{"mixture": [0, "40% to 80%"], "weights": [0.2, 0.8]}``.
    domain : ``"positive"`` (0 and more), ``"fraction"`` (0 to 1) or ``"real"``.
    unit : the unit that text may carry, e.g. ``"hours"``.
    credibility : share of the probability that an interval holds.
    folder : where ``{"samples": "usage.csv", "column": "calls"}`` looks for its file, which may lie below it
        but not outside; None refuses files.

    Raises
    ------
    NotationError
        Where the value cannot be read, leaves its domain with positive probability, or has no finite mean.

    >>> round(float(uncertain("20 to 40").mean()), 3)
    28.919
    """
    if domain not in get_args(Domain):
        raise NotationError(f"found domain {shown(domain)}; expected one of {', '.join(get_args(Domain))}")
    quantity = Quantity(unit, domain)
    at = None if folder is None else Path(folder)
    return read(value, quantity, credibility=credibility, folder=at).frozen()


def read(
    value: Any,
    quantity: Quantity,
    *,
    credibility: float = CREDIBILITY,
    folder: Path | None = None,
    prior: Callable[[object], Law] | None = None,
) -> Law:
    """The law of one value in any notation.

    folder : where files of samples lie, below it too; None where they may not be read.
    prior : the law of a prior by its name, which only a catalogue can answer; None where there is none.

    Raises NotationError with what was found, what was expected and the mend.
    """
    law = read_law(value, Reading(quantity, credibility, folder, prior))
    check(law, quantity)
    return law


class _Callable(ModuleType):
    """Importing a module of a package puts it under its name there, in place of the function."""

    __call__ = staticmethod(uncertain)


sys.modules[__name__].__class__ = _Callable
