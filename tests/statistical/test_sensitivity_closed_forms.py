"""Tenths and total-order shares against exact ones: Ishigami, the g-function, and linear Gaussian models."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from closed_form import ClosedForm

from mcost.estimate import Estimate
from mcost.sensitivity import sensitivity, total_order

DRAWS = 16_384


def mixed(f, first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """f at both sets of draws (d, n), and at the first with each factor in turn from the second."""
    rows = []
    for i in range(len(first)):
        swapped = first.copy()
        swapped[i] = second[i]
        rows.append(f(swapped))
    return f(first), f(second), np.stack(rows)


def held(closed_form: ClosedForm, found: Sequence[Estimate], exact: Mapping[str, float]) -> None:
    for i, (share, (arithmetic, truth)) in enumerate(zip(found, exact.items(), strict=True), 1):
        closed_form(f"total share of x{i}", arithmetic, truth, share, 4.0)
        assert share.standard_error < 0.02


def test_total_order_of_ishigami(closed_form: ClosedForm, seed: int) -> None:
    a, b = 7.0, 0.1
    v1, v2 = (1 + b * math.pi**4 / 5) ** 2 / 2, a**2 / 8
    v13 = 8 * b**2 * math.pi**8 / 225
    total = v1 + v2 + v13
    x = np.random.default_rng(seed).uniform(-math.pi, math.pi, (2, 3, DRAWS))

    def f(x: np.ndarray) -> np.ndarray:
        return np.sin(x[0]) + a * np.sin(x[1]) ** 2 + b * x[2] ** 4 * np.sin(x[0])

    exact = {"(V1 + V13) / V": (v1 + v13) / total, "V2 / V": v2 / total, "V13 / V": v13 / total}
    held(closed_form, total_order(*mixed(f, *x)), exact)
    y = f(x[0])
    for row, exact in zip(x[0], (v1 / total, v2 / total, 0.0), strict=True):
        assert abs(sensitivity(y, row).variance_share.value - exact) < 0.02


def test_total_order_of_the_g_function(closed_form: ClosedForm, seed: int) -> None:
    a = np.array([0.0, 0.5, 3.0, 9.0])
    parts = 1 / (3 * (1 + a) ** 2)
    total = np.prod(1 + parts) - 1
    x = np.random.default_rng(seed).uniform(size=(2, 4, DRAWS))

    def f(u: np.ndarray) -> np.ndarray:
        return np.prod((np.abs(4 * u - 2) + a[:, None]) / (1 + a[:, None]), axis=0)

    shares = parts * np.prod(1 + parts) / (1 + parts) / total
    exact = {f"V{i} Π (1 + Vj) / V, j other than {i}": share for i, share in enumerate(shares, 1)}
    held(closed_form, total_order(*mixed(f, *x)), exact)
    for row, part in zip(x[0], parts, strict=True):
        assert abs(sensitivity(f(x[0]), row).variance_share.value - part / total) < 0.02


def test_a_linear_model_has_no_more_in_total_than_first(closed_form: ClosedForm, seed: int) -> None:
    weights = np.array([3.0, 1.0, 0.0])
    x = np.random.default_rng(seed).normal(size=(2, 3, DRAWS))
    exact = weights**2 / 10
    shares = {f"{w:g}² / 10": share for w, share in zip(weights, exact, strict=True)}
    held(closed_form, total_order(*mixed(lambda x: weights @ x, *x)), shares)
    for row, share in zip(x[0], exact, strict=True):
        assert abs(sensitivity(weights @ x[0], row).variance_share.value - share) < 0.02


@pytest.mark.parametrize("rho", [0.0, 0.7])
def test_tenths_of_a_linear_model_correlated_or_not(seed: int, rho: float) -> None:
    # y = x + z with Corr(x, z) = rho: y given x ~ N((1 + rho) x, 1 - rho²)
    from scipy.special import ndtr, ndtri

    x, e = np.random.default_rng(seed).normal(size=(2, 65_536))
    found = sensitivity(x + rho * x + math.sqrt(1 - rho**2) * e, x)
    u = np.linspace(0, 1, 20_001)
    inside = ndtri((u[1:] + u[:-1]) / 2).reshape(10, -1)
    assert len(found.tenths) == 10
    for tenth, given in zip(found.tenths, inside, strict=True):
        chance = float(np.mean(ndtr((1 + rho) * given / math.sqrt(1 - rho**2))))
        # the tenth's ends are drawn too: 0.005 more
        assert abs(tenth.pays_off.value - chance) < 4 * tenth.pays_off.standard_error + 0.005
        assert (
            abs(tenth.saving.value - (1 + rho) * float(np.mean(given)))
            < 4 * tenth.saving.standard_error + 0.03
        )


def test_how_far_apart_two_kinds_of_futures_are(seed: int) -> None:
    # by its definition, over all pairs of a future that pays off and one that does not
    x, e = np.random.default_rng(seed).normal(size=(2, 2_000))
    hits = x + e >= 0
    difference = x[hits][:, None] - x[~hits][None]
    found = sensitivity(x + e, x)
    assert found.apart == pytest.approx(float(np.mean(np.sign(difference))), abs=1e-12)
    luck = np.random.default_rng(seed + 1).normal(size=2_000)
    assert abs(sensitivity(x + e, luck).apart) < 4 * found.apart_error
