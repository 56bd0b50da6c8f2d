"""The command of a manifest, run again: its scenario from the manifest, what it makes in a folder of its own.

No path of a manifest is followed. A scenario and the files that it names are written to an empty folder and
read from there; options are those that the command itself would have recorded, and click reads them.
"""

from __future__ import annotations

import base64
import hashlib
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path, PurePosixPath, PureWindowsPath
from tempfile import TemporaryDirectory
from typing import Any

import click

from mcost.cli import common
from mcost.errors import McostError, NotationError, nearest, shown
from mcost.manifest import FileThen, Manifest, ScenarioThen
from mcost.samples import locate
from mcost.scenario import Scenario, load
from mcost.settled import settled
from mcost.source import data_of

WRITTEN = ("figures", "report")
"""Commands that write files; all others print JSON."""

PRINTED = ("run", "why", "need", "map", "compare", "quick", "check", "portfolio", "review", "fit")
OWN_READERS = ("compare", "quick", "portfolio", "review")
"""Commands that read a scenario by themselves, so that nothing can be put in its place."""


@dataclass(frozen=True)
class Kept(common.Reader):
    """Reads the scenarios of a manifest, by the names that they were given here."""

    scenarios: Mapping[str, ScenarioThen]
    names: Mapping[str, str]
    as_recorded: bool

    def load(self, name: str, *, set: Sequence[str]) -> Scenario:
        then = self.scenarios[name]
        if then.form == "json":
            built = Scenario(Path(name).parent, **data_of(then.text))
        else:
            built = load(name, set=set)
        return settled(built, then) if self.as_recorded else built

    def called(self, name: str) -> str:
        return self.names[name]


def made_again(
    manifest: Manifest, *, beside: Path | None = None, as_recorded: bool = False
) -> dict[str, bytes]:
    """The files that the command of a manifest makes today: name -> bytes; ``""`` is what it prints.

    beside : the folder of the files that were too large for the manifest. as_recorded : whether prices and
    catalogued priors are those of the manifest, whatever they are today.

    Raises McostError where the manifest cannot be run.
    """
    if manifest.command not in (*PRINTED, *WRITTEN):
        hint = nearest(manifest.command, (*PRINTED, *WRITTEN))
        raise McostError(f"the manifest's command: found {shown(manifest.command)}{hint}")
    if as_recorded and manifest.command in OWN_READERS:
        raise McostError(f"--as-recorded: {manifest.command} takes prices and priors of today only")
    own = any(param.name in ("scenario", "scenarios") for param in command_of(manifest.command).params)
    if own and not 0 < len(manifest.called) <= len(manifest.scenarios):
        raise McostError("the manifest names no scenario; expected one for each that the command was given")
    with TemporaryDirectory() as folder:
        laid = _LaidOut(manifest, Path(folder), beside)
        names = dict(zip(laid.scenarios, manifest.called, strict=False))
        out = Path(folder, "out")
        words, paths = _options(manifest, laid)
        arguments = [*words, *_where(manifest, out), "--", *(names if own else ()), *paths]
        inputs = manifest.options.get("inputs", [])
        if not isinstance(inputs, list) or not all(isinstance(each, str) for each in inputs):
            raise McostError(f"the manifest's inputs: found {shown(inputs)}; expected names")
        reader = Kept(laid.scenarios, {**laid.names, **names}, as_recorded)
        printed = _printed(manifest.command, [*arguments, *inputs], reader)
        if manifest.command in PRINTED:
            return {"": printed}
        files = sorted(file for file in out.rglob("*") if file.is_file())
        return {file.relative_to(out).as_posix(): file.read_bytes() for file in files}


class _LaidOut:
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


def _where(manifest: Manifest, out: Path) -> list[str]:
    output = manifest.output
    kind = "json" if output is None else "figures" if output.ending is None else "report"
    if kind != (manifest.command if manifest.command in WRITTEN else "json"):
        raise McostError(f"the manifest's output: found {kind}; expected what {manifest.command} makes")
    if output is None:
        return ["--json"]
    out.mkdir()
    if output.ending is None:
        return ["--out", str(out)]
    stem = "memo" if output.pictures is None else output.pictures.removesuffix("-figures")
    return ["--out", str(out / f"{stem}{output.ending}")]


def _options(manifest: Manifest, laid: _LaidOut) -> tuple[list[str], list[str]]:
    """The options as a command line, and the files that stand in it by themselves.

    Raises McostError for an option that the command does not record.
    """
    command = command_of(manifest.command)
    options = {str(param.name): param for param in command.params if param.name not in common.NOT_RECORDED}
    words: list[str] = []
    files: list[str] = []
    for name, value in manifest.options.items():
        if name == "inputs":
            continue
        if name not in options:
            hint = nearest(name, options)
            raise McostError(f"the manifest's options: {shown(name)}: {manifest.command} has none such{hint}")
        param = options[name]
        if isinstance(param.type, common.Given | common.OfScenario):
            value = _path(param, value, laid)
        if isinstance(param, click.Option):
            words += _words(param, value)
        else:
            files += [value] if isinstance(value, str) else value
    return words, files


def _path(param: click.Parameter, value: Any, laid: _LaidOut) -> Any:
    """Where that lies which an option names."""
    each = value if isinstance(value, list) else [value]
    if value is None or not all(isinstance(one, str) for one in each):
        return value if isinstance(param, click.Option) else []
    paths = [laid.given(one) if isinstance(param.type, common.Given) else laid.scenario(one) for one in each]
    return paths if isinstance(value, list) else paths[0]


def _words(option: click.Option, value: Any) -> list[str]:
    said = option.opts[-1]
    if value is None:
        return []
    if option.is_flag and isinstance(value, bool):
        return [said] if value else option.secondary_opts[-1:]
    each = value if isinstance(value, list) else [value]
    several = option.multiple or option.nargs > 1
    if option.is_flag or isinstance(value, list) != several or not all(map(_simple, each)):
        raise McostError(f"the manifest's options: {said}: found {shown(value)}; expected what it takes")
    if option.nargs > 1:
        return [said, *map(str, each)]
    return (
        [f"{said}={one}" for one in each]
        if said.startswith("--")
        else [w for v in each for w in (said, str(v))]
    )


def _simple(value: object) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def command_of(name: str) -> click.Command:
    command = import_module(f"mcost.cli.{name}").command
    assert isinstance(command, click.Command)
    return command


def _printed(name: str, arguments: Sequence[str], kept: Kept) -> bytes:
    """What the command prints to standard output; what it says besides is not shown again."""
    stream = BytesIO()
    text = TextIOWrapper(stream, encoding="utf-8", newline="")
    with redirect_stdout(text), redirect_stderr(StringIO()):
        try:
            command_of(name).main([*arguments], prog_name=f"mcost {name}", standalone_mode=False, obj=kept)
        except SystemExit:  # a verdict that is not met, as it was not then
            pass
        except click.ClickException as error:
            raise McostError(f"the manifest's options: {error.format_message()}") from None
        except click.Abort:
            raise KeyboardInterrupt from None
        sys.stdout.flush()
    return stream.getvalue()
