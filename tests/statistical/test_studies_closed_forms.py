"""What a study is worth, against conjugate priors whose preposterior can be summed by hand."""

import math

import numpy as np
import pytest
from closed_form import PLAIN, ClosedForm, worth
from scenes import FREE, Z95, cap_phi, own_cost, phi, scene
from scipy import integrate, stats

import mcost
from mcost.studies import PILOT_EXAMPLES, WEEKS_A_MONTH, StudyWorth, studies

FIXED = 100.0


def only_study(data: dict[str, object], seed: int) -> StudyWorth:
    (found,) = studies(mcost.run(data, draws=16_384, seed=seed))
    return found


def rival(driver: str, amount: object, **more: object) -> dict[str, object]:
    return {**FREE, "costs": [own_cost(driver, amount)], **more}


@pytest.mark.parametrize("n", [1, 4, 40])
def test_a_measured_cost(closed_form: ClosedForm, seed: int, n: int) -> None:
    """ln x ~ N(ln 100, s²) and a study of n logs scattered as widely: ln x given it keeps s²/(n + 1), so its
    mean is log-normal of log-variance v = s² n/(n + 1), and E[max(0, m - K)] is the formula of an option."""
    s = math.log(140 / 100) / Z95
    mean, v = 100 * math.exp(s * s / 2), s * s * n / (n + 1)
    d = (math.log(mean / FIXED) + v / 2) / math.sqrt(v)
    call = mean * cap_phi(d) - FIXED * cap_phi(d - math.sqrt(v))
    data = scene(
        12,
        {"a": rival("once", {"low": 100 / 1.4, "high": 140}), "b": rival("once", FIXED)},
        baseline="a",
        studies=[{"name": "measure", "of": "strategies.a.costs.own", "n": n}],
    )
    del data["strategies"]["prompt"]
    found = only_study(data, seed)
    closed_form(
        "EVSI",
        "call(E[x], 100, s² n / (n + 1)) - max(0, E[x] - 100)",
        call - max(0, mean - FIXED),
        worth(found.evsi),
        PLAIN,
    )


def test_a_counted_share(closed_form: ClosedForm, seed: int) -> None:
    """A share p ~ Beta(2, 8) of 1000 calls fails, 1 USD each; 25 are looked at: k is beta-binomial, and given
    k the share is (2 + k)/35 on average."""
    exact = sum(
        stats.betabinom.pmf(k, 25, 2, 8) * max(0.0, 1000 * (2 + k) / 35 - FIXED * 2) for k in range(26)
    )
    data = scene(
        1,
        {
            "a": {**FREE, "error_rate": {"dist": "beta", "a": 2, "b": 8}, "cost_per_error": 1.0},
            "b": rival("once", FIXED * 2),
        },
        baseline="a",
        studies=[{"name": "look", "of": "strategies.a.error_rate", "n": 25}],
    )
    del data["strategies"]["prompt"]
    found = only_study(data, seed)
    closed_form(
        "EVSI",
        "Σ P(k) max(0, 1000 (2 + k) / 35 - 200), k ~ beta-binomial(25, 2, 8)",
        exact,
        worth(found.evsi),
        PLAIN,
    )


def test_a_counted_rate(closed_form: ClosedForm, seed: int) -> None:
    """A yearly rate ~ Gamma(4, scale 1/2) of task changes at 50 USD each, watched for 6 months: the count is
    negative binomial with p = 2/(2 + 1/2), and given k the rate is (4 + k)/(2 + 1/2)."""
    exact = sum(
        stats.nbinom.pmf(k, 4, 2 / 2.5) * max(0.0, 50 * (4 + k) / 2.5 - FIXED) for k in range(200)
    ) - max(0.0, 50 * 2 - FIXED)
    data = scene(
        12,
        {"a": {**FREE, "hours_per_task_change": 1.0}, "b": rival("once", FIXED)},
        {"task_changes_per_year": {"dist": "gamma", "a": 4, "scale": 0.5}},
        baseline="a",
        hourly_rate=50.0,
        studies=[{"name": "watch", "of": "workload.task_changes_per_year", "n": 6}],
    )
    del data["strategies"]["prompt"]
    found = only_study(data, seed)
    closed_form(
        "EVSI", "Σ P(k) max(0, 50 (4 + k) / 2.5 - 100), k ~ NB(4, 0.8)", exact, worth(found.evsi), PLAIN
    )


