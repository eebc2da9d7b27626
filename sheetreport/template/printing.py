"""Where printed pages end, so that a section stays in one piece."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import ceil

_PAGE = (527.0, 760.0)  # what A4 leaves for print, in points
_CHARACTER = 6.1  # the width of a digit, in points
_SMALLEST = 0.65  # print smaller than this is hard to read: a wider table goes over several pages
_LARGEST = 0.85  # and larger than this only costs pages: a table's rows then go over the end of one
_SLACK = 0.95  # printers differ in the width of a character
_TAIL = 0.28  # a section moves to the next page if no more than this share of the page stays empty


def room(widths: Sequence[float], *, landscape: bool) -> float:
    """How many points of rows a page takes."""
    across, down = (_PAGE[1], _PAGE[0]) if landscape else _PAGE
    wide = spread(widths, landscape=landscape)
    if wide is not None:
        return down * 100 / wide.scale
    return down / min(1.0, across / (sum(widths) * _CHARACTER))


@dataclass(frozen=True, slots=True)
class Spread:
    """Pages side by side: the columns before which one starts, and the size of print in per cent."""

    starts: tuple[int, ...]
    scale: int


def widest(*, landscape: bool) -> float:
    """The widths of columns, in characters, that one page takes at the smallest print."""
    return _PAGE[1 if landscape else 0] / _CHARACTER / _SMALLEST


def spread(widths: Sequence[float], *, landscape: bool) -> Spread | None:
    """A wide table over as few pages as can be read, about equally full, its first column on each of them;
    None where one page is enough.

    """
    limit = widest(landscape=landscape)
    if sum(widths) <= limit:
        return None
    first, *others = widths
    pages = ceil(sum(others) / (limit - first))
    ends = list(accumulate(others))
    starts = [
        1 + min(range(len(others)), key=lambda at: abs(ends[at] - others[at] - ends[-1] * page / pages))
        for page in range(1, pages)
    ]
    edges = [1, *starts, len(widths)]
    fullest = max(first + sum(widths[start:end]) for start, end in pairwise(edges))
    fitting = _PAGE[1 if landscape else 0] / _CHARACTER / fullest
    return Spread(tuple(starts), int(100 * min(_LARGEST, _SLACK * fitting)))


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
