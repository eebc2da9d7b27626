"""What a file is, told from its content: names and endings are not believed."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from enum import StrEnum
from io import BytesIO


class Format(StrEnum):
    """What a file can be. The first four are read; the others are named to whoever sent them."""

    EXCEL = "excel"
    ODS = "ods"
    XLS = "xls"
    XLSB = "xlsb"
    PASSWORD = "password"
    NUMBERS = "numbers"
    OLD_EXCEL = "old_format"
    XML_TABLE = "xml_table"
    SHORTCUT = "shortcut"
    DOCUMENT = "docx"
    PDF = "pdf"
    HTML = "html"
    TEXT = "text"
    ARCHIVE = "zip"
    EMPTY = "empty"
    ZEROS = "zeros"
    DAMAGED = "damaged"
    OTHER = "other"


WORKBOOKS = frozenset({Format.EXCEL, Format.ODS, Format.XLS, Format.XLSB})

_SAMPLE = 4096
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE2_ENTRY, _OLE2_STREAM = 128, 2  # the size of a directory's entry, and the type of those that are streams
_OLE2_STREAMS = {
    "EncryptedPackage": Format.PASSWORD,
    "Workbook": Format.XLS,
    "Book": Format.XLS,
    "WordDocument": Format.DOCUMENT,
}
_STARTS = (
    (b"%PDF", Format.PDF),
    (b"{\\rtf", Format.DOCUMENT),
    (b"Rar!\x1a\x07", Format.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", Format.ARCHIVE),
    (b"\x1f\x8b", Format.ARCHIVE),
    # Records that begin a sheet of Excel 2, 3 and 4, which had no container around it.
    (b"\x09\x00\x04\x00", Format.OLD_EXCEL),
    (b"\x09\x02\x06\x00", Format.OLD_EXCEL),
    (b"\x09\x04\x06\x00", Format.OLD_EXCEL),
)
_TEXT_STARTS = (
    (("<!doctype html", "<html", "<table", "<meta", "mime-version:"), Format.HTML),
    (("[internetshortcut]",), Format.SHORTCUT),
)
_XML_TABLES = ("urn:schemas-microsoft-com:office:spreadsheet", "opendocument.spreadsheet", "excel.sheet")
_WORKBOOK_PART = re.compile(r"(?:.*/)?workbook[^/]*\.xml")
_MIMETYPES = {
    b"application/vnd.oasis.opendocument.spreadsheet": Format.ODS,
    b"application/vnd.oasis.opendocument.text": Format.DOCUMENT,
}


def recognise(data: bytes) -> Format:
    """The format of a file's content."""
    if not data.strip(b"\x00"):
        return Format.ZEROS if data else Format.EMPTY
    if data.startswith(b"PK"):
        return _in_archive(data)
    if data.startswith(_OLE2):
        return _in_compound_file(data)
    for start, found in _STARTS:
        if data.startswith(start):
            return found
    return _in_text(data[:_SAMPLE])


def _in_archive(data: bytes) -> Format:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = {entry.filename.casefold(): entry for entry in archive.infolist()}
            if any(entry.flag_bits & 1 for entry in names.values()):
                return Format.PASSWORD
            mimetype = _start_of(archive, names.get("mimetype"))
            manifest = _start_of(archive, names.get("meta-inf/manifest.xml"))
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError, EOFError):
        return Format.DAMAGED
    if b"encryption-data" in manifest:
        return Format.PASSWORD
    for start, found in _MIMETYPES.items():
        if mimetype.startswith(start):
            return found
    return _by_parts(names)


def _start_of(archive: zipfile.ZipFile, entry: zipfile.ZipInfo | None) -> bytes:
    if entry is None:
        return b""
    with archive.open(entry) as part:
        return part.read(_SAMPLE)


def _by_parts(names: Iterable[str]) -> Format:
    parts = list(names)
    if any(_WORKBOOK_PART.fullmatch(part) for part in parts):
        return Format.EXCEL
    if "xl/workbook.bin" in parts:
        return Format.XLSB
    if any(part.startswith("word/") for part in parts):
        return Format.DOCUMENT
    if "content.xml" in parts:
        return Format.ODS
    if any(part.endswith(".iwa") or part == "index.zip" for part in parts):
        return Format.NUMBERS
    return Format.ARCHIVE


def _in_compound_file(data: bytes) -> Format:
    """Old Office files are a small file system; the first stream we know by name tells which."""
    found = []
    for name, meaning in _OLE2_STREAMS.items():
        wanted = name.encode("utf-16-le") + b"\x00\x00"
        start = -1
        while (start := data.find(wanted, start + 1)) >= 0:
            in_place = start % _OLE2_ENTRY == 0 and data[start + 66 : start + 67] == bytes([_OLE2_STREAM])
            if in_place:
                found.append((start, meaning))
                break
    return min(found)[1] if found else Format.OTHER


def _in_text(start: bytes) -> Format:
    for encoding, mark in (("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff")):
        if start.startswith(mark):
            return _kind_of_text(start.decode(encoding, errors="ignore"))
    if b"\x00" in start:
        return Format.OTHER
    return _kind_of_text(start.decode("utf-8", errors="ignore"))


def _kind_of_text(text: str) -> Format:
    head = text.lstrip("\ufeff \r\n\t").casefold()
    for starts, found in _TEXT_STARTS:
        if head.startswith(starts):
            return found
    if head.startswith("{") and ('"doc_id"' in head or "docs.google.com" in head):
        return Format.SHORTCUT
    if head.startswith("<"):
        return Format.XML_TABLE if any(word in head for word in _XML_TABLES) else Format.OTHER
    return Format.TEXT if head else Format.OTHER
