"""Files that are written whole or not at all, and over others only where that was asked for."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

from mcost.errors import McostError

_NO_LINKS = {errno.EPERM, errno.EACCES, errno.ENOSYS, errno.EMLINK, errno.EOPNOTSUPP}
"""What a file system says that has no second names for a file."""


def check(paths: Iterable[Path], *, replace: bool = False) -> None:
    """McostError where a file cannot go to one of the paths.

    That is where there is no folder for it, where a folder stands or something else that is no file, and,
    unless it may be replaced, where there is anything at all: a link that leads nowhere too.
    """
    there = []
    for path in paths:
        if not path.parent.is_dir():
            raise McostError(f"{path}: found {_instead(path.parent)}")
        if path.is_dir():
            raise McostError(f"{path}: found a folder; expected a file")
        if path.exists() and not path.is_file():
            raise McostError(f"{path}: found a device; expected a file")
        if os.path.lexists(path) and not replace:
            there.append(path)
    if there:
        more = f" and {len(there) - 1} more" if len(there) > 1 else ""
        raise McostError(
            f"{there[0]}{more}: this exists already, and is not overwritten; --force replaces it"
        )


def _instead(folder: Path) -> str:
    there = os.path.lexists(folder)
    return f"a file {folder}; expected a folder" if there else f"no folder {folder}"


def write_whole(path: Path, data: bytes, *, replace: bool = False) -> None:
    """Write one file; see :func:`write_all`."""
    write_all({path: data}, replace=replace)


def write_all(files: Mapping[Path, bytes], *, replace: bool = False, making: Path | None = None) -> None:
    """Write files: all of them to the disk under other names first, and only then under their own.

    So a full disk, an error or an interrupt leaves what was there before, and nothing half written.

    replace : whether files that exist may be replaced; they keep their mode, and a link stays a link: what it
        leads to is replaced. making : a folder that is made, with those above it, where there is none.

    Raises McostError as :func:`check` does, where a file came meanwhile, and where one cannot be written.
    """
    made = [] if making is None else _make(making)
    parts: dict[Path, Path] = {}
    placed: list[Path] = []
    try:
        check(files, replace=replace)
        for path, data in files.items():
            at = Path(os.path.realpath(path)) if replace else path
            parts[at] = at.with_name(f".mcost-{token_hex(8)}")  # known before it is there: always removed
            with _told(path):
                _fill(parts[at], data, at)
        for at, part in parts.items():
            with _told(at):
                if replace:
                    part.replace(at)
                else:
                    _place(part, at)
                    placed.append(at)
    except BaseException:
        for at in placed:
            at.unlink(missing_ok=True)
        _remove(parts.values(), made)
        raise
    _remove(parts.values(), ())
    for folder in {at.parent for at in parts}:
        _settle(folder)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What the system says while a file is written, as a McostError that names the file."""
    try:
        yield
    except FileExistsError:
        check([path])
        raise
    except OSError as error:
        raise McostError(f"{path}: cannot be written: {error.strerror or error}") from None


def _fill(part: Path, data: bytes, at: Path) -> None:
    """A new file with all of the data on the disk, and the mode of the one that it is to replace."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(part, flags, 0o666), "wb") as file:
        if at.exists():
            part.chmod(stat.S_IMODE(at.stat().st_mode))
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _place(part: Path, at: Path) -> None:
    """Give a file its name; FileExistsError where there is one of that name, also one that came meanwhile."""
    try:
        os.link(part, at)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if os.path.lexists(at):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(at)) from None
        part.rename(at)


def _settle(folder: Path) -> None:
    """The names in a folder to the disk too, where a system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _make(folder: Path) -> list[Path]:
    """Make a folder and those above it; the ones that were made, the outermost first."""
    missing = [each for each in (folder, *folder.parents) if not os.path.lexists(each)][::-1]
    made: list[Path] = []
    for each in missing:
        try:
            each.mkdir(exist_ok=True)
        except OSError as error:
            _remove((), made)
            raise McostError(f"{each}: cannot be made: {error.strerror or error}") from None
        made.append(each)
    return made


def _remove(parts: Iterable[Path], folders: Iterable[Path]) -> None:
    for part in parts:
        part.unlink(missing_ok=True)
    for folder in reversed([*folders]):
        with suppress(OSError):  # another has put something in meanwhile
            folder.rmdir()
