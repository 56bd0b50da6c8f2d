"""How many cases a fuzz test is to run, its seed, and the count of those that were really run and judged.

MCOST_FUZZ : cases of each kind; unsaid, few. MCOST_SEED : a whole number; other cases come of another one.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest

PART = 100
"""Cases of one test item: what one worker does at a time."""

KINDS = {"scenarios": "scenarios run", "files": "broken files", "values": "hostile values"}


@dataclass(frozen=True)
class Part:
    """Some of the cases of a test: how many, and the seed that they come of."""

    cases: int
    seed: int

    def __str__(self) -> str:
        return f"seed {self.seed}"


def parts(few: int) -> list[Part]:
    """``MCOST_FUZZ`` cases, or few, in parts that workers may share."""
    wanted, seed = int(os.environ.get("MCOST_FUZZ", few)), int(os.environ.get("MCOST_SEED", "1"))
    sizes = [PART] * (wanted // PART) + [wanted % PART] * (wanted % PART > 0)
    return [Part(size, 1_000_000 * seed + i) for i, size in enumerate(sizes)]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One line on what was run: the tests count it themselves, each in its own worker."""
    total: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "call":  # setup and teardown of a test tell the same again
                for name, counted in report.user_properties:
                    total.update(counted if name == "fuzz" else {})
    if total:
        terminalreporter.write_line(f"fuzz: {said(total)}")


def said(total: Counter[str]) -> str:
    """``200 scenarios run (3 refused), 500 broken files``."""
    told = []
    for kind, words in KINDS.items():
        if total[kind]:
            of = [
                f"{n:,} {name.split()[1]}" for name, n in sorted(total.items()) if name.startswith(f"{kind} ")
            ]
            told.append(f"{total[kind]:,} {words}" + (f" ({', '.join(of)})" if of else ""))
    return ", ".join(told)


@dataclass(frozen=True)
class Tally:
    """What a test has run so far, by kind and what became of it: ``files``, ``files refused``."""

    counted: dict[str, int]

    def add(self, name: str, n: int = 1) -> None:
        self.counted[name] = self.counted.get(name, 0) + n


@pytest.fixture
def count(request: pytest.FixtureRequest) -> Tally:
    """A tally that travels with the test's report, from whichever worker."""
    tally = Tally({})
    request.node.user_properties.append(("fuzz", tally.counted))
    return tally
