"""The content of a scenario as a hash: of its text, and of all that other files and tables put into it."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from mcost.known_models import begins
from mcost.scenario import Scenario


def content(scenario: Scenario) -> str:
    """A hash that is the same in every process, and another one where anything read was another.

    The scenario's own hash is that of its text. This one covers what the text refers to besides: priors of
    the catalogue and of files, samples, and the price table.
    """
    laws = {name: prior.law for name, prior in scenario.inputs.items()}
    held = (scenario.sha256, str(begins(scenario.start)), laws, dict(scenario.facts))
    digest = hashlib.sha256()
    for piece in _pieces(held):
        digest.update(len(piece).to_bytes(8, "big") + piece)
    return digest.hexdigest()


def _pieces(value: Any) -> Iterator[bytes]:
    """The value as bytes, piece by piece, without what an object keeps for later once it has been used."""
    if is_dataclass(value) and not isinstance(value, type):
        yield type(value).__qualname__.encode()
        for field in fields(value):
            yield from _pieces(getattr(value, field.name))
    elif isinstance(value, np.ndarray):
        yield f"{value.dtype} {value.shape}".encode()
        yield value.tobytes()
    elif isinstance(value, Mapping):
        yield f"{len(value)} keys".encode()
        for key, held in value.items():
            yield from _pieces(key)
            yield from _pieces(held)
    elif isinstance(value, list | tuple):
        yield f"{len(value)} items".encode()
        for held in value:
            yield from _pieces(held)
    else:
        yield value.encode() if isinstance(value, str) else pickle.dumps(value, protocol=5)
