"""Laws against SciPy's own distributions: the families computed without it, truncation, the point mass."""

import copy
import math
import pickle
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import integrate, special, stats

import mcost
from mcost.families import Family, from_frozen
from mcost.formulas import FORMULAS
from mcost.law import Certain, p5_p50_p95
from mcost.truncated import Truncated
from mcost.uncertain import uncertain

repeatable = settings(derandomize=True, deadline=None, database=None, max_examples=60)

U = np.array([1e-9, 1e-4, 0.02, 0.3, 0.5, 0.77, 0.99, 1 - 1e-6])

positive = st.floats(0.05, 30)
SHAPES: dict[str, dict[str, st.SearchStrategy[float]]] = {
    "norm": {},
    "lognorm": {"s": st.floats(0.01, 3)},
    "johnsonsb": {"a": st.floats(-5, 5), "b": st.floats(0.2, 10)},
    "uniform": {},
    "expon": {},
    "gamma": {"a": positive},
    "beta": {"a": positive, "b": positive},
    "triang": {"c": st.floats(0.001, 0.999) | st.sampled_from([0.0, 1.0])},
    "weibull_min": {"c": st.floats(0.3, 20)},
}


@st.composite
def families(draw: st.DrawFn, names: tuple[str, ...] = tuple(SHAPES)) -> Family:
    """Any family of FORMULAS, with and without loc and scale."""
    name = draw(st.sampled_from(names))
    parameters = {key: draw(shape) for key, shape in SHAPES[name].items()}
    if draw(st.booleans()):
        parameters["loc"] = draw(st.floats(-100, 100))
    if draw(st.booleans()):
        parameters["scale"] = draw(st.floats(1e-3, 1e3))
    return Family(name, tuple(parameters.items()))


def scipys(family: Family) -> Any:
    return getattr(stats, family.name)(**dict(family.parameters))


def width(family: Family) -> float:
    """The scale to which a difference is held: values near 0 are sums of large ones."""
    given_ = dict(family.parameters)
    return float(abs(given_.get("loc", 0.0)) + given_.get("scale", 1.0))


def test_every_formula_is_tried() -> None:
    assert SHAPES.keys() == FORMULAS.keys()
    assert all(tuple(SHAPES[name]) == formula.shapes for name, formula in FORMULAS.items())


@repeatable
@given(families())
def test_quantiles_are_scipys(family: Family) -> None:
    assert family.ppf(U) == pytest.approx(scipys(family).ppf(U), rel=1e-12, abs=1e-13 * width(family))


@repeatable
@given(families())
def test_probabilities_are_scipys(family: Family) -> None:
    own = scipys(family)
    low, high = own.ppf([0.001, 0.999])
    x = np.linspace(low - (high - low), high + (high - low), 25)
    assert family.cdf(x) == pytest.approx(own.cdf(x), rel=1e-12, abs=1e-15)


@repeatable
@given(families())
def test_reach_is_scipys(family: Family) -> None:
    assert family.support() == pytest.approx(scipys(family).support(), rel=1e-15)
    assert not family.certain
    assert not family.discrete


@repeatable
@given(families(tuple(name for name in SHAPES if name != "johnsonsb")))
def test_means_are_scipys(family: Family) -> None:
    assert family.mean() == pytest.approx(scipys(family).mean(), rel=1e-12, abs=1e-13 * width(family))


@repeatable
@given(families(("johnsonsb",)))
def test_the_mean_of_a_logit_normal_is_its_integral(family: Family) -> None:
    given_ = dict(family.parameters)
    a, b = given_["a"], given_["b"]
    inner, _ = integrate.quad(
        lambda z: special.expit((z - a) / b) * math.exp(-z * z / 2) / math.sqrt(2 * math.pi),
        -12,
        12,
        points=[a],
        epsabs=1e-14,
        epsrel=1e-13,
        limit=400,
    )
    expected = given_.get("loc", 0.0) + given_.get("scale", 1.0) * inner
    assert family.mean() == pytest.approx(expected, rel=1e-10, abs=1e-12 * width(family))


def test_a_law_is_written_with_its_parameters() -> None:
    assert str(Family("gamma", (("a", 2.0), ("scale", 3.14159)))) == "gamma(a=2, scale=3.142)"
    assert str(Certain(3.0)) == "certain"
    base = Family("norm", (("loc", 30.0),))
    assert str(Truncated(base, 0.0, 40.0)) == "norm(loc=30), 0 to 40 only"
    assert str(Truncated(base, 0.0, math.inf)) == "norm(loc=30), 0 and more only"
    assert str(Truncated(base, -math.inf, 40.0)) == "norm(loc=30), up to 40 only"


# --- truncation --------------------------------------------------------------------------------------------


