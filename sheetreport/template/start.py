"""The first sheet: what to do, how far one is, which sheets there are and what each of them tells."""

from __future__ import annotations

from sheetreport.bureau.brand import Brand
from sheetreport.catalog.definitions import SheetDef
from sheetreport.returned import BUREAU
from sheetreport.template import live
from sheetreport.template.book import Book
from sheetreport.template.live import Live, number, words
from sheetreport.template.page import Page
from sheetreport.template.scopes import Scalars

MINUTES = 20
"""How long an owner takes to fill in what everybody is asked."""

_WIDTHS = (38, 22, 42)
_BAR = 27
_LOGO = (180, 44)  # pixels at most, in the row of the title


def write(book: Book, version: str, brand: Brand | None = None) -> Page:
    """Write the start sheet; the other sheets must have told their progress before."""
    page = Page(book, book.text("start_title"), _WIDTHS, core=True)
    page.write(0, 0, book.text("start_heading"), "title")
    page.height(0, 34)
    name = Scalars(book).ref("profile.company_name")
    shown = live.if_(live.filled(name), name, words(book.text("start_for_owner")))
    page.live(1, 0, shown, "intro")
    row = _rules(book, page, 3)
    row = _progress(book, page, row + 1)
    core = [sheet for sheet in book.sheets if sheet.core]
    optional = [sheet for sheet in book.sheets if not sheet.core]
    row = _sheets(book, page, row + 1, core)
    if optional:
        row = _optional_sheets(book, page, row + 1, optional)
    page.write(row + 1, 0, book.text("start_privacy"), "note")
    page.write(row + 2, 0, book.text("start_version", version=version), "note")
    if brand is not None:
        _bureau(book, page, row + 4, brand)
    return page


def _bureau(book: Book, page: Page, row: int, brand: Brand) -> None:
    """Whose workbook this is, and how to reach them."""
    lines = [brand.name[book.language], *brand.contacts]
    for place, line in enumerate(lines):
        page.write(row + place, 0, line, "note", **({} if place else {"bold": True}))
    book.define(BUREAU, page.title, (row, 0, row + len(lines) - 1, 0))
    if brand.logo is not None:
        page.picture(0, len(_WIDTHS) - 1, brand.logo, _LOGO, lines[0])


def _rules(book: Book, page: Page, row: int) -> int:
    for index in range(1, 6):
        page.numbered(row, 0, index, book.text(f"start_line_{index}", minutes=MINUTES))
        page.height(row, 21)
        row += 1
    page.write(row, 0, book.text("start_specimen"), "note", align="right")
    page.fill(row, (1,), "specimen")
    page.height(row, 22)
    return row + 1


def _progress(book: Book, page: Page, row: int) -> int:
    wanted = sum(book.progress[sheet.id].wanted for sheet in book.sheets)
    done = Live("done_all", sum(_done(book, sheet) for sheet in book.sheets if sheet.core))
    text = live.join(words(book.text("start_filled")), done, words(book.text("progress_of", n=wanted)))
    page.live(row, 0, text, "counter")
    page.height(row, 28)
    page.live(row, 1, _next(book), "text_bold", indent=1)
    size = live.rounded(live.calculate(live.calculate(done, "*", number(_BAR)), "/", number(wanted)))
    rest = live.calculate(number(_BAR), "-", size)
    page.live(row + 1, 0, live.join(live.repeat("█", size), live.repeat("░", rest)), "bar")
    page.height(row + 1, 20)
    return row + 2


def _done(book: Book, sheet: SheetDef) -> float:
    value = book.progress[sheet.id].done.value
    assert isinstance(value, int | float)
    return value


def _next(book: Book) -> Live:
    """The first sheet that something is missing on."""
    cases = []
    for sheet in book.sheets:
        progress = book.progress[sheet.id]
        if progress.wanted:
            done = Live(f"done_{sheet.id}", progress.done.value)
            title = words(book.text("start_next") + sheet.title[book.language])
            cases.append((live.compare(done, "<", number(progress.wanted)), title))
    return live.first(*cases, otherwise=words(book.text("start_all_done")))


def _sheets(book: Book, page: Page, row: int, sheets: list[SheetDef]) -> int:
    for column, key in enumerate(("start_sheets", "start_state", "start_learn")):
        page.write(row, column, book.text(key), "heading", **({"indent": 1} if column else {}))
    page.height(row, 24)
    for sheet in sheets:
        row += 1
        _line(book, page, row, sheet, "big_link")
    return row + 1


def _optional_sheets(book: Book, page: Page, row: int, sheets: list[SheetDef]) -> int:
    page.fill(row, range(3), "section")
    page.write(row, 0, book.text("start_optional"), "section")
    page.height(row, 24)
    for sheet in sheets:
        row += 1
        _line(book, page, row, sheet, "link")
    return row + 1


def _line(book: Book, page: Page, row: int, sheet: SheetDef, look: str) -> None:
    page.link(row, 0, sheet.title[book.language], sheet.title[book.language], look)
    page.live(row, 1, _state(book, sheet), "state" if sheet.core else "state_optional", indent=1)
    page.colour_signs(row, 1, row, 1)
    learn = sheet.learn[book.language]
    page.write(row, 2, learn, "why", indent=1)
    page.fit(row, 2, learn, 9)
    page.height(row, 28 if sheet.core else 24)


def _state(book: Book, sheet: SheetDef) -> Live:
    progress = book.progress[sheet.id]
    done = Live(f"done_{sheet.id}", progress.done.value)
    wrong = Live(f"wrong_{sheet.id}", progress.wrong.value)
    mend = live.join(words(book.text("state_wrong")), wrong)
    nothing = live.compare(done, "=", number(0))
    if not progress.wanted:
        begun = live.join(words(book.text("state_answers")), done)
        return live.first(
            (live.compare(wrong, ">", number(0)), mend),
            (nothing, words(book.text("state_optional"))),
            otherwise=begun,
        )
    partly = live.join(words("… "), done, words(book.text("progress_of", n=progress.wanted)))
    return live.first(
        (live.compare(wrong, ">", number(0)), mend),
        (live.compare(done, "=", number(progress.wanted)), words(book.text("state_done"))),
        (nothing, words(book.text("state_not_begun"))),
        otherwise=partly,
    )
