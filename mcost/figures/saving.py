"""Figures into a folder: pictures, and beside each what it says; whole or not at all, over nothing else."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from mcost.errors import McostError, nearest, shown
from mcost.figures.encoding import FORMATS, encode
from mcost.figures.gallery import GALLERY
from mcost.figures.ground import Ground
from mcost.figures.picture import Picture
from mcost.figures.style import SIZES, Size
from mcost.whole_files import write_whole

BOTH = "both"
SIDECAR = "json"
_SUFFIX = {"document": "", "slide": "-slide"}

Progress = Callable[[int, int], None]


def sizes(for_: str) -> tuple[Size, ...]:
    """The sizes that ``document``, ``slide`` or ``both`` mean; McostError for anything else."""
    if for_ == BOTH:
        return tuple(SIZES.values())
    if for_ not in SIZES:
        raise McostError(
            f"for: found {shown(for_)}; expected document, slide or both{nearest(for_, (*SIZES, BOTH))}"
        )
    return (SIZES[for_],)


def pictures(names: Sequence[str]) -> tuple[Picture, ...]:
    """The figures of these names, all where there are none; McostError for a name that is none."""
    for name in names:
        if name not in GALLERY:
            raise McostError(f"found {shown(name)}; no such figure{nearest(name, GALLERY)}")
    return tuple(GALLERY[name] for name in dict.fromkeys(names)) or tuple(GALLERY.values())


def formats(names: Sequence[str]) -> tuple[str, ...]:
    """File formats by their names; McostError for one that is none, or where there are none."""
    for name in names:
        if name not in FORMATS:
            raise McostError(f"format: found {shown(name)}; expected png, svg or pdf{nearest(name, FORMATS)}")
    if not names:
        raise McostError("format: found none; expected png, svg or pdf")
    return tuple(dict.fromkeys(names))


def targets(
    folder: Path, chosen: Sequence[Picture], forms: Sequence[str], wanted: Sequence[Size]
) -> dict[tuple[str, str, str], Path]:
    """Figure, size and format -> its file; under the format ``json`` what the figure says."""
    return {
        (picture.name, size.name, form): folder / f"{picture.name}{_SUFFIX[size.name]}.{form}"
        for picture in chosen
        for size in wanted
        for form in (*forms, SIDECAR)
    }


def save(
    ground: Ground,
    folder: Path,
    chosen: Sequence[Picture],
    forms: Sequence[str],
    wanted: Sequence[Size],
    *,
    force: bool = False,
    progress: Progress | None = None,
) -> tuple[list[Path], list[str]]:
    """Draw and write figures.

    force : whether files that exist are replaced. progress : called with the figures done, and those planned.

    Returns the files written, and for each figure left out why there is nothing to show.

    Raises McostError where a file exists already, or the folder cannot be written to.
    """
    files = targets(folder, chosen, forms, wanted)
    if not force:
        refuse(files.values())
    written, left_out = [], []
    for done, picture in enumerate(chosen):
        if progress is not None:
            progress(done, len(chosen))
        if (why_not := picture.nothing(ground)) is not None:
            left_out.append(f"{picture.name}: {why_not}.")
            continue
        caption = picture.caption(ground)
        for size in wanted:
            figure = picture.figure(ground, size.name)
            made = {
                files[picture.name, size.name, form]: encode(
                    figure, form, size, picture.name, caption, ground.facts
                )
                for form in forms
            }
            said = {"figure": picture.name, "size": size.name, "files": [path.name for path in made]}
            sidecar = json.dumps(
                said | asdict(caption) | {"facts": dict(ground.facts)}, indent=1, ensure_ascii=False
            )
            made[files[picture.name, size.name, SIDECAR]] = f"{sidecar}\n".encode()
            for path, data in made.items():
                _write(path, data, force)
                written.append(path)
    return written, left_out


def refuse(paths: Iterable[Path]) -> None:
    """McostError where a file exists already."""
    there = [path for path in paths if os.path.lexists(path)]
    if there:
        more = f" and {len(there) - 1} more" if len(there) > 1 else ""
        raise McostError(f"{there[0]}{more}: found a file; expected none there, or --force to replace it")


def _write(path: Path, data: bytes, force: bool) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, data, replace=force)
    except FileExistsError:
        refuse([path])
        raise McostError(f"{path.parent}: found a file; expected a folder") from None
    except OSError as error:
        raise McostError(f"{path}: cannot be written: {error.strerror or error}") from None
