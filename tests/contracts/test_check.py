"""``mcost check``: inputs as read, correlations as achieved, and questions, as text and as data."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

CASE = """\
title = "A case"
baseline = "prompt"
horizon_months = 12
hourly_rate = "60 to 140"

[workload]
calls_per_month = 100_000
growth_per_month = { p10 = 0.01, p50 = 0.02, p90 = 0.06 }
task_changes_per_year = { dist = "poisson", mu = 2 }

[strategies.prompt]
price = { input = 0.15 }
prompt_tokens = 3000
hours_per_month = { prior = "engineering.prompt_hours_per_month" }

[[correlations]]
between = ["hourly_rate", "workload.growth_per_month"]
rank = 0.4

[[correlations]]
between = ["hourly_rate", "workload.task_changes_per_year"]
rank = -0.5
"""
QUESTION = "is stated without a spread: is it known to the digit? Else give a range"


@pytest.fixture
def check(mcost: Callable[..., tuple[int, str, str]], here: Path) -> Callable[..., str]:
    """Runs ``mcost check case.toml``: what it prints, on success."""
    (here / "case.toml").write_text(CASE, encoding="utf-8")

    def run(*more: str) -> str:
        code, out, _ = mcost("check", "case.toml", "--draws", "100", *more)
        assert code == 0
        return out

    return run


def test_every_input_is_printed_as_it_was_understood(check: Callable[..., str]) -> None:
    rows = {line.split()[0]: line.split()[1:] for line in check().splitlines() if line.startswith("  ")}
    assert rows["hourly_rate"] == [
        *("60", "91.65", "140", "USD", "an", "hour"),
        *("lognorm(s=0.2576,", "scale=91.65)"),
    ]
    growth = rows["workload.growth_per_month"]
    assert (growth[1], " ".join(growth[3:])) == ("0.02", "a month metalog(p10=0.01, p50=0.02, p90=0.06)")
    assert rows["workload.calls_per_month"][-1] == "certain"
    assert rows["strategies.prompt.hours_per_month"][-2:] == ["engineering.prompt_hours_per_month", "(weak)"]


def test_correlations_are_printed_as_asked_for_and_as_achieved(check: Callable[..., str]) -> None:
    text, found = check(), json.loads(check("--json"))["checked"][0]["correlations"]
    assert [(pair["first"], pair["second"], pair["asked"]) for pair in found] == [
        ("hourly_rate", "workload.growth_per_month", 0.4),
        ("hourly_rate", "workload.task_changes_per_year", -0.5),
    ]
    assert found[0]["achieved"] == pytest.approx(0.4, abs=1e-3)  # both continuous
    assert -0.5 < found[1]["achieved"] < -0.47  # counts tie
    lines = [line.split() for line in text.splitlines()]
    assert ["hourly_rate,", "workload.growth_per_month", "0.40", "0.40"] in lines
    counts = f"{found[1]['achieved']:.2f}".replace("-", "−")
    asked = {"-0.50", "−0.50"}
    (row,) = (line for line in lines if line[:2] == ["hourly_rate,", "workload.task_changes_per_year"])
    assert row[2] in asked
    assert row[3].replace("-", "−") == counts


def test_questions_are_printed_and_given_as_data(check: Callable[..., str]) -> None:
    idle = "changes nothing: it needs hours_per_task_change or days_per_task_change of a strategy, "
    idle += "or one that is tuned"
    said = {"workload.calls_per_month": QUESTION, "workload.task_changes_per_year": idle}
    told = " ".join(f"{about}: {question}." for about, question in said.items())
    assert " ".join(check().split()).endswith(f"Questions {told}")
    (checked,) = json.loads(check("--json"))["checked"]
    assert checked["questions"] == [{"about": about, "question": q} for about, q in said.items()]
