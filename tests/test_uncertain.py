"""The notation of an uncertain input: what is read as what, and what is refused with which words."""

import math
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special, stats
from scipy.stats import _distr_params

from mcost.errors import NotationError
from mcost.families import Family
from mcost.law import Certain, Law
from mcost.truncated import Truncated
from mcost.uncertain import Quantity, read, uncertain

REAL = Quantity("", "real")
MIDDLE = np.array([0.03, 0.25, 0.5, 0.8, 0.97])

# Φ⁻¹((1 + credibility)/2), by credibility
Z = {
    0.5: 0.6744897501960817,
    0.8: 1.2815515655446004,
    0.9: 1.6448536269514722,
    0.95: 1.959963984540054,
    0.99: 2.5758293035489004,
}


def close(x: Any, rel: float = 1e-12) -> Any:
    return pytest.approx(x, rel=rel, abs=0)


def refusal(value: Any, domain: Any = "positive", unit: str = "", **more: Any) -> str:
    with pytest.raises(NotationError) as refused:
        uncertain(value, domain, unit=unit, **more)
    return str(refused.value)


# --- intervals: the normal on the domain's natural scale ---------------------------------------------------


@pytest.mark.parametrize("credibility", Z)
@pytest.mark.parametrize(("low", "high"), [(20, 40), (0.001, 1000), (1e-9, 2e-9), (3e6, 3.1e6)])
def test_an_interval_of_a_positive_input_is_log_normal(low: float, high: float, credibility: float) -> None:
    law = read({"low": low, "high": high, "credibility": credibility}, Quantity(""))
    mu = (math.log(low) + math.log(high)) / 2
    sigma = (math.log(high) - math.log(low)) / (2 * Z[credibility])
    z = np.linspace(-2, 2, 9)
    assert law.ppf(special.ndtr(z)) == close(np.exp(mu + sigma * z))
    assert law.ppf(np.array([(1 - credibility) / 2, (1 + credibility) / 2])) == close([low, high])
    assert law.mean() == close(math.exp(mu + sigma**2 / 2))
    assert law.support() == (0, math.inf)


@pytest.mark.parametrize("credibility", Z)
@pytest.mark.parametrize(("low", "high"), [(-0.01, 0.06), (-3, -2), (1, 1e6), (-1e-9, 1e-9)])
def test_an_interval_of_a_real_input_is_normal(low: float, high: float, credibility: float) -> None:
    law = read({"low": low, "high": high, "credibility": credibility}, REAL)
    mu, sigma = (low + high) / 2, (high - low) / (2 * Z[credibility])
    z = np.array([-2, -1, 1, 2])
    assert law.ppf(special.ndtr(z)) == pytest.approx(mu + sigma * z, rel=1e-12, abs=1e-12 * sigma)
    assert law.mean() == mu
    assert law.support() == (-math.inf, math.inf)


@pytest.mark.parametrize("credibility", Z)
@pytest.mark.parametrize(("low", "high"), [(0.2, 0.6), (0.005, 0.02), (0.5, 0.999), (1e-6, 0.9)])
def test_an_interval_of_a_fraction_is_logit_normal(low: float, high: float, credibility: float) -> None:
    law = read({"low": low, "high": high, "credibility": credibility}, Quantity("", "fraction"))
    mu = (special.logit(low) + special.logit(high)) / 2
    sigma = (special.logit(high) - special.logit(low)) / (2 * Z[credibility])
    z = np.linspace(-2, 2, 9)
    assert law.ppf(special.ndtr(z)) == close(special.expit(mu + sigma * z))
    assert law.ppf(np.array([(1 - credibility) / 2, (1 + credibility) / 2])) == close([low, high])
    assert law.support() == (0, 1)
    # E = ∫ expit(mu + sigma z) φ(z) dz
    mean, _ = integrate.quad(
        lambda z: special.expit(mu + sigma * z) * math.exp(-z * z / 2) / math.sqrt(2 * math.pi),
        -12,
        12,
        points=[-mu / sigma],
        epsabs=1e-14,
        epsrel=1e-13,
        limit=400,
    )
    assert law.mean() == close(mean, rel=1e-9)


def test_the_text_of_an_interval_holds_what_the_scenario_says_it_holds() -> None:
    for credibility in Z:
        for domain, low, high in (("positive", 20, 40), ("fraction", 0.2, 0.4), ("real", -1, 3)):
            said = uncertain(f"{low} to {high}", domain, credibility=credibility)
            table = uncertain({"low": low, "high": high, "credibility": credibility}, domain, credibility=0.6)
            ends = [(1 - credibility) / 2, (1 + credibility) / 2]
            assert said.ppf(ends) == close([low, high])
            assert table.ppf(MIDDLE) == close(said.ppf(MIDDLE))


