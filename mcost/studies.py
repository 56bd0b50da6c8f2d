"""What could be found out before the decision, and whether it is worth its cost and its delay."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import ndtri

from mcost.answer import Answer
from mcost.errors import McostError, nearest
from mcost.estimate import Estimate, mean_of
from mcost.input_names import name_of
from mcost.law import Array
from mcost.nets import stream
from mcost.quality import success_from_examples
from mcost.schema import Study
from mcost.voi import Information, evppi, evsi

PILOT_EXAMPLES = 100
"""Judged examples that halve the doubt about a tuned model's quality: its accuracy differs by some 5 points
from task to task, and one example is right or wrong, a spread of 50 points: ``(50 / 5)²``."""

FUTURES = 16_384
"""Futures that a study is valued on."""

SIZES = (1 / 16, 1 / 4, 1.0, 4.0, 16.0)
"""Sizes of a study that are held against its own."""

WEEKS_A_MONTH = 365.25 / 12 / 7


@dataclass(frozen=True)
class StudyWorth:
    """What one study is worth, USD.

    evsi : what its result is worth before its cost; evppi : what it would be worth if it told all.
    delay_usd : what the weeks of waiting take from the saving that is expected after it; delay_error : its
        standard error.
    net : evsi - delay - cost, the expected net benefit of sampling (ENBS).
    best_n, best_net_usd : the best of a sixteenth to sixteen times its size, its cost in proportion; None
        where the study tells all, and 0 for best_n where no size is clearly worth its cost.
    """

    name: str
    of: tuple[str, ...]
    n: int | None
    weeks: float
    cost_usd: float
    evsi: Information
    evppi: Information
    delay_usd: float
    delay_error: float
    net: Estimate
    best_n: int | None
    best_net_usd: float | None

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        return {
            "name": self.name,
            "of": list(self.of),
            "n": self.n,
            "weeks": self.weeks,
            "cost_usd": self.cost_usd,
            "evsi_usd": self.evsi.to_dict(),
            "evppi_usd": self.evppi.to_dict(),
            "delay_usd": self.delay_usd,
            "net_usd": self.net.to_dict(),
            "best_n": self.best_n,
            "best_net_usd": self.best_net_usd,
            "worth_it": self.worth_it,
        }

    @property
    def worth_it(self) -> bool:
        """Whether its net worth is above 0 by more than simulation error."""
        return self.net.value > 1.96 * self.net.standard_error


def studies(answer: Answer, names: tuple[str, ...] = (), *, sizes: bool = True) -> tuple[StudyWorth, ...]:
    """Every study that the scenario lists, or those named, the most worthwhile first.

    sizes : whether other sizes are tried too.

    A share is counted: n trials, a binomial. A yearly rate is counted over n months, a Poisson. Anything else
    is the mean of n observations, each scattered about the truth on the input's natural scale: by ``spread``,
    or, where that is not given, as widely as the input is uncertain now, so that one observation is worth as
    much as what is known today (Kass and Wasserman 1995). A study of the quality bar judges n examples of a
    pilot; PILOT_EXAMPLES of them halve the doubt. The decision is among all strategies.

    The delay shortens the time in which the saving is made, in proportion.

    Raises McostError for a name that the scenario does not list.
    """
    listed = {study.name: study for study in answer.scenario.studies}
    for name in names:
        if name not in listed:
            hint = nearest(name, listed) if listed else "; the scenario lists none, under [[studies]]"
            raise McostError(f"study: no such study: {name}{hint}")
    if len(answer.strategies) < 2:
        return ()
    chosen = [listed[name] for name in names] if names else answer.scenario.studies
    few = replace(answer, futures=answer.futures.first(FUTURES))
    found = [_worth(few, study, SIZES if sizes else (1.0,)) for study in chosen]
    return tuple(sorted(found, key=lambda worth: -worth.net.value))


def _worth(answer: Answer, study: Study, sizes: tuple[float, ...]) -> StudyWorth:
    cost = np.stack(list(answer.futures.cost.values()))
    of = tuple(name_of(written) for written in study.of)
    weeks = 0.0 if study.weeks is None else study.weeks.law.mean()
    price = 0.0 if study.cost is None else study.cost.law.mean()
    kept = max(0.0, 1 - weeks / WEEKS_A_MONTH / answer.horizon_months)
    best = cost[int(np.argmin(cost.mean(axis=1)))]
    gain = mean_of(cost[list(answer.strategies).index(answer.baseline)] - best)
    full = evppi(cost, np.stack([_truth(answer, name) for name in of]))
    told = full if study.n is None else evsi(cost, _results(answer, study, of, study.n))
    best_n, best_net = None, None
    if study.n is not None:
        nets = {study.n: _net(told.corrected, gain.value, kept) - price}
        for size in {max(1, round(study.n * times)) for times in sizes} - {study.n}:
            worth = evsi(cost, _results(answer, study, of, size)).corrected
            nets[size] = _net(worth, gain.value, kept) - price * size / study.n
        best_n = max(nets, key=nets.__getitem__)
        best_net = nets[best_n]
        best_n = best_n if best_net > 1.96 * kept * told.standard_error else 0
    left = _net(told.corrected, gain.value, kept)
    error = math.hypot(kept * told.standard_error, (1 - kept) * gain.standard_error)
    net = Estimate(left - price, error, told.n)
    delay = told.corrected - left
    unsure = (1 - kept) * math.hypot(told.standard_error, gain.standard_error)
    return StudyWorth(study.name, of, study.n, weeks, price, told, full, delay, unsure, net, best_n, best_net)


def _net(evsi_usd: float, gain: float, kept: float) -> float:
    """With the study the expected saving is gain + EVSI, for the share of the time that is left."""
    return kept * (evsi_usd + gain) - gain


def _truth(answer: Answer, name: str) -> Array:
    """What a study that tells all would tell: the input; of the quality bar, whether it is met."""
    if _of_the_bar(answer, name) and name in answer.futures.events:
        return answer.futures.events[name]
    return answer.futures.inputs[name]


def _of_the_bar(answer: Answer, name: str) -> bool:
    sources = [answer.scenario.success_of(s) for s in answer.scenario.strategies.values()]
    return any(source is not None and source.name == name for source in sources)


def _results(answer: Answer, study: Study, of: tuple[str, ...], n: int) -> Array:
    """What the study would report in each future, ndarray (k, m)."""
    return np.stack([_result(answer, study, name, n) for name in of])


def _result(answer: Answer, study: Study, name: str, n: int) -> Array:
    if _of_the_bar(answer, name) and name in answer.futures.events:
        return _judged(answer, name, n)
    truth, prior = answer.futures.inputs[name], answer.scenario.inputs[name]
    rng = stream(answer.seed, name, "study")
    if study.spread is None and prior.domain == "fraction":
        return rng.binomial(n, truth) / n
    if study.spread is None and prior.unit == "events a year":
        return rng.poisson(truth * n / 12) * 12 / n
    logs = prior.domain == "positive" and bool((truth > 0).all())
    seen = np.log(truth) if logs else truth
    if study.spread is None:
        scatter = float(np.std(seen))
    else:
        relative = study.spread.law.mean()
        scatter = math.sqrt(math.log1p(relative**2)) if logs else relative * float(np.abs(truth).mean())
    return np.asarray(seen + scatter / math.sqrt(n) * rng.standard_normal(truth.size))


def _judged(answer: Answer, name: str, n: int) -> Array:
    """How far above the bar a pilot of n judged examples puts it, in spreads of such quality.

    Whether the bar is met is a margin above 0, normal of variance 1 about ``Φ⁻¹(p)``; given what chance made
    of it, the margin is drawn from its own half, and the examples show it with an error of variance
    PILOT_EXAMPLES / n.
    """
    met = answer.futures.events[name] > 0
    p = _chance(answer, name, met.size)
    rng = stream(answer.seed, name, "study")
    u = np.clip(rng.random(met.size), 2.0**-54, 1 - 2.0**-53)
    below = 1 - p  # the probability that the margin is below 0
    margin = ndtri(np.where(met, below + u * p, u * below)) + ndtri(np.clip(p, 1e-12, 1 - 1e-12))
    return np.asarray(margin + math.sqrt(PILOT_EXAMPLES / n) * rng.standard_normal(met.size))


def _chance(answer: Answer, name: str, size: int) -> Array:
    """The probability of meeting the bar in each future."""
    prior = answer.scenario.inputs[name]
    value = answer.futures.inputs.get(name, np.broadcast_to(prior.law.mean(), (size,)))
    examples = name.rpartition(".")[2] == "labelled_examples"
    return success_from_examples(value) if examples else np.asarray(value)
