"""Percentiles, mixtures, choices, samples and uncertain parameters: closed forms, and what is refused."""

import math
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

import mcost
from mcost.catalogue import catalogue
from mcost.compound import Compound
from mcost.errors import NotationError, ScenarioError
from mcost.families import Family, from_frozen
from mcost.interval_between import IntervalBetween
from mcost.law import Certain, Law, widened
from mcost.metalog import fit
from mcost.mixture import Mixture
from mcost.percentiles import Percentiles
from mcost.points import Choice, Samples, Smoothed
from mcost.truncated import Truncated
from mcost.uncertain import Quantity, read, uncertain

POSITIVE, FRACTION, REAL = (Quantity("", domain) for domain in ("positive", "fraction", "real"))
U = np.array([2.0**-54, 1e-9, 1e-4, 0.02, 0.2, 0.3, 0.5, 0.77, 0.99, 1 - 1e-6, 1 - 2.0**-53])
BLOCK = (np.arange(4096) + 0.5) / 4096
Z90 = 1.6448536269514722


def close(x: Any, rel: float = 1e-12, within: float = 0.0) -> Any:
    return pytest.approx(x, rel=rel, abs=within)


def law_of(value: Any, quantity: Quantity = POSITIVE, folder: Path | None = None) -> Law:
    return read(value, quantity, folder=folder)


# --- percentiles ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("extra", "quantity", "p95"),
    [
        ({}, REAL, 84.3393),
        ({"min": 0}, REAL, 86.4410),
        ({}, POSITIVE, 86.4410),
        ({"min": 0, "max": 100}, REAL, 81.9415),
        ({"max": 100}, POSITIVE, 81.9415),
    ],
)
def test_domain_and_bounds_choose_the_form_of_the_metalog(
    extra: dict[str, float], quantity: Quantity, p95: float
) -> None:
    law = law_of({"p10": 35, "p50": 50, "p90": 75, **extra}, quantity)
    assert law.ppf(np.array([0.95]))[0] == pytest.approx(p95, abs=1e-4)
    assert law.ppf(np.array([0.1, 0.5, 0.9])) == close([35, 50, 75])


@pytest.mark.parametrize(
    ("value", "quantity", "ends"),
    [
        ({"p10": 1, "p90": 3}, REAL, (-math.inf, math.inf)),
        ({"p10": 1, "p90": 3, "max": 9}, REAL, (-math.inf, 9)),
        ({"p10": 1, "p90": 3, "min": 0.5}, POSITIVE, (0.5, math.inf)),
        ({"p10": 0.1, "p90": 0.3}, FRACTION, (0, 1)),
        ({"p10": 0.1, "p90": 0.3, "min": 0.05}, FRACTION, (0.05, 1)),
        ({"p10": 0.1, "p90": 0.3, "max": 0.5}, FRACTION, (0, 0.5)),
    ],
)
def test_percentiles_are_bounded_by_the_domain_and_by_min_and_max(
    value: Any, quantity: Quantity, ends: tuple[float, float]
) -> None:
    law = law_of(value, quantity)
    assert isinstance(law, Percentiles)
    assert law.support() == ends
    low, high = (None if math.isinf(end) else end for end in ends)
    metalog = fit({0.1: value["p10"], 0.9: value["p90"]}, low, high)
    assert list(law.ppf(U)) == list(metalog.ppf(U))
    assert law.mean() == metalog.mean()


def test_percentiles_are_numbers_as_people_write_them() -> None:
    said = law_of({"p2.5": "$1_200", "p50": "$2k", "p97.5": "$4.5k"}, Quantity("USD"))
    assert said.ppf(np.array([0.025, 0.5, 0.975])) == close([1200, 2000, 4500])
    shares = law_of({"p5": "2%", "p25": "5%", "p75": "12%", "p95": "30%"}, FRACTION)
    assert shares.ppf(np.array([0.05, 0.25, 0.75, 0.95])) == close([0.02, 0.05, 0.12, 0.3])
    hours = law_of({"p10": "4 hours", "p90": "12 h"}, Quantity("hours"))
    assert hours.ppf(np.array([0.1, 0.9])) == close([4, 12])


def test_tails_of_percentiles_keep_their_digits() -> None:
    law = law_of({"p10": 35, "p50": 50, "p90": 75})
    q = np.array([1e-3, 1e-10, 1e-16, 1e-30])
    assert law.sf(law.isf(q)) == close(q, rel=1e-9)
    assert law.isf(q[:1]) == close(law.ppf(1 - q[:1]))


# --- mixtures ---------------------------------------------------------------------------------------------

TWO = {"mixture": ["1 to 2", "8 to 12"], "weights": [0.7, 0.3]}
CACHE = {"mixture": [0, "40% to 80%"], "weights": [0.2, 0.8]}
MIXTURES: list[tuple[Any, Quantity]] = [
    (TWO, POSITIVE),
    (CACHE, FRACTION),
    ({"mixture": [5, 7, "1 to 9"]}, POSITIVE),
    ({"mixture": [{"dist": "poisson", "mu": 3}, "1 to 9"]}, POSITIVE),
    ({"mixture": [{"dist": "poisson", "mu": 3}, {"choice": [0.5, 40]}]}, POSITIVE),
    ({"mixture": [{"dist": "uniform"}, {"dist": "uniform", "loc": 5}], "weights": [0.7, 0.3]}, POSITIVE),
    ({"mixture": [{"dist": "norm"}, {"dist": "norm", "scale": 1e-3}, {"dist": "t", "df": 3}]}, REAL),
    ({"mixture": [{"p10": 1, "p50": 2, "p90": 5}, "1 to 9"]}, POSITIVE),
    ({"mixture": [{"samples": [1, 2, 2, 3]}, "1 to 9", "2 to 4"]}, POSITIVE),
    ({"mixture": [{"samples": [0, 0, 2, 3], "smooth": True}, "1 to 9"]}, POSITIVE),
    ({"mixture": [TWO, 3, {"mixture": ["1 to 2", 0]}]}, POSITIVE),
    ({**TWO, "min": 1.2, "max": 9}, POSITIVE),
    ({**CACHE, "max": "70%"}, FRACTION),
    ({"mixture": [{"dist": "norm", "loc": {"dist": "norm"}}, {"dist": "norm", "loc": 9}]}, REAL),
    ({"mixture": [{"dist": "poisson", "mu": 1e9}, "0.9e9 to 1.1e9"]}, POSITIVE),
]


def test_a_mixture_has_the_weighted_probabilities_and_mean_of_its_parts() -> None:
    law = law_of(TWO)
    parts = [stats.lognorm(*lognormal(1, 2)), stats.lognorm(*lognormal(8, 12))]
    x = np.linspace(0.1, 20, 57)
    assert law.cdf(x) == close(0.7 * parts[0].cdf(x) + 0.3 * parts[1].cdf(x))
    assert law.sf(x) == close(0.7 * parts[0].sf(x) + 0.3 * parts[1].sf(x))
    assert law.mean() == close(0.7 * parts[0].mean() + 0.3 * parts[1].mean())
    frozen = law.frozen()
    assert frozen.pdf(x) == close(0.7 * parts[0].pdf(x) + 0.3 * parts[1].pdf(x))
    second = 0.7 * parts[0].moment(2) + 0.3 * parts[1].moment(2)
    assert frozen.var() == close(second - law.mean() ** 2)


