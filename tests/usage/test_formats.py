"""Every export is recognised, gives the truth it was made from, and lets no key, user or prompt through."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from usage_exports import EXPORTS, Truth, workload

from mcost.errors import McostError
from mcost.usage.daily import read_log
from mcost.usage.estimates import findings
from mcost.usage.model_names import matching, plain_model, shown_model
from mcost.usage.records import flat_records

TRUTH = Truth(calls=3_000, growth=0.0, volatility=0.001, day_noise=0.001)
START = date(2026, 1, 1)
CANT = {
    "openai_csv": {"retry_rate", "failed_requests"},
    "openai_json": {"retry_rate", "failed_requests"},
    "anthropic_csv": {
        "calls_per_month", "input_tokens", "output_tokens", "cached_tokens", "retry_rate", "failed_requests",
        "batch_share",
    },
    "litellm_csv": {"cached_tokens", "cache_hit", "retry_rate", "batch_share"},
    "litellm_daily": {"retry_rate", "batch_share"},
    "langfuse_lines": {"retry_rate", "batch_share"},
    "helicone_csv": {"retry_rate", "batch_share"},
    "otel_lines": {"retry_rate", "batch_share"},
    "plain_csv": set(),
    "plain_daily": {"batch_share"},
}  # fmt: skip


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A log of 100 days in every format."""
    folder, paths = tmp_path_factory.mktemp("logs"), {}
    days = workload(TRUTH, np.random.default_rng(1), START, 100)
    for name, export in EXPORTS.items():
        paths[name] = folder / f"{name}.{export.ending}"
        export.write(days, np.random.default_rng(2), paths[name])
    return paths


@pytest.mark.parametrize("name", EXPORTS)
def test_a_format_is_recognised_and_says_what_it_can_and_what_it_cannot(
    logs: dict[str, Path], name: str
) -> None:
    found = findings(read_log([logs[name]]))
    assert found.log.kind.name == EXPORTS[name].name
    assert set(found.untold) == CANT[name]
    assert all(why for why in found.untold.values())
    expected = {
        "calls_per_month": TRUTH.calls,
        "input_tokens": TRUTH.input,
        "output_tokens": TRUTH.output,
        "cached_tokens": TRUTH.input * TRUTH.cached,
        "cache_hit": TRUTH.cached,
        "failed_requests": TRUTH.failed,
        "retry_rate": TRUTH.retries,
        "batch_share": TRUTH.batch,
    }
    for key in expected.keys() & found.found.keys():
        got = found.found[key]
        assert got.value == pytest.approx(expected[key], abs=2.5 * (got.high - got.low)), key
    growth = found.found["growth_per_month"]
    assert growth.low < 0 < growth.high


@pytest.mark.parametrize("name", EXPORTS)
def test_in_pieces_it_is_the_same_as_at_once(
    logs: dict[str, Path], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read_log([logs[name]])
    for limit, rows in (("MOST_ROWS", 900), ("FEWEST_ROWS", 9), ("JSON_ROWS", 900), ("JSON_FIRST", 7)):
        monkeypatch.setattr(f"mcost.usage.reading.{limit}", rows)
    monkeypatch.setattr("mcost.usage.reading.PIECE_BYTES", 2**17)
    pieces = read_log([logs[name]])
    pd.testing.assert_frame_equal(pieces.buckets, whole.buckets)
    pd.testing.assert_frame_equal(pieces.models, whole.models)
    assert np.array_equal(pieces.days, whole.days)
    assert pieces.files[0].not_calls == whole.files[0].not_calls


@pytest.mark.parametrize("wrapping", ["lines of flat attributes", "listed attributes", "OTLP", "one array"])
def test_spans_come_in_many_wrappings(tmp_path: Path, wrapping: str) -> None:
    spans: list[dict[str, Any]] = []
    for i in range(60):
        attributes: dict[str, Any] = {
            "gen_ai.usage.input_tokens": 100,
            "gen_ai.usage.output_tokens": 10,
            "gen_ai.request.model": "m",
        }
        span: dict[str, Any] = {
            "spanId": f"{i:x}",
            "startTimeUnixNano": str((1_770_000_000 + i * 7200) * 10**9),
        }
        if wrapping == "lines of flat attributes":
            span = {
                "span_id": f"{i:x}",
                "start_time": f"2026-02-{1 + i // 12:02d}T{i % 12:02d}:00:00Z",
                **attributes,
            }
        elif wrapping in ("listed attributes", "OTLP"):
            value = [
                {"key": k, "value": {"intValue": str(v)} if isinstance(v, int) else {"stringValue": v}}
                for k, v in attributes.items()
            ]
            span |= {"attributes": value, "status": {"code": 2 if i % 10 == 0 else 0}}
        else:
            span |= {"attributes": attributes, "status": {"status_code": "ERROR" if i % 10 == 0 else "UNSET"}}
        spans.append(span)
    other = {
        "spanId": "other",
        "startTimeUnixNano": str(1_770_000_000 * 10**9),
        "attributes": {"http.route": "/"},
    }
    if wrapping == "OTLP":
        text = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [*spans, other]}]}]})
    elif wrapping == "one array":
        text = json.dumps([*spans, other], indent=1)
    else:
        text = "\n".join(json.dumps(span) for span in [*spans, other])
    (tmp_path / "spans.json").write_text(text)
    log = read_log([tmp_path / "spans.json"])
    assert (log.rows, log.kind.name) == (60, "OpenTelemetry GenAI spans")
    assert log.files[0].not_calls == {"spans that are no calls to a model": 1}
    assert findings(log).found["input_tokens"].value == 100
    assert "failed" in log.told


