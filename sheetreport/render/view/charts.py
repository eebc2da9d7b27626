"""Geometry of charts: values to points on the page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sheetreport.model import Interval
from sheetreport.render.view.measure import text_width
from sheetreport.render.view.model import Label, Shape

CONTENT = 357.0  # width of the right column of a chapter, points
SUMMARY_FIGURE = 116.0  # width of a figure's bar on page 1


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear axis: values from `low` to `high` over `width` points from `left`."""

    low: float
    high: float
    left: float
    width: float

    def at(self, value: float) -> float:
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.left + share * self.width

    @property
    def right(self) -> float:
        return self.left + self.width


def round_steps(high: float, most: int = 5) -> Sequence[float]:
    """Round axis values from 0 to at least `high`, no more than `most` steps."""
    if high <= 0:
        return (0.0, 1.0)
    raw = high / most
    magnitude = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * magnitude for factor in (1, 2, 2.5, 5, 10) if factor * magnitude >= raw * 0.999999)
    count = math.ceil(high / step - 1e-9)
    return tuple(step * index for index in range(count + 1))


def bar(look: str, left: float, top: float, width: float, height: float) -> Shape:
    """A bar; a value above zero is never thinner than a hairline."""
    return Shape(f"bar {look}", left, top, max(width, 0.6), height)


def whisker(scale: Scale, interval: Interval, middle: float, look: str = "") -> tuple[Shape, ...]:
    """A horizontal line between both ends with caps."""
    low, high = scale.at(interval[0]), scale.at(interval[1])
    return (
        Shape(f"rule {look}", low, middle - 0.7, max(high - low, 0.6), 1.4),
        Shape(f"rule {look}", low, middle - 4, 1.2, 8),
        Shape(f"rule {look}", high - 1.2, middle - 4, 1.2, 8),
    )


def dot(scale: Scale, value: float, middle: float, look: str = "") -> Shape:
    """A point: a circle, hollow or square as `look` says."""
    return Shape(f"dot {look}", scale.at(value) - 3.6, middle - 3.6, 7.2, 7.2)


def ticks(
    scale: Scale, values: Iterable[float], words: Iterable[str], top: float
) -> tuple[list[Shape], list[Label]]:
    """Marks under an axis with their labels; the outer ones stay inside the chart.

    Where labels would touch, every second or third one is written, or the ends alone.
    """
    shapes, labels = [], []
    for value, word in zip(values, words, strict=True):
        x = scale.at(value)
        shapes.append(Shape("tick", x - 0.3, top, 0.6, 4))
        labels.append(centred(word, x, top + 4.5, 7, (scale.left, scale.right + 26), "axis"))
    return shapes, _apart(labels)


def _apart(labels: Sequence[Label]) -> list[Label]:
    """Those labels of a line that leave each other room, at even steps from the first one to the last."""
    gaps = len(labels) - 1
    for step in (step for step in range(1, gaps + 1) if gaps % step == 0):
        kept = labels[::step]
        if all(one.left + one.width + 1 <= other.left for one, other in pairwise(kept)):
            return list(kept)
    return list(labels[:1])  # an axis without its beginning can't be read


def centred(text: str, x: float, top: float, size: float, room: Interval, look: str = "") -> Label:
    """A label centred on x, moved inside its room."""
    width = text_width(text, size) + 2
    left = min(max(x - width / 2, room[0]), max(room[1] - width, room[0]))
    return Label(text, left, top, width, f"c {look}".strip())
