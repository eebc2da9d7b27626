"""A workbook opened: its named ranges and the cells of its sheets, with formulas and results side by side."""

from __future__ import annotations

import re
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, TypeAlias

from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from sheetreport.model import Finding, Language, SourceRef
from sheetreport.read.openpyxl_rows import cells_of, load, number_format
from sheetreport.read.values import Cell, RawValue, is_error
from sheetreport.read.words import key
from sheetreport.returned import RECORD

MAX_ROWS = 1500
MAX_COLUMNS = 40  # a stray cell at the end of the grid costs no more than this
MAX_SHEETS = 30

_ENOUGH_TITLES = 2  # so many of our titles don't stand together by chance
_READ = ("in_", RECORD)  # names of answers, and that of what a correction copy asked for
_AREA = re.compile(
    r"(?:'((?:[^']++|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?"
)


Place: TypeAlias = tuple[int, int]
"""Row and column of a cell, counted from 1."""


class PasswordError(Exception):
    """The workbook is encrypted, which only the library that opens it can see."""


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells on a sheet, rows and columns counted from 1."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    @property
    def source(self) -> SourceRef:
        first = f"{get_column_letter(self.left)}{self.top}"
        last = f"{get_column_letter(self.right)}{self.bottom}"
        return SourceRef(self.sheet, first if first == last else f"{first}:{last}")

    @property
    def within_bounds(self) -> bool:
        """Whether it has cells, and no more columns than are read."""
        wide = self.right - self.left < MAX_COLUMNS
        return wide and self.top <= self.bottom and self.left <= self.right

    def line(self, row: int) -> Area:
        """The same columns in another row."""
        return Area(self.sheet, row, self.left, row, self.right)


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet's cells that hold something."""

    title: str
    cells: Mapping[tuple[int, int], Cell]

    def at(self, row: int, column: int) -> Cell:
        found = self.cells.get((row, column))
        return found or Cell(source=Area(self.title, row, column, row, column).source)

    def inside(self, area: Area) -> tuple[tuple[Cell, ...], ...]:
        """The cells of an area, row by row."""
        columns = range(area.left, area.right + 1)
        return tuple(
            tuple(self.at(row, column) for column in columns) for row in range(area.top, area.bottom + 1)
        )

    def words(self) -> Iterator[tuple[int, int, str]]:
        """Typed texts with their row and column, top to bottom; what formulas say is left out."""
        for (row, column), cell in sorted(self.cells.items()):
            if isinstance(cell.raw, str) and cell.formula is None:
                yield row, column, cell.raw


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook: titles of its sheets, properties, names (None: broken) and the pages that may be ours.

    `astray`: names of ours point to sheets that are not there.
    """

    titles: tuple[str, ...]
    properties: Mapping[str, str]
    names: Mapping[str, Area | None]
    pages: Mapping[str, Page]
    date1904: bool = False
    astray: bool = False

    def cell(self, area: Area) -> Cell:
        return self.pages[area.sheet].at(area.top, area.left)

    def inside(self, area: Area) -> tuple[tuple[Cell, ...], ...]:
        return self.pages[area.sheet].inside(area)


@dataclass(frozen=True, slots=True)
class Places:
    """The areas of our names, the page of each sheet that is there, the language of the workbook, and what
    could not be found.

    """

    names: Mapping[str, Area]
    pages: Mapping[str, Page]
    language: Language
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """A workbook that stays open: what was read of it, its other sheets, and where its answers stand, once
    that is known.
    """

    book: Book
    others: tuple[Any, ...]
    places: Places | None = None

    def whole(self, most: int) -> Book:
        """The book with so many cells of all other sheets too."""
        pages = dict(self.book.pages)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for sheet in self.others:
                pages[sheet.title] = _page(sheet, most)
                most -= len(pages[sheet.title].cells)
        return replace(self.book, pages=pages)


def open_book(data: bytes, titles: Collection[str], others: int = 0) -> Book:
    """Read a workbook that the guard let through: sheets with our names, and those of these titles (as keys).

    `others` is how many cells of all other sheets are read too.
    """
    opened = keep_open(data, titles)
    return opened.whole(others) if others else opened.book


def keep_open(data: bytes, titles: Collection[str]) -> Opened:
    """Read the same sheets, and leave the workbook open. openpyxl's exceptions are of every kind."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # extensions that openpyxl drops don't hold answers
        workbook = load(data)
        sheets = workbook.worksheets[:MAX_SHEETS]
        known = tuple(sheet.title for sheet in sheets)
        names, astray = _names(workbook, known), _are_astray(workbook, known)
        ours = sheets_of_ours(known, names, titles, astray=astray)
        pages = {sheet.title: _page(sheet) for sheet in sheets if sheet.title in ours}
        book = Book(
            titles=tuple(sheet.title for sheet in sheets if sheet.sheet_state == "visible"),
            properties={str(item.name): str(item.value) for item in workbook.custom_doc_props.props},
            names=names,
            pages=pages,
            date1904=workbook.epoch == CALENDAR_MAC_1904,
            astray=astray,
        )
        return Opened(book, tuple(sheet for sheet in sheets if sheet.title not in ours))


