"""What the fuzz tests share: their count."""

from fuzz.counting import count

__all__ = ["count"]
