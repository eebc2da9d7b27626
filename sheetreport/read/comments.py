"""The notes on cells, read from the package itself: the fast reader of cells passes them over."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from itertools import islice
from xml.etree import ElementTree as ET

from sheetreport.model import SourceRef

MAX_NOTES = 500

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_THREADED = "{http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments}"
_RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_WORKBOOK = "xl/workbook.xml"


class Lost(StrEnum):
    """Why notes may be missing: the format or the file doesn't give them away, or there are too many."""

    UNREAD = "unread"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Comments:
    """The notes of a workbook by the cells they are on, and whether some are missing."""

    texts: Mapping[SourceRef, str]
    lost: Lost | None = None


def comments(data: bytes) -> Comments:
    """The notes of a workbook that the guard let through; of other formats than .xlsx none is read."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            found = list(islice(_all(archive), MAX_NOTES + 1))
    except (zipfile.BadZipFile, KeyError, ET.ParseError, ValueError):
        return Comments({}, Lost.UNREAD)
    return Comments(dict(found[:MAX_NOTES]), Lost.CUT if len(found) > MAX_NOTES else None)


def _all(archive: zipfile.ZipFile) -> Iterator[tuple[SourceRef, str]]:
    targets = {id_: target for id_, _, target in _related(archive, _WORKBOOK)}
    for sheet in _parsed(archive, _WORKBOOK).iter(f"{_MAIN}sheet"):
        part = targets.get(sheet.get(_RELATED, ""), "")
        found: dict[str, str] = {}
        threads: dict[str, list[str]] = {}
        for _, kind, target in _related(archive, part):
            if kind == "comments":
                found |= _plain(_parsed(archive, target))
            elif kind == "threadedComment":
                for thread in _parsed(archive, target).iter(f"{_THREADED}threadedComment"):
                    said = thread.findtext(f"{_THREADED}text") or ""
                    threads.setdefault(thread.get("ref", ""), []).append(said)
        # A conversation has a stand-in among the plain notes that only says it can't be shown.
        found |= {cell: "\n".join(said) for cell, said in threads.items()}
        for cell, text in found.items():
            if text.strip():
                yield SourceRef(sheet.get("name", ""), cell), text


def _plain(root: ET.Element) -> dict[str, str]:
    texts = {}
    for comment in root.iter(f"{_MAIN}comment"):
        said = comment.find(f"{_MAIN}text")
        parts = said.iter(f"{_MAIN}t") if said is not None else ()
        texts[comment.get("ref", "")] = "".join(part.text or "" for part in parts)
    return texts


def _related(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str, str]]:
    """What a part points to: id, the last word of the kind, and the name of the part."""
    folder, name = posixpath.split(part)
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in archive.namelist():
        return
    for relation in _parsed(archive, relations):
        if relation.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")
            yield relation.get("Id", ""), relation.get("Type", "").rpartition("/")[2], target


def _parsed(archive: zipfile.ZipFile, part: str) -> ET.Element:
    with archive.open(part) as file:
        return ET.parse(file).getroot()  # noqa: S314  (the guard let no document type through)
