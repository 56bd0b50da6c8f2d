"""``[[correlations]]``: which inputs they may name, which ranks can hold together, the copulas they mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from mcost.copula import (
    Copula,
    Ranks,
    groups,
    nearest_ranks,
    pearson_of,
    possible,
    possible_ranks,
    rank_matrix,
    smallest_impossible,
)
from mcost.errors import Path, Problem, shown
from mcost.fields import is_rank
from mcost.input_names import Inputs, name_of, path_of, unknown
from mcost.like import Merged
from mcost.schema import AFRESH, Correlation


@dataclass(frozen=True)
class Correlated:
    """What the correlations of a scenario come to."""

    copulas: tuple[Copula, ...] = ()
    problems: tuple[Problem, ...] = ()


def correlate(rows: Any, inputs: Inputs, merged: Merged) -> Correlated:
    """The copulas of a scenario's correlations, or every mistake in them.

    rows : ``correlations`` as written; a row or rank of a wrong type is left to its own check.
    """
    if not isinstance(rows, list | tuple):
        return Correlated()
    order = {name: place for place, name in enumerate(inputs)}
    given: dict[tuple[str, str], tuple[float, int]] = {}
    problems: list[Problem] = []
    complete = True
    for i, row in enumerate(rows):
        between, rank = _row(row)
        known, mistakes = _known(between, ("correlations", i, "between"), inputs, merged)
        problems += mistakes
        if rank is None or not len(known) == len(between) > 1:
            complete = False
        if rank is None:
            continue
        for a, b in combinations(sorted(known, key=order.__getitem__), 2):
            earlier, place = given.setdefault((a, b), (rank, i))
            if rank != earlier:
                told = f"found {rank:g} for {a} and {b}, which have {earlier:g} in correlations[{place}]"
                problems.append(Problem(("correlations", i, "rank"), f"{told}; expected one rank for a pair"))
    if problems or not complete:  # a pair that is misspelt must not count as 0
        return Correlated(problems=tuple(problems))
    ranks = {pair: rank for pair, (rank, _) in given.items()}
    rows_of = {pair: i for pair, (_, i) in given.items()}
    found = groups(ranks, inputs)
    problems = [p for group in found if (p := _impossible(group, ranks, rows_of)) is not None]
    if problems:
        return Correlated(problems=tuple(problems))
    return Correlated(tuple(Copula.of(group, ranks) for group in found))


def _row(row: Any) -> tuple[Sequence[Any], float | None]:
    """Names and rank of one row; what its type refuses is left out."""
    if isinstance(row, Correlation):
        return row.between, row.rank
    if not isinstance(row, dict):
        return (), None
    between, rank = row.get("between"), row.get("rank")
    return between if isinstance(between, list | tuple) else (), rank if is_rank(rank) else None


def _known(
    between: Sequence[Any], at: Path, inputs: Inputs, merged: Merged
) -> tuple[list[str], list[Problem]]:
    """The inputs that a row names, in its order and once each, and the mistakes in the other names."""
    known: list[str] = []
    problems = []
    for j, written in enumerate(between):
        if not isinstance(written, str):
            continue
        name = name_of(written)
        mistake = _no_input(written, name, inputs, merged)
        if mistake is None and name in known:
            mistake = f"found {shown(written)} twice; an input cannot be correlated with itself"
        if mistake is None:
            known.append(name)
        else:
            problems.append(Problem((*at, j), mistake))
    return known, problems


def _no_input(written: str, name: str, inputs: Inputs, merged: Merged) -> str | None:
    """Why a name is none of an input that can be correlated; None where it is one."""
    if mistake := unknown(written, inputs, merged):
        return mistake
    path = path_of(written)
    if path[0] == "models" and path[-1] in AFRESH:
        return f"found {shown(written)}, which is drawn afresh at each event; it cannot be correlated"
    prior = inputs[name]
    if prior is not None and prior.law.certain:
        value = f"{prior.law.support()[0]:g}"
        return f"found {shown(written)}, which is {value} for certain; it has no spread to correlate"
    return None


def _impossible(names: tuple[str, ...], ranks: Ranks, rows: Mapping[tuple[str, str], int]) -> Problem | None:
    """The pairs of a group that cannot hold together, and the nearest ranks of all its pairs that can."""
    matrix, given = rank_matrix(names, ranks)
    if possible(pearson_of(matrix)):
        return None
    among = smallest_impossible(pearson_of(matrix))
    pairs = [(names[i], names[j]) for i, j in combinations(among, 2) if given[i, j]]
    message = f"found ranks that cannot hold together: {_listed(pairs, ranks)}"
    unsaid = [(i, j) for i, j in combinations(range(len(among)), 2) if not given[among[i], among[j]]]
    for i, j in unsaid[:1]:
        others = f" (and {len(unsaid) - 1} more)" if unsaid[1:] else ""
        message += f"; {names[among[i]]} and {names[among[j]]}{others}, not given, count as 0"
        if ends := possible_ranks(matrix[np.ix_(among, among)], i, j):
            message += f", where {ends[0]:g} to {ends[1]:g} would do"
    near = nearest_ranks(matrix, given)
    at = {name: i for i, name in enumerate(names)}
    nearer = {(a, b): float(near[at[a], at[b]]) for a, b in ranks if a in at and b in at}
    moved = [pair for pair, rank in nearer.items() if rank != ranks[pair]]
    message += f"; the nearest that can: {_listed(moved, nearer)}"
    return Problem(("correlations", max(rows[pair] for pair in pairs), "rank"), message)


def _listed(pairs: Sequence[tuple[str, str]], ranks: Ranks) -> str:
    return ", ".join(f"{a} and {b} {ranks[a, b]:g}" for a, b in pairs)
