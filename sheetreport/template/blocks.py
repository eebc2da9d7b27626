"""A sheet of blocks: the same questions for each of several records, one block below another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from sheetreport.answers.content import AsFound, Content
from sheetreport.catalog.definitions import FieldDef, FieldType, SheetDef
from sheetreport.model import Step
from sheetreport.template import form, goals
from sheetreport.template.book import Book
from sheetreport.template.live import Result, serial
from sheetreport.template.page import Page
from sheetreport.template.scopes import Block
from sheetreport.template.styles import Role

_WIDTHS = (28, 22, 15, 34)
_STEP_HEIGHT, _STEP_COLUMNS = 22, 4


def write(book: Book, sheet: SheetDef) -> Page:
    """Write a sheet of blocks, each from the second on a new page."""
    page = Page(book, sheet.title[book.language], _WIDTHS, core=sheet.core)
    row = form.begin(book, page, sheet)
    table = sheet.fields[0].id.split(".", 1)[0]
    for number in range(1, max(sheet.rows, len(book.flat.tables.get(table, ()))) + 1):
        if number > 1:
            page.new_page(row)
        row = _block(book, page, row, sheet, Block(book, table, number)) + 1
    if sheet.id == "goals":
        goals.write_templates(book, page, row)
    return page


def _block(book: Book, page: Page, row: int, sheet: SheetDef, scope: Block) -> int:
    core = sheet.core and scope.number == 1
    record = sheet.record[book.language]
    title = f"{record} {scope.number}"
    if sheet.core and not core:
        title = book.text("block_optional", record=record, n=scope.number)
    look = "heading" if core else "section"
    page.fill(row, range(4), look)
    for column, text in enumerate(
        (title, book.text("head_answer"), book.text("head_check"), book.text("head_why"))
    ):
        page.write(row, column, text, look, **({"indent": 1} if column in (1, 2) else {}))
    page.height(row, 24)
    row += 1
    if sheet.id == "goals":
        row = goals.write_sentence(book, page, row, scope)
    rows: dict[str, int] = {}
    for group, fields in groupby(sheet.fields, lambda field: field.group[book.language]):
        row = _section(book, page, row, group, list(fields), scope, rows, core=core)
    if sheet.id == "goals":
        goals.show_in_unit(book, page, rows, scope)
    return row


def _section(
    book: Book,
    page: Page,
    row: int,
    group: str,
    fields: list[FieldDef],
    scope: Block,
    rows: dict[str, int],
    *,
    core: bool,
) -> int:
    """One group of questions; notes the row of each."""
    questions = [field for field in fields if field.type is not FieldType.STEPS]
    if group and questions:
        page.section(row)
        page.fill(row, range(4), "section")
        page.write(row, 0, group, "section")
        page.height(row, 24)
        row += 1
    rows |= {field.id: row + index for index, field in enumerate(questions)}
    if questions:
        row = form.ask_all(book, page, row, questions, scope, core=core)
    for field in fields:
        if field.type is FieldType.STEPS:
            row = goals.write_readiness(book, page, row, scope)
            row = _steps(book, page, row, field, scope)
    return row


def _steps(book: Book, page: Page, row: int, field: FieldDef, scope: Block) -> int:
    """The plan: what, who, until when, done."""
    titles = (field.label[book.language], *(book.text(f"steps_{key}") for key in ("who", "due", "done")))
    for column, title in enumerate(titles):
        page.write(row, column, title, "section", **({"indent": 1} if column else {}))
    page.height(row, 24)
    content = scope.given(field)
    lines = _lines(book, content)
    columns = goals.step_fields(book, field)
    top = row + 1
    for index in range(field.size):
        row = top + index
        page.height(row, _STEP_HEIGHT)
        values = lines[index] if index < len(lines) else (None,) * _STEP_COLUMNS
        for column, (part, value) in enumerate(zip(columns, values, strict=True)):
            page.answer(row, column, part, value, Role.OPTIONAL)
    book.define(scope.name(field), page.title, (top, 0, row, 3))
    page.write(row + 1, 0, book.text("steps_note"), "note")
    page.height(row + 1, 18)
    return row + 2


def _lines(book: Book, content: Content) -> list[Sequence[Result]]:
    """What the cells of a plan hold, step by step."""
    if isinstance(content, AsFound):
        return [
            content.cells[start : start + _STEP_COLUMNS]
            for start in range(0, len(content.cells), _STEP_COLUMNS)
        ]
    steps = content if isinstance(content, tuple) else ()
    return [_cells(book, step) for step in steps if isinstance(step, Step)]


def _cells(book: Book, step: Step) -> tuple[Result, ...]:
    return (
        step.action or None,
        step.who or None,
        None if step.due is None else serial(step.due),
        book.wording.text("common.yes" if step.done else "common.no"),
    )
