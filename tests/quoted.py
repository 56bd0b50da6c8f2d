"""What README.md and docs/ quote: run this file to print it anew, all or the pages named, where it changed.

The blocks of a page run in order, in one empty folder and one Python namespace. Their first line says how:

- ``console``: each ``$ mcost …`` with what it prints; ``exit=1`` where it ends so; ``from=WORD`` and
  ``until=WORD`` cut the output before the first line that begins so, or that has the number WORD.
- ``python``: with ``>>>`` as typed, its results are quoted; without, a script.
- ``toml file=NAME``: a scenario, which later blocks may use; ``toml into=NAME``: keys that go into one, of a
  file or shipped.
- ``text file=NAME``: the same for a file of samples.
- ``sh``: what no test can run, for it installs or is the test itself.

Between ``<!-- from THIS THAT -->`` and ``<!-- end -->`` stands what a function of ``made.py`` makes.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from made import MADE

import mcost
from mcost.shipped import find_scenario, read_text

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
DOCS = sorted((ROOT / "docs").glob("*.md"))
KINDS = ("console", "python", "toml", "text", "sh")

BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ ([^\n]*)\n(?:(?!\$ )[^\n]*\n)*", re.MULTILINE)
FILLED = re.compile(r"^<!-- from ([^\n]*) -->\n.*?^<!-- end -->$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: its kind, what its first line says beside, and its text."""

    kind: str
    options: dict[str, str]
    text: str

    @classmethod
    def of(cls, found: re.Match[str]) -> Block:
        return cls(found[1], dict(word.split("=", 1) for word in found[2].split()), found[3])


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page in a kind that is run."""
    for found in BLOCK.finditer(page.read_text(encoding="utf-8")):
        if found[1] in KINDS:
            yield Block.of(found)


def anew(page: Path) -> str:
    """The text of a page with everything that it quotes printed anew; AssertionError where a block fails."""
    text = page.read_text(encoding="utf-8")
    names: dict[str, Any] = {"__name__": page.stem}
    how = {"console": _console, "python": _python, "toml": _toml, "text": _file}

    def again(found: re.Match[str]) -> str:
        block = Block.of(found)
        run = how.get(block.kind)
        body = block.text if run is None else run(block, names)
        return f"```{found[1]}{found[2]}\n{body}```"

    if page == README:  # its Python and TOML are run by tests of their own
        how = {"console": _console}
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        text = BLOCK.sub(again, text)
    return FILLED.sub(lambda found: f"<!-- from {found[1]} -->\n{_made(found[1])}\n<!-- end -->", text)


def _made(order: str) -> str:
    name, *arguments = order.split()
    return MADE[name](*arguments)


def _console(block: Block, names: dict[str, Any]) -> str:
    commands = COMMAND.findall(block.text)
    if not commands:  # README shows an error alone
        return block.text
    shown = []
    for command in commands:
        code = int(block.options.get("exit", 0)) if command is commands[-1] else 0
        printed, complaint = output_of(command, code)
        shown.append(f"$ {command}\n{_cut(printed, block.options)}{complaint}")
    return "".join(shown)


def _cut(printed: str, options: dict[str, str]) -> str:
    lines = printed.splitlines(keepends=True)

    def at(key: str, unsaid: int) -> int:
        word = options.get(key)
        if word is None or word.isdigit():
            return unsaid if word is None else int(word)
        found = [i for i, line in enumerate(lines) if line.startswith(word)]
        assert found, f"no line begins with {word!r} in:\n{printed}"
        return found[0]

    first, last = at("from", 0), at("until", len(lines))
    shown = "".join(lines[first:last])
    if last < len(lines):
        shown = shown.rstrip("\n") + "\n…\n"
    return shown if first == 0 else f"…\n{shown}"


def output_of(command: str, code: int = 0) -> tuple[str, str]:
    """What ``mcost …`` prints on standard output and on standard error, run as a user would."""
    program, *arguments = shlex.split(command)
    assert program == "mcost", f"{command}: only mcost runs here"
    run = subprocess.run(
        [sys.executable, "-m", "mcost", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert run.returncode == code, f"{command}: exit {run.returncode}, expected {code}\n{run.stderr}"
    return run.stdout, run.stderr


def _python(block: Block, names: dict[str, Any]) -> str:
    if ">>> " not in block.text:
        exec(compile(block.text, str(names["__name__"]), "exec"), names)
        return block.text
    return "".join(_typed(doctest.DocTestParser().parse(block.text), names))


def _typed(parts: list[str | doctest.Example], names: dict[str, Any]) -> Iterator[str]:
    """Python as it would be typed: every line, with what it prints now."""
    for part in parts:
        if isinstance(part, str):
            yield part
            continue
        first, *more = part.source.splitlines(keepends=True)
        yield f">>> {first}" + "".join(f"... {line}" for line in more)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(part.source, str(names["__name__"]), "single"), names)
        yield printed.getvalue()


def _toml(block: Block, names: dict[str, Any]) -> str:
    data = tomllib.loads(block.text)
    if "into" in block.options:
        base = tomllib.loads(read_text(find_scenario(block.options["into"])))
        assert mcost.load(_merged(base, data))
        return block.text
    _file(block, names)
    if "title" in data:
        assert mcost.load(block.options["file"])
    return block.text


def _merged(base: Any, over: Any) -> Any:
    """Tables key by key, lists one after the other, and anything else the newer one."""
    if isinstance(base, dict) and isinstance(over, dict):
        return {**base, **{key: _merged(base.get(key), value) for key, value in over.items()}}
    return [*base, *over] if isinstance(base, list) and isinstance(over, list) else over


def _file(block: Block, names: dict[str, Any]) -> str:
    Path(block.options["file"]).write_text(block.text, encoding="utf-8")
    return block.text


if __name__ == "__main__":
    for page in [Path(name).resolve() for name in sys.argv[1:]] or [README, *DOCS]:
        before, after = page.read_text(encoding="utf-8"), anew(page)
        if after != before:
            page.write_text(after, encoding="utf-8")
            print(f"{page.relative_to(ROOT)}: printed anew")
