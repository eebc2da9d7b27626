"""The sheet of the company's metrics: live values, how to read them, and their margins of error."""

from __future__ import annotations

from collections.abc import Sequence

from sheetreport.catalog.definitions import MetricDef, Unit
from sheetreport.catalog.earlier import earlier_expression
from sheetreport.formula.excel import emit
from sheetreport.render.workbook import live
from sheetreport.render.workbook.names import how_name, reading_name
from sheetreport.render.workbook.page import READING_SIZE, SMALL_SIZE, Book, Fitted, Page
from sheetreport.render.workbook.reading import Cells, reading

WIDTHS = (38, 15, 36, 12, 12, 10, 56, 13, 13)
NAME, VALUE, READING, LOW, HIGH, SAMPLE, MEANING, PREVIOUS, CHANGE = range(9)
COLUMNS = live.Columns(VALUE, LOW, HIGH, SAMPLE)


def has_previous(book: Book) -> bool:
    """Whether any metric is known for the previous period."""
    return any(metric.previous is not None for metric in book.facts.metrics if metric.row is None)


def company_metrics(book: Book) -> Sequence[MetricDef]:
    return [metric for metric in book.catalog.all_metrics() if metric.reported and metric.per is None]


def write(book: Book, page: Page) -> None:
    """Sections of computed metrics; those without a value yet stand together at the end, just as live, and
    those of optional pages left blank are folded away behind what these pages would answer.

    """
    page.title(book.text("metrics_title"), book.text("metrics_subtitle"))
    page.link(0, READING, "method")
    compared = has_previous(book)
    metrics = company_metrics(book)
    known = [metric for metric in metrics if book.facts.known(metric.id)]
    unasked = [metric for metric in metrics if _is_unasked(book, metric)]
    missing = [metric for metric in metrics if not book.facts.known(metric.id) and metric not in unasked]
    first, header = page.row, None
    for section in dict.fromkeys(metric.section for metric in known):
        row = _head(book, page, book.text(f"section_{section}"), compared)
        header = row if header is None else header
        for metric in known:
            if metric.section == section:
                _row(book, page, metric, compared)
        page.row += 1
    if missing:
        _head(book, page, book.text("metrics_missing"), compared)
        for metric in missing:
            _row(book, page, metric, compared)
        page.row += 1
    _left_blank(book, page)
    for metric in unasked:
        _row(book, page, metric, compared)
        page.fold(page.row - 1)
    page.colour_marks(first, page.row, READING)
    page.text(NAME, book.text("metrics_legend"), "subtitle")
    page.text(NAME, book.text("metrics_margin"), "subtitle")
    page.sheet.freeze_panes(2, 1)


def _is_unasked(book: Book, metric: MetricDef) -> bool:
    measured = book.facts.metric(metric.id)
    return measured is not None and measured.value is None and not measured.asked


def _left_blank(book: Book, page: Page) -> None:
    """The optional pages without an answer: the question that each would answer."""
    if not book.facts.left_blank:
        return
    page.section(book.words.t("left_blank"), MEANING)
    page.text(NAME, book.text("metrics_left_blank"), "subtitle")
    for sheet in book.facts.left_blank:
        page.put(page.row, NAME, sheet["title"], "text")
        page.put(page.row, VALUE, "", "text")
        page.put(page.row, READING, sheet["adds"], "reading")
        page.blank(page.row, range(LOW, MEANING + 1), "text")
        page.fit(page.row, [Fitted(sheet["adds"], WIDTHS[READING], READING_SIZE)])
        page.row += 1
    page.row += 1


def _head(book: Book, page: Page, title: str, compared: bool) -> int:
    keys = ("value", "reading", "low", "high", "sample", "meaning")
    labels = [title, *(book.text(f"metrics_{key}") for key in keys)]
    if compared:
        labels += [book.text("metrics_previous"), book.text("metrics_change")]
    return page.head(labels, (VALUE, LOW, HIGH, SAMPLE, PREVIOUS, CHANGE))


def _row(book: Book, page: Page, metric: MetricDef, compared: bool) -> None:
    measured = book.facts.metric(metric.id)
    name = metric.name[book.wording.language]
    page.put(page.row, NAME, name, "text")
    page.point(page.row, VALUE, "method", how_name(book.catalog, metric))
    cells = live.write(page, COLUMNS, metric, live.Known.of(metric, measured), None)
    live.define(page, COLUMNS, metric, page.row, page.row)
    words = reading(book, metric, measured, cells)
    page.formula(page.row, READING, words.formula, "reading", words.shown)
    page.define(reading_name(metric), (page.row, READING))
    meaning = " ".join(
        filter(None, (metric.meaning[book.wording.language], metric.note[book.wording.language]))
    )
    page.put(page.row, MEANING, meaning, "small")
    if compared:
        _previous(book, page, metric, cells)
    page.fit(
        page.row,
        [
            Fitted(name, WIDTHS[NAME]),
            Fitted(words.shown, WIDTHS[READING], READING_SIZE),
            Fitted(meaning, WIDTHS[MEANING], SMALL_SIZE),
        ],
    )
    page.row += 1


def _previous(book: Book, page: Page, metric: MetricDef, cells: Cells) -> None:
    """The previous period's value and the live difference from it."""
    measured = book.facts.metric(metric.id)
    previous = measured.previous if measured else None
    if previous is None:
        page.put(page.row, PREVIOUS, "", "limit")
        page.put(page.row, CHANGE, "", "limit")
        return
    formula = emit(earlier_expression(book.catalog, metric), book.names)
    page.formula(page.row, PREVIOUS, formula, "limit", previous, book.styles.unit(metric.unit, previous))
    factor = 100 if metric.unit is Unit.SHARE else 1
    change = (measured.value - previous) * factor if measured and measured.value is not None else None
    before = page.cell(page.row, PREVIOUS)
    formula = f'=IF(COUNT({cells.value},{before})<2,"—",({cells.value}-{before})*{factor})'
    page.formula(page.row, CHANGE, formula, "limit", change, book.styles.change(metric.unit, change))
