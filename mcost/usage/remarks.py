"""What was met in a log that a reader should know: rows left out, gaps, models that give way to another."""

from __future__ import annotations

from datetime import date

from mcost.report.words import listed
from mcost.usage.log import Log, day_of
from mcost.usage.model_names import shown_model


def remarks(log: Log) -> tuple[str, ...]:
    """A sentence each: file by file, then of the days, then of the models."""
    notes = []
    for file in log.files:
        for what, n in file.not_calls.items():
            notes.append(f"{file.name}: {n:,} {what}: left out.")
        if file.duplicates:
            were = "row was" if file.duplicates == 1 else "rows were"
            notes.append(f"{file.name}: {file.duplicates:,} {were} met before, and counted once.")
        if file.n_bad:
            notes.append(_bad(file.name, file.n_bad, [(b.line, b.why) for b in file.bad]))
    if log.left_out:
        are = "is not a whole day" if len(log.left_out) == 1 else "are not whole days"
        notes.append(f"{listed([str(d) for d in log.left_out])} {are} in this log: left out.")
    if log.gaps:
        notes.append(f"Nothing is known of {_days(log.gaps)}: a gap, not counted as days without calls.")
    if any(not file.zone_said for file in log.files):
        notes.append("Times without a zone are taken as UTC.")
    for old, new, day in _renames(log):
        both = (
            ": a rename, or a move; give --model for both to read them as one"
            if len(log.wanted) < len(log.models)
            else "; both are read as one"
        )
        notes.append(f"{old} gives way to {new} on {day}{both}.")
    if len(log.wanted) > 1:
        whole = log.models.loc[list(log.wanted), "calls"]
        parts = [
            f"{shown_model(str(name))} {100 * calls / whole.sum():.0f} %"
            for name, calls in whole.sort_values(ascending=False).head(5).items()
        ]
        notes.append(f"{len(log.wanted)} models are read as one, {', '.join(parts)}; --model picks one.")
    return tuple(notes)


def _bad(name: str, n: int, examples: list[tuple[int, str]]) -> str:
    shown = "; ".join(f"{name}:{line}: {why}" if line else why for line, why in examples)
    more = f"; and {n - len(examples):,} more" if n > len(examples) else ""
    were = f"{n:,} rows cannot be and are" if n > 1 else "1 row cannot be and is"
    return f"{name}: {were} left out: {shown}{more}."


def _days(days: tuple[date, ...]) -> str:
    """``2026-03-03 to 2026-03-05 and 2026-04-01``."""
    runs: list[list[date]] = []
    for day in days:
        if runs and (day - runs[-1][-1]).days == 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    said = [str(r[0]) if len(r) == 1 else f"{r[0]} to {r[-1]}" for r in runs[:5]]
    more = f" and {len(runs) - 5} more stretches" if len(runs) > 5 else ""
    return (", ".join(said) if more else listed(said)) + more


def _renames(log: Log) -> list[tuple[str, str, date]]:
    """Models asked for that end as another begins: (old, new, day), each with a good part of the calls."""
    found = []
    rows = log.models.reset_index()[["model", "first", "last", "calls"]].to_numpy().tolist()
    spans = {str(name): (int(first), int(last), float(calls)) for name, first, last, calls in rows}
    whole = sum(calls for _, _, calls in spans.values())
    begin, end = (f(days[i] for days in spans.values()) for i, f in ((0, min), (1, max)))
    for old in sorted(log.wanted):
        _, last, calls = spans[old]
        for new, (first, _, others) in spans.items():
            near, inside = abs(first - last) <= 3, begin < first and last < end
            if new != old and near and inside and min(calls, others) > 0.05 * whole:
                found.append((shown_model(old), shown_model(new), day_of(first)))
    return found