def lognormal(low: float, high: float) -> tuple[float, float, float]:
    return math.log(high / low) / (2 * Z90), 0.0, math.sqrt(low * high)


@pytest.mark.parametrize(("value", "quantity"), MIXTURES, ids=str)
def test_quantiles_of_a_mixture_are_the_generalised_inverse(value: Any, quantity: Quantity) -> None:
    law = law_of(value, quantity)
    for u in (U, BLOCK):
        x = law.ppf(u)
        assert (np.diff(x) >= 0).all()
        # q(u) is the smallest x with P(X <= x) >= u: there it is reached, and a little before it is not.
        width = float(np.ptp(law.ppf(np.array([0.01, 0.99]))))
        assert (law.cdf(x + 1e-12 * (np.abs(x) + width)) >= u - 4e-16).all()
        before = law.cdf(x - 1e-12 * (np.abs(x) + width))
        assert ((before < u) | (before - u < 1e-15)).all()
        assert (before < u)[(u > 1e-15) & (u < 0.9999)].all()


def test_a_point_mass_beside_a_distribution_is_exact() -> None:
    law = law_of(CACHE, FRACTION)
    share = read("40% to 80%", FRACTION)
    assert list(law.ppf(np.array([1e-300, 0.1, 0.2]))) == [0, 0, 0]
    u = np.array([0.2 + 1e-12, 0.3, 0.6, 0.99])
    assert law.ppf(u) == close(share.ppf((u - 0.2) / 0.8))
    assert law.cdf(np.array([-1e-300, 0.0])) == close([0, 0.2])
    assert law.mean() == close(0.8 * share.mean())
    frozen = law.frozen()
    assert frozen.cdf([-1, 0, 0.5, 1]) == close([0, 0.2, 0.2 + 0.8 * share.cdf(0.5), 1])
    assert frozen.pdf(0.5) == close(0.8 * share.frozen().pdf(0.5))
    assert (frozen.rvs(20_000, random_state=1) == 0).mean() == pytest.approx(0.2, abs=5 * 0.0028)


def test_between_two_parts_the_lower_one_ends() -> None:
    law = law_of(MIXTURES[5][0])
    assert law.ppf(np.array([0.35, 0.7, np.nextafter(0.7, 1)])) == close([0.5, 1, 5])


def test_a_lattice_beside_a_distribution_keeps_its_points() -> None:
    law = law_of({"mixture": [{"dist": "poisson", "mu": 3}, "1 to 9"]})
    x = law.ppf(BLOCK)
    points = np.arange(30)
    for k in (0, 1, 4):
        assert (x == k).mean() == pytest.approx(0.5 * stats.poisson(3).pmf(k), abs=2 / 4096)
    assert (x == points[np.minimum(np.searchsorted(points, x), 29)]).mean() == pytest.approx(0.5, abs=0.01)
    huge = law_of(MIXTURES[-1][0]).ppf(BLOCK)
    assert (huge == np.floor(huge)).mean() == pytest.approx(0.5, abs=0.01)


def test_bounds_of_a_mixture_renormalise_it_as_a_whole() -> None:
    whole, cut = law_of(TWO), law_of({**TWO, "min": 1.2, "max": 9})
    assert isinstance(cut, Truncated)
    mass = float(whole.cdf(9) - whole.cdf(1.2))
    x = np.linspace(1.2, 9, 40)
    assert cut.cdf(x) == close((whole.cdf(x) - whole.cdf(1.2)) / mass, rel=1e-10, within=1e-13)
    assert cut.support() == (1.2, 9)
    part = [read({"low": a, "high": b, "min": 1.2, "max": 9}, POSITIVE) for a, b in ((1, 2), (8, 12))]
    held = [w * p.mass for w, p in zip((0.7, 0.3), part, strict=True) if isinstance(p, Truncated)]
    assert cut.mean() == close((held[0] * part[0].mean() + held[1] * part[1].mean()) / sum(held), rel=1e-9)
    kept = law_of({"mixture": [0, 3, "1 to 2"], "weights": [0.5, 0.25, 0.25], "min": 2.5})
    assert float(kept.cdf(3)) - float(kept.cdf(2.99999)) == pytest.approx(1, abs=0.01)


@given(
    st.lists(st.tuples(st.floats(-5, 5), st.floats(0.01, 3)), min_size=2, max_size=5),
    st.lists(st.floats(0.05, 1), min_size=5, max_size=5),
    st.lists(st.floats(-6, 6), max_size=3),
)
@settings(derandomize=True, deadline=None, database=None, max_examples=40)
def test_any_mixture_of_normals_and_points(
    normals: list[tuple[float, float]], sizes: list[float], points: list[float]
) -> None:
    values = [*({"dist": "norm", "loc": m, "scale": s} for m, s in normals), *points]
    weights = np.array([*sizes[: len(normals)], *[0.1] * len(points)])
    weights /= weights.sum()
    law = law_of({"mixture": values, "weights": weights.tolist()}, REAL)
    x = law.ppf(BLOCK)
    atoms = [*zip(weights[len(normals) :], points, strict=True)]

    def cdf(at: np.ndarray) -> np.ndarray:
        smooth = [w * special.ndtr((at - m) / s) for w, (m, s) in zip(weights, normals, strict=False)]
        return np.sum(smooth, axis=0) + sum(w * (at >= point) for w, point in atoms)

    assert (cdf(x + 1e-11) >= BLOCK - 1e-14).all()
    assert (cdf(x - 1e-11) <= BLOCK + 1e-14).all()


# --- choices ----------------------------------------------------------------------------------------------


def test_a_choice_has_its_points_and_their_weights() -> None:
    law = law_of({"choice": [3000, "1.5k", 3000, 500], "weights": [0.25, 0.25, "10%", 0.4]})
    assert law == Choice((500.0, 1500.0, 3000.0), (0.4, 0.25, 0.35))
    frozen = law.frozen()
    assert frozen.pmf([500, 1500, 3000, 1000]) == close([0.4, 0.25, 0.35, 0])
    assert frozen.mean() == close(0.4 * 500 + 0.25 * 1500 + 0.35 * 3000)
    assert frozen.var() == close(0.4 * 500**2 + 0.25 * 1500**2 + 0.35 * 3000**2 - frozen.mean() ** 2)
    assert list(law.ppf(np.array([1e-9, 0.4, 0.41, 0.65, 0.66, 1 - 1e-12]))) == [
        500,
        500,
        1500,
        1500,
        3000,
        3000,
    ]
    assert set(frozen.rvs(200, random_state=3)) == {500.0, 1500.0, 3000.0}
    halves = law_of({"choice": [0.25, 0.75]}, FRACTION).frozen()
    assert set(halves.rvs(50, random_state=3)) == {0.25, 0.75}


