"""A portfolio as a file: CSV or Parquet, one row a scenario, written whole."""

from __future__ import annotations

from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from mcost import whole_files
from mcost.errors import McostError, shown

if TYPE_CHECKING:
    import pandas as pd

ENDINGS = (".csv", ".parquet")


def check(path: Path, *, replace: bool) -> None:
    """McostError where a result could not be written to a path; replace : whether one may be there."""
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise McostError(
            f"{path}: found {f'the ending {shown(ending)}' if ending else 'no ending'}; "
            f"expected {' or '.join(ENDINGS)}"
        )
    if ending == ".parquet" and find_spec("pyarrow") is None:
        raise McostError(
            ".parquet needs a library that is not here: pip install 'mcost[parquet]', or choose .csv"
        )
    whole_files.check([path], replace=replace)


def write(frame: pd.DataFrame, path: Path, *, replace: bool) -> None:
    """McostError where it cannot be written, or where a file came meanwhile that may not be replaced."""
    if path.suffix.lower() == ".parquet":
        buffer = BytesIO()
        frame.to_parquet(buffer, engine="pyarrow", index=False)
        data = buffer.getvalue()
    else:
        data = frame.to_csv(index=False, lineterminator="\n").encode()
    whole_files.write_whole(path, data, replace=replace)
