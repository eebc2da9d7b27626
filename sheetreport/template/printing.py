"""Where printed pages end, so that a section stays in one piece."""

from __future__ import annotations

from collections.abc import Collection, Sequence

WIDEST, WIDE_SCALE = 270, 60
"""A wider table is printed on several pages side by side, at this percentage."""

_PAGE = (527.0, 760.0)  # what A4 leaves for print, in points
_CHARACTER = 6.1  # the width of a digit, in points
_TAIL = 0.28  # a section moves to the next page if no more than this share of the page stays empty


def room(widths: Sequence[float], *, landscape: bool) -> float:
    """How many points of rows a page takes when all its columns fit."""
    across, down = (_PAGE[1], _PAGE[0]) if landscape else _PAGE
    return down / min(1.0, across / (sum(widths) * _CHARACTER))


def breaks(
    heights: Sequence[float],
    sections: Collection[int],
    forced: Collection[int],
    repeated: tuple[int, int],
    page: float,
) -> list[int]:
    """Rows before which a new page starts: the forced ones, and before sections that would be torn."""
    found = [*forced]
    again = sum(heights[repeated[0] : repeated[1] + 1])
    used = 0.0
    starts = sorted({0, *sections, *forced})
    for first, end in zip(starts, [*starts[1:], len(heights)], strict=True):
        needed = sum(heights[first:end])
        if first in forced:
            used = again
        elif first and used + needed > page and page - used < _TAIL * page:
            found.append(first)
            used = again
        used += needed
        while used > page:
            used -= page - again
    return sorted(found)
