"""``mcost compare``: scenarios, or variants of one, on common draws; and what its choices are worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mcost.cli import common, recorded
from mcost.errors import McostError

if TYPE_CHECKING:
    from mcost.choices import Worth
    from mcost.comparison import Comparison
    from mcost.nets import Sampler
    from mcost.scenario import Scenario


@click.command("compare", epilog="Example: mcost compare contested --set workload.calls_per_month=1M")
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@common.options(common.draws, common.seed, common.horizon, common.sampler)
@click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    help="One SCENARIO: a variant in which this key is set; may be repeated, each is a variant of its own. "
    "Several, or with --worth: set this key in all.",
)
@click.option(
    "--variant",
    "variants",
    multiple=True,
    metavar="'NAME: KEY=VALUE; KEY=VALUE'",
    help="One SCENARIO: a variant in which several keys are set; the name may be left out.",
)
@click.option(
    "--worth", "worth_of_choices", is_flag=True, help="One SCENARIO: with and without each of its choices."
)
@common.options(common.as_json)
def command(
    scenarios: tuple[str, ...],
    draws: int,
    seed: int,
    horizon: int | None,
    sampler: Sampler,
    overrides: tuple[str, ...],
    variants: tuple[str, ...],
    worth_of_choices: bool,
    as_json: bool,
) -> None:
    """Each SCENARIO against the first, or one SCENARIO against variants of it, over the same futures.

    For each candidate that both have: with what probability it pays off and what it saves on average, and
    how far that is from the first, with the error of the difference on common draws.

    \b
    mcost compare contested startup scale_up
    mcost compare contested --variant 'cheap: workload.calls_per_month=1M; hourly_rate=40'

    --worth: what a scenario's choices are worth, each with it against without: pilot, giving up, fallback,
    waiting, growth of errors, and the chance that the feature ends.
    """
    if len(scenarios) > 1 and (variants or worth_of_choices):
        option = "--variant" if variants else "--worth"
        raise McostError(f"{option}: found {len(scenarios)} scenarios; expected one")
    if worth_of_choices and variants:
        raise McostError("--worth: found beside --variant; expected one or the other")
    one_each = len(scenarios) == 1 and not worth_of_choices
    varied = _variants(overrides if one_each else (), variants)
    if one_each and not varied:
        raise McostError("found one scenario; expected another one, --set, --variant or --worth")
    from mcost.choices import worth
    from mcost.comparison import compare

    of_all = common.all_overrides(() if one_each else overrides, horizon)
    result: Comparison | Worth
    if worth_of_choices:
        result = worth(scenarios[0], draws, seed, sampler=sampler, set=of_all)
    else:
        result = compare(*scenarios, variants=varied, draws=draws, seed=seed, sampler=sampler, set=of_all)
    if as_json:
        recorded.print_answer(result.to_dict(), result, *_scenarios(result), sampler=sampler)
    else:
        _print(result)


def _variants(overrides: tuple[str, ...], written: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Variants by name: each override one of its own, by its own text; then those that are written out."""
    found: dict[str, tuple[str, ...]] = {}
    for name, own in [(each, (each,)) for each in overrides] + [_variant(text) for text in written]:
        if found.get(name, own) != own:
            raise McostError(f"--variant: found {name} twice; expected a name for each")
        found[name] = own
    return found


def _variant(text: str) -> tuple[str, tuple[str, ...]]:
    """``name: key=value; key=value`` as its name and its overrides."""
    before, colon, after = text.partition(":")
    named = bool(colon) and "=" not in before and bool(before.strip())
    own = tuple(part.strip() for part in (after if named else text).split(";") if part.strip())
    if not own:
        raise McostError(f"--variant {text}: expected 'name: key=value; key=value'")
    return (before if named else text).strip(), own


def _scenarios(result: Comparison | Worth) -> list[Scenario]:
    from mcost.comparison import Comparison

    return [each.scenario for each in (result.variants if isinstance(result, Comparison) else (result,))]


def _print(result: Comparison | Worth) -> None:
    from mcost.comparison import Comparison
    from mcost.report.comparison import comparison, worth

    common.print_report(comparison(result) if isinstance(result, Comparison) else worth(result))
