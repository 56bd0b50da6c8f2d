"""What is said of a figure: in its title, to those who do not see it, and in the text beside it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Caption:
    """title : the finding. subtitle : how to read the figure. alt : what it shows. sentence : to paste."""

    title: str
    subtitle: str
    alt: str
    sentence: str
