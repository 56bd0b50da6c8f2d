"""Each pitfall of a usage log is a test: what is read from it is what is in it, and what is wrong is told."""

from __future__ import annotations

import gzip
import itertools
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from usage_exports import EXPORTS, Day, Truth, _calls, openai_rows, plain_csv, plain_daily, workload

from mcost.errors import McostError
from mcost.usage.daily import read_log
from mcost.usage.estimates import findings
from mcost.usage.finding import Finding, Findings
from mcost.usage.log import Log

START = date(2026, 1, 1)
STEADY = Truth(calls=30_000, growth=0.0, volatility=1e-9, day_noise=1e-9, weekend=1.0)


def saved(path: Path, rows: list[dict[str, object]] | pd.DataFrame) -> Path:
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


def daily(days: int = 60, calls: int = 1000, start: date = START) -> list[dict[str, object]]:
    """The same every day: 1,000 calls of 300 tokens in, 100 of them cached, and 50 out."""
    return [
        {
            "date": (start + timedelta(days=i)).isoformat(),
            "requests": calls,
            "input_tokens": 300 * calls,
            "cached_tokens": 100 * calls,
            "output_tokens": 50 * calls,
        }
        for i in range(days)
    ]


def steady(days: int) -> list[Day]:
    return workload(STEADY, np.random.default_rng(1), START, days)


def told(*paths: Path, models: tuple[str, ...] = ()) -> Findings:
    return findings(read_log(paths, models))


def of(found: Findings, key: str) -> Finding:
    assert key in found.found, found.untold.get(key)
    return found.found[key]


def test_numbers_as_floats_and_several_rows_a_bucket(tmp_path: Path) -> None:
    rows = openai_rows(steady(60), np.random.default_rng(2))
    assert isinstance(rows[0]["num_model_requests"], float)
    assert len(rows) == 120  # a row for the batch, one for the rest
    found = told(saved(tmp_path / "usage.csv", rows))
    calls = sum(row["num_model_requests"] for row in rows)
    tokens = sum(row["input_tokens"] for row in rows)
    assert found.log.buckets["requests"].sum() == calls
    assert of(found, "input_tokens").value == pytest.approx(tokens / calls, rel=1e-12)
    assert of(found, "batch_share").value == pytest.approx(0.1, rel=0.05)
    assert of(found, "calls_per_month").value == pytest.approx(30_000, rel=0.02)


def test_blank_buckets_are_days_without_calls(tmp_path: Path) -> None:
    quiet = replace(STEADY, weekend=1e-12)
    rows = openai_rows(workload(quiet, np.random.default_rng(1), START, 84), np.random.default_rng(2))
    assert sum("input_tokens" not in row for row in rows) == 24  # twelve weekends
    found = told(saved(tmp_path / "usage.csv", rows))
    assert found.log.gaps == ()
    assert of(found, "calls_per_month").value == pytest.approx(30_000, rel=0.02)
    assert np.nansum(found.log.days) == found.log.buckets["requests"].sum()


