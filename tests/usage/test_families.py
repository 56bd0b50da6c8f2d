"""A spread is given the family it was drawn from, and the log's own quantiles where it is of none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from mcost.uncertain import Quantity, read
from mcost.usage.families import spread

N = 20_000
LAWS: dict[str, Any] = {
    "lognorm": stats.lognorm(0.7, scale=300),
    "gamma": stats.gamma(3, scale=100),
    "weibull_min": stats.weibull_min(2.5, scale=400),
    "expon": stats.expon(scale=250),
}


@pytest.mark.parametrize("name", LAWS)
def test_the_family_that_it_was_drawn_from_is_found(name: str) -> None:
    law = LAWS[name]
    x = law.rvs(N, random_state=np.random.default_rng(1))
    found = spread(x)
    assert found is not None
    # an exponential is a gamma and a Weibull too: the criterion then tells them apart by two at most
    best = {c.name: c.aic - found.candidates[0].aic for c in found.candidates}
    assert best[name] <= (4 if name == "expon" else 0)
    chosen = next(c for c in found.candidates if c.name == name)
    assert chosen.distance == pytest.approx(
        stats.kstest(x, getattr(stats, name)(**_parameters(chosen)).cdf)[0], abs=1e-4
    )
    assert chosen.distance < 1.6 / np.sqrt(N)
    read_back = read(found.notation, Quantity("tokens"))
    assert read_back.mean() == pytest.approx(law.mean(), rel=5 * law.std() / law.mean() / np.sqrt(N))


def _parameters(family: Any) -> dict[str, float]:
    return {key: value for key, value in family.notation.items() if key != "dist"}


def test_two_kinds_of_call_are_of_no_family() -> None:
    random = np.random.default_rng(2)
    x = np.round(np.concatenate([random.normal(100, 5, N), random.normal(2000, 50, N)]))
    found = spread(x)
    assert found is not None
    assert found.chosen == "empirical"
    assert min(c.distance for c in found.candidates) > 0.05
    law = read(found.notation, Quantity("tokens"))
    assert law.mean() == pytest.approx(x.mean(), rel=0.02)


def test_zeros_are_of_no_family_one_value_is_certain_and_few_tell_nothing() -> None:
    zeros = spread(np.concatenate([np.zeros(500), np.full(500, 100.0)]))
    assert zeros is not None
    assert (zeros.chosen, zeros.candidates) == ("empirical", ())
    one = spread(np.full(100, 7.0))
    assert one is not None
    assert (one.chosen, one.notation) == ("certain", 7.0)
    assert spread(np.arange(10.0)) is None