def test_pages_of_usage_json_one_a_line(tmp_path: Path) -> None:
    page = {
        "object": "page",
        "data": [
            {
                "start_time": 1_767_225_600 + 86_400 * i,
                "end_time": 1_767_225_600 + 86_400 * (i + 1),
                "results": [
                    {"input_tokens": 1000, "num_model_requests": 10, "output_tokens": 50, "model": None}
                ]
                if i % 3
                else [],
            }
            for i in range(30)
        ],
    }
    assert len(list(flat_records(page))) == 30
    (tmp_path / "pages.jsonl").write_text(json.dumps(page) + "\n" + json.dumps({**page, "data": []}) + "\n")
    log = read_log([tmp_path / "pages.jsonl"])
    assert log.days.tolist() == [0.0 if i % 3 == 0 else 10.0 for i in range(30)]


# names of models


def test_a_name_of_a_model_is_known_whatever_its_provider_and_date() -> None:
    names = ["openai/gpt-4o-2024-08-06", "gpt-4o", "gpt-4o-mini", "claude-haiku-4-5-20251001"]
    assert [plain_model(n) for n in names] == ["gpt-4o", "gpt-4o", "gpt-4o-mini", "claude-haiku-4-5"]
    assert matching(names, ["gpt-4o"]) == {"openai/gpt-4o-2024-08-06", "gpt-4o"}
    assert matching(names, ["gpt-4o-2024-08-06"]) == {"openai/gpt-4o-2024-08-06"}
    assert matching(names, ["anthropic/claude-haiku-4-5"]) == {"claude-haiku-4-5-20251001"}


def test_the_name_of_a_model_is_shown_but_no_organisation_and_nothing_that_is_none() -> None:
    assert shown_model("ft:gpt-4o-mini-2024-07-18:acme-corp:secret:9xyz") == "ft:gpt-4o-mini-2024-07-18"
    assert shown_model("sk-proj-123") == "(a name that is not shown)"
    assert shown_model("please sum up my letter") == "(a name that is not shown)"


# what is not known


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "found an empty file; expected a usage export"),
        ("a,b\n1,2\n", "found 2 columns of no export that is known"),
        ("my secret prompt, sk-1, Ada\n1,2,3\n", "found 3 columns of no export that is known"),
        ("[]", "found no rows; expected a usage export"),
        ("{", "not JSON, or cut off"),
        ("[1, 2", "not JSON, or cut off"),
        ("date,requests,requests\n2026-01-01,1,2\n", "found two columns of one name; expected each once"),
        ('date,requests,x\n2026-01-01,1,"\n', "not CSV to its end: a quote is opened and not closed"),
    ],
)
def test_a_file_that_is_no_export_is_refused_without_a_word_of_it(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "log.csv"
    path.write_text(text)
    with pytest.raises(McostError) as refused:
        read_log([path])
    assert str(refused.value).startswith(f"{path}: {message}")
    assert not re.search("secret|sk-1|Ada", str(refused.value))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "cut.gz").write_bytes(b"\x1f\x8b\x08\x00abcdefgh")
    (tmp_path / "binary").write_bytes(b"PK\x03\x04\x00\x00")
    for path, message in (
        (tmp_path / "none.csv", "no such file"),
        (tmp_path, "found a folder; expected a usage export"),
        (tmp_path / "binary", "found bytes that are no text; expected CSV, JSON or JSON lines"),
    ):
        with pytest.raises(McostError) as refused:
            read_log([path])
        assert str(refused.value) == f"{path}: {message}"
    with pytest.raises(McostError, match="the gzip file is broken or cut off"):
        read_log([tmp_path / "cut.gz"])


# nothing of a log's text

CANARY = "CANARY"


def canaries(path: Path) -> set[str]:
    """Texts of the log that are no number, time, word of a status or name of a column."""
    return set(re.findall(r"sk-[\w-]+|CANARY|Ada|session-\d+|req-\d{8}", path.read_text()))


@pytest.mark.parametrize("name", EXPORTS)
def test_no_key_user_or_prompt_reaches_any_output(
    logs: dict[str, Path],
    tmp_path: Path,
    name: str,
    mcost: Callable[..., tuple[int, str, str]],
) -> None:
    path = tmp_path / logs[name].name
    text = logs[name].read_text()
    secrets = canaries(logs[name])
    assert any("CANARY" in s or "sk-" in s for s in secrets), "the log holds something to keep"
    if path.suffix == ".csv":  # wrong rows too: text where numbers belong, in every column
        rows = pd.read_csv(logs[name], dtype=str, keep_default_na=False)
        for i, column in enumerate(rows.columns):
            rows.loc[10 + i, column] = f"sk-{CANARY}-{i}"
        rows.to_csv(path, index=False)
    else:
        path.write_text(
            text.replace('"output_tokens"', f'"{CANARY}"', 3) + f'\n{{"prompt": "{CANARY} sk-{CANARY}"'
        )
        if name == "openai_json":
            path.write_text(text)
    printed = ""
    for arguments in (
        [path], [path, "--json"], [path, "-o", tmp_path / "priors.toml"], [path, "--model", "nowhere"],
        ["--before", path, "--after", path], ["--before", path, "--after", path, "--json"],
    ):  # fmt: skip
        _, out, err = mcost("fit", *map(str, arguments))
        printed += out + err
    printed += (tmp_path / "priors.toml").read_text()
    for secret in {*secrets, CANARY, "canary", "sk-"}:
        assert secret not in printed, f"{secret} in {printed}"
