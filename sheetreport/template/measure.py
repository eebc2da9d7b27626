"""How much room a wrapped text takes: a spreadsheet does not grow its rows by itself."""

from __future__ import annotations

import math
from functools import lru_cache

LINE = {9: 12.5, 10: 13.5, 11: 15.0}
"""Height of a line by the size of its font, in points."""

_NARROW, _WIDE = set(" .,:;!|'’‘`ijlft()[]/\\-1«»“”"), set("mwMWШЩЮЖФЫШщшюжмМ—@%")


@lru_cache(maxsize=4000)  # most texts are the template's own and come back with every copy
def lines_of(text: str, width: float, size: int = 11, *, bold: bool = False) -> int:
    """How many lines a wrapped text takes in a column of that many characters."""
    room = width * 11 / size - 0.6
    count = 0
    for paragraph in text.split("\n"):
        used = 0.0
        count += 1
        for word in paragraph.split(" "):
            length = sum(0.55 if c in _NARROW else 1.4 if c in _WIDE else 1.0 for c in word)
            length *= 1.07 if bold else 1
            gap = 0.55 if used else 0
            if used + gap + length <= room:
                used += gap + length
            else:
                # A word longer than the line breaks inside.
                count += (1 if used else 0) + max(0, math.ceil(length / room) - 1)
                used = length % room if length > room else length
    return count


def height_of(label: str, hint: str, width: float, size: int = 10, *, bold: bool = True) -> float:
    """The height of a wrapped label with its small hint below."""
    lines = lines_of(label, width, size, bold=bold) * LINE[size]
    return lines + (lines_of(hint, width, 9) * LINE[9] if hint else 0) + 6
