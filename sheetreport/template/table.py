"""A table for the owner's records: one record a row, its check beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlsxwriter.utility import xl_rowcol_to_cell

from sheetreport.answers.content import Content
from sheetreport.catalog.definitions import FieldDef, FieldType, SheetDef
from sheetreport.template import channels, live, survey
from sheetreport.template.book import Book
from sheetreport.template.checks import checked
from sheetreport.template.columns import Column, plan
from sheetreport.template.live import Live, Result, Span
from sheetreport.template.measure import height_of
from sheetreport.template.page import Page
from sheetreport.template.rows import RowScope, row_check
from sheetreport.template.scopes import Scalars
from sheetreport.template.styles import MUTED, WHITE, Role


def write(book: Book, sheet: SheetDef) -> Page:
    """Write a table sheet, with the questions that stand once below the table."""
    columns = plan(book, [field for field in sheet.fields if field.table])
    page = Page(
        book,
        sheet.title[book.language],
        [column.width for column in columns],
        core=sheet.core,
        landscape=True,
    )
    intro = sheet.intro[book.language]
    if intro:
        page.write(2, 0, intro, "intro")
        page.height(2, 22)
    row = _bands(book, page, 3, columns) if sheet.core else 4
    top = _headings(book, page, row, columns, core=sheet.core)
    bottom = _rows(book, page, top, sheet, columns)
    row = bottom + 1
    if sheet.id == "channels":
        row = channels.write_totals(book, page, top, bottom, columns)
    _single_questions(book, page, row + 1, top, bottom, sheet, columns)
    return page


def _bands(book: Book, page: Page, row: int, columns: Sequence[Column]) -> int:
    """Small words above the headings: what is asked, what is calculated, what is optional."""
    seen = set()
    for column in columns:
        kind = "computed" if column.computed else "core" if column.field and column.field.core else "optional"
        if kind not in seen:
            page.write(row, column.index, book.text(f"band_{kind}"), "band")
        seen.add(kind)
    page.height(row, 18)
    return row + 1


def _headings(book: Book, page: Page, row: int, columns: Sequence[Column], *, core: bool) -> int:
    """Column headings with their hints; gives the first row of records."""
    height = 0.0
    styles = book.styles
    for column in columns:
        field = column.field
        needed = field is not None and (field.core or not core)
        look = "column_core" if needed else "column"
        if field is None:
            page.write(row, column.index, book.text(f"column_{column.computed}"), look, indent=1)
            continue
        label, hint = _heading(book, field, column.score)
        numeric = field.type not in (FieldType.TEXT, FieldType.CHOICE)
        base = styles.look(look, **({"align": "center"} if numeric else {"align": "left", "indent": 1}))
        small = styles.look("hint", font_color=WHITE if needed else MUTED)
        page.two_parts(row, column.index, label, hint, styles.look(look), small, base)
        height = max(height, height_of(label, hint, column.width))
    page.height(row, max(height, 30))
    return row + 1


def _heading(book: Book, field: FieldDef, score: int | None) -> tuple[str, str]:
    if score is not None:
        return str(score), ""
    return field.label[book.language], field.hint[book.language]


def _rows(book: Book, page: Page, top: int, sheet: SheetDef, columns: Sequence[Column]) -> int:
    """The records; gives the last row. The answers may need more rows than are offered."""
    records = book.flat.tables.get(sheet.id, ())
    count = max(sheet.rows, len(records))
    bottom = top + count - 1
    check = next(column for column in columns if column.computed == "check")
    _define_names(book, page, columns, (top, bottom))
    subject = book.fields[sheet.subject] if sheet.subject else columns[0].field
    subjects = _contents(book, records, subject, count)
    for index in range(count):
        record = records[index] if index < len(records) else {}
        row = top + index
        page.height(row, 27)
        cells = _record(book, page, row, columns, record, core_row=index == 0)
        for column in columns:
            if column.computed == "cost":
                cost = channels.cost(RowScope(book, cells))
                page.live(row, column.index, cost, "computed", num_format=book.styles.money())
        page.check(row, check.index, row_check(book, sheet, cells, (top, bottom), subjects))
    first = columns[0].index
    filled = page.span((top, first, bottom, first), _contents(book, records, columns[0].field, count))
    page.answered.append(live.count_filled(filled))
    return bottom


def _define_names(book: Book, page: Page, columns: Sequence[Column], rows: tuple[int, int]) -> None:
    """A name for every column; a tally's name spans its scores."""
    left: dict[str, int] = {}
    right: dict[str, int] = {}
    for column in columns:
        if column.field is not None:
            left.setdefault(column.field.id, column.index)
            right[column.field.id] = column.index
    for field_id, first in left.items():
        name = "in_" + field_id.replace(".", "_")
        book.define(name, page.title, (rows[0], first, rows[1], right[field_id]))


