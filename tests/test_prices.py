"""prices.py: names, days, request sizes, and the facts of models.toml."""

from __future__ import annotations

import doctest
import socket
import subprocess
import sys
import tomllib
from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import genai_prices
import genai_prices.types
import pytest
from genai_prices.data_snapshot import DataSnapshot, set_custom_snapshot

import mcost.prices
from mcost import models_file
from mcost.errors import McostError, UnknownModelError
from mcost.price_table import known_models, newest_date
from mcost.prices import price_of

NOON = datetime(2026, 11, 9, 12, tzinfo=UTC)
TOML = tomllib.loads(Path(mcost.prices.__file__).with_name("models.toml").read_text(encoding="utf-8"))


def table_price(model: str, **context: Any) -> Any:
    """What genai-prices itself answers for one request of 4,000 input tokens, USD per million of them."""
    usage = genai_prices.Usage(input_tokens=4000, cache_read_tokens=context.pop("cache_read_tokens", 0))
    found = genai_prices.calc_price(
        usage, model, provider_id="openai", genai_request_timestamp=NOON, **context
    )
    return float(found.input_price) / 4000 * 1e6


# names


@pytest.mark.parametrize(
    ("asked", "model"),
    [
        ("openai/gpt-4o-mini", "openai/gpt-4o-mini"),
        ("gpt-4o-mini", "openai/gpt-4o-mini"),
        (" GPT-4o-Mini ", "openai/gpt-4o-mini"),
        ("gpt-4o-mini-2024-07-18", "openai/gpt-4o-mini"),
        ("openai/gpt-4o-2024-11-20", "openai/gpt-4o"),
        ("anthropic/claude-sonnet-4-6", "anthropic/claude-sonnet-4-6"),
        ("claude-haiku-4-5-20251001", "anthropic/claude-haiku-4-5"),
        ("azure/gpt-4.1-mini", "azure/gpt-4.1-mini"),
        ("gemini/gemini-3.6-flash", "google/gemini-3.6-flash"),
        ("openrouter/openai/gpt-4o-mini", "openrouter/openai/gpt-4o-mini"),
        ("zai/glm-5.3-flash", "zai/GLM-5.3-Flash"),
        # tunes: the base name, with or without organisation and job
        ("ft:gpt-4o-mini", "openai/ft:gpt-4o-mini"),
        ("openai/ft:gpt-4o-mini", "openai/ft:gpt-4o-mini"),
        ("ft:gpt-4o-mini-2024-07-18:acme::9xYz", "openai/ft:gpt-4o-mini"),
        ("gpt-4o-mini-2024-07-18.ft-0123abcd", "openai/ft:gpt-4o-mini"),
        ("ft:gpt-4.1-nano-2025-04-14", "openai/ft:gpt-4.1-nano"),
        # snapshots whose life differs from their family's
        ("gpt-4o-2024-05-13", "openai/gpt-4o-2024-05-13"),
        ("openai/gpt-4-0125-preview", "openai/gpt-4-0125-preview"),
        ("openai/gpt-4o-mini-search-preview-2025-03-11", "openai/gpt-4o-mini-search-preview"),
        ("openai/gpt-5.1-chat", "openai/gpt-5.1-chat-latest"),
        ("openai/gpt-5.1-codex-max", "openai/gpt-5.1-codex-max"),
    ],
)
def test_every_way_to_write_a_name_gives_the_canonical_one(asked: str, model: str) -> None:
    assert price_of(asked).model == model


