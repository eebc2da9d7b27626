"""A minimal .xlsb ([MS-XLSB]) with the cells of an .xlsx, since no program at hand saves the format."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import datetime, timedelta
from typing import Any

import openpyxl

_TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>
</Types>"""
_RELATIONS = """<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>"""
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_BOOK, _END_BOOK, _SHEETS, _END_SHEETS, _SHEET = 131, 132, 143, 144, 156
_PAGE, _END_PAGE, _DATA, _END_DATA, _ROW = 129, 130, 145, 146, 0
_BOOL, _REAL, _TEXT, _SHORT_REAL, _SHORT_TEXT = 4, 5, 6, 16, 17


def xlsb(data: bytes, *, short: bool = False) -> bytes:
    """The visible sheets of a workbook with the results of its formulas; `short`: cells without a column."""
    sheets = [
        sheet
        for sheet in openpyxl.load_workbook(io.BytesIO(data), data_only=True).worksheets
        if sheet.sheet_state == "visible"
    ]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _relations({"rId1": ("officeDocument", "xl/workbook.bin")}))
        targets = {
            f"rId{n}": ("worksheet", f"worksheets/sheet{n}.bin") for n, _ in enumerate(sheets, start=1)
        }
        archive.writestr("xl/_rels/workbook.bin.rels", _relations(targets))
        listed = b"".join(
            _record(_SHEET, struct.pack("<II", 0, number) + _wide(f"rId{number}") + _wide(sheet.title))
            for number, sheet in enumerate(sheets, start=1)
        )
        whole = _record(_BOOK) + _record(_SHEETS) + listed + _record(_END_SHEETS) + _record(_END_BOOK)
        archive.writestr("xl/workbook.bin", whole)
        for number, sheet in enumerate(sheets, start=1):
            archive.writestr(f"xl/worksheets/sheet{number}.bin", _sheet(sheet, short=short))
    return stream.getvalue()


def _relations(targets: dict[str, tuple[str, str]]) -> str:
    return _RELATIONS.format(
        "".join(
            f'<Relationship Id="{id_}" Type="{_KIND}{kind}" Target="{target}"/>'
            for id_, (kind, target) in targets.items()
        )
    )


def _record(kind: int, body: bytes = b"") -> bytes:
    number = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, left = b"", len(body)
    while left > 127:
        size, left = size + bytes([left & 0x7F | 0x80]), left >> 7
    return number + size + bytes([left]) + body


def _wide(text: str) -> bytes:
    encoded = text.encode("utf-16-le")
    return struct.pack("<I", len(encoded) // 2) + encoded


def _sheet(sheet: Any, *, short: bool) -> bytes:
    size = struct.pack("<IIII", 0, sheet.max_row - 1, 0, sheet.max_column - 1)
    parts = [_record(_PAGE), _record(148, size), _record(_DATA)]
    for cells in sheet.iter_rows():
        filled = [cell for cell in cells if cell.value is not None]
        if filled:
            parts.append(_record(_ROW, struct.pack("<IIHBBBI", filled[0].row - 1, 0, 300, 0, 0, 0, 0)))
        for place, cell in enumerate(filled):
            parts.append(_cell(cell, short=short and place > 0))
    return b"".join([*parts, _record(_END_DATA), _record(_END_PAGE)])


def _cell(cell: Any, *, short: bool) -> bytes:
    value = cell.value
    head = struct.pack("<I", 0) if short else struct.pack("<II", cell.column - 1, 0)
    if isinstance(value, bool):
        return _record(_BOOL, struct.pack("<IIB", cell.column - 1, 0, value))
    if isinstance(value, datetime):
        value = (value - datetime(1899, 12, 30)) / timedelta(days=1)
    if isinstance(value, int | float):
        return _record(_SHORT_REAL if short else _REAL, head + struct.pack("<d", value))
    return _record(_SHORT_TEXT if short else _TEXT, head + _wide(str(value)))
