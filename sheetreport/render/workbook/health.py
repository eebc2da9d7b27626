"""The sheet of health: every item with its value and the points it earns, live, up to the score."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from sheetreport.catalog.definitions import Better, HealthItem, MetricDef, Unit, Zone
from sheetreport.formula.excel import NOT_COMPUTABLE, literal, quoted
from sheetreport.render.workbook import charts
from sheetreport.render.workbook.names import metric_name
from sheetreport.render.workbook.page import READING_SIZE, ROW_HEIGHT, SMALL_SIZE, Book, Fitted, Page
from sheetreport.render.workbook.reading import inside
from sheetreport.render.workbook.styles import MARKS, OPEN_MARK

WIDTHS = (46, 18, 11, 11, 44)
NAME, VALUE, POINTS, OF, READING = range(5)
SCORE = "health_score"
LEAST_BARS = 2
FULL_SCORE = 100
CHART_WIDTH = 460  # pixels that the columns beside the names take
_NUMBER = "0_-"
_SHARES = {"green": 1.0, "orange": 0.5, "red": 0.0}

Json = Mapping[str, Any]


def has_data(book: Book) -> bool:
    """Whether the result has a score with anything judged."""
    found = book.facts.result.get("health")
    return bool(found and found["of"])


def points_name(area: str) -> str:
    """The name of the cell with the points of an area."""
    return f"health_points_{area}"


def of_name(area: str) -> str:
    """The name of the cell with the points that an area could earn."""
    return f"health_of_{area}"


def write(book: Book, page: Page) -> None:
    found = book.facts.result["health"]

    def t(key: str, **params: str | float | int) -> str:
        return book.wording.text(f"health.{key}", **params)

    page.title(t("heading"), t("sheet_rules"))
    header = page.head(
        [t("column_item"), t("column_value"), t("column_points"), t("column_of"), t("column_reading")],
        (VALUE, POINTS, OF),
    )
    page.sheet.freeze_panes(page.row, 1)
    page.sheet.repeat_rows(header)
    total = page.row
    page.row += 1
    rows = []
    for area in found["areas"]:
        rows.append(page.row)
        _area(book, page, area)
    _total(book, page, found, total, rows)
    _chart(book, page, found["areas"], rows)


def _chart(book: Book, page: Page, areas: Sequence[Json], rows: Sequence[int]) -> None:
    """The areas beside each other, where they differ: a small live table with a bar chart."""
    judged = [(area, row) for area, row in zip(areas, rows, strict=True) if area["score"] is not None]
    scores = [area["score"] for area, _ in judged]
    if len(set(scores)) < LEAST_BARS:
        return

    def t(key: str, **params: str | float | int) -> str:
        return book.wording.text(f"health.{key}", **params)

    page.row += 1
    page.head([t("chart_areas"), t("chart_points")], (VALUE,))
    first = page.row
    for area, row in judged:
        page.put(page.row, NAME, area["name"], "text")
        score = page.cell(row, VALUE)
        page.formula(page.row, VALUE, f"={score}", "number", area["score"], _NUMBER)
        page.sheet.set_row(page.row, ROW_HEIGHT)
        page.row += 1
    weakest = [area["name"] for area, _ in judged if area["score"] == min(scores)]
    title = t("chart_title", names=", ".join(weakest), score=min(scores))
    charts.bars(
        page,
        (first - 1, POINTS),
        charts.Chart(title, title, "0", FULL_SCORE),
        [charts.Series(t("chart_points"), (first, VALUE), len(judged))],
        (first, NAME),
        (CHART_WIDTH, charts.height(len(judged))),
    )
    page.row = first + math.ceil(charts.height(len(judged)) * charts.PIXELS / ROW_HEIGHT)
    page.text(NAME, title, "strong_line")


def _total(book: Book, page: Page, found: Json, row: int, areas: Sequence[int]) -> None:
    """The score over the sums of the areas; a dash where too little of the weight is known."""
    page.put(row, NAME, book.wording.text("health.total"), "total")
    for column, key in ((POINTS, "points"), (OF, "of")):
        cells = ",".join(page.cell(at, column) for at in areas)
        page.formula(row, column, f"=SUM({cells})", "total_number", found[key], _NUMBER)
    points, of = page.cell(row, POINTS), page.cell(row, OF)
    score = f'=IF({of}/100>={literal(found["least"])},ROUND(100*{points}/{of},0),"{NOT_COMPUTABLE}")'
    page.formula(row, VALUE, score, "total_number", found["score"], _NUMBER)
    said = book.wording.text("health.total_reading")
    page.put(row, READING, said, "total", indent=1, text_wrap=True, font_size=READING_SIZE)
    page.define(SCORE, (row, VALUE))
    page.fit(row, [Fitted(said, WIDTHS[READING], READING_SIZE, bold=True)], least=24)


def _area(book: Book, page: Page, area: Json) -> None:
    """An area's sums, then its items."""
    row, first = page.row, page.row + 1
    definition = next(one for one in book.catalog.health if one.id == area["id"])
    page.row = first
    for item, found in zip(definition.items, area["items"], strict=True):
        _item(book, page, item, found)
    last = page.row - 1
    page.put(row, NAME, area["name"], "strong")
    for column, key, name in ((POINTS, "points", points_name), (OF, "of", of_name)):
        cells = f"{page.cell(first, column)}:{page.cell(last, column)}"
        known = area[key] if area["of"] else None
        total = f'=IF(COUNT({cells})=0,"{NOT_COMPUTABLE}",SUM({cells}))'
        page.formula(row, column, total, "number", known, _NUMBER)
        page.define(name(area["id"]), (row, column))
    points, of = page.cell(row, POINTS), page.cell(row, OF)
    score = f'=IF(ISNUMBER({of}),ROUND(100*{points}/{of},0),"{NOT_COMPUTABLE}")'
    page.formula(row, VALUE, score, "number", area["score"], _NUMBER)
    reason = book.wording.text("health.weight", n=area["weight"], reason=area["weight_reason"])
    page.put(row, READING, reason, "small")
    page.fit(row, [Fitted(reason, WIDTHS[READING], SMALL_SIZE)], least=24)
    page.colour_marks(first, page.row, READING)


