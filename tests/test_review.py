"""A review against closed forms: what moves nothing, what crosses a known tipping point, and how far."""

import json
import math
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from usage_exports import Truth, plain_daily, workload

import mcost
from mcost.errors import McostError
from mcost.measured import measured, with_measured
from mcost.observation import observation
from mcost.review import Review, review
from mcost.usage.daily import read_log
from mcost.usage.estimates import findings
from mcost.usage.log import Log
from mcost.verdict_file import read_verdict

SCENARIO = """
title = "Fine-tune, or keep prompting?"
baseline = "prompt"
horizon_months = 12
start = 2026-12-01
hourly_rate = 100

[workload]
calls_per_month = "100k to 300k"
input_tokens = "200 to 400"
output_tokens = "90 to 150"

[strategies.prompt]
price = { input = 1.0, cached = 0.5, output = 4.0 }
prompt_tokens = 3000

[strategies.fine_tune]
like = "prompt"
prompt_tokens = 500
setup_hours = 60
"""
DRAWS = 4_096
MEDIAN = math.sqrt(100e3 * 300e3)
SIGMA = math.log(3) / (2 * norm.ppf(0.95))
TIPS_AT = 60 * 100 / (12 * 2500 / 1e6)
"""Calls a month at which twelve months of a prompt shorter by 2,500 tokens save what the setup costs."""


def flat(
    path: Path,
    calls: float = MEDIAN,
    cached: float = 0.0,
    retries: float = 0.0,
    first: date = date(2026, 11, 20),
    last: date = date(2027, 4, 10),
) -> Log:
    """Days that are all alike, at the medians of the scenario's tokens."""
    days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    daily = calls / 30.4375
    total = 3000 + math.sqrt(200 * 400)
    rows = {
        "date": [day.isoformat() for day in days],
        "requests": daily,
        "retries": daily * retries / (1 - retries),
        "input_tokens": daily * total,
        "cached_tokens": daily * 3000 * cached,
        "output_tokens": daily * math.sqrt(90 * 150),
    }
    pd.DataFrame(rows).to_csv(path, index=False)
    return read_log([path])


def reviewed(folder: Path, log: Log, *overrides: str) -> Review:
    source = folder / "mine.toml"
    source.write_text(SCENARIO)
    old = folder / "old.json"
    old.write_text(json.dumps(mcost.run(source, draws=DRAWS, set=overrides).to_dict()))
    return review(read_verdict(old), source, log, set=overrides)


def test_a_log_at_the_medians_moves_nothing(tmp_path: Path) -> None:
    retry = math.sqrt(0.01 / 0.99 * 0.05 / 0.95)
    hit = math.sqrt(0.2 / 0.8 * 0.6 / 0.4)
    log = flat(tmp_path / "log.csv", cached=hit / (1 + hit), retries=retry / (1 + retry))
    found = reviewed(
        tmp_path,
        log,
        "strategies.prompt.retry_rate=1% to 5%",
        "strategies.prompt.cache_hit=20% to 60%",
        "workload.growth_per_month=-3% to 3%",
    )
    assert found.same
    assert {r.finding.key for r in found.readings} == {
        "calls_per_month",
        "growth_per_month",
        "input_tokens",
        "output_tokens",
        "cache_hit",
        "retry_rate",
    }
    for reading in found.readings:
        assert reading.quantile == pytest.approx(0.5, abs=0.01), reading.name
        assert reading.p > 0.95, reading.name
        assert not reading.moved
    assert not any(wire.crossed for wire in found.tripwires)
    assert found.by_itself == {}
    assert not found.changed
    assert [(m.number, m.first.isoformat()) for m in found.months] == [
        (1, "2026-12-01"),
        (2, "2027-01-01"),
        (3, "2027-02-01"),
        (4, "2027-03-01"),
    ]
    assert found.part == (date(2027, 4, 1),)
    for month in found.months:
        assert month.calls is not None
        assert month.usd is not None
        assert month.calls.quantile == pytest.approx(0.5, abs=0.01)
        # retries are not in its tokens: it lies lower by their factor 1 / (1 - r) = 1 + odds
        assert month.usd.quantile == pytest.approx(norm.cdf(-math.log1p(retry) / SIGMA), abs=0.01)
        assert month.usd.happened == pytest.approx(month.usd.p50, rel=0.04)  # retries are not in its tokens


