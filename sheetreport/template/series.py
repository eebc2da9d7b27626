"""Numbers month by month: one cell a month, as far as the owner has planned."""

from __future__ import annotations

from sheetreport.answers.content import AsFound
from sheetreport.catalog.definitions import FieldDef
from sheetreport.template import live
from sheetreport.template.book import Book
from sheetreport.template.checks import checked
from sheetreport.template.live import Live, Result, Span, number, words
from sheetreport.template.page import Page
from sheetreport.template.scopes import Scope
from sheetreport.template.styles import Role


def write(book: Book, page: Page, row: int, field: FieldDef, scope: Scope) -> int:
    """A vertical list of months; gives the row after it."""
    last = len(page.widths) - 1
    page.section(row)
    page.fill(row, range(last + 1), "section")
    page.write(row, 0, field.label[book.language], "section")
    contents = _contents(field, scope.given(field))
    top, bottom = row + 1, row + field.size
    page.write(top, last, field.why[book.language], "why")
    page.fit(top, last, field.why[book.language], 9)
    for index, content in enumerate(contents):
        at = top + index
        page.write(at, 0, book.text("series_month", n=index + 1), "text_bold")
        cell = page.answer(at, 1, field, content, Role.OPTIONAL)
        later = Span(f"B{at + 2}:B{bottom + 2}", (*contents[index + 1 :], None))
        page.check(at, 2, _check(book, field, cell, later))
        page.height(at, 20)
    book.define(scope.name(field), page.title, (top, 1, bottom, 1))
    page.answered.append(live.count_filled(page.span((top, 1, bottom, 1), contents)))
    return bottom + 1


def _contents(field: FieldDef, given: object) -> tuple[Result, ...]:
    """What the cells hold; a plan that is not known says so in its first month."""
    cells = given.cells if isinstance(given, AsFound) else given if isinstance(given, tuple) else (given,)
    return (*cells, *(None,) * (field.size - len(cells)))


def _check(book: Book, field: FieldDef, cell: Live, later: Span) -> Live:
    """The check of one month; a blank before a filled one is a gap."""
    blank = live.compare(live.length(live.trim(cell)), "=", number(0))
    gap = live.and_(blank, live.compare(live.count_filled(later), ">", number(0)))
    return live.if_(gap, words(book.text("series_gap")), checked(book, field, cell, core=False))