def _item(book: Book, page: Page, item: HealthItem, found: Json) -> None:
    name = found["name"]
    page.put(page.row, NAME, name, "text")
    shape = book.styles.unit(Unit(found["unit"]), found["value"])
    metric = None if item.metric is None else book.catalog.metric(item.metric, item.per)
    unjudged = found["points"] is None and found["value"] is None
    if unjudged and (metric is None or not _is_live(book, metric, found)):
        page.number(page.row, VALUE, None, "number", shape)
        page.number(page.row, POINTS, None, "number", _NUMBER)
        page.number(page.row, OF, None, "plain_number", _NUMBER)
    else:
        value, points = page.cell(page.row, VALUE), page.cell(page.row, POINTS)
        if metric is None:
            page.number(page.row, VALUE, found["value"], "number", shape)
        else:
            formula = _value(book, metric)
            page.formula(
                page.row, VALUE, formula, "number", found["value"], shape, array=metric.per is not None
            )
        earned = _points(book, item, metric, value)
        page.formula(page.row, POINTS, earned, "number", found["points"], _NUMBER)
        of = f'=IF(ISNUMBER({points}),{item.points},"{NOT_COMPUTABLE}")'
        cached = None if found["points"] is None else item.points
        page.formula(page.row, OF, of, "plain_number", cached, _NUMBER)
    reading = _reading(book, found)
    page.put(page.row, READING, reading, "reading")
    page.fit(page.row, [Fitted(name, WIDTHS[NAME]), Fitted(reading, WIDTHS[READING], READING_SIZE)])
    page.row += 1


def _is_live(book: Book, metric: MetricDef, found: Json) -> bool:
    """Whether the answers could bring a value: the page is begun, and its table has rows."""
    if found["reason"] in ("page_blank", "before_opening", "no_rows"):
        return False
    return metric.per is None or bool(book.facts.table(metric.per))


def _value(book: Book, metric: MetricDef) -> str:
    """The company's metric, or the weakest of those rows of a table that have answers enough."""
    name = metric_name(book.catalog, metric)
    if metric.per is None:
        return f'=IF(ISNUMBER({name}),{name},"{NOT_COMPUTABLE}")'
    rows = f"ISNUMBER({name})"
    if metric.sample is not None:
        sample = metric_name(book.catalog, metric, "sample")
        rows += f"*IF(ISNUMBER({sample}),{sample}>={literal(_needs(book, metric))},TRUE)"
    weakest = "MAX" if metric.better is Better.LOWER else "MIN"
    # The rows are counted by a sum: of a table with one row, COUNT would take the FALSE for a number.
    found = f"{weakest}(IF({rows},{name}))"
    return f'=IF(SUM(IF({rows},1,0))=0,"{NOT_COMPUTABLE}",{found})'


def _needs(book: Book, metric: MetricDef) -> float:
    return max(metric.zone_needs, book.names.policy("indicative_sample") if metric.interval else 0.0)


def _points(book: Book, item: HealthItem, metric: MetricDef | None, value: str) -> str:
    """The points a value earns, by its zone or in proportion; a dash where it earns and costs none."""
    if metric is None or item.full is not None:
        full = 1.0 if item.full is None else item.full
        earned = f"ROUND({item.points}*MAX(0,MIN(1,{value}/{literal(full)})),0)"
    else:
        warns_only = all(zone.tone in ("red", "orange") for zone in metric.zones)
        earned = str(item.points) if warns_only else quoted(NOT_COMPUTABLE)
        for zone in reversed(metric.zones):
            earned = f"IF({inside(zone, value, value)},{_earned(item, zone)},{earned})"
    if metric is not None and metric.per is None and metric.sample is not None and _needs(book, metric):
        sample = metric_name(book.catalog, metric, "sample")
        few = f"IF(ISNUMBER({sample}),{sample}<{literal(_needs(book, metric))},FALSE)"
        earned = f"IF({few},{quoted(NOT_COMPUTABLE)},{earned})"
    return f"=IF(ISNUMBER({value}),{earned},{quoted(NOT_COMPUTABLE)})"


def _earned(item: HealthItem, zone: Zone) -> int:
    return int(item.points * _SHARES[zone.tone])


def _reading(book: Book, found: Json) -> str:
    """What the report said of the item: its zone, hedged as it was there, or why it is not judged."""
    if found["points"] is None:
        return f"{OPEN_MARK} {found['reason_text'] or ''}"
    said = found["zone"] or book.wording.text(f"health.tone_{found['tone']}")
    if not found["confident"]:
        said = book.wording.text("health.zone_probable", zone=said)
    return f"{MARKS[found['tone']]} {said}"
