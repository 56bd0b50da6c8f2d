"""Files that are written whole or not at all: full disks, interrupts, links, and what is there already."""

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mcost import whole_files
from mcost.errors import McostError
from mcost.whole_files import check, write_all, write_whole

EXISTS = "this exists already, and is not overwritten; --force replaces it"


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_a_file_is_written_whole_and_never_over_another(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    write_whole(path, b"title\n")
    assert path.read_bytes() == b"title\n"
    with pytest.raises(McostError) as error:
        write_whole(path, b"other\n")
    assert str(error.value) == f"{path}: {EXISTS}"
    assert path.read_bytes() == b"title\n"
    write_whole(path, b"other\n", replace=True)
    assert path.read_bytes() == b"other\n"
    assert names(tmp_path) == ["a.toml"]


def test_a_new_file_has_the_users_mode_and_a_replaced_one_keeps_its_own(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    before = os.umask(0o027)
    try:
        write_whole(path, b"1")
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        path.chmod(0o604)
        write_whole(path, b"2", replace=True)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o604


def test_of_several_none_is_written_where_one_exists(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a", "b", "c")]
    paths[1].write_text("mine")
    paths[2].write_text("mine")
    with pytest.raises(McostError) as error:
        write_all(dict.fromkeys(paths, b"new"))
    assert str(error.value) == f"{paths[1]} and 1 more: {EXISTS}"
    assert names(tmp_path) == ["b", "c"]
    assert paths[1].read_text() == "mine"


def test_a_name_taken_while_writing_is_left_alone_and_the_others_are_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    link = os.link

    def late(part: Path, at: Path) -> None:
        if at == second:
            second.write_text("somebody else's")
        link(part, at)

    monkeypatch.setattr(whole_files.os, "link", late)
    with pytest.raises(McostError) as error:
        write_all({first: b"mine", second: b"mine"})
    assert str(error.value) == f"{second}: {EXISTS}"
    assert names(tmp_path) == ["b"]
    assert second.read_text() == "somebody else's"


def test_where_no_file_has_two_names_it_is_renamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(part: Path, at: Path) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(whole_files.os, "link", no_links)
    path = tmp_path / "a"
    write_whole(path, b"1")
    assert path.read_bytes() == b"1"
    with pytest.raises(McostError, match="exists already"):
        write_whole(path, b"2")
    assert names(tmp_path) == ["a"]


# --- where it cannot go -----------------------------------------------------------------------------------


def test_places_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    cases = {
        tmp_path / "no" / "a": f"found no folder {tmp_path / 'no'}",
        tmp_path / "file" / "a": f"found a file {tmp_path / 'file'}; expected a folder",
        tmp_path / "folder": "found a folder; expected a file",
        Path(os.devnull): "found a device; expected a file",
    }
    for path, said in cases.items():
        for replace in (False, True):
            with pytest.raises(McostError) as error:
                check([path], replace=replace)
            assert str(error.value) == f"{path}: {said}"
            with pytest.raises(McostError):
                write_whole(path, b"x", replace=replace)
    assert names(tmp_path) == ["file", "folder"]
    assert Path(os.devnull).is_char_device()


def test_a_link_is_something_that_exists_and_by_force_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    target, link, loose = tmp_path / "far" / "target", tmp_path / "link", tmp_path / "loose"
    target.write_text("old")
    link.symlink_to(target)
    loose.symlink_to(tmp_path / "far" / "nowhere")
    for path in (link, loose):
        with pytest.raises(McostError, match="exists already"):
            write_whole(path, b"new")
        write_whole(path, b"new", replace=True)
        assert path.is_symlink()
        assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["far", "far/nowhere", "far/target", "link", "loose"]


def test_a_folder_is_made_with_those_above_it_and_taken_back_where_writing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "a" / "b"
    write_all({folder / "x": b"1"}, making=folder)
    write_all({folder / "y": b"1"}, making=folder)
    assert names(tmp_path) == ["a", "a/b", "a/b/x", "a/b/y"]
    monkeypatch.setattr(whole_files.os, "fsync", full)
    other = tmp_path / "c" / "d"
    with pytest.raises(McostError):
        write_all({other / "x": b"1"}, making=other)
    assert not (tmp_path / "c").exists()
    under_a_file = folder / "x" / "z"
    with pytest.raises(McostError) as error:
        write_all({under_a_file / "q": b""}, making=under_a_file)
    assert str(error.value) == f"{under_a_file}: cannot be made: Not a directory"


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="Linux has a folder in which nobody can write")
def test_a_folder_that_takes_no_files() -> None:
    path = Path("/sys/kernel/mcost.html")
    with pytest.raises(McostError, match=rf"^{path}: cannot be written: .+$"):
        write_whole(path, b"x")


def test_a_folder_that_may_only_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(path: Any, flags: int, mode: int = 0o777) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), path)

    monkeypatch.setattr(whole_files.os, "open", read_only)
    with pytest.raises(McostError) as error:
        write_whole(tmp_path / "a", b"x")
    assert str(error.value) == f"{tmp_path / 'a'}: cannot be written: Read-only file system"
    assert names(tmp_path) == []


# --- what stops it in the middle --------------------------------------------------------------------------


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize("at", ["open", "fsync", "link", "replace", "chmod"])
@pytest.mark.parametrize("stop", [full, interrupted])
@pytest.mark.parametrize("nth", [1, 2])
def test_whenever_it_is_stopped_what_was_there_is_there_and_nothing_else(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    replace: bool,
    at: str,
    stop: Callable[..., None],
    nth: int,
) -> None:
    old = {"a": b"old a", "b": b"old b"} if replace else {}
    for name, data in old.items():
        (tmp_path / name).write_bytes(data)
    calls = []
    where = Path if at in ("replace", "chmod") else whole_files.os
    real = getattr(where, at)

    def nth_time(*arguments: Any, **named: Any) -> Any:
        calls.append(arguments)
        return stop() if len(calls) == nth else real(*arguments, **named)

    monkeypatch.setattr(where, at, nth_time)
    new = {tmp_path / "a": b"new a" * 10_000, tmp_path / "b": b"new b"}
    if stops := (at, replace) in STOPPED:
        with pytest.raises(McostError if stop is full else KeyboardInterrupt) as error:
            write_all(new, replace=replace)
        told = {f"{path}: cannot be written: No space left on device" for path in new}
        assert str(error.value) in (told if stop is full else {""})
    else:
        write_all(new, replace=replace)
    monkeypatch.undo()
    there = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    whole = {path.name: data for path, data in new.items()}
    if at == "replace" and replace and nth == 2:  # a rename cannot be taken back: each file is whole
        assert there == {"a": whole["a"], "b": old["b"]}
    else:
        assert there == (old if stops else whole)


STOPPED = {(at, replace) for at in ("open", "fsync") for replace in (False, True)}
STOPPED |= {("link", False), ("replace", True), ("chmod", True)}
"""What is called for new files, and for files that are replaced."""


def test_a_disk_that_takes_a_part_only(tmp_path: Path) -> None:
    """The system itself stops the writing, part of the file on the disk."""
    pytest.importorskip("resource", reason="this system sets no limit to a file's size")
    code = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from mcost.errors import McostError\n"
        "from mcost.whole_files import write_whole\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))\n"
        "try: write_whole(Path(sys.argv[1]), b'x' * 100_000, replace=True)\n"
        "except McostError as error: print(error)\n"
    )
    path = tmp_path / "a"
    path.write_text("old")
    run = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert run.stdout == f"{path}: cannot be written: File too large\n"
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a"]
