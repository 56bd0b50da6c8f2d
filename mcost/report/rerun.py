"""What became of an answer that was made again: the same bytes, or what differs, for a terminal or a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mcost.report.layout import Paragraph, Verdict
from mcost.rerun import NEAR, Change, Numbers, Rerun

SHOWN = 8
"""Changes of one kind that are told one by one."""

LONGEST = 160


def made_again(found: Rerun, name: str) -> Verdict:
    """name : of the file that held the manifest."""
    manifest = found.manifest
    titles = _listed((scenario.title for scenario in manifest.scenarios), " · ") or manifest.command
    said = (
        Paragraph("Again", tuple(_again(found, clean(name)))),
        Paragraph("Numbers", () if found.numbers is None else tuple(_numbers(found.numbers))),
        Paragraph("Versions", tuple(_told(found.versions))),
        Paragraph("Prices", tuple(_told(found.prices))),
        Paragraph("Priors", tuple(_told(found.priors))),
        Paragraph("Models", tuple(_told(found.models))),
        Paragraph("Scenario", tuple(_scenarios(found))),
        Paragraph("Other", () if found.numbers is None else tuple(_told(found.numbers.other))),
    )
    footer = (
        [f"{manifest.draws:,} draws · seed {manifest.seed} · {manifest.sampler}"] if manifest.draws else []
    )
    if manifest.scenarios:
        footer.append(f"scenario {_listed(scenario.sha256[:8] for scenario in manifest.scenarios)}")
    return Verdict(titles, tuple(p for p in said if p.sentences), (), clean(" · ".join(footer)))


def _listed(names: Iterable[str], between: str = ", ") -> str:
    """The first few, each once, and how many more there are."""
    each = list(dict.fromkeys(names))
    more = f" and {len(each) - SHOWN} more" if len(each) > SHOWN else ""
    return clean(between.join(each[:SHOWN])) + more


def _again(found: Rerun, name: str) -> Iterator[str]:
    command = clean(f"mcost {' '.join([found.manifest.command, *found.manifest.called])}")
    if found.same is None:
        if found.numbers is None:
            yield f"{name} tells of no bytes and no numbers: there is nothing to compare."
        else:
            yield f"{command}, held against the numbers in {name}."
    elif found.same:
        yield f"{command} gives the same bytes as {name}."
    else:
        yield f"{command} gives other bytes than {name}."
        if len(found.files) > 1:
            yield f"Of the files, these differ: {_listed(found.files)}."
        if not (found.versions or found.prices or found.priors or found.models):
            yield "Versions, prices and priors are those of then: the file itself may have been changed."


def _numbers(numbers: Numbers) -> Iterator[str]:
    if numbers.at is None:
        yield f"All {numbers.compared:,} numbers are the same to the bit."
        return
    size = f"by {numbers.largest:.2g} of their size at most"
    rounding = f", which is rounding (below {NEAR:g})" if numbers.largest <= NEAR else ""
    yield f"{numbers.differing:,} of {numbers.compared:,} numbers differ, {size}{rounding}."
    yield f"That is {clean(numbers.at.what)}: {numbers.at.then} then, {numbers.at.now} now."


def _told(changes: Sequence[Change]) -> Iterator[str]:
    for change in changes[:SHOWN]:
        yield f"{clean(change.what)}: {clean(change.then)} then, {clean(change.now)} now."
    if len(changes) > SHOWN:
        yield f"And {len(changes) - SHOWN} more."


def _scenarios(found: Rerun) -> Iterator[str]:
    for file, unchanged in found.on_disk.items():
        if not unchanged:
            yield f"{clean(file)} has changed since; the text in the manifest was run, not the file."


def clean(text: str) -> str:
    """Text of a file from anywhere, as it may go to a terminal: on one line, short, and no control signs."""
    text = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