@st.composite
def truncations(draw: st.DrawFn) -> Truncated:
    """A family between two of its own quantiles, or above or below one of them."""
    family = draw(families())
    u, v = sorted(draw(st.tuples(st.floats(0.001, 0.999), st.floats(0.001, 0.999))))
    low, high = (float(x) for x in family.ppf(np.array([u, max(v, u + 0.0005)])))
    side = draw(st.sampled_from(["both", "least", "most"]))
    return Truncated(family, -math.inf if side == "most" else low, math.inf if side == "least" else high)


@repeatable
@given(truncations())
def test_truncated_values_lie_within_the_bounds(law: Truncated) -> None:
    low, high = law.support()
    assert (max(law.low, law.base.support()[0]), min(law.high, law.base.support()[1])) == (low, high)
    # The draws take u from 2^-54 to 1 - 2^-53.
    values = law.ppf(np.array([2.0**-54, *U, 1 - 2.0**-53]))
    assert np.isfinite(values).all()
    assert (values >= low).all()
    assert (values <= high).all()
    assert (np.diff(values) >= 0).all()


@repeatable
@given(truncations())
def test_truncated_probabilities_undo_the_quantiles(law: Truncated) -> None:
    # 5e-4 of the mass is kept at least: of 16 digits 12 are left, less what the quantile itself rounds. To
    # its left, by 1e-14 of itself, there is no more than u; to its right no less.
    values = law.ppf(U)
    rounding = 1e-14 * np.abs(values)
    assert (law.cdf(values - rounding) <= U + 1e-9).all()
    assert (law.cdf(values + rounding) >= U - 1e-9).all()
    low, high = law.support()
    assert (law.cdf(low - 1), law.cdf(high)) == (0, 1)


@repeatable
@given(truncations())
def test_a_truncated_mean_is_the_integral_of_the_density(law: Truncated) -> None:
    own = law.base.frozen()
    before, beyond = float(own.cdf(law.low)), float(own.sf(law.high))
    near = np.array([1e-17, 1e-14, 1e-11, 1e-8, 1e-6, 1e-4, 1e-3, 0.01, 0.05, 0.2])
    rising, falling = own.ppf(before + law.mass * near), own.isf(beyond + law.mass * near)
    edges = [*rising, float(law.ppf(np.array([0.5]))[0]), *falling[::-1]]

    def integral(f: Callable[[float], float]) -> float:
        total = 0.0
        for a, b in pairwise(edges):
            found = integrate.quad(f, a, b, epsabs=1e-8 * spread * law.mass, epsrel=1e-7, full_output=True)
            assume(len(found) == 3)  # with more, the integrator says that it failed
            total += found[0]
        return total

    middle, spread = edges[10], float(falling[7] - rising[7])  # from 1 % to 99 %
    ends = [law.support()[0], law.support()[1], edges[0], edges[-1]]
    # an integrator is no judge where the density is infinite, or nearly nothing is left to integrate over
    assume(np.isfinite(own.pdf([x for x in ends if np.isfinite(x)])).all() and spread > 1e-9 * abs(middle))
    expected = middle + integral(lambda x: (x - middle) * own.pdf(x)) / law.mass
    assert law.mean() == pytest.approx(expected, rel=1e-12, abs=1e-5 * spread)


@repeatable
@given(truncations())
def test_bounds_outside_the_reach_change_nothing(law: Truncated) -> None:
    low, high = law.base.support()
    whole = Truncated(law.base, low - 1, high + 1)
    assert whole.ppf(U) == pytest.approx(law.base.ppf(U), rel=1e-15)
    assert whole.support() == (low, high)
    assert whole.mass == 1


@pytest.mark.parametrize("mu", [0.3, 3.0, 40.0])
def test_a_truncated_count_jumps_where_its_probabilities_say(mu: float) -> None:
    law = Truncated(Family("poisson", (("mu", mu),)), 1.0, 60.0)
    points = np.arange(1, 61)
    share = stats.poisson(mu).pmf(points)
    share /= share.sum()
    assert law.discrete
    assert law.cdf(points) == pytest.approx(np.cumsum(share), rel=1e-12)
    assert law.cdf(points + 0.5) == pytest.approx(np.cumsum(share), rel=1e-12)
    assert law.mean() == pytest.approx(np.sum(points * share), rel=1e-12)
    u = (np.arange(1000) + 0.5) / 1000
    drawn = np.asarray(law.ppf(u))
    assert (drawn == points[np.searchsorted(np.cumsum(share), u)]).mean() > 0.999


