"""What a scenario may be at most: the edge is allowed, and one beyond is told in one whole message."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fuzz.scenarios import to_toml
from fuzz.watched import survived

import mcost
from mcost.errors import McostError
from mcost.plain_data import MOST_KEYS
from mcost.references import MOST_WAYS
from mcost.toml import DEEPEST, parse


def case(**more: Any) -> dict[str, Any]:
    """A scenario of one strategy and three inputs."""
    return {
        "title": "A case",
        "baseline": "p",
        "horizon_months": 2,
        "workload": {"calls_per_month": 100},
        "strategies": {"p": {"price": {"input": 1}, "prompt_tokens": 2}},
        **more,
    }


def with_strategies(n: int) -> dict[str, Any]:
    tables = {f"s{i}": {"like": "p"} for i in range(n - 1)}
    return case(strategies=case()["strategies"] | tables)


def with_inputs(n: int) -> dict[str, Any]:
    rows = [{"name": f"c{i}", "driver": "month", "amount": i} for i in range(n - 3)]
    return case(strategies={"p": {"price": {"input": 1}, "prompt_tokens": 2, "costs": rows}})


def with_mistakes(n: int) -> dict[str, Any]:
    return case() | {f"k{i}": 1 for i in range(n)}


def with_ways(ways: int) -> dict[str, Any]:
    """Strategies of which one counts once, and mixes of one and two others: 1, 2, 4, 7 … ways."""
    tables: dict[str, Any] = case()["strategies"] | {"q": {"like": "p"}}
    names = ["p", "q"]
    known = {"p": 1, "q": 1}
    while sum(known.values()) < ways and len(names) < 64:
        first = names[-1] if sum(known.values()) + known[names[-1]] + 1 <= ways else "p"
        name = f"m{len(names)}"
        two = known[first] + known[names[-2]] + 1
        fits = first != "p" and first != names[-2] and sum(known.values()) + two <= ways
        tables[name] = {"mix": {first: 0.5, names[-2]: "rest"} if fits else {first: "rest"}}
        known[name] = two if fits else known[first] + 1
        names.append(name)
    return case(strategies=tables)


def told(data: dict[str, Any]) -> str:
    with pytest.raises(McostError) as refused:
        mcost.load(data)
    return str(refused.value)


LIMITS: dict[str, tuple[Callable[[int], dict[str, Any]], int, str]] = {
    "months": (
        lambda n: case(horizon_months=n),
        600,
        "horizon_months: found 601; expected a whole number of months from 1 to 600",
    ),
    "strategies": (with_strategies, 64, "strategies: found 65 strategies; expected at most 64"),
    "inputs": (with_inputs, 500, "found 501 inputs; expected at most 500"),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_the_edge_is_allowed_and_one_beyond_is_told(limit: str) -> None:
    of, most, message = LIMITS[limit]
    assert mcost.run(of(most), draws=8).strategies
    assert told(of(most + 1)) == message


def test_all_limits_at_once_are_allowed() -> None:
    tables: dict[str, Any] = {"p": {"price": {"input": 1}, "prompt_tokens": 2}}
    costs = [{"name": f"c{i}", "driver": "month", "amount": f"{i + 1} to {i + 2}"} for i in range(7)]
    tables |= {f"s{i}": {"like": "p", "costs": costs} for i in range(63)}
    data = case(horizon_months=600, strategies=tables)
    assert len(mcost.load(data).inputs) == 3 + 63 * 7
    assert len(mcost.run(data, draws=8).strategies) == 64


def test_ten_to_the_nine_draws_are_begun_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    class BegunError(Exception):
        pass

    def begin(*_: object, **__: object) -> None:
        raise BegunError

    monkeypatch.setattr("mcost.answer.simulate", begin)
    with pytest.raises(BegunError):
        mcost.run(case(), draws=10**9)
    with pytest.raises(McostError) as refused:
        mcost.run(case(), draws=10**9 + 1)
    assert str(refused.value) == ("draws: found 1000000001; expected a whole number from 1 to 1,000,000,000")


def test_keys_are_counted_over_all_tables() -> None:
    named = sum(len(table) for table in (case(), case()["workload"], case()["strategies"], {"price": 1}))
    inside = named + len(case()["strategies"]["p"]["price"]) + 1
    tables = 5  # the file's, workload, strategies, p, price
    mistakes = MOST_KEYS - inside - tables
    assert told(with_mistakes(mistakes)).endswith(f"\nerror: and {mistakes - 20:,} mistakes more")
    assert told(with_mistakes(mistakes + 1)) == "found more than 10,000 keys and tables; expected a scenario"


def test_twenty_mistakes_are_told_and_the_others_counted(tmp_path: Path) -> None:
    file = tmp_path / "case.toml"
    file.write_text(to_toml(with_mistakes(20)), encoding="utf-8")
    assert survived("check", str(file)).err.count("error: ") == 20
    file.write_text(to_toml(with_mistakes(21)), encoding="utf-8")
    said = survived("check", str(file)).err
    assert said.count("error: ") == 21
    assert said.endswith("\nerror: and 1 mistakes more\n")


def test_ways_from_strategy_to_strategy_are_counted() -> None:
    assert mcost.run(with_ways(MOST_WAYS), draws=8).strategies
    said = told(with_ways(MOST_WAYS + 1))
    assert said.startswith("strategies.m")
    assert said.endswith(" ways; expected fewer, at most 4,000 of all")


def test_a_key_may_have_twenty_parts() -> None:
    assert DEEPEST == 20
    for part in ("a", '"a.b"', "'='", '"\\"#"'):
        deep = " . ".join([part] * 20)
        assert parse(f"{deep} = 1")
        assert parse(f"x = {{ {deep} = 1 }}")
        with pytest.raises(ValueError, match=r"^found a key of more than 20 parts$"):
            parse(f"x = {{ {deep}.a = 1 }}")


@pytest.mark.parametrize(
    "text",
    [
        f"x = [{', '.join(['1.5'] * 500)}]",
        f"x = '''\n{'a, . ' * 300}''' # {'. ' * 300}",
        f'x = "{"." * 300}"',
        f"# {'It is a sentence. ' * 300}\nx = 1",
        f'x = """{"a.b " * 300}"""',
    ],
    ids=["decimals", "text of lines", "dots", "comment", "words"],
)
def test_dots_that_part_no_key_are_none(text: str) -> None:
    assert list(parse(text)) == ["x"]


@pytest.mark.parametrize(
    ("change", "message"),
    {
        "calls": (
            {"workload": {"calls_per_month": 1e300, "growth_per_month": 1e30}},
            "workload: calls are inf in month 2 of draw 0; bound the growth, or give max_calls_per_month",
        ),
        "a cost": (
            {
                "workload": {"calls_per_month": 1e9},
                "strategies": {"p": {"price": {"input": 1e300}, "prompt_tokens": 1e8}},
            },
            "strategies.p: the cost line tokens is not finite in month 1 of draw 0",
        ),
    }.values(),
    ids=["calls", "a cost"],
)
def test_what_is_not_finite_is_told_with_its_place(change: dict[str, Any], message: str) -> None:
    data = case(horizon_months=3) | change
    with pytest.raises(McostError) as refused:
        mcost.run(data, draws=8)
    assert str(refused.value) == message


def test_what_is_too_large_to_be_averaged_names_the_strategy() -> None:
    data = case(strategies={"p": {"price": {"input": 1e100}, "prompt_tokens": 1e80}})
    with pytest.raises(McostError, match=r"^strategies\.p: "):
        mcost.run(data, draws=8)
