"""The pages that the front of a report points at, written when the report is laid out.

CSS can count pages too, but WeasyPrint then lays the pages in front out three times.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TARGET = "data-page"
"""The attribute of what the templates keep a number's place with: the anchor whose page is meant."""

_KEPT = 2  # digits that a place has room for; one is as wide as another


def write(document: Any, last: str) -> None:
    """Fill the places kept for numbers of pages, up to the page that has the anchor `last`."""
    from weasyprint.formatting_structure.boxes import LineBox  # noqa: PLC0415  (loaded already)

    numbers: dict[str, int] = {}
    for number, page in enumerate(document.pages, start=1):
        for anchor in page.anchors:
            numbers.setdefault(anchor, number)
    for page in document.pages[: numbers.get(last, 0)]:
        for box in page._page_box.descendants(placeholders=True):
            if isinstance(box, LineBox) and box.element is not None:  # that of a footer has none
                _fill(box, numbers)


def _fill(line: Any, numbers: Mapping[str, int]) -> None:
    """Write the numbers of one line. One that is all the line ends where its room ends; others close up."""
    from weasyprint.formatting_structure.boxes import InlineBox, TextBox  # noqa: PLC0415

    alone, moved = line.element.get(TARGET), 0.0
    for part in line.children:
        part.translate(moved)
        if alone and isinstance(part, TextBox):
            part.translate(_spared(part, numbers[alone]))
        elif isinstance(part, InlineBox) and (anchor := part.element.get(TARGET)):
            moved -= _spared(part.children[0], numbers[anchor])


def _spared(text: Any, number: int) -> float:
    """The width that a number leaves of its place, once it is written there."""
    text.text = text.pango_layout.text = str(number)
    return float(text.width) * (1 - len(text.text) / _KEPT)
