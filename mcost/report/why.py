"""What drives an answer, in paragraphs: what moves it, what could be learnt, what is luck."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mcost.driver import Driver
from mcost.estimate import Chance, Estimate
from mcost.explanation import Why
from mcost.report.driver_words import MEETS, alone, called, valued, with_ends
from mcost.report.estimates import above_zero, below, usd, worth
from mcost.report.layout import Paragraph, Table, Verdict
from mcost.report.naming import input_name, owner, plural
from mcost.report.why_tables import ROWS
from mcost.report.why_tables import tables as driver_tables
from mcost.report.words import capital, chance, in_futures, listed, money, name, percent
from mcost.version import VERSION

APART = 0.05
"""Futures that pay off and others are told apart by a factor whose ranks differ by more."""

SMALL = 0.01
"""An event with a smaller share of the pay-off has no sentence of its own."""


def why(found: Why) -> Verdict:
    """The main driver and both its ends, what could be learnt, what is luck; then every driver."""
    if not found.drivers:
        paragraphs = [Paragraph("Drivers", (_nothing(found),))]
        tables: list[Table] = []
    else:
        paragraphs = [
            Paragraph("Drivers", tuple(_moves(found))),
            Paragraph("To learn", tuple(_to_learn(found))),
            Paragraph("Luck", tuple(_luck(found))),
            Paragraph("Risk", tuple(_risk(found))),
            Paragraph("Told apart", tuple(_told_apart(found))),
            Paragraph("Shared", tuple(_shared(found))),
        ]
        tables = driver_tables(found)
    return Verdict(
        found.answer.scenario.title,
        tuple(paragraph for paragraph in paragraphs if paragraph.sentences),
        tuple(tables),
        _footer(found),
    )


def _nothing(found: Why) -> str:
    if found.candidate is None:
        return f"Only {name(found.answer.baseline)} is given: name a rival to hold it against."
    return "Nothing is uncertain here: every future is the same one, so nothing in it drives the answer."


# --- a decider who fears losses ---------------------------------------------------------------------------


def _risk(found: Why) -> Iterator[str]:
    """Whether CVaR, or aversion to risk, would choose otherwise than the mean."""
    fear = found.attitude
    if fear is None:
        return
    choices = fear.choices
    by_mean, by_tail = choices["mean"], choices["cvar"]
    if by_tail == by_mean:
        yield f"By the mean of the worst tenth of futures (CVaR) {name(by_mean)} is the choice too."
    else:
        own, other = (_round(found, fear.cvar[s], 3) for s in (by_tail, by_mean))
        yield (
            f"By the mean of the worst tenth of futures (CVaR) the choice is {name(by_tail)}: it costs {own} "
            f"there, {name(by_mean)} {other}."
        )
    if fear.aversion is not None:
        tolerance = _round(found, 1 / fear.aversion, 3)
        yield f"With a risk tolerance of {tolerance} (exponential utility) it is {name(choices['utility'])}."
    elif fear.switch is not None:
        tolerance = _round(found, 1 / fear.switch[0], 2)
        yield (
            f"From a risk tolerance of about {tolerance} downward (exponential utility) the choice turns to "
            f"{name(fear.switch[1])}."
        )


def _round(found: Why, usd: float, digits: int) -> str:
    return money(float(f"{usd:.{digits}g}"), 0.0, found.answer.scenario.currency)


# --- what moves it ----------------------------------------------------------------------------------------


def _moves(found: Why) -> Iterator[str]:
    """The input that moves P most, and the event with the largest share in it; where nothing moves P, those
    with the largest share in the saving.
    """
    pays = any(above_zero(driver.event_share) for driver in found.drivers)
    key: Callable[[Driver], float] = _event_share if pays else _variance_share
    inputs = [driver for driver in found.inputs if key(driver) > 0]
    events = [driver for driver in found.events if key(driver) > SMALL]
    if inputs:
        yield _both_ends(found, max(inputs, key=(lambda d: d.sensitivity.swing) if pays else key), pays)
    else:
        yield f"No input moves the {'chance' if pays else 'saving'} of {name(str(found.candidate))}."
    if events:
        yield _both_ends(found, max(events, key=key), pays)


def _event_share(driver: Driver) -> float:
    return driver.event_share.value if above_zero(driver.event_share) else 0.0


def _variance_share(driver: Driver) -> float:
    return driver.variance_share.value if above_zero(driver.variance_share) else 0.0


def _both_ends(found: Why, driver: Driver, pays: bool) -> str:
    who = name(str(found.candidate))
    low, high = with_ends(found, driver)
    if not pays:
        least, most = driver.low.saving, driver.high.saving
        same = (least.value < 0) == (most.value < 0)
        return (
            f"{capital(low)} {who} {_saves(found, least)} on average, {high} "
            f"{_size(found, most) if same else _saves(found, most)}."
        )
    first, last = driver.low.pays_off, driver.high.pays_off
    between = [tenth.pays_off.value for tenth in driver.tenths[1:-1]]
    said = f"{capital(low)} {who} pays off {in_futures(first)}, {high} {_in(last)}"
    margin = 3 * max(first.standard_error, last.standard_error)
    if between and max(between) > max(first.value, last.value) + margin:
        return f"{said}, and between the two in up to {percent(max(between), 0.01)}."
    if between and min(between) < min(first.value, last.value) - margin:
        return f"{said}, and between the two in as few as {percent(min(between), 0.01)}."
    return f"{said}."


def _saves(found: Why, saving: Estimate) -> str:
    size = _size(found, saving)
    return f"saves {size}" if saving.value >= 0 else f"costs {size} more than {name(found.answer.baseline)}"


def _size(found: Why, saving: Estimate) -> str:
    return money(abs(saving.value), saving.standard_error, found.answer.scenario.currency)


def _in(share: Chance) -> str:
    if share.value in (0.0, 1.0):
        return "in all of them" if share.value else "in none"
    return f"in {chance(share)}"


# --- what could be known ----------------------------------------------------------------------------------


def _to_learn(found: Why) -> Iterator[str]:
    known, best, currency = found.all_inputs, found.best, found.answer.scenario.currency
    if not found.inputs:
        yield "No input is uncertain: there is nothing to learn."
        return
    know = "To know every input exactly before choosing would"
    if known.interval[1] == 0:
        yield f"{know} be worth nothing: the choice would stay what it is."
    elif not above_zero(known):
        yield f"{know} be worth nothing, or {below(known, currency)}."
    else:
        said = f"{know} be worth {worth(known, currency)}, at most"
        if best is not None:
            mostly = "most of it is" if best.worth > 0.5 * known.corrected else "worth most is"
            said += f"; {mostly} the {called(found, best)}, {worth(best.evppi, currency)}"
        yield f"{said}."
    if known.warning:
        yield f"That is rough: {known.warning}."
    if best is not None and best.evppi.warning and best.evppi is not known:
        yield f"The worth of the {called(found, best)} is rough: {best.evppi.warning}."
    yield from _by_means(found)


def _by_means(found: Why) -> Iterator[str]:
    """What it was worth to have modelled uncertainty at all."""
    chosen, loss, recommended = found.by_means, found.modelling, found.answer.recommended
    if chosen is None or loss is None:
        return
    if chosen != recommended and not above_zero(loss):
        yield (
            f"The means of the inputs alone would choose {name(chosen)}, which cannot be told from "
            f"{name(recommended)} in expected cost."
        )
    elif chosen == recommended:
        yield (
            f"The means of the inputs alone would choose {name(chosen)} too: modelling their uncertainty "
            "does not change the choice."
        )
    else:
        lost = usd(loss, found.answer.scenario.currency)
        yield (
            f"The means of the inputs alone would choose {name(chosen)}, which costs {lost} "
            f"more on average than {name(recommended)}: that is what modelling the uncertainty is worth."
        )


def _luck(found: Why) -> Iterator[str]:
    if not found.events:
        return
    if not above_zero(found.luck):
        if found.inputs and above_zero(found.all_inputs):
            yield "Next to nothing is luck: the inputs tell nearly all that decides the choice."
        return
    main = max(found.events, key=lambda d: d.worth)
    lost = usd(found.luck, found.answer.scenario.currency)
    said = f"Another {lost} is luck, which no study of the inputs tells beforehand"
    if main.worth > 0:
        said += f"; it is above all {alone(found, main)}"
        said += ", and that a trial would show" if main.what and main.what.startswith(MEETS) else ""
    yield f"{said}."


# --- what sets the futures that pay off apart -------------------------------------------------------------


def _told_apart(found: Why) -> Iterator[str]:
    def distance(driver: Driver) -> float:
        return abs(driver.sensitivity.apart)

    clear = [d for d in found.drivers if distance(d) > max(APART, 3 * d.sensitivity.apart_error)]
    most = sorted(clear, key=distance, reverse=True)[:3]
    if most:
        yield f"In futures that pay off, {listed([_apart(found, driver) for driver in most])}."


def _apart(found: Why, driver: Driver) -> str:
    said, of = called(found, driver), driver.sensitivity
    assert of.mean_if_pays_off is not None
    assert of.mean_if_not is not None
    if said.startswith(MEETS):
        here, there = (percent(share, 0.01) for share in (of.mean_if_pays_off, of.mean_if_not))
        bar = str(driver.what).removeprefix(MEETS)
        return f"{name(owner(driver.name))} more often {bar} ({here}; {there} in the others)"
    assert of.median_if_pays_off is not None
    assert of.median_if_not is not None
    said_so = "there is {} " + said
    more, less = "higher", "lower"
    if said.startswith("month"):
        said_so, more, less = f"the {said} is {{}}", "later", "earlier"
    elif plural(said):
        said_so, more, less = "there are {} " + said, "more", "fewer"
    here, there = (valued(found, driver, median) for median in (of.median_if_pays_off, of.median_if_not))
    clause = said_so.format(more if of.apart > 0 else less)
    if here == there:
        here, there = (valued(found, driver, mean) for mean in (of.mean_if_pays_off, of.mean_if_not))
        return f"{clause} (mean {here}; {there} in the others)"
    return f"{clause} (median {here}; {there} in the others)"


def _shared(found: Why) -> Iterator[str]:
    """Which of the rows shown include what goes together with another input."""
    for driver in found.drivers[:ROWS]:
        if driver.kind == "input" and driver.correlated_with:
            others = [input_name(found.answer.scenario, other) for other in driver.correlated_with]
            yield f"{capital(called(found, driver))} includes what it shares with {listed(others)}."
    if any(driver.kind == "event" and driver.correlated_with for driver in found.drivers[:ROWS]):
        yield "Rows of random events include what the input behind each of them tells."


def _footer(found: Why) -> str:
    answer = found.answer
    parts = [f"scenario {answer.scenario.sha256[:8]}", f"mcost {VERSION}"]
    if answer.certain:
        return " · ".join(["nothing uncertain", *parts])
    parts = [f"{answer.draws:,} draws", f"seed {answer.seed}", *parts]
    if found.drivers and found.fitted < answer.draws:
        parts.insert(0, f"shares and worth from the first {found.fitted:,} futures")
    if found.drivers:
        parts.insert(0, "± is simulation error (95 %), not doubt about the inputs")
    return " · ".join(parts)
