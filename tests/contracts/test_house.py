"""The house: imports run one way, and a command loads no more than it needs."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import mcost
from mcost.cli import COMMANDS

PACKAGE = Path(mcost.__file__).parent

# From the cellar up: a room may use what lies below it, never what lies beside or above.
FLOORS = [
    {
        "app",
        "calendar_months",
        "copula",
        "dimensions",
        "errors",
        "figures.caption",
        "frozen",
        "memory",
        "metalog.frozen",
        "metalog.terms",
        "models_file",
        "quintic_table",
        "report",
        "report.layout",
        "report.lookup",
        "scales",
        "scipy_laws",
        "toml",
        "usage",
        "usage.families",
        "usage.formats",
        "usage.model_names",
        "version",
    },
    {
        "app.state",
        "beta_quantile",
        "cluster",
        "figures.style",
        "inversion",
        "journal",
        "law",
        "like",
        "metalog.bounds",
        "metalog.inverse",
        "metalog.rising",
        "metalog.solving",
        "places",
        "plain_data",
        "price_table",
        "report.html",
        "report.markdown",
        "report.office",
        "report.page",
        "report.plain",
        "samples",
        "shipped",
        "spread",
        "usage.clusters",
        "usage.common_table",
        "usage.records",
        "whole_files",
        "whole_numbers",
    },
    {
        "adaptive",
        "attitude",
        "break_even",
        "bridge",
        "design",
        "events",
        "figures.encoding",
        "figures.sheet",
        "formulas",
        "metalog.mean",
        "metalog.points",
        "nets",
        "overrides",
        "points",
        "portfolio_file",
        "prices",
        "quality",
        "quantity",
        "references",
        "reported",
        "report.sketch",
        "report.slack",
        "report.slides",
        "report.terminal",
        "report.word",
        "source",
        "traced",
        "traffic",
        "truncated",
        "usage.reading",
        "verdict_file",
    },
    {
        "amount_schema",
        "estimate",
        "families",
        "family_grid",
        "figures.labels",
        "metalog.law",
        "metalog.mending",
        "mixture",
        "nodes",
        "numerals",
        "report.prices",
        "scenario_file",
        "smoother",
        "spline",
        "tunable",
        "usage.costing",
        "usage.log",
    },
    {
        "branches",
        "interval_notation",
        "marginal",
        "metalog.fitting",
        "notation_table",
        "product_basis",
        "reading",
        "report.frequency",
        "report.words",
        "usage.months",
        "usage.trend",
        "usage.whole_days",
    },
    {
        "compound",
        "interval_between",
        "metalog",
        "point_notation",
        "regression",
        "report.amounts",
        "usage.daily",
        "usage.remarks",
    },
    {"family_notation", "percentiles", "sensitivity", "voi"},
    {"percentile_notation", "report.estimates"},
    {"notation"},
    {"figures.scale", "uncertain", "usage.effect"},
    {"axis", "catalogue", "input_names", "questions", "usage.finding", "usage.notations"},
    {"curve", "fields", "known_models", "report.axis_words", "report.priors", "usage.estimates"},
    {"draft_lines", "impossible", "schema", "usage.combining", "usage.priors_file"},
    {"correlations", "json_schema", "report.measured", "study_inputs", "table_inputs", "table_mistakes"},
    {"scenario"},
    {"idle_keys"},
    {
        "app.given",
        "content",
        "doubts",
        "drafting",
        "draws",
        "endings",
        "filling",
        "log_cost",
        "manifest",
        "measured",
        "omissions",
        "portfolio_table",
    },
    {"app.saved", "factors", "manifest_file", "settled", "usage.observed", "world"},
    {"report.naming", "rerun", "service"},
    {"life", "report.rerun"},
    {"billing"},
    {"costs"},
    {"integration", "simulate"},
    {"months_held", "payoff", "what_if"},
    {"grid", "robustness", "tally"},
    {"outcomes"},
    {"answer"},
    {
        "acceptability",
        "checks",
        "conditions",
        "differences",
        "driver",
        "exhibits",
        "journey",
        "observation",
        "portfolio_row",
        "report.currency",
        "report.filled",
        "report.grounds",
        "studies",
        "subject",
    },
    {
        "choices",
        "comparison",
        "focus",
        "portfolios",
        "report.acceptability",
        "report.advice",
        "report.conditions",
        "report.inputs",
        "report.observation",
        "report.studies",
        "report.verdict_tables",
        "total_order",
    },
    {"explanation", "joint_shift", "maps", "report.comparison", "report.portfolio", "report.prospects"},
    {"figures.ground", "report.decision_map", "report.driver_words", "tipping"},
    {"figures.inputs", "figures.picture", "outlook", "report.tipping", "report.why_tables", "tripwires"},
    {
        "figures.choice_curves",
        "figures.cost_steps",
        "figures.dots",
        "figures.driver_tornado",
        "figures.even_curve",
        "figures.flip_map",
        "figures.monthly_cost",
        "figures.path_fan",
        "figures.worth_bars",
        "report.verdict",
        "report.why",
        "review",
    },
    {"app.view", "figures", "figures.gallery", "report.memo", "report.review"},
    {"app.pictures", "figures.saving", "report.album"},
    {"app.answers", "report.writing"},
    {"app.server"},
    {"app.serving"},
    {"cli.common", "cli.ending"},
    {"cli.laid_out", "cli.recorded"},
    {
        "cli",
        "cli.again",
        "cli.app",
        "cli.compare",
        "cli.figures",
        "cli.fit",
        "cli.init",
        "cli.map",
        "cli.need",
        "cli.prices",
        "cli.priors",
        "cli.quick",
        "cli.report",
        "cli.review",
        "cli.run",
        "cli.schema",
        "cli.why",
    },
    {"cli.check", "cli.portfolio", "cli.rerun"},
    {"__init__", "__main__"},
]
# The one arrow up, taken when an answer is printed or shown in a notebook.
UPWARD = {
    ("answer", "report.verdict"),
    ("comparison", "report.comparison"),
    ("choices", "report.comparison"),
    ("portfolios", "report.portfolio"),
    ("maps", "report.decision_map"),
    ("tipping", "report.tipping"),
    ("explanation", "report.why"),
}


@cache
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
            inner = {f"{room}.{alias.name}".lstrip(".") for alias in node.names}
            found |= {name if name in rooms() or not room else room for name in inner}
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


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], *([c, "--help"] for c in COMMANDS)])
def test_help_loads_nothing_large(arguments: list[str]) -> None:
    large = {"numpy", "scipy", "pandas", "matplotlib", "seaborn", "pydantic", "rich", "tree_sitter"}
    assert not large & loaded(*arguments)


def test_a_run_loads_no_pandas_no_plotting_and_scipy_stats_only_for_a_family_that_needs_it() -> None:
    modules = loaded("run", "contested", "--draws", "100")
    assert "numpy" in modules
    large = {
        "pandas",
        "matplotlib",
        "seaborn",
        "rich",
        "tree_sitter",
        "scipy.stats",
        "jinja2",
        "docx",
        "pptx",
    }
    assert not large & modules
    for form in ("markdown", "slack"):
        assert not large & loaded("run", "contested", "--draws", "100", "--format", form)
    needs_it = "workload.calls_per_month={dist='invgauss',mu=1,scale=1e5}"
    assert "scipy.stats" in loaded("run", "contested", "--draws", "100", "--set", needs_it)
