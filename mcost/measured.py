"""Inputs of a scenario as they were believed, and as a log has them: which moved, and what to believe now."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import ndtr

from mcost.law import Array, Law, p5_p50_p95
from mcost.quantity import Quantity
from mcost.scales import Z95, Domain, to_scale
from mcost.scenario import Scenario
from mcost.uncertain import Prior, read
from mcost.usage.combining import updated
from mcost.usage.finding import Finding, Findings
from mcost.usage.notations import amount

VOLUME = "calls_per_month"
MOVED = 0.1
"""P-value from which on an input has not moved: the range that was given held 90 %."""
_RIGHT_TO: Mapping[Domain, float] = {"real": 0.001, "positive": 0.01, "fraction": 0.01}
"""Nobody means a certain value more exactly than this, as a standard deviation on the natural scale."""


@dataclass(frozen=True)
class Measured:
    """One input: what was believed of it, and what the log says.

    prior : the input, as the scenario has it. finding : the log's estimate.
    believed : 5 %, 50 % and 95 % of the belief; of the calls, of what was forecast for the log's end.
    quantile : the share of the belief that lies below the log's estimate.
    p : how often belief and log would be as far apart by chance, the doubt of both counted (the prior
        predictive P-value of Box, JRSS A 1980).
    law : what to believe now: belief and log together where they agree, else the log alone.
    """

    prior: Prior
    finding: Finding
    believed: tuple[float, float, float]
    quantile: float
    p: float
    law: Law

    @property
    def name(self) -> str:
        return self.prior.name

    @property
    def moved(self) -> bool:
        """Whether the log contradicts what was believed."""
        return self.p < MOVED

    @property
    def now(self) -> tuple[float, float, float]:
        """5 %, 50 % and 95 % of what to believe now."""
        return p5_p50_p95(self.law)


def prompt_of(scenario: Scenario) -> float | None:
    """Tokens of the baseline's prompt, its median: what parts the fixed input from what differs."""
    prior = scenario.strategies[scenario.baseline].prompt_tokens
    median = 0.0 if prior is None else float(prior.law.ppf(np.array([0.5]))[0])
    return median or None


def measured(
    scenario: Scenario, found: Findings, calls: Array | None = None, alone: Collection[str] = ()
) -> tuple[Measured, ...]:
    """Every uncertain or certain input of the workload and the baseline that the log tells of.

    calls : ndarray (n,), calls a month at the end of the log as they were forecast; unsaid, those of month 1.
    alone : keys whose estimate holds a belief already, so that it is not combined with the scenario's.
    """
    readings = []
    for key, prior in _told(scenario).items():
        own = found.found.get(key)
        if own is None:
            continue
        if key == VOLUME:
            own = _answered(scenario, found, own)
        drawn = calls if key == VOLUME else None
        readings.append(_measured(prior, own, drawn, key in alone or drawn is not None))
    return tuple(readings)


def left_out(scenario: Scenario, found: Findings) -> tuple[str, ...]:
    """Keys of which the log tells more than nothing, and the scenario has no such input."""
    known = _told(scenario)
    possible = (*_WORKLOAD, *(() if scenario.strategies[scenario.baseline].parts else _BASELINE))
    return tuple(key for key in possible if key not in known and key in found.found and _some(found, key))


def with_measured(scenario: Scenario, readings: Sequence[Measured]) -> Scenario:
    """The scenario, with these inputs as they are believed now."""
    laws = {reading.name: reading.law for reading in readings}
    scenario = scenario.with_laws(lambda prior: laws.get(prior.name, prior.law))
    volume = next((r for r in readings if r.finding.key == VOLUME), None)
    if volume is None or volume.name in scenario.inputs:
        return scenario
    prior = replace(volume.prior, law=volume.law)  # users and calls of each were given, and calls are known
    counted = {VOLUME: prior, "monthly_active_users": None, "calls_per_user": None}
    return scenario.with_changes({"workload": scenario.workload.model_copy(update=counted)}, [prior])


# --- which inputs -----------------------------------------------------------------------------------------

