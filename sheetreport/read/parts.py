"""The XML parts of a workbook as a stream: what they count up to, and what no harmless workbook holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from xml.parsers import expat

MAX_DEPTH = 64
MAX_TOKEN = 1024 * 1024  # a start tag with its attributes, a comment: what a parser must hold as a whole
MAX_ELEMENTS = 5_000_000
MAX_COUNTS: Mapping[str, int] = {
    "c": 1_000_000,
    "table-cell": 1_000_000,
    "si": 200_000,
    "xf": 65_500,
    "mergeCell": 20_000,
    "dataValidation": 20_000,
    "cfRule": 20_000,
    "definedName": 20_000,
}
MAX_AREA = (
    5_000_000  # cells from the first to the last one of an OpenDocument sheet, which are kept as a whole
)
MAX_MERGED = 200_000  # cells under merged ranges; Excel makes such ranges when a whole column is merged
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384

# expat decodes these itself or through Python's table of one-byte codes; of others it understands nothing.
_ENCODINGS = frozenset("utf-8 utf-16 us-ascii iso-8859-1 windows-1251 windows-1252".split())
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,10})")
_SHORTEST_OUTSIDE = len("XFE1")


class UnsafeError(Exception):
    """What speaks against opening a file: the variant of the finding, and its numbers."""

    def __init__(self, variant: str, **params: float) -> None:
        super().__init__(variant)
        self.variant = variant
        self.params = params


class DamagedError(Exception):
    """XML that is not well-formed."""


class Counts:
    """What all parts of a workbook hold together."""

    def __init__(self) -> None:
        self.elements = 0
        self.merged = 0
        self.of = dict.fromkeys(MAX_COUNTS, 0)

    def add(self, name: str, number: int = 1) -> None:
        """Count elements of a name; too many of them are refused."""
        self.of[name] += number
        if self.of[name] > MAX_COUNTS[name]:
            raise UnsafeError("content")


class PartReader:
    """Reads one XML part chunk by chunk and keeps nothing of it but counts."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._depth = 0
        self._fed = 0
        self._shared = False
        self._last_row = self._rows = self._last_column = 0
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = _refuse_doctype
        self._parser.XmlDeclHandler = _refuse_encoding
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._special: dict[str, Callable[[dict[str, str]], None]] = {
            "c": self._cell,
            "row": self._row,
            "v": self._value,
            "mergeCell": self._merge,
            "table": self._open_table,
            "table-row": self._open_table_row,
            "table-cell": self._table_cell,
            "covered-table-cell": self._table_cell,
        }
        for name in MAX_COUNTS:
            self._special.setdefault(name, self._counter(name))

    def feed(self, chunk: bytes, *, final: bool = False) -> None:
        """Read the next bytes of the part."""
        self._fed += len(chunk)
        try:
            self._parser.Parse(chunk, final)
        except expat.ExpatError as error:
            raise DamagedError(str(error)) from error
        if not final and self._fed - self._parser.CurrentByteIndex > MAX_TOKEN:
            raise UnsafeError("size")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._counts.elements += 1
        if self._depth > MAX_DEPTH or self._counts.elements > MAX_ELEMENTS:
            raise UnsafeError("content")
        special = self._special.get(name.rpartition(":")[2])
        if special is not None:
            special(attributes)

    def _end(self, _: str) -> None:
        self._depth -= 1
        if self._parser.CharacterDataHandler is not None:
            self._parser.CharacterDataHandler = None

    def _counter(self, name: str) -> Callable[[dict[str, str]], None]:
        return lambda _: self._counts.add(name)

    def _cell(self, attributes: dict[str, str]) -> None:
        self._counts.add("c")
        place = attributes.get("r", "")
        if len(place) >= _SHORTEST_OUTSIDE:
            _corner(place)
        self._shared = attributes.get("t") == "s"

    def _row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r", "")
        if len(number) > 6 and number.isdecimal() and int(number[:20]) > LAST_ROW:
            raise UnsafeError("grid")

    def _value(self, _: dict[str, str]) -> None:
        """The number of a shared text may not be negative: readers count such from the end."""
        if self._shared:
            self._parser.CharacterDataHandler = _refuse_negative
            self._shared = False

    def _merge(self, attributes: dict[str, str]) -> None:
        self._counts.add("mergeCell")
        first, _, last = attributes.get("ref", "").partition(":")
        top, left = _corner(first)
        bottom, right = _corner(last or first)
        self._counts.merged += (abs(bottom - top) + 1) * (abs(right - left) + 1)

    def _open_table(self, _: dict[str, str]) -> None:
        self._last_row = 0

    def _open_table_row(self, attributes: dict[str, str]) -> None:
        self._rows = _whole(attributes.get("table:number-rows-repeated", "1"))
        self._last_row += self._rows
        self._last_column = 0

    def _table_cell(self, attributes: dict[str, str]) -> None:
        """A cell of an OpenDocument sheet says how often it stands; a blank one may fill the sheet."""
        columns = _whole(attributes.get("table:number-columns-repeated", "1"))
        self._last_column += columns
        if any(name.endswith(":value-type") for name in attributes):
            self._counts.add("table-cell", columns * self._rows)
            if self._last_row * self._last_column > MAX_AREA:
                raise UnsafeError("content")


def _corner(place: str) -> tuple[int, int]:
    """Row and column of a cell; (1, 1) for what is no cell, which the library that reads it will say."""
    found = _CELL.fullmatch(place)
    if found is None:
        return 1, 1
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    row = int(found[2])
    if row > LAST_ROW or column > LAST_COLUMN:
        raise UnsafeError("grid")
    return row, column


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else LAST_ROW * LAST_COLUMN


def _refuse_doctype(*_: object) -> None:
    raise UnsafeError("dtd")


def _refuse_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
    if encoding is not None and encoding.casefold() not in _ENCODINGS:
        raise UnsafeError("encoding")


def _refuse_negative(text: str) -> None:
    if text.lstrip().startswith("-"):
        raise UnsafeError("content")
