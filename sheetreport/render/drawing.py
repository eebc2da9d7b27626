"""Charts drawn straight onto the page, where the layout keeps the place of a picture.

As boxes of HTML, every bar and every word is laid out like a paragraph: a fifth of what a report costs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from sheetreport.render.view.model import Chart, Label, Shape

_PX = 96 / 72  # WeasyPrint counts in pixels
_QUARTER = 0.5523  # how far the handles of a quarter of a circle reach, in radii
_STRIPES = 3.4 * _PX  # from one stripe of a hatch to the next, along the edge
_DASH = 3  # a dash is about as many times as long as wide
_INK, _GREY, _PALE, _RED, _WHITE = "ink", "#555c64", "#868f98", "#b3261e", "#ffffff"
_LEFT, _CENTRE, _RIGHT = 0.0, 0.5, 1.0


@dataclass(frozen=True, slots=True)
class _Paint:
    """How a shape is filled and edged: colours, or the roles of a brand's, and a width in points."""

    fill: str = ""
    edge: str = ""
    width: float = 0.0
    dashed: bool = False


PAINTS: Mapping[str, _Paint] = {
    "band": _Paint("#edeff1"),
    "bar data": _Paint("data"),
    "bar hollow": _Paint(_WHITE, "data", 1),
    "bar lost": _Paint(_RED),
    "bar need": _Paint(_WHITE, "data", 1, dashed=True),
    "bar other": _Paint(_PALE),
    "bar pale": _Paint("#c9d2dc", "data", 0.6),
    "bar plain": _Paint(_WHITE, _INK, 0.7),
    "bar track": _Paint("#e4e7ea"),
    "dot": _Paint(_INK),
    "dot blue": _Paint("data"),
    "dot grey": _Paint(_PALE),
    "dot open": _Paint(_WHITE, _INK, 1.4),
    "dot red": _Paint(_RED),
    "dot red square": _Paint(_RED),
    "letter": _Paint(_INK),
    "letter fail": _Paint(_WHITE, _RED, 1),
    "letter unknown": _Paint(_WHITE, _GREY, 0.8, dashed=True),
    "line": _Paint("#d4d7db"),
    "middle": _Paint("", _GREY, 0.7, dashed=True),
    "rule": _Paint(_INK),
    "rule blue": _Paint("data"),
    "rule grey": _Paint(_PALE),
    "rule red": _Paint(_RED),
    "strike": _Paint("", _RED, 1.2),
    "tick": _Paint(_GREY),
    "tick-box": _Paint("", _INK, 1),
    "triangle": _Paint(_INK),
    "write": _Paint("", _PALE, 0.7, dashed=True),
    "zone zone-green": _Paint("#ddede5"),
    "zone zone-neutral": _Paint("#edeff1"),
    "zone zone-orange": _Paint("#f7e7cd"),
    "zone zone-red": _Paint("#f5dbd7"),
}
"""What each look of a shape means."""

_SIZES = {"axis": 7.0, "tag": 7.5, "mean": 9.0, "value": 14.0}
_COLOURS = {"axis": _GREY, "tag": _GREY, "grey": _GREY, "act": _RED, "white": _WHITE}
_SIDES = {"c": _CENTRE, "r": _RIGHT}
WORDS = frozenset({*_SIZES, *_COLOURS, *_SIDES, "b", "wrap", "mid", "on"})
"""What the look of a label is made of."""


@dataclass(frozen=True, slots=True)
class _Set:
    """How the words of a label are set; `size` is in points."""

    size: float
    bold: bool
    leading: float
    colour: str
    side: float
    wraps: bool
    centred: bool
    backed: bool


@lru_cache(maxsize=200)
def _set(look: str) -> _Set:
    words = look.split()
    return _Set(
        size=next((_SIZES[word] for word in words if word in _SIZES), 8.0),
        bold="b" in words or "value" in words,
        leading=1.1 if "value" in words else 1.2,
        colour=next((_COLOURS[word] for word in words if word in _COLOURS), _INK),
        side=next((_SIDES[word] for word in words if word in _SIDES), _LEFT),
        wraps="wrap" in words,
        centred="mid" in words,
        backed="on" in words,
    )


@lru_cache(maxsize=100)
def _rgb(colour: str) -> Sequence[float]:
    """A colour written as #rrggbb, as shares of red, green and blue."""
    return tuple(part / 255 for part in bytes.fromhex(colour[1:]))


