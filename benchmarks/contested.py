"""What a hand-written model of `contested` has to know of the scenario: its laws, as numbers.

Rivals read them here, from the scenario as mcost loads it, so that all simulate the same thing and a changed
prior changes all of them.
"""

import math
from dataclasses import dataclass

import mcost

SCENARIO = mcost.load("contested")
MONTHS = SCENARIO.horizon_months
STRATEGIES = tuple(SCENARIO.strategies)
CANDIDATES = tuple(SCENARIO.candidates)


@dataclass(frozen=True)
class Law:
    """One uncertain input in the form that a sampler wants.

    family : lognorm is ``loc + exp(mu + sigma z)``, johnsonsb is ``1 / (1 + exp(-(mu + sigma z)))`` (an
        analyst's logit-normal), z standard normal; beta has the shapes ``a`` and ``b``.
    """

    family: str
    mu: float = 0.0
    sigma: float = 0.0
    loc: float = 0.0
    a: float = 0.0
    b: float = 0.0


def _law(name: str, given: dict[str, float]) -> Law:
    loc, scale = given.pop("loc", 0.0), given.pop("scale", 1.0)
    if name == "lognorm":
        return Law(name, mu=math.log(scale), sigma=given["s"], loc=loc)
    if (loc, scale) != (0.0, 1.0):
        raise ValueError(f"{name}: expected loc 0 and scale 1")
    if name == "johnsonsb":
        return Law(name, mu=-given["a"] / given["b"], sigma=1 / given["b"])
    if name == "beta":
        return Law(name, a=given["a"], b=given["b"])
    raise ValueError(f"contested has an input of the family {name}, which its rivals do not draw")


UNCERTAIN = {
    name: _law(prior.law.name, dict(prior.law.parameters))
    for name, prior in SCENARIO.inputs.items()
    if not prior.law.certain
}
CERTAIN = {name: prior.law.value for name, prior in SCENARIO.inputs.items() if prior.law.certain}
