"""Aversion to risk, for normal costs: certainty equivalent m + a s²/2, CVaR of a tenth m + s φ(z)/0.1."""

import numpy as np
import pytest
from scipy import stats

from mcost.attitude import attitude

Z90 = 1.2815515655446004
N = 400_000


def normal(mean: float, spread: float) -> np.ndarray:
    return np.asarray(stats.norm.ppf((np.arange(N) + 0.5) / N, mean, spread))


def test_normal_costs() -> None:
    found = attitude({"risky": normal(100, 10), "sure": np.full(N, 101.0)}, aversion=0.05)
    assert found.mean == pytest.approx({"risky": 100, "sure": 101})
    assert found.cvar == pytest.approx({"risky": 100 + 10 * stats.norm.pdf(Z90) / 0.1, "sure": 101}, rel=1e-4)
    assert found.certainty_equivalent == pytest.approx({"risky": 100 + 0.05 * 100 / 2, "sure": 101}, rel=1e-5)
    assert found.choices == {"mean": "risky", "cvar": "sure", "utility": "sure"}


def test_the_least_aversion_that_changes_the_choice() -> None:
    """100 + a 100/2 = 101 at a = 0.02."""
    found = attitude({"risky": normal(100, 10), "sure": np.full(N, 101.0)})
    assert found.switch is not None
    assert found.switch == (pytest.approx(0.02, rel=1e-3), "sure")
    assert found.certainty_equivalent == {}


def test_one_that_is_better_in_every_future_is_never_left() -> None:
    cost = normal(100, 10)
    assert attitude({"good": cost, "bad": cost + 1}).switch is None
    assert attitude({"good": np.full(9, 1.0), "bad": np.full(9, 2.0)}, aversion=1e3).choices == {
        "mean": "good",
        "cvar": "good",
        "utility": "good",
    }
