"""What the calls of a log cost: as the log itself has it, or by the price table."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from mcost.errors import UnknownModelError
from mcost.prices import ModelPrice, price_of

_BATCH_DISCOUNT = 0.5


@dataclass
class Costing:
    """USD of each row. ``own`` : whether the log itself said so; ``unknown`` : models without a price."""

    own: bool = False
    unknown: set[str] = field(default_factory=set)
    priced: dict[str, ModelPrice | None] = field(default_factory=dict)

    def __call__(self, rows: pd.DataFrame) -> np.ndarray:
        """rows : of the common table, (n,); NaN where neither the log nor the table knows a cost."""
        said = rows["cost"].to_numpy(dtype=float)
        if np.isfinite(said).any():
            self.own = True
            return said
        usd = np.full(len(rows), np.nan)
        for name, at in rows.groupby("model").indices.items():
            price = self.price(str(name))
            if price is not None:
                usd[at] = _usd(rows.iloc[at], price)
        return usd

    def price(self, name: str) -> ModelPrice | None:
        if name not in self.priced:
            try:
                self.priced[name] = price_of(name) if name else None
            except UnknownModelError:
                self.priced[name] = None
            if self.priced[name] is None:
                self.unknown.add(name)
        return self.priced[name]


def _usd(rows: pd.DataFrame, price: ModelPrice) -> np.ndarray:
    tokens = {
        key: np.nan_to_num(rows[key].to_numpy(dtype=float))
        for key in ("uncached", "written", "cached", "output")
    }
    written = price.input if price.cache_write is None else price.cache_write
    cached = price.input if price.cached is None else price.cached
    usd = (
        (tokens["uncached"] - tokens["written"]) * price.input
        + tokens["written"] * written
        + tokens["cached"] * cached
        + tokens["output"] * (price.output or 0.0)
    ) / 1e6
    discount = _BATCH_DISCOUNT if price.batch_discount is None else price.batch_discount
    requests = np.fmax(rows["requests"].to_numpy(dtype=float), 1e-300)
    share = np.nan_to_num(rows["batch"].to_numpy(dtype=float) / requests)
    return np.asarray(usd * (1 - np.clip(share, 0.0, 1.0) * discount))
