"""Logs of any size, read a piece at a time: CSV, JSON or JSON lines, gzipped or not.

No text of a log is ever quoted: a bad row is told by file, line and what is wrong with it.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import itertools
import json
import re
import warnings
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd

from mcost.errors import McostError
from mcost.usage.common_table import Mapped, mapped
from mcost.usage.formats import PLAIN_NAMES, Format, detect
from mcost.usage.records import flat_records, is_call

PIECE_BYTES = 24 * 2**20
"""Text of one piece, about: what a piece costs in memory does not depend on how long its rows are."""
MOST_ROWS, FEWEST_ROWS = 200_000, 500
JSON_FIRST, JSON_ROWS = 200, 20_000
MOST_DOCUMENT = 256 * 2**20
"""Bytes of a JSON file that is one document, and so must be read whole."""
EXAMPLES = 5
"""Bad rows of one file that are told by line."""

Progress = Callable[[int, int], None]
"""Called with the MiB read and the MiB of all files."""


@dataclass(frozen=True)
class Bad:
    """A row that is left out: its line (0 where the file has none), and why."""

    line: int
    why: str


@dataclass
class File:
    """What was met in one file, up to now.

    rows : rows of calls or buckets that were kept, duplicates not counted. bad, n_bad : rows left out, the
    first ones by line. not_calls : rows of something else, by what they are.
    """

    name: str
    kind: Format
    rows: int = 0
    n_bad: int = 0
    duplicates: int = 0
    bad: list[Bad] = field(default_factory=list)
    not_calls: dict[str, int] = field(default_factory=dict)
    told: frozenset[str] = frozenset()
    zone_said: bool = True

    def refuse(self, line: int, why: str) -> None:
        self.n_bad += 1
        if len(self.bad) < EXAMPLES:
            self.bad.append(Bad(line, why))


def pieces(paths: Sequence[Path], progress: Progress | None = None) -> Iterator[tuple[File, pd.DataFrame]]:
    """Each piece of the files in turn, in the common table, with its file's tally.

    Rows met before are left out: overlapping exports count once. Raises McostError for a file that cannot be
    read, is of no kind that is known, or of another kind than the first.
    """
    seen = _Seen()
    kind: Format | None = None
    sizes = [path.stat().st_size if path.is_file() else 0 for path in paths]
    for i, path in enumerate(paths):
        read = partial(_report, progress, sum(sizes[:i]), sum(sizes))
        for file, piece in _file(path, read):
            if kind is not None and file.kind.name != kind.name:
                raise McostError(
                    f"{path}: found {file.kind.name}, and {paths[0]} is {kind.name}; expected files of one "
                    "kind, which cannot count the same calls twice"
                )
            kind = file.kind
            fresh = seen.fresh(piece["key"].to_numpy())
            file.duplicates += int((~fresh).sum())
            file.rows += int(fresh.sum())
            yield file, piece if fresh.all() else piece[fresh].reset_index(drop=True)


def _report(progress: Progress | None, before: int, whole: int, read: int) -> None:
    if progress is not None:
        progress((before + read) >> 20, max(1, whole >> 20))


class _Seen:
    """The identities of rows met so far: sorted blocks of 64-bit hashes, each at least twice the next."""

    def __init__(self) -> None:
        self.blocks: list[np.ndarray] = []

    def fresh(self, keys: np.ndarray) -> np.ndarray:
        """Which rows (n,) are met for the first time; key 0 is no identity."""
        new = ~pd.Series(keys).duplicated().to_numpy()
        for block in self.blocks:
            at = np.minimum(np.searchsorted(block, keys), block.size - 1)
            new &= block[at] != keys
        none = keys == 0
        fresh_keys = np.sort(keys[new & ~none])
        if fresh_keys.size:
            self.blocks.append(fresh_keys)
            while len(self.blocks) > 1 and self.blocks[-2].size < 2 * self.blocks[-1].size:
                last, before = self.blocks.pop(), self.blocks.pop()
                merged = np.concatenate([before, last])
                merged.sort(kind="stable")
                self.blocks.append(merged)
        return np.asarray(new | none)


# --- one file ---------------------------------------------------------------------------------------------


def _file(path: Path, report: Callable[[int], None]) -> Iterator[tuple[File, pd.DataFrame]]:
    try:
        with path.open("rb") as raw:
            zipped = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            body: Any = io.BufferedReader(gzip.GzipFile(fileobj=raw), 2**20) if zipped else raw
            head = _head(path, body)
            pieces_of = _json_pieces if head.lstrip()[:1] in (b"{", b"[") else _csv_pieces
            for found in pieces_of(path, body, head):
                yield found
                report(raw.tell())
    except (gzip.BadGzipFile, zlib.error, EOFError):
        raise McostError(f"{path}: the gzip file is broken or cut off") from None
    except IsADirectoryError:
        raise McostError(f"{path}: found a folder; expected a usage export") from None
    except FileNotFoundError:
        raise McostError(f"{path}: no such file") from None
    except OSError as error:
        raise McostError(f"{path}: cannot be read: {error.strerror or 'the system refuses it'}") from None


def _head(path: Path, body: IO[bytes]) -> bytes:
    """The start of a file, left to be read again."""
    head = body.read(2**16)
    body.seek(0)
    if not head.strip():
        raise McostError(f"{path}: found an empty file; expected a usage export")
    if b"\0" in head:
        raise McostError(f"{path}: found bytes that are no text; expected CSV, JSON or JSON lines")
    return head.removeprefix(b"\xef\xbb\xbf")


def _kind(path: Path, columns: Sequence[str]) -> Format:
    kind = detect(columns)
    if kind is None:
        named, n = ", ".join(PLAIN_NAMES.values()), len(columns)
        raise McostError(
            f"{path}: found {n} column{'' if n == 1 else 's'} of no export that is known; "
            "expected one of OpenAI, Anthropic, LiteLLM, Langfuse, Helicone or OpenTelemetry, or a CSV with "
            f"the columns {named}, and requests where a row counts several"
        )
    return kind


def _keep(file: File, got: Mapped, line_of: Callable[[int], int]) -> pd.DataFrame:
    for at, why in got.bad:
        file.refuse(line_of(at) if len(file.bad) < EXAMPLES else 0, why)
    for what, n in got.not_calls.items():
        file.not_calls[what] = file.not_calls.get(what, 0) + n
    file.told |= got.told
    file.zone_said &= got.zone_said
    return got.rows


# --- CSV --------------------------------------------------------------------------------------------------


def _csv_pieces(path: Path, body: IO[bytes], head: bytes) -> Iterator[tuple[File, pd.DataFrame]]:
    first = head.split(b"\n", 1)[0].decode("utf-8", "replace")
    parting = max(",;\t", key=first.count)
    header = next(csv.reader([first], delimiter=parting), [])
    columns = [name.strip() for name in header]
    kind = _kind(path, columns)
    file = File(path.name, kind)
    whole = kind.identity == ()
    lines = _Lines(path, parting)
    start = 0
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        reader = _reader(path, body, parting, columns, None if whole else kind.wants, _piece_rows(head))
        for frame in _told(path, reader):
            for warning in said:
                for line in re.findall(r"[Ll]ine (\d+): expected \d+ fields", str(warning.message)):
                    file.refuse(int(line), "more cells than columns")
            said.clear()
            if whole:
                frame = frame.assign(row_hash=pd.util.hash_pandas_object(frame, index=False).to_numpy())
            yield file, _keep(file, mapped(frame, kind), partial(lines.of, start))
            start += len(frame)


def _piece_rows(head: bytes) -> int:
    rows = max(1, head.count(b"\n"))
    return int(min(MOST_ROWS, max(FEWEST_ROWS, PIECE_BYTES * rows / len(head))))


def _reader(path: Path, body: IO[bytes], parting: str, columns: list[str], wants: Any, rows: int) -> Any:
    try:
        return pd.read_csv(
            body,
            sep=parting,
            names=columns,
            header=None,
            skiprows=1,
            usecols=None if wants is None else [name for name in columns if wants(name)],
            index_col=False,
            chunksize=rows,
            encoding="utf-8",
            encoding_errors="replace",
            on_bad_lines="warn",
            low_memory=False,
        )
    except pd.errors.EmptyDataError:
        return iter(())
    except pd.errors.ParserError:
        raise _not_csv(path) from None
    except ValueError:  # two columns of one name
        raise McostError(f"{path}: found two columns of one name; expected each once") from None


def _told(path: Path, reader: Any) -> Iterator[pd.DataFrame]:
    """The pieces of a CSV reader, its own errors told without the text that they quote."""
    try:
        yield from reader
    except pd.errors.EmptyDataError:
        return
    except pd.errors.ParserError:
        raise _not_csv(path) from None


def _not_csv(path: Path) -> McostError:
    return McostError(f"{path}: not CSV to its end: a quote is opened and not closed, or the file is cut off")


class _Lines:
    """The line on which a record of a CSV file stands: cells may run over several."""

    def __init__(self, path: Path, parting: str) -> None:
        self.path, self.parting = path, parting
        self.records: Iterator[int] | None = None
        self.next = 0

    def of(self, start: int, at: int) -> int:
        """Line of record ``at`` of a piece that begins with record ``start``; asked for in rising order."""
        record = start + at
        if self.records is None:
            self.records = self._starts()
        line = next(itertools.islice(self.records, record - self.next, None), 0)
        self.next = record + 1
        return line

    def _starts(self) -> Iterator[int]:
        with self.path.open("rb") as raw:
            zipped = raw.read(2) == b"\x1f\x8b"
        opened: Any = gzip.open if zipped else open
        with opened(self.path, "rt", encoding="utf-8", errors="replace", newline="") as text:
            rows = csv.reader(text, delimiter=self.parting)
            columns, line = len(next(rows)), rows.line_num + 1
            for row in rows:
                if row and len(row) <= columns:
                    yield line
                line = rows.line_num + 1


# --- JSON -------------------------------------------------------------------------------------------------


def _json_pieces(path: Path, body: IO[bytes], head: bytes) -> Iterator[tuple[File, pd.DataFrame]]:
    broken: list[int] = []
    records = _json_records(path, body, head, broken)
    first = list(itertools.islice(records, JSON_FIRST))
    if not first:
        what = "not JSON, or cut off" if broken else "found no rows; expected a usage export"
        raise McostError(f"{path}: {what}")
    file = File(path.name, _kind(path, list(dict.fromkeys(key for _, record in first for key in record))))
    kept = _kept(itertools.chain(first, records), file)
    while batch := list(itertools.islice(kept, JSON_ROWS)):
        frame = pd.DataFrame([record for _, record in batch])
        if not any(key in frame for key in file.kind.fields["time"]):
            frame[file.kind.fields["time"][0]] = None
        yield file, _keep(file, mapped(frame, file.kind), [line for line, _ in batch].__getitem__)
        for line in broken:
            file.refuse(line, "not JSON")
        broken.clear()
    for line in broken:
        file.refuse(line, "not JSON")


def _kept(records: Iterable[tuple[int, dict[str, Any]]], file: File) -> Iterator[tuple[int, dict[str, Any]]]:
    """Of each record of a call the columns that are read: texts are let go before the next one comes."""
    kind, what = file.kind, "spans that are no calls to a model"
    for line, record in records:
        if not is_call(record, kind):
            file.not_calls[what] = file.not_calls.get(what, 0) + 1
            continue
        slim = {key: value for key, value in record.items() if kind.wants(key)}
        if kind.identity == ():
            digest = hashlib.blake2b(json.dumps(record, sort_keys=True).encode(), digest_size=8)
            slim["row_hash"] = int.from_bytes(digest.digest(), "big")
        yield line, slim


def _json_records(
    path: Path, body: IO[bytes], head: bytes, broken: list[int]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line and flat record, of JSON lines or one document (line 0); ``broken`` takes lines that are none."""
    if not _is_lines(head):
        text = body.read(MOST_DOCUMENT + 1)
        if len(text) > MOST_DOCUMENT:
            raise McostError(
                f"{path}: found one JSON document of more than {MOST_DOCUMENT // 2**20} MiB; expected JSON "
                "lines, one object a line, which can be read a piece at a time"
            )
        try:
            found = json.loads(text.decode("utf-8-sig", "replace"))
        except (ValueError, RecursionError):
            raise McostError(f"{path}: not JSON, or cut off") from None
        yield from ((0, record) for record in flat_records(found))
        return
    for number, line in enumerate(body, 1):
        if line.strip():
            try:
                found = json.loads(line.decode("utf-8-sig", "replace"))
                rows = list(flat_records(found))
            except (ValueError, RecursionError, AttributeError, TypeError):
                broken.append(number)
                continue
            yield from ((number, record) for record in rows)


def _is_lines(head: bytes) -> bool:
    """Whether each line is an object of its own: the first one is, or is too long to tell."""
    first, more, _ = head.lstrip().partition(b"\n")
    if not more:
        return first[:1] == b"{"
    try:
        return isinstance(json.loads(first.decode("utf-8", "replace")), dict)
    except (ValueError, RecursionError):
        return False