def test_every_known_model_has_a_price_under_its_own_name() -> None:
    known = known_models()
    assert list(known) == sorted(set(known))
    assert {"openai/gpt-4o-mini", "openai/ft:gpt-4.1", "azure/gpt-4.1-mini", "azure/ft:gpt-oss-20b"} <= {
        *known
    }
    for name in known:
        price = price_of(name)
        assert price.model == name
        assert price.input >= 0
        assert price.source


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            "gpt-4o-mni",
            'found model "gpt-4o-mni"; expected a model of the price table; '
            "did you mean openai/gpt-4o-mini, openai/ft:gpt-4o-mini or openai/gpt-5.4-mini?",
        ),
        (
            "openai/gpt-4.1-mni",
            'found model "openai/gpt-4.1-mni"; expected a model of the price table; '
            "did you mean openai/gpt-4.1-mini, openai/ft:gpt-4.1-mini or openai/gpt-4o-mini?",
        ),
        (
            "opnai/gpt-4o-mini",
            'found model "opnai/gpt-4o-mini"; expected a provider of the price table, not "opnai"; '
            "did you mean openai?",
        ),
        ("openai/whisper-1", 'found model "openai/whisper-1"; expected one that is priced by the token'),
        ("qqqq", 'found model "qqqq"; expected a model of the price table'),
        ("", 'found model ""; expected a model of the price table'),
    ],
)
def test_an_unknown_name_is_answered_with_what_was_found_and_the_nearest(asked: str, message: str) -> None:
    with pytest.raises(UnknownModelError) as error:
        price_of(asked)
    assert str(error.value) == message
    assert isinstance(error.value, McostError)


def test_a_misspelt_bare_name_is_sent_to_the_maker_not_to_a_host() -> None:
    with pytest.raises(UnknownModelError, match="did you mean anthropic/claude-sonnet-4-6"):
        price_of("claude-sonet-4-6")


# prices


@pytest.mark.parametrize(
    ("model", "prices"),  # USD per million tokens: input, cached, cache_write, output
    [
        ("gpt-4o-mini", (0.15, 0.075, None, 0.60)),
        ("gpt-4o", (2.50, 1.25, None, 10.0)),
        ("gpt-4.1-mini", (0.40, 0.10, None, 1.60)),
        ("gpt-6-luna", (0.10, 0.01, 0.125, 0.50)),
        ("claude-sonnet-4-6", (3.0, 0.30, 3.75, 15.0)),
        ("claude-haiku-4-5", (1.0, 0.10, 1.25, 5.0)),
        ("ft:gpt-4o-mini", (0.30, 0.15, None, 1.20)),
        ("ft:gpt-4.1-mini", (0.80, 0.20, None, 3.20)),
        ("gpt-4", (30.0, None, None, 60.0)),
        ("openai/text-embedding-3-small", (0.02, None, None, None)),
    ],
)
def test_prices(model: str, prices: tuple[float | None, ...]) -> None:
    price = price_of(model)
    assert (price.input, price.cached, price.cache_write, price.output) == prices


def test_trap_1_tiers_go_by_the_size_of_one_request() -> None:
    # 272,000 tokens and fewer at 0.10; a longer request at 0.20 for all of it
    assert price_of("gpt-6-luna").input == 0.10
    assert price_of("gpt-6-luna", request_tokens=272_000).input == 0.10
    long = price_of("gpt-6-luna", request_tokens=272_001)
    assert (long.input, long.cached, long.output) == (0.20, 0.02, 0.75)


def test_trap_2_the_day_is_the_one_asked_for_never_the_clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoClock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            raise AssertionError("the clock was read")

    monkeypatch.setattr(genai_prices.types, "datetime", NoClock)
    assert price_of("o3", on=date(2025, 6, 9)).input == 10.0
    assert price_of("o3", on=date(2025, 6, 10)).input == 2.0
    assert price_of("o3", on=date(2025, 6, 9)).as_of == date(2025, 6, 9)
    assert price_of("o3").as_of == newest_date() == date(2026, 11, 9)


def test_trap_2_an_announced_price_is_not_the_newest() -> None:
    # its introductory price ends on 2027-01-01, after the day on which models.toml was checked
    assert price_of("gemini-3.6-flash").input == 0.75
    assert price_of("gemini-3.6-flash", on=date(2026, 12, 31)).input == 0.75
    assert price_of("gemini-3.6-flash", on=date(2027, 1, 1)).input == 1.50


