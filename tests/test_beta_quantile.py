"""Quantiles of the beta distribution against SciPy's own."""

import numpy as np
import pytest
from scipy import special

from mcost.beta_quantile import beta_quantile

SHAPES = [
    (a, b) for a in (0.1, 0.13, 0.25, 0.5, 0.8, 0.999, 1.0, 1.5, 4.0, 300.0, 1e4) for b in (1.0, 2.5, 40.0)
]
SHAPES += [(0.1, 1e4), (0.5, 1e4), (0.9, 1000.0)]


def probabilities() -> np.ndarray:
    """Evenly over the unit interval, and far into both tails."""
    inside = np.random.default_rng(1).random(20_000)
    tails = 10.0 ** -np.linspace(0.5, 15, 400)
    return np.concatenate([inside, tails, 1 - tails, [2.0**-54, 1 - 2.0**-53, 0.5]])


@pytest.mark.parametrize(("a", "b"), SHAPES)
def test_quantiles_are_those_of_scipy(a: float, b: float) -> None:
    u = probabilities()
    expected = special.betaincinv(a, b, u)
    found = beta_quantile(u, a, b)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=0)


@pytest.mark.parametrize(("a", "b"), [(0.05, 2.0), (0.5, 0.5), (2.0, 0.3), (2e4, 3.0)])
def test_shapes_beyond_the_table_are_scipy_s_to_the_bit(a: float, b: float) -> None:
    u = probabilities()
    np.testing.assert_array_equal(beta_quantile(u, a, b), special.betaincinv(a, b, u))


@pytest.mark.parametrize(("a", "b"), [(0.1, 2.0), (0.5, 3.0), (3.0, 2.0)])
def test_quantiles_rise_and_lie_between_0_and_1(a: float, b: float) -> None:
    u = np.sort(probabilities())
    found = beta_quantile(u, a, b)
    assert (np.diff(found) >= -1e-12 * found[1:]).all()
    assert found.min() >= 0
    assert found.max() <= 1


def test_the_shape_of_the_answer_is_that_of_the_question() -> None:
    u = np.random.default_rng(1).random((3, 5))
    assert beta_quantile(u, 0.5, 2.0).shape == (3, 5)
    np.testing.assert_array_equal(beta_quantile(u, 0.5, 2.0)[1], beta_quantile(u[1], 0.5, 2.0))
