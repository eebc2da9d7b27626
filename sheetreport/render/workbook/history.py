"""The sheet of a client's periods: the followed metrics side by side, the change live, a chart for each."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from sheetreport.catalog.definitions import Unit
from sheetreport.formula.excel import NOT_COMPUTABLE
from sheetreport.i18n import digits_of
from sheetreport.render.workbook import charts
from sheetreport.render.workbook.health import SCORE
from sheetreport.render.workbook.names import metric_name
from sheetreport.render.workbook.page import READING_SIZE, Book, Fitted, Page
from sheetreport.render.workbook.styles import decimals, signed

NAME, FIRST = 0, 1
_NAME, _PERIOD, _CHANGE, _READING = 36, 16, 14, 60
_CHART = (460, 230)  # pixels
_EMPTY_ROW = 20  # pixels
_SECOND = 4  # the column in which the second chart of a pair begins

Json = Mapping[str, Any]


def has_data(book: Book) -> bool:
    """Whether the result has an earlier period."""
    history = book.facts.result.get("history")
    return bool(history and len(history["periods"]) > 1 and history["series"])


def widths(book: Book) -> Sequence[float]:
    """The columns: as many as there are periods, then the change with its limits and what it means."""
    history = book.facts.result.get("history") or {"periods": ()}
    return (_NAME, *[_PERIOD] * len(history["periods"]), *[_CHANGE] * 3, _READING)


def write(book: Book, page: Page) -> None:
    history = book.facts.result["history"]
    periods, series = history["periods"], history["series"]

    def t(key: str) -> str:
        return book.wording.text(f"history.{key}")

    page.title(t("name"), t("sheet_rules"))
    change = FIRST + len(periods)
    labels = [t("column_metric"), *(period["short"] for period in periods)]
    labels += [t("column_change"), t("column_low"), t("column_high"), t("column_reading")]
    header = page.head(labels, range(FIRST, change + 3))
    page.sheet.freeze_panes(page.row, 1)
    page.sheet.repeat_rows(header)
    places = []
    for one in series:
        places.append(page.row)
        _row(book, page, one, change)
    page.row += 1
    for note in (*history["notes"], *([history["twins"]] if history["twins"] else [])):
        page.text(NAME, note, "subtitle")
    drawn = [(one, row) for one, row in zip(series, places, strict=True) if _is_drawn(one)]
    for place, (one, row) in enumerate(drawn):
        _chart(book, page, one, (header, row), place)
    page.row += math.ceil(len(drawn) / 2) * _rows_of_chart() + 1


def _is_drawn(series: Json) -> bool:
    return [point["compared"] for point in series["points"]].count(True) > 1


def _rows_of_chart() -> int:
    return math.ceil(_CHART[1] / _EMPTY_ROW)


def _row(book: Book, page: Page, series: Json, change: int) -> None:
    """A metric: earlier values as they were kept, this period's from its own cell, the difference live."""
    row, unit = page.row, Unit(series["unit"])
    page.put(row, NAME, series["name"], "text")
    for column, point in enumerate(series["points"], start=FIRST):
        value = point["value"] if point["compared"] else None
        look = book.styles.unit(unit, value)
        source = _name(book, series["metric"]) if column == change - 1 else None
        if value is None:
            page.blank(row, [column], "plain_number")  # a text would be drawn as zero
        elif source:
            page.formula(row, column, f"={source}", "number", value, look)
        else:
            page.number(row, column, value, "plain_number", look)
    _change(book, page, series, change)
    said = series["change"]["text"]
    page.put(row, change + 3, said, "reading")
    page.fit(row, [Fitted(series["name"], _NAME), Fitted(said, _READING, READING_SIZE)])
    page.row += 1


def _change(book: Book, page: Page, series: Json, column: int) -> None:
    found, unit, row = series["change"], Unit(series["unit"]), page.row
    times = 100 if unit in (Unit.SHARE, Unit.SHARE_CHANGE) else 1  # percentage points
    value = None if found["value"] is None else found["value"] * times
    look = _look(book, unit, found["value"])
    if found["since"] is None:
        page.number(row, column, None, "number", look)
    else:
        now, before = page.cell(row, column - 1), page.cell(row, FIRST + found["since"])
        difference = f"({now}-{before})*{times}" if times > 1 else f"{now}-{before}"
        formula = f'=IF(ISNUMBER({now}),{difference},"{NOT_COMPUTABLE}")'
        page.formula(row, column, formula, "number", value, look)
    for place, end in enumerate(found["interval"] or (None, None), start=column + 1):
        page.number(row, place, None if end is None else end * times, "limit", look)


def _look(book: Book, unit: Unit, value: float | None) -> str:
    """The number format of a change, with as many decimals as the report prints of it."""
    if unit in (Unit.SCORE, Unit.RATIO):
        return f"+{signed(decimals(digits_of(value or 0.0, unit)))};0_-"
    return book.styles.change(unit, value)


def _name(book: Book, metric_id: str) -> str | None:
    """The cell that this period's value is calculated in, where the workbook has one."""
    name = SCORE if metric_id == "health" else metric_name(book.catalog, book.catalog.metric(metric_id))
    return name if name in book.places else None


def _chart(book: Book, page: Page, series: Json, rows: tuple[int, int], place: int) -> None:
    header, row = rows
    points = series["points"]
    known = [point["value"] for point in points if point["compared"]]
    title = series["name"]
    if series["change"]["shown"] and series["change"]["value"]:
        title = f"{title}: {series['change']['shown']}"
    said = "; ".join(
        f"{period['short']}: {point['shown'] if point['compared'] else NOT_COMPUTABLE}"
        for period, point in zip(book.facts.result["history"]["periods"], points, strict=True)
    )
    unit = Unit(series["unit"])
    charts.line(
        page,
        (page.row + place // 2 * _rows_of_chart(), (NAME, _SECOND)[place % 2]),
        charts.Chart(title, f"{title}. {said}", book.styles.unit(unit, known[-1]), max(known)),
        charts.Line(
            series["name"],
            (header, FIRST),
            (row, FIRST),
            len(points),
            [point["interval"] if point["compared"] else None for point in points],
            [point["value"] if point["compared"] else None for point in points],
        ),
        _CHART,
    )
