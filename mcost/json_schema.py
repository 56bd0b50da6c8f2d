"""The JSON Schema of scenario files, for editors: generated from the types that validate them."""

from __future__ import annotations

from typing import Any

from mcost.quantity import Quantity

_NUMBER = r"[+\-−]?\s*\$?\s*[+\-−]?(\d[\d_]*(\.\d[\d_]*)?|\.\d+)([eE][+\-]?\d+)?\s*(%|[kKM])?"
TEXT = rf"^\s*{_NUMBER}(\s+to\s+{_NUMBER})?(\s*[A-Za-z][A-Za-z /]*)?\s*$"
"""A number or an interval, as text."""

_ANY: dict[str, Any] = {"$ref": "#/$defs/uncertain"}
_ENDS = {"min": _ANY, "max": _ANY}
_WEIGHTS = {"type": "array", "items": {"type": "number", "exclusiveMinimum": 0}}


PARTIAL = ("Price", "Hosting", "Cascade", "Wait", "CostLine")
"""Tables of which a strategy that says ``like`` may give a part."""


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
        _notation(["low", "high"], {"low": _ANY, "high": _ANY, "credibility": {"type": "number"}, **_ENDS}),
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
    number: dict[str, Any] = {"type": "number"}
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


def scenario_schema() -> dict[str, Any]:
    """The whole schema: what an editor needs to complete and check a scenario as it is typed.

    It knows every key and the form of every value. What one key says of another (a baseline that exists, a
    mean that is finite) only ``mcost check`` can tell.
    """
    from mcost.schema import ScenarioTables

    schema: dict[str, Any] = _pointed(ScenarioTables.model_json_schema())
    strategy = schema["$defs"]["Strategy"]["properties"]
    strategy["like"] = {"type": "string", "description": "the strategy whose settings are taken over"}
    for part in PARTIAL:
        schema["$defs"][part].pop("required", None)
    not_a_number = {"not": {"type": "number"}}
    schema["$defs"]["uncertain"] = UNCERTAIN
    schema["$defs"]["uncertain_text"] = {"allOf": [not_a_number, {"$ref": "#/$defs/uncertain"}]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "mcost scenario",
        **{key: value for key, value in schema.items() if key != "title"},
    }


def _pointed(value: Any) -> Any:
    """Marks of an uncertain value become references to its one definition."""
    if isinstance(value, dict):
        if "x-uncertain" in value:
            return {"$ref": "#/$defs/uncertain_text"}
        return {key: _pointed(inner) for key, inner in value.items()}
    return [_pointed(item) for item in value] if isinstance(value, list) else value
