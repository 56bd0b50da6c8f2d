"""What a manifest holds, laid out as files in a folder of its own: no path of a manifest is followed."""

from __future__ import annotations

import base64
import hashlib
from collections import deque
from pathlib import Path, PurePosixPath, PureWindowsPath

from mcost.errors import McostError, NotationError, shown
from mcost.manifest import FileThen, Manifest, ScenarioThen
from mcost.samples import locate


class LaidOut:
    """What a manifest holds, as files: each scenario in a folder of its own, and what else was given.

    scenarios : path -> what the manifest tells of it. names : path -> what an option calls it.
    """

    def __init__(self, manifest: Manifest, folder: Path, beside: Path | None) -> None:
        self._folder, self._beside = folder, beside
        self._given = deque(manifest.given)
        self.scenarios: dict[str, ScenarioThen] = {}
        for i, then in enumerate(manifest.scenarios):
            self.scenarios[str(_scenario(then, folder / f"scenario {i}", beside))] = then
        self.names: dict[str, str] = {}
        self._beyond = deque([*self.scenarios][len(manifest.called) :])

    def scenario(self, name: str) -> str:
        """The path of a scenario that an option names: the next one of those that no argument named."""
        if not self._beyond:
            raise McostError(f"the manifest holds no scenario for {shown(name)}")
        self.names[self._beyond[0]] = name
        return self._beyond.popleft()

    def given(self, name: str) -> str:
        """The path of a file or folder that was given: the next one. Beside a verdict lies its scenario."""
        if not _below(name):
            raise McostError(f"the manifest's given: found {shown(name)}; expected a name below a folder")
        place = self._folder / f"given {len(self._given)}"
        while self._given and (self._given[0].name == name or self._given[0].name.startswith(f"{name}/")):
            kept = self._given.popleft()
            _put(kept, place, self._beside)
            if kept.name == name:
                break
        if not (place / name).exists():
            raise McostError(f"the manifest holds no file for {shown(name)}")
        for own, then in self.scenarios.items():
            if own in self._beyond and then.file is not None and not (place / then.file).exists():
                _scenario(then, place, self._beside)
        path = str(place / name)
        self.names[path] = name
        return path


def _put(kept: FileThen, folder: Path, beside: Path | None) -> None:
    """A file that a manifest holds, below a folder."""
    if not _below(kept.name):
        raise McostError(f"the manifest's files: found {shown(kept.name)}; expected a name below a folder")
    file = folder / kept.name
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_content(kept, beside))
    except (OSError, ValueError):
        raise McostError(f"the manifest's files: {shown(kept.name)} cannot be laid out") from None


def _scenario(then: ScenarioThen, folder: Path, beside: Path | None) -> Path:
    """The scenario's file in a folder, and the files that it names below it."""
    folder.mkdir(exist_ok=True)
    for kept in then.files:
        _put(kept, folder, beside)
    path = folder / (then.file or "scenario.json")
    try:
        path.write_text(then.text, encoding="utf-8", newline="")
    except (OSError, ValueError):  # a name that no file can have, or half a character
        raise McostError(f"the manifest's scenario: {shown(path.name)} cannot be laid out") from None
    return path


def _below(name: str) -> bool:
    """Whether a name leads to a place below the folder that it is put in, on any system."""
    path = PurePosixPath(name)
    elsewhere = path.is_absolute() or PureWindowsPath(name).drive or "\\" in name
    return bool(path.parts) and not elsewhere and ".." not in path.parts


def _content(kept: FileThen, beside: Path | None) -> bytes:
    """What a file held then."""
    if kept.content is not None:
        try:
            data = base64.b64decode(kept.content, validate=True)
        except ValueError:
            raise McostError(f"the manifest's files: {shown(kept.name)}: not base64") from None
    else:
        if beside is None:
            raise McostError(
                f"the manifest does not hold {shown(kept.name)}, a log or a large file; give --files FOLDER, "
                "the folder in which it lies"
            )
        try:
            data = locate(kept.name, beside, "--files").read_bytes()
        except NotationError as error:
            raise McostError(str(error)) from None
    if hashlib.sha256(data).hexdigest() != kept.sha256:
        raise McostError(f"{kept.name}: found other content than the manifest tells of, by its hash")
    return data
