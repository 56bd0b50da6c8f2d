"""What P would be if the stated ranges were too narrow, against its closed form."""

import math
from collections.abc import Callable
from pathlib import Path
from statistics import NormalDist
from typing import Any

import pytest

import mcost

NORMAL = NormalDist()
SALE = {
    "title": "A certain 12 USD against a range",
    "baseline": "prompt",
    "horizon_months": 12,
    "workload": {"calls_per_month": 1000},
    "strategies": {
        "prompt": {"price": {"input": 1.0}, "prompt_tokens": 1000},
        "bought": {
            "price": {"input": 0.0},
            "costs": [{"name": "own", "driver": "once", "amount": "2 to 18"}],
        },
    },
}


def chance(credibility: float, held: float) -> float:
    """P(amount <= 12 USD): log-normal, 2 and 18 at ±z((1 + credibility)/2), the sigma widened."""
    mu, half = (math.log(2) + math.log(18)) / 2, (math.log(18) - math.log(2)) / 2
    sigma = half / NORMAL.inv_cdf((1 + credibility) / 2)
    wider = NORMAL.inv_cdf((1 + credibility) / 2) / NORMAL.inv_cdf((1 + held) / 2)
    return NORMAL.cdf((math.log(12) - mu) / (sigma * wider))


@pytest.mark.parametrize("credibility", [0.9, 0.8])
@pytest.mark.parametrize("held", [0.3, 0.5, 0.6])
def test_the_chance_if_the_ranges_hold_less(credibility: float, held: float) -> None:
    answer = mcost.run(SALE | {"credibility": credibility}, draws=8192, seed=3, held=held)
    expected = chance(credibility, held)
    found = answer.if_overconfident("bought").probability
    assert abs(found - expected) <= 5 * math.sqrt(expected * (1 - expected) / 8192)
    assert abs(found - answer.candidates["bought"].pays_off.probability) > 0.03  # so the test can fail


def test_ranges_that_hold_what_they_say_change_nothing() -> None:
    answer = mcost.run(SALE, draws=2048, seed=3, held=0.9)
    assert answer.if_overconfident("bought").probability == answer.candidates["bought"].pays_off.probability


def test_what_is_certain_has_no_such_chance() -> None:
    certain: dict[str, Any] = {
        **SALE,
        "strategies": {**SALE["strategies"], "bought": {"price": {"input": 0.5}}},
    }
    assert mcost.run(certain, draws=16).if_overconfident("bought") is None


def test_every_verdict_says_it_and_credibility_sets_it(
    mcost: Callable[..., tuple[int, str, str]], here: Path
) -> None:
    def say(*more: str) -> tuple[str, str]:
        _, out, err = mcost("run", "sale.toml", "--draws", "8192", *more)
        return " ".join(out.split()), err

    (here / "sale.toml").write_text(
        'title = "A sale"\nbaseline = "prompt"\nhorizon_months = 12\n[workload]\ncalls_per_month = 1000\n'
        "[strategies.prompt]\nprice = { input = 1.0 }\nprompt_tokens = 1000\n"
        "[strategies.bought]\nprice = { input = 0.0 }\n"
        '[[strategies.bought.costs]]\nname = "own"\ndriver = "once"\namount = "2 to 18"\n',
        encoding="utf-8",
    )
    for more, held in (((), 0.6), (("--credibility", "30%"), 0.3), (("--credibility", "0.3"), 0.3)):
        out, err = say(*more)
        percent = f"{100 * chance(0.9, held):.0f}"
        assert f"(hold {100 * held:.0f} %, not 90 %), bought is ahead in {percent} % of futures." in out
        assert err == ""
    assert say("--credibility", "60") == (
        "",
        'error: --credibility 60: found 60; expected a share between 0 and 1; did you mean "60%"?\n',
    )
    assert say("--credibility", "0") == (
        "",
        "error: --credibility 0: expected a share from 1% to 99.9%\n",
    )
