"""A belief and a log together: the conjugate forms, and their limits."""

from __future__ import annotations

import math
from typing import Any

import pytest
from scipy import stats

from mcost.uncertain import Quantity, read
from mcost.usage.combining import updated
from mcost.usage.finding import Finding

Z = 1.6448536269514722


def finding(domain: Any, low: float, high: float, distribution: Any) -> Finding:
    return Finding("x", "x", "", domain, (), (low + high) / 2, low, high, 100, "calls", distribution)


def test_a_share_is_beta_binomial() -> None:
    low, high = stats.beta.ppf([0.05, 0.95], 20.5, 80.5)
    own = finding("fraction", low, high, {"dist": "beta", "a": 20.5, "b": 80.5})
    found = updated(own, read({"dist": "beta", "a": 2.0, "b": 6.0}, Quantity("", "fraction")))
    assert found.distribution == {"dist": "beta", "a": 22.0, "b": 86.0}
    assert (found.low, found.high) == pytest.approx(tuple(stats.beta.ppf([0.05, 0.95], 22, 86)))
    assert found.value == pytest.approx(22 / 108)


def test_an_amount_is_normal_on_the_log_scale_and_a_growth_normal() -> None:
    belief = read("100 to 400", Quantity("", "positive"))
    found = updated(finding("positive", 200, 800, "200 to 800"), belief)
    assert found.value == pytest.approx(math.sqrt(200 * 400))  # equally sure: half way, on the log scale
    assert math.log(found.high / found.low) == pytest.approx(math.log(4) / math.sqrt(2))
    belief = read("0 to 0.02", Quantity("", "real"))
    found = updated(finding("real", 0.01, 0.05, "0.01 to 0.05"), belief)
    precision = (2 * Z / 0.02) ** 2, (2 * Z / 0.04) ** 2
    centre = (0.01 * precision[0] + 0.03 * precision[1]) / sum(precision)
    assert found.value == pytest.approx(centre)
    assert found.high - centre == pytest.approx(Z / math.sqrt(sum(precision)))


def test_a_vague_belief_changes_nothing_and_what_is_exact_stays() -> None:
    own = finding("positive", 99, 101, "99 to 101")
    found = updated(own, read("0.001 to 10_000_000", Quantity("", "positive")))
    assert (found.low, found.high) == pytest.approx((99, 101), rel=1e-4)
    exact = finding("positive", 200, 200, 200.0)
    assert updated(exact, read("1 to 2", Quantity("", "positive"))) is exact
