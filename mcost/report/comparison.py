"""Differences on common draws, and what choices are worth, as paragraphs and tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from mcost.choices import Choice, Worth
from mcost.comparison import Comparison, Variant
from mcost.differences import Difference, Result
from mcost.estimate import Estimate
from mcost.report.layout import Paragraph, Table, Verdict
from mcost.report.words import MINUS, capital, chance, in_futures, listed, money, months, name
from mcost.scenario import Scenario
from mcost.version import VERSION

COMMON = "± is the simulation error (95 %) of a difference on common draws, not doubt about the inputs"


def comparison(found: Comparison) -> Verdict:
    """What each variant changes against the first, then every subject as a table."""
    scenarios = [variant.name for variant in found.variants if not variant.overrides]
    title = f"{listed(scenarios)}, on common draws" if scenarios[1:] else found.first.scenario.title
    paragraphs = (
        Paragraph("Difference", tuple(_sentence(found, variant) for variant in found.others)),
        Paragraph("Advice", tuple(_advice(found))),
        Paragraph("Not alike", tuple(s for variant in found.others for s in _unlike(found.first, variant))),
    )
    certain = all(variant.certain for variant in found.variants)
    return Verdict(
        title,
        tuple(paragraph for paragraph in paragraphs if paragraph.sentences),
        tuple(_table(found, subject, certain) for subject in found.subjects),
        _footer(found.draws, found.seed, [v.scenario for v in found.variants if not v.overrides], certain),
    )


# --- sentences --------------------------------------------------------------------------------------------


def _sentence(found: Comparison, variant: Variant) -> str:
    """The plain words: what this variant does to the first subject that it and the first have."""
    first = found.first
    subject = next((s for s in found.subjects if s in variant.differences), next(iter(variant.differences)))
    changed = _changed(
        subject,
        variant.differences[subject],
        f"in {first.name}",
        first.scenario.currency,
        variant.results[subject],
        variant.certain and first.certain,
    )
    return f"{_when(variant)} {changed}."


def _when(variant: Variant) -> str:
    return f"{'With' if variant.overrides else 'In'} {variant.name}"


def _changed(subject: str, by: Difference, there: str, currency: str, pays: Result, certain: bool) -> str:
    """``the saving of fine tune is $12,300 ± 150 higher than in contested, and it pays off …``."""
    saving = _higher(by.saving_usd, there, currency)
    return f"the saving of {name(subject)} is {saving}, and it {_pays(by.pays_off, there, pays, certain)}"


def _pays(points: Estimate, there: str, pays: Result, certain: bool) -> str:
    if points.standard_error == 0 and points.value != 0:
        if certain:
            return f"pays off, unlike {there}" if points.value > 0 else f"does not pay off, unlike {there}"
        here, other = ("every", "none") if points.value > 0 else ("no", "every one")
        return f"pays off in {here} future, {there} in {other}"
    if points.value == 0 and points.standard_error == 0:
        if certain:
            return "still pays off" if pays.pays_off.probability else "still does not pay off"
        return f"pays off in the same futures ({chance(pays.pays_off)})"
    share = f"pays off {in_futures(pays.pays_off)}"
    if not _told_apart(points):
        return f"{share}, not told apart from {there} ({_points(points)} points)"
    more = "more" if points.value > 0 else "less"
    return f"{share}, {_points(points, sign=False)} points {more}"


def _higher(saving: Estimate, there: str, currency: str) -> str:
    if saving.value == 0 and saving.standard_error == 0:
        return f"the same as {there}"
    if not _told_apart(saving):
        return f"not told apart from that {there} ({_usd(saving, currency)})"
    word = "higher" if saving.value > 0 else "lower"
    return f"{_usd(saving, currency, sign=False)} {word} than {there}"


def _told_apart(estimate: Estimate) -> bool:
    low, high = estimate.interval
    return not low <= 0 <= high


def _advice(found: Comparison) -> list[str]:
    """Where the recommended strategy differs from the first's."""
    first = found.first
    others = [variant for variant in found.others if variant.recommended != first.recommended]
    if not others:
        where = "both" if len(found.variants) == 2 else "all of them"
        return [f"In {where}, {name(first.recommended)} is expected to cost least."]
    said = [f"In {first.name} {name(first.recommended)} is expected to cost least."]
    return said + [f"{_when(variant)} it is {name(variant.recommended)}." for variant in others]


def _unlike(first: Variant, variant: Variant) -> list[str]:
    """What makes two savings ones of another kind: horizon, baseline, strategies that only one has."""
    a, b = first.scenario, variant.scenario
    said = []
    if b.horizon_months != a.horizon_months:
        said.append(
            f"{_when(variant)} savings are those of {months(b.horizon_months)}, "
            f"in {first.name} of {months(a.horizon_months)}."
        )
    if b.baseline != a.baseline:
        said.append(
            f"{_when(variant)} savings are held against {name(b.baseline)}, "
            f"in {first.name} against {name(a.baseline)}."
        )
    for here, there in ((first, variant), (variant, first)):
        alone = [name(c) for c in here.results if c not in there.results]
        if alone:
            be = "are candidates" if alone[1:] else "is a candidate"
            said.append(f"{capital(listed(alone))} {be} in {here.name} only.")
    return said


# --- tables -----------------------------------------------------------------------------------------------


