"""Every closed form in one table: its arithmetic, what is expected, what the tool finds, how far it is off.

    python tests/statistical/table.py

takes pytest's own arguments. MCOST_TEST_SEED sets another seed, and MCOST_TEST_NIGHTLY=1 asks for 20 times
the draws.
"""

import sys
from pathlib import Path

import pytest
from closed_form import KEY, Row

HERE = Path(__file__).parent
HEAD = ("closed form", "arithmetic", "expected", "found", "error", "errors off")
BEYOND = 2.0395
"""t with 31 degrees lies farther off than this in 5 % of cases."""


class Table:
    """A pytest plugin that gathers what ``closed_form`` notes, from workers too."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, Row]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        test = report.nodeid.rpartition("::")[2].removeprefix("test_").replace("_", " ")
        if report.when == "call":
            self.rows += [(test, row) for key, row in report.user_properties if key == KEY]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for line in self.lines():
            terminalreporter.write_line(line)

    def lines(self) -> list[str]:
        told = []
        for test, (name, arithmetic, expected, found, error, distance) in sorted(
            self.rows, key=lambda r: r[0]
        ):
            off = "exact" if distance == 0 else f"{distance:+.2f}"
            row = f"{expected:.10g}", f"{found:.10g}", f"{error:.2g}", off
            told.append((f"{test}: {name}", arithmetic, *row))
        wide = [max(map(len, column)) for column in zip(HEAD, *told, strict=True)]
        lines = [
            " | ".join(cell.ljust(n) for cell, n in zip(row, wide, strict=True)) for row in (HEAD, *told)
        ]
        off = [abs(row[-1]) for _, row in self.rows if row[-1]]
        if off:
            far = sum(d > BEYOND for d in off) / len(off)
            lines.append(
                f"{len(told)} closed forms, {len(told) - len(off)} exact; of the others {far:.1%} lie "
                f"beyond {BEYOND} errors, where 5 % are expected, the farthest at {max(off):.2f}"
            )
        return lines


if __name__ == "__main__":
    tests = map(str, sorted(HERE.glob("test_*closed_forms*.py")))
    sys.exit(pytest.main([*tests, *sys.argv[1:]], plugins=[Table()]))
