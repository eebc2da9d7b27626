"""The owner's workbook as bytes: every sheet in its room, then the start page and the hidden lists."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from itertools import accumulate
from typing import Protocol

from sheetreport.answers.flatten import Flat, flatten
from sheetreport.bureau.brand import Brand
from sheetreport.catalog.definitions import Catalog, Layout, SheetDef
from sheetreport.contract import TEMPLATE_VERSION
from sheetreport.errors import UsageError
from sheetreport.i18n import Wording
from sheetreport.model import Language
from sheetreport.template import blocks, form, live, practices, start, table
from sheetreport.template.book import Book
from sheetreport.template.live import Live
from sheetreport.template.page import Page
from sheetreport.xlsx import Workbook

_LINK_WIDTH, _PROGRESS_WIDTH = 9, 26
CREATED = datetime(2026, 1, 1)  # the same input gives the same bytes
_WRITERS: Mapping[Layout, Callable[[Book, SheetDef], Page]] = {
    Layout.FORM: form.write,
    Layout.TABLE: table.write,
    Layout.BLOCKS: blocks.write,
    Layout.PRACTICES: practices.write,
}


class Overlay(Protocol):
    """What a copy adds to the workbook: a sheet in front, marks on cells, sheets behind."""

    def front(self, book: Book) -> Sequence[str]:
        """The titles of the sheets before the first."""

    def mark(self, book: Book, pages: Mapping[str, Page]) -> None:
        """Change cells of the written pages (by the id of their sheets), before they are counted."""

    def write(self, book: Book) -> None:
        """Write the sheets of its own."""


def build(
    catalog: Catalog,
    language: Language,
    *,
    answers: Mapping[str, object] | Flat | None = None,
    parts: Collection[str] | None = None,
    tool_version: str,
    currency: str | None = None,
    overlay: Overlay | None = None,
    brand: Brand | None = None,
) -> bytes:
    """The owner's workbook: blank, or with answers. `parts` names the optional sheets to ask for, `currency`
    the currency where the answers don't tell it in our words; `brand` says on the start page whose it is.

    """
    flat = answers if isinstance(answers, Flat) else flatten(catalog, answers or {})
    sheets = _asked(catalog, parts)
    stream = BytesIO()
    workbook = Workbook(stream, _OPTIONS)
    _describe(workbook, catalog, language, tool_version)
    book = Book(workbook, catalog, sheets, Wording(language, currency or _currency(catalog, flat)), flat)
    titles = [
        *(overlay.front(book) if overlay else ()),
        book.text("start_title"),
        *(sheet.title[language] for sheet in sheets),
        book.text("lists_title"),
    ]
    for title in titles:
        workbook.add_worksheet(title)
    pages = {sheet.id: _WRITERS[sheet.layout](book, sheet) for sheet in sheets}
    if overlay:
        overlay.mark(book, pages)
    for sheet in sheets:
        book.progress[sheet.id] = pages[sheet.id].progress()
    for index, sheet in enumerate(sheets):
        following = sheets[index + 1].title[language] if index + 1 < len(sheets) else None
        _finish(book, sheet, pages[sheet.id], following)
    first = start.write(book, TEMPLATE_VERSION, brand)
    first.finish(frozen=(0, 0), repeated=(0, 0))
    _write_lists(book)
    if overlay:
        overlay.write(book)
    workbook.get_worksheet_by_name(titles[0]).activate()
    workbook.close()
    return stream.getvalue()


_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    # Without a scheme: Excel would draw the theme's font instead, and XlsxWriter change this very mapping.
    "default_format_properties": {"font_name": "Arial", "font_size": 11, "font_scheme": "none"},
}


def _asked(catalog: Catalog, parts: Collection[str] | None) -> list[SheetDef]:
    """The sheets of these parts, core ones always and first."""
    known = {sheet.part for sheet in catalog.sheets}
    unknown = set(parts or ()) - known
    if unknown:
        names, all_known = ", ".join(sorted(unknown)), ", ".join(sorted(known))
        raise UsageError("template.no_parts", names=names, known=all_known)
    asked = [sheet for sheet in catalog.sheets if sheet.core or parts is None or sheet.part in parts]
    return sorted(asked, key=lambda sheet: not sheet.core)


def _currency(catalog: Catalog, flat: Flat) -> str:
    """The currency of the answers; what is no currency we know must not get into number formats."""
    field = catalog.fields["profile.currency"]
    stated = field.choice(str(flat.scalars.get(field.id)))
    return stated.id if stated else str(field.default)


def _describe(workbook: Workbook, catalog: Catalog, language: Language, tool_version: str) -> None:
    workbook.set_properties(
        {
            "title": Wording(language).text("template.start_heading"),
            "author": "sheetreport",
            "comments": f"sheetreport {tool_version}",
            "created": CREATED,
        }
    )
    workbook.set_custom_property("sheetreport_template", TEMPLATE_VERSION)
    workbook.set_custom_property("sheetreport_language", language)
    workbook.set_custom_property("sheetreport_catalog", catalog.sha256[:12])


def _finish(book: Book, sheet: SheetDef, page: Page, following: str | None) -> None:
    columns = _link_columns(page)
    links = [(columns[0], *book.home)]
    if following is not None:
        links.append((columns[1], following, book.text("link_next")))
    page.heading(sheet.id, sheet.title[book.language], links)
    if sheet.layout is Layout.TABLE:
        page.finish(frozen=(5, 1), repeated=(0, 4))
    elif sheet.layout is Layout.PRACTICES:
        page.finish(repeated=(0, 4))
    else:
        page.finish()


def _link_columns(page: Page) -> list[int]:
    """Two columns wide enough for links, right of the words about progress."""
    ends = accumulate(page.widths)
    wide = [
        column
        for column, (end, width) in enumerate(zip(ends, page.widths, strict=True))
        if column and width >= _LINK_WIDTH and end - width >= _PROGRESS_WIDTH
    ]
    return wide[:2]


def _write_lists(book: Book) -> None:
    """The hidden sheet: drop-downs in columns, then the counts of every sheet by name."""
    title = book.text("lists_title")
    sheet = book.workbook.get_worksheet_by_name(title)
    for index, entries in enumerate(book.list_columns):
        sheet.write_string(
            0, index, next(name for name, span in book.lists.items() if span.values == entries)
        )
        for row, entry in enumerate(entries, start=1):
            sheet.write_string(row, index, entry)
    column = len(book.list_columns) + 1
    core = []
    for row, asked in enumerate(book.sheets, start=1):
        progress = book.progress[asked.id]
        sheet.write_string(row, column, asked.id)
        for offset, (prefix, formula) in enumerate(
            (("done", progress.done), ("wrong", progress.wrong)), start=1
        ):
            sheet.write_formula(row, column + offset, f"={formula.text}", None, formula.value)
            book.define(f"{prefix}_{asked.id}", title, (row, column + offset, row, column + offset))
        if asked.core:
            core.append(Live(f"done_{asked.id}", progress.done.value))
    everything = live.total(*core)
    row = len(book.sheets) + 1
    sheet.write_string(row, column, "all")
    sheet.write_formula(row, column + 1, f"={everything.text}", None, everything.value)
    book.define("done_all", title, (row, column + 1, row, column + 1))
    sheet.protect()
    sheet.hide()
