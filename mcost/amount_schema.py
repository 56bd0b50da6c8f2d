"""The JSON Schema of one uncertain value: every notation, and the limits of a plain number."""

from __future__ import annotations

from typing import Any

from mcost.quantity import Quantity

_NUMBER = r"[+\-−]?\s*\$?\s*[+\-−]?(\d[\d_]*(\.\d[\d_]*)?|\.\d+)([eE][+\-]?\d+)?\s*(%|[kKM])?"
TEXT = rf"^\s*{_NUMBER}(\s+to\s+{_NUMBER})?(\s*[A-Za-z][A-Za-z /]*)?\s*$"
"""A number or an interval, as text."""

_ANY: dict[str, Any] = {"$ref": "#/$defs/uncertain"}
_ENDS = {"min": _ANY, "max": _ANY}
_HELD = {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}
_WEIGHTS = {"type": "array", "items": {"type": "number", "exclusiveMinimum": 0}}


def _notation(required: list[str], properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": False,
        **more,
    }


UNCERTAIN: dict[str, Any] = {
    "description": "A number, an interval as text, or a table in one of the notations",
    "anyOf": [
        {"type": "number"},
        {"type": "string", "pattern": TEXT},
        _notation(["low", "high"], {"low": _ANY, "high": _ANY, "credibility": _HELD, **_ENDS}),
        {"type": "object", "required": ["dist"], "properties": {"dist": {"type": "string"}, **_ENDS}},
        _notation(["mixture"], {"mixture": {"type": "array", "items": _ANY}, "weights": _WEIGHTS, **_ENDS}),
        _notation(["choice"], {"choice": {"type": "array", "items": _ANY}, "weights": _WEIGHTS, **_ENDS}),
        _notation(
            ["samples"],
            {
                "samples": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "number"}}]},
                "column": {"type": "string"},
                "smooth": {"type": "boolean"},
                **_ENDS,
            },
        ),
        _notation(["prior"], {"prior": {"type": "string"}}),
        {
            "type": "object",
            "minProperties": 2,
            "patternProperties": {r"^p\d+(\.\d+)?$": _ANY},
            "properties": _ENDS,
            "additionalProperties": False,
        },
    ],
}


def amount_schema(quantity: Quantity) -> dict[str, Any]:
    """The JSON Schema of one uncertain value; a plain number is held to the quantity's own limits."""
    number: dict[str, Any] = {"type": "integer" if quantity.whole else "number"}
    if quantity.domain != "real":
        number["minimum"] = 0
    if quantity.domain == "fraction":
        number["maximum"] = 1
    limits = {
        "exclusiveMinimum": quantity.above,
        "minimum": quantity.at_least,
        "exclusiveMaximum": quantity.below,
    }
    number |= {key: limit for key, limit in limits.items() if limit is not None}
    return {"description": quantity.unit, "anyOf": [number, {"x-uncertain": True}]}
