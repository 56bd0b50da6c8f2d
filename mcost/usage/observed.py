"""A log as answers to the questions of ``mcost init``: what it tells is not asked, or is the default."""

from __future__ import annotations

import numpy as np

from mcost.catalogue import prior
from mcost.errors import UnknownModelError
from mcost.prices import price_of
from mcost.questions import Observed
from mcost.report.words import count
from mcost.usage.finding import Finding, Findings
from mcost.usage.priors_file import toml

_WORKLOAD = {
    "growth_per_month": "volume.growth_per_month",
    "volatility_per_month": "volume.volatility_per_month",
}
_TAKEN = ("calls_per_month", "input_tokens", "output_tokens", "cache_hit", "retry_rate", "batch_share")
_SHORTEST = 0.01


def inputs(found: Findings) -> dict[str, Observed]:
    """The inputs of a scenario that the log knows better than the catalogue, by key.

    From a short log, growth and volatility are less sure than the catalogue's priors, which then stay.
    """
    taken = [found.found[key] for key in _TAKEN if key in found.found]
    for key, name in _WORKLOAD.items():
        own = found.found.get(key)
        if own is not None:
            low, high = prior(name).law.ppf(np.array([0.05, 0.95]))
            taken += [own] if own.high - own.low < high - low else []
    return {
        f.key: Observed(toml(f.distribution), _said(f))
        for f in taken
        if f.key != "batch_share" or f.value > 0
    }


def _said(finding: Finding) -> str:
    if finding.unit.startswith("fraction"):
        low, high = f"{100 * finding.low:.3g}", f"{100 * finding.high:.3g} %"
    else:
        low, high = count(finding.low), count(finding.high)
    span = high if finding.low == finding.high else f"{low} to {high}"
    return f"{span}; measured, {count(finding.n)} {finding.of}"


def defaults(found: Findings) -> dict[str, str]:
    """Defaults of the questions: calls a month, length of the prompt, the model of most calls."""
    said = {}
    calls, total = found.found.get("calls_per_month"), found.found.get("input_tokens")
    if calls is not None and isinstance(calls.distribution, str):
        said["calls"] = calls.distribution
    if total is not None:
        said["prompt_tokens"] = f"{max(1, round(_prompt(found, total.value)))}"
    for name in (
        found.log.models.loc[sorted(found.log.wanted)].sort_values("calls", ascending=False).index[:1]
    ):
        try:
            said["model"] = price_of(str(name)).model
        except UnknownModelError:
            continue
    return said


def _prompt(found: Findings, total: float) -> float:
    """Tokens of the fixed prompt, at a guess: no call is shorter, or all but what mostly differs."""
    if found.log.kind.per_call and len(found.log.sample):
        sample = found.log.sample
        lengths = sample["uncached"].to_numpy(dtype=float) + np.nan_to_num(
            sample["cached"].to_numpy(dtype=float)
        )
        return float(np.quantile(lengths, _SHORTEST))
    differs = float(prior("tokens.input").law.ppf(np.array([0.5]))[0])
    return max(total - differs, total / 2)
