"""How a notation is read: as what quantity, with what credibility, and where files and priors are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from mcost.errors import NotationError
from mcost.law import Law
from mcost.quantity import Quantity
from mcost.scales import Domain

CREDIBILITY = 0.9

DEEPEST = 8
"""Notations within notations."""


@dataclass(frozen=True)
class Reading:
    """How a value is read.

    quantity : what it may be; credibility : the share that an interval holds.
    folder : where files of samples lie; None where they may not be read.
    prior : the law of a prior of the catalogue, by its name; None where there is no catalogue.
    depth : notations around this one.
    """

    quantity: Quantity
    credibility: float = CREDIBILITY
    folder: Path | None = None
    prior: Callable[[object], Law] | None = None
    depth: int = 0

    def inside(self, domain: Domain, unit: str) -> Reading:
        """For a part of a notation: it has a domain, but no further limits."""
        if self.depth >= DEEPEST:
            raise NotationError(f"found more than {DEEPEST} notations within one another")
        return replace(self, quantity=Quantity(unit, domain), depth=self.depth + 1)
