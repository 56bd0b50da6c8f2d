"""Every public name says what it is and takes, in which shape and unit, and how it fails; examples run."""

import doctest
import importlib
import inspect
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from quoted import ROOT
from test_house import PACKAGE, rooms

import mcost
from mcost import figures, voi, what_if

ROOMS = (voi, figures, what_if)
PYTHON_PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
WITH_EXAMPLES = [room for room, file in rooms().items() if ">>> " in file.read_text(encoding="utf-8")]


def public() -> Iterator[tuple[str, Any]]:
    """Every public name of the package, and of the rooms that are public as a whole."""
    for name in mcost.__all__:
        value = mcost.__dict__["__getattr__"](name) if name != "__version__" else mcost.__version__
        if not isinstance(value, ModuleType | str):
            yield name, value
    for room in ROOMS:
        for name, value in vars(room).items():
            if not name.startswith("_") and getattr(value, "__module__", None) == room.__name__:
                yield f"{room.__name__.removeprefix('mcost.')}.{name}", value


PUBLIC = dict(public())
FUNCTIONS = {name: value for name, value in PUBLIC.items() if inspect.isfunction(value)}
TYPES = {name: value for name, value in PUBLIC.items() if inspect.isclass(value)}


def said(value: Any) -> str:
    return inspect.getdoc(value) or ""


def described(text: str) -> set[str]:
    """The names that a docstring describes, as ``name : what it is``, or speaks of in backquotes."""
    spoken_of = set(re.findall(r"``(\w+)``", text))
    entries = re.findall(r"(?:^|[.;] )((?:[a-z_]\w*, )*[a-z_]\w*) : ", text, re.MULTILINE)
    return spoken_of | {name for names in entries for name in names.split(", ")}


@pytest.mark.parametrize("name", PUBLIC)
def test_it_has_a_docstring(name: str) -> None:
    text = said(PUBLIC[name])
    assert len(text.split()) >= 5, text
    assert text[0].isupper() or text[0] in "`0123456789E"
    assert re.search(r"[.:`]$", text.split("\n\n")[0])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_parameter_is_described_and_errors_are_told(name: str) -> None:
    text = said(FUNCTIONS[name])
    if name.startswith("figures."):  # one form for all nine, told once
        text += said(figures)
    if "are those of ``run``" in text:
        text += said(mcost.run)
    missing = set(inspect.signature(FUNCTIONS[name]).parameters) - described(text)
    assert not missing, f"{name} does not describe {sorted(missing)}"
    assert re.search(r"Raises|[Ee]rrors", text), f"{name} does not say how it fails"


@pytest.mark.parametrize("name", TYPES)
def test_each_public_member_says_what_it_is(name: str) -> None:
    kind = TYPES[name]
    text = said(kind)
    for member, value in vars(kind).items():
        if member.startswith(("_", "model_")):
            continue
        inner = value.fget if isinstance(value, property) else getattr(value, "func", value)
        inner = getattr(inner, "__func__", inner)
        if inspect.isfunction(inner):
            assert said(inner) or member in described(text), f"{name}.{member} has no docstring"


@pytest.mark.parametrize("name", TYPES)
def test_each_field_of_a_result_is_described(name: str) -> None:
    fields = getattr(TYPES[name], "__dataclass_fields__", {})
    missing = {field for field in fields if not field.startswith("_")} - described(said(TYPES[name]))
    assert not missing, f"{name} does not describe {sorted(missing)}"


@pytest.mark.parametrize("name", PUBLIC)
def test_it_is_in_the_page_of_the_python_surface(name: str) -> None:
    assert re.search(rf"^\.\. auto\w+:: mcost\.(?:\w+\.)?{re.escape(name)}$", PYTHON_PAGE, re.MULTILINE)


@pytest.mark.parametrize("room", WITH_EXAMPLES)
def test_examples_in_docstrings_run(room: str) -> None:
    name = "mcost" if room == "__init__" else f"mcost.{room}"
    ran = doctest.testmod(importlib.import_module(name))
    assert ran.attempted > 0
    assert ran.failed == 0


def test_types_travel_with_the_package() -> None:
    assert (PACKAGE / "py.typed").exists()
