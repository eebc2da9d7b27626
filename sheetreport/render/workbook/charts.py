"""Native bar charts that stay readable in grey: solid against hatched, a finding as the title."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sheetreport.render.workbook.page import Page
from sheetreport.render.workbook.styles import FONT, HATCH, INPUT_BORDER

WIDTH, HEIGHT = 560, 300
BAR_HEIGHT, AROUND_BARS = 24, 70
PIXELS = 0.75  # points in a pixel
ROOM_ABOVE = 0.25  # of the range of a line's values, for what is written over them
ROOM_FOR_LABELS = 1.4  # the axis ends beyond the longest bar, so that its value is not clipped

_REFERENCE = re.compile(r"!(?=\$?[A-Z]+\$?[0-9])")


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart's title (the finding), its words for a screen reader, its number format and largest value."""

    title: str
    description: str
    number_format: str
    largest: float


@dataclass(frozen=True, slots=True)
class Series:
    """Values below each other from a first cell; hatched bars stand against solid ones."""

    name: str
    first: tuple[int, int]
    size: int
    hatched: bool = False
    hatched_from: int | None = None  # from which of the values on bars are hatched, counted from 0


def bars(
    page: Page,
    at: tuple[int, int],
    chart: Chart,
    series: Sequence[Series],
    names: tuple[int, int],
    size: tuple[int, int] = (WIDTH, HEIGHT),
) -> None:
    """A horizontal bar chart with its top left corner in a cell."""
    drawn = page.book.file.add_chart({"type": "bar"})
    sheet = page.sheet.get_name()
    styles = page.book.styles
    font = {"name": FONT, "size": 9, "color": styles.ink}
    for one in series:
        row, column = one.first
        last = row + one.size - 1
        drawn.add_series(
            {
                "name": _words(one.name),
                "categories": [sheet, names[0], names[1], last, names[1]],
                "values": [sheet, row, column, last, column],
                "gap": 50,
                "data_labels": {"value": True, "font": font, "num_format": chart.number_format},
                "points": [_fill(place >= one.hatched_from, styles.data) for place in range(one.size)]
                if one.hatched_from
                else None,
                **_fill(one.hatched, styles.data),
            }
        )
    drawn.set_title(
        {
            "name": _words(chart.title),
            "name_font": {"name": FONT, "size": 11, "bold": True, "color": styles.ink},
            "overlay": False,
        }
    )
    drawn.set_x_axis(
        {
            "visible": False,
            "major_gridlines": {"visible": False},
            "min": 0,
            "max": chart.largest * ROOM_FOR_LABELS,
        }
    )
    drawn.set_y_axis({"reverse": True, "num_font": font, "line": {"none": True}, "major_tick_mark": "none"})
    drawn.set_legend({"none": True} if len(series) == 1 else {"position": "bottom", "font": font})
    drawn.set_chartarea({"border": {"none": True}})
    drawn.set_size({"width": size[0], "height": size[1]})
    page.sheet.insert_chart(*at, drawn, {"description": chart.description, "object_position": 2})


def height(bar_count: int) -> int:
    """The height in pixels of a chart of single bars with a title."""
    return bar_count * BAR_HEIGHT + AROUND_BARS


def _words(text: str) -> str:
    """A text that XlsxWriter takes for no reference: it makes a formula of one like "Sheet!A1"."""
    return _REFERENCE.sub("! ", text)


def _fill(hatched: bool, colour: str) -> dict[str, object]:
    border = {"color": INPUT_BORDER if hatched else colour, "width": 0.75}
    if hatched:
        pattern = {"pattern": "wide_upward_diagonal", "fg_color": INPUT_BORDER, "bg_color": HATCH}
        return {"pattern": pattern, "border": border}
    return {"fill": {"color": colour}, "border": border}


@dataclass(frozen=True, slots=True)
class Line:
    """Values side by side from a first cell, with the names above them; each has an interval or none."""

    name: str
    names: tuple[int, int]
    first: tuple[int, int]
    size: int
    intervals: Sequence[Sequence[float] | None]
    values: Sequence[float | None]


def line(page: Page, at: tuple[int, int], chart: Chart, series: Line, size: tuple[int, int]) -> None:
    """A line from period to period with its top left corner in a cell; a blank cell is a gap."""
    drawn = page.book.file.add_chart({"type": "line"})
    sheet, styles = page.sheet.get_name(), page.book.styles
    font = {"name": FONT, "size": 9, "color": styles.ink}
    (names_row, names), (row, column), last = series.names, series.first, series.size - 1
    drawn.add_series(
        {
            "name": _words(series.name),
            "categories": [sheet, names_row, names, names_row, names + last],
            "values": [sheet, row, column, row, column + last],
            "line": {"color": styles.data, "width": 1.5},
            "marker": {"type": "circle", "size": 7, **_fill(False, styles.data)},
            "data_labels": {
                "value": True,
                "position": "above",
                "font": font,
                "num_format": chart.number_format,
            },
            "y_error_bars": _error_bars(series, styles.ink),
        }
    )
    drawn.show_blanks_as("gap")
    drawn.set_title(
        {
            "name": _words(chart.title),
            "name_font": {"name": FONT, "size": 10, "bold": True, "color": styles.ink},
            "overlay": False,
        }
    )
    drawn.set_x_axis({"num_font": font, "major_tick_mark": "none", "label_position": "low"})
    low, high = _limits(series)
    drawn.set_y_axis({"visible": False, "major_gridlines": {"visible": False}, "min": low, "max": high})
    drawn.set_legend({"none": True})
    drawn.set_chartarea({"border": {"none": True}})
    drawn.set_size({"width": size[0], "height": size[1]})
    page.sheet.insert_chart(*at, drawn, {"description": chart.description, "object_position": 2})


def _error_bars(series: Line, colour: str) -> dict[str, object] | None:
    """How far each value's interval reaches below it and above it; None where no value has one."""
    if not any(series.intervals):
        return None
    margins = [
        (0.0, 0.0) if within is None or value is None else (value - within[0], within[1] - value)
        for within, value in zip(series.intervals, series.values, strict=True)
    ]
    below, above = zip(*margins, strict=True)
    line = {"color": colour, "width": 1}
    return {"type": "custom", "minus_values": [*below], "plus_values": [*above], "line": line}


def _limits(series: Line) -> tuple[float, float]:
    """The ends of the axis, with room for what is written over the values."""
    ends = [value for value in series.values if value is not None]
    ends += [end for within in series.intervals for end in within or ()]
    room = (max(ends) - min(ends) or abs(max(ends)) or 1.0) * ROOM_ABOVE
    return min(ends) - room, max(ends) + room
