"""A file that ``mcost run --json`` printed: what a forecast said, and which scenario it was of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mcost.errors import McostError
from mcost.shipped import find_scenario

_MOST_BYTES = 64 * 2**20


@dataclass(frozen=True)
class Told:
    """What was printed then.

    name : of the file. file, sha256 : of the scenario; file is None where it was built without one.
    pays_off : candidate -> P(pays off).
    """

    name: str
    file: str | None
    sha256: str
    draws: int
    seed: int
    recommended: str
    pays_off: Mapping[str, float]


def read_verdict(path: Path) -> Told:
    """What was printed; McostError where the file cannot be read, or is no answer of ``mcost run --json``."""
    wanted = "expected what mcost run SCENARIO --json printed"
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise McostError(f"{path}: found {path.stat().st_size:,} bytes; {wanted}")
        text = path.read_bytes().decode("utf-8-sig")
        data = json.loads(text)
    except FileNotFoundError:
        raise McostError(f"{path}: no such file; {wanted}") from None
    except IsADirectoryError:
        raise McostError(f"{path}: found a folder; {wanted}") from None
    except OSError as error:
        raise McostError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise McostError(f"{path}: found a byte that is not UTF-8; {wanted}") from None
    except (ValueError, RecursionError):
        raise McostError(f"{path}: not JSON; {wanted}") from None
    try:
        return _told(path.name, data)
    except (KeyError, TypeError, AttributeError):
        raise McostError(f"{path}: found JSON of something else; {wanted}") from None


def _told(name: str, data: Any) -> Told:
    scenario = data["scenario"]
    told = Told(
        name=name,
        file=scenario["file"],
        sha256=scenario["sha256"],
        draws=data["draws"],
        seed=data["seed"],
        recommended=data["recommended"],
        pays_off={str(c): said["pays_off"]["probability"] for c, said in data["candidates"].items()},
    )
    texts = (told.sha256, told.recommended, *(() if told.file is None else (told.file,)))
    whole = [n for n in (told.draws, told.seed) if isinstance(n, int) and not isinstance(n, bool) and n >= 0]
    chances = [p for p in told.pays_off.values() if isinstance(p, int | float)]
    if (
        not all(isinstance(text, str) and text.isprintable() for text in texts)
        or len(whole) < 2
        or len(chances) < len(told.pays_off)
    ):
        raise TypeError
    return told


def scenario_of(told: Told, path: Path) -> str:
    """The scenario that a verdict is of, for ``load``: the file of its name beside it, or the shipped one.

    path : of the verdict. Raises McostError where there is neither.
    """
    if told.file is None:
        raise McostError(f"{path}: it names no scenario file; give --scenario FILE")
    name = Path(told.file).name
    beside = path.parent / name
    if beside.is_file():
        return str(beside)
    try:
        find_scenario(name)
    except McostError:
        raise McostError(
            f"{path}: its scenario {name} is neither beside it nor among the shipped ones; give "
            "--scenario FILE"
        ) from None
    return name
