"""``[[studies]]``: which inputs they may name, and why the others cannot be found out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mcost.errors import Problem, shown, spelt
from mcost.input_names import Inputs, name_of, path_of, unknown
from mcost.like import Merged
from mcost.schema import AFRESH, Study


def not_to_study(rows: Any, inputs: Inputs, merged: Merged) -> Iterator[Problem]:
    """What they name and cannot be found out; a row of a wrong type is left to its own check."""
    named: set[str] = set()
    for i, row in enumerate(rows if isinstance(rows, list | tuple) else ()):
        name = row.name if isinstance(row, Study) else row.get("name") if isinstance(row, dict) else None
        if isinstance(name, str) and name in named:
            yield Problem(("studies", i, "name"), f"found {shown(name)} twice; expected one study of a name")
        named.add(spelt(name))
        of = row.of if isinstance(row, Study) else row.get("of") if isinstance(row, dict) else ()
        names = [of] if isinstance(of, str) else of if isinstance(of, list | tuple) else ()
        for j, written in enumerate(names):
            at = ("studies", i, "of") if isinstance(of, str) else ("studies", i, "of", j)
            if not isinstance(written, str):
                continue
            if mistake := unknown(written, inputs, merged):
                yield Problem(at, mistake)
                continue
            if written in names[:j]:
                yield Problem(at, f"found {shown(written)} twice; expected each input once")
            path, prior = path_of(written), inputs[name_of(written)]
            if path[0] == "models" and path[-1] in AFRESH:
                yield Problem(
                    at, f"found {shown(written)}, which is drawn afresh at each event; expected another"
                )
            elif prior is not None and prior.law.certain:
                value = prior.law.support()[0]
                if path[-1] not in ("success_probability", "labelled_examples") or value in (0.0, 1.0):
                    told = f"found {shown(written)}, which is {value:g} for certain"
                    yield Problem(at, f"{told}; there is nothing to find out")
