"""The exports that are known, and how the columns of each become one common table.

The common table has a row a call, or a row a bucket of calls, with the columns of :data:`COMMON`; what an
export does not tell is NaN. Texts of users, prompts and keys are never among the columns that are read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

COMMON = (
    "time",  # seconds since 1970, UTC
    "model",
    "requests",  # attempts that the row counts
    "failed",  # of these, those that ended in an error
    "retries",  # of these, those that asked again
    "uncached",  # input tokens at the full price, written to a cache or not
    "written",  # of these, those written to a cache
    "cached",  # input tokens served from the cache
    "output",
    "batch",  # of the requests, those in a batch
    "cost",  # USD, as the log has it
    "session",
)
MOST_TOKENS = 1e7
"""Tokens of one call: beyond what any model reads."""
MOST_REQUESTS = 1e10
"""Calls of one row."""
MOST_TOTAL = 1e15
"""Tokens of a row that does not say how many calls it counts."""
_FAILED_WORDS = ("failure", "failed", "fail", "error", "timeout", "cancelled", "true")
_EARLIEST, _LATEST = 1_420_070_400, 4_102_444_800  # 2015 and 2100


@dataclass(frozen=True)
class Format:
    """One kind of export.

    name : in words. marks : columns that tell it, all of which it has.
    fields : column of the common table -> the names it may have here, the first that is there counts.
    includes_cached : whether the input tokens hold the cached ones.
    per_call : whether each row is one call; else a row counts ``requests`` of them, where the export says so.
    identity : the columns by which a row is known again; empty for the whole row, None for none.
    lacks : what it cannot tell -> why.
    prepare : the frame as exported -> one that ``fields`` can name.
    """

    name: str
    marks: tuple[str, ...]
    fields: Mapping[str, tuple[str, ...]]
    includes_cached: bool = True
    per_call: bool = False
    identity: tuple[str, ...] | None = ()
    lacks: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[pd.DataFrame], pd.DataFrame] = lambda frame: frame

    def wants(self, column: str) -> bool:
        """Whether the column is read at all."""
        return column in self._names

    @cached_property
    def _names(self) -> frozenset[str]:
        identity = self.identity or ()
        return frozenset([*(n for names in self.fields.values() for n in names), *identity, *self.marks])


def _expand_langfuse(frame: pd.DataFrame) -> pd.DataFrame:
    """``usageDetails`` as columns. Its parts do not overlap, unless its own total says that they do."""
    rows = [_langfuse_usage(value) for value in frame["usageDetails"]]
    return frame.assign(**{f"usage.{key}": [row[key] for row in rows] for key in _LANGFUSE_PARTS})


_LANGFUSE_PARTS = ("uncached", "written", "cached", "output")


def _langfuse_usage(value: Any) -> dict[str, Any]:
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        found = None
    if not isinstance(found, dict):
        return dict.fromkeys(_LANGFUSE_PARTS, np.nan)
    numbers = {
        str(k).lower(): float(v)
        for k, v in found.items()
        if isinstance(v, int | float) and not isinstance(v, bool)
    }
    cached = sum(v for k, v in numbers.items() if "cache" in k and ("read" in k or "cached" in k))
    written = sum(v for k, v in numbers.items() if "cache" in k and ("creation" in k or "write" in k))
    plain, output = numbers.get("input", 0.0), numbers.get("output", 0.0)
    if cached and numbers.get("total") == plain + output and cached + written <= plain:
        plain -= cached + written
    return {"uncached": plain + written, "written": written, "cached": cached, "output": output}


_OPENAI_FIELDS: Mapping[str, tuple[str, ...]] = {
    "time": ("start_time", "start_time_iso"),
    "end": ("end_time", "end_time_iso"),
    "model": ("model",),
    "requests": ("num_model_requests",),
    "input": ("input_tokens",),
    "cached": ("input_cached_tokens",),
    "output": ("output_tokens",),
    "batch": ("batch",),
    "tier": ("service_tier",),
}
_NO_FAILURES = "this export counts no failed requests; the gateway's own log does"
_NO_RETRIES = "no column of this export says which requests were asked again"
_NO_BATCH = "no column of this export says which requests went through the batch interface"
_NO_SPREAD = "this export counts calls by the bucket; a log with a row a call shows it"

OPENAI = Format(
    "OpenAI usage export",
    ("start_time", "num_model_requests"),
    _OPENAI_FIELDS,
    lacks={"failed": _NO_FAILURES, "retries": _NO_RETRIES},
)
OPENAI_EMPTY = Format("OpenAI usage export", ("start_time", "end_time", "start_time_iso"), _OPENAI_FIELDS)
ANTHROPIC = Format(
    "Anthropic console export",
    ("usage_date_utc", "usage_output_tokens"),
    {
        "time": ("usage_date_utc",),
        "model": ("model_version",),
        "uncached": ("usage_input_tokens_no_cache",),
        "written": ("usage_input_tokens_cache_write_5m", "usage_input_tokens_cache_write_1h"),
        "cached": ("usage_input_tokens_cache_read",),
        "output": ("usage_output_tokens",),
        "tier": ("usage_type",),
    },
    includes_cached=False,
    lacks={
        "requests": "this export counts tokens, not calls; give a gateway's log for calls and tokens a call",
        "failed": _NO_FAILURES,
        "retries": _NO_RETRIES,
    },
)
LITELLM = Format(
    "LiteLLM spend log",
    ("request_id", "startTime", "prompt_tokens", "spend"),
    {
        "time": ("startTime",),
        "model": ("model",),
        "input": ("prompt_tokens",),
        "cached": ("cache_read_input_tokens",),
        "written": ("cache_creation_input_tokens",),
        "output": ("completion_tokens",),
        "status": ("status",),
        "cost": ("spend",),
        "session": ("session_id",),
        "own_answer": ("cache_hit",),
    },
    per_call=True,
    identity=("request_id",),
    lacks={"retries": _NO_RETRIES, "batch": _NO_BATCH},
)
LITELLM_DAILY = Format(
    "LiteLLM daily table",
    ("date", "api_requests", "prompt_tokens"),
    {
        "time": ("date",),
        "model": ("model",),
        "requests": ("api_requests",),
        "failed": ("failed_requests",),
        "input": ("prompt_tokens",),
        "cached": ("cache_read_input_tokens",),
        "written": ("cache_creation_input_tokens",),
        "output": ("completion_tokens",),
        "cost": ("spend",),
    },
    lacks={"retries": _NO_RETRIES, "batch": _NO_BATCH},
)
LANGFUSE = Format(
    "Langfuse export",
    ("startTime", "type", "usageDetails"),
    {
        "time": ("startTime",),
        "model": ("model",),
        "kind": ("type",),
        "uncached": ("usage.uncached",),
        "written": ("usage.written",),
        "cached": ("usage.cached",),
        "output": ("usage.output",),
        "status": ("level",),
        "cost": ("totalCost",),
        "session": ("sessionId",),
    },
    includes_cached=False,
    per_call=True,
    identity=("id",),
    lacks={"retries": _NO_RETRIES, "batch": _NO_BATCH},
    prepare=_expand_langfuse,
)
HELICONE = Format(
    "Helicone export",
    ("request_created_at", "prompt_tokens"),
    {
        "time": ("request_created_at",),
        "model": ("response_model", "request_model"),
        "input": ("prompt_tokens",),
        "cached": ("prompt_cache_read_tokens",),
        "written": ("prompt_cache_write_tokens",),
        "output": ("completion_tokens",),
        "status": ("response_status",),
        "cost": ("costUSD",),
        "session": ("session_id",),
        "excluding": ("provider",),
    },
    per_call=True,
    identity=("request_id",),
    lacks={"retries": _NO_RETRIES, "batch": _NO_BATCH},
)
OTEL = Format(
    "OpenTelemetry GenAI spans",
    ("gen_ai.usage.input_tokens",),
    {
        "time": ("startTimeUnixNano", "start_time_unix_nano", "start_time", "startTime", "timestamp"),
        "model": ("gen_ai.response.model", "gen_ai.request.model"),
        "input": ("gen_ai.usage.input_tokens",),
        "cached": ("gen_ai.usage.cache_read.input_tokens",),
        "written": ("gen_ai.usage.cache_creation.input_tokens",),
        "output": ("gen_ai.usage.output_tokens",),
        "error": ("error.type",),
        "session": ("gen_ai.conversation.id", "session.id"),
    },
    per_call=True,
    identity=("span_id",),
    lacks={"retries": _NO_RETRIES, "batch": _NO_BATCH},
)
_PLAIN_FIELDS: Mapping[str, tuple[str, ...]] = {
    "time": ("time", "timestamp", "datetime", "date", "day", "created_at"),
    "model": ("model",),
    "requests": ("requests", "calls", "request_count"),
    "failed": ("failed_requests", "failures"),
    "retries": ("retries",),
    "input": ("input_tokens", "prompt_tokens"),
    "uncached": ("uncached_tokens", "uncached_input_tokens"),
    "cached": ("cached_tokens", "cached_input_tokens", "cache_read_tokens"),
    "written": ("cache_write_tokens",),
    "output": ("output_tokens", "completion_tokens"),
    "batch": ("batch",),
    "status": ("status",),
    "error": ("error",),
    "cost": ("cost", "cost_usd"),
    "session": ("session_id", "session", "conversation_id"),
}
PLAIN_BUCKETS = Format("plain CSV", (), _PLAIN_FIELDS, lacks={"batch": _NO_BATCH})
PLAIN_CALLS = Format("plain CSV", (), _PLAIN_FIELDS, per_call=True, identity=("id", "request_id"))
PLAIN_NAMES = MappingProxyType({key: _PLAIN_FIELDS[key][0] for key in ("time", "input", "output")})

_KNOWN = (OTEL, LANGFUSE, HELICONE, LITELLM_DAILY, LITELLM, ANTHROPIC, OPENAI)


def detect(columns: Collection[str]) -> Format | None:
    """The kind of export that has these columns; None where it is none that is known."""
    there = set(columns)
    for known in (*_KNOWN, OPENAI_EMPTY):
        if there.issuperset(known.marks):
            return known
    tokens = {name for key in ("input", "uncached", "output") for name in _PLAIN_FIELDS[key]}
    if there.isdisjoint(_PLAIN_FIELDS["time"]):
        return None
    if there & set(_PLAIN_FIELDS["requests"]):
        return PLAIN_BUCKETS
    return PLAIN_CALLS if there & tokens else None


# --- JSON -------------------------------------------------------------------------------------------------


def flat_records(found: Any) -> Iterator[dict[str, Any]]:
    """The rows of one JSON value: pages of OpenAI's usage, spans in any wrapping, plain objects."""
    if isinstance(found, list):
        for item in found:
            yield from flat_records(item)
    elif not isinstance(found, dict):
        yield {}
    elif isinstance(found.get("resourceSpans"), list):
        for resource in found["resourceSpans"]:
            for scope in resource.get("scopeSpans", []):
                yield from flat_records(scope.get("spans", []))
    elif isinstance(found.get("results"), list) and "start_time" in found:
        times = {key: found[key] for key in ("start_time", "end_time") if key in found}
        # an empty bucket has no results: its row is blank but for the times
        yield from ({**times, **row} for row in found["results"] if isinstance(row, dict))
        if not found["results"]:
            yield {**times, "num_model_requests": None}
    elif isinstance(found.get("data"), list):
        yield from flat_records(found["data"])
    elif "attributes" in found:
        yield _span(found)
    else:
        yield found