def test_cached_tokens_are_in_the_input_of_some_exports_and_beside_it_in_others(tmp_path: Path) -> None:
    day = "2026-05-%02dT10:00:00Z"
    langfuse = [
        {
            "id": f"{kind}{i}",
            "startTime": day % i,
            "type": "GENERATION",
            "model": "m",
            "usageDetails": json.dumps(usage),
        }
        for i in range(1, 11)
        for kind, usage in (
            ("beside", {"input": 200, "input_cached_tokens": 100, "output": 50}),
            ("within", {"input": 300, "cache_read_input_tokens": 100, "output": 50, "total": 350}),
        )
    ]
    helicone = [
        {
            "request_id": f"{provider}{i}",
            "request_created_at": day % i,
            "response_status": 200,
            "request_model": "m",
            "provider": provider,
            "prompt_tokens": 200 if provider == "ANTHROPIC" else 300,
            "prompt_cache_read_tokens": 100,
            "completion_tokens": 50,
        }
        for i in range(1, 11)
        for provider in ("OPENAI", "ANTHROPIC")
    ]
    anthropic = [
        {
            "usage_date_utc": f"2026-05-{i:02d}",
            "model_version": "m",
            "usage_type": "message",
            "usage_input_tokens_no_cache": 150,
            "usage_input_tokens_cache_write_5m": 30,
            "usage_input_tokens_cache_write_1h": 20,
            "usage_input_tokens_cache_read": 100,
            "usage_output_tokens": 50,
        }
        for i in range(1, 11)
    ]
    for name, rows in (("langfuse", langfuse), ("helicone", helicone), ("plain", daily())):
        found = told(saved(tmp_path / f"{name}.csv", rows))
        assert of(found, "input_tokens").value == pytest.approx(300, rel=1e-12), name
        assert of(found, "cached_tokens").value == pytest.approx(100, rel=1e-12), name
        assert of(found, "cache_hit").value == pytest.approx(1 / 3, rel=1e-4), name
    found = told(saved(tmp_path / "anthropic.csv", anthropic))
    assert of(found, "cache_hit").value == pytest.approx(1 / 3, rel=1e-4)
    assert found.log.buckets["written"].sum() == 500


def test_more_cached_tokens_than_input_is_told_by_its_line(tmp_path: Path) -> None:
    rows = daily()
    rows[10]["cached_tokens"] = 300_001
    found = told(saved(tmp_path / "usage.csv", rows))
    assert found.notes[0] == (
        "usage.csv: 1 row cannot be and is left out: "
        "usage.csv:12: found 300001 cached tokens in 300000 tokens of input."
    )


def test_an_empty_export_says_so(tmp_path: Path) -> None:
    times = ["start_time", "end_time", "start_time_iso", "end_time_iso"]
    rows = [[1_767_225_600 + 86_400 * i, 1_767_312_000 + 86_400 * i, "", ""] for i in range(30)]
    path = saved(tmp_path / "empty.csv", pd.DataFrame(rows, columns=times))
    with pytest.raises(McostError) as refused:
        told(path)
    assert str(refused.value) == "empty.csv: found no calls: the export is empty, 30 blank buckets"
    path.write_text(",".join(times) + "\n")
    with pytest.raises(McostError) as refused:
        told(path)
    assert str(refused.value) == "empty.csv: found no calls: it has no rows"


def test_days_are_days_of_utc_whatever_the_zone(tmp_path: Path) -> None:
    rows = [
        {"id": i, "time": at, "input_tokens": 10, "output_tokens": 5}
        for i, at in enumerate(
            [
                "2026-03-28T23:30:00+02:00",  # 21:30 of the 28th
                "2026-03-29T00:30:00+02:00",  # 22:30 of the 28th
                "2026-03-28T18:30:00-06:00",  # 00:30 of the 29th
                "2026-03-29T23:59:59Z",
            ]
        )
    ]
    log = read_log([saved(tmp_path / "zones.csv", rows)])
    assert log.days.tolist() == [2, 2]
    assert log.period == (date(2026, 3, 28), date(2026, 3, 29))


def test_times_without_a_zone_are_taken_as_utc_and_it_is_said(tmp_path: Path) -> None:
    rows = _calls(steady(10), np.random.default_rng(2))
    naive = pd.DataFrame(
        {
            "time": pd.to_datetime(rows["time"], unit="s"),
            "input_tokens": rows["input"],
            "output_tokens": rows["output"],
        }
    )
    assert "Times without a zone are taken as UTC." in told(saved(tmp_path / "naive.csv", naive)).notes


@pytest.mark.parametrize("unit", [1, 1000, 10**6, 10**9])
def test_times_as_numbers_of_any_unit(tmp_path: Path, unit: int) -> None:
    times = [(1_770_000_000 + 86_400 * i) * unit for i in range(9)]
    rows = [{"timestamp": at, "input_tokens": 9, "output_tokens": 1} for at in times]
    log = read_log([saved(tmp_path / "epoch.csv", rows)])
    assert log.first == 1_770_000_000 // 86_400 + 1  # the first day is no whole day


