"""mcost: the chance that fine-tuning a model pays off, against prompting it better.

>>> import mcost
>>> answer = mcost.run("article_100k")
>>> answer.candidates["fine_tune"].pays_off.probability
0.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mcost.version import VERSION as __version__

if TYPE_CHECKING:
    from mcost import figures, voi
    from mcost.answer import Answer, run
    from mcost.choices import Worth, worth
    from mcost.comparison import Comparison, compare
    from mcost.errors import McostError, NotationError, ScenarioError, SimulationError
    from mcost.estimate import Estimate
    from mcost.explanation import Why, why
    from mcost.maps import DecisionMap, decision_map
    from mcost.portfolios import Portfolio, portfolio
    from mcost.scenario import Scenario, load
    from mcost.tipping import Need, need
    from mcost.uncertain import Prior, uncertain

_HOME = {
    "Answer": "answer",
    "Comparison": "comparison",
    "DecisionMap": "maps",
    "Estimate": "estimate",
    "McostError": "errors",
    "Need": "tipping",
    "NotationError": "errors",
    "Portfolio": "portfolios",
    "Prior": "uncertain",
    "Scenario": "scenario",
    "ScenarioError": "errors",
    "SimulationError": "errors",
    "Why": "explanation",
    "Worth": "choices",
    "compare": "comparison",
    "decision_map": "maps",
    "load": "scenario",
    "need": "tipping",
    "portfolio": "portfolios",
    "run": "answer",
    "uncertain": "uncertain",
    "why": "explanation",
    "worth": "choices",
}

__all__ = [
    "Answer",
    "Comparison",
    "DecisionMap",
    "Estimate",
    "McostError",
    "Need",
    "NotationError",
    "Portfolio",
    "Prior",
    "Scenario",
    "ScenarioError",
    "SimulationError",
    "Why",
    "Worth",
    "__version__",
    "compare",
    "decision_map",
    "figures",
    "load",
    "need",
    "portfolio",
    "run",
    "uncertain",
    "voi",
    "why",
    "worth",
]


def __getattr__(name: str) -> Any:
    """Load a public name on first use: the command line's ``--help`` must not wait for NumPy."""
    from importlib import import_module

    if name in ("figures", "voi"):
        return import_module(f"mcost.{name}")
    if name not in _HOME:
        raise AttributeError(f"module 'mcost' has no attribute {name!r}")
    value = getattr(import_module(f"mcost.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
