"""The value of information draw by draw, in plain loops over whatever fit it is given, and its corners."""

import math
from typing import Any

import numpy as np
import pytest

from mcost import regression, voi
from mcost.errors import McostError
from mcost.law import Array
from mcost.regression import Fit, block_means, conditional_mean

# --- the same in plain loops ------------------------------------------------------------------------------


def too_high(values: list[float], spread: list[float], noise: list[list[float]]) -> float:
    """How much the largest of noisy numbers is too high, against its worst rival (Clark 1961, of two)."""
    best = values.index(max(values))
    worst = 0.0
    for d in set(range(len(values))) - {best}:
        variance = (
            noise[best][best] * spread[best] ** 2
            + noise[d][d] * spread[d] ** 2
            - 2 * noise[best][d] * spread[best] * spread[d]
        )
        if variance > 0:
            width, gap = math.sqrt(variance), values[best] - values[d]
            density = math.exp(-((gap / width) ** 2) / 2) / math.sqrt(2 * math.pi)
            worst = max(worst, width * density - gap * math.erfc(gap / width / math.sqrt(2)) / 2)
    return worst


def optimism(fit: Fit) -> float:
    """What the fit promises too much, less what the best of the means does; strategy 0 saves nothing."""
    m, n = fit.fitted.shape
    left = [max(n - float(freedom), 1.0) for freedom in fit.degrees_of_freedom]
    noise = [[0.0] * (m + 1) for _ in range(m + 1)]
    among = [[0.0] * (m + 1) for _ in range(m + 1)]
    y = fit.fitted + fit.residual
    means = [0.0, *(math.fsum(row) / n for row in y)]
    for d in range(m):
        for e in range(m):
            products = math.fsum(fit.residual[d] * fit.residual[e])
            noise[d + 1][e + 1] = (products / left[d] + products / left[e]) / 2
            away = (y[d] - means[d + 1]) * (y[e] - means[e + 1])
            among[d + 1][e + 1] = math.fsum(away) / (n - 1)
    draws = [
        too_high([0.0, *fit.fitted[:, i]], [0.0, *(math.sqrt(h) for h in fit.leverage[:, i])], noise)
        for i in range(n)
    ]
    return math.fsum(draws) / n - too_high(means, [1 / math.sqrt(n)] * (m + 1), among)


def slowly(gains: Array, fit: Fit) -> tuple[float, float, float, str | None]:
    """Value, standard error, bias and warning."""
    m, n = gains.shape
    promised = [max(0.0, *fit.fitted[:, i]) for i in range(n)]
    chosen = np.zeros((m, n))
    for i in range(n):
        if promised[i] > 0:
            chosen[list(fit.fitted[:, i]).index(promised[i]), i] = 1
    smoothed = fit.smooth(chosen)
    kept = [math.fsum(chosen[:, i] * gains[:, i]) for i in range(n)]
    apart = [math.fsum((chosen[:, i] - smoothed[:, i]) * fit.residual[:, i]) for i in range(n)]
    mean = math.fsum(promised) / n
    gap, doubt = abs(mean - math.fsum(kept) / n), float(np.std(apart)) / math.sqrt(n)
    warning = fit.warning
    if gap > 4 * doubt and gap > 0.01 * mean:
        influence = kept
        if gap > 0.05 * mean and warning is None:
            warning = "the fit is poor: shown is what its choices save in the draws themselves"
    else:
        scale = [math.sqrt(n / max(n - float(freedom), 1.0)) for freedom in fit.degrees_of_freedom]
        influence = [
            promised[i] + math.fsum(smoothed[d, i] * fit.residual[d, i] * scale[d] for d in range(m))
            for i in range(n)
        ]
    value = max(0.0, math.fsum(kept if influence is kept else promised) / n)
    perfect = math.fsum(max(0.0, *gains[:, i]) for i in range(n)) / n
    bias = min(max(optimism(fit), -max(0.0, perfect - value)), value)
    return value, float(np.std(influence, ddof=1)) / math.sqrt(n), bias, warning


def savings(cost: Array) -> Array:
    best = int(np.argmin(cost.mean(axis=1)))
    return np.array([cost[best] - row for d, row in enumerate(cost) if d != best])


def assert_slowly(found: voi.Information, gains: Array, fit: Fit) -> None:
    value, error, bias, warning = slowly(gains, fit)
    assert found.value == pytest.approx(value, rel=1e-9, abs=1e-12)
    assert found.standard_error == pytest.approx(error, rel=1e-9, abs=1e-12)
    assert found.bias == pytest.approx(bias, rel=1e-6, abs=1e-8)  # the root of a rounding error
    assert (found.warning, found.n) == (warning, gains.shape[1])


