"""The state as a scenario file: the given file's own text with the changes in it, comments and all."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from mcost.app.given import Given
from mcost.app.state import State
from mcost.errors import McostError, Path, Place
from mcost.overrides import value_of
from mcost.places import places_in

_TABLES = ("table", "table_array_element")

Edit = tuple[int, int, bytes]
"""First byte, first byte after it, what comes in between."""


def saved(given: Given, state: State, note: str = "") -> str:
    """The text of a scenario file that reads as what the page shows.

    note : lines for the head of the file, told as comments.

    Values are exchanged where they stand; a strategy that is left out goes with the comment above its tables.
    What is left out or no longer uncertain is neither correlated nor studied. ``[expect]`` goes: it is the
    verdict of the file as it was.

    Raises McostError where the file is laid out so that this cannot be done without loss.
    """
    text = given.text
    if state.changes:
        text = _edited(given, state)
        if tomllib.loads(text) != given.tables(state):
            raise McostError("the file is laid out in a way in which it cannot be changed; edit it by hand")
    head = "".join(f"# {line}\n" for line in note.splitlines())
    return f"{head}{text}" if not text.startswith("#:schema") else _below_the_first_line(text, head)


def _below_the_first_line(text: str, head: str) -> str:
    """An editor looks for the schema in the first line."""
    first, _, rest = text.partition("\n")
    return f"{first}\n{head}{rest}"


def _edited(given: Given, state: State) -> str:
    layout = _Layout(given.text)
    wanted = given.tables(state)
    edits = [
        layout.exchange(given.paths[name], _written(text))
        for name, text in state.values
        if given.paths[name][:2] not in {("strategies", off) for off in state.off}
    ]
    if state.horizon is not None:
        edits.append(layout.exchange(("horizon_months",), str(state.horizon)))
    gone: list[Path] = [("expect",), *(("strategies", name) for name in state.off)]
    for key in ("correlations", "studies"):
        gone += _rows_gone(given.data, wanted, key)
    edits += _shorter_rows(layout, given.data, wanted)
    edits += [edit for path in gone for edit in layout.cut(path)]
    return _carried_out(given.text.encode(), edits)


def _written(text: str) -> str:
    """A value as it stands in a file: what TOML reads as text needs quotes."""
    return text if not isinstance(value_of(text), str) else json.dumps(text, ensure_ascii=False)


def _rows_gone(before: Mapping[str, Any], after: Mapping[str, Any], key: str) -> Iterator[Path]:
    """Rows that are no longer there; those that stay keep their order, and what is not ``between``."""
    left = [_but_names(row) for row in after.get(key, ())]
    for i, row in enumerate(before.get(key, ())):
        if left and _but_names(row) == left[0]:
            left.pop(0)
        else:
            yield key, i


def _but_names(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "between"}


def _shorter_rows(layout: _Layout, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Edit]:
    gone = set(_rows_gone(before, after, "correlations"))
    stay = [i for i, _ in enumerate(before.get("correlations", ())) if ("correlations", i) not in gone]
    return [
        layout.exchange(("correlations", i, "between"), json.dumps(row["between"], ensure_ascii=False))
        for i, row in zip(stay, after.get("correlations", ()), strict=True)
        if row["between"] != before["correlations"][i]["between"]
    ]


def _carried_out(source: bytes, edits: list[Edit]) -> str:
    """The source with every edit; one within another is a part of it."""
    made, at = b"", 0
    for start, end, new in sorted(edits, key=lambda edit: (edit[0], -edit[1])):
        if start >= at:
            made += source[at:start] + new
        at = max(at, end)
    return (made + source[at:]).decode()


class _Layout:
    """Where the keys of a text stand, by bytes."""

    def __init__(self, text: str) -> None:
        self.source = text.encode()
        self.root = Parser(Language(tree_sitter_toml.language())).parse(self.source).root_node
        self.starts = [0]
        for line in self.source.split(b"\n"):
            self.starts.append(self.starts[-1] + len(line) + 1)
        self.places = places_in(text)
        self.paths: dict[tuple[int, int], Path] = {}
        for path, place in self.places.items():  # of the paths that begin at one key, the longest is its own
            self.paths[place.line, place.key[0]] = max(
                path, self.paths.get((place.line, place.key[0]), ()), key=len
            )

    def exchange(self, path: Path, new: str) -> Edit:
        """Another value at a path."""
        node = self._value(self.places[path])
        start, end, value = node.start_byte, node.end_byte, new.encode()
        comment = len(after := self.source[end:].split(b"\n", 1)[0]) - len(after.lstrip(b" "))
        if comment and after.lstrip(b" ").startswith(b"#"):  # it keeps its column
            value, end = value.ljust(end + comment - start - 1) + b" ", end + comment
        return start, end, value

    def cut(self, path: Path) -> Iterator[Edit]:
        """Everything at a path and below it."""
        for node in self._all(self.root):
            own = self.paths.get(self._position(node), ())
            if own[: len(path)] != path:
                continue
            if node.type in _TABLES:
                yield self._block(node)
            elif node.parent is not None and node.parent.type in ("inline_table", "array"):
                yield self._between_commas(node)
            elif node.type == "pair":
                yield self.starts[node.start_point[0]], self.starts[node.end_point[0] + 1], b""

    def _all(self, node: Node) -> Iterator[Node]:
        for child in node.named_children:
            if child.type in (*_TABLES, "pair", "inline_table", "array"):
                yield child
                yield from self._all(child)

    def _position(self, node: Node) -> tuple[int, int]:
        """Line and column, in letters from 1, at which the key of a node stands, or an array's element."""
        at = node.named_children[0] if node.type in (*_TABLES, "pair") else node
        row, column = at.start_point
        before = self.source[self.starts[row] : self.starts[row] + column]
        return row + 1, len(before.decode()) + 1

    def _value(self, place: Place) -> Node:
        line, column, _ = place.value
        whole = self.source[self.starts[line - 1] : self.starts[line]].decode()
        at = self.starts[line - 1] + len(whole[: column - 1].encode())
        node = self.root.descendant_for_byte_range(at, at)
        assert node is not None
        while node.parent is not None and node.parent.start_byte == at:
            node = node.parent
        return node

    def _block(self, table: Node) -> Edit:
        """The lines of a table: from the comment above it to the one above the next table."""
        following = [
            node.start_point[0]
            for node in self.root.named_children
            if node.type in _TABLES and node.start_byte > table.start_byte
        ]
        first = self._comment_above(table.start_point[0])
        last = self._comment_above(following[0]) if following else len(self.starts) - 1
        return self.starts[first], min(self.starts[last], len(self.source)), b""

    def _comment_above(self, row: int) -> int:
        """The first line of the comment that stands directly above a line; the line itself without one."""
        while row > 0 and self.source[self.starts[row - 1] :].startswith(b"#"):
            row -= 1
        return row

    @staticmethod
    def _between_commas(node: Node) -> Edit:
        """One entry of an inline table or an array, and a comma beside it."""
        following, before = node.next_named_sibling, node.prev_named_sibling
        if following is not None:
            return node.start_byte, following.start_byte, b""
        return (node.start_byte if before is None else before.end_byte), node.end_byte, b""