def sheets_of_ours(
    known: Sequence[str], names: Mapping[str, Area | None], titles: Collection[str], *, astray: bool = False
) -> list[str]:
    """The sheets to open: those that our names point to, and those of these titles (as keys)."""
    asked = {area.sheet for name, area in names.items() if area is not None and name.startswith(_READ)}
    ours = [title for title in known if title in asked or key(title) in titles]
    # Where names are gone, or stayed behind with an old title, headings alone tell a sheet under another one.
    nameless = not asked and len(ours) >= _ENOUGH_TITLES
    return list(known) if astray or nameless else ours


def source_of(title: str, place: Place) -> SourceRef:
    """A cell's place as the owner sees it."""
    return SourceRef(title, f"{get_column_letter(place[1])}{place[0]}")


def _names(workbook: Any, titles: tuple[str, ...]) -> dict[str, Area | None]:
    """Names of the workbook; a name of one sheet (copied, say) stands in where the workbook has none."""
    found: dict[str, Area | None] = {}
    for owner in (*(workbook[title] for title in titles), workbook):
        for name, definition in owner.defined_names.items():
            area = _area(definition.attr_text or "")
            if owner is workbook or area is not None:
                found[str(name)] = area if area is not None and area.sheet in titles else None
    return found


def _are_astray(workbook: Any, titles: tuple[str, ...]) -> bool:
    """Whether sheets were renamed by a program that left the names as they were."""
    areas = [
        _area(definition.attr_text or "")
        for name, definition in workbook.defined_names.items()
        if name.startswith(_READ)
    ]
    return any(area is not None and area.sheet not in titles for area in areas)


def _area(text: str) -> Area | None:
    found = _AREA.fullmatch(text.strip().removeprefix("="))
    if found is None:
        return None
    quoted, bare, left, top, right, bottom = found.groups()
    sheet = quoted.replace("''", "'") if quoted else bare
    area = Area(
        sheet,
        int(top),
        column_index_from_string(left),
        min(int(bottom or top), int(top) + MAX_ROWS),
        column_index_from_string(right or left),
    )
    return area if area.within_bounds else None


def _page(sheet: Any, most: int | None = None) -> Page:
    """Read a sheet, `most` cells and within bounds, whatever dimensions the file claims."""
    percent: dict[int, bool] = {}
    cells: dict[Place, Cell] = {}
    for place, typed in islice(cells_of(sheet, MAX_ROWS, MAX_COLUMNS), most):
        numeric = isinstance(typed.value, int | float)
        if numeric and typed.style not in percent:
            percent[typed.style] = "%" in number_format(sheet, typed.style)
        cells[place] = Cell(
            None if typed.value is None else _raw(typed.value, typed.kind),
            source_of(sheet.title, place),
            None if typed.formula is None else _formula_text(typed.formula),
            percent=numeric and percent[typed.style],
        )
    return Page(sheet.title, cells)


def _formula_text(value: object) -> str:
    """The text of a formula, also of an array formula."""
    return str(getattr(value, "text", value) or "=")


def _raw(value: object, data_type: str) -> RawValue:
    if data_type == "e" and not (isinstance(value, str) and is_error(value)):
        return "#VALUE!"
    return (
        value
        if isinstance(value, str | bool | int | float | datetime | date | time | timedelta)
        else str(value)
    )