def test_trap_3_where_there_is_no_batch_price_none_is_made_up() -> None:
    batch = {"price_context": {"processing": "batch"}}
    assert table_price("gpt-4o-mini", **batch) == pytest.approx(0.5 * table_price("gpt-4o-mini"))
    assert price_of("gpt-4o-mini").batch_discount == 0.5
    # the table has no batch price for this one, and answers with the standard price
    assert table_price("gpt-4-32k", **batch) == table_price("gpt-4-32k")
    price = price_of("gpt-4-32k")
    assert price.batch_discount is None
    assert price.source.endswith("; no batch price there")
    # a batch price that is listed, and equal to the standard one, is no discount: that is another thing
    assert price_of("gpt-3.5-turbo-1106").batch_discount == 0.0
    assert price_of("x-ai/grok-4.3").batch_discount == pytest.approx(0.2)


def test_trap_3_another_providers_batch_price_does_not_carry_over() -> None:
    price = price_of("azure/gpt-4.1-mini")
    assert price.input == 0.40
    assert price.batch_discount is None
    assert "the price of openai, as azure has none of its own there" in price.source


def test_trap_4_cached_input_of_a_tuned_4o_mini() -> None:
    assert table_price("ft:gpt-4o-mini-2024-07-18", cache_read_tokens=4000) == pytest.approx(0.30)
    assert price_of("ft:gpt-4o-mini").cached == 0.15


@pytest.mark.parametrize(
    ("base", "prices"),
    [("4.1", (3.0, 0.75, 12.0)), ("4.1-mini", (0.8, 0.2, 3.2)), ("4.1-nano", (0.2, 0.05, 0.8))],
)
def test_trap_5_tuned_4_1_models_are_ours(base: str, prices: tuple[float, float, float]) -> None:
    with pytest.raises(LookupError):
        table_price(f"ft:gpt-{base}-2025-04-14")
    price = price_of(f"ft:gpt-{base}-2025-04-14:acme::1")
    assert (price.input, price.cached, price.output) == prices


def test_a_price_that_changes_by_the_hour_says_which_hour() -> None:
    assert "; at 12:00 UTC, as its price depends on the hour" in price_of("deepseek-v4-pro").source


def test_nothing_is_fetched_and_no_fetched_table_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket, "socket", refuse)
    set_custom_snapshot(DataSnapshot(providers=[], from_auto_update=True))
    try:
        assert price_of("claude-sonnet-4-6").input == 3.0
    finally:
        set_custom_snapshot(None)


def test_importing_it_loads_neither_the_table_nor_numpy() -> None:
    heavy = ("genai_prices", "numpy", "scipy", "pydantic", "tomllib")
    script = f"import sys, mcost.prices; print([m for m in {heavy} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_a_price_cannot_be_altered() -> None:
    with pytest.raises(FrozenInstanceError):
        price_of("gpt-4o-mini").input = 0.0


def test_the_docstrings_examples() -> None:
    assert doctest.testmod(mcost.prices).failed == 0


# tuned models


@pytest.mark.parametrize(
    ("model", "premium", "hosting"),
    [
        ("openai/gpt-4o", 3.75 / 2.50, 0.0),
        ("openai/gpt-4.1", 3.00 / 2.00, 0.0),
        ("openai/gpt-4o-mini", 0.30 / 0.15, 0.0),
        ("openai/gpt-4.1-mini", 0.80 / 0.40, 0.0),
        ("openai/gpt-4.1-nano", 0.20 / 0.10, 0.0),
        ("openai/gpt-3.5-turbo", 3.00 / 0.50, 0.0),
        ("azure/gpt-4o-mini", 1.0, 1.70),
        ("azure/gpt-4.1-mini", 1.0, 1.70),
    ],
)
def test_tuned_price_and_premium(model: str, premium: float, hosting: float) -> None:
    base = price_of(model)
    assert base.tuned is not None
    assert base.tuned.premium == pytest.approx(premium)
    assert base.tuned.hosting_usd_per_hour == hosting
    # the tuned model by its own name costs the same, and carries the same facts
    tune = price_of(model.replace("/", "/ft:"))
    assert (tune.input, tune.cached, tune.output) == (base.tuned.input, base.tuned.cached, base.tuned.output)
    assert tune.tuned == base.tuned
    assert tune.training_usd_per_mtok == base.training_usd_per_mtok
    assert tune.tuning_closes == base.tuning_closes


