"""The live cells of a metric: its value, the limits of its interval and its sample, wherever a sheet puts them."""

from __future__ import annotations

from dataclasses import dataclass

from sheetreport.catalog.definitions import MetricDef, Unit
from sheetreport.formula.excel import Bound, emit, needs_array_entry
from sheetreport.formula.tree import Node
from sheetreport.render.view.facts import Measured
from sheetreport.render.workbook.names import metric_name
from sheetreport.render.workbook.page import Page
from sheetreport.render.workbook.reading import Cells

BOUNDS: tuple[Bound, Bound] = ("low", "high")


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of value, lower and upper limit, and sample."""

    value: int
    low: int
    high: int
    sample: int


@dataclass(frozen=True, slots=True)
class Known:
    """What Python found for a metric: the cached values of its cells. `unit` is the goal's for its numbers."""

    value: float | None
    interval: tuple[float, float] | None
    sample: float | None
    unit: Unit

    @classmethod
    def of(cls, metric: MetricDef, measured: Measured | None) -> Known:
        if measured is None:
            return cls(None, None, None, metric.unit)
        return cls(measured.value, measured.interval, measured.sample, measured.unit)


def write(page: Page, columns: Columns, metric: MetricDef, known: Known, position: int | None) -> Cells:
    """Write a metric's cells into the page's current row. `position` is the row of its table, counted from 1."""
    names = page.book.names.at(metric.per if position else None, position)
    own = names.metric(metric.id)
    number_format = page.book.styles.unit(known.unit, known.value)

    def put(column: int, node: Node, cached: float | None, look: str, shape: str, bound: Bound | None = None) -> str:
        formula = emit(node, names, bound, needs=() if column == columns.value else (own,))
        page.formula(page.row, column, formula, look, cached, shape, array=needs_array_entry(node))
        return page.cell(page.row, column)

    value = put(columns.value, metric.expression, known.value, "number", number_format)
    limits: dict[str, str | None] = {"low": None, "high": None}
    for place, bound in enumerate(BOUNDS):
        column = columns.low + place
        if metric.interval is None:
            page.put(page.row, column, "", "limit")
            continue
        cached = known.interval[place] if known.interval else None
        shape = page.book.styles.unit(known.unit, cached if cached is not None else known.value)
        limits[bound] = put(column, metric.interval, cached, "limit", shape, bound)
    sample = None
    if metric.sample is None:
        page.put(page.row, columns.sample, "", "limit")
    else:
        sample = put(columns.sample, metric.sample, known.sample, "limit", page.book.styles.counted())
    return Cells(value, limits["low"], limits["high"], sample)


def define(page: Page, columns: Columns, metric: MetricDef, first: int, last: int) -> None:
    """Name a metric's cells in the rows from first to last."""
    catalog = page.book.catalog
    page.define(metric_name(catalog, metric), (first, columns.value), (last, columns.value))
    if metric.interval is not None:
        for bound, column in zip(BOUNDS, (columns.low, columns.high), strict=True):
            page.define(metric_name(catalog, metric, bound), (first, column), (last, column))


def copy(page: Page, column: int, source: str, look: str, cached: float | None, number_format: str) -> None:
    """A cell that shows another one's number, or a dash."""
    page.formula(page.row, column, f'=IF(ISNUMBER({source}),{source},"—")', look, cached, number_format)