@pytest.mark.parametrize("strategies", [2, 3, 5])
@pytest.mark.parametrize("values", [2, 4, 0])
@pytest.mark.parametrize("even", [False, True])
def test_value_error_and_bias_in_plain_loops(strategies: int, values: int, even: bool) -> None:
    """values : how many the input takes, 0 for any; even : whether no strategy is better on average."""
    r = np.random.default_rng(100 * strategies + 10 * values + even)
    x = r.integers(values, size=60) if values else r.normal(size=60)
    slopes = r.normal(size=strategies)[:, None]
    cost = slopes * (x - x.mean()) + r.normal(size=(strategies, 60)) * r.uniform(0.2, 2, (strategies, 1))
    cost += 0 if even else r.uniform(0, 0.6, (strategies, 1))
    gains = savings(cost)
    found = voi.evppi(cost, x)
    assert found.method == "spline"
    assert_slowly(found, gains, conditional_mean(gains, x))
    blocks = voi.evppi(cost, x, method="blocks")
    assert blocks.method == "blocks"
    assert_slowly(blocks, gains, block_means(gains, x))


def test_a_group_in_plain_loops() -> None:
    r = np.random.default_rng(7)
    x = r.normal(size=(2, 200))
    cost = np.stack([np.zeros(200), x[0] * x[1], x[0] - 0.3]) + 0.5 * r.normal(size=(3, 200))
    found = voi.evppi(cost, x)
    assert found.method == "products"
    assert_slowly(found, savings(cost), conditional_mean(savings(cost), x))
    # a group of one is one input
    assert voi.evppi(cost, x[:1]) == voi.evppi(cost, x[0])
    assert voi.evppi(cost, x[:1]).method == "spline"


def test_a_copy_of_a_strategy_is_not_chosen_twice() -> None:
    r = np.random.default_rng(3)
    x = r.integers(3, size=80)
    cost = np.stack([np.zeros(80), x - 1 + r.normal(size=80)])
    copied = np.vstack([cost, cost[1]])
    gains = savings(copied)
    assert_slowly(voi.evppi(copied, x), gains, conditional_mean(gains, x))


def test_what_is_not_chosen_brings_no_error() -> None:
    # one rival saves 1 where the input is 1 and costs 3 where it is 0, for certain; the other never saves
    x = np.array([0, 1] * 20)
    cost = np.stack([np.zeros(40), 3.0 - 4 * x, 9.0 + np.arange(40) % 3])
    found = voi.evppi(cost, x)
    assert found.value == pytest.approx(0.5)
    assert found.standard_error == pytest.approx(0.5 * math.sqrt(40 / 39) / math.sqrt(40))
    assert found.bias == pytest.approx(0.0, abs=1e-8)


# --- fits made by hand ------------------------------------------------------------------------------------


class Idle:
    """A smoother that gives part of what it is given; its fitted values have the leverage that they have."""

    def __init__(self, leverage: Array, part: float) -> None:
        self._leverage, self.part = leverage, part

    def leverage(self) -> Array:
        return self._leverage

    def smooth(self, z: Array) -> Array:
        assert z.dtype == float
        return self.part * z


def made(
    fitted: Any, residual: Any, freedom: Any, *, leverage: float = 0.1, part: float = 0.5, warning: Any = None
) -> Fit:
    fitted, residual = np.array(fitted, dtype=float), np.array(residual, dtype=float)
    smoother: Any = Idle(leverage * (1 + np.arange(fitted.size).reshape(fitted.shape) / fitted.size), part)
    return Fit(fitted, residual, np.array(freedom, dtype=float), warning, smoother)


def learnt(fit: Fit, monkeypatch: pytest.MonkeyPatch, gains: Array | None = None) -> voi.Information:
    """What evppi makes of a fit; what is saved in the draws is fitted and residual, or gains."""
    monkeypatch.setattr(regression, "conditional_mean", lambda gains, x, name: fit)
    gains = fit.fitted + fit.residual if gains is None else gains
    assert (gains.mean(axis=1) <= 0).all()
    found = voi.evppi(np.vstack([np.zeros(gains.shape[1]), -gains]), np.zeros(gains.shape[1]))
    assert_slowly(found, gains, fit)
    return found


