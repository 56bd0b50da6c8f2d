"""The gallery is what its command draws: words exactly, pictures as nearly as fonts and libraries allow."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

GALLERY = Path(__file__).parents[2] / "figures"

TOLERANCE = 2.0
"""Mean absolute difference of two pictures, of 255 levels: another version of a font or of Matplotlib moves
the edges of letters and lines by a pixel; a curve elsewhere moves more."""


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("export", GALLERY / "export.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gallery")
    script().export(folder)
    return folder


def files(folder: Path, ending: str) -> dict[str, Path]:
    return {str(path.relative_to(folder)): path for path in sorted(folder.rglob(f"*{ending}"))}


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB"), dtype=float)


def difference(one: Path, other: Path) -> float:
    return float(np.abs(pixels(one) - pixels(other)).mean())


def test_what_figures_say_is_what_is_committed(drawn: Path) -> None:
    committed, anew = files(GALLERY, ".json"), files(drawn, ".json")
    assert list(committed) == list(anew)
    for name, path in committed.items():
        assert json.loads(path.read_text()) == json.loads(anew[name].read_text()), name
    assert (GALLERY / "README.md").read_text() == (drawn / "README.md").read_text()


def test_pictures_are_those_that_are_committed(drawn: Path) -> None:
    committed, anew = files(GALLERY, ".png"), files(drawn, ".png")
    assert list(committed) == list(anew)
    for name, path in committed.items():
        assert pixels(path).shape == pixels(anew[name]).shape == (780, 1260, 3), name
        assert difference(path, anew[name]) <= TOLERANCE, name


def test_the_tolerance_tells_one_scenario_from_another() -> None:
    pictures = files(GALLERY, ".png")
    for one, other in (("contested", "indeed"), ("contested", "honeycomb"), ("honeycomb", "indeed")):
        for name in ("dotplot", "break_even"):
            apart = difference(pictures[f"{one}/{name}.png"], pictures[f"{other}/{name}.png"])
            assert apart > 2 * TOLERANCE, (one, other, name, apart)
