"""The common table: a row a call, or a row a bucket of calls, whatever the export; what it leaves out is NaN.

Its columns: ``time`` (seconds since 1970, UTC); ``model``; ``requests``, the attempts that the row counts; of
these ``failed``, which ended in an error, ``retries``, which asked again, and ``batch``, which went in a
batch; ``uncached``, input tokens at the full price, written to a cache or not; of these ``written``, to a
cache; ``cached``, input tokens served from the cache; ``output``; ``cost``, USD, as the log has it;
``session``. Texts of users, prompts and keys are never among the columns that are read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mcost.usage.formats import ANTHROPIC, OTEL, Format

MOST_TOKENS = 1e7
"""Tokens of one call: beyond what any model reads."""
MOST_REQUESTS = 1e10
"""Calls of one row."""
MOST_TOTAL = 1e15
"""Tokens of a row that does not say how many calls it counts."""
_FAILED_WORDS = ("failure", "failed", "fail", "error", "timeout", "cancelled", "true")
_EARLIEST, _LATEST = 1_420_070_400, 4_102_444_800  # 2015 and 2100


@dataclass(frozen=True)
class Mapped:
    """A chunk in the common table.

    rows : good rows, with the columns of the table, ``end`` and ``key`` (the identity's hash, 0 for none).
    bad : positions in the chunk of rows that cannot be, and why, in words that quote no text of the log.
    told : the columns of the common table that the export has.
    not_calls : rows of something else than a call to a provider, by what they are.
    """

    rows: pd.DataFrame
    bad: tuple[tuple[int, str], ...]
    told: frozenset[str]
    not_calls: Mapping[str, int]
    zone_said: bool


def mapped(frame: pd.DataFrame, kind: Format) -> Mapped:
    """The common table of one chunk of an export, as read (n rows); rows that cannot be are set apart."""
    return _Mapping(kind.prepare(frame.reset_index(drop=True)), kind).done()


class _Mapping:
    """One chunk on its way to the common table."""

    def __init__(self, frame: pd.DataFrame, kind: Format) -> None:
        self.frame, self.kind, self.n = frame, kind, len(frame)
        self.reasons: dict[int, str] = {}
        self.wrong = np.zeros(self.n, bool)
        self.told: set[str] = set()

    def column(self, key: str) -> pd.Series | None:
        """The first column there of the names that a field may have; later ones fill what it leaves blank."""
        found = [self.frame[name] for name in self.kind.fields.get(key, ()) if name in self.frame]
        if not found:
            return None
        first = found[0]
        for other in found[1:] if key == "model" else ():
            first = first.where(first.notna(), other)
        return first

    def refuse(self, where: np.ndarray, reason: str | Callable[[int], str]) -> None:
        fresh = where & ~self.wrong
        self.wrong |= where
        for at in np.flatnonzero(fresh):
            self.reasons[int(at)] = reason if isinstance(reason, str) else reason(int(at))

    def number(self, key: str, name: str | None = None) -> np.ndarray | None:
        """A column as numbers (n,), blanks NaN; what is no number, or below 0, is set apart."""
        column = self.column(key) if name is None else self.frame[name]
        if column is None:
            return None
        label = name or str(column.name)
        if pd.api.types.is_numeric_dtype(column):
            values = column.to_numpy(dtype=float, na_value=np.nan)
        else:
            values = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
            blank = column.isna().to_numpy() | (column.astype(str).str.strip() == "").to_numpy()
            self.refuse(np.isnan(values) & ~blank, f"{label}: not a number")
        self.refuse(np.isinf(values), f"{label}: found a number beyond all bounds")
        self.refuse(values < 0, lambda at: f"{label}: found {values[at]:g}; expected 0 or more")
        return values

    def done(self) -> Mapped:
        kind = self.kind
        time = self.times("time")
        end = self.times("end") if self.column("end") is not None else np.full(self.n, np.nan)
        assert time is not None
        self.refuse(np.isnan(time), "the time is missing or not a time")
        self.refuse((time < _EARLIEST) | (time > _LATEST), "found a time before 2015 or after 2100")
        not_calls, ours = self.others()
        requests = np.ones(self.n) if kind.per_call else self.number("requests")
        if requests is not None:
            self.told.add("requests")
            large = requests > MOST_REQUESTS
            self.refuse(large, lambda at: f"found {requests[at]:.3g} calls in one row")
        table = self.tokens(requests)
        table["requests"] = requests
        table["failed"] = self.failed(requests)
        table["retries"] = self.counted("retries")
        table["batch"] = self.batch(requests)
        table["cost"] = self.counted("cost")
        rows = pd.DataFrame({key: _or_nan(table[key], self.n) for key in table})
        rows["time"], rows["end"] = time, end
        rows["model"] = self.models()
        rows["session"] = self.hashed("session")
        rows["key"] = self.keys()
        if kind.per_call and requests is not None:
            self.blank_calls(rows)
        good = ~self.wrong & ours
        return Mapped(
            rows=rows[good].reset_index(drop=True),
            bad=tuple(sorted((at, why) for at, why in self.reasons.items() if ours[at])),
            told=frozenset(self.told),
            not_calls=not_calls,
            zone_said=self.zone_said,
        )

    # parts

    zone_said = True

    def times(self, key: str) -> np.ndarray:
        """Seconds since 1970 (n,), UTC; a time without a zone is taken as UTC."""
        column = self.column(key)
        if column is None:
            return np.full(self.n, np.nan)
        numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        if np.isfinite(numbers).any():
            for unit in (1e9, 1e6, 1e3):  # nanoseconds, microseconds, milliseconds
                numbers = np.where(numbers > _LATEST * unit / 10, numbers / unit, numbers)
            return numbers
        text = column.astype("str")
        if key == "time":
            first = text.head(100)
            zone = first.str.contains(r"(?:Z|UTC|[+-]\d\d:?\d\d)\s*$", regex=True, na=False)
            self.zone_said = bool(zone.any()) or not first.str.contains(":", regex=False).any()
        parsed = pd.to_datetime(text, utc=True, errors="coerce", format="ISO8601")
        seconds = parsed.astype("datetime64[ns, UTC]").astype("int64").to_numpy() / 1e9
        return np.where(parsed.isna().to_numpy(), np.nan, seconds)

    def others(self) -> tuple[dict[str, int], np.ndarray]:
        """Rows that are no calls to a provider: how many of what, and which rows are calls (n,)."""
        ours, found = np.ones(self.n, bool), {}
        kind = self.column("kind")
        if kind is not None:
            calls = kind.astype("str").str.upper().isin(("GENERATION", "EMBEDDING")).to_numpy()
            found["observations that are no calls to a model"] = int((~calls).sum())
            ours &= calls
        own = self.column("own_answer")
        if own is not None:
            hits = own.astype("str").str.lower().isin(("true", "1", "1.0")).to_numpy()
            found["requests that the gateway answered from its own store, at no cost"] = int(
                (hits & ours).sum()
            )
            ours &= ~hits
        return {what: n for what, n in found.items() if n}, ours

    def counted(self, key: str) -> np.ndarray | None:
        values = self.number(key)
        if values is not None:
            self.told.add(key)
        return values

    def tokens(self, requests: np.ndarray | None) -> dict[str, np.ndarray | None]:
        """Uncached, written, cached and output tokens; each (n,) or None."""
        total, uncached = self.number("input"), self.number("uncached")
        cached, output = self.counted("cached"), self.counted("output")
        parts = [
            self.number("written", name) for name in self.kind.fields.get("written", ()) if name in self.frame
        ]
        written = np.nansum([p for p in parts if p is not None], axis=0) if parts else None
        if uncached is not None:
            if self.kind is ANTHROPIC and written is not None:
                uncached = np.nansum([uncached, written], axis=0)
        elif total is not None:
            held = np.zeros(self.n) if cached is None else np.nan_to_num(cached)
            apart = self.apart(written)
            self.refuse(
                (held > total) & ~apart,
                lambda at: f"found {held[at]:g} cached tokens in {total[at]:g} tokens of input",
            )
            extra = 0.0 if written is None else np.nan_to_num(written)
            uncached = np.where(apart, total + extra, total - held)
        if uncached is not None:
            self.told |= {"uncached"} | ({"written"} if written is not None else set())
        table = {"uncached": uncached, "written": written, "cached": cached, "output": output}
        most = MOST_TOTAL if requests is None else MOST_TOKENS * np.fmax(requests, 1.0)
        for name, values in table.items():
            if values is not None:
                self.refuse(values > most, _too_many(values, name))
        return table

    def apart(self, written: np.ndarray | None) -> np.ndarray:
        """Which rows count cached tokens beside those of the input (n,): Anthropic's own way of counting."""
        if not self.kind.includes_cached:
            return np.ones(self.n, bool)
        provider = self.column("excluding")
        if provider is None:
            return np.zeros(self.n, bool)
        return provider.astype("str").str.upper().str.contains("ANTHROPIC").to_numpy()

    def failed(self, requests: np.ndarray | None) -> np.ndarray | None:
        """Requests of each row that ended in an error (n,); None where no column says so."""
        counted = self.number("failed")
        if counted is not None:
            self.told.add("failed")
            return np.asarray(np.nan_to_num(counted))
        status, error = self.column("status"), self.column("error")
        if self.kind is OTEL:
            self.told.add("failed")  # a span without an error has no such attribute
            if error is None:
                return np.zeros(self.n)
        elif status is None and error is None:
            return None
        self.told.add("failed")
        went_wrong = np.zeros(self.n, bool)
        if status is not None:
            code = pd.to_numeric(status, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
            words = status.astype("str").str.strip().str.lower().isin(_FAILED_WORDS).to_numpy()
            went_wrong |= np.where(np.isnan(code), words, (code >= 400) | (code < 0))
        if error is not None:
            said = error.notna() & ~error.astype("str").str.strip().str.lower().isin(
                ("", "false", "0", "none")
            )
            went_wrong |= said.to_numpy()
        return went_wrong * (1.0 if requests is None else np.nan_to_num(requests))

    def batch(self, requests: np.ndarray | None) -> np.ndarray | None:
        """Requests in a batch (n,); of an export without requests, 1 for a row of a batch."""
        flag, tier = self.column("batch"), self.column("tier")
        if flag is None and tier is None:
            return None
        self.told.add("batch")
        said = np.zeros(self.n, bool)
        if flag is not None:
            said |= flag.astype("str").str.strip().str.lower().isin(("true", "1", "1.0", "yes")).to_numpy()
        if tier is not None:
            said |= tier.astype("str").str.lower().str.contains("batch").to_numpy()
        return said * (1.0 if requests is None else np.nan_to_num(requests))

    def models(self) -> pd.Series:
        column = self.column("model")
        if column is None:
            return pd.Series([""] * self.n, dtype="str")
        return column.astype("str").where(column.notna(), "").str.strip()

    def hashed(self, key: str) -> np.ndarray:
        """What tells a row's group apart, as a number (n,), 0 where nothing is said; the text is not kept."""
        column = self.column(key)
        if column is None:
            return np.zeros(self.n, np.uint64)
        self.told.add(key)
        return _hash(column)

    def keys(self) -> np.ndarray:
        identity = self.kind.identity
        if identity is None:
            return np.zeros(self.n, np.uint64)
        if not identity:
            return np.asarray(self.frame["row_hash"].to_numpy(dtype=np.uint64))
        name = next((n for n in identity if n in self.frame), None)
        return np.zeros(self.n, np.uint64) if name is None else _hash(self.frame[name])

    def blank_calls(self, rows: pd.DataFrame) -> None:
        """A call that did not fail has tokens: one without any cannot be counted in a mean."""
        for key in ("uncached", "output"):
            if key in self.told:
                bare = np.isnan(rows[key].to_numpy()) & ~(rows["failed"].to_numpy() > 0)
                self.refuse(bare & ~self.wrong, f"no number of {_WORDS[key]} tokens")


def _too_many(tokens: np.ndarray, name: str) -> Callable[[int], str]:
    return lambda at: f"found {tokens[at]:.3g} tokens ({name}); no model takes so many"


_WORDS = {"uncached": "input", "output": "output"}


def _hash(column: pd.Series) -> np.ndarray:
    hashes = pd.util.hash_array(column.astype(object).to_numpy(), categorize=False)
    return np.where(column.isna().to_numpy(), np.uint64(0), np.asarray(hashes, np.uint64))


def _or_nan(values: np.ndarray | None, n: int) -> np.ndarray:
    return np.full(n, np.nan) if values is None else values
