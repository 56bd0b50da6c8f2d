"""``mcost why`` as a user meets it: what is printed, the JSON, mistakes."""

import json
import shlex
from collections.abc import Callable

import pytest

Mcost = Callable[..., tuple[int, str, str]]

KEYS = {
    *("mcost", "scenario", "draws", "seed", "horizon_months", "baseline", "recommended", "candidate"),
    *("fitted_draws", "evpi_usd", "all_inputs_usd", "luck_usd", "best", "by_means", "modelling_usd"),
    *("attitude", "drivers", "total_order"),
}
ONE = """\
title = "One"
baseline = "prompt"
horizon_months = 12
workload.calls_per_month = "1_000 to 2_000"
strategies.prompt = { price = { input = 1.0 }, prompt_tokens = 3000 }
"""


def test_the_first_lines_are_plain_language(mcost: Mcost) -> None:
    code, out, err = mcost("why", "contested", "--draws", "8192")
    assert (code, err) == (0, "")
    said = " ".join(out.split())
    assert "Drivers With low growth per month (" in said
    assert "To know every input exactly before choosing would be worth $" in said
    assert "most of it is the success probability (cheaper model), $" in said
    assert "is luck, which no study of the inputs tells beforehand" in said
    assert "In futures that pay off, fine tune more often meets the quality bar (100 %;" in said
    assert "and 23 more that matter little" in said


def test_the_example_of_the_help_runs(mcost: Mcost) -> None:
    _, out, _ = mcost("why", "--help")
    example = out.rsplit("Example: mcost ", 1)[1].strip()
    assert mcost(*shlex.split(example), "--draws", "1000")[0] == 0


def test_json(mcost: Mcost) -> None:
    code, out, err = mcost("why", "contested", "--draws", "2000", "--seed", "2", "--horizon", "12", "--json")
    found = json.loads(out)
    assert (code, err, set(found)) == (0, "", KEYS | {"manifest"})
    assert (found["draws"], found["seed"], found["horizon_months"]) == (2048, 2, 12)
    assert len(found["drivers"]) == 35
    driver = found["drivers"][0]
    assert set(driver["evppi_usd"]) == {"value", "standard_error", "bias", "method", "warning"}
    assert set(driver["tenths"][0]) == {"value", "low", "high", "futures", "pays_off", "saving_usd"}
    assert found["total_order"] == {}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("usd", ["1e80", "1e148"])
def test_costs_beyond_all_reason_are_answered(mcost: Mcost, usd: str) -> None:
    own = ("contested", "--draws", "256", "--set", f"strategies.fine_tune.tuning.training_cost={usd}")
    for command in (("why",), ("why", "--json"), ("why", "--total"), ("why", "--study"), ("compare",)):
        code, out, err = mcost(*command, *own)
        assert (code, err) == (0, "")
        assert "000,000,000,000" not in out


def test_total_order_shares_are_a_table_and_data(mcost: Mcost) -> None:
    arguments = (
        "why",
        "article_100k",
        "--set",
        "workload.calls_per_month=50k to 2M",
        "--draws",
        "512",
        "--total",
    )
    _, out, _ = mcost(*arguments)
    assert "Total-order shares" in out
    _, out, _ = mcost(*arguments, "--json")
    assert set(json.loads(out)["total_order"]) == {"workload.calls_per_month", "luck"}


def test_a_certain_scenario_says_that_nothing_is_uncertain(mcost: Mcost) -> None:
    code, out, _ = mcost("why", "article_100k", "--draws", "1")
    assert code == 0
    assert "Nothing is uncertain here" in out
    assert json.loads(mcost("why", "article_100k", "--json")[1])["drivers"] == []


def test_a_baseline_alone_asks_for_a_rival(mcost: Mcost, tmp_path) -> None:
    file = tmp_path / "one.toml"
    file.write_text(ONE, encoding="utf-8")
    code, out, _ = mcost("why", str(file), "--draws", "100")
    assert code == 0
    assert "Only prompt is given: name a rival to hold it against." in out


