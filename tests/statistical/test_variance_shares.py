"""First-order shares of variance from given draws, where the exact ones are known: within 0.02."""

import math

import numpy as np
import pytest

from mcost.regression import conditional_mean, variance_share

DRAWS = 16_384


def ishigami(x: np.ndarray) -> np.ndarray:
    """sin x1 + 7 sin² x2 + 0.1 x3⁴ sin x1, each uniform on (−π, π)."""
    return np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])


def test_ishigami(seed: int) -> None:
    # V1 = (1 + b π⁴ / 5)² / 2, V2 = a² / 8, V3 = 0; V = a² / 8 + b π⁴ / 5 + b² π⁸ / 18 + 1 / 2
    a, b = 7.0, 0.1
    total = a**2 / 8 + b * math.pi**4 / 5 + b**2 * math.pi**8 / 18 + 1 / 2
    first = ((1 + b * math.pi**4 / 5) ** 2 / 2, a**2 / 8, 0.0)
    x = np.random.default_rng(seed).uniform(-math.pi, math.pi, (3, DRAWS))
    y = ishigami(x)
    for row, part in zip(x, first, strict=True):
        assert abs(variance_share(y, row).value - part / total) < 0.02
    # x1 and x3 together: V1 + V13, V13 = 8 b² π⁸ / 225. All three: everything, as there is no luck.
    pair = variance_share(y, x[[0, 2]])
    assert abs(pair.value - (first[0] + 8 * b**2 * math.pi**8 / 225) / total) < 0.02
    assert variance_share(y, x).value > 0.99


def test_sobol_g_function(seed: int) -> None:
    # Π (|4 u - 2| + a) / (1 + a): V_i = 1 / (3 (1 + a_i)²), V = Π (1 + V_i) - 1
    a = np.array([0.0, 0.5, 3.0, 9.0, 99.0, 99.0])
    parts = 1 / (3 * (1 + a) ** 2)
    u = np.random.default_rng(seed).uniform(size=(6, DRAWS))
    y = np.prod((np.abs(4 * u - 2) + a[:, None]) / (1 + a[:, None]), axis=0)
    for row, part in zip(u, parts, strict=True):
        assert abs(variance_share(y, row).value - part / (np.prod(1 + parts) - 1)) < 0.02


@pytest.mark.parametrize("rho", [0.0, 0.8])
def test_linear_gaussian_inputs_correlated_or_not(seed: int, rho: float) -> None:
    # y = 3 x1 + x2 + 0 x3 + e, Corr(x1, x2) = rho: E[y | x1] = (3 + rho) x1, Var y = 9 + 1 + 6 rho + 1
    r = np.random.default_rng(seed)
    z = r.normal(size=(4, DRAWS))
    x1, x2, x3 = z[0], rho * z[0] + math.sqrt(1 - rho**2) * z[1], z[2]
    y = 3 * x1 + x2 + z[3]
    total = 11 + 6 * rho
    exact = ((3 + rho) ** 2 / total, (1 + 3 * rho) ** 2 / total, 0.0)
    for x, share in zip((x1, x2, x3), exact, strict=True):
        found = variance_share(y, x)
        assert abs(found.value - share) < 0.02
        assert abs(found.value - share) < 4 * found.standard_error


def test_the_share_of_an_event_is_that_of_its_probability(seed: int) -> None:
    # event: x + e > 0, equal normals. P(event | x) = Φ(x), uniform on (0, 1): (1 / 12) / (1 / 4)
    x, e = np.random.default_rng(seed).normal(size=(2, DRAWS))
    assert abs(variance_share((x + e > 0).astype(float), x).value - 1 / 3) < 0.02


def test_stated_errors_of_shares_are_those_that_are_seen() -> None:
    # 300 seeds fixed beforehand: shares of 1/2, of 1/10 and of nothing; the spread of the errors in units of
    # the stated one has itself an error of 1 / sqrt(600) = 4 %
    errors: dict[float, list[float]] = {0.5: [], 0.1: [], 0.0: []}
    for one in range(300):
        x, e = np.random.default_rng(one).normal(size=(2, 1024))
        for share, found in errors.items():
            estimate = variance_share(math.sqrt(share) * x + math.sqrt(1 - share) * e, x)
            found.append((estimate.value - share) / estimate.standard_error)
    for share, found in errors.items():
        assert abs(np.mean(found)) < 0.25, share
        assert np.mean(np.square(found)) < 1.25**2, share
        if share:
            assert np.mean(np.square(found)) > 0.85**2, share


def test_forty_inputs_of_which_ten_matter(seed: int) -> None:
    # Var y = 9 + 1 of noise: all inputs together have 0.9, and no more for the thirty that do nothing
    z = np.random.default_rng(seed).normal(size=(41, DRAWS))
    y = z[:9].sum(axis=0) + z[40]
    fit = conditional_mean(y, z[:40])
    assert abs(fit.shares[0].value - 0.9) < 0.02
    error = float(np.mean((fit.fitted[0] - z[:9].sum(axis=0)) ** 2))
    assert error < 100 / DRAWS, "as good as a fit of at most a hundred numbers"
    idle = conditional_mean(y, z[9:40])
    assert abs(idle.shares[0].value) < 0.02
    assert float(np.var(idle.fitted[0])) < 0.02 * 10
