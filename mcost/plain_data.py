"""What Python gives for a scenario -> the data that a file would hold: dicts, lists, text and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mcost.errors import McostError

DEEPEST = 20


def as_data(value: Any, depth: int = 0) -> Any:
    """The value with mappings as dicts of text keys, NumPy's numbers as Python's, and None left out.

    Priors and SciPy distributions stay as they are. Raises McostError where tables are nested too deeply.
    """
    if depth > DEEPEST:
        raise McostError(f"found tables nested more than {DEEPEST} deep; expected a scenario")
    if isinstance(value, Mapping):
        return {str(key): as_data(v, depth + 1) for key, v in value.items() if v is not None}
    if isinstance(value, list | tuple):
        return [as_data(item, depth + 1) for item in value]
    fields = getattr(type(value), "model_fields", None)
    if fields is not None:
        return {
            field.alias or key: as_data(getattr(value, key), depth + 1)
            for key, field in fields.items()
            if getattr(value, key) is not None and key in value.model_fields_set
        }
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        return value.item()
    return value