def test_a_choice_may_be_bounded_to_one_point() -> None:
    law = law_of({"choice": [1, 2, 3], "min": 1.5, "max": 2.5})
    assert law.certain
    assert law.support() == (2, 2)
    some = law_of({"choice": [1, 2, 3], "weights": [0.5, 0.25, 0.25], "min": 1.5})
    assert some.cdf([1, 2, 3]) == close([0, 0.5, 1])
    assert law_of({"choice": [4]}) == Certain(4)
    assert law_of({"mixture": [4, "4", {"choice": [4, 4]}]}) == Certain(4)


# --- samples ----------------------------------------------------------------------------------------------


def test_samples_are_drawn_again() -> None:
    values = np.random.default_rng(7).exponential(3, 137).round(1)
    law = law_of({"samples": values.tolist()})
    assert isinstance(law, Samples)
    assert law.mean() == close(values.mean())
    at = np.unique(values)
    assert law.cdf(at) == close([(values <= x).mean() for x in at])
    assert list(law.ppf(BLOCK)) == list(np.quantile(values, BLOCK, method="inverted_cdf"))
    # the inverse at the steps themselves
    steps = np.arange(1, 138) / 137
    assert list(law.ppf(steps)) == sorted(values)
    assert law.frozen().var() == close(values.var())
    assert law_of({"samples": values}).ppf(BLOCK) == close(law.ppf(BLOCK))


def test_smoothed_samples_have_the_quantiles_of_numpy() -> None:
    values = np.array([0.0, 0.0, 1.0, 2.5, 2.5, 9.0])
    law = law_of({"samples": values.tolist(), "smooth": True})
    assert isinstance(law, Smoothed)
    assert law.ppf(BLOCK) == close(np.quantile(values, BLOCK), within=1e-15)
    assert law.support() == (0, 9)
    # ties keep their mass: 1/5 each at 0 and at 2.5
    assert law.cdf(np.array([-0.1, 0.0, 0.5, 1.0, 2.4999999, 2.5, 9.0])) == close(
        [0, 0.2, 0.3, 0.4, 0.6, 0.8, 1], rel=1e-6
    )
    inner = np.linspace(0, 1, 100_001)
    assert law.mean() == close(np.trapezoid(np.quantile(values, inner), inner), rel=1e-8)
    assert law.moment(2) == close(np.trapezoid(np.quantile(values, inner) ** 2, inner), rel=1e-8)
    cut = law_of({"samples": values.tolist(), "smooth": True, "min": 0.5, "max": 5})
    assert cut.support() == close((0.5, 5))
    u = np.array([0.1, 0.5, 0.9])
    before, beyond = float(law.cdf(0.5)), float(law.cdf(5))
    assert cut.ppf(u) == close(law.ppf(before + u * (beyond - before)))


def test_a_column_of_a_file_beside_the_scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "usage.csv").write_text(
        '﻿day, calls,note\r\n1,1_000,a\r\n\r\n2,2.5k,"b\r\nc"\r\n3,3000,\r\n', encoding="utf-8"
    )
    value = {"samples": "data/usage.csv", "column": "calls"}
    law = law_of(value, Quantity("calls a month"), tmp_path)
    assert law == Samples(np.array([1000.0, 2500.0, 3000.0]), "calls in usage.csv")
    assert str(law) == "3 samples of calls in usage.csv"
    assert str(law_of({**value, "smooth": True}, POSITIVE, tmp_path)) == (
        "3 samples of calls in usage.csv, smoothed"
    )
    assert uncertain(value, folder=tmp_path).mean() == close(6500 / 3)
    monkeypatch.chdir(tmp_path)
    assert uncertain(value).mean() == close(6500 / 3)


SCENARIO = """
title = "Samples"
baseline = "prompt"
horizon_months = 3
[workload]
calls_per_month = { samples = "usage.csv", column = "calls" }
[strategies.prompt]
price = { input = 0.15, output = 0.60 }
prompt_tokens = 2000
output_tokens = 500
"""


def test_a_scenario_reads_samples_from_its_own_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "usage.csv").write_text("calls\n1000\n3000\n")
    file = tmp_path / "one.toml"
    file.write_text(SCENARIO)
    assert mcost.load(file).inputs["workload.calls_per_month"].law.mean() == 2000
    data = {
        "title": "Samples",
        "baseline": "prompt",
        "horizon_months": 3,
        "workload": {"calls_per_month": {"samples": "usage.csv", "column": "calls"}},
        "strategies": {"prompt": {"price": {"input": 0.1, "output": 0.4}, "prompt_tokens": 9}},
    }
    monkeypatch.chdir(tmp_path)
    assert mcost.load(data).inputs["workload.calls_per_month"].law.mean() == 2000
    (tmp_path / "usage.csv").unlink()
    with pytest.raises(ScenarioError) as refused:
        mcost.load(file)
    assert 'workload.calls_per_month: samples: found "usage.csv"; no such file' in str(refused.value)
    assert str(tmp_path) not in str(refused.value).replace(str(file), "")


def test_a_prior_may_stand_within_another_notation() -> None:
    name, prior = next((name, prior) for name, prior in catalogue().items() if prior.unit == "hours")
    data = {
        "title": "A prior within",
        "baseline": "prompt",
        "horizon_months": 3,
        "workload": {"calls_per_month": 1000},
        "strategies": {
            "prompt": {
                "price": {"input": 0.1, "output": 0.4},
                "prompt_tokens": 9,
                "setup_hours": {"mixture": [0, {"prior": name}]},
            }
        },
    }
    law = mcost.load(data).inputs["strategies.prompt.setup_hours"].law
    assert law.mean() == close(prior.law.mean() / 2)
    data["strategies"]["prompt"]["setup_hours"] = {"mixture": [0, {"prior": "no.such"}]}
    with pytest.raises(ScenarioError, match=r'mixture\[1\]: found prior = "no.such"; no such prior'):
        mcost.load(data)


# --- uncertain parameters ---------------------------------------------------------------------------------

COMPOUNDS: list[tuple[Any, Any]] = [
    # normal with a normal mean: the variances add up
    ({"dist": "norm", "loc": {"dist": "norm", "loc": 3, "scale": 2}, "scale": 1.5}, stats.norm(3, 2.5)),
    (
        {"dist": "norm", "loc": {"dist": "norm", "loc": 3, "scale": 2}, "scale": 1e-3},
        stats.norm(3, math.hypot(2, 1e-3)),
    ),
    (
        {"dist": "norm", "loc": {"dist": "norm", "loc": 3, "scale": 1e-3}, "scale": 2},
        stats.norm(3, math.hypot(2, 1e-3)),
    ),
    # Poisson with a gamma mean: negative binomial
    ({"dist": "poisson", "mu": {"dist": "gamma", "a": 2.5, "scale": 3}}, stats.nbinom(2.5, 1 / 4)),
    (
        {"dist": "poisson", "mu": {"dist": "gamma", "a": 2.5, "scale": 3e4}},
        stats.nbinom(2.5, 1 / (1 + 3e4)),
    ),
    # exponential with an inverse gamma scale: Lomax
    ({"dist": "expon", "scale": {"dist": "invgamma", "a": 3, "scale": 2}}, stats.lomax(3, scale=2)),
    # binomial with a beta probability
    ({"dist": "binom", "n": 20, "p": {"dist": "beta", "a": 2, "b": 5}}, stats.betabinom(20, 2, 5)),
    # log-normal with a log-normal scale
    (
        {"dist": "lognorm", "s": 0.3, "scale": {"dist": "lognorm", "s": 0.4, "scale": 7}},
        stats.lognorm(0.5, scale=7),
    ),
    # an interval whose ends both move with deviation 1, about 2 and 8: mean 5; see the variance below
    (
        {
            "low": {"dist": "norm", "loc": 2, "scale": 1e-9},
            "high": {"dist": "norm", "loc": 8, "scale": 1e-9},
        },
        stats.norm(5, 3 / Z90),
    ),
]


