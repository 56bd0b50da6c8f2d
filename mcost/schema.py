"""What a scenario file may hold: one immutable type a table, every uncertain value a ``Prior``."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
)

from mcost.fields import (
    Amount,
    Band,
    Credibility,
    DateOrMonths,
    Days,
    EventsAYear,
    Examples,
    Growth,
    Hours,
    HoursAMonth,
    Interval,
    Lifetime,
    Months,
    OneOrMore,
    Rank,
    Ratio,
    RetryRate,
    Seconds,
    Share,
    ShareOrRest,
    Times,
    Tokens,
    TwoOrMore,
    Usd,
    UsdPerMtok,
    named,
    one_of,
    whole,
)
from mcost.uncertain import CREDIBILITY, Prior

MAX_HORIZON = 600
MAX_INPUTS = 500
AFRESH = ("price_change_ratio", "retires_after_months")
"""What a model draws afresh at each event: no one value of a future."""

GiveUp = Literal["never", "at_retrain"]
FollowsMarket = Literal["freely", "at_retrain", "never"]
Driver = Literal["once", "month", "hour", "call", "attempt", "failure", "retrain", "task_change"]


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

    @property
    def traffic(self) -> tuple[Prior | None, ...]:
        """What the calls of every month follow from."""
        return (
            self.calls_per_month,
            self.monthly_active_users,
            self.calls_per_user,
            self.growth_per_month,
            self.volatility_per_month,
            self.max_calls_per_month,
        )


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
    give_up: Annotated[GiveUp, one_of(GiveUp)] = "never"
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

    name: Annotated[str, named("the name of a cost")]
    driver: Annotated[Driver, one_of(Driver)]
    amount: Usd


class Strategy(Table):
    """One way to serve the workload."""

    model: str | None = None
    price: Price | None = None
    mix: dict[str, Annotated[Prior | Literal["rest"], ShareOrRest("share", domain="fraction")]] | None = None
    cascade: Cascade | None = None
    wait: Wait | None = None
    follows_market: Annotated[FollowsMarket | None, one_of(FollowsMarket)] = None
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

    between: TwoOrMore
    rank: Rank


class Study(Table):
    """What could be found out before the decision.

    of : the input, or inputs, that it tells of. n : how many observations; unsaid, it tells all.
    spread : standard deviation of one observation against what it measures; unsaid, a share is counted, and
        anything else scatters as widely as it is uncertain now.
    cost : USD, weeks : how long it holds up the decision.
    """

    name: Annotated[str, named("the name of a study")]
    of: OneOrMore
    n: Annotated[int, whole(1, 10**9, "observations")] | None = None
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

    title: Annotated[str, named("a title in one line")]
    baseline: str
    horizon_months: Annotated[int, whole(1, MAX_HORIZON, "months")]
    start: date | None = None
    discount_rate: Annotated[Prior, Amount("a year")] | None = None
    hourly_rate: Annotated[Prior, Amount("USD an hour")] | None = None
    currency: Annotated[str, named("a currency, such as USD")] = "USD"
    credibility: Credibility = CREDIBILITY
    workload: Workload
    models: dict[Annotated[str, named("the name of a model")], Model] = {}
    strategies: dict[Annotated[str, named("the name of a strategy")], Strategy]
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