def test_a_part_month_at_either_end_is_no_fall_of_the_calls(tmp_path: Path) -> None:
    days = workload(STEADY, np.random.default_rng(1), date(2026, 1, 20), 200)  # to 7 August
    plain_daily(days, np.random.default_rng(2), tmp_path / "usage.csv")
    found = told(tmp_path / "usage.csv")
    growth = of(found, "growth_per_month")
    assert growth.n == 5  # changes between the six whole months
    assert growth.low < 0 < growth.high
    assert growth.high - growth.low < 0.06
    assert of(found, "calls_per_month").value == pytest.approx(30_000, rel=0.03)


def test_a_part_day_at_either_end_is_left_out(tmp_path: Path) -> None:
    rows = daily()
    rows[-1] |= {"requests": 130, "input_tokens": 39_000, "cached_tokens": 13_000, "output_tokens": 6_500}
    found = told(saved(tmp_path / "usage.csv", rows))
    assert found.log.left_out == (date(2026, 3, 1),)
    assert of(found, "calls_per_month").value == pytest.approx(30_437.5, rel=1e-9)
    plain_csv(steady(30), np.random.default_rng(2), tmp_path / "calls.csv")
    calls = told(tmp_path / "calls.csv")
    assert calls.log.left_out == (date(2026, 1, 1), date(2026, 1, 30))
    assert "2026-01-01 and 2026-01-30 are not whole days in this log: left out." in calls.notes


def test_a_gap_is_told_and_is_no_time_without_calls(tmp_path: Path) -> None:
    rows = daily(150)
    holes = rows[:40] + rows[47:100] + rows[101:]
    found = told(saved(tmp_path / "usage.csv", holes))
    gaps = "2026-02-10 to 2026-02-16 and 2026-04-11"
    assert f"Nothing is known of {gaps}: a gap, not counted as days without calls." in found.notes
    assert of(found, "growth_per_month").value == pytest.approx(0, abs=1e-3)
    assert of(found, "volatility_per_month").n == 4  # no month is lost to it
    assert of(found, "volatility_per_month").value < 0.03


def test_a_quiet_day_of_a_small_log_is_no_gap(tmp_path: Path) -> None:
    small = replace(STEADY, calls=60)
    plain_csv(
        workload(small, np.random.default_rng(1), START, 90), np.random.default_rng(2), tmp_path / "u.csv"
    )
    found = told(tmp_path / "u.csv")
    assert (found.log.days == 0).any()
    assert found.log.gaps == ()
    calls = of(found, "calls_per_month")
    assert calls.low < 60 < calls.high


def test_duplicates_count_once_within_a_file_and_between_files(tmp_path: Path) -> None:
    export = EXPORTS["helicone_csv"]
    export.write(steady(12), np.random.default_rng(2), tmp_path / "a.csv")
    rows = pd.read_csv(tmp_path / "a.csv")
    whole = read_log([tmp_path / "a.csv"])
    saved(tmp_path / "early.csv", pd.concat([rows[:7000], rows[6990:7000]]))
    saved(tmp_path / "late.csv", rows[5000:])
    halves = read_log([tmp_path / "early.csv", tmp_path / "late.csv"])
    assert [file.duplicates for file in halves.files] == [10, 2000]
    assert np.array_equal(halves.days, whole.days)
    assert "late.csv: 2,000 rows were met before, and counted once." in findings(halves).notes
    doubled = [*daily(), *daily()[:5]]
    log = read_log([saved(tmp_path / "daily.csv", doubled)])
    assert (log.files[0].duplicates, np.nansum(log.days)) == (5, 60_000)


