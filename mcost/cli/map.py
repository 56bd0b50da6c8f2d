"""``mcost map``: P(pays off) over two inputs."""

from __future__ import annotations

import click

from mcost.cli import common, recorded


@click.command(
    "map",
    epilog="Example: mcost map contested --x calls_per_month --y prompt.prompt_tokens",
)
@click.argument("scenario")
@click.option("--x", metavar="INPUT", help="The input across; unsaid, one that moves P most.")
@click.option("--y", metavar="INPUT", help="The input upward; unsaid, one that moves P most.")
@click.option("--x-range", type=float, nargs=2, metavar="LOW HIGH", help="What to map of x, in its unit.")
@click.option("--y-range", type=float, nargs=2, metavar="LOW HIGH", help="What to map of y, in its unit.")
@click.option("--size", type=int, default=40, show_default=True, help="Points along each.")
@common.of_a_search
def command(
    scenario: str,
    x: str | None,
    y: str | None,
    x_range: tuple[float, float] | None,
    y_range: tuple[float, float] | None,
    size: int,
    candidate: str | None,
    draws: int,
    seed: int,
    horizon: int | None,
    overrides: tuple[str, ...],
    as_json: bool,
) -> None:
    """Two inputs of SCENARIO against P(pays off): where the answer flips, and where the scenario stands.

    \b
    mcost map contested
    mcost map contested --x workload.growth_per_month --y workload.calls_per_month

    All other inputs stay as uncertain as they are. An input may be named by the end of its name.
    """
    from mcost.maps import decision_map

    built = common.load_scenario(scenario, overrides, horizon)
    with common.progress("cells") as progress:
        found = decision_map(
            built,
            x,
            y,
            candidate=candidate,
            size=size,
            draws=draws,
            seed=seed,
            x_range=x_range,
            y_range=y_range,
            progress=progress,
        )
    if as_json:
        recorded.print_answer(found.to_dict(), found, built)
        return
    from mcost.report.decision_map import mapped

    common.print_report(mapped(found))
