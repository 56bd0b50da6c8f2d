"""The house: imports run one way, and a command loads no more than it needs."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import mcost

PACKAGE = Path(mcost.__file__).parent

# From the cellar up: a room may use what lies below it, never what lies beside or above.
FLOORS = [
    {"copula", "errors", "frozen", "metalog", "report", "scales", "scipy_laws", "version"},
    {"beta_quantile", "cli", "inversion", "like", "places", "plain_data", "prices", "samples", "shipped"},
    {"law", "overrides", "references"},
    {"formulas"},
    {"families"},
    {"truncated"},
    {
        "attitude",
        "estimate",
        "events",
        "percentiles",
        "points",
        "quality",
        "quantity",
        "report.sketch",
        "traffic",
    },
    {"amount_schema", "break_even", "mixture", "numerals", "regression", "report.words"},
    {"compound", "sensitivity", "voi"},
    {"notation"},
    {"uncertain"},
    {"axis", "catalogue", "input_names"},
    {"known_models", "report.axis_words", "report.lookup", "schema"},
    {"correlations", "json_schema"},
    {"scenario"},
    {"doubts", "drafting", "draws", "endings", "filling", "omissions"},
    {"world"},
    {"service"},
    {"life"},
    {"billing"},
    {"costs", "factors"},
    {"payoff", "report.naming", "simulate"},
    {"outcomes", "what_if"},
    {"robustness"},
    {"answer"},
    {"acceptability", "checks", "comparison", "conditions", "studies"},
    {"explanation", "focus"},
    {"joint_shift", "maps"},
    {"report.verdict", "tipping"},
    {
        "report.comparison",
        "report.decision_map",
        "report.filled",
        "report.inputs",
        "report.page",
        "report.plain",
        "report.tipping",
        "report.why",
    },
    {"report.terminal"},
    {"cli.check", "cli.common", "cli.compare", "cli.init", "cli.priors", "cli.run", "cli.schema", "cli.why"},
    {"cli.map", "cli.need", "cli.prices", "cli.quick"},
    {"__init__", "__main__"},
]
# The one arrow up, taken when an answer is printed or shown in a notebook.
UPWARD = {
    ("answer", "report.plain"),
    ("answer", "report.verdict"),
    ("answer", "report.page"),
    ("comparison", "report.plain"),
    ("comparison", "report.comparison"),
    ("comparison", "report.page"),
    ("maps", "report.decision_map"),
    ("maps", "report.page"),
    ("maps", "report.plain"),
    ("tipping", "report.page"),
    ("tipping", "report.plain"),
    ("tipping", "report.tipping"),
    ("explanation", "report.plain"),
    ("explanation", "report.why"),
    ("explanation", "report.page"),
}


def rooms() -> dict[str, Path]:
    names = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        parts = list(file.relative_to(PACKAGE).with_suffix("").parts)
        if parts[-1] == "__init__" and len(parts) > 1:
            parts.pop()
        names[".".join(parts)] = file
    return names


def imports_of(file: Path) -> set[str]:
    """Rooms that a file imports, inside functions too; what only a type checker sees does not count."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for statement in node.body
        for inner in ast.walk(statement)
    }
    found = set()
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "mcost":
            room = node.module.removeprefix("mcost").lstrip(".")
            found |= {room} if room else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {a.name.removeprefix("mcost.") for a in node.names if a.name.startswith("mcost.")}
    return found


def test_every_room_has_its_floor() -> None:
    assert set(rooms()) == set().union(*FLOORS)


@pytest.mark.parametrize("room", sorted(set().union(*FLOORS)))
def test_imports_run_one_way(room: str) -> None:
    height = {name: floor for floor, names in enumerate(FLOORS) for name in names}
    for used in imports_of(rooms()[room]):
        assert height[used] < height[room] or (room, used) in UPWARD, f"{room} uses {used}"


def loaded(*arguments: str) -> set[str]:
    """Top-level modules in memory after a command, in a process of its own."""
    code = (
        "import sys, runpy\n"
        f"sys.argv = ['mcost', *{list(arguments)!r}]\n"
        "try: runpy.run_module('mcost', run_name='__main__')\n"
        "except SystemExit as stop: assert not stop.code, stop.code\n"
        "print('\\n' + ' '.join(sorted(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.splitlines()[-1].split())


COMMANDS = ["run", "why", "check", "compare", "init", "quick", "priors", "prices", "schema"]


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], *([c, "--help"] for c in COMMANDS)])
def test_help_loads_nothing_large(arguments: list[str]) -> None:
    large = {"numpy", "scipy", "pandas", "matplotlib", "seaborn", "pydantic", "rich", "tree_sitter"}
    assert not large & loaded(*arguments)


def test_a_run_loads_no_pandas_no_plotting_and_scipy_stats_only_for_a_family_that_needs_it() -> None:
    modules = loaded("run", "contested", "--draws", "100")
    assert "numpy" in modules
    assert not {"pandas", "matplotlib", "seaborn", "rich", "tree_sitter", "scipy.stats"} & modules
    needs_it = "workload.calls_per_month={dist='invgauss',mu=1,scale=1e5}"
    assert "scipy.stats" in loaded("run", "contested", "--draws", "100", "--set", needs_it)