def test_a_premium_over_a_base_price_that_is_not_known_is_none() -> None:
    oss, small = price_of("azure/ft:gpt-oss-20b").tuned, price_of("azure/ft:ministral-3b").tuned
    assert oss is not None
    assert small is not None
    assert (oss.input, oss.output, oss.hosting_usd_per_hour, oss.premium) == (0.07, 0.30, 0.30, None)
    assert (small.input, small.output, small.hosting_usd_per_hour, small.premium) == (0.05, 0.15, 0.65, None)


def test_a_model_that_is_not_tuned_has_no_tuned_price() -> None:
    assert price_of("gpt-6-luna").tuned is None
    assert price_of("claude-sonnet-4-6").tuned is None


@pytest.mark.parametrize(
    ("model", "usd", "grade"),
    [
        ("openai/gpt-4o-mini", 3.0, "checked"),
        ("openai/gpt-4o", 25.0, "checked"),
        ("azure/gpt-4.1-mini", 5.0, "checked"),
        ("google/gemini-2.5-flash", 5.0, "secondary"),
        ("anthropic/claude-sonnet-4-6", None, None),
    ],
)
def test_training_prices_say_how_well_they_are_known(
    model: str, usd: float | None, grade: str | None
) -> None:
    price = price_of(model)
    assert (price.training_usd_per_mtok, price.training_grade) == (usd, grade)
    assert (price.training_source is None) == (usd is None)


# life


@pytest.mark.parametrize(
    ("model", "released", "retires", "tuning_closes"),
    [
        ("gpt-4o-mini", date(2024, 7, 18), date(2027, 1, 14), date(2027, 1, 6)),
        ("ft:gpt-4o-mini", date(2024, 7, 18), date(2027, 1, 14), date(2027, 1, 6)),
        ("gpt-4.1-nano", date(2025, 4, 14), date(2026, 10, 23), date(2026, 10, 23)),  # with its base
        ("ft:gpt-4-0613", None, date(2026, 10, 23), date(2026, 10, 23)),
        ("gpt-5", date(2025, 8, 7), date(2026, 12, 11), date(2026, 12, 11)),
        ("gpt-4o-2024-05-13", date(2024, 5, 13), date(2026, 10, 23), date(2026, 10, 23)),
        ("claude-sonnet-4-5", date(2025, 9, 29), date(2026, 11, 30), None),
        ("claude-sonnet-4-6", date(2026, 2, 17), None, None),
        ("claude-sonnet-4-20250514", date(2025, 5, 14), date(2026, 6, 15), None),
        ("gemini-2.0-flash", date(2025, 2, 5), date(2026, 6, 1), None),
        ("gemini-2.5-flash", date(2025, 6, 17), date(2026, 12, 1), date(2026, 10, 20)),  # the newer row
        ("mistral/mistral-small-2506", date(2025, 6, 20), date(2026, 7, 31), None),
        ("azure/gpt-4.1-mini", None, None, None),  # Azure's own dates are not OpenAI's
    ],
)
def test_life(model: str, released: date | None, retires: date | None, tuning_closes: date | None) -> None:
    price = price_of(model)
    assert (price.released, price.retires, price.tuning_closes) == (released, retires, tuning_closes)
    assert (price.retires_source is None) == (retires is None)
    assert (price.tuning_closes_source is None) == (tuning_closes is None)