def _contents(
    book: Book, records: Sequence[Mapping[str, Content]], field: FieldDef | None, count: int
) -> list[Result]:
    """What a column shows, row by row."""
    assert field is not None
    shown = [book.shown(field, record.get(field.id)) for record in records]
    return shown + [None] * (count - len(records))


def _record(
    book: Book,
    page: Page,
    row: int,
    columns: Sequence[Column],
    record: Mapping[str, Content],
    *,
    core_row: bool,
) -> dict[str, Live | Span]:
    """The input cells of one record, by field id; a tally gives a range."""
    cells: dict[str, Live | Span] = {}
    for column in columns:
        field = column.field
        if field is None:
            continue
        role = Role.CORE if field.core else Role.OPTIONAL
        content = record.get(field.id)
        if column.score is not None:
            assert field.scores is not None
            values = survey.cells_of(book, field, content)
            page.answer(row, column.index, field, values[column.score - field.scores[0]], role, in_table=True)
            if column.score == field.scores[0]:
                right = column.index + len(values) - 1
                cells[field.id] = Span(
                    f"{xl_rowcol_to_cell(row, column.index)}:{xl_rowcol_to_cell(row, right)}", values
                )
            continue
        shown = None if content is None else book.shown(field, content)
        cell = page.answer(row, column.index, field, shown, role, in_table=True)
        cells[field.id] = cell
        if field.core and core_row:
            page.core_cells.append(Live(page.outside(row, column.index), cell.value))
    return cells


def _single_questions(
    book: Book, page: Page, row: int, top: int, bottom: int, sheet: SheetDef, columns: Sequence[Column]
) -> None:
    """Questions of the sheet that stand once, and what they make together with the table."""
    scope = Scalars(book)
    where = next(
        (column.index for column in columns if column.field and column.field.type is FieldType.MONEY), 1
    )
    for field in (field for field in sheet.fields if not field.table):
        page.question(row, 0, field, core=field.core)
        given = scope.given(field)
        shown = None if given is None else book.shown(field, given)
        cell = page.answer(row, where, field, shown, Role.CORE if field.core else Role.OPTIONAL)
        name = scope.name(field)
        book.define(name, page.title, (row, where, row, where))
        if field.core:
            page.core_cells.append(Live(name, cell.value))
        page.check(row, where + 1, checked(book, field, cell, core=field.core), "check_line")
        row += 1
    if sheet.id == "channels":
        channels.write_promotion(book, page, row, (top, bottom), where, columns, scope)


def write_rows(
    book: Book, page: Page, row: int, sheet: SheetDef, fields: Sequence[FieldDef], *, title: str
) -> int:
    """A table inside a form sheet, in the form's own columns; gives the row after it."""
    page.section(row)
    page.fill(row, range(len(page.widths)), "section")
    page.write(row, 0, title, "section")
    page.height(row, 26)
    tallies_first = sorted(
        fields, key=lambda field: field.id != sheet.subject and field.type is not FieldType.TALLY
    )
    columns = tuple(
        Column(column.index, page.widths[column.index], column.field, column.score, column.computed)
        for column in plan(book, tallies_first)
    )
    top = _headings(book, page, row + 1, columns, core=True)
    return _rows(book, page, top, sheet, columns) + 1
