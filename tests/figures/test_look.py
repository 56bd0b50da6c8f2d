"""What can be seen: text inside the page, apart, large and dark enough; two series apart for every eye."""

import itertools

import numpy as np
import pytest
from figure_answers import CASES, ground_of
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from mcost.figures import style
from mcost.figures.gallery import GALLERY
from mcost.figures.style import SIZES

each_figure = pytest.mark.parametrize("name", GALLERY)
each_case = pytest.mark.parametrize("case", CASES)
each_size = pytest.mark.parametrize("for_", SIZES)

SLACK = 0.5
"""Pixels by which boxes may touch."""


def drawn(case: str, name: str, for_: str) -> Figure:
    return GALLERY[name].figure(ground_of(case), for_)


def texts(figure: Figure) -> list[Text]:
    """Every text that is drawn."""
    found = list(figure.texts)
    for axes in figure.axes:
        found += axes.texts
        if axes.axison:
            for axis in (axes.xaxis, axes.yaxis):
                found += [axis.label, *axis.get_ticklabels()]
    return [text for text in found if text.get_visible() and text.get_text()]


def boxes(figure: Figure) -> list[tuple[str, np.ndarray]]:
    canvas = figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    return [(t.get_text(), t.get_window_extent(canvas.get_renderer()).get_points()) for t in texts(figure)]


@each_case
@each_figure
@each_size
def test_text_lies_within_the_page_apart_and_is_large_enough(case: str, name: str, for_: str) -> None:
    figure, size = drawn(case, name, for_), SIZES[for_]
    assert tuple(figure.get_size_inches()) == (size.width, size.height)
    canvas = np.array([[0, 0], [size.width, size.height]]) * size.dpi
    placed = boxes(figure)
    assert len(placed) >= 3  # title, subtitle, footer
    for said, (low, high) in placed:
        assert (low >= canvas[0]).all(), said
        assert (high <= canvas[1]).all(), said
    for (a, one), (b, other) in itertools.combinations(placed, 2):
        together = np.minimum(one[1], other[1]) - np.maximum(one[0], other[0])
        assert (together <= SLACK).any(), f"{a!r} lies on {b!r}"
    assert min(text.get_fontsize() for text in texts(figure)) >= size.least


# --- contrast ---------------------------------------------------------------------------------------------


def linear(rgb: np.ndarray) -> np.ndarray:
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def luminance(rgb: np.ndarray) -> np.ndarray:
    return linear(rgb) @ np.array([0.2126, 0.7152, 0.0722])


def contrast(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """WCAG 2.2: (brighter + 0.05) / (darker + 0.05)."""
    a, b = luminance(one), luminance(other)
    return (np.maximum(a, b) + 0.05) / (np.minimum(a, b) + 0.05)


@each_figure
@pytest.mark.parametrize("case", ["three strategies", "twelve strategies"])
def test_text_stands_out_from_what_lies_behind_it(case: str, name: str) -> None:
    figure = drawn(case, name, "document")
    shown = [(text, box) for text, (_, box) in zip(texts(figure), boxes(figure), strict=True)]
    for text, _ in shown:
        text.set_visible(False)
    canvas = figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    canvas.draw()
    page = np.asarray(canvas.buffer_rgba())[::-1, :, :3] / 255
    for text, box in shown:
        (left, bottom), (right, top) = np.rint(box).astype(int)
        behind = page[bottom:top, left:right].reshape(-1, 3)
        if text.get_path_effects():  # a halo of paper lies behind it
            behind = np.array([to_rgb(style.PAPER)])
        enough = contrast(behind, np.array(to_rgb(text.get_color()))) >= 4.5
        assert np.mean(enough) >= 0.9, text.get_text()  # a thin line may pass behind


def test_every_colour_of_text_has_contrast_on_paper() -> None:
    paper = np.array(to_rgb(style.PAPER))
    for colour in (style.INK, style.GREY, style.BLUE, style.RUST, *style.SERIES_TEXT):
        assert contrast(np.array(to_rgb(colour)), paper) >= 4.5, colour


# --- every eye --------------------------------------------------------------------------------------------

# Machado, Oliveira, Fernandes 2009, severity 1, on linear RGB.
EYES = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
APART = 25.0
"""CIE 1976 colour difference; 2.3 is just noticeable."""


def lab(colour: str, eye: np.ndarray) -> np.ndarray:
    seen = np.clip(eye @ linear(np.array(to_rgb(colour))), 0, 1)
    xyz = TO_XYZ @ seen / (TO_XYZ @ np.ones(3))
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("eye", EYES)
def test_the_two_main_series_are_apart_for_every_eye(eye: str) -> None:
    matrix = EYES[eye]
    assert np.allclose(matrix.sum(axis=1), 1, atol=1e-5)  # white stays white
    for one, other in ((style.BLUE, style.VERMILION), (style.BLUE, style.RUST)):
        assert np.linalg.norm(lab(one, matrix) - lab(other, matrix)) >= APART


def test_never_colour_alone() -> None:
    figure = drawn("three strategies", "dotplot", "document")
    faces = {line.get_markerfacecolor() for line in figure.axes[0].lines if line.get_marker() == "o"}
    assert faces == {style.PAPER, style.BLUE}  # rings and dots
    figure = drawn("three strategies", "acceptability", "document")
    lines = [line for line in figure.axes[0].lines if line.get_linewidth() > 1.5]
    assert (
        len({line.get_linestyle() + str(line.is_dashed()) + str(line._dash_pattern) for line in lines}) == 3
    )
    figure = drawn("three strategies", "waterfall", "document")
    hatched = {bar.get_hatch() for bar in figure.axes[0].patches}
    assert len(hatched) == 2