def test_doubled_calls_cross_the_known_tipping_point_and_change_the_advice(tmp_path: Path) -> None:
    found = reviewed(tmp_path, flat(tmp_path / "log.csv", 2 * MEDIAN))
    p = found.forecast.candidates["fine_tune"].pays_off
    assert p.probability == pytest.approx(
        norm.sf(math.log(TIPS_AT / MEDIAN) / SIGMA), abs=4 * p.standard_error + 1e-12
    )
    (wire,) = found.tripwires
    assert wire.prior.name == "workload.calls_per_month"
    assert wire.rises
    assert wire.value == pytest.approx(TIPS_AT, rel=1e-3)
    assert wire.believed == pytest.approx(MEDIAN)
    assert wire.now[1] == pytest.approx(2 * MEDIAN, rel=0.02)
    assert wire.crossed
    assert wire.surely
    assert (found.forecast.recommended, found.now.recommended) == ("prompt", "fine_tune")
    assert found.changed
    assert found.now.candidates["fine_tune"].pays_off.probability == 1.0
    saved = found.now.candidates["fine_tune"].saving_usd.mean
    assert saved == pytest.approx((2 * MEDIAN - TIPS_AT) * 12 * 2500 / 1e6, rel=0.02)
    moved = [r for r in found.readings if r.moved]
    assert [r.name for r in moved] == ["workload.calls_per_month"]
    assert moved[0].quantile == pytest.approx(norm.cdf(math.log(2) / SIGMA), abs=0.005)
    assert found.by_itself["workload.calls_per_month"].probability == 1.0
    assert found.start == date(2027, 5, 1)


def test_a_month_is_held_against_the_law_of_the_calls(tmp_path: Path) -> None:
    log = flat(tmp_path / "log.csv")
    growth, v = 0.03, 0.1
    found = reviewed(
        tmp_path, log, f"workload.growth_per_month={growth}", f"workload.volatility_per_month={v}"
    )
    third = found.months[2].calls
    assert third is not None
    centre = math.log(MEDIAN * 28 / 30.4375) + 2 * math.log1p(growth) - v * v
    spread = math.hypot(SIGMA, math.sqrt(2) * v)
    for got, p in ((third.p5, 0.05), (third.p50, 0.5), (third.p95, 0.95)):
        error = 4 * spread * math.sqrt(p * (1 - p) / DRAWS) / norm.pdf(norm.ppf(p))
        assert math.log(got) == pytest.approx(centre + spread * norm.ppf(p), abs=error)
    at = norm.cdf((math.log(third.happened) - centre) / spread)
    assert third.quantile == pytest.approx(at, abs=4 * math.sqrt(at * (1 - at) / DRAWS))


def test_days_before_the_first_month_are_not_looked_at(tmp_path: Path) -> None:
    short = reviewed(tmp_path, flat(tmp_path / "a.csv", first=date(2026, 12, 1)))
    before = pd.read_csv(tmp_path / "a.csv")
    older = before.head(20).assign(date=[f"2026-10-{i:02}" for i in range(1, 21)])
    older[["requests", "input_tokens", "output_tokens"]] *= [50, 200, 400]
    pd.concat([older, before]).to_csv(tmp_path / "b.csv", index=False)
    long = reviewed(tmp_path, read_log([tmp_path / "b.csv"]))
    told = [(r.name, r.finding.value, r.finding.low, r.finding.high) for r in short.readings]
    assert told == [(r.name, r.finding.value, r.finding.low, r.finding.high) for r in long.readings]
    assert short.months == long.months


