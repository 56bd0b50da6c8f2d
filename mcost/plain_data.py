"""What Python gives for a scenario -> the data that a file would hold: dicts, lists, text and numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from mcost.errors import McostError
from mcost.toml import DEEPEST

MOST_KEYS = 10_000
"""Keys and tables of a scenario, together: twenty for each of the inputs that it may have."""


def as_data(value: Any) -> Any:
    """The value with mappings as dicts of text keys, NumPy's numbers as Python's, and None left out.

    Priors and SciPy distributions stay as they are. Raises McostError where tables are nested too deeply, and
    where they hold more keys than a scenario can mean.
    """
    return _as_data(value, 0, count(1))


def _as_data(value: Any, depth: int, keys: Iterator[int]) -> Any:
    """keys : counts them, over all tables."""
    if depth > DEEPEST:
        raise McostError(f"found tables nested more than {DEEPEST} deep; expected a scenario")
    if isinstance(value, Mapping):
        _one_more(keys)  # a row of an array of tables, though it be empty
        return {
            str(key): _as_data(v, depth + 1, _one_more(keys)) for key, v in value.items() if v is not None
        }
    if isinstance(value, list | tuple):
        return [_as_data(item, depth + 1, keys) for item in value]
    fields = getattr(type(value), "model_fields", None)
    if fields is not None:
        return {
            field.alias or key: _as_data(getattr(value, key), depth + 1, _one_more(keys))
            for key, field in fields.items()
            if getattr(value, key) is not None and key in value.model_fields_set
        }
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        return value.item()
    return value


def _one_more(keys: Iterator[int]) -> Iterator[int]:
    if next(keys) > MOST_KEYS:
        raise McostError(f"found more than {MOST_KEYS:,} keys and tables; expected a scenario")
    return keys
