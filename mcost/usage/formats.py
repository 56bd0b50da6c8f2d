"""The exports that are known: by which columns each is told, and what its columns are in the common table."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd


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