@pytest.mark.parametrize(("value", "own"), COMPOUNDS, ids=lambda v: str(v)[:60])
def test_an_uncertain_parameter_gives_the_marginal_law(value: Any, own: Any) -> None:
    law = law_of(value, REAL)
    assert isinstance(law, Compound | IntervalBetween)
    scale = own.std()
    assert law.mean() == close(own.mean(), rel=1e-9)
    x = law.ppf(BLOCK)
    if law.discrete:
        assert (x == own.ppf(BLOCK)).mean() > 0.999
        points = np.unique(x)
        assert law.cdf(points) == close(own.cdf(points), rel=1e-6)
        assert law.frozen().pmf(points) == close(own.pmf(points), rel=1e-8)
    else:
        assert np.max(np.abs(x - own.ppf(BLOCK))) < 1e-6 * scale
        assert np.max(np.abs(law.cdf(x) - own.cdf(x))) < 1e-8
        middle = x[64:-64:64]
        assert law.frozen().pdf(middle) == close(own.pdf(middle), rel=1e-5)
        assert law.cdf(x) == close(BLOCK, rel=1e-9)
        rare = np.array([1e-6, 1 - 1e-6])
        assert law.ppf(rare) == close(own.ppf(rare), rel=1e-6, within=1e-6 * scale)


def test_a_choice_of_parameters_is_a_mixture_without_quadrature() -> None:
    law = law_of({"dist": "norm", "loc": {"choice": [0, 10], "weights": [0.3, 0.7]}, "scale": 2}, REAL)
    parts = tuple(Family("norm", (("loc", at), ("scale", 2.0))) for at in (0.0, 10.0))
    assert law == Mixture(parts, (0.3, 0.7))
    assert law_of({"dist": "poisson", "mu": {"choice": [3]}}) == Family("poisson", (("mu", 3.0),))
    assert law_of({"low": {"choice": [1, 2]}, "high": 4}) == law_of(
        {"mixture": [{"low": 1, "high": 4}, {"low": 2, "high": 4}]}
    )
    with_zero = law_of({"dist": "poisson", "mu": {"mixture": [1, "2 to 4"]}})
    assert isinstance(with_zero, Mixture)
    assert with_zero.cdf(0) == close(
        (math.exp(-1) + float(law_of({"dist": "poisson", "mu": "2 to 4"}).cdf(0))) / 2
    )


def test_two_uncertain_parameters() -> None:
    # Normal-inverse-gamma without its link: t about a normal mean; by a million plain draws instead.
    value = {"dist": "gamma", "a": "1 to 3", "scale": {"p10": 1, "p50": 2, "p90": 4}}
    law = law_of(value)
    rng = np.random.default_rng(11)
    a, scale = (law_of(value[key]).ppf(rng.random(1_000_000)) for key in ("a", "scale"))
    drawn = rng.gamma(a) * scale
    assert law.mean() == close(law_of("1 to 3").mean() * law_of(value["scale"]).mean(), rel=1e-6)
    # Kolmogorov-Smirnov at a million draws: 1.95/1000 is passed once in a thousand times
    assert stats.kstest(drawn, law.cdf).statistic < 1.95e-3
    assert law.cdf(law.ppf(BLOCK)) == close(BLOCK, rel=1e-9)


def test_an_interval_between_uncertain_ends() -> None:
    value = {"low": "20 to 30", "high": "40 to 60"}
    law = law_of(value)
    rng = np.random.default_rng(12)
    low, high = (law_of(end).ppf(rng.random(1_000_000)) for end in value.values())
    mu, sigma = (np.log(low) + np.log(high)) / 2, (np.log(high) - np.log(low)) / (2 * Z90)
    drawn = np.exp(mu + sigma * rng.standard_normal(1_000_000))
    assert stats.kstest(drawn, law.cdf).statistic < 1.95e-3
    assert law.mean() == pytest.approx(drawn.mean(), abs=5 * drawn.std() / 1000)
    # the spread of a normal: Var = E[sigma²] + Var[mu]
    normal = law_of(
        {
            "low": {"dist": "norm", "loc": 2, "scale": 0.5},
            "high": {"dist": "norm", "loc": 8, "scale": 1},
            "credibility": 0.8,
        },
        REAL,
    )
    z = 1.2815515655446004
    expected = (6**2 + 0.5**2 + 1) / (2 * z) ** 2 + (0.5**2 + 1) / 4
    assert normal.mean() == close(5)
    assert normal.frozen().var() == close(expected, rel=1e-7)
    one = law_of({"low": "20% to 30%", "high": 0.6}, FRACTION)
    assert one.support() == (0, 1)
    assert one.cdf(one.ppf(BLOCK)) == close(BLOCK, rel=1e-9)
    general = law_of({"low": {"p10": 20, "p50": 25, "p90": 30}, "high": 60})
    assert general.cdf(general.ppf(BLOCK)) == close(BLOCK, rel=1e-9)


def test_a_mean_that_uncertain_parameters_make_infinite_is_refused() -> None:
    with pytest.raises(NotationError, match="is not finite"):
        law_of({"dist": "lognorm", "s": {"dist": "gamma", "a": 2, "scale": 2}, "scale": 5})
    assert math.isfinite(law_of({"dist": "lognorm", "s": "0.3 to 0.6", "scale": 5}).mean())


def test_bounds_of_a_compound_renormalise_its_marginal_law() -> None:
    value = {"dist": "norm", "loc": {"dist": "norm", "loc": 3, "scale": 2}, "scale": 1.5, "min": 0}
    own = stats.truncnorm(-3 / 2.5, np.inf, 3, 2.5)
    law = law_of(value)
    assert np.max(np.abs(law.ppf(BLOCK) - own.ppf(BLOCK))) < 1e-6
    assert law.mean() == close(own.mean(), rel=1e-7)


# --- spread -----------------------------------------------------------------------------------------------

WIDER = 1.9544


@pytest.mark.parametrize(
    ("value", "quantity"),
    [("20 to 40", POSITIVE), ("-1 to 4", REAL), ("5% to 20%", FRACTION)],
)
def test_a_widened_interval_has_a_wider_sigma(value: str, quantity: Quantity) -> None:
    law = law_of(value, quantity)
    wide = widened(law, quantity.domain, WIDER)
    assert isinstance(wide, Family)
    held = 2 * special.ndtr(Z90 / WIDER) - 1
    low, high = law.ppf(np.array([0.05, 0.95]))
    assert wide.ppf(np.array([0.5])) == close(law.ppf(np.array([0.5])))
    assert float(wide.cdf(high) - wide.cdf(low)) == close(held)
    again = widened(wide, quantity.domain, 1 / WIDER)
    assert again.ppf(BLOCK) == close(law.ppf(BLOCK))


