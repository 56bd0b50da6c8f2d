"""The family that a spread of amounts follows: by likelihood, AIC and the Kolmogorov-Smirnov distance."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

FARTHEST = 0.05
"""The largest distance between a family's distribution function and the log's own at which it fits."""
FEWEST = 30
_POINTS = 51


@dataclass(frozen=True)
class Family:
    """One candidate: notation, Akaike's criterion (less is better), and distance from what was observed."""

    name: str
    notation: Mapping[str, Any]
    aic: float
    distance: float

    @property
    def fits(self) -> bool:
        return self.distance <= FARTHEST


@dataclass(frozen=True)
class Spread:
    """How an amount differs from call to call.

    candidates : by AIC, the best first. notation : of the best that fits; else the log's own quantiles,
        resampled.
    chosen : its name, ``"empirical"`` where none fits.
    """

    n: int
    candidates: tuple[Family, ...]
    chosen: str
    notation: Any


def spread(values: np.ndarray) -> Spread | None:
    """The spread of amounts (n,) of 0 and more; None where there are too few to tell."""
    x = np.sort(values[np.isfinite(values)])
    if x.size < FEWEST:
        return None
    if x[0] == x[-1]:
        return Spread(int(x.size), (), "certain", float(x[0]))
    candidates = () if x[0] <= 0 else tuple(sorted(_candidates(x), key=lambda family: family.aic))
    best = next((family for family in candidates if family.fits), None)
    if best is not None:
        return Spread(int(x.size), candidates, best.name, dict(best.notation))
    middles = (np.arange(_POINTS) + 0.5) / _POINTS
    own = np.quantile(x, middles, method="inverted_cdf")
    return Spread(int(x.size), candidates, "empirical", {"samples": [float(f"{v:.6g}") for v in own]})


def _candidates(x: np.ndarray) -> list[Family]:
    logs = np.log(x)
    shape, _, scale = stats.gamma.fit(x, floc=0)
    k, _, lam = stats.weibull_min.fit(x, floc=0)
    found = {
        "lognorm": {"s": float(logs.std()), "scale": float(math.exp(logs.mean()))},
        "gamma": {"a": float(shape), "scale": float(scale)},
        "weibull_min": {"c": float(k), "scale": float(lam)},
        "expon": {"scale": float(x.mean())},
    }
    return [_judged(x, name, parameters) for name, parameters in found.items()]


def _judged(x: np.ndarray, name: str, parameters: dict[str, float]) -> Family:
    law = getattr(stats, name)(**parameters)
    aic = 2 * len(parameters) - 2 * float(law.logpdf(x).sum())
    at, counts = np.unique(x, return_counts=True)  # tokens are whole: many calls have the same number
    upto, cdf = np.cumsum(counts) / x.size, law.cdf(at)
    distance = float(np.maximum(np.abs(cdf - upto), np.abs(cdf - (upto - counts / x.size))).max())
    rounded = {key: float(f"{value:.5g}") for key, value in parameters.items()}
    return Family(name, {"dist": name, **rounded}, aic, distance)
