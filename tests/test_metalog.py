"""The metalog: closed forms and published constants first, then what must hold for any fit."""

from __future__ import annotations

import math
import pickle
import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy import optimize, stats
from scipy.special import expit, logit

from mcost.metalog import InfeasibleMetalogError, Metalog, fit

FORMS = [(None, None), (0.0, None), (None, 200.0), (0.0, 200.0)]
FORM_NAMES = ["unbounded", "lower", "upper", "bounded"]
TRIPLE = {0.1: 35.0, 0.5: 50.0, 0.9: 75.0}

every_form = pytest.mark.parametrize(("low", "high"), FORMS, ids=FORM_NAMES)
EPS = np.finfo(float).eps


def symmetric_limit(alpha: float) -> float:
    """The k of k < r < 1 - k, the feasible medians of a symmetric triple, from first principles.

    r = (q50 - q10) / (q90 - q10), and v tanh v = 1 at the steepest place of the third term.
    """
    v = optimize.brentq(lambda x: x * math.tanh(x) - 1.0, 1.0, 2.0, xtol=1e-15)
    return 0.5 * (1.0 - 2.0 / v * (0.5 - alpha))


def through(k: float, low: float | None, high: float | None) -> float:
    """A value k of M, on the scale of x."""
    if low is not None and high is not None:
        return low + (high - low) * float(expit(k))
    if low is not None:
        return low + math.exp(k)
    return k if high is None else high - math.exp(-k)


