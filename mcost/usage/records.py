"""The rows of a JSON export: pages of usage, spans of a trace in any wrapping, plain objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mcost.usage.formats import OTEL, Format


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
