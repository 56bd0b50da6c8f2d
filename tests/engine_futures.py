"""Futures that the engine drew, as the slow model reads them: what is compared is what they cost."""

import math

import numpy as np
from slow_model import Future

import mcost
from mcost.draws import Draws


def future_of(scenario: mcost.Scenario, drawn: Draws, i: int, noise: np.ndarray | None) -> Future:
    """Draw i of a block. noise : as ``noise_of`` finds it."""

    def months(counts: np.ndarray) -> list[int]:
        return [t for t, count in enumerate(counts[:, i]) for _ in range(round(count))]

    events = {name: months(counts) for name, counts in drawn.events.items()}
    ratios, lifetimes = {}, {}
    for name, model in scenario.models.items():
        if name in drawn.price_steps and model.price_changes_per_year and model.price_change_ratio:
            path = drawn.price_steps[name][:, i]
            moved = [t for t in range(2, len(path)) if path[t] != path[t - 1]]
            events[model.price_changes_per_year.name] = moved
            ratios[model.price_change_ratio.name] = [float(path[t] / path[t - 1]) for t in moved]
        if name in drawn.retirements and model.retires_after_months:
            lifetimes[model.retires_after_months.name] = _lives(
                months(drawn.retirements[name]), _age(scenario, name)
            )
    ends = drawn.end_month is not None and math.isfinite(drawn.end_month[i])
    return Future(
        values={name: float(values[i]) for name, values in drawn.values.items()},
        noise=[] if noise is None else [float(z) for z in noise[:, i]],
        event_months=events,
        price_ratios=ratios,
        lifetimes=lifetimes,
        end_month=float(drawn.end_month[i]) - 0.5 if ends and drawn.end_month is not None else None,
        success={name: bool(met[i]) for name, met in drawn.success.items()},
    )


def noise_of(scenario: mcost.Scenario, drawn: Draws) -> np.ndarray | None:
    """The noise that the calls were made of, from the calls themselves: nothing of the engine's streams.

    0 where there is none, or no calls that would show it.
    """
    volatility = scenario.workload.volatility_per_month
    if volatility is None:
        return None
    v = drawn.values[volatility.name]
    growth = scenario.workload.growth_per_month
    g = 0.0 if growth is None else drawn.values[growth.name]
    noise = np.zeros_like(drawn.calls)
    with np.errstate(all="ignore"):
        ratio = drawn.calls[2:] / drawn.calls[1:-1] / (1 + g)
        noise[2:] = (np.log(ratio) + v**2 / 2) / v
    return np.where(np.isfinite(noise), noise, 0.0)


def _age(scenario: mcost.Scenario, name: str) -> float:
    released = scenario.models[name].released
    return 0.0 if released is None or scenario.start is None else (scenario.start - released).days / 30.4375


def _lives(months: list[int], age: float) -> list[float]:
    """Lifetimes whose sums fall in these months, counted from an age."""
    times, last = [], -age
    for k, month in enumerate(months):
        time = month - 1 + (months[: k + 1].count(month)) / (months.count(month) + 1)
        times.append(time - last)
        last = time
    return times
