"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from mcost.errors import McostError


def write_whole(path: Path, data: bytes, *, replace: bool = False) -> None:
    """Write a file under another name first: an interrupt or a full disk leaves nothing half written.

    Raises FileExistsError where there is a file already that may not be replaced, also one that came
    meanwhile; McostError where the file cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        try:
            part.write_bytes(data)
            if replace:
                part.replace(path)
            else:
                os.link(part, path)
        finally:
            part.unlink(missing_ok=True)
    except FileExistsError:
        raise
    except OSError as error:
        raise McostError(f"{path}: cannot be written: {error.strerror or error}") from None
