"""Where the files that travel with the program are: in the wheel beside the code, in a checkout beside it."""

from __future__ import annotations

from pathlib import Path

from mcost.errors import McostError, nearest, shown


def folder(name: str) -> Path:
    """The folder ``distributions`` or ``scenarios``."""
    here = Path(__file__).resolve().parent
    return here / name if (here / name).is_dir() else here.parent / name


def scenario_names() -> list[str]:
    """Names of the shipped scenarios, sorted."""
    return sorted(file.stem for file in folder("scenarios").glob("*.toml"))


def find_scenario(name: str) -> Path:
    """The scenario file that ``name`` means: a path, or the name of a shipped scenario.

    Raises McostError, with the nearest name, where there is neither.
    """
    if not name:
        raise McostError('found ""; expected a scenario file, or the name of a shipped scenario')
    path = Path(name)
    if _is_there(path):
        return path
    shipped = folder("scenarios") / f"{path.name.removesuffix('.toml')}.toml"
    if path.name in (name, f"{name}.toml") and _is_there(shipped):
        return shipped
    if len(name) < 256 and path.is_dir():
        raise McostError(f"{name}: found a folder; expected a scenario file")
    hint = nearest(path.stem, scenario_names())
    raise McostError(f"{shown(name)[1:-1]}: no such file, and no shipped scenario{hint}")


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False


def read_text(path: Path) -> str:
    """The text of a scenario file; McostError where it cannot be read as UTF-8 text of at most 1 MiB."""
    try:
        if path.stat().st_size > 2**20:
            raise McostError(
                f"{path}: found {path.stat().st_size:,} bytes; expected a scenario of at most 1 MiB"
            )
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise McostError(f"{path}: cannot be read: {error.strerror or shown(str(error))}") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise McostError(f"{path}:{line}: found a byte that is not UTF-8; save the file as UTF-8") from None
