"""openpyxl's reader without what answers don't need: rules below the rows, and the fonts of texts."""

from __future__ import annotations

from collections.abc import Generator
from copy import copy
from io import BytesIO
from typing import Any

from openpyxl.reader.excel import ExcelReader
from openpyxl.worksheet import _read_only
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

_ROW, _ROWS, _TEXT, _RUN, _PIECE = (
    f"{{{SHEET_MAIN_NS}}}{tag}" for tag in ("row", "sheetData", "si", "r", "t")
)


class _Rows(WorkSheetParser):
    """A sheet up to its last row.

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


_read_only.WorkSheetParser = _Rows  # type: ignore[attr-defined]


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


def load(data: bytes) -> Any:
    """A workbook for reading, with the results of its formulas."""
    reader = _Reader(BytesIO(data), read_only=True, data_only=True, keep_links=False)
    reader.read()
    return reader.wb


def with_formulas(workbook: Any) -> dict[str, Any]:
    """The sheets of a loaded workbook by title, with formulas in place of their results."""
    formulas = copy(workbook)
    formulas._data_only = False
    sheets = {sheet.title: copy(sheet) for sheet in workbook.worksheets}
    for sheet in sheets.values():
        sheet.parent = formulas
    return sheets