def slope(a: tuple[float, ...], logits: np.ndarray) -> np.ndarray:
    """dM/dlogit, term by term from the definition, by another route than the module's."""
    y, w = expit(logits), expit(logits) * expit(-logits)
    t = y - 0.5
    powers = [(0, 0), (0, 1), (1, 1), (1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (4, 0)]
    out = np.zeros_like(logits)
    for c, (n, with_logit) in zip(a, powers, strict=False):
        falling = n * t ** (n - 1) * w if n else np.zeros_like(t)
        out += c * (t**n + falling * logits if with_logit else falling)
    return out


# ---------------------------------------------------------------- references and closed forms


@pytest.mark.parametrize(
    ("low", "high", "p95"), [(None, None, 84.3393), (0, None, 86.4410), (0, 100, 81.9415)]
)
def test_p95_of_the_reference_triple(low: float | None, high: float | None, p95: float) -> None:
    assert fit(TRIPLE, low, high).ppf(0.95) == pytest.approx(p95, abs=1e-4)


def test_coefficients_of_a_symmetric_triple_are_keelins() -> None:
    alpha, (q1, q2, q3) = 0.1, TRIPLE.values()
    odds, r = math.log(1 / alpha - 1), (q2 - q1) / (q3 - q1)
    expected = (
        q2,
        0.5 / odds * (q3 - q1),
        (1 - 2 * r) * (q3 - q1) / ((1 - 2 * alpha) * odds),
    )
    assert fit(TRIPLE).coefficients == pytest.approx(expected, rel=1e-14)


def test_two_points_give_a_logistic() -> None:
    law, logistic = fit({0.2: 3.0, 0.7: 8.0}), stats.logistic
    scale = 5.0 / float(logit(0.7) - logit(0.2))
    same = logistic(3.0 - scale * float(logit(0.2)), scale)
    x = np.linspace(-20.0, 30.0, 101)
    assert law.cdf(x) == pytest.approx(same.cdf(x), rel=1e-12)
    assert law.pdf(x) == pytest.approx(same.pdf(x), rel=1e-12)
    assert law.mean() == pytest.approx(same.mean(), rel=1e-14)


def test_two_points_above_a_bound_give_a_log_logistic() -> None:
    law = fit({0.1: 2.0, 0.9: 50.0}, low=0.0)
    s = math.log(25.0) / (2.0 * math.log(9.0))
    same = stats.fisk(1.0 / s, scale=10.0)
    x = np.geomspace(1e-6, 1e6, 101)
    assert law.cdf(x) == pytest.approx(same.cdf(x), rel=1e-12)
    assert law.pdf(x) == pytest.approx(same.pdf(x), rel=1e-11)
    assert law.mean() == pytest.approx(10.0 * math.pi * s / math.sin(math.pi * s), rel=1e-12)


@pytest.mark.parametrize("s", [0.01, 0.3, 0.9, 0.99, 0.999999])
def test_mean_of_a_log_logistic_up_to_a_heavy_tail(s: float) -> None:
    assert Metalog((0.0, s), 0.0).mean() == pytest.approx(math.pi * s / math.sin(math.pi * s), rel=1e-9)
    assert Metalog((0.0, s), None, 0.0).mean() == pytest.approx(
        -math.pi * s / math.sin(math.pi * s), rel=1e-9
    )


def test_mean_of_the_unbounded_form_is_the_sum_of_the_terms_means() -> None:
    a = (3.0, 2.0, 0.5, -0.7, 0.9, 0.3, 0.2, 0.8, -0.4)
    # Means of L t, t^2, L t^3 and t^4: 1/2, 1/12, 1/12 and 1/80.
    expected = a[0] + a[2] / 2 + a[4] / 12 + a[7] / 12 + a[8] / 80
    assert Metalog(a).mean() == pytest.approx(expected, rel=1e-14)


def test_a_triple_of_the_uniform_distribution_within_its_bounds_gives_it_back() -> None:
    law = fit({0.1: 11.0, 0.5: 15.0, 0.9: 19.0}, low=10.0, high=20.0)
    u = np.linspace(0.0, 1.0, 21)
    assert law.ppf(u) == pytest.approx(10.0 + 10.0 * u, rel=1e-14)
    assert law.density_quantile(u) == pytest.approx(np.full(21, 0.1), rel=1e-12)
    assert law.pdf([10.0, 12.0, 20.0]) == pytest.approx([0.1, 0.1, 0.1], rel=1e-12)
    assert law.mean() == pytest.approx(15.0, rel=1e-14)


def test_points_of_a_uniform_distribution_give_it_back_without_bounds() -> None:
    law = fit({0.1: 10.0, 0.3: 30.0, 0.7: 70.0, 0.9: 90.0})
    assert law.support() == pytest.approx((0.0, 100.0), abs=1e-10)
    assert law.ppf([0.0, 0.25, 1.0]) == pytest.approx([0.0, 25.0, 100.0], abs=1e-10)
    assert law.cdf([-1.0, 25.0, 99.0, 101.0]) == pytest.approx([0.0, 0.25, 0.99, 1.0], rel=1e-12)
    assert law.pdf([-1.0, 25.0, 101.0]) == pytest.approx([0.0, 0.01, 0.0], rel=1e-12)
    assert law.density_quantile([0.0, 0.5, 1.0]) == pytest.approx([0.01] * 3, rel=1e-12)
    assert law.mean() == pytest.approx(50.0, rel=1e-13)


@every_form
def test_a_mirrored_fit_is_the_mirror_image(low: float | None, high: float | None) -> None:
    law = fit(TRIPLE, low, high)
    mirror = fit(
        {1.0 - p: -x for p, x in TRIPLE.items()},
        None if high is None else -high,
        None if low is None else -low,
    )
    u = np.linspace(0.01, 0.99, 99)
    assert mirror.ppf(1.0 - u) == pytest.approx(-law.ppf(u), rel=1e-9)
    assert mirror.mean() == pytest.approx(-law.mean(), rel=1e-9)


# ---------------------------------------------------------------- feasible or not


def test_the_three_term_constant_is_keelins() -> None:
    """k = (1 - 1.66711 (1/2 - alpha)) / 2, Keelin 2016, to the digits given there."""
    assert (1.0 - 2.0 * symmetric_limit(0.1)) / 0.4 == pytest.approx(1.66711, abs=5e-6)
    assert symmetric_limit(0.1) == pytest.approx(0.1666, abs=5e-5)


@every_form
def test_500_random_triples(low: float | None, high: float | None) -> None:
    rng = np.random.default_rng(20160401)
    k = symmetric_limit(0.1)
    feasible = refused = 0
    while feasible < 500 or refused < 100:
        m1, m3 = np.sort(rng.uniform(-3.0, 3.0, 2))
        if m3 - m1 < 0.01:
            continue
        r = rng.uniform(0.001, 0.999)
        if abs(abs(r - 0.5) - (0.5 - k)) < 1e-6:
            continue
        x = [through(m, low, high) for m in (m1, m1 + r * (m3 - m1), m3)]
        points = dict(zip((0.1, 0.5, 0.9), x, strict=True))
        if k < r < 1.0 - k:
            feasible += 1
            law = fit(points, low, high)
            for p, value in points.items():
                assert law.ppf(p) == pytest.approx(value, rel=1e-9, abs=1e-9 * (m3 - m1))
        elif refused < 100:
            refused += 1
            with pytest.raises(InfeasibleMetalogError):
                fit(points, low, high)


@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.1, 0.25, 0.4])
@pytest.mark.parametrize("side", [1, -1])
def test_the_limits_of_a_symmetric_triple(alpha: float, side: int) -> None:
    k = symmetric_limit(alpha)
    for step, feasible in ((1e-9, True), (-1e-9, False)):
        r = k + step if side > 0 else 1.0 - k - step
        points = {alpha: 0.0, 0.5: r, 1.0 - alpha: 1.0}
        if feasible:
            fit(points)
        else:
            with pytest.raises(InfeasibleMetalogError):
                fit(points)