def test_belief_and_log_are_put_together_where_they_agree_and_else_the_log_counts(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    plain_daily(
        workload(Truth(calls=MEDIAN, growth=0.02), np.random.default_rng(5), date(2026, 12, 1), 182),
        np.random.default_rng(6),
        path,
    )
    log = read_log([path])
    found = reviewed(tmp_path, log, "workload.growth_per_month=-2% to 6%")
    growth = next(r for r in found.readings if r.finding.key == "growth_per_month")
    output = next(r for r in found.readings if r.finding.key == "output_tokens")
    assert not growth.moved
    own = (growth.finding.high - growth.finding.low) / 2
    assert growth.now[2] - growth.now[0] == pytest.approx(2 / math.hypot(1 / own, 1 / 0.04), rel=0.02)
    z = abs(growth.finding.value - 0.02) / math.hypot(own, 0.04) * norm.ppf(0.95)
    assert growth.p == pytest.approx(2 * norm.sf(z), abs=0.002)
    assert output.moved  # 220 tokens, where 90 to 150 were believed
    assert output.now[0] == pytest.approx(output.finding.low, rel=0.01)
    assert output.now[2] == pytest.approx(output.finding.high, rel=0.01)


@pytest.mark.parametrize(("believed", "moved"), [("0.03", False), ("0.1", True)])
def test_a_certain_value_moves_where_the_log_has_another(tmp_path: Path, believed: str, moved: bool) -> None:
    found = reviewed(
        tmp_path, flat(tmp_path / "log.csv", retries=0.03), f"strategies.prompt.retry_rate={believed}"
    )
    retry = next(r for r in found.readings if r.finding.key == "retry_rate")
    assert retry.moved is moved
    assert retry.law.certain is not moved
    assert float(retry.law.mean()) == pytest.approx(0.03, rel=0.01)


def test_users_and_calls_of_each_become_calls(tmp_path: Path) -> None:
    text = SCENARIO.replace(
        'calls_per_month = "100k to 300k"', 'monthly_active_users = "10k to 20k"\ncalls_per_user = 4'
    )
    (tmp_path / "users.toml").write_text(text)
    scenario = mcost.load(tmp_path / "users.toml")
    found = findings(flat(tmp_path / "log.csv"), 3000)
    now = with_measured(scenario, measured(scenario, found, np.full(4, 56_000.0)))
    assert mcost.run(now, draws=512).costs.usd[0, 1].mean() == pytest.approx(
        MEDIAN * (3000 + math.sqrt(200 * 400) + 4 * math.sqrt(90 * 150)) / 1e6, rel=0.01
    )


def test_where_retries_are_not_told_the_requests_asked_again_are_taken_off(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    flat(path)
    pd.read_csv(path).drop(columns="retries").to_csv(path, index=False)
    found = reviewed(tmp_path, read_log([path]), "strategies.prompt.retry_rate=0.2")
    assert found.attempts == pytest.approx(1.25)
    calls = found.months[0].calls
    assert calls is not None
    assert calls.happened == pytest.approx(MEDIAN * 31 / 30.4375 / 1.25)
    volume = found.readings[0]
    assert volume.finding.value == pytest.approx(MEDIAN / 1.25, rel=0.001)
    assert "retry_rate" in found.untold


def test_the_cost_is_the_log_s_own_where_it_has_one(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    flat(path)
    found = reviewed(tmp_path, read_log([path]))
    usd = found.months[0].usd
    assert found.priced_by == "the scenario"
    assert usd is not None
    tokens = 3000 + math.sqrt(200 * 400) + 4 * math.sqrt(90 * 150)
    assert usd.happened == pytest.approx(MEDIAN * 31 / 30.4375 * tokens / 1e6)
    pd.read_csv(path).assign(cost=7.0).to_csv(path, index=False)
    found = reviewed(tmp_path, read_log([path]))
    usd = found.months[0].usd
    assert found.priced_by == "the log"
    assert usd is not None
    assert usd.happened == pytest.approx(7 * 31)


def test_months_before_and_after_the_forecast_are_not_in_common(tmp_path: Path) -> None:
    log = flat(tmp_path / "log.csv", first=date(2026, 8, 1), last=date(2026, 12, 20))
    with pytest.raises(McostError) as refused:
        reviewed(tmp_path, log)
    assert str(refused.value) == (
        "log.csv: found 2026-08-01 to 2026-12-20; expected a whole month of the forecast in old.json, "
        "2026-12 to 2027-11"
    )


# more days of logs


def test_the_worth_of_more_days_is_that_of_a_normal_mean(tmp_path: Path) -> None:
    """Saving linear in a normal growth, seen with a normal error (Raiffa and Schlaifer 1961)."""
    path = tmp_path / "log.csv"
    days = workload(
        Truth(calls=1e6, growth=0, volatility=0.15), np.random.default_rng(3), date(2026, 8, 1), 122
    )
    plain_daily(days, np.random.default_rng(4), path)
    rows = pd.read_csv(path)
    rows["input_tokens"], rows["output_tokens"] = 3282.84 * rows["requests"], 116.19 * rows["requests"]
    rows.drop(columns=["cached_tokens", "failures"]).to_csv(path, index=False)
    found = findings(read_log([path]), 3000)
    hours = round(found.found["calls_per_month"].value * 2 * 2500 / 1e6 / 100)
    (tmp_path / "growth.toml").write_text(
        SCENARIO.replace("horizon_months = 12", "horizon_months = 2")
        .replace(
            'calls_per_month = "100k to 300k"',
            'calls_per_month = 1_000_000\ngrowth_per_month = "-20% to 20%"',
        )
        .replace('input_tokens = "200 to 400"', "input_tokens = 282.84")
        .replace('output_tokens = "90 to 150"', "output_tokens = 116.19")
        .replace("setup_hours = 60", f"setup_hours = {hours}")
    )
    scenario = mcost.load(tmp_path / "growth.toml")
    got = observation(scenario, found, draws=16_384)
    assert got.learnt == ("workload.growth_per_month",)
    own = found.found["growth_per_month"]
    now = got.answer.scenario.inputs["workload.growth_per_month"].law
    low, mean, high = (float(x) for x in now.ppf(np.array([0.05, 0.5, 0.95])))
    spread, error = ((b - a) / (2 * norm.ppf(0.95)) for a, b in ((low, high), (own.low, own.high)))
    calls = float(got.answer.scenario.inputs["workload.calls_per_month"].law.mean())
    a_call, setup = 2500 / 1e6, 100 * hours
    gain = a_call * calls * (2 + mean) - setup
    for period in got.periods:
        seen = error * math.sqrt(got.days / period.days)
        sd = a_call * calls * spread**2 / math.hypot(spread, seen)
        exact = sd * norm.pdf(gain / sd) - abs(gain) * norm.cdf(-abs(gain) / sd)
        assert period.evsi.corrected == pytest.approx(exact, abs=4 * period.evsi.standard_error)
        lost = period.days / (365.25 / 12) / 2
        assert period.delay_usd == pytest.approx(
            min(1, lost) * (period.evsi.corrected + max(gain, 0)), abs=4 * period.net.standard_error + 1
        )
    worth = [period.evsi.corrected for period in got.periods]
    assert worth == sorted(worth)
    assert got.evppi is not None
    assert worth[-1] <= got.evppi.corrected + 4 * got.evppi.standard_error


def test_priors_of_a_file_are_not_updated_by_the_same_log_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "priors.toml").write_text(
        '[output]\nabout = "x"\nunit = "tokens a call"\ndomain = "positive"\ndistribution = "90 to 150"\n'
        'low = 90\nmedian = 116.19\nhigh = 150\nsource = "a log"\nchecked = 2026-11-01\ngrade = "measured"\n'
        'for = ["workload.output_tokens"]\nnote = ""\n'
    )
    text = SCENARIO.replace('output_tokens = "90 to 150"', 'output_tokens = { prior = "priors.toml:output" }')
    (tmp_path / "mine.toml").write_text(text)
    got = observation(mcost.load("mine.toml"), findings(flat(tmp_path / "log.csv"), 3000), draws=256)
    law = got.answer.scenario.inputs["workload.output_tokens"].law
    assert float(law.ppf(np.array([0.95]))[0]) == pytest.approx(150)
