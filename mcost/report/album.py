"""The figures of a memo: what each says, and its bytes in any form and size, drawn when asked for."""

from __future__ import annotations

from collections.abc import Mapping

from mcost.figures.encoding import encode
from mcost.figures.gallery import GALLERY
from mcost.figures.ground import Ground
from mcost.figures.style import size_of
from mcost.report.layout import Plate


class Album:
    """The figures of one ground. plates : figure -> its place, for those that have something to show."""

    def __init__(self, ground: Ground, names: tuple[str, ...]) -> None:
        self._ground = ground
        self.plates: Mapping[str, Plate] = {
            name: Plate(name, caption.alt, caption.sentence)
            for name in names
            if GALLERY[name].nothing(ground) is None
            for caption in (GALLERY[name].caption(ground),)
        }

    def picture(self, name: str, form: str, for_: str = "document") -> bytes:
        """A figure's file. form : ``png``, ``svg`` or ``pdf``; for_ : ``document`` or ``slide``."""
        picture = GALLERY[name]
        figure = picture.figure(self._ground, for_)
        caption = picture.caption(self._ground)
        return encode(figure, form, size_of(for_), name, caption, self._ground.facts)
