"""An answer into a memo's files: which kinds there are, and each file whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from mcost.answer import Answer
from mcost.errors import McostError, shown
from mcost.figures.ground import Ground
from mcost.report.album import Album
from mcost.report.html import html
from mcost.report.layout import Memo, Plate
from mcost.report.markdown import markdown
from mcost.report.memo import FIGURES, memo
from mcost.report.office import library
from mcost.report.slides import slides
from mcost.report.word import word
from mcost.studies import studies
from mcost.tipping import DRAWS, need
from mcost.whole_files import write_whole

Files = Mapping[Path, bytes]
Progress = Callable[[int, int], None]


def _html(made: Memo, album: Album, path: Path) -> Files:
    return {path: html(made, album.picture).encode()}


def _markdown(made: Memo, album: Album, path: Path) -> Files:
    folder = _beside(path)
    shown = [p for s in (*made.sections, *made.appendix) for p in s.parts if isinstance(p, Plate)]
    pictures = {folder / f"{plate.name}.png": album.picture(plate.name, "png") for plate in shown}
    return {**pictures, path: markdown(made, folder.name).encode()}


def _word(made: Memo, album: Album, path: Path) -> Files:
    return {path: word(made, album.picture)}


def _slides(made: Memo, album: Album, path: Path) -> Files:
    return {path: slides(made, album.picture)}


KINDS: Mapping[str, Callable[[Memo, Album, Path], Files]] = {
    ".html": _html,
    ".md": _markdown,
    ".docx": _word,
    ".pptx": _slides,
}
LIBRARIES = {".docx": "docx", ".pptx": "pptx"}


def check(path: Path, *, force: bool = False) -> None:
    """McostError where a memo cannot go to a path: its ending, its folder, its library, what is there."""
    ending = path.suffix.lower()
    if ending not in KINDS:
        raise McostError(
            f"{path}: found {f'the ending {shown(ending)}' if ending else 'no ending'}; "
            "expected .html, .md, .docx or .pptx"
        )
    if ending in LIBRARIES:
        library(LIBRARIES[ending], ending)
    if not path.parent.is_dir():
        raise McostError(f"{path}: found no folder {path.parent}")
    if path.is_dir():
        raise McostError(f"{path}: found a folder; expected a file")
    if not force:
        for there in (path, *([_beside(path)] if ending == ".md" else [])):
            _refuse(there)


def composed(
    answer: Answer, candidate: str | None = None, *, command: str, progress: Progress | None = None
) -> tuple[Memo, Album]:
    """The memo on an answer, and its figures; every analysis is made here.

    candidate : whom it is about; unsaid, the one that the verdict speaks of last. command : what makes it
    again. progress : called with the inputs looked at, and those there are.

    Raises McostError for an unknown candidate, and for fewer than 20 draws of what is uncertain.
    """
    ground = Ground.of(answer, candidate)
    album = Album(ground, FIGURES)
    needed = None
    if ground.candidate is not None:
        needed = need(
            answer.scenario,
            candidate=ground.candidate,
            draws=min(answer.draws, DRAWS),
            seed=answer.seed,
            progress=progress,
        )
    return memo(answer, ground.why, needed, studies(answer), album.plates, command), album


def write(made: Memo, album: Album, path: Path, *, force: bool = False) -> list[Path]:
    """Write a memo, its pictures first; the files written. McostError as ``check``, or where it fails."""
    check(path, force=force)
    files = KINDS[path.suffix.lower()](made, album, path)
    for file, data in files.items():
        _put(file, data, force=force)
    return list(files)


def _beside(path: Path) -> Path:
    """The folder for the pictures of a Markdown file."""
    return path.with_name(f"{path.stem}-figures")


def _refuse(path: Path) -> None:
    if os.path.lexists(path):
        raise McostError(f"{path}: this exists already, and is not overwritten; --force replaces it")


def _put(path: Path, data: bytes, *, force: bool) -> None:
    try:
        path.parent.mkdir(exist_ok=True)
        write_whole(path, data, replace=force)
    except OSError as error:
        _refuse(path) if isinstance(error, FileExistsError) else None
        raise McostError(f"{path}: cannot be written: {error.strerror or error}") from None
