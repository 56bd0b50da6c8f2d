"""A scenario with the prices and the catalogued priors that a manifest recorded, whatever they are today."""

from __future__ import annotations

from mcost.errors import McostError, NotationError
from mcost.law import Certain, Law
from mcost.manifest import PriorThen, ScenarioThen
from mcost.scenario import Scenario
from mcost.uncertain import Prior, Quantity, read


def settled(scenario: Scenario, then: ScenarioThen) -> Scenario:
    """Raises McostError where a recorded prior cannot be read again as what it was.

    Dates of models, and what is not an input, stay those of today.
    """
    prices = {price.name: price.usd for price in then.prices}
    priors = {prior.name: prior for prior in then.priors if prior.notation is not None}

    def law(now: Prior) -> Law:
        if now.name in prices and now.law.certain:
            return Certain(prices[now.name])
        if now.name in priors and str(now.law) != priors[now.name].law:
            return _law(now, priors[now.name])
        return now.law

    return scenario.with_laws(law, scenario.source)


def _law(now: Prior, then: PriorThen) -> Law:
    try:
        law = read(then.notation, Quantity(now.unit, now.domain))
    except NotationError as error:
        raise McostError(f"{then.name}: the recorded prior {then.prior} cannot be read: {error}") from None
    if str(law) != then.law:
        raise McostError(
            f"{then.name}: the recorded prior {then.prior} reads as {law} today; expected {then.law}"
        )
    return law
