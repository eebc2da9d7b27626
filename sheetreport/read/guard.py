"""What a file is, and whether it is safe to open: decided from its bytes before any library parses them."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from xml.parsers import expat

from sheetreport.model import Finding, Severity

MEGABYTE = 1024 * 1024
MAX_FILE = 25 * MEGABYTE
MAX_ENTRIES = 2000
MAX_PART = 128 * MEGABYTE
MAX_TOTAL = 256 * MEGABYTE
MAX_RATIO = 200  # of inflated to stored size, judged above RATIO_FROM: small parts of text compress well
RATIO_FROM = 4 * MEGABYTE

_CHUNK = 256 * 1024
_WORKBOOK = "xl/workbook.xml"
_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_TEXT_SAMPLE = 4096


class _RefusedError(Exception):
    """A file that is not opened, with the finding's code, variant and numbers."""

    def __init__(self, code: str, variant: str = "", **params: float) -> None:
        super().__init__(code, variant)
        self.finding = Finding(code, Severity.ERROR, params=params, variant=variant)


def inspect(data: bytes) -> Finding | None:
    """The reason not to open a file as a workbook; None when it may be opened."""
    try:
        _recognise(data)
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check_package(archive)
    except _RefusedError as refused:
        return refused.finding
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError):
        return Finding("S-05", Severity.ERROR)
    return None


def _recognise(data: bytes) -> None:
    """Refuse what is no zip archive, by the name of what it is."""
    if not data:
        raise _RefusedError("S-01")
    if len(data) > MAX_FILE:
        raise _RefusedError("S-02", megabytes=len(data) / MEGABYTE, limit=MAX_FILE // MEGABYTE)
    if data.startswith(_OLE2):
        raise _RefusedError("S-03", "password" if _ENCRYPTED in data else "old_format")
    if not data.startswith(b"PK"):
        raise _RefusedError("S-04", _kind_of_text(data[:_TEXT_SAMPLE]))


def _kind_of_text(start: bytes) -> str:
    if start.startswith(b"%PDF"):
        return "pdf"
    head = start.decode("utf-8", errors="ignore").lstrip("\ufeff \r\n\t").casefold()
    if head.startswith(("<!doctype html", "<html", "<table", "<meta")):
        return "html"
    binary = b"\x00" in start or not head
    return "other" if binary or head.startswith("<") else "text"


def _check_package(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise _RefusedError("S-06", "entries", entries=len(entries), limit=MAX_ENTRIES)
    names = [entry.filename.casefold() for entry in entries]
    if len(set(names)) < len(names):
        raise _RefusedError("S-06", "duplicates")
    if any(entry.flag_bits & 1 for entry in entries):
        raise _RefusedError("S-03", "password")
    _check_kind(set(names), archive)
    room = MAX_TOTAL
    for entry in entries:
        room -= _check_part(archive, entry, room)


def _check_kind(names: set[str], archive: zipfile.ZipFile) -> None:
    """Refuse archives that hold something else than a workbook openpyxl reads."""
    if _WORKBOOK in names:
        with archive.open(_WORKBOOK) as part:
            if _STRICT in part.read(_TEXT_SAMPLE):
                raise _RefusedError("S-04", "strict")
        return
    if "xl/workbook.bin" in names:
        raise _RefusedError("S-04", "xlsb")
    if any(name.startswith("word/") for name in names):
        raise _RefusedError("S-04", "docx")
    if "content.xml" in names:
        raise _RefusedError("S-04", "ods")
    if any(name.endswith(".iwa") for name in names):
        raise _RefusedError("S-04", "numbers")
    raise _RefusedError("S-04", "zip")


def _check_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> int:
    """Inflate a part, counting real bytes (the declared size may lie); XML is searched for a DTD."""
    is_xml = entry.filename.casefold().endswith((".xml", ".rels", ".vml"))
    parser = _dtd_refusing_parser() if is_xml else None
    size = 0
    with archive.open(entry) as part:
        while chunk := part.read(_CHUNK):
            size += len(chunk)
            too_dense = size > RATIO_FROM and size > MAX_RATIO * max(entry.compress_size, 1)
            if size > min(MAX_PART, room) or too_dense:
                raise _RefusedError("S-06", "size")
            if parser is not None:
                _feed(parser, chunk)
    if parser is not None and size:
        _feed(parser, b"", final=True)
    return size


def _dtd_refusing_parser() -> expat.XMLParserType:
    def refuse(*_: object) -> None:
        raise _RefusedError("S-06", "dtd")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    return parser


def _feed(parser: expat.XMLParserType, chunk: bytes, *, final: bool = False) -> None:
    try:
        parser.Parse(chunk, final)
    except expat.ExpatError as error:
        raise _RefusedError("S-05") from error