_WORKLOAD = (VOLUME, "growth_per_month", "volatility_per_month")
_BASELINE = ("input_tokens", "output_tokens", "cache_hit", "retry_rate", "batch_share")


def _told(scenario: Scenario) -> dict[str, Prior]:
    """Key of an estimate -> the input that it is of. A mixed baseline has no tokens of its own."""
    workload, baseline = scenario.workload, scenario.strategies[scenario.baseline]
    found: dict[str, Any] = {key: getattr(workload, key) for key in _WORKLOAD}
    users, each = workload.monthly_active_users, workload.calls_per_user
    if users is not None and each is not None:
        found[VOLUME] = replace(
            users, name=f"workload.{VOLUME}", unit="calls a month", quantity=Quantity("calls a month")
        )
    if not baseline.parts:
        found["input_tokens"] = workload.input_tokens
        found["output_tokens"] = baseline.output_tokens or workload.output_tokens
        found |= {key: getattr(baseline, key) for key in _BASELINE[2:]}
    return {key: scenario.inputs.get(p.name, p) for key, p in found.items() if p is not None}


def attempts_in(scenario: Scenario, found: Findings) -> float:
    """Requests that the log counts for one call: those asked again are among them where it cannot tell."""
    retry = scenario.strategies[scenario.baseline].retry_rate
    if retry is None or "retry_rate" in found.found:
        return 1.0
    return 1 / (1 - float(retry.law.ppf(np.array([0.5]))[0]))


def _answered(scenario: Scenario, found: Findings, own: Finding) -> Finding:
    attempts = attempts_in(scenario, found)
    if attempts == 1:
        return own
    ends = own.value / attempts, own.low / attempts, own.high / attempts
    return replace(own, value=ends[0], low=ends[1], high=ends[2], distribution=amount(ends))


def _some(found: Findings, key: str) -> bool:
    """Whether it is clearly not nothing: a share or a growth that may well be 0 is not told."""
    own = found.found[key]
    return own.low > (0.001 if own.domain == "fraction" else 0.0) or own.high < 0


# --- one input --------------------------------------------------------------------------------------------


def _measured(prior: Prior, own: Finding, drawn: Array | None, alone: bool) -> Measured:
    if drawn is None:
        low, median, high = p5_p50_p95(prior.law)
        quantile = float(prior.law.cdf(own.value))
    else:
        low, median, high = (float(x) for x in np.quantile(drawn, (0.05, 0.5, 0.95)))
        quantile = float(np.mean(drawn < own.value) + np.mean(drawn == own.value) / 2)
    if low == high:
        quantile = 0.5 if own.value == median else float(own.value > median)
    p = _p_value((low, median, high), own, quantile)
    return Measured(prior, own, (low, median, high), quantile, p, _law(prior, own, p, alone))


def _p_value(believed: tuple[float, float, float], own: Finding, quantile: float) -> float:
    a, m, b = to_scale(np.array(believed), own.domain)
    low, value, high = to_scale(np.array([own.low, own.value, own.high]), own.domain)
    if not np.isfinite([a, b, low, high]).all():  # one of them may be 0, which has no such scale
        if believed[0] == believed[2]:
            return 1.0 if own.low <= believed[1] <= own.high else 0.0
        return 2 * min(quantile, 1 - quantile)
    # each side has its own width, as percentiles of a skewed belief do
    side = (b - m) if value > m else (m - a)
    doubt = math.hypot(max(side / Z95, _RIGHT_TO[own.domain]), (high - low) / (2 * Z95))
    return float(2 * ndtr(-abs(value - m) / doubt))


def _law(prior: Prior, own: Finding, p: float, alone: bool) -> Law:
    """What to believe now. A belief that the log contradicts is given up, not averaged with it."""
    if prior.law.certain and p >= MOVED and not alone:
        return prior.law
    low = float(prior.law.ppf(np.array([0.05]))[0])
    combines = p >= MOVED and not alone and (own.domain != "positive" or low > 0)
    told = updated(own, prior.law) if combines else own
    return read(told.distribution, prior.quantity or Quantity(prior.unit, prior.domain))
