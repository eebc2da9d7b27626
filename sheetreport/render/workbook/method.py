"""The sheet "how it was calculated": every number in words, in the owner's figures and live, with its cells.

The metrics of table rows (channels, attributes, themes, goals) and the shared steps are computed here; other
sheets show them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sheetreport.catalog.definitions import FieldType, MetricDef, Unit
from sheetreport.render.view.facts import Measured
from sheetreport.render.view.method import advertising_notes
from sheetreport.render.workbook import live
from sheetreport.render.workbook.metrics import company_metrics
from sheetreport.render.workbook.names import how_name, input_name
from sheetreport.render.workbook.page import READING_SIZE, Book, Fitted, Page

WIDTHS = (30, 18, 36, 36, 14, 11, 11, 11, 30)
NAME, SUBJECT, WORDS, NUMBERS, VALUE, LOW, HIGH, SAMPLE, PLACE = range(9)
COLUMNS = live.Columns(VALUE, LOW, HIGH, SAMPLE)
MOST_CELLS = 8


def write(book: Book, page: Page) -> None:
    """The company's metrics first, then row by row, then the arithmetic of goals, then the shared steps."""
    page.title(book.text("method_title"), book.text("method_subtitle"))
    labels = ("name", "subject", "words", "numbers", "value", "low", "high", "sample", "place")
    header = page.head([book.text(f"method_{key}") for key in labels], (VALUE, LOW, HIGH, SAMPLE))
    page.sheet.freeze_panes(page.row, 1)
    page.sheet.repeat_rows(header)
    for metric in company_metrics(book):
        _company(book, page, metric)
    for metric in book.catalog.all_metrics():
        if metric.reported and metric.per is not None:
            _rows(book, page, metric)
    for metric in book.catalog.goals.numbers:
        _goals(book, page, metric)
    for metric in book.catalog.all_metrics():
        if not metric.reported:
            _rows(book, page, metric)
    page.sheet.autofilter(header, NAME, page.row - 1, PLACE)
    page.row += 1
    page.text(NAME, _origin(book), "subtitle")
    for line in advertising_notes(book.facts, book.words):
        page.text(NAME, line, "subtitle")


def _origin(book: Book) -> str:
    """What made this workbook from what: the same data gives the same report."""
    result = book.facts.result
    return book.text(
        "method_origin",
        template=str(result["source"].get("template_version") or "—"),
        version=str(result.get("tool_version") or ""),
        catalog=str(result.get("catalog_sha256") or "")[:12],
        file=str(result["source"].get("sha256") or "")[:12],
    )


def _company(book: Book, page: Page, metric: MetricDef) -> None:
    """A metric that lives on the sheet of metrics, repeated here with its derivation."""
    measured = book.facts.metric(metric.id)
    _explained(book, page, metric, "", measured)
    known = live.Known.of(metric, measured)
    live.mirror(page, COLUMNS, metric, known)
    page.define(how_name(book.catalog, metric), (page.row, NAME))
    page.row += 1


def _rows(book: Book, page: Page, metric: MetricDef) -> None:
    """A live cell for the company's step, or for each row of the table in the owner's order."""
    first = page.row
    if metric.per is None:
        measured = book.facts.metric(metric.id)
        _explained(book, page, metric, "", measured)
        live.write(page, COLUMNS, metric, live.Known.of(metric, measured), None)
        page.row += 1
    else:
        for position, row in enumerate(_table(book, metric.per), start=1):
            measured = book.facts.metric(metric.id, row["index"])
            subject = book.words.row(row["subject"], table=metric.per)
            _explained(book, page, metric, subject, measured)
            _row_cells(page, metric, measured, position, applies=measured is not None)
            page.row += 1
    if page.row > first:
        live.define(page, COLUMNS, metric, first, page.row - 1)
        page.define(how_name(book.catalog, metric), (first, NAME))


def _table(book: Book, table: str) -> Sequence[Mapping[str, Any]]:
    """The rows of a table; a blank one where there are none, so that names point at something."""
    return book.facts.table(table) or ({"index": 0, "subject": "", "values": {}},)


def _row_cells(
    page: Page, metric: MetricDef, measured: Measured | None, position: int, applies: bool
) -> None:
    if applies:
        live.write(page, COLUMNS, metric, live.Known.of(metric, measured), position)
        return
    for column in (VALUE, LOW, HIGH, SAMPLE):
        page.number(page.row, column, None, "limit", "General")


def _goals(book: Book, page: Page, metric: MetricDef) -> None:
    """One number of the arithmetic of goals, for each goal in the owner's order."""
    first = page.row
    by_row = {goal["row"]: goal for goal in book.facts.goals}
    for position, row in enumerate(book.facts.table("goals"), start=1):
        goal = by_row.get(row["index"], {})
        found = goal.get("numbers", {}).get(metric.id, {})
        limits = found.get("interval")
        known = live.Known(
            value=found.get("value"),
            interval=(limits[0], limits[1]) if limits else None,
            sample=None,
            unit=Unit(found.get("unit") or metric.unit),
        )
        _words(page, metric.name[book.wording.language], str(goal.get("text") or row["subject"] or ""), found)
        _place(book, page, goal.get("inputs", ()))
        live.write(page, COLUMNS, metric, known, position)
        page.row += 1
    if page.row > first:
        live.define(page, COLUMNS, metric, first, page.row - 1)


def _explained(book: Book, page: Page, metric: MetricDef, subject: str, measured: Measured | None) -> None:
    """The words of a row; the numbers are written by the caller."""
    entry = book.entry(metric.id, measured.row) if measured else {}
    _words(page, metric.name[book.wording.language], subject, entry)
    _place(book, page, entry.get("inputs", ()))


def _place(book: Book, page: Page, inputs: Sequence[Mapping[str, Any]]) -> None:
    """The owner's cells; the value beside them leads to the first of them among the answers."""
    page.put(page.row, PLACE, book.words.places(inputs, MOST_CELLS), "small")
    field = book.catalog.fields.get(str(inputs[0]["field"])) if inputs else None
    if field is not None and not field.personal:
        listed = field.table or field.type in (FieldType.TALLY, FieldType.SERIES)
        page.point(page.row, VALUE, "tables" if listed else "answers", input_name(field.id))


def _words(page: Page, name: str, subject: str, entry: Mapping[str, Any]) -> None:
    words = str(entry.get("formula") or "")
    numbers = str(entry.get("calculation") or entry.get("reason_text") or page.book.text("method_not_here"))
    page.put(page.row, NAME, name, "strong")
    page.put(page.row, SUBJECT, subject, "text")
    page.put(page.row, WORDS, words, "reading")
    page.put(page.row, NUMBERS, numbers, "reading")
    page.fit(
        page.row,
        [
            Fitted(name, WIDTHS[NAME], bold=True),
            Fitted(subject, WIDTHS[SUBJECT]),
            Fitted(words, WIDTHS[WORDS], READING_SIZE),
            Fitted(numbers, WIDTHS[NUMBERS], READING_SIZE),
        ],
    )
