"""An answer into a memo's files: which kinds there are, and each file whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import cast

from mcost import whole_files
from mcost.answer import Answer
from mcost.errors import McostError, shown
from mcost.figures.ground import Ground
from mcost.manifest import NUMBERS, PICTURES, Ending, Manifest, Output
from mcost.manifest_file import as_html, as_markdown, as_xml
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
from mcost.whole_files import write_all

Progress = Callable[[int, int], None]
Record = Callable[..., Manifest]
"""Makes the manifest of a memo, given ``output`` and ``libraries``."""


KINDS = (".html", ".md", ".docx", ".pptx")
LIBRARIES = {".docx": "docx", ".pptx": "pptx"}
PACKAGES = {".html": "jinja2", ".docx": "python-docx", ".pptx": "python-pptx"}
"""On which the bytes of a memo rest, beyond the numbers and the pictures."""


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
    whole_files.check([path], replace=force)
    if ending == ".md" and not force and os.path.lexists(folder := _beside(path)):
        raise McostError(f"{folder}: this exists already, and is not overwritten; --force replaces it")


def composed(
    answer: Answer, candidate: str | None = None, *, command: str, progress: Progress | None = None
) -> tuple[Memo, Album]:
    """The memo on an answer, and its figures; every analysis is made here.

    candidate : whom it is about; unsaid, the one that the verdict speaks of last. command : what makes it
    again. progress : called with the inputs looked at, and those there are.

    Raises McostError for an unknown candidate.
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


def write(
    made: Memo, album: Album, path: Path, *, force: bool = False, manifest: Record | None = None
) -> list[Path]:
    """Write a memo, its pictures first, all of it or nothing; the files written.

    manifest : makes what is put into the file, unseen, to make the memo again.

    Raises McostError as ``check``, or where it fails.
    """
    check(path, force=force)
    ending, folder = path.suffix.lower(), _beside(path)
    pictures = _pictures(made, album) if ending == ".md" else {}
    record = None
    if manifest is not None:
        output = Output(
            ending=cast(Ending, ending),
            pictures=folder.name if pictures else None,
            files={f"{folder.name}/{name}": sha256(data).hexdigest() for name, data in pictures.items()},
        )
        packages = [PACKAGES[ending]] if ending in PACKAGES else []
        record = manifest(output=output, libraries=(*NUMBERS, *PICTURES, *packages))
    files = {folder / name: data for name, data in pictures.items()}
    files[path] = _memo(made, album, ending, folder.name, record)
    write_all(files, replace=force, making=folder if pictures else None)
    return list(files)


def _memo(made: Memo, album: Album, ending: str, folder: str, manifest: Manifest | None) -> bytes:
    """The file's bytes. folder : of the pictures of a Markdown file."""
    if ending == ".html":
        return html(made, album.picture, "" if manifest is None else as_html(manifest)).encode()
    if ending == ".md":
        return (markdown(made, folder) + ("" if manifest is None else f"\n{as_markdown(manifest)}")).encode()
    office = word if ending == ".docx" else slides
    return office(made, album.picture, None if manifest is None else as_xml(manifest))


def _pictures(made: Memo, album: Album) -> dict[str, bytes]:
    """The pictures that lie beside a Markdown file."""
    shown = [p for s in (*made.sections, *made.appendix) for p in s.parts if isinstance(p, Plate)]
    return {f"{plate.name}.png": album.picture(plate.name, "png") for plate in shown}


def _beside(path: Path) -> Path:
    """The folder for the pictures of a Markdown file."""
    return path.with_name(f"{path.stem}-figures")