TO_SCALE: dict[str, Callable[[Any], Any]] = {
    "positive": np.log,
    "fraction": special.logit,
    "real": np.asarray,
}


@pytest.mark.parametrize(
    ("value", "quantity"),
    [
        ({"dist": "gamma", "a": 2, "scale": 3}, POSITIVE),
        ({"dist": "lognorm", "s": 0.5, "loc": 2}, POSITIVE),
        ({"dist": "beta", "a": 2, "b": 5}, FRACTION),
        ({"dist": "triang", "c": 0.3}, REAL),
        ({"dist": "logistic"}, REAL),
        ({"p10": 20, "p50": 25, "p90": 40}, POSITIVE),
        ({"p10": 0.1, "p90": 0.4}, FRACTION),
        ({"low": "20 to 30", "high": "40 to 60"}, POSITIVE),
        ({"dist": "norm", "loc": {"dist": "norm"}}, REAL),
    ],
    ids=str,
)
def test_the_spread_is_on_the_domains_own_scale_about_the_median(value: Any, quantity: Quantity) -> None:
    law = law_of(value, quantity)
    wide = widened(law, quantity.domain, WIDER)
    scale = TO_SCALE[quantity.domain]
    u = np.array([0.001, 0.05, 0.3, 0.5, 0.8, 0.999])
    middle = scale(law.ppf(np.array([0.5])))
    assert scale(wide.ppf(u)) == close(middle + WIDER * (scale(law.ppf(u)) - middle), rel=1e-9, within=1e-9)
    assert wide.cdf(wide.ppf(u)) == close(u, rel=1e-9)
    assert wide.sf(wide.isf(u)) == close(u, rel=1e-9)
    x = wide.ppf(u)
    step = 1e-5 * (x[-1] - x[0])
    slope = (wide.cdf(x + step) - wide.cdf(x - step)) / (2 * step)
    assert wide.density(x)[1:-1] == close(slope[1:-1], rel=1e-2)


def test_bounds_stay_when_the_spread_grows() -> None:
    law = law_of({"low": 20, "high": 40, "min": 15, "max": 60})
    wide = widened(law, "positive", WIDER)
    assert wide == Truncated(widened(law_of("20 to 40"), "positive", WIDER), 15.0, 60.0)
    bounded = law_of({"p10": 20, "p90": 40, "min": 10, "max": 90})
    wide = widened(bounded, "positive", WIDER)
    assert wide.support() == (10, 90)
    assert str(wide) == "metalog(p10=20, p90=40, min=10, max=90), spread times 1.954"
    normal = law_of({"dist": "norm", "loc": 0.3, "scale": 0.1, "min": 0, "max": 1}, FRACTION)
    base = Family("norm", (("loc", 0.3), ("scale", 0.1 * WIDER)))
    assert widened(normal, "fraction", WIDER) == Truncated(base, 0.0, 1.0)


@pytest.mark.parametrize(
    "value",
    [
        3,
        {"choice": [1, 2]},
        {"samples": [1, 2, 3]},
        {"samples": [1, 2, 3], "smooth": True},
        {"dist": "poisson", "mu": 3},
        {"dist": "poisson", "mu": "2 to 4"},
        {"mixture": [1, {"dist": "poisson", "mu": 3}]},
    ],
    ids=str,
)
def test_what_is_certain_discrete_or_sampled_is_not_widened(value: Any) -> None:
    law = law_of(value)
    assert widened(law, "positive", WIDER) == law


def test_each_part_of_a_mixture_is_widened_by_itself() -> None:
    wide = widened(law_of(CACHE, FRACTION), "fraction", WIDER)
    share = widened(read("40% to 80%", FRACTION), "fraction", WIDER)
    assert list(wide.ppf(np.array([0.1, 0.2]))) == [0, 0]
    assert wide.ppf(np.array([0.6])) == close(share.ppf(np.array([0.5])))
    assert widened(law_of("20 to 40"), "positive", 1.0) == law_of("20 to 40")


def test_a_widened_tail_may_have_no_mean() -> None:
    law = law_of({"dist": "lomax", "c": 1.5})
    assert math.isfinite(law.mean())
    assert widened(law, "positive", 2.0).mean() == math.inf
    assert widened(law_of({"dist": "gamma", "a": 2, "scale": 3}), "positive", 2.0).mean() < 100


# --- as SciPy's distributions -----------------------------------------------------------------------------

VALUES: list[Any] = [
    {"p10": 20, "p50": 25, "p90": 40},
    {"p5": 2, "p25": 3, "p50": 4, "p95": 9, "max": 12},
    TWO,
    {"mixture": [1, "2 to 4"]},
    {**TWO, "min": 1.2},
    {"mixture": [{"dist": "poisson", "mu": 3}, {"choice": [0.5, 40]}]},
    {"choice": [1500, 3000], "weights": [0.5, 0.5]},
    {"samples": [1, 2, 2, 4.5]},
    {"samples": [1, 2, 2, 4.5], "smooth": True},
    {"dist": "poisson", "mu": "2 to 4"},
    {"dist": "gamma", "a": "1 to 3", "scale": 2},
    {"low": "20 to 30", "high": 50},
]


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_it_is_a_scipy_distribution_like_any_other(value: Any) -> None:
    frozen = uncertain(value)
    assert isinstance(frozen, stats.distributions.rv_frozen)
    law = from_frozen(frozen)
    assert law == read(value, POSITIVE)
    inner = U[1:-1]
    assert list(frozen.ppf(inner)) == list(law.ppf(inner))
    x = np.unique(law.ppf(inner))
    assert frozen.cdf(x) == close(law.cdf(x))
    assert frozen.sf(x) == close(law.sf(x))
    assert (frozen.cdf(frozen.support()[0] - 1), frozen.cdf(1e9)) == close((0, 1))
    assert frozen.mean() == law.mean()
    assert frozen.median() == frozen.ppf(0.5)
    drawn = frozen.rvs((100, 200), random_state=np.random.default_rng(4))
    assert drawn.shape == (100, 200)
    assert abs(drawn.mean() - law.mean()) <= 5 * frozen.std() / math.sqrt(20_000)
    assert drawn.var() == pytest.approx(frozen.var(), rel=0.15)
    if law.discrete:
        points = np.unique(drawn)
        assert frozen.pmf(points) == close(
            law.cdf(points) - [float(law.cdf(np.nextafter(p, -1))) for p in points], within=1e-12
        )
    else:
        assert (frozen.pdf(x) >= 0).all()
    copied = pickle.loads(pickle.dumps(frozen))
    assert list(copied.ppf(inner)) == list(frozen.ppf(inner))
    assert copied.mean() == frozen.mean()
    sent = pickle.loads(pickle.dumps(law))
    assert sent == law
    assert list(sent.ppf(inner)) == list(law.ppf(inner))


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_draws_of_a_part_of_the_block_are_those_of_the_block(value: Any) -> None:
    law = read(value, POSITIVE)
    u = np.random.default_rng(9).random(512)
    assert list(law.ppf(u)[:100]) == list(law.ppf(u[:100]))


