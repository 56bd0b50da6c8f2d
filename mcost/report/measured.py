"""What ``mcost fit`` shows: what a log tells of a workload, or of a change; as pages and as data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from mcost.report.lookup import Grid, Labelled, Page
from mcost.report.words import MINUS, count, percent, small_money
from mcost.usage.combining import Update
from mcost.usage.effect import Difference, Effect
from mcost.usage.families import Spread
from mcost.usage.finding import Finding, Findings
from mcost.usage.priors_file import origin, toml

_WORDS = {
    "calls_per_month": "calls a month, now",
    "growth_per_month": "growth a month",
    "volatility_per_month": "volatility a month",
    "input_tokens": "input tokens a call",
    "output_tokens": "output tokens a call",
    "cached_tokens": "cached tokens a call",
    "cache_hit": "cache hit",
    "retry_rate": "retry rate",
    "failed_requests": "failed requests",
    "batch_share": "share of batch",
    "cost_per_call": "cost of a call",
}


def fit_page(found: Findings, updates: Sequence[Update] = ()) -> Page:
    """The estimates, what was updated, what cannot be told, what to know of the log, and how calls differ."""
    parts: list[str | Grid | Labelled] = [f"{origin(found)}."]
    rows = tuple(
        (
            _WORDS[key],
            _value(f.value, f.unit),
            _span((f.low, f.high), f.unit) if f.low < f.high else "certain",
            f"{count(f.n)} {f.of}",
            toml(f.distribution),
        )
        for key, f in found.found.items()
    )
    parts.append(Grid(("", "estimate", "90 % interval", "from", "as a prior"), rows, frozenset({1, 2, 3})))
    if updates:
        columns = ("", "believed before", "the log alone", "together")
        moved = tuple(
            (_WORDS[u.key], *(_span(ends, u.unit) for ends in (u.before, u.alone, u.together)))
            for u in updates
        )
        parts.append(Grid(columns, moved, title="Believed before, updated by the log (5 % to 95 %)"))
    if found.untold:
        untold = tuple((_WORDS[key], f"{why}.") for key, why in found.untold.items())
        parts.append(Grid(("", ""), untold, title="Cannot be told from this export"))
    remarks = [*_remarks(found.found.values()), *found.notes]
    parts += [Labelled("Note" if i == 0 else "", (note,)) for i, note in enumerate(remarks)]
    parts += [_spread_grid(key, spread) for key, spread in found.spreads.items() if spread.candidates]
    return Page(tuple(parts))


def _remarks(found: Iterable[Finding]) -> list[str]:
    """The notes on single estimates, each told once."""
    notes: dict[str, list[str]] = {}
    for finding in found:
        if finding.note:
            notes.setdefault(finding.note, []).append(_WORDS[finding.key])
    return [f"{_and(keys)}: {note}" for note, keys in notes.items()]


def _and(keys: list[str]) -> str:
    text = " and ".join(keys)
    return text[:1].upper() + text[1:]


def _spread_grid(key: str, spread: Spread) -> Grid:
    rows = tuple(
        (
            family.name,
            f"{family.aic - spread.candidates[0].aic:,.0f}",
            f"{family.distance:.3f}",
            toml(dict(family.notation)) + (" chosen" if family.name == spread.chosen else ""),
        )
        for family in spread.candidates
    )
    none = "; none fits: the log's own quantiles are taken" if spread.chosen == "empirical" else ""
    title = f"How {_WORDS[key]} differ from one call to another ({spread.n:,} calls{none})"
    return Grid(("family", "AIC less best", "KS distance", ""), rows, frozenset({1, 2}), title)


def _span(ends: tuple[float, float], unit: str) -> str:
    return f"{_value(ends[0], unit)} to {_value(ends[1], unit)}"


def _value(value: float, unit: str) -> str:
    """A value in its unit, shares and growth in per cent."""
    if unit.startswith("USD"):
        return small_money(value) if value >= 0 else MINUS + small_money(-value)
    if unit.startswith("fraction"):
        return f"{100 * round(value, 12):.3g} %".replace("-", MINUS)
    return count(value)


def fit_data(found: Findings, updates: Sequence[Update] = ()) -> dict[str, Any]:
    """The same as data."""
    log = found.log
    first, last = log.period
    return {
        "files": [
            {
                "name": file.name,
                "format": file.kind.name,
                "rows": file.rows,
                "duplicates": file.duplicates,
                "left_out": file.n_bad,
                "wrong_rows": [{"line": bad.line, "why": bad.why} for bad in file.bad],
            }
            for file in log.files
        ],
        "period": {"first": first.isoformat(), "last": last.isoformat(), "days": len(log.days)},
        "gaps": [day.isoformat() for day in log.gaps],
        "part_days": [day.isoformat() for day in log.left_out],
        "estimates": {
            key: {
                "about": f.about,
                "unit": f.unit,
                "value": f.value,
                "low": f.low,
                "high": f.high,
                "credibility": 0.9,
                "n": f.n,
                "of": f.of,
                "distribution": f.distribution,
                "note": f.note,
            }
            for key, f in found.found.items()
        },
        "updated": {
            u.key: {"before": list(u.before), "log": list(u.alone), "together": list(u.together)}
            for u in updates
        },
        "cannot_be_told": dict(found.untold),
        "spreads": {
            key: {
                "calls": spread.n,
                "chosen": spread.chosen,
                "distribution": spread.notation,
                "candidates": [
                    {
                        "family": family.name,
                        "aic": family.aic,
                        "ks_distance": family.distance,
                        "distribution": dict(family.notation),
                    }
                    for family in spread.candidates
                ],
            }
            for key, spread in found.spreads.items()
        },
        "notes": list(found.notes),
    }


# --- before and after -------------------------------------------------------------------------------------


def effect_page(found: Effect) -> Page:
    """Whether the change is real, what it is worth a year, and every measure with its interval."""
    head = found.headline
    parts: list[str | Grid | Labelled] = [
        Labelled("Effect", (_verdict(head),) if head is not None else ("Nothing can be compared.",))
    ]
    if found.annual is not None and found.calls_a_year is not None:
        change, low, high = (_money(x) for x in found.annual)
        parts.append(
            Labelled("A year", (f"{change} ({low} to {high}) at {count(found.calls_a_year)} calls a year.",))
        )
    before, after = ("{} to {}".format(*log.period) for log in (found.before, found.after))
    n = found.n_groups
    parts.append(Labelled("Before", (f"{before}, {found.before.rows:,} rows, {n[0]:,} {found.groups}.",)))
    parts.append(Labelled("After", (f"{after}, {found.after.rows:,} rows, {n[1]:,} {found.groups}.",)))
    parts.append(Labelled("Caution", found.cautions))
    rows = tuple(
        (
            _WORDS[key],
            _value(d.before, d.unit),
            _value(d.after, d.unit),
            _value(d.change, d.unit),
            f"{_value(d.low, d.unit)} to {_value(d.high, d.unit)}",
            "yes" if d.real else "not shown",
        )
        for key, d in found.found.items()
    )
    columns = ("", "before", "after", "change", "95 % interval", "real")
    parts.append(Grid(columns, rows, frozenset({1, 2, 3, 4})))
    if found.untold:
        untold = tuple((_WORDS[key], f"{why}.") for key, why in found.untold.items())
        parts.append(Grid(("", ""), untold, title="Cannot be told from these exports"))
    return Page(tuple(parts))


def _verdict(d: Difference) -> str:
    what, size = _WORDS[d.key], _value(abs(d.change), d.unit)
    change = f"{size} {'less' if d.change < 0 else 'more'} than before" if d.change else "what it was before"
    span = f"{_value(d.low, d.unit)} to {_value(d.high, d.unit)} with 95 %"
    share = f", {_value(d.change / d.before, 'fraction')}" if d.before > 0 and d.change else ""
    if d.real:
        return f"Real: the {what} is {change} ({span}){share}."
    return (
        f"Not shown: the {what} is {change} ({span}){share}; without any effect, a difference as large comes "
        f"about in {percent(d.p)} of cases."
    )


def _money(usd: float) -> str:
    text = f"{abs(usd):,.0f}" if abs(usd) >= 10 else f"{abs(usd):,.2f}"
    return f"{MINUS if usd < 0 else ''}${text}"


def effect_data(found: Effect) -> dict[str, Any]:
    """The same as data."""
    head = found.headline
    return {
        "real": None if head is None else head.real,
        "decided_by": None if head is None else head.key,
        "groups": {"of": found.groups, "before": found.n_groups[0], "after": found.n_groups[1]},
        "priced_by": found.priced_by,
        "calls_a_year": found.calls_a_year,
        "cautions": list(found.cautions),
        "usd_a_year": None
        if found.annual is None
        else dict(zip(("change", "low", "high"), found.annual, strict=True)),
        "measures": {
            key: {
                "about": d.about,
                "unit": d.unit,
                "before": d.before,
                "after": d.after,
                "change": d.change,
                "low": d.low,
                "high": d.high,
                "credibility": 0.95,
                "p": d.p,
                "real": d.real,
            }
            for key, d in found.found.items()
        },
        "cannot_be_told": dict(found.untold),
    }
