"""The inputs that a scenario's tables hold, each by the path at which it is written, its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from mcost.errors import Path, dotted, spelt
from mcost.fields import Amount
from mcost.frozen import FrozenDict
from mcost.input_names import Inputs
from mcost.like import Merged
from mcost.schema import CostLine, ScenarioTables, Table
from mcost.uncertain import Prior


def with_names(tables: ScenarioTables, merged: Merged) -> tuple[dict[str, Any], dict[str, Prior]]:
    """The tables by key, each Prior with the path at which it is written, and those inputs by that name.

    One that is written once, and repeated by ``like``, is one input.
    """
    inputs: dict[str, Prior] = {}

    def name(value: Any, path: Path) -> Any:
        if isinstance(value, Prior):
            written = dotted(merged.written(path))
            return inputs.setdefault(written, replace(value, name=written))
        if isinstance(value, CostLine):
            return value.model_copy(update={"amount": name(value.amount, path)})
        if isinstance(value, Table):
            fields = {key: getattr(value, key) for key in type(value).model_fields}
            return value.model_copy(update={key: name(v, (*path, key)) for key, v in fields.items()})
        if isinstance(value, tuple) and value and isinstance(value[0], CostLine):
            return tuple(name(row, (*path, row.name)) for row in value)
        if isinstance(value, dict):
            return FrozenDict({key: name(v, (*path, key)) for key, v in value.items()})
        return value

    return {key: name(getattr(tables, key), (key,)) for key in ScenarioTables.model_fields}, inputs


def names_in(value: Any) -> Iterator[str]:
    """The name of every input that a table holds."""
    if isinstance(value, Prior):
        yield value.name
    elif isinstance(value, Table):
        for key in type(value).model_fields:
            yield from names_in(getattr(value, key))
    elif isinstance(value, dict | tuple):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from names_in(inner)


def inputs_as_written(data: Mapping[str, Any], merged: Merged, context: Mapping[str, Any]) -> Inputs:
    """Every input that the data hold, though the data are wrong elsewhere: as the tables' types find them.

    context : what an uncertain value is read with, as for validation.
    """
    found: dict[str, Prior | None] = {}
    for path, value, amount in _amounts(ScenarioTables, data, ()):
        try:
            prior = TypeAdapter(Annotated[Any, amount]).validate_python(value, context=dict(context))
        except ValidationError:
            prior = None
        if prior is None or isinstance(prior, Prior):
            found.setdefault(dotted(merged.written(path)), prior)
    return found


def _amounts(kind: Any, value: Any, path: Path) -> Iterator[tuple[Path, Any, Amount]]:
    """Path, value and reader of everything uncertain below a value of some type."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        readers = [mark for mark in inner[1:] if isinstance(mark, Amount)]
        yield from [(path, value, readers[0])] if readers else _amounts(inner[0], value, path)
    elif origin in (Union, UnionType):
        for one in inner:
            yield from _amounts(one, value, path)
    elif origin is dict and isinstance(value, dict):
        for key, row in value.items():
            yield from _amounts(inner[1], row, (*path, str(key)))
    elif origin is tuple and inner[0] is CostLine and isinstance(value, list | tuple):
        for row in value:
            if isinstance(row, dict) and "amount" in row:
                yield from _amounts(
                    _types(CostLine)["amount"], row["amount"], (*path, spelt(row.get("name")))
                )
    elif isinstance(kind, type) and issubclass(kind, Table) and isinstance(value, dict):
        types = _types(kind)
        for key in kind.model_fields:
            if key in value:
                yield from _amounts(types[key], value[key], (*path, key))


def _types(table: type[Table]) -> dict[str, Any]:
    return get_type_hints(table, include_extras=True)