def test_a_distribution_of_ones_own_is_refused() -> None:
    own = stats.rv_discrete(name="own", values=([1, 2], [0.5, 0.5]))()
    with pytest.raises(NotationError) as refused:
        from_frozen(own)
    assert str(refused.value) == (
        "found a distribution, own, that is not a family of scipy.stats with numbers for parameters; "
        "give percentiles or samples of it"
    )


def test_no_notation_loads_scipy_stats_but_for_a_family_of_its() -> None:
    code = (
        "import sys, numpy as np\n"
        "from mcost.uncertain import Quantity, read\n"
        "from mcost.law import widened\n"
        "for value in ('20 to 40', {'p10': 20, 'p50': 25, 'p90': 40}, {'choice': [1, 2]},\n"
        "              {'mixture': [0, '1 to 2', {'dist': 'gamma', 'a': 2}]}, {'samples': [1, 2, 3]},\n"
        "              {'samples': [1, 2, 4], 'smooth': True}, {'dist': 'norm', 'loc': '3 to 4', 'min': 0},\n"
        "              {'low': '20 to 30', 'high': 50}, {'dist': 'expon', 'scale': '1 to 2'}):\n"
        "    law = read(value, Quantity(''))\n"
        "    law.ppf(np.array([0.3])), law.cdf(2.0), widened(law, 'positive', 2.0).ppf(np.array([0.3]))\n"
        "print(*sorted(m for m in sys.modules if m in ('scipy.stats', 'scipy.interpolate', 'pandas')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


# --- one error for one mistake ----------------------------------------------------------------------------

FILES = {
    "usage.csv": "day,calls,share,note\n1,100,0.1,a\n2,250,0.2,b\n\n3,75,1.5,c\n",
    "bad.csv": "calls,x\n1,2\nabc,3\n",
    "empty.csv": "",
    "head.csv": "calls,x\n",
    "semicolons.csv": "calls;x\n1;2\n",
    "quote.csv": 'calls,x\n"1,2\n',
    "nan.csv": "calls,x\n1,2\nnan,3\n",
    "short.csv": "x,calls\n1,2\n3\n",
    "twice.csv": "calls,calls\n1,2\n3,1\n",
    "negative.csv": "calls\n1\n-2\n",
    "below/deep.csv": "calls\n1\n",
}
EXPECTED = (
    "expected { low, high }, { p10, p50, p90 }, { dist, … }, { mixture }, { choice }, { samples } or "
    "{ prior }"
)
INSIDE = "expected a file in the scenario's folder or below it"


def column(file: str, name: Any = "calls", **more: Any) -> dict[str, Any]:
    return {"samples": file, "column": name, **more}


MISTAKES: list[tuple[Any, Quantity, str]] = [
    # percentiles
    ({"p50": 3}, POSITIVE, "found 1 percentile, p50; expected 2 to 9, such as p10, p50 and p90"),
    (
        {f"p{i}": i for i in range(5, 55, 5)},
        POSITIVE,
        "found 10 percentiles, p5, p10, p15, p20, p25, p30, p35, p40, p45, p50; expected 2 to 9, such as "
        "p10, p50 and p90",
    ),
    ({"p10": 5, "p50": 5}, POSITIVE, "p50 = 5 is not above p10 = 5; percentiles must rise"),
    ({"p90": 9, "p50": 4, "p10": 5}, POSITIVE, "p50 = 4 is not above p10 = 5; percentiles must rise"),
    ({"p10": -1, "p50": 4}, POSITIVE, "p10: found -1; expected 0 or more"),
    (
        {"p10": 0, "p50": 4},
        POSITIVE,
        "p10 = 0 is not above the least value, 0; for a chance of exactly 0 write a mixture of it and a "
        "distribution",
    ),
    ({"p10": 1, "p50": 4, "min": 2}, POSITIVE, "p10 = 1 is not above the least value, 2"),
    ({"p10": 1, "p50": 4, "max": 3}, REAL, "p50 = 4 is not below the greatest value, 3"),
    (
        {"p10": 0.1, "p90": 30},
        FRACTION,
        'p90: found 30; expected a share between 0 and 1; did you mean "30%"?',
    ),
    ({"p10": 0.1, "p90": 1}, FRACTION, "p90 = 1 is not below the greatest value, 1"),
    (
        {"p10": 1, "p50": 10, "p90": 100},
        Quantity("USD"),
        "the mean of metalog(p10=1, p50=10, p90=100, min=0) is not finite, so no expected cost exists; give "
        "max, or percentiles that lie closer together",
    ),
    (
        {"p10": 1, "p50": 10, "p90": 12},
        POSITIVE,
        "no metalog with lower bound 0 passes through p10 = 1, p50 = 10, p90 = 12; "
        "nearest feasible: p50 = 7.932",
    ),
    ({"p10": 1, "p50": 2, "mim": 0}, POSITIVE, "mim: no such key here; did you mean min?"),
    ({"p10": 1, "p5O": 2}, POSITIVE, "p5O: no such key here; there are p10, min, max"),
    (
        {"p0": 1, "p50": 2},
        POSITIVE,
        "p0: expected a percentile between p0 and p100; an end is given as min",
    ),
    (
        {"p50": 2, "p100": 3},
        POSITIVE,
        "p100: expected a percentile between p0 and p100; an end is given as max",
    ),
    ({"p2": {"5": 3}, "p50": 4}, POSITIVE, 'p2: found { 5 = 3 }; write the key in quotes, "p2.5"'),
    ({"p10": 1, "p10.0": 2}, POSITIVE, "found p10 and p10.0, which are one percentile; give it once"),
    ({"p10": "1 to 2", "p50": 3}, POSITIVE, 'p10: found "1 to 2"; expected a number'),
    ({"p10": "$1", "p50": 3}, Quantity("hours"), 'p10: found "$1", but this is in hours, not in dollars'),
    ({"p10": 1, "p50": 2, "min": 5, "max": 3}, REAL, "found min = 5, max = 3; min must be below max"),
    ({"p10": 1, "p50": 2, "min": -1}, POSITIVE, "min: found -1; expected 0 or more"),
    # mixtures
    ({"mixture": []}, POSITIVE, "mixture: found []; expected a list of values in any notation"),
    ({"mixture": 5}, POSITIVE, "mixture: found 5; expected a list of values in any notation"),
    ({"mixture": [1] * 65}, POSITIVE, "mixture: found 65 parts; expected at most 64"),
    (
        {"mixture": ["1 to 2", "12 to 8"]},
        POSITIVE,
        'mixture[1]: found 12 to 8; the low end must be below the high end: write "8 to 12"',
    ),
    (
        {"mixture": [1, {"mixture": [2, "x"]}]},
        POSITIVE,
        'mixture[1]: mixture[1]: found "x"; expected a number, or an interval such as "20 to 40"',
    ),
    ({"mixture": [0, -1]}, POSITIVE, "mixture[1]: found -1; expected 0 or more"),
    (
        {"mixture": [0, {"dist": "norm"}]},
        POSITIVE,
        "mixture(0.5 of 0, 0.5 of norm()) falls below 0 with probability 0.25; add min = 0",
    ),
    (
        {"mixture": [1, 2], "min": 5},
        POSITIVE,
        "min and max keep nothing of choice(0.5 of 1, 0.5 of 2); widen them, or move the distribution",
    ),
    (
        {"mixture": [0, "1 to 2"], "weigths": [0.5, 0.5]},
        POSITIVE,
        "weigths: no such key here; did you mean weights?",
    ),
    (
        {"mixture": [0, "40% to 80%"], "weights": [0.2, 0.7]},
        FRACTION,
        "weights: found weights that add up to 0.9; expected 1",
    ),
    (
        {"mixture": [0, 1], "weights": [0.2]},
        POSITIVE,
        "weights: found 1; expected 2, one for each of mixture",
    ),
    ({"mixture": [0, 1], "weights": [0, 1]}, POSITIVE, "weights[0]: found 0; expected more than 0"),
    (
        {"mixture": [0, 1], "weights": 0.5},
        POSITIVE,
        "weights: found 0.5; expected a list of 2 numbers, one for each of mixture",
    ),
    ({"mixture": [0, 1], "weights": ["a", 1]}, POSITIVE, 'weights[0]: found "a"; expected a number'),
    (
        {"mixture": [1, {"prior": "x"}]},
        POSITIVE,
        'mixture[1]: found { prior = "x" }; there is no catalogue of priors here',
    ),
    # choices
    ({"choice": []}, POSITIVE, "choice: found []; expected a list of numbers"),
    (
        {"choice": ["1 to 2", 3]},
        POSITIVE,
        'choice[0]: found "1 to 2"; expected a number: ranges and distributions go into { mixture }',
    ),
    (
        {"choice": [{"dist": "norm"}, 3]},
        POSITIVE,
        'choice[0]: found { dist = "norm" }; expected a number: ranges and distributions go into { mixture }',
    ),
    ({"choice": ["x", 3]}, POSITIVE, 'choice[0]: found "x"; expected a number'),
    ({"p10": 20, "median": 25, "p90": 60}, POSITIVE, "median: no such key here; did you mean p50?"),
    ("1.5M to 3", POSITIVE, 'found "1.5M to 3": does M belong to both ends? Write it at each, "1.5M to 3M"'),
    (
        {"choice": [0.5, 20]},
        FRACTION,
        'choice[1]: found 20; expected a share between 0 and 1; did you mean "20%"?',
    ),
    ({"choice": [2, 3], "weight": [1]}, POSITIVE, "weight: no such key here; did you mean weights?"),
    # samples
    (
        {"samples": 5},
        POSITIVE,
        "samples: found 5; expected a list of numbers, or the name of a CSV file",
    ),
    ({"samples": []}, POSITIVE, "samples: found []; expected a list of numbers, or the name of a CSV file"),
    ({"samples": [1, "x"]}, POSITIVE, 'samples[1]: found "x"; expected a number'),
    ({"samples": [1, -2]}, POSITIVE, "samples[1]: found -2; expected 0 or more"),
    ({"samples": [1, math.nan]}, POSITIVE, "samples[1]: found nan; expected a finite number"),
    (
        {"samples": [1, 2], "column": "x"},
        POSITIVE,
        "column: no such key here; there are samples, smooth, min, max",
    ),
    ({"samples": [1, 2], "smooth": 1}, POSITIVE, "smooth: found 1; expected true or false"),
    ({"samples": "usage.csv"}, POSITIVE, "column is missing; there are day, calls, share, note"),
    (
        column("usage.csv", 3),
        POSITIVE,
        "column: found 3; expected the name of a column; there are day, calls, share, note",
    ),
    (column("usage.csv", "cals"), POSITIVE, 'usage.csv: no column "cals"; did you mean calls?'),
    (
        column("usage.csv", skip=3),
        POSITIVE,
        "skip: no such key here; there are samples, column, smooth, min, max",
    ),
    (column("usge.csv"), POSITIVE, 'samples: found "usge.csv"; no such file; did you mean usage.csv?'),
    (column("nowhere/x.csv"), POSITIVE, 'samples: found "nowhere/x.csv"; no such file'),
    (column("below"), POSITIVE, 'samples: found "below", a folder; expected a CSV file'),
    (column("usage.csv", "note"), POSITIVE, 'usage.csv:2: column note: found "a"; expected a number'),
    (
        column("usage.csv", "share"),
        FRACTION,
        'usage.csv:5: column share: found 1.5; expected a share between 0 and 1; did you mean "1.5%"?',
    ),
    (column("../usage.csv"), POSITIVE, f'samples: found "../usage.csv"; {INSIDE}'),
    (column("below/../usage.csv"), POSITIVE, f'samples: found "below/../usage.csv"; {INSIDE}'),
    (column("/etc/hostname"), POSITIVE, f'samples: found "/etc/hostname"; {INSIDE}'),
    (column("C:\\x.csv"), POSITIVE, f'samples: found "C:\\x.csv"; {INSIDE}'),
    (column("link.csv"), POSITIVE, f'samples: found "link.csv", a link that leads elsewhere; {INSIDE}'),
    (column("bad.csv"), POSITIVE, 'bad.csv:3: column calls: found "abc"; expected a number'),
    (column("empty.csv"), POSITIVE, "empty.csv: found an empty file; expected a line of column names"),
    (column("head.csv"), POSITIVE, "head.csv: column calls is empty; expected one number or more"),
    (
        column("semicolons.csv"),
        POSITIVE,
        "semicolons.csv: found columns parted by semicolons; expected commas",
    ),
    (column("quote.csv"), POSITIVE, "quote.csv:2: not CSV: unexpected end of data"),
    (column("latin.csv"), POSITIVE, "latin.csv: byte 8 is not UTF-8 text"),
    (column("nan.csv"), POSITIVE, "nan.csv:3: column calls: found nan; expected a finite number"),
    (column("short.csv"), POSITIVE, "short.csv:3: column calls: the cell is empty; expected a number"),
    (column("twice.csv"), POSITIVE, 'twice.csv: found 2 columns "calls"; expected one'),
    (column("negative.csv"), POSITIVE, "negative.csv:3: column calls: found -2; expected 0 or more"),
    # uncertain parameters
    (
        {"dist": "gamma", "a": "0 to 2"},
        POSITIVE,
        "a: found 0 to 2; the low end of an interval must be above 0 here (a log-normal never reaches 0): "
        "give a small positive number, or another family",
    ),
    (
        {"dist": "norm", "loc": 3, "scale": {"dist": "norm"}},
        REAL,
        "scale: norm() falls below 0 with probability 0.5; add min = 0",
    ),
    (
        {"dist": "gamma", "a": {"choice": [0, 2]}},
        POSITIVE,
        "gamma(a=0): SciPy's gamma does not exist at these parameters",
    ),
    (
        {"dist": "gamma", "a": {"p10": 1, "p90": 2}, "loc": "1 to 2", "scale": "1 to 2"},
        POSITIVE,
        "found 3 parameters that are uncertain themselves (a, loc, scale); expected at most 2: make one of "
        "them certain",
    ),
    (
        {"dist": "binom", "n": "5 to 9", "p": 0.5},
        POSITIVE,
        "binom(n=6.708, p=0.5): SciPy's binom does not exist at these parameters, which are possible here",
    ),
    (
        {"dist": "poisson", "mu": "1 to 3", "loc": "1 to 2"},
        POSITIVE,
        "loc: found norm(loc=1.5, scale=0.304); expected a number, since poisson is discrete",
    ),
    (
        {"dist": "gamma", "a": {"mixtur": [1]}},
        POSITIVE,
        f"a: found {{ mixtur = [1] }}; {EXPECTED}; did you mean mixture?",
    ),
    (
        {"low": "20 to 30", "high": "25 to 31"},
        POSITIVE,
        "low exceeds high with probability 0.18; move them further apart",
    ),
    (
        {"low": {"choice": [1, 5]}, "high": 4},
        POSITIVE,
        "low can be 5 where high is 4; move them further apart",
    ),
    (
        {"low": {"mixture": [0, "1 to 2"]}, "high": 4},
        POSITIVE,
        "low: mixture(0.5 of 0, 0.5 of lognorm(s=0.2107, scale=1.414)) is 0 with probability 0.5; an end "
        "must be above 0 here",
    ),
    # which notation?
    ({"sample": [1, 2]}, POSITIVE, f"found {{ sample = [1, 2] }}; {EXPECTED}; did you mean samples?"),
    ({"mixtures": [1, 2]}, POSITIVE, f"found {{ mixtures = [1, 2] }}; {EXPECTED}; did you mean mixture?"),
    ({"mean": 1, "sd": 3}, POSITIVE, f"found {{ mean = 1, sd = 3 }}; {EXPECTED}"),
    ({"min": 1, "max": 3}, POSITIVE, f"found {{ min = 1, max = 3 }}; {EXPECTED}"),
    ({}, POSITIVE, f"found {{ }}; {EXPECTED}"),
    ([1, 2], POSITIVE, "found [1, 2]; expected 0 or more, or any notation of an uncertain input"),
    (
        "1000001 to 1000000",
        POSITIVE,
        'found 1000001 to 1000000; the low end must be below the high end: write "1000000 to 1000001"',
    ),
    (
        "-1.7e308 to 1.7e308",
        REAL,
        "the ends of this interval are too close together or too large to compute with",
    ),
]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples") / "scenario"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / "latin.csv").write_bytes(b"calls,x\n\xff,2\n")
    (folder.parent / "outside.csv").write_text("calls\n1\n")
    (folder / "link.csv").symlink_to(folder.parent / "outside.csv")
    return folder


@pytest.mark.parametrize(("value", "quantity", "message"), MISTAKES, ids=lambda v: str(v)[:50])
def test_one_mistake_has_one_message(value: Any, quantity: Quantity, message: str, files: Path) -> None:
    with pytest.raises(NotationError) as refused:
        read(value, quantity, folder=files)
    assert str(refused.value) == message


@pytest.mark.parametrize(("value", "quantity", "message"), MISTAKES, ids=lambda v: str(v)[:50])
def test_a_scenario_has_one_problem_for_it(value: Any, quantity: Quantity, message: str, files: Path) -> None:
    if quantity != POSITIVE or "catalogue" in message:
        return
    with pytest.raises(ScenarioError) as refused:
        mcost.Scenario(
            files,
            title="One mistake",
            baseline="prompt",
            horizon_months=3,
            workload={"calls_per_month": 1000},
            strategies={
                "prompt": {
                    "price": {"input": 0.1, "output": 0.4},
                    "prompt_tokens": 9,
                    "setup_hours": value,
                }
            },
        )
    assert [problem.path for problem in refused.value.problems] == [("strategies", "prompt", "setup_hours")]


def test_samples_are_refused_where_there_is_no_folder() -> None:
    with pytest.raises(NotationError) as refused:
        read(column("usage.csv"), POSITIVE)
    assert str(refused.value) == (
        'samples: found "usage.csv"; a file of samples lies beside a scenario file, and this is read without '
        "one: give the numbers as a list"
    )


# --- numbers at the edge ----------------------------------------------------------------------------------


def test_zero_has_no_sign() -> None:
    for value in ("-0", -0.0, "-0.0", {"choice": [-0.0]}, {"samples": [-0.0]}):
        for domain in ("positive", "fraction", "real"):
            low, _ = read(value, Quantity("", domain)).support()
            assert math.copysign(1, low) == 1


@pytest.mark.parametrize(
    "value",
    [
        "1e300 to 1e305",
        {"low": 1, "high": 1.0000000000000002},
        {"dist": "norm", "loc": 1, "scale": 1e-320},
        {"dist": "lognorm", "s": 1e-17},
        {"low": 5, "high": 10, "min": 6},
        {"p10": 1e-300, "p90": 2e-300},
        {"mixture": ["1e-300 to 2e-300", "1e300 to 2e300"]},
        {"choice": [0, 1e308]},
        np.int64(3),
        np.float32(0.5),
    ],
    ids=str,
)
def test_extreme_numbers_give_finite_quantiles(value: Any) -> None:
    law = law_of(value)
    x = law.ppf(np.array([2.0**-54, 0.1, 0.5, 0.9]))
    assert np.isfinite(x).all()
    assert (np.diff(x) >= 0).all()
    assert (x >= 0).all()
    assert math.isfinite(law.mean())


@pytest.mark.parametrize("mu", [3, "2 to 4"])
def test_a_lattice_may_begin_between_whole_numbers(mu: Any) -> None:
    law = law_of({"dist": "poisson", "mu": mu, "loc": 0.1})
    plain = law_of({"dist": "poisson", "mu": mu})
    x = law.ppf(BLOCK)
    assert x == close(plain.ppf(BLOCK) + 0.1)
    assert (law.cdf(x) >= BLOCK - 1e-12).all()
    assert law.density(np.unique(x)) == close(plain.density(np.unique(plain.ppf(BLOCK))))


def test_what_varies_beyond_computing_is_refused() -> None:
    with pytest.raises(NotationError, match="varies too much with its parameters"):
        law_of({"dist": "skellam", "mu1": 1, "mu2": {"dist": "geom", "p": 0.3}}, REAL)
    with pytest.raises(NotationError, match=r"^low: found 0; an end must be above 0 here$"):
        law_of({"low": 0, "high": "10 to 30"})
    with pytest.raises(NotationError, match=r"^high: found 1; an end must be below 1 here$"):
        law_of({"low": "10% to 30%", "high": 1}, FRACTION)


def test_notations_may_not_nest_without_end() -> None:
    value: Any = 1
    for _ in range(40):
        value = {"mixture": [value, 2]}
    with pytest.raises(NotationError, match="found more than 8 notations within one another"):
        law_of(value)
