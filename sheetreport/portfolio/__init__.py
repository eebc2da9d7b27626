"""The folder in one view: a page and a workbook with every client, read from their results."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sheetreport.bureau.brand import Brand
from sheetreport.catalog.definitions import Catalog
from sheetreport.i18n import Wording
from sheetreport.model import Language
from sheetreport.outputs import BOOK, PAGE
from sheetreport.portfolio.book import render_book
from sheetreport.portfolio.clients import Entry, common_language, read_clients
from sheetreport.portfolio.page import render_page

__all__ = ["MOST_CLIENTS", "Entry", "build"]

MOST_CLIENTS = 5000
"""Workbooks in one folder, above which a page would be too large to use."""


def build(
    entries: Sequence[Entry],
    out: Path,
    catalog: Catalog,
    language: Language | None = None,
    brand: Brand | None = None,
    absent: Sequence[str] | None = None,
) -> dict[str, bytes]:
    """The files of the portfolio by their names in `out`, in the language of most results if none is given.

    `absent` are the clients of the consultant's list who sent nothing; None where there is no list.
    """
    wording = Wording(language or common_language(entries) or "en")
    clients = read_clients(entries, out, catalog, wording)
    return {
        PAGE: render_page(clients, catalog, wording, brand, absent),
        BOOK: render_book(clients, catalog, wording, brand),
    }
