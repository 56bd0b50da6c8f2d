"""What a verdict says in passing: a near tipping point, and what is most worth finding out.

Both are told of few inputs, those that a glance at the draws shows to matter, so that a verdict need not
wait; ``need`` and ``why`` look at all of them, in the same futures.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from mcost.answer import Answer, Futures
from mcost.driver import TOLD
from mcost.focus import Focus, focus_on
from mcost.input_names import name_of
from mcost.law import Array
from mcost.studies import FUTURES as FITTED
from mcost.studies import StudyWorth, studies
from mcost.tipping import DRAWS, Need, need_of
from mcost.voi import Information, evppi

GLANCED = 8_192
"""Futures of the glance; what is then told comes from as many as ``need`` and ``why`` look at."""

SAME = 64
"""Futures of a certain scenario, all alike: enough to be told apart from noise."""

HALF = (0.5,)
GROUPS = 10
TRIED = 2
"""Inputs that are looked at closely, of those that matter most at a glance."""

VOLUME = "workload.calls_per_month"


@dataclass(frozen=True)
class Learn:
    """What is worth most to know before choosing.

    name : of the input. trial : whether it is not the input that is meant, but what chance makes of it:
        whether a quality bar is met, which a trial would show. worth : EVPPI, USD.
    """

    name: str
    trial: bool
    worth: Information


@dataclass(frozen=True)
class Outlook:
    """What would turn the answer, and what could be found out.

    need : what the candidate that the verdict speaks of last would need of a few inputs, to cross one half.
    learn : what is worth most to know; None where nothing is worth more than simulation error.
    study : the study of highest net worth that the scenario lists, None where none is worth its cost.

    Of fewer futures than a regression needs, nothing is told to learn.
    """

    need: Need
    learn: Learn | None
    study: StudyWorth | None


def outlook(answer: Answer) -> Outlook | None:
    """What would turn a verdict; None where there is only the baseline."""
    if not answer.subjects:
        return None
    draws = SAME if answer.certain else min(DRAWS, answer.draws)
    of = focus_on(answer.scenario, answer.subjects[-1], draws=draws, seed=answer.seed)
    if answer.certain:
        return Outlook(need_of(of, list(of.axes.values()), HALF), None, None)
    futures = answer.futures.first(GLANCED)
    worth = _glance(answer, futures)
    with ThreadPoolExecutor() as threads:
        learn = threads.submit(_most_worth_knowing, answer, worth)
        study = threads.submit(_best_study, answer, worth)
        need = need_of(of, [of.axes[name] for name in _tried(of, futures)], HALF)
        return Outlook(need, learn.result(), study.result())


def _tried(of: Focus, futures: Futures) -> list[str]:
    """The inputs that at a glance cross one half nearest to their medians, and the volume."""
    ahead = (futures.saving[of.candidate] >= 0).astype(float)[None]
    names = [name for name in of.axes if name in futures.inputs]
    chances = {name: _by_group(ahead, futures.inputs[name])[0] for name in names}
    soonest = sorted(names, key=lambda name: _crossing(chances[name]))[:TRIED]
    return soonest if VOLUME in soonest or VOLUME not in of.axes else [*soonest, VOLUME]


def _crossing(chances: Array) -> float:
    """How far from the median, in deviations of a normal, a line through P by group crosses one half."""
    z = ndtri((np.arange(chances.size) + 0.5) / chances.size)
    slope = float(z @ chances) / float(z @ z)
    return abs(HALF[0] - float(chances.mean())) / abs(slope) if slope else np.inf


def _glance(answer: Answer, futures: Futures) -> dict[tuple[str, bool], float]:
    """EVPPI by sorted groups, of every input, and of every quality bar (name, True): crude, rarely low."""
    cost = np.stack(list(futures.cost.values()))
    best = int(np.argmin(cost.mean(axis=1)))
    gains = np.delete(cost[best] - cost, best, axis=0)
    return {
        key: _by_group(gains, x).max(axis=0).clip(0).mean() for key, x in _factors(answer, futures).items()
    }


def _most_worth_knowing(answer: Answer, glance: Mapping[tuple[str, bool], float]) -> Learn | None:
    """By regression, for the factors of which a glance shows the highest worth."""
    futures = answer.futures.first(FITTED)
    cost, factors = np.stack(list(futures.cost.values())), _factors(answer, futures)
    closely = sorted(glance, key=lambda key: -glance[key])[:TRIED]
    worth = [Learn(*key, evppi(cost, factors[key])) for key in closely if glance[key] > 0]
    most = max(worth, key=lambda learn: learn.worth.corrected, default=None)
    return None if most is None or most.worth.corrected <= TOLD * most.worth.standard_error else most


def _best_study(answer: Answer, glance: Mapping[tuple[str, bool], float]) -> StudyWorth | None:
    """Of those that could be worth their cost: one of a single input is worth no more than to know it."""
    able = []
    for study in answer.scenario.studies:
        known = [max(glance.get((name_of(of), trial), 0.0) for trial in (True, False)) for of in study.of]
        if len(known) > 1 or known[0] > (0.0 if study.cost is None else study.cost.law.mean()):
            able.append(study.name)
    found = studies(answer, tuple(able), sizes=False) if able else ()
    return next((study for study in found if study.worth_it), None)


def _factors(answer: Answer, futures: Futures) -> dict[tuple[str, bool], Array]:
    return {(name, False): x for name, x in futures.inputs.items()} | {
        (name, True): x for name, x in _trials(answer, futures).items()
    }


def _trials(answer: Answer, futures: Futures) -> dict[str, Array]:
    """Whether each quality bar is met, by the input that governs it."""
    sources = [answer.scenario.success_of(s) for s in answer.scenario.strategies.values()]
    return {s.name: futures.events[s.name] for s in sources if s is not None and s.name in futures.events}


def _by_group(rows: Array, x: Array) -> Array:
    """Means of each row in groups of equal size by x: ndarray (m, groups)."""
    order = np.argsort(x, kind="stable")
    size = max(1, x.size // GROUPS)
    used = order[: x.size // size * size]
    return np.asarray(rows[:, used].reshape(len(rows), -1, size).mean(axis=2))
