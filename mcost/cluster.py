"""A Dask cluster that runs already, as an executor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from mcost.errors import McostError
from mcost.version import VERSION

PATIENCE = 10
"""Seconds in which a cluster must answer."""


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """The workers of the cluster at ``tcp://host:port``; it is left running.

    Raises McostError where Dask is not installed, nobody answers, or a worker has not this version of mcost.
    """
    try:
        from distributed import Client
    except ImportError:
        raise McostError("--cluster needs a library that is not here: pip install 'mcost[cluster]'") from None
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        told = " ".join(str(error).split())
        raise McostError(
            f"--cluster {address}: cannot be reached: {told}; expected a scheduler's address, such as "
            "tcp://127.0.0.1:8786"
        ) from None
    with client:
        _check_versions(address, client.run(_version_there()))
        yield client.get_executor(pure=False)


def _version_there() -> Callable[[], str | None]:
    """A function that travels by its code, not by its name: a worker may have no mcost to find it in."""

    def version() -> str | None:
        try:
            from mcost.version import VERSION as THERE
        except ImportError:
            return None
        return THERE

    return version


def _check_versions(address: str, versions: dict[str, str | None]) -> None:
    for worker, version in versions.items():
        if version != VERSION:
            has = f"mcost {version}" if version else "no mcost"
            raise McostError(f"--cluster {address}: worker {worker} has {has}; expected mcost {VERSION}")
