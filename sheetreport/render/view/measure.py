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


def fit(text: str, size: float, width: float, most: int = 1) -> str:
    """A text cut with an ellipsis so that it takes no more lines than `most` in a box."""
    room = width * most * (1 if most == 1 else 0.9)  # lines end before their edge where words break
    if text_width(text, size) <= room:
        return text
    kept = text
    while kept and text_width(kept, size) + text_width("…", size) > room:
        kept = kept[:-1]
    return kept.rstrip(" ,;:—–-") + "…"


def lines(text: str, size: float, width: float) -> int:
    """How many lines a text takes in a box."""
    return math.ceil(text_width(text, size) / width) if text else 0
