"""The linear map from outcomes to fitted values: a penalised design, smoothed by cross-validation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mcost.design import Design
from mcost.law import Array

_INFLATION = 1.4  # each degree of freedom counts so much in GCV, against overfit (Kim and Gu 2004)
_STRENGTHS = np.logspace(-9, 5, 43)  # of smoothing, relative to the data
_JITTER = 1e-10  # keeps inputs that are copies of one another solvable; smaller than any strength
_ROUNDING = 1e-11  # of the columns' own size, added for the digits


def pencil(gram: Array, penalty: Array) -> tuple[Array, Array]:
    """T and r with ``T'(G + εP)T = I`` and ``T'PT = diag(r)``, r rising; P scaled to the size of G."""
    size = np.trace(penalty)
    scaled = penalty * (np.trace(gram) / size) if size > 0 else penalty
    root = np.linalg.cholesky(
        gram + _JITTER * scaled + _ROUNDING * np.trace(gram) / len(gram) * np.eye(len(gram))
    )
    inverse = np.linalg.inv(root)
    rough, turn = np.linalg.eigh(inverse @ scaled @ inverse.T)
    return inverse.T @ turn, np.clip(rough, 0.0, 1 / _JITTER)


@dataclass(frozen=True)
class Smoother:
    """``S = Φ T diag(d) T'Φ' / n``, one d for each outcome.

    roots : T (p, p). kept : d (p, m). share : ``1 - ε r`` (p,), the part of a direction that is data.
    """

    design: Design
    roots: Array
    kept: Array
    share: Array

    @classmethod
    def of(cls, design: Design, penalty: Array, y: Array) -> Smoother:
        """Smoothed by generalised cross-validation, each outcome by itself (Craven and Wahba 1979)."""
        roots, rough = pencil(design.gram, penalty)
        share = 1 - _JITTER * rough
        power = (roots.T @ design.moments(y)) ** 2  # (p, m)
        kept = 1 / (1 + (_STRENGTHS[:, None] - _JITTER) * rough)  # (strengths, p)
        total = (y**2).mean(axis=1)
        left = total - (2 * kept - kept**2 * share) @ power  # (strengths, m)
        freedom = kept @ share
        room = np.maximum(1 - _INFLATION * freedom / design.n, 1e-3)
        score = np.maximum(left, 1e-14 * total) / room[:, None] ** 2
        return cls(design, roots, kept[np.argmin(score, axis=0)].T, share)

    @property
    def freedom(self) -> Array:
        return np.asarray(self.share @ self.kept)

    def smooth(self, z: Array) -> Array:
        return self.design.at(self.roots @ (self.kept * (self.roots.T @ self.design.moments(z))))

    def leverage(self) -> Array:
        return self.design.forms(self.roots, self.kept**2 * self.share[:, None] / self.design.n)
