"""What a log tells: each input that it has, with its interval, and what it cannot tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mcost.uncertain import Domain
from mcost.usage.families import Spread
from mcost.usage.log import Log


@dataclass(frozen=True)
class Finding:
    """One input, as the log has it.

    key : its name in a priors file; fits : scenario keys that it is for. about : what it is, in words.
    value, low, high : the estimate and its 90 % interval. n, of : what it is read from: 11 "months", 30
        "days" …
    distribution : in the notation of scenario files. note : what to know before it is used.
    """

    key: str
    about: str
    unit: str
    domain: Domain
    fits: tuple[str, ...]
    value: float
    low: float
    high: float
    n: float
    of: str
    distribution: Any
    note: str = ""


@dataclass(frozen=True)
class Findings:
    """All that a log tells.

    untold : what it cannot tell -> why. spreads : how tokens differ from call to call. notes : what was met
    on the way that a reader should know.
    """

    log: Log
    found: Mapping[str, Finding]
    untold: Mapping[str, str]
    spreads: Mapping[str, Spread]
    notes: tuple[str, ...]
