"""``mcost.portfolio`` from Python: rows and ranks, any executor, workers that die, and interrupts."""

import csv
import json
import math
import os
import pickle
import signal
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import asdict, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import mcost
from mcost import portfolios
from mcost.content import content
from mcost.portfolio_row import Row, row_of
from mcost.spread import Died, InProcess, spread

DRAWS = 1024

TEXT = """\
title = "{title}"
baseline = "prompt"
horizon_months = 12
hourly_rate = 100
workload.calls_per_month = "{calls}"
strategies.prompt = {{ price = {{ input = 1.0 }}, prompt_tokens = 3000 }}

[strategies.short]
price = {{ input = 1.0 }}
prompt_tokens = 1000
setup_hours = "20 to 80"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five scenarios, one of them in a folder below, and one that is wrong; priors are none."""
    made = tmp_path / "scenarios"
    (made / "team").mkdir(parents=True)
    for i, name in enumerate(("b", "a", "c", "team/d")):
        (made / f"{name}.toml").write_text(
            TEXT.format(title=name.upper(), calls=f"{2**i}00_000 to {2**i}50_000"), "utf-8"
        )
    (made / "wrong.toml").write_text(
        TEXT.format(title="wrong", calls="9 to 3").replace("setup_hours", "setup_hour"), "utf-8"
    )
    (made / "priors.toml").write_text("calls = 3\n", "utf-8")
    (made / "notes.txt").write_text("", "utf-8")
    return made


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Twenty rows over one template."""
    file = tmp_path / "table.csv"
    rows = [f"row {i},{50_000 * (i + 1)},{'' if i % 3 else 40 + i}" for i in range(20)]
    file.write_text("\n".join(["name,workload.calls_per_month,hourly_rate", *rows]), "utf-8")
    return file


# --- rows and ranks ---------------------------------------------------------------------------------------


def test_a_row_holds_what_a_run_holds(folder: Path) -> None:
    found = mcost.portfolio(folder, draws=DRAWS, seed=3)
    row = next(row for row in found.rows if row.name == "team/d")
    answer = mcost.run(folder / "team" / "d.toml", DRAWS, 3)
    short = answer.candidates["short"]
    assert (row.file, row.title, row.sha256) == ("d.toml", "TEAM/D", answer.scenario.sha256)
    assert (row.baseline, row.headline, row.recommended) == ("prompt", "short", answer.recommended)
    assert (row.pays_off, row.pays_off_standard_error) == (
        short.pays_off.probability,
        short.pays_off.standard_error,
    )
    assert (row.saving_usd, row.saving_p5_usd, row.saving_p95_usd) == (
        short.saving_usd.mean,
        short.saving_usd.p5,
        short.saving_usd.p95,
    )
    assert row.beats_best_alternative == short.beats_best_alternative.probability
    assert row.best_alternative == "prompt"
    assert row.evpi_usd == answer.evpi_usd
    assert row.draws == answer.draws == found.draws
    best = min(answer.strategies.values(), key=lambda s: s.cost_usd.mean).cost_usd.mean
    saved = answer.strategies["prompt"].cost_usd.mean - best
    assert row.expected_saving_usd == pytest.approx(saved, rel=1e-9)


def test_what_is_chosen_and_not_the_headline_decides_the_saving() -> None:
    """article_100k never pays: the baseline is chosen, which saves nothing, whatever the candidate loses."""
    (row,) = mcost.portfolio({"never": "article_100k"}, draws=DRAWS).rows
    assert (row.recommended, row.expected_saving_usd, row.headline) == ("prompt", 0.0, "fine_tune")
    assert row.saving_usd is not None
    assert row.saving_usd < 0
    assert row.pays_off == 0.0


def test_without_a_candidate_there_is_no_headline() -> None:
    alone = {
        "title": "Alone",
        "baseline": "prompt",
        "horizon_months": 3,
        "workload": {"calls_per_month": "1k to 2k"},
        "strategies": {"prompt": {"price": {"input": 1.0}, "prompt_tokens": 10}},
    }
    (row,) = mcost.portfolio({"alone": alone}, draws=DRAWS).rows
    assert (row.recommended, row.headline, row.pays_off, row.expected_saving_usd) == ("prompt", None, None, 0)
    assert (row.to_dict()["pays_off"], row.to_dict()["saving_usd"], row.error) == (None, None, None)


def test_ranks_by_either_stake_and_equal_ones_share_theirs() -> None:
    def row(name: str, saving: float, evpi: float) -> Row:
        return Row(name, expected_saving_usd=saving, evpi_usd=evpi)

    rows = [row("a", 0.0, 5.0), row("b", 9.0, 1.0), Row("x", error="wrong"), row("c", 0.0, 7.0)]
    by_saving, by_evpi = portfolios._ranked(rows, "saving"), portfolios._ranked(rows, "evpi")
    assert [(r.rank, r.name) for r in by_saving] == [(1, "b"), (2, "a"), (2, "c"), (None, "x")]
    assert [(r.rank, r.name) for r in by_evpi] == [(1, "c"), (2, "a"), (3, "b"), (None, "x")]


def test_a_wrong_scenario_stops_no_other_one(folder: Path) -> None:
    found = mcost.portfolio(folder, draws=DRAWS)
    assert sorted(row.name for row in found.verdicts) == ["a", "b", "c", "team/d"]
    (wrong,) = found.wrong
    assert wrong.rank is None
    assert wrong.file == "wrong.toml"
    assert wrong.error == (
        f"{folder}/wrong.toml:5:28: workload.calls_per_month: found 9 to 3; the low end must be below the "
        'high end: write "3 to 9" (and 1 more mistake)'
    )


def test_one_currency_for_all(folder: Path) -> None:
    (folder / "z.toml").write_text('currency = "EUR"\n' + TEXT.format(title="Z", calls="1k to 2k"), "utf-8")
    found = mcost.portfolio(folder, draws=DRAWS)
    assert [row.error for row in found.wrong if row.name == "z"] == [
        'currency: found "EUR", and "USD" in a; expected one currency'
    ]


def test_a_future_that_cannot_be_costed_is_a_row(folder: Path) -> None:
    huge = TEXT.format(title="huge", calls="1 to 2").replace(
        "price = { input = 1.0 }", "price = { input = 1e305 }"
    )
    (folder / "huge.toml").write_text(huge.replace('"1 to 2"', "1e300"), "utf-8")
    found = mcost.portfolio(folder, draws=DRAWS)
    assert {row.name for row in found.wrong} == {"huge", "wrong"}
    assert len(found.verdicts) == 4


def test_a_table_sets_what_its_cells_say_and_leaves_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text(
        "workload.calls_per_month,name,hourly_rate\n2M to 4M,much,\n,,40\n\n"
        '"{ p10 = 1e5, p50 = 2e5, p90 = 9e5 }",quoted,\n',
        "utf-8-sig",
    )
    rows = {row.name: row for row in mcost.portfolio(file, "contested", DRAWS, seed=2).rows}
    assert set(rows) == {"much", "line 3", "quoted"}
    for name, override in (
        ("much", "workload.calls_per_month=2M to 4M"),
        ("line 3", "hourly_rate=40"),
        ("quoted", "workload.calls_per_month={ p10 = 1e5, p50 = 2e5, p90 = 9e5 }"),
    ):
        answer = mcost.run("contested", DRAWS, 2, set=[override])
        assert replace(rows[name], rank=None) == row_of(name, answer)


def test_overrides_of_all_come_before_those_of_a_row(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("name,hourly_rate\nown,40\nall,\n", "utf-8")
    found = mcost.portfolio(file, "contested", DRAWS, set=["hourly_rate=90", "horizon_months=6"])
    rows = {row.name: row.expected_saving_usd for row in found.rows}
    for name, rate in (("own", 40), ("all", 90)):
        answer = mcost.run("contested", DRAWS, set=[f"hourly_rate={rate}", "horizon_months=6"])
        assert rows[name] == row_of(name, answer).expected_saving_usd


def test_it_prints_itself_and_shows_in_a_notebook(folder: Path) -> None:
    found = mcost.portfolio(folder, draws=DRAWS)
    assert str(found).startswith(f"{folder}: 5 scenarios\n")
    assert "<table>" in found._repr_html_()
    frame = found.to_frame()
    assert list(frame["name"]) == [row.name for row in found.rows]
    assert frame["rank"].isna().sum() == 1
    assert frame["pays_off"].dtype == "float64"
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["rows"][-1]["error"]


# --- executors --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def processes() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield pool


def test_a_scenario_goes_to_a_worker_by_its_content() -> None:
    scenario = mcost.load("contested", set=["hourly_rate={dist='gamma',a=2,scale=40,min=10}"])
    there = pickle.loads(pickle.dumps(scenario))
    assert content(there) == content(scenario)
    assert mcost.run(there, DRAWS).to_dict() == mcost.run(scenario, DRAWS).to_dict()


def test_no_executor_changes_a_bit(table: Path, processes: Executor) -> None:
    files = []
    with ThreadPoolExecutor(3) as threads:
        executors = [None, InProcess(), threads, processes]
        for i, executor in enumerate(executors):
            file = table.with_name(f"{i}.csv")
            mcost.portfolio(table, "contested", DRAWS, executor=executor, output=file)
            files.append(file.read_bytes())
    assert len(set(files)) == 1
    with table.open(encoding="utf-8", newline="") as lines:
        assert len(files[0].splitlines()) == len(list(csv.reader(lines)))


def test_few_scenarios_start_no_process(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portfolios, "spread", None)
    assert len(mcost.portfolio(folder, draws=DRAWS).verdicts) == 4


class Broken(Executor):
    """Takes some tasks, then loses them all, as a pool does whose worker was killed."""

    def __init__(self) -> None:
        self._given: list[Future[Any]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        from concurrent.futures.process import BrokenProcessPool

        future: Future[Any] = Future()
        self._given.append(future)
        if len(self._given) == 12:
            for each in self._given:
                each.set_exception(BrokenProcessPool("A process was terminated abruptly"))
        elif len(self._given) > 12:
            raise BrokenProcessPool("it is broken")
        return future


def test_an_executor_that_breaks_loses_nothing(table: Path) -> None:
    assert (
        mcost.portfolio(table, "contested", DRAWS, executor=Broken()).rows
        == mcost.portfolio(table, "contested", DRAWS, executor=InProcess()).rows
    )


def kill_once(mark: Path, item: int) -> int:
    """Kills its own process the first time that it is asked for 5."""
    if item == 5 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return item * item


def kill_always(item: int) -> int:
    if item == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return item * item


def kill_all(item: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return item


def fail(item: int) -> int:
    raise ZeroDivisionError(item)


def test_a_worker_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    made = dict(spread(partial(kill_once, tmp_path / "mark"), range(12)))
    assert (tmp_path / "mark").exists()
    assert made == {i: i * i for i in range(12)}


def test_an_item_that_kills_its_worker_alone_is_named_and_no_other_is() -> None:
    made = dict(spread(kill_always, range(12)))
    assert [i for i, result in made.items() if isinstance(result, Died)] == [5]
    assert {i: result for i, result in made.items() if i != 5} == {i: i * i for i in range(12) if i != 5}


def test_workers_that_all_die_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mcost.spread.MOST_DEATHS", 3)
    with pytest.raises(mcost.McostError, match=r"^3 worker processes died one after another"):
        list(spread(kill_all, range(100)))


def test_what_the_work_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        list(spread(fail, range(3), InProcess()))


def test_an_executor_that_is_shut_down_is_told() -> None:
    pool = ThreadPoolExecutor(1)
    pool.shutdown()
    with pytest.raises(
        mcost.McostError, match=r"^executor: it takes no more work: cannot schedule new futures"
    ):
        list(spread(abs, range(3), pool))


def test_a_scenario_whose_worker_dies_alone_is_named_in_its_row(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(work: Any, tasks: Any, executor: Any) -> Iterator[Any]:
        for task in tasks:
            yield task, (Died() if task.name == "row 7" else work(task))

    monkeypatch.setattr(portfolios, "spread", dies)
    found = mcost.portfolio(table, "contested", DRAWS, executor=InProcess())
    assert [(row.name, row.error) for row in found.wrong] == [
        ("row 7", "its worker process died, also when it did nothing else")
    ]
    assert len(found.verdicts) == 19


# --- interrupts -------------------------------------------------------------------------------------------


class Stop(BaseException):
    pass


class Until(Executor):
    """Does so many tasks, and is then interrupted; counts those that it did."""

    def __init__(self, most: float = math.inf) -> None:
        self.most, self.done = most, 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        if self.done >= self.most:
            raise Stop
        self.done += 1
        return InProcess().submit(fn, *args, **kwargs)


def interrupted(
    table: Path, output: Path, after: int, monkeypatch: pytest.MonkeyPatch, replace: bool = False
) -> None:
    """Run until ``after`` rows are done and written down."""
    with monkeypatch.context() as patch:
        patch.setattr("mcost.spread.WIDE", 1)
        with pytest.raises(Stop):
            mcost.portfolio(table, "contested", DRAWS, executor=Until(after), output=output, replace=replace)


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_an_interrupted_run_is_taken_up_to_the_same_bytes(
    table: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, output = table.with_name(f"whole{ending}"), table.with_name(f"out{ending}")
    mcost.portfolio(table, "contested", DRAWS, executor=InProcess(), output=whole)
    interrupted(table, output, 11, monkeypatch)
    journal = output.with_name(f"out{ending}.partial")
    assert not output.exists()
    assert len(journal.read_bytes().splitlines()) == 11
    journal.write_bytes(journal.read_bytes() + b'{"mcost": "0')  # torn off
    rest = Until()
    mcost.portfolio(table, "contested", DRAWS, executor=rest, output=output)
    assert rest.done == 20 - 11
    assert output.read_bytes() == whole.read_bytes()
    assert not journal.exists()
    assert not whole.with_name(f"whole{ending}.partial").exists()


def test_only_rows_of_the_same_question_are_taken_up(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = table.with_name("out.csv")
    interrupted(table, output, 10, monkeypatch)
    other_seed = Until()
    mcost.portfolio(table, "contested", DRAWS, 2, executor=other_seed, output=output)
    assert other_seed.done == 20
    output.unlink()
    interrupted(table, output, 10, monkeypatch)
    lines = table.read_text("utf-8").splitlines()
    lines[2] += "7"  # the second row's hourly rate
    table.write_text("\n".join(lines), "utf-8")
    changed = Until()
    mcost.portfolio(table, "contested", DRAWS, executor=changed, output=output)
    assert changed.done == 20 - 9


def test_a_file_that_a_scenario_refers_to_is_part_of_its_content(tmp_path: Path) -> None:
    scenario, samples = tmp_path / "s.toml", tmp_path / "calls.csv"
    text = TEXT.format(title="S", calls="x").replace('"x"', '{ samples = "calls.csv", column = "n" }')
    scenario.write_text(text, "utf-8")
    hashes = []
    for numbers in ("1\n2\n30", "1\n2\n31", "1\n2\n30"):
        samples.write_text(f"n\n{numbers}\n", "utf-8")
        built = mcost.load(scenario)
        hashes.append(content(built))
        mcost.run(built, DRAWS)
        assert content(built) == hashes[-1]  # also once it has been used
    assert hashes[0] == hashes[2] != hashes[1]


def test_an_existing_result_is_not_overwritten(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = table.with_name("out.csv")
    output.write_text("mine", "utf-8")
    with pytest.raises(mcost.McostError, match=r"out\.csv: this exists already, and is not overwritten"):
        mcost.portfolio(table, "contested", DRAWS, executor=InProcess(), output=output)
    assert output.read_text("utf-8") == "mine"
    # Forced and interrupted: it is taken up without being forced again, but by its own question alone.
    interrupted(table, output, 4, monkeypatch, replace=True)
    assert output.read_text("utf-8") == "mine"
    with pytest.raises(mcost.McostError, match=r"out\.csv: this exists already"):
        mcost.portfolio(table, "startup", DRAWS, executor=InProcess(), output=output)
    rest = Until()
    mcost.portfolio(table, "contested", DRAWS, executor=rest, output=output)
    assert rest.done == 16
    assert len(pd.read_csv(output)) == 20


def test_a_file_of_the_journals_name_that_is_none_is_left_alone(table: Path) -> None:
    output, other = table.with_name("out.csv"), table.with_name("out.csv.partial")
    for text in ("my notes\n", "my notes", "[1]\n", '{"mcost": "0.1.0"}\n'):
        other.write_text(text, "utf-8")
        with pytest.raises(mcost.McostError, match="found a file that is no journal of mcost portfolio"):
            mcost.portfolio(table, "contested", DRAWS, executor=InProcess(), output=output)
        assert other.read_text("utf-8") == text


def test_csv_and_parquet_hold_the_same_and_all(folder: Path, tmp_path: Path) -> None:
    found = mcost.portfolio(folder, draws=DRAWS, output=tmp_path / "r.parquet")
    mcost.portfolio(folder, draws=DRAWS, output=tmp_path / "r.csv")
    parquet, text = pd.read_parquet(tmp_path / "r.parquet"), pd.read_csv(tmp_path / "r.csv")
    assert list(parquet.columns) == list(text.columns)
    for frame in (parquet, text):
        for row, (_, read) in zip(found.rows, frame.iterrows(), strict=True):
            for key, value in asdict(row).items():
                assert pd.isna(read[key]) if value is None else read[key] == value, key
