"""Many scenarios -> Portfolio: one verdict a row, ranked by what is at stake, on any executor."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from mcost.answer import MAX_DRAWS, MAX_SEED, run
from mcost.content import content
from mcost.errors import McostError, ScenarioError, shown
from mcost.journal import Journal, journal_of
from mcost.nets import Sampler, check_sampler, whole_number
from mcost.portfolio_file import check, write
from mcost.portfolio_row import KINDS, Row, row_of
from mcost.portfolio_table import Entry, Source, entries
from mcost.reported import Reported
from mcost.scenario import Scenario
from mcost.spread import Died, InProcess, spread
from mcost.version import VERSION
from mcost.whole_numbers import whole_between

if TYPE_CHECKING:
    import pandas as pd

    from mcost.report.layout import Verdict

DRAWS = 16_384

MANY = 16
"""Scenarios from which processes save more than they take to start."""

By = Literal["saving", "evpi"]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Portfolio(Reported):
    """One verdict a scenario, the first rank first and what is wrong last. Printing it gives the report.

    source : what it was made of, by name. rows : one a scenario. draws, seed, sampler : of every row.
    by : what the ranks go by.
    """

    source: str
    rows: tuple[Row, ...]
    draws: int
    seed: int
    sampler: Sampler
    by: By

    @property
    def verdicts(self) -> tuple[Row, ...]:
        """The rows that have a verdict."""
        return tuple(row for row in self.rows if row.error is None)

    @property
    def wrong(self) -> tuple[Row, ...]:
        """The rows that have an error in place of a verdict."""
        return tuple(row for row in self.rows if row.error is not None)

    def to_dict(self) -> dict[str, Any]:
        """The machine-readable portfolio, as ``mcost portfolio --json`` prints it."""
        return {
            "mcost": VERSION,
            "draws": self.draws,
            "seed": self.seed,
            "sampler": self.sampler,
            "by": self.by,
            "rows": [row.to_dict() for row in self.rows],
        }

    def to_frame(self) -> pd.DataFrame:
        """One row a scenario, as the file has it: a missing value where there is none."""
        import pandas as pd

        columns = ["rank", *(name for name in KINDS if name not in ("rank", "error")), "error"]
        frame = pd.DataFrame([dataclasses.asdict(row) for row in self.rows], columns=columns)
        frame.insert(columns.index("draws") + 1, "seed", [str(self.seed)] * len(frame))
        return frame.astype({**KINDS, "seed": "string"})

    def _report(self) -> Verdict:
        from mcost.report.portfolio import ranking

        return ranking(self)


def portfolio(
    source: str | Path | Mapping[str, Source],
    template: Source | None = None,
    draws: int = DRAWS,
    seed: int = 1,
    executor: Executor | None = None,
    *,
    by: By = "saving",
    sampler: Sampler = "qmc",
    set: Sequence[str] = (),
    output: str | Path | None = None,
    replace: bool = False,
    progress: Progress | None = None,
) -> Portfolio:
    """The verdict on each of many scenarios, ranked.

    A scenario that is wrong, or of which a worker dies, stops no other one: its row tells the error.

    Parameters
    ----------
    source : a folder of scenario files; a CSV with a scenario a row, whose columns are keys as ``set`` takes
        them, and ``name`` where there are names; or scenarios by name.
    template : the scenario that the rows of a CSV are put into; an empty cell leaves the template's value.
    draws, seed, sampler : as for ``run``, of every scenario.
    executor : any ``concurrent.futures.Executor``, over which scenarios are spread; None for a pool of
        processes, as many as there are cores, where there are many scenarios. None changes a bit.
    by : what ranks go by: the expected saving of the recommended choice against the baseline, or the EVPI.
    set : overrides of every scenario.
    output : a .csv or .parquet file for the rows. What is finished is kept in a journal beside it, which an
        interrupted call leaves; the same call takes it up.
    replace : whether ``output`` may be there already.
    progress : called with the scenarios done, and those there are.

    Raises
    ------
    McostError
        Where there is no scenario, where a table, the draws or the seed cannot be used, or the output cannot
        be written.

    >>> from mcost.portfolios import portfolio
    >>> found = portfolio({"small": "article_100k", "large": "article_10m"}, draws=1024)
    >>> [(row.rank, row.name, row.recommended) for row in found.rows]
    [(1, 'large', 'fine_tune'), (2, 'small', 'prompt')]
    """
    if by not in get_args(By):
        raise McostError(f"by: found {shown(by)}; expected saving or evpi")
    check_sampler(sampler)
    draws = whole_between("draws", draws, 1, MAX_DRAWS)
    seed = whole_between("seed", seed, 0, MAX_SEED)
    draws = whole_number(draws, sampler)
    found = entries(source, template, set)
    told = _told(source)
    journal = None
    if output is not None:
        check(Path(output), replace=True)
        journal = journal_of(
            Path(output),
            {"mcost": VERSION, "draws": draws, "seed": seed, "sampler": sampler},
            {"source": told, "template": _told(template), "set": list(set)},
        )
        check(Path(output), replace=replace or journal.own)
    work = partial(_verdict, draws, seed, sampler)
    rows = _rows(found, set, work, executor, journal, progress or (lambda done, planned: None))
    ranked = Portfolio(told, _ranked(rows, by), draws, seed, sampler, by)
    if output is not None and journal is not None:
        write(ranked.to_frame(), Path(output), replace=replace or journal.own)
        journal.remove()
    return ranked


def _told(source: object) -> str:
    if isinstance(source, str | Path):
        return str(source)
    if isinstance(source, Scenario):
        return source.file or source.title
    return "" if source is None else type(source).__name__


def _rows(
    found: Sequence[Entry],
    shared: Sequence[str],
    work: partial[Row],
    executor: Executor | None,
    journal: Journal | None,
    progress: Progress,
) -> list[Row]:
    """A row an entry, in the order of the entries. Entries are read here, a little ahead of the workers."""
    rows: dict[int, Row] = {}
    contents: dict[int, str] = {}

    def finish(i: int, row: Row) -> None:
        rows[i] = row
        progress(len(rows), len(found))

    def to_simulate() -> Iterator[_Task]:
        currency: tuple[str, str] | None = None
        for i, entry in enumerate(found):
            try:
                scenario = entry.load(shared)
                currency = currency or (scenario.currency, entry.name)
                _check_currency(scenario, *currency)
            except McostError as error:
                finish(i, Row(entry.name, entry.file, error=_line(error)))
                continue
            if journal is not None:
                contents[i] = content(scenario)
                if (kept := journal.rows.get(contents[i])) is not None:
                    row = Row(**kept)
                    finish(i, dataclasses.replace(row, name=entry.name, file=scenario.file))
                    continue
            yield _Task(i, entry.name, scenario)

    for task, made in _spread(work, to_simulate(), executor, len(found)):
        if isinstance(made, Died):
            made = _wrong(task, "its worker process died, also when it did nothing else")
        elif journal is not None and made.error is None:
            journal.add(contents[task.number], found[task.number].overrides, dataclasses.asdict(made))
        finish(task.number, made)
    return [rows[i] for i in range(len(found))]


@dataclass(frozen=True)
class _Task:
    """One scenario for a worker, whole: nothing is read there. number : its place in the portfolio."""

    number: int
    name: str
    scenario: Scenario


def _spread(
    work: partial[Row], tasks: Iterator[_Task], executor: Executor | None, number: int
) -> Iterator[tuple[_Task, Row | Died]]:
    """Few are done here, one after another, each with the threads of a run."""
    if executor is None and (number < MANY or os.cpu_count() == 1):
        return ((task, work(task, threads=True)) for task in tasks)
    return spread(work, tasks, executor)


def _verdict(draws: int, seed: int, sampler: Sampler, task: _Task, threads: bool = False) -> Row:
    """What a worker does. threads : whether its blocks may have the threads of a run."""
    try:
        executor = None if threads else InProcess()
        answer = run(task.scenario, draws, seed, sampler=sampler, executor=executor)
    except McostError as error:
        return _wrong(task, _line(error))
    except MemoryError:
        return _wrong(task, f"found too little memory for {draws:,} draws")
    return row_of(task.name, answer)


def _wrong(task: _Task, error: str) -> Row:
    scenario = task.scenario
    return Row(task.name, scenario.file, scenario.title, scenario.sha256, error=error)


def _line(error: McostError) -> str:
    """The first mistake, on one line, and how many more there are."""
    more = len(error.problems) - 1 if isinstance(error, ScenarioError) else 0
    first = str(error).split("\n")[0]
    return first if more < 1 else f"{first} (and {more} more mistake{'s' if more > 1 else ''})"


def _check_currency(scenario: Scenario, currency: str, name: str) -> None:
    if scenario.currency != currency:
        raise McostError(
            f"currency: found {shown(scenario.currency)}, and {shown(currency)} in {name}; "
            "expected one currency"
        )


def _ranked(rows: Sequence[Row], by: By) -> tuple[Row, ...]:
    """The largest first, in their own order where they are equal, which share a rank; what is wrong last."""
    stakes = {"saving": lambda row: row.expected_saving_usd, "evpi": lambda row: row.evpi_usd}
    stake: Callable[[Row], float] = stakes[by]
    verdicts = sorted((row for row in rows if row.error is None), key=stake, reverse=True)
    ranks: dict[float, int] = {}
    for i, row in enumerate(verdicts):
        ranks.setdefault(stake(row), i + 1)
    return (
        *(dataclasses.replace(row, rank=ranks[stake(row)]) for row in verdicts),
        *(row for row in rows if row.error is not None),
    )