RISING = np.linspace(-3, 1, 40)
LUCK = np.where(np.arange(40) % 2, 1.0, -1.0)


def test_each_strategy_has_degrees_of_freedom_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    fitted, residual = [RISING, RISING[::-1] - 0.5], [0.4 * LUCK, 0.9 * np.roll(LUCK, 1) + 0.2 * LUCK]
    few = learnt(made(fitted, residual, [2, 9]), monkeypatch)
    other = learnt(made(fitted, residual, [9, 2]), monkeypatch)
    assert few.bias > 0
    assert few.bias != other.bias
    assert few.standard_error != other.standard_error


def test_a_fit_with_no_freedom_left_counts_one(monkeypatch: pytest.MonkeyPatch) -> None:
    fits = [made([RISING], [0.01 * LUCK], [freedom]) for freedom in (39, 39.5, 40, 45)]
    assert len({learnt(fit, monkeypatch).standard_error for fit in fits}) == 1
    assert len({learnt(fit, monkeypatch).bias for fit in fits}) == 1


def test_the_bias_takes_off_the_whole_value_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    found = learnt(made([np.full(40, -0.01)], [5 * LUCK], [3], leverage=0.9), monkeypatch)
    assert (found.value, found.bias, found.corrected) == (0.0, 0.0, 0.0)
    slight = np.where(np.arange(40) == 0, 0.5, -0.1)
    found = learnt(made([slight], [5 * LUCK], [3], leverage=0.9), monkeypatch)
    assert found.bias == found.value == pytest.approx(0.5 / 40)


