"""What a file is, and whether it is safe to open: decided from its bytes before any library parses them."""

from __future__ import annotations

import posixpath
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType
from xml.parsers import expat

from sheetreport.model import Finding, Param, Severity, SourceRef
from sheetreport.read.formats import WORKBOOKS, Format, recognise
from sheetreport.read.parts import MAX_MERGED, Counts, DamagedError, PartReader, UnsafeError

MEGABYTE = 1024 * 1024
MAX_FILE = 25 * MEGABYTE
MAX_ENTRIES = 2000
MAX_PART = 128 * MEGABYTE
MAX_TOTAL = 256 * MEGABYTE
MAX_INDEX = 4 * MEGABYTE  # the parts that list the others
MAX_RATIO = 200  # of inflated to stored size, judged above RATIO_FROM: small parts of text compress well
RATIO_FROM = 4 * MEGABYTE

_CHUNK = 256 * 1024
_LOCAL_HEADER = 30
_CONTENT_TYPES = "[Content_Types].xml"
_WORKBOOK = "xl/workbook.xml"
_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_SHEET_TYPES = ("/worksheet", "/chartsheet", "/dialogsheet", "xlMacrosheet", "xlIntlMacrosheet")
_CODES: Mapping[Format, tuple[str, str]] = MappingProxyType(
    {
        Format.EMPTY: ("S-01", ""),
        Format.ZEROS: ("S-01", "zeros"),
        Format.PASSWORD: ("S-03", "password"),
        Format.OLD_EXCEL: ("S-03", "old_format"),
        Format.DAMAGED: ("S-05", ""),
    }
)


@dataclass(frozen=True, slots=True)
class Inspection:
    """A file's format, why it is not opened (None: it may be), and what to say when it is."""

    format: Format
    refusal: Finding | None = None
    warnings: tuple[Finding, ...] = ()


class _RefusedError(Exception):
    """A file that is not opened, with the finding that says so."""

    def __init__(self, code: str, variant: str = "", sheet: str = "", **params: Param) -> None:
        super().__init__(code, variant)
        self.finding = Finding(code, Severity.ERROR, SourceRef(sheet), params=params, variant=variant)


def inspect(data: bytes) -> Inspection:
    """Recognise a file by its content and look for what makes it unsafe to open."""
    if len(data) > MAX_FILE:
        finding = Finding("S-02", Severity.ERROR, params={"limit": MAX_FILE // MEGABYTE})
        return Inspection(Format.OTHER, finding)
    found = recognise(data)
    if found not in WORKBOOKS:
        code, variant = _CODES.get(found, ("S-04", found.value))
        return Inspection(found, Finding(code, Severity.ERROR, variant=variant))
    if found is Format.XLS:
        return Inspection(found)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return Inspection(found, warnings=_check_package(archive, data, found))
    except _RefusedError as refused:
        return Inspection(found, refused.finding)
    except UnsafeError as unsafe:
        return Inspection(found, Finding("S-06", Severity.ERROR, variant=unsafe.variant))
    except (
        DamagedError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        RuntimeError,
        NotImplementedError,
        ValueError,
        KeyError,
        struct.error,
    ):
        return Inspection(found, Finding("S-05", Severity.ERROR))


def _check_package(archive: zipfile.ZipFile, data: bytes, found: Format) -> tuple[Finding, ...]:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise _RefusedError("S-06", "entries", entries=len(entries), limit=MAX_ENTRIES)
    if len({entry.filename.casefold() for entry in entries}) < len(entries):
        raise _RefusedError("S-06", "duplicates")
    _check_spans(entries, data)
    counts, room = Counts(), MAX_TOTAL
    for entry in entries:
        room -= _check_part(archive, entry, room, PartReader(counts) if _is_read(entry, found) else None)
    if found is Format.EXCEL:
        _check_sheets(archive)
    return (Finding("S-15", Severity.WARNING),) if counts.merged > MAX_MERGED else ()


def _check_spans(entries: list[zipfile.ZipInfo], data: bytes) -> None:
    """No two entries may share bytes: overlapping ones inflate to far more than the file could hold."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise _RefusedError("S-06", "duplicates")
        name, extra = struct.unpack_from("<HH", data, entry.header_offset + _LOCAL_HEADER - 4)
        end = entry.header_offset + _LOCAL_HEADER + name + extra + entry.compress_size


def _is_read(entry: zipfile.ZipInfo, found: Format) -> bool:
    """Whether the library that reads this format parses the part as XML."""
    name = entry.filename.casefold()
    return name == "content.xml" if found is Format.ODS else name.endswith((".xml", ".rels"))


def _check_part(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int, reader: PartReader | None
) -> int:
    """Inflate a part, counting real bytes (the declared size may lie); XML is read as a stream."""
    size = 0
    with archive.open(entry) as part:
        while chunk := part.read(_CHUNK):
            size += len(chunk)
            too_dense = size > RATIO_FROM and size > MAX_RATIO * max(entry.compress_size, 1)
            if size > min(MAX_PART, room) or too_dense:
                raise _RefusedError("S-06", "size")
            if reader is not None:
                reader.feed(chunk)
    if reader is not None and size:
        reader.feed(b"", final=True)
    return size


def _check_sheets(archive: zipfile.ZipFile) -> None:
    """Refuse a workbook whose sheets a library would silently leave out."""
    place = _workbook_part(archive)
    sheets: dict[str, str] = {}
    for name, attributes in _elements(archive, place):
        if _STRICT in attributes.values():
            raise _RefusedError("S-04", "strict")
        if name == "sheet":
            target = next((text for key, text in attributes.items() if key.endswith(":id")), "")
            sheets[target] = attributes.get("name", "")
    folder, base = posixpath.split(place)
    known = {entry.filename.casefold() for entry in archive.infolist()}
    parts: dict[str, str] = {}
    for name, attributes in _elements(archive, f"{folder}/_rels/{base}.rels".lstrip("/")):
        if name == "Relationship" and attributes.get("Type", "").endswith(_SHEET_TYPES):
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "")))
            parts[attributes.get("Id", "")] = target.lstrip("/").casefold()
    for target, title in sheets.items():
        if parts.get(target) not in known:
            raise _RefusedError("S-05", "sheet", title, title=title)


def _workbook_part(archive: zipfile.ZipFile) -> str:
    names = {entry.filename.casefold(): entry.filename for entry in archive.infolist()}
    for name, attributes in _elements(archive, names.get(_CONTENT_TYPES.casefold(), "")):
        kind = attributes.get("ContentType", "")
        if name == "Override" and kind.endswith(".main+xml"):
            stated = attributes.get("PartName", "").lstrip("/").casefold()
            if stated in names:
                return names[stated]
    return names.get(_WORKBOOK, _WORKBOOK)


def _elements(archive: zipfile.ZipFile, part: str) -> list[tuple[str, dict[str, str]]]:
    """The elements of a small part, which was read as a stream before: local name and attributes of each."""
    found: list[tuple[str, dict[str, str]]] = []
    if not part or part not in archive.namelist():
        return found
    if archive.getinfo(part).file_size > MAX_INDEX:
        raise _RefusedError("S-06", "size")
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: found.append((name.rpartition(":")[2], attributes))
    parser.Parse(archive.read(part), True)
    return found
