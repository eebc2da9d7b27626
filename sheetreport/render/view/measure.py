"""An estimate of how wide a text is, for placing labels side by side."""

from __future__ import annotations

import math

_NARROW = frozenset(" \N{NO-BREAK SPACE}.,:;!|()ijl'’")
_WIDE = frozenset("%—₽₸€$wmжшщюфм")


def text_width(text: str, size: float) -> float:
    """Width in points, rather too much than too little."""
    return size * sum(_char_width(char) for char in text)


def _char_width(char: str) -> float:
    if char in _NARROW:
        return 0.30
    return 0.78 if char.isupper() or char in _WIDE else 0.61


def lines(text: str, size: float, width: float) -> int:
    """How many lines a text takes in a box."""
    return math.ceil(text_width(text, size) / width) if text else 0
