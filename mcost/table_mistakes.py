"""What pydantic finds wrong with a scenario's tables -> mistakes in the words of this house."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from mcost.errors import Path, Problem, close, nearest, shown
from mcost.schema import Strategy, table_at

_MOST_LOOKED_UP = 200
"""Unknown keys for which the nearest known one is looked up; more of them are no slips of a finger."""


def told(error: ValidationError) -> Iterator[Problem]:
    """Each mistake at its key path, with what was found and what was expected."""
    mistakes = error.errors(include_url=False)
    extra = [m["loc"] for m in mistakes if m["type"] == "extra_forbidden"]
    looked_up = set(extra[:_MOST_LOOKED_UP])
    misspelt = {(*path[:-1], close(str(path[-1]), _keys_at(path[:-1]))) for path in looked_up}
    for mistake in mistakes:
        if mistake["type"] == "missing" and mistake["loc"] in misspelt:
            continue  # it is there, under a name that is told already
        loc = tuple(part for part in mistake["loc"] if part != "[key]")
        kind, found = mistake["type"], shown(mistake.get("input"))
        if kind == "extra_forbidden":
            hint = nearest(str(loc[-1]), _keys_at(loc[:-1])) if mistake["loc"] in looked_up else ""
            yield Problem(loc, f"no such key{hint}", at="key")
        elif kind == "missing":
            yield Problem(loc, "this key is missing", at="key")
        elif kind == "mistake":
            yield Problem(loc, mistake["msg"])
        else:
            rows = loc[0] if loc[0] in ("correlations", "studies") else "strategies.NAME.costs"
            expected = {
                "string_type": "text",
                "model_type": "a table",
                "dict_type": "a table",
                "tuple_type": f"a list of tables, [[{rows}]]",
                "date_type": "a date, such as 2026-12-01",
            }.get(kind, mistake["msg"])
            yield Problem(loc, f"found {found}; expected {expected}")


def _keys_at(path: Path) -> list[str]:
    """The keys that the table at a path may hold, as they are written."""
    table = table_at(path)
    keys = [field.alias or key for key, field in table.model_fields.items()] if table else []
    return [*keys, "like"] if table is Strategy else keys
