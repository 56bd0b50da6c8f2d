"""The advice: what to do, the safe move beside it, and how likely each candidate is to be ahead."""

from __future__ import annotations

from mcost.answer import Answer
from mcost.report.currency import money_of
from mcost.report.words import capital, in_futures, months, name, percent

WORTH_A_WORD = 0.001
"""A share of the futures below this is not spoken of."""

SAFE = 0.9
"""A candidate that pays off with this probability is a safe move, worth naming beside the advice."""


def advice(answer: Answer, subjects: tuple[str, ...]) -> tuple[str, ...]:
    """What to do, the safe move beside it, and how likely each subject is to be ahead."""
    recommended, baseline, horizon = answer.recommended, answer.baseline, answer.horizon_months
    if not subjects:
        return (f"Only {name(baseline)} is given: name a rival to hold it against.",)
    if recommended == baseline:
        said = [f"Keep {name(baseline)}: no rival is expected to cost less over {months(horizon)}."]
    else:
        saving = answer.candidates[recommended].saving_usd
        gain = money_of(answer, saving.mean, saving.standard_error)
        if not answer.certain:
            low, high = (
                money_of(answer, x, e)
                for x, e in zip((saving.p5, saving.p95), saving.percentile_errors[::2], strict=True)
            )
            gain += f" ({low} to {high} in 9 of 10 futures)"
        expected = "it saves" if answer.certain else "it is expected to save"
        said = [
            f"Move from {name(baseline)} to {name(recommended)}: {expected} {gain} over {months(horizon)}."
        ]
    return (*said, *_safe_move(answer), *(_ahead(answer, subject) for subject in subjects))


def _safe_move(answer: Answer) -> list[str]:
    """The candidate that pays off most surely, where that is not the advice itself."""
    if answer.certain:
        return []
    surest = max(answer.candidates, key=lambda name: answer.candidates[name].pays_off.probability)
    candidate, chosen = answer.candidates[surest], answer.candidates.get(answer.recommended)
    least = SAFE if chosen is None else max(SAFE, chosen.pays_off.probability + 0.02)
    saving = candidate.saving_usd
    if surest == answer.recommended or candidate.pays_off.probability < least or saving.mean <= 0:
        return []
    gain = money_of(answer, saving.mean, saving.standard_error)
    pays = in_futures(candidate.pays_off)
    return [f"The safe move is {name(surest)}: it pays off {pays}, and saves {gain} on average."]


def _ahead(answer: Answer, subject: str) -> str:
    candidate, baseline = answer.candidates[subject], name(answer.baseline)
    beats, pays = candidate.beats_best_alternative, candidate.pays_off
    alternative = f"{name(beats.alternative)}, its best alternative"
    at = f"at month {answer.horizon_months}"
    if answer.certain:
        text = f"{capital(name(subject))} {'is' if pays.probability else 'is not'} ahead of {baseline} {at}"
        if beats.alternative != answer.baseline:
            text += f", and costs {'no more' if beats.probability else 'more'} than {alternative}"
        return f"{text}{_won_and_lost(answer, subject)}."
    text = f"{capital(name(subject))} is ahead of {baseline} {at} {in_futures(pays)}"
    missed = 1 - candidate.success
    if missed > 0:
        fallback = answer.scenario.strategies[subject].fallback or answer.baseline
        serves = "serves on" if fallback == answer.baseline else "serves instead"
        text += f"; in {percent(missed, 0.004)} it misses the quality bar, and {name(fallback)} {serves}"
    late = (1 - candidate.launched) * candidate.success
    if late >= WORTH_A_WORD and answer.scenario.strategies[subject].tuned:
        before = _what_ends(answer, subject)
        text += f"; in {percent(late, 0.004)} it meets the bar but never serves, as {before} before"
    if beats.alternative != answer.baseline:
        text += f"; it beats {alternative}, {in_futures(beats)}"
    return f"{text}{_won_and_lost(answer, subject)}."


def _what_ends(answer: Answer, subject: str) -> str:
    """What may come before the launch of a tuned candidate: the horizon, where nothing else can."""
    scenario = answer.scenario
    strategy = scenario.strategies[subject]
    model = scenario.models.get(strategy.model or "")
    facts = scenario.facts.get(strategy.model or "")
    ends = {
        "the feature ends": scenario.workload.ends_per_year,
        "its tuning closes": scenario.tuning_ends(strategy),
        "its model retires": (model and model.retires_after_months) or (facts and facts.retires),
    }
    return " or ".join(what for what, when in ends.items() if when) or "the horizon comes"


def _won_and_lost(answer: Answer, subject: str) -> str:
    candidate = answer.candidates[subject]
    pays, beats = candidate.pays_off.probability, candidate.beats_best_alternative
    if not pays > 0.5 > beats.probability or beats.alternative == answer.baseline:
        return ""
    if subject == answer.recommended:  # its expected cost is the lowest all the same
        return ": less often than not, but then by more"
    return ": it wins against the baseline and loses to a rival"
