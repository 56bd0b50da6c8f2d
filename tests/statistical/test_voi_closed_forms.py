"""EVPI, EVPPI and EVSI against exact values: within 4 of their standard errors, stated bias taken off."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from closed_form import ClosedForm, worth
from scenes import NIGHTLY, cap_phi, phi

from mcost import voi
from mcost.estimate import Estimate

SAMPLE = 65_536 * (20 if NIGHTLY else 1)
WORTHLESS = 200_000
"""Draws at which an input that is worth nothing is found to be."""


def gain(mean: float, sd: float) -> float:
    """E[max(X, 0)] - max(E X, 0) of a normal X: what knowing X is worth when the other choice gives 0."""
    return sd * phi(mean / sd) - abs(mean) * cap_phi(-abs(mean) / sd)


def two_actions(seed: int, n: int = SAMPLE) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Costs of NB = {0, p1 - p2}, and p1 ~ N(1, 1), p2 ~ N(0, 2)."""
    r = np.random.default_rng(seed)
    p1, p2 = r.normal(1, 1, n), r.normal(0, 2, n)
    return np.stack([np.zeros(n), p2 - p1]), p1, p2


def assert_worth(closed_form: ClosedForm, name: str, arithmetic: str, found: Estimate, exact: float) -> None:
    closed_form(name, arithmetic, exact, worth(found) if isinstance(found, voi.Information) else found, 4.0)
    if isinstance(found, voi.Information):
        assert found.warning is None
        assert abs(found.bias) < found.standard_error


def test_the_exact_values_are_those_published() -> None:
    # p1 - p2 ~ N(1, sqrt 5); given p1 its mean is p1 ~ N(1, 1); given p2 it is 1 - p2 ~ N(1, 2)
    assert gain(1, math.sqrt(5)) == pytest.approx(0.4798107, abs=5e-8)
    assert gain(1, 1) == pytest.approx(0.0833155, abs=5e-8)
    assert gain(1, 2) == pytest.approx(0.3955931, abs=5e-8)
    # ten observations of sd 1 on a prior of sd 1: the posterior mean ~ N(1, sqrt(10 / 11))
    assert gain(1, math.sqrt(10 / 11)) == pytest.approx(0.0723251, abs=5e-8)


def test_normal_two_actions(closed_form: ClosedForm, seed: int) -> None:
    cost, p1, p2 = two_actions(seed)
    assert_worth(closed_form, "EVPI", "gain(1, √5)", voi.evpi(cost), 0.4798107)
    assert_worth(closed_form, "EVPPI of p1", "gain(1, 1)", voi.evppi(cost, p1), 0.0833155)
    assert_worth(closed_form, "EVPPI of p2", "gain(1, 2)", voi.evppi(cost, p2), 0.3955931)
    assert_worth(closed_form, "EVPPI of both", "gain(1, √5)", voi.evppi(cost, [p1, p2]), 0.4798107)


def test_sorted_blocks_agree(closed_form: ClosedForm, seed: int) -> None:
    cost, p1, p2 = two_actions(seed)
    for x, exact in ((p1, 0.0833155), (p2, 0.3955931)):
        assert_worth(
            closed_form,
            "EVPPI by blocks",
            "gain(1, sd of the mean given x)",
            voi.evppi(cost, x, method="blocks"),
            exact,
        )


def test_both_at_once_are_worth_all_there_is(seed: int) -> None:
    cost, p1, p2 = two_actions(seed)
    assert voi.evppi(cost, [p1, p2]).value == pytest.approx(voi.evpi(cost).value, rel=1e-6)


def test_observations_of_one_input(closed_form: ClosedForm, seed: int) -> None:
    cost, p1, _ = two_actions(seed)
    noise = np.random.default_rng((seed, 1)).normal(size=p1.size)  # another stream than the costs'
    found = {n: voi.evsi(cost, p1 + noise / math.sqrt(n)) for n in (1, 3, 10, 100, 10_000)}
    assert_worth(closed_form, "EVSI of 10", "gain(1, √(10 / 11))", found[10], 0.0723251)
    for n, one in found.items():
        assert_worth(
            closed_form, f"EVSI of {n}", f"gain(1, √({n} / {n + 1}))", one, gain(1, math.sqrt(n / (n + 1)))
        )
    values = [one.corrected for one in found.values()]
    assert values == sorted(values)
    assert values[-1] == pytest.approx(voi.evppi(cost, p1).corrected, rel=0.02)


