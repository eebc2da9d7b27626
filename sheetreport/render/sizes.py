"""WeasyPrint's sizes of boxes, worked out once for all boxes of a style that have the same room.

Four of five have such a twin: a box is laid out anew where it is measured first, and cells are alike.
"""

from __future__ import annotations

import sys
from typing import Any

from weasyprint.formatting_structure.boxes import Box
from weasyprint.layout import percent

_SIDES = ("top", "right", "bottom", "left")
_BORDERS = tuple(f"border_{side}_width" for side in _SIDES)
SIZES = (
    *(f"{edge}_{side}" for edge in ("margin", "padding") for side in _SIDES),
    *_BORDERS,
    *(f"{limit}{size}" for limit in ("", "min_", "max_") for size in ("width", "height")),
)
"""What WeasyPrint works out of a style and the room."""

_resolve = percent.resolve_percentages


def _size(box: Any, containing_block: Any) -> None:
    """Give a box its sizes."""
    around = containing_block
    room = (around.width, around.height) if isinstance(around, Box) else tuple(around)
    if box.style["border_collapse"] == "collapse":  # borders that a table has settled stay
        room = *room, *[getattr(box, name, None) for name in _BORDERS]
    known = vars(box.style).setdefault("sizes", {})
    if room not in known:
        _resolve(box, containing_block)
        known[room] = {name: getattr(box, name) for name in SIZES}
    vars(box).update(known[room])


PLACES = [
    module
    for name, module in sys.modules.items()
    if name.startswith("weasyprint.layout.") and getattr(module, _resolve.__name__, None) is _resolve
]
"""The modules that ask for sizes."""

for _module in PLACES:
    vars(_module)[_resolve.__name__] = _size