def test_a_model_renamed_half_way_is_one_stream_of_calls(tmp_path: Path) -> None:
    rows = [
        {**row, "model": "gpt-4o-2024-05-13" if i < 75 else "gpt-4o-2024-08-06"}
        for i, row in enumerate(daily(150))
    ]
    path = saved(tmp_path / "usage.csv", rows)
    found = told(path)
    said = "gpt-4o-2024-05-13 gives way to gpt-4o-2024-08-06 on 2026-03-17; both are read as one."
    assert said in found.notes
    assert told(path, models=("gpt-4o",)).log.days.tolist() == found.log.days.tolist()
    assert of(found, "growth_per_month").value == pytest.approx(0, abs=1e-3)
    old = told(path, models=("gpt-4o-2024-05-13",))
    assert any("give --model for both to read them as one" in note for note in old.notes)


def test_a_model_that_is_not_there_names_the_nearest(tmp_path: Path) -> None:
    path = saved(tmp_path / "usage.csv", [{**row, "model": "openai/gpt-4o-mini"} for row in daily()])
    with pytest.raises(McostError) as refused:
        told(path, models=("gpt-4o-mimi",))
    assert str(refused.value) == (
        "--model gpt-4o-mimi: no call to it in usage.csv; did you mean openai/gpt-4o-mini?"
    )


def test_wrong_rows_are_told_by_line_and_not_dropped_in_silence(tmp_path: Path) -> None:
    rows = daily()
    rows[3]["requests"] = -4
    rows[7]["output_tokens"] = 1e19
    rows[9]["input_tokens"] = "many"
    rows[20]["date"] = "sometime"
    rows[21]["date"] = "1999-01-01"
    rows[22]["requests"] = 1e30
    found = told(saved(tmp_path / "usage.csv", rows))
    assert found.log.files[0].n_bad == 6
    assert found.notes[0] == (
        "usage.csv: 6 rows cannot be and are left out: usage.csv:5: requests: found -4; expected 0 or more; "
        "usage.csv:9: found 1e+19 tokens (output); no model takes so many; "
        "usage.csv:11: input_tokens: not a number; usage.csv:22: the time is missing or not a time; "
        "usage.csv:23: found a time before 2015 or after 2100; and 1 more."
    )
    assert of(found, "output_tokens").value == pytest.approx(50, rel=1e-9)


def test_a_line_is_the_line_of_the_file_where_cells_run_over_several(tmp_path: Path) -> None:
    text = "id,time,prompt,input_tokens,output_tokens\n"
    for i in range(20):
        tokens = -1 if i == 15 else 10
        text += f'{i},2026-01-{i + 1:02d}T10:00:00Z,"two\nlines, and a ""quote""",{tokens},5\n'
        text += "\n" if i % 3 == 0 else ""
    for name, data in (("usage.csv", text.encode()), ("usage.csv.gz", gzip.compress(text.encode()))):
        (tmp_path / name).write_bytes(data)
        log = read_log([tmp_path / name])
        (bad,) = log.files[0].bad
        assert text.split("\n")[bad.line - 1].startswith("15,")
        assert bad.why == "input_tokens: found -1; expected 0 or more"


def test_a_row_with_more_cells_than_columns_and_a_line_that_is_no_json(tmp_path: Path) -> None:
    path = saved(tmp_path / "usage.csv", [{"id": i, **row} for i, row in enumerate(daily())])
    lines = path.read_text().split("\n")
    lines[4] += ",1,2,3"
    path.write_text("\n".join(lines))
    assert told(path).notes[0] == (
        "usage.csv: 1 row cannot be and is left out: usage.csv:5: more cells than columns."
    )
    lines = [json.dumps(row) for row in daily()]
    lines[6] = lines[6][:-9]
    (tmp_path / "usage.jsonl").write_text("\n".join(lines))
    assert told(tmp_path / "usage.jsonl").notes[0] == (
        "usage.jsonl: 1 row cannot be and is left out: usage.jsonl:7: not JSON."
    )