@pytest.mark.parametrize(
    ("text", "domain", "unit", "low", "high"),
    [
        ("20 to 40", "positive", "", 20, 40),
        ("  20   to\n 40 ", "positive", "", 20, 40),
        (".5 to .9", "positive", "", 0.5, 0.9),
        ("1e3 to 2.5e+3", "positive", "", 1000, 2500),
        ("80_000 to 120_000", "positive", "calls a month", 80_000, 120_000),
        ("2M to 4M", "positive", "calls a month", 2e6, 4e6),
        ("80k to 120K calls a month", "positive", "calls a month", 80_000, 120_000),
        ("900 to 1.5k", "positive", "tokens", 900, 1500),
        ("$1.5k to $3k", "positive", "USD", 1500, 3000),
        ("$ 1_500 to $3_000", "positive", "USD", 1500, 3000),
        ("1.5k to 3k dollars", "positive", "USD", 1500, 3000),
        ("50 to 90 USD", "positive", "USD an hour", 50, 90),
        ("$55 to $144 USD an hour", "positive", "USD an hour", 55, 144),
        ("20% to 60%", "fraction", "share", 0.2, 0.6),
        ("20 % to 60 %", "fraction", "share", 0.2, 0.6),
        ("0.5% to 0.02", "fraction", "share", 0.005, 0.02),
        ("130% to 150%", "positive", "times", 1.3, 1.5),
        ("8% to 12% a year", "positive", "a year", 0.08, 0.12),
        ("-2% to 3%", "real", "a month", -0.02, 0.03),
        ("−2% to +3% a month", "real", "a month", -0.02, 0.03),
        ("6 to 18 months", "positive", "months", 6, 18),
        ("20 to 40 h", "positive", "hours", 20, 40),
        ("20 to 40 Engineer Hours", "positive", "hours", 20, 40),
        ("5 to 10 hours a month", "positive", "hours a month", 5, 10),
        ("1 to 4 times a year", "positive", "events a year", 1, 4),
    ],
)
def test_numbers_as_people_write_them(text: str, domain: Any, unit: str, low: float, high: float) -> None:
    assert uncertain(text, domain, unit=unit).ppf([0.05, 0.95]) == close([low, high])


@pytest.mark.parametrize(
    ("value", "domain", "unit", "expected"),
    [
        (3000, "positive", "tokens", 3000),
        (0, "positive", "tokens", 0),
        (0.0, "fraction", "share", 0),
        (1, "fraction", "share", 1),
        (-0.02, "real", "a month", -0.02),
        ("3_000", "positive", "tokens", 3000),
        ("3k", "positive", "tokens", 3000),
        ("$0.15", "positive", "USD per million tokens", 0.15),
        ("-$5", "real", "USD", -5),
        ("25%", "fraction", "share", 0.25),
        ("100%", "fraction", "share", 1),
        ("4 hours", "positive", "hours", 4),
        ("2M", "positive", "calls a month", 2e6),
    ],
)
def test_one_number_is_certain(value: Any, domain: Any, unit: str, expected: float) -> None:
    law = read(value, Quantity(unit, domain))
    assert law == Certain(expected)
    assert law.certain
    assert (law.mean(), law.support()) == (expected, (expected, expected))


def test_ends_and_bounds_of_a_table_are_read_as_text_is() -> None:
    said = uncertain({"low": "$1.5k", "high": "3_000", "max": "$9k"}, unit="USD")
    assert said.ppf(MIDDLE) == close(uncertain({"low": 1500, "high": 3000, "max": 9000}).ppf(MIDDLE))
    shares = uncertain({"low": "20%", "high": "60%", "min": "10%"}, "fraction")
    assert shares.ppf(MIDDLE) == close(
        uncertain({"low": 0.2, "high": 0.6, "min": 0.1}, "fraction").ppf(MIDDLE)
    )
    family = uncertain({"dist": "gamma", "a": "2", "scale": "3k"})
    assert family.ppf(MIDDLE) == close(stats.gamma(a=2, scale=3000).ppf(MIDDLE))