@pytest.mark.parametrize(("p", "n"), [(0.5, 100), (0.3, 400), (0.8, 25)])
def test_a_pilot(closed_form: ClosedForm, seed: int, p: float, n: int) -> None:
    """It costs 400 to try, and saves 1000 where the bar is met. The margin is N(m, 1), m = Φ⁻¹(p), seen with
    variance v = 100/n: what is seen, y, is N(m, 1 + v), and given it the margin has mean m + (y - m)/(1 + v)
    and variance v/(1 + v)."""
    v, m = PILOT_EXAMPLES / n, float(stats.norm.ppf(p))
    now = 1000 * p - 400

    def after(y: float) -> float:
        q = cap_phi((m + (y - m) / (1 + v)) / math.sqrt(v / (1 + v)))
        return max(0.0, 1000 * q - 400) * phi((y - m) / math.sqrt(1 + v)) / math.sqrt(1 + v)

    reach = 9 * math.sqrt(1 + v)
    exact = integrate.quad(after, m - reach, m + reach, limit=200)[0] - max(0.0, now)
    data = scene(
        1,
        {
            "a": rival("once", 1000),
            "b": rival("once", 400, success_probability=p),
        },
        baseline="a",
        studies=[{"name": "pilot", "of": "strategies.b.success_probability", "n": n}],
    )
    data["strategies"]["a"]["costs"] = [own_cost("month", 1000)]
    del data["strategies"]["prompt"]
    found = only_study(data, seed)
    closed_form(
        "EVSI", f"∫ max(0, 1000 Φ(m + …) - 400) φ(y) dy - {max(0, now):g}", exact, worth(found.evsi), PLAIN
    )
    full = p * 600 - max(0.0, now)
    closed_form("EVPPI", f"{p} * 600 - {max(0, now):g}", full, worth(found.evppi), PLAIN)


def test_the_delay_takes_its_share_of_the_saving() -> None:
    """Moving now saves 100 of 200 for certain; a study of half the horizon's weeks that tells nothing of use
    costs half of that: net = -50 - its cost."""
    weeks = 6 * WEEKS_A_MONTH
    data = scene(
        12,
        {"a": rival("once", 200), "b": rival("once", 100), "c": rival("once", {"low": 900, "high": 1000})},
        baseline="a",
        studies=[{"name": "ask", "of": "strategies.c.costs.own", "cost": 7, "weeks": weeks}],
    )
    del data["strategies"]["prompt"]
    found = only_study(data, 1)
    assert found.evsi.corrected == pytest.approx(0, abs=1e-9)
    assert found.delay_usd == pytest.approx(50)
    assert found.net.value == pytest.approx(-57)
    assert found.best_n is None
    assert not found.worth_it


def test_more_observations_are_worth_more_up_to_all(seed: int) -> None:
    data = scene(
        12,
        {"a": rival("once", {"low": 70, "high": 140}), "b": rival("once", FIXED)},
        baseline="a",
        studies=[
            {"name": str(n), "of": "strategies.a.costs.own", "n": n, "spread": 0.5}
            for n in (1, 10, 100, 1000)
        ],
    )
    del data["strategies"]["prompt"]
    found = {int(one.name): one for one in studies(mcost.run(data, draws=16_384, seed=seed))}
    worth = [found[n].evsi.corrected for n in (1, 10, 100, 1000)]
    errors = [found[n].evsi.standard_error for n in (1, 10, 100, 1000)]
    assert all(b - a > -3 * e for a, b, e in zip(worth, worth[1:], errors[1:], strict=False))
    assert worth[0] < worth[2]
    assert worth[-1] == pytest.approx(found[1000].evppi.corrected, rel=0.05)
    assert np.isfinite(worth).all()
