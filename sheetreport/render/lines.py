"""WeasyPrint's lines of text, without what it leaves behind and without what it does again for each of them.

For a text with features of its font, such as figures of one width, WeasyPrint has Pango make a list and never
has it freed. That is every text of a report, and up to a megabyte of each for as long as the process lives.
It also looks a font up for each line of it, and forgets how a line is set, to find out again when it draws.
"""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from weasyprint.text import line_break
from weasyprint.text.ffi import ffi, gobject, pango

_LOOKS = (
    "direction",
    "font_family",
    "font_feature_settings",
    "font_kerning",
    "font_language_override",
    "font_size",
    "font_stretch",
    "font_style",
    "font_variant_alternates",
    "font_variant_caps",
    "font_variant_east_asian",
    "font_variant_ligatures",
    "font_variant_numeric",
    "font_variant_position",
    "font_variation_settings",
    "font_weight",
    "lang",
)
"""What WeasyPrint reads of a style when it prepares a line, beside whether there is a line under it."""

_looks = itemgetter(*_LOOKS)
_tell_apart_in_writing = line_break._font_style_cache_key
_prepare, _prepare_again = line_break.Layout.setup, line_break.Layout.reactivate

ffi.cdef("PangoLayout * pango_layout_copy (PangoLayout *src);")


def _set_up(layout: Any, style: Any) -> None:
    """Prepare a line as a copy of an empty one that looks the same; its features go when it does."""
    looks = style["text_decoration_line"] == "none", _looks(style)
    models = style.font_config.font_features  # its own cache, as old as the fonts
    if looks not in models:
        model = object.__new__(line_break.Layout)
        _prepare(model, style)
        pango.pango_layout_set_single_paragraph_mode(model.layout, True)  # as it will be drawn
        models[looks] = vars(model)
    vars(layout).update(models[looks], style=style)
    layout.layout = ffi.gc(pango.pango_layout_copy(layout.layout), gobject.g_object_unref)


def _keep(layout: Any) -> None:
    """Be done with a line for now."""
    layout.known = layout.text


def _draw_on(layout: Any, style: Any) -> None:
    """Take a line up again; only one that says something else by now, or is spread out, is set anew."""
    if layout.text != layout.known or layout.justification_spacing:
        _prepare_again(layout, style)


def _tell_apart(style: Any, include_size: bool = False) -> Any:
    """What WeasyPrint remembers the height of a line by; it writes all of it out as a text."""
    return (_looks(style), style["line_height"]) if include_size else _looks(style)


line_break._font_style_cache_key = _tell_apart
line_break.Layout.setup = _set_up
line_break.Layout.deactivate = _keep
line_break.Layout.reactivate = _draw_on
