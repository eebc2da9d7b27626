"""Which cells outside the answers are the owner's, in a workbook whose template may be of another day."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from openpyxl.utils.cell import coordinate_to_tuple

from sheetreport import __version__
from sheetreport.answers import Flat
from sheetreport.catalog.definitions import Catalog
from sheetreport.corrections.carried import Ours
from sheetreport.model import Language
from sheetreport.read import Transcript
from sheetreport.read.values import Cell
from sheetreport.template import build as build_template
from sheetreport.template.book import Book
from sheetreport.template.page import Page

_OUR_FORMULA = re.compile(r"\b(?:in|list|done|wrong)_[a-z]|[✓✗○█░▒]")
_ALIKE = 0.6


@dataclass(slots=True)
class Blank:
    """The old workbook as today's template would have made it: an overlay that only looks."""

    _books: list[Book] = field(default_factory=list)
    _pages: Mapping[str, Page] = field(default_factory=dict)

    @classmethod
    def of(cls, catalog: Catalog, language: Language, flat: Flat, parts: Collection[str]) -> Blank:
        blank = cls()
        build_template(catalog, language, answers=flat, parts=parts, tool_version=__version__, overlay=blank)
        return blank

    @property
    def book(self) -> Book:
        return self._books[0]

    @property
    def ours(self) -> Ours:
        return Ours.of(self.book)

    def front(self, book: Book) -> Sequence[str]:  # noqa: ARG002
        return ()

    def mark(self, book: Book, pages: Mapping[str, Page]) -> None:  # noqa: ARG002
        self._pages = {page.title: page for page in pages.values()}

    def write(self, book: Book) -> None:
        self._books.append(book)

    def has(self, title: str, row: int, column: int) -> bool:
        """Whether a cell lies within what the template fills of a sheet."""
        page = self._pages.get(title)
        return page is None or (row <= page.last_row and column < len(page.widths))


def loose_cells(blank: Blank, transcript: Transcript) -> Iterator[Cell]:
    """The loose cells that the owner filled: without what the template says, or said another day.

    A text of ours stands where one stands today, or is much like one of today's. Numbers are never ours.
    """
    older = not blank.book.catalog.sha256.startswith(transcript.catalog or "-")
    answers = {cell.source for cell in transcript.unknown}
    titles = {
        title: blank.book.catalog.sheet(sheet_id).title[blank.book.language]
        for sheet_id, title in transcript.pages.items()
    }
    ours = blank.ours
    said = tuple(ours.texts)
    for cell in transcript.loose:
        title = titles.get(cell.source.sheet, cell.source.sheet)
        row, column = coordinate_to_tuple(cell.source.cell)
        if cell.source in transcript.reminders or (title, row - 1, column - 1) in ours.live:
            continue
        if ours.excludes(cell) and (
            cell.source in answers or not (older and _is_ours(blank, title, cell, said))
        ):
            yield cell


def _is_ours(blank: Blank, title: str, cell: Cell, said: Sequence[str]) -> bool:
    if cell.formula is not None:
        return _OUR_FORMULA.search(cell.formula) is not None
    if not isinstance(cell.raw, str):
        return False
    row, column = coordinate_to_tuple(cell.source.cell)
    if (title, row - 1, column - 1) in blank.book.written | blank.book.live:
        return True
    words = " ".join(cell.raw.split())
    return blank.has(title, row - 1, column - 1) and bool(get_close_matches(words, said, 1, _ALIKE))