def test_four_terms_without_the_third() -> None:
    """The slope is a2 + a4 y (1 - y), so that it is positive iff a2 > 0 and a4 > -4 a2."""
    assert Metalog((0.0, 1.0, 0.0, -4.0 + 1e-9)).density_quantile(0.5) > 0.0
    for a in ((0.0, 1.0, 0.0, -4.0 - 1e-9), (0.0, -1e-9, 0.0, 1.0), (0.0, 0.0, 0.0, -1.0)):
        with pytest.raises(ValueError, match="not increasing"):
            Metalog(a)


def test_a_dip_far_out_in_the_tail_is_found() -> None:
    """The slope is about c + (19 - L) e^-L in the upper tail, least at L = 20, where it is
    c - e^-20 = c - 2.06e-9, though it is positive at every L < 19 and in both limits."""
    for c, feasible in ((1.9e-9, False), (2.3e-9, True)):
        a = (0.0, 0.5 + c, -1.0, 18.0)
        at = np.linspace(-50.0, 18.9, 2001)
        assert np.all(slope(a, at) > 0.0)
        if feasible:
            Metalog(a)
        else:
            assert slope(a, np.array([20.0]))[0] < 0.0
            with pytest.raises(ValueError, match="not increasing"):
                Metalog(a)


def test_no_false_accept_close_to_the_edge() -> None:
    """Curves whose least slope is a hair above or below 0 fall on the right side of it."""
    rng = np.random.default_rng(7)
    at = np.linspace(-45.0, 45.0, 18_001)
    accepted = 0
    for _ in range(100):
        a = rng.normal(size=rng.integers(2, 10)) * 3.0
        edge = optimize.minimize_scalar(
            lambda x, a=a: float(slope(tuple(a), np.array([x]))[0]),
            bracket=(at[i := int(np.argmin(slope(tuple(a), at)))] - 0.01, at[i] + 0.01),
            tol=1e-12,
        )
        least = min(edge.fun, slope(tuple(a), at).min())
        for above in (1e-6, -1e-6, 1e-9, -1e-9):
            a2 = tuple(c - (least - above if n == 1 else 0.0) for n, c in enumerate(a))
            if above > 0.0:
                accepted += 1
                assert np.all(slope(a2, at) > 0.0)
                Metalog(a2)
            else:
                with pytest.raises(ValueError, match="not increasing"):
                    Metalog(a2)
    assert accepted == 200


