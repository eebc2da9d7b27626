"""openpyxl's reader without what answers don't need: rules below rows, fonts of texts, sizes of sheets."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.reader.excel import ExcelReader
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

_ROW, _ROWS, _TEXT, _RUN, _PIECE = (
    f"{{{SHEET_MAIN_NS}}}{tag}" for tag in ("row", "sheetData", "si", "r", "t")
)


@dataclass(frozen=True, slots=True)
class Typed:
    """A cell as openpyxl reads it: the result of its formula beside the formula, where it has one."""

    value: Any
    kind: str
    formula: Any
    style: int


class _Rows(WorkSheetParser):
    """A sheet up to its last row, with formulas beside their results.

    The hundreds of validations and colour rules below the rows of our template take longer than its cells,
    and a sheet opened for reading does not show them.
    """

    def parse(self) -> Generator[Any, None, None]:
        for _, element in iterparse(self.source):
            if element.tag == _ROW:
                yield self.parse_row(element)
                element.clear()
            elif element.tag == _ROWS:
                return

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        has_formula = element.find(FORMULA_TAG) is not None
        formula = self.parse_formula(element) if has_formula else None  # type: ignore[no-untyped-call]
        return {**cell, "formula": formula}


class _Sheet(ReadOnlyWorksheet):
    """A sheet of which nobody asks how large it says it is."""

    def _get_size(self) -> None:
        pass


class _Reader(ExcelReader):
    """A workbook whose texts are read as letters alone."""

    def read_strings(self) -> None:
        part = self.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]
        if part is None:
            return
        with self.archive.open(part.PartName[1:]) as source:
            for _, element in iterparse(source):
                if element.tag == _TEXT:
                    runs = [element, *element.findall(_RUN)]
                    said = "".join(piece.text or "" for run in runs for piece in run.findall(_PIECE))
                    self.shared_strings.append(said.replace("x005F_", ""))
                    element.clear()

    def read_worksheets(self) -> None:
        for sheet, relation in self.parser.find_sheets():
            if relation.target not in self.valid_files:
                continue
            if "chartsheet" in relation.Type:
                self.read_chartsheet(sheet, relation)  # type: ignore[arg-type]
                continue
            found: Any = _Sheet(self.wb, sheet.name, relation.target, self.shared_strings)
            found.sheet_state = sheet.state
            self.wb._sheets.append(found)  # type: ignore[attr-defined]


def load(data: bytes) -> Any:
    """A workbook for reading, with the results of its formulas."""
    reader = _Reader(BytesIO(data), read_only=True, data_only=True, keep_links=False)
    reader.read()
    return reader.wb


def cells_of(sheet: Any, rows: int, columns: int) -> Iterator[tuple[tuple[int, int], Typed]]:
    """The cells of a loaded sheet that hold something, with row and column, no further than these."""
    book, last = sheet.parent, 0
    with sheet._get_source() as source:
        parser = _Rows(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for row, cells in parser.parse():
            if row > rows:
                return
            if row <= last:  # comes twice, or too late
                continue
            last = row
            held = {cell["column"]: cell for cell in cells if cell["column"] <= columns}
            for column, cell in sorted(held.items()):
                value, formula = cell["value"], cell["formula"]
                if value is not None or formula is not None:
                    yield (row, column), Typed(value, cell["data_type"], formula, cell["style_id"])


def number_format(sheet: Any, style: int) -> str:
    """The number format of a style of a loaded sheet's workbook."""
    cell = ReadOnlyCell(sheet, 1, 1, None, style_id=style)
    return str(cell.number_format or "")