class Drawing:
    """A chart as WeasyPrint takes a picture: it says how high it is and draws itself."""

    def __init__(self, chart: Chart, texts: Sequence[str], roles: Mapping[str, str]) -> None:
        self._chart, self._texts, self._roles = chart, texts, roles

    def get_intrinsic_size(self, _resolution: object, _font_size: object) -> tuple[None, float, None]:
        """Its height in pixels; it is as wide as its place."""
        return None, self._chart.height * _PX, None

    def draw(self, stream: Any, _width: float, _height: float, style: Any) -> None:
        """Shapes first, then words, from the corner of the place."""
        for shape in self._chart.shapes:
            self._draw(stream, shape)
        for label, text in zip(self._chart.labels, self._texts, strict=True):
            self._write(stream, label, text, style)

    def _ink(self, stream: Any, name: str, *, stroke: bool = False) -> None:
        stream.set_color_rgb(*_rgb(self._roles.get(name, name)), stroke)

    def _draw(self, stream: Any, shape: Shape) -> None:
        look = shape.look.strip()
        paint = PAINTS[look]
        box = shape.left * _PX, shape.top * _PX, shape.width * _PX, shape.height * _PX
        if paint.fill:
            self._ink(stream, paint.fill)
        if paint.edge:
            self._ink(stream, paint.edge, stroke=True)
            stream.set_line_width(paint.width * _PX)
        half = paint.width * _PX / 2
        left, top, width, height = box
        if look == "triangle":
            _polygon(stream, (left, top), (left + width, top), (left + width / 2, top + height))
            stream.fill()
        elif look == "strike":
            _line(stream, left, top + height, left + width, top)
        elif look == "middle":
            _dashes(stream, left + half, top, left + half, top + height, half * 2)
        elif look == "write":
            low = top + height - half
            _dashes(stream, left, low, left + width, low, half * 2)
        elif look.startswith("dot") and not look.endswith("square"):
            _circle(stream, left + width / 2, top + height / 2, width / 2 - half)
            stream.fill_and_stroke() if paint.edge else stream.fill()
        elif paint.dashed:
            stream.rectangle(*box)
            stream.fill()
            _dashed_box(stream, box, half)
        elif paint.edge:
            stream.rectangle(left + half, top + half, width - 2 * half, height - 2 * half)
            stream.fill_and_stroke() if paint.fill else stream.stroke()
        else:
            stream.rectangle(*box)
            stream.fill()
            if look == "bar lost":
                self._hatch(stream, box)

    def _hatch(self, stream: Any, box: Sequence[float]) -> None:
        left, top, width, height = box
        with stream.stacked():
            stream.rectangle(*box)
            stream.clip()
            stream.end()
            self._ink(stream, _WHITE, stroke=True)
            stream.set_line_width(_STRIPES * 0.2625)
            for stripe in range(int((width + height) / _STRIPES) + 1):
                reach = stripe * _STRIPES
                stream.move_to(left + reach + 1, top - 1)
                stream.line_to(left + reach - height - 1, top + height + 1)
            stream.stroke()

    def _write(self, stream: Any, label: Label, text: str, style: Any) -> None:
        """One label, broken into lines where its look lets it wrap."""
        from weasyprint.draw.text import draw_first_line  # noqa: PLC0415
        from weasyprint.matrix import Matrix  # noqa: PLC0415
        from weasyprint.text.line_break import split_first_line, strut  # noqa: PLC0415

        known = _set(label.look)
        letters = style.copy()
        letters["font_size"] = known.size * _PX
        letters["font_weight"] = 600 if known.bold else 400
        letters["line_height"] = known.leading
        letters["white_space"] = "normal" if known.wraps else "nowrap"
        letters["overflow_wrap"] = "anywhere" if known.centred else "normal"
        leading, baseline = strut(letters)
        room = label.width * _PX
        rest: bytes | None = text.encode()
        lines = []
        while rest:
            layout, length, resume, width, _, _ = split_first_line(rest.decode(), letters, None, room, 0)
            lines.append((layout, rest[:length].decode(), width))
            rest = rest[resume:] if resume else None
        top = label.top * _PX - (len(lines) * leading / 2 if known.centred else 0)
        if known.backed:
            self._ink(stream, _WHITE)
            stream.rectangle(label.left * _PX, top, room, len(lines) * leading)
            stream.fill()
        self._ink(stream, known.colour)
        for at, (layout, line, width) in enumerate(lines):
            # A line wider than its room goes on to the right, as text does.
            start = label.left * _PX + max(room - width, 0) * known.side
            layout.reactivate(letters)
            stream.begin_text()
            place = Matrix(d=-1, e=start, f=top + at * leading + baseline)
            text_box = SimpleNamespace(text=line, style=letters, pango_layout=layout)
            draw_first_line(stream, text_box, "clip", "none", place)
            stream.end_text()
            layout.deactivate()


def _polygon(stream: Any, first: Sequence[float], *others: Sequence[float]) -> None:
    stream.move_to(*first)
    for corner in others:
        stream.line_to(*corner)
    stream.close()


def _circle(stream: Any, x: float, y: float, radius: float) -> None:
    handle = radius * _QUARTER
    stream.move_to(x + radius, y)
    stream.curve_to(x + radius, y + handle, x + handle, y + radius, x, y + radius)
    stream.curve_to(x - handle, y + radius, x - radius, y + handle, x - radius, y)
    stream.curve_to(x - radius, y - handle, x - handle, y - radius, x, y - radius)
    stream.curve_to(x + handle, y - radius, x + radius, y - handle, x + radius, y)
    stream.close()


def _line(stream: Any, x: float, y: float, to_x: float, to_y: float) -> None:
    stream.move_to(x, y)
    stream.line_to(to_x, to_y)
    stream.stroke()


def _dashed_box(stream: Any, box: Sequence[float], half: float) -> None:
    left, top, width, height = box
    right, low = left + width, top + height
    for x, y, to_x, to_y in (
        (left, top + half, right, top + half),
        (right - half, top, right - half, low),
        (left, low - half, right, low - half),
        (left + half, top, left + half, low),
    ):
        _dashes(stream, x, y, to_x, to_y, half * 2)


def _dashes(stream: Any, x: float, y: float, to_x: float, to_y: float, width: float) -> None:
    """A level or upright line of dashes that begins and ends with one."""
    length = to_x - x + to_y - y
    gaps = int(length // (2 * _DASH * width))
    dash = length / (2 * gaps + 1)
    with stream.stacked():
        stream.set_dash([dash, dash], 0)
        _line(stream, x, y, to_x, to_y)