def test_an_infeasible_triple_says_which_point_to_move_where() -> None:
    points = {0.1: 1.0, 0.5: 2.0, 0.9: 100.0}
    with pytest.raises(InfeasibleMetalogError) as caught:
        fit(points)
    error = caught.value
    edge = 1.0 + 99.0 * symmetric_limit(0.1)
    assert error.point == 0.5
    assert edge < error.nearest < edge + 0.02
    assert error.reason == "no metalog passes through p10 = 1, p50 = 2, p90 = 100"
    assert str(error) == f"{error.reason}; nearest feasible: p50 = 17.5"
    fit({**points, 0.5: error.nearest})


def test_an_infeasible_triple_names_its_bounds() -> None:
    with pytest.raises(InfeasibleMetalogError) as caught:
        fit({0.1: 1.0, 0.5: 2.0, 0.9: 100.0}, low=0.0)
    assert str(caught.value) == (
        "no metalog with lower bound 0 passes through p10 = 1, p50 = 2, p90 = 100; "
        "nearest feasible: p50 = 2.154"
    )
    assert 100.0 ** symmetric_limit(0.1) == pytest.approx(2.154, abs=1e-3)


def test_points_that_no_single_move_mends() -> None:
    points = {0.1: 0.0, 0.3: 1.0, 0.5: 3.0, 0.7: 5.0, 0.9: 6.0}
    with pytest.raises(InfeasibleMetalogError, match="moving one percentile is not enough") as caught:
        fit(points)
    assert caught.value.point is None
    assert caught.value.nearest is None
    for p in points:
        for value in np.linspace(-2.0, 8.0, 41):
            moved = {**points, p: value}
            if sorted(moved.values()) == list(moved.values()) and len({*moved.values()}) == 5:
                with pytest.raises(InfeasibleMetalogError):
                    fit(moved)


def test_an_infeasible_error_survives_pickling() -> None:
    error = pickle.loads(pickle.dumps(InfeasibleMetalogError("no metalog", 0.5, 7.3)))
    assert (error.reason, error.point, error.nearest) == ("no metalog", 0.5, 7.3)
    assert str(error) == "no metalog; nearest feasible: p50 = 7.3"


# ---------------------------------------------------------------- what is refused as malformed


@pytest.mark.parametrize(
    ("points", "low", "high", "message"),
    [
        ({0.5: 1.0}, None, None, "needs 2 to 9 percentiles, not 1"),
        ({i / 20: float(i) for i in range(1, 11)}, None, None, "not 10"),
        ({0.0: 1.0, 0.5: 2.0}, None, None, "strictly between 0 and 1, not 0"),
        ({0.5: 1.0, 1.0: 2.0}, None, None, "strictly between 0 and 1, not 1"),
        ({0.5: 1.0, math.nan: 2.0}, None, None, "strictly between 0 and 1, not nan"),
        ({0.1: 1.0, 0.5: math.inf}, None, None, "must be finite: p50 = inf"),
        ({0.1: math.nan, 0.5: 1.0}, None, None, "must be finite: p10 = nan"),
        ({0.1: 1.0, 0.5: 1.0}, None, None, "p50 = 1 is not above p10 = 1"),
        ({0.9: 1.0, 0.5: 2.0}, None, None, "p90 = 1 is not above p50 = 2"),
        ({0.1: 0.0, 0.5: 1.0}, 0.0, None, "p10 = 0 is not above the lower bound 0"),
        ({0.1: 0.0, 0.5: 1.0}, None, 1.0, "p50 = 1 is not below the upper bound 1"),
        ({0.1: 1.0, 0.5: 2.0}, 5.0, 3.0, "lower bound 5 is not below the upper bound 3"),
        ({0.1: 1.0, 0.5: 2.0}, -math.inf, None, "the lower bound must be finite"),
        ({0.1: 1.0, 0.5: 2.0}, None, math.nan, "the upper bound must be finite"),
        ({0.5: 1.0, math.nextafter(0.5, 1.0): 2.0, 0.6: 3.0}, None, None, "too close together"),
    ],
)
def test_malformed_points(
    points: dict[float, float], low: float | None, high: float | None, message: str
) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        fit(points, low, high)
    assert not isinstance(caught.value, InfeasibleMetalogError)


