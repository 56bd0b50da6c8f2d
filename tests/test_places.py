"""Where each key and value of a TOML text stands, against tomllib's reading of the same text."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from mcost.errors import Path, Place
from mcost.places import places_in


def place(line: int, key: tuple[int, int], value: tuple[int, int, int]) -> Place:
    """Line, column and width of the key; line, column and width of the value."""
    return Place(line, key, value)


def paths(data: Any, path: Path = ()) -> Iterator[Path]:
    """Every key path of parsed data, rows of arrays included."""
    if path:
        yield path
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in pairs:
        yield from paths(value, (*path, key))


def test_a_plain_key() -> None:
    text = 'title = "A case"\nhorizon_months  =  12 # two years\n'
    assert places_in(text) == {
        ("title",): place(1, (1, 5), (1, 9, 8)),
        ("horizon_months",): place(2, (1, 14), (2, 20, 2)),
    }


def test_a_table_and_its_keys() -> None:
    text = "\n[workload]\n\n  calls_per_month = 5\n"
    assert places_in(text) == {
        ("workload",): place(2, (2, 8), (2, 2, 8)),
        ("workload", "calls_per_month"): place(4, (3, 15), (4, 21, 1)),
    }


def test_a_dotted_header_names_every_table_on_the_way() -> None:
    text = "[strategies.prompt.price]\ninput = 0.15\n"
    header = place(1, (2, 23), (1, 2, 23))
    assert places_in(text) == {
        ("strategies",): header,
        ("strategies", "prompt"): header,
        ("strategies", "prompt", "price"): header,
        ("strategies", "prompt", "price", "input"): place(2, (1, 5), (2, 9, 4)),
    }


def test_a_table_keeps_the_place_of_its_own_header() -> None:
    text = "[strategies.prompt.price]\ninput = 1\n[strategies.prompt]\nprompt_tokens = 3\n"
    found = places_in(text)
    assert found["strategies", "prompt"] == place(3, (2, 17), (3, 2, 17))
    assert found["strategies", "prompt", "price"] == place(1, (2, 23), (1, 2, 23))
    assert found["strategies",] == place(1, (2, 23), (1, 2, 23))


def test_a_dotted_key() -> None:
    text = "[strategies.prompt]\nprice.input = 0.15\nprice . output = 0.60\n"
    found = places_in(text)
    assert found["strategies", "prompt", "price"] == place(2, (1, 11), (2, 15, 4))
    assert found["strategies", "prompt", "price", "input"] == place(2, (1, 11), (2, 15, 4))
    assert found["strategies", "prompt", "price", "output"] == place(3, (1, 14), (3, 18, 4))


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ('"a b"', "a b"),
        ("'a b'", "a b"),
        ('"a.b"', "a.b"),
        ('""', ""),
        ('"é"', "é"),
        (r'"caf\u00e9"', "café"),
        (r'"say \"no\""', 'say "no"'),
        (r"'C:\new'", r"C:\new"),
    ],
)
def test_a_quoted_key_has_the_name_that_tomllib_reads(written: str, name: str) -> None:
    text = f"{written} = 1\n[strategies.{written}]\nx = 2\n"
    assert tomllib.loads(text) == {name: 1, "strategies": {name: {"x": 2}}}
    found = places_in(text)
    assert found[name,] == place(1, (1, len(written)), (1, len(written) + 4, 1))
    assert found["strategies", name] == place(2, (2, 11 + len(written)), (2, 2, 11 + len(written)))
    assert found["strategies", name, "x"] == place(3, (1, 1), (3, 5, 1))


def test_an_inline_table() -> None:
    text = 'price = { input = 0.15, "output" = 0.60, cached.hit = { low = 1 } }\n'
    assert places_in(text) == {
        ("price",): place(1, (1, 5), (1, 9, 59)),
        ("price", "input"): place(1, (11, 5), (1, 19, 4)),
        ("price", "output"): place(1, (25, 8), (1, 36, 4)),
        ("price", "cached"): place(1, (42, 10), (1, 55, 11)),
        ("price", "cached", "hit"): place(1, (42, 10), (1, 55, 11)),
        ("price", "cached", "hit", "low"): place(1, (57, 3), (1, 63, 1)),
    }


def test_an_array_of_tables_counts_its_rows() -> None:
    text = (
        "[[strategies.tuned.costs]]\n"
        'name = "hosting"\n'
        "[[strategies.tuned.costs]]\n"
        "amount = 5\n"
        "[strategies.tuned.costs.more]\n"
        "x = 1\n"
        "[[strategies.other.costs]]\n"
        "amount = 7\n"
    )
    found = places_in(text)
    assert found["strategies", "tuned", "costs"] == place(1, (3, 22), (1, 3, 22))
    assert found["strategies", "tuned", "costs", 0] == place(1, (3, 22), (1, 3, 22))
    assert found["strategies", "tuned", "costs", 0, "name"] == place(2, (1, 4), (2, 8, 9))
    assert found["strategies", "tuned", "costs", 1] == place(3, (3, 22), (3, 3, 22))
    assert found["strategies", "tuned", "costs", 1, "amount"] == place(4, (1, 6), (4, 10, 1))
    assert found["strategies", "tuned", "costs", 1, "more"] == place(5, (2, 27), (5, 2, 27))
    assert found["strategies", "tuned", "costs", 1, "more", "x"] == place(6, (1, 1), (6, 5, 1))
    assert found["strategies", "other", "costs", 0, "amount"] == place(8, (1, 6), (8, 10, 1))


def test_arrays_of_tables_within_each_other() -> None:
    text = "[[a]]\n[[a.b]]\nx = 1\n[[a.b]]\nx = 2\n[[a]]\n[[a.b]]\nx = 3\n"
    found = places_in(text)
    assert [found["a", i, "b", j, "x"].line for i, j in ((0, 0), (0, 1), (1, 0))] == [3, 5, 8]


def test_an_array_over_several_lines() -> None:
    text = (
        "choice = [ # three\n"
        "  1500, # tokens\n"
        "  { low = 1,\thigh = 2 },\n"
        "  # and\n"
        '  "3 to 4",\n'
        "]\n"
        "after = 1\n"
    )
    assert places_in(text) == {
        ("choice",): place(1, (1, 6), (1, 10, 9)),
        ("choice", 0): place(2, (3, 4), (2, 3, 4)),
        ("choice", 1): place(3, (3, 21), (3, 3, 21)),
        ("choice", 1, "low"): place(3, (5, 3), (3, 11, 1)),
        ("choice", 1, "high"): place(3, (14, 4), (3, 21, 1)),
        ("choice", 2): place(5, (3, 8), (5, 3, 8)),
        ("after",): place(7, (1, 5), (7, 9, 1)),
    }


def test_a_text_over_several_lines_has_the_width_of_its_first() -> None:
    text = 'note = """one\ntwo"""\nafter = 1\n'
    assert places_in(text) == {
        ("note",): place(1, (1, 4), (1, 8, 6)),
        ("after",): place(3, (1, 5), (3, 9, 1)),
    }


def test_comments_hold_no_keys() -> None:
    text = "# a = 1\n[t] # b = 2\n# c = 3\nd = 4 # e = 5\n"
    assert places_in(text).keys() == {("t",), ("t", "d")}


def test_columns_count_characters() -> None:
    # é is two bytes, 価 three, the smile four
    text = '"é価🙂" = { "é" = "価🙂", x = 1 }\n'
    assert places_in(text) == {
        ("é価🙂",): place(1, (1, 5), (1, 9, 21)),
        ("é価🙂", "é"): place(1, (11, 3), (1, 17, 4)),
        ("é価🙂", "x"): place(1, (23, 1), (1, 27, 1)),
    }


def test_lines_end_in_either_way() -> None:
    text = "# é\na = 1\n[t]\nb = [\n  2,\n]\nc = 'x'\n"
    assert places_in(text.replace("\n", "\r\n")) == places_in(text)


def test_lines_are_those_of_toml() -> None:
    # These end a line for str.splitlines, but not in TOML.
    text = "# one\u2028and\u0085the same\na = 1\n"
    assert places_in(text) == {("a",): place(2, (1, 1), (2, 5, 1))}


def test_a_text_without_keys() -> None:
    assert places_in("") == {}
    assert places_in("# nothing yet\n\n") == {}


def test_a_key_without_a_value_hides_no_other() -> None:
    assert places_in("a = 1\nb =\nc = 3\n")["a",] == place(1, (1, 1), (1, 5, 1))


EVERYTHING = r"""
a = +1_000
b.c."d e" = 0xff
f = -inf
g = nan
h = 1979-05-27T07:32:00Z
i = 1979-05-27 07:32:00
j = 07:32:00
k = [ [1, 2], ["x", { y = [ { z = true } ] } ], [] ]
l = {}
m = '''it''s'''
3 = "a number"
-x_y- = "dashes"
[n.o]
p = 1e5
[n]
q = { r.s = 1, t = { } }
[[u]]
[[u]]
v = '''
three'''
[u.w]
x = 1
[[u.y]]
z = 1
[[u.y]]
z = [
  1,
  2 # two
  ,
]
"""


def test_every_path_that_tomllib_reads_has_its_place() -> None:
    found = places_in(EVERYTHING)
    read = set(paths(tomllib.loads(EVERYTHING)))
    assert read - found.keys() == set()
    assert found.keys() - read == set()


def test_every_key_stands_where_its_place_says() -> None:
    lines = EVERYTHING.split("\n")
    for path, at in places_in(EVERYTHING).items():
        name = path[-1]
        if isinstance(name, str):
            column, width = at.key
            assert name in lines[at.line - 1][column - 1 : column - 1 + width].replace('"', "")
        line, column, width = at.value
        assert lines[line - 1][column - 1 : column - 1 + width].strip()