def _span(span: Mapping[str, Any]) -> dict[str, Any]:
    attributes = span["attributes"]
    if isinstance(attributes, list):
        attributes = {
            str(pair.get("key")): next(iter(pair.get("value", {}).values()), None)
            for pair in attributes
            if isinstance(pair, dict) and isinstance(pair.get("value"), dict)
        }
    attributes = dict(attributes) if isinstance(attributes, dict) else {}
    context = span.get("context")
    identity = span.get("spanId", context.get("span_id") if isinstance(context, dict) else None)
    status = span.get("status")
    code = status.get("code", status.get("status_code")) if isinstance(status, dict) else None
    if code in (2, "STATUS_CODE_ERROR", "ERROR") and not attributes.get("error.type"):
        attributes["error.type"] = "error"
    times = {key: span[key] for key in OTEL.fields["time"] if key in span}
    return {**attributes, **times, **({"span_id": identity} if identity is not None else {})}


def is_call(record: Mapping[str, Any], kind: Format) -> bool:
    """Whether a JSON record is of a call at all: of a trace, only the spans of a model are."""
    return (
        kind is not OTEL or any(key.startswith("gen_ai.usage.") for key in record) or "error.type" in record
    )


# --- the common table -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mapped:
    """A chunk in the common table.

    rows : good rows, with the columns of :data:`COMMON`, ``end`` and ``key`` (the identity's hash, 0 for
        none).
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


# --- names of models --------------------------------------------------------------------------------------


def plain_model(name: str) -> str:
    """A model's name without its provider and its date: ``openai/gpt-4o-2024-08-06`` -> ``gpt-4o``."""
    return re.sub(r"[-@](\d{4}-\d\d-\d\d|\d{8}|latest)$", "", _bare(name))


def _bare(name: str) -> str:
    return name.lower().rsplit("/", 1)[-1]


def shown_model(name: str) -> str:
    """A model's name as it may be shown: of a tune only its base, and nothing that is no such name."""
    if name.startswith("ft:"):
        name = ":".join(name.split(":")[:2])
    usual = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._:/@-]{0,79}", name)
    if usual and not re.match(r"(sk|pk|key)[-_]", name):
        return name
    return "(a name that is not shown)" if name else "(no model named)"


def matching(names: Iterable[str], wanted: Collection[str]) -> set[str]:
    """Those of the names that a model asked for means; one asked for without a date means it of any date."""
    asked = {_bare(name) for name in wanted}
    return {name for name in names if _bare(name) in asked or plain_model(name) in asked}