def test_seven_symmetric_points_do_not_determine_a_metalog() -> None:
    """Terms 2, 4, 6 and 7 are odd about p50, and four odd terms have three pairs to go through."""
    p = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99]
    with pytest.raises(ValueError, match="seven percentiles placed symmetrically"):
        fit(dict(zip(p, stats.norm.ppf(p), strict=True)))
    fit(dict(zip([*p[:-1], 0.95], stats.norm.ppf([*p[:-1], 0.95]), strict=True)))


@pytest.mark.parametrize("a", [(1.0,), (1.0,) * 10, (0.0, math.nan), (0.0, 0.0), (0.0, -1.0)])
def test_malformed_coefficients(a: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="metalog"):
        Metalog(a)


# ---------------------------------------------------------------- means


@pytest.mark.parametrize(
    "points",
    [
        {0.1: 1.0, 0.5: 10.0, 0.9: 100.0},  # slope 1.048
        {0.1: 1.0, 0.5: 9.0, 0.9: 81.0},  # slope exactly 1
    ],
)
def test_the_mean_is_infinite_where_the_tail_is_too_heavy(points: dict[float, float]) -> None:
    assert fit(points, low=0.0).mean() == math.inf
    mirror = {1.0 - p: -x for p, x in points.items()}
    assert fit(mirror, high=0.0).mean() == -math.inf
    assert math.isfinite(fit(points, low=0.0, high=1e6).mean())
    assert math.isfinite(Metalog((1.0, 40.0, 30.0)).mean())


def test_the_mean_is_finite_just_inside() -> None:
    assert fit({0.1: 1.0, 0.5: 9.0, 0.9: 80.9}, low=0.0).mean() < 1e5


MEANS = [
    (TRIPLE, None, None),
    ({0.05: 1.0, 0.5: 2.0, 0.95: 5.0}, None, None),
    ({0.1: 2.0, 0.3: 3.0, 0.6: 4.5, 0.9: 7.0}, None, None),
    (TRIPLE, 0.0, None),
    ({0.1: 2.0, 0.9: 8.0}, 1.0, None),
    ({0.05: 1.0, 0.25: 2.0, 0.5: 3.0, 0.75: 4.4, 0.95: 8.0}, 0.0, None),
    (TRIPLE, None, 100.0),
    ({0.1: -8.0, 0.9: -2.0}, None, -1.0),
    ({0.1: 2.0, 0.3: 3.0, 0.6: 4.5, 0.9: 7.0}, None, 20.0),
    (TRIPLE, 0.0, 100.0),
    ({0.1: 0.02, 0.5: 0.5, 0.9: 0.97}, 0.0, 1.0),
    ({0.1: 2.0, 0.3: 3.0, 0.6: 4.5, 0.9: 7.0}, 0.0, 20.0),
]


@pytest.mark.parametrize(("points", "low", "high"), MEANS)
def test_the_mean_agrees_with_a_million_draws(
    points: dict[float, float], low: float | None, high: float | None
) -> None:
    law = fit(points, low, high)
    draws = law.ppf(np.random.default_rng(314).random(1_000_000))
    error = float(np.std(draws)) / 1000.0
    assert abs(law.mean() - float(np.mean(draws))) < 5.0 * error


@pytest.mark.parametrize(("points", "low", "high"), MEANS)
def test_the_mean_agrees_with_a_quadrature_over_the_probability(
    points: dict[float, float], low: float | None, high: float | None
) -> None:
    law = fit(points, low, high)
    logits = np.linspace(-36.0, 36.0, 72_001)  # trapezoid rule, spectrally accurate here
    values = law.ppf(np.minimum(expit(logits), 1.0 - 2.0**-53)) * expit(logits) * expit(-logits)
    assert law.mean() == pytest.approx(float(np.sum(values)) * 1e-3, rel=1e-6)