def _table(found: Comparison, subject: str, certain: bool) -> Table:
    rows = []
    for variant in found.variants:
        if subject not in variant.results:
            continue
        result, by = variant.results[subject], variant.differences.get(subject)
        rows.append(
            (
                variant.name,
                _chance(result, variant.certain),
                *(() if certain else ("" if by is None else _points(by.pays_off),)),
                _saving(result, variant.scenario.currency),
                "" if by is None else _usd(by.saving_usd, variant.scenario.currency),
            )
        )
    return Table(
        f"{capital(name(subject))}, and its difference to {found.first.name}",
        ("", "pays off", *(() if certain else ("points",)), "mean saving", "difference"),
        tuple(rows),
    )


def _chance(result: Result, certain: bool) -> str:
    if certain:
        return "yes" if result.pays_off.probability else "no"
    return chance(result.pays_off)


def _saving(result: Result, currency: str) -> str:
    saving = result.saving_usd
    return money(saving.value, saving.standard_error, currency)


# --- what a choice is worth -------------------------------------------------------------------------------


def worth(found: Worth) -> Verdict:
    """What each choice does for whom it is of, then a table for each of these."""
    if not found.choices:
        said: tuple[str, ...] = (
            "This scenario holds nothing of what is tried without: no pilot, no giving up at a retrain, no "
            "fallback but the baseline, no waiting, no growth of errors, no chance that the feature ends.",
        )
    else:
        said = tuple(
            _worth_of(found, choice, subject) for choice in found.choices for subject in _whose(found, choice)
        )
    of = dict.fromkeys(subject for choice in found.choices for subject in _whose(found, choice))
    return Verdict(
        found.scenario.title,
        (Paragraph("Worth", said),),
        tuple(_worth_table(found, subject) for subject in of),
        _footer(found.draws, found.seed, [found.scenario], found.certain),
    )


def _whose(found: Worth, choice: Choice) -> tuple[str, ...]:
    return found.subjects if choice.strategy is None else (choice.strategy,)


def _worth_of(found: Worth, choice: Choice, subject: str) -> str:
    changed = _changed(
        subject,
        choice.worth[subject],
        "without it",
        found.scenario.currency,
        choice.results[subject],
        found.certain,
    )
    return f"{choice.key} (without it, {_without(found.scenario, choice)}): {changed}."


def _without(scenario: Scenario, choice: Choice) -> str:
    """What is done instead."""
    if choice.kind == "wait" and choice.strategy is not None:
        wait = scenario.strategies[choice.strategy].wait
        assert wait is not None
        return f"{name(wait.then)} starts at once"
    words: Mapping[str, str] = {
        "pilot": "it is built at once",
        "give_up": "every retrain is made",
        "fallback": f"{name(scenario.baseline)} serves where it does not",
        "error_growth_per_month": "its errors stay those of its launch",
        "ends_per_year": "the feature lives to the horizon",
    }
    return words[choice.kind]


def _worth_table(found: Worth, subject: str) -> Table:
    """Every choice that touches the subject, its own or a part's."""
    rows = []
    for choice in found.choices:
        by = choice.worth[subject]
        if by.none and subject not in _whose(found, choice):
            continue
        without = choice.without[subject]
        rows.append(
            (
                choice.key,
                _chance(without, found.certain),
                *(() if found.certain else (_points(by.pays_off),)),
                _saving(without, found.scenario.currency),
                _usd(by.saving_usd, found.scenario.currency),
            )
        )
    result = next(choice.results[subject] for choice in found.choices)
    pays, saving = _chance(result, found.certain), _saving(result, found.scenario.currency)
    return Table(
        f"{capital(name(subject))}: pays off {pays}, mean saving {saving}; without each, and what each adds",
        ("", "pays off without", *(() if found.certain else ("points",)), "saving without", "worth"),
        tuple(rows),
    )


# --- numbers of a difference ------------------------------------------------------------------------------


def _usd(difference: Estimate, currency: str, sign: bool = True) -> str:
    """``+$12,300 ± 150``; without a sign, its size."""
    margin = 1.96 * difference.standard_error
    size = money(abs(difference.value), difference.standard_error, currency)
    return _signed(difference, size, _margin(margin, f"{margin:,.2f}"), sign)


def _points(difference: Estimate, sign: bool = True) -> str:
    """``+21.1 ± 0.4``: points of a hundred."""
    margin = 196 * difference.standard_error
    digits = min(4, max(0, -math.floor(math.log10(margin)))) if margin > 0 else 0
    size = f"{abs(100 * difference.value):.{digits}f}"
    return _signed(difference, size, _margin(margin, f"{margin:.{digits}f}"), sign)


def _signed(difference: Estimate, size: str, margin: str, sign: bool) -> str:
    value, error = difference.value, difference.standard_error
    if sign and value == 0 and error == 0:
        return "same"
    plus = "+" if value > 0 else MINUS
    shown = f"{plus}{size}" if sign and any(digit in size for digit in "123456789") else size
    return f"{shown} ± {margin}" if error > 0 else shown


def _margin(margin: float, small: str) -> str:
    """A 95 % half-width to one digit, two where the first is a 1; ``small`` for one below 1."""
    if margin < 1:
        return small
    step = 10.0 ** math.floor(math.log10(margin))
    step = step / 10 if margin < 2 * step and step >= 10 else step
    rounded = math.ceil(margin / step - 1e-9) * step
    return f"{rounded:,.0f}" if rounded < 1e15 else f"{rounded:.3g}"


def _footer(draws: int, seed: int, scenarios: Sequence[Scenario], certain: bool) -> str:
    hashes = [scenario.sha256[:8] for scenario in scenarios]
    parts = [f"scenario{'s' if hashes[1:] else ''} {', '.join(hashes)}", f"mcost {VERSION}"]
    if certain:
        return " · ".join(["nothing uncertain", *parts])
    return " · ".join([COMMON, f"{draws:,} draws", f"seed {seed}", *parts])
