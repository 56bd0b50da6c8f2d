"""EVPPI's stated interval holds the truth in 93 to 97 % of 1,000 seeds, 0 … 999, fixed beforehand.

At 1,000 seeds a coverage of 95 % is found with a standard error of 0.7 %.
"""

import math

import numpy as np
import pytest

from mcost import voi

SEEDS = range(1000)
DRAWS = 8192


@pytest.mark.parametrize(("which", "exact"), [(0, 0.0833155), (1, 0.3955931)])
def test_the_interval_holds_the_truth(which: int, exact: float) -> None:
    held, errors = 0, []
    for seed in SEEDS:
        r = np.random.default_rng(seed)
        p = r.normal(1, 1, DRAWS), r.normal(0, 2, DRAWS)
        found = voi.evppi([np.zeros(DRAWS), p[1] - p[0]], p[which])
        low, high = found.interval
        held += low <= exact <= high
        errors.append((found.corrected - exact) / found.standard_error)
    assert 0.93 <= held / len(SEEDS) <= 0.97
    # no lean to one side: the mean of 1,000 errors of spread 1 has an error of 0.032
    assert abs(np.mean(errors)) < 0.13
    assert abs(math.sqrt(np.mean(np.square(errors))) - 1) < 0.09
