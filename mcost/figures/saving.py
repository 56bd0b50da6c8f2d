"""Figures into a folder: pictures, and beside each what it says; all of them or none."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from mcost.errors import McostError, nearest, shown
from mcost.figures.encoding import FORMATS, encode
from mcost.figures.gallery import GALLERY
from mcost.figures.ground import Ground
from mcost.figures.picture import Picture
from mcost.figures.style import SIZES, Size
from mcost.whole_files import write_all

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


def drawn(
    ground: Ground,
    folder: Path,
    chosen: Sequence[Picture],
    forms: Sequence[str],
    wanted: Sequence[Size],
    progress: Progress | None = None,
) -> tuple[dict[Path, bytes], list[str]]:
    """Draw figures: each file with its bytes, and for each figure left out why there is nothing to show.

    progress : called with the figures done, and those planned.
    """
    files = targets(folder, chosen, forms, wanted)
    made: dict[Path, bytes] = {}
    left_out = []
    for done, picture in enumerate(chosen):
        if progress is not None:
            progress(done, len(chosen))
        if (why_not := picture.nothing(ground)) is not None:
            left_out.append(f"{picture.name}: {why_not}.")
            continue
        caption = picture.caption(ground)
        for size in wanted:
            figure = picture.figure(ground, size.name)
            for form in forms:
                data = encode(figure, form, size, picture.name, caption, ground.facts)
                made[files[picture.name, size.name, form]] = data
            names = [files[picture.name, size.name, form].name for form in forms]
            said = {"figure": picture.name, "size": size.name, "files": names}
            sidecar = json.dumps(
                said | asdict(caption) | {"facts": dict(ground.facts)}, indent=1, ensure_ascii=False
            )
            made[files[picture.name, size.name, SIDECAR]] = f"{sidecar}\n".encode()
    return made, left_out


def save(
    ground: Ground,
    folder: Path,
    chosen: Sequence[Picture],
    forms: Sequence[str],
    wanted: Sequence[Size],
    *,
    force: bool = False,
) -> tuple[list[Path], list[str]]:
    """Draw and write figures, all of them or none; the files written, and what :func:`drawn` left out.

    force : whether files that exist are replaced. Raises McostError where one exists, or cannot be written.
    """
    made, left_out = drawn(ground, folder, chosen, forms, wanted)
    write_all(made, replace=force, making=folder)
    return list(made), left_out
