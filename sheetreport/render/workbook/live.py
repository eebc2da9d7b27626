"""The live cells of a metric: its value, the limits of its interval and its sample."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from sheetreport.catalog.coverage import counts_metrics
from sheetreport.catalog.definitions import MetricDef, Unit
from sheetreport.formula.excel import Bound, emit, literal, needs_array_entry
from sheetreport.formula.tree import Node
from sheetreport.render.view.facts import Measured
from sheetreport.render.workbook.names import SheetNames, metric_name
from sheetreport.render.workbook.page import Page
from sheetreport.render.workbook.reading import Cells

_KEPT_ROWS = 30  # of a table: formulas of rows that few workbooks have are made anew


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of value, lower and upper limit, and, where it is shown, the sample."""

    value: int
    low: int
    high: int
    sample: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What Python found for a metric: the cached values of its cells, and their unit."""

    value: float | None
    interval: tuple[float, float] | None
    sample: float | None
    unit: Unit

    @classmethod
    def of(cls, metric: MetricDef, measured: Measured | None) -> Known:
        if measured is None:
            return cls(None, None, None, metric.unit)
        return cls(measured.value, measured.interval, measured.sample, measured.unit)


@dataclass(frozen=True, slots=True)
class _Part:
    """One of a metric's cells. Without an expression the metric has no such part."""

    id: str
    column: int
    node: Node | None
    bound: Bound | None
    cached: float | None
    number_format: str


def _parts(page: Page, columns: Columns, metric: MetricDef, known: Known) -> Iterator[_Part]:
    styles = page.book.styles
    low, high = known.interval or (None, None)
    bounds: Mapping[str, tuple[Bound, float | None]] = {"low": ("low", low), "high": ("high", high)}
    for part_id, column, node in _named(columns, metric):
        if node is None:
            yield _Part(part_id, column, None, None, None, "")
        elif part_id == "sample":
            yield _Part(part_id, column, node, None, known.sample, styles.counted())
        else:
            bound, cached = bounds.get(part_id, (None, known.value))
            yield _Part(part_id, column, node, bound, cached, styles.unit(known.unit, cached))


def _named(columns: Columns, metric: MetricDef) -> Iterator[tuple[str, int, Node | None]]:
    """What tells a metric's cells apart, their columns, and what is computed there."""
    yield "", columns.value, metric.expression
    yield "low", columns.low, metric.interval
    yield "high", columns.high, metric.interval
    if columns.sample is not None:
        yield "sample", columns.sample, metric.sample


def write(page: Page, columns: Columns, metric: MetricDef, known: Known, position: int | None) -> Cells:
    """Compute a metric in the page's current row. `position` is the row of its table, from 1."""
    names = page.book.names.at(metric.per if position else None, position)
    for part in _parts(page, columns, metric, known):
        look = "limit" if part.id else "number"
        if part.node is None:
            page.put(page.row, part.column, "", look)
            continue
        formula, array = _formula(part, part.node, metric, names)
        page.formula(page.row, part.column, formula, look, part.cached, part.number_format, array=array)
    return _cells(page, columns, metric)


def _formula(part: _Part, node: Node, metric: MetricDef, names: SheetNames) -> tuple[str, bool]:
    """The formula of one of a metric's cells, and whether it is an array formula."""
    make = partial(_made, part, node, metric, names)
    if counts_metrics(names.catalog, metric) or (names.row or 0) > _KEPT_ROWS:
        return make()
    key = "formula", metric.id, metric.per, part.id, names.table, names.row, names.wording.language
    return names.catalog.once(key, make)


def _made(part: _Part, node: Node, metric: MetricDef, names: SheetNames) -> tuple[str, bool]:
    needs = (names.metric(metric.id),) if part.id else ()
    return emit(node, names, part.bound, needs), needs_array_entry(node)


def define(page: Page, columns: Columns, metric: MetricDef, first: int, last: int) -> None:
    """Name a metric's cells in the rows from first to last."""
    for part_id, column, node in _named(columns, metric):
        if node is not None:
            name = metric_name(page.book.catalog, metric, part_id)
            page.define(name, (first, column), (last, column))


def mirror(
    page: Page,
    columns: Columns,
    metric: MetricDef,
    known: Known,
    position: int | None = None,
    look: str = "number",
) -> Cells:
    """Show a metric in the page's current row, from where it is computed."""
    for part in _parts(page, columns, metric, known):
        part_look = "limit" if part.id else look
        if part.node is None:
            page.put(page.row, part.column, "", part_look)
            continue
        name = metric_name(page.book.catalog, metric, part.id)
        source = f"INDEX({name},{position})" if position else name
        copy(page, part.column, source, part_look, part.cached, part.number_format)
    return _cells(page, columns, metric)


def copy(
    page: Page,
    column: int,
    source: str,
    look: str,
    cached: float | None,
    number_format: str,
    factor: float = 1,
) -> None:
    """A cell that shows another one's number, times a factor, or a dash."""
    shown = source if factor == 1 else f"{source}*{literal(factor)}"
    value = None if cached is None else cached * factor
    page.formula(page.row, column, f'=IF(ISNUMBER({source}),{shown},"—")', look, value, number_format)


def _cells(page: Page, columns: Columns, metric: MetricDef) -> Cells:
    """Where a metric's parts stand in the page's current row."""
    has_interval = metric.interval is not None
    has_sample = metric.sample is not None and columns.sample is not None
    return Cells(
        value=page.cell(page.row, columns.value),
        low=page.cell(page.row, columns.low) if has_interval else None,
        high=page.cell(page.row, columns.high) if has_interval else None,
        sample=page.cell(page.row, columns.sample or 0) if has_sample else None,
    )
