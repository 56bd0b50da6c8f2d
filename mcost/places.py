"""Where each key of a TOML text stands: line and column, for messages.

``tomllib`` reads values but keeps no positions; tree-sitter's TOML grammar keeps positions. It is
loaded only once there is a mistake to show.
"""

from __future__ import annotations

import tomllib

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from mcost.errors import Path, Place

MOST_ITEMS = 1_000
"""Elements of one array that have a place of their own; a later one is shown at the array."""


def places_in(text: str) -> dict[Path, Place]:
    """Key path -> place, for every key, table and array element of a TOML text."""
    source = text.encode()
    lines = source.split(b"\n")
    places: dict[Path, Place] = {}
    rows: dict[Path, int] = {}

    def width(node: Node) -> int:
        first_line = source[node.start_byte : node.end_byte].split(b"\n")[0].rstrip(b"\r")
        return len(first_line.decode(errors="replace"))

    def column(node: Node) -> int:
        before = lines[node.start_point[0]][: node.start_point[1]]
        return len(before.decode(errors="replace")) + 1

    def place(key: Node, value: Node) -> Place:
        at = (value.start_point[0] + 1, column(value), width(value))
        return Place(key.start_point[0] + 1, (column(key), width(key)), at)

    def names(key: Node) -> list[str]:
        if key.type == "dotted_key":
            return [name for child in key.named_children for name in names(child)]
        raw = source[key.start_byte : key.end_byte].decode(errors="replace")
        if key.type != "quoted_key":
            return [raw]
        try:
            return list(tomllib.loads(f"{raw} = 0"))
        except ValueError:
            return [raw[1:-1]]

    def here(path: Path) -> Path:
        """The path with the current row of every array of tables on the way."""
        full: Path = ()
        for part in path:
            full = (*full, part)
            if full in rows:
                full = (*full, rows[full])
        return full

    def value(node: Node, path: Path) -> None:
        children = [child for child in node.named_children if child.type != "comment"]
        if node.type == "inline_table":
            for pair in children:
                if pair.type == "pair":
                    read_pair(pair, path)
        elif node.type == "array":
            for i, item in enumerate(children[:MOST_ITEMS]):
                places[(*path, i)] = place(item, item)
                value(item, (*path, i))

    def read_pair(pair: Node, path: Path) -> None:
        key, *rest = pair.named_children
        if not rest:
            return
        at = (*path, *names(key))
        for i in range(len(path) + 1, len(at)):
            places.setdefault(at[:i], place(key, rest[0]))
        places[at] = place(key, rest[0])
        value(rest[0], at)

    for node in Parser(Language(tree_sitter_toml.language())).parse(source).root_node.named_children:
        if node.type == "pair":
            read_pair(node, ())
        elif node.type in ("table", "table_array_element") and node.named_children:
            key = node.named_children[0]
            path: Path = tuple(names(key))
            if node.type == "table_array_element":
                array = (*here(path[:-1]), path[-1])
                rows[array] = rows.get(array, -1) + 1
                places.setdefault(array, place(key, key))
            path = here(path)
            for i in range(1, len(path) + 1):
                places.setdefault(path[:i], place(key, key))
            places[path] = place(key, key)
            for pair in node.named_children[1:]:
                if pair.type == "pair":
                    read_pair(pair, path)
    return places
