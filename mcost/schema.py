"""What a scenario file may hold: one immutable type a table, every uncertain value a ``Prior``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import numpy as np
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    PlainValidator,
)
from pydantic_core import PydanticCustomError, core_schema

from mcost.amount_schema import amount_schema
from mcost.catalogue import prior
from mcost.errors import NotationError, close, shown
from mcost.families import from_frozen
from mcost.law import Law
from mcost.uncertain import CREDIBILITY, Prior, Quantity, check, read

MAX_HORIZON = 600
MAX_INPUTS = 500
LONGEST = 200
AFRESH = ("price_change_ratio", "retires_after_months")
"""What a model draws afresh at each event: no one value of a future."""

GiveUp = Literal["never", "at_retrain"]
FollowsMarket = Literal["freely", "at_retrain", "never"]
Driver = Literal["once", "month", "hour", "call", "attempt", "failure", "retrain", "task_change"]


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


def _whole(least: int, most: int, what: str) -> Any:
    def validate(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise _mistake(
                f"found {shown(value)}; expected a whole number of {what} from {least:,} to {most:,}"
            )
        return value

    return PlainValidator(validate, json_schema_input_type=Annotated[int, Field(ge=least, le=most)])


def _named(what: str) -> Any:
    def validate(value: str) -> str:
        if not value.strip() or not value.isprintable() or len(value) > LONGEST:
            raise _mistake(f"found {shown(value)}; expected {what}, of at most {LONGEST} characters")
        return value

    return AfterValidator(validate)


def _credibility(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.01 <= value <= 0.999:
        raise _mistake(f"found {shown(value)}; expected a share from 0.01 to 0.999, such as 0.9")
    return float(value)


def _one_of(choice: Any) -> Callable[[Any], Any]:
    def validate(value: Any) -> Any:
        words = get_args(choice)
        if value not in words:
            meant = close(str(value), words)
            expected = f"expected one of {', '.join(words)}{f'; did you mean {meant}?' if meant else ''}"
            raise _mistake(f"found {shown(value)}; {expected}")
        return value

    return validate


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


class Table(BaseModel):
    """A table of a scenario file: no unknown keys, nothing converted in silence, immutable."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,
        defer_build=True,
    )


class Workload(Table):
    """The stream of calls that must be served, whichever strategy serves it."""

    calls_per_month: Annotated[Prior, Amount("calls a month")] | None = None
    monthly_active_users: Annotated[Prior, Amount("users")] | None = None
    calls_per_user: Annotated[Prior, Amount("calls a user")] | None = None
    growth_per_month: Growth | None = None
    volatility_per_month: Annotated[Prior, Amount("a month")] | None = None
    max_calls_per_month: Annotated[Prior, Amount("calls a month")] | None = None
    input_tokens: Tokens | None = None
    output_tokens: Tokens | None = None
    task_changes_per_year: EventsAYear | None = None
    cost_per_day_behind: Usd | None = None
    ends_per_year: EventsAYear | None = None


class Price(Table):
    """List prices of a model, USD per million tokens."""

    input: UsdPerMtok
    cached: UsdPerMtok | None = None
    cache_write: UsdPerMtok | None = None
    output: UsdPerMtok | None = None


class Tuning(Table):
    """What makes a strategy a tuned one."""

    training_cost: Usd | None = None
    retrain_every_months: Interval | None = None
    drift_retrains_per_year: EventsAYear | None = None
    retrain_hours: Hours | None = None
    labelled_examples: Examples | None = None
    relabelled_examples: Examples | None = None
    cost_per_label: Usd | None = None
    error_growth_per_month: Share | None = None
    give_up: Annotated[GiveUp, PlainValidator(_one_of(GiveUp), json_schema_input_type=GiveUp)] = "never"
    ends: Annotated[date | Prior, DateOrMonths("months")] | None = None


class Pilot(Table):
    """A trial before the strategy is built: what it costs, and how long until it is known."""

    cost: Usd | None = None
    hours: Hours | None = None
    months: Months | None = None


class Hosting(Table):
    """Machines by the hour, idle or not."""

    usd_per_hour: Annotated[Prior, Amount("USD an hour")]
    calls_per_hour: (
        Annotated[Prior, Amount("calls an hour", above=0.0, why="a replica that serves none is no use")]
        | None
    ) = None
    peak_to_mean: Times | None = None
    min_replicas: Annotated[Prior, Amount("replicas", whole=True)] | None = None
    shared_by: Annotated[Prior, Amount("services", at_least=1.0, why="the service is one of them")] | None = (
        None
    )


class Cascade(Table):
    """Every call to a first strategy, a share of them on to a second."""

    first: str
    second: str
    escalation_rate: Share


class Wait(Table):
    """One strategy for some months, another from then on."""

    first: str
    then: str
    months: Months


class Model(Table):
    """What is known, and uncertain, of a model itself; the strategies on one model share it."""

    catalogue_name: Annotated[str | None, Field(alias="is")] = None
    price: Price | None = None
    tuned: Price | None = None
    price_changes_per_year: EventsAYear | None = None
    price_change_ratio: Ratio | None = None
    market_decline_per_year: Share | None = None
    retires_after_months: Lifetime | None = None
    released: date | None = None

    @property
    def afresh(self) -> tuple[Prior, ...]:
        """What is drawn afresh at each event, and so is no one value of a future."""
        return tuple(prior for key in AFRESH if (prior := getattr(self, key)) is not None)


class CostLine(Table):
    """A cost of the scenario's own: an amount in dollars, times a driver."""

    name: Annotated[str, _named("the name of a cost")]
    driver: Annotated[Driver, PlainValidator(_one_of(Driver), json_schema_input_type=Driver)]
    amount: Usd


