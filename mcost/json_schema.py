"""The JSON Schema of scenario files, for editors: generated from the types that validate them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from mcost.amount_schema import UNCERTAIN
from mcost.like import KINDS
from mcost.schema import ScenarioTables

PARTIAL = {"price": "Price", "hosting": "Hosting", "cascade": "Cascade", "wait": "Wait"}
"""Tables of which a strategy that says ``like`` may give a part; cost lines are others."""

BY_USERS = ("monthly_active_users", "calls_per_user")
"""What gives the volume in place of ``calls_per_month``."""


def scenario_schema() -> dict[str, Any]:
    """The whole schema: what an editor needs to complete and check a scenario as it is typed.

    It knows every key and the form of every value. What one key says of another (a baseline that exists, a
    mean that is finite) only ``mcost check`` can tell.
    """
    schema: dict[str, Any] = _pointed(ScenarioTables.model_json_schema())
    strategy = schema["$defs"]["Strategy"]["properties"]
    strategy["like"] = {"type": "string"}
    for table, meanings in key_meanings().items():
        keys = schema if table == ScenarioTables.__name__ else schema["$defs"][table]
        for key, meaning in meanings.items():
            unit = _unit(keys["properties"][key])
            keys["properties"][key]["description"] = meaning + (f" [{unit}]" if unit else "")
    whole = {key: {"required": schema["$defs"][part].pop("required")} for key, part in PARTIAL.items()}
    whole["costs"] = {"items": {"required": schema["$defs"]["CostLine"].pop("required")}}
    not_a_number = {"not": {"type": "number"}}
    schema["$defs"]["Strategy"]["oneOf"] = [
        *({"required": [kind]} for kind in KINDS),
        {"required": ["like"], "properties": dict.fromkeys(KINDS, False)},
    ]
    schema["$defs"]["Strategy"]["anyOf"] = [{"required": ["like"]}, {"properties": whole}]
    schema["$defs"]["Workload"]["oneOf"] = [
        {"required": ["calls_per_month"], "properties": dict.fromkeys(BY_USERS, False)},
        {"required": list(BY_USERS), "properties": {"calls_per_month": False}},
    ]
    schema["$defs"]["uncertain"] = UNCERTAIN
    schema["$defs"]["uncertain_text"] = {"allOf": [not_a_number, {"$ref": "#/$defs/uncertain"}]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "mcost scenario",
        **{key: value for key, value in schema.items() if key != "title"},
    }


def key_meanings() -> dict[str, dict[str, str]]:
    """Table -> key -> what the key means; after "; unsaid, " what holds where it is left out."""
    return tomllib.loads((Path(__file__).parent / "keys.toml").read_text(encoding="utf-8"))


def _unit(key: dict[str, Any]) -> str | None:
    """The unit of an uncertain value, which stands in its own description or that of what it may be."""
    first = key.get("anyOf", [key])[0]
    unit: str | None = key.get("description", first.get("description"))
    return unit


def _pointed(value: Any) -> Any:
    """Marks of an uncertain value become references to its one definition."""
    if isinstance(value, dict):
        if "x-uncertain" in value:
            return {"$ref": "#/$defs/uncertain_text"}
        return {key: _pointed(inner) for key, inner in value.items()}
    return [_pointed(item) for item in value] if isinstance(value, list) else value
