"""What each bucket of a log cost: as the log has it, or by the prices of the scenario's baseline."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mcost.law import Array
from mcost.scenario import Scenario
from mcost.uncertain import Prior
from mcost.usage.log import Log

_BILLED = ("uncached", "written", "cached", "output")


def priced(scenario: Scenario, log: Log) -> tuple[Array | None, str | None]:
    """USD of each bucket (b,): as the log has it, or by the scenario's prices of month 1, their medians."""
    rows = log.buckets
    own = rows["cost"].to_numpy(dtype=float)
    if scenario.currency == "USD" and np.nansum(own) > 0:
        return np.nan_to_num(own), "the log"
    strategy = scenario.strategies[scenario.baseline]
    price = scenario.price_of(strategy)
    if price is None or not {"uncached", "output"} <= log.told:
        return None, None

    def per_token(prior: Prior | None, unsaid: float) -> float:
        return unsaid if prior is None else _median(prior) / 1e6

    full = per_token(price.input, 0.0)
    tokens = {key: np.nan_to_num(rows[key].to_numpy(dtype=float)) for key in _BILLED}
    usd = (
        (tokens["uncached"] - tokens["written"]) * full
        + tokens["written"] * per_token(price.cache_write, full)
        + tokens["cached"] * per_token(price.cached, full)
        + tokens["output"] * per_token(price.output, 0.0)
    )
    usd *= 1.0 if strategy.price_multiplier is None else _median(strategy.price_multiplier)
    return usd * (1 - _in_batch(rows) * _discount(strategy.batch_discount)), "the scenario"


def _median(prior: Prior) -> float:
    return float(prior.law.ppf(np.array([0.5]))[0])


def _discount(prior: Prior | None) -> float:
    """Of a request that went through the batch interface: half, where the scenario does not say."""
    return 0.5 if prior is None else _median(prior)


def _in_batch(rows: pd.DataFrame) -> Array:
    """Share of the requests of each bucket that went through the batch interface."""
    batch, requests = (np.nan_to_num(rows[key].to_numpy(dtype=float)) for key in ("batch", "requests"))
    return np.asarray(np.divide(batch, requests, out=np.zeros_like(batch), where=requests > 0))
