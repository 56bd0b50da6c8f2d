"""Usage logs made from known parameters, in every format that is read."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

EPOCH = date(1970, 1, 1)
SECRET = "sk-canary-7f3a"
WORDS = "CANARY my name is Ada and this is my prompt"


@dataclass(frozen=True)
class Truth:
    """What a synthetic workload is made from; calls a month, tokens a call, shares."""

    calls: float = 60_000
    growth: float = 0.03
    volatility: float = 0.08
    input: float = 3_400
    output: float = 220
    cached: float = 0.4
    failed: float = 0.02
    batch: float = 0.1
    retries: float = 0.03
    weekend: float = 0.5
    day_noise: float = 0.03


@dataclass(frozen=True)
class Day:
    """One day: answered calls, failed requests, calls in a batch, retries, and means of tokens a call."""

    day: date
    calls: int
    failed: int
    batch: int
    retries: int
    input: float
    output: float
    cached: float


def workload(truth: Truth, random: np.random.Generator, start: date, days: int) -> list[Day]:
    """Days of a workload: months as the model of the calls has it, weekdays, and days that differ by
    chance.
    """
    weekday = np.array([1.0] * 5 + [truth.weekend] * 2)
    weekday /= weekday.mean()
    level, month, found = truth.calls / 30.4375, start.month, []
    v = truth.volatility
    for i in range(days):
        day = start + timedelta(days=i)
        if day.month != month:
            month = day.month
            level *= (1 + truth.growth) * np.exp(v * random.standard_normal() - v * v / 2)
        noise = np.exp(truth.day_noise * random.standard_normal(4) - truth.day_noise**2 / 2)
        calls = int(random.poisson(level * weekday[day.weekday()] * noise[0]))
        spread = np.exp(0.2 * random.standard_normal())
        rate = min(1.0, truth.failed * spread * np.exp(-0.02))
        found.append(
            Day(
                day=day,
                calls=calls,
                failed=int(random.poisson(calls * rate / (1 - truth.failed))),
                batch=int(random.binomial(calls, truth.batch)),
                retries=int(random.poisson(calls * truth.retries / (1 - truth.retries))),
                input=truth.input * noise[1],
                output=truth.output * noise[2],
                cached=float(np.clip(truth.cached * noise[3], 0, 1)),
            )
        )
    return found


Writer = Callable[[list[Day], np.random.Generator, Path], None]


def _sums(day: Day, random: np.random.Generator) -> tuple[float, float, float]:
    """Input, cached and output tokens of a day's calls, each call gamma with a spread of a half."""
    n = max(day.calls, 0)
    total, output = (float(round(m / 4 * random.gamma(4 * n))) if n else 0.0 for m in (day.input, day.output))
    return total, float(round(total * day.cached)), output