class Strategy(Table):
    """One way to serve the workload."""

    model: str | None = None
    price: Price | None = None
    mix: dict[str, Annotated[Prior | Literal["rest"], ShareOrRest("share", domain="fraction")]] | None = None
    cascade: Cascade | None = None
    wait: Wait | None = None
    follows_market: Annotated[
        FollowsMarket | None, PlainValidator(_one_of(FollowsMarket), json_schema_input_type=FollowsMarket)
    ] = None
    price_multiplier: Times | None = None
    prompt_tokens: Tokens | None = None
    output_tokens: Tokens | None = None
    cache_hit: Share | None = None
    batch_share: Share | None = None
    batch_discount: Share | None = None
    retry_rate: RetryRate | None = None
    max_attempts: (
        Annotated[Prior, Amount("attempts", at_least=1.0, why="a call is tried at least once", whole=True)]
        | None
    ) = None
    error_rate: Share | None = None
    cost_per_error: Usd | None = None
    latency_seconds: Seconds | None = None
    cost_per_second: Usd | None = None
    setup_hours: Hours | None = None
    hours_per_month: HoursAMonth | None = None
    hours_per_task_change: Hours | None = None
    days_per_task_change: Days | None = None
    migration_hours: Hours | None = None
    build_months: Months | None = None
    success_probability: Share | None = None
    fallback: str | None = None
    pilot: Pilot | None = None
    hosting: Hosting | None = None
    tuning: Tuning | None = None
    costs: Annotated[tuple[CostLine, ...], Field(strict=False)] = ()

    @property
    def tuned(self) -> bool:
        """Whether the strategy serves from a model that is trained for it."""
        return self.tuning is not None

    @property
    def parts(self) -> tuple[str, ...]:
        """The strategies that a mix, a cascade or a waiting strategy is made of; empty for any other."""
        if self.mix is not None:
            return tuple(self.mix)
        if self.cascade is not None:
            return self.cascade.first, self.cascade.second
        return (self.wait.first, self.wait.then) if self.wait is not None else ()


class Correlation(Table):
    """Spearman's rank correlation of every pair of some inputs, by their names; unnamed pairs have none."""

    between: Annotated[tuple[str, ...], Field(strict=False), BeforeValidator(_two_or_more)]
    rank: Annotated[float, PlainValidator(_rank, json_schema_input_type=Annotated[float, Field(gt=-1, lt=1)])]


class Study(Table):
    """What could be found out before the decision.

    of : the input, or inputs, that it tells of. n : how many observations; unsaid, it tells all.
    spread : standard deviation of one observation against what it measures; unsaid, a share is counted, and
        anything else scatters as widely as it is uncertain now.
    cost : USD, weeks : how long it holds up the decision.
    """

    name: Annotated[str, _named("the name of a study")]
    of: Annotated[
        tuple[str, ...],
        Field(strict=False),
        BeforeValidator(_one_or_more, json_schema_input_type=str | Annotated[list[str], Field(min_length=1)]),
    ]
    n: Annotated[int, _whole(1, 10**9, "observations")] | None = None
    spread: Annotated[Prior, Amount("times", above=0.0, why="an observation scatters")] | None = None
    cost: Usd | None = None
    weeks: Annotated[Prior, Amount("weeks")] | None = None


class Expect(Table):
    """The verdict that a scenario must give; ``mcost check`` holds it to that."""

    recommended: str | None = None
    pays_off: dict[str, Band] = {}
    beats_best_alternative: dict[str, Band] = {}
    saving_usd: dict[str, Band] = {}


class ScenarioTables(Table):
    """All tables of a scenario file, without what one says of another."""

    title: Annotated[str, _named("a title in one line")]
    baseline: str
    horizon_months: Annotated[int, _whole(1, MAX_HORIZON, "months")]
    start: date | None = None
    discount_rate: Annotated[Prior, Amount("a year")] | None = None
    hourly_rate: Annotated[Prior, Amount("USD an hour")] | None = None
    currency: Annotated[str, _named("a currency, such as USD")] = "USD"
    credibility: Annotated[
        float, PlainValidator(_credibility, json_schema_input_type=Annotated[float, Field(ge=0.01, le=0.999)])
    ] = CREDIBILITY
    workload: Workload
    models: dict[Annotated[str, _named("the name of a model")], Model] = {}
    strategies: dict[Annotated[str, _named("the name of a strategy")], Strategy]
    correlations: Annotated[tuple[Correlation, ...], Field(strict=False)] = ()
    studies: Annotated[tuple[Study, ...], Field(strict=False)] = ()
    expect: Expect | None = None


def table_at(path: tuple[str | int, ...]) -> type[Table] | None:
    """The type of the table at a key path: whose keys a misspelt key is held against."""
    if not path:
        return ScenarioTables
    inner = re.sub(r"\.\d+$", "", ".".join(str(part) for part in path[2:]))
    inside: dict[str, dict[str, type[Table]]] = {
        "strategies": {
            "": Strategy,
            "price": Price,
            "tuning": Tuning,
            "pilot": Pilot,
            "hosting": Hosting,
            "cascade": Cascade,
            "wait": Wait,
            "costs": CostLine,
        },
        "models": {"": Model, "price": Price, "tuned": Price},
        "correlations": {"": Correlation},
        "studies": {"": Study},
    }
    if path[0] in inside:
        return inside[str(path[0])].get(inner)
    top: dict[str, type[Table]] = {"workload": Workload, "expect": Expect}
    return top.get(str(path[0])) if len(path) == 1 else None
