"""What somebody has changed on the page, and the same as an address: a link reproduces the view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from mcost.errors import McostError, shown

LONGEST = 80
"""Letters of one value."""

MOST = 600
"""Entries of one address."""

HORIZON, OFF, ABOUT = "horizon", "off", "about"
MAX_HORIZON = 120

_TABLES = frozenset("{}[]\"'=#\\")
"""Signs that no number and no interval holds. A notation that could name a file has one of them."""


@dataclass(frozen=True)
class Complaint:
    """What is wrong, and beside what it is told: an input, ``horizon``, ``off`` or ``about``, or nothing."""

    at: str
    message: str


class RefusedError(McostError):
    """A state that has no answer; every complaint is told beside what caused it."""

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        super().__init__("; ".join(complaint.message for complaint in complaints))
        self.complaints = tuple(complaints)


@dataclass(frozen=True)
class State:
    """What differs from the scenario as it is written.

    values : input name and what is written in its place, ``("workload.calls_per_month", "2M to 4M")``.
    horizon : months, None for the scenario's own. off : strategies left out. about : the candidate that the
    pictures show, None for the one that the verdict speaks of last.
    """

    values: tuple[tuple[str, str], ...] = ()
    horizon: int | None = None
    off: tuple[str, ...] = ()
    about: str | None = None

    @property
    def changes(self) -> bool:
        """Whether there is another scenario to run; what the pictures show changes none."""
        return bool(self.values or self.off or self.horizon is not None)

    @property
    def address(self) -> str:
        """The query of a link to it, without the question mark; equal states have equal ones."""
        pairs = [*self.values, *((OFF, name) for name in self.off)]
        pairs += [(HORIZON, str(self.horizon))] if self.horizon is not None else []
        pairs += [(ABOUT, self.about)] if self.about is not None else []
        return urlencode(pairs)


def parse(address: str) -> State:
    """The state that a link means; of a name given twice, the last value holds.

    Raises RefusedError for what no page writes: a notation of a table, which could name a file, a number of
    months that is none, too much of anything.
    """
    try:
        pairs = parse_qsl(
            address,
            keep_blank_values=True,
            strict_parsing=bool(address),
            max_num_fields=MOST,
            errors="strict",
        )
    except ValueError:
        raise RefusedError(
            [Complaint("", f"found the address {shown(address)}; expected input=value&…")]
        ) from None
    values: dict[str, str] = {}
    off: dict[str, None] = {}
    single: dict[str, str] = {}
    complaints: list[Complaint] = []
    for key, text in pairs:
        if key == OFF:
            off[text] = None
        elif key in (HORIZON, ABOUT):
            single[key] = text
        else:
            values[key] = text.strip()
    complaints += [Complaint(name, said) for name, text in values.items() if (said := _mistake(text))]
    horizon = single.get(HORIZON)
    if horizon is not None and not (horizon.isascii() and horizon.isdigit() and len(horizon) < 5):
        expected = f"expected a whole number of months from 1 to {MAX_HORIZON}"
        complaints.append(Complaint(HORIZON, f"found {shown(horizon)}; {expected}"))
        horizon = None
    if complaints:
        raise RefusedError(complaints)
    return State(
        tuple(sorted(values.items())),
        None if horizon is None else int(horizon),
        tuple(sorted(off)),
        single.get(ABOUT) or None,
    )


def _mistake(text: str) -> str | None:
    """Why a text is no number and no interval; what else may be wrong with it, the scenario's reader says."""
    if len(text) > LONGEST:
        return f"found {len(text)} letters; expected a number, or an interval such as 20 to 40"
    if not text or not text.isprintable() or _TABLES & set(text):
        return f"found {shown(text)}; expected a number, or an interval such as 20 to 40"
    return None