# ---------------------------------------------------------------- extremes and shapes


@every_form
def test_probabilities_next_to_0_and_1(low: float | None, high: float | None) -> None:
    law = fit(TRIPLE, low, high)
    heavy = Metalog((0.0, 30.0, 20.0), low, high)  # overflows where it is not bounded
    ends = np.array([5e-324, 1e-300, 2.0**-54, 1e-10, 1.0 - 1e-10, 1.0 - 2.0**-53])
    with warnings.catch_warnings(), np.errstate(all="warn"):
        warnings.simplefilter("error")
        for each in (law, heavy):
            x = each.ppf(ends)
            assert not np.any(np.isnan(x))
            assert np.all(x[1:] >= x[:-1])
            density = each.density_quantile(ends)
            assert not np.any(np.isnan(density))
            assert np.all(density >= 0.0)
        assert np.all(np.isfinite(law.ppf(ends[2:])))
        lower, upper = law.support()
        assert (lower, upper) == (
            -math.inf if low is None else low,
            math.inf if high is None else high,
        )
        assert law.ppf([0.0, 1.0]).tolist() == [lower, upper]
        assert np.isnan(law.ppf([-0.1, 1.1, math.nan])).all()
        assert np.isnan(law.density_quantile([-0.1, 1.1, math.nan])).all()
        assert law.density_quantile([0.0, 1.0]).tolist() == [0.0, 0.0]
        assert law.cdf([-math.inf, -1e300, 1e300, math.inf]).tolist() == [0.0, 0.0, 1.0, 1.0]
        assert law.pdf([-math.inf, -1e300, 1e300, math.inf]).tolist() == [0.0] * 4
        assert law.pdf([lower, upper]).tolist() == [0.0, 0.0]
        assert np.isnan(law.cdf(math.nan))
        assert np.isnan(law.pdf(math.nan))


def test_the_density_at_a_bound_may_be_infinite() -> None:
    """x goes as y^s at the bound, and so the density as y^(1 - s)."""
    law = Metalog((0.0, 2.0), 0.0, 1.0)
    assert law.density_quantile([0.0, 1.0]).tolist() == [math.inf, math.inf]
    assert law.pdf([0.0, 1.0]).tolist() == [math.inf, math.inf]
    assert Metalog((math.log(3.0), 1.0), 0.0).pdf(0.0) == pytest.approx(1.0 / 3.0, rel=1e-14)


@every_form
def test_shapes_and_scalars(low: float | None, high: float | None) -> None:
    law = fit(TRIPLE, low, high)
    u = np.linspace(0.1, 0.9, 6).reshape(2, 3)
    for method, at in (
        (law.ppf, u),
        (law.density_quantile, u),
        (law.cdf, law.ppf(u)),
        (law.pdf, law.ppf(u)),
    ):
        out = method(at)
        assert out.shape == (2, 3)
        assert isinstance(method(float(at[0, 1])), float)
        assert method(float(at[0, 1])) == pytest.approx(out[0, 1], rel=1e-14)
        assert method(np.array([])).shape == (0,)
        assert method(at.tolist()).tolist() == out.tolist()


def test_points_may_come_in_any_order() -> None:
    assert fit({0.9: 75, 0.1: 35, 0.5: 50}) == fit(TRIPLE)


# ---------------------------------------------------------------- as a SciPy distribution


