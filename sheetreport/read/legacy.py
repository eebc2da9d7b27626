"""Workbooks of other formats (.ods, .xls, .xlsb) as the same book, as far as their libraries can tell.

None of them gives everything that .xlsx does, so what is read here carries a warning: an error of a formula
may look like a blank, and a blank is no proof that the owner left it so.
"""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterator, Mapping
from io import BytesIO
from typing import Any

from sheetreport.read import ods
from sheetreport.read.book import (
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_SHEETS,
    Area,
    Book,
    Page,
    PasswordError,
    Place,
    sheets_of_ours,
    source_of,
)
from sheetreport.read.formats import Format
from sheetreport.read.values import Cell, RawValue
from sheetreport.read.words import key
from sheetreport.read.xls import open_xls

# Rows of sums, which nothing else tells from rows of answers where there are neither names nor formulas.
_TOTALS = ("итого", "всего", "total", "все каналы", "all channels")

_SHORT_CELLS = frozenset(range(12, 19))  # BrtShortBlank to BrtShortIsst


def open_legacy(data: bytes, titles: Collection[str], found: Format) -> Book:
    """Open a workbook that the guard let through: sheets our names point to, and those of these titles."""
    return open_xls(data, titles) if found is Format.XLS else _open_by_calamine(data, titles, found)


def _open_by_calamine(data: bytes, titles: Collection[str], found: Format) -> Book:
    import python_calamine  # noqa: PLC0415  (only these formats need it)

    if found is Format.XLSB and _has_short_cells(data):
        raise ValueError("cells that calamine passes over")
    try:
        workbook = python_calamine.load_workbook(BytesIO(data))
        kind, visible = python_calamine.SheetTypeEnum.WorkSheet, python_calamine.SheetVisibleEnum.Visible
        sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == kind][:MAX_SHEETS]
        shown = tuple(sheet.name for sheet in sheets if sheet.visible == visible)
        known = [sheet.name for sheet in sheets]
        notes = ods.read_notes(data) if found is Format.ODS else None
        names = {name: _known(area, known) for name, area in notes.names.items()} if notes else {}
        ours = sheets_of_ours(known, names, titles)
        values = {title: _values(workbook.get_sheet_by_name(title)) for title in ours}
    except python_calamine.PasswordError as error:
        raise PasswordError from error
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a panic of the library is no Exception
        raise ValueError("not readable") from error
    pages = {
        title: Page(
            title,
            _annotated(title, cells, notes.sheets.get(title, {})) if notes else answers_of(title, cells),
        )
        for title, cells in values.items()
    }
    return Book(titles=shown, properties={}, names=names, pages=pages)


def _has_short_cells(data: bytes) -> bool:
    """Whether a sheet of an .xlsb holds cells that don't name their column, which calamine takes for blanks.

    The format allows them after another cell; Excel does not write them, some programs do.
    """
    with zipfile.ZipFile(BytesIO(data)) as archive:
        sheets = [name for name in archive.namelist() if name.casefold().startswith("xl/worksheets/")]
        parts = (archive.read(name) for name in sheets if name.casefold().endswith(".bin"))
        return any(not _SHORT_CELLS.isdisjoint(_records(part)) for part in parts)


def _records(part: bytes) -> Iterator[int]:
    """The kinds of a binary part's records, one after another."""
    place = 0
    while place < len(part):
        kind, place = _varying(part, place)
        size, place = _varying(part, place)
        yield kind
        place += size


def _varying(part: bytes, place: int) -> tuple[int, int]:
    """A number of seven bits a byte, the last byte without its high bit, and where it ends."""
    value = shift = 0
    while True:
        byte = part[place]
        value, place = value | (byte & 0x7F) << shift, place + 1
        shift += 7
        if byte < 0x80:
            return value, place


def _known(area: Area | None, titles: Collection[str]) -> Area | None:
    return area if area is not None and area.sheet in titles else None


def _values(sheet: Any) -> dict[Place, RawValue]:
    return {
        (row, column): value
        for row, values in enumerate(sheet.to_python(skip_empty_area=False, nrows=MAX_ROWS), start=1)
        for column, value in enumerate(values[:MAX_COLUMNS], start=1)
        if value != ""
    }


def _annotated(
    title: str, values: Mapping[Place, RawValue], notes: Mapping[Place, ods.Note]
) -> dict[Place, Cell]:
    cells = {}
    for place in values.keys() | notes.keys():
        note = notes.get(place, ods.Note())
        raw = "#VALUE!" if note.error else values.get(place, "" if note.formula else None)
        cells[place] = Cell(raw, source_of(title, place), note.formula, note.percent)
    return cells


def answers_of(title: str, values: Mapping[Place, RawValue]) -> dict[Place, Cell]:
    """The cells that aren't in rows of sums."""
    sums = {
        row
        for (row, _), value in values.items()
        if isinstance(value, str) and key(value.partition("\n")[0]).startswith(_TOTALS)
    }
    return {
        place: Cell(raw, source_of(title, place)) for place, raw in values.items() if place[0] not in sums
    }
