"""WeasyPrint's computed styles, with a short way for what no rule speaks of.

That is most of what is asked of them, and WeasyPrint goes through every kind of value for each.
"""

from __future__ import annotations

from typing import Any

from weasyprint.css import ComputedStyle
from weasyprint.css.computed_values import PHYSICAL_FUNCTIONS
from weasyprint.css.properties import INHERITED, INITIAL_NOT_COMPUTED, INITIAL_VALUES

_TIED = ("display", "float", "page", "position", "text_decoration_")
"""What depends on more than the element's own rules and the element around it."""


def _names(key: str) -> frozenset[str]:
    """All names by which a rule can set a property: `margin_left` is the start or the end of a line too."""
    logical = PHYSICAL_FUNCTIONS.get(key)
    flows = ("ltr", "rtl") if logical else ()
    return frozenset({key, *(logical(block="ttb", inline=flow) for flow in flows)})


_PLAIN = {
    key: _names(key)
    for key in INITIAL_VALUES
    if (key in INHERITED or key not in INITIAL_NOT_COMPUTED) and not key.startswith(_TIED)
}
_compute = ComputedStyle.__missing__


def _look_up(style: Any, key: str) -> Any:
    """The value of a property that was not asked for yet."""
    around = style.parent_style
    if around is None or key not in _PLAIN or not _PLAIN[key].isdisjoint(style.cascaded):
        return _compute(style, key)
    value = style[key] = around[key] if key in INHERITED else INITIAL_VALUES[key]
    return value


ComputedStyle.__missing__ = _look_up