def test_the_corrected_value_does_not_rise_above_perfect_information(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # as good as each other on average, learnt wholly: nothing of the noise of the means may be added
    found = learnt(made([LUCK], [0 * LUCK], [2], leverage=0.0), monkeypatch)
    assert found.value == found.corrected == 0.5
    assert found.bias == 0.0
    # learnt in part: as much as perfect information leaves
    partly = learnt(made([0.3 * LUCK], [0.31 * LUCK.repeat(2)[:40]], [2], leverage=0.0), monkeypatch)
    assert partly.value == pytest.approx(0.15)
    assert partly.corrected == pytest.approx(0.155)
    # or, with more luck, by the noise of the means: sqrt(0.3² + 0.4²) / sqrt(39) φ(0)
    noisy = learnt(made([0.3 * LUCK], [0.4 * LUCK.repeat(2)[:40]], [2], leverage=0.0), monkeypatch)
    assert noisy.bias == pytest.approx(-0.5 / math.sqrt(39) / math.sqrt(2 * math.pi))


POOR = "the fit is poor: shown is what its choices save in the draws themselves"


@pytest.mark.parametrize(
    ("short", "warning", "held", "said"),
    [
        (0.005, None, False, None),  # half a per cent less than promised is let pass
        (0.03, None, True, None),
        (0.03, "known", True, "known"),
        (0.2, None, True, POOR),
        (0.2, "known", True, "known"),
        (-0.2, None, True, POOR),  # nor may choices save more than is promised of them
    ],
)
def test_what_choices_save_less_than_is_promised_of_them(
    short: float, warning: str | None, held: bool, said: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 1 is promised in a quarter of the draws, 1 - short is saved there; no noise, so that any gap is no luck
    on = np.arange(40) % 4 == 0
    fitted = np.where(on, 1.0, -2.0)
    fit = made([fitted], [np.zeros(40)], [2], warning=warning)
    found = learnt(fit, monkeypatch, np.where(on, 1 - short, -2.0)[None, :])
    assert found.value == pytest.approx((1 - short if held else 1) / 4)
    assert found.warning == said


@pytest.mark.parametrize(("size", "held"), [(1.0, True), (1.2, False)])
def test_a_gap_that_luck_explains_is_let_pass(
    size: float, held: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # residuals of alternate sign where it is chosen, and half of each choice is the smoother's
    on = np.arange(40) % 4 < 2
    fit = made([np.where(on, 1.0, -2.0)], [np.where(on, size * LUCK, 0.0)], [2])
    found = learnt(fit, monkeypatch, np.where(on, 0.5, -2.0)[None, :])
    doubt = float(np.std(np.where(on, size * LUCK / 2, 0.0))) / math.sqrt(40)
    assert (4 * doubt < 0.25) is held
    assert found.value == (0.25 if held else 0.5)


def test_a_tie_with_the_best_without_information_is_no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    k = np.arange(40) % 4
    fitted = np.select([k == 0, k == 1], [1.0, 0.0], -2.0)
    assert learnt(made([fitted], [LUCK.repeat(4)[:40]], [2]), monkeypatch).value == 0.25


def test_choices_that_lose_are_worth_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    on = np.arange(40) % 4 == 0
    fit = made([np.where(on, 1.0, -2.0)], [np.zeros(40)], [2])
    assert learnt(fit, monkeypatch, np.where(on, -1.0, -2.0)[None, :]).value == 0.0


def test_rivals_far_apart_bring_no_bias(monkeypatch: pytest.MonkeyPatch) -> None:
    def bias(saved: float) -> float:
        fitted = np.where(np.arange(40) % 4 == 0, saved, -90.0)
        return learnt(made([fitted], [LUCK.repeat(4)[:40]], [1], leverage=1.0), monkeypatch).bias

    assert bias(3.0) > 1e-6
    assert bias(20.0) == pytest.approx(0.0, abs=1e-8)


# --- what is told -----------------------------------------------------------------------------------------


def test_the_table_of_an_information() -> None:
    found = voi.Information(1.0, 0.5, 100, bias=0.25, method="spline", warning="mind this")
    assert found.to_dict() == {
        "value": 0.75,
        "standard_error": 0.5,
        "bias": 0.25,
        "method": "spline",
        "warning": "mind this",
    }


def study() -> tuple[Array, dict[int, Array]]:
    rate, noise = np.random.default_rng(1).normal(size=(2, 400))
    return np.stack([0 * rate, rate]), {size: rate + noise / math.sqrt(size) for size in (1, 4)}


def test_a_study_costs_nothing_unless_it_is_said() -> None:
    cost, results = study()
    free = voi.enbs(cost, results)
    assert free.enbs.tolist() == free.evsi.tolist()
    assert free.best_n == 4
    assert free.n.dtype == np.int64
    assert free.warning is None
    assert free.standard_error.tolist() == [voi.evsi(cost, results[n]).standard_error for n in (1, 4)]
    dear = voi.enbs(cost, results, fixed=1.0)
    assert dear.enbs == pytest.approx(free.evsi - 1)
    each = voi.enbs(cost, results, per_observation=0.25)
    assert each.enbs == pytest.approx(free.evsi - [0.25, 1.0])


def test_sizes_are_some_of_a_mapping() -> None:
    cost, results = study()
    assert voi.enbs(cost, results, [4]).n.tolist() == [4]
    assert voi.enbs(cost, results, [4.0]).n.tolist() == [4]
    with pytest.raises(McostError, match="sizes: found none; expected the numbers of observations to try"):
        voi.enbs(cost, results, [])


def test_a_study_that_is_worth_just_its_cost_is_not_made() -> None:
    cost = np.stack([np.zeros(40), np.ones(40)])
    nothing = voi.enbs(cost, {3: np.arange(40.0)})
    assert nothing.enbs.tolist() == [0.0]
    assert nothing.best_n == 0


def test_the_first_warning_of_a_study_is_told() -> None:
    u, e = np.random.default_rng(1).uniform(size=(2, 4096))
    cost = np.stack([np.zeros(4096), np.sin(200 * u) + 0.1 * e])
    found = voi.enbs(cost, {1: e, 2: u})
    assert voi.evsi(cost, e).warning is None
    assert found.warning == voi.evsi(cost, u).warning is not None


@pytest.mark.parametrize("name", ["fixed", "per_observation"])
def test_an_amount_of_a_study_is_finite(name: str) -> None:
    amount: dict[str, Any] = {name: math.inf}
    with pytest.raises(McostError) as found:
        voi.enbs(*study(), **amount)
    assert str(found.value) == f"{name}: found inf; expected a finite amount"


def test_a_table_of_words_is_no_table_of_numbers() -> None:
    wrongs: list[Any] = [[["a", "b"]], [[1.0], [1.0, 2.0]], [[{}]]]
    for wrong in wrongs:
        with pytest.raises(McostError) as found:
            voi.evpi(wrong)
        assert str(found.value) == "cost: found no table of numbers; expected (strategies, draws)"


def test_a_choice_is_a_whole_row_of_the_table() -> None:
    cost = [[1.0, 3.0], [2.0, 4.0]]
    assert voi.value_of_modelling(cost, 1).value == 1.0
    for wrong in (2, -1, 0.5):
        with pytest.raises(McostError) as found:
            voi.value_of_modelling(cost, wrong)
        assert str(found.value) == f"choice: found {wrong}; expected a strategy's row, 0 to 1"
