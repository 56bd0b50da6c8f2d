"""How one value of a scenario file is read: as a ``Prior`` in any notation, or as whatever its key may be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, get_args

import numpy as np
from pydantic import AfterValidator, BeforeValidator, Field, GetCoreSchemaHandler, PlainValidator
from pydantic_core import PydanticCustomError, core_schema

from mcost.amount_schema import amount_schema
from mcost.catalogue import prior
from mcost.errors import NotationError, close, shown, spelt
from mcost.families import from_frozen
from mcost.law import Law
from mcost.uncertain import CREDIBILITY, Prior, Quantity, check, read

LONGEST = 200


class Amount:
    """Reads any notation of an uncertain value into a Prior, with one error for one mistake."""

    def __init__(self, unit: str, **limits: Any) -> None:
        self.quantity = Quantity(unit, **limits)

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.with_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return amount_schema(self.quantity)

    def read(self, value: Any, info: core_schema.ValidationInfo) -> Any:
        """The Prior that a value means; a mistake as pydantic's own error."""
        quantity = self.quantity
        context = info.context or {}
        folder = context.get("folder")
        try:
            if isinstance(value, Prior) or (isinstance(value, dict) and "prior" in value):
                return self._from_catalogue(value, folder)
            if hasattr(value, "ppf") and hasattr(value, "dist"):
                law = _law_of(value)
                check(law, quantity)
            else:
                law = read(
                    value,
                    quantity,
                    credibility=context.get("credibility", CREDIBILITY),
                    folder=folder,
                    prior=lambda name: self._law_of_prior(name, folder),
                )
        except NotationError as error:
            raise _mistake(str(error)) from None
        return Prior("", quantity.unit, quantity.domain, law, quantity=quantity)

    def _from_catalogue(self, value: Any, folder: Path | None) -> Prior:
        if isinstance(value, dict):
            if len(value) > 1:
                extra = next(key for key in value if key != "prior")
                raise NotationError(f"{extra}: no such key beside prior")
            found = prior(value["prior"], folder)
        else:
            found = value
        self._check_unit(found)
        check(found.law, self.quantity)
        return replace(found, quantity=self.quantity)

    def _law_of_prior(self, name: object, folder: Path | None) -> Law:
        """Of a prior within another notation, which is checked as a whole."""
        found = prior(name, folder)
        self._check_unit(found)
        return found.law

    def _check_unit(self, found: Prior) -> None:
        if found.catalogued is not None and _dimension(found.unit) != _dimension(self.quantity.unit):
            said = f"found {found.catalogued}, a prior in {found.unit}"
            raise NotationError(f"{said}; expected one in {self.quantity.unit or 'another unit'}")


def _law_of(frozen: Any) -> Law:
    """The law of a frozen SciPy distribution; NotationError where it does not exist."""
    with np.errstate(all="ignore"):
        ends = np.asarray(frozen.support(), dtype=float)
    if ends.shape != (2,) or np.isnan(ends).any():
        raise NotationError(
            f"found {frozen.dist.name} at parameters at which it does not exist as one distribution"
        )
    return from_frozen(frozen)


_PURE = ("fraction", "probability", "share", "ratio", "times", "a", "")


def _dimension(unit: str) -> str:
    """What a unit counts: ``hours`` of ``hours a month``; shares, rates and ratios are pure numbers."""
    first = unit.split(" ")[0]
    return "" if first in _PURE else {"workloads": "services"}.get(first, first)


def _mistake(message: str) -> PydanticCustomError:
    return PydanticCustomError("mistake", "{message}", {"message": message})


