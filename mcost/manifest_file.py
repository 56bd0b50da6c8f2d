"""Manifests in files: in a JSON answer, beside figures, within a memo of any kind."""

from __future__ import annotations

import html
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, NoReturn
from zipfile import BadZipFile, ZipFile

from pydantic import ValidationError

from mcost.errors import McostError, dotted, shown
from mcost.manifest import Manifest

NAME = "manifest.json"
"""Of the file beside figures."""

MOST_BYTES = 64 * 2**20
MOST_MANIFEST = 32 * 2**20
WANTED = "a JSON answer of mcost, the manifest.json beside figures, or a memo of mcost report"

_NAMESPACE = "urn:mcost:manifest"
_HTML = re.compile(r'<script type="application/json" id="manifest">(.*?)</script>', re.DOTALL)
_MARKDOWN = re.compile(r"<!-- mcost manifest\n(.*?)\n-->", re.DOTALL)
_PART = re.compile(r"customXml/item\d{1,9}\.xml")
_XML = re.compile(rf'<manifest xmlns="{_NAMESPACE}">(.*?)</manifest>', re.DOTALL)

# zipfile says in many ways that it cannot read what calls itself a package.
_UNOPENED = (
    BadZipFile,  # no package, or a damaged one
    NotImplementedError,  # packed by a method, or for a version, that Python does not know
    RuntimeError,  # locked by a password, or packed by a method that this Python was built without
    zlib.error,  # a part that cannot be unpacked
    OSError,  # the same, packed by bzip2
    EOFError,  # a part that ends too early
    ValueError,  # a part said to begin before the file does, or a name that is no text
)


@dataclass(frozen=True)
class Found:
    """A manifest, the bytes of the file it was found in, and what else that file holds if it is JSON."""

    manifest: Manifest
    data: bytes
    answer: Mapping[str, Any] | None


# --- written ----------------------------------------------------------------------------------------------


def as_file(manifest: Manifest) -> bytes:
    """A file of its own."""
    return (json.dumps(manifest.to_dict(), indent=1, ensure_ascii=False) + "\n").encode()


def as_html(manifest: Manifest) -> str:
    """A block for a page: no browser runs it or shows it."""
    return f'<script type="application/json" id="manifest">{_compact(manifest)}</script>'


def as_markdown(manifest: Manifest) -> str:
    """A comment, which no page shows."""
    return f"<!-- mcost manifest\n{_compact(manifest)}\n-->\n"


def as_xml(manifest: Manifest) -> bytes:
    """A part of an Office document, of the kind that Word and PowerPoint keep when they save."""
    text = html.escape(_compact(manifest), quote=False)
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return f'{head}\n<manifest xmlns="{_NAMESPACE}">{text}</manifest>'.encode()


def _compact(manifest: Manifest) -> str:
    """One line of ASCII, with nothing in it that ends a comment or a script: those are in strings."""
    text = json.dumps(manifest.to_dict(), separators=(",", ":"))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text.replace("--", "-\\u002d")


# --- read -------------------------------------------------------------------------------------------------


def read_manifest(path: Path) -> Found:
    """The manifest of a file; McostError where it cannot be read, holds none, or one that is not whole."""
    return manifest_in(_read(path), path)


def manifest_in(data: bytes, path: Path) -> Found:
    """The manifest in the bytes of a file. path : what they are called in an error."""
    if data.startswith(b"PK"):
        return Found(_parsed(path, _of_office(path, data)), data, None)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        _refuse(path, "a byte that is not UTF-8")
    for kind in (_HTML, _MARKDOWN):
        if text.lstrip()[:1] not in ("{", "[") and (within := kind.findall(text)):
            return Found(_parsed(path, within[-1]), data, None)
    found = _json(path, text)
    if not isinstance(found, dict):
        _refuse(path, "JSON of something else")
    if "scenarios" in found and "manifest" in found and not isinstance(found["manifest"], dict):
        return Found(_checked(path, found), data, None)
    if "manifest" not in found:
        _refuse(path, "JSON without a manifest")
    answer = {key: value for key, value in found.items() if key != "manifest"}
    return Found(_checked(path, found["manifest"]), data, answer)


def _read(path: Path) -> bytes:
    try:
        if path.is_dir():
            _refuse(path, "a folder", f"expected {WANTED}")
        if not path.exists():
            raise McostError(f"{path}: no such file; expected {WANTED}")
        if not path.is_file():
            _refuse(path, "a device")
        if (size := path.stat().st_size) > MOST_BYTES:
            _refuse(path, f"{size:,} bytes")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise McostError(f"{shown(str(path))[1:-1]}: cannot be read: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or "not a name of a file"


def _of_office(path: Path, data: bytes) -> str:
    try:
        with ZipFile(BytesIO(data)) as package:
            parts = [info for info in package.infolist() if _PART.fullmatch(info.filename)]
            if large := [info for info in parts if info.file_size > MOST_MANIFEST]:
                _refuse(path, f"{large[0].file_size:,} bytes in {large[0].filename}")
            texts = [package.read(info).decode("utf-8", "replace") for info in parts]
    except _UNOPENED:
        _refuse(path, "a package that cannot be opened")
    within = [match[1] for text in texts if (match := _XML.search(text))]
    return html.unescape(within[0]) if within else _refuse(path, "a document without a manifest")


def _parsed(path: Path, text: str) -> Manifest:
    return _checked(path, _json(path, text), len(text))


def _json(path: Path, text: str) -> Any:
    def constant(name: str) -> NoReturn:
        raise ValueError(name)

    try:
        return json.loads(text, parse_constant=constant)
    except (ValueError, RecursionError):
        _refuse(path, "something that is not JSON")


def _checked(path: Path, found: Any, size: int | None = None) -> Manifest:
    try:
        size = len(json.dumps(found)) if size is None else size
    except RecursionError:
        _refuse(path, "tables nested too deeply")
    if size > MOST_MANIFEST:
        _refuse(path, f"a manifest of {size:,} bytes", f"expected at most {MOST_MANIFEST:,}")
    try:
        return Manifest.model_validate(found)
    except ValidationError as error:
        mistakes = error.errors(include_url=False, include_context=False)
        first, more = mistakes[0], len(mistakes) - 1
        where = dotted(("manifest", *first["loc"]))
        also = f", and {more} more such" if more else ""
        _refuse(path, f"{where}: {_said(first)}{also}", "expected a manifest as mcost wrote it")


def _said(mistake: Any) -> str:
    kinds = {"missing": "nothing", "extra_forbidden": "a key that it does not have"}
    input_ = "null" if mistake["input"] is None else shown(mistake["input"])
    return kinds.get(mistake["type"], f"{input_} ({mistake['msg'].lower()})")


def _refuse(path: Path, found: str, expected: str = f"expected {WANTED}") -> NoReturn:
    raise McostError(f"{path}: found {found}; {expected}")