def test_two_summaries_of_a_study(closed_form: ClosedForm, seed: int) -> None:
    # one observation of p1 and one of p2, both of sd 1: posterior mean of p1 - p2 ~ N(1, sqrt(1/2 + 4 * 4/5))
    cost, p1, p2 = two_actions(seed)
    noise = np.random.default_rng((seed, 1)).normal(size=(2, p1.size))
    assert_worth(
        closed_form,
        "EVSI of two summaries",
        "gain(1, √(1 / 2 + 16 / 5))",
        voi.evsi(cost, [p1 + noise[0], p2 + noise[1]]),
        gain(1, math.sqrt(1 / 2 + 16 / 5)),
    )


def test_correlated_inputs(closed_form: ClosedForm, seed: int) -> None:
    # p2 given p1 ~ N(p1, 2). NB = {0, p1 + p2}: given p1 its mean is 2 p1 ~ N(2, 2)
    r = np.random.default_rng(seed)
    p1 = r.normal(1, 1, SAMPLE)
    p2 = r.normal(p1, 2)
    assert gain(2, 2) == pytest.approx(0.1666309, abs=1e-7)
    assert_worth(
        closed_form, "EVPPI of p1", "gain(2, 2)", voi.evppi([np.zeros(SAMPLE), -p1 - p2], p1), 0.1666309
    )


@pytest.mark.parametrize("method", ["auto", "blocks"])
def test_an_input_in_the_formula_that_is_worth_nothing(seed: int, method: str) -> None:
    # p2 given p1 ~ N(p1, 2). NB = {0, p1 - p2}: given p1 its mean is 0, whatever p1
    r = np.random.default_rng(seed)
    p1 = r.normal(1, 1, WORTHLESS)
    p2 = r.normal(p1, 2)
    found = voi.evppi([np.zeros(WORTHLESS), p2 - p1], p1, method=method)
    assert 0 <= found.corrected <= 4 * found.standard_error
    if method == "auto":
        assert found.interval[0] == 0
        assert found.value <= 0.01


def test_a_bend_that_no_straight_line_finds(closed_form: ClosedForm, seed: int) -> None:
    # NB = {0, x² - 1 + z}: E[max(x² - 1, 0)] = 2 φ(1), as E[x²; |x| > 1] = 2 (φ(1) + Φ(-1))
    x, z = np.random.default_rng(seed).normal(size=(2, SAMPLE))
    assert 2 * phi(1) == pytest.approx(0.484, abs=5e-4)
    assert_worth(
        closed_form, "EVPPI of x", "2 φ(1)", voi.evppi([np.zeros(SAMPLE), 1 - x**2 - z], x), 2 * phi(1)
    )


@pytest.mark.parametrize("count", [2, 4, 8, 40])
def test_a_product_among_idle_inputs(closed_form: ClosedForm, seed: int, count: int) -> None:
    # NB = {0, x1 x2 + e}, all standard normal: E[max(x1 x2, 0)] = E|x1| E|x2| / 2 = 1 / π; x1 alone: 0
    x = np.random.default_rng(seed).normal(size=(count + 1, SAMPLE))
    cost = np.stack([np.zeros(SAMPLE), -x[0] * x[1] - x[count]])
    assert_worth(closed_form, f"EVPPI of {count} inputs", "1 / π", voi.evppi(cost, x[:count]), 1 / math.pi)
    assert voi.evppi(cost, x[0]).corrected < 0.01


def test_three_strategies(closed_form: ClosedForm, seed: int) -> None:
    # NB = {0, a + e1, b + e2}, all standard normal. M = max(a, b) has the density 2 Φ φ, so that
    # E[max(0, M)] = ∫ 2 t Φ φ dt over t > 0 = φ(0) + 2 ∫ φ² = φ(0) + 1 / (2 sqrt π)
    exact = phi(0) + 1 / (2 * math.sqrt(math.pi))
    a, b, e1, e2 = np.random.default_rng(seed).normal(size=(4, SAMPLE))
    cost = np.stack([np.zeros(SAMPLE), -a - e1, -b - e2])
    assert_worth(closed_form, "EVPPI of a and b", "φ(0) + 1 / (2 √π)", voi.evppi(cost, [a, b]), exact)
    # a alone: E[max(0, a)] = φ(0)
    assert_worth(closed_form, "EVPPI of a", "φ(0)", voi.evppi(cost, a), phi(0))