@pytest.mark.parametrize("name", ["openai_csv", "openai_json", "langfuse_lines", "plain_csv"])
def test_gzipped_or_not_is_all_the_same(tmp_path: Path, name: str) -> None:
    export = EXPORTS[name]
    path = tmp_path / f"log.{export.ending}"
    export.write(steady(20), np.random.default_rng(2), path)
    plain = read_log([path])
    zipped = tmp_path / "log.gz"
    zipped.write_bytes(gzip.compress(path.read_bytes()))
    assert np.array_equal(read_log([zipped]).days, plain.days)


def test_semicolons_a_mark_at_the_start_and_spaces_in_the_header(tmp_path: Path) -> None:
    rows = pd.DataFrame(daily())
    text = rows.to_csv(index=False, sep=";").replace("date;requests", "date; requests", 1)
    (tmp_path / "usage.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    log: Log = read_log([tmp_path / "usage.csv"])
    assert np.array_equal(log.days, np.full(60, 1000.0))


def test_weeks_and_months_as_buckets(tmp_path: Path) -> None:
    firsts = [date(2025 + m // 12, m % 12 + 1, 1) for m in range(13)]
    months = [{"date": a.isoformat(), "requests": 1000 * (b - a).days} for a, b in itertools.pairwise(firsts)]
    weeks = [
        {"date": (date(2025, 1, 6) + timedelta(weeks=i)).isoformat(), "requests": 7000} for i in range(30)
    ]
    for name, rows, width, n in (("months", months, 30, 365), ("weeks", weeks, 7, 210)):
        found = told(saved(tmp_path / f"{name}.csv", rows))
        assert found.log.width == width
        assert found.log.days == pytest.approx(np.full(n, 1000.0))
        assert of(found, "calls_per_month").value == pytest.approx(30_437.5)
        assert of(found, "growth_per_month").value == pytest.approx(0, abs=1e-3)


def test_what_the_gateway_answered_itself_and_what_is_no_call_are_left_out(tmp_path: Path) -> None:
    base = {"spend": 0.001, "prompt_tokens": 100, "completion_tokens": 10, "model": "m", "status": "success"}
    rows = [
        {
            **base,
            "request_id": i,
            "startTime": f"2026-01-{1 + i // 10:02d} 10:00:00",
            "cache_hit": i % 10 == 0,
        }
        for i in range(200)
    ]
    found = told(saved(tmp_path / "spend.csv", rows))
    assert found.log.rows == 180
    assert (
        "spend.csv: 20 requests that the gateway answered from its own store, at no cost: left out."
        in found.notes
    )


def test_two_kinds_of_export_are_not_added_up(tmp_path: Path) -> None:
    a = saved(tmp_path / "a.csv", daily())
    b = tmp_path / "b.csv"
    EXPORTS["openai_csv"].write(steady(9), np.random.default_rng(2), b)
    with pytest.raises(McostError) as refused:
        read_log([a, b])
    assert str(refused.value) == (
        f"{b}: found OpenAI usage export, and {a} is plain CSV; expected files of one kind, "
        "which cannot count the same calls twice"
    )


def test_failed_requests_are_no_calls_and_their_tokens_no_tokens_of_an_answer(tmp_path: Path) -> None:
    rows = [
        {
            "id": i,
            "time": f"2026-01-{1 + i // 100:02d}T{i % 24:02d}:00:00Z",
            "input_tokens": 5000 if i % 10 == 0 else 100,
            "output_tokens": 0 if i % 10 == 0 else 10,
            "status": 500 if i % 10 == 0 else 200,
        }
        for i in range(2000)
    ]
    found = told(saved(tmp_path / "usage.csv", rows))
    assert of(found, "input_tokens").value == 100
    assert of(found, "output_tokens").value == 10
    failed = of(found, "failed_requests")
    assert failed.value == pytest.approx(0.1, abs=1e-3)
    assert of(found, "calls_per_month").value == pytest.approx(90 * 30.4375)
