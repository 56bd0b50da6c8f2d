"""Draws the gallery anew: ``python figures/export.py``, into this folder or the one that is named."""

import sys
from collections.abc import Iterator
from pathlib import Path

import mcost
from mcost.figures import saving
from mcost.figures.gallery import GALLERY
from mcost.figures.ground import Ground

DRAWS, SEED = 16_384, 1

SHOWN = {
    "contested": ("The answer is open", tuple(GALLERY)),
    "honeycomb": ("It never pays off", ("dotplot", "break_even", "waterfall")),
    "indeed": ("It nearly always pays off", ("dotplot", "break_even", "fan")),
    "checkr": ("It mostly pays off, and a map shows where it would not", ("decision_map", "tornado")),
}
"""Scenario -> a heading, and which of its figures are shown."""


def export(folder: Path) -> None:
    """Every figure as a PNG of document size, what it says in a .json beside it, and a README of them all."""
    parts = [HEAD]
    for scenario, (heading, names) in SHOWN.items():
        ground = Ground.of(mcost.run(scenario, draws=DRAWS, seed=SEED))
        pictures, sizes = saving.pictures(names), saving.sizes("document")
        saving.save(ground, folder / scenario, pictures, ["png"], sizes, force=True)
        parts.append(f"## {heading}: `{scenario}`")
        parts.append(f"{ground.answer.scenario.title}")
        parts += page(scenario, names, ground)
    (folder / "README.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def page(scenario: str, names: tuple[str, ...], ground: Ground) -> Iterator[str]:
    """Each figure with its question, its alt text and its sentence."""
    for name in names:
        picture = GALLERY[name]
        caption = picture.said(ground)
        yield f"### `{name}`: {picture.question}"
        yield f"![{caption.alt}]({scenario}/{name}.png)"
        yield f"> {caption.sentence}"


HEAD = f"""\
# Gallery

The figures of shipped scenarios, as `mcost figures SCENARIO --out DIR` draws them for a document, each with
the sentence to paste beneath it; the alt text is that of the pictures. One command draws them anew, with
{DRAWS:,} draws and seed {SEED}:

```sh
python figures/export.py
```"""

if __name__ == "__main__":
    export(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
