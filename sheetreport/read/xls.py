"""Workbooks of Excel 97-2003 (.xls) through xlrd."""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator
from io import StringIO
from typing import Any

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
from sheetreport.read.values import Cell, RawValue

_RECORD_HEAD = struct.Struct("<HH")
_FORMULA, _END = 0x06, 0x0A
_FORMULA_HEAD = 22  # place, style, result and flags, then the size of the formula


def open_xls(data: bytes, titles: Collection[str]) -> Book:
    """Open a workbook: the sheets with our names, and those of these titles (as keys)."""
    import xlrd  # noqa: PLC0415  (only this format needs it)

    try:
        workbook = xlrd.open_workbook(
            file_contents=data, formatting_info=True, ragged_rows=True, on_demand=True, logfile=StringIO()
        )
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            raise PasswordError from error
        raise
    known = workbook.sheet_names()[:MAX_SHEETS]
    names = {str(name.name): _area(workbook, name, known) for name in workbook.name_obj_list}
    sheets = {title: workbook.sheet_by_name(title) for title in sheets_of_ours(known, names, titles)}
    return Book(
        titles=tuple(title for index, title in enumerate(known) if workbook._sheet_visibility[index] == 0),
        properties={},
        names=names,
        pages={title: Page(title, _cells(workbook, sheet)) for title, sheet in sheets.items()},
    )


def _area(workbook: Any, name: Any, titles: Collection[str]) -> Area | None:
    """The rectangle a name stands for; None for formulas, several rectangles and broken names."""
    ranges = getattr(name.result, "value", None)
    if not isinstance(ranges, list) or len(ranges) != 1 or not hasattr(ranges[0], "coords"):
        return None
    sheet, after, top, bottom, left, right = ranges[0].coords
    titles_here = workbook.sheet_names()
    if after != sheet + 1 or not 0 <= sheet < len(titles_here) or titles_here[sheet] not in titles:
        return None
    area = Area(titles_here[sheet], top + 1, left + 1, min(bottom, top + MAX_ROWS), right)
    return area if area.within_bounds else None


def _cells(workbook: Any, sheet: Any) -> dict[Place, Cell]:
    """The filled cells. A formula's 0 is no result: LibreOffice keeps one where the formula gives a text."""
    formulas = dict(_formulas(workbook, sheet))
    cells = {
        place: Cell(value, source_of(sheet.name, place), formulas.get(place), percent)
        for place, value, percent in _filled(workbook, sheet)
        if not (place in formulas and value == 0)
    }
    for place in formulas.keys() - cells.keys():
        cells[place] = Cell(None, source_of(sheet.name, place), formulas[place])
    return cells


def _filled(workbook: Any, sheet: Any) -> Iterator[tuple[Place, RawValue, bool]]:
    import xlrd  # noqa: PLC0415  (as above)

    for row in range(min(sheet.nrows, MAX_ROWS)):
        for column, cell in enumerate(sheet.row_slice(row, 0, MAX_COLUMNS), start=1):
            value: RawValue = cell.value
            percent = False
            match cell.ctype:
                case xlrd.XL_CELL_EMPTY | xlrd.XL_CELL_BLANK:
                    continue
                case xlrd.XL_CELL_ERROR:
                    value = xlrd.error_text_from_code.get(cell.value, "#VALUE!")
                case xlrd.XL_CELL_BOOLEAN:
                    value = bool(cell.value)
                case xlrd.XL_CELL_DATE:
                    value = _moment(cell.value, workbook.datemode)
                case xlrd.XL_CELL_NUMBER:
                    style = workbook.xf_list[cell.xf_index]
                    percent = "%" in workbook.format_map[style.format_key].format_str
                case _:
                    pass
            yield (row + 1, column), value, percent


def _moment(serial: float, datemode: int) -> RawValue:
    """A date; a number of days that is none stays the number."""
    import xlrd  # noqa: PLC0415  (as above)

    try:
        moment: RawValue = xlrd.xldate_as_datetime(serial, datemode)
    except (xlrd.XLDateError, ValueError, OverflowError):
        return serial
    return moment


def _formulas(workbook: Any, sheet: Any) -> Iterator[tuple[Place, str]]:
    """The formulas of a sheet, from its records: xlrd decompiles them, but doesn't say where they stand."""
    from xlrd.formula import FMLA_TYPE_CELL, decompile_formula  # noqa: PLC0415  (as above)

    data, at = workbook.mem, workbook._sh_abs_posn[workbook.sheet_names().index(sheet.name)]
    while at + _RECORD_HEAD.size <= len(data):
        code, length = _RECORD_HEAD.unpack_from(data, at)
        record = data[at + _RECORD_HEAD.size : at + _RECORD_HEAD.size + length]
        at += _RECORD_HEAD.size + length
        if code == _END:
            return
        if code != _FORMULA or length < _FORMULA_HEAD:
            continue
        row, column = struct.unpack_from("<HH", record)
        if row >= MAX_ROWS or column >= MAX_COLUMNS:
            continue
        (size,) = struct.unpack_from("<H", record, _FORMULA_HEAD - 2)
        try:
            text = decompile_formula(
                workbook, record[_FORMULA_HEAD:], size, FMLA_TYPE_CELL, browx=row, bcolx=column
            )
        except Exception:  # a formula that can't be told is one all the same
            text = ""
        yield (row + 1, column + 1), f"={text or ''}"
