"""A sheet of questions one below another: question, answer, check, why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from sheetreport.answers.content import AsFound
from sheetreport.catalog.definitions import FieldDef, FieldType, SheetDef
from sheetreport.template import balance, live, series, survey, table
from sheetreport.template.attention import attentions
from sheetreport.template.book import Book
from sheetreport.template.checks import checked
from sheetreport.template.derived import formula_of
from sheetreport.template.live import Live
from sheetreport.template.page import Page
from sheetreport.template.scopes import Scalars, Scope
from sheetreport.template.styles import Role

_LISTS = (FieldType.TALLY, FieldType.SERIES)  # answered in several cells
_WORDS = (FieldType.TEXT, FieldType.CHOICE)
_NUMBERS_WIDTHS = (31, 14, 15, 36)
_WORDS_WIDTHS = (28, 23, 14, 34)


def write(book: Book, sheet: SheetDef) -> Page:
    """Write a form sheet."""
    widths = _widths(sheet)
    page = Page(book, sheet.title[book.language], widths, core=sheet.core)
    row = begin(book, page, sheet)
    scope = Scalars(book)
    for index, (group, fields) in enumerate(_sections(book, sheet)):
        columns = [field for field in fields if field.table]
        questions = [field for field in fields if not field.table and field.type not in _LISTS]
        if questions:
            row = _heading(book, page, row, group, main=index == 0)
            row = ask_all(book, page, row, questions, scope) + 1
        for field in fields:
            if field.type is FieldType.TALLY and not field.table:
                row = survey.write_tally(book, page, row, field, scope) + 1
            if field.type is FieldType.SERIES:
                row = series.write(book, page, row, field, scope) + 1
        if columns:
            row = table.write_rows(book, page, row, sheet, columns, title=group) + 1
        if index == 0:
            row = balance.write(book, page, row, sheet.id, scope)
    return page


def _widths(sheet: SheetDef) -> tuple[float, ...]:
    if any(field.table and field.type is FieldType.TALLY for field in sheet.fields):
        return (29, 15, 11, 8, 8, 8, 10, 32)
    main = [field for field in sheet.fields if not field.group.ru and not field.table]
    return _WORDS_WIDTHS if any(field.type in _WORDS for field in main) else _NUMBERS_WIDTHS


def _sections(book: Book, sheet: SheetDef) -> Iterator[tuple[str, list[FieldDef]]]:
    """Fields under their headings; a tally opens a section of its own."""
    language = book.language
    return (
        (group, list(fields)) for group, fields in groupby(sheet.fields, lambda field: field.group[language])
    )


def begin(book: Book, page: Page, sheet: SheetDef) -> int:
    """The line under the title; gives the row where the content starts."""
    intro = sheet.intro[book.language]
    if intro:
        page.write(2, 0, intro, "intro")
        page.height(2, 22)
        return 4
    return 3


def _heading(book: Book, page: Page, row: int, group: str, *, main: bool) -> int:
    last = len(page.widths) - 1
    page.section(row)
    if main and not group:
        titles = {0: "head_question", 1: "head_answer", 2: "head_check", last: "head_why"}
        page.fill(row, range(last + 1), "heading")
        for column, key in titles.items():
            page.write(row, column, book.text(key), "heading", **({"indent": 1} if column in (1, 2) else {}))
        page.height(row, 24)
        return row + 1
    page.fill(row, range(last + 1), "section")
    page.write(row, 0, group, "section")
    page.height(row, 24)
    return row + 1


def ask_all(
    book: Book, page: Page, row: int, fields: Sequence[FieldDef], scope: Scope, *, core: bool = True
) -> int:
    """Questions one below another; gives the row after them. `core` False makes all of them optional."""
    shown = [
        ask(book, page, row + index, field, scope, core=core and field.core).value
        for index, field in enumerate(fields)
    ]
    place = (row, 1, row + len(fields) - 1, 1)
    page.answered.append(live.count_filled(page.span(place, shown)))
    return row + len(fields)


def ask(book: Book, page: Page, row: int, field: FieldDef, scope: Scope, *, core: bool) -> Live:
    """One question: its words, its cell, its check and why it is asked."""
    last = len(page.widths) - 1
    formula = formula_of(book, scope.ref, field)
    role = Role.CALCULATED if formula is not None else Role.CORE if core else Role.OPTIONAL
    page.question(row, 0, field, core=core or formula is not None)
    given = scope.given(field)
    shown = None if given is None else book.shown(field, given)
    laid = formula
    if formula is not None and isinstance(given, AsFound):
        laid = Live(formula.text, shown) if given.ours else None
    cell = page.answer(row, 1, field, shown, role, formula=laid)
    name = scope.name(field)
    book.define(name, page.title, (row, 1, row, 1))
    if core:
        page.core_cells.append(Live(name, cell.value))
    notes = attentions(book, scope.ref, field.id)
    wrapped = "check" if last == 3 else "check_line"
    page.check(row, 2, checked(book, field, cell, core=core, formula=formula, attention=notes), wrapped)
    why = field.why[book.language]
    page.write(row, last, why, "why")
    page.fit(row, last, why, 9)
    return cell
