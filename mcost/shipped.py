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
    path = Path(name)
    if path.is_file():
        return path
    shipped = folder("scenarios") / f"{path.name.removesuffix('.toml')}.toml"
    if path.name in (name, f"{name}.toml") and shipped.is_file():
        return shipped
    if path.is_dir():
        raise McostError(f"{name}: found a folder; expected a scenario file")
    raise McostError(f"{name}: no such file, and no shipped scenario{nearest(path.stem, scenario_names())}")


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
        raise McostError(f"{path}: byte {error.start} is not UTF-8 text") from None
