"""A file of priors from what a log tells: the project's notation, graded measured, with its source."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from mcost.law import p5_p50_p95
from mcost.uncertain import Quantity, read
from mcost.usage.finding import Finding, Findings
from mcost.usage.log import Log


def text(found: Findings, checked: date) -> str:
    """The file as TOML, which :mod:`mcost.catalogue` reads.

    checked : the day that the file is written.
    """
    source = origin(found)
    parts = [
        f"# Measured: {source}",
        '# Written by mcost fit. A scenario takes one by { prior = "THIS FILE:NAME" }.',
    ]
    parts += [_entry(finding, source, checked) for finding in found.found.values()]
    for key, spread in found.spreads.items():
        parts.append(
            _table(
                f"spread.{key}",
                {
                    "about": f"How the {key.replace('_', ' ')} of one call differ from those of another",
                    "unit": "tokens a call",
                    "domain": "positive",
                    "distribution": spread.notation,
                    **_quantiles(spread.notation, "tokens a call", "positive"),
                    "source": f"{source}; {spread.n:,} calls",
                    "checked": checked,
                    "grade": "measured",
                    "for": [],
                    "note": f"Of single calls; a scenario takes their mean, {key}. Family: {spread.chosen}.",
                },
            )
        )
    return "\n".join(parts) + "\n"


def origin(found: Findings) -> str:
    """File names, kind of export, period and rows, in one line."""
    return origin_of(found.log)


def origin_of(log: Log) -> str:
    """The same, of a log."""
    names = ", ".join(file.name for file in log.files)
    first, last = log.period
    return f"{names} ({log.kind.name}), {first} to {last}, {log.rows:,} rows"


def _entry(finding: Finding, source: str, checked: date) -> str:
    return _table(
        finding.key,
        {
            "about": finding.about,
            "unit": finding.unit,
            "domain": finding.domain,
            "distribution": finding.distribution,
            **_quantiles(finding.distribution, finding.unit, finding.domain),
            "source": f"{source}; {finding.n:,.0f} {finding.of}",
            "checked": checked,
            "grade": "measured",
            "for": list(finding.fits),
            "note": finding.note,
        },
    )


def _quantiles(notation: Any, unit: str, domain: Any) -> dict[str, float]:
    law = read(notation, Quantity(unit, domain))
    low, median, high = p5_p50_p95(law)
    scale = max(abs(low), abs(high))
    rounded = (0.0 if abs(end) < 1e-12 * scale else end for end in (low, median, high))
    return dict(zip(("low", "median", "high"), rounded, strict=True))


def _table(name: str, values: Mapping[str, Any]) -> str:
    lines = [f"\n[{name}]"]
    lines += [f"{key} = {toml(value)}" for key, value in values.items() if value != ""]
    return "\n".join(lines)


def toml(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(toml(inner) for inner in value) + "]"
    if isinstance(value, float):
        return f"{value:.6g}" if "e" not in f"{value:.6g}" else repr(value)
    return json.dumps(value, ensure_ascii=False)