def whole(least: int, most: int, what: str) -> Any:
    """A whole number between two others, both included."""

    def validate(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise _mistake(
                f"found {shown(value)}; expected a whole number of {what} from {least:,} to {most:,}"
            )
        return value

    return PlainValidator(validate, json_schema_input_type=Annotated[int, Field(ge=least, le=most)])


def named(what: str) -> Any:
    """A name in one line."""

    def validate(value: str) -> str:
        if not value.strip() or not value.isprintable() or len(value) > LONGEST:
            raise _mistake(f"found {shown(value)}; expected {what}, of at most {LONGEST} characters")
        return value

    return AfterValidator(validate)


def _credibility(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.01 <= value <= 0.999:
        raise _mistake(f"found {shown(value)}; expected a share from 0.01 to 0.999, such as 0.9")
    return float(value)


def one_of(choice: Any) -> Any:
    """One of the words of a ``Literal``."""

    def validate(value: Any) -> Any:
        words = get_args(choice)
        if value not in words:
            meant = close(spelt(value), words)
            expected = f"expected one of {', '.join(words)}{f'; did you mean {meant}?' if meant else ''}"
            raise _mistake(f"found {shown(value)}; {expected}")
        return value

    return PlainValidator(validate, json_schema_input_type=choice)


def is_rank(value: Any) -> bool:
    """Whether a value is a rank correlation of two different inputs."""
    return isinstance(value, int | float) and not isinstance(value, bool) and -1 < value < 1


def _rank(value: Any) -> float:
    if not is_rank(value):
        why = ", such as 0.4"
        if isinstance(value, int | float) and not isinstance(value, bool):
            if abs(value) == 1:
                why = f": at {value:g} one of the two follows from the other, and is no input of its own"
            elif 2 <= abs(value) < 100:
                why = f"; did you mean {value / 100:g}?"
        raise _mistake(f"found {shown(value)}; expected a number above -1 and below 1{why}")
    return float(value)


def _two_or_more(value: Any) -> Any:
    if not isinstance(value, list | tuple) or len(value) < 2:
        raise _mistake(f"found {shown(value)}; expected a list of two inputs or more")
    return value


def _one_or_more(value: Any) -> Any:
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list | tuple) or not value:
        raise _mistake(f"found {shown(value)}; expected an input, or a list of inputs")
    return value


def _band(value: Any) -> tuple[float, float]:
    numbers = isinstance(value, list | tuple) and all(
        isinstance(v, int | float) and not isinstance(v, bool) for v in value
    )
    if not numbers or len(value) != 2 or not value[0] <= value[1]:
        raise _mistake(f"found {shown(value)}; expected [lowest, highest], such as [0.3, 0.6]")
    try:
        return float(value[0]), float(value[1])
    except OverflowError:
        raise _mistake(f"found {shown(value)}; expected numbers of at most 300 digits") from None


Hours = Annotated[Prior, Amount("hours")]
HoursAMonth = Annotated[Prior, Amount("hours a month")]
Days = Annotated[Prior, Amount("days")]
Months = Annotated[Prior, Amount("months")]
Seconds = Annotated[Prior, Amount("seconds")]
Tokens = Annotated[Prior, Amount("tokens")]
Examples = Annotated[Prior, Amount("examples")]
Usd = Annotated[Prior, Amount("USD")]
UsdPerMtok = Annotated[Prior, Amount("USD per million tokens")]
Times = Annotated[Prior, Amount("times")]
Share = Annotated[Prior, Amount("share", domain="fraction")]
EventsAYear = Annotated[
    Prior, Amount("events a year", below=1e6, why="what happens every minute is a cost, not an event")
]
Interval = Annotated[
    Prior, Amount("months", above=1e-5, why="so short an interval never passes; add min = 0.1")
]
Lifetime = Annotated[Prior, Amount("months", above=0.0, why="a life of 0 months never was; add min = 1")]
Ratio = Annotated[Prior, Amount("times", above=0.0, why="a price cannot fall to nothing")]
RetryRate = Annotated[
    Prior, Amount("share", domain="fraction", below=1.0, why="a call that always fails is never done")
]
Growth = Annotated[
    Prior, Amount("a month", domain="real", at_least=-1.0, why="volume cannot fall by more than all of it")
]


class ShareOrRest(Amount):
    """A share of the calls, or the word "rest"."""

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return {"anyOf": [amount_schema(self.quantity), {"const": "rest"}]}

    def read(self, value: Any, info: core_schema.ValidationInfo) -> Any:
        return value if value == "rest" else super().read(value, info)


class DateOrMonths(Amount):
    """A date, or a number of months."""

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return {"anyOf": [amount_schema(self.quantity), {"type": "string", "format": "date"}]}

    def read(self, value: Any, info: core_schema.ValidationInfo) -> Any:
        return value if type(value) is date else super().read(value, info)


Band = Annotated[tuple[float, float], PlainValidator(_band, json_schema_input_type=tuple[float, float])]
Credibility = Annotated[
    float, PlainValidator(_credibility, json_schema_input_type=Annotated[float, Field(ge=0.01, le=0.999)])
]
Rank = Annotated[float, PlainValidator(_rank, json_schema_input_type=Annotated[float, Field(gt=-1, lt=1)])]
TwoOrMore = Annotated[tuple[str, ...], Field(strict=False), BeforeValidator(_two_or_more)]
OneOrMore = Annotated[
    tuple[str, ...],
    Field(strict=False),
    BeforeValidator(_one_or_more, json_schema_input_type=str | Annotated[list[str], Field(min_length=1)]),
]
