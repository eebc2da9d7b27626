"""Several results in one workbook: the pages that hold answers and live metrics, one sheet a result.

The pages are those of the report's workbook, written by the same functions. Their names belong to the sheet
they stand on, so that every sheet is a world of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from xlsxwriter.utility import xl_range_abs

from sheetreport.bureau.palette import AS_BUILT
from sheetreport.catalog.definitions import Catalog
from sheetreport.i18n import Wording
from sheetreport.render.view.facts import Facts
from sheetreport.render.view.words import Words
from sheetreport.render.workbook import answers, method, metrics, tables
from sheetreport.render.workbook.names import SheetNames
from sheetreport.render.workbook.page import Book, Page
from sheetreport.render.workbook.styles import Styles
from sheetreport.xlsx import Workbook

COLUMNS = 40  # the widest of the pages


@dataclass(frozen=True, slots=True, kw_only=True)
class _OneSheet(Book):
    """A book all of whose pages stand on one sheet, which owns their names."""

    sheet: str

    def sheet_name(self, sheet_id: str) -> str:  # noqa: ARG002
        return self.sheet

    def define(
        self,
        name: str,
        sheet_id: str,  # noqa: ARG002
        first: tuple[int, int],
        last: tuple[int, int] | None = None,
    ) -> None:
        self.file.define_name(
            f"{self.sheet}!{name}", f"={self.sheet}!{xl_range_abs(*first, *(last or first))}"
        )


def sheet_of(position: int) -> str:
    """The sheet of a result, counted from 0."""
    return f"result_{position}"


def build(results: Iterable[tuple[dict[str, Any], Catalog]], wording: Wording) -> bytes:
    """A workbook with a sheet for each result and its narrowed catalogue; formulas have no values yet."""
    buffer = BytesIO()
    file = Workbook(buffer, {"in_memory": True})
    styles = Styles(file, wording, AS_BUILT)
    for position, (result, catalog) in enumerate(results):
        book = _OneSheet(
            file=file,
            catalog=catalog,
            wording=wording,
            words=Words(wording, catalog),
            facts=Facts(result),
            styles=styles,
            names=SheetNames(catalog, wording),
            cached=False,
            entries={},
            sheet=sheet_of(position),
        )
        page = Page(book, file.add_worksheet(book.sheet), "answers", (12,) * COLUMNS)
        for part in (answers, tables, metrics, method):
            part.write(book, page)
    file.close()
    return buffer.getvalue()