@pytest.mark.parametrize(
    ("value", "domain", "unit", "message"),
    [
        ("300-500", "positive", "", 'found "300-500"; write an interval as "300 to 500"'),
        ("300 – 500", "positive", "", 'found "300 – 500"; write an interval as "300 to 500"'),
        ("$1k—$2k", "positive", "USD", 'found "$1k—$2k"; write an interval as "$1k to $2k"'),
        ("20..40 hours", "positive", "hours", 'found "20..40 hours"; write an interval as "20 to 40"'),
        ("1,500", "positive", "", 'found "1,500"; write thousands with _, "1_500"'),
        (
            "1 to 5%",
            "fraction",
            "",
            'found "1 to 5%": does % belong to both ends? Write it at each, "1% to 5%"',
        ),
        (
            "2 to 4M",
            "positive",
            "",
            'found "2 to 4M": does M belong to both ends? Write it at each, "2M to 4M"',
        ),
        ("", "real", "", 'found ""; expected a number, or an interval such as "20 to 40"'),
        ("twenty", "real", "", 'found "twenty"; expected a number, or an interval such as "20 to 40"'),
        ("20 to", "real", "", 'found "20 to"; expected a number, or an interval such as "20 to 40"'),
        ("--5", "real", "", 'found "--5"; expected a number, or an interval such as "20 to 40"'),
        ("+-5 to 7", "real", "", 'found "+-5 to 7"; expected a number, or an interval such as "20 to 40"'),
        (
            "6 to 18 weeks",
            "positive",
            "months",
            'found "6 to 18 weeks", but this is in months; write "6 to 18" converted to it',
        ),
        ("5 hours", "real", "", 'found "5 hours", but this has no unit; write "5" converted to it'),
        ("$6", "positive", "hours", 'found "$6", but this is in hours, not in dollars'),
        ("6%", "positive", "hours", 'found "6%", but this is in hours, not a percentage'),
        ("1e999", "real", "", "found inf; expected a finite number"),
        ("5 to 2", "positive", "", 'found 5 to 2; the low end must be below the high end: write "2 to 5"'),
        (
            "5 to 5",
            "real",
            "",
            "found 5 to 5; the low end must be below the high end; write the number alone",
        ),
        (
            "0 to 5",
            "positive",
            "",
            "found 0 to 5; the low end of an interval must be above 0 here (a log-normal never reaches 0): "
            "give a small positive number, or another family",
        ),
        ("20% to 100%", "fraction", "", "found 0.2 to 1; both ends must lie between 0 and 1"),
        (
            "20 to 60",
            "fraction",
            "",
            'found 20 to 60; both ends must lie between 0 and 1; did you mean "20% to 60%"?',
        ),
        (-1, "positive", "hours", "found -1; expected 0 or more"),
        (1.5, "fraction", "", 'found 1.5; expected a share between 0 and 1; did you mean "1.5%"?'),
        (150, "fraction", "", "found 150; expected a share between 0 and 1"),
        (math.nan, "real", "", "found nan; expected a finite number"),
        (-math.inf, "real", "", "found -inf; expected a finite number"),
        (10**400, "real", "", "found a whole number of more than 60 digits; expected a finite number"),
        (
            True,
            "positive",
            "hours",
            "found true; expected 0 or more in hours, or any notation of an uncertain input",
        ),
        (
            None,
            "fraction",
            "",
            "found None; expected a share between 0 and 1, or any notation of an uncertain input",
        ),
        ({"low": 2}, "positive", "", "found { low = 2 }; high is missing"),
        ({"high": 2}, "positive", "", "found { high = 2 }; low is missing"),
        (
            {"low": 2, "high": 3, "credability": 0.8},
            "positive",
            "",
            "credability: no such key here; did you mean credibility?",
        ),
        (
            {"low": 2, "high": 3, "credibility": 80},
            "positive",
            "",
            "credibility: found 80; expected a share between 0 and 1, such as 0.9",
        ),
        ({"low": "a", "high": 3}, "positive", "", 'low: found "a"; expected a number'),
        (
            {"low": [2], "high": 3},
            "positive",
            "",
            "low: found [2]; expected 0 or more, or any notation of an uncertain input",
        ),
        (
            {"low": 2, "high": 3, "min": 9, "max": 9},
            "positive",
            "",
            "found min = 9, max = 9; min must be below max",
        ),
        (
            {"dist": "gama", "a": 2},
            "positive",
            "",
            'found dist = "gama"; expected a distribution of scipy.stats; did you mean gamma?',
        ),
        (
            {"dist": "rv_continuous"},
            "positive",
            "",
            'found dist = "rv_continuous"; expected a distribution of scipy.stats',
        ),
        ({"dist": "gamma"}, "positive", "", "gamma needs a (its parameters: a, loc, scale)"),
        ({"dist": "poisson"}, "positive", "", "poisson needs mu (its parameters: mu, loc)"),
        (
            {"dist": "gamma", "a": 2, "scale": 0},
            "positive",
            "",
            "gamma(a=2, scale=0): SciPy's gamma does not exist at these parameters",
        ),
        (
            {"dist": "pareto", "b": -1},
            "positive",
            "",
            "pareto(b=-1): SciPy's pareto does not exist at these parameters",
        ),
        (
            {"dist": "norm", "loc": 5, "min": 90},
            "real",
            "",
            "min and max keep nothing of norm(loc=5); widen them, or move the distribution",
        ),
        (
            {"dist": "norm", "min": 5},
            "real",
            "",
            # P(X >= 5) = 2.9e-7
            "min and max keep less than 1e-06 of norm(); widen them, or move the distribution",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_mend(
    value: Any, domain: Any, unit: str, message: str
) -> None:
    assert refusal(value, domain, unit) == message


def test_an_unknown_domain_is_refused() -> None:
    assert refusal(3, "money") == 'found domain "money"; expected one of real, positive, fraction'


@pytest.mark.parametrize("credibility", [1e-320, 1 - 2**-53])
def test_a_credibility_too_near_to_0_or_1_is_a_mistake_like_any_other(credibility: float) -> None:
    refusal({"low": 2, "high": 3, "credibility": credibility})


@pytest.mark.parametrize("table", [{1: 2}, {"dist": "norm", 1: 2}, {"low": 1, "high": 2, None: 3}])
def test_a_key_that_is_no_text_is_a_mistake_like_any_other(table: Any) -> None:
    refusal(table)


odd_amounts = st.tuples(
    st.sampled_from(["", "", "", "-", "−", "+", "$", "--", "+-", "-$", "$-"]),
    st.sampled_from(["20", "5", "0", "1e999", "1e-999", ".5", "5.", "1_", "1,000", "٣", "²", "", "0x10"]),
    st.sampled_from(["", "", "", "%", "k", "M", " %", "%%", "m", " hours", " a year"]),
).map("".join)
between = st.sampled_from([" to ", " to ", "to", "-", " – ", "..", " TO ", " "])
odd_texts = st.one_of(
    odd_amounts, st.tuples(odd_amounts, between, odd_amounts).map("".join), st.text(max_size=10)
)
odd_numbers = st.one_of(
    st.floats(),
    st.sampled_from([0, 1, -1, 0.5, 1.5, 1e300, 1e-300, 5e-324, 10**400, True, None, math.nan, math.inf]),
)
odd_values = st.one_of(odd_numbers, odd_texts)
notations = st.one_of(
    odd_values,
    st.dictionaries(st.sampled_from(["low", "high", "credibility", "min", "max", "x"]), odd_values),
    st.builds(
        lambda name, more: {"dist": name, **more},
        st.sampled_from(
            ["norm", "lognorm", "gamma", "beta", "uniform", "weibull_min", "t", "pareto", "gama"]
        ),
        st.dictionaries(
            st.sampled_from(["loc", "scale", "a", "b", "c", "s", "df", "min", "max"]),
            st.one_of(odd_values, st.floats(0, 3)),
        ),
    ),
)


@settings(derandomize=True, deadline=None, database=None, max_examples=1500)
@given(notations, st.sampled_from(["real", "positive", "fraction"]), st.sampled_from(["", "hours", "USD"]))
def test_any_notation_is_read_or_refused(value: Any, domain: Any, unit: str) -> None:
    try:
        law = read(value, Quantity(unit, domain))
    except NotationError:
        return
    assert math.isfinite(law.mean())
    assert law.support()[0] <= law.support()[1]
    assert domain == "real" or law.cdf(-1e-9) == 0
    assert domain != "fraction" or law.cdf(1) == 1


# --- every family of SciPy by its own name and parameters --------------------------------------------------

# Quantiles of these take a second and more each.
SLOW = {"ksone", "kstwo", "studentized_range", "levy_stable"}
# A mean of these by quadrature of their quantiles takes seconds.
SLOW_MEAN = {"argus", "dpareto_lognorm", "exponnorm", "gausshyper", "genhyperbolic", "geninvgauss"}
SLOW_MEAN |= {"irwinhall", "norminvgauss", "recipinvgauss", "rel_breitwigner", "vonmises", "vonmises_line"}
# Shapes at which the mean is infinite or does not exist.
NO_MEAN = {
    "alpha": (3.5,),
    "cauchy": (),
    "foldcauchy": (4.7,),
    "halfcauchy": (),
    "kappa3": (1.0,),
    "landau": (),
    "levy": (),
    "levy_l": (),
    "skewcauchy": (0.5,),
}


def _families() -> list[Any]:
    """Every family of scipy.stats with shapes at which SciPy tests it."""
    listed = {}
    for name, shapes in (*_distr_params.distcont, *_distr_params.distdiscrete):
        if isinstance(name, str):
            listed.setdefault(name, shapes)
    listed["kappa4"] = (0.0, 0.1)
    known = {n for n, f in vars(stats).items() if isinstance(f, stats.rv_continuous | stats.rv_discrete)}
    assert listed.keys() == known
    return [pytest.param(name, shapes, id=name) for name, shapes in listed.items()]


FAMILIES = _families()
QUICK = [family for family in FAMILIES if family.values[0] not in SLOW]


def table_of(name: str, shapes: Any) -> dict[str, Any]:
    family = getattr(stats, name)
    names = [part.strip() for part in family.shapes.split(",")] if family.shapes else []
    return {"dist": name, **dict(zip(names, shapes, strict=True))}


@pytest.mark.parametrize(("name", "shapes"), FAMILIES)
def test_every_family_is_read_as_scipy_has_it_or_refused_for_its_mean(name: str, shapes: Any) -> None:
    table = table_of(name, shapes)
    if name in NO_MEAN:
        said = ", ".join(f"{key}={value:.4g}" for key, value in table.items() if key != "dist")
        assert refusal(table, "real") == (
            f"the mean of {name}({said}) is not finite, so no expected cost exists; "
            "bound it (min = …, max = …) or choose a family with lighter tails"
        )
        return
    law = read(table, REAL)
    u = np.array([0.5]) if name in SLOW else MIDDLE
    own = getattr(stats, name)(*shapes)
    assert law.ppf(u) == close(own.ppf(u))
    assert law.support() == own.support()
    if name not in SLOW:
        low, high = law.support()
        assert low <= law.mean() <= high
        # SciPy's own means by quadrature (johnsonsb, powerlognorm …) are good to 1e-8 or so.
        assert law.mean() == pytest.approx(own.mean(), rel=1e-8, abs=1e-12)


@pytest.mark.parametrize("name", ["norm", "lognorm", "gamma", "beta", "t", "logistic", "genextreme"])
def test_loc_and_scale_are_scipys_own(name: str) -> None:
    shapes = dict(_distr_params.distcont)[name]
    law = read({**table_of(name, shapes), "loc": 7.5, "scale": 2.5}, REAL)
    assert law.ppf(MIDDLE) == close(getattr(stats, name)(*shapes, loc=7.5, scale=2.5).ppf(MIDDLE))


@pytest.mark.parametrize(
    ("name", "shapes"),
    [
        ("pareto", (1.0,)),
        ("pareto", (0.5,)),
        ("lomax", (1.0,)),
        ("lomax", (0.4,)),
        ("t", (1.0,)),
        ("t", (0.5,)),
        ("nct", (1.0, 0.5)),
        ("f", (3.0, 2.0)),
        ("ncf", (5.0, 2.0, 1.0)),
        ("invgamma", (1.0,)),
        ("invgamma", (0.5,)),
        ("invweibull", (1.0,)),
        ("invweibull", (0.7,)),  # SciPy says Γ(1 - 1/0.7) = -3.64, though all values are positive
        ("gengamma", (1.0, -0.7)),  # the same family by another name
        ("genpareto", (1.0,)),
        ("genpareto", (2.0,)),
        ("genextreme", (-1.0,)),
        ("genextreme", (-2.0,)),
        ("betaprime", (2.0, 1.0)),
        ("burr", (1.0, 2.0)),
        ("burr12", (0.5, 2.0)),
        ("fisk", (1.0,)),
        ("mielke", (2.0, 1.0)),
        ("loglaplace", (1.0,)),
        ("levy_stable", (1.0, 0.0)),
        ("levy_stable", (0.8, 0.5)),
        ("tukeylambda", (-1.0,)),  # SciPy says 0; ∫ u^-1 du has no end
        ("tukeylambda", (-2.0,)),
        ("kappa3", (0.5,)),
        ("crystalball", (1.0, 2.0)),
        ("jf_skew_t", (0.9, 0.5)),
        ("zipf", (2.0,)),
        ("yulesimon", (1.0,)),
        ("betanbinom", (5, 1.0, 2.0)),
    ],
)
def test_a_mean_that_is_infinite_or_undefined_is_refused(name: str, shapes: Any) -> None:
    table = table_of(name, shapes)
    said = ", ".join(f"{key}={value:.4g}" for key, value in table.items() if key != "dist")
    assert refusal(table, "real") == (
        f"the mean of {name}({said}) is not finite, so no expected cost exists; "
        "bound it (min = …, max = …) or choose a family with lighter tails"
    )


def test_bounds_make_a_mean_finite() -> None:
    # Cauchy on 0 to 10: E = (ln(1 + 10²)/2) / atan(10)
    assert read({"dist": "cauchy", "min": 0, "max": 10}, REAL).mean() == close(
        math.log(101) / 2 / math.atan(10), rel=1e-6
    )
    # Pareto with b = 1 on 1 to 9: E = ln 9 / (1 - 1/9)
    assert read({"dist": "pareto", "b": 1, "max": 9}, Quantity("")).mean() == close(
        math.log(9) * 9 / 8, rel=1e-6
    )
    for one_side in ({"min": 0}, {"max": 10}):
        assert "is not finite" in refusal({"dist": "cauchy", **one_side}, "real")


# --- domains ----------------------------------------------------------------------------------------------


def p_of(x: float) -> str:
    return f"{x:.2g}"


@pytest.mark.parametrize(
    ("table", "domain", "message"),
    [
        (
            {"dist": "norm", "loc": 30, "scale": 10},
            "positive",
            # Φ(-3) = 0.00135
            "norm(loc=30, scale=10) falls below 0 with probability 0.0013; add min = 0",
        ),
        (
            {"dist": "norm", "loc": 0.9, "scale": 0.1, "min": 0},
            "fraction",
            # 1 - Φ(1) = 0.159
            "norm(loc=0.9, scale=0.1), 0 and more only exceeds 1 with probability 0.16; add max = 1",
        ),
        (
            {"dist": "uniform", "loc": -1, "scale": 4},
            "positive",
            "uniform(loc=-1, scale=4) falls below 0 with probability 0.25; add min = 0",
        ),
        (
            {"dist": "logistic"},
            "positive",
            "logistic() falls below 0 with probability 0.5; add min = 0",
        ),
        (
            {"dist": "binom", "n": 3, "p": 0.5, "loc": -1},
            "positive",
            # P(X = -1) = 1/8
            "binom(n=3, p=0.5, loc=-1) falls below 0 with probability 0.12; add min = 0",
        ),
        (
            {"dist": "binom", "n": 3, "p": 0.5, "loc": -0.5},
            "positive",
            # P(X = -0.5) = 1/8
            "binom(n=3, p=0.5, loc=-0.5) falls below 0 with probability 0.12; add min = 0",
        ),
        (
            {"dist": "skellam", "mu1": 5, "mu2": 1},
            "positive",
            f"skellam(mu1=5, mu2=1) falls below 0 with probability {p_of(stats.skellam(5, 1).cdf(-1))}; "
            "add min = 0",
        ),
        (
            {"dist": "randint", "low": 0, "high": 4},
            "fraction",
            # 2 and 3 of 0, 1, 2, 3
            "randint(low=0, high=4) exceeds 1 with probability 0.5; add max = 1",
        ),
        (
            {"dist": "expon", "scale": 0.5},
            "fraction",
            # exp(-2) = 0.135
            "expon(scale=0.5) exceeds 1 with probability 0.14; add max = 1",
        ),
    ],
)
def test_a_law_that_leaves_its_domain_is_refused_with_the_probability(
    table: Any, domain: Any, message: str
) -> None:
    assert refusal(table, domain) == message


@pytest.mark.parametrize(
    ("table", "domain"),
    [
        ({"dist": "uniform"}, "fraction"),
        ({"dist": "randint", "low": 0, "high": 2}, "fraction"),
        ({"dist": "poisson", "mu": 3}, "positive"),
        ({"dist": "norm", "loc": 100}, "positive"),  # Φ(-100) is 0 to the computer
        ({"dist": "norm", "min": 0}, "positive"),
        ({"dist": "norm", "min": 0, "max": 1}, "fraction"),
        ({"dist": "binom", "n": 3, "p": 0.5, "loc": -1, "min": 0}, "positive"),
    ],
)
def test_a_law_may_fill_its_domain_to_the_edge(table: Any, domain: Any) -> None:
    low, high = read(table, Quantity("", domain)).support()
    assert low >= 0 or table.get("loc") == 100
    assert high <= 1 or domain == "positive"


LIMITS = {
    "above": Quantity("months", above=0.0, why="it never passes"),
    "at_least": Quantity("attempts", at_least=1.0, why="tried at least once"),
    "below": Quantity("share", "fraction", below=1.0, why="never done"),
}


@pytest.mark.parametrize(
    ("limit", "value", "message"),
    [
        ("above", 0, "found 0; expected more than 0: it never passes"),
        (
            "above",
            {"dist": "poisson", "mu": 3},
            # exp(-3) = 0.0498
            "poisson(mu=3) falls to 0 or below with probability 0.05; it never passes",
        ),
        ("at_least", 0.5, "found 0.5; expected 1 or more: tried at least once"),
        (
            "at_least",
            {"dist": "uniform", "scale": 4},
            "uniform(scale=4) falls below 1 with probability 0.25; tried at least once",
        ),
        ("below", 1, "found 1; expected less than 1: never done"),
        (
            "below",
            {"dist": "binom", "n": 1, "p": 0.2},
            "binom(n=1, p=0.2) reaches 1 or more with probability 0.2; never done",
        ),
    ],
)
def test_limits_of_one_quantity(limit: str, value: Any, message: str) -> None:
    with pytest.raises(NotationError) as refused:
        read(value, LIMITS[limit])
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("limit", "value"),
    [
        ("above", "1 to 3"),
        ("above", {"dist": "poisson", "mu": 3, "min": 1}),
        ("at_least", 1),
        ("at_least", {"dist": "geom", "p": 0.5}),
        ("below", {"dist": "uniform"}),
        ("below", "1% to 99%"),
    ],
)
def test_a_limit_may_be_approached(limit: str, value: Any) -> None:
    assert read(value, LIMITS[limit]).mean() > 0


# --- bounds truncate; they never clamp --------------------------------------------------------------------


@pytest.mark.parametrize(("name", "shapes"), QUICK)
def test_bounds_renormalise_every_family(name: str, shapes: Any) -> None:
    own = getattr(stats, name)(*shapes)
    discrete = not hasattr(own.dist, "pdf")
    low, high = (float(x) for x in own.ppf([0.2, 0.85]))
    if discrete:
        high = max(high, low + 1)
    table = table_of(name, shapes)
    if name in SLOW_MEAN:
        table.pop("dist")
        law: Law = Truncated(Family(name, tuple(table.items())), low, high)
    else:
        law = read({**table, "min": low, "max": high}, REAL)
    below = own.cdf(low - 1) if discrete else own.cdf(low)
    mass = own.cdf(high) - below
    assert law.ppf(MIDDLE) == close(np.clip(own.ppf(below + mass * MIDDLE), low, high))
    assert law.support() == (low, high)
    inside = np.arange(low, high + 1) if discrete else np.linspace(low, high, 7)
    assert law.cdf(inside) == pytest.approx((own.cdf(inside) - below) / mass, rel=1e-9, abs=1e-12)
    assert list(law.cdf(np.array([low - 1.5, high, high + 1]))) == [0, 1, 1]
    if discrete:
        points = np.arange(low, high + 1)
        share = own.pmf(points) / own.pmf(points).sum()
        assert law.mean() == pytest.approx(np.sum(points * share), rel=1e-9, abs=1e-12)
        for u in MIDDLE:
            assert law.ppf(u) == points[np.searchsorted(np.cumsum(share), u - 1e-12)]
    else:
        assert name in SLOW_MEAN or low < law.mean() < high
        assert law.cdf(law.ppf(MIDDLE)) == pytest.approx(MIDDLE, abs=1e-7)


@pytest.mark.parametrize(
    ("table", "own"),
    [
        ({"dist": "norm", "loc": 30, "scale": 10, "min": 0}, stats.truncnorm(-3, np.inf, 30, 10)),
        ({"dist": "norm", "loc": 30, "scale": 10, "max": 25}, stats.truncnorm(-np.inf, -0.5, 30, 10)),
        ({"dist": "norm", "loc": 30, "scale": 10, "min": 0, "max": 40}, stats.truncnorm(-3, 1, 30, 10)),
        ({"dist": "norm", "min": 2}, stats.truncnorm(2, np.inf)),
        ({"dist": "norm", "min": 4}, stats.truncnorm(4, np.inf)),
        ({"dist": "norm", "max": -2}, stats.truncnorm(-np.inf, -2)),
        ({"dist": "expon", "scale": 2, "max": 3}, stats.truncexpon(1.5, scale=2)),
        ({"dist": "expon", "min": 3}, stats.expon(loc=3)),  # it has no memory
        ({"dist": "weibull_min", "c": 1.5, "min": 0.5, "max": 2}, stats.truncweibull_min(1.5, 0.5, 2)),
        ({"dist": "pareto", "b": 1.5, "max": 8}, stats.truncpareto(1.5, 8)),
        ({"dist": "pareto", "b": 2.5, "min": 4}, stats.pareto(2.5, scale=4)),
        ({"dist": "uniform", "loc": 2, "scale": 8, "min": 4, "max": 7}, stats.uniform(4, 3)),
        ({"dist": "beta", "a": 1, "b": 3, "min": 0.5}, stats.beta(1, 3, loc=0.5, scale=0.5)),
        ({"dist": "powerlaw", "a": 2, "max": 0.3}, stats.powerlaw(2, scale=0.3)),
    ],
)
def test_truncation_is_scipys_own_where_scipy_has_it(table: Any, own: Any) -> None:
    law = read(table, REAL)
    # 1e-11: at min = 4 the law keeps 3e-5 of the normal, and with it as much of its last digits.
    assert law.ppf(MIDDLE) == close(own.ppf(MIDDLE), rel=1e-11)
    x = own.ppf(MIDDLE)
    assert law.cdf(x) == close(own.cdf(x), rel=1e-10)
    assert law.mean() == close(own.mean(), rel=1e-6)
    assert law.frozen().pdf(x) == close(own.pdf(x), rel=1e-10)


@pytest.mark.parametrize("least", [1, 15, 28, 40, 60, 70])
def test_an_interval_with_a_least_value_has_the_mean_of_a_truncated_log_normal(least: float) -> None:
    mu, sigma = math.log(20 * 40) / 2, math.log(2) / (2 * Z[0.9])
    # E[X | X >= a] = exp(mu + σ²/2) Φ(σ - α)/Φ(-α), α = (ln a - mu)/σ
    alpha = (math.log(least) - mu) / sigma
    expected = math.exp(mu + sigma**2 / 2) * special.ndtr(sigma - alpha) / special.ndtr(-alpha)
    assert read({"low": 20, "high": 40, "min": least}, Quantity("")).mean() == close(expected, rel=1e-8)


def test_a_truncated_count_is_renormalised() -> None:
    # Poisson without its zeros: P(1) = mu e^-mu/(1 - e^-mu), E = mu/(1 - e^-mu)
    some = read({"dist": "poisson", "mu": 3, "min": 0.5}, REAL)
    assert some.mean() == close(3 / -math.expm1(-3))
    assert some.cdf(1) == close(3 * math.exp(-3) / -math.expm1(-3))
    assert some.frozen().pmf([0, 1, 2]) == close([0, *(stats.poisson(3).pmf([1, 2]) / -math.expm1(-3))])
    # at least 4 throws until the first six: 3 + 1/(1/6)
    assert read({"dist": "geom", "p": 1 / 6, "min": 4}, REAL).mean() == close(9)
    # a bound between two points: 0 to 3 of the hypergeometric
    own = stats.hypergeom(20, 7, 12)
    few = read({"dist": "hypergeom", "M": 20, "n": 7, "N": 12, "max": 3.5}, REAL)
    assert few.cdf(2) == close(own.cdf(2) / own.cdf(3))
    # one point is left
    assert read({"dist": "binom", "n": 9, "p": 0.3, "min": 2.5, "max": 3.5}, REAL).support() == (3, 3)


def test_a_count_with_a_long_tail_is_truncated_in_time() -> None:
    # Zipf with a = 3.5 without its ones: (ζ(2.5) - 1)/(ζ(3.5) - 1)
    code = (
        "from mcost.uncertain import Quantity, read; "
        "print(read({'dist': 'zipf', 'a': 3.5, 'min': 2}, Quantity('')).mean())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=15, check=True
    )
    assert float(done.stdout) == close((special.zeta(2.5) - 1) / (special.zeta(3.5) - 1), rel=1e-6)