@every_form
def test_frozen(low: float | None, high: float | None) -> None:
    law = fit(TRIPLE, low, high)
    frozen = law.frozen()
    u = np.linspace(0.0, 1.0, 11)
    x = law.ppf(u)
    assert isinstance(frozen.dist, stats.rv_continuous)
    assert frozen.ppf(u).tolist() == x.tolist()
    assert frozen.cdf(x).tolist() == law.cdf(x).tolist()
    assert frozen.sf(x) == pytest.approx(1.0 - law.cdf(x), abs=1e-15)
    assert frozen.pdf(x[1:-1]).tolist() == law.pdf(x[1:-1]).tolist()
    assert frozen.mean() == law.mean()
    assert frozen.support() == law.support()
    draws = frozen.rvs(size=(100, 50), random_state=np.random.default_rng(5))
    same = frozen.rvs(size=(100, 50), random_state=np.random.default_rng(5))
    assert draws.shape == (100, 50)
    assert draws.tolist() == same.tolist()
    assert stats.kstest(draws.ravel(), frozen.cdf).pvalue > 1e-3
    copy = pickle.loads(pickle.dumps(frozen))
    assert copy.ppf(u).tolist() == x.tolist()


def test_frozen_keeps_an_infinite_mean() -> None:
    assert fit({0.1: 1, 0.5: 10, 0.9: 100}, low=0).frozen().mean() == math.inf


def test_the_upper_tail_probability_keeps_its_digits() -> None:
    frozen = Metalog((0.0, 1.0)).frozen()
    assert frozen.sf([10.0, 100.0, 700.0]) == pytest.approx(np.exp([-10.0, -100.0, -700.0]), rel=1e-4)


# ---------------------------------------------------------------- invariants

_GRID = np.linspace(-45.0, 45.0, 4001)
_REACH = [
    float(np.max(np.abs(slope(tuple(1.0 if n == i else 0.0 for n in range(9)), _GRID)))) * 1.01
    for i in range(9)
]


@st.composite
def feasible(draw: st.DrawFn) -> tuple[dict[float, float], Metalog]:
    """A metalog of any form that rises by construction, and as many of its points as terms.

    The slope is a2 plus terms of which the sum is at most 0.95 a2.
    """
    k = draw(st.integers(2, 9))
    shares = [draw(st.floats(-1.0, 1.0)) for _ in range(k - 2)]
    whole = max(1.0, sum(map(abs, shares)))
    low, high = draw(st.sampled_from(FORMS))
    most = 100.0 if low is None and high is None else 0.8
    scale = most * draw(st.floats(0.05, 1.0))
    where = draw(st.floats(-2.0, 2.0)) * scale
    tail = [scale * 0.95 * c / whole / _REACH[i] for i, c in enumerate(shares, start=2)]
    law = Metalog((where, scale, *tail), low, high)
    places = draw(st.lists(st.integers(0, 16), min_size=k, max_size=k, unique=True))
    p = [(2 + 6 * n) / 100 for n in sorted(places)]
    assume(k != 7 or max(abs(a + b - 1.0) for a, b in zip(p, p[::-1], strict=True)) > 1e-6)
    return dict(zip(p, law.ppf(p).tolist(), strict=True)), law


thorough = settings(max_examples=200, deadline=None, derandomize=True)


@thorough
@given(feasible())
def test_a_fit_passes_through_its_points_and_finds_the_curve(
    case: tuple[dict[float, float], Metalog],
) -> None:
    points, law = case
    found = fit(points, law.low, law.high)
    x = np.array(list(points.values()))
    assert np.allclose(found.ppf(list(points)), x, rtol=1e-9, atol=1e-9 * np.ptp(x))
    u = np.linspace(0.02, 0.98, 97)
    assert np.allclose(found.ppf(u), law.ppf(u), rtol=1e-5, atol=1e-5 * np.ptp(x))


@thorough
@given(feasible())
def test_quantiles_increase(case: tuple[dict[float, float], Metalog]) -> None:
    law = fit(case[0], case[1].low, case[1].high)
    assert np.all(np.diff(law.ppf(np.linspace(0.001, 0.999, 999))) > 0.0)
    far = law.ppf(expit(np.linspace(-36.0, 36.0, 721)))
    assert np.all(np.diff(far) >= -4.0 * EPS * np.abs(far[1:]))