@pytest.mark.parametrize("chance", [0.5, 0.1])
def test_a_yes_or_no(closed_form: ClosedForm, seed: int, chance: float) -> None:
    # x = 1 with the chance p, else 0. NB = {0, x - p + e}: learning x is worth p (1 - p)
    r = np.random.default_rng(seed)
    x = (r.uniform(size=SAMPLE) < chance).astype(float)
    cost = np.stack([np.zeros(SAMPLE), chance - x - r.normal(size=SAMPLE)])
    for method in ("auto", "blocks"):
        assert_worth(
            closed_form,
            f"EVPPI by {method}",
            f"{chance} (1 - {chance})",
            voi.evppi(cost, x, method=method),
            chance * (1 - chance),
        )


def test_a_skew_input_with_a_point_mass(closed_form: ClosedForm, seed: int) -> None:
    # x = 0 with chance 0.4, else log-normal(0, 1). NB = {0, x - 1 + e}, E x = 0.6 e^0.5 = 0.989 < 1:
    # worth 0.6 E[max(X - 1, 0)] = 0.6 (e^0.5 Φ(1) - Φ(0))
    r = np.random.default_rng(seed)
    x = np.where(r.uniform(size=SAMPLE) < 0.4, 0.0, np.exp(r.normal(size=SAMPLE)))
    cost = np.stack([np.zeros(SAMPLE), 1 - x - r.normal(size=SAMPLE)])
    assert_worth(
        closed_form,
        "EVPPI of x",
        "0.6 (e^0.5 Φ(1) - Φ(0))",
        voi.evppi(cost, x),
        0.6 * (math.exp(0.5) * cap_phi(1) - 0.5),
    )


def test_the_best_size_of_a_study(closed_form: ClosedForm, seed: int) -> None:
    # ENBS(n) = EVSI(n) - 0.005 - 0.001 n, exact EVSI as above: best of the sizes tried
    cost, p1, _ = two_actions(seed)
    noise = np.random.default_rng((seed, 1)).normal(size=p1.size)
    sizes = [1, 2, 4, 8, 16, 32]

    def mean_of(n: int) -> np.ndarray:
        return np.asarray(p1 + noise / math.sqrt(n))

    study = voi.enbs(cost, mean_of, sizes, fixed=0.005, per_observation=0.001)
    exact = {n: gain(1, math.sqrt(n / (n + 1))) - 0.005 - 0.001 * n for n in sizes}
    for n, net, error in zip(study.n, study.enbs, study.standard_error, strict=True):
        closed_form(
            f"ENBS of {n}",
            f"gain(1, √({n} / {n + 1})) - 0.005 - 0.001 * {n}",
            exact[int(n)],
            Estimate(net, error, SAMPLE),
            4.0,
        )
    assert exact[study.best_n] > max(exact.values()) - 0.002
    dear = voi.enbs(cost, mean_of, sizes, fixed=1.0)
    assert dear.best_n == 0


MODELS: list[Callable[[np.ndarray], np.ndarray]] = [
    lambda x: x[0] * x[1] - x[2],
    lambda x: x[0] ** 2 - 1 + x[1] + 0.5 * x[2],
    lambda x: np.exp(0.5 * x[0]) - np.exp(0.5 * x[1]) * (1 + 0.1 * x[2]),
]


@pytest.mark.parametrize("model", MODELS)
def test_where_there_is_no_luck_all_inputs_are_worth_all(
    seed: int, model: Callable[[np.ndarray], np.ndarray]
) -> None:
    x = np.random.default_rng(seed).normal(size=(3, SAMPLE))
    cost = np.stack([np.zeros(SAMPLE), -model(x)])
    perfect, found = voi.evpi(cost), voi.evppi(cost, x)
    assert found.corrected == pytest.approx(perfect.value, rel=0.005)