@pytest.mark.parametrize("arguments", [("--draws", "1"), ("--draws", "50", "--candidate", "better_prompt")])
def test_few_draws_are_enough(mcost: Mcost, arguments: tuple[str, ...]) -> None:
    code, out, err = mcost("why", "contested", *arguments)
    assert (code, err) == (0, "")
    assert "Drivers" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("--draws", "0"),
            "error: draws: found 0; expected a whole number from 1 to 1,000,000,000\n",
        ),
        (
            ("--candidate", "fine_tuen", "--draws", "50"),
            "error: candidate: found fine_tuen; no such candidate; did you mean fine_tune?\n",
        ),
    ],
)
def test_mistakes(mcost: Mcost, arguments: tuple[str, ...], message: str) -> None:
    assert mcost("why", "contested", *arguments) == (2, "", message)


# --- studies, curves, and fear of losses ------------------------------------------------------------------


def test_the_studies_of_a_shipped_scenario(mcost: Mcost) -> None:
    code, out, err = mcost("why", "contested", "--study", "--draws", "16384")
    assert (code, err) == (0, "")
    said = " ".join(out.split())
    assert "200 tickets through the cheaper model is worth $" in said
    assert "Each is judged by itself; the other 2 are not worth it." in said
    found = json.loads(mcost("why", "contested", "--study", "--draws", "16384", "--json")[1])["studies"]
    assert found[0]["name"] == "200 tickets through the cheaper model"
    assert set(found[0]) == {
        *("name", "of", "n", "weeks", "cost_usd", "evsi_usd", "evppi_usd", "delay_usd", "net_usd"),
        *("best_n", "best_net_usd", "worth_it"),
    }
    assert found[0]["evsi_usd"]["value"] < found[0]["evppi_usd"]["value"]


def test_no_study_listed_is_said(mcost: Mcost) -> None:
    said = " ".join(mcost("why", "startup", "--study", "--draws", "1000")[1].split())
    assert "The scenario lists no study: name them under [[studies]]" in said


def test_the_curves_over_the_horizon_and_over_an_input(mcost: Mcost) -> None:
    code, out, err = mcost("why", "contested", "--over", "horizon", "--draws", "8192")
    assert (code, err) == (0, "")
    assert "Over 1 month prompt is expected to cost least." in out
    assert "How likely each is the cheapest" in out
    found = json.loads(mcost("why", "contested", "--over", "hourly_rate", "--draws", "8192", "--json")[1])
    assert (found["over"], len(found["x"])) == ("hourly_rate", 20)


def test_a_decider_who_fears_losses(mcost: Mcost) -> None:
    out = " ".join(mcost("why", "contested", "--risk-aversion", "0.0001", "--draws", "16384")[1].split())
    assert "By the mean of the worst tenth of futures (CVaR) the choice is cached prompt" in out
    assert "With a risk tolerance of $10,000 (exponential utility) it is" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--over", "horizn"), "error: over: no such input: horizn; did you mean horizon?\n"),
        (
            ("--over", "horizon", "--study"),
            "error: --study: found beside --over; expected one or the other\n",
        ),
        (
            ("--risk-aversion", "0"),
            "error: risk aversion: found 0; expected more than 0, per USD, such as 0.00001\n",
        ),
    ],
)
def test_what_is_wrong_with_them(mcost: Mcost, arguments: tuple[str, ...], message: str) -> None:
    assert mcost("why", "contested", "--draws", "1000", *arguments) == (2, "", message)


def test_what_study_and_over_cannot_heed_is_refused(mcost: Mcost) -> None:
    for more in (("--total",), ("--candidate", "fine_tune"), ("--risk-aversion", "1e-5")):
        code, out, err = mcost("why", "contested", "--study", *more)
        assert (code != 0, out) == (True, "")
        assert "--candidate, --total, --risk-aversion: found beside --study or --over" in err
