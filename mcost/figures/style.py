"""What every figure looks like: two sizes, a few colours, one typeface; none of the user's own settings."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import seaborn as sns
from matplotlib.ft2font import FT2Font

from mcost.errors import McostError, nearest, shown

BLUE = "#0072B2"
VERMILION = "#D55E00"
RUST = "#B34D00"
"""Vermilion for small text: it has the contrast that vermilion lacks."""

INK = "#1F2328"
GREY = "#5C636B"
RULE = "#A9B0B7"
HAIR = "#E3E6E9"
PAPER = "#FFFFFF"

BLUES = sns.light_palette(BLUE, 6)
"""From almost white to blue."""

SERIES = (BLUE, VERMILION, "#009E73", "#8A5AA8", "#8F6B00", "#3D3D3D")
SERIES_TEXT = (BLUE, RUST, "#00704F", "#7A4A98", "#7A5C00", "#3D3D3D")
DASHES = ("-", (0, (5, 1.6)), (0, (1.2, 1.2)), (0, (7, 1.5, 1.2, 1.5)), (0, (3, 1.2)), (0, (9, 2)))
HATCHES = ("", "/", ".", "\\", "x", "-")

_LOOKS = (
    *("agg", "axes", "contour", "figure", "font", "grid", "hatch", "image", "lines", "markers", "mathtext"),
    *("patch", "path", "pdf", "savefig", "svg", "text", "xaxis", "xtick", "yaxis", "ytick"),
)
"""Families of Matplotlib's settings that a figure's looks and bytes depend on."""


@dataclass(frozen=True)
class Size:
    """A canvas. width, height : inches. base, least : of the text, points. dpi : of a PNG."""

    name: str
    width: float
    height: float
    base: float
    least: float
    dpi: int

    def hatch(self, pattern: str) -> str:
        """A pattern as dense, to the eye, as it is at the other size: Matplotlib counts lines an inch."""
        return pattern * round(36 / self.base)


DOCUMENT = Size("document", 6.3, 3.9, 9, 7, 200)
SLIDE = Size("slide", 40 / 3, 7.5, 20, 15, 144)
SIZES = {size.name: size for size in (DOCUMENT, SLIDE)}


def size_of(name: str) -> Size:
    """The size by its name; McostError where there is none."""
    if name not in SIZES:
        raise McostError(f"for_: found {shown(name)}; expected document or slide{nearest(name, SIZES)}")
    return SIZES[name]


def typeface() -> str:
    """The version of the typeface, which Matplotlib brings; "none" where it has lost it."""
    font = Path(mpl.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")
    if not font.is_file():
        return "none"
    words = FT2Font(str(font)).get_sfnt()
    return words.get((1, 0, 0, 5), b"none").decode("latin-1").removeprefix("Version ")


@contextmanager
def styled(size: Size) -> Iterator[None]:
    """Matplotlib's own settings with ours on top, whatever the user's are; theirs come back afterwards."""
    line = size.base / 12
    ours = sns.axes_style("ticks") | {
        "axes.edgecolor": RULE,
        "axes.labelcolor": GREY,
        "axes.labelpad": 0.5 * size.base,
        "axes.labelsize": size.base * 0.9,
        "axes.linewidth": 0.7 * line,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "figure.dpi": size.dpi,
        "font.family": ["DejaVu Sans"],
        "font.size": size.base,
        "hatch.linewidth": 0.8 * line,
        "lines.solid_capstyle": "butt",
        "patch.force_edgecolor": False,
        "pdf.fonttype": 42,
        "savefig.dpi": "figure",
        "svg.fonttype": "path",
        "svg.hashsalt": "mcost",
        "text.color": INK,
        "text.parse_math": False,  # money has dollar signs
        "xtick.color": RULE,
        "xtick.labelcolor": GREY,
        "ytick.color": RULE,
        "ytick.labelcolor": GREY,
    }
    for ticks in ("xtick", "ytick"):
        ours |= {
            f"{ticks}.labelsize": size.base * 0.88,
            f"{ticks}.major.size": 0.35 * size.base,
            f"{ticks}.major.width": 0.7 * line,
            f"{ticks}.major.pad": 0.35 * size.base,
        }
    plain = {key: value for key, value in mpl.rcParamsDefault.items() if key.split(".")[0] in _LOOKS}
    with mpl.rc_context(plain | ours), warnings.catch_warnings():
        # A name may hold signs that the typeface lacks: they show as boxes, and are whole in the alt text.
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        yield
