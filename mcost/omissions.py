"""What a scenario leaves out, and so counts as nothing; and the weak priors that its answer leans on."""

from __future__ import annotations

from mcost.scenario import Scenario
from mcost.schema import Strategy
from mcost.uncertain import Prior


def omissions(scenario: Scenario, name: str) -> tuple[str, ...]:
    """What a tuned strategy does not say, in the words of a verdict; empty for a strategy without tuning."""
    strategy = scenario.strategies[name]
    tuning = strategy.tuning
    if tuning is None:
        return ()
    baseline = scenario.strategies[scenario.baseline]
    retrains = tuning.retrain_every_months or tuning.drift_retrains_per_year
    hours = (strategy.setup_hours, strategy.hours_per_month, tuning.retrain_hours)
    said = {
        "hours to set it up": strategy.setup_hours,
        "upkeep by engineers": strategy.hours_per_month or tuning.retrain_hours,
        "an hourly rate (its hours cost nothing)": scenario.hourly_rate if any(hours) else True,
        "the cost of training": tuning.training_cost,
        "retraining": retrains or scenario.workload.task_changes_per_year,
        "labels": tuning.labelled_examples and tuning.cost_per_label,
        "the chance that it misses the quality bar": scenario.success_of(strategy),
        "the dearer price of a tuned model": not _same_price(scenario, strategy, baseline)
        or strategy.costs
        or strategy.hosting,
        "cache hits of the baseline": _cache_is_said(scenario),
    }
    return tuple(what for what, given in said.items() if not given)


def _same_price(scenario: Scenario, strategy: Strategy, other: Strategy) -> bool:
    own, theirs = scenario.price_of(strategy), scenario.price_of(other)
    if own is None or theirs is None or strategy.price_multiplier is not None:
        return False
    return all(_law(getattr(own, key)) == _law(getattr(theirs, key)) for key in ("input", "output"))


def _cache_is_said(scenario: Scenario) -> bool:
    """Whether the baseline, or an untuned rival of it, says what the cache does; 0 says it too."""
    untuned = [s for s in scenario.strategies.values() if not s.tuned]
    return any(s.parts or s.cache_hit is not None for s in untuned)


def _law(prior: Prior | None) -> object:
    return None if prior is None else prior.law


def weak_priors(scenario: Scenario) -> tuple[Prior, ...]:
    """Inputs that stand on a prior graded weak."""
    return tuple(prior for prior in scenario.inputs.values() if prior.grade == "weak")