@thorough
@given(feasible())
def test_probability_and_quantile_are_inverse(case: tuple[dict[float, float], Metalog]) -> None:
    law = case[1]
    u = np.concatenate([np.geomspace(1e-12, 0.01, 11), np.linspace(0.02, 0.98, 97), [1.0 - 1e-9]])
    x = law.ppf(u)
    size = np.abs(x) + abs(law.low or 0.0) + abs(law.high or 0.0)
    rounding = 4.0 * EPS * size * law.density_quantile(u)  # of x, as a probability
    assert np.all(np.abs(law.cdf(x) - u) <= 1e-12 * np.minimum(u, 1.0) + EPS + rounding)


@thorough
@given(feasible())
def test_the_density_is_the_slope_of_the_probability(
    case: tuple[dict[float, float], Metalog],
) -> None:
    """Over x, by Gauss-Legendre quadrature between quantiles half a logit apart."""
    law = case[1]
    ends = np.linspace(-12.0, 12.0, 97)
    x = law.ppf(expit(ends))
    nodes, weights = np.polynomial.legendre.leggauss(12)
    half = 0.5 * np.diff(x)[:, None]
    density = law.pdf(0.5 * (x[1:] + x[:-1])[:, None] + half * nodes)
    assert np.allclose(np.sum(density * half * weights, axis=1), np.diff(expit(ends)), atol=1e-8)
    outside = float(2.0 * expit(-12.0))
    assert float(np.sum(density * half * weights)) + outside == pytest.approx(1.0, abs=1e-7)
    assert np.allclose(law.pdf(x), law.density_quantile(expit(ends)), rtol=1e-6)


@thorough
@given(feasible(), st.floats(-1e3, 1e3))
def test_a_shift_of_everything_shifts_the_fit(case: tuple[dict[float, float], Metalog], shift: float) -> None:
    points, law = case
    moved = fit(
        {p: x + shift for p, x in points.items()},
        None if law.low is None else law.low + shift,
        None if law.high is None else law.high + shift,
    )
    u = np.linspace(0.05, 0.95, 19)
    x = law.ppf(u)
    assert np.allclose(moved.ppf(u) - shift, x, rtol=1e-5, atol=1e-5 * np.ptp(x))


def refusal(
    points: dict[float, float], low: float | None, high: float | None
) -> InfeasibleMetalogError | None:
    try:
        fit(points, low, high)
    except InfeasibleMetalogError as error:
        return error
    return None


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[*HealthCheck])
@given(
    st.lists(st.integers(1, 19), min_size=3, max_size=7, unique=True),
    st.lists(st.integers(1, 199), min_size=7, max_size=7, unique=True),
    st.sampled_from(FORMS),
)
def test_the_nearest_feasible_value_is_feasible(
    places: list[int], values: list[int], form: tuple[float | None, float | None]
) -> None:
    p = [n / 20 for n in sorted(places)]
    assume(len(p) != 7 or max(abs(a + b - 1.0) for a, b in zip(p, p[::-1], strict=True)) > 1e-6)
    points = dict(zip(p, map(float, sorted(values[: len(p)])), strict=True))
    error = refusal(points, *form)
    if error is None:
        return
    assert len(p) > 3 or error.point is not None
    if error.point is None or error.nearest is None:
        return
    assert error.point in points
    law = fit({**points, error.point: error.nearest}, *form)
    assert law.ppf(error.point) == pytest.approx(error.nearest, rel=1e-9)
    # ... and the edge is no further from it than a thousandth of the next gap.
    ends = [b for b in form if b is not None]
    others = [*ends, *(x for q, x in points.items() if q != error.point)]
    gap = min(abs(error.nearest - x) for x in others)
    move = error.nearest - points[error.point]
    if abs(move) > 0.002 * gap:
        shorter = error.nearest - math.copysign(0.002 * gap, move)
        with pytest.raises(ValueError, match=r"no metalog|must increase"):
            fit({**points, error.point: shorter}, *form)