def test_a_point_that_is_0_but_for_rounding_is_0() -> None:
    for ends, at in (("0% to 6%", 0), ("0% to 5%", 0), ("-5% to 0%", 2)):
        rate = mcost.load("contested", set=[f"workload.growth_per_month={ends}"])
        law = rate.inputs["workload.growth_per_month"].law
        assert p5_p50_p95(law)[at] == 0
        assert float(law.ppf(np.array([(0.05, 0.5, 0.95)[at]]))[0]) == 0
        assert float(law.isf(np.array([(0.95, 0.5, 0.05)[at]]))[0]) == 0
        assert np.count_nonzero(law.ppf(np.linspace(0.001, 0.999, 998))) == 998  # and nothing else is


def test_a_point_mass() -> None:
    law = Certain(2.5)
    assert list(law.ppf(np.array([0.1, 0.9]))) == [2.5, 2.5]
    assert list(law.cdf([2.4, 2.5, 2.6])) == [0, 1, 1]
    assert (law.mean(), law.support(), law.certain, law.discrete) == (2.5, (2.5, 2.5), True, True)


# --- what mcost.uncertain gives ----------------------------------------------------------------------------

VALUES: list[Any] = [
    "20 to 40",
    {"low": 20, "high": 40, "min": 22, "max": 60},
    {"dist": "norm", "loc": 30, "scale": 10, "min": 0},
    {"dist": "gamma", "a": 2, "scale": 3, "max": 20},
    {"dist": "logistic", "loc": 9, "min": 0},
    {"dist": "poisson", "mu": 3},
    {"dist": "poisson", "mu": 3, "min": 1, "max": 12},
    2.5,
]


def test_the_public_name_is_the_function_whatever_was_imported_before() -> None:
    # A module of the same name was imported above.
    assert round(mcost.uncertain("20 to 40").mean(), 3) == 28.919


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_an_uncertain_value_is_a_frozen_scipy_distribution(value: Any) -> None:
    law = uncertain(value)
    drawn = law.rvs(20_000, random_state=1)
    assert isinstance(law, stats.distributions.rv_frozen)
    assert drawn.min() >= law.support()[0]
    assert drawn.max() <= law.support()[1]
    # 20,000 draws: 5 standard errors
    assert abs(drawn.mean() - law.mean()) <= 5 * law.std() / math.sqrt(20_000)
    assert law.ppf(0.5) == law.median()
    assert law.cdf(law.ppf(0.3)) >= 0.3 - 1e-12
    assert law.sf(law.ppf(0.3)) == pytest.approx(1 - law.cdf(law.ppf(0.3)))
    assert law.interval(0.9) == pytest.approx(law.ppf([0.05, 0.95]), rel=1e-12)
    assert law.std() == pytest.approx(math.sqrt(law.moment(2) - law.mean() ** 2), abs=1e-5)


@pytest.mark.parametrize("value", VALUES, ids=str)
@pytest.mark.parametrize("again", [copy.deepcopy, lambda law: pickle.loads(pickle.dumps(law))])
def test_it_can_be_copied_and_sent_to_another_process(value: Any, again: Callable[[Any], Any]) -> None:
    law = uncertain(value)
    law.mean()
    other = again(law)
    assert list(other.ppf(U)) == list(law.ppf(U))
    assert other.mean() == law.mean()


def test_a_law_in_use_can_be_sent_to_another_process() -> None:
    base = Family("lognorm", (("s", 0.2), ("scale", 28.0)))
    for law in (base, Truncated(base, 20.0, 40.0)):
        law.ppf(U)
        law.mean()
        other = pickle.loads(pickle.dumps(law))
        assert other == law
        assert list(other.ppf(U)) == list(law.ppf(U))


# --- SciPy's frozen distributions as values ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("frozen", "expected"),
    [
        (stats.gamma(2), Family("gamma", (("a", 2.0),))),
        (stats.gamma(a=2, scale=3), Family("gamma", (("a", 2.0), ("scale", 3.0)))),
        (stats.gamma(2, 1, 3), Family("gamma", (("a", 2.0), ("loc", 1.0), ("scale", 3.0)))),
        (stats.norm(30, scale=5), Family("norm", (("loc", 30.0), ("scale", 5.0)))),
        (stats.poisson(3, loc=1), Family("poisson", (("mu", 3.0), ("loc", 1.0)))),
    ],
)
def test_a_frozen_distribution_is_read_back(frozen: Any, expected: Family) -> None:
    law = from_frozen(frozen)
    assert law == expected
    assert law.ppf(U) == pytest.approx(frozen.ppf(U), rel=1e-12)


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_what_uncertain_gives_is_read_back(value: Any) -> None:
    frozen = uncertain(value)
    law = from_frozen(frozen)
    assert law.ppf(U) == pytest.approx(frozen.ppf(U), rel=1e-12)
    assert law.mean() == pytest.approx(frozen.mean(), rel=1e-12)
