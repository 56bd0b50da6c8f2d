"""A chance as a count of futures: ``about 1 future in 3``."""

from __future__ import annotations

from mcost.estimate import Chance

_IN = (2, 3, 4, 5, 6, 8, 10, 20)
_RARE = (10, 12, 15, 20, 25, 30, 40, 50, 100, 200)
_NEAR = 0.015


def in_how_many(chance: Chance) -> str:
    """``in about 1 future in 3``; in none, or in all, of those that were simulated, by their number."""
    p, n = chance.probability, chance.n
    if p in (0.0, 1.0):
        if n == 1:
            return "in the one future simulated" if p else "not in the one future simulated"
        return f"in {'all' if p else 'none of'} {n:,} futures"
    if p > 1 - 1 / _RARE[-1]:
        return f"in more than {_RARE[-1] - 1} futures in {_RARE[-1]}"
    if p > 1 - 1 / _RARE[0]:
        return f"in all but {_rare(1 - p)}"
    if p < 1 / _RARE[0]:
        return f"in {_rare(p)}"
    if 0.45 <= p <= 0.55:
        side = "just under" if p < 0.49 else "just over" if p > 0.51 else "about"
        return f"in {side} half of all futures"
    return f"in about {_fraction(p)}"


def _rare(p: float) -> str:
    if p < 1 / _RARE[-1]:
        return f"fewer than 1 future in {_RARE[-1]}"
    return f"about 1 future in {min(_RARE, key=lambda one_in: abs(1 / one_in - p))}"


def _fraction(p: float) -> str:
    """The simplest fraction within 1.5 points, else the nearest of them."""
    fractions = [(round(p * whole), whole) for whole in _IN]
    near = [pair for pair in fractions if abs(pair[0] / pair[1] - p) <= _NEAR]
    part, whole = near[0] if near else min(fractions, key=lambda pair: abs(pair[0] / pair[1] - p))
    return f"{part} future{'s' if part > 1 else ''} in {whole}"
