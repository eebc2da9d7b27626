"""What an OpenDocument sheet says beyond its values: formulas, errors, percentages, and names of ranges."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from io import BytesIO
from xml.parsers import expat

from openpyxl.utils import column_index_from_string

from sheetreport.read.book import MAX_COLUMNS, MAX_ROWS, Area, Place

_CHUNK = 256 * 1024
_RANGE = re.compile(
    r"\$?(?:'((?:[^']|'')+)'|([^.'$]+))\.\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::[^:]*\.\$?([A-Z]{1,3})\$?([0-9]{1,7}))?"
)


@dataclass(frozen=True, slots=True)
class Note:
    """What a cell holds beside its value."""

    formula: str | None = None
    error: bool = False
    percent: bool = False


@dataclass(slots=True)
class Notes:
    """Notes of each sheet by row and column, counted from 1, and the names of ranges (None: not one)."""

    sheets: dict[str, dict[Place, Note]] = field(default_factory=dict)
    names: dict[str, Area | None] = field(default_factory=dict)


def read_notes(data: bytes) -> Notes:
    """Read a document that the guard let through."""
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    with zipfile.ZipFile(BytesIO(data)) as archive, archive.open("content.xml") as part:
        while chunk := part.read(_CHUNK):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)
    return reader.notes


class _Reader:
    """Counts rows and columns, which the format repeats and never numbers."""

    def __init__(self) -> None:
        self.notes = Notes()
        self._sheet: dict[Place, Note] = {}
        self._row = self._next_row = 1
        self._column = 1

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "table:table":
                self._sheet = self.notes.sheets.setdefault(attributes.get("table:name", ""), {})
                self._row = self._next_row = 1
            case "table:table-row":
                self._row, self._column = self._next_row, 1
                self._next_row += _times(attributes, "table:number-rows-repeated")
            case "table:table-cell" | "table:covered-table-cell":
                self._cell(attributes)
            case "table:named-range":
                address = attributes.get("table:cell-range-address", "")
                self.notes.names[attributes.get("table:name", "")] = _area(address)
            case _:
                pass

    def _cell(self, attributes: dict[str, str]) -> None:
        first, self._column = self._column, self._column + _times(attributes, "table:number-columns-repeated")
        formula = attributes.get("table:formula")
        note = Note(
            formula.removeprefix("of:") if formula else None,
            attributes.get("calcext:value-type") == "error",
            attributes.get("office:value-type") == "percentage",
        )
        if note != Note():
            for row in range(self._row, min(self._next_row, MAX_ROWS + 1)):
                for column in range(first, min(self._column, MAX_COLUMNS + 1)):
                    self._sheet[row, column] = note


def _times(attributes: dict[str, str], name: str) -> int:
    stated = attributes.get(name, "1")
    return int(stated) if stated.isdecimal() and len(stated) < 10 else 1


def _area(address: str) -> Area | None:
    found = _RANGE.fullmatch(address)
    if found is None:
        return None
    quoted, bare, left, top, right, bottom = found.groups()
    area = Area(
        quoted.replace("''", "'") if quoted else bare,
        int(top),
        column_index_from_string(left),
        min(int(bottom or top), int(top) + MAX_ROWS),
        column_index_from_string(right or left),
    )
    return area if area.within_bounds else None
