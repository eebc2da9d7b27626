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
            if isinstance(box, LineBox):
                _fill(box, numbers)


def _fill(line: Any, numbers: Mapping[str, int]) -> None:
    """Write the numbers of one line; what follows one closes up to it."""
    moved = 0.0
    for part in line.children:
        anchor = part.element.get(TARGET) if part.element is not None else None
        if anchor is None:
            part.translate(moved)
            continue
        alone = not part.children  # a text whose element is all the line: it ends where its room ends
        text = part if alone else part.children[0]
        text.text = text.pango_layout.text = str(numbers[anchor])
        spare = text.width * (1 - len(text.text) / _KEPT)
        part.translate(spare if alone else moved)
        moved -= spare
