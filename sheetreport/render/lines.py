"""WeasyPrint's lines of text, without the memory that it leaves behind for each of them.

For a text with features of its font, such as figures of one width, WeasyPrint has Pango make a list and never
has it freed. That is every text of a report, and up to a megabyte of each for as long as the process lives.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from weasyprint.text import line_break
from weasyprint.text.ffi import ffi, pango

_FEATURES = (
    "font_kerning",
    "font_variant_ligatures",
    "font_variant_position",
    "font_variant_caps",
    "font_variant_numeric",
    "font_variant_alternates",
    "font_variant_east_asian",
    "font_feature_settings",
)
_features_of, _set_up = line_break.font_features, line_break.Layout.setup


@lru_cache(maxsize=100)
def _named(*values: Any) -> bytes:
    """Features of a font as Pango reads them."""
    return ",".join(f"{name} {value}" for name, value in _features_of(*values).items()).encode()


def _set_up_and_own(layout: Any, style: Any) -> None:
    """Prepare a line; the list of its features goes when the line does."""
    _set_up(layout, style)
    features = _named(*(style[name] for name in _FEATURES))
    if features:
        attributes = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)
        pango.pango_attr_list_insert(attributes, pango.pango_attr_font_features_new(features))
        pango.pango_layout_set_attributes(layout.layout, attributes)


line_break.font_features = lambda *_: {}
line_break.Layout.setup = _set_up_and_own