def test_a_model_has_a_price_before_it_came_and_after_it_went() -> None:
    assert price_of("gpt-4.1", on=date(2020, 1, 1)).input == 2.0
    gone = price_of("o1-mini", on=date(2026, 11, 1))
    assert gone.input == 1.1
    assert gone.retires == date(2025, 10, 27)


@pytest.mark.parametrize(
    ("model", "tokens"),
    [
        ("gpt-4o-mini", 1024),
        ("ft:gpt-4o-mini", 1024),
        ("azure/gpt-4o-mini", 1024),
        ("gpt-4", None),  # nothing is cached
        ("claude-sonnet-4-6", 1024),
        ("azure/claude-haiku-4-5", 4096),  # the maker's, on every platform
        ("claude-opus-4-7", 2048),
        ("claude-opus-5", 512),
        ("claude-fable-5-2", None),  # not sourced
        ("gemini-2.5-pro", 2048),  # the newer of two rows
        ("mistral/mistral-large-4", None),
    ],
)
def test_smallest_cacheable_prefix(model: str, tokens: int | None) -> None:
    assert price_of(model).smallest_cacheable_prefix == tokens


# history


def test_history_is_dated_and_in_order() -> None:
    first, second = price_of("deepseek/deepseek-v4-pro").history
    assert (first.after, first.on, first.old_input, first.new_input) == (
        date(2026, 4, 24),
        date(2026, 5, 25),
        1.74,
        0.435,
    )
    assert (second.after, second.on, second.old_output, second.new_output) == (
        None,
        date(2026, 8, 17),
        0.87,
        1.98,
    )
    assert first.ratio == pytest.approx(0.435 / 1.74)
    assert "models.dev" in first.source
    assert price_of("gpt-4o-mini").history == ()


def test_history_agrees_with_the_price_table() -> None:
    rows = [row for row in TOML["price_change"] if row["source"] == "genai-prices"]
    assert len(rows) > 15
    for row in rows:
        day = row["on"]
        before, after = price_of(row["model"], on=day - timedelta(1)), price_of(row["model"], on=day)
        assert [before.input, after.input] == row["input"], row["model"]
        assert [before.output, after.output] == row["output"], row["model"]


# models.toml


def test_every_row_has_a_source_and_a_day_and_a_known_model() -> None:
    used = set()
    for name, rows in TOML.items():
        if not isinstance(rows, list):
            continue
        for row in rows:
            used.add(row["source"])
            assert row["checked"] <= TOML["checked"], row
            if name in ("price", "price_change", "life"):
                assert price_of(row["model"]).model == row["model"], row
            if name in ("price", "price_change"):
                assert row["model"] in known_models(), row
    assert used == set(TOML["sources"])


def test_base_prices_beside_tuned_ones_are_the_price_tables() -> None:
    for row in TOML["price"]:
        if "base_input" in row:
            assert price_of(row["model"].replace("/ft:", "/")).input == row["base_input"], row["model"]


def test_a_newer_row_supersedes_an_older_one(monkeypatch: pytest.MonkeyPatch) -> None:
    old = models_file.PriceRow(
        model="openai/ft:gpt-4o", input=9.0, output=18.0, source="old", checked=date(2026, 1, 1)
    )
    new = models_file.PriceRow(
        model="openai/ft:gpt-4o",
        input=3.0,
        output=6.0,
        source="new",
        checked=date(2026, 2, 1),
        since=date(2026, 2, 1),
    )
    changed = models_file.own_rows()._replace(prices=(new, old))
    monkeypatch.setattr(models_file, "own_rows", lambda: changed)
    assert price_of("ft:gpt-4o", on=date(2026, 1, 31)).source == "old"
    assert price_of("ft:gpt-4o", on=date(2026, 2, 1)).source == "new"
    assert price_of("ft:gpt-4o", on=date(2020, 1, 1)).source == "old"
