"""XlsxWriter's workbook with sheets that take our formulas as they are, and write ordinary cells at once."""

from __future__ import annotations

from typing import Any
from zipfile import ZipFile, ZipInfo

import xlsxwriter
import xlsxwriter.workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell_fast
from xlsxwriter.worksheet import (
    CellBlankTuple,
    CellFormulaTuple,
    CellNumberTuple,
    CellStringTuple,
    Worksheet,
)

_PACKED = 5  # of 9; 6, which is what XlsxWriter takes, makes 2 % less of it in half as much time again


class _Sheet(Worksheet):  # type: ignore[misc]
    """A sheet whose formulas name no function younger than Excel 2007.

    XlsxWriter looks for each of 150 younger ones, to put a prefix before it, in every formula and validation,
    and for those that fill several cells: a third of the time that a workbook takes. Cells are given by row
    and column from 0.
    """

    def __init__(self) -> None:
        super().__init__()
        self._fonts: dict[Format, str] = {}

    def write_string(self, row: int, col: int, string: str, cell_format: Format | None = None) -> int:
        return int(self._write_string(row, col, string, cell_format))

    def write_number(self, row: int, col: int, number: float, cell_format: Format | None = None) -> int:
        return int(self._write_number(row, col, number, cell_format))

    def write_blank(self, row: int, col: int, blank: Any, cell_format: Format | None = None) -> int:
        return int(self._write_blank(row, col, blank, cell_format))

    def write_formula(
        self, row: int, col: int, formula: str, cell_format: Format | None = None, value: Any = 0
    ) -> int:
        return self._write_formula(row, col, formula, cell_format, value)

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:  # noqa: ARG002
        return formula.removeprefix("{").removeprefix("=").removesuffix("}")

    def _write_formula(
        self, row: int, col: int, formula: str, cell_format: Any = None, value: Any = 0
    ) -> int:
        if self._check_dimensions(row, col):
            return -1
        self.table[row][col] = CellFormulaTuple(self._prepare_formula(formula), cell_format, value)
        return 0

    def _write_font(self, xf_format: Format) -> None:
        """The look of a part of a text, put together once."""
        if xf_format in self._fonts:
            self.rstring.fh.write(self._fonts[xf_format])
            return
        start = self.rstring.fh.tell()
        super()._write_font(xf_format)
        self._fonts[xf_format] = self.rstring.fh.getvalue()[start:]

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        """A cell as XlsxWriter writes it, in one piece where it is of an ordinary kind and has a look."""
        kind = type(cell)
        worded = kind is CellFormulaTuple and isinstance(cell.value, str)
        if not cell.format or (worded and cell.value.startswith("#")):
            super()._write_cell(row, col, cell)
            return
        start = f'<c r="{xl_rowcol_to_cell_fast(row, col)}" s="{cell.format._get_xf_index()}"'
        if kind is CellStringTuple:
            self.fh.write(f'{start} t="s"><v>{cell.string}</v></c>')
        elif kind is CellBlankTuple:
            self.fh.write(f"{start}/>")
        elif kind is CellNumberTuple:
            self.fh.write(f"{start}><v>{cell.number:.16G}</v></c>")
        elif kind is CellFormulaTuple and not isinstance(cell.value, bool):
            typed = ' t="str"' if worded and cell.value else ""
            formula, value = self._escape_data(cell.formula), self._escape_data(cell.value)
            self.fh.write(f"{start}{typed}><f>{formula}</f><v>{value}</v></c>")
        else:
            super()._write_cell(row, col, cell)


class Workbook(xlsxwriter.Workbook):  # type: ignore[misc]
    """A workbook of such sheets."""

    worksheet_class = _Sheet


class _Archive(ZipFile):
    """An archive that is packed as tight as is worth its time."""

    def writestr(self, part: ZipInfo | str, content: bytes | str, *_: Any) -> None:  # type: ignore[override]
        super().writestr(part, content, compresslevel=_PACKED)


xlsxwriter.workbook.ZipFile = _Archive
