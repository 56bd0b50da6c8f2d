"""State -> answers, needs, pictures and files: what the page can ask for, each one function of the state."""

from __future__ import annotations

import math
import os
from collections import OrderedDict
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import lru_cache
from threading import Lock
from typing import Any

from mcost.answer import Answer, run
from mcost.app.given import Given
from mcost.app.saved import saved
from mcost.app.state import Complaint, RefusedError, State
from mcost.app.view import number, number_of, scene, verdict
from mcost.axis import Axis
from mcost.errors import McostError
from mcost.focus import focus_on
from mcost.report.axis_words import in_currency
from mcost.report.grounds import grounds
from mcost.report.tipping import nearest_tip
from mcost.scenario import Scenario
from mcost.subject import subject_of
from mcost.tipping import need_of

FEW = 2_048
"""Futures while a handle moves."""

MOST = 65_536
KEPT = 3
"""Answers that are kept: a picture or a file is asked for beside the verdict that is shown."""

HALF = 0.5


@dataclass(frozen=True)
class Answers:
    """All that is said of one scenario file. Safe in threads; an answer is a function of its arguments.

    draws : futures of an answer that stays; seed : of all.
    """

    given: Given
    draws: int
    seed: int
    _hands: Executor = field(default_factory=lambda: ThreadPoolExecutor(os.cpu_count()))
    _kept: OrderedDict[tuple[State, int], Future[Answer]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def scene(self) -> dict[str, Any]:
        return scene(self.given, min(FEW, self.draws), self.draws)

    def number(self, state: State, draws: int) -> dict[str, Any] | None:
        """The chance alone, of the one strategy that it takes: it is there long before the whole verdict.

        None where it is not known beforehand which strategy the verdict speaks of, and where the verdict does
        not take long. Raises RefusedError where the state has no answer.
        """
        scenario = _changed(self.given, state)
        tuned = [name for name in scenario.candidates if scenario.strategies[name].tuned]
        about = state.about or (tuned[0] if len(tuned) == 1 else None)
        if about is None or draws <= FEW or self._is_kept(state, draws):
            return None
        return number_of(run(scenario.only(about), draws, self.seed, executor=self._hands), about)

    def verdict(self, state: State, draws: int) -> dict[str, Any]:
        """Raises RefusedError where the state has no answer."""
        answer = self._answer(state, draws)
        return verdict(self.given, state, answer)

    def pictures(self, state: State, draws: int, *, later: bool) -> dict[str, Any]:
        """The dotplot and the break-even curve; or what takes a second look: the fan and the tornado."""
        from mcost.app import pictures  # Matplotlib takes a second to load: the verdict does not wait for it

        names = pictures.LATER if later else pictures.AT_ONCE
        return pictures.pictures(self._answer(state, draws), state.about, names)

    def grounds(self, state: State, draws: int) -> list[list[str]]:
        """What the answer rests on, as labels and sentences."""
        answer = self._answer(state, draws)
        about = subject_of(answer, state.about)
        told = grounds(answer, () if about is None else (about,))
        return [[p.label, " ".join(p.sentences)] for p in told if p.sentences]

    def need(self, state: State, name: str) -> dict[str, Any]:
        """The value of one input at which the candidate is ahead in half of all futures, and in words."""
        answer = self._answer(state, self.draws)
        about = subject_of(answer, state.about)
        if about is None:
            raise RefusedError([Complaint(name, "there is no rival to hold the baseline against")])
        of = focus_on(answer.scenario, about, draws=answer.draws, seed=self.seed)
        try:
            axis = of.axis(name)
        except McostError as error:
            raise RefusedError([Complaint(name, str(error))]) from None
        found = need_of(of, [axis], (HALF,))
        said = in_currency(nearest_tip(found)[0], answer.scenario.currency)
        crossing = found.tips[0].reaches[0].nearest(axis)
        if crossing is None:
            return {"said": said, "text": None}
        return {"said": said, "text": number(_safe(axis, crossing.value, crossing.rises), axis.share)}

    def figure(self, state: State, name: str, size: str, form: str) -> bytes:
        """The picture that ``mcost figures`` draws, as a file."""
        from mcost.figures.encoding import encode
        from mcost.figures.gallery import GALLERY
        from mcost.figures.ground import Ground
        from mcost.figures.style import size_of

        picture = GALLERY[name]
        ground = Ground.of(self._answer(state, self.draws), state.about)
        made = picture.figure(ground, size)
        return encode(made, form, size_of(size), name, picture.said(ground), ground.facts)

    def saved(self, state: State) -> str:
        """The scenario file of the state; its first lines say what it gives."""
        answer = self._answer(state, self.draws)
        name = self.given.scenario.file or "the scenario"
        lines = [f"Saved from the what-if page of {name}: mcost app."]
        about = subject_of(answer, state.about)
        if about is not None:
            probability = answer.candidates[about].pays_off.probability
            command = f"mcost run FILE --draws {answer.draws} --seed {answer.seed}"
            lines.append(f"{command} gives what it showed: {about} pays off with {probability!r}.")
        if _names_files(self.given.data):
            lines.append(f"Keep it in the folder of {name}: it reads files from there.")
        return saved(self.given, state, "\n".join(lines))

    def _answer(self, state: State, draws: int) -> Answer:
        """The answer of a state, which is simulated once, whoever else asks for it meanwhile."""
        key, scenario = _key(state, draws), _changed(self.given, state)
        with self._lock:
            asked, mine = self._kept.get(key), key not in self._kept
            if asked is None:
                asked = self._kept[key] = Future()
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        if mine:
            try:
                asked.set_result(run(scenario, draws, self.seed, executor=self._hands))
            except BaseException as error:
                asked.set_exception(error)
                with self._lock:
                    self._kept.pop(key, None)
        return asked.result()

    def _is_kept(self, state: State, draws: int) -> bool:
        with self._lock:
            return _key(state, draws) in self._kept


@lru_cache(maxsize=8)
def _changed(given: Given, state: State) -> Scenario:
    return given.as_changed(state)


def _key(state: State, draws: int) -> tuple[State, int]:
    """What the figures show changes no answer."""
    return replace(state, about=None), draws


def _safe(axis: Axis, value: float, up: bool) -> float:
    """Four digits, or a whole number, on the side on which the candidate is ahead."""
    step = 1.0 if axis.whole else 10.0 ** (math.floor(math.log10(abs(value))) - 3) if value else 1.0
    parts = value / step
    rounded = (math.ceil(parts - 1e-9) if up else math.floor(parts + 1e-9)) * step
    return float(f"{min(max(rounded, axis.low), axis.high):.10g}")


def _names_files(data: Any) -> bool:
    """Whether a scenario reads samples, or priors of a file of its own."""
    if isinstance(data, dict):
        beside = isinstance(data.get("prior"), str) and ":" in data["prior"]
        return "samples" in data or beside or any(_names_files(value) for value in data.values())
    return isinstance(data, list) and any(_names_files(value) for value in data)