def _calls(days: list[Day], random: np.random.Generator) -> pd.DataFrame:
    """A row a request: seconds, tokens, whether it failed, whether it was in a batch, its session and
    retries.
    """
    parts = []
    for day in days:
        n = day.calls + day.failed
        start = (day.day - EPOCH).days * 86_400
        time = np.sort(random.integers(0, 86_400, n)) + start
        fails = np.zeros(n, bool)
        fails[random.permutation(n)[: day.failed]] = True
        total = np.round(random.gamma(4, day.input / 4, n))
        batch = np.zeros(n, bool)
        batch[random.permutation(np.flatnonzero(~fails))[: day.batch]] = True
        retries = np.zeros(n, int)
        if day.calls:
            np.add.at(retries, random.choice(np.flatnonzero(~fails), day.retries), 1)
        parts.append(
            pd.DataFrame(
                {
                    "time": time,
                    "input": np.where(fails, 0, total),
                    "cached": np.where(fails, 0, np.round(total * day.cached)),
                    "output": np.where(fails, 0, np.round(random.gamma(4, day.output / 4, n))),
                    "failed": fails,
                    "batch": batch,
                    "retries": retries,
                }
            )
        )
    rows = pd.concat(parts, ignore_index=True)
    rows["id"] = [f"req-{i:08d}" for i in range(len(rows))]
    rows["session"] = [f"session-{i}" for i in random.integers(0, max(2, len(rows) // 4), len(rows))]
    return rows


def _iso(seconds: pd.Series, zone: str = "Z") -> pd.Series:
    return pd.to_datetime(seconds, unit="s").dt.strftime("%Y-%m-%dT%H:%M:%S.000") + zone


def openai_rows(days: list[Day], random: np.random.Generator) -> list[dict[str, Any]]:
    """Buckets of a day, a row for what was in a batch and one for the rest; blank where there were no
    calls.
    """
    rows = []
    for day in days:
        start = int(datetime(day.day.year, day.day.month, day.day.day, tzinfo=UTC).timestamp())
        times = {
            "start_time": start,
            "end_time": start + 86_400,
            "start_time_iso": f"{day.day}T00:00:00+00:00",
            "end_time_iso": f"{day.day + timedelta(days=1)}T00:00:00+00:00",
        }
        if not day.calls:
            rows.append(times)
            continue
        total, cached, output = _sums(day, random)
        for in_batch, n in ((False, day.calls - day.batch), (True, day.batch)):
            part = n / day.calls
            rows.append(
                {
                    **times,
                    "project_id": f"proj_{SECRET}",
                    "num_model_requests": float(n),
                    "user_id": f"user_{WORDS}",
                    "api_key_id": f"key_{SECRET}",
                    "model": "gpt-4o-mini-2024-07-18",
                    "batch": in_batch,
                    "service_tier": "",
                    "input_tokens": float(round(total * part)),
                    "output_tokens": float(round(output * part)),
                    "input_cached_tokens": float(round(cached * part)),
                    "input_uncached_tokens": float(round(total * part) - round(cached * part)),
                }
            )
    return rows


def openai_csv(days: list[Day], random: np.random.Generator, path: Path) -> None:
    pd.DataFrame(openai_rows(days, random)).to_csv(path, index=False)


def openai_json(days: list[Day], random: np.random.Generator, path: Path) -> None:
    buckets: dict[int, dict[str, Any]] = {}
    for row in openai_rows(days, random):
        times = {key: row.pop(key) for key in ("start_time", "end_time")}
        row = {key: value for key, value in row.items() if not key.endswith("_iso")}
        bucket = buckets.setdefault(times["start_time"], {"object": "bucket", **times, "results": []})
        if row:
            bucket["results"].append({"object": "organization.usage.completions.result", **row})
    path.write_text(
        json.dumps({"object": "page", "data": list(buckets.values()), "has_more": False}, indent=1)
    )


def anthropic_csv(days: list[Day], random: np.random.Generator, path: Path) -> None:
    rows = []
    for day in days:
        total, cached, output = _sums(day, random)
        rows.append(
            {
                "usage_date_utc": day.day.isoformat(),
                "model_version": "claude-sonnet-4-6",
                "api_key": f"name of {SECRET}",
                "workspace": WORDS,
                "usage_type": "message",
                "context_window": "≤ 200k",
                "usage_input_tokens_no_cache": total - cached,
                "usage_input_tokens_cache_write_5m": 0,
                "usage_input_tokens_cache_write_1h": 0,
                "usage_input_tokens_cache_read": cached,
                "usage_output_tokens": output,
                "web_search_count": 0,
            }
        )
    pd.DataFrame(rows).to_csv(path, index=False)


def litellm_csv(days: list[Day], random: np.random.Generator, path: Path) -> None:
    rows = _calls(days, random)
    pd.DataFrame(
        {
            "request_id": rows["id"],
            "call_type": "acompletion",
            "api_key": SECRET,
            "spend": (rows["input"] * 0.15 + rows["output"] * 0.6) / 1e6,
            "total_tokens": rows["input"] + rows["output"],
            "prompt_tokens": rows["input"],
            "completion_tokens": rows["output"],
            "startTime": _iso(rows["time"], ""),
            "endTime": _iso(rows["time"] + 2, ""),
            "model": "gpt-4o-mini",
            "user": WORDS,
            "cache_hit": "False",
            "session_id": rows["session"],
            "status": np.where(rows["failed"], "failure", "success"),
            "messages": WORDS,
            "response": WORDS,
        }
    ).to_csv(path, index=False)


def litellm_daily(days: list[Day], random: np.random.Generator, path: Path) -> None:
    rows = []
    for day in days:
        total, cached, output = _sums(day, random)
        rows.append(
            {
                "date": day.day.isoformat(),
                "api_key": SECRET,
                "model": "openai/gpt-4o-mini",
                "prompt_tokens": total,
                "completion_tokens": output,
                "cache_read_input_tokens": cached,
                "cache_creation_input_tokens": 0,
                "api_requests": day.calls + day.failed,
                "successful_requests": day.calls,
                "failed_requests": day.failed,
            }
        )
    pd.DataFrame(rows).to_csv(path, index=False)


def langfuse_lines(days: list[Day], random: np.random.Generator, path: Path) -> None:
    rows = _calls(days, random)
    rows["iso"] = _iso(rows["time"])
    with path.open("w") as file:
        for row in rows.itertuples():
            usage = {
                "input": row.input - row.cached,
                "input_cached_tokens": row.cached,
                "output": row.output,
                "total": row.input + row.output,
            }
            record = {
                "id": row.id,
                "traceId": f"trace-{row.id}",
                "startTime": row.iso,
                "type": "GENERATION",
                "level": "ERROR" if row.failed else "DEFAULT",
                "model": "gpt-4o-mini",
                "usageDetails": usage,
                "costDetails": {},
                "input": WORDS,
                "output": WORDS,
                "userId": WORDS,
                "statusMessage": WORDS,
                "latency": 1.2,
                "sessionId": row.session,
            }
            file.write(json.dumps(record) + "\n")
            if row.Index % 50 == 0:
                file.write(
                    json.dumps({**record, "id": f"s-{row.id}", "type": "SPAN", "usageDetails": {}}) + "\n"
                )


def helicone_csv(days: list[Day], random: np.random.Generator, path: Path) -> None:
    rows = _calls(days, random)
    pd.DataFrame(
        {
            "request_id": rows["id"],
            "request_created_at": _iso(rows["time"], "+00:00"),
            "response_status": np.where(rows["failed"], 429, 200),
            "response_model": "gpt-4o-mini-2024-07-18",
            "request_model": "gpt-4o-mini",
            "provider": "OPENAI",
            "delay_ms": 800,
            "prompt_tokens": rows["input"],
            "prompt_cache_read_tokens": rows["cached"],
            "completion_tokens": rows["output"],
            "costUSD": (rows["input"] * 0.15 + rows["output"] * 0.6) / 1e6,
            "request_body": WORDS,
            "user_id": WORDS,
        }
    ).to_csv(path, index=False)


def otel_lines(days: list[Day], random: np.random.Generator, path: Path) -> None:
    rows = _calls(days, random)
    with path.open("w") as file:
        for row in rows.itertuples():
            attributes = {
                "gen_ai.operation.name": "chat",
                "gen_ai.usage.input_tokens": int(row.input),
                "gen_ai.usage.output_tokens": int(row.output),
                "gen_ai.usage.cache_read.input_tokens": int(row.cached),
                "gen_ai.request.model": "gpt-4o-mini",
                "gen_ai.response.model": "gpt-4o-mini-2024-07-18",
                "gen_ai.prompt": WORDS,
                **({"error.type": "timeout"} if row.failed else {}),
            }
            times = {
                "startTimeUnixNano": str(row.time * 10**9),
                "endTimeUnixNano": str((row.time + 2) * 10**9),
            }
            file.write(
                json.dumps({"name": WORDS, "spanId": row.id, **times, "attributes": attributes}) + "\n"
            )


def plain_csv(days: list[Day], random: np.random.Generator, path: Path) -> None:
    rows = _calls(days, random)
    pd.DataFrame(
        {
            "id": rows["id"],
            "timestamp": _iso(rows["time"]),
            "model": "gpt-4o-mini",
            "input_tokens": rows["input"],
            "cached_tokens": rows["cached"],
            "output_tokens": rows["output"],
            "retries": rows["retries"],
            "status": np.where(rows["failed"], "error", "ok"),
            "batch": rows["batch"],
            "user": WORDS,
            "prompt": WORDS + ",\n" + SECRET,
        }
    ).to_csv(path, index=False)


def plain_daily(days: list[Day], random: np.random.Generator, path: Path) -> None:
    rows = []
    for day in days:
        total, cached, output = _sums(day, random)
        rows.append(
            {
                "date": day.day.isoformat(),
                "requests": day.calls + day.failed,
                "failures": day.failed,
                "retries": day.retries,
                "input_tokens": total,
                "cached_tokens": cached,
                "output_tokens": output,
                "note": WORDS,
            }
        )
    pd.DataFrame(rows).to_csv(path, index=False)


@dataclass(frozen=True)
class Export:
    """A format: who writes it, how it is named when it is read, its ending, and whether each row is a
    call.
    """

    write: Writer
    name: str
    ending: str
    per_call: bool


EXPORTS = {
    "openai_csv": Export(openai_csv, "OpenAI usage export", "csv", False),
    "openai_json": Export(openai_json, "OpenAI usage export", "json", False),
    "anthropic_csv": Export(anthropic_csv, "Anthropic console export", "csv", False),
    "litellm_csv": Export(litellm_csv, "LiteLLM spend log", "csv", True),
    "litellm_daily": Export(litellm_daily, "LiteLLM daily table", "csv", False),
    "langfuse_lines": Export(langfuse_lines, "Langfuse export", "jsonl", True),
    "helicone_csv": Export(helicone_csv, "Helicone export", "csv", True),
    "otel_lines": Export(otel_lines, "OpenTelemetry GenAI spans", "jsonl", True),
    "plain_csv": Export(plain_csv, "plain CSV", "csv", True),
    "plain_daily": Export(plain_daily, "plain CSV", "csv", False),
}
